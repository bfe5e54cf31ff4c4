//! The venue in a world made up: virtual time, streams that are slow and break, a disk that
//! forgets, brokers who log in again. One thread turns all of it, and a seed says how.
//!
//! ```text
//!   House ── turns ─▶ Venue, Service         the stages themselves
//!     │                  │
//!     │      SimClock, SimStreams, SimDisk, SimLines, Post   their world
//!     └── brokers ──▶ Net ─┘         │         └── Air: every packet there ever was
//!                                    └── Platter: what is cached, what is on the device
//! ```
//!
//! - [`clock`], [`streams`], [`datagrams`], [`disk`], [`lines`]: behind the traits of `appliance`.
//! - [`platter`]: files and names, and what is left of them after a crash.
//! - [`broker`]: a client that counts, resends and remembers. [`listener`]: who heard every packet.
//! - [`house`]: the stages and their world, turned by hand; [`crash`]: how they end.
//! - [`record`]: what the journal on a disk says was told.
//! - [`setting`] has configurations.

pub mod broker;
pub mod clock;
pub mod crash;
pub mod datagrams;
pub mod disk;
pub mod house;
pub mod lines;
pub mod listener;
pub mod platter;
pub mod record;
pub mod setting;
pub mod streams;

use appliance::world::World;

/// The world made up.
#[derive(Debug)]
pub struct Sim;

impl World for Sim {
    type Clock = clock::SimClock;
    type Streams = streams::SimStreams;
    type Lines = lines::SimLines;
    type Disk = disk::SimDisk;
}

//! The world as Linux has it.

mod clock;
mod cores;
mod datagrams;
mod disk;
mod files;
mod interfaces;
mod lines;
mod lock;
mod signals;
mod streams;
mod transfers;
mod uring;
mod watch;

pub use clock::LinuxClock;
pub use cores::{cores, keep_off, pin, stand_back, step_back};
pub use datagrams::LinuxDatagrams;
pub use disk::{LinuxDisk, LinuxFile};
pub use files::room_for_connections;
pub use lines::{LineError, LineFault, LinuxLines};
pub use lock::{Lock, LockError};
pub use signals::StopSignal;
pub use streams::{LinuxStreams, ListenError};
pub use transfers::LinuxTransfers;
pub use uring::Uring;
pub use watch::Watch;

use crate::world::World;

/// Linux.
#[derive(Debug)]
pub struct Linux;

impl World for Linux {
    type Clock = LinuxClock;
    type Streams = LinuxStreams;
    type Lines = LinuxLines;
    type Disk = LinuxDisk;
}

//! The world as Linux has it.

mod clock;
mod cores;
mod datagrams;
mod disk;
mod files;
mod lock;
mod signals;
mod streams;

pub use clock::LinuxClock;
pub use cores::{cores, keep_off, pin, stand_back, step_back};
pub use datagrams::LinuxDatagrams;
pub use disk::{LinuxDisk, LinuxFile};
pub use files::room_for_connections;
pub use lock::{Lock, LockError};
pub use signals::StopSignal;
pub use streams::{LinuxStreams, ListenError};

use crate::world::World;

/// Linux.
#[derive(Debug)]
pub struct Linux;

impl World for Linux {
    type Clock = LinuxClock;
    type Streams = LinuxStreams;
    type Disk = LinuxDisk;
}

//! MoldUDP64: [`PacketBuilder`] numbers messages and fills packets, [`PacketReader`] puts packets
//! in order.

mod builder;
mod reader;

pub use builder::{BuilderConfig, PacketBuilder, PushError};
pub use reader::{Arrival, Fresh, Gap, PacketError, PacketReader};

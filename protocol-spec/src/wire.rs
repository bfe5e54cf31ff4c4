//! The tables: every message of every protocol, byte by byte.
//!
//! | module | protocol | what finds a message |
//! |---|---|---|
//! | [`itch`] | ITCH 5.0, the public feed | [`itch::Message`] |
//! | [`glimpse`] | GLIMPSE 5.0, the snapshot | [`glimpse::Message`] |
//! | [`ouch`] | OUCH 5.0, order entry | [`ouch::Inbound`], [`ouch::Outbound`] |
//! | [`soup`] | SoupBinTCP, a stream of packets on TCP | [`soup::Packet`] |
//! | [`mold`] | MoldUDP64, numbered messages in datagrams | [`mold::Packet`] |
//! | [`binary_file`] | BinaryFILE, messages in a file | [`binary_file::Records`] |
//!
//! Each message is there three times, from one row of a table: as a struct of values, as a view of
//! bytes with getters, and as a [`layout::Layout`], the row as data.

mod bytes;
mod table;

pub mod binary_file;
pub mod error;
pub mod field;
pub mod glimpse;
pub mod itch;
pub mod layout;
pub mod mold;
pub mod ouch;
pub mod soup;
pub mod text;

pub use error::{BadCode, DecodeError};
pub use text::{Mpid, Symbol};

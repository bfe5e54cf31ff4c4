//! Network captures: a pcap or pcapng file in, datagrams and reassembled TCP bytes out.
//!
//! ```text
//! file -> window -> records (classic | pcapng) -> link -> packet -> connections (assembly) -> Item
//! ```
//!
//! [`Capture`] pulls one record after another through these floors. Everything is bounded, so a
//! file of any size is read in constant memory; what is handed out borrows from the read buffer.
//!
//! ```no_run
//! use tools::capture::{Capture, CaptureError, Item};
//!
//! fn count(file: std::fs::File) -> Result<usize, CaptureError> {
//!     let mut capture = Capture::open(file)?;
//!     let mut bytes = 0;
//!     while let Some(item) = capture.next_item()? {
//!         match item {
//!             Item::Datagram { payload, .. } => bytes += payload.len(),
//!             Item::Stream { bytes: more, .. } => bytes += more.len(),
//!             Item::StreamLost { .. } | Item::StreamEnd { .. } | Item::Skipped { .. } => {}
//!         }
//!     }
//!     Ok(bytes)
//! }
//! ```

mod assembly;
mod classic;
mod connections;
mod error;
mod item;
mod link;
mod packet;
mod pcapng;
mod reader;
mod record;
mod records;
mod sequence;
mod window;
pub mod write;

pub use connections::Limits;
pub use error::{CaptureError, Damage, Place};
pub use item::{CaptureTime, EndReason, Flow, Item, Layer, LinkType, SkipReason};
pub use reader::Capture;
pub use records::is_capture;

#[cfg(test)]
mod tests;

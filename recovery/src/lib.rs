//! All that remembers: what went in is kept, and everything is made again from it.
//!
//! ```text
//! stamped bytes ─ journal::Writer ─> batches in segments ─ journal::Reader ─> records
//!                                                                               │
//!                     the same engine, the same folds <─ replay::Machine ───────┘
//! ```
//!
//! - [`journal`]: the commands of a day as bytes of files. Written in batches, one durable write
//!   each; read so that a torn end is told from damage.
//! - [`replay`]: the engine and every reader of its events, live and in replay the same.
//! - [`checkpoint`]: their state as the bytes of a file, so that a start need not read the whole
//!   day.
//! - [`rewind`]: every message of the feed by its number, in memory and as the bytes of a file.
//! - [`requests`]: who asks for messages again, one after the other.
//!
//! ```
//! use matcher::command::Command;
//! use protocol_spec::words::{CommandNo, PortId, Time};
//! use recovery::journal::{Body, Marks, Reader, Stamp, Writer};
//!
//! let marks = Marks {
//!     session: *b"2026112000",
//!     unit: 0,
//!     zone: *b"America/New_York                ",
//!     rules_version: 1,
//!     salt: 0x1234_5678_9abc_def0,
//! };
//! let mut file = vec![0; 1 << 20];
//!
//! let mut writer = Writer::begin(marks, file.len() as u64, crc32c::crc32c_append);
//! let stamp = |no| Stamp { no: CommandNo(no), time: Time(1_000 + no), late: 0 };
//! writer.push_control(stamp(1), &Command::Tick, "a note");
//! writer.push_message(stamp(2), PortId(7), b"X\0\0\0\x01\0\0\0\0");
//! let write = writer.seal().expect("there is something in the batch");
//! let at = usize::try_from(write.offset)?;
//! file[at..at + write.bytes.len()].copy_from_slice(write.bytes);
//! writer.written();
//!
//! let mut reader = Reader::new(None, crc32c::crc32c_append);
//! let mut batches = reader.segment(1, &file)?;
//! while let Some(batch) = batches.next()? {
//!     for record in batch.records() {
//!         match record?.body {
//!             Body::Control { command, note } => println!("{command:?}, {note}"),
//!             Body::Message { port, bytes } => println!("port {port}: {bytes:02x?}"),
//!         }
//!     }
//! }
//! assert_eq!(reader.finish()?.next_command, CommandNo(3));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Nothing here knows a file: bytes are an argument, and so is the checksum, whose instruction is
//! the machine's.
#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]
#![deny(clippy::float_arithmetic, reason = "what is kept is exact")]

extern crate alloc;

pub mod checkpoint;
mod extent;
pub mod journal;
pub mod replay;
pub mod requests;
pub mod rewind;

pub use extent::Extent;

//! Every message of the feed by its number: the newest in memory, the others in a file.
//!
//! ```text
//!  the venue's state                  beside it
//!  Rewind ── fresh records ──▶ Store ── pieces ──▶ <session>.itch
//!    │                           │ └─── entries ─▶ <session>.index
//!    └ told: how long the file   │
//!      is, and its digest        └ find ──▶ Here, Filed ── read, open ──▶ Records
//! ```
//!
//! [`Rewind`] numbers messages where they are made. Its state is a few numbers, among them the
//! [extent](crate::Extent) of the file with all that was told. [`Store`] gets the messages from it,
//! has them written, and finds each of them again.
//!
//! The file has nothing but the messages, in the form that the tools of the field read: each after
//! its length, 2 bytes with the high one first, and a length of 0 where the day has ended. That is
//! also how a packet has them. Records are counted off in blocks of at most 64 KiB, which do not
//! show in the file: a block is complete when the next record does not fit, so where blocks end
//! follows from the messages alone. The digest of a file is a chain over the checksums of its
//! complete blocks and of the open one.
//!
//! | head of the index, 32 bytes | |
//! |---|---|
//! | 0 | `OUTCRYRX` |
//! | 8 | format, 4 bytes, as all numbers the low byte first |
//! | 12 | session, 10; zeros, 2 |
//! | 24 | most bytes of a block, 4 |
//! | 28 | checksum of all that, 4 |
//!
//! | an entry, 32 bytes, for each complete block | |
//! |---|---|
//! | 0 | number of the block's first message, 8 |
//! | 8 | where the block begins, 8; its length, 4 |
//! | 20 | checksum of the block, 4; the chain up to it, 4 |
//! | 28 | checksum of all that, 4 |
//!
//! Index and file can be longer than what a state stands on, or lost. [`Resume`] tells which of
//! their bytes are right, and goes on there.
//!
//! ```
//! use protocol_spec::wire::mold::SessionId;
//! use protocol_spec::words::FeedNo;
//! use recovery::rewind::{Found, Rewind, Store};
//!
//! let mut rewind = Rewind::new(crc32c::crc32c_append);
//! let session = SessionId::new("2026112000");
//! let mut store = Store::new(session, 64 << 20, crc32c::crc32c_append);
//! let mut file = Vec::new();
//!
//! assert_eq!(rewind.push(b"first"), FeedNo(1));
//! assert_eq!(rewind.push(b"second"), FeedNo(2));
//! rewind.end();
//! let fresh = rewind.fresh();
//! store.push(fresh.records);
//! if fresh.ended {
//!     store.end();
//! }
//! rewind.forget_fresh();
//! assert_eq!(store.told(), rewind.told());
//!
//! while let Some(piece) = store.poll_piece(true) {
//!     file.extend_from_slice(piece.bytes);
//!     let end = piece.end();
//!     store.on_written(end);
//! }
//! assert_eq!(file, b"\0\x05first\0\x06second\0\0");
//!
//! let Found::Here(records) = store.find(FeedNo(2)) else { panic!("it is in memory") };
//! assert_eq!(records.cut(30, 1452), (1, &b"\0\x06second"[..]));
//! ```

mod block;
mod fold;
pub mod index;
mod records;
mod resume;
mod store;

pub use block::{BLOCK, BlockFault, Place};
pub use fold::{Fresh, Rewind};
pub use index::{Entry, IndexFault};
pub use records::Records;
pub use resume::{Resume, ResumeFault};
pub use store::{Found, Piece, Store};

#[cfg(test)]
mod tests;

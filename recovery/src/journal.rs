//! The commands of a day as bytes of files: the only truth that there is.
//!
//! ```text
//! segment   header block │ batch │ batch │ batch │ zeros
//!                                │       │
//!                 block ─┬───────┴─┬─────┴───┬─────────┬─ block
//!                        └ a write ┘         a write is whole blocks: it begins with what the
//!                                            last block has already, and ends with zeros
//! ```
//!
//! A journal is a row of segments, files of one size that are full of zeros before they are used.
//! A segment begins with a block that says of what day it is; batches follow, one right after the
//! other, each with a number, a checksum and the checksum of the one before it. A batch is written
//! by one durable write, and the next one is begun when that is done.
//!
//! So at most the last write can be torn: what is no whole batch and has none behind it is the
//! *tail*, was never told to anybody, and is cut off. What is no whole batch and has one behind it
//! is *damage*: the [`Reader`] says where, and nobody goes on. Checksums begin with a secret number
//! of the day and the number of the segment, so that nothing that a broker sends and nothing of
//! another file passes for a batch.
//!
//! | segment header, 128 bytes, zeros to the end of the block | |
//! |---|---|
//! | 0 | `OUTCRYJL` |
//! | 8 | format, 4 bytes, as all numbers the low byte first |
//! | 12 | number of the segment from 1, 4 |
//! | 16 | session, 10; unit, 1; zeros, 5 |
//! | 32 | name of the time zone, 32 |
//! | 64 | version of the rule book, 4 |
//! | 68 | checksum of the last batch of the segment before, 4 |
//! | 72 | salt, 8 |
//! | 80 | number of the first batch, 8; of the first command, 8; zeros, 28 |
//! | 124 | checksum of all that, 4 |
//!
//! | batch header, 48 bytes | |
//! |---|---|
//! | 0 | `BTCH` |
//! | 4 | checksum of all that follows, begun with session, salt and segment, 4 |
//! | 8 | checksum of the batch before, 4; epoch, 0, 4 |
//! | 16 | number of the batch from 1, 8; of its first command, 8 |
//! | 32 | count of records, 4; their length, 4; zeros, 8 |
//!
//! | record, 16 bytes and its payload, filled up with zeros to a multiple of 8 | |
//! |---|---|
//! | 0 | length of the payload, 2; port, 0 for a control record, 2 |
//! | 4 | how much later than the clock it is stamped, 4 |
//! | 8 | time, 8 |
//!
//! A broker's message is kept as it came. A control record is the number of its type, the length
//! of a note, the note and the parts of the command.

mod batch;
mod control;
mod cursor;
mod fault;
mod header;
mod live;
mod marks;
mod reader;
mod record;
mod tail;
mod writer;

pub use batch::Batch;
pub use control::{ControlFault, MAX_NOTE};
pub use cursor::Cursor;
pub use fault::{Fault, FaultKind, Link};
pub use live::LiveReader;
pub use marks::{BLOCK, Checksum, Marks};
pub use reader::{Batches, Reader};
pub use record::{Body, Record, RecordFault, RecordFaultKind, Records, Stamp};
pub use tail::Tail;
pub use writer::{Write, Writer};

#[cfg(test)]
mod tests;

//! The state of a day as the bytes of a file: a start goes on from there.
//!
//! ```text
//! head │ engine │ folds │ zeros │ end             whole blocks of 4,096 bytes
//!  │                               └ what lengths the parts have, the engine's digest, a checksum
//!  └ of what day, and behind which batch of its journal
//! ```
//!
//! A checkpoint stands behind a batch of the journal and can be done without: whatever is wrong
//! with it, the same state comes of the journal alone. So nothing of it is believed before its
//! checksum is found to be right, before the batch is found in the journal, and before the engine
//! that was loaded has the digest that it was saved with.
//!
//! Replies are in a file of their own, and so is the feed. The checkpoint says how long those have
//! to be; what they do not have yet is made again with the rest of the journal.
//!
//! | head, 256 bytes | |
//! |---|---|
//! | 0 | `OUTCRYCP` |
//! | 8 | format, 4 bytes, as all numbers the low byte first |
//! | 12 | segment of the batch, 4 |
//! | 16 | session, 10; unit, 1; zeros, 5 |
//! | 32 | name of the time zone, 32 |
//! | 64 | version of the rule book, 4 |
//! | 68 | checksum of the batch, 4 |
//! | 72 | salt, 8 |
//! | 80 | where the batch begins in its segment, 8; where it ends, 8 |
//! | 96 | number of the next batch, 8; of the next command, 8 |
//! | 112 | time of the last command, 8 |
//! | 120 | bytes of the file of replies, 8; checksum over its blocks, 4 |
//! | 132 | bytes of the file of the feed, 8; checksum over its blocks, 4; zeros, 112 |
//!
//! | end, 64 bytes, the last of the file | |
//! |---|---|
//! | 0 | length of the engine, 8; of the folds, 8 |
//! | 16 | digest of the engine, 8; zeros, 36 |
//! | 60 | checksum of all that is before it, 4 |
//!
//! The engine's form is that of [`Engine::save`], that of the folds their own.
//!
//! ```
//! use matcher::engine::Engine;
//! use protocol_spec::words::{CommandNo, Time};
//! use recovery::Extent;
//! use recovery::checkpoint::{Head, check, load, save};
//! use recovery::journal::{Cursor, Marks};
//! use recovery::replay::Machine;
//!
//! let marks = Marks {
//!     session: *b"2026112000",
//!     unit: 0,
//!     zone: *b"America/New_York                ",
//!     rules_version: 1,
//!     salt: 0x1234_5678_9abc_def0,
//! };
//! let cursor = Cursor {
//!     segment: 1,
//!     last: 4096,
//!     offset: 4208,
//!     next_batch: 2,
//!     next_command: CommandNo(1),
//!     checksum: 0,
//!     last_time: Time(0),
//! };
//! let head = Head { marks, cursor, replies: Extent::default(), rewind: Extent::default() };
//! let machine = Machine::of(Engine::new(), ());
//!
//! let mut file = Vec::new();
//! save(&head, &machine, crc32c::crc32c_append, &mut file);
//!
//! let sound = check(&mut &file[..], file.len() as u64, crc32c::crc32c_append)?;
//! assert_eq!(sound.head, head);
//! let again: Machine<()> = load(&sound, &mut &file[..])?;
//! assert_eq!(again.engine.digest(), machine.engine.digest());
//! # Ok::<(), recovery::checkpoint::CheckpointFault>(())
//! ```

mod fault;
mod form;
mod streams;

use matcher::engine::Engine;
use matcher::stored::{Digest, LoadError, Sink, Source, Stored};

use crate::journal::{BLOCK, Checksum};
use crate::replay::{Fold, Machine};
use form::{END, End, HEAD, SUM};
use streams::{Both, Counted, Summed};

pub use fault::CheckpointFault;
pub use form::Head;

/// A checkpoint whose bytes are those that were written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sound {
    /// What it is of.
    pub head: Head,
    end: End,
}

/// Bytes that are read at once for the checksum.
const PIECE: usize = 16 * BLOCK;

/// Writes a checkpoint, in pieces of whole blocks.
///
/// # Panics
/// If the machine has a command under way, or its last one is not that of the head.
pub fn save<F: Fold + Stored>(
    head: &Head,
    machine: &Machine<F>,
    checksum: Checksum,
    out: &mut dyn Sink,
) {
    assert!(!machine.is_under_way(), "a checkpoint stands between two commands");
    let next = machine.engine.last_command().next();
    assert!(next == head.cursor.next_command, "a checkpoint stands behind its batch");
    let mut out = Summed::new(out, checksum);
    out.put(&form::of_head(head));
    let mut digest = Digest::default();
    machine.engine.save(&mut Both(&mut out, &mut digest));
    let engine = out.length() - HEAD as u64;
    machine.folds.save(&mut out);
    let folds = out.length() - HEAD as u64 - engine;
    let end = End { engine, folds, digest: digest.finish() };
    let length = padded(engine, folds).expect("no state is so long");
    let zeros = length - out.length() - END as u64;
    out.put(&[0; BLOCK][..zeros as usize]);
    out.put(&form::of_end(end));
    out.finish();
}

/// Bytes of a file with parts of such lengths.
fn padded(engine: u64, folds: u64) -> Option<u64> {
    let length = engine.checked_add(folds)?.checked_add((HEAD + END) as u64)?;
    length.checked_next_multiple_of(BLOCK as u64)
}

/// Reads a whole file of `length` bytes and says whether they are those that were written.
///
/// # Errors
/// If they are not.
///
/// # Panics
/// Never: a block has room for an end.
pub fn check(
    from: &mut dyn Source,
    length: u64,
    checksum: Checksum,
) -> Result<Sound, CheckpointFault> {
    let fits = |is| if is { Ok(()) } else { Err(CheckpointFault::Length(length)) };
    fits(length.is_multiple_of(BLOCK as u64))?;
    let mut piece = alloc::vec![0; PIECE];
    let (mut sum, mut left, mut head) = (0, length, None);
    loop {
        let count = left.min(PIECE as u64);
        let piece = &mut piece[..count as usize];
        fits(count > 0 && from.get(piece))?;
        left -= count;
        // Of another format nothing else is known: this is said before any sum.
        let found = head.map_or_else(|| form::head(piece), Ok)?;
        head = Some(found);
        if left > 0 {
            sum = checksum(sum, piece);
            continue;
        }
        let (counted, _) = piece.split_at(piece.len() - SUM);
        let is = checksum(sum, counted);
        let (end, says) = form::end(piece.last_chunk().expect("a block has room for an end"));
        if says != is {
            return Err(CheckpointFault::Checksum { says, is });
        }
        fits(padded(end.engine, end.folds) == Some(length))?;
        return Ok(Sound { head: found, end });
    }
}

/// Makes the machine again from the file that was found sound.
///
/// # Errors
/// If its parts are no state, or the engine is not the one that was saved.
pub fn load<F: Fold + Stored>(
    sound: &Sound,
    from: &mut dyn Source,
) -> Result<Machine<F>, CheckpointFault> {
    let Sound { head, end } = sound;
    if !from.get(&mut [0; HEAD]) {
        return Err(CheckpointFault::Engine(LoadError::Truncated));
    }
    let mut part = Counted { from, left: end.engine };
    let engine = Engine::load(&mut part).map_err(CheckpointFault::Engine)?;
    let rest = part.left;
    let mut part = Counted { from, left: end.folds };
    let folds = F::load(&mut part).map_err(CheckpointFault::Folds)?;
    if rest > 0 || part.left > 0 {
        return Err(CheckpointFault::Rest(rest.max(part.left)));
    }
    let (says, is) = (end.digest, engine.digest());
    if says != is {
        return Err(CheckpointFault::Digest { says, is });
    }
    let command = engine.last_command();
    if command.next() != head.cursor.next_command {
        return Err(CheckpointFault::Command(command));
    }
    Ok(Machine::of(engine, folds))
}

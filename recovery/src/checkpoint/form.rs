//! Head and end of a checkpoint as bytes.

use binrw::io;
use binrw::{BinRead, BinWrite, binrw};
use protocol_spec::words::{CommandNo, Time};

use super::fault::CheckpointFault;
use crate::extent::Extent;
use crate::journal::{Cursor, Marks};

/// What a checkpoint is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// What the segments of the day's journal bear.
    pub marks: Marks,
    /// The batch behind which it stands.
    pub cursor: Cursor,
    /// The file of replies.
    pub replies: Extent,
    /// The file of the feed.
    pub rewind: Extent,
}

/// What is known when everything else is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct End {
    /// Bytes of the engine.
    pub(super) engine: u64,
    /// Bytes of the folds.
    pub(super) folds: u64,
    /// The engine's digest.
    pub(super) digest: u64,
}

/// Bytes of the head.
pub(super) const HEAD: usize = 256;
/// Bytes of the end.
pub(super) const END: usize = 64;
/// Bytes of the checksum, the last of the end.
pub(super) const SUM: usize = 4;

/// The format that is written and read here.
const FORMAT: u32 = 2;

/// How checkpoints begin.
const MAGIC: &[u8; 8] = b"OUTCRYCP";

#[binrw]
#[brw(little, magic = b"OUTCRYCP")]
struct StoredHead {
    format: u32,
    segment: u32,
    session: [u8; 10],
    #[brw(pad_after = 5)]
    unit: u8,
    zone: [u8; 32],
    rules_version: u32,
    checksum: u32,
    salt: u64,
    last: u64,
    offset: u64,
    next_batch: u64,
    next_command: u64,
    last_time: u64,
    replies: StoredExtent,
    rewind: StoredExtent,
}

#[binrw]
#[brw(little)]
struct StoredExtent {
    bytes: u64,
    digest: u32,
}

impl StoredExtent {
    const fn of(extent: Extent) -> Self {
        StoredExtent { bytes: extent.bytes, digest: extent.digest }
    }

    const fn get(&self) -> Extent {
        Extent { bytes: self.bytes, digest: self.digest }
    }
}

pub(super) fn of_head(head: &Head) -> [u8; HEAD] {
    let Head { marks, cursor, replies, rewind } = *head;
    let Marks { session, unit, zone, rules_version, salt } = marks;
    let Cursor { segment, last, offset, next_batch, next_command, checksum, last_time } = cursor;
    let stored = StoredHead {
        format: FORMAT,
        segment,
        session,
        unit,
        zone,
        rules_version,
        checksum,
        salt,
        last,
        offset,
        next_batch,
        next_command: next_command.0,
        last_time: last_time.0,
        replies: StoredExtent::of(replies),
        rewind: StoredExtent::of(rewind),
    };
    let mut bytes = [0; HEAD];
    stored.write_le(&mut io::Cursor::new(&mut bytes[..])).expect("a head has room for it");
    bytes
}

/// Reads the head of a file that begins with these bytes. Nothing is believed of it yet.
pub(super) fn head(bytes: &[u8]) -> Result<Head, CheckpointFault> {
    let read = StoredHead::read_le(&mut io::Cursor::new(bytes));
    let found = match read {
        Ok(found) if bytes.starts_with(MAGIC) => found,
        _ => return Err(CheckpointFault::NoCheckpoint),
    };
    if found.format != FORMAT {
        return Err(CheckpointFault::Format(found.format));
    }
    let StoredHead { session, unit, zone, rules_version, salt, .. } = found;
    let StoredHead { segment, last, offset, next_batch, checksum, .. } = found;
    Ok(Head {
        marks: Marks { session, unit, zone, rules_version, salt },
        cursor: Cursor {
            segment,
            last,
            offset,
            next_batch,
            next_command: CommandNo(found.next_command),
            checksum,
            last_time: Time(found.last_time),
        },
        replies: found.replies.get(),
        rewind: found.rewind.get(),
    })
}

pub(super) fn of_end(end: End) -> [u8; END - SUM] {
    let mut bytes = [0; END - SUM];
    for (place, number) in bytes.chunks_exact_mut(8).zip([end.engine, end.folds, end.digest]) {
        place.copy_from_slice(&number.to_le_bytes());
    }
    bytes
}

/// Reads the end, and the checksum in it.
pub(super) fn end(bytes: &[u8; END]) -> (End, u32) {
    let (numbers, sum) = bytes.split_at(END - SUM);
    let mut numbers = numbers.as_chunks().0.iter().map(|&number| u64::from_le_bytes(number));
    let mut next = || numbers.next().expect("an end has room for its numbers");
    let end = End { engine: next(), folds: next(), digest: next() };
    (end, u32::from_le_bytes(*sum.first_chunk().expect("an end has its checksum")))
}

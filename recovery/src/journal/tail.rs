//! Where a journal goes on.

use alloc::vec::Vec;

use protocol_spec::words::{CommandNo, Time};

use super::batch::BatchHeader;
use super::fault::{FaultKind, Link};
use super::record::Raw;

/// Where a journal goes on, and what was torn off there.
///
/// Before anything is written, the torn bytes have to be made zeros again, durably.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tail {
    /// The segment.
    pub segment: u32,
    /// Where the next batch begins; 0 if it is the first of a segment that is begun with it.
    pub offset: u64,
    /// Bytes from `offset` to the last one that is not 0.
    pub torn: u64,
    /// What the last block has before `offset`.
    pub block: Vec<u8>,
    /// Number of the next batch.
    pub next_batch: u64,
    /// Number of the next command.
    pub next_command: CommandNo,
    /// Checksum of the last batch, 0 if there is none.
    pub previous: u32,
    /// Time of the last command, 0 if there is none.
    pub last_time: Time,
}

impl Tail {
    /// The tail of a journal that has nothing in it.
    pub(super) const fn of_nothing() -> Self {
        Tail {
            segment: 1,
            offset: 0,
            torn: 0,
            block: Vec::new(),
            next_batch: 1,
            next_command: CommandNo(1),
            previous: 0,
            last_time: Time(0),
        }
    }

    /// Whether no batch stands before it: the day was never begun, and is begun anew.
    #[must_use]
    pub fn is_of_nothing(&self) -> bool {
        self.next_batch == 1
    }

    /// Whether a batch or a segment follows on what was before.
    pub(super) fn follows(&self, batch: u64, command: u64, previous: u32) -> Result<(), FaultKind> {
        let Tail { next_batch, next_command, previous: last, .. } = *self;
        let links = [
            (Link::Batch, next_batch, batch),
            (Link::Command, next_command.0, command),
            (Link::Checksum, last.into(), previous.into()),
        ];
        match links.into_iter().find(|(_, expected, found)| expected != found) {
            Some((link, expected, found)) => Err(FaultKind::Chain { link, expected, found }),
            None => Ok(()),
        }
    }

    /// Goes on behind a whole batch with these records, if it follows on the one before.
    pub(super) fn pass(&mut self, header: &BatchHeader, records: &[u8]) -> Result<(), FaultKind> {
        let BatchHeader { checksum, previous, epoch, batch, first, count, .. } = *header;
        if epoch != 0 {
            return Err(FaultKind::Epoch(epoch));
        }
        self.follows(batch, first, previous)?;
        self.last_time = last_time(records, count, self.last_time)?;
        self.next_batch = batch.saturating_add(1);
        self.next_command = CommandNo(first.saturating_add(count.into()));
        self.previous = checksum;
        Ok(())
    }
}

/// The time of the last of `count` records that fill these bytes.
fn last_time(bytes: &[u8], count: u32, last: Time) -> Result<Time, FaultKind> {
    let (mut rest, mut last) = (bytes, last.0);
    for _ in 0..count {
        let (record, behind) = Raw::split(rest).ok_or(FaultKind::Records)?;
        let found = record.head.time;
        if found < last {
            return Err(FaultKind::TimeGoesBack { last, found });
        }
        (rest, last) = (behind, found);
    }
    if rest.is_empty() { Ok(Time(last)) } else { Err(FaultKind::Records) }
}

//! A place in a journal behind a batch.

use alloc::vec::Vec;

use protocol_spec::words::{CommandNo, Time};

use super::batch::BatchHeader;
use super::fault::{Fault, FaultKind};
use super::marks::Checksum;
use super::tail::Tail;

/// A place in a journal, behind a batch: a reader goes on there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The segment that the batch is in.
    pub segment: u32,
    /// Where the batch begins.
    pub last: u64,
    /// Where it ends; the next one begins there, or in the next segment.
    pub offset: u64,
    /// Number of the next batch.
    pub next_batch: u64,
    /// Number of the next command.
    pub next_command: CommandNo,
    /// Checksum of the batch.
    pub checksum: u32,
    /// Time of its last command.
    pub last_time: Time,
}

impl Cursor {
    /// What a journal that ends here goes on with, as far as batches are concerned.
    pub(super) const fn tail(&self) -> Tail {
        Tail {
            segment: self.segment,
            offset: self.offset,
            torn: 0,
            block: Vec::new(),
            next_batch: self.next_batch,
            next_command: self.next_command,
            previous: self.checksum,
            last_time: self.last_time,
        }
    }

    /// The batch is not in the journal.
    pub(super) const fn missing(&self) -> Fault {
        let kind = FaultKind::NoBatch { batch: self.next_batch.saturating_sub(1) };
        Fault { segment: self.segment, offset: self.last, kind }
    }

    /// Where the batch ends in its segment, if it is there.
    pub(super) fn find(
        &self,
        segment: &[u8],
        seed: Option<u32>,
        checksum: Checksum,
    ) -> Option<usize> {
        let (last, end) = (usize::try_from(self.last).ok()?, usize::try_from(self.offset).ok()?);
        let bytes = segment.get(last..)?;
        let found = BatchHeader::find(bytes)?;
        let next = found.first.checked_add(found.count.into())?;
        let is_it = found.checksum == self.checksum
            && found.batch.checked_add(1) == Some(self.next_batch)
            && next == self.next_command.0
            && last.checked_add(found.end()) == Some(end);
        (is_it && found.is_whole(bytes, seed?, checksum)).then_some(end)
    }
}

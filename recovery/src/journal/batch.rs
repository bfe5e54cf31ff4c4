//! What is written at once: a head and records.

use binrw::io::Cursor;
use binrw::{BinRead, BinWrite, binrw};
use protocol_spec::words::CommandNo;

use super::marks::Checksum;
use super::record::{Head, Raw, Records};

/// Most bytes of a batch, its head among them.
pub(super) const MAX_BATCH: usize = 1 << 20;

const MAGIC: &[u8; 4] = b"BTCH";
/// Where the checksum stands, and from where on it counts.
const CHECKSUM: usize = 4;
const CHECKED: usize = 8;

/// The head of a batch.
#[binrw]
#[brw(little, magic = b"BTCH")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BatchHeader {
    pub(super) checksum: u32,
    /// Checksum of the batch before.
    pub(super) previous: u32,
    /// Of the copies of a journal: there is one alone, whose epoch is 0.
    pub(super) epoch: u32,
    /// Number of the batch.
    pub(super) batch: u64,
    /// Number of the first command.
    pub(super) first: u64,
    /// Count of records.
    pub(super) count: u32,
    /// Length of the records.
    #[brw(pad_after = 8)]
    pub(super) length: u32,
}

impl BatchHeader {
    pub(super) const LEN: usize = 48;

    /// Writes it before the records that follow on its place, with their checksum, which is given
    /// back.
    pub(super) fn write(&self, batch: &mut [u8], seed: u32, checksum: Checksum) -> u32 {
        let head = &mut batch[..Self::LEN];
        self.write_le(&mut Cursor::new(head)).expect("a batch has room for its head");
        let sum = checksum(seed, &batch[CHECKED..]);
        batch[CHECKSUM..CHECKED].copy_from_slice(&sum.to_le_bytes());
        sum
    }

    /// Reads the head of what looks like a batch at the beginning of these bytes, and whose length
    /// can be: nothing is believed of it yet.
    #[inline]
    pub(super) fn find(bytes: &[u8]) -> Option<Self> {
        if !bytes.starts_with(MAGIC) {
            return None;
        }
        let (head, records) = bytes.split_at_checked(Self::LEN)?;
        let header = BatchHeader::read_le(&mut Cursor::new(head)).ok()?;
        let length = header.length as usize;
        let fits = length <= records.len().min(MAX_BATCH - Self::LEN);
        (header.count > 0 && length.is_multiple_of(8) && fits).then_some(header)
    }

    /// Whether the checksum is that of the batch that begins with these bytes.
    pub(super) fn is_whole(&self, bytes: &[u8], seed: u32, checksum: Checksum) -> bool {
        checksum(seed, &bytes[CHECKED..self.end()]) == self.checksum
    }

    /// Whether there is room for the heads of so many records.
    pub(super) fn has_room(&self) -> bool {
        u64::from(self.count) * Head::LEN as u64 <= u64::from(self.length)
    }

    /// Length of the whole batch.
    pub(super) fn end(&self) -> usize {
        Self::LEN + self.length as usize
    }
}

/// A batch that is whole.
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a> {
    /// Number of its first command.
    pub first: CommandNo,
    /// Count of its records.
    pub count: u32,
    /// Its number, from 1.
    pub number: u64,
    /// The segment it stands in.
    pub segment: u32,
    /// Where in the segment it stands.
    pub offset: u64,
    /// The records, of which the reader has seen that they fill these bytes.
    pub(super) bytes: &'a [u8],
    /// Commands that are executed as a `Tick`, in ascending order.
    pub(super) skipped: &'a [CommandNo],
}

impl<'a> Batch<'a> {
    /// The records, in order.
    #[must_use]
    pub fn records(&self) -> Records<'a> {
        Records::new(self.first, self.bytes, self.skipped)
    }

    /// The same batch, of which these commands, in ascending order, are executed as a `Tick` of
    /// their number and time. Its records stay what they are.
    #[must_use]
    pub fn skipping(self, skipped: &'a [CommandNo]) -> Self {
        let before = skipped.partition_point(|&no| no < self.first);
        let within = skipped[before..].partition_point(|&no| no < self.end());
        Batch { skipped: &skipped[before..][..within], ..self }
    }

    /// The number behind its last command.
    #[must_use]
    pub fn end(&self) -> CommandNo {
        CommandNo(self.first.0.saturating_add(self.count.into()))
    }

    /// The records up to command `last`, and those behind it; either may be none.
    ///
    /// # Panics
    /// Never: the reader has seen that the records fill the batch.
    #[must_use]
    pub fn split(self, last: CommandNo) -> (Self, Self) {
        let behind = last.0.saturating_add(1).clamp(self.first.0, self.end().0);
        let count = u32::try_from(behind - self.first.0).expect("it is at most the batch's count");
        let mut rest = self.bytes;
        for _ in 0..count {
            (_, rest) = Raw::split(rest).expect("the reader has seen that records fill it");
        }
        let bytes = &self.bytes[..self.bytes.len() - rest.len()];
        let upto = Batch { count, bytes, ..self };
        let from =
            Batch { first: CommandNo(behind), count: self.count - count, bytes: rest, ..self };
        (upto.skipping(self.skipped), from.skipping(self.skipped))
    }

    /// All bytes of the record of command `no`, if it is one of these.
    #[must_use]
    pub fn record(&self, no: CommandNo) -> Option<&'a [u8]> {
        let (_, from) = self.split(CommandNo(no.0.checked_sub(1)?));
        let (one, _) = from.split(no);
        (one.first == no && one.count == 1).then_some(one.bytes)
    }
}

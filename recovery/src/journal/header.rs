//! The block with which a segment begins.

use binrw::io::Cursor;
use binrw::{BinRead, BinWrite, binrw};

use super::fault::FaultKind;
use super::marks::{BLOCK, Checksum, Marks};

/// How segments begin.
const MAGIC: &[u8; 8] = b"OUTCRYJL";
/// Length of what is in the block; in every format the last 4 bytes are the checksum.
const LEN: usize = 128;
const CHECKSUM: usize = LEN - 4;

/// The head of a segment.
#[binrw]
#[brw(little, magic = b"OUTCRYJL")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SegmentHeader {
    /// The format of the whole segment.
    pub(super) format: u32,
    /// The number of the segment.
    pub(super) segment: u32,
    pub(super) session: [u8; 10],
    #[brw(pad_after = 5)]
    pub(super) unit: u8,
    pub(super) zone: [u8; 32],
    pub(super) rules_version: u32,
    /// Checksum of the last batch of the segment before.
    pub(super) previous: u32,
    pub(super) salt: u64,
    /// Number of the first batch.
    pub(super) first_batch: u64,
    /// Number of the first command.
    pub(super) first_command: u64,
}

impl SegmentHeader {
    /// The format that is written and read here.
    pub(super) const FORMAT: u32 = 2;

    /// Writes it to the beginning of a block of zeros.
    pub(super) fn write(&self, block: &mut [u8], checksum: Checksum) {
        self.write_le(&mut Cursor::new(&mut block[..CHECKSUM])).expect("a block has room for it");
        let sum = checksum(0, &block[..CHECKSUM]);
        block[CHECKSUM..LEN].copy_from_slice(&sum.to_le_bytes());
    }

    /// Reads the head of a segment, `None` if these bytes have none that is whole. Of another
    /// format than this one only the format can be believed.
    pub(super) fn read(segment: &[u8], checksum: Checksum) -> Option<Self> {
        let (block, _) = segment.split_at_checked(BLOCK)?;
        let (head, zeros) = block.split_at(LEN);
        let (fields, sum) = head.split_at(CHECKSUM);
        if !head.starts_with(MAGIC) || sum != checksum(0, fields).to_le_bytes() {
            return None;
        }
        let header = SegmentHeader::read_le(&mut Cursor::new(fields)).ok()?;
        let is_ours = header.format == Self::FORMAT;
        (!is_ours || zeros.iter().all(|&byte| byte == 0)).then_some(header)
    }

    /// Whether it is that of segment `number` of the journal with these marks, or of any journal.
    pub(super) fn check(&self, marks: Option<Marks>, number: u32) -> Result<(), FaultKind> {
        if self.format != Self::FORMAT {
            return Err(FaultKind::Format(self.format));
        }
        let found = self.marks();
        let Marks { session, unit, zone, rules_version, salt } = marks.unwrap_or(found);
        let differs = [
            (found.session != session, FaultKind::Session(found.session)),
            (found.unit != unit, FaultKind::Unit(found.unit)),
            (found.zone != zone, FaultKind::Zone(found.zone)),
            (found.rules_version != rules_version, FaultKind::RulesVersion(found.rules_version)),
            (found.salt != salt, FaultKind::Salt),
            (self.segment != number, FaultKind::Segment(self.segment)),
        ];
        match differs.into_iter().find(|(differs, _)| *differs) {
            Some((_, kind)) => Err(kind),
            None => Ok(()),
        }
    }

    /// What it has in common with all segments of the day.
    pub(super) fn marks(&self) -> Marks {
        let SegmentHeader { session, unit, zone, rules_version, salt, .. } = *self;
        Marks { session, unit, zone, rules_version, salt }
    }
}

//! A journal that is read while it is written.

use super::batch::{Batch, BatchHeader};
use super::cursor::Cursor;
use super::fault::Fault;
use super::header::SegmentHeader;
use super::marks::{BLOCK, Checksum, Marks};
use super::tail::Tail;
use protocol_spec::words::CommandNo;

/// Reads a journal while it is written, batch by batch.
///
/// What is no whole batch is not there yet, or the journal goes on in the next segment: whoever
/// writes it knows which, and the caller has to be told. What is whole and does not follow on what
/// was before is a fault.
#[derive(Debug)]
pub struct LiveReader {
    marks: Option<Marks>,
    checksum: Checksum,
    /// Where the next batch begins: at 0 if it begins a segment.
    tail: Tail,
    /// The last batch.
    cursor: Option<Cursor>,
}

impl LiveReader {
    /// A reader from the first batch on, of a journal with these marks, or with those that its
    /// first segment bears.
    #[must_use]
    pub const fn new(marks: Option<Marks>, checksum: Checksum) -> Self {
        LiveReader { marks, checksum, tail: Tail::of_nothing(), cursor: None }
    }

    /// A reader that goes on behind a batch that was read before.
    #[must_use]
    pub const fn resume(marks: Marks, cursor: Cursor, checksum: Checksum) -> Self {
        LiveReader { marks: Some(marks), checksum, tail: cursor.tail(), cursor: Some(cursor) }
    }

    /// What the journal's segments bear, as soon as it is known.
    #[must_use]
    pub const fn marks(&self) -> Option<&Marks> {
        self.marks.as_ref()
    }

    /// Where it stands, once it has read a batch.
    #[must_use]
    pub const fn cursor(&self) -> Option<&Cursor> {
        self.cursor.as_ref()
    }

    /// The segment, and where in it the bytes stand that are wanted next: at 0 if it is begun.
    #[must_use]
    pub const fn place(&self) -> (u32, u64) {
        (self.tail.segment, self.tail.offset)
    }

    /// The next batch is in the next segment: nothing more comes in this one.
    pub const fn next_segment(&mut self) {
        (self.tail.segment, self.tail.offset) = (self.tail.segment.saturating_add(1), 0);
    }

    /// The batch that `bytes` begin with, which stand at [`LiveReader::place`]; `None` if they do
    /// not begin with a whole one.
    ///
    /// # Errors
    /// If there is one, and it cannot be the next one of this journal. The reader is of no use
    /// then.
    pub fn next<'a>(&mut self, bytes: &'a [u8]) -> Result<Option<Batch<'a>>, Fault> {
        let (segment, offset) = self.place();
        let fault = |kind| Fault { segment, offset, kind };
        let head = match offset {
            0 => {
                let Some(header) = SegmentHeader::read(bytes, self.checksum) else {
                    return Ok(None);
                };
                header.check(self.marks, segment).map_err(fault)?;
                let SegmentHeader { first_batch, first_command, previous, .. } = header;
                self.tail.follows(first_batch, first_command, previous).map_err(fault)?;
                self.marks = Some(header.marks());
                BLOCK
            }
            _ => 0,
        };
        let Some(marks) = self.marks else { return Ok(None) };
        let Some((bytes, header)) =
            whole(bytes, head, marks.seed(segment, self.checksum), self.checksum)
        else {
            return Ok(None);
        };
        let records = &bytes[BatchHeader::LEN..header.end()];
        self.tail.pass(&header, records).map_err(fault)?;
        let last = offset + head as u64;
        self.tail.offset = last + header.end() as u64;
        let Tail { next_batch, next_command, previous: checksum, last_time, .. } = self.tail;
        let offset = self.tail.offset;
        let cursor =
            Cursor { segment, last, offset, next_batch, next_command, checksum, last_time };
        self.cursor = Some(cursor);
        let BatchHeader { batch: number, first, count, .. } = header;
        let first = CommandNo(first);
        Ok(Some(Batch {
            first,
            count,
            number,
            segment,
            offset: last,
            bytes: records,
            skipped: &[],
        }))
    }
}

/// The whole batch that begins at `head`, its bytes and its head.
fn whole(bytes: &[u8], head: usize, seed: u32, checksum: Checksum) -> Option<(&[u8], BatchHeader)> {
    let bytes = bytes.get(head..)?;
    let header = BatchHeader::find(bytes)?;
    header.is_whole(bytes, seed, checksum).then_some((bytes, header))
}

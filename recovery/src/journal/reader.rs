//! Segments into batches; what is torn is told from what is damaged.

use core::ops::Range;

use protocol_spec::words::CommandNo;

use super::batch::{Batch, BatchHeader};
use super::cursor::Cursor;
use super::fault::{Fault, FaultKind};
use super::header::SegmentHeader;
use super::marks::{BLOCK, Checksum, Marks};
use super::tail::Tail;

/// Reads a journal, segment by segment.
///
/// ```text
///            segment                  zeros
///   Between ─────────▶ Within ───────────────────▶ Between
///      │                 │ no whole batch, none behind it
///      │ zeros, torn     ▼
///      └──────────────▶ Over: all that may still come is zeros
/// ```
///
/// A [`Fault`] is the end: whatever is asked then, it is the answer.
#[derive(Debug)]
pub struct Reader {
    marks: Option<Marks>,
    checksum: Checksum,
    state: State,
    /// The last segment that was begun, 0 if there was none.
    segment: u32,
    /// What follows; its place is where the last whole segment ends.
    tail: Tail,
}

#[derive(Clone, Copy, Debug)]
enum State {
    /// The last segment is read, and all of it is whole.
    Between,
    /// Nothing is read yet: the day goes on behind a batch that has to be there.
    Behind(Cursor),
    /// A segment is being read.
    Within,
    /// The journal ends before this place, where something is missing if more was written.
    Over {
        segment: u32,
        offset: u64,
    },
    Faulty(Fault),
}

impl Reader {
    /// A reader of a journal with these marks, or with those that its first segment bears.
    #[must_use]
    pub const fn new(marks: Option<Marks>, checksum: Checksum) -> Self {
        let tail = Tail::of_nothing();
        Reader { marks, checksum, state: State::Between, segment: 0, tail }
    }

    /// A reader of the same journal that goes on behind a batch that was read before. Segments are
    /// read from the one that the batch is in.
    #[must_use]
    pub const fn resume(marks: Marks, cursor: Cursor, checksum: Checksum) -> Self {
        let tail = cursor.tail();
        let (state, segment) = (State::Behind(cursor), cursor.segment.saturating_sub(1));
        Reader { marks: Some(marks), checksum, state, segment, tail }
    }

    /// What the journal's segments bear, as soon as it is known.
    #[must_use]
    pub const fn marks(&self) -> Option<&Marks> {
        self.marks.as_ref()
    }

    /// Begins with the next segment, of which these are all bytes.
    ///
    /// # Errors
    /// If it cannot be the next one, or something before it turns out to be damaged.
    ///
    /// # Panics
    /// If the segment before was not read to its end.
    pub fn segment<'a>(&'a mut self, number: u32, bytes: &'a [u8]) -> Result<Batches<'a>, Fault> {
        match self.enter(number, bytes) {
            Ok((at, seed)) => Ok(Batches { reader: self, bytes, at, seed }),
            Err(fault) => Err(self.fail(fault)),
        }
    }

    /// Where to go on, after the last segment.
    ///
    /// # Errors
    /// The fault that was met.
    ///
    /// # Panics
    /// If the last segment was not read to its end.
    pub fn finish(self) -> Result<Tail, Fault> {
        match self.state {
            State::Faulty(fault) => Err(fault),
            State::Within => panic!("a segment is read to its end"),
            State::Behind(cursor) => Err(cursor.missing()),
            State::Between | State::Over { .. } => Ok(self.tail),
        }
    }

    fn fail(&mut self, fault: Fault) -> Fault {
        self.state = State::Faulty(fault);
        fault
    }

    /// Where batches begin, and what their checksums begin with, if there are any.
    fn enter(&mut self, number: u32, bytes: &[u8]) -> Result<(usize, Option<u32>), Fault> {
        let fault = |kind| Fault { segment: number, offset: 0, kind };
        match self.state {
            State::Faulty(fault) => return Err(fault),
            State::Within => panic!("a segment is read to its end before the next one"),
            State::Behind(_) | State::Between | State::Over { .. } => {}
        }
        let expected = self.segment.saturating_add(1);
        if number != expected {
            return Err(fault(FaultKind::NotNext { expected }));
        }
        self.segment = number;
        let header = SegmentHeader::read(bytes, self.checksum);
        if let Some(header) = &header {
            header.check(self.marks, number).map_err(fault)?;
        }
        match (self.state, header) {
            (State::Behind(cursor), header) => {
                let seed = self.marks.map(|marks| marks.seed(number, self.checksum));
                let at = header.and(cursor.find(bytes, seed, self.checksum));
                self.state = State::Within;
                at.map(|at| (at, seed)).ok_or(cursor.missing())
            }
            (State::Between, Some(header)) => {
                self.check_chain(&header).map_err(fault)?;
                let marks = *self.marks.get_or_insert(header.marks());
                self.state = State::Within;
                Ok((BLOCK, Some(marks.seed(number, self.checksum))))
            }
            (state, _) => self.without_batches(state, number, bytes).map(|()| (BLOCK, None)),
        }
    }

    /// A segment that is not begun, or only torn.
    fn without_batches(&mut self, state: State, number: u32, bytes: &[u8]) -> Result<(), Fault> {
        match (state, used(bytes)) {
            (State::Over { .. }, 0) => {}
            (State::Over { segment, offset }, _) => {
                let kind = FaultKind::Damaged { segment: number, offset: 0 };
                return Err(Fault { segment, offset, kind });
            }
            (_, 0) => self.state = State::Over { segment: number, offset: 0 },
            (_, used) => self.headless(number, bytes, used)?,
        }
        Ok(())
    }

    /// Whether a header follows on what was before.
    fn check_chain(&self, header: &SegmentHeader) -> Result<(), FaultKind> {
        let SegmentHeader { first_batch, first_command, previous, .. } = *header;
        self.tail.follows(first_batch, first_command, previous)
    }

    /// A segment without a whole header. If nothing but the first batch was written to it, that
    /// write was torn: even if the batch is whole, its header never was.
    fn headless(&mut self, number: u32, bytes: &[u8], used: usize) -> Result<(), Fault> {
        let next = self.tail.next_batch;
        let later = self.find(number, bytes, 0..used, |at, found| {
            found > next || (found == next && at != BLOCK)
        });
        if let Some(offset) = later {
            let kind = FaultKind::Damaged { segment: number, offset };
            return Err(Fault { segment: number, offset: 0, kind });
        }
        self.torn(number, 0, 0, bytes, used);
        Ok(())
    }

    /// The first of these places with a whole batch whose place and number are `wanted`. Without
    /// marks, the first that looks like one.
    fn find(
        &self,
        segment: u32,
        bytes: &[u8],
        places: Range<usize>,
        wanted: impl Fn(usize, u64) -> bool,
    ) -> Option<u64> {
        let seed = self.marks.map(|marks| marks.seed(segment, self.checksum));
        let place = places.step_by(8).find(|&at| {
            let Some(found) = BatchHeader::find(&bytes[at..]) else { return false };
            let is_whole = |seed| found.is_whole(&bytes[at..], seed, self.checksum);
            // Most that only looks like a batch is seen to be none without its checksum.
            let is_likely = wanted(at, found.batch) && found.has_room();
            is_likely && seed.is_none_or(is_whole)
        });
        place.map(|at| at as u64)
    }

    /// No batch is whole at `at`: all that is behind `from` was torn off.
    fn torn(&mut self, segment: u32, at: usize, from: usize, bytes: &[u8], used: usize) {
        self.end(segment, from, bytes);
        self.tail.torn = used.saturating_sub(from) as u64;
        self.state = State::Over { segment, offset: at as u64 };
    }

    /// What is whole ends here.
    fn end(&mut self, segment: u32, at: usize, bytes: &[u8]) {
        (self.tail.segment, self.tail.offset) = (segment, at as u64);
        self.tail.block.clear();
        self.tail.block.extend_from_slice(&bytes[at - at % BLOCK..at]);
    }
}

/// The batches of a segment, in order.
#[derive(Debug)]
pub struct Batches<'a> {
    reader: &'a mut Reader,
    bytes: &'a [u8],
    /// Where the next batch begins.
    at: usize,
    /// What its checksum begins with, `None` if there is no more batch.
    seed: Option<u32>,
}

impl<'a> Batches<'a> {
    /// The next batch, `None` at the end of the segment.
    ///
    /// # Errors
    /// If something is here that cannot be: see [`FaultKind`].
    #[expect(clippy::should_implement_trait, reason = "a fault ends it, so it is no iterator")]
    pub fn next(&mut self) -> Result<Option<Batch<'a>>, Fault> {
        if let State::Faulty(fault) = self.reader.state {
            return Err(fault);
        }
        let Some(seed) = self.seed else { return Ok(None) };
        let batch = match self.whole(seed) {
            Some(header) => self.take(&header).map(Some),
            None => self.end().map(|()| None),
        };
        batch.map_err(|fault| self.reader.fail(fault))
    }

    /// What the journal's segments bear, as soon as it is known.
    #[must_use]
    pub const fn marks(&self) -> Option<&Marks> {
        self.reader.marks()
    }

    fn fault(&self, kind: FaultKind) -> Fault {
        Fault { segment: self.reader.segment, offset: self.at as u64, kind }
    }

    /// The head of the batch that begins here, if it is whole.
    fn whole(&self, seed: u32) -> Option<BatchHeader> {
        let rest = self.bytes.get(self.at..)?;
        let found = BatchHeader::find(rest)?;
        found.is_whole(rest, seed, self.reader.checksum).then_some(found)
    }

    /// Takes a whole batch, if it follows on the one before.
    fn take(&mut self, header: &BatchHeader) -> Result<Batch<'a>, Fault> {
        let BatchHeader { batch: number, first, count, .. } = *header;
        let bytes = &self.bytes[self.at + BatchHeader::LEN..self.at + header.end()];
        self.reader.tail.pass(header, bytes).map_err(|kind| self.fault(kind))?;
        let (segment, offset) = (self.reader.segment, self.at as u64);
        self.at += header.end();
        let first = CommandNo(first);
        Ok(Batch { first, count, number, segment, offset, bytes, skipped: &[] })
    }

    /// There is no whole batch here: zeros, a torn write, or damage.
    fn end(&mut self) -> Result<(), Fault> {
        self.seed = None;
        let (segment, at, used) = (self.reader.segment, self.at, used(self.bytes));
        if at > BLOCK && at >= used {
            self.reader.end(segment, at, self.bytes);
            self.reader.state = State::Between;
            return Ok(());
        }
        let next = self.reader.tail.next_batch;
        let behind = at + 8..used;
        let later = self.reader.find(segment, self.bytes, behind, |_, found| found >= next);
        if let Some(offset) = later {
            return Err(self.fault(FaultKind::Damaged { segment, offset }));
        }
        // A segment is begun by the write of its first batch: they are torn off together.
        let from = if at == BLOCK { 0 } else { at };
        self.reader.torn(segment, at, from, self.bytes, used);
        Ok(())
    }
}

/// How many bytes there are up to the last that is not 0.
fn used(bytes: &[u8]) -> usize {
    const ZEROS: [u8; BLOCK] = [0; BLOCK];
    let mut blocks = bytes.chunks(BLOCK).enumerate().rev();
    let last = blocks.find(|(_, block)| **block != ZEROS[..block.len()]);
    last.map_or(0, |(at, block)| {
        let within = block.iter().rposition(|&byte| byte != 0).expect("the block is not zeros");
        at * BLOCK + within + 1
    })
}

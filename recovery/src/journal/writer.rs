//! Records into batches, batches into writes.

use alloc::boxed::Box;
use alloc::vec;
use core::fmt;

use matcher::command::Command;
use matcher::stored::Sink;
use protocol_spec::words::{CommandNo, PortId, Time};

use super::batch::{self, BatchHeader};
use super::control;
use super::header::SegmentHeader;
use super::marks::{BLOCK, Checksum, Marks};
use super::record::{Head, Stamp};
use super::tail::Tail;

/// Makes the writes of a journal.
///
/// ```text
///           push            seal             push: never
///   empty ───────▶ open ───────────▶ sealed ─────────────
///     ▲                                │
///     └────────────────────────────────┘ written
/// ```
///
/// All is done in one buffer that is taken at the beginning:
///
/// ```text
///   ░░ │ segment header │ carry │ batch header │ records ...      zeros │
///      base             body    └ a batch ────────────────┘             │
///      └ a write that begins a segment ─────────────────────────────────┘
///                       └ any other write ──────────────────────────────┘
/// ```
pub struct Writer {
    marks: Marks,
    segment_bytes: u64,
    checksum: Checksum,
    buffer: Box<[u8]>,
    /// Where blocks begin in the buffer: its address is a multiple of [`BLOCK`].
    base: usize,
    /// The end of the last record.
    fill: usize,
    /// The most that `fill` may be.
    limit: usize,
    /// Records of the batch.
    count: u32,
    sealed: bool,
    /// Bytes before the batch that are in the file already.
    carry: usize,
    /// The segment, and where in it the carry begins.
    segment: u32,
    offset: u64,
    /// Whether the segment's header is in the file.
    begun: bool,
    batch: u64,
    previous: u32,
    next: CommandNo,
    time: Time,
}

/// A write, which has to be durable before anything is told of its commands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Write<'a> {
    /// The segment. If its number rises the write begins a new one, at offset 0.
    pub segment: u32,
    /// Where the bytes belong, a multiple of [`BLOCK`].
    pub offset: u64,
    /// The bytes: whole blocks, at an address that is a multiple of [`BLOCK`] too.
    pub bytes: &'a [u8],
}

impl Writer {
    /// Most bytes of a batch. Whoever pushes stops before, see [`Writer::has_room`].
    pub const MAX_BATCH: usize = batch::MAX_BATCH;
    /// Bytes of the longest record.
    pub const LONGEST_RECORD: usize = Head::record_len(u16::MAX as usize);

    /// A new journal: its first write begins segment 1.
    ///
    /// # Panics
    /// If segments have no room for a batch or are not whole blocks.
    #[must_use]
    pub fn begin(marks: Marks, segment_bytes: u64, checksum: Checksum) -> Self {
        Writer::resume(marks, segment_bytes, checksum, Tail::of_nothing())
    }

    /// A journal that goes on where a reader has ended.
    ///
    /// # Panics
    /// As [`Writer::begin`], or if the tail was changed so that it cannot be.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "a journal goes on once from a tail")]
    pub fn resume(marks: Marks, segment_bytes: u64, checksum: Checksum, tail: Tail) -> Self {
        let block = BLOCK as u64;
        assert!(segment_bytes.is_multiple_of(block), "segments are whole blocks");
        assert!(segment_bytes >= 2 * block, "a segment has room for its header and a batch");
        let carry = tail.block.len();
        assert!(tail.offset % block == carry as u64, "the block ends where the next batch begins");
        assert!(carry.is_multiple_of(8) && tail.segment > 0, "batches stand at multiples of 8");
        let fitting = usize::try_from(segment_bytes - block).unwrap_or(usize::MAX);
        let most = fitting.min(Self::MAX_BATCH);
        // The header, the carry, the batch, and what is left over before the first block.
        let buffer = vec![0; 3 * BLOCK + most].into_boxed_slice();
        let base = buffer.as_ptr().align_offset(BLOCK);
        assert!(base < BLOCK, "addresses can be counted");
        let begun = tail.offset > 0;
        let mut writer = Writer {
            marks,
            segment_bytes,
            checksum,
            buffer,
            base,
            fill: 0,
            limit: most,
            count: 0,
            sealed: false,
            carry,
            segment: tail.segment,
            offset: if begun { tail.offset - carry as u64 } else { block },
            begun,
            batch: tail.next_batch,
            previous: tail.previous,
            next: tail.next_command,
            time: tail.last_time,
        };
        let body = writer.body();
        writer.buffer[body..body + carry].copy_from_slice(&tail.block);
        writer.open(most);
        writer
    }

    /// Adds a broker's message.
    ///
    /// # Panics
    /// If the batch is full or sealed, the message longer than a packet, the stamp not the next
    /// one, or the port 0, which no broker has.
    #[inline]
    pub fn push_message(&mut self, stamp: Stamp, port: PortId, bytes: &[u8]) {
        assert!(port.0 != Head::CONTROL, "no broker has port 0");
        let len = u16::try_from(bytes.len()).expect("a message is shorter than a packet");
        let end = self.fill + Head::record_len(bytes.len());
        assert!(end <= self.limit, "a batch is sealed before it is full");
        let head = self.head(stamp, port.0, len);
        let record = &mut self.buffer[self.fill..end];
        // What fills the record up to a multiple of 8 lies in its last 8 bytes.
        let (_, last) = record.split_last_chunk_mut::<8>().expect("it is longer than its head");
        *last = [0; 8];
        let (place, payload) = record.split_first_chunk_mut().expect("it is longer than its head");
        *place = head.to_bytes();
        payload[..bytes.len()].copy_from_slice(bytes);
        self.fill = end;
        self.count += 1;
    }

    /// Adds a command that no broker sent, with a word about it of at most
    /// [`MAX_NOTE`](super::MAX_NOTE) bytes.
    ///
    /// # Panics
    /// If the batch is full or sealed, the stamp not the next one, the command a broker's, or the
    /// note too long.
    pub fn push_control(&mut self, stamp: Stamp, command: &Command, note: &str) {
        let start = self.fill + Head::LEN;
        let room = self.buffer.get_mut(start..self.limit).unwrap_or_default();
        let mut payload = Payload { room, len: 0 };
        control::save(command, note, &mut payload);
        let len = payload.len;
        let end = self.fill + Head::record_len(len);
        assert!(end <= self.limit, "a batch is sealed before it is full");
        let len = u16::try_from(len).expect("no command is so long");
        let head = self.head(stamp, Head::CONTROL, len);
        self.buffer[start + usize::from(len)..end].fill(0);
        self.buffer[self.fill..start].copy_from_slice(&head.to_bytes());
        self.fill = end;
        self.count += 1;
    }

    /// The head of the next record.
    #[inline]
    fn head(&mut self, stamp: Stamp, port: u16, len: u16) -> Head {
        assert!(!self.sealed, "the batch before is written first");
        assert!(stamp.no == self.next, "commands come without a gap");
        assert!(stamp.time >= self.time, "time never goes back");
        (self.next, self.time) = (self.next.next(), stamp.time);
        Head { len, port, late: stamp.late, time: stamp.time.0 }
    }

    /// Whether the batch has no record.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Bytes of the batch, 0 if it has no record.
    #[must_use]
    pub fn len(&self) -> usize {
        if self.is_empty() { 0 } else { self.fill - self.start() }
    }

    /// Whether the longest record still fits.
    #[must_use]
    #[inline]
    pub fn has_room(&self) -> bool {
        self.limit - self.fill >= Self::LONGEST_RECORD
    }

    /// Closes the batch and gives the write that brings it to the file, `None` if there is nothing
    /// in it. Until the write is said to be [`written`](Writer::written), this gives the same one.
    pub fn seal(&mut self) -> Option<Write<'_>> {
        if self.is_empty() {
            return None;
        }
        if !self.sealed {
            self.close();
        }
        let end = self.body() + (self.fill - self.body()).next_multiple_of(BLOCK);
        let (from, offset) = if self.begun { (self.body(), self.offset) } else { (self.base, 0) };
        Some(Write { segment: self.segment, offset, bytes: &self.buffer[from..end] })
    }

    /// The write is durable: the next batch begins.
    ///
    /// # Panics
    /// If no batch is sealed.
    pub fn written(&mut self) {
        assert!(self.sealed, "a batch is sealed before it is written");
        let (body, end) = (self.body(), self.fill);
        self.carry = (end - body) % BLOCK;
        self.offset += (end - body - self.carry) as u64;
        self.buffer.copy_within(end - self.carry..end, body);
        (self.begun, self.sealed, self.count) = (true, false, 0);
        self.batch += 1;
        self.open(self.most());
    }

    /// What the segments bear.
    #[must_use]
    pub const fn marks(&self) -> &Marks {
        &self.marks
    }

    /// Segment and offset at which what is written ends: at 0 if the segment is not begun.
    #[must_use]
    pub fn position(&self) -> (u32, u64) {
        let end = if self.begun { self.offset + self.carry as u64 } else { 0 };
        (self.segment, end)
    }

    /// Begins a batch of at most so many bytes.
    fn open(&mut self, most: usize) {
        self.fill = self.start() + BatchHeader::LEN;
        self.limit = self.start() + most;
    }

    /// Makes the batch whole, in the next segment if there is no room in this one.
    fn close(&mut self) {
        let written = (self.fill - self.body()).next_multiple_of(BLOCK) as u64;
        if self.begun && self.offset + written > self.segment_bytes {
            self.roll();
        }
        let seed = self.marks.seed(self.segment, self.checksum);
        let (start, fill) = (self.start(), self.fill);
        let header = BatchHeader {
            checksum: 0,
            previous: self.previous,
            epoch: 0,
            batch: self.batch,
            first: self.next.0 - u64::from(self.count),
            count: self.count,
            length: u32::try_from(fill - start - BatchHeader::LEN).expect("a batch is bounded"),
        };
        if !self.begun {
            self.head_segment(&header);
        }
        self.previous = header.write(&mut self.buffer[start..fill], seed, self.checksum);
        let end = self.body() + (fill - self.body()).next_multiple_of(BLOCK);
        self.buffer[fill..end].fill(0);
        self.sealed = true;
    }

    /// Goes on to the next segment: the batch moves right behind its header.
    fn roll(&mut self) {
        let (body, start) = (self.body(), self.start());
        self.buffer.copy_within(start..self.fill, body);
        self.fill -= self.carry;
        self.limit -= self.carry;
        self.carry = 0;
        self.segment = self.segment.checked_add(1).expect("a day ends before its segments do");
        (self.offset, self.begun) = (BLOCK as u64, false);
    }

    /// Writes the header of a segment that begins with this batch.
    fn head_segment(&mut self, first: &BatchHeader) {
        let Marks { session, unit, zone, rules_version, salt } = self.marks;
        let header = SegmentHeader {
            format: SegmentHeader::FORMAT,
            segment: self.segment,
            session,
            unit,
            zone,
            rules_version,
            previous: first.previous,
            salt,
            first_batch: first.batch,
            first_command: first.first,
        };
        header.write(&mut self.buffer[self.base..self.base + BLOCK], self.checksum);
    }

    /// Where the blocks behind the segment's header begin in the buffer.
    fn body(&self) -> usize {
        self.base + BLOCK
    }

    /// Where the batch begins in the buffer.
    fn start(&self) -> usize {
        self.body() + self.carry
    }

    /// Most bytes of a batch.
    fn most(&self) -> usize {
        self.buffer.len() - 3 * BLOCK
    }
}

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Writer");
        shown.field("segment", &self.segment).field("offset", &self.offset);
        shown.field("batch", &self.batch).field("count", &self.count).field("next", &self.next);
        shown.finish_non_exhaustive()
    }
}

impl fmt::Debug for Write<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Write");
        shown.field("segment", &self.segment).field("offset", &self.offset);
        shown.field("len", &self.bytes.len()).finish_non_exhaustive()
    }
}

/// Takes the bytes of a control record.
struct Payload<'a> {
    room: &'a mut [u8],
    len: usize,
}

impl Sink for Payload<'_> {
    fn put(&mut self, bytes: &[u8]) {
        let room = self.room.get_mut(self.len..self.len + bytes.len());
        room.expect("a batch is sealed before it is full").copy_from_slice(bytes);
        self.len += bytes.len();
    }
}

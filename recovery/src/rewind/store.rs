//! The messages of a day by their numbers.

use alloc::collections::VecDeque;
use alloc::vec::Vec;

use protocol_spec::wire::binary_file::{END, RECORD_HEADER, Record, split};
use protocol_spec::wire::mold::SessionId;
use protocol_spec::words::FeedNo;

use super::block::{BLOCK, BlockFault, Place, fits, link};
use super::index::{ENTRY, Entry, HEAD};
use super::records::Records;
use crate::extent::Extent;
use crate::journal::Checksum;

/// Buffers of blocks that are kept to be used again.
const SPARE: usize = 4;

/// The messages of a day by their numbers: the newest in memory, the others in the file.
///
/// ```text
///              ┌────────── entries ────────────┐
///   the file   │ block │ block │ block │ block │ open ◀── push
///                      └────── in memory ────────────┘
///                                  │   └ polled: poll_piece goes on here
///                                  └ written: what is before it is in the file
/// ```
///
/// Blocks are those of [`Rewind`](super::Rewind). What is not written yet stays in memory, and so
/// do blocks that were written, as far as there is room for them.
#[derive(Debug)]
pub struct Store {
    session: SessionId,
    checksum: Checksum,
    /// Complete blocks that stay in memory though they are in the file.
    keeps: usize,
    /// Every complete block.
    entries: Vec<Entry>,
    /// The last of the complete blocks, as many as are in memory.
    blocks: VecDeque<Vec<u8>>,
    /// The open block.
    open: Vec<u8>,
    /// Where it begins.
    offset: u64,
    /// The number of its first message.
    first: FeedNo,
    next: FeedNo,
    has_ended: bool,
    /// Bytes that were polled, and those of them that are in the file.
    polled: u64,
    written: u64,
    /// Entries that were polled.
    noted: usize,
    spare: Vec<Vec<u8>>,
}

/// Where messages are.
#[derive(Clone, Debug)]
pub enum Found<'a> {
    /// There is no message with this number.
    Nothing,
    /// In memory: the messages from this number on, to the end of their block.
    Here(Records<'a>),
    /// In the file, in a block that is to be read and [opened](Store::open).
    Filed(Place),
}

/// Bytes that are to be written to the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece<'a> {
    /// Where they belong.
    pub offset: u64,
    /// What is to be written there.
    pub bytes: &'a [u8],
}

impl Piece<'_> {
    /// Where it ends: what [`Store::on_written`] is told once it is written.
    #[must_use]
    pub const fn end(&self) -> u64 {
        self.offset + self.bytes.len() as u64
    }
}

impl Store {
    /// A day without messages, which keeps so many bytes of what is in the file in memory.
    #[must_use]
    pub fn new(session: SessionId, memory_bytes: usize, checksum: Checksum) -> Self {
        Store::behind(session, memory_bytes, Vec::new(), FeedNo(1), checksum)
    }

    /// A day whose file begins with these complete blocks; `next` is the number after them.
    pub(super) fn behind(
        session: SessionId,
        memory_bytes: usize,
        entries: Vec<Entry>,
        next: FeedNo,
        checksum: Checksum,
    ) -> Self {
        let offset = entries.last().map_or(0, Entry::end);
        Store {
            session,
            checksum,
            keeps: memory_bytes / BLOCK,
            noted: entries.len(),
            entries,
            blocks: VecDeque::new(),
            open: Vec::with_capacity(BLOCK),
            offset,
            first: next,
            next,
            has_ended: false,
            polled: offset,
            written: offset,
            spare: Vec::new(),
        }
    }

    /// Takes whole records, those of the next messages.
    ///
    /// # Panics
    /// If they are not whole, one of them is an end mark or longer than a block, or the day has
    /// ended.
    pub fn push(&mut self, records: &[u8]) {
        assert!(!self.has_ended || records.is_empty(), "nothing is told after the end");
        let (mut rest, mut count) = (records, 0);
        // Whole records are looked at one by one, and copied together.
        let mut run = 0;
        while !rest[run..].is_empty() {
            let Record::Message(message, _) = split(&rest[run..]) else {
                panic!("{} bytes are no whole records", rest.len() - run);
            };
            let record = RECORD_HEADER + message.len();
            assert!(record <= BLOCK, "a record of {record} bytes");
            if !fits(self.open.len() + run, record) {
                self.open.extend_from_slice(&rest[..run]);
                self.next = self.next.plus(count);
                (rest, run, count) = (&rest[run..], 0, 0);
                self.complete();
            }
            (run, count) = (run + record, count + 1);
        }
        self.open.extend_from_slice(rest);
        self.next = self.next.plus(count);
    }

    /// Nothing more will be told.
    ///
    /// # Panics
    /// If that was said before.
    pub fn end(&mut self) {
        assert!(!self.has_ended, "a feed ends once");
        if !fits(self.open.len(), END.len()) {
            self.complete();
        }
        self.open.extend_from_slice(&END);
        self.has_ended = true;
    }

    /// The open block is complete, and a new one begins.
    fn complete(&mut self) {
        let mut next = self.spare.pop().unwrap_or_else(|| Vec::with_capacity(BLOCK));
        next.clear();
        let block = core::mem::replace(&mut self.open, next);
        let sum = (self.checksum)(0, &block);
        let chain = link(self.chain(), sum, self.checksum);
        let (first, offset, len) = (self.first, self.offset, block.len() as u32);
        self.entries.push(Entry { first, offset, len, sum, chain });
        self.blocks.push_back(block);
        (self.first, self.offset) = (self.next, offset + u64::from(len));
        self.forget();
    }

    /// Over the checksums of all complete blocks.
    fn chain(&self) -> u32 {
        self.entries.last().map_or(0, |entry| entry.chain)
    }

    /// Gives back the memory of blocks that are in the file and for which there is no room.
    fn forget(&mut self) {
        while self.blocks.len() > self.keeps
            && self.entries[self.in_file()].end() <= self.written
            && let Some(block) = self.blocks.pop_front()
        {
            if self.spare.len() < SPARE {
                self.spare.push(block);
            }
        }
    }

    /// Complete blocks that are no longer in memory.
    fn in_file(&self) -> usize {
        self.entries.len() - self.blocks.len()
    }

    /// Where the message with this number is.
    #[must_use]
    pub fn find(&self, number: FeedNo) -> Found<'_> {
        if number.0 == 0 || number >= self.next {
            return Found::Nothing;
        }
        if number >= self.first {
            return Found::Here(Records::new(self.first, &self.open).skip_to(number));
        }
        // The first block begins with number 1: there is always one before.
        let at = self.entries.partition_point(|entry| entry.first <= number) - 1;
        let entry = &self.entries[at];
        match at.checked_sub(self.in_file()) {
            Some(at) => Found::Here(Records::new(entry.first, &self.blocks[at]).skip_to(number)),
            None => Found::Filed(entry.place()),
        }
    }

    /// The messages of a block that was read from the file.
    ///
    /// # Errors
    /// If the bytes are not those that were told.
    pub fn open<'a>(&self, place: Place, bytes: &'a [u8]) -> Result<Records<'a>, BlockFault> {
        let have = bytes.len();
        let at = self.entries.binary_search_by_key(&place.offset, |entry| entry.offset);
        let entry = at.ok().map(|at| &self.entries[at]);
        let Some(entry) = entry.filter(|entry| entry.len as usize == have) else {
            let need = entry.map_or(0, |entry| entry.len as usize);
            return Err(BlockFault::Length { need, have });
        };
        let (says, is) = (entry.sum, (self.checksum)(0, bytes));
        if says != is {
            return Err(BlockFault::Checksum { says, is });
        }
        Ok(Records::new(entry.first, bytes))
    }

    /// The next bytes for the file, to be written in this order: the rest of a complete block, or,
    /// if that is wanted too, what there is of the open one.
    pub fn poll_piece(&mut self, open_too: bool) -> Option<Piece<'_>> {
        let offset = self.polled;
        let bytes = if offset < self.offset {
            // The first block begins the file: there is always one before.
            let at = self.entries.partition_point(|entry| entry.offset <= offset) - 1;
            let within = offset - self.entries[at].offset;
            &self.blocks[at - self.in_file()][within as usize..]
        } else {
            &self.open[(offset - self.offset) as usize..]
        };
        if bytes.is_empty() || (offset >= self.offset && !open_too) {
            return None;
        }
        self.polled += bytes.len() as u64;
        Some(Piece { offset, bytes })
    }

    /// All bytes of the file before `end` are written.
    ///
    /// # Panics
    /// If they were not polled.
    pub fn on_written(&mut self, end: u64) {
        assert!(end <= self.polled, "{end} bytes are written, {} were polled", self.polled);
        self.written = self.written.max(end);
        self.forget();
    }

    /// What was polled and is not written is polled again: writing it failed.
    pub const fn on_write_failed(&mut self) {
        self.polled = self.written;
    }

    /// The next entry for the index and where it belongs, once its block is written.
    pub fn poll_entry(&mut self) -> Option<(u64, [u8; ENTRY])> {
        let entry = self.entries.get(self.noted).filter(|entry| entry.end() <= self.written)?;
        let offset = HEAD as u64 + self.noted as u64 * ENTRY as u64;
        self.noted += 1;
        Some((offset, entry.to_bytes(self.checksum)))
    }

    /// Everything so far came out of the file.
    pub(super) fn on_read(&mut self) {
        self.polled = self.offset + self.open.len() as u64;
        self.written = self.polled;
        self.forget();
    }

    /// The session.
    #[must_use]
    pub const fn session(&self) -> SessionId {
        self.session
    }

    /// The number of the next message.
    #[must_use]
    pub const fn next_number(&self) -> FeedNo {
        self.next
    }

    /// Whether nothing more will be told.
    #[must_use]
    pub const fn has_ended(&self) -> bool {
        self.has_ended
    }

    /// The file with everything that was told.
    #[must_use]
    pub fn told(&self) -> Extent {
        let bytes = self.offset + self.open.len() as u64;
        let digest = match bytes {
            0 => 0,
            _ => link(self.chain(), (self.checksum)(0, &self.open), self.checksum),
        };
        Extent { bytes, digest }
    }

    /// Bytes of the file that are written.
    #[must_use]
    pub const fn written(&self) -> u64 {
        self.written
    }

    /// The number of the first message that is in memory, or of the next one.
    #[cfg(test)]
    pub(super) fn first_in_memory(&self) -> FeedNo {
        self.entries.get(self.in_file()).map_or(self.first, |entry| entry.first)
    }

    /// Bytes of memory that messages take.
    #[cfg(test)]
    pub(super) fn memory(&self) -> usize {
        (self.blocks.len() + self.spare.len() + 1) * BLOCK
    }
}

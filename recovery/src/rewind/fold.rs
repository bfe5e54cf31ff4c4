//! What of the feed is part of a venue's state.

use alloc::vec::Vec;

use matcher::stored::{LoadError, Sink, Source, Stored};
use protocol_spec::wire::binary_file::{END, RECORD_HEADER};
use protocol_spec::words::FeedNo;

use super::block::{BLOCK, fits, link};
use crate::extent::Extent;
use crate::journal::Checksum;

/// Numbers the messages of the feed, and knows how long its file has to be and what is in it.
///
/// ```text
///   push ──▶ told, fresh ──forget_fresh──▶ told         end ──▶ nothing more is told
/// ```
///
/// Its state is numbers, and no message: they are a function of the messages alone, whenever what
/// was fresh was forgotten. Messages that are fresh wait here as records of the file until they are
/// handed on; whoever drives this forgets them after each round, so that their memory is used
/// again.
#[derive(Debug)]
pub struct Rewind {
    checksum: Checksum,
    next: FeedNo,
    /// Bytes of the file so far.
    bytes: u64,
    /// Bytes of the open block.
    open: usize,
    has_ended: bool,
    /// Over the checksums of all complete blocks.
    chain: u32,
    /// The checksum of the open block, up to where `fresh` has been summed.
    sum: u32,
    /// Records that were not forgotten, the end mark among them.
    fresh: Vec<u8>,
    /// The number of the first of them.
    first: FeedNo,
    /// Bytes of them that are in a checksum.
    summed: usize,
    /// Whether the last of them is the end mark.
    ends: bool,
}

/// What was told since it was last forgotten.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fresh<'a> {
    /// The number of the first message, or of the next one where there is none.
    pub first: FeedNo,
    /// How many messages there are.
    pub count: u64,
    /// The messages as records of the file, which are those of a packet as well.
    pub records: &'a [u8],
    /// Whether the feed ended after them.
    pub ended: bool,
}

impl Rewind {
    /// Bytes of the longest message: a record fits a block.
    pub const LONGEST: usize = BLOCK - RECORD_HEADER;

    /// A feed without messages.
    #[must_use]
    pub const fn new(checksum: Checksum) -> Self {
        Rewind {
            checksum,
            next: FeedNo(1),
            bytes: 0,
            open: 0,
            has_ended: false,
            chain: 0,
            sum: 0,
            fresh: Vec::new(),
            first: FeedNo(1),
            summed: 0,
            ends: false,
        }
    }

    /// Takes the next message and says which number it has.
    ///
    /// # Panics
    /// If it is empty, which would be an end mark, longer than [`Rewind::LONGEST`], or if the feed
    /// has ended.
    #[inline]
    pub fn push(&mut self, message: &[u8]) -> FeedNo {
        let len = message.len();
        assert!(len > 0 && len <= Self::LONGEST, "a message of {len} bytes");
        assert!(!self.has_ended, "nothing is told after the end");
        self.grow(RECORD_HEADER + len);
        self.fresh.extend_from_slice(&(len as u16).to_be_bytes());
        self.fresh.extend_from_slice(message);
        let number = self.next;
        self.next = number.plus(1);
        number
    }

    /// Nothing more will be told.
    ///
    /// # Panics
    /// If that was said before.
    pub fn end(&mut self) {
        assert!(!self.has_ended, "a feed ends once");
        self.grow(END.len());
        self.fresh.extend_from_slice(&END);
        (self.has_ended, self.ends) = (true, true);
    }

    /// Makes room for a record of so many bytes in a block.
    #[inline(always)]
    fn grow(&mut self, record: usize) {
        if !fits(self.open, record) {
            self.complete();
        }
        self.open += record;
        self.bytes += record as u64;
    }

    /// The open block is complete: the next record is the first of another.
    #[cold]
    #[inline(never)]
    fn complete(&mut self) {
        self.sum_up();
        self.chain = link(self.chain, self.sum, self.checksum);
        (self.open, self.sum) = (0, 0);
    }

    /// Everything that was told is in a checksum.
    fn sum_up(&mut self) {
        self.sum = self.summed_up();
        self.summed = self.fresh.len();
    }

    /// The checksum of the open block.
    fn summed_up(&self) -> u32 {
        (self.checksum)(self.sum, &self.fresh[self.summed..])
    }

    /// What was told since it was last forgotten.
    #[must_use]
    pub fn fresh(&self) -> Fresh<'_> {
        let end = if self.ends { END.len() } else { 0 };
        let records = &self.fresh[..self.fresh.len() - end];
        Fresh { first: self.first, count: self.next.0 - self.first.0, records, ended: self.ends }
    }

    /// Whether [`Rewind::fresh`] has anything.
    #[must_use]
    #[inline]
    pub const fn is_fresh(&self) -> bool {
        !self.fresh.is_empty()
    }

    /// Forgets what was told: it was handed on.
    pub fn forget_fresh(&mut self) {
        self.sum_up();
        self.fresh.clear();
        (self.first, self.summed, self.ends) = (self.next, 0, false);
    }

    /// The number of the next message.
    #[must_use]
    #[inline]
    pub const fn next_number(&self) -> FeedNo {
        self.next
    }

    /// Whether nothing more will be told.
    #[must_use]
    pub const fn has_ended(&self) -> bool {
        self.has_ended
    }

    /// The file with everything that was told. It costs what reading the fresh messages costs.
    #[must_use]
    pub fn told(&self) -> Extent {
        let digest = match self.bytes {
            0 => 0,
            _ => link(self.chain, self.summed_up(), self.checksum),
        };
        Extent { bytes: self.bytes, digest }
    }

    /// Writes the state.
    ///
    /// # Panics
    /// If a message was not forgotten: who loads the state looks for it in the file.
    pub fn save(&self, out: &mut dyn Sink) {
        assert!(self.fresh.is_empty(), "what was told was handed on");
        (self.next.0, self.bytes).save(out);
        (self.open as u32, self.has_ended).save(out);
        (self.chain, self.sum).save(out);
    }

    /// Reads a state that [`Rewind::save`] wrote.
    ///
    /// # Errors
    /// If the bytes are none.
    pub fn load(checksum: Checksum, from: &mut dyn Source) -> Result<Self, LoadError> {
        let (next, bytes) = <(u64, u64)>::load(from)?;
        let (open, has_ended) = <(u32, bool)>::load(from)?;
        let (chain, sum) = <(u32, u32)>::load(from)?;
        let possible = |is, what| if is { Ok(()) } else { Err(LoadError::Impossible(what)) };
        let count = next.checked_sub(1).ok_or(LoadError::Impossible("a feed before number 1"))?;
        let end = if has_ended { END.len() as u64 } else { 0 };
        possible(bytes >= end, "a feed that ended without a mark")?;
        let records = bytes - end;
        let least = count.saturating_mul(RECORD_HEADER as u64 + 1);
        let most = count.saturating_mul(BLOCK as u64);
        possible((least..=most).contains(&records), "messages that do not fill the feed")?;
        let complete = bytes.checked_sub(open.into());
        possible(open as usize <= BLOCK && complete.is_some(), "an open block of the feed")?;
        possible((open == 0) == (bytes == 0), "a feed without an open block")?;
        possible(open > 0 || sum == 0, "the checksum of no block")?;
        possible(complete > Some(0) || chain == 0, "a chain of no blocks")?;
        let (next, open) = (FeedNo(next), open as usize);
        let state = Rewind { next, bytes, open, has_ended, chain, sum, ..Rewind::new(checksum) };
        Ok(Rewind { first: next, ..state })
    }
}

//! Messages that follow one another.

use core::fmt;

use protocol_spec::wire::mold::BLOCK_HEADER;
use protocol_spec::words::FeedNo;

/// Messages with their numbers, in order and without a gap.
#[derive(Clone, PartialEq, Eq)]
pub struct Run<'a> {
    number: FeedNo,
    left: u64,
    records: &'a [u8],
}

impl<'a> Run<'a> {
    /// `left` messages from `number` on, each behind its length in `records`.
    pub(super) const fn new(number: FeedNo, left: u64, records: &'a [u8]) -> Self {
        Run { number, left, records }
    }

    /// The number of the first message that is left.
    #[must_use]
    pub const fn first(&self) -> FeedNo {
        self.number
    }

    /// The number after the last one.
    #[must_use]
    pub const fn end(&self) -> FeedNo {
        self.number.plus(self.left)
    }

    /// The bytes of the messages that are left, each behind its length of 2 bytes: blocks of a
    /// packet, and just as well records of a file.
    #[must_use]
    pub const fn records(&self) -> &'a [u8] {
        self.records
    }
}

impl<'a> Iterator for Run<'a> {
    type Item = (FeedNo, &'a [u8]);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let (message, rest) = split(self.records);
        let number = self.number;
        self.records = rest;
        self.number = number.plus(1);
        Some((number, message))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        // Each takes two bytes of memory at least.
        (self.left as usize, Some(self.left as usize))
    }
}

impl ExactSizeIterator for Run<'_> {}

impl fmt::Debug for Run<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "messages {} to {}", self.number, self.number.0 + self.left)
    }
}

/// How many bytes the first `count` blocks take.
pub(super) fn length(blocks: &[u8], count: u64) -> usize {
    let mut rest = blocks;
    for _ in 0..count {
        (_, rest) = split(rest);
    }
    blocks.len() - rest.len()
}

/// The first message, and the blocks after it.
#[inline]
fn split(blocks: &[u8]) -> (&[u8], &[u8]) {
    const { assert!(BLOCK_HEADER == size_of::<u16>(), "a block begins with its length") }
    let (&length, rest) = blocks.split_first_chunk().expect("the packet was checked");
    rest.split_at(usize::from(u16::from_be_bytes(length)))
}

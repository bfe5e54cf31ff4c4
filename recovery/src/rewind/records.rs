//! Messages one after the other, with their numbers.

use protocol_spec::wire::binary_file::{RECORD_HEADER, Record, split};
use protocol_spec::words::FeedNo;

/// Messages of the feed from a number on, to the end of their block.
///
/// A record of the file is what a block of a packet is: so a run of them is [cut](Records::cut) out
/// as it is, and sent behind a header.
#[derive(Clone, Debug)]
pub struct Records<'a> {
    next: FeedNo,
    rest: &'a [u8],
}

impl<'a> Records<'a> {
    /// The records at the start of these bytes, the first of which has this number. They end where
    /// no whole record follows, or with the end mark.
    #[must_use]
    pub const fn new(first: FeedNo, bytes: &'a [u8]) -> Self {
        Records { next: first, rest: bytes }
    }

    /// The number of the next message, if there is one.
    #[must_use]
    pub const fn next_number(&self) -> FeedNo {
        self.next
    }

    /// The bytes of the records that are left, and whatever is behind them.
    #[must_use]
    pub const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// The same without those before number `from`.
    #[must_use]
    pub fn skip_to(mut self, from: FeedNo) -> Self {
        while self.next < from && self.next().is_some() {}
        self
    }

    /// The longest run of whole records from here that has at most `count` messages and `bytes`:
    /// how many messages it has, and the run.
    #[must_use]
    pub fn cut(mut self, count: u16, bytes: usize) -> (u16, &'a [u8]) {
        let (all, mut has, mut len) = (self.rest, 0, 0);
        while has < count
            && let Some((_, message)) = self.next()
        {
            let end = len + RECORD_HEADER + message.len();
            if end > bytes {
                break;
            }
            (has, len) = (has + 1, end);
        }
        (has, &all[..len])
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = (FeedNo, &'a [u8]);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let Record::Message(message, rest) = split(self.rest) else { return None };
        let number = self.next;
        // Rubbish may claim any number: there is none after the last.
        self.next = FeedNo(number.0.checked_add(1)?);
        self.rest = rest;
        Some((number, message))
    }
}

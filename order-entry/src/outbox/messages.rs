//! Messages one after the other.
//!
//! ```text
//! message := length:u16 bytes       the length in little-endian order
//! ```

use protocol_spec::words::PortNo;

/// Bytes of a message's length.
pub(super) const LENGTH: usize = 2;
/// Bytes of the longest message.
pub(super) const LONGEST: usize = 256;

/// Messages of a port with their numbers, to the end of a block.
#[derive(Clone, Debug)]
pub struct Messages<'a> {
    next: PortNo,
    rest: &'a [u8],
}

impl<'a> Messages<'a> {
    /// Messages that are known to be whole, the first of which has this number.
    #[inline]
    pub(super) fn new(first: PortNo, bytes: &'a [u8]) -> Self {
        Messages { next: first, rest: bytes }
    }

    /// How many messages `bytes` are, if they are whole.
    pub(super) fn count(mut bytes: &[u8]) -> Option<u32> {
        let mut count = 0;
        while !bytes.is_empty() {
            let (&length, rest) = bytes.split_first_chunk()?;
            (_, bytes) = rest.split_at_checked(usize::from(u16::from_le_bytes(length)))?;
            count += 1;
        }
        Some(count)
    }

    /// The same without those before number `from`.
    pub(super) fn skip_to(mut self, from: PortNo) -> Self {
        while self.next < from && self.next().is_some() {}
        self
    }
}

impl<'a> Iterator for Messages<'a> {
    type Item = (PortNo, &'a [u8]);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let (&length, rest) = self.rest.split_first_chunk()?;
        let (message, rest) = rest.split_at(usize::from(u16::from_le_bytes(length)));
        let number = self.next;
        (self.next, self.rest) = (number.next(), rest);
        Some((number, message))
    }
}

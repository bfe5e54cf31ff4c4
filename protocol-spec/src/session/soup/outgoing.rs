//! Packets that wait to be written.

use core::fmt;
use core::ops::Range;

use alloc::vec::Vec;

use crate::wire::soup;

/// Longest text of a Debug packet.
pub const TEXT_MAX: usize = 200;

/// Room kept free of data, so that a login answer, a farewell and its reason always fit.
const RESERVE: usize = 512;

const _: () =
    assert!(RESERVE >= 2 * (soup::LoginRequest::LEN + soup::TIMEOUT_LEN) + soup::HEADER + TEXT_MAX);

/// Bytes on their way to the socket: at most `bound` of data, and the packets that must fit.
pub(super) struct Outgoing {
    bytes: Vec<u8>,
    /// How many of them were written.
    written: usize,
    bound: usize,
}

/// Why a message was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendError {
    /// It does not fit behind those that still wait to be written: write, then try again.
    Full,
    /// It never fits.
    TooLong {
        /// Bytes of the message.
        len: usize,
        /// Most bytes of a message.
        max: usize,
    },
    /// The connection is ending.
    Ending,
}

impl Outgoing {
    /// Will hold `bound` bytes of data packets, and until [`Outgoing::reserve`] none: strangers
    /// cost little.
    pub(super) fn new(bound: usize) -> Self {
        Outgoing { bytes: Vec::with_capacity(RESERVE), written: 0, bound }
    }

    /// Makes room for data, twice the bound of it, so that what waits is seldom moved.
    pub(super) fn reserve(&mut self) {
        self.bytes.reserve_exact(2 * self.bound + RESERVE);
    }

    /// What is to be written next.
    pub(super) fn pending(&self) -> &[u8] {
        &self.bytes[self.written..]
    }

    /// The first `count` bytes of [`Outgoing::pending`] were written.
    pub(super) fn on_written(&mut self, count: usize) {
        assert!(count <= self.pending().len(), "no more than there was to write");
        self.written += count;
        if self.written == self.bytes.len() {
            self.bytes.clear();
            self.written = 0;
        }
    }

    /// Whether a data packet of `payload` bytes fits.
    pub(super) fn has_room(&self, payload: usize) -> bool {
        self.pending().len() + soup::HEADER + payload <= self.bound
    }

    /// Queues a packet that carries a message.
    pub(super) fn push_data(&mut self, kind: u8, payload: &[u8]) -> Result<(), SendError> {
        let max = soup::MAX_PAYLOAD.min(self.bound.saturating_sub(soup::HEADER));
        if payload.len() > max {
            return Err(SendError::TooLong { len: payload.len(), max });
        }
        if !self.has_room(payload.len()) {
            return Err(SendError::Full);
        }
        self.make_room(soup::HEADER + payload.len());
        self.bytes.extend_from_slice(&soup::header(kind, payload.len()));
        self.bytes.extend_from_slice(payload);
        Ok(())
    }

    /// Queues a packet for which room is kept.
    pub(super) fn push_control(&mut self, packet: &[u8]) {
        self.make_room(packet.len());
        self.bytes.extend_from_slice(packet);
    }

    /// Queues text for people, cut to [`TEXT_MAX`].
    pub(super) fn push_text(&mut self, text: &[u8]) {
        let text = &text[..text.len().min(TEXT_MAX)];
        self.push_control(&soup::header(b'+', text.len()));
        self.push_control(text);
    }

    /// Forgets what was not written.
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.written = 0;
    }

    /// Moves what waits to the front if the end of the buffer is near, so that it never grows.
    fn make_room(&mut self, count: usize) {
        if self.bytes.len() + count > self.bytes.capacity() {
            let pending: Range<usize> = self.written..self.bytes.len();
            let len = pending.len();
            self.bytes.copy_within(pending, 0);
            self.bytes.truncate(len);
            self.written = 0;
        }
        assert!(self.bytes.len() + count <= self.bytes.capacity(), "the bounds leave room");
    }
}

impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Outgoing({} bytes)", self.pending().len())
    }
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SendError::Full => {
                f.write_str("the message does not fit behind those that wait to be written")
            }
            SendError::TooLong { len, max } => {
                write!(f, "message of {len} bytes, the longest that is sent is {max}")
            }
            SendError::Ending => f.write_str("the connection is ending"),
        }
    }
}

impl core::error::Error for SendError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_stops_at_the_bound_and_control_packets_still_fit() {
        let mut outgoing = Outgoing::new(100);
        outgoing.reserve();
        for _ in 0..5 {
            assert_eq!(outgoing.push_data(b'S', &[7; 17]), Ok(()));
        }
        assert_eq!(outgoing.push_data(b'S', &[]), Err(SendError::Full));
        outgoing.push_text(&[b'x'; 1000]);
        assert_eq!(outgoing.pending().len(), 100 + 3 + TEXT_MAX);
        outgoing.on_written(60);
        assert!(outgoing.has_room(0) == (outgoing.pending().len() + 3 <= 100));
    }

    #[test]
    fn the_buffer_never_grows_and_keeps_every_byte_in_order() {
        let mut outgoing = Outgoing::new(200);
        outgoing.reserve();
        let capacity = outgoing.bytes.capacity();
        let (mut sent, mut written) = (Vec::new(), Vec::new());
        for n in 0..2000u32 {
            let payload = n.to_be_bytes();
            if outgoing.push_data(b'S', &payload).is_ok() {
                sent.extend_from_slice(&[0, 5, b'S']);
                sent.extend_from_slice(&payload);
            }
            let count = (n as usize * 7) % 11;
            let count = count.min(outgoing.pending().len());
            written.extend_from_slice(&outgoing.pending()[..count]);
            outgoing.on_written(count);
        }
        written.extend_from_slice(outgoing.pending());
        assert_eq!(written, sent);
        assert_eq!(outgoing.bytes.capacity(), capacity);
    }
}

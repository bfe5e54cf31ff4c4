//! Packets that wait to be written.

use core::fmt;
use core::ops::Range;

use alloc::vec::Vec;

use crate::wire::soup;

/// Longest text of a Debug packet.
pub const TEXT_MAX: usize = 200;

/// Room kept free of data, so that a login answer, a farewell and its reason always fit.
const RESERVE: usize = 512;

/// Room that is kept for the next messages when all is written and nothing more comes.
const IDLE: usize = 16 * 1024;

const _: () =
    assert!(RESERVE >= 2 * (soup::LoginRequest::LEN + soup::TIMEOUT_LEN) + soup::HEADER + TEXT_MAX);

/// Bytes on their way to the socket: at most `bound` of data, and the packets that must fit.
pub(super) struct Outgoing {
    bytes: Vec<u8>,
    /// How many of them were written.
    written: usize,
    bound: usize,
    /// The most room that it may take.
    most: usize,
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
    /// Will hold `bound` bytes of data packets, and until [`Outgoing::open`] none: strangers cost
    /// little.
    pub(super) fn new(bound: usize) -> Self {
        Outgoing { bytes: Vec::with_capacity(RESERVE), written: 0, bound, most: RESERVE }
    }

    /// Lets data in. Room is taken when it is needed, up to twice the bound, so that what waits is
    /// seldom moved.
    pub(super) fn open(&mut self) {
        self.most = 2 * self.bound + RESERVE;
    }

    /// Nothing was sent for a while: gives back the room that a burst has taken.
    pub(super) fn rest(&mut self) {
        if self.bytes.is_empty() {
            self.bytes.shrink_to(IDLE);
        }
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

    /// Makes room for `count` bytes more.
    #[inline]
    fn make_room(&mut self, count: usize) {
        if self.bytes.len() + count > self.bytes.capacity() {
            self.move_or_grow(count);
        }
    }

    /// Moves what waits to the front; if it fills most of the room, takes twice as much.
    #[cold]
    fn move_or_grow(&mut self, count: usize) {
        let pending: Range<usize> = self.written..self.bytes.len();
        let len = pending.len();
        self.bytes.copy_within(pending, 0);
        self.bytes.truncate(len);
        self.written = 0;
        let room = self.bytes.capacity();
        if len + count > room / 2 && room < self.most {
            let more = (len + count).max(2 * room).min(self.most);
            self.bytes.reserve_exact(more - len);
        }
        assert!(len + count <= self.most, "the bounds leave room");
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
        outgoing.open();
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
    fn the_buffer_is_bounded_and_keeps_every_byte_in_order() {
        let mut outgoing = Outgoing::new(2000);
        outgoing.open();
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
        assert!(outgoing.bytes.capacity() <= 2 * 2000 + RESERVE);
    }

    #[test]
    fn who_is_sent_little_costs_little_and_who_rests_gives_back() {
        let mut outgoing = Outgoing::new(64 * 1024);
        outgoing.open();
        for _ in 0..10_000 {
            assert_eq!(outgoing.push_data(b'S', &[7; 60]), Ok(()));
            outgoing.on_written(63);
        }
        assert_eq!(outgoing.bytes.capacity(), RESERVE);
        while outgoing.push_data(b'S', &[7; 60]).is_ok() {}
        let burst = outgoing.bytes.capacity();
        assert!(burst >= 64 * 1024);
        outgoing.rest();
        assert_eq!(outgoing.bytes.capacity(), burst);
        outgoing.on_written(outgoing.pending().len());
        outgoing.rest();
        assert_eq!(outgoing.bytes.capacity(), IDLE);
    }
}

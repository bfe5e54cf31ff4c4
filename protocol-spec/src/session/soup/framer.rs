//! Packets out of a stream of bytes that may be split anywhere.

use core::fmt;
use core::ops::Range;

use alloc::vec;
use alloc::vec::Vec;

use crate::wire::soup::HEADER;

/// How much longer a buffer becomes that was filled to its end.
const GROWTH: usize = 4;

/// Bytes received and not yet taken as packets: never more than fit one buffer.
pub(super) struct Framer {
    buffer: Vec<u8>,
    /// The part of the buffer that holds bytes not yet taken.
    held: Range<usize>,
    max_packet: usize,
    /// The longest that the buffer may become.
    most: usize,
}

/// Bytes that cannot be cut into packets. There is no way back into step after that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FramingError {
    /// The length field is 0, so the packet has not even a type.
    NoType,
    /// The length field says more than this side is willing to take.
    TooLong {
        /// The length field.
        length: usize,
        /// Its largest value that is taken.
        max: usize,
    },
}

impl Framer {
    /// Takes packets of at most `max_payload` bytes after the type.
    pub(super) fn new(max_payload: usize) -> Self {
        let max_packet = HEADER + max_payload;
        let buffer = vec![0; 2 * max_packet.max(1024)];
        Framer { most: buffer.len(), buffer, held: 0..0, max_packet }
    }

    /// Lets the buffer become as long as `bytes` when more comes at once than it holds: who is
    /// known may say more than a stranger, and who says little costs no more.
    pub(super) fn allow(&mut self, bytes: usize) {
        self.most = self.most.max(bytes);
    }

    /// Where the next bytes go. Never empty once all whole packets were taken.
    pub(super) fn room(&mut self) -> &mut [u8] {
        if self.held.is_empty() {
            self.held = 0..0;
        } else if self.buffer.len() - self.held.end < self.buffer.len() / 4 && self.held.start > 0 {
            self.buffer.copy_within(self.held.clone(), 0);
            self.held = 0..self.held.len();
        }
        &mut self.buffer[self.held.end..]
    }

    /// `count` bytes were put where [`Framer::room`] said.
    pub(super) fn filled(&mut self, count: usize) {
        assert!(count <= self.buffer.len() - self.held.end, "no more than there was room for");
        self.held.end += count;
        let len = self.buffer.len();
        if self.held.end == len && len < self.most {
            self.buffer.resize((GROWTH * len).min(self.most), 0);
        }
    }

    /// Takes the next whole packet, length field included, and says where it lies.
    pub(super) fn next(&mut self) -> Result<Option<Range<usize>>, FramingError> {
        let Some((&length, _)) = self.buffer[self.held.clone()].split_first_chunk() else {
            return Ok(None);
        };
        let length = usize::from(u16::from_be_bytes(length));
        let max = self.max_packet - 2;
        if length == 0 {
            return Err(FramingError::NoType);
        }
        if length > max {
            return Err(FramingError::TooLong { length, max });
        }
        if self.held.len() < 2 + length {
            return Ok(None);
        }
        let packet = self.held.start..self.held.start + 2 + length;
        self.held.start = packet.end;
        Ok(Some(packet))
    }

    /// Whether nothing more can come in before packets are taken.
    pub(super) fn is_full(&self) -> bool {
        self.held.len() == self.buffer.len()
    }

    /// The bytes of a packet just taken.
    pub(super) fn bytes(&self, packet: Range<usize>) -> &[u8] {
        &self.buffer[packet]
    }

    /// Forgets everything that was not taken.
    pub(super) fn clear(&mut self) {
        self.held = 0..0;
    }
}

impl fmt::Debug for Framer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Framer({} bytes)", self.held.len())
    }
}

impl fmt::Display for FramingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FramingError::NoType => f.write_str("packet of length 0"),
            FramingError::TooLong { length, max } => {
                write!(f, "packet of length {length}, the longest taken is {max}")
            }
        }
    }
}

impl core::error::Error for FramingError {}

#[cfg(test)]
mod tests {
    use super::*;

    /// Packets as they come out when the bytes go in by pieces of `size`.
    fn cut(bytes: &[u8], size: usize, max_payload: usize) -> Result<Vec<Vec<u8>>, FramingError> {
        let mut framer = Framer::new(max_payload);
        let mut packets = Vec::new();
        for piece in bytes.chunks(size) {
            framer.room()[..piece.len()].copy_from_slice(piece);
            framer.filled(piece.len());
            while let Some(packet) = framer.next()? {
                packets.push(framer.bytes(packet).to_vec());
            }
        }
        Ok(packets)
    }

    #[test]
    fn packets_come_out_whole_however_the_stream_is_split() {
        let packets: Vec<Vec<u8>> = (1..=40u8)
            .map(|n| [&[0, 1 + n, b'U'], vec![n; usize::from(n)].as_slice()].concat())
            .collect();
        let stream = packets.concat();
        for size in 1..=stream.len().min(500) {
            assert_eq!(cut(&stream, size, 40).as_ref(), Ok(&packets), "pieces of {size}");
        }
    }

    #[test]
    fn length_0_and_lengths_above_the_bound_are_refused_at_once() {
        assert_eq!(cut(b"\x00\x00", 1, 10), Err(FramingError::NoType));
        assert_eq!(cut(b"\x00\x0BU0123456789", 1, 10).map(|packets| packets.len()), Ok(1));
        let error = FramingError::TooLong { length: 12, max: 11 };
        assert_eq!(cut(b"\x00\x0C", 1, 10), Err(error));
    }

    #[test]
    fn the_buffer_grows_with_what_comes_at_once_as_far_as_it_may() {
        let mut framer = Framer::new(1000);
        let strangers = framer.room().len();
        let fill = |framer: &mut Framer| {
            let room = framer.room();
            // Packets of one byte.
            room.chunks_mut(3)
                .for_each(|chunk| chunk.copy_from_slice(&b"\x00\x01R"[..chunk.len()]));
            let count = room.len();
            framer.filled(count);
            while framer.next().expect("packets are good").is_some() {}
        };
        fill(&mut framer);
        assert_eq!(framer.buffer.len(), strangers);
        framer.allow(6 * strangers);
        for _ in 0..10 {
            framer.clear();
            framer.filled(1);
        }
        assert_eq!(framer.buffer.len(), strangers);
        for times in [4, 6, 6] {
            framer.clear();
            fill(&mut framer);
            assert_eq!(framer.buffer.len(), times * strangers);
        }
    }

    #[test]
    fn there_is_always_room_for_the_longest_packet() {
        let mut framer = Framer::new(2000);
        for _ in 0..1000 {
            for piece in [b"\x07\xD1U".as_slice(), &[7; 2000]] {
                let mut rest = piece;
                while !rest.is_empty() {
                    let room = framer.room();
                    let count = room.len().min(rest.len()).min(777);
                    assert!(count > 0);
                    room[..count].copy_from_slice(&rest[..count]);
                    framer.filled(count);
                    rest = &rest[count..];
                }
            }
            assert_eq!(framer.next().map(|packet| packet.map(|p| p.len())), Ok(Some(2003)));
        }
    }
}

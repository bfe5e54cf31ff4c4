//! MoldUDP64 1.00: numbered messages in datagrams.
//!
//! ```text
//! packet  := session:10 number:u64 count:u16 block*      count blocks, nothing after them
//! block   := length:u16 message
//! request := session:10 number:u64 count:u16             the same 20 bytes, the other way
//! ```

use core::fmt;

use super::error::DecodeError;
use super::field::Field;
use super::layout::{FieldLayout, Kind, Layout, Tail};
use super::table::{field, record};
use super::text::Alpha;
use crate::words::FeedNo;

/// Name of a session.
pub type SessionId = Alpha<10>;

/// Bytes before the message in a block.
pub const BLOCK_HEADER: usize = 2;
/// Count that says: the session has ended.
pub const END_OF_SESSION: u16 = 0xFFFF;

const NO_KIND: Option<Kind> = None;

record! { @values Header, 0, NO_KIND, 20, "Downstream Packet",
    "Messages of a session, in order.",
    Tail::Payload("Message blocks, each a 2-byte length and so many bytes of message"), {
        0 10 session: SessionId, "Session", "The session";
        10 8 number: FeedNo, "Sequence Number",
            "Number of the first message, or of the next one where there is none";
        18 2 count: u16, "Message Count",
            "Number of blocks; 0 is a heartbeat, 65,535 the end of the session";
    }
}

record! { @values Block, 0, NO_KIND, 2, "Message Block",
    "One message of a packet; its number is that of the packet plus its place, from 0.",
    Tail::Payload("The message"), {
        0 2 length: u16, "Message Length", "Bytes of the message, these two not counted";
    }
}

record! { @values Request, 0, NO_KIND, 20, "Request Packet",
    "Asks for messages again; the answer is one packet with the first of them.",
    Tail::None, {
        0 10 session: SessionId, "Session", "The session";
        10 8 number: FeedNo, "Sequence Number", "Number of the first message wanted";
        18 2 count: u16, "Requested Message Count", "How many messages are wanted";
    }
}

/// The parts of the protocol as data.
pub const LAYOUTS: &[&Layout] = &[&Header::LAYOUT, &Block::LAYOUT, &Request::LAYOUT];

/// A packet from the server, known to be whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet<'a> {
    /// The session.
    pub session: SessionId,
    /// Number of the first message, or of the next one where there is none.
    pub number: FeedNo,
    /// What the packet holds.
    pub body: Body<'a>,
}

/// What a packet holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body<'a> {
    /// Nothing: the sender lives, and `number` comes next.
    Heartbeat,
    /// Nothing more: the last message was the one before `number`.
    EndOfSession,
    /// Messages, numbered from `number` on.
    Messages(Blocks<'a>),
}

impl<'a> Packet<'a> {
    /// Reads a datagram from the server.
    ///
    /// # Errors
    /// If it is shorter than its header or its blocks, or anything follows the blocks.
    pub fn decode(datagram: &'a [u8]) -> Result<Self, DecodeError> {
        let have = datagram.len();
        let Some((header, rest)) = datagram.split_first_chunk() else {
            return Err(DecodeError::Truncated { need: Header::LEN, have });
        };
        let Header { session, number, count } = Header::decode(header);
        let (blocks, rest) = match count {
            0 | END_OF_SESSION => (Blocks { count: 0, bytes: &[] }, rest),
            _ => Blocks::split(count, rest, Header::LEN)?,
        };
        if !rest.is_empty() {
            return Err(DecodeError::Trailing { extra: rest.len() });
        }
        let body = match count {
            0 => Body::Heartbeat,
            END_OF_SESSION => Body::EndOfSession,
            _ => Body::Messages(blocks),
        };
        Ok(Packet { session, number, body })
    }

    /// Number of the first message after this packet.
    ///
    /// `None` if the packet's numbers pass the last one there is, which no sender's do.
    #[must_use]
    pub fn next(&self) -> Option<FeedNo> {
        let count = match self.body {
            Body::Heartbeat | Body::EndOfSession => 0,
            Body::Messages(blocks) => u64::from(blocks.count),
        };
        self.number.0.checked_add(count).map(FeedNo)
    }
}

impl Request {
    /// Reads a datagram from a client.
    ///
    /// # Errors
    /// If it has not exactly the length of a request.
    pub fn from_datagram(datagram: &[u8]) -> Result<Self, DecodeError> {
        let have = datagram.len();
        match datagram.split_first_chunk() {
            None => Err(DecodeError::Truncated { need: Request::LEN, have }),
            Some((request, [])) => Ok(Request::decode(request)),
            Some((_, rest)) => Err(DecodeError::Trailing { extra: rest.len() }),
        }
    }
}

/// The messages of a packet, in order.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Blocks<'a> {
    count: u16,
    bytes: &'a [u8],
}

impl<'a> Blocks<'a> {
    /// Takes `count` blocks from the start of `bytes`, which stand at `offset` in the packet.
    fn split(count: u16, bytes: &'a [u8], offset: usize) -> Result<(Self, &'a [u8]), DecodeError> {
        let mut len = 0;
        for _ in 0..count {
            let need = match bytes[len..].split_first_chunk() {
                None => len + BLOCK_HEADER,
                Some((&length, _)) => len + BLOCK_HEADER + usize::from(u16::from_be_bytes(length)),
            };
            if need > bytes.len() {
                let (need, have) = (offset + need, offset + bytes.len());
                return Err(DecodeError::Truncated { need, have });
            }
            len = need;
        }
        let (blocks, rest) = bytes.split_at(len);
        Ok((Blocks { count, bytes: blocks }, rest))
    }

    /// How many messages are left.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.count as usize
    }

    /// Whether no message is left.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }
}

impl<'a> Iterator for Blocks<'a> {
    type Item = &'a [u8];

    #[inline]
    fn next(&mut self) -> Option<&'a [u8]> {
        self.count = self.count.checked_sub(1)?;
        let (&length, rest) = self.bytes.split_first_chunk().expect("the packet was checked");
        let (message, rest) = rest.split_at(usize::from(u16::from_be_bytes(length)));
        self.bytes = rest;
        Some(message)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.len(), Some(self.len()))
    }
}

impl ExactSizeIterator for Blocks<'_> {}

impl fmt::Debug for Blocks<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} messages in {} bytes", self.count, self.bytes.len())
    }
}

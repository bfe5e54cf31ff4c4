//! The messages of one port.

use alloc::vec::Vec;

use bytes::Bytes;
use matcher::stored::{LoadError, Sink, Source, Stored};
use protocol_spec::words::{PortId, PortNo};

use super::block::{Block, HEADER, Header, Place};
use super::messages::{LENGTH, LONGEST, Messages};
use crate::checksum::Checksum;

/// Bytes that the first block of a port begins with: many ports have few messages.
const SMALL: usize = 512;
/// Messages from one mark to the next.
const STRIDE: u64 = 32;

/// The messages of one port: an open block, the last complete one, and where the others are.
#[derive(Debug)]
pub(super) struct Lane {
    /// The open block, its header not yet filled in.
    open: Vec<u8>,
    /// Bytes that the open block may have without growing.
    room: usize,
    /// The number of the open block's first message.
    first: PortNo,
    /// The number of the next message.
    next: PortNo,
    port: PortId,
    /// Where every so many messages of the open block begin, so that none is far from a mark.
    marks: Vec<u32>,
    /// The last complete block; empty before there is one, and when the lane was loaded since.
    last: Bytes,
    /// The marks of the last complete block.
    last_marks: Vec<u32>,
    /// Every complete block.
    complete: Vec<Complete>,
}

/// Where a complete block is.
#[derive(Clone, Copy, Debug)]
struct Complete {
    first: PortNo,
    offset: u64,
    len: u32,
}

impl Lane {
    pub(super) fn new(port: PortId) -> Self {
        let first = PortNo(1);
        Lane {
            open: Vec::new(),
            room: 0,
            first,
            next: first,
            port,
            marks: Vec::new(),
            last: Bytes::new(),
            last_marks: Vec::new(),
            complete: Vec::new(),
        }
    }

    /// The number of the last message, 0 if there is none.
    pub(super) const fn highest(&self) -> PortNo {
        PortNo(self.next.0 - 1)
    }

    /// Whether the open block can take a message as it is.
    #[inline(always)]
    pub(super) fn has_room(&self, message: &[u8]) -> bool {
        self.open.len() + LENGTH + message.len() <= self.room
    }

    /// Adds a message; there is room for it.
    #[inline(always)]
    pub(super) fn push(&mut self, message: &[u8]) -> PortNo {
        if (self.next.0 - self.first.0).is_multiple_of(STRIDE) {
            self.marks.push(self.open.len() as u32);
        }
        let length = message.len() as u16;
        self.open.extend_from_slice(&length.to_le_bytes());
        self.open.extend_from_slice(message);
        let number = self.next;
        self.next = number.next();
        number
    }

    /// Makes the open block so long that it can take a message; `false` if that is more than a
    /// block has.
    pub(super) fn grow(&mut self, message: &[u8], block_bytes: usize) -> bool {
        let need = self.open.len().max(HEADER) + LENGTH + message.len();
        if need > block_bytes {
            return false;
        }
        self.room = need.max(SMALL).max(2 * self.room).min(block_bytes);
        self.open.reserve_exact(self.room - self.open.len());
        if self.open.is_empty() {
            self.open.resize(HEADER, 0);
        }
        true
    }

    /// Completes the open block, which will be at `offset` of the file, and begins a new one.
    pub(super) fn complete(
        &mut self,
        offset: u64,
        block_bytes: usize,
        checksum: Checksum,
    ) -> Block {
        let count = u32::try_from(self.next.0 - self.first.0).expect("a block holds few messages");
        let previous = self.complete.last().map(|block| block.offset);
        // A port that has filled one block will fill more.
        let mut next = Vec::with_capacity(block_bytes);
        next.resize(HEADER, 0);
        let mut bytes = core::mem::replace(&mut self.open, next);
        self.room = block_bytes;
        Header { port: self.port, count, first: self.first, previous }.seal(&mut bytes, checksum);
        let len = u32::try_from(bytes.len()).expect("a block is shorter than its header can say");
        self.complete.push(Complete { first: self.first, offset, len });
        self.first = self.next;
        core::mem::swap(&mut self.marks, &mut self.last_marks);
        self.marks.clear();
        self.last = bytes.into();
        Block { offset, bytes: self.last.clone() }
    }

    /// The messages from number `from` on, if their block is kept here.
    pub(super) fn find(&self, from: PortNo) -> Option<Messages<'_>> {
        let (first, block, marks) = if from >= self.first {
            (self.first, &self.open[..], &self.marks)
        } else {
            let last = self.complete.last().filter(|_| !self.last.is_empty())?;
            (last.first, &self.last[..], &self.last_marks)
        };
        let strides = from.0.checked_sub(first.0)? / STRIDE;
        let mark = marks[strides as usize] as usize;
        let messages = Messages::new(PortNo(first.0 + strides * STRIDE), &block[mark..]);
        Some(messages.skip_to(from))
    }

    /// The complete block with number `from`: its first number and where it is.
    pub(super) fn place(&self, from: PortNo) -> (PortNo, Place) {
        let after = self.complete.partition_point(|block| block.first <= from);
        let Complete { first, offset, len } = self.complete[after - 1];
        (first, Place { offset, len: len as usize })
    }

    /// The checksum of `digest` and of the messages in the open block.
    pub(super) fn digest(&self, digest: u32, checksum: Checksum) -> u32 {
        let mut head = [0; 10];
        head[..2].copy_from_slice(&self.port.0.to_le_bytes());
        head[2..].copy_from_slice(&self.next.0.to_le_bytes());
        checksum(checksum(digest, &head), &self.open[HEADER..])
    }

    /// The port.
    pub(super) const fn port(&self) -> PortId {
        self.port
    }

    /// Bytes of all complete blocks.
    pub(super) fn filed(&self) -> u64 {
        self.complete.iter().map(|block| u64::from(block.len)).sum()
    }

    /// Where the last complete block ends.
    pub(super) fn end(&self) -> u64 {
        self.complete.last().map_or(0, |block| block.offset + u64::from(block.len))
    }

    /// Writes what cannot be had again: the open block, and where the complete ones are.
    pub(super) fn save(&self, out: &mut dyn Sink) {
        self.port.save(out);
        (self.complete.len() as u32).save(out);
        for block in &self.complete {
            (block.first, block.offset).save(out);
            block.len.save(out);
        }
        self.first.save(out);
        let messages = &self.open[HEADER..];
        (messages.len() as u32).save(out);
        out.put(messages);
    }

    /// Reads a lane: its last complete block is in the file.
    pub(super) fn load(from: &mut dyn Source, block_bytes: usize) -> Result<Self, LoadError> {
        let mut lane = Lane::new(PortId::load(from)?);
        let fits = |len: usize| (HEADER + LENGTH..=block_bytes).contains(&len);
        for _ in 0..u32::load(from)? {
            let (first, offset) = <(PortNo, u64)>::load(from)?;
            let len = u32::load(from)?;
            let follows = match lane.complete.last() {
                Some(last) => first > last.first && offset >= last.offset + u64::from(last.len),
                None => first == lane.first,
            };
            let ends = offset.checked_add(len.into()).is_some();
            possible(follows && ends && fits(len as usize), "a block of replies")?;
            lane.complete.push(Complete { first, offset, len });
        }
        let first = PortNo::load(from)?;
        let follows = match lane.complete.last() {
            Some(last) => first > last.first,
            None => first == lane.first,
        };
        possible(follows, "an open block's number")?;
        (lane.first, lane.next) = (first, first);
        let len = u32::load(from)? as usize;
        possible(fits(HEADER.saturating_add(len)), "an open block's length")?;
        lane.open.resize(HEADER + len, 0);
        if !from.get(&mut lane.open[HEADER..]) {
            return Err(LoadError::Truncated);
        }
        lane.room = lane.open.len();
        lane.mark()?;
        Ok(lane)
    }

    /// Numbers the messages of an open block that was loaded, and marks every so many of them.
    fn mark(&mut self) -> Result<(), LoadError> {
        let mut at = HEADER;
        while at < self.open.len() {
            if (self.next.0 - self.first.0).is_multiple_of(STRIDE) {
                self.marks.push(at as u32);
            }
            let length = self.open[at..].first_chunk().map(|&length| u16::from_le_bytes(length));
            let end = length.map(|length| at + LENGTH + usize::from(length));
            let whole = end.filter(|&end| end <= self.open.len() && end - at <= LENGTH + LONGEST);
            at = whole.ok_or(LoadError::Impossible("a reply that is cut"))?;
            let next = self.next.0.checked_add(1).ok_or(LoadError::Impossible("a reply's number"));
            self.next = PortNo(next?);
        }
        Ok(())
    }
}

/// An error that says `what` unless it is possible.
pub(super) fn possible(is: bool, what: &'static str) -> Result<(), LoadError> {
    if is { Ok(()) } else { Err(LoadError::Impossible(what)) }
}

//! Every message of the day to the brokers, by port and number.
//!
//! A port's messages are gathered in blocks. A block is complete when the port's next message does
//! not fit: where blocks begin and end follows from the port's messages alone, and the order of
//! blocks in the file is that in which they were completed. The open block and the last complete
//! one of each port stay in memory, so that whoever keeps up never waits for the file.
//!
//! ```text
//! push ──▶ open block ── is full ──▶ complete ── poll_block ──▶ the file
//!              │                        │                         │
//! find ──────▶ Here                     Here                      Filed ── read, open ──▶ Messages
//! ```

mod block;
mod lane;
mod messages;

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::vec::Vec;

use matcher::stored::{LoadError, Sink, Source, Stored};
use protocol_spec::words::{PortId, PortNo};

use crate::checksum::Checksum;
use lane::{Lane, possible};

pub use block::{Block, BlockFault, Place, open};
pub use messages::Messages;

/// The messages of a day.
#[derive(Debug)]
pub struct Outbox {
    block_bytes: usize,
    checksum: Checksum,
    /// By the number of the port, up to the highest that got a message.
    lanes: Vec<Option<Box<Lane>>>,
    /// Complete blocks that were not asked for yet.
    complete: VecDeque<Block>,
    /// Length of the file once all complete blocks are written.
    complete_bytes: u64,
    /// A checksum of all complete blocks.
    digest: u32,
}

/// Where messages are.
#[derive(Clone, Debug)]
pub enum Found<'a> {
    /// There is no message with this number yet.
    Nothing,
    /// In memory: the messages from this number on, to the end of their block.
    Here(Messages<'a>),
    /// In the file, in a block that is to be read and [opened](open).
    Filed(Place),
}

impl Outbox {
    /// Bytes of a block that suit a venue.
    pub const BLOCK: usize = 32 * 1024;
    /// Bytes of the longest message.
    pub const LONGEST: usize = messages::LONGEST;

    /// An outbox without messages.
    ///
    /// # Panics
    /// If a block could not hold one message, or would be longer than its header can say.
    #[must_use]
    pub fn new(block_bytes: usize, checksum: Checksum) -> Self {
        let least = block::HEADER + messages::LENGTH + Self::LONGEST;
        assert!(block_bytes >= least, "a block of {block_bytes} bytes holds no message");
        assert!(u32::try_from(block_bytes).is_ok(), "a block of {block_bytes} bytes is too long");
        Outbox {
            block_bytes,
            checksum,
            lanes: Vec::new(),
            complete: VecDeque::new(),
            complete_bytes: 0,
            digest: 0,
        }
    }

    /// Adds a message for a port and gives it the port's next number.
    ///
    /// # Panics
    /// If the message is longer than [`Outbox::LONGEST`].
    #[inline]
    pub fn push(&mut self, port: PortId, message: &[u8]) -> PortNo {
        assert!(message.len() <= Self::LONGEST, "a message of {} bytes", message.len());
        let at = usize::from(port.0);
        if let Some(Some(lane)) = self.lanes.get_mut(at)
            && lane.has_room(message)
        {
            return lane.push(message);
        }
        self.make_room(port, message);
        let lane = self.lanes[at].as_mut().expect("room was made in it");
        lane.push(message)
    }

    /// Makes room for a message: by a new lane, a longer open block, or a new one.
    #[cold]
    #[inline(never)]
    fn make_room(&mut self, port: PortId, message: &[u8]) {
        let at = usize::from(port.0);
        if self.lanes.len() <= at {
            self.lanes.resize_with(at + 1, || None);
        }
        let lane = self.lanes[at].get_or_insert_with(|| Box::new(Lane::new(port)));
        if lane.grow(message, self.block_bytes) {
            return;
        }
        let block = lane.complete(self.complete_bytes, self.block_bytes, self.checksum);
        self.complete_bytes += block.bytes.len() as u64;
        self.digest = (self.checksum)(self.digest, &block::checksum_of(&block.bytes));
        self.complete.push_back(block);
    }

    /// The number of the port's last message, 0 if it has none.
    #[must_use]
    pub fn highest(&self, port: PortId) -> PortNo {
        self.lane(port).map_or(PortNo(0), Lane::highest)
    }

    /// Where the port's messages from number `from` on are.
    ///
    /// # Panics
    /// If `from` is 0: numbers begin with 1.
    #[must_use]
    pub fn find(&self, port: PortId, from: PortNo) -> Found<'_> {
        assert!(from.0 > 0, "the first message has number 1");
        let Some(lane) = self.lane(port).filter(|lane| from <= lane.highest()) else {
            return Found::Nothing;
        };
        if let Some(messages) = lane.find(from) {
            return Found::Here(messages);
        }
        let (first, place) = lane.place(from);
        // A block that was not asked for yet is in memory, whoever asks.
        match self.complete.binary_search_by_key(&place.offset, |block| block.offset) {
            Ok(at) => {
                let bytes = &self.complete[at].bytes[block::HEADER..];
                Found::Here(Messages::new(first, bytes).skip_to(from))
            }
            Err(_) => Found::Filed(place),
        }
    }

    /// The next complete block, to be appended to the file in this order.
    pub fn poll_block(&mut self) -> Option<Block> {
        self.complete.pop_front()
    }

    /// Length of the file once all blocks that were polled are written.
    #[must_use]
    pub fn file_bytes(&self) -> u64 {
        self.complete.front().map_or(self.complete_bytes, |block| block.offset)
    }

    /// Length of the file once all complete blocks are written.
    #[must_use]
    pub const fn complete_bytes(&self) -> u64 {
        self.complete_bytes
    }

    /// A checksum over the blocks of the file, once all complete ones are written to it.
    #[must_use]
    pub const fn file_digest(&self) -> u32 {
        self.digest
    }

    /// A number over the file and all open blocks, the same whenever blocks were polled: it differs
    /// where a port's messages or the order of blocks do.
    ///
    /// Complete blocks are in it already; it costs what reading the open ones costs.
    #[must_use]
    pub fn digest(&self) -> u32 {
        let lanes = self.lanes.iter().flatten();
        lanes.fold(self.digest, |digest, lane| lane.digest(digest, self.checksum))
    }

    /// Writes the state: with the file it is all that is needed to go on.
    ///
    /// # Panics
    /// If a complete block was not polled: who loads it looks for it in the file.
    pub fn save(&self, out: &mut dyn Sink) {
        assert!(self.complete.is_empty(), "complete blocks are in the file");
        (self.block_bytes as u64).save(out);
        (self.complete_bytes, self.digest).save(out);
        (self.lanes.iter().flatten().count() as u32).save(out);
        self.lanes.iter().flatten().for_each(|lane| lane.save(out));
    }

    /// Reads a state that [`Outbox::save`] wrote. All complete blocks are looked for in the file.
    ///
    /// # Errors
    /// If the bytes are none, or blocks were of another length.
    ///
    /// # Panics
    /// As [`Outbox::new`].
    pub fn load(
        block_bytes: usize,
        checksum: Checksum,
        from: &mut dyn Source,
    ) -> Result<Self, LoadError> {
        let mut outbox = Outbox::new(block_bytes, checksum);
        let are_alike = u64::load(from)? == block_bytes as u64;
        possible(are_alike, "blocks of replies of another length")?;
        (outbox.complete_bytes, outbox.digest) = Stored::load(from)?;
        let mut filed: u64 = 0;
        for _ in 0..u32::load(from)? {
            let lane = Lane::load(from, block_bytes)?;
            let at = usize::from(lane.port().0);
            possible(at >= outbox.lanes.len(), "ports that do not ascend")?;
            possible(lane.end() <= outbox.complete_bytes, "a block behind the file")?;
            filed = filed.saturating_add(lane.filed());
            outbox.lanes.resize_with(at, || None);
            outbox.lanes.push(Some(Box::new(lane)));
        }
        possible(filed == outbox.complete_bytes, "blocks that do not fill the file")?;
        Ok(outbox)
    }

    fn lane(&self, port: PortId) -> Option<&Lane> {
        self.lanes.get(usize::from(port.0))?.as_deref()
    }
}

#[cfg(test)]
mod tests;

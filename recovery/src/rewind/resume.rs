//! A day's file that is gone on with.

use core::fmt;

use alloc::vec::Vec;
use protocol_spec::wire::binary_file::{END, Record, split};
use protocol_spec::wire::mold::SessionId;
use protocol_spec::words::FeedNo;

use super::block::{BLOCK, Place};
use super::index::{ENTRY, Entry, HEAD};
use super::store::Store;
use crate::extent::Extent;
use crate::journal::Checksum;

/// Finds out whether a file is, as far as a state stands on it, what was told.
///
/// ```text
///   index   entry  entry  entry  entry ✗
///   file    block  block  block  block  open │ told later, cut off
///                         └── read again ────┘
/// ```
///
/// The chain of the index's entries stands for the blocks before the last of them, which were on
/// the disk before the state was; what comes after is read again and summed up. Without an index
/// that is the whole file. A block that was damaged since is found when it is
/// [opened](Store::open).
#[derive(Debug)]
pub struct Resume {
    told: Extent,
    store: Store,
    /// Bytes of the file that were taken.
    taken: u64,
    index_bytes: u64,
}

/// Why a file is not the one that a state stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResumeFault {
    /// Fewer bytes were read than were asked for.
    Short {
        /// Where they were asked for.
        place: Place,
        /// How many there are.
        have: usize,
    },
    /// No whole record is here, or one after the end mark.
    Records(u64),
    /// The messages are others than those that were told.
    Digest {
        /// The digest of what was told.
        says: u32,
        /// That of the file.
        is: u32,
    },
    /// The messages are more or fewer than those that were told.
    Number {
        /// The number that follows on what was told.
        says: FeedNo,
        /// The number that follows on what the file has.
        is: FeedNo,
    },
}

impl Resume {
    /// Begins with the entries of the [index](super::index::read), if there are any, and with what
    /// the state stands on.
    #[must_use]
    pub fn new(
        session: SessionId,
        memory_bytes: usize,
        mut entries: Vec<Entry>,
        told: Extent,
        checksum: Checksum,
    ) -> Self {
        let kept = entries.partition_point(|entry| entry.end() <= told.bytes);
        entries.truncate(kept);
        // How many messages the last block has only the block itself says: it is read again.
        let first = entries.pop().map_or(FeedNo(1), |last| last.first);
        let index_bytes = HEAD as u64 + entries.len() as u64 * ENTRY as u64;
        let store = Store::behind(session, memory_bytes, entries, first, checksum);
        Resume { told, taken: store.written(), store, index_bytes }
    }

    /// How far the index is right: what is behind is to be cut off, and is polled again.
    #[must_use]
    pub const fn index_bytes(&self) -> u64 {
        self.index_bytes
    }

    /// The next part of the file that is to be read, at most a block long.
    #[must_use]
    pub fn poll_read(&self) -> Option<Place> {
        let left = self.told.bytes - self.taken;
        let len = left.min(BLOCK as u64) as usize;
        (len > 0).then_some(Place { offset: self.taken, len })
    }

    /// That part was read.
    ///
    /// # Errors
    /// If it is not what can have been told. The file is of no use then.
    pub fn on_read(&mut self, bytes: &[u8]) -> Result<(), ResumeFault> {
        let Some(place) = self.poll_read() else { return Ok(()) };
        if bytes.len() != place.len {
            return Err(ResumeFault::Short { place, have: bytes.len() });
        }
        let mut rest = bytes;
        while !self.store.has_ended()
            && let Record::Message(_, behind) = split(rest)
        {
            rest = behind;
        }
        let whole = bytes.len() - rest.len();
        self.store.push(&bytes[..whole]);
        let mut taken = whole as u64;
        if !self.store.has_ended() && rest.starts_with(&END) {
            self.store.end();
            taken += END.len() as u64;
        }
        self.taken += taken;
        self.store.on_read();
        // The longest record is as long as what is read at once: there is always a whole one.
        if taken > 0 { Ok(()) } else { Err(ResumeFault::Records(self.taken)) }
    }

    /// The day, to go on with behind what was told. `next` is the number that follows on it.
    ///
    /// # Errors
    /// If the file is not what was told.
    ///
    /// # Panics
    /// If not all was read.
    pub fn finish(self, next: FeedNo) -> Result<Store, ResumeFault> {
        assert!(self.poll_read().is_none(), "the file is read first");
        let (says, is) = (self.told.digest, self.store.told().digest);
        if says != is {
            return Err(ResumeFault::Digest { says, is });
        }
        let (says, is) = (next, self.store.next_number());
        if says != is {
            return Err(ResumeFault::Number { says, is });
        }
        Ok(self.store)
    }
}

impl fmt::Display for ResumeFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ResumeFault::Short { place: Place { offset, len }, have } => {
                write!(f, "it has {have} bytes of {len} from {offset} on")
            }
            ResumeFault::Records(offset) => write!(f, "there is no whole record at {offset}"),
            ResumeFault::Digest { says, is } => {
                write!(f, "what was told has digest {says:08x}, the file has {is:08x}")
            }
            ResumeFault::Number { says, is } => {
                write!(f, "message {says} should follow on it, and {is} does")
            }
        }
    }
}

impl core::error::Error for ResumeFault {}

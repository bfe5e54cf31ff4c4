//! How far a day is: told by the stages that do it, read by those that go by it.
//!
//! ```text
//!   core ── kept ──▶ end of the journal, commands ──▶ follower
//!   service ── filed ──▶ bytes of the replies ──────▶
//!   rewinder ── filed ──▶ bytes of the feed ────────▶
//! ```

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// How far a day is. Numbers only grow.
#[derive(Debug, Default)]
pub struct Progress {
    /// Segment and offset at which what is kept ends, in one number.
    journal: AtomicU64,
    commands: AtomicU64,
    replies: AtomicU64,
    feed: AtomicU64,
    wanted_feed: AtomicU64,
    /// Whether the file of the feed is one that nobody can go on from.
    is_feed_lost: AtomicBool,
}

/// Batches begin and end at multiples of it.
const STEP: u64 = 8;

impl Progress {
    /// The journal is kept up to this offset of this segment, and has so many commands.
    ///
    /// # Panics
    /// If no batch can end there.
    pub fn keep(&self, (segment, offset): (u32, u64), commands: u64) {
        let steps = u32::try_from(offset / STEP).expect("segments have at most 16 GiB");
        assert!(offset.is_multiple_of(STEP), "batches end at multiples of 8");
        self.journal.store(u64::from(segment) << 32 | u64::from(steps), Ordering::Release);
        self.commands.store(commands, Ordering::Release);
    }

    /// Segment and offset at which what is kept ends.
    #[must_use]
    pub fn journal(&self) -> (u32, u64) {
        let number = self.journal.load(Ordering::Acquire);
        ((number >> 32) as u32, (number as u32 as u64) * STEP)
    }

    /// Commands that are kept.
    #[must_use]
    pub fn commands(&self) -> u64 {
        self.commands.load(Ordering::Acquire)
    }

    /// The file of replies has so many bytes.
    pub fn file(&self, bytes: u64) {
        self.replies.store(bytes, Ordering::Release);
    }

    /// Bytes of the file of replies.
    #[must_use]
    pub fn replies(&self) -> u64 {
        self.replies.load(Ordering::Acquire)
    }

    /// The file of the feed has so many bytes, and its index the blocks among them.
    pub fn file_feed(&self, bytes: u64) {
        self.feed.store(bytes, Ordering::Release);
    }

    /// Bytes of the file of the feed.
    #[must_use]
    pub fn feed(&self) -> u64 {
        self.feed.load(Ordering::Acquire)
    }

    /// Somebody waits until the file of the feed has so many bytes.
    pub fn want_feed(&self, bytes: u64) {
        self.wanted_feed.store(bytes, Ordering::Release);
    }

    /// Bytes of the file of the feed for which somebody waits.
    #[must_use]
    pub fn wanted_feed(&self) -> u64 {
        self.wanted_feed.load(Ordering::Acquire)
    }

    /// The file of the feed does not grow any more, or is not what it should be.
    pub fn lose_feed(&self) {
        self.is_feed_lost.store(true, Ordering::Release);
    }

    /// Whether nobody can go on from the file of the feed.
    #[must_use]
    pub fn is_feed_lost(&self) -> bool {
        self.is_feed_lost.load(Ordering::Acquire)
    }
}

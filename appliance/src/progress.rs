//! How far a day is: told by the stage that does it, read by those that go by it.
//!
//! ```text
//!   core ── kept ──▶ end of the journal, commands ──▶ follower
//!   service ── filed ──▶ bytes of the replies ──────▶
//! ```

use std::sync::atomic::{AtomicU64, Ordering};

/// How far a day is. Numbers only grow.
#[derive(Debug, Default)]
pub struct Progress {
    /// Segment and offset at which what is kept ends, in one number.
    journal: AtomicU64,
    commands: AtomicU64,
    replies: AtomicU64,
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
}

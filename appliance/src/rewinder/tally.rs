//! What the rewinder tells of itself: numbers that it writes and anybody reads.

use std::sync::atomic::{AtomicU64, Ordering};

use recovery::requests::{Counts, Dropped};

/// What the rewinder counts, since the start of the process but for what is of the day.
#[derive(Debug, Default)]
pub struct Tally {
    came: AtomicU64,
    answered: AtomicU64,
    messages: AtomicU64,
    answer_bytes: AtomicU64,
    dropped: [AtomicU64; Dropped::ALL.len()],
    told: AtomicU64,
    written: AtomicU64,
    pub(super) waiting: AtomicU64,
    reads: AtomicU64,
    damaged: AtomicU64,
    failures: AtomicU64,
}

impl Tally {
    /// Datagrams that came.
    #[must_use]
    pub fn came(&self) -> u64 {
        self.came.load(Ordering::Relaxed)
    }

    /// Requests that were answered, each with one packet.
    #[must_use]
    pub fn answered(&self) -> u64 {
        self.answered.load(Ordering::Relaxed)
    }

    /// Messages in the answers.
    #[must_use]
    pub fn messages(&self) -> u64 {
        self.messages.load(Ordering::Relaxed)
    }

    /// Bytes of the answers, what packets have around them left out.
    #[must_use]
    pub fn answer_bytes(&self) -> u64 {
        self.answer_bytes.load(Ordering::Relaxed)
    }

    /// Requests that were dropped for this reason.
    #[must_use]
    pub fn dropped(&self, why: Dropped) -> u64 {
        self.dropped[why as usize].load(Ordering::Relaxed)
    }

    /// Requests that were dropped.
    #[must_use]
    pub fn all_dropped(&self) -> u64 {
        Dropped::ALL.iter().map(|why| self.dropped(*why)).sum()
    }

    /// Bytes that the file of the day has to have.
    #[must_use]
    pub fn file_bytes(&self) -> u64 {
        self.told.load(Ordering::Relaxed)
    }

    /// Bytes that it has.
    #[must_use]
    pub fn written(&self) -> u64 {
        self.written.load(Ordering::Relaxed)
    }

    /// Bytes of messages that wait to be taken from the core.
    #[must_use]
    pub fn waiting(&self) -> u64 {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Blocks that were read from the file.
    #[must_use]
    pub fn reads(&self) -> u64 {
        self.reads.load(Ordering::Relaxed)
    }

    /// Blocks of the file that were found damaged, or could not be read.
    #[must_use]
    pub fn damaged(&self) -> u64 {
        self.damaged.load(Ordering::Relaxed)
    }

    /// How often the file or its index could not be made or written.
    #[must_use]
    pub fn failures(&self) -> u64 {
        self.failures.load(Ordering::Relaxed)
    }

    /// Takes what became of requests.
    pub(super) fn take(&self, counts: &Counts) {
        self.came.store(counts.came, Ordering::Relaxed);
        self.answered.store(counts.answered, Ordering::Relaxed);
        self.messages.store(counts.messages, Ordering::Relaxed);
        for why in Dropped::ALL {
            self.dropped[why as usize].store(counts.dropped(why), Ordering::Relaxed);
        }
    }

    /// An answer of so many bytes was sent.
    pub(super) fn on_answer(&self, bytes: usize) {
        self.answer_bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// The file of the day has to have so many bytes, and has so many.
    pub(super) fn on_file(&self, told: u64, written: u64) {
        self.told.store(told, Ordering::Relaxed);
        self.written.store(written, Ordering::Relaxed);
    }

    pub(super) fn on_read(&self) {
        self.reads.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn on_damage(&self) {
        self.damaged.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn on_failure(&self) {
        self.failures.fetch_add(1, Ordering::Relaxed);
    }
}

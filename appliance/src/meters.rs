//! What the core tells of itself while it runs: numbers that it publishes and durations that it
//! counts.
//!
//! One thread writes, any thread reads, and nobody waits for anybody: each number is an atomic of
//! its own, so numbers of one reading may be of two moments.

mod figures;
mod histogram;

use std::time::Duration;

pub use figures::{Figures, Kind, LINE_ROWS, LineFigures, ROWS, Row};
pub use histogram::{Histogram, Spread};

use figures::Shown;

/// A part of a turn of the core.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StageOfTurn {
    /// Streams are read, requests framed and stamped.
    Intake,
    /// The batch is written.
    Commit,
    /// Commands are executed and replies written to streams.
    Execute,
    /// The whole turn, without the wait for something to do.
    Turn,
}

/// What the core tells of itself.
#[derive(Debug)]
pub struct Meters {
    shown: Shown,
    stages: [Histogram; 4],
}

impl StageOfTurn {
    /// Every part, in the order of a turn.
    pub const ALL: [StageOfTurn; 4] =
        [StageOfTurn::Intake, StageOfTurn::Commit, StageOfTurn::Execute, StageOfTurn::Turn];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            StageOfTurn::Intake => "intake",
            StageOfTurn::Commit => "commit",
            StageOfTurn::Execute => "execute",
            StageOfTurn::Turn => "turn",
        }
    }
}

impl Meters {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Meters { shown: Shown::new(), stages: std::array::from_fn(|_| Histogram::new()) }
    }

    /// Counts how long a part of a turn took. Only the core's thread may.
    #[inline]
    pub fn record(&self, stage: StageOfTurn, took: Duration) {
        self.stages[stage as usize].record(took);
    }

    /// Shows numbers. Only the core's thread may.
    pub fn publish(&self, figures: &Figures) {
        self.shown.set(figures);
    }

    /// The numbers that were shown last.
    #[must_use]
    pub fn figures(&self) -> Figures {
        self.shown.get()
    }

    /// How long a part of a turn took, up to now.
    #[must_use]
    pub fn spread(&self, stage: StageOfTurn) -> Spread {
        self.stages[stage as usize].spread()
    }
}

impl Default for Meters {
    fn default() -> Self {
        Meters::new()
    }
}

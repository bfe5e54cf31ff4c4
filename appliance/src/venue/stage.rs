//! What the venue is about, and how it comes to its end.

use protocol_spec::words::Moment;

use crate::calendar::Plan;

/// What the venue is about.
///
/// ```text
///         the calendar, the operator          all told, or time is up
///   Open ────────────────────────────▶ Ending ───────────────────────▶ Waiting
///    │ ▲                                                                  │
///    │ └──────────────── the calendar, the operator ──────────────────────┘
///    └── asked to stop, or cannot go on ──▶ Finishing ──▶ Stopping ──▶ the last round
/// ```
#[derive(Debug)]
pub(super) enum Stage {
    /// Orders are taken.
    Open,
    /// Asked to stop: what was taken in is executed first.
    Finishing,
    /// The day is being ended; logins wait for the next one, unless the venue is to `stop`.
    Ending {
        /// Until when last replies may take, once all of it is executed.
        until: Option<Moment>,
        stop: bool,
    },
    /// No day is open. The calendar opens the next one, if it has one, unless the operator does
    /// before.
    Waiting { next: Option<Plan> },
    /// Everybody is told and let go.
    Stopping { until: Moment, failure: Option<String> },
}

/// What a round came to.
#[derive(Debug, PartialEq, Eq)]
pub enum Turn {
    /// There is a next one.
    Next,
    /// This was the last one.
    Last(Outcome),
}

/// How the venue came to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was asked to: the day goes on with the next start.
    Stopped,
    /// It could not go on.
    Failed(String),
}

impl Stage {
    /// Whether what brokers send becomes commands.
    pub(super) fn is_open(&self) -> bool {
        matches!(self, Stage::Open)
    }

    /// Whether logins are heard.
    pub(super) fn takes_logins(&self) -> bool {
        !matches!(
            self,
            Stage::Finishing | Stage::Stopping { .. } | Stage::Ending { stop: true, .. }
        )
    }

    /// Whether no day is open, and none is being ended.
    pub(super) fn is_waiting(&self) -> bool {
        matches!(self, Stage::Waiting { .. })
    }

    /// Whether logins wait for the next day.
    pub(super) fn waits_for_a_day(&self) -> bool {
        matches!(self, Stage::Ending { .. })
    }

    /// Whether everybody is being let go.
    pub(super) fn is_stopping(&self) -> bool {
        matches!(self, Stage::Stopping { .. })
    }

    /// Whether nothing may be kept or told any more.
    pub(super) fn has_failed(&self) -> bool {
        matches!(self, Stage::Stopping { failure: Some(_), .. })
    }

    pub(super) fn ask_to_stop(&mut self) {
        match self {
            Stage::Open | Stage::Waiting { .. } => *self = Stage::Finishing,
            Stage::Ending { stop, .. } => *stop = true,
            Stage::Finishing | Stage::Stopping { .. } => {}
        }
    }
}

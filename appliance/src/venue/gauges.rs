//! What is measured beside the work.

use std::sync::Arc;
use std::time::Duration;

use protocol_spec::words::{Moment, Time};

use crate::admin;
use crate::meters::{Meters, StageOfTurn};

/// How often figures are published while something happens.
pub(super) const EVERY: Duration = Duration::from_millis(250);
/// Seconds of which rates are kept.
const SECONDS: usize = 60;

/// What is measured beside the work.
#[derive(Debug)]
pub(super) struct Gauges {
    pub(super) meters: Arc<Meters>,
    /// When the process began.
    pub(super) started: Time,
    /// When figures were published last; not yet before the first round.
    pub(super) published: Option<Moment>,
    /// Bytes left on the journal's disk, once that was told.
    pub(super) free: Option<u64>,
    /// What is there and what is held, and whether that was counted before the last command that
    /// may have changed it.
    pub(super) held: Held,
    pub(super) is_held_old: bool,
    /// What was done in whole seconds, and where the next goes.
    seconds: [Work; SECONDS],
    filled: usize,
    /// When the second that goes on began, and what was counted then: what a start read again is no
    /// work of this run.
    second: Option<(Moment, Work)>,
}

/// How much was done.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Work {
    pub(super) commands: u64,
    pub(super) replies: u64,
    pub(super) messages: u64,
}

/// What is there and what is held.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Held {
    pub(super) instruments: u64,
    pub(super) halted: u64,
    pub(super) paused: u64,
    pub(super) quote_only: u64,
    pub(super) ports: u64,
    pub(super) stopped: u64,
}

impl Gauges {
    pub(super) fn new(meters: Arc<Meters>, started: Time) -> Self {
        Gauges {
            meters,
            started,
            published: None,
            free: None,
            held: Held::default(),
            is_held_old: true,
            seconds: [Work::default(); SECONDS],
            filled: 0,
            second: None,
        }
    }

    /// Counts how long a part of a turn took.
    #[inline]
    pub(super) fn record(&self, stage: StageOfTurn, took: Duration) {
        self.meters.record(stage, took);
    }

    /// Closes the seconds that are over; `work` is counted up to now.
    pub(super) fn close_seconds(&mut self, now: Moment, work: Work) {
        let (since, before) = *self.second.get_or_insert((now, work));
        let over = usize::try_from((now - since).as_secs()).unwrap_or(usize::MAX);
        if over == 0 {
            return;
        }
        // A day that begins anew begins to count what it tells anew.
        let told = |now: u64, before: u64| now.checked_sub(before).unwrap_or(now);
        let done = Work {
            commands: work.commands.saturating_sub(before.commands),
            replies: told(work.replies, before.replies),
            messages: told(work.messages, before.messages),
        };
        // Of a long sleep everything counts for the second in which it began.
        for at in 0..over.min(SECONDS) {
            self.seconds[self.filled % SECONDS] = if at == 0 { done } else { Work::default() };
            self.filled += 1;
        }
        self.second = Some((since + Duration::from_secs(over as u64), work));
    }

    pub(super) fn rate(&self, of: impl Fn(&Work) -> u64) -> admin::Rate {
        let known = self.filled.min(SECONDS);
        let last = self.filled.checked_sub(1).map_or(0, |last| of(&self.seconds[last % SECONDS]));
        let sum: u64 = self.seconds.iter().map(of).sum();
        admin::Rate { last_second: last, last_minute: sum / known.max(1) as u64 }
    }
}

//! Running a subject through a flow, against the clock.

use std::fmt;
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;

use super::subject::Subject;
use crate::workload::{Flow, Outcome, Resting, Tally};

/// Times are kept in tenths of a nanosecond, up to a minute.
const TENTHS: u64 = 10;
const LONGEST: u64 = 60_000_000_000 * TENTHS;

/// One run of a subject through a flow.
#[derive(Clone, Debug)]
pub struct Round {
    /// Commands that were measured.
    pub commands: u64,
    /// What their execution took.
    pub elapsed: Duration,
    /// What it took to translate them, which is not in `elapsed`.
    pub preparing: Duration,
    /// Events that they caused, if the subject tells any.
    pub events: Option<u64>,
    /// Nanoseconds a command, a value for each batch, in tenths.
    batches: Histogram<u64>,
}

/// A subject came to another end than the flow.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mismatch {
    /// What has to come of the flow.
    pub expected: Outcome,
    /// The trades that it made.
    pub tally: Tally,
    /// What rests, if it can tell.
    pub resting: Option<Resting>,
    /// What it refused to do.
    pub refused: u64,
    /// Nanoseconds that it took for a command, for what that is worth.
    pub nanos: f64,
}

/// Runs a new subject through a flow, in batches of `size` commands.
///
/// A batch is prepared, then executed between two readings of the clock. The next batch is prepared
/// in the same memory: what is executed lies in the nearest cache, as it does when it was decoded a
/// moment ago.
///
/// # Errors
/// If the subject does not come to the end that the flow has.
pub fn measure<S: Subject>(flow: &Flow, size: usize) -> Result<Round, Mismatch> {
    let mut subject = S::open(flow);
    let mut tally = Tally::NONE;
    let mut batch = Vec::with_capacity(size);
    let (opening, measured) = flow.steps.split_at(flow.opening);
    for steps in opening.chunks(size) {
        batch.clear();
        subject.prepare(steps, &mut batch);
        subject.run(&batch, &mut tally);
    }
    let told = subject.events();
    let mut round = Round::new(measured.len() as u64);
    for steps in measured.chunks(size) {
        let begin = Instant::now();
        batch.clear();
        subject.prepare(steps, &mut batch);
        let start = Instant::now();
        subject.run(&batch, &mut tally);
        let elapsed = start.elapsed();
        round.preparing += start - begin;
        round.add(elapsed, steps.len());
    }
    round.events = subject.events().zip(told).map(|(all, before)| all - before);
    let (resting, refused) = (subject.resting(), subject.refused());
    let is_right = tally == flow.expected.tally
        && resting.is_none_or(|resting| resting == flow.expected.resting);
    match is_right {
        true => Ok(round),
        false => {
            Err(Mismatch { expected: flow.expected, tally, resting, refused, nanos: round.nanos() })
        }
    }
}

impl Round {
    fn new(commands: u64) -> Self {
        let batches = Histogram::new_with_max(LONGEST, 3).expect("a range of three digits");
        let zero = Duration::ZERO;
        Round { commands, elapsed: zero, preparing: zero, events: None, batches }
    }

    fn add(&mut self, elapsed: Duration, commands: usize) {
        self.elapsed += elapsed;
        let nanos = u64::try_from(elapsed.as_nanos()).unwrap_or(u64::MAX);
        self.batches.saturating_record(nanos.saturating_mul(TENTHS) / commands as u64);
    }

    /// Nanoseconds that the execution of a command took, on the average.
    #[must_use]
    pub fn nanos(&self) -> f64 {
        self.elapsed.as_nanos() as f64 / self.commands as f64
    }

    /// Nanoseconds a command in the batch that so many of 100 batches do not exceed.
    #[must_use]
    pub fn percentile(&self, percent: f64) -> f64 {
        self.batches.value_at_percentile(percent) as f64 / TENTHS as f64
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Mismatch { expected, tally, resting, refused, .. } = self;
        let resting = resting.unwrap_or(expected.resting);
        let found = Outcome { tally: *tally, resting };
        write!(f, "expected {expected}; found {found}; {refused} commands refused")
    }
}

#[cfg(test)]
mod tests;

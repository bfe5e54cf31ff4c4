//! A list of commands with what has to come of it.

use std::fmt;

use super::book::{Peaks, PlainBook};
use super::step::Step;
use super::tally::{Mix, Outcome};

/// A list of commands with what has to come of it.
#[derive(Clone, Debug)]
pub struct Flow {
    /// What it is called.
    pub name: String,
    /// Securities.
    pub symbols: u32,
    /// So many of the first steps only fill the books: they are not measured.
    pub opening: usize,
    /// The commands.
    pub steps: Vec<Step>,
    /// What has to come of it.
    pub expected: Outcome,
    /// The most that is ever in use at once.
    pub peaks: Peaks,
    /// What a feed would tell after the opening.
    pub mix: Mix,
}

/// A file says something else than the plain book finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// What the file says.
    pub told: Outcome,
    /// What the plain book comes to.
    pub found: Outcome,
}

impl Flow {
    /// A flow of these steps: the plain book finds out what has to come of it.
    #[must_use]
    pub fn new(name: String, symbols: u32, opening: usize, steps: Vec<Step>) -> Self {
        let mut book = PlainBook::new(symbols);
        steps[..opening].iter().for_each(|step| book.apply(step));
        let before = book.mix();
        steps[opening..].iter().for_each(|step| book.apply(step));
        Flow {
            name,
            symbols,
            opening,
            steps,
            expected: book.outcome(),
            peaks: book.peaks(),
            mix: book.mix().since(&before),
        }
    }

    /// Compares with what somebody else says has to come of it.
    ///
    /// # Errors
    /// If that is something else.
    pub fn confirm(&self, told: Outcome) -> Result<(), Flaw> {
        match self.expected == told {
            true => Ok(()),
            false => Err(Flaw { told, found: self.expected }),
        }
    }

    /// The highest number of an order.
    #[must_use]
    pub fn last_id(&self) -> u32 {
        let entered = self.steps.iter().rev().find_map(|step| match step {
            Step::Enter { id, .. } | Step::Replace { id, .. } => Some(*id),
            Step::Cancel { .. } => None,
        });
        entered.unwrap_or(0)
    }
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "its header says {}, its commands come to {}", self.told, self.found)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Outcome { tally, resting } = self;
        write!(
            f,
            "{} trades of {} shares, notional {}, hash {:016x}, {} orders of {} shares at rest",
            tally.trades,
            tally.quantity,
            tally.notional,
            tally.hash,
            resting.orders,
            resting.quantity
        )
    }
}

//! The plain book of the flows, as something to measure.

use super::subject::Subject;
use crate::workload::{Flow, PlainBook, Resting, Step, Tally};

/// The plain book: what a map, a queue and a search come to.
#[derive(Debug)]
pub struct Plain(PlainBook);

impl Subject for Plain {
    type Command = Step;

    fn open(flow: &Flow) -> Self {
        Plain(PlainBook::new(flow.symbols))
    }

    fn prepare(&mut self, steps: &[Step], batch: &mut Vec<Step>) {
        batch.extend_from_slice(steps);
    }

    fn run(&mut self, batch: &[Step], tally: &mut Tally) {
        batch.iter().for_each(|step| self.0.apply(step));
        *tally = self.0.outcome().tally;
    }

    fn resting(&self) -> Option<Resting> {
        Some(self.0.outcome().resting)
    }
}

//! What can be measured.

use crate::workload::{Flow, Resting, Step, Tally};

/// Something that executes the commands of a flow.
///
/// It is told what is coming in two parts, so that only the second has to be timed: the translation
/// of steps into what it understands, and the execution.
pub trait Subject: Sized {
    /// A command as it understands it.
    type Command;

    /// It, with empty books and room for the flow.
    fn open(flow: &Flow) -> Self;

    /// Translates steps into commands, behind those that are in `batch`.
    fn prepare(&mut self, steps: &[Step], batch: &mut Vec<Self::Command>);

    /// Executes a batch and counts its trades.
    fn run(&mut self, batch: &[Self::Command], tally: &mut Tally);

    /// What rests in its books, if it can tell.
    fn resting(&self) -> Option<Resting>;

    /// Events that it told, if it tells any.
    fn events(&self) -> Option<u64> {
        None
    }

    /// What it refused to do.
    fn refused(&self) -> u64 {
        0
    }
}

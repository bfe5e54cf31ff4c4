//! Who is at the venue beside the lanes that are measured.

use super::clock::Clock;
use super::error::LoadError;
use super::greedy::Greedy;
use super::idlers::Idlers;

/// Others, who are there or not.
#[derive(Debug, Default)]
pub(super) enum Others {
    /// Nobody else.
    #[default]
    Nobody,
    /// Ports that do nothing.
    Idle(Idlers),
    /// One that sends as fast as it can.
    Greedy(Box<Greedy>),
}

impl Others {
    /// Does for them what is due.
    #[inline]
    pub(super) fn turn(&mut self, clock: &Clock) -> Result<(), LoadError> {
        match self {
            Others::Nobody => Ok(()),
            Others::Idle(idlers) => idlers.turn(clock),
            Others::Greedy(greedy) => greedy.turn(clock),
        }
    }

    /// Requests of theirs that were answered so far.
    pub(super) fn answered(&self) -> u64 {
        match self {
            Others::Nobody | Others::Idle(_) => 0,
            Others::Greedy(greedy) => greedy.lane().trader.orders.counts.answered(),
        }
    }

    /// Whether all that they sent is answered.
    pub(super) fn are_quiet(&self) -> bool {
        match self {
            Others::Nobody | Others::Idle(_) => true,
            Others::Greedy(greedy) => greedy.lane().trader.orders.is_quiet(),
        }
    }

    /// Whether the greedy one is greedy, if there is one.
    pub(super) fn set_greedy(&mut self, is_on: bool) {
        if let Others::Greedy(greedy) = self {
            greedy.set(is_on);
        }
    }
}

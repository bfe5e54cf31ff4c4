//! Who is at the venue beside the lanes that are measured.

use super::clock::Clock;
use super::error::LoadError;
use super::flood::Flood;
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
    /// One that asks for the feed again.
    Flood(Flood),
}

impl Others {
    /// Does for them what is due.
    #[inline]
    pub(super) fn turn(&mut self, clock: &Clock) -> Result<(), LoadError> {
        match self {
            Others::Nobody => Ok(()),
            Others::Idle(idlers) => idlers.turn(clock),
            Others::Greedy(greedy) => greedy.turn(clock),
            Others::Flood(flood) => {
                flood.turn(clock);
                Ok(())
            }
        }
    }

    /// Requests of theirs that were answered so far.
    pub(super) fn answered(&self) -> u64 {
        match self {
            Others::Nobody | Others::Idle(_) => 0,
            Others::Greedy(greedy) => greedy.lane().trader.orders.counts.answered(),
            Others::Flood(flood) => flood.answered(),
        }
    }

    /// Whether all that they sent is answered.
    pub(super) fn are_quiet(&self) -> bool {
        match self {
            Others::Nobody | Others::Idle(_) | Others::Flood(_) => true,
            Others::Greedy(greedy) => greedy.lane().trader.orders.is_quiet(),
        }
    }

    /// Whether the one that wants too much does so from now on, if there is one.
    pub(super) fn set_on(&mut self, is_on: bool, clock: &Clock) {
        match self {
            Others::Nobody | Others::Idle(_) => {}
            Others::Greedy(greedy) => greedy.set(is_on),
            Others::Flood(flood) => flood.set(is_on, clock.now()),
        }
    }
}

//! A connection that sends as fast as it can.

use protocol_spec::words::Moment;

use super::clock::Clock;
use super::error::LoadError;
use super::figures::Figures;
use super::lane::Lane;
use super::pacer::Pacer;

/// Requests that it sends before the others have their turn: they are timed by the same thread.
const BURST: u64 = 64;
/// Times that it reads for a burst: whoever reads less than it sends is let go.
const READS: usize = 4;

/// The connection. How many of its requests are on their way is left to the sockets.
#[derive(Debug)]
pub struct Greedy {
    lane: Lane,
    /// Whether it is greedy at the moment.
    is_on: bool,
    /// Nobody asks how long its answers take.
    figures: Figures,
}

impl Greedy {
    /// Bytes that it takes in at a time: some more than the answers to a burst.
    pub const GULP: usize = 4_096;

    /// Will send over this connection.
    #[must_use]
    pub fn new(lane: Lane) -> Self {
        Greedy { lane, is_on: false, figures: Figures::new(Moment(u64::MAX)) }
    }

    /// Begins to send, or ends.
    pub(super) fn set(&mut self, is_on: bool) {
        self.is_on = is_on;
    }

    /// Takes what has come, and sends what it can.
    #[inline]
    pub(super) fn turn(&mut self, clock: &Clock) -> Result<(), LoadError> {
        for _ in 0..READS {
            if !self.lane.receive(clock, &mut self.figures)? {
                break;
            }
        }
        let left = if self.is_on { BURST } else { 0 };
        let mut pacer = Pacer::Window { window: u32::MAX, until: Moment(u64::MAX), left };
        self.lane.turn(clock, &mut pacer, &mut self.figures).map(drop)
    }

    /// What it sent and was answered.
    pub(super) const fn lane(&self) -> &Lane {
        &self.lane
    }

    /// Its connection, which ends like the others.
    pub(super) fn into_lane(self) -> Lane {
        self.lane
    }
}

//! All connections on one thread, turn by turn.

use std::time::Duration;

use protocol_spec::words::Moment;

use super::clock::Clock;
use super::counts::Counts;
use super::error::LoadError;
use super::figures::Figures;
use super::lane::Lane;
use super::pacer::{Length, Pace, Pacer};
use crate::cores::Waiting;

/// Cancels in flight of a connection that cleans up.
const CLEANING: u32 = 512;

/// A load on a venue.
#[derive(Debug)]
pub struct Load {
    lanes: Vec<Lane>,
    clock: Clock,
    waiting: Waiting,
    /// How long answers are waited for at the end of a round.
    patience: Duration,
}

/// What came of a round.
#[derive(Clone, Debug)]
pub struct Round {
    /// Requests, without those of the warm-up.
    pub requests: u64,
    /// Orders among them.
    pub orders: u64,
    /// From the first of them until the last was answered.
    pub elapsed: Duration,
    /// How long answers took.
    pub figures: Figures,
}

impl Round {
    /// Requests a second.
    #[must_use]
    pub fn rate(&self) -> f64 {
        self.requests as f64 / self.elapsed.as_secs_f64()
    }
}

impl Load {
    /// Over these connections.
    #[must_use]
    pub fn new(lanes: Vec<Lane>, clock: Clock, waiting: Waiting, patience: Duration) -> Self {
        Load { lanes, clock, waiting, patience }
    }

    /// Warms up, then measures, then waits until everything is answered.
    ///
    /// # Errors
    /// If a connection ends, answers are missing, or the schedule is not kept.
    pub fn round(
        &mut self,
        pace: Pace,
        warm_up: Duration,
        length: Length,
    ) -> Result<Round, LoadError> {
        let mut figures = Figures::new(Moment(u64::MAX));
        self.phase(pace, Length::Time(warm_up), &mut figures)?;
        let before = self.counts();
        let start = self.clock.now();
        figures.from = start;
        self.phase(pace, length, &mut figures)?;
        self.drain(&mut figures)?;
        let after = self.counts();
        Ok(Round {
            requests: after.sent() - before.sent(),
            orders: after.enters - before.enters,
            elapsed: self.clock.now() - start,
            figures,
        })
    }

    /// Sends for so long.
    fn phase(
        &mut self,
        pace: Pace,
        length: Length,
        figures: &mut Figures,
    ) -> Result<(), LoadError> {
        let start = self.clock.now();
        let lanes = self.lanes.len() as u64;
        let mut pacers: Vec<Pacer> =
            (0..lanes).map(|lane| Pacer::new(pace, length, start, lane, lanes)).collect();
        // A schedule that is not kept is followed to its end, though not for ever.
        let planned = match (pace, length) {
            (Pace::Rate(rate), Length::Requests(count)) => {
                Duration::from_secs_f64(count as f64 / rate as f64)
            }
            (_, Length::Time(time)) => time,
            (Pace::Window(_), Length::Requests(_)) => Duration::MAX,
        };
        let latest = start + planned.saturating_add(self.patience);
        let (mut answered, mut moved) = (u64::MAX, start);
        loop {
            let mut is_idle = true;
            for (lane, pacer) in self.lanes.iter_mut().zip(&mut pacers) {
                is_idle &= !lane.turn(&self.clock, pacer, figures)?;
            }
            let now = self.clock.now();
            if pacers.iter().all(|pacer| pacer.is_over(now)) {
                return Ok(());
            }
            if now >= latest {
                let unsent = pacers.iter().map(Pacer::unsent).sum();
                let of = match pace {
                    Pace::Rate(rate) => Pacer::ticks(rate, length),
                    Pace::Window(_) => 0,
                };
                return Err(LoadError::Behind { unsent, of });
            }
            if is_idle {
                // A venue that answers nothing any more leaves a window full for ever.
                let so_far = self.lanes.iter().map(|lane| lane.trader.orders.counts.answered());
                let so_far = so_far.sum();
                if so_far != answered {
                    (answered, moved) = (so_far, now);
                } else if matches!(pace, Pace::Window(_)) && now >= moved + self.patience {
                    return Err(self.disagreement());
                }
                self.waiting.pass();
            }
        }
    }

    /// Waits until every request is answered.
    fn drain(&mut self, figures: &mut Figures) -> Result<(), LoadError> {
        let latest = self.clock.now() + self.patience;
        while !self.lanes.iter().all(|lane| lane.trader.orders.is_quiet()) {
            let mut is_idle = true;
            for lane in &mut self.lanes {
                is_idle &= !lane.receive(&self.clock, figures)?;
                lane.flush(self.clock.now())?;
            }
            if self.clock.now() >= latest {
                return Err(self.disagreement());
            }
            if is_idle {
                self.waiting.pass();
            }
        }
        Ok(())
    }

    /// Cancels all orders that still rest, waits for the answers, and logs out.
    ///
    /// # Errors
    /// If a connection ends, or answers are missing.
    pub fn finish(mut self) -> Result<Counts, LoadError> {
        let mut figures = Figures::new(Moment(u64::MAX));
        loop {
            let mut is_clean = true;
            for lane in &mut self.lanes {
                is_clean &= !lane.clean_up(&self.clock, CLEANING)?;
            }
            self.drain(&mut figures)?;
            if is_clean {
                break;
            }
        }
        let counts = self.counts();
        for lane in self.lanes {
            lane.log_out(&self.clock)?;
        }
        Ok(counts)
    }

    /// What was sent and answered so far, over all connections.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.lanes.iter().fold(Counts::default(), |mut sum, lane| {
            sum.add(&lane.trader.orders.counts);
            sum
        })
    }

    fn disagreement(&self) -> LoadError {
        LoadError::Disagrees(self.counts().differences(false))
    }
}

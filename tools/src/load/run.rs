//! All connections on one thread, turn by turn.

use std::time::Duration;

use protocol_spec::wire::soup::SessionId;
use protocol_spec::words::Moment;

use super::clock::Clock;
use super::counts::Counts;
use super::error::LoadError;
use super::figures::Figures;
use super::flood::Flood;
use super::greedy::Greedy;
use super::idlers::Idlers;
use super::lane::Lane;
use super::others::Others;
use super::pacer::{Length, Pace, Pacer};
use super::watch::Watch;
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
    others: Others,
    /// Who listens to the feed, if somebody does.
    watch: Option<Watch>,
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
    /// Requests that the others were answered meanwhile.
    pub others: u64,
}

impl Round {
    /// Requests a second.
    #[must_use]
    pub fn rate(&self) -> f64 {
        self.requests as f64 / self.elapsed.as_secs_f64()
    }

    /// Requests a second of the others.
    #[must_use]
    pub fn rate_of_others(&self) -> f64 {
        self.others as f64 / self.elapsed.as_secs_f64()
    }
}

impl Load {
    /// Over these connections.
    #[must_use]
    pub fn new(lanes: Vec<Lane>, clock: Clock, waiting: Waiting, patience: Duration) -> Self {
        Load { lanes, clock, waiting, patience, others: Others::Nobody, watch: None }
    }

    /// From now on a connection is there that sends as fast as it can in rounds that say so.
    pub fn invite(&mut self, greedy: Greedy) {
        self.others = Others::Greedy(Box::new(greedy));
    }

    /// From now on somebody is there who asks for the feed again in rounds that say so.
    pub fn suffer(&mut self, flood: Flood) {
        self.others = Others::Flood(flood);
    }

    /// From now on the feed is listened to.
    pub fn watch(&mut self, watch: Watch) {
        self.watch = Some(watch);
    }

    /// Messages of the feed that did not come, if it is listened to.
    #[must_use]
    pub fn lost(&self) -> Option<u64> {
        self.watch.as_ref().map(Watch::lost)
    }

    /// The session that the connections logged in to, if there are any.
    #[must_use]
    pub fn session(&self) -> Option<SessionId> {
        self.lanes.first().map(Lane::session)
    }

    /// Whoever wants too much does so from now on, or no more.
    pub fn set_on(&mut self, is_on: bool) {
        self.others.set_on(is_on, &self.clock);
    }

    /// Idle ports come.
    pub fn gather(&mut self, idlers: Idlers) {
        self.others = Others::Idle(idlers);
    }

    /// Idle ports go, if there are any.
    ///
    /// # Errors
    /// If one was gone before.
    pub fn scatter(&mut self) -> Result<(), LoadError> {
        match std::mem::take(&mut self.others) {
            Others::Idle(idlers) => idlers.log_out(&self.clock),
            others => {
                self.others = others;
                Ok(())
            }
        }
    }

    /// The clock of all connections.
    #[must_use]
    pub const fn clock(&self) -> &Clock {
        &self.clock
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
        figures.is_watched = self.watch.is_some();
        self.phase(pace, Length::Time(warm_up), &mut figures)?;
        let before = self.counts_of_lanes();
        let others = self.others.answered();
        let start = self.clock.now();
        figures.from = start;
        self.phase(pace, length, &mut figures)?;
        self.drain(&mut figures)?;
        if let Some(watch) = &mut self.watch {
            watch.forget();
        }
        let after = self.counts_of_lanes();
        let round = Round {
            requests: after.sent() - before.sent(),
            orders: after.enters - before.enters,
            elapsed: self.clock.now() - start,
            figures,
            others: self.others.answered() - others,
        };
        self.drain_others()?;
        Ok(round)
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
            self.others.turn(&self.clock)?;
            is_idle &= !self.listen(figures)?;
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

    /// Takes what came on the feed, if it is listened to; whether anything did.
    #[inline]
    fn listen(&mut self, figures: &mut Figures) -> Result<bool, LoadError> {
        let Some(watch) = &mut self.watch else { return Ok(false) };
        watch.turn(&self.clock, figures).map_err(LoadError::io("listen to the feed"))
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
            self.others.turn(&self.clock)?;
            is_idle &= !self.listen(figures)?;
            if self.clock.now() >= latest {
                return Err(self.disagreement());
            }
            if is_idle {
                self.waiting.pass();
            }
        }
        Ok(())
    }

    /// Waits until the others have all answers too, and leaves them quiet.
    fn drain_others(&mut self) -> Result<(), LoadError> {
        self.others.set_on(false, &self.clock);
        let (mut answered, mut moved) = (self.others.answered(), self.clock.now());
        while !self.others.are_quiet() {
            self.others.turn(&self.clock)?;
            let so_far = self.others.answered();
            if so_far != answered {
                (answered, moved) = (so_far, self.clock.now());
            } else if self.clock.now() >= moved + self.patience {
                return Err(self.disagreement());
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
        self.scatter()?;
        if let Others::Greedy(greedy) = std::mem::take(&mut self.others) {
            self.lanes.push(greedy.into_lane());
        }
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
        let counts = self.counts_of_lanes();
        for lane in self.lanes {
            lane.log_out(&self.clock)?;
        }
        Ok(counts)
    }

    /// What was sent and answered so far, over all connections that are measured.
    fn counts_of_lanes(&self) -> Counts {
        self.lanes.iter().fold(Counts::default(), |mut sum, lane| {
            sum.add(&lane.trader.orders.counts);
            sum
        })
    }

    fn disagreement(&self) -> LoadError {
        let mut counts = self.counts_of_lanes();
        if let Others::Greedy(greedy) = &self.others {
            counts.add(&greedy.lane().trader.orders.counts);
        }
        LoadError::Disagrees(counts.differences(false))
    }
}

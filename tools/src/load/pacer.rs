//! When requests go out.

use std::time::Duration;

use protocol_spec::words::Moment;

/// How requests follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// So many of each connection are in flight, and the next goes out when one is answered.
    Window(u32),
    /// So many a second of all connections, by the clock, whatever the answers do.
    Rate(u64),
}

/// How long it goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// So long.
    Time(Duration),
    /// So many requests.
    Requests(u64),
}

/// The pace of one connection among several.
#[derive(Clone, Copy, Debug)]
pub(super) enum Pacer {
    Window { window: u32, until: Moment, left: u64 },
    Schedule { start: Moment, rate: u64, tick: u64, ticks: u64, step: u64, due: Moment },
}

impl Pacer {
    /// Of connection `lane` of `lanes`, from `start` on.
    pub(super) fn new(pace: Pace, length: Length, start: Moment, lane: u64, lanes: u64) -> Self {
        match (pace, length) {
            (Pace::Window(window), Length::Time(time)) => {
                Pacer::Window { window, until: start + time, left: u64::MAX }
            }
            (Pace::Window(window), Length::Requests(count)) => {
                let left = count / lanes + u64::from(lane < count % lanes);
                Pacer::Window { window, until: Moment(u64::MAX), left }
            }
            (Pace::Rate(rate), length) => {
                let ticks = Pacer::ticks(rate, length);
                let due = time_of(start, rate, lane);
                Pacer::Schedule { start, rate, tick: lane, ticks, step: lanes, due }
            }
        }
    }

    /// Requests of a schedule.
    pub(super) fn ticks(rate: u64, length: Length) -> u64 {
        match length {
            Length::Requests(count) => count,
            Length::Time(time) => {
                let ticks = u128::from(rate) * time.as_nanos() / 1_000_000_000;
                u64::try_from(ticks).unwrap_or(u64::MAX)
            }
        }
    }

    /// Whether a request is to go out now, and the moment that counts as its beginning.
    #[inline]
    pub(super) fn poll(&mut self, now: Moment, in_flight: u32) -> Option<Moment> {
        match self {
            Pacer::Window { window, until, left } => {
                if in_flight >= *window || now >= *until || *left == 0 {
                    return None;
                }
                *left -= 1;
                Some(now)
            }
            Pacer::Schedule { start, rate, tick, ticks, step, due } => {
                if *tick >= *ticks || *due > now {
                    return None;
                }
                let at = *due;
                *tick += *step;
                *due = time_of(*start, *rate, *tick);
                Some(at)
            }
        }
    }

    /// Whether nothing more will go out.
    pub(super) fn is_over(&self, now: Moment) -> bool {
        match *self {
            Pacer::Window { until, left, .. } => now >= until || left == 0,
            Pacer::Schedule { tick, ticks, .. } => tick >= ticks,
        }
    }

    /// Requests that a schedule still has to send.
    pub(super) fn unsent(&self) -> u64 {
        match *self {
            Pacer::Window { .. } => 0,
            Pacer::Schedule { tick, ticks, step, .. } => ticks.saturating_sub(tick).div_ceil(step),
        }
    }
}

/// When a tick of a schedule is.
fn time_of(start: Moment, rate: u64, tick: u64) -> Moment {
    let nanos = u128::from(tick) * 1_000_000_000 / u128::from(rate);
    start + Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Length = Length::Time(Duration::from_secs(1));

    #[test]
    fn a_window_is_filled_until_time_or_requests_are_over() {
        let mut pacer = Pacer::new(Pace::Window(2), SECOND, Moment(5), 0, 1);
        assert_eq!(pacer.poll(Moment(7), 1), Some(Moment(7)));
        assert_eq!(pacer.poll(Moment(7), 2), None);
        let end = Moment(1_000_000_005);
        assert_eq!((pacer.poll(end, 0), pacer.is_over(end)), (None, true));
        let mut lanes =
            [0, 1].map(|lane| Pacer::new(Pace::Window(9), Length::Requests(3), Moment(0), lane, 2));
        let mut count = 0;
        for pacer in &mut lanes {
            count += (0..9).filter(|_| pacer.poll(Moment(0), 0).is_some()).count();
            assert!(pacer.is_over(Moment(0)));
        }
        assert_eq!(count, 3);
    }

    #[test]
    fn a_schedule_is_shared_by_all_connections_and_keeps_its_times_when_late() {
        let rate = Pace::Rate(1_000);
        let mut lanes = [0, 1].map(|lane| Pacer::new(rate, SECOND, Moment(50), lane, 2));
        assert_eq!(lanes[0].poll(Moment(50), 99), Some(Moment(50)));
        assert_eq!(lanes[0].poll(Moment(2_000_049), 0), None);
        assert_eq!(lanes[1].poll(Moment(50), 0), None);
        let late = Moment(5_000_050);
        let times: Vec<_> = std::iter::from_fn(|| lanes[1].poll(late, 0)).collect();
        assert_eq!(times, [1_000_050, 3_000_050, 5_000_050].map(Moment));
        assert_eq!((lanes[0].unsent(), lanes[1].unsent()), (499, 497));
        while lanes[0].poll(Moment(u64::MAX), 0).is_some() {}
        assert!(lanes[0].is_over(Moment(0)) && lanes[0].unsent() == 0);
    }
}

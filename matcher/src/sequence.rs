//! Numbers and times for commands (R7, R8).

use protocol_spec::words::{CommandNo, Time};

/// A command with its number and time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sequenced<C> {
    /// Its number.
    pub no: CommandNo,
    /// Its time.
    pub time: Time,
    /// The command.
    pub command: C,
}

/// Stamps commands: numbers without a gap from 1, times that never go back.
///
/// One sequencer serves one day. It reads no clock: the reading is an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sequencer {
    midnight: Time,
    last: CommandNo,
    time: Time,
}

/// The day is 72 hours old: it has to be ended, and what came belongs to the next one (R8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayOver;

impl Sequencer {
    /// How long after its midnight a day ends at the latest.
    pub const LONGEST_DAY: u64 = 72 * 3_600 * 1_000_000_000;

    /// A sequencer for the day that began at `midnight`.
    #[must_use]
    pub const fn new(midnight: Time) -> Self {
        Sequencer { midnight, last: CommandNo(0), time: midnight }
    }

    /// A sequencer that goes on after a command with this number and time.
    #[must_use]
    pub const fn after(midnight: Time, last: CommandNo, time: Time) -> Self {
        Sequencer { midnight, last, time }
    }

    /// Stamps `command`, which came when the clock read `clock`.
    ///
    /// # Errors
    /// If the day is over: [`Sequencer::stamp_last`] gives its last command a time.
    #[inline]
    pub fn stamp<C>(&mut self, clock: Time, command: C) -> Result<Sequenced<C>, DayOver> {
        let time = clock.max(self.time);
        if time >= self.end() {
            return Err(DayOver);
        }
        Ok(self.number(time, command))
    }

    /// Stamps the command that ends the day, at the latest with the last time the day has.
    #[must_use]
    pub fn stamp_last<C>(&mut self, clock: Time, command: C) -> Sequenced<C> {
        let time = clock.max(self.time).min(self.end());
        self.number(time, command)
    }

    const fn end(&self) -> Time {
        Time(self.midnight.0.saturating_add(Self::LONGEST_DAY))
    }

    #[inline]
    fn number<C>(&mut self, time: Time, command: C) -> Sequenced<C> {
        self.last = self.last.next();
        self.time = time;
        Sequenced { no: self.last, time, command }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIDNIGHT: Time = Time(1_000);

    #[test]
    fn numbers_have_no_gap_and_times_never_go_back() {
        let mut sequencer = Sequencer::new(MIDNIGHT);
        let times = [5, 2_000, 1_500, 2_001].map(|clock| {
            let stamped = sequencer.stamp(Time(clock), ()).expect("within the day");
            (stamped.no.0, stamped.time.0)
        });
        assert_eq!(times, [(1, 1_000), (2, 2_000), (3, 2_000), (4, 2_001)]);
    }

    #[test]
    fn a_day_ends_72_hours_after_its_midnight_with_exactly_that_time() {
        let mut sequencer = Sequencer::new(MIDNIGHT);
        let end = MIDNIGHT.0 + 72 * 3_600_000_000_000;
        assert!(sequencer.stamp(Time(end - 1), ()).is_ok());
        assert_eq!(sequencer.stamp(Time(end), ()), Err(DayOver));
        let last = sequencer.stamp_last(Time(end + 7), ());
        assert_eq!((last.no, last.time), (CommandNo(2), Time(end)));
    }
}

//! What a day is to be.

use matcher::phase::Phase;
use protocol_spec::words::Time;

use super::day::CalendarDay;

/// What a day is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Its date: YYYYMMDD.
    pub date: u32,
    /// The midnight that begins its date. Where clocks skip that, the first moment of the date.
    pub midnight: Time,
    /// When it opens.
    pub opens: Time,
    /// When its phases begin, in their order. Several may begin at once.
    pub phases: Vec<(Time, Phase)>,
    /// When it ends.
    pub end: Time,
}

impl Plan {
    /// A day of this date that the calendar does not have: the operator moves it through its
    /// phases, and it ends at midnight.
    #[must_use]
    pub fn by_hand(day: &CalendarDay) -> Self {
        let CalendarDay { date, midnight, end } = *day;
        Plan { date, midnight, opens: midnight, phases: Vec::new(), end }
    }

    /// Whether the day is open at `time`.
    #[must_use]
    pub fn is_open_at(&self, time: Time) -> bool {
        self.opens <= time && time < self.end
    }

    /// Whether nothing is left of the day at `time` but its end: it is not opened any more.
    #[must_use]
    pub fn is_done_at(&self, time: Time) -> bool {
        self.end <= time || self.phase_at(time) == Phase::Ended
    }

    /// The phase that is due at `time`.
    #[must_use]
    pub fn phase_at(&self, time: Time) -> Phase {
        let due = self.phases.iter().rev().find(|(begin, _)| *begin <= time);
        due.map_or(Phase::Closed, |(_, phase)| *phase)
    }

    /// The phase that follows on `after`, due or not, and when it begins.
    #[must_use]
    pub fn next_phase(&self, after: Phase) -> Option<(Time, Phase)> {
        self.phases.iter().find(|(_, phase)| *phase > after).copied()
    }
}

//! Days and phases by the clock on the wall.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil;
use matcher::phase::Phase;

use super::time_of_day::TimeOfDay;

/// What happens at a time of the day, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    /// The day opens.
    OpenDay,
    /// The phase `Early` begins.
    Early,
    /// The phase `PreOpen` begins.
    PreOpen,
    /// The phase `Open` begins.
    Open,
    /// The phase `Late` begins.
    Late,
    /// The phase `Ended` begins.
    Ended,
    /// The day ends.
    EndDay,
}

impl Mark {
    /// Every mark, in order.
    pub const ALL: [Mark; 7] = [
        Mark::OpenDay,
        Mark::Early,
        Mark::PreOpen,
        Mark::Open,
        Mark::Late,
        Mark::Ended,
        Mark::EndDay,
    ];

    /// What it is called in the configuration.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Mark::OpenDay => "open_day",
            Mark::Early => "early",
            Mark::PreOpen => "pre_open",
            Mark::Open => "open",
            Mark::Late => "late",
            Mark::Ended => "ended",
            Mark::EndDay => "end_day",
        }
    }

    /// The phase that begins with it.
    #[must_use]
    pub const fn phase(self) -> Option<Phase> {
        match self {
            Mark::OpenDay | Mark::EndDay => None,
            Mark::Early => Some(Phase::Early),
            Mark::PreOpen => Some(Phase::PreOpen),
            Mark::Open => Some(Phase::Open),
            Mark::Late => Some(Phase::Late),
            Mark::Ended => Some(Phase::Ended),
        }
    }
}

/// The times of a day: when it opens and ends, and when its phases begin. What has no time does
/// not happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Times(BTreeMap<Mark, TimeOfDay>);

impl Times {
    /// A day from midnight to midnight without phases.
    #[must_use]
    pub fn of_a_day() -> Self {
        let whole =
            [(Mark::OpenDay, TimeOfDay::MIDNIGHT), (Mark::EndDay, TimeOfDay::NEXT_MIDNIGHT)];
        Times(BTreeMap::from(whole))
    }

    /// The same with another time for `mark`.
    #[must_use]
    pub fn with(mut self, mark: Mark, time: TimeOfDay) -> Self {
        self.0.insert(mark, time);
        self
    }

    /// The time of a mark, if it has one.
    #[must_use]
    pub fn at(&self, mark: Mark) -> Option<TimeOfDay> {
        self.0.get(&mark).copied()
    }

    /// Marks that follow one another, of which the second is not later than the first.
    pub fn disorder(&self) -> impl Iterator<Item = (Mark, Mark)> {
        let pairs = self.0.iter().zip(self.0.iter().skip(1));
        let wrong = pairs.filter(|((_, first), (_, second))| first >= second);
        wrong.map(|((first, _), (second, _))| (*first, *second))
    }
}

/// What a date is to the venue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayKind {
    /// A day like most.
    Whole,
    /// A day with times of its own.
    Half,
    /// Nothing opens: no day of the week that does.
    Off,
    /// Nothing opens: a holiday.
    Holiday,
}

/// Days and phases by the clock on the wall.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timetable {
    /// The times of a whole day.
    pub times: Times,
    /// Whether something opens on each day of the week, from Monday to Sunday.
    pub days: [bool; 7],
    /// Dates on which nothing opens whatever day of the week they are.
    pub holidays: BTreeSet<civil::Date>,
    /// Dates with times of their own.
    pub half_days: BTreeMap<civil::Date, Times>,
}

impl Timetable {
    /// From Monday to Friday.
    pub const WORKDAYS: [bool; 7] = [true, true, true, true, true, false, false];

    /// What a date is.
    #[must_use]
    pub fn kind(&self, date: civil::Date) -> DayKind {
        let at = usize::from(date.weekday().to_monday_zero_offset().unsigned_abs());
        match (self.holidays.contains(&date), self.days[at]) {
            (true, _) => DayKind::Holiday,
            (false, false) => DayKind::Off,
            (false, true) if self.half_days.contains_key(&date) => DayKind::Half,
            (false, true) => DayKind::Whole,
        }
    }

    /// The times of a date, if anything opens then.
    pub(super) fn times_of(&self, date: civil::Date) -> Option<&Times> {
        match self.kind(date) {
            DayKind::Whole => Some(&self.times),
            DayKind::Half => self.half_days.get(&date),
            DayKind::Off | DayKind::Holiday => None,
        }
    }
}

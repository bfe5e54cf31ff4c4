//! The venue's calendar: which days it opens, and when the phases of a day begin.
//!
//! All of it is a function of time and zone; nothing here reads a clock.

mod day;
mod plan;
mod session;
#[cfg(test)]
mod tests;
mod time_of_day;
mod timetable;

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, civil};
use matcher::phase::Phase;
use protocol_spec::words::Time;

pub use day::CalendarDay;
pub use plan::Plan;
pub use session::Session;
pub use time_of_day::TimeOfDay;
pub use timetable::{DayKind, Mark, Times, Timetable};

/// Which days the venue opens, and when the phases of a day begin (R24).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Calendar {
    /// Every day from midnight to midnight. The market is open all the time.
    Always,
    /// Days and phases by a timetable.
    Timed(Timetable),
}

impl Calendar {
    /// How many days ahead the next day that opens is looked for.
    pub const HORIZON: usize = 400;

    /// The day that is open at `time`, or else the next one that opens; `None` if none does within
    /// [`Calendar::HORIZON`] days.
    ///
    /// # Panics
    /// Never: every time of ours is in a year that the calendar has.
    #[must_use]
    pub fn plan(&self, time: Time, zone: &TimeZone) -> Option<Plan> {
        let now = Timestamp::from_nanosecond(i128::from(time.0));
        let now = now.expect("64 bits of nanoseconds end in the year 2554").to_zoned(zone.clone());
        // Where clocks are put back over midnight, a moment that shows today is of tomorrow's day,
        // and yesterday's is over only when today's has begun.
        let first = now.date().yesterday().expect("years begin long before 1970");
        let dates = first.series(1.day()).take(2 + Self::HORIZON);
        dates.filter_map(|date| self.plan_on(date, zone)).find(|plan| time < plan.end)
    }

    /// The plan of a date (YYYYMMDD); `None` if nothing opens on that date.
    #[must_use]
    pub fn plan_of(&self, date: u32, zone: &TimeZone) -> Option<Plan> {
        self.plan_on(civil_date(date)?, zone)
    }

    /// What a date (YYYYMMDD) is; `None` if there is no such date.
    #[must_use]
    pub fn kind_of(&self, date: u32) -> Option<DayKind> {
        let date = civil_date(date)?;
        Some(match self {
            Calendar::Always => DayKind::Whole,
            Calendar::Timed(timetable) => timetable.kind(date),
        })
    }

    fn plan_on(&self, date: civil::Date, zone: &TimeZone) -> Option<Plan> {
        let midnight = TimeOfDay::MIDNIGHT.on(date, zone)?;
        let (opens, phases, end) = match self {
            Calendar::Always => {
                let end = TimeOfDay::NEXT_MIDNIGHT.on(date, zone)?;
                (midnight, vec![(midnight, Phase::Open)], end)
            }
            Calendar::Timed(timetable) => {
                let times = timetable.times_of(date)?;
                let mut begins = Vec::new();
                let mut latest = midnight;
                for mark in Mark::ALL {
                    let Some(time) = times.at(mark) else { continue };
                    latest = latest.max(time.on(date, zone)?);
                    begins.push((mark, latest));
                }
                let opens = begins.first().map(|(_, time)| *time)?;
                let phase = |(mark, time): &(Mark, Time)| mark.phase().map(|phase| (*time, phase));
                (opens, begins.iter().filter_map(phase).collect(), latest)
            }
        };
        let date = digits(date)?;
        // Zones have skipped whole dates.
        (opens < end).then_some(Plan { date, midnight, opens, phases, end })
    }
}

/// A date of eight digits, YYYYMMDD, if there is one like that.
fn civil_date(date: u32) -> Option<civil::Date> {
    let part = |part: u32| i8::try_from(part % 100).ok();
    let year = i16::try_from(date / 10_000).ok()?;
    civil::Date::new(year, part(date / 100)?, part(date)?).ok()
}

/// The eight digits of a date.
fn digits(date: civil::Date) -> Option<u32> {
    let [year, month, day] = [date.year(), date.month().into(), date.day().into()];
    let part = |part: i16| u32::try_from(part).ok();
    Some(part(year)? * 10_000 + part(month)? * 100 + part(day)?)
}

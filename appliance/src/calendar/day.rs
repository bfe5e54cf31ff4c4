//! Which day it is at the venue.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};
use protocol_spec::words::Time;

use super::session::Session;

/// A day at the venue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CalendarDay {
    /// Its date: YYYYMMDD.
    pub date: u32,
    /// The midnight that begins it.
    pub midnight: Time,
    /// The midnight that ends it.
    pub end: Time,
}

impl CalendarDay {
    /// The day that `time` is on.
    ///
    /// # Panics
    /// If the time is after the year 9998: no clock of ours reads that.
    #[must_use]
    pub fn at(time: Time, zone: &TimeZone) -> Self {
        let known = "the calendar knows every time that a clock reads";
        let nanos = i128::from(time.0);
        let now = Timestamp::from_nanosecond(nanos).expect(known).to_zoned(zone.clone());
        CalendarDay::of(&now)
    }

    /// The day of a session.
    ///
    /// # Panics
    /// If it is of the year 9999: no clock of ours reads that.
    #[must_use]
    pub fn of_session(session: Session, zone: &TimeZone) -> Self {
        let noon = session.civil().expect("the name of a session has a date").at(12, 0, 0, 0);
        CalendarDay::of(&noon.to_zoned(zone.clone()).expect("every zone has a noon on every date"))
    }

    fn of(now: &Zoned) -> Self {
        let known = "the calendar knows every time that a clock reads";
        let begin = now.start_of_day().expect(known);
        let end = begin.checked_add(1.day()).and_then(|next| next.start_of_day()).expect(known);
        let date = now.date();
        let (year, month, day) = (date.year(), date.month(), date.day());
        let date = i32::from(year) * 10_000 + i32::from(month) * 100 + i32::from(day);
        let time = |at: &Zoned| {
            let nanos = at.timestamp().as_nanosecond().max(0);
            Time(u64::try_from(nanos).expect(known))
        };
        CalendarDay { date: date.unsigned_abs(), midnight: time(&begin), end: time(&end) }
    }

    /// The session of its `incarnation`: YYYYMMDD and two digits.
    ///
    /// # Panics
    /// If there are more than two digits.
    #[must_use]
    pub fn session(&self, incarnation: u32) -> Session {
        Session::of(self.date, incarnation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: u64 = 3_600_000_000_000;

    #[test]
    fn days_begin_and_end_at_midnights_of_the_zone() {
        let noon = Time(1_795_176_000_000_000_000);
        let day = CalendarDay::at(noon, &TimeZone::UTC);
        assert_eq!(day.date, 20_261_120);
        assert_eq!((day.midnight, day.end), (Time(noon.0 - 12 * HOUR), Time(noon.0 + 12 * HOUR)));
        let west = TimeZone::fixed(jiff::tz::offset(-5));
        let day = CalendarDay::at(Time(day.midnight.0 + HOUR), &west);
        assert_eq!((day.date, day.midnight.0), (20_261_119, noon.0 - 31 * HOUR));
        assert_eq!(CalendarDay::of_session(day.session(1), &west), day);
    }
}

//! Times that a clock on the wall shows.

use std::fmt;

use jiff::civil;
use jiff::tz::{AmbiguousOffset, TimeZone};
use protocol_spec::words::Time;

/// A time that a clock on the wall shows, from 00:00 to 24:00.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimeOfDay {
    /// Seconds on the clock since midnight.
    seconds: u32,
}

impl TimeOfDay {
    /// The midnight that begins a date.
    pub const MIDNIGHT: Self = TimeOfDay { seconds: 0 };
    /// The midnight that ends a date.
    pub const NEXT_MIDNIGHT: Self = TimeOfDay { seconds: 24 * 3_600 };

    /// The time that `text` is, as `09:30` or `09:30:15`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(':').map(|part| {
            let digits = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
            part.parse::<u32>().ok().filter(|_| digits)
        });
        let (hours, minutes) = (parts.next()??, parts.next()??);
        let seconds = parts.next().unwrap_or(Some(0))?;
        let seconds_of_day = hours * 3_600 + minutes * 60 + seconds;
        let is_one = minutes < 60 && seconds < 60 && parts.next().is_none();
        let time = TimeOfDay { seconds: seconds_of_day };
        (is_one && time <= Self::NEXT_MIDNIGHT).then_some(time)
    }

    /// The first moment at which a clock in the zone shows this or a later time of that date. So a
    /// time that is skipped is the moment of the change, and of a time that comes twice it is the
    /// first. `None` if the date is at the end of the calendar.
    pub(super) fn on(self, date: civil::Date, zone: &TimeZone) -> Option<Time> {
        let date = if self == Self::NEXT_MIDNIGHT { date.tomorrow().ok()? } else { date };
        let seconds = self.seconds % Self::NEXT_MIDNIGHT.seconds;
        let part = |part: u32| i8::try_from(part).expect("parts of a time are below 60");
        let [hour, minute, second] = [seconds / 3_600, seconds / 60 % 60, seconds % 60].map(part);
        let moment = zone.to_ambiguous_timestamp(date.at(hour, minute, second, 0));
        let is_skipped = matches!(moment.offset(), AmbiguousOffset::Gap { .. });
        let earlier = moment.earlier().ok()?;
        let first = match is_skipped {
            true => zone.following(earlier).next()?.timestamp(),
            false => earlier,
        };
        let nanos = first.as_nanosecond().clamp(0, u64::MAX.into());
        Some(Time(u64::try_from(nanos).expect("it was clamped to these bits")))
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.seconds / 3_600, self.seconds / 60 % 60)?;
        match self.seconds % 60 {
            0 => Ok(()),
            seconds => write!(f, ":{seconds:02}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_two_digits_each() {
        for text in ["00:00", "09:30", "23:59:59", "24:00"] {
            assert_eq!(TimeOfDay::parse(text).map(|time| time.to_string()).as_deref(), Some(text));
        }
        let whole = TimeOfDay::parse("24:00:00");
        assert_eq!(whole, Some(TimeOfDay::NEXT_MIDNIGHT));
        let wrong = [
            "",
            ":",
            "9:30",
            "0930",
            "09",
            "09:3",
            "09:60",
            "09:30:60",
            "24:01",
            "24:00:01",
            "25:00",
            "99:99:99",
            "-1:00",
            "+1:00",
            "09:30:15:00",
            "09:30:",
            " 09:30",
            "٠٩:٣٠",
            "9:30 am",
            "09.30",
        ];
        for text in wrong {
            assert_eq!(TimeOfDay::parse(text), None, "{text}");
        }
    }
}

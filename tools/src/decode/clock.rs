//! Times as people write them.

use std::fmt;

use protocol_spec::words::Timestamp;

use crate::capture::CaptureTime;

const SECOND: u64 = 1_000_000_000;
const DAY: u64 = 24 * 3600;

/// A capture time, printed as date and time in UTC.
#[derive(Clone, Copy, Debug)]
pub struct Utc(pub CaptureTime);

impl fmt::Display for Utc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = civil_date(self.0.0 / SECOND / DAY);
        write!(f, "{year:04}-{month:02}-{day:02}T{}Z", time_of_day(self.0))
    }
}

/// The time of day in UTC.
#[must_use]
pub(super) const fn time_of_day(time: CaptureTime) -> Timestamp {
    Timestamp(time.0 % (DAY * SECOND))
}

/// Reads `HH:MM`, `HH:MM:SS` or `HH:MM:SS.fraction`, maybe with the `Z` that is shown behind times
/// of captures; hours may pass 24.
///
/// # Errors
/// What was expected instead.
pub fn parse_time(text: &str) -> Result<Timestamp, String> {
    parse(text.strip_suffix('Z').unwrap_or(text)).ok_or_else(|| {
        format!("\"{text}\" is not a time of day: write HH:MM, HH:MM:SS or HH:MM:SS.nnnnnnnnn")
    })
}

fn parse(text: &str) -> Option<Timestamp> {
    let mut parts = text.split(':');
    let hours = digits(parts.next()?, 99)?;
    let minutes = digits(parts.next()?, 59)?;
    let (seconds, nanos) = match parts.next().map(|part| part.split_once('.')) {
        None => (0, 0),
        Some(None) => (digits(text.rsplit(':').next()?, 59)?, 0),
        Some(Some((whole, fraction))) => {
            let places = u32::try_from(fraction.len()).ok().filter(|places| *places <= 9)?;
            let nanos = digits(fraction, SECOND - 1)? * 10u64.pow(9 - places);
            (digits(whole, 59)?, nanos)
        }
    };
    let total = (hours * 60 + minutes) * 60 + seconds;
    parts.next().is_none().then_some(Timestamp(total * SECOND + nanos))
}

fn digits(text: &str, max: u64) -> Option<u64> {
    let all = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| all && *number <= max)
}

/// Year, month and day of a day counted from 1970-01-01.
///
/// Counts in years that begin in March, so that the leap day is a year's last, and in the 400
/// years after which the calendar repeats.
fn civil_date(days: u64) -> (u64, u64, u64) {
    const DAYS_OF_400_YEARS: u64 = 146_097;
    const DAYS_FROM_MARCH_OF_YEAR_0: u64 = 719_468;
    let days = days + DAYS_FROM_MARCH_OF_YEAR_0;
    let (era, day) = (days / DAYS_OF_400_YEARS, days % DAYS_OF_400_YEARS);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let january = month >= 10;
    let year = era * 400 + year + u64::from(january);
    (year, if january { month - 9 } else { month + 3 }, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capture_times_print_as_dates() {
        let print = |seconds: u64| Utc(CaptureTime(seconds * SECOND + 7)).to_string();
        assert_eq!(print(0), "1970-01-01T00:00:00.000000007Z");
        assert_eq!(print(951_782_400), "2000-02-29T00:00:00.000000007Z");
        assert_eq!(print(1_692_711_000), "2023-08-22T13:30:00.000000007Z");
        assert_eq!(print(4_102_444_799), "2099-12-31T23:59:59.000000007Z");
    }

    #[test]
    fn times_of_day_are_read_in_three_lengths() {
        assert_eq!(parse_time("09:30"), Ok(Timestamp(34_200 * SECOND)));
        assert_eq!(parse_time("09:30:01"), Ok(Timestamp(34_201 * SECOND)));
        assert_eq!(parse_time("09:30:00.5"), Ok(Timestamp(34_200_500_000_000)));
        assert_eq!(parse_time("25:00:00.000000001"), Ok(Timestamp(90_000 * SECOND + 1)));
        assert_eq!(parse_time("09:30:00.500000000Z"), parse_time("09:30:00.5"));
        for wrong in ["", "9", "09:60", "09:30:60", "09:30:00.", "09:30:00.1234567890", "a:b"] {
            assert!(parse_time(wrong).is_err(), "{wrong}");
        }
        assert!(parse_time("Z").is_err() && parse_time("09:30ZZ").is_err());
        assert!(parse_time("09:30:00:00").is_err() && parse_time("+9:30").is_err());
    }
}

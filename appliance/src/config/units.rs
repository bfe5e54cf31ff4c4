//! Durations, sizes and amounts of money, as people write them.

use std::fmt;
use std::time::Duration;

use rust_decimal::Decimal;

/// Units of time with their nanoseconds, the largest first.
const TIMES: [(&str, u64); 6] = [
    ("h", 3_600_000_000_000),
    ("m", 60_000_000_000),
    ("s", 1_000_000_000),
    ("ms", 1_000_000),
    ("us", 1_000),
    ("ns", 1),
];

/// Units of size with their bytes, the largest first.
const SIZES: [(&str, u64); 3] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];

/// The duration that `text` is: a whole number and a unit, as `15s`.
pub(super) fn duration(text: &str) -> Option<Duration> {
    counted(text, &TIMES).map(Duration::from_nanos)
}

/// The bytes that `text` is: a whole number and a unit, as `64MiB`.
pub(super) fn size(text: &str) -> Option<u64> {
    counted(text, &SIZES)
}

/// What is counted in units of 0.0001 that `text` is: a decimal number of at most four decimals.
pub(super) fn fixed4(text: &str) -> Option<u64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let mut decimal = Decimal::from_str_exact(text).ok().filter(|_| plain)?.normalize();
    let exact = decimal.scale() <= 4;
    decimal.rescale(4);
    u64::try_from(decimal.mantissa()).ok().filter(|_| exact && decimal.scale() == 4)
}

fn counted(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let (_, size) = units.iter().find(|(name, _)| *name == unit)?;
    number.parse::<u64>().ok()?.checked_mul(*size)
}

/// Shows nanoseconds in the largest unit that has them whole.
pub(super) struct Time(pub(super) Duration);

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanos = u64::try_from(self.0.as_nanos()).expect("a setting is no longer than a day");
        match TIMES.iter().find(|(_, unit)| nanos >= *unit && nanos.is_multiple_of(*unit)) {
            Some((name, unit)) => write!(f, "{}{name}", nanos / unit),
            None => f.write_str("0s"),
        }
    }
}

/// Shows bytes in the largest unit that has them whole.
pub(super) struct Size(pub(super) u64);

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match SIZES.iter().find(|(_, unit)| self.0 >= *unit && self.0.is_multiple_of(*unit)) {
            Some((name, unit)) => write!(f, "{}{name}", self.0 / unit),
            None => write!(f, "{}", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_whole_numbers_with_a_unit() {
        let nanos = |text| duration(text).map(|duration| duration.as_nanos());
        assert_eq!(nanos("0s"), Some(0));
        assert_eq!(nanos("50us"), Some(50_000));
        assert_eq!(nanos("500ms"), Some(500_000_000));
        assert_eq!(nanos("2m"), Some(120_000_000_000));
        assert_eq!(nanos("1h"), Some(3_600_000_000_000));
        for text in ["", "15", "s", "1.5s", "-1s", "15 s", "15S", "1d", "9999999999999h", "١s"] {
            assert_eq!(duration(text), None, "{text}");
        }
    }

    #[test]
    fn sizes_are_whole_numbers_with_a_unit() {
        assert_eq!(size("64MiB"), Some(64 << 20));
        assert_eq!(size("2GiB"), Some(2 << 30));
        assert_eq!(size("4KiB"), Some(4096));
        for text in ["", "64", "64MB", "64mib", "1.5GiB", "17179869184GiB"] {
            assert_eq!(size(text), None, "{text}");
        }
    }

    #[test]
    fn money_is_exact_to_four_decimals() {
        assert_eq!(fixed4("0.01"), Some(100));
        assert_eq!(fixed4("199999.99"), Some(1_999_999_900));
        assert_eq!(fixed4("12"), Some(120_000));
        assert_eq!(fixed4("1.50000"), Some(15_000));
        assert_eq!(fixed4("1844674407370955.1615"), Some(u64::MAX));
        let wrong = [
            "",
            ".",
            "-1",
            "+1",
            "1e3",
            "1,000",
            "1_000",
            "0.00001",
            " 1",
            "١",
            "NaN",
            "1844674407370955.1616",
            "99999999999999999999999999999",
            "1.0.0",
            "79228162514264337593543950335",
        ];
        for text in wrong {
            assert_eq!(fixed4(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_shown_is_what_can_be_written() {
        for text in ["0s", "3s", "90s", "500ms", "1h", "72h", "50us", "7ns"] {
            assert_eq!(Time(duration(text).expect("a duration")).to_string(), text);
        }
        for text in ["1MiB", "16GiB", "4KiB", "1025KiB"] {
            assert_eq!(Size(size(text).expect("a size")).to_string(), text);
        }
        assert_eq!(Size(1000).to_string(), "1000");
    }
}

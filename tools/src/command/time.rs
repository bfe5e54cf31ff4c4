//! Times as they are typed.

use std::time::Duration;

/// A time with its unit: `500ms`, `5s`, `2m`.
pub(crate) fn parse_time(text: &str) -> Result<Duration, String> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let millis = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return Err(format!("\"{text}\" is no time such as 500ms, 5s or 2m")),
    };
    let number: Option<u64> = number.parse().ok();
    let time = number.and_then(|number| number.checked_mul(millis)).map(Duration::from_millis);
    time.filter(|time| *time <= Duration::from_secs(7 * 86_400))
        .ok_or_else(|| format!("\"{text}\" is no time up to a week"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_need_a_unit() {
        let times = ["250ms", "5s", "2m", "1h"].map(|text| parse_time(text).map(|t| t.as_millis()));
        assert_eq!(times, [250, 5_000, 120_000, 3_600_000].map(Ok));
        for text in ["5", "s", "", "-1s", "1.5s", "999999999999h", "8000000000000000000ms"] {
            assert!(parse_time(text).is_err(), "{text}");
        }
    }
}

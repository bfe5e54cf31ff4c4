//! How long something took, many times over.

use std::time::Duration;

use hdrhistogram::Histogram;
use serde_json::{Map, Value};

/// Times are kept up to a minute, in nanoseconds with three digits.
const LONGEST: u64 = 60_000_000_000;

/// How long something took each time.
#[derive(Clone, Debug)]
pub struct Spread(Histogram<u64>);

impl Default for Spread {
    fn default() -> Self {
        Spread(Histogram::new_with_max(LONGEST, 3).expect("a range of three digits"))
    }
}

impl Spread {
    /// The percentiles that are told, and their names.
    pub const PERCENTS: [(&str, f64); 5] =
        [("p50", 50.0), ("p90", 90.0), ("p99", 99.0), ("p99.9", 99.9), ("p99.99", 99.99)];

    /// Adds one time.
    #[inline]
    pub fn add(&mut self, took: Duration) {
        self.0.saturating_record(u64::try_from(took.as_nanos()).unwrap_or(u64::MAX));
    }

    /// Adds all times of another.
    ///
    /// # Panics
    /// Never: all have the same range.
    pub fn add_all(&mut self, other: &Spread) {
        self.0.add(&other.0).expect("both have the same range");
    }

    /// How many times there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.len()
    }

    /// Microseconds that so many of 100 times do not exceed; 0 if there are none.
    #[must_use]
    pub fn micros(&self, percent: f64) -> f64 {
        self.0.value_at_percentile(percent) as f64 / 1e3
    }

    /// Microseconds of the longest.
    #[must_use]
    pub fn longest(&self) -> f64 {
        self.0.max() as f64 / 1e3
    }

    /// Mean microseconds.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.0.mean() / 1e3
    }

    /// Count, percentiles and the longest, in nanoseconds.
    #[must_use]
    pub fn json(&self) -> Value {
        let mut object = Map::new();
        object.insert("count".to_owned(), self.count().into());
        for (name, percent) in Spread::PERCENTS {
            object.insert(name.to_owned(), self.0.value_at_percentile(percent).into());
        }
        object.insert("max".to_owned(), self.0.max().into());
        Value::Object(object)
    }
}

/// A figure in four digits or so, as a column of them is read.
#[must_use]
pub fn figure(value: f64) -> String {
    match value {
        _ if value < 10.0 => format!("{value:.2}"),
        _ if value < 1_000.0 => format!("{value:.1}"),
        _ => format!("{value:.0}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_and_the_longest_come_out_in_microseconds() {
        let mut spread = Spread::default();
        (1..=1_000).for_each(|micros| spread.add(Duration::from_micros(micros)));
        let [p50, p99] = [50.0, 99.0].map(|percent| spread.micros(percent));
        assert!((499.0..502.0).contains(&p50) && (989.0..992.0).contains(&p99), "{p50} {p99}");
        assert!((999.0..1_002.0).contains(&spread.longest()));
        let mut twice = spread.clone();
        twice.add_all(&spread);
        assert_eq!((twice.count(), twice.json()["count"].as_u64()), (2_000, Some(2_000)));
    }

    #[test]
    fn a_time_beyond_the_range_counts_as_the_longest_there_is() {
        let mut spread = Spread::default();
        spread.add(Duration::from_secs(3_600));
        assert!(spread.longest() >= 60e6);
    }

    #[test]
    fn figures_keep_the_digits_that_say_something() {
        assert_eq!([0.5, 12.345, 123.45, 12_345.6].map(figure), ["0.50", "12.3", "123.5", "12346"]);
    }
}

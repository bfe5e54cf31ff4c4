//! How long something took, counted by one thread and read by others.
//!
//! Buckets are an eighth of an octave wide: a value is known to within 12.5 %. What took longer
//! than two minutes is counted with what took that long.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// Buckets of an octave, as a power of two.
const FINE: u32 = 3;
/// The first power of two that is out of range: 2^37 ns are 137 s.
const TOP: u32 = 37;
/// How many buckets there are.
const BUCKETS: usize = ((TOP - FINE + 1) << FINE) as usize;

/// Durations, counted. Only one thread may record.
#[derive(Debug)]
pub struct Histogram {
    counts: Box<[AtomicU64; BUCKETS]>,
    /// Nanoseconds of all.
    sum: AtomicU64,
    /// The longest, in nanoseconds.
    most: AtomicU64,
}

/// What was counted up to now. What is recorded meanwhile may be in one number and not in another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spread {
    counts: Vec<u64>,
    /// Nanoseconds of all.
    pub sum: u64,
    /// The longest, in nanoseconds.
    pub most: u64,
}

impl Histogram {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        let counts = Box::new([const { AtomicU64::new(0) }; BUCKETS]);
        Histogram { counts, sum: AtomicU64::new(0), most: AtomicU64::new(0) }
    }

    /// Counts one. Another thread that did the same meanwhile would be lost.
    #[inline]
    pub fn record(&self, took: Duration) {
        let nanos = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        let count = &self.counts[bucket(nanos)];
        count.store(count.load(Relaxed) + 1, Relaxed);
        self.sum.store(self.sum.load(Relaxed).wrapping_add(nanos), Relaxed);
        if nanos > self.most.load(Relaxed) {
            self.most.store(nanos, Relaxed);
        }
    }

    /// What was counted up to now.
    #[must_use]
    pub fn spread(&self) -> Spread {
        Spread {
            counts: self.counts.iter().map(|count| count.load(Relaxed)).collect(),
            sum: self.sum.load(Relaxed),
            most: self.most.load(Relaxed),
        }
    }
}

impl Default for Histogram {
    fn default() -> Self {
        Histogram::new()
    }
}

impl Spread {
    /// How many there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// How many took less than so many nanoseconds. It is exact where a bucket begins: at powers of
    /// two, and at eighths between them.
    #[must_use]
    pub fn below(&self, nanos: u64) -> u64 {
        self.counts[..bucket(nanos)].iter().sum()
    }

    /// The nanoseconds within which so many of a thousand stayed, at most an eighth too much.
    #[must_use]
    pub fn per_mille(&self, share: u64) -> u64 {
        let wanted = (u128::from(self.count()) * u128::from(share)).div_ceil(1000);
        let mut seen = 0;
        for (at, count) in self.counts.iter().enumerate() {
            seen += u128::from(*count);
            if seen >= wanted && seen > 0 {
                return self.most.min(begin(at + 1) - 1);
            }
        }
        self.most
    }
}

/// The bucket of a value.
#[inline]
fn bucket(nanos: u64) -> usize {
    let nanos = nanos.min((1 << TOP) - 1);
    let octave = 63 - (nanos | 1 << FINE).leading_zeros();
    let shift = octave - FINE;
    // In the first octave that is cut the leading bit counts the eight values below it.
    ((shift as usize) << FINE) + (nanos >> shift) as usize
}

/// The least value of a bucket.
fn begin(bucket: usize) -> u64 {
    let (whole, part) = (bucket >> FINE, (bucket & ((1 << FINE) - 1)) as u64);
    match whole {
        0 => part,
        _ => ((1 << FINE) + part) << (whole - 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_follow_each_other_without_a_gap() {
        assert_eq!(begin(0), 0);
        for at in 1..BUCKETS {
            let least = begin(at);
            assert_eq!(bucket(least), at, "{least} begins bucket {at}");
            assert_eq!(bucket(least - 1), at - 1, "{least} ends bucket {}", at - 1);
        }
        assert_eq!(begin(BUCKETS), 1 << TOP);
        assert_eq!(bucket(u64::MAX), BUCKETS - 1);
    }

    #[test]
    fn percentiles_are_at_most_an_eighth_too_much() {
        let histogram = Histogram::new();
        for nanos in 1..=100_000 {
            histogram.record(Duration::from_nanos(nanos));
        }
        let spread = histogram.spread();
        assert_eq!(spread.count(), 100_000);
        assert_eq!((spread.sum, spread.most), (100_000 * 100_001 / 2, 100_000));
        for share in [1, 500, 990, 999] {
            let (exact, told) = (share * 100, spread.per_mille(share));
            assert!(told >= exact && told <= exact + exact / 8, "{share}: {told} for {exact}");
        }
        assert_eq!(spread.per_mille(1000), 100_000);
        assert_eq!(spread.below(1 << 16), (1 << 16) - 1);
        assert_eq!(spread.below(3 << 14), (3 << 14) - 1);
    }

    #[test]
    fn nothing_is_nothing_and_the_longest_stays() {
        let histogram = Histogram::default();
        assert_eq!(histogram.spread().per_mille(500), 0);
        histogram.record(Duration::MAX);
        let spread = histogram.spread();
        assert_eq!((spread.count(), spread.most), (1, u64::MAX));
        assert_eq!(spread.below(1 << 36), 0);
    }
}

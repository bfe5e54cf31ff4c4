//! Variants of the same work, run in turns.

use std::hint::black_box;
use std::time::Instant;

/// A loop over all messages of `input`; what it returns depends on every field it consumed.
pub(crate) type Work = Box<dyn Fn(&[u8]) -> u64>;

/// One way of doing the work.
pub(crate) struct Variant {
    pub(crate) name: &'static str,
    pub(crate) work: Work,
    pub(crate) limit: Limit,
}

/// How long a variant may take at most.
pub(crate) enum Limit {
    /// It is the yardstick of those that follow.
    Yardstick,
    /// As long as it likes.
    None,
    /// So many times the yardstick.
    Times(f64),
    /// So many times the yardstick, and so many nanoseconds.
    TimesAndNanos(f64, f64),
}

/// Variants that must come to the same result over the same messages.
pub(crate) struct Group {
    pub(crate) title: &'static str,
    pub(crate) messages: usize,
    pub(crate) input: Vec<u8>,
    pub(crate) variants: Vec<Variant>,
}

impl Variant {
    pub(crate) fn new(
        name: &'static str,
        limit: Limit,
        work: impl Fn(&[u8]) -> u64 + 'static,
    ) -> Self {
        Variant { name, work: Box::new(work), limit }
    }
}

impl Group {
    /// Runs every variant `rounds` times, prints the best of each, and says if all kept limits.
    pub(crate) fn run(&self, rounds: usize) -> bool {
        let results: Vec<u64> = self.variants.iter().map(|v| (v.work)(&self.input)).collect();
        assert!(results.iter().all(|result| *result == results[0]), "{}: {results:?}", self.title);
        let mut best = vec![f64::INFINITY; self.variants.len()];
        for _ in 0..rounds {
            for (variant, best) in self.variants.iter().zip(&mut best) {
                let start = Instant::now();
                black_box((variant.work)(black_box(&self.input)));
                let nanos = start.elapsed().as_nanos() as f64 / self.messages as f64;
                *best = best.min(nanos);
            }
        }
        println!("{} ({} messages, best of {rounds} rounds)", self.title, self.messages);
        let (mut kept, mut yardstick) = (true, best[0]);
        for (variant, nanos) in self.variants.iter().zip(&best) {
            if matches!(variant.limit, Limit::Yardstick) {
                yardstick = *nanos;
            }
            let ratio = nanos / yardstick;
            let ok = match variant.limit {
                Limit::Yardstick | Limit::None => true,
                Limit::Times(limit) => ratio <= limit,
                Limit::TimesAndNanos(limit, most) => ratio <= limit && *nanos <= most,
            };
            let note = if ok { "" } else { "   ABOVE ITS LIMIT" };
            println!("  {:<34}{nanos:8.2} ns{ratio:8.2} x{note}", variant.name);
            kept &= ok;
        }
        kept
    }
}

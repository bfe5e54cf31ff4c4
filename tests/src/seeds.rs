//! Runs of properties that a number repeats.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngSeed, TestRunner};

/// The seed that every run begins with, so that a defect once found is found again.
pub const FIXED: u64 = 0x0c1f_a11b_ac5e_ed01;

/// Names the seed of a run that is to be repeated.
pub const SEED: &str = "OUTCRY_SEED";
/// Multiplies the number of cases, for long runs.
pub const EFFORT: &str = "OUTCRY_EFFORT";

/// Checks `property` with `cases` values from a fixed seed and as many from a fresh one, or from
/// the seed in [`SEED`] alone. The property fails by panicking.
///
/// # Panics
/// If a value fails: the message has the smallest such value and the seed that finds it again.
pub fn check<S: Strategy>(cases: u32, strategy: &S, property: impl Fn(S::Value)) {
    let cases = cases.saturating_mul(
        number(EFFORT).map_or(1, |effort| u32::try_from(effort).unwrap_or(u32::MAX)),
    );
    let seeds = match number(SEED) {
        Some(seed) => vec![seed],
        None => vec![FIXED, RandomState::new().hash_one(0)],
    };
    for seed in seeds {
        let config = Config {
            cases,
            rng_seed: RngSeed::Fixed(seed),
            failure_persistence: None,
            ..Config::default()
        };
        let outcome = TestRunner::new(config).run(strategy, |value| {
            property(value);
            Ok(())
        });
        if let Err(failure) = outcome {
            let test = std::thread::current().name().map(str::to_owned);
            panic!(
                "{failure}\nonce more: {SEED}={seed} cargo test -p tests -- --exact {}",
                test.unwrap_or_default()
            );
        }
    }
}

/// Seeds of runs that are not properties of one value: `fixed` that are always the same and `fresh`
/// ones, both multiplied by [`EFFORT`]; or the one in [`SEED`] alone.
#[must_use]
pub fn list(fixed: u64, fresh: u64) -> Vec<u64> {
    if let Some(seed) = number(SEED) {
        return vec![seed];
    }
    let effort = number(EFFORT).unwrap_or(1);
    let always = (0..fixed * effort).map(|at| FIXED.wrapping_add(at));
    let state = RandomState::new();
    always.chain((0..fresh * effort).map(|at| state.hash_one(at))).collect()
}

/// The number in an environment variable, if it is set.
fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    let number = text.parse();
    Some(number.unwrap_or_else(|error| panic!("{variable}={text}: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::any;
    use std::panic::catch_unwind;

    #[test]
    fn a_failure_names_the_seed_and_the_smallest_value() {
        let failure = catch_unwind(|| {
            check(200, &any::<u32>(), |value| {
                assert!(value < 1000, "too large");
            });
        })
        .expect_err("a value of 1000 and more comes up");
        let message = failure.downcast::<String>().expect("a panic with a message");
        assert!(message.contains("minimal failing input: 1000"), "{message}");
        assert!(message.contains("OUTCRY_SEED="), "{message}");
    }
}

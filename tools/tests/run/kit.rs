//! A venue to be tested, brokers of it, and what they say to each other.

mod broker;
mod folder;
mod listener;
mod operator;
pub(crate) mod ouch;
mod scene;
mod setup;
mod venue;

pub(crate) use broker::{Broker, Login, Packet, Reply, framed, unsequenced};
pub(crate) use folder::{Folder, copy};
pub(crate) use listener::Listener;
pub(crate) use operator::{Operator, admin};
pub(crate) use scene::{Scene, hears, hears_no_more, scene};
pub(crate) use setup::{Setup, clock, seconds_of_day};
pub(crate) use venue::{Exit, Venue, outcry};

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::time::{Duration, Instant};

/// What is expected soon, on a machine with much else to do.
pub(crate) const SOON: Duration = Duration::from_secs(20);

/// Looks until `look` finds something.
pub(crate) fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(start.elapsed() < SOON, "waited {SOON:?} in vain for {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Random numbers of a seed.
#[derive(Clone, Debug)]
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    /// A seed that nobody had before.
    pub(crate) fn fresh() -> u64 {
        RandomState::new().hash_one(0)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// One of 0 .. `count`.
    pub(crate) fn below(&mut self, count: u64) -> u64 {
        self.next() % count
    }
}

/// The number in an environment variable, if it is set.
pub(crate) fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|error| panic!("{variable}={text}: {error}")))
}

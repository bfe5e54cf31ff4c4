//! The system's clocks.

use std::hash::{BuildHasher, RandomState};
use std::time::{Instant, SystemTime};

use protocol_spec::words::{Moment, Time};

use crate::world::Clock;

/// The system's clocks: one since the start of the process, one of the world.
#[derive(Clone, Copy, Debug)]
pub struct LinuxClock {
    start: Instant,
}

impl LinuxClock {
    /// Begins now.
    #[must_use]
    pub fn new() -> Self {
        LinuxClock { start: Instant::now() }
    }
}

impl Default for LinuxClock {
    fn default() -> Self {
        LinuxClock::new()
    }
}

impl Clock for LinuxClock {
    fn now(&self) -> Moment {
        Moment(u64::try_from(self.start.elapsed().as_nanos()).unwrap_or(u64::MAX))
    }

    fn time(&self) -> Time {
        // A clock set before 1970 reads 0: stamps never go back anyway.
        let since = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
        Time(u64::try_from(since.as_nanos()).unwrap_or(u64::MAX))
    }

    fn chance(&self) -> u64 {
        // The keys of this come from the system's source of randomness.
        RandomState::new().hash_one(self.start)
    }
}

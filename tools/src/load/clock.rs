//! The time since a load began.

use std::time::Instant;

use protocol_spec::words::Moment;

/// A clock that starts at 0 when it is made.
#[derive(Clone, Copy, Debug)]
pub struct Clock(Instant);

impl Clock {
    /// Starts it.
    #[must_use]
    pub fn start() -> Self {
        Clock(Instant::now())
    }

    /// Reads it.
    #[must_use]
    #[inline]
    pub fn now(&self) -> Moment {
        Moment(u64::try_from(self.0.elapsed().as_nanos()).unwrap_or(u64::MAX))
    }
}

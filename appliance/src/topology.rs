//! Which stage runs on which thread, and how it waits.
//!
//! | stage | thread | kept on | waits |
//! |---|---|---|---|
//! | [`venue`](crate::venue) | `core`, the first | `threads.core` | spins, then sleeps |
//! | [`service`](crate::service) | `service` | `threads.service` | sleeps until asked |
//! | [`rewinder`](crate::rewinder) | `rewind` | `threads.service` | sleeps until asked |
//! | [`office`](crate::office) | `admin` | `threads.service` | sleeps until asked |
//! | [`follower`](crate::follower) | `checkpoint` | `threads.service` | looks now and then |
//!
//! Service, rewinder and office let the core go first: on a core that both want, the venue would
//! otherwise wait for the end of a slice of some milliseconds. A second spinning thread on one core
//! would ruin the first, and a hop between threads that sleep costs 20 to 40 microseconds: so
//! everything that an order needs is on one thread. The follower gets what nobody else wants of a
//! core, and nothing of the venue's, if that has one of its own: it computes for long, and a core
//! that goes from one to the other is slow for both.

use std::time::Duration;

use crate::config::Threads;
use crate::linux::cores;

/// How a stage waits for work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waiting {
    /// Looks for work for so long, then sleeps.
    Spin(Duration),
    /// Sleeps.
    Sleep,
}

/// A stage and where it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// The thread's name.
    pub thread: &'static str,
    /// The core that it is kept on.
    pub core: Option<usize>,
    /// The core that it is kept off, if it is kept on none: whose thread it is needs all of it.
    pub off: Option<usize>,
    /// How it waits.
    pub waiting: Waiting,
}

/// The table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Topology {
    /// The venue's core.
    pub core: Row,
    /// The service.
    pub service: Row,
    /// The rewinder.
    pub rewind: Row,
    /// The office.
    pub admin: Row,
    /// The follower.
    pub checkpoint: Row,
}

impl Topology {
    /// The table for this configuration on a machine with so many cores.
    #[must_use]
    pub fn new(threads: &Threads, cores: usize) -> Self {
        let spin = threads.spin.unwrap_or(match cores {
            // Who spins on the only core keeps everybody else from sending.
            0 | 1 => Duration::ZERO,
            2 | 3 => Duration::from_micros(50),
            _ => Duration::from_micros(500),
        });
        let (core, waiting) = (threads.service, Waiting::Sleep);
        let sleeper = |thread| Row { thread, core, off: None, waiting };
        Topology {
            core: Row {
                thread: "core",
                core: threads.core,
                off: None,
                waiting: Waiting::Spin(spin),
            },
            service: sleeper("service"),
            rewind: sleeper("rewind"),
            admin: sleeper("admin"),
            checkpoint: Row { off: threads.core, ..sleeper("checkpoint") },
        }
    }

    /// The table for this configuration on this machine.
    #[must_use]
    pub fn here(threads: &Threads) -> Self {
        Topology::new(threads, cores())
    }
}

impl Waiting {
    /// How long it looks for work before it sleeps.
    #[must_use]
    pub fn spin(self) -> Duration {
        match self {
            Waiting::Spin(spin) => spin,
            Waiting::Sleep => Duration::ZERO,
        }
    }
}

//! What wakes a thread that waits for several things at once.

use std::fmt;
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::sync::Arc;
use std::time::Duration;

use mio::unix::SourceFd;
use mio::{Events, Interest, Poll, Token, Waker};

const WAKER: Token = Token(0);
const OTHERS: Token = Token(1);

/// Waits until something can be read, somebody wakes it, or time is up. What can be read is told
/// when that changes: who was told reads on until there is nothing.
pub struct Watch {
    poll: Poll,
    events: Events,
    waker: Arc<Waker>,
}

impl Watch {
    /// Watches nothing yet.
    ///
    /// # Errors
    /// If the system has no room for it.
    pub fn new() -> io::Result<Self> {
        let poll = Poll::new()?;
        let waker = Arc::new(Waker::new(poll.registry(), WAKER)?);
        Ok(Watch { poll, events: Events::with_capacity(8), waker })
    }

    /// Watches this as well, as long as it is open.
    ///
    /// # Errors
    /// If it cannot be watched.
    pub fn add(&self, readable: BorrowedFd<'_>) -> io::Result<()> {
        let mut source = SourceFd(&readable.as_raw_fd());
        self.poll.registry().register(&mut source, OTHERS, Interest::READABLE)
    }

    /// What wakes it from another thread.
    #[must_use]
    pub fn waker(&self) -> Arc<Waker> {
        Arc::clone(&self.waker)
    }

    /// Waits, at most so long; it may be for nothing.
    ///
    /// # Errors
    /// If the system cannot tell any more.
    pub fn wait(&mut self, most: Duration) -> io::Result<()> {
        match self.poll.poll(&mut self.events, Some(most)) {
            Err(error) if error.kind() != io::ErrorKind::Interrupted => Err(error),
            Ok(()) | Err(_) => Ok(()),
        }
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch").finish_non_exhaustive()
    }
}

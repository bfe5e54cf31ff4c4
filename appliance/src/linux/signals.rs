//! Signals that end the process in good order.

use std::io;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::{flag, low_level};

/// Whether the process was asked to end; asked a second time, it ends at once.
#[derive(Clone, Debug)]
pub struct StopSignal {
    asked: Arc<AtomicBool>,
}

impl StopSignal {
    /// Listens from now on, and says something on the stream that comes with it whenever it hears.
    ///
    /// # Errors
    /// If the system does not let it.
    pub fn listen() -> io::Result<(Self, UnixStream)> {
        let asked = Arc::new(AtomicBool::new(false));
        let (ours, bell) = UnixStream::pair()?;
        bell.set_nonblocking(true)?;
        for signal in [SIGTERM, SIGINT] {
            // In this order: the first signal finds the flag unset, the second ends the process.
            flag::register_conditional_shutdown(signal, 1, Arc::clone(&asked))?;
            flag::register(signal, Arc::clone(&asked))?;
            low_level::pipe::register(signal, ours.try_clone()?)?;
        }
        Ok((StopSignal { asked }, bell))
    }

    /// Whether it was asked.
    #[must_use]
    pub fn is_asked(&self) -> bool {
        self.asked.load(Ordering::Relaxed)
    }
}

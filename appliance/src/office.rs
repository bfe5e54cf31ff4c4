//! The thread for operators and for who reads the meters.
//!
//! ```text
//!   outcry admin ─▶ unix socket ─▶ clerk ─▶ queue of inquiries, waker ─▶ core
//!   Prometheus   ─▶ TCP, HTTP   ─▶ exposition of the meters; the core is not asked
//! ```
//!
//! A runtime on one thread serves them all. Connections, the length of a line and the time for it
//! are bounded, so a client that is slow, silent or mad costs nobody anything; and what an operator
//! is told is never better than it is: an answer that did not come in time is not known.

mod clerk;
mod doors;
mod exposition;
mod lines;
mod scrape;

use std::io;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::net::{TcpListener, UnixListener, UnixStream};
use tokio::runtime::Builder;
use tokio::sync::{Semaphore, oneshot};
use tokio::time::timeout;
use tracing::warn;

use crate::meters::Meters;

pub use clerk::{Clerk, Find, Patience};
pub use doors::{DoorError, Doors};
pub use exposition::expose;

/// Operators' connections at once.
const CLIENTS: usize = 16;
/// Connections of who reads the meters at once.
const SCRAPES: usize = 16;
/// How long a door is left alone after someone could not be taken in.
const KNOCK: Duration = Duration::from_millis(100);
/// How long the end waits for answers that are being written.
const FAREWELL: Duration = Duration::from_secs(1);

/// What the thread needs.
#[derive(Debug)]
pub struct Office {
    doors: Doors,
    clerk: Arc<Clerk>,
    meters: Arc<Meters>,
}

/// An office that is served. It ends when this is dropped; [`Open::end`] waits for that.
#[derive(Debug)]
pub struct Open {
    end: oneshot::Sender<()>,
    thread: JoinHandle<()>,
}

impl Office {
    /// An office behind `doors`. Operators are served by `clerk`.
    #[must_use]
    pub fn new(doors: Doors, clerk: Clerk, meters: Arc<Meters>) -> Self {
        Office { doors, clerk: Arc::new(clerk), meters }
    }

    /// Serves from now on, on a thread of this name that does `first` before all else.
    ///
    /// # Errors
    /// If the system does not let it begin.
    pub fn open(self, name: &str, first: impl FnOnce() + Send + 'static) -> io::Result<Open> {
        let Office { mut doors, clerk, meters } = self;
        let runtime = Builder::new_current_thread().enable_io().enable_time().build()?;
        let within = runtime.enter();
        let socket = doors.take_socket().map(UnixListener::from_std).transpose()?;
        let metrics = doors.take_metrics().map(TcpListener::from_std).transpose()?;
        drop(within);
        let (end, ended) = oneshot::channel();
        let thread = thread::Builder::new().name(name.to_owned()).spawn(move || {
            first();
            runtime.block_on(async {
                if let Some(socket) = socket {
                    tokio::spawn(operators(socket, Arc::clone(&clerk)));
                }
                if let Some(metrics) = metrics {
                    tokio::spawn(scrapers(metrics, meters));
                }
                // Whether it was told or the other side is gone: it is the end.
                ended.await.unwrap_or_default();
                doors.close();
                if timeout(FAREWELL, clerk.is_idle()).await.is_err() {
                    warn!("an operator who does not read is left without an answer");
                }
            });
        })?;
        Ok(Open { end, thread })
    }
}

impl Open {
    /// Ends it: answers that are on their way are still written, and the socket is removed. The
    /// core should have let go of its end of the queue before, so that nobody waits for it.
    ///
    /// # Panics
    /// If the thread did.
    pub fn end(self) {
        drop(self.end);
        self.thread.join().expect("a thread that panics ends the process");
    }
}

/// Lets operators in.
async fn operators(listener: UnixListener, clerk: Arc<Clerk>) {
    let places = Arc::new(Semaphore::new(CLIENTS));
    loop {
        match listener.accept().await {
            Ok((stream, _)) => match Arc::clone(&places).try_acquire_owned() {
                Ok(place) => {
                    let clerk = Arc::clone(&clerk);
                    tokio::spawn(async move {
                        clerk.serve(stream).await;
                        drop(place);
                    });
                }
                Err(_) => turn_away(&stream),
            },
            Err(error) => {
                warn!("an operator cannot be let in: {error}");
                tokio::time::sleep(KNOCK).await;
            }
        }
    }
}

/// Tells an operator for whom there is no place.
fn turn_away(stream: &UnixStream) {
    let line = clerk::too_many(CLIENTS);
    // A new connection has room for a line; who has gone already does not need it.
    stream.try_write(line.as_bytes()).unwrap_or_default();
}

/// Lets in who reads the meters; who finds no place waits at the door.
async fn scrapers(listener: TcpListener, meters: Arc<Meters>) {
    let places = Arc::new(Semaphore::new(SCRAPES));
    loop {
        let free = Arc::clone(&places).acquire_owned().await;
        let place = free.expect("the semaphore is never closed");
        match listener.accept().await {
            Ok((stream, _)) => {
                let meters = Arc::clone(&meters);
                tokio::spawn(async move {
                    scrape::serve(stream, meters).await;
                    drop(place);
                });
            }
            Err(error) => {
                warn!("who reads the meters cannot be let in: {error}");
                tokio::time::sleep(KNOCK).await;
            }
        }
    }
}

//! The venue as a process: folders, threads, signals, and what it says when it is ready.

use std::fmt;
use std::io::{self, Write};
use std::panic;
use std::path::{Path, absolute};
use std::process;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tracing::{info, warn};

use crate::admin;
use crate::config::{Config, OrderEntry};
use crate::folds::executing;
use crate::linux::{
    Linux, LinuxClock, LinuxDisk, LinuxStreams, ListenError, Lock, LockError, StopSignal, pin,
    room_for_connections, step_back,
};
use crate::meters::Meters;
use crate::service::service;
use crate::start::{Folders, StartError};
use crate::topology::{Row, Topology};
use crate::venue::{Outcome, Parts, Turn, Venue};

/// Connections that are on their way out, beside those that are let in.
const FAREWELLS: usize = 64;

/// Why the process ends in another way than it was asked to.
#[derive(Debug)]
pub enum RunError {
    /// The data directory is not to be had.
    Lock(LockError),
    /// Nobody can be let in.
    Listen(ListenError),
    /// The venue cannot open.
    Start(StartError),
    /// The system refuses something else.
    System(&'static str, io::Error),
    /// It was open, and cannot go on.
    Failed(String),
}

/// Runs the venue until it is asked to stop. What it says when it is ready goes to `out`: a line
/// for each address that it listens at, then `ready`.
///
/// # Errors
/// If it cannot open, or cannot go on.
///
/// # Panics
/// If the service thread did.
pub fn run(config: Config, data: &Path, out: &mut dyn Write) -> Result<(), RunError> {
    let data =
        absolute(data).map_err(|error| RunError::System("find the data directory", error))?;
    let journal = match &config.journal.dir {
        Some(dir) => absolute(dir)
            .map_err(|error| RunError::System("find the journal's directory", error))?,
        None => data.join("journal"),
    };
    let folders = Folders { journal, replies: data.join("replies") };
    let _locks = lock(&data, &folders.journal)?;
    name_the_command_in_panics();
    let (signal, bell) = StopSignal::listen().map_err(|e| RunError::System("hear signals", e))?;
    let topology = Topology::here(&config.threads);
    let most = most_connections(&config.order_entry)?;
    let streams = LinuxStreams::listen(config.order_entry.listen, most, Some(bell));
    let streams = streams.map_err(RunError::Listen)?;
    let address = streams.address().map_err(|e| RunError::System("tell its address", e))?;
    let waker = streams.waker();
    let (mut errands, service) = service(LinuxDisk, folders.journal.clone());
    let row = topology.service;
    let worker = thread::Builder::new().name(row.thread.to_owned()).spawn(move || {
        place(row);
        if let Err(error) = step_back() {
            warn!(thread = row.thread, "cannot let the core go first: {error}");
        }
        // A poll that cannot be woken is one that has ended.
        service.run(|| waker.wake().unwrap_or_default());
    });
    let worker = worker.map_err(|error| RunError::System("start a thread", error))?;
    errands.runs_on(worker.thread().clone());
    place(topology.core);
    let spin = topology.core.waiting.spin();
    let (inquiries, operator) = admin::inquiries();
    let meters = Arc::new(Meters::new());
    let parts = Parts {
        clock: LinuxClock::new(),
        streams,
        disk: LinuxDisk,
        folders,
        errands,
        operator,
        meters,
        spin,
    };
    let wait = &mut || thread::sleep(Duration::from_micros(100));
    let mut venue: Venue<Linux> = Venue::open(config, parts, wait).map_err(RunError::Start)?;
    let said = writeln!(out, "order entry on {address}\nready").and_then(|()| out.flush());
    if let Err(error) = said {
        warn!("nobody hears that the venue is ready: {error}");
    }
    let outcome = loop {
        if let Turn::Last(outcome) = venue.step() {
            break outcome;
        }
        if signal.is_asked() {
            venue.stop();
        }
    };
    // The service ends when nobody can ask it any more, which it finds out when it is woken.
    let thread = worker.thread().clone();
    drop(venue);
    drop(inquiries);
    thread.unpark();
    worker.join().expect("a thread that panics ends the process");
    match outcome {
        Outcome::Stopped => Ok(()),
        Outcome::Failed(reason) => Err(RunError::Failed(reason)),
    }
}

/// Takes the data directory and the journal's: another process may have the journal of this one in
/// another data directory.
fn lock(data: &Path, journal: &Path) -> Result<Vec<Lock>, RunError> {
    let mut locks = vec![Lock::take(data).map_err(RunError::Lock)?];
    // One directory under two names has one lock.
    let is_apart = match (data.canonicalize(), journal.canonicalize()) {
        (Ok(data), Ok(journal)) => data != journal,
        _ => true,
    };
    if is_apart {
        locks.push(Lock::take(journal).map_err(RunError::Lock)?);
    }
    Ok(locks)
}

/// How many connections there may be at once, of all kinds: as many as the configuration wants, if
/// the system lets the process have so many files open.
fn most_connections(order_entry: &OrderEntry) -> Result<usize, RunError> {
    let wanted = order_entry.max_connections + order_entry.max_pending + FAREWELLS;
    let room = room_for_connections();
    let room = room.map_err(|error| RunError::System("have more files open", error))?;
    if room < wanted {
        warn!(
            room,
            wanted,
            "the system lets the process have few files open, so connections may have to wait: \
             raise the limit (ulimit -n), or lower max_connections"
        );
    }
    Ok(wanted.min(room))
}

/// Puts the calling thread where the table says.
fn place(row: Row) {
    let Some(core) = row.core else { return };
    match pin(core) {
        Ok(()) => info!(thread = row.thread, core, "kept on its core"),
        Err(error) => warn!(thread = row.thread, core, "cannot be kept on its core: {error}"),
    }
}

/// A command that breaks a promise of the program ends the process, on whatever thread. Whoever
/// starts it again meets the same command: its number is said.
fn name_the_command_in_panics() {
    let usual = panic::take_hook();
    panic::set_hook(Box::new(move |about| {
        usual(about);
        if let Some(command) = executing() {
            let mut err = io::stderr().lock();
            let line = format_args!("the last command that was begun: {command}");
            // There is no other place left to say it.
            writeln!(err, "{line}").unwrap_or_default();
        }
        // Also in a build that would go on with the other threads.
        process::abort();
    }));
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RunError::Lock(error) => error.fmt(f),
            RunError::Listen(error) => error.fmt(f),
            RunError::Start(error) => error.fmt(f),
            RunError::System(what, error) => {
                write!(f, "the system does not let it {what}: {error}")
            }
            RunError::Failed(reason) => f.write_str(reason),
        }
    }
}

impl std::error::Error for RunError {}

//! The venue as a process: folders, threads, signals, and what it says when it is ready.

use std::fmt;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::os::fd::AsFd;
use std::panic;
use std::path::{Path, PathBuf, absolute};
use std::process;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use matcher::command::BreakTrade;
use protocol_spec::wire::ouch::BrokenReason;
use protocol_spec::words::MatchNo;
use recovery::requests::{IpNet, Rules};
use tracing::{info, warn};

use crate::admin::{self, Answer};
use crate::config::{Config, Feed, OrderEntry};
use crate::folds::executing;
use crate::follower::{Lead, follower};
use crate::journal::Place;
use crate::linux::{
    LineError, Linux, LinuxClock, LinuxDatagrams, LinuxDisk, LinuxLines, LinuxStreams,
    LinuxTransfers, ListenError, Lock, LockError, StopSignal, Watch, cores, keep_off, pin,
    room_for_connections, stand_back, step_back,
};
use crate::meters::Meters;
use crate::office::{Clerk, DoorError, Doors, Office};
use crate::rewinder::{Publications, rewinder};
use crate::service::service;
use crate::start::{Folders, StartError};
use crate::topology::{Row, Topology};
use crate::trades::{self, TradeError};
use crate::venue::{Outcome, Parts, Turn, Venue};
use crate::world::{Clock, Use};

/// Connections that are on their way out, beside those that are let in.
const FAREWELLS: usize = 64;

/// Why the process ends in another way than it was asked to.
#[derive(Debug)]
pub enum RunError {
    /// The data directory is not to be had.
    Lock(LockError),
    /// Nobody can be let in.
    Listen(ListenError),
    /// A line of the feed goes nowhere.
    Line(LineError),
    /// Nobody can be heard who asks for messages of the feed again.
    Rerequests(SocketAddr, io::Error),
    /// Operators, or who reads the meters, cannot be let in.
    Door(DoorError),
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
    let folders = folders(&config, &data)?;
    let _locks = lock(&data, &folders.journal)?;
    name_commands_in_panics(folders.journal.clone());
    let (signal, bell) = StopSignal::listen().map_err(|e| RunError::System("hear signals", e))?;
    let topology = Topology::here(&config.threads);
    let most = most_connections(&config.order_entry)?;
    let streams = LinuxStreams::listen(config.order_entry.listen, most, Some(bell));
    let streams = streams.map_err(RunError::Listen)?;
    let address = streams.address().map_err(|e| RunError::System("tell its address", e))?;
    let lines = LinuxLines::open(&config.feed).map_err(RunError::Line)?;
    let feed = config.feed.clone();
    let socket = config.admin.socket.as_ref().map(|socket| data.join(socket));
    let doors = Doors::open(socket.as_deref(), config.metrics.listen).map_err(RunError::Door)?;
    let (waker, core) = (streams.waker(), streams.waker());
    let (mut errands, service) = service(LinuxDisk, folders.journal.clone());
    // A poll that cannot be woken is one that has ended.
    let serve = move || service.run(|| waker.wake().unwrap_or_default());
    let worker = start(topology.service, serve)?;
    errands.runs_on(worker.thread().clone());
    let (publications, rewinder, rerequests) = rewind(&config, topology.rewind, lines.networks())?;
    let spin = topology.core.waiting.spin();
    let (ask, operator) = admin::inquiries();
    let meters = Arc::new(Meters::new());
    let shown = Arc::clone(&meters);
    let (lead, follower) = follow(&config, topology.checkpoint)?;
    let (clock, disk) = (LinuxClock::new(), LinuxDisk);
    let parts = Parts {
        clock,
        streams,
        lines,
        disk,
        folders,
        errands,
        publications,
        operator,
        meters,
        lead,
        spin,
    };
    let wait = &mut || thread::sleep(Duration::from_micros(100));
    let mut venue: Venue<Linux> = Venue::open(config, parts, wait).map_err(RunError::Start)?;
    let figures = doors.metrics();
    let wake = Box::new(move || core.wake().unwrap_or_default());
    let clerk = Clerk::new(ask, wake, Arc::clone(&shown), Arc::new(find_trade));
    let row = topology.admin;
    let office = Office::new(doors, clerk, shown).open(row.thread, move || stand(row));
    let office = office.map_err(|error| RunError::System("start a thread", error))?;
    // The last of all: threads begin where the one is that starts them.
    place(topology.core);
    let said = say_ready(out, address, &feed, rerequests, socket.as_deref(), figures);
    if let Err(error) = said {
        warn!("nobody hears that the venue is ready: {error}");
    }
    let outcome = go_round(&mut venue, &signal);
    // They end when nobody asks or leads any more, which they find out when they are woken.
    drop(venue);
    // Answers that are on their way still go out.
    office.end();
    for worker in [Some(worker), Some(rewinder), follower].into_iter().flatten() {
        worker.thread().unpark();
        worker.join().expect("a thread that panics ends the process");
    }
    match outcome {
        Outcome::Stopped => Ok(()),
        Outcome::Failed(reason) => Err(RunError::Failed(reason)),
    }
}

/// Goes round until the last time, which comes soon after somebody asks for it.
fn go_round(venue: &mut Venue<Linux>, signal: &StopSignal) -> Outcome {
    loop {
        if let Turn::Last(outcome) = venue.step() {
            return outcome;
        }
        if signal.is_asked() {
            venue.stop();
        }
    }
}

/// Where the venue's files are.
fn folders(config: &Config, data: &Path) -> Result<Folders, RunError> {
    let journal = match &config.journal.dir {
        Some(dir) => absolute(dir)
            .map_err(|error| RunError::System("find the journal's directory", error))?,
        None => data.join("journal"),
    };
    Ok(Folders { journal, replies: data.join("replies"), rewind: data.join("rewind") })
}

/// Starts the thread of a row.
fn start(row: Row, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, RunError> {
    let thread = thread::Builder::new().name(row.thread.to_owned()).spawn(move || {
        stand(row);
        work();
    });
    thread.map_err(|error| RunError::System("start a thread", error))
}

/// Puts the calling thread where the table says, behind the core.
fn stand(row: Row) {
    place(row);
    if let Err(error) = step_back() {
        warn!(thread = row.thread, "cannot let the core go first: {error}");
    }
}

/// Says where the venue listens, and that it does.
fn say_ready(
    out: &mut dyn Write,
    orders: SocketAddr,
    feed: &Feed,
    rerequests: Option<SocketAddr>,
    admin: Option<&Path>,
    metrics: Option<SocketAddr>,
) -> io::Result<()> {
    writeln!(out, "order entry on {orders}")?;
    for (at, line) in feed.lines.iter().enumerate() {
        writeln!(out, "feed {} on {line}", Feed::name(at))?;
    }
    if let Some(rerequests) = rerequests {
        writeln!(out, "rerequests on {rerequests}")?;
    }
    if let Some(admin) = admin {
        writeln!(out, "admin on {}", admin.display())?;
    }
    if let Some(metrics) = metrics {
        writeln!(out, "metrics on http://{metrics}/metrics")?;
    }
    writeln!(out, "ready")?;
    out.flush()
}

/// The trade of this number in the journal of a session, as it is to be broken.
fn find_trade(
    folder: &Path,
    match_no: MatchNo,
    reason: BrokenReason,
) -> Result<BreakTrade, Answer> {
    let place = Place { folder: folder.to_owned(), segment_bytes: 0, usage: Use::Read };
    let found = trades::find(&LinuxDisk, &place, match_no);
    found.map(|trade| trade.broken(reason)).map_err(|error| {
        let word = match error {
            TradeError::Unknown(_) => "unknown-trade",
            TradeError::Print(_) => "cross-print",
            TradeError::History(_) => "unreadable",
        };
        Answer::refused(word, error.to_string())
    })
}

/// Starts the thread that writes checkpoints, if there are to be any.
fn follow(config: &Config, row: Row) -> Result<(Lead, Option<JoinHandle<()>>), RunError> {
    let every = config.journal.checkpoint_every;
    if every == 0 {
        return Ok((Lead::alone(), None));
    }
    let (lead, follower) = follower(LinuxDisk, every);
    let worker = start(row, move || {
        if let Err(error) = stand_back() {
            warn!(thread = row.thread, "cannot let all others go first: {error}");
        }
        let clock = LinuxClock::new();
        follower.run(|| clock.time());
    });
    Ok((lead, Some(worker?)))
}

/// Starts the thread that keeps the feed; where it hears requests, if it does. Who may ask, unless
/// the configuration says so, is whom the lines of the feed reach.
fn rewind(
    config: &Config,
    row: Row,
    reached: &[IpNet],
) -> Result<(Publications, JoinHandle<()>, Option<SocketAddr>), RunError> {
    let recovery = &config.recovery;
    let system = |error| RunError::System("keep the feed", error);
    let bound = recovery.rerequest.map(|address| {
        let bound = LinuxDatagrams::bind(address);
        let bound = bound.and_then(|socket| Ok((socket.address()?, socket)));
        bound.map_err(|error| RunError::Rerequests(address, error))
    });
    let (address, socket) = bound.transpose()?.unzip();
    let transfers = LinuxTransfers::new();
    let mut watch = Watch::new().map_err(system)?;
    let bells = [socket.as_ref().map(AsFd::as_fd), transfers.bell()];
    bells.into_iter().flatten().try_for_each(|bell| watch.add(bell)).map_err(system)?;
    let allow = recovery.allow.clone().unwrap_or_else(|| reached.to_vec());
    if let (Some(address), true) = (address, allow.is_empty()) {
        warn!(%address, "nobody is answered who asks for messages: set allow of [recovery]");
    }
    let rules =
        Rules { allow, packets_per_second: recovery.rerequests_per_second, ..Rules::default() };
    let (clock, terms) = (LinuxClock::new(), (rules, config.feed.payload_max));
    let now = clock.now();
    let (mut publications, rewinder) = rewinder(now, (LinuxDisk, transfers), socket, terms);
    let waker = watch.waker();
    publications.wakes(move || waker.wake().unwrap_or_default());
    let worker = start(row, move || {
        // A system that does not tell any more is looked at now and then.
        let wait = |most| watch.wait(most).unwrap_or_else(|_| thread::sleep(most));
        rewinder.run(|| clock.now(), wait);
    });
    Ok((publications, worker?, address))
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
    match (row.core, row.off) {
        (Some(core), _) => match pin(core) {
            Ok(()) => info!(thread = row.thread, core, "kept on its core"),
            Err(error) => warn!(thread = row.thread, core, "cannot be kept on its core: {error}"),
        },
        (None, Some(core)) if cores() > 1 => {
            if let Err(error) = keep_off(core) {
                warn!(thread = row.thread, core, "cannot be kept off this core: {error}");
            }
        }
        (None, _) => {}
    }
}

/// A command that breaks a promise of the program ends the process, on whatever thread. Whoever
/// starts it again meets the same command: its number is said, and how to be rid of it, where it
/// is one of the `journal`.
pub fn name_commands_in_panics(journal: PathBuf) {
    let usual = panic::take_hook();
    panic::set_hook(Box::new(move |about| {
        usual(about);
        if let Some(command) = executing() {
            let mut err = io::stderr().lock();
            let folder = journal.display();
            let lines = format_args!(
                "the last command that was begun: {command}\n\
                 if every start ends with it: outcry journal quarantine {command} {folder} \
                 --why \"...\""
            );
            // There is no other place left to say it.
            writeln!(err, "{lines}").unwrap_or_default();
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
            RunError::Line(error) => error.fmt(f),
            RunError::Rerequests(address, error) => {
                write!(f, "rerequests cannot be heard on {address}: {error}")?;
                match error.kind() {
                    io::ErrorKind::AddrInUse => f.write_str(
                        "; stop who does, or choose another address as rerequest of [recovery], \
                         or \"\" for none",
                    ),
                    _ => f.write_str("; set another address as rerequest of [recovery]"),
                }
            }
            RunError::Door(error) => error.fmt(f),
            RunError::Start(error) => error.fmt(f),
            RunError::System(what, error) => {
                write!(f, "the system does not let it {what}: {error}")
            }
            RunError::Failed(reason) => f.write_str(reason),
        }
    }
}

impl std::error::Error for RunError {}

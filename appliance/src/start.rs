//! How a run begins: the day that the journal tells of goes on, or a new one is opened.

mod changes;

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use jiff::tz::TimeZone;
use matcher::command::{Command, DownCause};
use matcher::engine::{Engine, Step};
use matcher::event::Event;
use matcher::refusal::Refusal;
use matcher::sequence::Sequencer;
use matcher::settings;
use protocol_spec::words::{Moment, Time};
use recovery::journal::Marks;
use recovery::replay::{Machine, replay_batch};
use tracing::{info, warn};

use crate::calendar::{CalendarDay, Session};
use crate::config::{Config, Durability, zone};
use crate::folds::Folds;
use crate::hint::Hint;
use crate::journal::{History, HistoryError, Journal, JournalError, Place};
use crate::marker::Marker;
use crate::service::{Done, Errands, Job, ServiceError};
use crate::venue::day::Day;
use crate::world::{Clock, Disk, Use};

/// Where the venue's files are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folders {
    /// Journals, a folder a day.
    pub journal: PathBuf,
    /// Replies, a file a day: made anew from the journal whenever it is read.
    pub replies: PathBuf,
}

/// Why the venue cannot open.
#[derive(Debug)]
pub enum StartError {
    /// The journal cannot be written.
    Journal(JournalError),
    /// The journal cannot be read, or is not one to go on with.
    History(HistoryError),
    /// The service cannot do its work.
    Service(ServiceError),
    /// There is less room on the disk than order entry wants.
    LowDisk {
        /// The folder of the journal.
        folder: PathBuf,
        /// Bytes that are left.
        free: u64,
        /// Bytes that have to be left.
        stop: u64,
    },
    /// A file or folder cannot be used.
    File(PathBuf, io::Error),
    /// The journal was written under another rule book: a day is never continued under it.
    RulesVersion(Session, u32),
    /// A session's folder holds the journal of another one.
    Foreign(PathBuf, Session),
    /// A rule forbids what the configuration says.
    Refused(String, Refusal),
    /// There have been 99 sessions of this date.
    OutOfSessions(u32),
}

/// A day to go on with.
#[derive(Debug)]
pub(crate) struct Opened<D: Disk> {
    pub(crate) day: Day<D>,
    /// Whether it has ended, and its date has not.
    pub(crate) has_ended: bool,
}

/// What is known of the last session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Last {
    /// Its journal has everything that was told.
    Kept,
    /// Its journal may have lost what was told: nothing is made of it any more.
    Lossy,
}

/// How often a long replay says how far it is.
const PROGRESS: Duration = Duration::from_secs(2);

/// Goes on with the last day there is, or opens one.
pub(crate) fn open<D: Disk>(
    config: &Config,
    folders: &Folders,
    clock: &impl Clock,
    disk: &D,
    errands: &mut Errands,
    wait: &mut dyn FnMut(),
) -> Result<Opened<D>, StartError> {
    let today = CalendarDay::at(clock.time(), &config.venue.timezone);
    disk.make_folder(&folders.journal).map_err(in_folder(&folders.journal))?;
    look_for_room(config, folders, disk)?;
    let marker = Marker::read(disk, &folders.journal).map_err(in_folder(&folders.journal))?;
    // From here on, until the good end, the run is one that may have lost something.
    let run = Marker::of_run(config, disk, false);
    let mark = || run.write(disk, &folders.journal).map_err(in_folder(&folders.journal));
    let last = last_session(folders, disk)?;
    if marker.is_some_and(|marker| marker.may_have_lost(&disk.boot())) {
        if let Some(session) = last {
            warn!(
                session = session.name(),
                "the machine was started anew after a run with durability \"os\" that did not end \
                 in good order: brokers may have been told what the journal lost, so this session \
                 is left as it is and a new one is opened"
            );
        }
        let day = begin(config, folders, clock, disk, errands, &today, Last::Lossy)?;
        // Only now: a start that fails before does not hide from the next one what may be lost.
        mark()?;
        return Ok(Opened { day, has_ended: false });
    }
    let found = match last {
        Some(session) => {
            errands.ask(Job::Day(replies(folders, session)));
            let mut failed = None;
            let found = resume(config, folders, disk, session, &mut |machine| {
                if failed.is_none() {
                    failed = hand_on(machine, errands, wait).err();
                }
            })?;
            failed.map_or(Ok(found), Err)?
        }
        None => None,
    };
    // A session whose journal has nothing was never told to anybody: it is begun again.
    mark()?;
    let begin_today =
        |errands: &mut Errands| begin(config, folders, clock, disk, errands, &today, Last::Kept);
    let Some(mut day) = found else {
        let day = begin_today(errands)?;
        return Ok(Opened { day, has_ended: false });
    };
    let time = clock.time();
    let is_past = day.end <= time;
    if day.machine.engine.has_ended() && !is_past {
        return Ok(Opened { day, has_ended: true });
    }
    if !day.machine.engine.has_ended() {
        take_over(config, &mut day, time, is_past)?;
        hand_on(&mut day.machine, errands, wait)?;
    }
    if is_past {
        // Under the policy `os` a good end of a later day says nothing of this one.
        day.journal.sync().map_err(StartError::Journal)?;
        // Its memory is given back before the next one takes as much.
        drop(day);
        day = begin_today(errands)?;
    }
    Ok(Opened { day, has_ended: false })
}

/// Whether the disk has room for order entry at all.
fn look_for_room(config: &Config, folders: &Folders, disk: &impl Disk) -> Result<(), StartError> {
    let folder = folders.journal.clone();
    let free = disk.free(&folder).map_err(in_folder(&folder))?;
    let stop = config.journal.low_disk_stop;
    if free < stop { Err(StartError::LowDisk { folder, free, stop }) } else { Ok(()) }
}

/// The commands of a start in an open day: who was there is gone; then what changed in the
/// configuration, or the end of a day that is past.
fn take_over<D: Disk>(
    config: &Config,
    day: &mut Day<D>,
    time: Time,
    is_past: bool,
) -> Result<(), StartError> {
    let up: Vec<_> = day.machine.folds.seats.up().collect();
    for (port, conn) in up {
        let command = Command::PortDown { port, conn, cause: DownCause::Crash };
        control(day, time, command, "")?;
    }
    if is_past {
        info!(session = day.session.name(), "a day of the past is ended");
        day.control(time, Command::EndOfDay, "");
    } else {
        for symbol in changes::unlisted(config, &day.machine) {
            warn!(%symbol, "not in the configuration any more: it is traded until the day ends");
        }
        for (command, note) in changes::of(config, &day.machine) {
            info!("since the last start: {}", changes::tell(&command, &note));
            control(day, time, command, &note)?;
        }
    }
    run(day)
}

/// Takes a command into the batch, after the batch was executed if it is full.
fn control<D: Disk>(
    day: &mut Day<D>,
    time: Time,
    command: Command,
    note: &str,
) -> Result<(), StartError> {
    if !day.has_room() {
        run(day)?;
    }
    day.control(time, command, note);
    Ok(())
}

/// Opens the day `today`: the next session of its date. If the clock is behind the last session
/// it is the next one of that date, so that sessions follow one another.
pub(crate) fn begin<D: Disk>(
    config: &Config,
    folders: &Folders,
    clock: &impl Clock,
    disk: &D,
    errands: &mut Errands,
    today: &CalendarDay,
    state: Last,
) -> Result<Day<D>, StartError> {
    let last = last_session(folders, disk)?.filter(|last| last.date() >= today.date);
    let zone = &config.venue.timezone;
    let today = last.map_or(*today, |last| CalendarDay::of_session(last, zone));
    let session = match last {
        None => today.session(1),
        Some(last) if state == Last::Kept && is_empty(config, folders, disk, last)? => last,
        Some(last) if last.incarnation() < 99 => today.session(last.incarnation() + 1),
        Some(_) => return Err(StartError::OutOfSessions(today.date)),
    };
    let seed = clock.chance();
    let mut zone = [b' '; 32];
    let name = config.venue.timezone_name.as_bytes();
    zone[..name.len()].copy_from_slice(name);
    let marks = Marks {
        session: session.0,
        unit: config.venue.unit,
        zone,
        rules_version: Engine::RULES_VERSION,
        salt: seed,
    };
    let journal = Journal::begin(disk.clone(), place(config, folders, session), marks)
        .map_err(StartError::Journal)?;
    let machine = Machine::new(Folds::new());
    let sequencer = Sequencer::new(today.midnight);
    let mut day = Day::new(session, today.end, journal, machine, sequencer);
    errands.ask(Job::Day(replies(folders, session)));
    let opening = settings::Day {
        session: session.0,
        midnight: today.midnight,
        seed,
        limits: config.limits,
        rules_version: Engine::RULES_VERSION,
    };
    let time = clock.time();
    day.control(time, Command::OpenDay(opening.into()), "");
    run(&mut day)?;
    let commands = changes::of(config, &day.machine);
    for (command, note) in commands {
        control(&mut day, time, command, &note)?;
    }
    run(&mut day)?;
    let (ports, symbols) = (config.ports.len(), config.instruments.len());
    info!(session = session.name(), ports, symbols, "a day is opened");
    Ok(day)
}

/// Reads the journal of a session and executes all of it; `None` if there is nothing in it.
fn resume<D: Disk>(
    config: &Config,
    folders: &Folders,
    disk: &D,
    session: Session,
    on_batch: &mut dyn FnMut(&mut Machine<Folds>),
) -> Result<Option<Day<D>>, StartError> {
    let place = place(config, folders, session);
    let history = History::find(disk, &place).map_err(StartError::History)?;
    let mut machine = Machine::new(Folds::new());
    let mut scratch = Vec::new();
    let mut progress = Progress::new();
    let read = history.read(|batch| {
        let count = replay_batch(&mut machine, batch, &Hint, &mut scratch)?;
        on_batch(&mut machine);
        progress.count(count);
        Ok(())
    });
    let Some((marks, tail)) = read.map_err(StartError::History)? else { return Ok(None) };
    if marks.session != session.0 {
        return Err(StartError::Foreign(place.folder, Session(marks.session)));
    }
    // Told by the mark: an opening under another rule book is one that the engine refuses.
    if marks.rules_version != Engine::RULES_VERSION {
        return Err(StartError::RulesVersion(session, marks.rules_version));
    }
    let Some(opening) = machine.engine.day() else { return Ok(None) };
    if let Some(lost) = history.lost(&tail) {
        let (path, offset) = (lost.path.display(), lost.offset);
        warn!(%path, offset, bytes = lost.bytes, "a torn write is cut off: it was told to nobody");
    }
    let commands = machine.engine.last_command();
    info!(session = session.name(), %commands, took = ?progress.start.elapsed(), "the day goes on");
    let midnight = opening.midnight;
    let end = CalendarDay::at(midnight, &zone_of(&marks, config)).end;
    let sequencer = Sequencer::after(midnight, commands, machine.engine.time());
    history.remove_behind(&tail).map_err(in_folder(&place.folder))?;
    let journal = Journal::resume(disk.clone(), place, marks, tail).map_err(StartError::Journal)?;
    Ok(Some(Day::new(session, end, journal, machine, sequencer)))
}

/// The zone in which a day was begun: it keeps it, whatever the configuration says meanwhile.
fn zone_of(marks: &Marks, config: &Config) -> TimeZone {
    let name = String::from_utf8_lossy(&marks.zone);
    let name = name.trim_end();
    if name != config.venue.timezone_name {
        let next = &config.venue.timezone_name;
        warn!(zone = name, next, "the time zone was changed: from the next day on");
    }
    zone(name).map_or_else(|| config.venue.timezone.clone(), |(zone, _)| zone)
}

/// Executes the commands of a start, none of which a rule may forbid.
fn run<D: Disk>(day: &mut Day<D>) -> Result<(), StartError> {
    day.journal.make_ready().map_err(StartError::Journal)?;
    if day.commit().map_err(StartError::Journal)? == 0 {
        return Ok(());
    }
    while let Some((command, note, machine)) = day.current() {
        let step = machine.step(command, note);
        if let [Event::Refused(refusal)] = machine.events() {
            let what = changes::tell(&command.command, note);
            return Err(StartError::Refused(what, *refusal));
        }
        if step == Step::Done {
            day.advance();
        }
    }
    Ok(())
}

/// Hands complete blocks of replies to the service, and waits for it if it is behind.
fn hand_on(
    machine: &mut Machine<Folds>,
    errands: &mut Errands,
    wait: &mut dyn FnMut(),
) -> Result<(), StartError> {
    while let Some(block) = machine.folds.replies.outbox.poll_block() {
        errands.ask(Job::Append(block));
    }
    loop {
        // Before the venue is open nothing is asked for that has another answer.
        while let Some(done) = errands.poll() {
            if let Done::Failed(error) = done {
                return Err(StartError::Service(error));
            }
        }
        if !errands.is_behind() {
            break;
        }
        wait();
        errands.pass_on();
    }
    while machine.folds.replies.poll_fresh().is_some() {}
    Ok(())
}

/// The last session of which there is a journal.
fn last_session(folders: &Folders, disk: &impl Disk) -> Result<Option<Session>, StartError> {
    let names = disk.list(&folders.journal).map_err(in_folder(&folders.journal))?;
    Ok(names.iter().filter_map(|name| Session::parse(name)).max())
}

/// Whether the journal of a session has nothing.
fn is_empty(
    config: &Config,
    folders: &Folders,
    disk: &impl Disk,
    session: Session,
) -> Result<bool, StartError> {
    let place = place(config, folders, session);
    let history = History::find(disk, &place).map_err(StartError::History)?;
    let read = history.read(|_| Ok(())).map_err(StartError::History)?;
    Ok(read.is_none())
}

fn place(config: &Config, folders: &Folders, session: Session) -> Place {
    Place {
        folder: folders.journal.join(session.name()),
        segment_bytes: config.journal.segment_bytes,
        usage: match config.journal.durability {
            Durability::Disk => Use::Durable,
            Durability::Os => Use::Cached,
        },
    }
}

fn replies(folders: &Folders, session: Session) -> PathBuf {
    folders.replies.join(format!("{}.replies", session.name()))
}

fn in_folder(path: &std::path::Path) -> impl FnOnce(io::Error) -> StartError {
    let path = path.to_owned();
    move |error| StartError::File(path, error)
}

/// Says how far a long replay is.
struct Progress {
    start: std::time::Instant,
    told: Moment,
    commands: u64,
}

impl Progress {
    fn new() -> Self {
        Progress { start: std::time::Instant::now(), told: Moment(0), commands: 0 }
    }

    fn count(&mut self, commands: u64) {
        self.commands += commands;
        let elapsed = self.start.elapsed();
        if (Moment(0) + elapsed) - self.told >= PROGRESS {
            self.told = Moment(0) + elapsed;
            info!(commands = self.commands, "reading the journal");
        }
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StartError::Journal(error) => error.fmt(f),
            StartError::History(error) => error.fmt(f),
            StartError::Service(error) => error.fmt(f),
            StartError::LowDisk { folder, free, stop } => {
                let folder = folder.display();
                write!(
                    f,
                    "{free} bytes are left on the disk of {folder}, below low_disk_stop = {stop}: \
                     make room, or set it lower in [journal]"
                )
            }
            StartError::File(path, error) => {
                write!(f, "{} cannot be used: {error}", path.display())
            }
            StartError::RulesVersion(session, version) => {
                let (name, ours) = (session.name(), Engine::RULES_VERSION);
                write!(
                    f,
                    "session {name} was begun under version {version} of the rule book, and this \
                     program follows version {ours}: end the day with the program that began it"
                )
            }
            StartError::Foreign(folder, session) => {
                let (folder, name) = (folder.display(), session.name());
                write!(f, "{folder} holds the journal of session {name}: give it that name again")
            }
            StartError::Refused(what, refusal) => {
                write!(f, "the configuration cannot be put into force: {what}: {refusal}")
            }
            StartError::OutOfSessions(date) => {
                write!(f, "there have been 99 sessions of {date}: no number is left for another")
            }
        }
    }
}

impl std::error::Error for StartError {}

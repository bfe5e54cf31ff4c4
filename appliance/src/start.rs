//! How a run begins: the day that the journal tells of goes on, or a new one is opened.

mod changes;
mod error;
mod outlets;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;
use matcher::command::{Command, DownCause};
use matcher::engine::{Engine, Step};
use matcher::event::Event;
use matcher::phase::Phase;
use matcher::sequence::Sequencer;
use matcher::settings::{self, Carried};
use protocol_spec::wire::mold::SessionId;
use protocol_spec::words::{Moment, Time};
use recovery::journal::{Batch, Marks, Tail};
use recovery::replay::{Machine, replay_batch};
use recovery::rewind::Store;
use tracing::{info, warn};

use crate::calendar::{Calendar, CalendarDay, Plan, Session};
use crate::checkpoints::{self, Beside, Found};
use crate::config::{Config, Durability, zone};
use crate::folds::Folds;
use crate::hint::Hint;
use crate::journal::{History, Journal, Place};
use crate::marker::Marker;
use crate::progress::Progress as HowFar;
use crate::rewinder::{Begin, Files, Resumed};
use crate::service::Job;
use crate::venue::day::Day;
use crate::world::{Clock, Disk, File, Lines, Use, read_whole};
use outlets::LastBatch;

pub(crate) use outlets::Outlets;

pub use error::StartError;

/// Where the venue's files are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folders {
    /// Journals, a folder a day.
    pub journal: PathBuf,
    /// Replies, a file a day: made anew from the journal whenever it is read.
    pub replies: PathBuf,
    /// The feed, a file a day and its index: they follow from the journal as well.
    pub rewind: PathBuf,
}

/// What the venue begins with.
#[derive(Debug)]
pub(crate) struct Opened<D: Disk> {
    /// The day: the one that is open, else the last one, or none.
    pub(crate) day: Day<D>,
    /// Where no day is open: the next one of the calendar, if it has one.
    pub(crate) waits: Option<Option<Plan>>,
    /// Whether the mark of this run is still to be made: the last run may have lost something, and
    /// no new session hides its own yet.
    pub(crate) unmarked: bool,
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
pub(crate) fn open<D: Disk, L: Lines>(
    config: &Config,
    folders: &Folders,
    clock: &impl Clock,
    disk: &D,
    outlets: &mut Outlets<'_, L>,
    wait: &mut dyn FnMut(),
) -> Result<Opened<D>, StartError> {
    disk.make_folder(&folders.journal).map_err(in_folder(&folders.journal))?;
    look_for_room(config, folders, disk)?;
    let marker = Marker::read(disk, &folders.journal).map_err(in_folder(&folders.journal))?;
    // From here on, until the good end, the run is one that may have lost something.
    let run = Marker::of_run(config, disk, false);
    let mark = || run.write(disk, &folders.journal).map_err(in_folder(&folders.journal));
    let last = last_session(folders, disk)?;
    if marker.as_ref().is_some_and(|marker| marker.may_have_lost(&disk.boot())) {
        warn_of_lossy(last);
        let next = next_day(config, None, clock.time());
        let Some(plan) = next.as_ref().filter(|plan| plan.is_open_at(clock.time())) else {
            return Ok(Opened { day: Day::none(), waits: Some(next), unmarked: true });
        };
        let opening = Opening { plan, state: Last::Lossy, carried: Vec::new(), note: "" };
        let day = begin(config, folders, clock, disk, outlets, &opening)?;
        // Only now: a start that fails before does not hide from the next one what may be lost.
        mark()?;
        return Ok(Opened { day, waits: None, unmarked: false });
    }
    let found = match last {
        Some(session) => {
            if marker.as_ref().is_some_and(|marker| marker.suspect) {
                write_again(disk, &place(config, folders, session))?;
            }
            let found = resume(config, folders, disk, session, outlets, wait);
            if found.is_err() {
                suspect(marker, folders, disk)?;
            }
            found?
        }
        None => None,
    };
    // A session whose journal has nothing was never told to anybody: it is begun again.
    mark()?;
    outlets.now = clock.now();
    let mut day = match found {
        Some((day, last)) => outlets.tell_again(day, &last),
        None => Day::none(),
    };
    let time = clock.time();
    if let Some(plan) = day.plan().filter(|_| !day.machine.engine.has_ended()) {
        let is_past = plan.end <= time;
        take_over(config, &mut day, outlets, time, is_past)?;
        outlets.hand_on(&mut day.machine, wait).map_err(StartError::Service)?;
        if !is_past {
            return Ok(Opened { day, waits: None, unmarked: false });
        }
    }
    let next = next_day(config, day.session(), time);
    let Some(plan) = next.as_ref().filter(|plan| plan.is_open_at(time)) else {
        return Ok(Opened { day, waits: Some(next), unmarked: false });
    };
    // Under the policy `os` a good end of a later day says nothing of this one.
    day.sync().map_err(StartError::Journal)?;
    // Its memory is given back before the next one takes as much.
    let carried = day.machine.engine.carried();
    drop(day);
    let opening = Opening { plan, state: Last::Kept, carried, note: "" };
    let day = begin(config, folders, clock, disk, outlets, &opening)?;
    Ok(Opened { day, waits: None, unmarked: false })
}

/// The day that the calendar has now, or else next: of a date after that of the session `after`.
pub(crate) fn next_day(config: &Config, after: Option<Session>, time: Time) -> Option<Plan> {
    let (calendar, zone) = (&config.venue.calendar, &config.venue.timezone);
    let mut plan = calendar.plan(time, zone)?;
    while plan.is_done_at(time) || after.is_some_and(|after| plan.date <= after.date()) {
        plan = calendar.plan(plan.end, zone)?;
    }
    Some(plan)
}

/// What the calendar has for a date: nothing, if it has no day then, or an operator opened it at
/// `by_hand`, when the calendar's was done.
fn plan_of(calendar: &Calendar, zone: &TimeZone, date: u32, by_hand: Option<Time>) -> Plan {
    let is_other = |plan: &Plan| by_hand.is_some_and(|opened| plan.is_done_at(opened));
    let plan = calendar.plan_of(date, zone).filter(|plan| !is_other(plan));
    plan.unwrap_or_else(|| Plan::by_hand(&CalendarDay::of_session(Session::of(date, 1), zone)))
}

/// Says that a session is left as it is.
fn warn_of_lossy(session: Option<Session>) {
    let Some(session) = session else { return };
    warn!(
        session = session.name(),
        "the machine was started anew after a run with durability \"os\" that did not end in good \
         order: brokers may have been told what the journal lost, so this session is left as it \
         is and a new one is opened"
    );
}

/// What could not be made durable now may pass for written from now on: says so to the next start.
fn suspect(marker: Option<Marker>, folders: &Folders, disk: &impl Disk) -> Result<(), StartError> {
    let Some(marker) = marker.filter(Marker::is_in_memory) else { return Ok(()) };
    let suspect = Marker { suspect: true, ..marker };
    suspect.write(disk, &folders.journal).map_err(in_folder(&folders.journal))
}

/// Writes to the disk what the system remembers of a journal: something could not be made durable
/// before, and the system may not try it again by itself.
fn write_again(disk: &impl Disk, place: &Place) -> Result<(), StartError> {
    let names = disk.list(&place.folder).map_err(in_folder(&place.folder))?;
    for name in names.iter().filter(|name| name.ends_with(".segment")) {
        let path = place.folder.join(name);
        let mut bytes = Vec::new();
        let written = read_whole(disk, &path, &mut bytes).and_then(|()| {
            let mut file = disk.open(&path, Use::Cached)?;
            file.write_at(0, &bytes)?;
            file.sync()
        });
        written.map_err(in_folder(&path))?;
    }
    Ok(())
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
fn take_over<D: Disk, L: Lines>(
    config: &Config,
    day: &mut Day<D>,
    outlets: &mut Outlets<'_, L>,
    time: Time,
    is_past: bool,
) -> Result<(), StartError> {
    let up: Vec<_> = day.machine.folds.seats.up().collect();
    for (port, conn) in up {
        let command = Command::PortDown { port, conn, cause: DownCause::Crash };
        control(day, outlets, time, command, "")?;
    }
    if is_past {
        let session = day.session().expect("a day that is open has a session");
        info!(session = session.name(), "a day of the past is ended");
        day.control(time, Command::EndOfDay, "");
    } else {
        for symbol in changes::unlisted(config, &day.machine) {
            warn!(%symbol, "not in the configuration any more: it is traded until the day ends");
        }
        for user in changes::without_password(config, &day.machine) {
            warn!(%user, "an operator made this port: nobody logs in to it until it is set again");
        }
        for (command, note) in changes::of(config, &day.machine) {
            info!("since the last start: {}", changes::tell(&command, &note));
            control(day, outlets, time, command, &note)?;
        }
        phase(day, outlets, time)?;
    }
    run(day, outlets)
}

/// Moves the day on to the phase that it should be in.
fn phase<D: Disk, L: Lines>(
    day: &mut Day<D>,
    outlets: &mut Outlets<'_, L>,
    time: Time,
) -> Result<(), StartError> {
    let due = day.plan().map_or(Phase::Closed, |plan| plan.phase_at(time));
    if day.machine.engine.phase().is_some_and(|phase| phase < due) {
        control(day, outlets, time, Command::SetPhase(due), "")?;
    }
    Ok(())
}

/// Takes a command into the batch, after the batch was executed if it is full.
fn control<D: Disk, L: Lines>(
    day: &mut Day<D>,
    outlets: &mut Outlets<'_, L>,
    time: Time,
    command: Command,
    note: &str,
) -> Result<(), StartError> {
    if !day.has_room() {
        run(day, outlets)?;
    }
    day.control(time, command, note);
    Ok(())
}

/// A day that is to be opened.
#[derive(Debug)]
pub(crate) struct Opening<'a> {
    /// What the calendar has for it.
    pub(crate) plan: &'a Plan,
    /// What is known of the session before.
    pub(crate) state: Last,
    /// What accounts bring along from it.
    pub(crate) carried: Vec<Carried>,
    /// Who asked for it, as a note.
    pub(crate) note: &'a str,
}

/// Opens a day: the next session of its date. If the clock is behind the last session it is the
/// next one of that date, so that sessions follow one another.
pub(crate) fn begin<D: Disk, L: Lines>(
    config: &Config,
    folders: &Folders,
    clock: &impl Clock,
    disk: &D,
    outlets: &mut Outlets<'_, L>,
    opening: &Opening<'_>,
) -> Result<Day<D>, StartError> {
    let &Opening { plan, state, ref carried, note } = opening;
    let last = last_session(folders, disk)?.filter(|last| last.date() >= plan.date);
    let zone = &config.venue.timezone;
    let plan = match last {
        Some(last) if last.date() > plan.date => {
            plan_of(&config.venue.calendar, zone, last.date(), None)
        }
        _ => plan.clone(),
    };
    let session = match last {
        None => Session::of(plan.date, 1),
        Some(last) if state == Last::Kept && is_empty(config, folders, disk, last)? => last,
        Some(last) if last.incarnation() < Session::MOST => {
            Session::of(plan.date, last.incarnation() + 1)
        }
        Some(_) => return Err(StartError::OutOfSessions(plan.date)),
    };
    let seed = clock.chance();
    let (place, marks) = (place(config, folders, session), marks(config, session, seed));
    let journal = Journal::begin(disk.clone(), place, marks).map_err(StartError::Journal)?;
    let machine = Machine::new(Folds::new());
    let (midnight, sequencer) = (plan.midnight, Sequencer::new(plan.midnight));
    let progress = Arc::<HowFar>::default();
    begin_files(config, (session, beside(folders, session)), outlets, None, &progress);
    outlets.begin(clock.now(), session);
    let mut day = Day::new(session, plan, journal, machine, sequencer, progress);
    let opening = settings::Day {
        session: session.0,
        midnight,
        seed,
        limits: config.limits,
        rules_version: Engine::RULES_VERSION,
        carried: carried.clone(),
    };
    let time = clock.time();
    day.control(time, Command::OpenDay(opening.into()), note);
    run(&mut day, outlets)?;
    let commands = changes::of(config, &day.machine);
    for (command, note) in commands {
        control(&mut day, outlets, time, command, &note)?;
    }
    phase(&mut day, outlets, time)?;
    run(&mut day, outlets)?;
    let (ports, symbols) = (config.ports.len(), config.instruments.len());
    info!(session = session.name(), ports, symbols, "a day is opened");
    if config.journal.keep_days > 0 {
        let Folders { journal, replies, rewind } = folders.clone();
        let days = config.journal.keep_days;
        outlets.errands.ask(Job::Expire { journal, replies, rewind, begun: session, days });
    }
    Ok(day)
}

/// What the segments of a session's journal bear.
fn marks(config: &Config, session: Session, salt: u64) -> Marks {
    let mut zone = [b' '; 32];
    let name = config.venue.timezone_name.as_bytes();
    zone[..name.len()].copy_from_slice(name);
    let (unit, rules_version) = (config.venue.unit, Engine::RULES_VERSION);
    Marks { session: session.0, unit, zone, rules_version, salt }
}

/// Goes on from the newest checkpoint of a session and executes what its journal has behind it, or
/// all of the journal; `None` if there is nothing in it.
fn resume<D: Disk, L: Lines>(
    config: &Config,
    folders: &Folders,
    disk: &D,
    session: Session,
    outlets: &mut Outlets<'_, L>,
    wait: &mut dyn FnMut(),
) -> Result<Option<(Day<D>, LastBatch)>, StartError> {
    let place = place(config, folders, session);
    let history = History::find(disk, &place).map_err(StartError::History)?;
    warn_of_skips(&history);
    let mut progress = Progress::new();
    let (beside, how_far) = (beside(folders, session), Arc::<HowFar>::default());
    let of = (session, &beside, config.recovery.memory);
    let found = checkpoints::newest(disk, &place.folder, &history, of);
    let mut found = found.map_err(|(path, error)| StartError::File(path, error))?;
    begin_files(config, (session, beside), outlets, found.as_mut(), &how_far);
    let (mut machine, behind, from) = match found {
        Some(Found { path, head, machine, .. }) => {
            let from = (path, machine.engine.last_command());
            (machine, Some(head), Some(from))
        }
        None => (Machine::new(Folds::new()), None, None),
    };
    let (mut scratch, mut failed) = (Vec::new(), None);
    let mut last = LastBatch::behind(&machine);
    let on_batch = |batch: &Batch<'_>| {
        let count = replay_batch(&mut machine, batch, &Hint, &mut scratch)?;
        last.keep(&machine.folds.published.rewind.fresh());
        failed = failed.take().or_else(|| outlets.hand_on(&mut machine, wait).err());
        progress.count(count);
        Ok(())
    };
    let read = match &behind {
        Some(head) => history.read_behind(&head.marks, &head.cursor, on_batch),
        None => history.read(on_batch),
    };
    failed.map_or(Ok(()), |error| Err(StartError::Service(error)))?;
    let Some((marks, tail)) = read.map_err(StartError::History)? else { return Ok(None) };
    if marks.session != session.0 {
        return Err(StartError::Foreign(place.folder, Session(marks.session)));
    }
    // Told by the mark: an opening under another rule book is one that the engine refuses.
    if marks.rules_version != Engine::RULES_VERSION {
        return Err(StartError::RulesVersion(session, marks.rules_version));
    }
    let Some(opening) = machine.engine.day() else { return Ok(None) };
    warn_of_loss(&history, &tail);
    let commands = machine.engine.last_command();
    let (checkpoint, took) = (from.as_ref().map_or(0, |(_, no)| no.0), progress.start.elapsed());
    let (session_name, replayed) = (session.name(), progress.commands);
    info!(session = session_name, %commands, checkpoint, replayed, ?took, "the day goes on");
    let midnight = opening.midnight;
    let zone = zone_of(&marks, config);
    let configured = &machine.folds.configured;
    let by_hand = configured.by_hand.then_some(configured.opened);
    let plan = plan_of(&config.venue.calendar, &zone, session.date(), by_hand);
    let sequencer = Sequencer::after(midnight, commands, machine.engine.time());
    history.remove_behind(&tail).map_err(in_folder(&place.folder))?;
    let skipped = history.skips().iter().map(|skip| skip.command).collect();
    let journal = Journal::resume(disk.clone(), place, marks, tail).map_err(StartError::Journal)?;
    let mut day = Day::new(session, plan, journal, machine, sequencer, how_far);
    (day.from, day.skipped) = (from, skipped);
    Ok(Some((day, last)))
}

/// Says what is cut off a journal.
fn warn_of_loss<D: Disk>(history: &History<'_, D>, tail: &Tail) {
    if let Some(lost) = history.lost(tail) {
        let (path, offset) = (lost.path.display(), lost.offset);
        warn!(%path, offset, bytes = lost.bytes, "a torn write is cut off: it was told to nobody");
    }
}

/// Says which commands of a day are passed over, and why.
fn warn_of_skips<D: Disk>(history: &History<'_, D>) {
    for skip in history.skips() {
        let (command, who, when) = (skip.command, &skip.who, skip.date());
        warn!(%command, who, when, "a command is skipped: {}", skip.why);
    }
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

/// Executes the commands of a start, none of which a rule may forbid, and tells what is published:
/// no batch is kept before that.
fn run<D: Disk, L: Lines>(
    day: &mut Day<D>,
    outlets: &mut Outlets<'_, L>,
) -> Result<(), StartError> {
    day.make_ready().map_err(StartError::Journal)?;
    day.commit().map_err(StartError::Journal)?;
    while let Some((command, note, machine)) = day.current() {
        let step = machine.step(command, note);
        if let Some(Event::Refused(refusal)) = machine.events().last() {
            let what = changes::tell(&command.command, note);
            return Err(StartError::Refused(what, *refusal));
        }
        if step == Step::Done {
            day.advance();
        }
    }
    outlets.publish(&mut day.machine);
    day.on_told();
    Ok(())
}

/// Has those who keep the files beside a journal go on behind what was found, or make them anew.
fn begin_files<L>(
    config: &Config,
    (session, beside): (Session, Beside),
    outlets: &mut Outlets<'_, L>,
    found: Option<&mut Found>,
    progress: &Arc<HowFar>,
) {
    let Beside { replies, feed: files } = beside;
    let found = found.map(|found| (found.head.replies.bytes, found.feed.take()));
    let (filed, resumed) = found.unwrap_or_default();
    let progress = || Arc::clone(progress);
    outlets.errands.ask(match filed {
        0 => Job::Day(replies, progress()),
        bytes => Job::Resume(replies, bytes, progress()),
    });
    let memory = usize::try_from(config.recovery.memory).unwrap_or(usize::MAX);
    let (store, from) = match resumed {
        Some(Resumed { store, index_bytes }) => (store, Some(index_bytes)),
        None => (Store::new(SessionId { 0: session.0 }, memory, crc32c::crc32c_append), None),
    };
    outlets.publications.begin(Begin { files, store, from, progress: progress() });
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

/// The files beside the journal of a session.
pub(crate) fn beside(folders: &Folders, session: Session) -> Beside {
    let replies = folders.replies.join(format!("{}.replies", session.name()));
    Beside { replies, feed: Files::of(&folders.rewind, session) }
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

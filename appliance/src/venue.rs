//! The core: one loop from the brokers' bytes to their replies.
//!
//! ```text
//!   ready streams ──▶ intake: frame, stamp, batch ──▶ commit: one durable write
//!         ▲                                                 │
//!         └── output: replies to streams ◀── execute: engine, replies, outbox ◀─┘
//!                                               └── feed: messages to the lines
//! ```
//!
//! [`Venue::step`] goes round once. Nothing in it waits but the poll for ready streams, when there
//! is nothing else to do, and the write of the batch. A command that does much is executed over
//! several rounds, and nothing else is taken in meanwhile; heartbeats go on.

mod alarms;
mod connection;
pub(crate) mod day;
mod ending;
mod execute;
pub(crate) mod feed;
mod gauges;
mod inquiries;
mod intake;
mod login;
mod operator;
mod output;
mod stage;
mod status;

use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::Receiver;
use matcher::command::Command;
use order_entry::desk::Desk;
use protocol_spec::session::soup::ServerConfig;
use protocol_spec::words::{Moment, PortId, Time};
use tracing::{error, info, warn};

use crate::admin::Inquiry;
use crate::config::{Config, PortEntry};
use crate::counters::Counters;
use crate::follower::Lead;
use crate::meters::{Meters, StageOfTurn};
use crate::rewinder::Publications;
use crate::service::{Asker, Done, Errands, Job};
use crate::start::{self, Folders, Outlets, StartError};
use crate::world::{Clock, Disk, Ready, StreamId, Streams, World};
use alarms::Alarms;
use connection::{Connection, Connections, Seat};
use day::Day;
use feed::Feed;
use gauges::Gauges;
use inquiries::Operator;
use stage::Stage;

pub use stage::{Outcome, Turn};

/// Most strangers that are taken in during a round: each takes as long as a few orders.
const ACCEPTS: usize = 16;
/// Alarms that ring during a round, so that orders need not wait for many heartbeats; and the part
/// of all connections whose alarms may, so that those of many have their turn in time.
const ALARMS: (usize, usize) = (8, 512);
/// How long the door is left alone after someone could not be taken in.
const KNOCK: Duration = Duration::from_millis(100);
/// The longest time that the poll may wait: a clock that was set is noticed so late.
const LONGEST_WAIT: Duration = Duration::from_secs(1);
/// The poll waits whole ones of this; what is shorter is spun.
const TICK: Duration = Duration::from_millis(1);

/// The venue's core.
#[derive(Debug)]
pub struct Venue<W: World> {
    config: Config,
    /// How a broker's connection is kept.
    server: ServerConfig,
    clock: W::Clock,
    streams: W::Streams,
    disk: W::Disk,
    folders: Folders,
    errands: Errands,
    publications: Publications,
    feed: Feed<W::Lines>,
    lead: Lead,
    desk: Desk,
    /// The ports of the day, as the configuration and the operators have them.
    ports: Vec<PortEntry>,
    day: Day<W::Disk>,
    stage: Stage,
    connections: Connections,
    alarms: Alarms,
    /// The connection number that a port has by the commands stamped so far, by port.
    stamped: Vec<Option<u64>>,
    /// The last number given to a connection of a port.
    last_conn: u64,
    /// Logins whose command is being kept.
    entering: Vec<(u64, Asker)>,
    operator: Operator,
    /// Whether the mark of this run is still to be made, when the next day is open.
    unmarked: bool,
    /// Passwords that wait to be checked, and whether one is being checked: one at a time, so that
    /// who has left by then costs nothing.
    unchecked: VecDeque<Asker>,
    is_checking: bool,
    /// Connections that may have something to read.
    ready: Vec<StreamId>,
    heard: Vec<Ready>,
    /// Whether someone may wait at the door.
    is_door_ready: bool,
    /// When the door is tried again, after someone could not be taken in.
    knock: Option<Moment>,
    /// Who came in and was not logged in then, the first of them first.
    strangers: VecDeque<Asker>,
    /// The last round in which something happened.
    active: Moment,
    spin: Duration,
    /// Whether the disk was low when it was looked at last.
    is_disk_low: bool,
    now: Moment,
    told_counters: Moment,
    counters: Counters,
    gauges: Gauges,
}

/// The world of a venue and its queues to the service.
#[derive(Debug)]
pub struct Parts<W: World> {
    /// The clock.
    pub clock: W::Clock,
    /// The streams.
    pub streams: W::Streams,
    /// The lines of the feed.
    pub lines: W::Lines,
    /// The disk.
    pub disk: W::Disk,
    /// Where its files are.
    pub folders: Folders,
    /// The way to the service.
    pub errands: Errands,
    /// The way to the rewinder.
    pub publications: Publications,
    /// What operators ask.
    pub operator: Receiver<Inquiry>,
    /// Where figures are told to whoever reads them.
    pub meters: Arc<Meters>,
    /// What it tells whoever follows.
    pub lead: Lead,
    /// How long the poll spins before it sleeps.
    pub spin: Duration,
}

impl<W: World> Venue<W> {
    /// Opens the venue: goes on with the day that its journal tells of, or begins one. `wait` is
    /// called while the service has to catch up.
    ///
    /// # Errors
    /// If the journal cannot be read or written, or is not one to go on with.
    pub fn open(
        config: Config,
        parts: Parts<W>,
        wait: &mut dyn FnMut(),
    ) -> Result<Self, StartError> {
        let Parts { clock, streams, lines, disk, folders, operator, meters, lead, spin, .. } =
            parts;
        let Parts { mut errands, mut publications, .. } = parts;
        let mut feed = Feed::new(lines, &config.feed);
        let outlets = &mut Outlets {
            errands: &mut errands,
            publications: &mut publications,
            feed: &mut feed,
            now: clock.now(),
        };
        let opened = start::open(&config, &folders, &clock, &disk, outlets, wait)?;
        let (now, started) = (clock.now(), clock.time());
        let server = ServerConfig {
            login_timeout: config.order_entry.login_timeout,
            idle_timeout: config.order_entry.idle_timeout,
            ..ServerConfig::default()
        };
        let mut venue: Venue<W> = Venue {
            server,
            clock,
            streams,
            disk,
            folders,
            errands,
            publications,
            feed,
            lead,
            desk: Desk::new(),
            ports: Vec::new(),
            day: opened.day,
            stage: opened.waits.map_or(Stage::Open, |next| Stage::Waiting { next }),
            connections: Connections::default(),
            alarms: Alarms::default(),
            stamped: Vec::new(),
            last_conn: 0,
            entering: Vec::new(),
            operator: Operator::new(operator),
            unmarked: opened.unmarked,
            unchecked: VecDeque::new(),
            is_checking: false,
            ready: Vec::new(),
            heard: Vec::new(),
            is_door_ready: true,
            knock: None,
            strangers: VecDeque::new(),
            active: now,
            spin,
            is_disk_low: false,
            now,
            told_counters: now,
            counters: Counters::default(),
            gauges: Gauges::new(meters, started),
            config,
        };
        // Until the service looks for the first time.
        venue.gauges.free = venue.disk.free(&venue.folders.journal).ok();
        venue.greet();
        venue.say_what_comes();
        Ok(venue)
    }

    /// Learns whom the day knows, and tells of it who follows.
    fn greet(&mut self) {
        if let Some(session) = self.day.session() {
            let beside = start::beside(&self.folders, session);
            self.lead.begin(self.day.course(beside));
        }
        self.ports.clone_from(&self.config.ports);
        self.admit();
        self.stamped.clear();
        self.last_conn = self.day.machine.folds.seats.last_conn();
        self.gauges.is_held_old = true;
    }

    /// Puts names and passwords of the day's ports on the desk.
    fn admit(&mut self) {
        self.desk.clear();
        let roster = &self.day.machine.folds.roster;
        for entry in &self.ports {
            if let Some(port) = roster.port(entry.username) {
                self.desk.admit(entry.username, entry.password.clone(), port);
            }
        }
    }

    /// Goes round once.
    pub fn step(&mut self) -> Turn {
        self.listen();
        self.now = self.clock.now();
        self.hear_service();
        self.hear_streams();
        self.let_strangers_in();
        self.hear_operators();
        let mut kept = false;
        if self.stage.is_stopping() {
            self.take_in();
        } else if self.day.is_idle() && self.may_take_in() {
            self.take_in();
            self.follow_operators();
            self.on_time();
            kept = self.keep();
        }
        self.execute();
        if kept {
            let now = self.clock.now();
            self.gauges.record(StageOfTurn::Execute, now - self.active);
            self.gauges.record(StageOfTurn::Turn, now - self.now);
        }
        self.ring();
        self.feed.on_timeout(self.now);
        self.errands.pass_on();
        self.publications.pass_on();
        self.lead.pass_on();
        if let Some((place, segment)) = self.day.poll_wanted() {
            self.errands.ask(Job::Zero(place, segment));
        }
        self.publish();
        self.tell_counters();
        self.proceed()
    }

    /// Whether orders can be taken in: there is room for what follows, in the journal and with who
    /// keeps what is told.
    fn may_take_in(&self) -> bool {
        self.day.is_ready() && !self.are_others_behind()
    }

    /// Whether who keeps replies or messages has fallen behind.
    fn are_others_behind(&self) -> bool {
        self.errands.is_behind() || self.publications.is_behind()
    }

    /// Waits until something is ready or due.
    fn listen(&mut self) {
        let wait = self.patience();
        if let Err(error) = self.streams.poll(Some(wait), &mut self.heard) {
            self.fail(format!("the system does not tell which streams are ready: {error}"));
        }
        if !self.heard.is_empty() {
            self.active = self.clock.now();
        }
    }

    /// How long the poll may wait.
    fn patience(&self) -> Duration {
        let now = self.clock.now();
        // Who has failed has nothing left to do but farewells.
        let has_failed = self.stage.has_failed();
        let has_work = !has_failed && (!self.day.is_idle() || !self.day.is_empty());
        let is_busy = has_work || self.is_door_ready || self.operator.is_asked();
        if !has_failed && !self.may_take_in() {
            // Whoever makes room wakes the poll.
            return if self.day.is_idle() { TICK } else { Duration::ZERO };
        }
        if is_busy || !self.ready.is_empty() || now - self.active < self.spin {
            return Duration::ZERO;
        }
        let mut wait = LONGEST_WAIT;
        let alarms = [self.alarms.next(), self.knock, self.feed.poll_timeout()];
        for alarm in alarms.into_iter().flatten() {
            wait = wait.min(alarm - now);
        }
        let time = self.clock.time();
        for due in self.dues().into_iter().flatten() {
            wait = wait.min(Duration::from_nanos(due.0.saturating_sub(time.0)));
        }
        // The poll counts in whole milliseconds and rounds up.
        if wait < TICK { Duration::ZERO } else { wait - TICK }
    }

    /// When the time alone makes something happen.
    fn dues(&self) -> [Option<Time>; 3] {
        let plan = match &self.stage {
            Stage::Open => self.day.plan(),
            Stage::Waiting { next: Some(next) } => return [Some(next.opens), None, None],
            _ => None,
        };
        let Some(plan) = plan else { return [None; 3] };
        let engine = &self.day.machine.engine;
        let next = engine.phase().and_then(|phase| plan.next_phase(phase));
        [engine.next_due(), next.map(|(at, _)| at), Some(plan.end)]
    }

    /// Takes the answers of the service.
    fn hear_service(&mut self) {
        while let Some(done) = self.errands.poll() {
            match done {
                Done::Zeroed(place, segment) => self.day.on_ready(&place, segment),
                Done::Verified { who, right } => self.on_verified(who, right),
                Done::Fetched { who, block } => {
                    if let Some(connection) = self.connections.asker(who) {
                        connection.fetching = false;
                        connection.block = Some(block);
                        self.settle(who.stream);
                    }
                }
                Done::Free(free) => self.on_free(free),
                Done::Failed(error) => self.fail(error.to_string()),
            }
        }
    }

    /// Looks at what is left on the disk.
    fn on_free(&mut self, free: u64) {
        self.gauges.free = Some(free);
        let journal = &self.config.journal;
        let folder = self.folders.journal.display().to_string();
        let was_low = std::mem::replace(&mut self.is_disk_low, free < journal.low_disk_warn);
        if free < journal.low_disk_stop {
            let stop = journal.low_disk_stop;
            self.fail(format!(
                "{free} bytes are left on the disk of {folder}, below low_disk_stop = {stop}"
            ));
        } else if self.is_disk_low && !was_low {
            let stop = journal.low_disk_stop;
            warn!(free, folder, "the disk gets full: order entry closes below {stop} bytes");
        }
    }

    /// Takes what the poll said.
    fn hear_streams(&mut self) {
        let mut heard = std::mem::take(&mut self.heard);
        for ready in heard.drain(..) {
            let Ready::Stream { id, readable, writable, closed } = ready else {
                self.is_door_ready = true;
                continue;
            };
            let Some(connection) = self.connections.get(id) else { continue };
            connection.is_closed |= closed;
            if readable {
                connection.readable = true;
                self.list(id);
            }
            if writable && self.unblock(id) {
                self.settle(id);
            }
        }
        self.heard = heard;
    }

    /// Marks a connection to be looked at by the intake.
    fn list(&mut self, id: StreamId) {
        if let Some(connection) = self.connections.get(id)
            && !std::mem::replace(&mut connection.listed, true)
        {
            self.ready.push(id);
        }
    }

    /// Takes in who waits at the door.
    fn let_strangers_in(&mut self) {
        self.is_door_ready |= self.knock.take_if(|knock| *knock <= self.now).is_some();
        for _ in 0..ACCEPTS {
            if !self.is_door_ready {
                return;
            }
            match self.streams.accept() {
                Ok(Some((id, peer))) => self.greet_stranger(id, peer),
                Ok(None) => self.is_door_ready = false,
                Err(error) => {
                    // The poll does not tell again of who waits there already.
                    self.is_door_ready = error.kind() == io::ErrorKind::ConnectionAborted;
                    self.knock = Some(self.now + KNOCK);
                    warn!(%error, "a connection could not be taken in");
                }
            }
        }
    }

    fn greet_stranger(&mut self, id: StreamId, peer: std::net::SocketAddr) {
        let serial = self.connections.next_serial();
        self.counters.connections += 1;
        // While the next day is awaited brokers wait as well, and it is not for long.
        let crowd = self.connections.strangers >= self.config.order_entry.max_pending;
        if crowd && !self.stage.waits_for_a_day() {
            self.turn_away();
        }
        let connection = Connection::new(self.now, serial, peer, &self.server);
        self.connections.insert(id, connection);
        let connection = self.connections.get(id).expect("it was put there");
        if !self.stage.takes_logins() {
            connection.server.dismiss(self.now, "order entry is closed");
        }
        while let Some(&first) = self.strangers.front()
            && !self.is_stranger(first)
        {
            self.strangers.pop_front();
        }
        self.strangers.push_back(Asker { stream: id, serial });
        self.list(id);
        self.settle(id);
    }

    /// Makes room for a stranger: who has been one for the longest goes, so that nobody can keep
    /// brokers out by saying nothing.
    fn turn_away(&mut self) {
        while let Some(who) = self.strangers.pop_front() {
            if !self.is_stranger(who) {
                continue;
            }
            self.counters.turned_away += 1;
            self.connections.strangers -= 1;
            let connection = self.connections.asker(who).expect("it is a stranger");
            connection.server.dismiss(self.now, "too many connections wait to log in");
            connection.seat = Seat::Gone;
            self.list(who.stream);
            self.settle(who.stream);
            return;
        }
    }

    /// Whether a connection is there and has not proven who it is.
    fn is_stranger(&mut self, who: Asker) -> bool {
        let connection = self.connections.asker(who);
        connection
            .is_some_and(|connection| matches!(connection.seat, Seat::Stranger | Seat::Checking(_)))
    }

    /// Stamps what is due though nothing came: ticks, phases, the end of the day.
    fn on_time(&mut self) {
        if !self.stage.is_open() {
            return;
        }
        let time = self.clock.time();
        let plan = self.day.plan().expect("a day that is open has a plan");
        let engine = &self.day.machine.engine;
        let (ends, due_phase) = (plan.end <= time, plan.phase_at(time));
        if ends || self.day.is_over {
            self.end_day(time, "");
        } else if engine.phase().is_some_and(|phase| phase < due_phase) {
            info!("phase {due_phase:?}, by the calendar");
            self.day.control(time, Command::SetPhase(due_phase), "");
        } else if self.day.is_empty() && engine.next_due().is_some_and(|due| due <= time) {
            self.day.control(time, Command::Tick, "");
        }
    }

    /// Keeps the batch, if there is one; whether there was.
    fn keep(&mut self) -> bool {
        if self.day.is_empty() || self.stage.has_failed() {
            return false;
        }
        let begun = self.clock.now();
        match self.day.commit() {
            Ok((commands, bytes)) => {
                self.counters.batches += 1;
                self.counters.commands += commands as u64;
                self.counters.journal_bytes += bytes as u64;
                self.active = self.clock.now();
                self.gauges.record(StageOfTurn::Intake, begun - self.now);
                self.gauges.record(StageOfTurn::Commit, self.active - begun);
                true
            }
            Err(error) => {
                self.fail(error.to_string());
                false
            }
        }
    }

    /// Looks at the connections whose time has come.
    fn ring(&mut self) {
        for _ in 0..ALARMS.0.max(self.connections.count / ALARMS.1) {
            let Some((at, who)) = self.alarms.poll(self.now) else { return };
            let stall = self.config.order_entry.stall_timeout;
            let Some(connection) = self.connections.asker(who) else { continue };
            if connection.alarm != Some(at) {
                continue;
            }
            connection.alarm = None;
            self.overhear(who.stream);
            let Some(connection) = self.connections.asker(who) else { continue };
            if connection.blocked.is_none_or(|since| self.now - since < stall) {
                connection.server.on_timeout(self.now);
            } else if !self.probe(who.stream) {
                self.let_go_of_stalled(who.stream);
            }
            // Its end, if this was it, is taken by the intake.
            self.list(who.stream);
            self.settle(who.stream);
        }
    }

    /// A connection has taken nothing for too long.
    fn let_go_of_stalled(&mut self, id: StreamId) {
        let Some(connection) = self.connections.get(id) else { return };
        let (peer, seat) = (connection.peer, connection.seat);
        self.counters.stalled += 1;
        warn!(%peer, ?seat, "a connection that does not read is closed");
        connection.server.on_broken(self.now);
    }

    /// Tells the counters every so often, if there is anything new.
    fn tell_counters(&mut self) {
        if self.now - self.told_counters >= self.config.log.counters_every {
            self.told_counters = self.now;
            self.count();
            if self.counters.are_news() {
                info!("{}", self.counters);
            }
        }
    }

    /// Brings the counters up to date that others keep.
    fn count(&mut self) {
        let folds = &self.day.machine.folds;
        self.counters.replies = folds.replies.count();
        self.counters.messages = folds.published.count();
        self.counters.holding = self.connections.holding();
    }

    /// The connection number that a port has by what was stamped.
    fn stamped(&mut self, port: PortId) -> &mut Option<u64> {
        let at = usize::from(port.0);
        if at >= self.stamped.len() {
            self.stamped.resize(at + 1, None);
        }
        &mut self.stamped[at]
    }

    /// The venue cannot go on: closes order entry, tells everybody, and ends.
    fn fail(&mut self, reason: String) {
        if self.stage.has_failed() {
            return;
        }
        error!("{reason}; order entry is closed");
        self.close_all(&format!("order entry is closed: {reason}"));
        self.stage = Stage::Stopping { until: self.deadline(), failure: Some(reason) };
    }

    /// Asks the venue to stop: what it has is executed and told, and the day goes on with the next
    /// start.
    pub fn stop(&mut self) {
        self.stage.ask_to_stop();
    }

    /// The state of the day, for whoever looks on.
    #[must_use]
    pub fn machine(&self) -> &recovery::replay::Machine<crate::folds::Folds> {
        &self.day.machine
    }

    /// What became of the checkpoints.
    #[must_use]
    pub fn checkpoints(&self) -> &crate::follower::Checkpoints {
        self.lead.checkpoints()
    }

    /// The way to the rewinder.
    #[must_use]
    pub fn publications(&self) -> &Publications {
        &self.publications
    }

    /// The session of the day, if there is one.
    #[must_use]
    pub fn session(&self) -> Option<crate::calendar::Session> {
        self.day.session()
    }

    /// What was counted.
    pub fn counters(&mut self) -> &Counters {
        self.count();
        &self.counters
    }

    /// The time of the world.
    fn time(&self) -> Time {
        self.clock.time()
    }
}

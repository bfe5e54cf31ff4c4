//! What operators want, and what becomes of it.
//!
//! ```text
//!   Inquiry ──▶ wanted ── follow ──▶ asked: a command with its number ── executed ──▶ answers
//!      └── status: answered at once          the batch, the journal        once it is handed on
//! ```
//!
//! An operator's command goes the way of everybody's: into the batch, which is kept, and then
//! executed. Its note in the journal says who gave it. It is answered when what it caused has been
//! handed on; if the venue fails before, it is not answered, for nobody knows.

use std::collections::BTreeMap;

use matcher::command::{Command, DownCause, OperatorCancel, SetState, Switchable};
use matcher::order::Side;
use matcher::settings;
use protocol_spec::wire::text::Alpha;
use protocol_spec::words::PortId;

use super::Venue;
use super::connection::{Flood, Seat};
use super::inquiries::{Begun, Change, tell};
use super::stage::Stage;
use crate::admin::{self, Answer, Inquiry, Request, Wanted};
use crate::calendar::{CalendarDay, Plan, Session};
use crate::config::{Config, PortEntry};
use crate::note;
use crate::world::World;

/// Why nothing was begun.
type Refused = Answer;

impl<W: World> Venue<W> {
    /// Hears what operators want.
    pub(super) fn hear_operators(&mut self) {
        while let Ok(Inquiry { by, wanted, answer }) = self.operator.inquiries.try_recv() {
            if let Wanted::Request(Request::Status) = wanted {
                let status = self.status();
                tell(answer, Answer::Status(Box::new(status)));
                // One in a round: it is about every port.
                break;
            }
            self.operator.wanted.push_back(Inquiry { by, wanted, answer });
        }
        if self.stage.is_on_its_way_out() {
            for Inquiry { answer, .. } in self.operator.wanted.drain(..) {
                tell(answer, Answer::refused("stopping", "the venue stops: nothing was done"));
            }
        }
    }

    /// Begins with the next thing that operators want: one in a round, since it may depend on what
    /// became of the one before.
    pub(super) fn follow_operators(&mut self) {
        let Some(Inquiry { by, wanted, answer }) = self.operator.wanted.pop_front() else { return };
        // Nothing is begun for who is told already that nobody answers.
        if answer.is_closed() {
            return;
        }
        if let Wanted::Request(Request::OpenDay) = wanted {
            let answered = self.open_day(&by);
            self.operator.answers.push((answer, answered));
            return;
        }
        match self.begin(&by, wanted) {
            Ok(begun) => self.operator.begun(begun, answer),
            Err(refused) => self.operator.answers.push((answer, refused)),
        }
    }

    /// Opens the next day, or another one of the same date, before the calendar does.
    fn open_day(&mut self, by: &str) -> Answer {
        if !self.stage.is_waiting() {
            return Answer::refused("day-open", "a day is open, or is being ended");
        }
        let (time, zone) = (self.time(), &self.config.venue.timezone);
        let today = CalendarDay::at(time, zone);
        let plan = match self.config.venue.calendar.plan_of(today.date, zone) {
            Some(plan) if !plan.is_done_at(time) => plan,
            _ => Plan::by_hand(&today),
        };
        let last = self.day.session().filter(|last| last.date() == plan.date);
        if last.is_some_and(|last| last.incarnation() >= Session::MOST) {
            let text = format!("there have been {} sessions of this date", Session::MOST);
            return Answer::refused("out-of-sessions", text);
        }
        if !self.next_day(&plan, &note::by(by, "")) {
            return Answer::refused("failed", "the day could not be opened: see the venue's log");
        }
        let session = self.day.session().expect("a day was opened");
        let text = format!("session {} is open", session.name());
        Answer::Done { session: session.name().to_owned(), command: Some(1), text }
    }

    /// Takes the command for what is wanted into the batch.
    fn begin(&mut self, by: &str, wanted: Wanted) -> Result<Begun, Refused> {
        if !self.stage.is_open() {
            let ended = self.day.session().is_some();
            let refusal = if ended { "day-ended" } else { "day-not-open" };
            return Err(Answer::refused(
                refusal,
                "no day is open: outcry admin open-day opens one",
            ));
        }
        let plain = Change::Nothing;
        match wanted {
            Wanted::Break { session, .. } if !self.is_session(&session) => {
                // Match numbers begin anew with each day.
                let text = format!("the trade is one of session {session}, which is over");
                Err(Answer::refused("another-session", text))
            }
            Wanted::Break { trade, .. } => {
                let text = format!("trade {} of {} is broken", trade.match_no, trade.symbol);
                self.order(by, Command::BreakTrade(trade), "", text, plain)
            }
            Wanted::Request(Request::Instrument { symbol, set }) => {
                self.set_instrument(by, &symbol, &set)
            }
            Wanted::Request(Request::Port { username, set }) => self.set_port(by, &username, &set),
            Wanted::Request(Request::Kick { port }) => self.kick(by, &port),
            Wanted::Request(Request::EndDay) => {
                let time = self.time();
                let no = self.end_day(time, &note::by(by, ""));
                let no = no.expect("the end of a day always has a time");
                Ok(Begun { no, text: "the day is ended".to_owned(), change: plain })
            }
            Wanted::Request(request) => {
                let (command, text) = self.command(&request)?;
                self.order(by, command, "", text, plain)
            }
        }
    }

    fn is_session(&self, name: &str) -> bool {
        self.day.session().is_some_and(|session| session.name() == name)
    }

    /// The command that a request is, and what it does.
    fn command(&self, request: &Request) -> Result<(Command, String), Refused> {
        Ok(match request {
            Request::Phase { phase } => {
                let to = admin::phase(phase);
                let to = to.ok_or_else(|| misuse(format!("there is no phase \"{phase}\"")))?;
                (Command::SetPhase(to), format!("phase {phase}"))
            }
            Request::State { symbol, state, reason } => {
                let overlay = admin::state(state);
                let overlay =
                    overlay.ok_or_else(|| misuse(format!("there is no state \"{state}\"")))?;
                let what = symbol.as_deref().unwrap_or("every security").to_owned();
                let symbol = symbol.as_deref().map(|text| name("symbol", text)).transpose()?;
                let reason = name::<4>("reason", reason)?.0;
                let text = match overlay {
                    matcher::phase::Overlay::None => format!("{what} is released"),
                    _ => format!("{what} is {state}"),
                };
                (Command::SetState(SetState { symbol, overlay, reason }), text)
            }
            Request::CancelAll { port, firm, symbol, side } => {
                let filter = OperatorCancel {
                    port: port.as_deref().map(|user| self.port_of(user)).transpose()?,
                    firm: firm.as_deref().map(|text| name("firm", text)).transpose()?,
                    symbol: symbol.as_deref().map(|text| name("symbol", text)).transpose()?,
                    side: side.as_deref().map(side_of).transpose()?,
                };
                (Command::OperatorCancel(filter), "what matches is canceled".to_owned())
            }
            Request::Switch { port, firm, off } => {
                let whom = match (port, firm) {
                    (Some(user), None) => Switchable::Port(self.port_of(user)?),
                    (None, Some(firm)) => Switchable::Firm(name("firm", firm)?),
                    (Some(user), Some(firm)) => {
                        Switchable::FirmOnPort(self.port_of(user)?, name("firm", firm)?)
                    }
                    (None, None) => return Err(misuse("name a port, a firm or both".to_owned())),
                };
                let words: Vec<&str> = [port, firm].into_iter().flatten().map(|s| &**s).collect();
                let is = if *off { "stopped" } else { "allowed" };
                let text = format!("order entry of {} is {is}", words.join(", firm "));
                (Command::OperatorSwitch { whom, off: *off }, text)
            }
            other => return Err(misuse(format!("{other:?} is no command of a day"))),
        })
    }

    /// Takes a command into the batch, with who gave it.
    fn order(
        &mut self,
        by: &str,
        command: Command,
        subject: &str,
        text: String,
        change: Change,
    ) -> Result<Begun, Refused> {
        let time = self.time();
        let over = || Answer::refused("day-over", "the day has no more time: it is being ended");
        let no = self.day.control(time, command, &note::by(by, subject)).ok_or_else(over)?;
        Ok(Begun { no, text, change })
    }

    /// Lists a security, or has it traded in another way.
    fn set_instrument(
        &mut self,
        by: &str,
        symbol: &str,
        set: &BTreeMap<String, String>,
    ) -> Result<Begun, Refused> {
        let known = name("symbol", symbol).ok();
        let mut instruments = self.day.machine.engine.instruments();
        let base = instruments.find(|instrument| Some(instrument.symbol) == known);
        let is = if base.is_some() { "changed" } else { "listed" };
        let instrument = Config::instrument(symbol, base, set)
            .map_err(|error| Answer::refused("bad-settings", error))?;
        drop(instruments);
        let text = format!("{symbol} is {is}");
        let command = Command::SetInstrument(Box::new(instrument));
        self.order(by, command, "", text, Change::Nothing)
    }

    /// Makes a port, or changes what it may do.
    fn set_port(
        &mut self,
        by: &str,
        username: &str,
        set: &BTreeMap<String, String>,
    ) -> Result<Begun, Refused> {
        let user = name::<6>("username", username)?;
        let roster = &self.day.machine.folds.roster;
        let known = roster.port(user);
        let number = known.unwrap_or_else(|| roster.free());
        let mut base = self.ports.iter().find(|entry| is_user(entry, user)).cloned();
        // What the day knows of it counts, whoever set it.
        let mut ports = self.day.machine.engine.ports();
        if let (Some(base), Some(today)) = (&mut base, ports.find(|port| port.number == number)) {
            base.settings = today.clone();
        }
        drop(ports);
        let entry = Config::port(username, base.as_ref(), set)
            .map_err(|error| Answer::refused("bad-settings", error))?;
        let port = settings::Port { number, ..entry.settings.clone() };
        let is = if known.is_some() { "changed" } else { "made" };
        let text = format!("port {number} of {username} is {is}");
        let subject = entry.username.to_string();
        let change = Change::Port(Box::new(entry));
        self.order(by, Command::SetPort(Box::new(port)), subject.trim(), text, change)
    }

    /// Lets go whoever has a port.
    fn kick(&mut self, by: &str, username: &str) -> Result<Begun, Refused> {
        let port = self.port_of(username)?;
        let holder = self.connections.holder(port);
        let conn = *self.stamped(port);
        let (Some(id), Some(conn)) = (holder, conn) else {
            let text = format!("nobody is logged in as {username}");
            return Err(Answer::refused("not-connected", text));
        };
        let cause = DownCause::Disconnect;
        let text = format!("{username} is disconnected");
        let down = Command::PortDown { port, conn, cause };
        let begun = self.order(by, down, "kick", text, Change::Nothing)?;
        *self.stamped(port) = None;
        self.connections.set_holder(port, None);
        if let Some(connection) = self.connections.get(id) {
            connection.seat = Seat::Gone;
            connection.server.dismiss(self.now, "the operator ends this connection");
            self.list(id);
            self.settle(id);
        }
        Ok(begun)
    }

    fn port_of(&self, username: &str) -> Result<PortId, Refused> {
        let port = name("username", username)
            .ok()
            .and_then(|user| self.day.machine.folds.roster.port(user));
        port.ok_or_else(|| Answer::refused("unknown-port", format!("there is no port {username}")))
    }

    /// Takes note of what an operator's command has changed, beside the state of the day.
    pub(super) fn change(&mut self, change: Change) {
        let Change::Port(entry) = change else { return };
        let username = entry.username;
        match self.ports.iter_mut().find(|entry| is_user(entry, username)) {
            Some(known) => *known = *entry,
            None => self.ports.push(*entry),
        }
        self.admit();
        // Whoever is there may send as much from now on.
        let Some(port) = self.day.machine.folds.roster.port(username) else { return };
        let flood = Flood::new(self.most_messages(port));
        if let Some(id) = self.connections.holder(port)
            && let Some(connection) = self.connections.get(id)
        {
            connection.flood = flood;
        }
    }
}

impl Stage {
    /// Whether nothing new is begun any more.
    fn is_on_its_way_out(&self) -> bool {
        matches!(self, Stage::Finishing | Stage::Stopping { .. } | Stage::Ending { stop: true, .. })
    }
}

/// A request that makes no sense.
fn misuse(text: String) -> Refused {
    Answer::refused("misuse", text)
}

/// Whether an entry is of this user; case does not count.
fn is_user(entry: &PortEntry, user: Alpha<6>) -> bool {
    entry.username.0.eq_ignore_ascii_case(&user.0)
}

/// A name that fits its field.
fn name<const N: usize>(what: &str, text: &str) -> Result<Alpha<N>, Refused> {
    let is_plain = text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    Alpha::try_new(text).filter(|_| is_plain).ok_or_else(|| {
        misuse(format!("{text:?} is no {what}: it has at most {N} characters of printable ASCII"))
    })
}

fn side_of(code: &str) -> Result<Side, Refused> {
    let side = Side::ALL.iter().find(|side| side.code().0 == code.as_bytes());
    side.copied().ok_or_else(|| misuse(format!("\"{code}\" is no side: one of B, S, T, E")))
}

//! Who gets which port, and who loses it.

use std::time::Duration;

use matcher::command::{Command, DownCause};
use order_entry::desk::Verdict;
use protocol_spec::session::soup::{End, Login, ZeroMeans};
use protocol_spec::wire::soup::LoginRejectReason;
use protocol_spec::wire::text::Alpha;
use protocol_spec::words::{PortId, SequenceNo};
use tracing::info;

use super::Venue;
use super::connection::{Flood, Seat};
use crate::service::{Asker, Job};
use crate::world::{StreamId, World};

/// How many times what a port may send in a second is beyond all reason.
const FLOOD: u64 = 10;

impl<W: World> Venue<W> {
    /// Someone wants to log in.
    pub(super) fn on_login(&mut self, id: StreamId, login: Login) {
        match self.desk.ask(&login) {
            // Whoever it is: before the first day nobody is known.
            _ if self.stage.is_waiting() => {
                let reason = LoginRejectReason::SESSION_NOT_AVAILABLE;
                self.refuse(id, &login, reason, "no day is open");
            }
            Verdict::Unknown => self.reject(id, &login, "no such user"),
            Verdict::Wrong => self.reject(id, &login, "wrong password"),
            Verdict::Right(_) | Verdict::Check { .. } if self.stage.waits_for_a_day() => {
                self.put_off(id, login);
            }
            Verdict::Right(port) => self.enter(id, login, port),
            Verdict::Check { .. } => {
                let Some(who) = self.put_off(id, login) else { return };
                self.unchecked.push_back(who);
                self.check_next();
            }
        }
    }

    /// Has the next password checked, of a connection that is still there.
    fn check_next(&mut self) {
        while !self.is_checking {
            let Some(who) = self.unchecked.pop_front() else { return };
            let Some(connection) = self.connections.asker(who) else { continue };
            let Seat::Checking(login) = connection.seat else { continue };
            if let Verdict::Check { hash, .. } = self.desk.ask(&login) {
                let hash = hash.into();
                self.is_checking = true;
                self.errands.ask(Job::Verify { who, hash, given: login.password });
            }
        }
    }

    /// Keeps a login for later.
    fn put_off(&mut self, id: StreamId, login: Login) -> Option<Asker> {
        let connection = self.connections.get(id)?;
        connection.seat = Seat::Checking(login);
        Some(Asker { stream: id, serial: connection.serial })
    }

    /// A password was checked.
    pub(super) fn on_verified(&mut self, who: Asker, right: bool) {
        self.is_checking = false;
        self.check_next();
        let Some(connection) = self.connections.asker(who) else { return };
        let Seat::Checking(login) = connection.seat else { return };
        if !connection.server.is_open() || self.stage.waits_for_a_day() {
            return;
        }
        match self.desk.ask(&login) {
            Verdict::Check { port, .. } if right => self.enter(who.stream, login, port),
            _ => self.reject(who.stream, &login, "wrong password"),
        }
    }

    fn reject(&mut self, id: StreamId, login: &Login, why: &str) {
        self.refuse(id, login, LoginRejectReason::NOT_AUTHORIZED, why);
    }

    fn refuse(&mut self, id: StreamId, login: &Login, reason: LoginRejectReason, why: &str) {
        self.counters.rejected_logins += 1;
        let Some(connection) = self.connections.get(id) else { return };
        info!(user = %login.username, peer = %connection.peer, "login rejected: {why}");
        connection.server.reject(self.now, reason);
        self.settle(id);
    }

    /// The login is one of the port's owner: the port is to be taken.
    fn enter(&mut self, id: StreamId, login: Login, port: PortId) {
        if self.stage.is_waiting() {
            self.refuse(id, &login, LoginRejectReason::SESSION_NOT_AVAILABLE, "no day is open");
            return;
        }
        let session = self.day.session().expect("only who waits has no day");
        let session = Alpha(session.0);
        let highest = self.day.machine.folds.replies.outbox.highest(port);
        let unavailable = if self.day.machine.engine.has_ended() {
            Some("the day has ended")
        } else if !login.asks_for(&session) {
            Some("another session was asked for")
        } else if login.start(SequenceNo(highest.0), ZeroMeans::MostRecent).is_err() {
            Some("a number was asked for that this session does not have yet")
        } else {
            None
        };
        if let Some(why) = unavailable {
            self.refuse(id, &login, LoginRejectReason::SESSION_NOT_AVAILABLE, why);
            return;
        }
        // Those whose login is still in the batch count.
        let up = self.stamped.iter().flatten().count();
        let is_full = up >= self.config.order_entry.max_connections;
        if is_full && self.stamped(port).is_none() {
            self.counters.turned_away += 1;
            let Some(connection) = self.connections.get(id) else { return };
            connection.server.dismiss(self.now, "too many connections are logged in");
            self.settle(id);
            return;
        }
        // From here on what the former holder sends is not heard any more.
        self.displace(port);
        self.last_conn += 1;
        let conn = self.last_conn;
        *self.stamped(port) = Some(conn);
        let time = self.time();
        self.day.control(time, Command::PortUp { port, conn }, "");
        let connection = self.connections.get(id).expect("it asked just now");
        connection.seat = Seat::Entering { login, port, conn };
        self.entering.push((conn, Asker { stream: id, serial: connection.serial }));
    }

    /// Another connection takes the place of the one that has the port, if there is one.
    fn displace(&mut self, port: PortId) {
        let Some(old) = self.connections.holder(port) else { return };
        self.connections.set_holder(port, None);
        let connection = self.connections.get(old).expect("a holder is there");
        connection.seat = Seat::Gone;
        info!(peer = %connection.peer, port = port.0, "another login takes the port");
        connection.server.dismiss(self.now, "another login of this user took the port");
        self.list(old);
        self.settle(old);
    }

    /// The login is kept: lets the connection in.
    pub(super) fn let_in(&mut self, port: PortId, conn: u64) {
        let Some(at) = self.entering.iter().position(|&(each, _)| each == conn) else { return };
        let (_, who) = self.entering.remove(at);
        self.displace(port);
        let highest = self.day.machine.folds.replies.outbox.highest(port);
        let session = self.day.session().expect("logins are kept by a day");
        let session = Alpha(session.0);
        let most = self.most_messages(port);
        let now = self.now;
        let Some(connection) = self.connections.asker(who) else { return };
        let Seat::Entering { login, .. } = connection.seat else { return };
        let start = login.start(SequenceNo(highest.0), ZeroMeans::MostRecent);
        let start = start.expect("a stream only gets longer");
        connection.server.accept(now, &session, start);
        connection.seat = Seat::Holding { port, conn, live: false };
        connection.flood = Flood::new(most);
        let peer = connection.peer;
        self.connections.strangers -= 1;
        self.connections.set_holder(port, Some(who.stream));
        self.counters.logins += 1;
        info!(user = %login.username, %peer, port = port.0, from = start.0, "logged in");
        // What it sent behind the login.
        self.list(who.stream);
        self.settle(who.stream);
    }

    /// Messages in a second that are beyond all reason.
    pub(super) fn most_messages(&self, port: PortId) -> u64 {
        let ports = &mut self.day.machine.engine.ports();
        let settings = ports.find(|settings| settings.number == port);
        match settings {
            Some(port) if port.rate > 0 && port.burst > 0 => {
                FLOOD * (u64::from(port.rate) + u64::from(port.burst))
            }
            _ => u64::MAX,
        }
    }

    /// A connection is through.
    pub(super) fn on_ended(&mut self, id: StreamId, end: End) {
        let Some(connection) = self.connections.get(id) else { return };
        let seat = std::mem::replace(&mut connection.seat, Seat::Gone);
        let peer = connection.peer;
        if let End::Protocol(_) = end {
            self.counters.broken_protocol += 1;
        }
        match seat {
            Seat::Gone => {}
            Seat::Stranger | Seat::Checking(_) => {
                self.connections.strangers -= 1;
                info!(%peer, "a connection that was not logged in ended: {end}");
            }
            Seat::Entering { port, conn, .. } => {
                self.connections.strangers -= 1;
                self.leave(port, conn);
            }
            Seat::Holding { port, conn, .. } => {
                info!(%peer, port = port.0, "left: {end}");
                if self.connections.holder(port) == Some(id) {
                    self.connections.set_holder(port, None);
                }
                self.leave(port, conn);
            }
        }
    }

    /// The port is left, unless another login took it meanwhile, or the venue itself closes.
    fn leave(&mut self, port: PortId, conn: u64) {
        if *self.stamped(port) != Some(conn) || !self.stage.is_open() {
            return;
        }
        *self.stamped(port) = None;
        let time = self.time();
        let cause = DownCause::Disconnect;
        self.day.control(time, Command::PortDown { port, conn, cause }, "");
    }

    /// Takes up the logins that were put off until the day is open.
    pub(super) fn take_up_logins(&mut self) {
        for id in self.connections.ids() {
            let Some(connection) = self.connections.get(id) else { continue };
            if let Seat::Checking(login) = connection.seat
                && connection.server.is_open()
            {
                self.on_login(id, login);
            }
        }
    }

    /// How long a farewell may take.
    pub(super) fn linger(&self) -> Duration {
        self.server.linger
    }
}

//! The end of a connection that logs clients in and numbers what it sends.

use core::ops::Range;
use core::time::Duration;

use super::login::Login;
use super::outgoing::SendError;
use super::session::{Bounds, End, Link, ProtocolError, Role, Session, Timing};
use crate::wire::soup::{
    EndOfSession, Framed, HEADER, LoginAccepted, LoginRejectReason, LoginRejected, LoginRequest,
    MAX_PAYLOAD, Packet, SessionId, TIMEOUT_LEN,
};
use crate::wire::text::{Alpha, Digits};
use crate::words::{Moment, SequenceNo};

/// The server's end of one connection.
///
/// ```text
///            a login came          accept()
///   Greeting ─────────────▶ Asking ─────────▶ Live ── log out ──▶ closed at once
///      │                      │                │
///      │ something else,      │ reject(),      │ finish(), dismiss(), silence,
///      │ too late             │ answered       │ a packet that has no place
///      │                      │ too late       │
///      └──────────────────────┴────────────────┴──▶ leaves (see Session)
/// ```
///
/// While the login is being decided nothing more is read from the client. Replay and live stream
/// are one thing: as long as [`Server::next_number`] is one that exists and there is room, send it.
pub type Server = Session<ServerRole>;

/// Bounds and waits of a server.
#[derive(Clone, Copy, Debug)]
pub struct ServerConfig {
    /// Longest payload taken from a client.
    pub max_payload: usize,
    /// Most bytes that are taken in at once from a client that is logged in.
    pub input_bytes: usize,
    /// Most bytes of data that wait to be written.
    pub output_bound: usize,
    /// How long a client may take to log in, and its login to be answered.
    pub login_timeout: Duration,
    /// How long a client may be silent, unless it names another time in its login: then so long,
    /// but not less than three heartbeats.
    pub idle_timeout: Duration,
    /// How long the server itself may be silent.
    pub heartbeat: Duration,
    /// How long a client may take to read on at the end, and to close after the last word.
    pub linger: Duration,
}

impl Default for ServerConfig {
    /// The times that the document names, and room for any order message.
    fn default() -> Self {
        ServerConfig {
            max_payload: 1024,
            input_bytes: 16 * 1024,
            output_bound: 64 * 1024,
            login_timeout: Duration::from_secs(30),
            idle_timeout: Duration::from_secs(15),
            heartbeat: Duration::from_secs(1),
            linger: Duration::from_secs(2),
        }
    }
}

/// What a client wants, or that it is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServerEvent<'a> {
    /// It wants to log in: answer with [`Server::accept`] or [`Server::reject`].
    Login(Login),
    /// It sent a message.
    Message(&'a [u8]),
    /// The connection ends and nothing more comes from the client. What is left is still to be
    /// written, and the connection to be shut and closed: see [`Action`](super::Action).
    Ended(End),
}

/// The state of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServerRole(State);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Greeting { deadline: Moment, answer_within: Duration },
    Asking { login: Login, deadline: Moment },
    Live { next: SequenceNo },
}

impl Role for ServerRole {
    const HEARTBEAT: u8 = b'H';

    fn login_deadline(&self) -> Option<Moment> {
        match self.0 {
            State::Greeting { deadline, .. } | State::Asking { deadline, .. } => Some(deadline),
            State::Live { .. } => None,
        }
    }

    fn may_send(&self) -> bool {
        matches!(self.0, State::Live { .. })
    }
}

/// What a packet comes to.
enum Taken {
    Nothing,
    Login(Login),
    Message(Range<usize>),
}

impl Server {
    /// A client has connected.
    ///
    /// # Panics
    /// If the bounds leave no room for a login request, or for a message at all.
    #[must_use]
    pub fn new(now: Moment, config: &ServerConfig) -> Self {
        let login = LoginRequest::LEN + TIMEOUT_LEN - HEADER;
        assert!((login..=MAX_PAYLOAD).contains(&config.max_payload), "a login request fits");
        assert!(config.output_bound > HEADER, "a message fits");
        let timing = Timing {
            heartbeat: config.heartbeat,
            silence: config.idle_timeout,
            linger: config.linger,
        };
        let bounds = Bounds {
            payload: config.max_payload,
            input: config.input_bytes,
            output: config.output_bound,
        };
        Session {
            link: Link::new(now, bounds, timing),
            role: ServerRole(State::Greeting {
                deadline: now + config.login_timeout,
                answer_within: config.login_timeout,
            }),
        }
    }

    /// The next thing the client wants.
    #[must_use]
    pub fn poll_event(&mut self) -> Option<ServerEvent<'_>> {
        while !matches!(self.role.0, State::Asking { .. }) {
            let Some(packet) = self.link.next_packet() else {
                break;
            };
            match self.take(packet) {
                Ok(Taken::Nothing) => {}
                Ok(Taken::Login(login)) => return Some(ServerEvent::Login(login)),
                Ok(Taken::Message(payload)) => {
                    return Some(ServerEvent::Message(self.link.framer.bytes(payload)));
                }
                Err(error) => self.link.fail(End::Protocol(error)),
            }
        }
        self.link.take_end().map(ServerEvent::Ended)
    }

    fn take(&mut self, packet: Range<usize>) -> Result<Taken, ProtocolError> {
        let bytes = self.link.framer.bytes(packet.clone());
        let kind = bytes[2];
        let framed = Framed::decode(bytes).map_err(ProtocolError::Malformed);
        if let State::Greeting { answer_within, .. } = self.role.0 {
            let (b'L', Framed { packet: Packet::LoginRequest(request), payload }) = (kind, framed?)
            else {
                return Err(ProtocolError::NotALogin(kind));
            };
            let timeout = payload.first_chunk().map(|timeout| Digits(*timeout));
            let login = Login::new(request.values(), timeout);
            self.role.0 = State::Asking { login, deadline: self.link.now() + answer_within };
            return Ok(Taken::Login(login));
        }
        let Framed { packet: said, payload } = framed?;
        match said {
            Packet::UnsequencedData(_) => {
                Ok(Taken::Message(packet.end - payload.len()..packet.end))
            }
            Packet::ClientHeartbeat(_) | Packet::Debug(_) => Ok(Taken::Nothing),
            Packet::LogoutRequest(_) => {
                self.link.close(End::LoggedOut);
                Ok(Taken::Nothing)
            }
            _ => Err(ProtocolError::Unexpected(kind)),
        }
    }

    /// Lets the client in; the first packet sent to it will be number `next` of `session`. Does
    /// nothing if the connection has ended meanwhile.
    ///
    /// # Panics
    /// If no login waits for an answer.
    pub fn accept(&mut self, now: Moment, session: &SessionId, next: SequenceNo) {
        self.link.set_now(now);
        if !self.is_open() {
            return;
        }
        let State::Asking { login, .. } = self.role.0 else {
            panic!("a login is answered once");
        };
        let text = core::str::from_utf8(session.trimmed()).expect("session names are ASCII");
        let accepted = LoginAccepted {
            session: Alpha::right(text).expect("trimming makes it no longer"),
            number: Digits::new(next.0),
        };
        self.link.go_live(login.patience);
        self.link.push_control(&accepted.to_bytes());
        self.role.0 = State::Live { next };
    }

    /// Refuses the login and closes. Does nothing if the connection has ended meanwhile.
    ///
    /// # Panics
    /// If no login waits for an answer.
    pub fn reject(&mut self, now: Moment, reason: LoginRejectReason) {
        self.link.set_now(now);
        if !self.is_open() {
            return;
        }
        assert!(matches!(self.role.0, State::Asking { .. }), "a login is answered once");
        self.link.push_control(&LoginRejected { reason }.to_bytes());
        self.link.leave(End::Rejected(reason));
    }

    /// The number of the next sequenced packet, `None` before the login is accepted.
    #[must_use]
    pub const fn next_number(&self) -> Option<SequenceNo> {
        match self.role.0 {
            State::Live { next } => Some(next),
            State::Greeting { .. } | State::Asking { .. } => None,
        }
    }

    /// Sends the message with number [`Server::next_number`].
    ///
    /// # Errors
    /// If it does not fit behind what waits to be written, never fits, or the connection is
    /// ending.
    ///
    /// # Panics
    /// If the client is not logged in.
    pub fn send(&mut self, now: Moment, message: &[u8]) -> Result<SequenceNo, SendError> {
        if !self.is_open() {
            return Err(SendError::Ending);
        }
        let State::Live { next } = self.role.0 else {
            panic!("only who is logged in is sent messages");
        };
        self.link.set_now(now);
        self.link.push_data(b'S', message)?;
        self.role.0 = State::Live { next: next.next() };
        Ok(next)
    }

    /// Sends a message without a number (version 4.00).
    ///
    /// # Errors
    /// If it does not fit behind what waits to be written, or the connection is ending.
    ///
    /// # Panics
    /// If the client is not logged in.
    pub fn send_unsequenced(&mut self, now: Moment, message: &[u8]) -> Result<(), SendError> {
        if !self.is_open() {
            return Err(SendError::Ending);
        }
        assert!(self.next_number().is_some(), "only who is logged in is sent messages");
        self.link.set_now(now);
        self.link.push_data(b'U', message)
    }

    /// Tells the client that the session is over, after all that was sent, and closes. Who waits
    /// for an answer to its login is told that the session is not available.
    pub fn finish(&mut self, now: Moment) {
        self.link.set_now(now);
        if !self.is_open() {
            return;
        }
        match self.role.0 {
            State::Greeting { .. } => self.link.fail(End::SessionOver),
            State::Asking { .. } => self.reject(now, LoginRejectReason::SESSION_NOT_AVAILABLE),
            State::Live { .. } => {
                self.link.push_control(&EndOfSession {}.to_bytes());
                self.link.leave(End::SessionOver);
            }
        }
    }
}

//! The end of a connection that logs in and counts what it gets.

use core::ops::Range;
use core::time::Duration;

use super::outgoing::SendError;
use super::session::{Bounds, End, Link, ProtocolError, Role, Session, Timing};
use crate::wire::DecodeError;
use crate::wire::error::BadCode;
use crate::wire::soup::{
    Framed, HEADER, LoginAccepted, LoginRequest, LogoutRequest, MAX_PAYLOAD, Packet, SessionId,
    TIMEOUT_LEN, header,
};
use crate::wire::text::{Alpha, Digits, Secret};
use crate::words::{Moment, SequenceNo};

/// The client's end of one connection.
///
/// ```text
///             Login Accepted          log_out()
///   LoggingIn ──────────────▶ Live ─────────────▶ Leaving ── server closes ──▶ closed
///      │                        │                            (see Session)
///      │ Login Rejected,        │ End of Session, silence, dismiss(),
///      │ something else,        │ a packet that has no place
///      │ too late               │
///      └────────────────────────┴──▶ leaves (see Session)
/// ```
///
/// To go on after a broken connection, log in again with [`Client::session`] and
/// [`Client::next_number`].
pub type Client = Session<ClientRole>;

/// Who logs in, where to go on, bounds and waits.
#[derive(Clone, Copy, Debug)]
pub struct ClientConfig {
    /// Who.
    pub username: Alpha<6>,
    /// The proof.
    pub password: Secret<10>,
    /// The session; blank means the current one.
    pub session: SessionId,
    /// Number of the first packet wanted; 0 is the most recent one.
    pub number: SequenceNo,
    /// How long the server is to wait for this client, if it is to be told (version 4.10).
    pub patience: Option<Duration>,
    /// Longest payload taken from the server.
    pub max_payload: usize,
    /// Most bytes of data that wait to be written.
    pub output_bound: usize,
    /// How long the server may take to answer the login.
    pub login_timeout: Duration,
    /// How long the server may be silent.
    pub idle_timeout: Duration,
    /// How long the client itself may be silent.
    pub heartbeat: Duration,
    /// How long the server may take to read on at the end, and to close after the last word.
    pub linger: Duration,
}

impl ClientConfig {
    /// Logs `username` in to the current session from its first packet, with the times that the
    /// document names.
    #[must_use]
    pub const fn new(username: Alpha<6>, password: Secret<10>) -> Self {
        ClientConfig {
            username,
            password,
            session: SessionId::BLANK,
            number: SequenceNo(1),
            patience: None,
            max_payload: MAX_PAYLOAD,
            output_bound: 64 * 1024,
            login_timeout: Duration::from_secs(30),
            idle_timeout: Duration::from_secs(15),
            heartbeat: Duration::from_secs(1),
            linger: Duration::from_secs(2),
        }
    }

    /// Goes on in `session` with packet `number`.
    #[must_use]
    pub const fn from(mut self, session: SessionId, number: SequenceNo) -> Self {
        self.session = session;
        self.number = number;
        self
    }
}

/// What the server says, or that it is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientEvent<'a> {
    /// The login was accepted.
    Accepted {
        /// The session.
        session: SessionId,
        /// Number of the next message.
        next: SequenceNo,
    },
    /// A message of the session.
    Message(SequenceNo, &'a [u8]),
    /// A message without a number.
    Unsequenced(&'a [u8]),
    /// Text for people.
    Debug(&'a [u8]),
    /// The connection ends and nothing more comes from the server. What is left is still to be
    /// written, and the connection to be shut and closed: see [`Action`](super::Action).
    Ended(End),
}

/// The state of a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientRole {
    state: State,
    /// The session asked for.
    wanted: SessionId,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    LoggingIn { deadline: Moment },
    Live { session: SessionId, next: SequenceNo },
}

impl Role for ClientRole {
    const HEARTBEAT: u8 = b'R';

    fn login_deadline(&self) -> Option<Moment> {
        match self.state {
            State::LoggingIn { deadline } => Some(deadline),
            State::Live { .. } => None,
        }
    }

    fn may_send(&self) -> bool {
        true
    }
}

/// What a packet comes to.
enum Taken {
    Nothing,
    Accepted(SessionId, SequenceNo),
    Message(SequenceNo, Range<usize>),
    Unsequenced(Range<usize>),
    Debug(Range<usize>),
}

impl Client {
    /// The connection stands; the login is ready to be written.
    ///
    /// # Panics
    /// If the patience to be told has more than five digits of milliseconds, or the bounds leave
    /// no room for the answer to the login, or for a message at all.
    #[must_use]
    pub fn new(now: Moment, config: &ClientConfig) -> Self {
        let answer = LoginAccepted::LEN - HEADER;
        assert!((answer..=MAX_PAYLOAD).contains(&config.max_payload), "the answer fits");
        assert!(config.output_bound > HEADER, "a message fits");
        let timing = Timing {
            heartbeat: config.heartbeat,
            silence: config.idle_timeout,
            linger: config.linger,
        };
        let bounds = Bounds { payload: config.max_payload, input: 0, output: config.output_bound };
        let mut link = Link::new(now, bounds, timing);
        link.go_live(None);
        let login = LoginPacket::new(config);
        link.push_control(&login.bytes[..login.len]);
        let deadline = now + config.login_timeout;
        Session {
            link,
            role: ClientRole { state: State::LoggingIn { deadline }, wanted: config.session },
        }
    }

    /// The next thing the server says.
    #[must_use]
    pub fn poll_event(&mut self) -> Option<ClientEvent<'_>> {
        while let Some(packet) = self.link.next_packet() {
            match self.take(packet) {
                Ok(Taken::Nothing) => {}
                Ok(Taken::Accepted(session, next)) => {
                    return Some(ClientEvent::Accepted { session, next });
                }
                Ok(Taken::Message(number, payload)) => {
                    return Some(ClientEvent::Message(number, self.link.framer.bytes(payload)));
                }
                Ok(Taken::Unsequenced(payload)) => {
                    return Some(ClientEvent::Unsequenced(self.link.framer.bytes(payload)));
                }
                Ok(Taken::Debug(text)) => {
                    return Some(ClientEvent::Debug(self.link.framer.bytes(text)));
                }
                Err(error) => self.link.fail(End::Protocol(error)),
            }
        }
        self.link.take_end().map(ClientEvent::Ended)
    }

    fn take(&mut self, packet: Range<usize>) -> Result<Taken, ProtocolError> {
        let bytes = self.link.framer.bytes(packet.clone());
        let kind = bytes[2];
        let Framed { packet: said, payload } =
            Framed::decode(bytes).map_err(ProtocolError::Malformed)?;
        let payload = packet.end - payload.len()..packet.end;
        match (said, self.role.state) {
            (Packet::Debug(_), _) => Ok(Taken::Debug(payload)),
            (Packet::LoginAccepted(accepted), State::LoggingIn { .. }) => {
                let (session, number) = (accepted.session(), accepted.number());
                let Ok(Some(next @ 1..)) = number.number() else {
                    let bad = BadCode::new(13, &number.0);
                    return Err(ProtocolError::Malformed(DecodeError::BadCode(bad)));
                };
                if !self.role.wanted.is_blank() && self.role.wanted.trimmed() != session.trimmed() {
                    return Err(ProtocolError::ForeignSession(session));
                }
                let next = SequenceNo(next);
                self.role.state = State::Live { session, next };
                Ok(Taken::Accepted(session, next))
            }
            (Packet::LoginRejected(rejected), State::LoggingIn { .. }) => {
                self.link.close(End::Rejected(rejected.reason()));
                Ok(Taken::Nothing)
            }
            (_, State::LoggingIn { .. }) => Err(ProtocolError::NotALogin(kind)),
            (Packet::SequencedData(_), State::Live { session, next }) => {
                let after = next.checked_next().ok_or(ProtocolError::OutOfNumbers)?;
                self.role.state = State::Live { session, next: after };
                Ok(Taken::Message(next, payload))
            }
            (Packet::UnsequencedData(_), State::Live { .. }) => Ok(Taken::Unsequenced(payload)),
            (Packet::ServerHeartbeat(_), State::Live { .. }) => Ok(Taken::Nothing),
            (Packet::EndOfSession(_), State::Live { .. }) => {
                self.link.close(End::SessionOver);
                Ok(Taken::Nothing)
            }
            (_, State::Live { .. }) => Err(ProtocolError::Unexpected(kind)),
        }
    }

    /// The session, once the login was accepted.
    #[must_use]
    pub const fn session(&self) -> Option<SessionId> {
        match self.role.state {
            State::Live { session, .. } => Some(session),
            State::LoggingIn { .. } => None,
        }
    }

    /// The number of the next message, once the login was accepted.
    #[must_use]
    pub const fn next_number(&self) -> Option<SequenceNo> {
        match self.role.state {
            State::Live { next, .. } => Some(next),
            State::LoggingIn { .. } => None,
        }
    }

    /// Sends a message, which the server may lose. Before the login is accepted it goes out behind
    /// the login, and is lost with it if that is rejected.
    ///
    /// # Errors
    /// If it does not fit behind what waits to be written, or the connection is ending.
    pub fn send(&mut self, now: Moment, message: &[u8]) -> Result<(), SendError> {
        self.link.set_now(now);
        self.link.push_data(b'U', message)
    }

    /// Logs out after all that was sent; the server closes.
    pub fn log_out(&mut self, now: Moment) {
        self.link.set_now(now);
        if self.is_open() {
            self.link.push_control(&LogoutRequest {}.to_bytes());
            self.link.leave(End::LoggedOut);
        }
    }
}

/// Room for a login request of version 4.10, and how much of it is used.
struct LoginPacket {
    bytes: [u8; LoginRequest::LEN + TIMEOUT_LEN],
    len: usize,
}

impl LoginPacket {
    fn new(config: &ClientConfig) -> Self {
        let mut bytes = [0; LoginRequest::LEN + TIMEOUT_LEN];
        let (request, timeout) = bytes.split_first_chunk_mut().expect("the request is shorter");
        LoginRequest {
            username: config.username,
            password: config.password,
            session: config.session,
            number: Digits::new(config.number.0),
        }
        .encode(request);
        let Some(patience) = config.patience else {
            return LoginPacket { bytes, len: LoginRequest::LEN };
        };
        let millis = u64::try_from(patience.as_millis()).unwrap_or(u64::MAX);
        timeout.copy_from_slice(&Digits::<TIMEOUT_LEN>::new(millis).0);
        let len = bytes.len();
        bytes[..HEADER].copy_from_slice(&header(b'L', len - HEADER));
        LoginPacket { bytes, len }
    }
}

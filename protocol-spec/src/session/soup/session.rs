//! What both ends of a connection have in common: bytes, heartbeats, silence and farewell.

use core::fmt;
use core::ops::Range;
use core::time::Duration;

use super::framer::{Framer, FramingError};
use super::outgoing::{Outgoing, SendError};
use crate::wire::DecodeError;
use crate::wire::soup::{LoginRejectReason, SessionId, header};
use crate::words::Moment;

/// One end of a connection; [`Server`](super::Server) and [`Client`](super::Client) are its roles.
///
/// ```text
///   Open ──end──▶ Flushing ──all written──▶ Draining ──peer closed──▶ Closed
///    │            what is queued            Action::Shutdown was told,   Action::Close was told
///    │            goes out                  input is dropped             ▲
///    │                 ├─── all written, peer closed before ─────────────┤
///    │                 └─── nothing moved for linger ─┴──────────────────┤
///    └──log out, broken ────────────────────────────────────────────────┘
/// ```
///
/// Our side is shut before the connection is closed, and what still comes is read: a plain close
/// would make the peer's system throw away the last packets, the reason among them.
#[derive(Debug)]
pub struct Session<R> {
    pub(super) link: Link,
    pub(super) role: R,
}

/// What is to be done with the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Shut the sending side; go on reading.
    Shutdown,
    /// Close. Nothing follows.
    Close,
}

/// Why a connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The client logged out.
    LoggedOut,
    /// The peer closed its side.
    PeerClosed,
    /// Nothing came from the peer for too long.
    PeerSilent,
    /// The login, or the answer to it, did not come in time.
    LoginTimeout,
    /// The server refused the login.
    Rejected(LoginRejectReason),
    /// The session is over.
    SessionOver,
    /// This side wants it so.
    Dismissed,
    /// The peer broke the protocol.
    Protocol(ProtocolError),
}

/// How the peer broke the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProtocolError {
    /// Its bytes cannot be cut into packets.
    Framing(FramingError),
    /// A packet is not what its type says.
    Malformed(DecodeError),
    /// The first packet is not a login, or the answer to one.
    NotALogin(u8),
    /// A packet of this type has no place here.
    Unexpected(u8),
    /// The server let the client into another session than it asked for.
    ForeignSession(SessionId),
    /// The numbers of the stream pass the last one there is.
    OutOfNumbers,
}

/// What the two roles do differently; nobody else can play one.
pub trait Role {
    /// The type of this side's heartbeats.
    const HEARTBEAT: u8;

    /// Until when the login has to be through; `None` once it is.
    fn login_deadline(&self) -> Option<Moment>;

    /// Whether messages may be sent.
    fn may_send(&self) -> bool;
}

/// The bytes, the clocks and the farewell of a connection.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) framer: Framer,
    pub(super) outgoing: Outgoing,
    phase: Phase,
    /// The end, until it was told.
    end: Option<End>,
    /// Whether the peer has closed its side.
    eof: bool,
    /// Bytes to be taken in at once after the login.
    input: usize,
    timing: Timing,
    now: Moment,
    last_heard: Moment,
    last_sent: Moment,
}

/// The waits of a connection.
#[derive(Clone, Copy, Debug)]
pub(super) struct Timing {
    /// After so long without a packet sent, a heartbeat is sent.
    pub(super) heartbeat: Duration,
    /// After so long without a byte received, the peer counts as gone.
    pub(super) silence: Duration,
    /// How long the peer may take to read the next bytes of our last words, and then to close.
    pub(super) linger: Duration,
}

/// The bounds of a connection's buffers, in bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    /// The longest payload that is taken.
    pub(super) payload: usize,
    /// The most that is taken in at once after the login, if more than before it.
    pub(super) input: usize,
    /// The most data that waits to be written.
    pub(super) output: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Open,
    Flushing { deadline: Moment },
    Draining { deadline: Moment },
    Closing,
    Closed,
}

impl<R: Role> Session<R> {
    /// Where the next bytes from the peer go; [`Session::on_read`] takes them from there.
    ///
    /// `None` while nothing is to be read: events wait to be polled, or a login to be answered.
    pub fn read_buffer(&mut self) -> Option<&mut [u8]> {
        Some(self.link.framer.room()).filter(|room| !room.is_empty())
    }

    /// `count` bytes came and stand at the start of [`Session::read_buffer`].
    ///
    /// # Panics
    /// If `count` is more than the buffer held.
    pub fn on_read(&mut self, now: Moment, count: usize) {
        self.link.now = now;
        self.link.last_heard = now;
        self.link.framer.filled(count);
        if self.link.phase != Phase::Open {
            self.link.framer.clear();
        }
    }

    /// Takes as many of `bytes` as fit and says how many; for callers with a buffer of their own.
    #[must_use]
    pub fn on_bytes(&mut self, now: Moment, bytes: &[u8]) -> usize {
        let Some(room) = self.read_buffer() else {
            return 0;
        };
        let count = room.len().min(bytes.len());
        room[..count].copy_from_slice(&bytes[..count]);
        self.on_read(now, count);
        count
    }

    /// The peer closed its side. What it sent before is still told, and what was queued for it
    /// still goes out: it may be reading.
    pub fn on_eof(&mut self, now: Moment) {
        self.link.now = now;
        self.link.eof = true;
        if let Phase::Draining { .. } = self.link.phase {
            self.link.phase = Phase::Closing;
        }
    }

    /// The connection broke: a read or a write failed.
    pub fn on_broken(&mut self, now: Moment) {
        self.link.now = now;
        match self.link.phase {
            Phase::Open => self.link.close(End::PeerClosed),
            Phase::Flushing { .. } | Phase::Draining { .. } => self.link.phase = Phase::Closing,
            Phase::Closing | Phase::Closed => {}
        }
    }

    /// The first `count` bytes of [`Session::poll_output`] were written.
    ///
    /// # Panics
    /// If there were not so many.
    pub fn on_written(&mut self, now: Moment, count: usize) {
        self.link.now = now;
        self.link.outgoing.on_written(count);
        if let Phase::Flushing { deadline } = &mut self.link.phase
            && count > 0
        {
            *deadline = now + self.link.timing.linger;
        }
    }

    /// Time has passed. Does nothing before [`Session::poll_timeout`].
    pub fn on_timeout(&mut self, now: Moment) {
        self.link.now = now;
        match self.link.phase {
            Phase::Open => self.on_open_timeout(),
            Phase::Flushing { deadline } | Phase::Draining { deadline } if deadline <= now => {
                self.link.phase = Phase::Closing;
            }
            _ => {}
        }
    }

    fn on_open_timeout(&mut self) {
        let link = &mut self.link;
        match self.role.login_deadline() {
            Some(deadline) if deadline <= link.now => link.fail(End::LoginTimeout),
            Some(_) => {}
            None if link.silent_since() + link.timing.silence <= link.now => {
                link.fail(End::PeerSilent);
            }
            None if link.last_sent + link.timing.heartbeat > link.now => {}
            // What waits to be written will be heard as well as a heartbeat.
            None if !link.outgoing.pending().is_empty() => link.last_sent = link.now,
            None => {
                link.outgoing.rest();
                link.push_control(&header(R::HEARTBEAT, 0));
            }
        }
    }

    /// Bytes to be written, empty if there are none; [`Session::on_written`] takes them away.
    #[must_use]
    pub fn poll_output(&self) -> &[u8] {
        match self.link.phase {
            Phase::Open | Phase::Flushing { .. } => self.link.outgoing.pending(),
            Phase::Draining { .. } | Phase::Closing | Phase::Closed => &[],
        }
    }

    /// What is to be done with the connection, each thing told once.
    #[must_use]
    pub fn poll_action(&mut self) -> Option<Action> {
        match self.link.phase {
            Phase::Flushing { .. } if self.link.outgoing.pending().is_empty() => {
                if self.link.eof {
                    self.link.phase = Phase::Closed;
                    return Some(Action::Close);
                }
                let deadline = self.link.now + self.link.timing.linger;
                self.link.phase = Phase::Draining { deadline };
                Some(Action::Shutdown)
            }
            Phase::Closing => {
                self.link.phase = Phase::Closed;
                Some(Action::Close)
            }
            _ => None,
        }
    }

    /// When [`Session::on_timeout`] is to be called at the latest.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Moment> {
        let link = &self.link;
        match link.phase {
            Phase::Open => Some(self.role.login_deadline().unwrap_or_else(|| {
                let heartbeat = link.last_sent + link.timing.heartbeat;
                heartbeat.min(link.silent_since() + link.timing.silence)
            })),
            Phase::Flushing { deadline } | Phase::Draining { deadline } => Some(deadline),
            Phase::Closing | Phase::Closed => None,
        }
    }

    /// Whether packets are still exchanged; false from the end on, whatever is left to be written.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.link.phase == Phase::Open
    }

    /// Whether a message of `len` bytes could be sent now.
    #[must_use]
    pub fn has_room(&self, len: usize) -> bool {
        self.is_open() && self.role.may_send() && self.link.outgoing.has_room(len)
    }

    /// Ends the connection; `text` tells the peer why.
    pub fn dismiss(&mut self, now: Moment, text: &str) {
        self.link.now = now;
        if self.is_open() {
            self.link.outgoing.push_text(text.as_bytes());
            self.link.leave(End::Dismissed);
        }
    }
}

impl Link {
    pub(super) fn new(now: Moment, bounds: Bounds, timing: Timing) -> Self {
        Link {
            framer: Framer::new(bounds.payload),
            outgoing: Outgoing::new(bounds.output),
            phase: Phase::Open,
            end: None,
            eof: false,
            input: bounds.input,
            timing,
            now,
            last_heard: now,
            last_sent: now,
        }
    }

    /// The time of the last call.
    pub(super) const fn now(&self) -> Moment {
        self.now
    }

    pub(super) fn set_now(&mut self, now: Moment) {
        self.now = now;
    }

    /// Since when nothing was heard. Who does not read cannot tell.
    fn silent_since(&self) -> Moment {
        if self.framer.is_full() { self.now } else { self.last_heard }
    }

    /// The login is through: from now on the peer is to be heard every so often.
    pub(super) fn go_live(&mut self, silence: Option<Duration>) {
        self.last_heard = self.now;
        if let Some(silence) = silence {
            // A peer that keeps to one heartbeat a period must not be lost to a late packet.
            self.timing.silence = silence.max(3 * self.timing.heartbeat);
        }
        self.outgoing.open();
        self.framer.allow(self.input);
    }

    /// The next whole packet, as long as packets are exchanged.
    pub(super) fn next_packet(&mut self) -> Option<Range<usize>> {
        if self.phase != Phase::Open {
            return None;
        }
        match self.framer.next() {
            Ok(Some(packet)) => Some(packet),
            Ok(None) => {
                if self.eof {
                    self.leave(End::PeerClosed);
                }
                None
            }
            Err(error) => {
                self.fail(End::Protocol(ProtocolError::Framing(error)));
                None
            }
        }
    }

    /// Queues a packet for which room is kept.
    pub(super) fn push_control(&mut self, packet: &[u8]) {
        self.outgoing.push_control(packet);
        self.last_sent = self.now;
    }

    /// Queues a packet that carries a message, unless the connection is ending.
    pub(super) fn push_data(&mut self, kind: u8, message: &[u8]) -> Result<(), SendError> {
        if self.phase != Phase::Open {
            return Err(SendError::Ending);
        }
        self.outgoing.push_data(kind, message)?;
        self.last_sent = self.now;
        Ok(())
    }

    /// Ends the connection and tells the peer why.
    pub(super) fn fail(&mut self, end: End) {
        let text = alloc::format!("{end}");
        self.outgoing.push_text(text.as_bytes());
        self.leave(end);
    }

    /// Ends the connection after everything queued was written.
    pub(super) fn leave(&mut self, end: End) {
        assert_eq!(self.phase, Phase::Open, "a connection ends once");
        self.phase = Phase::Flushing { deadline: self.now + self.timing.linger };
        self.end = Some(end);
        self.framer.clear();
    }

    /// Ends the connection at once.
    pub(super) fn close(&mut self, end: End) {
        self.leave(end);
        self.outgoing.clear();
        self.phase = Phase::Closing;
    }

    /// The end, told once.
    pub(super) fn take_end(&mut self) -> Option<End> {
        self.end.take()
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            End::LoggedOut => f.write_str("logged out"),
            End::PeerClosed => f.write_str("the peer closed the connection"),
            End::PeerSilent => f.write_str("nothing heard, not even a heartbeat, for too long"),
            End::LoginTimeout => f.write_str("the login took too long"),
            End::Rejected(reason) => {
                write!(f, "login rejected: {}", reason.meaning().unwrap_or("no reason given"))
            }
            End::SessionOver => f.write_str("the session is over"),
            End::Dismissed => f.write_str("closed by this side"),
            End::Protocol(error) => write!(f, "protocol error: {error}"),
        }
    }
}

impl fmt::Display for ProtocolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = |byte: &u8| byte.escape_ascii();
        match self {
            ProtocolError::Framing(error) => error.fmt(f),
            ProtocolError::Malformed(error) => write!(f, "malformed packet: {error}"),
            ProtocolError::NotALogin(byte) => {
                write!(f, "packet of type \"{}\" where the login belongs", kind(byte))
            }
            ProtocolError::ForeignSession(session) => {
                write!(f, "login accepted for session \"{session}\", which was not asked for")
            }
            ProtocolError::OutOfNumbers => f.write_str("the stream passes the last number"),
            ProtocolError::Unexpected(byte) => {
                write!(f, "packet of type \"{}\" has no place here", kind(byte))
            }
        }
    }
}

impl core::error::Error for ProtocolError {}

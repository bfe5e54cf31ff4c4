//! Packets back into messages, in order.

use core::fmt;
use core::time::Duration;

use crate::wire::DecodeError;
use crate::wire::mold::{Blocks, Body, Packet, SessionId};
use crate::words::{FeedNo, Moment};

/// Puts the packets of one line in order: each message is told once, and none before its turn.
///
/// ```text
///            first packet             End of Session, nothing missing
///   Joining ─────────────▶ Following ────────────────────────────────▶ Over
///                            │    ▲
///                            └────┘ messages, heartbeats, gaps
/// ```
///
/// A packet that comes too early is told as a [`Gap`] and not taken: fetch what is missing and
/// give it in, then give the packet in again, or [`PacketReader::skip_to`] its number.
#[derive(Debug)]
pub struct PacketReader {
    state: State,
    silence: Duration,
    last_heard: Moment,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Told from the first packet's number on, or from the one that was skipped to.
    Joining {
        from: Option<FeedNo>,
    },
    Following {
        session: SessionId,
        next: FeedNo,
    },
    Over {
        session: SessionId,
        next: FeedNo,
    },
}

/// What a packet comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "messages that are not taken are lost: the reader has moved on"]
pub enum Arrival<'a> {
    /// Messages that were not told before.
    Messages(Fresh<'a>),
    /// Nothing new: a heartbeat, or messages that were told before.
    Nothing,
    /// Messages before this packet are missing; it was not taken.
    Gap(Gap),
    /// The session is over, and every message of it was told. This is told once.
    EndOfSession,
}

/// Messages that are missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The first of them.
    pub first: FeedNo,
    /// The one after the last of them.
    pub end: FeedNo,
}

/// Messages with their numbers, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "messages that are not taken are lost: the reader has moved on"]
pub struct Fresh<'a> {
    number: FeedNo,
    blocks: Blocks<'a>,
}

/// Why a packet was refused. The reader is as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PacketError {
    /// It is not a packet.
    Malformed(DecodeError),
    /// It belongs to another session.
    ForeignSession {
        /// The session that is followed.
        ours: SessionId,
        /// The session of the packet.
        theirs: SessionId,
    },
    /// Its number is 0, or its messages pass the last number there is.
    BadNumber(FeedNo),
}

impl PacketReader {
    /// Follows the session of the first packet, from its number on.
    #[must_use]
    pub fn joining(now: Moment, silence: Duration) -> Self {
        PacketReader { state: State::Joining { from: None }, silence, last_heard: now }
    }

    /// Follows `session` from `next` on.
    #[must_use]
    pub fn following(now: Moment, silence: Duration, session: SessionId, next: FeedNo) -> Self {
        PacketReader { state: State::Following { session, next }, silence, last_heard: now }
    }

    /// Takes a packet.
    ///
    /// # Errors
    /// If it is malformed or from another session.
    pub fn on_packet<'a>(
        &mut self,
        now: Moment,
        datagram: &'a [u8],
    ) -> Result<Arrival<'a>, PacketError> {
        let packet = Packet::decode(datagram).map_err(PacketError::Malformed)?;
        let after = match packet.next() {
            Some(after) if packet.number.0 > 0 => after,
            _ => return Err(PacketError::BadNumber(packet.number)),
        };
        let (session, next) = match self.state {
            State::Joining { from } => (packet.session, from.unwrap_or(packet.number)),
            State::Following { session, next } | State::Over { session, next } => (session, next),
        };
        if session != packet.session {
            return Err(PacketError::ForeignSession { ours: session, theirs: packet.session });
        }
        self.last_heard = now;
        if let State::Over { .. } = self.state {
            return Ok(Arrival::Nothing);
        }
        self.state = State::Following { session, next };
        if packet.number > next {
            return Ok(Arrival::Gap(Gap { first: next, end: packet.number }));
        }
        match packet.body {
            Body::EndOfSession if packet.number == next => {
                self.state = State::Over { session, next };
                Ok(Arrival::EndOfSession)
            }
            Body::Messages(blocks) if after > next => {
                self.state = State::Following { session, next: after };
                let mut fresh = Fresh { number: packet.number, blocks };
                fresh.skip_before(next);
                Ok(Arrival::Messages(fresh))
            }
            _ => Ok(Arrival::Nothing),
        }
    }

    /// Gives up everything before `number`; what was told already is not told again. Before the
    /// first packet it says where to begin, as a snapshot does.
    pub fn skip_to(&mut self, number: FeedNo) {
        match &mut self.state {
            State::Joining { from } => *from = Some(from.map_or(number, |from| from.max(number))),
            State::Following { next, .. } => *next = number.max(*next),
            State::Over { .. } => {}
        }
    }

    /// The session that is followed, once it is known.
    #[must_use]
    pub const fn session(&self) -> Option<SessionId> {
        match self.state {
            State::Joining { .. } => None,
            State::Following { session, .. } | State::Over { session, .. } => Some(session),
        }
    }

    /// The number of the next message to be told, once it is known.
    #[must_use]
    pub const fn next_number(&self) -> Option<FeedNo> {
        match self.state {
            State::Joining { from } => from,
            State::Following { next, .. } | State::Over { next, .. } => Some(next),
        }
    }

    /// Whether nothing of the session was heard for too long; never once it is over.
    #[must_use]
    pub fn is_silent(&self, now: Moment) -> bool {
        self.poll_timeout().is_some_and(|deadline| deadline <= now)
    }

    /// When the line counts as silent, unless something is heard.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Moment> {
        match self.state {
            State::Joining { .. } | State::Following { .. } => Some(self.last_heard + self.silence),
            State::Over { .. } => None,
        }
    }
}

impl Gap {
    /// How many messages are missing.
    #[must_use]
    pub const fn count(&self) -> u64 {
        self.end.0 - self.first.0
    }
}

impl Fresh<'_> {
    /// Drops the messages before `next`.
    fn skip_before(&mut self, next: FeedNo) {
        while self.number < next {
            self.blocks.next().expect("the packet reaches beyond what was told");
            self.number = self.number.plus(1);
        }
    }
}

impl<'a> Iterator for Fresh<'a> {
    type Item = (FeedNo, &'a [u8]);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let message = self.blocks.next()?;
        let number = self.number;
        self.number = number.plus(1);
        Some((number, message))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.blocks.size_hint()
    }
}

impl ExactSizeIterator for Fresh<'_> {}

impl fmt::Display for PacketError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PacketError::Malformed(error) => write!(f, "malformed packet: {error}"),
            PacketError::ForeignSession { ours, theirs } => {
                write!(f, "packet of session \"{theirs}\", the one followed is \"{ours}\"")
            }
            PacketError::BadNumber(number) => write!(f, "packet with impossible number {number}"),
        }
    }
}

impl core::error::Error for PacketError {}

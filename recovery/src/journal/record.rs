//! A command in the journal: its stamp, and what came.

use core::fmt;

use matcher::command::Command;
use matcher::form::{self, Unframed};
use matcher::sequence::Sequenced;
use protocol_spec::words::{CommandNo, PortId, Time};

use super::control::{self, ControlFault};

/// What a command gets when it comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Its number.
    pub no: CommandNo,
    /// Its time.
    pub time: Time,
    /// Nanoseconds that this time is after the reading of the clock; the largest number there is
    /// stands for all that are larger.
    pub late: u32,
}

/// A record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// Number and time.
    pub stamp: Stamp,
    /// What came.
    pub body: Body<'a>,
}

/// What came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body<'a> {
    /// A broker's message, as it was sent.
    Message {
        /// The port it came by.
        port: PortId,
        /// The message.
        bytes: &'a [u8],
    },
    /// A command of the operator, of a session or of the clock.
    Control {
        /// The command.
        command: Command,
        /// Who gave it or why, for people.
        note: &'a str,
    },
}

impl Record<'_> {
    /// The command that it is.
    ///
    /// # Errors
    /// If the message is none: such ones are never written.
    pub fn command(&self) -> Result<Sequenced<Command>, RecordFault> {
        let Stamp { no, time, .. } = self.stamp;
        let command = match &self.body {
            Body::Message { port, bytes } => message(no, *port, bytes)?,
            Body::Control { command, .. } => command.clone(),
        };
        Ok(Sequenced { no, time, command })
    }
}

fn message(no: CommandNo, port: PortId, bytes: &[u8]) -> Result<Command, RecordFault> {
    let unframed = |fault| RecordFault { no, kind: RecordFaultKind::Message(port, fault) };
    form::command(port, bytes).map_err(unframed)
}

/// Why a record is no command, though its batch is whole: whoever wrote it was wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordFault {
    /// Number of the command.
    pub no: CommandNo,
    /// What is wrong.
    pub kind: RecordFaultKind,
}

/// What is wrong with a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordFaultKind {
    /// A broker's message cannot be framed.
    Message(PortId, Unframed),
    /// A control record says nothing that can be understood.
    Control(ControlFault),
}

impl fmt::Display for RecordFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "command {}: ", self.no)?;
        match self.kind {
            RecordFaultKind::Message(port, Unframed::UnknownType(kind)) => {
                write!(f, "no message of port {port} has the type {kind:#04x}")
            }
            RecordFaultKind::Message(port, Unframed::Short { need, have }) => {
                write!(f, "a message of port {port} has {have} bytes and needs {need}")
            }
            RecordFaultKind::Control(fault) => fault.fmt(f),
        }
    }
}

impl core::error::Error for RecordFault {}

/// The head of a record.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    /// Length of the payload.
    pub(super) len: u16,
    /// The port, [`Head::CONTROL`] for none.
    pub(super) port: u16,
    pub(super) late: u32,
    pub(super) time: u64,
}

impl Head {
    pub(super) const LEN: usize = 16;
    /// In the place of a port: no broker sent it.
    pub(super) const CONTROL: u16 = 0;

    #[inline]
    pub(super) fn to_bytes(self) -> [u8; Self::LEN] {
        let first = u64::from(self.len) | u64::from(self.port) << 16 | u64::from(self.late) << 32;
        (u128::from(first) | u128::from(self.time) << 64).to_le_bytes()
    }

    #[inline]
    fn of_bytes(bytes: [u8; Self::LEN]) -> Self {
        let all = u128::from_le_bytes(bytes);
        let (first, time) = (all as u64, (all >> 64) as u64);
        Head { len: first as u16, port: (first >> 16) as u16, late: (first >> 32) as u32, time }
    }

    /// Length of a whole record with a payload so long.
    #[inline]
    pub(super) const fn record_len(payload: usize) -> usize {
        Self::LEN + payload.next_multiple_of(8)
    }
}

/// A record whose payload nobody has looked at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Raw<'a> {
    pub(super) head: Head,
    payload: &'a [u8],
}

impl<'a> Raw<'a> {
    /// Splits the first record off, if there is a whole one.
    #[inline]
    pub(super) fn split(bytes: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let head = Head::of_bytes(*bytes.first_chunk()?);
        let (record, rest) = bytes.split_at_checked(Head::record_len(head.len.into()))?;
        let payload = record[Head::LEN..].get(..head.len.into())?;
        Some((Raw { head, payload }, rest))
    }
}

/// The records of a batch, in order.
#[derive(Clone, Debug)]
pub struct Records<'a> {
    next: CommandNo,
    rest: &'a [u8],
    /// Commands to come that are executed as a `Tick`.
    skipped: &'a [CommandNo],
}

impl<'a> Records<'a> {
    pub(super) fn new(first: CommandNo, bytes: &'a [u8], skipped: &'a [CommandNo]) -> Self {
        Records { next: first, rest: bytes, skipped }
    }

    #[inline]
    fn next_raw(&mut self) -> Option<(Stamp, Raw<'a>)> {
        if self.rest.is_empty() {
            return None;
        }
        let (raw, rest) = Raw::split(self.rest).expect("the reader has seen that records fill it");
        let stamp = Stamp { no: self.next, time: Time(raw.head.time), late: raw.head.late };
        (self.next, self.rest) = (self.next.next(), rest);
        Some((stamp, raw))
    }

    /// The next command that is executed and its note, without a stay as a [`Record`]; a `Tick` in
    /// the place of one that is skipped.
    #[inline]
    pub(crate) fn next_command(
        &mut self,
    ) -> Option<Result<(Sequenced<Command>, &'a str), RecordFault>> {
        let (Stamp { no, time, .. }, raw) = self.next_raw()?;
        if self.skipped.first() == Some(&no) {
            self.skipped = &self.skipped[1..];
            return Some(Ok((Sequenced { no, time, command: Command::Tick }, "")));
        }
        if raw.head.port != Head::CONTROL {
            let command = message(no, PortId(raw.head.port), raw.payload);
            return Some(command.map(|command| (Sequenced { no, time, command }, "")));
        }
        let loaded = control::load(raw.payload);
        let command = loaded.map(|(command, note)| (Sequenced { no, time, command }, note));
        Some(command.map_err(|fault| RecordFault { no, kind: RecordFaultKind::Control(fault) }))
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Result<Record<'a>, RecordFault>;

    fn next(&mut self) -> Option<Self::Item> {
        let (stamp, raw) = self.next_raw()?;
        if raw.head.port != Head::CONTROL {
            let body = Body::Message { port: PortId(raw.head.port), bytes: raw.payload };
            return Some(Ok(Record { stamp, body }));
        }
        Some(match control::load(raw.payload) {
            Ok((command, note)) => Ok(Record { stamp, body: Body::Control { command, note } }),
            Err(fault) => Err(RecordFault { no: stamp.no, kind: RecordFaultKind::Control(fault) }),
        })
    }
}

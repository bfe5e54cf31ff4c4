//! Where a message came from.

use std::fmt;

use protocol_spec::wire::mold::SessionId;

use super::clock::Utc;
use super::name::InputName;
use crate::capture::{CaptureTime, Flow, Place as Record};

/// What is known of a message apart from its bytes.
#[derive(Clone, Debug)]
pub struct Origin {
    /// Name of the file.
    pub file: InputName,
    /// Where in the file.
    pub place: Place,
    /// Its number in its session.
    pub number: Number,
    /// When it was captured.
    pub captured: Option<CaptureTime>,
    /// Who sent it to whom.
    pub flow: Option<Flow>,
    /// The session that its number counts in, where the packet names it.
    pub session: Option<SessionId>,
    /// Which messages share the numbers of securities, and of a broker's orders, with it.
    pub feed: usize,
}

/// Where in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Line of a text, from 1.
    Line(u64),
    /// Byte of a file, from 0.
    Offset(u64),
    /// In the record of a capture that was read last.
    Current,
    /// In this record of a capture.
    Record(Record),
}

/// The number of a message in its session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Number {
    /// It has none.
    None,
    /// The session's own.
    Exact(u64),
    /// Counted from the first message seen, which is 1.
    Counted(u64),
}

impl Origin {
    /// A message of `file` of which nothing else is known yet.
    #[must_use]
    pub fn of(file: &InputName) -> Self {
        Origin {
            file: file.clone(),
            place: Place::Offset(0),
            number: Number::None,
            captured: None,
            flow: None,
            session: None,
            feed: 0,
        }
    }

    /// Leaves nothing but the file and the place.
    pub fn forget(&mut self) {
        *self = Origin { place: self.place, ..Origin::of(&self.file) };
    }
}

impl Number {
    /// The number of the next message.
    #[must_use]
    pub const fn next(self) -> Self {
        match self {
            Number::None => Number::None,
            Number::Exact(number) => Number::Exact(number.saturating_add(1)),
            Number::Counted(number) => Number::Counted(number.saturating_add(1)),
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        match self.place {
            Place::Line(line) => write!(f, ": line {line}")?,
            Place::Offset(offset) => write!(f, ": offset {offset}")?,
            Place::Record(record) => write!(f, ": {record}")?,
            Place::Current => {}
        }
        if let Some(time) = self.captured {
            write!(f, ", captured {}", Utc(time))?;
        }
        match self.flow {
            Some(flow) => write!(f, ", {flow}"),
            None => Ok(()),
        }
    }
}

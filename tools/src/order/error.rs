//! Why a venue could not be asked.

use std::error::Error;
use std::fmt;
use std::io;

use client::Cause;
use protocol_spec::session::soup::End;
use protocol_spec::wire::soup::LoginRejectReason;

use crate::decode::{DecodeFailure, Stop};

/// Why a venue could not be asked, or not to the end.
#[derive(Debug)]
pub enum OrderError {
    /// The venue, or the way to it.
    Venue(client::Error),
    /// A line of a batch is no request.
    Line {
        /// What the batch is called.
        batch: String,
        /// The line, from 1.
        line: u64,
        /// What is wrong with it.
        what: String,
    },
    /// A batch cannot be read.
    Read {
        /// What it is called.
        batch: String,
        /// What the operating system said.
        cause: io::Error,
    },
    /// The replies cannot be written.
    Write(DecodeFailure),
    /// Nobody reads the replies any more.
    Unread,
}

impl OrderError {
    /// Whether what was asked for does not exist.
    #[must_use]
    pub const fn is_misuse(&self) -> bool {
        matches!(self, OrderError::Line { .. })
    }
}

/// What whoever runs the command may do about it.
fn advice(error: &client::Error) -> &'static str {
    match &error.cause {
        Cause::Resolve(_) => "; --address HOST:PORT says where the venue is",
        Cause::Connect(_) => {
            "; is the venue running there? `outcry run` starts one, --address HOST:PORT says where"
        }
        Cause::Ended(End::Rejected(LoginRejectReason::NOT_AUTHORIZED)) => {
            "; see --port, and --password or OUTCRY_PASSWORD"
        }
        Cause::Ended(End::Rejected(_)) => {
            "; the day may be over, or --from above the replies that there are"
        }
        Cause::NoAnswer(_) | Cause::Stalled(_) => "; --timeout waits longer",
        _ => "",
    }
}

impl fmt::Display for OrderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OrderError::Venue(error) => write!(f, "{error}{}", advice(error)),
            OrderError::Line { batch, line, what } => write!(f, "{batch}: line {line}: {what}"),
            OrderError::Read { batch, cause } => write!(f, "cannot read {batch}: {cause}"),
            OrderError::Write(failure) => failure.fmt(f),
            OrderError::Unread => f.write_str("nobody reads the replies any more"),
        }
    }
}

impl Error for OrderError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            OrderError::Venue(error) => error.source(),
            OrderError::Read { cause, .. } => Some(cause),
            OrderError::Write(failure) => failure.source(),
            OrderError::Line { .. } | OrderError::Unread => None,
        }
    }
}

impl From<client::Error> for OrderError {
    fn from(error: client::Error) -> Self {
        OrderError::Venue(error)
    }
}

impl From<Stop> for OrderError {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Failed(failure) => OrderError::Write(failure),
            Stop::Unread | Stop::Enough => OrderError::Unread,
        }
    }
}

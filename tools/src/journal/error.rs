//! Why a journal does not tell what is asked, and why no more of it is read.

use std::path::PathBuf;
use std::{error, fmt, io};

use appliance::journal::HistoryError;
use appliance::linux::LockError;

use crate::decode::Stop;

/// Why a journal does not tell what is asked.
#[derive(Debug)]
pub enum JournalFailure {
    /// What is asked for does not exist.
    Misuse(String),
    /// The journal cannot be read, or is damaged.
    History(HistoryError),
    /// Something beside the journal is not as it should be.
    Wrong(String),
    /// A venue is running on it.
    Lock(LockError),
    /// The system refuses something.
    Io {
        /// What was being done.
        doing: String,
        /// What it was done to.
        path: PathBuf,
        /// Why it could not be.
        cause: io::Error,
    },
    /// The output cannot be written.
    Output(String),
}

impl JournalFailure {
    /// Whether the command line asks for something that makes no sense.
    #[must_use]
    pub const fn is_misuse(&self) -> bool {
        matches!(self, JournalFailure::Misuse(_))
    }

    /// What the system refused to do to a file.
    pub(super) fn io(doing: &str, path: &std::path::Path) -> impl FnOnce(io::Error) -> Self {
        let (doing, path) = (doing.to_owned(), path.to_owned());
        move |cause| JournalFailure::Io { doing, path, cause }
    }
}

/// Why no more of a journal is read.
#[derive(Debug)]
pub enum Halt {
    /// What was asked for is told.
    Enough,
    /// Nobody reads the output any more.
    Unread,
    /// It cannot go on.
    Failed(JournalFailure),
}

impl From<HistoryError> for JournalFailure {
    fn from(error: HistoryError) -> Self {
        JournalFailure::History(error)
    }
}

impl From<HistoryError> for Halt {
    fn from(error: HistoryError) -> Self {
        Halt::Failed(error.into())
    }
}

impl From<JournalFailure> for Halt {
    fn from(failure: JournalFailure) -> Self {
        Halt::Failed(failure)
    }
}

impl From<Stop> for Halt {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Enough => Halt::Enough,
            Stop::Unread => Halt::Unread,
            Stop::Failed(failure) => Halt::Failed(JournalFailure::Output(failure.to_string())),
        }
    }
}

impl fmt::Display for JournalFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            JournalFailure::Misuse(what)
            | JournalFailure::Wrong(what)
            | JournalFailure::Output(what) => f.write_str(what),
            JournalFailure::History(error) => error.fmt(f),
            JournalFailure::Lock(error) => error.fmt(f),
            JournalFailure::Io { doing, path, cause } => {
                write!(f, "cannot {doing} {}: {cause}", path.display())
            }
        }
    }
}

impl error::Error for JournalFailure {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            JournalFailure::Io { cause, .. } => Some(cause),
            _ => None,
        }
    }
}

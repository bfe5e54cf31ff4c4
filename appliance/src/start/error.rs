//! Why the venue cannot open.

use std::fmt;
use std::io;
use std::path::PathBuf;

use matcher::engine::Engine;
use matcher::refusal::Refusal;

use crate::calendar::Session;
use crate::journal::{HistoryError, JournalError};
use crate::service::ServiceError;

/// Why the venue cannot open.
#[derive(Debug)]
pub enum StartError {
    /// The journal cannot be written.
    Journal(JournalError),
    /// The journal cannot be read, or is not one to go on with.
    History(HistoryError),
    /// The service cannot do its work.
    Service(ServiceError),
    /// There is less room on the disk than order entry wants.
    LowDisk {
        /// The folder of the journal.
        folder: PathBuf,
        /// Bytes that are left.
        free: u64,
        /// Bytes that have to be left.
        stop: u64,
    },
    /// A file or folder cannot be used.
    File(PathBuf, io::Error),
    /// The journal was written under another rule book: a day is never continued under it.
    RulesVersion(Session, u32),
    /// A session's folder holds the journal of another one.
    Foreign(PathBuf, Session),
    /// A rule forbids what the configuration says.
    Refused(String, Refusal),
    /// There have been 99 sessions of this date.
    OutOfSessions(u32),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StartError::Journal(error) => error.fmt(f),
            StartError::History(error) => error.fmt(f),
            StartError::Service(error) => error.fmt(f),
            StartError::LowDisk { folder, free, stop } => {
                let folder = folder.display();
                write!(
                    f,
                    "{free} bytes are left on the disk of {folder}, below low_disk_stop = {stop}: \
                     make room, or set it lower in [journal]"
                )
            }
            StartError::File(path, error) => {
                write!(f, "{} cannot be used: {error}", path.display())
            }
            StartError::RulesVersion(session, version) => {
                let (name, ours) = (session.name(), Engine::RULES_VERSION);
                write!(
                    f,
                    "session {name} was begun under version {version} of the rule book, and this \
                     program follows version {ours}: end the day with the program that began it"
                )
            }
            StartError::Foreign(folder, session) => {
                let (folder, name) = (folder.display(), session.name());
                write!(f, "{folder} holds the journal of session {name}: give it that name again")
            }
            StartError::Refused(what, refusal) => {
                write!(f, "the configuration cannot be put into force: {what}: {refusal}")
            }
            StartError::OutOfSessions(date) => {
                write!(f, "there have been 99 sessions of {date}: no number is left for another")
            }
        }
    }
}

impl std::error::Error for StartError {}

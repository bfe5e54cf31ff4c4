//! Why a load did not come to its end.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::time::Duration;
use std::{error, fmt, io};

use crate::count::{grouped, plural};

/// What went wrong, and with whom.
#[derive(Debug)]
pub enum LoadError {
    /// The operating system refused something.
    Io {
        /// What was being done.
        doing: String,
        /// What it said.
        cause: io::Error,
    },
    /// Nobody answers at the address.
    Connect {
        /// The address.
        address: SocketAddr,
        /// What the operating system said.
        cause: io::Error,
    },
    /// A port was not let in.
    Login {
        /// The port.
        port: String,
        /// Why, as far as it was told.
        why: String,
    },
    /// Too few files may be open at once.
    Files {
        /// As many as are needed.
        needed: u64,
        /// As many as the system allows.
        allowed: u64,
    },
    /// A connection ended in the middle.
    Ended {
        /// The port.
        port: String,
        /// Why, as far as it was told.
        why: String,
    },
    /// A port has no more numbers for this day.
    OutOfNumbers {
        /// The port.
        port: String,
    },
    /// The schedule was not kept.
    Behind {
        /// Requests that were not sent in the end.
        unsent: u64,
        /// Requests of the schedule.
        of: u64,
    },
    /// What was sent and what was answered do not agree.
    Disagrees(Vec<String>),
    /// The venue that was started did not come up.
    NotReady {
        /// The program.
        program: PathBuf,
        /// How it ended, `None` if it did not.
        status: Option<ExitStatus>,
        /// How long it was waited for.
        waited: Duration,
        /// The last it said.
        said: String,
    },
    /// The venue that was started did not end well.
    EndedBadly {
        /// How it ended, `None` if it had to be killed.
        status: Option<ExitStatus>,
        /// The last it said.
        said: String,
    },
}

impl LoadError {
    /// The operating system refused what was being done.
    pub(super) fn io(doing: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        |cause| LoadError::Io { doing: doing.into(), cause }
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LoadError::Io { doing, cause } => write!(f, "cannot {doing}: {cause}"),
            LoadError::Connect { address, cause } => {
                write!(f, "no venue at {address}: {cause}")
            }
            LoadError::Login { port, why } => write!(f, "port {port} is not let in: {why}"),
            LoadError::Files { needed, allowed } => write!(
                f,
                "{} have to be open at once, and the system allows {}: raise the limit \
                 (ulimit -Hn), or lower --idle",
                plural(*needed, "file"),
                grouped(*allowed),
            ),
            LoadError::Ended { port, why } => {
                write!(f, "the connection of port {port} ended: {why}")
            }
            LoadError::OutOfNumbers { port } => {
                write!(f, "port {port} has used all its numbers for this day; take another")
            }
            LoadError::Behind { unsent, of } => write!(
                f,
                "the schedule was not kept: {} of {} could not be sent; lower --rate",
                grouped(*unsent),
                plural(*of, "request"),
            ),
            LoadError::Disagrees(differences) => {
                write!(f, "sent and answered do not agree: {}", differences.join("; "))
            }
            LoadError::NotReady { program, status, waited, said } => {
                write!(f, "{} did not become ready: ", program.display())?;
                match status {
                    Some(status) => write!(f, "{status}")?,
                    None => write!(f, "nothing for {} s", waited.as_secs())?,
                }
                tail(f, said)
            }
            LoadError::EndedBadly { status, said } => {
                match status {
                    Some(status) => write!(f, "the venue ended with {status}")?,
                    None => f.write_str("the venue did not end on SIGTERM and was killed")?,
                }
                tail(f, said)
            }
        }
    }
}

/// The last that a venue said.
fn tail(f: &mut fmt::Formatter<'_>, said: &str) -> fmt::Result {
    match said.trim_end() {
        "" => f.write_str("; it said nothing"),
        said => write!(f, "; the last it said:\n{said}"),
    }
}

impl error::Error for LoadError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            LoadError::Io { cause, .. } | LoadError::Connect { cause, .. } => Some(cause),
            _ => None,
        }
    }
}

//! Why a command did not do what was asked.

use std::{error, fmt, io};

use crate::bench::Mismatch;
use crate::decode::DecodeFailure;
use crate::workload::FileError;

/// A failed command, with whose fault it is.
#[derive(Debug)]
pub enum Failure {
    /// The command line asks for something that does not exist.
    Misuse(String),
    /// The operating system refused something.
    Io {
        /// What was being done, with the name of what it was done to.
        doing: String,
        /// What the operating system said.
        cause: io::Error,
    },
    /// Decoding could not begin, or not go on.
    Decode(DecodeFailure),
    /// A file is no workload.
    Workload(FileError),
    /// What was measured came to the wrong end.
    Measured {
        /// What it was.
        subject: &'static str,
        /// The workload.
        flow: String,
        /// What came of it, and what should have.
        mismatch: Box<Mismatch>,
    },
}

impl Failure {
    /// What the process says of it: 2 for misuse, 1 for everything else.
    #[must_use]
    pub const fn exit_code(&self) -> u8 {
        match self {
            Failure::Misuse(_) => 2,
            Failure::Decode(failure) if failure.is_misuse() => 2,
            Failure::Io { .. }
            | Failure::Decode(_)
            | Failure::Workload(_)
            | Failure::Measured { .. } => 1,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Misuse(what) => f.write_str(what),
            Failure::Io { doing, cause } => write!(f, "cannot {doing}: {cause}"),
            Failure::Decode(failure) => failure.fmt(f),
            Failure::Workload(failure) => failure.fmt(f),
            Failure::Measured { subject, flow, mismatch } => {
                write!(f, "{subject}: {flow}: {mismatch}")
            }
        }
    }
}

impl error::Error for Failure {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Failure::Misuse(_) | Failure::Measured { .. } => None,
            Failure::Io { cause, .. } => Some(cause),
            Failure::Decode(failure) => failure.source(),
            Failure::Workload(failure) => failure.source(),
        }
    }
}

impl From<DecodeFailure> for Failure {
    fn from(failure: DecodeFailure) -> Self {
        Failure::Decode(failure)
    }
}

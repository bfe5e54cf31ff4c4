//! Why a command did not do what was asked.

use std::{error, fmt, io};

use appliance::config::ConfigErrors;
use appliance::run::RunError;

use crate::admin::AdminError;
use crate::bench::Mismatch;
use crate::decode::DecodeFailure;
use crate::feed::FeedFailure;
use crate::journal::error::JournalFailure;
use crate::load::LoadError;
use crate::order::OrderError;
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
    /// The configuration is wrong.
    Config(ConfigErrors),
    /// The exchange could not open, or not go on.
    Run(RunError),
    /// A journal cannot be read.
    Journal(JournalFailure),
    /// Decoding could not begin, or not go on.
    Decode(DecodeFailure),
    /// A feed could not be followed, saved or checked.
    Feed(FeedFailure),
    /// A venue could not be asked.
    Order(OrderError),
    /// An operator's command was not done.
    Admin(AdminError),
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
    /// A load did not come to its end, or to the wrong one.
    Load(LoadError),
}

impl Failure {
    /// What the process says of it: 2 for misuse and for operators whom nobody answers, 1 for
    /// everything else.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Failure::Misuse(_) => 2,
            Failure::Decode(failure) if failure.is_misuse() => 2,
            Failure::Feed(failure) if failure.is_misuse() => 2,
            Failure::Order(error) if error.is_misuse() => 2,
            Failure::Admin(error) => error.exit_code(),
            Failure::Journal(failure) if failure.is_misuse() => 2,
            Failure::Io { .. }
            | Failure::Config(_)
            | Failure::Run(_)
            | Failure::Journal(_)
            | Failure::Decode(_)
            | Failure::Feed(_)
            | Failure::Order(_)
            | Failure::Workload(_)
            | Failure::Measured { .. }
            | Failure::Load(_) => 1,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Misuse(what) => f.write_str(what),
            Failure::Io { doing, cause } => write!(f, "cannot {doing}: {cause}"),
            Failure::Config(errors) => errors.fmt(f),
            Failure::Run(error) => error.fmt(f),
            Failure::Journal(failure) => failure.fmt(f),
            Failure::Decode(failure) => failure.fmt(f),
            Failure::Feed(failure) => failure.fmt(f),
            Failure::Order(error) => error.fmt(f),
            Failure::Admin(error) => error.fmt(f),
            Failure::Workload(failure) => failure.fmt(f),
            Failure::Load(failure) => failure.fmt(f),
            Failure::Measured { subject, flow, mismatch } => {
                write!(f, "{subject}: {flow}: {mismatch}")
            }
        }
    }
}

impl error::Error for Failure {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Failure::Misuse(_)
            | Failure::Config(_)
            | Failure::Run(_)
            | Failure::Measured { .. } => None,
            Failure::Journal(failure) => failure.source(),
            Failure::Io { cause, .. } => Some(cause),
            Failure::Decode(failure) => failure.source(),
            Failure::Feed(failure) => failure.source(),
            Failure::Order(error) => error.source(),
            Failure::Admin(error) => error.source(),
            Failure::Workload(failure) => failure.source(),
            Failure::Load(failure) => failure.source(),
        }
    }
}

impl From<DecodeFailure> for Failure {
    fn from(failure: DecodeFailure) -> Self {
        Failure::Decode(failure)
    }
}

impl From<FeedFailure> for Failure {
    fn from(failure: FeedFailure) -> Self {
        Failure::Feed(failure)
    }
}

impl From<OrderError> for Failure {
    fn from(error: OrderError) -> Self {
        Failure::Order(error)
    }
}

impl From<JournalFailure> for Failure {
    fn from(failure: JournalFailure) -> Self {
        Failure::Journal(failure)
    }
}

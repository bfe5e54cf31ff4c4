//! Why a feed cannot be followed, saved or checked.

use std::{error, fmt, io};

use appliance::config::ConfigErrors;
use client::feed::Error;
use protocol_spec::words::FeedNo;

use crate::count::grouped;
use crate::decode::DecodeFailure;

/// Why a feed cannot be followed, saved or checked.
#[derive(Debug)]
pub enum FeedFailure {
    /// What is asked for makes no sense.
    Misuse(String),
    /// The configuration of the venue is wrong.
    Config(ConfigErrors),
    /// The feed cannot be followed.
    Feed(Error),
    /// A recording cannot be read.
    Read(DecodeFailure),
    /// A recording cannot be written.
    Write {
        /// Its name.
        file: String,
        /// Why.
        cause: io::Error,
    },
    /// The system does not let it hear signals.
    Signals(io::Error),
    /// A message without a byte, which would be the end mark of a file.
    Empty(FeedNo),
}

impl FeedFailure {
    /// Whether the command line asks for something that makes no sense.
    #[must_use]
    pub const fn is_misuse(&self) -> bool {
        matches!(self, FeedFailure::Misuse(_))
    }
}

impl fmt::Display for FeedFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FeedFailure::Misuse(what) => f.write_str(what),
            FeedFailure::Config(errors) => errors.fmt(f),
            FeedFailure::Feed(error) => error.fmt(f),
            FeedFailure::Read(DecodeFailure::Compressed { file, with }) => write!(
                f,
                "{file} is compressed with {}: decompress it first: {} FILE | outcry feed check -",
                with.name, with.command
            ),
            FeedFailure::Read(failure) => failure.fmt(f),
            FeedFailure::Write { file, cause } => write!(f, "cannot write {file}: {cause}"),
            FeedFailure::Signals(cause) => write!(f, "cannot hear signals: {cause}"),
            FeedFailure::Empty(number) => write!(
                f,
                "message {} has no bytes: in a BinaryFILE that would be its end, so nothing is \
                 saved from it on",
                grouped(number.0)
            ),
        }
    }
}

impl error::Error for FeedFailure {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            FeedFailure::Misuse(_) | FeedFailure::Config(_) | FeedFailure::Empty(_) => None,
            FeedFailure::Feed(error) => error.source(),
            FeedFailure::Read(failure) => failure.source(),
            FeedFailure::Write { cause, .. } | FeedFailure::Signals(cause) => Some(cause),
        }
    }
}

impl From<Error> for FeedFailure {
    fn from(error: Error) -> Self {
        FeedFailure::Feed(error)
    }
}

impl From<DecodeFailure> for FeedFailure {
    fn from(failure: DecodeFailure) -> Self {
        FeedFailure::Read(failure)
    }
}

//! What went wrong with a venue.

use std::error;
use std::fmt;
use std::io;
use std::time::Duration;

use protocol_spec::session::soup::End;
use protocol_spec::wire::soup::LoginRejectReason;
use protocol_spec::words::UserRefIdx;

/// What went wrong, with whom, and what was said of it.
#[derive(Debug)]
pub struct Error {
    /// The venue's address, as it was given.
    pub address: String,
    /// What went wrong.
    pub cause: Cause,
    /// The last texts for people that the venue sent over this connection.
    pub said: Vec<String>,
}

/// What can go wrong.
#[derive(Debug)]
pub enum Cause {
    /// The address leads nowhere.
    Resolve(io::Error),
    /// Nobody answers there.
    Connect(io::Error),
    /// The connection ended, and why: the login was refused, the session is over, the venue hung
    /// up or fell silent.
    Ended(End),
    /// The connection broke.
    Broken(io::ErrorKind),
    /// The venue did not answer an Account Query within this time.
    NoAnswer(Duration),
    /// The venue did not read on within this time.
    Stalled(Duration),
    /// So many replies wait to be taken with [`OrderClient::next`](crate::OrderClient::next) that
    /// no more are put aside.
    Full(usize),
    /// All numbers of this channel are used up for the day.
    NoNumbers(UserRefIdx),
    /// A message may not have a tag that the request has.
    NotForMessage {
        /// What the document calls the message.
        message: &'static str,
        /// What it calls the tag.
        tag: &'static str,
    },
    /// A message is longer than any that is sent.
    TooLong(usize),
}

impl Error {
    /// Why the venue refused the login, if that is what happened.
    #[must_use]
    pub const fn refused_login(&self) -> Option<LoginRejectReason> {
        match self.cause {
            Cause::Ended(End::Rejected(reason)) => Some(reason),
            _ => None,
        }
    }

    /// Whether the connection is gone and [`OrderClient::reconnect`](crate::OrderClient::reconnect)
    /// may bring it back. A refused login and the end of the session stay what they are.
    #[must_use]
    pub const fn may_reconnect(&self) -> bool {
        match self.cause {
            Cause::Connect(_) | Cause::Broken(_) => true,
            Cause::Ended(end) => !matches!(end, End::Rejected(_) | End::SessionOver),
            _ => false,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.address, self.cause)?;
        if let Some(last) = self.said.last() {
            write!(f, "; the venue said: {last}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cause::Resolve(error) => write!(f, "the address leads nowhere: {error}"),
            Cause::Connect(error) => write!(f, "cannot connect: {error}"),
            Cause::Ended(End::PeerClosed) => f.write_str("the venue closed the connection"),
            Cause::Ended(end) => end.fmt(f),
            Cause::Broken(kind) => write!(f, "the connection broke: {kind}"),
            Cause::NoAnswer(wait) => write!(f, "no answer to an Account Query within {wait:?}"),
            Cause::Stalled(wait) => write!(f, "the venue did not read on for {wait:?}"),
            Cause::Full(count) => {
                write!(f, "{count} replies wait to be taken, no more are put aside")
            }
            Cause::NoNumbers(channel) => {
                write!(f, "all numbers of channel {channel} are used up for the day")
            }
            Cause::NotForMessage { message, tag } => {
                write!(f, "{message} may not have the tag {tag}")
            }
            Cause::TooLong(len) => {
                write!(f, "a message of {len} bytes is longer than any that is sent")
            }
        }
    }
}

impl error::Error for Error {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match &self.cause {
            Cause::Resolve(error) | Cause::Connect(error) => Some(error),
            _ => None,
        }
    }
}

//! Why an operator's command was not done, or is not known to be.

use std::path::PathBuf;
use std::time::Duration;
use std::{error, fmt, io};

/// Why an operator's command was not done, or is not known to be.
#[derive(Debug)]
pub enum AdminError {
    /// Nobody answers at the socket.
    Nobody {
        /// The socket.
        socket: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// The connection ended before the answer.
    Unanswered {
        /// The socket.
        socket: PathBuf,
        /// How it ended.
        cause: io::Error,
    },
    /// No answer came in time.
    Silence {
        /// The socket.
        socket: PathBuf,
        /// How long was waited.
        waited: Duration,
    },
    /// Whoever answers speaks another language.
    Foreign {
        /// The socket.
        socket: PathBuf,
        /// What came.
        what: String,
    },
    /// The venue refused, or does not know.
    Refused {
        /// Why, in one word.
        reason: String,
        /// Why, in words.
        text: String,
    },
    /// Some of several commands were refused; why was said.
    Some {
        /// How many.
        refused: usize,
        /// Of how many.
        of: usize,
    },
}

impl AdminError {
    /// What the process says of it: 1 if it was refused, 2 if it was misused or nobody answered.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        if self.is_refusal() { 1 } else { 2 }
    }

    /// Whether the venue said no: then the next command can still be tried.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        match self {
            AdminError::Refused { reason, .. } => {
                !matches!(reason.as_str(), "misuse" | "unknown" | "unanswered")
            }
            AdminError::Some { .. } => true,
            _ => false,
        }
    }
}

impl fmt::Display for AdminError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unknown = "it is not known whether it was done";
        match self {
            AdminError::Nobody { socket, cause } => {
                let socket = socket.display();
                write!(f, "nobody answers at {socket}: {cause}; ")?;
                match cause.kind() {
                    io::ErrorKind::PermissionDenied => {
                        f.write_str("only the user that the venue runs as may ask it, and root")
                    }
                    io::ErrorKind::InvalidInput => {
                        f.write_str("the path of a socket has at most 107 bytes")
                    }
                    _ => f.write_str(
                        "is the venue running? Where its data directory is another one, name it \
                         with --data, or the socket with --socket",
                    ),
                }
            }
            AdminError::Unanswered { socket, cause } => {
                let socket = socket.display();
                write!(f, "the venue at {socket} went away before it answered: {cause}; {unknown}")
            }
            AdminError::Silence { socket, waited } => {
                let socket = socket.display();
                write!(f, "the venue at {socket} did not answer within {waited:?}: {unknown}")
            }
            AdminError::Foreign { socket, what } => {
                let socket = socket.display();
                write!(f, "what answers at {socket} is no venue of this version: {what}")
            }
            AdminError::Refused { reason, text } => write!(f, "{reason}: {text}"),
            AdminError::Some { refused, of } => write!(f, "{refused} of {of} were refused"),
        }
    }
}

impl error::Error for AdminError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            AdminError::Nobody { cause, .. } | AdminError::Unanswered { cause, .. } => Some(cause),
            _ => None,
        }
    }
}

//! A venue that is asked through its socket.

use std::env;
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use appliance::admin::{Answer, Line, Request, Status};

use super::AdminError;

/// How long an answer is waited for. The venue itself says after ten seconds that it has none.
const PATIENCE: Duration = Duration::from_secs(30);
/// Bytes that an answer may have: a status with tens of thousands of ports has some megabytes.
const ANSWER: u64 = 256 << 20;

/// A connection to a venue.
#[derive(Debug)]
pub struct Venue {
    socket: PathBuf,
    stream: BufReader<UnixStream>,
    who: String,
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// The session that it was done in.
    pub session: String,
    /// The number of the command; none if nothing had to be done.
    pub command: Option<u64>,
    /// What was done, in words.
    pub text: String,
}

impl Venue {
    /// Connects to the venue whose socket this is.
    ///
    /// # Errors
    /// If nobody answers there.
    pub fn at(socket: &Path) -> Result<Self, AdminError> {
        let nobody = |cause| AdminError::Nobody { socket: socket.into(), cause };
        let stream = UnixStream::connect(socket).map_err(nobody)?;
        stream.set_write_timeout(Some(PATIENCE)).map_err(nobody)?;
        Ok(Venue { socket: socket.into(), stream: BufReader::new(stream), who: user() })
    }

    /// How the venue is.
    ///
    /// # Errors
    /// If it does not say.
    pub fn status(&mut self) -> Result<Status, AdminError> {
        match self.ask(Request::Status)? {
            Answer::Status(status) => Ok(*status),
            other => Err(self.unexpected(other)),
        }
    }

    /// Has something done.
    ///
    /// # Errors
    /// If it is refused, or not known to be done.
    pub fn command(&mut self, request: Request) -> Result<Done, AdminError> {
        match self.ask(request)? {
            Answer::Done { session, command, text } => Ok(Done { session, command, text }),
            other => Err(self.unexpected(other)),
        }
    }

    fn unexpected(&self, answer: Answer) -> AdminError {
        match answer {
            Answer::Refused { reason, text } => AdminError::Refused { reason, text },
            Answer::Status(_) => self.foreign("it tells how it is, which nobody asked".to_owned()),
            Answer::Done { text, .. } => self.foreign(text),
        }
    }

    fn foreign(&self, what: String) -> AdminError {
        AdminError::Foreign { socket: self.socket.clone(), what }
    }

    fn ask(&mut self, request: Request) -> Result<Answer, AdminError> {
        // To break a trade the venue reads the journal of the day.
        let is_slow = matches!(request, Request::BreakTrade { .. });
        let patience = (!is_slow).then_some(PATIENCE);
        let line = Line { who: self.who.clone(), request };
        let mut line = serde_json::to_vec(&line).expect("strings can be written as JSON");
        line.push(b'\n');
        // Who is turned away is told before anything is read of it.
        let sent = self.stream.get_mut().write_all(&line);
        self.stream.get_ref().set_read_timeout(patience).map_err(|e| self.broken(e, patience))?;
        let mut answer = Vec::new();
        let read = self.stream.by_ref().take(ANSWER).read_until(b'\n', &mut answer);
        match (read, sent) {
            (Ok(_), _) if answer.ends_with(b"\n") => {}
            (Ok(_), Ok(())) => {
                return Err(self.broken(io::Error::from(ErrorKind::UnexpectedEof), patience));
            }
            (Err(error), Ok(())) | (_, Err(error)) => return Err(self.broken(error, patience)),
        }
        serde_json::from_slice(&answer).map_err(|error| self.foreign(error.to_string()))
    }

    fn broken(&self, cause: io::Error, waited: Option<Duration>) -> AdminError {
        let socket = self.socket.clone();
        match (cause.kind(), waited) {
            (ErrorKind::WouldBlock | ErrorKind::TimedOut, Some(waited)) => {
                AdminError::Silence { socket, waited }
            }
            _ => AdminError::Unanswered { socket, cause },
        }
    }
}

/// Who sits before it, as far as the environment knows.
fn user() -> String {
    let known = ["SUDO_USER", "USER", "LOGNAME"].into_iter().find_map(|name| env::var(name).ok());
    known.unwrap_or_default()
}

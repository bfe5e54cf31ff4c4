//! One connection: a socket, and the session that says what goes over it.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

use protocol_spec::session::soup::{Action, Client, ClientEvent, End, SendError};
use protocol_spec::wire::soup::SessionId;
use protocol_spec::words::{Moment, SequenceNo};

use crate::config::Config;
use crate::error::Cause;

/// How long a write may wait for the venue to read on before something else is looked after.
const WRITE_WAIT: Duration = Duration::from_millis(10);
/// Texts for people that are kept.
const MOST_SAID: usize = 8;

/// A connection from the login to the end.
///
/// Writing never waits for long, so that replies are read while the venue reads nothing: two sides
/// that both wait for the other to read would wait for ever.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    session: Client,
    /// When the session's clock stood at 0.
    started: Instant,
    /// Whether the socket waits, and how long for something to read.
    waits: bool,
    read_wait: Duration,
    /// Why nothing more can be written.
    unwritable: Option<ErrorKind>,
    /// Why the connection broke, if it did.
    broken: Option<ErrorKind>,
    end: Option<End>,
    said: VecDeque<String>,
}

/// What was heard from the venue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// The login was accepted.
    Accepted(SessionId, SequenceNo),
    /// A message of this number came.
    Message(SequenceNo),
}

/// What became of a read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Read {
    Bytes,
    Nothing,
    End,
}

impl Connection {
    /// Connects; the login, from reply `number` of `session` on, goes out with the first call of
    /// [`Connection::hear`].
    pub(crate) fn open(
        address: &str,
        config: &Config,
        session: SessionId,
        number: SequenceNo,
    ) -> Result<Self, Cause> {
        let stream = connect(address, config.connect_timeout)?;
        stream.set_nodelay(true).map_err(Cause::Connect)?;
        stream.set_write_timeout(Some(WRITE_WAIT)).map_err(Cause::Connect)?;
        Ok(Connection {
            stream,
            session: Client::new(Moment(0), &config.login.from(session, number)),
            started: Instant::now(),
            waits: true,
            read_wait: Duration::ZERO,
            unwritable: None,
            broken: None,
            end: None,
            said: VecDeque::new(),
        })
    }

    /// The last texts for people.
    pub(crate) fn said(&self) -> Vec<String> {
        self.said.iter().cloned().collect()
    }

    /// Waits until `deadline` for the next thing that is heard; a message is put into `message`.
    /// Heartbeats go out meanwhile. What already came is told even if the deadline is past.
    pub(crate) fn hear(
        &mut self,
        deadline: Instant,
        message: &mut Vec<u8>,
    ) -> Result<Option<Heard>, Cause> {
        loop {
            if let Some(heard) = self.take(message)? {
                return Ok(Some(heard));
            }
            self.write();
            let now = Instant::now();
            let due = self.session.poll_timeout().map(|due| due - self.moment(now));
            if due == Some(Duration::ZERO) {
                // Who was away for long has not seen what came meanwhile: the venue is not silent.
                if self.read(Duration::ZERO) != Read::End {
                    self.session.on_timeout(self.moment(now));
                }
                continue;
            }
            let next_write = (!self.session.poll_output().is_empty()).then_some(WRITE_WAIT);
            let wait = deadline.saturating_duration_since(now);
            let wait = [due, next_write].into_iter().flatten().fold(wait, Duration::min);
            if self.read(wait) == Read::Nothing && Instant::now() >= deadline {
                return Ok(None);
            }
        }
    }

    /// Queues a message, and writes it if the socket takes it.
    pub(crate) fn send(&mut self, message: &[u8]) -> Result<(), SendError> {
        let was_full = !self.session.poll_output().is_empty();
        let now = self.moment(Instant::now());
        self.session.send(now, message)?;
        if was_full {
            self.set_waiting(false);
        }
        self.write();
        Ok(())
    }

    /// Writes what waits, and waits a little for the socket to take it.
    pub(crate) fn write_on(&mut self) {
        self.set_waiting(true);
        self.write();
    }

    /// Logs out and waits until the venue has closed.
    pub(crate) fn log_out(&mut self) -> Result<(), Cause> {
        self.check()?;
        let now = self.moment(Instant::now());
        self.session.log_out(now);
        self.part();
        self.unwritable.map_or(Ok(()), |kind| Err(Cause::Broken(kind)))
    }

    /// The next thing that already came.
    fn take(&mut self, message: &mut Vec<u8>) -> Result<Option<Heard>, Cause> {
        while let Some(event) = self.session.poll_event() {
            match event {
                ClientEvent::Accepted { session, next } => {
                    return Ok(Some(Heard::Accepted(session, next)));
                }
                ClientEvent::Message(number, bytes) => {
                    message.clear();
                    message.extend_from_slice(bytes);
                    return Ok(Some(Heard::Message(number)));
                }
                // OUCH has no messages without a number.
                ClientEvent::Unsequenced(_) => {}
                ClientEvent::Debug(text) => {
                    if self.said.len() == MOST_SAID {
                        self.said.pop_front();
                    }
                    self.said.push_back(text.escape_ascii().to_string());
                }
                ClientEvent::Ended(end) => {
                    self.end = Some(end);
                    self.part();
                }
            }
        }
        self.check().map(|()| None)
    }

    /// Whether the connection has not ended yet.
    fn check(&self) -> Result<(), Cause> {
        match (self.end, self.broken) {
            (None, _) => Ok(()),
            (Some(End::PeerClosed), Some(kind)) => Err(Cause::Broken(kind)),
            (Some(end), _) => Err(Cause::Ended(end)),
        }
    }

    /// Says farewell: writes what is left, shuts this side, and reads until the venue closes or
    /// has had its time.
    fn part(&mut self) {
        loop {
            self.write();
            let now = self.moment(Instant::now());
            if self.unwritable.is_some() {
                self.session.on_broken(now);
            }
            match self.session.poll_action() {
                Some(Action::Shutdown) => {
                    if self.stream.shutdown(Shutdown::Write).is_err() {
                        self.session.on_broken(now);
                    }
                }
                Some(Action::Close) => return,
                None => {
                    let due = self.session.poll_timeout().expect("a farewell has its time");
                    self.read((due - now).min(WRITE_WAIT));
                    self.session.on_timeout(self.moment(Instant::now()));
                }
            }
        }
    }

    /// Writes what waits, as far as the socket takes it.
    fn write(&mut self) {
        while self.unwritable.is_none() && !self.session.poll_output().is_empty() {
            match self.stream.write(self.session.poll_output()) {
                Ok(0) => self.unwritable = Some(ErrorKind::WriteZero),
                Ok(count) => {
                    let now = self.moment(Instant::now());
                    self.session.on_written(now, count);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if is_nothing_yet(&error) => return,
                Err(error) => self.unwritable = Some(error.kind()),
            }
        }
    }

    /// Reads once, waiting so long for something to come.
    ///
    /// A connection that can no longer be written to is read to its end first: the reason may
    /// stand there.
    fn read(&mut self, wait: Duration) -> Read {
        self.set_waiting(!wait.is_zero());
        if !wait.is_zero() && self.read_wait != wait {
            self.read_wait = wait;
            self.stream.set_read_timeout(Some(wait)).expect("a wait that is not zero is allowed");
        }
        let buffer = self.session.read_buffer().expect("all that came was taken");
        let outcome = self.stream.read(buffer);
        let now = self.moment(Instant::now());
        match outcome {
            Ok(0) => {
                self.session.on_eof(now);
                return Read::End;
            }
            Ok(count) => {
                self.session.on_read(now, count);
                return Read::Bytes;
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => return Read::Nothing,
            Err(error) if !is_nothing_yet(&error) => self.broken = Some(error.kind()),
            Err(_) if self.unwritable.is_none() => return Read::Nothing,
            Err(_) => self.broken = self.unwritable,
        }
        self.session.on_broken(now);
        Read::End
    }

    /// Whether reads and writes wait: how long is set apart.
    fn set_waiting(&mut self, waits: bool) {
        if self.waits != waits {
            self.waits = waits;
            self.stream.set_nonblocking(!waits).expect("an open socket has both modes");
        }
    }

    fn moment(&self, now: Instant) -> Moment {
        Moment(0) + now.duration_since(self.started)
    }
}

/// Connects to the first of the address's places that answers.
fn connect(address: &str, timeout: Duration) -> Result<TcpStream, Cause> {
    let mut last = None;
    for place in address.to_socket_addrs().map_err(Cause::Resolve)? {
        match TcpStream::connect_timeout(&place, timeout) {
            Ok(stream) => return Ok(stream),
            Err(error) => last = Some(Cause::Connect(error)),
        }
    }
    Err(last.unwrap_or_else(|| Cause::Resolve(ErrorKind::NotFound.into())))
}

/// Whether a read or write only ran out of time.
fn is_nothing_yet(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}

//! One login of one port.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use protocol_spec::session::soup::SendError;
use protocol_spec::wire::ouch::{AccountQuery, Outbound, Tags};
use protocol_spec::wire::soup::SessionId;
use protocol_spec::words::{SequenceNo, UserRefIdx, UserRefNum};

use crate::config::{Config, Start};
use crate::connection::{Connection, Heard};
use crate::error::{Cause, Error};
use crate::numbers::Numbers;
use crate::reply::Reply;
use crate::request::Request;

/// Replies that are put aside at most, while an answer is waited for or the venue does not read.
const MOST_ASIDE: usize = 1 << 20;
/// As good as for ever, and a time that any clock can tell.
const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// A broker's port at a venue.
///
/// A port has one connection: who logs in takes it from whoever had it. Heartbeats go out while
/// [`OrderClient::next`] waits; who does not call it for long is hung up on. Dropped without
/// [`OrderClient::log_out`], the connection breaks for the venue; either may cost the port its
/// orders, if it is set up so.
#[derive(Debug)]
pub struct OrderClient {
    address: String,
    config: Config,
    connection: Connection,
    session: SessionId,
    past: SequenceNo,
    next: SequenceNo,
    /// Replies that came while something else was waited for.
    aside: VecDeque<(SequenceNo, Vec<u8>)>,
    /// The message heard last.
    message: Vec<u8>,
    numbers: Numbers,
}

impl OrderClient {
    /// Connects to `address`, as in `"127.0.0.1:9001"` or `"venue.example:9001"`, and logs in.
    ///
    /// # Errors
    /// If nobody answers there, or the login is refused.
    pub fn connect(address: &str, config: &Config) -> Result<Self, Error> {
        let entrance = enter(address, config, config.start)?;
        Ok(OrderClient {
            address: address.to_owned(),
            config: *config,
            connection: entrance.connection,
            session: entrance.session,
            past: entrance.past,
            next: entrance.next,
            aside: VecDeque::new(),
            message: Vec::new(),
            numbers: Numbers::default(),
        })
    }

    /// The session that the replies are numbered in.
    #[must_use]
    pub const fn session(&self) -> SessionId {
        self.session
    }

    /// The number of the reply that was the most recent one at the login: those up to it are of the
    /// past. It is 1 also if there was none yet.
    #[must_use]
    pub const fn past(&self) -> SequenceNo {
        self.past
    }

    /// The number of the reply that [`OrderClient::next`] gives next.
    #[must_use]
    pub fn next_number(&self) -> SequenceNo {
        self.aside.front().map_or(self.next, |(number, _)| *number)
    }

    /// Sends a request under the next number of its channel, and says under which number its
    /// replies will come: a cancel's or modification's under that of the order it names.
    ///
    /// The first request of a channel asks the venue for that number before. No answer is waited
    /// for otherwise.
    ///
    /// # Errors
    /// If it has a tag that its message may not have, there are no numbers left, or the connection
    /// ended.
    pub fn send(&mut self, request: impl Into<Request>) -> Result<UserRefNum, Error> {
        let request = request.into();
        self.check(&request)?;
        let channel = request.channel();
        let number = match request.order() {
            Some(order) => order,
            None if self.numbers.knows(channel) => self.free_number(channel)?,
            None => {
                self.query(channel)?;
                self.free_number(channel)?
            }
        };
        self.put(number, &request)?;
        Ok(number)
    }

    /// Sends a request under a number of the caller's choice; those that name an order have none
    /// of their own. What is sent again under its number does no harm: the venue passes over it.
    ///
    /// # Errors
    /// If it has a tag that its message may not have, or the connection ended.
    pub fn send_as(
        &mut self,
        number: UserRefNum,
        request: impl Into<Request>,
    ) -> Result<(), Error> {
        let request = request.into();
        self.check(&request)?;
        self.put(number, &request)
    }

    /// Sends any message as it is.
    ///
    /// # Errors
    /// If it is too long, or the connection ended, or the venue does not read on.
    pub fn send_bytes(&mut self, message: &[u8]) -> Result<(), Error> {
        let deadline = after(self.config.answer_timeout);
        loop {
            match self.connection.send(message) {
                Ok(()) => return Ok(()),
                Err(SendError::TooLong { len, .. }) => {
                    return Err(self.error(Cause::TooLong(len)));
                }
                Err(SendError::Full) if Instant::now() >= deadline => {
                    return Err(self.error(Cause::Stalled(self.config.answer_timeout)));
                }
                // The venue may be waiting for its replies to be read. What came before an end is
                // put aside as well; then the end is told.
                Err(SendError::Full | SendError::Ending) => {
                    self.connection.write_on();
                    while self.put_aside(Instant::now())?.is_some() {}
                }
            }
        }
    }

    /// Asks the venue for the next free number of a channel, and waits for the answer. Replies that
    /// come meanwhile, the answer among them, are given by [`OrderClient::next`] afterwards.
    ///
    /// # Errors
    /// If there is no answer in time, or the connection ended.
    pub fn query(&mut self, channel: UserRefIdx) -> Result<UserRefNum, Error> {
        let user_ref_idx = Some(channel).filter(|channel| *channel != UserRefIdx(0));
        let mut bytes = [0; AccountQuery::LEN + Tags::MAX_LEN];
        let len = AccountQuery {}.encode_with(&Tags { user_ref_idx, ..Tags::NONE }, &mut bytes);
        self.send_bytes(&bytes[..len])?;
        let (deadline, past) = (after(self.config.answer_timeout), self.past);
        while let Some(reply) = self.put_aside(deadline)? {
            let is_past = reply.number <= past && past > SequenceNo(1);
            if let Ok((Outbound::AccountQueryResponse(answer), _)) = reply.decode()
                && reply.channel() == channel
                && !is_past
            {
                let next = answer.next_user_ref_num();
                self.numbers.told(channel, next);
                return Ok(next);
            }
        }
        Err(self.error(Cause::NoAnswer(self.config.answer_timeout)))
    }

    /// The next reply, or `None` if none comes within `wait`.
    ///
    /// # Errors
    /// How the connection ended, once all replies that came before were given; again and again
    /// until [`OrderClient::reconnect`].
    pub fn next(&mut self, wait: Duration) -> Result<Option<Reply<'_>>, Error> {
        if let Some((number, message)) = self.aside.pop_front() {
            self.message = message;
            return Ok(Some(Reply { number, bytes: &self.message }));
        }
        let number = self.hear(after(wait))?;
        Ok(number.map(|number| Reply { number, bytes: &self.message }))
    }

    /// Connects and logs in again, to go on with the next reply of the same session.
    ///
    /// What was sent and not answered may be lost; sent again under its number it does no harm.
    /// Replies that came before and were not taken yet are still given, in their order.
    ///
    /// # Errors
    /// If nobody answers, or the login is refused: because the session is over, if not for
    /// another reason. Then a new client is to be made.
    pub fn reconnect(&mut self) -> Result<(), Error> {
        let entrance = enter(&self.address, &self.config, Start::At(self.session, self.next))?;
        self.connection = entrance.connection;
        self.past = entrance.past;
        self.next = entrance.next;
        self.numbers.forget();
        Ok(())
    }

    /// Logs out, and waits until the venue has closed the connection. Replies that were not taken
    /// are not lost: who logs in again at what [`OrderClient::next_number`] was gets them.
    ///
    /// # Errors
    /// If the connection had ended before.
    pub fn log_out(mut self) -> Result<(), Error> {
        let ended = self.connection.log_out();
        ended.map_err(|cause| self.error(cause))
    }

    fn check(&self, request: &Request) -> Result<(), Error> {
        let message = request.layout().title;
        match request.misplaced_tag() {
            Some(tag) => Err(self.error(Cause::NotForMessage { message, tag })),
            None => Ok(()),
        }
    }

    /// Sends a checked request, and takes down that its number is used.
    fn put(&mut self, number: UserRefNum, request: &Request) -> Result<(), Error> {
        let mut bytes = [0; Request::MAX_LEN];
        let len = request.encode(number, &mut bytes);
        self.send_bytes(&bytes[..len])?;
        if request.order().is_none() {
            self.numbers.used(request.channel(), number);
        }
        Ok(())
    }

    fn free_number(&self, channel: UserRefIdx) -> Result<UserRefNum, Error> {
        self.numbers.peek(channel).ok_or_else(|| self.error(Cause::NoNumbers(channel)))
    }

    /// Waits for a reply and keeps it for later.
    fn put_aside(&mut self, deadline: Instant) -> Result<Option<Reply<'_>>, Error> {
        if self.aside.len() == MOST_ASIDE {
            return Err(self.error(Cause::Full(MOST_ASIDE)));
        }
        let Some(number) = self.hear(deadline)? else {
            return Ok(None);
        };
        self.aside.push_back((number, self.message.clone()));
        Ok(Some(Reply { number, bytes: &self.message }))
    }

    /// Waits for a message, which is in `self.message` then.
    fn hear(&mut self, deadline: Instant) -> Result<Option<SequenceNo>, Error> {
        loop {
            match self.connection.hear(deadline, &mut self.message) {
                // The most recent reply, which nobody asked for.
                Ok(Some(Heard::Message(number))) if number < self.next => {}
                Ok(Some(Heard::Message(number))) => {
                    self.next = number.next();
                    return Ok(Some(number));
                }
                Ok(None) => return Ok(None),
                Ok(Some(Heard::Accepted(..))) => unreachable!("a login is accepted once"),
                Err(cause) => return Err(self.error(cause)),
            }
        }
    }

    fn error(&self, cause: Cause) -> Error {
        Error { address: self.address.clone(), cause, said: self.connection.said() }
    }
}

/// A login that was accepted.
struct Entrance {
    connection: Connection,
    session: SessionId,
    past: SequenceNo,
    /// The first reply that is wanted.
    next: SequenceNo,
}

/// Logs in to get replies from `start` on.
///
/// The first login asks for the most recent reply, since its answer alone tells what is of the
/// past: an old answer to an Account Query looks like a new one. If older replies are wanted, a
/// second login takes the port over.
fn enter(address: &str, config: &Config, start: Start) -> Result<Entrance, Error> {
    let (session, number) = match start {
        Start::Now => (SessionId::BLANK, None),
        Start::First => (SessionId::BLANK, Some(SequenceNo(1))),
        Start::At(session, number) => (session, Some(number)),
    };
    let (connection, session, past) = log_in(address, config, session, SequenceNo(0))?;
    // Number 1 may be of a reply that there is not yet.
    let after_past = if past > SequenceNo(1) { past.next() } else { past };
    let next = match number {
        None => after_past,
        Some(SequenceNo(0)) => past,
        Some(number) if number == past || number == after_past => number,
        Some(number) => {
            let (connection, session, next) = log_in(address, config, session, number)?;
            return Ok(Entrance { connection, session, past, next });
        }
    };
    Ok(Entrance { connection, session, past, next })
}

/// Connects, and waits until the login is answered.
fn log_in(
    address: &str,
    config: &Config,
    session: SessionId,
    number: SequenceNo,
) -> Result<(Connection, SessionId, SequenceNo), Error> {
    let error = |cause, said| Error { address: address.to_owned(), cause, said };
    let mut connection = Connection::open(address, config, session, number)
        .map_err(|cause| error(cause, Vec::new()))?;
    // The session itself gives up first.
    let deadline = after(config.login.login_timeout.saturating_mul(2));
    match connection.hear(deadline, &mut Vec::new()) {
        Ok(Some(Heard::Accepted(session, next))) => Ok((connection, session, next)),
        Ok(Some(Heard::Message(_)) | None) => unreachable!("the answer to the login comes first"),
        Err(cause) => {
            let said = connection.said();
            Err(error(cause, said))
        }
    }
}

/// The time so long from now.
fn after(wait: Duration) -> Instant {
    Instant::now() + wait.min(YEAR)
}

//! A venue's public feed: lines joined, heard side by side, and healed.
//!
//! ```no_run
//! use std::time::Duration;
//!
//! use client::feed::{Event, Feed, FeedConfig};
//! use mdfeed::book_view::BookView;
//!
//! let mut feed = Feed::open(&FeedConfig::loopback())?;
//! let mut books = BookView::new();
//! while let Some(event) = feed.next(Duration::from_secs(60))? {
//!     match event {
//!         Event::Messages(run) => {
//!             for (number, message) in run {
//!                 if let Err(fault) = books.apply(message) {
//!                     println!("message {number}: {fault}");
//!                 }
//!             }
//!         }
//!         Event::EndOfSession(_) => break,
//!         other => println!("{other:?}"),
//!     }
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! What comes, in which order, and what is asked for again, is decided by
//! [`mdfeed::receiver::Receiver`]; here are the sockets around it. There is no thread: whatever
//! comes while the program does other things is held by the system, as much as its buffers take
//! ([`Feed::receive_buffer`]), and what they do not take is asked for again.

mod config;
mod error;
mod socket;

use std::fmt;
use std::io::{self, ErrorKind};
use std::net::UdpSocket;
use std::time::{Duration, Instant};

use mdfeed::receiver::{MAX_LINES, Origin, Receiver};
use protocol_spec::wire::mold::{Request, SessionId};
use protocol_spec::words::{FeedNo, Moment};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

pub use config::{BadAddress, FeedConfig, LineAddress};
pub use error::Error;
pub use mdfeed::receiver::{Config, Counts, Event, Gap, Run, Start, State, Tally};

/// The longest datagram there can be, so that none is ever cut.
const DATAGRAM: usize = 64 * 1024;
/// Datagrams read of each socket before what they brought is told.
const TURN: usize = 1024;
/// Datagrams read of one socket before the next one has its turn, so that lines stay side by side:
/// what one of them lost is mostly on the other.
const SHARE: usize = 32;

/// A feed that is followed.
pub struct Feed {
    lines: Vec<(LineAddress, UdpSocket)>,
    /// Where messages are asked for, and answers come.
    requests: Option<UdpSocket>,
    receiver: Receiver,
    /// When the receiver's clock stood at 0.
    started: Instant,
    /// Bytes that the system holds for the line that it holds least for.
    receive_buffer: usize,
    /// The socket that is read first.
    first: usize,
    /// What was wrong with the last request.
    unasked: Option<io::Error>,
    buffer: Vec<u8>,
}

/// Which sockets have something to read: a bit for each line, then one for the answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Ready(u16);

impl Feed {
    /// Listens to the lines from now on.
    ///
    /// # Errors
    /// If there is no line or there are too many, one cannot be joined, or no way leads to where
    /// messages are asked for again.
    ///
    /// # Panics
    /// If the receiver could not work as it is told to: [`Receiver::new`] says when.
    pub fn open(config: &FeedConfig) -> Result<Self, Error> {
        if !(1..=MAX_LINES).contains(&config.lines.len()) {
            return Err(Error::LineCount(config.lines.len()));
        }
        let requests = config.rerequest.map(socket::requests).transpose()?;
        let (mut lines, mut receive_buffer) = (Vec::new(), usize::MAX);
        for &address in &config.lines {
            let (socket, buffer) = socket::line(address, config.receive_buffer)?;
            receive_buffer = receive_buffer.min(buffer);
            lines.push((address, socket));
        }
        let receiver =
            Config { lines: lines.len(), can_ask: requests.is_some(), ..config.receiver };
        Ok(Feed {
            lines,
            requests,
            receiver: Receiver::new(Moment(0), receiver),
            started: Instant::now(),
            receive_buffer,
            first: 0,
            unasked: None,
            buffer: vec![0; DATAGRAM],
        })
    }

    /// The next event; waits so long for one, and not at all with [`Duration::ZERO`].
    ///
    /// A signal that the process handles ends the wait as well.
    ///
    /// # Errors
    /// If a line cannot be read any more.
    pub fn next(&mut self, wait: Duration) -> Result<Option<Event<'_>>, Error> {
        let deadline = Instant::now().checked_add(wait);
        // What came is told before more is read: so what is held stays bounded, and what is too
        // much stays with the system.
        while !self.receiver.has_event() {
            let Some(ready) = self.wait(deadline)? else { break };
            self.read(ready)?;
            let now = self.now();
            // Behind the reading: who was away for long has not seen what came meanwhile, and no
            // line is silent for that.
            self.receiver.on_timeout(now);
            self.ask(now);
            if deadline.is_some_and(|deadline| deadline <= Instant::now()) {
                break;
            }
        }
        Ok(self.receiver.poll_event())
    }

    /// Goes on behind a gap that was given up: what is in it is lost.
    pub fn skip_gap(&mut self) {
        self.receiver.skip_gap(self.now());
    }

    /// How far the feed was followed, and whether something is in the way.
    #[must_use]
    pub fn state(&self) -> State {
        self.receiver.state()
    }

    /// The session that is followed, once it is known.
    #[must_use]
    pub fn session(&self) -> Option<SessionId> {
        self.receiver.session()
    }

    /// The number of the next message to be told, once it is known.
    #[must_use]
    pub fn next_number(&self) -> Option<FeedNo> {
        self.receiver.next_number()
    }

    /// What was heard and asked for so far.
    #[must_use]
    pub fn counts(&self) -> &Counts {
        self.receiver.counts()
    }

    /// The addresses of the lines, in the order in which they are counted.
    pub fn lines(&self) -> impl Iterator<Item = LineAddress> {
        self.lines.iter().map(|(address, _)| *address)
    }

    /// How many bytes the system holds for each line while the program does other things. It is
    /// less than was asked for where `net.core.rmem_max` is lower.
    #[must_use]
    pub const fn receive_buffer(&self) -> usize {
        self.receive_buffer
    }

    /// Why requests reach nobody, if the system says so and no answer has come since.
    #[must_use]
    pub const fn unasked(&self) -> Option<&io::Error> {
        self.unasked.as_ref()
    }

    /// Waits until a socket can be read, the receiver wants to be woken, or the deadline.
    ///
    /// `None` if a signal came first.
    fn wait(&self, deadline: Option<Instant>) -> Result<Option<Ready>, Error> {
        let now = Instant::now();
        let left = deadline.map(|deadline| deadline.saturating_duration_since(now));
        let moment = self.moment(now);
        let due = self.receiver.poll_timeout().map(|due| due - moment);
        let wait = left.into_iter().chain(due).min();
        // One that is beyond what the system counts to is one for ever.
        let wait = wait.and_then(|wait| Timespec::try_from(wait).ok());
        let sockets = self.lines.iter().map(|(_, socket)| socket).chain(&self.requests);
        let mut asked: Vec<PollFd<'_>> =
            sockets.map(|socket| PollFd::new(socket, PollFlags::IN)).collect();
        match poll(&mut asked, wait.as_ref()) {
            Ok(_) => {}
            Err(Errno::INTR) => return Ok(None),
            Err(error) => return Err(Error::Wait(error.into())),
        }
        let mut ready = Ready(0);
        for (at, socket) in asked.iter().enumerate() {
            if !socket.revents().is_empty() {
                ready.0 |= 1 << at;
            }
        }
        Ok(Some(ready))
    }

    /// Reads what came, a share of each socket in turn, as long as the receiver has room.
    fn read(&mut self, mut ready: Ready) -> Result<(), Error> {
        let sockets = self.lines.len() + 1;
        for _ in 0..TURN / SHARE {
            // Whoever was first is last the next time: room may be short.
            self.first = (self.first + 1) % sockets;
            for at in (self.first..sockets).chain(0..self.first) {
                if ready.0 & 1 << at != 0 && self.read_share(at)? {
                    ready.0 &= !(1 << at);
                }
            }
            if ready.0 == 0 || !self.receiver.has_room() {
                break;
            }
        }
        Ok(())
    }

    /// Reads a share of a socket, and says whether that was all there is.
    fn read_share(&mut self, at: usize) -> Result<bool, Error> {
        // The clock is asked once: the datagrams of a share were there already.
        let now = self.moment(Instant::now());
        let line = self.lines.get(at);
        let (origin, socket) = match line {
            Some((_, socket)) => (Origin::Line(at), socket),
            None => (Origin::Answer, self.requests.as_ref().expect("it was ready")),
        };
        for _ in 0..SHARE {
            if !self.receiver.has_room() {
                return Ok(false);
            }
            match socket.recv(&mut self.buffer) {
                Ok(count) => {
                    if origin == Origin::Answer {
                        self.unasked = None;
                    }
                    self.receiver.on_packet(now, origin, &self.buffer[..count]);
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(true),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => match line {
                    Some((address, _)) => return Err(Error::Read(*address, error)),
                    // That nobody listens where was asked is no reason not to hear the lines: the
                    // receiver asks again.
                    None => self.unasked = Some(error),
                },
            }
        }
        Ok(false)
    }

    /// Sends the requests that are due. One that cannot be sent is lost, as it may be on the way;
    /// the receiver asks again.
    fn ask(&mut self, now: Moment) {
        let Some(socket) = &self.requests else { return };
        while let Some(request) = self.receiver.poll_request(now) {
            let mut bytes = [0; Request::LEN];
            request.encode(&mut bytes);
            if let Err(error) = socket.send(&bytes) {
                self.unasked = Some(error);
            }
        }
    }

    fn now(&self) -> Moment {
        self.moment(Instant::now())
    }

    fn moment(&self, now: Instant) -> Moment {
        Moment(0) + now.duration_since(self.started)
    }
}

impl fmt::Debug for Feed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<_> = self.lines().collect();
        let (session, next) = (self.session(), self.next_number());
        f.debug_struct("Feed")
            .field("lines", &lines)
            .field("session", &session)
            .field("next", &next)
            .finish_non_exhaustive()
    }
}

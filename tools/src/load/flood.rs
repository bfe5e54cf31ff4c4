//! Somebody who asks for messages of the feed again, without end.

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, UdpSocket};

use protocol_spec::wire::mold::{Request, SessionId};
use protocol_spec::words::{FeedNo, Moment};

use super::clock::Clock;

/// Requests a second: more than a venue answers.
const RATE: u64 = 50_000;
/// Most requests of a turn: the same thread times the orders.
const BURST: u64 = 16;

/// The requests, one after the other, each for as many messages as can be asked for.
#[derive(Debug)]
pub struct Flood {
    socket: UdpSocket,
    request: [u8; Request::LEN],
    /// Whether it asks at the moment, and since when.
    since: Option<Moment>,
    /// Requests of this round.
    sent: u64,
    /// Requests and answers so far.
    total: (u64, u64),
    buffer: Box<[u8; 65_536]>,
}

impl Flood {
    /// Will ask whoever answers at `address` for the session from its first message on.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn new(address: SocketAddr, session: SessionId) -> io::Result<Self> {
        let socket = UdpSocket::bind(("127.0.0.1", 0))?;
        socket.connect(address)?;
        socket.set_nonblocking(true)?;
        let mut request = [0; Request::LEN];
        Request { session, number: FeedNo(1), count: u16::MAX - 1 }.encode(&mut request);
        let buffer = Box::new([0; 65_536]);
        Ok(Flood { socket, request, since: None, sent: 0, total: (0, 0), buffer })
    }

    /// Begins to ask, or ends.
    pub(super) fn set(&mut self, is_on: bool, now: Moment) {
        (self.since, self.sent) = (is_on.then_some(now), 0);
    }

    /// Answers so far.
    pub(super) const fn answered(&self) -> u64 {
        self.total.1
    }

    /// Asks as often as is due, and counts what was answered.
    #[inline]
    pub(super) fn turn(&mut self, clock: &Clock) {
        let Some(since) = self.since else { return };
        let elapsed = (clock.now() - since).as_micros() as u64;
        let due = (elapsed * RATE / 1_000_000).saturating_sub(self.sent).min(BURST);
        for _ in 0..due {
            self.sent += 1;
            // What the system has no room for is lost, as in any network.
            self.total.0 += u64::from(self.socket.send(&self.request).is_ok());
        }
        for _ in 0..BURST {
            match self.socket.recv(&mut self.buffer[..]) {
                Ok(_) => self.total.1 += 1,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => return,
            }
        }
    }
}

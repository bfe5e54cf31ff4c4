//! The connections of brokers, by stream.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use protocol_spec::session::soup::{Login, Server, ServerConfig};
use protocol_spec::words::{Moment, PortId, PortNo};

use crate::service::Asker;
use crate::world::StreamId;

/// A heartbeat leaves a second after the last packet at the latest. It is due a bit sooner, so that
/// those of many connections may leave in several rounds, and orders need not wait for them.
const HEARTBEAT: Duration = Duration::from_millis(950);
/// So that they do not fall due together in the first place, each connection has a period of its
/// own: how much shorter from one to the next, and how many different ones there are.
const APART: (Duration, u64) = (Duration::from_millis(3), 64);

/// Most connections that were not let in and have time to close themselves: others at the door wait
/// for the room that they take.
const LEAVING: usize = 32;

/// Who came in by a stream.
#[derive(Debug)]
pub(super) struct Connection {
    /// Its own number, never used twice in a process.
    pub(super) serial: u64,
    pub(super) peer: SocketAddr,
    pub(super) server: Server,
    pub(super) seat: Seat,
    /// Whether something may be there to read.
    pub(super) readable: bool,
    /// Whether the peer has closed its side: what is there to read ends with that.
    pub(super) is_closed: bool,
    /// Whether it is in the list of those to be looked at.
    pub(super) listed: bool,
    /// Since when the stream takes nothing, if it takes nothing.
    pub(super) blocked: Option<Moment>,
    /// When it is looked at next for the time's sake.
    pub(super) alarm: Option<Moment>,
    /// Replies from the file, and whether some were asked for.
    pub(super) block: Option<Bytes>,
    pub(super) fetching: bool,
    pub(super) flood: Flood,
}

/// What a connection is to the venue.
///
/// ```text
///   Stranger ──login──▶ Checking ──password right──▶ Entering ──PortUp is kept──▶ Holding
///       └──────────── plain password right ──────────────▲            └─ ended ─▶ Gone
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Seat {
    /// Nobody yet.
    Stranger,
    /// The password is being checked, or the next day awaited.
    Checking(Login),
    /// The login is in the journal's batch.
    Entering { login: Login, port: PortId, conn: u64 },
    /// It has the port.
    Holding {
        port: PortId,
        conn: u64,
        /// Whether it once had every reply.
        live: bool,
    },
    /// It has ended, or another one has taken its port.
    Gone,
}

/// Counts messages against what is beyond all reason.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flood {
    most: u64,
    since: Moment,
    count: u64,
}

impl Flood {
    /// More than `most` messages within a second are too many.
    pub(super) fn new(most: u64) -> Self {
        Flood { most, since: Moment(0), count: 0 }
    }

    /// Counts a message; whether it is one too many.
    #[inline]
    pub(super) fn is_too_much(&mut self, now: Moment) -> bool {
        if now - self.since >= Duration::from_secs(1) {
            (self.since, self.count) = (now, 0);
        }
        self.count += 1;
        self.count > self.most
    }
}

impl Connection {
    pub(super) fn new(now: Moment, serial: u64, peer: SocketAddr, config: &ServerConfig) -> Self {
        let steps = u32::try_from(serial % APART.1).expect("there are few of them");
        let config = ServerConfig { heartbeat: HEARTBEAT - APART.0 * steps, ..*config };
        Connection {
            serial,
            peer,
            server: Server::new(now, &config),
            seat: Seat::Stranger,
            readable: true,
            is_closed: false,
            listed: false,
            blocked: None,
            alarm: None,
            block: None,
            fetching: false,
            flood: Flood::new(u64::MAX),
        }
    }

    /// The number of the next reply that it gets, if it has a port.
    pub(super) fn next_number(&self) -> Option<PortNo> {
        self.server.next_number().map(|number| PortNo(number.0))
    }
}

/// All connections.
#[derive(Debug, Default)]
pub(super) struct Connections {
    list: Vec<Option<Connection>>,
    /// How many there are.
    pub(super) count: usize,
    /// How many of them have no port.
    pub(super) strangers: usize,
    /// Which one has a port, by port.
    holders: Vec<Option<StreamId>>,
    /// Who was told why he is not let in, and has not closed; the first of them first.
    leaving: VecDeque<Asker>,
    serial: u64,
}

impl Connections {
    /// A number that no connection had.
    pub(super) fn next_serial(&mut self) -> u64 {
        self.serial += 1;
        self.serial
    }

    pub(super) fn insert(&mut self, id: StreamId, connection: Connection) {
        if id.0 >= self.list.len() {
            self.list.resize_with(id.0 + 1, || None);
        }
        assert!(self.list[id.0].is_none(), "a stream has one connection");
        self.list[id.0] = Some(connection);
        self.count += 1;
        self.strangers += 1;
    }

    #[inline]
    pub(super) fn get(&mut self, id: StreamId) -> Option<&mut Connection> {
        self.list.get_mut(id.0)?.as_mut()
    }

    /// The connection that asked for something, if it is still there.
    pub(super) fn asker(&mut self, who: Asker) -> Option<&mut Connection> {
        self.get(who.stream).filter(|connection| connection.serial == who.serial)
    }

    /// One that was not let in is on its way out. If too many are, says who has had the most time
    /// for it, and is to be closed.
    pub(super) fn leave(&mut self, who: Asker) -> Option<Asker> {
        self.leaving.push_back(who);
        if self.leaving.len() > LEAVING { self.leaving.pop_front() } else { None }
    }

    /// Forgets it; its stream is closed.
    pub(super) fn remove(&mut self, id: StreamId) {
        let connection = self.list[id.0].take().expect("a connection is removed once");
        self.count -= 1;
        if !matches!(connection.seat, Seat::Holding { .. } | Seat::Gone) {
            self.strangers -= 1;
        }
    }

    /// The streams of all connections.
    pub(super) fn ids(&self) -> Vec<StreamId> {
        let all = self.list.iter().enumerate();
        all.filter(|(_, each)| each.is_some()).map(|(at, _)| StreamId(at)).collect()
    }

    /// The connection that has a port.
    #[inline]
    pub(super) fn holder(&self, port: PortId) -> Option<StreamId> {
        *self.holders.get(usize::from(port.0))?
    }

    /// Says which connection has a port.
    pub(super) fn set_holder(&mut self, port: PortId, holder: Option<StreamId>) {
        let at = usize::from(port.0);
        if at >= self.holders.len() {
            self.holders.resize(at + 1, None);
        }
        self.holders[at] = holder;
    }

    /// How many have a port.
    pub(super) fn holding(&self) -> usize {
        self.holders.iter().flatten().count()
    }
}

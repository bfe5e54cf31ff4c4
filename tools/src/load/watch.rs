//! The feed beside the replies: how long an order takes until everybody is told of it.

use std::collections::HashMap;
use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, UdpSocket};

use protocol_spec::wire::itch::Message;
use protocol_spec::wire::mold::{Body, Packet};
use protocol_spec::words::{FeedNo, Moment, OrderRef};
use socket2::{Domain, Protocol, Socket, Type};

use super::clock::Clock;
use super::figures::{Figures, Wait};

/// Bytes for datagrams that wait, if the system gives them: a generator that loses its core for a
/// moment is not to lose packets.
const RECEIVE: usize = 8 << 20;
/// Datagrams that are taken in a turn.
const TURN: usize = 64;
/// Orders that wait for their other half at most; beyond it they are given up.
const MOST: usize = 1 << 20;

/// A listener to one line of the feed.
///
/// An order is told twice: to its broker as Accepted, and to all as an Add Order of the same
/// reference. Whichever comes first waits for the other.
#[derive(Debug)]
pub struct Watch {
    socket: UdpSocket,
    buffer: Box<[u8; 65_536]>,
    halves: HashMap<OrderRef, Half>,
    /// The number of the next message.
    next: Option<FeedNo>,
    lost: u64,
}

/// What is known of an order so far.
#[derive(Clone, Copy, Debug)]
enum Half {
    /// When it was asked for.
    Asked(Moment),
    /// When everybody was told.
    Told(Moment),
}

impl Watch {
    /// Listens to a group by way of the interface with this address.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn join(group: SocketAddrV4, interface: Ipv4Addr) -> io::Result<Self> {
        let socket = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP))?;
        socket.set_reuse_address(true)?;
        socket.set_nonblocking(true)?;
        socket.set_recv_buffer_size(RECEIVE)?;
        socket.bind(&SocketAddr::from(group).into())?;
        socket.join_multicast_v4(group.ip(), &interface)?;
        Ok(Watch {
            socket: socket.into(),
            buffer: Box::new([0; 65_536]),
            halves: HashMap::new(),
            next: None,
            lost: 0,
        })
    }

    /// Messages that did not come.
    #[must_use]
    pub const fn lost(&self) -> u64 {
        self.lost
    }

    /// Takes what has come on the line, and what brokers were told meanwhile; whether anything
    /// came.
    ///
    /// # Errors
    /// If the socket breaks.
    #[inline]
    pub(super) fn turn(&mut self, clock: &Clock, figures: &mut Figures) -> io::Result<bool> {
        let mut came = false;
        for _ in 0..TURN {
            let count = match self.socket.recv(&mut self.buffer[..]) {
                Ok(count) => count,
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            came = true;
            self.hear(clock.now(), count, figures);
        }
        let mut accepted = std::mem::take(&mut figures.public);
        for (order, asked) in accepted.drain(..) {
            match self.halves.remove(&order) {
                Some(Half::Told(told)) => figures.add(Wait::Published, asked, told),
                _ => self.keep(order, Half::Asked(asked)),
            }
        }
        // Its memory is used again.
        figures.public = accepted;
        Ok(came)
    }

    /// Forgets whose other half did not come: a round is over.
    pub(super) fn forget(&mut self) {
        self.halves.clear();
    }

    /// Reads a packet of this length.
    fn hear(&mut self, now: Moment, count: usize, figures: &mut Figures) {
        let Watch { buffer, halves, next, lost, .. } = self;
        let Ok(packet) = Packet::decode(&buffer[..count]) else { return };
        *lost += next.map_or(0, |next| packet.number.0.saturating_sub(next.0));
        *next = packet.next();
        let Body::Messages(blocks) = packet.body else { return };
        for message in blocks {
            let Ok((Message::AddOrder(add), _)) = Message::split(message) else { continue };
            match halves.remove(&add.order_ref()) {
                Some(Half::Asked(asked)) => figures.add(Wait::Published, asked, now),
                _ if halves.len() < MOST => {
                    halves.insert(add.order_ref(), Half::Told(now));
                }
                _ => {}
            }
        }
    }

    fn keep(&mut self, order: OrderRef, half: Half) {
        if self.halves.len() < MOST {
            self.halves.insert(order, half);
        }
    }
}

//! A publisher that does what a test says: real groups on the loopback interface, and a server that
//! has everything that was told.

use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, UdpSocket};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use protocol_spec::session::mold::{BuilderConfig, PacketBuilder};
use protocol_spec::wire::mold::{Request, SessionId};
use protocol_spec::words::{FeedNo, Moment};

use client::feed::{FeedConfig, LineAddress};

/// The session of every publisher that is not told another one.
pub(crate) const SESSION: SessionId = SessionId::new("2026112001");
const LOOPBACK: Ipv4Addr = Ipv4Addr::LOCALHOST;

/// A publisher of one session after the other.
pub(crate) struct Publisher {
    pub(crate) lines: Vec<Line>,
    pub(crate) builder: PacketBuilder,
    pub(crate) now: Moment,
    kept: Arc<Mutex<Kept>>,
    server: Option<Server>,
}

/// A line as its sender has it.
pub(crate) struct Line {
    socket: UdpSocket,
    pub(crate) to: SocketAddrV4,
    address: LineAddress,
}

/// What the server has of the session.
pub(crate) struct Kept {
    pub(crate) session: SessionId,
    messages: Vec<Vec<u8>>,
    /// Requests that are not answered before others are.
    ignored: usize,
    /// What was asked for so far: the first number and how many messages.
    pub(crate) requests: Vec<(u64, u16)>,
    /// Who asked last.
    pub(crate) asker: Option<SocketAddr>,
}

/// A thread that answers requests; it ends with this.
struct Server {
    address: SocketAddr,
    thread: Option<JoinHandle<()>>,
}

impl Publisher {
    /// A publisher with so many groups, each at a port of its own, whose members are this test's
    /// alone for as long as it lives.
    pub(crate) fn with_groups(count: usize) -> Self {
        Publisher::with_packets(count, 1472)
    }

    /// The same with packets of so many bytes at most.
    pub(crate) fn with_packets(count: usize, payload_max: u16) -> Self {
        Publisher::new((0..count).map(|_| Line::group(None)).collect(), payload_max)
    }

    /// A publisher that sends to one address of this machine.
    pub(crate) fn to_one() -> Self {
        Publisher::new(vec![Line::unicast()], 1472)
    }

    pub(crate) fn new(lines: Vec<Line>, payload_max: u16) -> Self {
        let session = SESSION;
        let (now, config) = (Moment(0), BuilderConfig::new(session));
        let (messages, requests) = (Vec::new(), Vec::new());
        let kept = Kept { session, messages, ignored: 0, requests, asker: None };
        Publisher {
            lines,
            builder: PacketBuilder::new(now, BuilderConfig { payload_max, ..config }),
            now,
            kept: Arc::new(Mutex::new(kept)),
            server: None,
        }
    }

    /// Answers requests from now on, but not the first so many.
    pub(crate) fn serve(&mut self, ignored: usize) {
        self.kept().ignored = ignored;
        self.server = Some(Server::start(Arc::clone(&self.kept)));
    }

    /// How a program follows it.
    pub(crate) fn config(&self) -> FeedConfig {
        let lines = self.lines.iter().map(|line| line.address).collect();
        FeedConfig::new(lines, self.server.as_ref().map(|server| server.address))
    }

    /// A message into the packet that is open.
    pub(crate) fn say(&mut self, message: &[u8]) -> FeedNo {
        self.kept().messages.push(message.to_vec());
        self.builder.on_message(self.now, message).expect("packets are sent before there are many")
    }

    /// Sends what is open on every line.
    pub(crate) fn send(&mut self) {
        self.send_on(&[0, 1, 2, 3, 4, 5, 6, 7]);
    }

    /// Sends what is open on these lines; the others lose it.
    pub(crate) fn send_on(&mut self, lines: &[usize]) {
        self.builder.on_flush(self.now);
        while let Some(packet) = self.builder.poll_packet() {
            for (_, line) in self.lines.iter().enumerate().filter(|(at, _)| lines.contains(at)) {
                line.send(packet);
            }
        }
    }

    /// Messages of so many bytes in packets of their own, on every line.
    pub(crate) fn tell(&mut self, messages: &[&[u8]]) {
        for message in messages {
            self.say(message);
            self.send();
        }
    }

    /// A heartbeat, or what stands in its place, on these lines.
    pub(crate) fn beat_on(&mut self, lines: &[usize]) {
        self.now = self.now + Duration::from_secs(1);
        self.builder.on_timeout(self.now);
        self.send_on(lines);
    }

    /// The session is over.
    pub(crate) fn end(&mut self) {
        self.builder.on_end(self.now);
        self.send();
    }

    /// Another session begins; of the one before nothing is answered any more.
    pub(crate) fn begin(&mut self, session: SessionId) {
        self.builder = PacketBuilder::new(self.now, BuilderConfig::new(session));
        let mut kept = self.kept();
        kept.session = session;
        kept.messages.clear();
    }

    pub(crate) fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().expect("who holds it does not panic")
    }
}

impl Line {
    /// The sender holds the port of the group at an address of its own: who asks for a free port
    /// meanwhile gets another, and so another group.
    pub(crate) fn group(beside: Option<SocketAddrV4>) -> Self {
        let socket = UdpSocket::bind((LOOPBACK, 0)).expect("a port is free");
        let port = socket.local_addr().expect("it is bound").port();
        let [high, low] = port.to_be_bytes();
        let group = match beside {
            None => SocketAddrV4::new(Ipv4Addr::new(239, 192, high, low), port),
            Some(group) => SocketAddrV4::new(Ipv4Addr::new(239, 193, high, low), group.port()),
        };
        socket2::SockRef::from(&socket)
            .set_multicast_if_v4(&LOOPBACK)
            .expect("the loopback interface is there");
        Line { socket, to: group, address: LineAddress::Group { group, interface: LOOPBACK } }
    }

    fn unicast() -> Self {
        let bind = || UdpSocket::bind((LOOPBACK, 0)).expect("a port is free");
        let (socket, free) = (bind(), bind());
        let SocketAddr::V4(to) = free.local_addr().expect("it is bound") else {
            unreachable!("it was bound to an IPv4 address");
        };
        Line { socket, to, address: LineAddress::Unicast(to) }
    }

    pub(crate) fn send(&self, packet: &[u8]) {
        self.socket.send_to(packet, self.to).expect("the loopback interface takes it");
    }
}

impl Server {
    fn start(kept: Arc<Mutex<Kept>>) -> Self {
        let socket = UdpSocket::bind((LOOPBACK, 0)).expect("a port is free");
        let address = socket.local_addr().expect("it is bound");
        let thread = thread::spawn(move || {
            let mut buffer = [0; 64];
            loop {
                let (count, from) = socket.recv_from(&mut buffer).expect("it stays open");
                // Nothing at all is no request: it is the end.
                let Ok(request) = Request::from_datagram(&buffer[..count]) else { return };
                let answer = {
                    let mut kept = kept.lock().expect("who holds it does not panic");
                    kept.asker = Some(from);
                    kept.answer(request)
                };
                if let Some(answer) = answer {
                    socket.send_to(&answer, from).expect("the loopback interface takes it");
                }
            }
        });
        Server { address, thread: Some(thread) }
    }
}

impl Kept {
    /// One packet of whole messages, from the first one asked for on.
    fn answer(&mut self, request: Request) -> Option<Vec<u8>> {
        self.requests.push((request.number.0, request.count));
        if self.ignored > 0 {
            self.ignored -= 1;
            return None;
        }
        let first = usize::try_from(request.number.0).expect("tests are short").checked_sub(1)?;
        let wanted = self.messages.get(first..)?;
        if request.session != self.session || wanted.is_empty() {
            return None;
        }
        let next = request.number;
        let config = BuilderConfig { next, ..BuilderConfig::new(self.session) };
        let mut builder = PacketBuilder::new(Moment(0), config);
        for message in &wanted[..wanted.len().min(request.count.into())] {
            builder.on_message(Moment(0), message).expect("there is room for a request's worth");
        }
        builder.on_flush(Moment(0));
        builder.poll_packet().map(<[u8]>::to_vec)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let socket = UdpSocket::bind((LOOPBACK, 0)).expect("a port is free");
        socket.send_to(&[], self.address).expect("the loopback interface takes it");
        self.thread.take().expect("it ends once").join().expect("it does not panic");
    }
}

//! Whoever listens to one line and writes everything down.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use socket2::{Domain, Protocol, Socket, Type};

use super::{Packet, Stream, wait_for};

/// Bytes that wait in a socket for a listener who gets no processor.
const PATIENCE: usize = 64 << 20;

/// A datagram and when it came.
#[derive(Clone, Debug)]
pub(crate) struct Heard {
    pub(crate) at: Instant,
    pub(crate) bytes: Vec<u8>,
}

/// A listener, who stops when this goes.
#[derive(Debug)]
pub(crate) struct Tap {
    heard: Arc<Mutex<Vec<Heard>>>,
    is_over: Arc<AtomicBool>,
    ears: Option<JoinHandle<()>>,
}

/// A socket in a group, beside any others.
pub(crate) fn join(group: SocketAddrV4, interface: Ipv4Addr) -> UdpSocket {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP)).expect("a socket");
    socket.set_reuse_address(true).expect("it may be shared");
    socket.bind(&group.into()).expect("a group can be bound to");
    socket.join_multicast_v4(group.ip(), &interface).expect("the interface has the group");
    let socket = UdpSocket::from(socket);
    make_room(&socket);
    socket
}

/// Gives a socket as much room as it gets.
fn make_room(socket: &UdpSocket) {
    // Beyond the system's limit only root may go.
    if rustix::net::sockopt::set_socket_recv_buffer_size_force(socket, PATIENCE).is_err() {
        rustix::net::sockopt::set_socket_recv_buffer_size(socket, PATIENCE)
            .expect("as much as there may be is given");
    }
}

/// The next datagram and who sent it, if one comes in time.
pub(crate) fn receive_from(socket: &UdpSocket, buffer: &mut [u8]) -> Option<(usize, SocketAddr)> {
    let error = match socket.recv_from(buffer) {
        Ok(received) => return Some(received),
        Err(error) => error.kind(),
    };
    // A port that nobody has any more answers with a refusal, which is heard here.
    let nothing = [
        ErrorKind::WouldBlock,
        ErrorKind::TimedOut,
        ErrorKind::Interrupted,
        ErrorKind::ConnectionRefused,
    ];
    assert!(nothing.contains(&error), "a socket fails: {error}");
    None
}

impl Tap {
    /// Listens to a group.
    pub(crate) fn on(group: SocketAddrV4, interface: Ipv4Addr) -> Self {
        Self::of(join(group, interface))
    }

    /// Listens to a socket.
    pub(crate) fn of(socket: UdpSocket) -> Self {
        make_room(&socket);
        let (heard, is_over) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
        let (book, end) = (Arc::clone(&heard), Arc::clone(&is_over));
        socket.set_read_timeout(Some(Duration::from_millis(20))).expect("it is more than 0");
        let ears = thread::spawn(move || {
            let mut buffer = vec![0; 65_536];
            while !end.load(Ordering::Relaxed) {
                if let Some((count, _)) = receive_from(&socket, &mut buffer) {
                    let heard = Heard { at: Instant::now(), bytes: buffer[..count].to_vec() };
                    book.lock().expect("nobody panics with it").push(heard);
                }
            }
        });
        Tap { heard, is_over, ears: Some(ears) }
    }

    /// Everything so far.
    pub(crate) fn heard(&self) -> Vec<Heard> {
        self.heard_behind(0)
    }

    /// How many packets came so far.
    pub(crate) fn count(&self) -> usize {
        self.heard.lock().expect("nobody panics with it").len()
    }

    /// Everything behind so many packets.
    pub(crate) fn heard_behind(&self, count: usize) -> Vec<Heard> {
        self.heard.lock().expect("nobody panics with it")[count..].to_vec()
    }

    /// Forgets everything so far.
    pub(crate) fn clear(&self) {
        self.heard.lock().expect("nobody panics with it").clear();
    }

    /// What the line told of this session so far. Every packet has to be well-formed and in its
    /// place.
    #[track_caller]
    fn stream_of(&self, session: Option<&str>) -> Stream {
        let mut stream = Stream::default();
        for heard in self.heard() {
            let packet = Packet::read(&heard.bytes);
            if session.is_none_or(|session| session == packet.session) {
                stream.take(&packet);
            }
        }
        stream
    }

    /// What the line told so far, of the one session there was.
    #[track_caller]
    pub(crate) fn stream(&self) -> Stream {
        self.stream_of(None)
    }

    /// Waits until the line has told the end.
    #[track_caller]
    pub(crate) fn wait_for_end(&self) -> Stream {
        wait_for("the end", || Some(self.stream()).filter(|stream| stream.is_over))
    }

    /// Waits until the line has told the end of a session, one of several.
    #[track_caller]
    pub(crate) fn wait_for_end_of(&self, session: &str) -> Stream {
        wait_for(&format!("the end of {session}"), || {
            Some(self.stream_of(Some(session))).filter(|stream| stream.is_over)
        })
    }
}

impl Drop for Tap {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        let ears = self.ears.take().expect("they are taken here alone");
        let failed = ears.join().is_err();
        // A second panic would hide the first.
        assert!(!failed || thread::panicking(), "a listener failed");
    }
}

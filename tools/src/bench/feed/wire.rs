//! A stream over two multicast lines of the loopback interface, from one thread to another.

use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, UdpSocket};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use appliance::hint::Hint;
use client::feed::{Event, Feed, FeedConfig, LineAddress, Start};
use mdfeed::book_view::BookView;
use socket2::{Domain, Protocol, Socket, Type};

use super::stream::Stream;
use crate::cores::{Cores, Waiting};

/// The lines.
const LINES: usize = 2;
/// Bytes that the system is asked to hold for each line.
const BUFFER: usize = 16 << 20;
/// Bytes of the system's memory that a full packet takes of them, with room to spare.
const PACKET: usize = 4_608;
/// How long the receiver waits for the next packet before it gives up.
const PATIENCE: Duration = Duration::from_secs(5);

/// What came of a stream.
#[derive(Clone, Copy, Debug)]
pub struct Passage {
    /// Messages, each of which was sent on every line and delivered once.
    pub messages: u64,
    /// Packets of each line.
    pub packets: u64,
    /// From the first packet sent until the last message was in the books.
    pub elapsed: Duration,
    /// Packets that may be under way on a line.
    pub window: u64,
    /// Gaps that the receiver saw, which there should be none of.
    pub gaps: u64,
}

impl Passage {
    /// Messages a second.
    #[must_use]
    pub fn rate(&self) -> f64 {
        self.messages as f64 / self.elapsed.as_secs_f64()
    }
}

/// How the two threads know of each other.
#[derive(Debug, Default)]
struct Course {
    /// Messages that were delivered.
    delivered: AtomicU64,
    is_over: AtomicBool,
}

/// Sends a stream as fast as it is received: the sender waits while so many packets are under way
/// that the receiver's sockets could have no room for more.
///
/// # Errors
/// If the system refuses a socket, or not everything comes.
///
/// # Panics
/// Never: the sender does not.
pub fn pass(stream: &Stream, cores: Cores, waiting: Waiting) -> io::Result<Passage> {
    let groups = [group(1)?, group(2)?];
    let interface = Ipv4Addr::LOCALHOST;
    let lines = groups.map(|group| LineAddress::Group { group, interface }).to_vec();
    let mut config = FeedConfig { receive_buffer: BUFFER, ..FeedConfig::new(lines, None) };
    config.receiver.start = Start::First;
    let mut feed = Feed::open(&config).map_err(io::Error::other)?;
    let window = (feed.receive_buffer() / PACKET / 2).max(8) as u64;
    let sockets = [sender(groups[0])?, sender(groups[1])?];
    let course = Course::default();
    let numbers: Vec<usize> = cores.numbers().collect();
    let (first, last) = (numbers.first().copied(), numbers.last().copied());
    thread::scope(|scope| {
        let sending = scope.spawn(|| {
            cores.place(last)?;
            send(stream, &sockets, &course, window, waiting)
        });
        cores.place(first)?;
        let received = receive(stream, &mut feed, &course);
        course.is_over.store(true, Ordering::Relaxed);
        cores.place(None)?;
        let begun = sending.join().expect("the sender does not panic")?;
        let ended = received?;
        Ok(Passage {
            messages: stream.messages,
            packets: stream.len() as u64,
            elapsed: ended - begun,
            window,
            gaps: feed.counts().gaps,
        })
    })
}

/// Sends every packet on both lines; when it began.
fn send(
    stream: &Stream,
    sockets: &[UdpSocket; LINES],
    course: &Course,
    window: u64,
    waiting: Waiting,
) -> io::Result<Instant> {
    let begun = Instant::now();
    // Messages of the packets so far, by packet, as far back as the window.
    let mut ends = std::collections::VecDeque::new();
    let mut sent = 0;
    for at in 0..stream.len() {
        let packet = stream.packet(at);
        while ends.len() as u64 >= window {
            let delivered = course.delivered.load(Ordering::Relaxed);
            while ends.front().is_some_and(|end| *end <= delivered) {
                ends.pop_front();
            }
            if course.is_over.load(Ordering::Relaxed) {
                return Ok(begun);
            }
            if ends.len() as u64 >= window {
                waiting.pass();
            }
        }
        for socket in sockets {
            while let Err(error) = socket.send(packet) {
                match error.kind() {
                    ErrorKind::WouldBlock | ErrorKind::Interrupted => waiting.pass(),
                    _ => return Err(error),
                }
            }
        }
        sent += u64::from(u16::from_be_bytes([packet[18], packet[19]]));
        ends.push_back(sent);
    }
    Ok(begun)
}

/// Takes every message into books; when the last was there.
fn receive(stream: &Stream, feed: &mut Feed, course: &Course) -> io::Result<Instant> {
    let mut books = BookView::new();
    let mut faults = 0_u64;
    let mut last = 0;
    while last < stream.messages {
        let event = feed.next(PATIENCE).map_err(io::Error::other)?;
        match event {
            Some(Event::Messages(run)) => {
                books.apply_run(run, &Hint, |number, _, told| {
                    last = number.0;
                    faults += u64::from(told.is_err());
                });
                course.delivered.store(last, Ordering::Relaxed);
            }
            Some(_) => {}
            None => {
                let counts = feed.counts();
                let error = format!("nothing comes behind message {last}: {counts:?}");
                return Err(io::Error::other(error));
            }
        }
    }
    let ended = Instant::now();
    match faults {
        0 => Ok(ended),
        _ => Err(io::Error::other(format!("{faults} messages do not fit the books"))),
    }
}

/// A group that nobody else on this machine listens to: at a port that is free.
fn group(last: u8) -> io::Result<SocketAddrV4> {
    let port = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
    Ok(SocketAddrV4::new(Ipv4Addr::new(239, 192, 28, last), port))
}

/// A socket that sends to a group by way of the loopback interface, as a venue's does.
fn sender(group: SocketAddrV4) -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP))?;
    socket.set_multicast_if_v4(&Ipv4Addr::LOCALHOST)?;
    socket.set_multicast_loop_v4(true)?;
    socket.set_nonblocking(true)?;
    socket.connect(&SocketAddr::from(group).into())?;
    Ok(socket.into())
}

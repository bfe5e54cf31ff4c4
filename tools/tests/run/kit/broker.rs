//! A broker's end of a connection, packet by packet, with nothing of the protocol's code in it.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use super::{SOON, ouch};

/// A connection.
#[derive(Debug)]
pub(crate) struct Broker {
    pub(crate) stream: TcpStream,
    bytes: Vec<u8>,
    /// The number of the next message.
    pub(crate) next: u64,
    pub(crate) session: String,
    /// Whether it sends heartbeats while it waits.
    pub(crate) beats: bool,
    last_sent: Instant,
}

/// What came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Packet {
    Text(String),
    Accepted(String, u64),
    Rejected(char),
    Message(Reply),
    Heartbeat,
    EndOfSession,
    /// The venue has closed its side in good order.
    Closed,
    /// The venue has closed its side in the middle of a packet.
    Torn,
    /// The connection was reset.
    Reset,
}

/// A numbered message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) number: u64,
    pub(crate) bytes: Vec<u8>,
}

impl Reply {
    pub(crate) fn kind(&self) -> char {
        char::from(self.bytes[0])
    }

    /// Without its time.
    pub(crate) fn untimed(&self) -> Vec<u8> {
        ouch::untimed(&self.bytes)
    }

    /// The u32 behind the time: the number of the request, mostly.
    pub(crate) fn user_ref(&self) -> u32 {
        u32::from_be_bytes(self.bytes[9..13].try_into().expect("four bytes"))
    }
}

/// A login request, field by field.
#[derive(Clone, Debug)]
pub(crate) struct Login {
    pub(crate) username: String,
    pub(crate) password: String,
    pub(crate) session: String,
    pub(crate) number: String,
    /// Of version 4.10.
    pub(crate) patience: Option<&'static str>,
}

impl Login {
    pub(crate) fn new(username: &str) -> Self {
        Login {
            username: format!("{username:<6}"),
            password: "secret    ".to_owned(),
            session: " ".repeat(10),
            number: format!("{:>20}", 1),
            patience: None,
        }
    }

    pub(crate) fn from(mut self, number: u64) -> Self {
        self.number = format!("{number:>20}");
        self
    }

    pub(crate) fn packet(&self) -> Vec<u8> {
        let Login { username, password, session, number, patience } = self;
        let patience = patience.unwrap_or_default();
        let text = format!("L{username}{password}{session}{number}{patience}");
        assert_eq!(text.len(), 47 + patience.len(), "{text}");
        framed(text.as_bytes())
    }
}

/// A packet of these bytes.
pub(crate) fn framed(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).expect("it is short");
    [&length.to_be_bytes(), bytes].concat()
}

/// A packet with a message.
pub(crate) fn unsequenced(message: &[u8]) -> Vec<u8> {
    framed(&[b"U", message].concat())
}

impl Broker {
    pub(crate) fn connect(address: SocketAddr) -> Self {
        Self::try_connect(address).expect("the venue listens")
    }

    pub(crate) fn try_connect(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect_timeout(&address, SOON)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_millis(100)))?;
        stream.set_write_timeout(Some(SOON))?;
        let (bytes, session) = (Vec::new(), String::new());
        Ok(Broker { stream, bytes, next: 0, session, beats: true, last_sent: Instant::now() })
    }

    /// Logs in from the first message on.
    pub(crate) fn login(address: SocketAddr, username: &str) -> Self {
        Self::login_with(address, &Login::new(username))
    }

    pub(crate) fn login_with(address: SocketAddr, login: &Login) -> Self {
        let mut broker = Broker::connect(address);
        broker.send_raw(&login.packet());
        broker.accepted();
        broker
    }

    /// Logs in from the first message on and takes the System Event that begins the day.
    pub(crate) fn login_fresh(address: SocketAddr, username: &str) -> Self {
        let mut broker = Broker::login(address, username);
        let first = broker.reply();
        assert_eq!((first.number, first.untimed()), (1, ouch::system(b'S')));
        broker
    }

    /// Expects the login to be accepted.
    pub(crate) fn accepted(&mut self) {
        match self.packet() {
            Packet::Accepted(..) => {}
            other => panic!("not accepted: {other:?}"),
        }
    }

    pub(crate) fn send_raw(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).expect("the venue reads");
        self.last_sent = Instant::now();
    }

    /// Sends if the connection still stands.
    pub(crate) fn try_send(&mut self, bytes: &[u8]) -> bool {
        self.last_sent = Instant::now();
        self.stream.write_all(bytes).is_ok()
    }

    pub(crate) fn send(&mut self, message: &[u8]) {
        self.send_raw(&unsequenced(message));
    }

    /// Sends a message and takes the next reply.
    pub(crate) fn ask(&mut self, message: &[u8]) -> Reply {
        self.send(message);
        self.reply()
    }

    pub(crate) fn close_our_side(&self) {
        self.stream.shutdown(Shutdown::Write).expect("the connection stands");
    }

    /// The next packet; heartbeats are not told.
    pub(crate) fn packet(&mut self) -> Packet {
        self.packet_within(SOON).expect("the venue says something")
    }

    /// The next packet but a heartbeat, if one comes in time.
    pub(crate) fn packet_within(&mut self, patience: Duration) -> Option<Packet> {
        let deadline = Instant::now() + patience;
        loop {
            match self.any_packet(deadline) {
                Some(Packet::Heartbeat) => {}
                other => return other,
            }
        }
    }

    /// The next packet of any kind.
    pub(crate) fn any_packet(&mut self, deadline: Instant) -> Option<Packet> {
        let mut buffer = [0; 16 * 1024];
        loop {
            if let Some(packet) = self.cut() {
                return Some(packet);
            }
            if self.beats && self.last_sent.elapsed() > Duration::from_secs(1) {
                // If the venue has gone, reading tells.
                self.stream.write_all(b"\x00\x01R").unwrap_or_default();
                self.last_sent = Instant::now();
            }
            match self.stream.read(&mut buffer) {
                Ok(0) => {
                    let rest = std::mem::take(&mut self.bytes);
                    let is_torn = !rest.is_empty();
                    return Some(if is_torn { Packet::Torn } else { Packet::Closed });
                }
                Ok(count) => self.bytes.extend_from_slice(&buffer[..count]),
                Err(error) => match error.kind() {
                    ErrorKind::WouldBlock | ErrorKind::TimedOut => {
                        if Instant::now() >= deadline {
                            return None;
                        }
                    }
                    ErrorKind::Interrupted => {}
                    _ => return Some(Packet::Reset),
                },
            }
        }
    }

    /// Cuts the next packet off what was received.
    fn cut(&mut self) -> Option<Packet> {
        let (length, rest) = self.bytes.split_first_chunk()?;
        let length = usize::from(u16::from_be_bytes(*length));
        let packet: Vec<u8> = rest.get(..length)?.to_vec();
        self.bytes.drain(..2 + length);
        let (kind, payload) = packet.split_first().expect("a packet has a type");
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("it is text");
        Some(match (kind, payload.len()) {
            (b'+', _) => Packet::Text(text(payload)),
            (b'A', 30) => {
                self.session = text(&payload[..10]).trim().to_owned();
                self.next = text(&payload[10..]).trim_start().parse().expect("right-justified");
                Packet::Accepted(self.session.clone(), self.next)
            }
            (b'J', 1) => Packet::Rejected(char::from(payload[0])),
            (b'S', _) => {
                let number = self.next;
                assert_ne!(number, 0, "a message before the login is accepted");
                self.next += 1;
                Packet::Message(Reply { number, bytes: payload.to_vec() })
            }
            (b'H', 0) => Packet::Heartbeat,
            (b'Z', 0) => Packet::EndOfSession,
            _ => panic!("no packet of the venue: {packet:?}"),
        })
    }

    /// The next message.
    pub(crate) fn reply(&mut self) -> Reply {
        match self.packet() {
            Packet::Message(reply) => reply,
            other => panic!("not a message: {other:?}"),
        }
    }

    pub(crate) fn replies(&mut self, count: usize) -> Vec<Reply> {
        (0..count).map(|_| self.reply()).collect()
    }

    /// Everything up to the answer to an Account Query on channel 255, without that answer.
    pub(crate) fn all_replies(&mut self) -> Vec<Reply> {
        let mark = ouch::query_on(255);
        self.send(&mark);
        let mut all = Vec::new();
        loop {
            let reply = self.reply();
            if reply.kind() == 'Q' && reply.bytes.ends_with(&[0, 3, 2, 28, 255]) {
                return all;
            }
            all.push(reply);
        }
    }

    /// Expects a text with these words, then the venue's side closed in good order.
    pub(crate) fn dismissed(&mut self, words: &str) {
        match self.packet() {
            Packet::Text(text) => assert!(text.contains(words), "\"{text}\", not \"{words}\""),
            other => panic!("{other:?}, not a text with \"{words}\""),
        }
        self.closed();
    }

    /// Expects the login to be refused.
    pub(crate) fn rejected(&mut self, reason: char) {
        assert_eq!(self.packet(), Packet::Rejected(reason));
        self.closed();
    }

    /// Expects the venue's side to be closed in good order.
    pub(crate) fn closed(&mut self) {
        assert_eq!(self.packet(), Packet::Closed);
    }

    /// The end, with every message before it and the text, if there was one.
    pub(crate) fn rest(&mut self) -> (Vec<Reply>, Option<String>, Packet) {
        let (mut replies, mut said) = (Vec::new(), None);
        loop {
            match self.packet() {
                Packet::Message(reply) => replies.push(reply),
                Packet::Text(text) => said = Some(text),
                end @ (Packet::Closed | Packet::Reset) => return (replies, said, end),
                other => panic!("{other:?} has no place here"),
            }
        }
    }
}

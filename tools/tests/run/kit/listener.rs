//! Who listens to the feed.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddrV4, UdpSocket};
use std::time::{Duration, Instant};

use super::SOON;

/// A packet, read by the offsets of the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Heard {
    pub(crate) session: String,
    pub(crate) number: u64,
    /// 65,535 is the end of the session.
    pub(crate) count: u16,
    pub(crate) messages: Vec<Vec<u8>>,
    pub(crate) at: Instant,
}

/// Somebody with a socket at a line.
#[derive(Debug)]
pub(crate) struct Listener {
    socket: UdpSocket,
    /// The line as the configuration has it.
    pub(crate) line: String,
    /// Where it goes, as the venue says it.
    pub(crate) to: String,
}

impl Listener {
    /// Somebody to whom a line goes alone.
    pub(crate) fn alone() -> Self {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
        let to = socket.local_addr().expect("it is bound").to_string();
        Listener { socket, line: format!("{{ receivers = [\"{to}\"] }}"), to }
    }

    /// A member of a group that no other test has: its port is one that is free.
    pub(crate) fn in_group() -> Self {
        let free = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
        let port = free.local_addr().expect("it is bound").port();
        let group = SocketAddrV4::new(Ipv4Addr::new(239, 192, 27, 1), port);
        let socket = UdpSocket::bind(group).expect("the port is free in the group as well");
        let joined = socket.join_multicast_v4(group.ip(), &Ipv4Addr::LOCALHOST);
        joined.expect("the loopback interface has groups");
        let line = format!("{{ group = \"{group}\", interface = \"127.0.0.1\" }}");
        Listener { socket, line, to: format!("{group} by 127.0.0.1") }
    }

    /// The next packet.
    pub(crate) fn packet(&self) -> Heard {
        self.packet_within(SOON).expect("a packet comes")
    }

    /// The next packet, if one comes in time.
    pub(crate) fn packet_within(&self, patience: Duration) -> Option<Heard> {
        self.socket.set_read_timeout(Some(patience)).expect("a time can be set");
        let mut bytes = [0; 65_536];
        let count = match self.socket.recv(&mut bytes) {
            Ok(count) => count,
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                return None;
            }
            Err(error) => panic!("the line cannot be heard: {error}"),
        };
        Some(read(&bytes[..count]))
    }

    /// Packets up to the one that has this message or ends before it, as messages with their
    /// numbers; heartbeats are passed over.
    pub(crate) fn messages_to(&self, last: u64) -> Vec<(u64, Vec<u8>)> {
        let (mut messages, start) = (Vec::new(), Instant::now());
        while messages.last().is_none_or(|(number, _)| *number < last) {
            let packet = self.packet();
            let is_late = packet.number > last || start.elapsed() > SOON;
            assert!(!is_late, "message {last} did not come: {packet:?}");
            messages.extend((packet.number..).zip(packet.messages));
        }
        messages
    }
}

fn read(bytes: &[u8]) -> Heard {
    let session = String::from_utf8_lossy(&bytes[..10]).into_owned();
    let number = u64::from_be_bytes(bytes[10..18].try_into().expect("eight bytes"));
    let count = u16::from_be_bytes(bytes[18..20].try_into().expect("two bytes"));
    let (mut messages, mut rest) = (Vec::new(), &bytes[20..]);
    while let Some((length, after)) = rest.split_first_chunk() {
        let (message, after) = after.split_at(usize::from(u16::from_be_bytes(*length)));
        messages.push(message.to_vec());
        rest = after;
    }
    let is_plain = count < u16::MAX;
    assert_eq!(messages.len(), if is_plain { usize::from(count) } else { 0 }, "{bytes:02x?}");
    Heard { session, number, count, messages, at: Instant::now() }
}

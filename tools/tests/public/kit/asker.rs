//! Whoever asks for messages again, packet by packet.

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use super::tap::receive_from;
use super::{Channel, Packet, SOON, request};

/// A socket with an address of its own, from which requests are sent.
#[derive(Debug)]
pub(crate) struct Asker {
    socket: UdpSocket,
    venue: SocketAddr,
}

impl Asker {
    /// Asks from this address.
    pub(crate) fn from(address: Ipv4Addr, channel: &Channel) -> Self {
        let socket = UdpSocket::bind((address, 0)).expect("the address is of this machine");
        Asker { socket, venue: SocketAddr::from(channel.rerequest) }
    }

    pub(crate) fn send(&self, bytes: &[u8]) {
        self.socket.send_to(bytes, self.venue).expect("there is a way to the venue");
    }

    /// What came, if anything came within this time.
    pub(crate) fn answer(&self, patience: Duration) -> Option<Vec<u8>> {
        let start = Instant::now();
        let mut buffer = vec![0; 65_536];
        while let Some(left) = patience.checked_sub(start.elapsed()) {
            // At 0 it would wait for ever.
            let left = left.max(Duration::from_millis(1));
            self.socket.set_read_timeout(Some(left)).expect("it is more than 0");
            if let Some((count, source)) = receive_from(&self.socket, &mut buffer) {
                assert_eq!(source, self.venue, "who is asked answers");
                return Some(buffer[..count].to_vec());
            }
        }
        None
    }

    /// What came already.
    pub(crate) fn at_hand(&self) -> Option<Vec<u8>> {
        let mut buffer = [0; 2_048];
        self.socket.set_nonblocking(true).expect("a socket may be asked");
        let received = receive_from(&self.socket, &mut buffer);
        self.socket.set_nonblocking(false).expect("a socket may be waited for");
        received.map(|(count, _)| buffer[..count].to_vec())
    }

    /// Asks until there is an answer.
    #[track_caller]
    pub(crate) fn ask(&self, session: &str, number: u64, count: u16) -> Packet {
        let start = Instant::now();
        loop {
            self.send(&request(session, number, count));
            if let Some(answer) = self.answer(Duration::from_millis(100)) {
                let answer = Packet::read(&answer);
                assert_eq!((answer.session.as_str(), answer.number), (session, number));
                assert!((1..=usize::from(count)).contains(&answer.messages().len()), "{answer:?}");
                return answer;
            }
            assert!(start.elapsed() < SOON, "no answer to {number} of {session}");
        }
    }
}

/// Asks from the loopback address until there is an answer.
#[track_caller]
pub(crate) fn ask(channel: &Channel, session: &str, number: u64, count: u16) -> Packet {
    Asker::from(Ipv4Addr::LOCALHOST, channel).ask(session, number, count)
}

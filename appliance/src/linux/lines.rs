//! The lines of the feed as sockets of UDP: one for each place that a line goes to.

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, ToSocketAddrs, UdpSocket};

use ipnet::IpNet;
use socket2::{Domain, Protocol, Socket, Type};

use super::interfaces::network_of;
use crate::config::{Feed, Line};
use crate::world::Lines;

/// Bytes that the system keeps of what an interface is too slow for, if it lets a socket have so
/// many. What is beyond is lost, and healed by who misses it.
const SEND_BUFFER: usize = 4 << 20;

/// The lines of the feed.
#[derive(Debug)]
pub struct LinuxLines {
    /// The sockets of each line, one for each destination.
    lines: Vec<Vec<UdpSocket>>,
    networks: Vec<IpNet>,
}

/// A line cannot be opened.
#[derive(Debug)]
pub struct LineError {
    /// What it is called.
    pub name: char,
    /// Where it was to go.
    pub to: String,
    /// Why it cannot.
    pub reason: LineFault,
}

/// Why a line cannot be opened.
#[derive(Debug)]
pub enum LineFault {
    /// No interface of this machine has the address.
    NoInterface(Ipv4Addr),
    /// Nobody knows the name, or what it stands for.
    Unknown(io::Error),
    /// The system refuses a socket.
    Socket(io::Error),
}

impl LinuxLines {
    /// Opens the lines. Names of receivers are looked up once, here.
    ///
    /// # Errors
    /// If there is no way to where one goes.
    pub fn open(feed: &Feed) -> Result<Self, LineError> {
        let mut opened = LinuxLines { lines: Vec::new(), networks: Vec::new() };
        for (at, line) in feed.lines.iter().enumerate() {
            let fault = |to: &dyn fmt::Display, reason| {
                let (name, to) = (Feed::name(at), to.to_string());
                LineError { name, to, reason }
            };
            let sockets = match line {
                Line::Group { group, interface } => {
                    let socket = opened.reach_group(*group, *interface, feed.ttl);
                    vec![socket.map_err(|reason| fault(line, reason))?]
                }
                Line::Receivers(receivers) => {
                    let mut sockets = Vec::with_capacity(receivers.len());
                    for receiver in receivers {
                        let socket = opened.reach_receiver(receiver);
                        sockets.push(socket.map_err(|reason| fault(receiver, reason))?);
                    }
                    sockets
                }
            };
            opened.lines.push(sockets);
        }
        Ok(opened)
    }

    /// Where those are who can hear the lines: the networks of their interfaces, and receivers.
    #[must_use]
    pub fn networks(&self) -> &[IpNet] {
        &self.networks
    }

    fn reach_group(
        &mut self,
        group: SocketAddrV4,
        interface: Ipv4Addr,
        ttl: u32,
    ) -> Result<UdpSocket, LineFault> {
        let network = network_of(interface).map_err(LineFault::Socket)?;
        self.hears(network.ok_or(LineFault::NoInterface(interface))?.into());
        let connect = || {
            let socket = open(group.into())?;
            socket.set_multicast_if_v4(&interface)?;
            socket.set_multicast_ttl_v4(ttl)?;
            // Who listens on this machine is a receiver like others.
            socket.set_multicast_loop_v4(true)?;
            socket.connect(&SocketAddr::from(group).into())?;
            Ok(socket.into())
        };
        connect().map_err(LineFault::Socket)
    }

    fn reach_receiver(&mut self, receiver: &str) -> Result<UdpSocket, LineFault> {
        let mut found = receiver.to_socket_addrs().map_err(LineFault::Unknown)?;
        let nobody = || io::Error::new(io::ErrorKind::NotFound, "the name has no address");
        let address = found.next().ok_or_else(nobody).map_err(LineFault::Unknown)?;
        self.hears(address.ip().to_canonical().into());
        let connect = || {
            let socket = open(address)?;
            socket.connect(&address.into())?;
            Ok(socket.into())
        };
        connect().map_err(LineFault::Socket)
    }

    fn hears(&mut self, network: IpNet) {
        if !self.networks.contains(&network) {
            self.networks.push(network);
        }
    }
}

fn open(to: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(to), Type::DGRAM, Some(Protocol::UDP))?;
    socket.set_nonblocking(true)?;
    socket.set_send_buffer_size(SEND_BUFFER)?;
    Ok(socket)
}

impl Lines for LinuxLines {
    fn count(&self) -> usize {
        self.lines.len()
    }

    fn send(&mut self, line: usize, packet: &[u8]) -> io::Result<()> {
        let mut sent = Ok(());
        // One that cannot be reached keeps nothing from the others.
        for socket in &self.lines[line] {
            let done = match socket.send(packet) {
                // Nobody took an earlier packet, which is told once: this one has not gone yet.
                Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
                    socket.send(packet)
                }
                done => done,
            };
            sent = done.map(|_| ()).and(sent);
        }
        sent
    }
}

impl fmt::Display for LineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let LineError { name, to, reason } = self;
        write!(f, "line {name} of the feed cannot go to {to}: ")?;
        match reason {
            LineFault::NoInterface(address) => write!(
                f,
                "no interface of this machine has the address {address}: give one that `ip addr` \
                 shows, in [feed] lines"
            ),
            LineFault::Unknown(error) => write!(
                f,
                "the name is not known: {error}: give another one, or an address, in [feed] lines"
            ),
            LineFault::Socket(error) => {
                write!(f, "{error}: give another destination in [feed] lines")
            }
        }
    }
}

impl std::error::Error for LineError {}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::LinuxDatagrams;
    use super::*;
    use crate::world::Datagrams;

    const LOOPBACK: Ipv4Addr = Ipv4Addr::LOCALHOST;

    /// A receiver that waits for a packet, and its address.
    fn receiver() -> (UdpSocket, String) {
        let socket = UdpSocket::bind((LOOPBACK, 0)).expect("a port is free");
        socket.set_read_timeout(Some(Duration::from_secs(5))).expect("it is a time");
        let address = socket.local_addr().expect("it is bound").to_string();
        (socket, address)
    }

    fn next(socket: &UdpSocket) -> Vec<u8> {
        let mut buffer = [0; 64];
        let count = socket.recv(&mut buffer).expect("a packet comes");
        buffer[..count].to_vec()
    }

    fn feed(lines: Vec<Line>) -> Feed {
        Feed { lines, ..Feed::default() }
    }

    #[test]
    fn a_line_goes_to_its_group_or_to_each_of_its_receivers() {
        let ((one, first), (two, second)) = (receiver(), receiver());
        let port = one.local_addr().expect("it is bound").port();
        let group = SocketAddrV4::new(Ipv4Addr::new(239, 192, 26, 98), port);
        let mut member = LinuxDatagrams::join(group, LOOPBACK).expect("the group is free to join");
        let to_group = Line::Group { group, interface: LOOPBACK };
        let feed = feed(vec![to_group, Line::Receivers(vec![first, second])]);
        let mut lines = LinuxLines::open(&feed).expect("there is a way to all of them");
        assert_eq!(lines.count(), 2);
        lines.send(0, b"to all").expect("there is room");
        lines.send(1, b"to each").expect("there is room");
        assert_eq!((next(&one), next(&two)), (b"to each".to_vec(), b"to each".to_vec()));
        let mut buffer = [0; 64];
        let count = loop {
            // Delivery on this machine is quick, and not instant.
            match member.receive(&mut buffer) {
                Ok((count, _)) => break count,
                Err(error) => assert_eq!(error.kind(), io::ErrorKind::WouldBlock),
            }
        };
        assert_eq!(&buffer[..count], b"to all");
        let networks: Vec<String> = lines.networks().iter().map(IpNet::to_string).collect();
        assert_eq!(networks, ["127.0.0.0/8", "127.0.0.1/32"]);
    }

    #[test]
    fn a_receiver_that_is_not_there_keeps_nothing_from_those_who_are() {
        let ((gone, first), (there, second)) = (receiver(), receiver());
        let feed = feed(vec![Line::Receivers(vec![first.clone(), second])]);
        let mut lines = LinuxLines::open(&feed).expect("there is a way to both");
        drop(gone);
        // The system tells of the first packet when the second is sent.
        for number in 0..10_u8 {
            lines.send(0, &[number]).expect("a packet that is refused is none of the next one's");
            assert_eq!(next(&there), [number]);
        }
        let back = UdpSocket::bind(&first).expect("the port is free again");
        back.set_read_timeout(Some(Duration::from_secs(5))).expect("it is a time");
        lines.send(0, b"back").expect("there is room");
        assert_eq!((next(&back), next(&there)), (b"back".to_vec(), b"back".to_vec()));
    }

    #[test]
    fn a_packet_that_cannot_be_sent_is_an_error_and_the_next_one_goes() {
        let (there, address) = receiver();
        let feed = feed(vec![Line::Receivers(vec![address])]);
        let mut lines = LinuxLines::open(&feed).expect("there is a way to it");
        lines.send(0, &[0; 70_000]).expect_err("no datagram is so long");
        lines.send(0, b"next").expect("there is room");
        assert_eq!(next(&there), b"next");
    }

    #[test]
    fn a_line_that_goes_nowhere_is_named_with_what_to_do() {
        let said = |line: Line| {
            let (_there, address) = receiver();
            let lines = vec![Line::Receivers(vec![address]), line];
            LinuxLines::open(&feed(lines)).expect_err("it goes nowhere").to_string()
        };
        let group = SocketAddrV4::new(Ipv4Addr::new(239, 192, 26, 98), 26_498);
        let interface = Ipv4Addr::new(203, 0, 113, 77);
        assert_eq!(
            said(Line::Group { group, interface }),
            "line B of the feed cannot go to 239.192.26.98:26498 by 203.0.113.77: no interface of \
             this machine has the address 203.0.113.77: give one that `ip addr` shows, in [feed] \
             lines"
        );
        let unknown = said(Line::Receivers(vec!["nobody.invalid:1".to_owned()]));
        assert!(
            unknown.starts_with(
                "line B of the feed cannot go to nobody.invalid:1: the name is not known: "
            ),
            "{unknown}"
        );
    }
}

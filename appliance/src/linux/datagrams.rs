//! UDP, to one receiver or to a multicast group.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, UdpSocket};

use socket2::{Domain, Protocol, Socket, Type};

use crate::world::Datagrams;

/// A UDP socket.
#[derive(Debug)]
pub struct LinuxDatagrams {
    socket: UdpSocket,
}

impl LinuxDatagrams {
    /// A socket at `address`; port 0 is any that is free.
    ///
    /// # Errors
    /// If the address is taken or none of this machine's.
    pub fn bind(address: SocketAddr) -> io::Result<Self> {
        let socket = open(address)?;
        socket.bind(&address.into())?;
        Ok(LinuxDatagrams { socket: socket.into() })
    }

    /// A socket that gets what is sent to a group by way of the interface with this address.
    /// Several may listen to one group.
    ///
    /// # Errors
    /// If there is no such interface, or the address is no group's.
    pub fn join(group: SocketAddrV4, interface: Ipv4Addr) -> io::Result<Self> {
        let socket = open(group.into())?;
        socket.set_reuse_address(true)?;
        // Bound to the group itself, it does not get what is sent to others at the same port.
        socket.bind(&SocketAddr::from(group).into())?;
        socket.join_multicast_v4(group.ip(), &interface)?;
        Ok(LinuxDatagrams { socket: socket.into() })
    }

    /// Sends to groups by way of the interface with this address, past so many routers, and to
    /// this machine's own receivers as well.
    ///
    /// # Errors
    /// If there is no such interface.
    pub fn send_by(&self, interface: Ipv4Addr, ttl: u32) -> io::Result<()> {
        let socket = socket2::SockRef::from(&self.socket);
        socket.set_multicast_if_v4(&interface)?;
        socket.set_multicast_ttl_v4(ttl)?;
        socket.set_multicast_loop_v4(true)
    }

    /// Where it is.
    ///
    /// # Errors
    /// If the system does not know.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }
}

fn open(address: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), Type::DGRAM, Some(Protocol::UDP))?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}

impl Datagrams for LinuxDatagrams {
    fn send(&mut self, to: SocketAddr, datagram: &[u8]) -> io::Result<()> {
        self.socket.send_to(datagram, to).map(|_| ())
    }

    fn receive(&mut self, buffer: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
        self.socket.recv_from(buffer)
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    const LOOPBACK: Ipv4Addr = Ipv4Addr::LOCALHOST;

    /// The next datagram: delivery on this machine is quick, and not instant.
    fn next(socket: &mut LinuxDatagrams) -> (Vec<u8>, SocketAddr) {
        let (mut buffer, start) = ([0; 64], Instant::now());
        loop {
            match socket.receive(&mut buffer) {
                Ok((count, from)) => return (buffer[..count].to_vec(), from),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    assert!(start.elapsed() < Duration::from_secs(5), "nothing comes");
                    std::thread::yield_now();
                }
                Err(error) => panic!("{error}"),
            }
        }
    }

    fn anywhere() -> LinuxDatagrams {
        LinuxDatagrams::bind((LOOPBACK, 0).into()).expect("a port is free")
    }

    #[test]
    fn one_receiver_gets_what_is_sent_to_it_and_can_answer() {
        let (mut here, mut there) = (anywhere(), anywhere());
        let to = there.address().expect("it is bound");
        here.send(to, b"hello").expect("there is room");
        let (said, from) = next(&mut there);
        assert_eq!((said.as_slice(), from), (&b"hello"[..], here.address().expect("it is bound")));
        there.send(from, b"yes").expect("there is room");
        assert_eq!(next(&mut here).0, b"yes");
        let nothing = here.receive(&mut [0; 8]).expect_err("there is nothing");
        assert_eq!(nothing.kind(), io::ErrorKind::WouldBlock);
    }

    #[test]
    fn every_member_of_a_group_gets_what_is_sent_to_the_group() {
        let port = anywhere().address().expect("it is bound").port();
        let group = SocketAddrV4::new(Ipv4Addr::new(239, 192, 26, 99), port);
        let join = || LinuxDatagrams::join(group, LOOPBACK).expect("the group is free to join");
        let mut members = [join(), join()];
        let mut sender = anywhere();
        sender.send_by(LOOPBACK, 1).expect("the loopback interface is there");
        sender.send(group.into(), b"to all").expect("there is room");
        for member in &mut members {
            assert_eq!(next(member).0, b"to all");
        }
        assert!(LinuxDatagrams::join(SocketAddrV4::new(LOOPBACK, port), LOOPBACK).is_err());
    }
}

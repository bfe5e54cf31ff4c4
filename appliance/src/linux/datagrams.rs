//! UDP: datagrams from anybody, and answers to them.

use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::os::fd::{AsFd, BorrowedFd};

use socket2::{Domain, Protocol, Socket, Type};

use crate::world::Datagrams;

/// Bytes of datagrams that wait, as the system counts them, if it gives so many: some thousands, so
/// that a flood from one does not push out all that others ask.
const RECEIVE: usize = 4 << 20;

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
        socket.set_recv_buffer_size(RECEIVE)?;
        socket.bind(&address.into())?;
        Ok(LinuxDatagrams { socket: socket.into() })
    }

    /// A socket that gets what is sent to a group by way of the interface with this address, for
    /// tests of who sends.
    #[cfg(test)]
    pub(super) fn join(group: std::net::SocketAddrV4, by: std::net::Ipv4Addr) -> io::Result<Self> {
        let socket = open(group.into())?;
        socket.set_reuse_address(true)?;
        socket.bind(&SocketAddr::from(group).into())?;
        socket.join_multicast_v4(group.ip(), &by)?;
        Ok(LinuxDatagrams { socket: socket.into() })
    }

    /// Where it is.
    ///
    /// # Errors
    /// If the system does not know.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }
}

impl AsFd for LinuxDatagrams {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
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

    const LOOPBACK: std::net::Ipv4Addr = std::net::Ipv4Addr::LOCALHOST;

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
}

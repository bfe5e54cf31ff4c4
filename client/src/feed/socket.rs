//! Sockets with what a feed wants of them.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

use socket2::{Domain, Protocol, Socket, Type};

use super::config::LineAddress;
use super::error::Error;

/// A socket that hears a line, and how many bytes the system holds for it.
pub(super) fn line(address: LineAddress, buffer: usize) -> Result<(UdpSocket, usize), Error> {
    let listen = |cause| Error::Listen(address, cause);
    let socket = udp(Domain::IPV4).map_err(listen)?;
    socket.set_recv_buffer_size(buffer).map_err(listen)?;
    // Linux doubles what it is asked for, to have room for its own.
    let buffer = socket.recv_buffer_size().map_err(listen)? / 2;
    match address {
        // Shared, an address would take the datagrams of whoever listened there before.
        LineAddress::Unicast(at) => socket.bind(&SocketAddr::from(at).into()).map_err(listen)?,
        LineAddress::Group { group, interface } => {
            if !group.ip().is_multicast() {
                return Err(Error::NotAGroup(address));
            }
            socket.set_reuse_address(true).map_err(listen)?;
            // Bound to the group, it does not hear others at the same port; nor this one by way of
            // an interface that another program has joined it by.
            socket.set_multicast_all_v4(false).map_err(listen)?;
            socket.bind(&SocketAddr::from(group).into()).map_err(listen)?;
            let joined = socket.join_multicast_v4(group.ip(), &interface);
            joined.map_err(|cause| Error::Join(address, cause))?;
        }
    }
    Ok((socket.into(), buffer))
}

/// A socket that asks `address`, and hears its answers alone.
pub(super) fn requests(address: SocketAddr) -> Result<UdpSocket, Error> {
    let anywhere: SocketAddr = match address {
        SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
        SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
    };
    let open = || {
        let socket = udp(Domain::for_address(address))?;
        socket.bind(&anywhere.into())?;
        socket.connect(&address.into())?;
        Ok(socket.into())
    };
    open().map_err(|cause| Error::Rerequest(address, cause))
}

fn udp(domain: Domain) -> io::Result<Socket> {
    let socket = Socket::new(domain, Type::DGRAM, Some(Protocol::UDP))?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}

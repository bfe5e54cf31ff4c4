//! A socket for datagrams that somebody else holds the other end of.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;

use appliance::world::Datagrams;

/// A socket; its copies are the same socket.
#[derive(Clone, Debug, Default)]
pub struct Post {
    shared: Rc<RefCell<Boxes>>,
}

#[derive(Debug, Default)]
struct Boxes {
    incoming: VecDeque<(SocketAddr, Vec<u8>)>,
    outgoing: VecDeque<(SocketAddr, Vec<u8>)>,
    is_full: bool,
}

impl Post {
    /// Sends a datagram to whoever has the socket.
    pub fn put(&self, from: SocketAddr, datagram: &[u8]) {
        self.shared.borrow_mut().incoming.push_back((from, datagram.to_vec()));
    }

    /// The next datagram that came out of it, and to whom it goes.
    pub fn take(&self) -> Option<(SocketAddr, Vec<u8>)> {
        self.shared.borrow_mut().outgoing.pop_front()
    }

    /// Lets it have no room for what is sent, or have it again.
    pub fn set_full(&self, is_full: bool) {
        self.shared.borrow_mut().is_full = is_full;
    }
}

impl Datagrams for Post {
    fn send(&mut self, to: SocketAddr, datagram: &[u8]) -> io::Result<()> {
        let mut boxes = self.shared.borrow_mut();
        if boxes.is_full {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        boxes.outgoing.push_back((to, datagram.to_vec()));
        Ok(())
    }

    fn receive(&mut self, buffer: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
        let next = self.shared.borrow_mut().incoming.pop_front();
        let (from, datagram) = next.ok_or(io::ErrorKind::WouldBlock)?;
        let len = datagram.len().min(buffer.len());
        buffer[..len].copy_from_slice(&datagram[..len]);
        Ok((len, from))
    }
}

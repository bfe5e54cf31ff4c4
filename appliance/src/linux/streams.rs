//! TCP: a listener and its streams, watched by epoll.

use std::fmt;
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::time::Duration;

use mio::net::{TcpListener, TcpStream, UnixStream as WatchedUnixStream};
use mio::{Events, Interest, Poll, Token, Waker};
use socket2::{Domain, Protocol, SockRef, Socket, Type};

use crate::world::{Ready, StreamId, Streams};

const DOOR: Token = Token(0);
const WAKER: Token = Token(1);
const BELL: Token = Token(2);
/// The token of stream 0.
const FIRST: usize = 3;

/// Bytes that the system keeps for a peer that does not read. What is beyond waits in the venue,
/// which knows what to do about it.
const SEND_BUFFER: usize = 256 * 1024;
/// Connections that may wait at the door, if the system lets so many; who comes then tries again
/// after a second or more.
const BACKLOG: i32 = 4096;

/// The listener of the venue and its streams.
pub struct LinuxStreams {
    poll: Poll,
    events: Events,
    door: TcpListener,
    streams: Vec<Option<TcpStream>>,
    free: Vec<usize>,
    waker: Arc<Waker>,
    bell: Option<WatchedUnixStream>,
    /// Streams that there may be at once.
    most: usize,
    open: usize,
    /// Whether someone may wait at the door who could not be taken in.
    waiting: bool,
    /// Whether there is room for one who waits.
    reopened: bool,
}

/// Nobody can be let in at an address.
#[derive(Debug)]
pub struct ListenError {
    /// The address.
    pub address: SocketAddr,
    /// Why.
    pub error: io::Error,
}

impl LinuxStreams {
    /// Listens at `address` for `most` streams at once: more of them wait at the door. What comes
    /// on `bell` wakes who polls.
    ///
    /// # Errors
    /// If it cannot listen there.
    pub fn listen(
        address: SocketAddr,
        most: usize,
        bell: Option<UnixStream>,
    ) -> Result<Self, ListenError> {
        Self::try_listen(address, most, bell).map_err(|error| ListenError { address, error })
    }

    fn try_listen(address: SocketAddr, most: usize, bell: Option<UnixStream>) -> io::Result<Self> {
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
        socket.set_reuse_address(true)?;
        socket.set_nonblocking(true)?;
        // Streams have it from their listener: set before they are there, it holds from the start.
        socket.set_send_buffer_size(SEND_BUFFER)?;
        socket.bind(&address.into())?;
        socket.listen(BACKLOG)?;
        let mut door = TcpListener::from_std(socket.into());
        let poll = Poll::new()?;
        poll.registry().register(&mut door, DOOR, Interest::READABLE)?;
        let waker = Arc::new(Waker::new(poll.registry(), WAKER)?);
        let bell = match bell {
            Some(bell) => {
                let mut bell = WatchedUnixStream::from_std(bell);
                poll.registry().register(&mut bell, BELL, Interest::READABLE)?;
                Some(bell)
            }
            None => None,
        };
        let events = Events::with_capacity(1024);
        Ok(LinuxStreams {
            poll,
            events,
            door,
            streams: Vec::new(),
            free: Vec::new(),
            waker,
            bell,
            most,
            open: 0,
            waiting: false,
            reopened: false,
        })
    }

    /// Where it listens: the port that was found, if any would do.
    ///
    /// # Errors
    /// If the system does not know.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.door.local_addr()
    }

    /// Wakes who polls, from any thread.
    #[must_use]
    pub fn waker(&self) -> Arc<Waker> {
        Arc::clone(&self.waker)
    }

    fn stream(&mut self, id: StreamId) -> &mut TcpStream {
        self.streams[id.0].as_mut().expect("who has its number has not closed it")
    }

    /// Takes what the bell said; that it rang was all there was to know.
    fn hush(&mut self) {
        let mut said = [0; 16];
        while let Some(bell) = &mut self.bell
            && bell.read(&mut said).is_ok_and(|count| count > 0)
        {}
    }
}

impl Streams for LinuxStreams {
    fn poll(&mut self, wait: Option<Duration>, ready: &mut Vec<Ready>) -> io::Result<()> {
        // The system says only once that someone waits.
        let reopened = std::mem::take(&mut self.reopened);
        let wait = if reopened { Some(Duration::ZERO) } else { wait };
        if reopened {
            ready.push(Ready::Door);
        }
        match self.poll.poll(&mut self.events, wait) {
            // A process that was held for long has much to hear before it looks at its clock.
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {
                match self.poll.poll(&mut self.events, Some(Duration::ZERO)) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(()),
                    polled => polled?,
                }
            }
            polled => polled?,
        }
        let mut rang = false;
        for event in &self.events {
            match event.token() {
                DOOR => ready.push(Ready::Door),
                WAKER => {}
                BELL => rang = true,
                Token(token) => ready.push(Ready::Stream {
                    id: StreamId(token - FIRST),
                    readable: event.is_readable() || event.is_error() || event.is_read_closed(),
                    writable: event.is_writable(),
                    closed: event.is_error() || event.is_read_closed(),
                }),
            }
        }
        if rang {
            self.hush();
        }
        Ok(())
    }

    fn accept(&mut self) -> io::Result<Option<(StreamId, SocketAddr)>> {
        if self.open >= self.most {
            self.waiting = true;
            return Ok(None);
        }
        let (mut stream, peer) = match self.door.accept() {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(None),
            accepted => accepted?,
        };
        stream.set_nodelay(true)?;
        let at = self.free.pop().unwrap_or(self.streams.len());
        let both = Interest::READABLE | Interest::WRITABLE;
        self.poll.registry().register(&mut stream, Token(FIRST + at), both)?;
        if at == self.streams.len() {
            self.streams.push(None);
        }
        self.streams[at] = Some(stream);
        self.open += 1;
        Ok(Some((StreamId(at), peer)))
    }

    fn read(&mut self, id: StreamId, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream(id).read(buffer)
    }

    fn write(&mut self, id: StreamId, bytes: &[u8]) -> io::Result<usize> {
        self.stream(id).write(bytes)
    }

    fn shut(&mut self, id: StreamId) {
        // A stream that is broken already has nothing left to shut: the next read tells.
        self.stream(id).shutdown(Shutdown::Write).unwrap_or_default();
    }

    fn close(&mut self, id: StreamId) {
        let mut stream = self.streams[id.0].take().expect("a stream is closed once");
        // Closing takes it out of the poll as well; asked before, no event can come late.
        self.poll.registry().deregister(&mut stream).unwrap_or_default();
        // What was not read must not make the system throw away our last words.
        SockRef::from(&stream).set_linger(None).unwrap_or_default();
        self.free.push(id.0);
        self.open -= 1;
        self.reopened |= std::mem::take(&mut self.waiting);
    }
}

impl fmt::Debug for LinuxStreams {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LinuxStreams({} open)", self.open)
    }
}

impl fmt::Display for ListenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ListenError { address, error } = self;
        write!(f, "cannot listen on {address}: {error}")?;
        if error.kind() == io::ErrorKind::AddrInUse {
            f.write_str("; stop who does, or choose another address as listen of [order_entry]")?;
        }
        Ok(())
    }
}

impl std::error::Error for ListenError {}

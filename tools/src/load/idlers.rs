//! Ports that are logged in and say nothing but heartbeats.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

use protocol_spec::session::soup::{Client, ClientConfig, ClientEvent};
use protocol_spec::words::{Moment, SequenceNo};
use socket2::{Domain, Protocol, Socket, Type};

use super::clock::Clock;
use super::error::LoadError;
use super::lane::Credentials;

/// Logins that are answered at a time: no more than any venue lets wait.
const GROUP: usize = 32;
/// How long a venue may take to let a port in, and to close after a logout.
const PATIENCE: Duration = Duration::from_secs(10);
/// A port is looked at so often. What came is taken, and its heartbeat, which is due a bit sooner,
/// is sent: that is all there is to do, so nobody has to be told when a socket is ready.
const VISIT: Duration = Duration::from_secs(1);
const HEARTBEAT: Duration = Duration::from_millis(900);
/// Ports that are looked at before the lanes have their turn.
const AT_ONCE: usize = 4;
/// Longest message that is taken; others are none of theirs.
const PAYLOAD: usize = 1_024;
/// Connections from one address of the loopback interface: it has some 28,000 ports for them, and
/// those of a connection that was closed are not free at once.
const OF_ADDRESS: usize = 10_000;

/// The ports, looked at in turn.
#[derive(Debug)]
pub struct Idlers {
    list: Vec<Idler>,
    next: usize,
    /// When the next one is looked at.
    due: Moment,
}

#[derive(Debug)]
struct Idler {
    who: Credentials,
    stream: TcpStream,
    client: Client,
}

impl Idlers {
    /// Logs all of them in.
    ///
    /// # Errors
    /// If one is not let in.
    pub fn connect(
        address: SocketAddr,
        ports: &[Credentials],
        clock: &Clock,
    ) -> Result<Self, LoadError> {
        let mut list = Vec::with_capacity(ports.len());
        for group in ports.chunks(GROUP) {
            let first = list.len();
            for who in group {
                list.push(Idler::connect(address, who, list.len(), clock)?);
            }
            for idler in &mut list[first..] {
                idler.log_in(clock)?;
            }
        }
        Ok(Idlers { list, next: 0, due: clock.now() })
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.list.len()
    }

    /// Looks at the next ones if it is time to.
    ///
    /// # Errors
    /// If one of them is not logged in any more.
    #[inline]
    pub(super) fn turn(&mut self, clock: &Clock) -> Result<(), LoadError> {
        let now = clock.now();
        for _ in 0..AT_ONCE {
            if now < self.due || self.list.is_empty() {
                break;
            }
            self.list[self.next].visit(now)?;
            self.next = (self.next + 1) % self.list.len();
            // Whoever was held for long goes on at the usual pace: heartbeats have time.
            let late = now - self.due;
            let from = if late > VISIT { now } else { self.due };
            self.due = from + VISIT / u32::try_from(self.list.len()).unwrap_or(u32::MAX);
        }
        Ok(())
    }

    /// Logs all of them out.
    ///
    /// # Errors
    /// If one was logged in no more, or stays open.
    pub(super) fn log_out(self, clock: &Clock) -> Result<(), LoadError> {
        let mut rest = self.list.into_iter().peekable();
        while rest.peek().is_some() {
            let mut group: Vec<Idler> = rest.by_ref().take(GROUP).collect();
            for idler in &mut group {
                idler.client.log_out(clock.now());
                idler.write(clock.now())?;
            }
            for idler in group {
                idler.close()?;
            }
        }
        Ok(())
    }
}

impl Idler {
    fn connect(
        address: SocketAddr,
        who: &Credentials,
        number: usize,
        clock: &Clock,
    ) -> Result<Self, LoadError> {
        let stream = open(address, number);
        let stream = stream.map_err(|cause| LoadError::Connect { address, cause })?;
        let mut config = ClientConfig::new(who.username, who.password);
        config.number = SequenceNo(0);
        config.max_payload = PAYLOAD;
        config.login_timeout = PATIENCE;
        config.heartbeat = HEARTBEAT;
        let client = Client::new(clock.now(), &config);
        let mut idler = Idler { who: who.clone(), stream, client };
        idler.write(clock.now())?;
        Ok(idler)
    }

    /// Waits until the login is answered.
    fn log_in(&mut self, clock: &Clock) -> Result<(), LoadError> {
        let waits = self.stream.set_read_timeout(Some(PATIENCE));
        waits.and_then(|()| self.stream.set_nonblocking(false)).map_err(|e| self.ended(&e))?;
        while self.client.next_number().is_none() {
            self.read(clock.now())?;
            if self.client.next_number().is_none() {
                let now = clock.now();
                self.client.on_timeout(now);
                self.hear()?;
            }
        }
        self.stream.set_nonblocking(true).map_err(|error| self.ended(&error))
    }

    /// Takes what came, and sends the heartbeat.
    fn visit(&mut self, now: Moment) -> Result<(), LoadError> {
        self.read(now)?;
        if self.client.poll_timeout().is_some_and(|at| at <= now) {
            self.client.on_timeout(now);
            self.hear()?;
        }
        self.write(now)
    }

    fn read(&mut self, now: Moment) -> Result<(), LoadError> {
        let room = self.client.read_buffer().expect("all that came was taken");
        match self.stream.read(room) {
            Ok(0) => self.client.on_eof(now),
            Ok(count) => self.client.on_read(now, count),
            Err(error) if is_nothing(error.kind()) => return Ok(()),
            Err(error) => return Err(self.ended(&error)),
        }
        self.hear()
    }

    /// Nothing that is said matters but that it is over.
    fn hear(&mut self) -> Result<(), LoadError> {
        let mut said = None;
        while let Some(event) = self.client.poll_event() {
            match event {
                ClientEvent::Debug(text) => said = Some(String::from_utf8_lossy(text).into_owned()),
                ClientEvent::Ended(end) => {
                    let why = said.unwrap_or_else(|| end.to_string());
                    return Err(LoadError::Login { port: self.who.name(), why });
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn write(&mut self, now: Moment) -> Result<(), LoadError> {
        let output = self.client.poll_output();
        match self.stream.write(output) {
            Ok(count) => self.client.on_written(now, count),
            Err(error) if is_nothing(error.kind()) => {}
            Err(error) => return Err(self.ended(&error)),
        }
        Ok(())
    }

    /// Waits until the venue has closed.
    fn close(mut self) -> Result<(), LoadError> {
        let waits = self.stream.set_read_timeout(Some(PATIENCE));
        waits.and_then(|()| self.stream.set_nonblocking(false)).map_err(|e| self.ended(&e))?;
        loop {
            match self.stream.read(&mut [0; 1_024]) {
                Ok(1..) => {}
                Err(error) if is_nothing(error.kind()) => {
                    let why = "it is still open after the logout".to_owned();
                    return Err(LoadError::Ended { port: self.who.name(), why });
                }
                // Closed it is, however abruptly.
                Ok(0) | Err(_) => return Ok(()),
            }
        }
    }

    fn ended(&self, why: &io::Error) -> LoadError {
        LoadError::Ended { port: self.who.name(), why: why.to_string() }
    }
}

/// Opens connection `number`: those to the machine itself from several addresses.
fn open(address: SocketAddr, number: usize) -> io::Result<TcpStream> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    let other = u8::try_from(number / OF_ADDRESS).unwrap_or(u8::MAX);
    if other > 0 && matches!(address.ip(), IpAddr::V4(ip) if ip.is_loopback()) {
        let from = Ipv4Addr::new(127, 0, 0, other.saturating_add(1));
        socket.bind(&SocketAddr::from((from, 0)).into())?;
    }
    socket.connect(&address.into())?;
    let stream = TcpStream::from(socket);
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Whether an error only says that there is nothing to do now.
fn is_nothing(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::WouldBlock | ErrorKind::Interrupted)
}

//! One connection to the venue.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::Duration;

use protocol_spec::session::soup::{Client, ClientConfig, ClientEvent};
use protocol_spec::wire::ouch::{AccountQuery, Outbound};
use protocol_spec::wire::soup::{MAX_PAYLOAD, SessionId};
use protocol_spec::wire::text::{Alpha, Secret};
use protocol_spec::words::{Moment, SequenceNo, UserRefNum};

use super::clock::Clock;
use super::error::LoadError;
use super::figures::Figures;
use super::pacer::Pacer;
use super::trader::{Flow, Trader};

/// How long a venue may take to let a port in and to tell it its number.
const LOGIN: Duration = Duration::from_secs(10);
/// How long a venue may take to close after a logout.
const LOGOUT: Duration = Duration::from_secs(5);

/// Who logs in.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The port's username.
    pub username: Alpha<6>,
    /// Its password.
    pub password: Secret<10>,
}

impl Credentials {
    /// The username as it is written.
    pub(super) fn name(&self) -> String {
        String::from_utf8_lossy(self.username.trimmed()).into_owned()
    }
}

/// A connection, its conversation, and the trader at this end of it.
#[derive(Debug)]
pub struct Lane {
    port: String,
    stream: TcpStream,
    client: Client,
    /// The session that it logged in to.
    session: SessionId,
    /// What the venue said for people, last.
    said: Option<String>,
    /// Who trades over it.
    pub trader: Trader,
}

impl Lane {
    /// Bytes of a message, two of which are taken in at once, that suit any load.
    pub const GULP: usize = MAX_PAYLOAD;

    /// Connects, logs in, and asks for the number to go on with.
    ///
    /// It asks for the most recent message (number 0), so that the venue does not replay the day;
    /// if there is one it comes first and is passed by. No message may be longer than `gulp`, and
    /// two of these are taken in at once.
    ///
    /// # Errors
    /// If nobody is there, or does not let the port in.
    pub fn connect(
        address: SocketAddr,
        credentials: &Credentials,
        clock: &Clock,
        flow: &Flow,
        seed: u64,
        gulp: usize,
    ) -> Result<Self, LoadError> {
        let refused = |cause| LoadError::Connect { address, cause };
        let stream = TcpStream::connect(address).map_err(refused)?;
        let options = stream.set_nodelay(true).and_then(|()| stream.set_nonblocking(true));
        options.map_err(LoadError::io("set the options of a socket"))?;
        let mut config = ClientConfig::new(credentials.username, credentials.password);
        config.number = SequenceNo(0);
        config.login_timeout = LOGIN;
        config.max_payload = gulp;
        let client = Client::new(clock.now(), &config);
        let trader = Trader::new(flow, seed, UserRefNum(1));
        let (port, session) = (credentials.name(), SessionId::BLANK);
        let mut lane = Lane { port, stream, client, session, said: None, trader };
        let first = lane.log_in(clock)?;
        lane.trader = Trader::new(flow, seed, first);
        Ok(lane)
    }

    /// The number that the venue names after the login.
    fn log_in(&mut self, clock: &Clock) -> Result<UserRefNum, LoadError> {
        let port = self.port.clone();
        let refused = |why: String| LoadError::Login { port: port.clone(), why };
        let deadline = clock.now() + LOGIN;
        let mut replayed = None;
        loop {
            let now = clock.now();
            if now >= deadline {
                return Err(refused("no answer to the Account Query".to_owned()));
            }
            self.flush(now).map_err(|why| refused(why.to_string()))?;
            self.read(clock).map_err(|why| refused(why.to_string()))?;
            while let Some(event) = self.client.poll_event() {
                match event {
                    ClientEvent::Accepted { next, session } => {
                        self.session = session;
                        // Where the first number is 1 there may be a message 1 or not: if it is
                        // an answer to a query, nothing came behind it and it is still right.
                        replayed = Some(next).filter(|next| next.0 > 1);
                        let sent = self.client.send(now, &AccountQuery {}.to_bytes());
                        sent.map_err(|error| refused(error.to_string()))?;
                    }
                    ClientEvent::Message(number, _) if replayed == Some(number) => {}
                    ClientEvent::Message(_, bytes) => {
                        if let Ok((Outbound::AccountQueryResponse(said), _)) =
                            Outbound::frame(bytes)
                        {
                            return Ok(said.next_user_ref_num());
                        }
                    }
                    ClientEvent::Ended(end) => return Err(refused(end.to_string())),
                    ClientEvent::Unsequenced(_) | ClientEvent::Debug(_) => {}
                }
            }
            thread::sleep(Duration::from_micros(200));
        }
    }

    /// The session that it logged in to.
    #[must_use]
    pub const fn session(&self) -> SessionId {
        self.session
    }

    /// Takes what has come, sends what is due, and says whether there was anything.
    #[inline]
    pub(super) fn turn(
        &mut self,
        clock: &Clock,
        pacer: &mut Pacer,
        figures: &mut Figures,
    ) -> Result<bool, LoadError> {
        let came = self.receive(clock, figures)?;
        let now = clock.now();
        let mut message = [0; Trader::LONGEST];
        let mut asked = false;
        while self.client.has_room(Trader::LONGEST) {
            let Some(at) = pacer.poll(now, self.trader.orders.in_flight()) else { break };
            let Some(len) = self.trader.ask(at, &mut message) else {
                return Err(LoadError::OutOfNumbers { port: self.port.clone() });
            };
            self.client.send(now, &message[..len]).map_err(|error| self.ended(&error))?;
            asked = true;
        }
        self.flush(now)?;
        Ok(came || asked)
    }

    /// Cancels what rests and is free, as much as fits, and says whether there was anything.
    pub(super) fn clean_up(&mut self, clock: &Clock, most: u32) -> Result<bool, LoadError> {
        let now = clock.now();
        let mut message = [0; Trader::LONGEST];
        let mut asked = false;
        while self.client.has_room(Trader::LONGEST) && self.trader.orders.in_flight() < most {
            let Some(len) = self.trader.ask_cancel(now, &mut message) else { break };
            self.client.send(now, &message[..len]).map_err(|error| self.ended(&error))?;
            asked = true;
        }
        self.flush(now)?;
        Ok(asked)
    }

    /// Takes what has come, and says whether there was anything.
    #[inline]
    pub(super) fn receive(
        &mut self,
        clock: &Clock,
        figures: &mut Figures,
    ) -> Result<bool, LoadError> {
        let Some(now) = self.read(clock)? else { return Ok(false) };
        let Lane { port, client, trader, said, .. } = self;
        let ended = |why: String| LoadError::Ended { port: port.clone(), why };
        while let Some(event) = client.poll_event() {
            match event {
                ClientEvent::Message(_, bytes) => {
                    let heard = trader.hear(now, bytes, figures);
                    heard.map_err(|error| ended(format!("it sent no message: {error}")))?;
                }
                ClientEvent::Debug(text) => {
                    *said = Some(String::from_utf8_lossy(text).into_owned());
                }
                ClientEvent::Ended(end) => {
                    return Err(ended(said.take().unwrap_or_else(|| end.to_string())));
                }
                ClientEvent::Accepted { .. } | ClientEvent::Unsequenced(_) => {}
            }
        }
        Ok(true)
    }

    /// Reads once, and says when, if anything came.
    #[inline]
    fn read(&mut self, clock: &Clock) -> Result<Option<Moment>, LoadError> {
        let Some(room) = self.client.read_buffer() else { return Ok(None) };
        match self.stream.read(room) {
            Ok(0) => {
                let now = clock.now();
                self.client.on_eof(now);
                Ok(Some(now))
            }
            Ok(count) => {
                let now = clock.now();
                self.client.on_read(now, count);
                Ok(Some(now))
            }
            Err(error) if is_nothing(error.kind()) => Ok(None),
            Err(error) => Err(self.ended(&error)),
        }
    }

    /// Writes what there is to write, heartbeats among it.
    #[inline]
    pub(super) fn flush(&mut self, now: Moment) -> Result<(), LoadError> {
        if self.client.poll_timeout().is_some_and(|at| at <= now) {
            self.client.on_timeout(now);
        }
        let output = self.client.poll_output();
        if output.is_empty() {
            return Ok(());
        }
        match self.stream.write(output) {
            Ok(count) => {
                self.client.on_written(now, count);
                Ok(())
            }
            Err(error) if is_nothing(error.kind()) => Ok(()),
            Err(error) => Err(self.ended(&error)),
        }
    }

    /// Logs out; the venue closes.
    ///
    /// # Errors
    /// If it does not.
    pub(super) fn log_out(mut self, clock: &Clock) -> Result<(), LoadError> {
        let now = clock.now();
        self.client.log_out(now);
        self.flush(now)?;
        let closed = self.stream.set_nonblocking(false).and_then(|()| {
            self.stream.set_read_timeout(Some(LOGOUT))?;
            // What still comes was said before the venue heard of the logout.
            while self.stream.read(&mut [0; 4_096])? > 0 {}
            Ok(())
        });
        match closed {
            Err(error) if is_nothing(error.kind()) => {
                let why = "it is still open after the logout".to_owned();
                Err(LoadError::Ended { port: self.port, why })
            }
            // Closed it is, however abruptly.
            Ok(()) | Err(_) => Ok(()),
        }
    }

    fn ended(&self, why: &dyn std::error::Error) -> LoadError {
        LoadError::Ended { port: self.port.clone(), why: why.to_string() }
    }
}

/// Whether an error only says that there is nothing to do now.
fn is_nothing(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::WouldBlock | ErrorKind::Interrupted)
}

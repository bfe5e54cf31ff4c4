//! A SoupBinTCP server and client joined in memory, in virtual time.

use std::collections::VecDeque;

use protocol_spec::session::soup::{
    Action, Client, ClientConfig, ClientEvent, End, Login, Server, ServerConfig, ServerEvent,
    ZeroMeans,
};
use protocol_spec::wire::soup::{LoginRejectReason, SessionId};
use protocol_spec::wire::text::{Alpha, Secret};
use protocol_spec::words::{Moment, SequenceNo};

/// The session of every pair.
pub const SESSION: SessionId = Alpha::new("2026112001");

/// What one side was told, in an owned form that can be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// Server: a login came.
    Login(Box<Login>),
    /// Client: the login was accepted.
    Accepted(SessionId, SequenceNo),
    /// A message, with its number if it has one.
    Message(Option<SequenceNo>, Vec<u8>),
    /// Client: text for people.
    Debug(String),
    /// The connection ended.
    Ended(End),
}

/// One direction of the connection.
#[derive(Debug, Default)]
pub struct Pipe {
    bytes: VecDeque<u8>,
    /// Every byte that ever went in.
    pub seen: Vec<u8>,
    /// Whether the end of the stream is to be told after the bytes.
    shut: bool,
}

/// Both ends and what lies between them.
#[derive(Debug)]
pub struct Pair {
    /// The time.
    pub now: Moment,
    /// The server's end.
    pub server: Server,
    /// The client's end.
    pub client: Client,
    /// Bytes on their way to the server.
    pub to_server: Pipe,
    /// Bytes on their way to the client.
    pub to_client: Pipe,
    /// What the server was told.
    pub server_told: Vec<Told>,
    /// What the client was told.
    pub client_told: Vec<Told>,
    /// Messages of the session, from number 1 on: all of them are to be had.
    pub store: Vec<Vec<u8>>,
    /// Whether the connection of each side was closed: server's, client's.
    pub closed: (bool, bool),
    /// Most bytes that each side gets written at a time.
    pub write_at_most: usize,
}

impl Pair {
    /// A client that has just connected.
    #[must_use]
    pub fn new(store: Vec<Vec<u8>>, server: &ServerConfig, client: &ClientConfig) -> Self {
        let now = Moment(1_000_000_000_000);
        Pair {
            now,
            server: Server::new(now, server),
            client: Client::new(now, client),
            to_server: Pipe::default(),
            to_client: Pipe::default(),
            server_told: Vec::new(),
            client_told: Vec::new(),
            store,
            closed: (false, false),
            write_at_most: usize::MAX,
        }
    }

    /// A pair with the default bounds and waits.
    #[must_use]
    pub fn with_defaults(store: Vec<Vec<u8>>) -> Self {
        Pair::new(store, &ServerConfig::default(), &client_config())
    }

    /// Lets bytes flow, at most `pieces(n)` of them in the n-th piece, until nothing moves.
    pub fn settle_in_pieces(&mut self, mut pieces: impl FnMut(usize) -> usize) {
        let mut n = 0;
        loop {
            let mut moved = self.flush();
            for to_server in [true, false] {
                let most = pieces(n).max(1);
                let count = self.deliver(to_server, most);
                moved |= count > 0;
                n += usize::from(count > 0);
                self.listen();
            }
            if !moved {
                return;
            }
        }
    }

    /// Lets bytes flow until nothing moves.
    pub fn settle(&mut self) {
        self.settle_in_pieces(|_| usize::MAX);
    }

    /// Moves the clock to the next deadline of either side and lets everything flow.
    ///
    /// # Panics
    /// If nobody waits for anything.
    pub fn step(&mut self) -> Moment {
        let deadlines = [self.server.poll_timeout(), self.client.poll_timeout()];
        self.now = deadlines.into_iter().flatten().min().expect("somebody waits for something");
        self.server.on_timeout(self.now);
        self.client.on_timeout(self.now);
        self.settle();
        self.now
    }

    /// Sends what there is to send, takes the actions, and says whether anything happened.
    fn flush(&mut self) -> bool {
        while let Some(next) = self.server.next_number().filter(|_| self.server.is_open()) {
            let Some(message) = self.store.get(next.0 as usize - 1) else { break };
            if self.server.send(self.now, message).is_err() {
                break;
            }
        }
        let some = |bytes: &[u8]| bytes[..bytes.len().min(self.write_at_most)].to_vec();
        let server = some(self.server.poll_output());
        let client = some(self.client.poll_output());
        self.server.on_written(self.now, server.len());
        self.to_client.put(&server);
        self.client.on_written(self.now, client.len());
        self.to_server.put(&client);
        let mut moved = !server.is_empty() || !client.is_empty();
        while let Some(action) = self.server.poll_action() {
            self.to_client.shut = true;
            self.closed.0 |= action == Action::Close;
            moved = true;
        }
        while let Some(action) = self.client.poll_action() {
            self.to_server.shut = true;
            self.closed.1 |= action == Action::Close;
            moved = true;
        }
        moved
    }

    /// Hands at most `most` bytes over, then the end of the stream, and says how much that was.
    fn deliver(&mut self, to_server: bool, most: usize) -> usize {
        let pipe = if to_server { &mut self.to_server } else { &mut self.to_client };
        let room = match to_server {
            true => self.server.read_buffer(),
            false => self.client.read_buffer(),
        };
        let room = room.map_or(0, |room| room.len());
        let count = pipe.bytes.len().min(most).min(room);
        let piece: Vec<u8> = pipe.bytes.drain(..count).collect();
        let end = pipe.bytes.is_empty() && std::mem::take(&mut pipe.shut);
        if count > 0 {
            let taken = if to_server {
                self.server.on_bytes(self.now, &piece)
            } else {
                self.client.on_bytes(self.now, &piece)
            };
            assert_eq!(taken, count);
        }
        if end && to_server {
            self.server.on_eof(self.now);
        } else if end {
            self.client.on_eof(self.now);
        }
        count + usize::from(end)
    }

    /// Takes all events of both sides; the server lets in whoever says `secret`.
    fn listen(&mut self) {
        let now = self.now;
        while let Some(event) = self.server.poll_event() {
            let told = match event {
                ServerEvent::Login(login) => Told::Login(Box::new(login)),
                ServerEvent::Message(bytes) => Told::Message(None, bytes.to_vec()),
                ServerEvent::Ended(end) => Told::Ended(end),
            };
            if let Told::Login(login) = &told {
                match answer(login, self.store.len() as u64) {
                    Ok(next) => self.server.accept(now, &SESSION, next),
                    Err(reason) => self.server.reject(now, reason),
                }
            }
            self.server_told.push(told);
        }
        while let Some(event) = self.client.poll_event() {
            self.client_told.push(match event {
                ClientEvent::Accepted { session, next } => Told::Accepted(session, next),
                ClientEvent::Message(number, bytes) => Told::Message(Some(number), bytes.to_vec()),
                ClientEvent::Unsequenced(bytes) => Told::Message(None, bytes.to_vec()),
                ClientEvent::Debug(text) => Told::Debug(String::from_utf8_lossy(text).into()),
                ClientEvent::Ended(end) => Told::Ended(end),
            });
        }
    }

    /// The messages that the client got, with their numbers.
    #[must_use]
    pub fn received(&self) -> Vec<(SequenceNo, Vec<u8>)> {
        let numbered = |told: &Told| match told {
            Told::Message(Some(number), bytes) => Some((*number, bytes.clone())),
            _ => None,
        };
        self.client_told.iter().filter_map(numbered).collect()
    }
}

impl Pipe {
    /// Puts bytes in.
    pub fn put(&mut self, bytes: &[u8]) {
        self.bytes.extend(bytes);
        self.seen.extend_from_slice(bytes);
    }

    /// Loses everything that is on its way.
    pub fn lose(&mut self) {
        self.bytes.clear();
    }
}

/// What the server answers to a login.
fn answer(login: &Login, highest: u64) -> Result<SequenceNo, LoginRejectReason> {
    if !login.username.is("demo1") || !login.password.is("secret") {
        return Err(LoginRejectReason::NOT_AUTHORIZED);
    }
    if !login.asks_for(&SESSION) {
        return Err(LoginRejectReason::SESSION_NOT_AVAILABLE);
    }
    login.start(SequenceNo(highest), ZeroMeans::MostRecent)
}

/// A client that may come in.
#[must_use]
pub fn client_config() -> ClientConfig {
    ClientConfig::new(Alpha::new("demo1"), Secret::new("secret"))
}

/// So many different messages, the second of them empty.
#[must_use]
pub fn messages(count: usize) -> Vec<Vec<u8>> {
    (0..count).map(|n| if n == 1 { Vec::new() } else { vec![n as u8; n % 40 + 1] }).collect()
}

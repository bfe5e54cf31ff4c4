//! A venue that does what a test says: real sockets, and answers from a script.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use protocol_spec::session::soup::{Action, End, Login, Server, ServerConfig, ServerEvent};
use protocol_spec::wire::soup::{LoginRejectReason, SessionId};
use protocol_spec::wire::text::Alpha;
use protocol_spec::words::{Moment, SequenceNo};

/// The session of every venue.
pub(crate) const SESSION: SessionId = Alpha::new("2026112001");
/// After so long a test is stuck, and fails.
const STUCK: Duration = Duration::from_secs(30);

/// A place to connect to.
pub(crate) struct Venue {
    listener: TcpListener,
}

/// A connection, as the venue sees it.
pub(crate) struct Seat {
    stream: TcpStream,
    server: Server,
    started: Instant,
    /// What happened and was not told yet.
    unsaid: Option<Event>,
    /// Most bytes that are written at a time.
    pub(crate) piece: usize,
}

/// What the client did.
#[derive(Debug)]
enum Event {
    Login(Login),
    Message(Vec<u8>),
    Ended(End),
}

impl Venue {
    /// Opens at any free port.
    pub(crate) fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
        listener.set_nonblocking(true).expect("a listener can be asked without waiting");
        Venue { listener }
    }

    /// Where to connect to.
    pub(crate) fn address(&self) -> String {
        self.listener.local_addr().expect("it is bound").to_string()
    }

    /// Plays `script` in a thread while `play` goes on here, and gives what both come to.
    pub(crate) fn with<S: Send, T>(
        &self,
        script: impl FnOnce(&Venue) -> S + Send,
        play: impl FnOnce(&str) -> T,
    ) -> (S, T) {
        thread::scope(|scope| {
            let script = scope.spawn(|| script(self));
            let played = play(&self.address());
            (script.join().expect("the script goes to its end"), played)
        })
    }

    /// Waits for the next client.
    pub(crate) fn accept(&self) -> Seat {
        let started = Instant::now();
        loop {
            match self.listener.accept() {
                Ok((stream, _)) => {
                    stream.set_nonblocking(false).expect("a stream can be waited for");
                    stream.set_nodelay(true).expect("a stream need not wait for more");
                    let server = Server::new(Moment(0), &ServerConfig::default());
                    let (started, piece) = (Instant::now(), usize::MAX);
                    return Seat { stream, server, started, unsaid: None, piece };
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    assert!(started.elapsed() < STUCK, "no client comes");
                    thread::sleep(Duration::from_millis(1));
                }
                Err(error) => panic!("cannot accept: {error}"),
            }
        }
    }

    /// Waits for the next client and lets it in, whatever it asks for; replies go on from `next`.
    pub(crate) fn let_in(&self, next: u64) -> Seat {
        let mut seat = self.accept();
        seat.login();
        seat.let_in(next);
        seat
    }
}

impl Seat {
    /// Waits for the login.
    pub(crate) fn login(&mut self) -> Login {
        match self.event() {
            Event::Login(login) => login,
            other => panic!("a login comes first, not {other:?}"),
        }
    }

    /// Accepts the login; the next reply has this number.
    pub(crate) fn let_in(&mut self, next: u64) {
        self.server.accept(self.now(), &SESSION, SequenceNo(next));
        self.flush();
    }

    /// Refuses the login, and waits until the client has gone.
    pub(crate) fn refuse(mut self, reason: LoginRejectReason) {
        self.server.reject(self.now(), reason);
        self.part();
    }

    /// Waits for the next request.
    pub(crate) fn request(&mut self) -> Vec<u8> {
        self.request_or_end().expect("a request comes next")
    }

    /// Waits for the next request, `None` if the client goes instead.
    pub(crate) fn request_or_end(&mut self) -> Option<Vec<u8>> {
        match self.event() {
            Event::Message(message) => Some(message),
            ended @ Event::Ended(_) => {
                self.unsaid = Some(ended);
                None
            }
            other => panic!("a request comes next, not {other:?}"),
        }
    }

    /// Sends a reply.
    pub(crate) fn reply(&mut self, message: &[u8]) {
        self.server.send(self.now(), message).expect("a reply fits");
        self.flush();
    }

    /// Waits until the client ends the connection, and says how.
    pub(crate) fn gone(mut self) -> End {
        match self.event() {
            Event::Ended(end) => {
                self.part();
                end
            }
            other => panic!("the client goes, and not {other:?}"),
        }
    }

    /// Hangs up with a word to the client.
    pub(crate) fn dismiss(mut self, text: &str) {
        self.server.dismiss(self.now(), text);
        self.part();
    }

    /// Ends the session.
    pub(crate) fn finish(mut self) {
        self.server.finish(self.now());
        self.part();
    }

    fn now(&self) -> Moment {
        Moment(0) + self.started.elapsed()
    }

    fn event(&mut self) -> Event {
        if let Some(event) = self.unsaid.take() {
            return event;
        }
        let since = Instant::now();
        loop {
            let event = self.server.poll_event().map(|event| match event {
                ServerEvent::Login(login) => Event::Login(login),
                ServerEvent::Message(message) => Event::Message(message.to_vec()),
                ServerEvent::Ended(end) => Event::Ended(end),
            });
            if let Some(event) = event {
                return event;
            }
            assert!(since.elapsed() < STUCK, "the client does nothing");
            self.turn();
        }
    }

    /// Reads what comes until something is due.
    fn turn(&mut self) {
        let now = self.now();
        let due = self.server.poll_timeout().expect("an open session waits for something");
        if due <= now {
            self.server.on_timeout(now);
            self.flush();
            return;
        }
        self.stream.set_read_timeout(Some(due - now)).expect("it is not zero");
        let Some(buffer) = self.server.read_buffer() else {
            return;
        };
        let outcome = self.stream.read(buffer);
        let now = self.now();
        match outcome {
            Ok(0) => self.server.on_eof(now),
            Ok(count) => self.server.on_read(now, count),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(_) => self.server.on_broken(now),
        }
    }

    fn flush(&mut self) {
        while !self.server.poll_output().is_empty() {
            let output = self.server.poll_output();
            let count = output.len().min(self.piece);
            let now = self.now();
            match self.stream.write_all(&output[..count]) {
                Ok(()) => self.server.on_written(now, count),
                Err(_) => return self.server.on_broken(now),
            }
        }
    }

    fn part(&mut self) {
        loop {
            self.flush();
            match self.server.poll_action() {
                Some(Action::Shutdown) => {
                    if self.stream.shutdown(Shutdown::Write).is_err() {
                        return;
                    }
                }
                Some(Action::Close) => return,
                None => self.turn(),
            }
        }
    }
}

//! A venue in a thread: it trades as plainly as can be, and makes mistakes when asked to.

use std::collections::{BTreeMap, VecDeque};
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use protocol_spec::session::soup::{Action, Server, ServerConfig, ServerEvent, ZeroMeans};
use protocol_spec::wire::ouch::Inbound;
use protocol_spec::wire::soup::LoginRejectReason;
use protocol_spec::wire::text::Alpha;
use protocol_spec::words::{Moment, SequenceNo, UserRefNum};

use super::replies;

/// What it does wrong, counted in orders from 1.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Mistakes {
    /// The order that is not answered.
    pub(crate) lost: Option<u64>,
    /// The order that is answered twice.
    pub(crate) doubled: Option<u64>,
    /// The order that is rejected.
    pub(crate) rejected: Option<u64>,
    /// The cancel, counted in those that find their order, that is not answered.
    pub(crate) silent_cancel: Option<u64>,
    /// The order before which it stands still, and how long.
    pub(crate) stall: Option<(u64, Duration)>,
}

/// The venue; it ends when this is stopped.
pub(crate) struct Fake {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Resting>,
}

/// Orders that are still at rest.
pub(crate) type Resting = usize;

impl Fake {
    /// Starts it.
    pub(crate) fn start(mistakes: Mistakes) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback is there");
        listener.set_nonblocking(true).expect("a socket can be set so");
        let address = listener.local_addr().expect("it is bound");
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = thread::spawn(move || {
            let mut venue = Venue::new(mistakes);
            let start = Instant::now();
            let mut lines: Vec<Line> = Vec::new();
            while !stopped.load(Ordering::Relaxed) {
                let now = Moment(start.elapsed().as_nanos() as u64);
                if let Ok((stream, _)) = listener.accept() {
                    lines.push(Line::new(stream, now));
                }
                lines.retain_mut(|line| line.turn(now, &mut venue));
                thread::yield_now();
            }
            venue.orders.len()
        });
        Fake { address, stop, thread }
    }

    /// Ends it, and says what was still at rest.
    pub(crate) fn stop(self) -> Resting {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().expect("it does not panic")
    }
}

/// A connection.
struct Line {
    stream: TcpStream,
    server: Server,
    port: Option<String>,
}

impl Line {
    fn new(stream: TcpStream, now: Moment) -> Self {
        stream.set_nonblocking(true).expect("a socket can be set so");
        stream.set_nodelay(true).expect("a socket can be set so");
        Line { stream, server: Server::new(now, &ServerConfig::default()), port: None }
    }

    /// False once it is closed.
    fn turn(&mut self, now: Moment, venue: &mut Venue) -> bool {
        if let Some(room) = self.server.read_buffer() {
            match self.stream.read(room) {
                Ok(0) => self.server.on_eof(now),
                Ok(count) => self.server.on_read(now, count),
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(_) => self.server.on_broken(now),
            }
        }
        loop {
            match self.server.poll_event() {
                Some(ServerEvent::Login(login)) => {
                    if !login.password.is("demo") {
                        self.server.reject(now, LoginRejectReason::NOT_AUTHORIZED);
                        continue;
                    }
                    let port = String::from_utf8_lossy(login.username.trimmed()).into_owned();
                    let told = &venue.ports.entry(port.clone()).or_default().told;
                    let highest = SequenceNo(told.len() as u64);
                    let next = login.start(highest, ZeroMeans::MostRecent).expect("it is known");
                    self.server.accept(now, &Alpha::new("2026112001"), next);
                    self.port = Some(port);
                }
                Some(ServerEvent::Message(bytes)) => {
                    let port = self.port.clone().expect("it logged in first");
                    venue.on_message(&port, bytes);
                }
                Some(ServerEvent::Ended(_)) => {}
                None => break,
            }
        }
        if self.server.poll_timeout().is_some_and(|at| at <= now) {
            self.server.on_timeout(now);
        }
        self.tell(now, venue);
        match self.stream.write(self.server.poll_output()) {
            Ok(count) => self.server.on_written(now, count),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(_) => self.server.on_broken(now),
        }
        self.server.poll_action() != Some(Action::Close)
    }

    /// Hands on what the port was not yet told.
    fn tell(&mut self, now: Moment, venue: &Venue) {
        let Some(port) = &self.port else { return };
        let told = &venue.ports[port].told;
        while let Some(next) = self.server.next_number()
            && let Some(message) = told.get(next.0 as usize - 1)
            && self.server.send(now, message).is_ok()
        {}
    }
}

#[derive(Default)]
struct Port {
    told: Vec<Vec<u8>>,
    last: u32,
}

/// Who entered an order, and under which number.
type Name = (String, u32);
/// Symbol, and whether it is the side of the buys.
type Place = ([u8; 8], bool);

struct Venue {
    mistakes: Mistakes,
    orders_seen: u64,
    cancels_seen: u64,
    ports: BTreeMap<String, Port>,
    /// Shares left and place of what rests.
    orders: BTreeMap<Name, (u32, Place)>,
    queues: BTreeMap<Place, VecDeque<Name>>,
}

impl Venue {
    fn new(mistakes: Mistakes) -> Self {
        Venue {
            mistakes,
            orders_seen: 0,
            cancels_seen: 0,
            ports: BTreeMap::new(),
            orders: BTreeMap::new(),
            queues: BTreeMap::new(),
        }
    }

    fn tell(&mut self, port: &str, message: Vec<u8>) {
        self.ports.get_mut(port).expect("it logged in").told.push(message);
    }

    fn on_message(&mut self, port: &str, bytes: &[u8]) {
        let (message, _) = Inbound::decode(bytes).expect("the load sends right requests");
        match message {
            Inbound::EnterOrder(order) => {
                let order = order.values();
                self.on_enter(port, &order);
            }
            Inbound::CancelOrder(asked) => self.on_cancel(port, asked.user_ref_num()),
            Inbound::ReplaceOrder(asked) => {
                let asked = asked.values();
                self.on_replace(port, &asked);
            }
            Inbound::AccountQuery(_) => {
                let next = UserRefNum(self.ports[port].last + 1);
                self.tell(port, replies::query(next));
            }
            other => panic!("the load does not send {other:?}"),
        }
    }

    fn on_enter(&mut self, port: &str, order: &protocol_spec::wire::ouch::EnterOrder) {
        self.orders_seen += 1;
        let is = |which: Option<u64>| which == Some(self.orders_seen);
        let (lost, doubled) = (is(self.mistakes.lost), is(self.mistakes.doubled));
        let rejected = is(self.mistakes.rejected);
        if let Some((at, time)) = self.mistakes.stall
            && at == self.orders_seen
        {
            thread::sleep(time);
        }
        let number = order.user_ref_num;
        let last = &mut self.ports.get_mut(port).expect("it logged in").last;
        assert!(number.0 > *last, "numbers rise");
        *last = number.0;
        if lost {
            return;
        }
        if rejected {
            return self.tell(port, replies::rejected(number));
        }
        for _ in 0..1 + u32::from(doubled) {
            self.tell(port, replies::accepted(order));
        }
        let is_buy = &order.side.0 == b"B";
        let place = (order.symbol.0, is_buy);
        if &order.time_in_force.0 == b"0" {
            return self.rest((port.to_owned(), number.0), order.quantity.0, place);
        }
        let left = self.trade(port, number, order.quantity.0, (place.0, !is_buy));
        if left > 0 {
            self.tell(port, replies::canceled(number, left, b"I"));
        }
    }

    fn rest(&mut self, name: Name, shares: u32, place: Place) {
        self.queues.entry(place).or_default().push_back(name.clone());
        self.orders.insert(name, (shares, place));
    }

    /// Trades with what rests at a place, and says what is left.
    fn trade(&mut self, port: &str, number: UserRefNum, mut left: u32, with: Place) -> u32 {
        while left > 0 {
            let queue = self.queues.entry(with).or_default();
            let Some(name) = queue.front().cloned() else { break };
            let Some((open, _)) = self.orders.get_mut(&name) else {
                queue.pop_front();
                continue;
            };
            let shares = left.min(*open);
            (*open, left) = (*open - shares, left - shares);
            if *open == 0 {
                self.orders.remove(&name);
            }
            self.tell(port, replies::executed(number, shares, b"R"));
            self.tell(&name.0, replies::executed(UserRefNum(name.1), shares, b"A"));
        }
        left
    }

    fn on_cancel(&mut self, port: &str, number: UserRefNum) {
        let Some((shares, _)) = self.orders.remove(&(port.to_owned(), number.0)) else { return };
        self.cancels_seen += 1;
        if self.mistakes.silent_cancel != Some(self.cancels_seen) {
            self.tell(port, replies::canceled(number, shares, b"U"));
        }
    }

    fn on_replace(&mut self, port: &str, asked: &protocol_spec::wire::ouch::ReplaceOrder) {
        let old = (port.to_owned(), asked.orig_user_ref_num.0);
        let Some((shares, place)) = self.orders.remove(&old) else { return };
        let number = asked.user_ref_num;
        self.ports.get_mut(port).expect("it logged in").last = number.0;
        self.rest((port.to_owned(), number.0), shares, place);
        self.tell(port, replies::replaced(asked, shares));
    }
}

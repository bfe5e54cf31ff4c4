//! A broker's client: counts what it gets, remembers it, and resends what was not answered.

use std::collections::BTreeMap;
use std::fmt;

use protocol_spec::session::soup::{Action, Client, ClientConfig, ClientEvent, End, SendError};
use protocol_spec::wire::ouch::{
    Capacity, ClOrdId, CrossType, Display, EnterOrder, Iso, MassCancel, Mpid, Side, Symbol, Tags,
    TimeInForce,
};
use protocol_spec::wire::soup::SessionId;
use protocol_spec::wire::text::{Alpha, Secret};
use protocol_spec::words::{Moment, OrderPrice, SequenceNo, Shares, UserRefNum};

use super::streams::Net;

/// A broker.
pub struct Broker {
    /// The name to log in by.
    pub user: String,
    /// The password.
    pub password: String,
    net: Net,
    line: Option<(usize, Client)>,
    /// The session that it is in, or was in last.
    pub session: Option<SessionId>,
    /// Every reply that it ever got, by session, the first one being number 1.
    pub seen: BTreeMap<String, Vec<Vec<u8>>>,
    /// What was sent and not answered, by its number.
    pub unanswered: BTreeMap<u32, Vec<u8>>,
    /// How many answers each number had, in this session.
    answered: BTreeMap<u32, u32>,
    /// The last number used.
    pub last: u32,
    /// Text for people that it got.
    pub texts: Vec<String>,
    /// How its connections ended.
    pub ends: Vec<End>,
    /// Logins that were accepted.
    pub logins: u32,
    /// Whether it reads.
    pub reads: bool,
    /// When it heard the venue last.
    pub heard: Moment,
    /// The longest that it heard nothing while it was logged in.
    pub silence: u64,
    /// Whether it asks for everything from number 1 when it logs in next.
    pub from_start: bool,
    /// Whether its login was accepted.
    live: bool,
}

impl Broker {
    /// A broker who is not there yet.
    #[must_use]
    pub fn new(net: &Net, user: &str) -> Self {
        Broker {
            user: user.to_owned(),
            password: "demo".to_owned(),
            net: net.clone(),
            line: None,
            session: None,
            seen: BTreeMap::new(),
            unanswered: BTreeMap::new(),
            answered: BTreeMap::new(),
            last: 0,
            texts: Vec::new(),
            ends: Vec::new(),
            logins: 0,
            reads: true,
            heard: Moment(0),
            silence: 0,
            from_start: false,
            live: false,
        }
    }

    /// Whether it has a connection.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        self.line.is_some()
    }

    /// Whether it is logged in.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.live && self.line.is_some()
    }

    /// The link that it is connected by.
    #[must_use]
    pub fn link(&self) -> Option<usize> {
        self.line.as_ref().map(|(link, _)| *link)
    }

    /// Replies of a session that it has.
    #[must_use]
    pub fn replies_of(&self, session: &str) -> &[Vec<u8>] {
        self.seen.get(session).map_or(&[], Vec::as_slice)
    }

    /// Replies of its session that it has.
    #[must_use]
    pub fn replies(&self) -> &[Vec<u8>] {
        let name = self.session.map(|session| name_of(&session)).unwrap_or_default();
        self.seen.get(&name).map_or(&[], Vec::as_slice)
    }

    /// Connects and logs in, to go on where it was.
    pub fn connect(&mut self, now: Moment) {
        let link = self.net.connect();
        let next = 1 + self.replies().len() as u64;
        let number = if std::mem::take(&mut self.from_start) { 1 } else { next };
        let config = ClientConfig::new(Alpha::new(&self.user), Secret::new(&self.password))
            .from(self.session.unwrap_or(SessionId::BLANK), SequenceNo(number));
        self.live = false;
        self.line = Some((link, Client::new(now, &config)));
    }

    /// Drops its connection without a word.
    pub fn hang_up(&mut self) {
        if let Some((link, _)) = self.line.take() {
            self.net.cut(link);
        }
        self.live = false;
    }

    /// Sends what it has and closes at once: all of it arrives together.
    pub fn slam(&mut self, now: Moment) {
        self.pump(now);
        if let Some((link, _)) = self.line.take() {
            self.net.shut(now, link);
        }
        self.live = false;
    }

    /// Logs out.
    pub fn log_out(&mut self, now: Moment) {
        if let Some((_, client)) = &mut self.line {
            client.log_out(now);
        }
    }

    /// Sends a message; whether it went out.
    pub fn send(&mut self, now: Moment, message: &[u8]) -> bool {
        let Some((_, client)) = self.line.as_mut().filter(|_| self.live) else { return false };
        client.send(now, message).is_ok()
    }

    /// Sends a message that is to be answered; whether it went out. It is sent again after each
    /// login until it is answered.
    pub fn ask(&mut self, now: Moment, make: impl FnOnce(u32) -> Vec<u8>) -> bool {
        let number = self.last + 1;
        let message = make(number);
        if !self.send(now, &message) {
            return false;
        }
        self.last = number;
        self.unanswered.insert(number, message);
        true
    }

    /// Reads, writes and does what is due.
    pub fn pump(&mut self, now: Moment) {
        let Some((link, mut client)) = self.line.take() else { return };
        if self.live {
            self.silence = self.silence.max(now.0.saturating_sub(self.heard.0));
        }
        let broken = self.net.is_broken(link);
        if broken {
            client.on_broken(now);
        } else if self.reads {
            self.read(now, link, &mut client);
        }
        if client.poll_timeout().is_some_and(|due| due <= now) {
            client.on_timeout(now);
        }
        let ended = self.listen(now, &mut client);
        if !broken {
            let count = self.net.send(now, link, client.poll_output());
            client.on_written(now, count);
        }
        let mut closed = broken || ended;
        while let Some(action) = client.poll_action() {
            closed |= action == Action::Close;
            self.net.shut(now, link);
        }
        if closed {
            self.net.shut(now, link);
            self.live = false;
        } else {
            self.line = Some((link, client));
        }
    }

    fn read(&mut self, now: Moment, link: usize, client: &mut Client) {
        loop {
            let room = client.read_buffer().map_or(0, |room| room.len());
            let (bytes, ended) = self.net.receive(link, room);
            if !bytes.is_empty() {
                self.heard = now;
                assert_eq!(client.on_bytes(now, &bytes), bytes.len(), "there was room");
            }
            if ended {
                client.on_eof(now);
            }
            if bytes.is_empty() || self.listen(now, client) {
                return;
            }
        }
    }

    /// Takes all events; whether the connection has ended.
    fn listen(&mut self, now: Moment, client: &mut Client) -> bool {
        let mut resend = false;
        let mut ended = false;
        while let Some(event) = client.poll_event() {
            match event {
                ClientEvent::Accepted { session, .. } => {
                    self.enter(session);
                    (self.heard, resend) = (now, true);
                }
                ClientEvent::Message(number, bytes) => {
                    let bytes = bytes.to_vec();
                    self.take(number, bytes);
                }
                ClientEvent::Unsequenced(_) => panic!("the venue numbers everything"),
                ClientEvent::Debug(text) => {
                    self.texts.push(String::from_utf8_lossy(text).into_owned());
                }
                ClientEvent::Ended(end) => {
                    if let End::Rejected(_) | End::SessionOver = end {
                        // The next session is found by no name.
                        self.session = None;
                    }
                    self.ends.push(end);
                    ended = true;
                }
            }
        }
        if resend {
            for message in self.unanswered.values() {
                // It may have ended right behind the login; what was not answered always fits.
                let sent = client.send(now, message);
                assert!(matches!(sent, Ok(()) | Err(SendError::Ending)), "{sent:?}");
            }
        }
        ended
    }

    fn enter(&mut self, session: SessionId) {
        if self.session.as_ref().map(SessionId::trimmed) != Some(session.trimmed()) {
            let seen = self.seen.entry(name_of(&session)).or_default();
            self.answered.clear();
            self.unanswered.clear();
            self.last = 0;
            for number in seen.iter().filter_map(|reply| answers(reply)) {
                *self.answered.entry(number).or_default() += 1;
                self.last = self.last.max(number);
            }
        }
        self.session = Some(session);
        self.live = true;
        self.logins += 1;
    }

    fn take(&mut self, number: SequenceNo, bytes: Vec<u8>) {
        let session = self.session.as_ref().map(name_of).expect("it is in a session");
        let seen = self.seen.get_mut(&session).expect("it was made with the session");
        let at = usize::try_from(number.0).expect("few replies") - 1;
        if let Some(before) = seen.get(at) {
            assert_eq!(*before, bytes, "{}: reply {number} of {session} has changed", self.user);
            return;
        }
        assert_eq!(at, seen.len(), "{}: replies come without a gap", self.user);
        if let Some(number) = answers(&bytes) {
            let count = self.answered.entry(number).or_default();
            *count += 1;
            assert_eq!(*count, 1, "{}: request {number} was answered twice", self.user);
            self.unanswered.remove(&number);
            self.last = self.last.max(number);
        }
        seen.push(bytes);
    }
}

impl fmt::Debug for Broker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Broker");
        shown.field("user", &self.user).field("link", &self.link()).field("live", &self.live);
        shown.field("session", &self.session).field("replies", &self.replies().len());
        shown.field("last", &self.last).field("unanswered", &self.unanswered.len());
        shown.field("ends", &self.ends).field("texts", &self.texts);
        shown.finish_non_exhaustive()
    }
}

/// The name of a session.
#[must_use]
pub fn name_of(session: &SessionId) -> String {
    String::from_utf8_lossy(session.trimmed()).into_owned()
}

/// The number of the request that a reply answers.
fn answers(reply: &[u8]) -> Option<u32> {
    let at = match reply[0] {
        b'A' | b'J' | b'X' => 9,
        b'U' => 13,
        _ => return None,
    };
    let bytes = reply[at..at + 4].try_into().expect("four bytes");
    Some(u32::from_be_bytes(bytes))
}

/// What an order is, as far as simulations care.
#[derive(Clone, Copy, Debug)]
pub struct Order {
    /// `B` or `S`.
    pub side: u8,
    /// Shares.
    pub shares: u32,
    /// The limit, in 0.0001.
    pub price: u64,
    /// Time in force.
    pub tif: TimeInForce,
    /// Seconds to live, if it is till a time.
    pub seconds: u32,
}

impl Order {
    /// A day order.
    #[must_use]
    pub const fn day(side: u8, shares: u32, price: u64) -> Self {
        Order { side, shares, price, tif: TimeInForce(*b"0"), seconds: 0 }
    }

    /// The message.
    #[must_use]
    pub fn message(&self, number: u32) -> Vec<u8> {
        let order = EnterOrder {
            user_ref_num: UserRefNum(number),
            side: Side([self.side]),
            quantity: Shares(self.shares),
            symbol: Symbol::new("ABC"),
            price: OrderPrice(self.price),
            time_in_force: self.tif,
            display: Display(*b"Y"),
            capacity: Capacity(*b"A"),
            iso: Iso(*b"N"),
            cross_type: CrossType(*b"N"),
            cl_ord_id: ClOrdId::new("simulated"),
        };
        let mut tags = Tags::NONE;
        if self.seconds > 0 {
            tags.expire_time = Some(self.seconds);
        }
        let mut out = [0; EnterOrder::LEN + Tags::MAX_LEN];
        let len = order.encode_with(&tags, &mut out);
        out[..len].to_vec()
    }
}

/// A message that cancels all orders of the port.
#[must_use]
pub fn mass_cancel(number: u32) -> Vec<u8> {
    let cancel =
        MassCancel { user_ref_num: UserRefNum(number), firm: Mpid::BLANK, symbol: Symbol::BLANK };
    let mut out = [0; MassCancel::LEN + Tags::MAX_LEN];
    let len = cancel.encode_with(&Tags::NONE, &mut out);
    out[..len].to_vec()
}

//! A receiver as a program of a user has it.

use std::mem;
use std::net::{SocketAddr, SocketAddrV4};
use std::time::{Duration, Instant};

use client::feed::{Event, Feed, FeedConfig, LineAddress, Start};
use mdfeed::book_view::{BookView, Side};
use protocol_spec::words::Locate;

use super::{Books, Channel, Past, Place, SOON};

/// A receiver, and everything that it was given.
#[derive(Debug)]
pub(crate) struct Follower {
    feed: Feed,
    pub(crate) session: String,
    /// From number 1 on.
    pub(crate) messages: Vec<Vec<u8>>,
    pub(crate) is_over: bool,
    /// Sessions that were over before.
    pub(crate) before: Vec<(String, Vec<Vec<u8>>)>,
    /// What else it said.
    pub(crate) said: Vec<String>,
}

/// The lines of a channel as its receivers name them.
pub(crate) fn groups(channel: &Channel) -> Vec<LineAddress> {
    let Channel { lines, interface, .. } = *channel;
    lines.map(|group| LineAddress::Group { group, interface }).to_vec()
}

/// A line that is sent to this address alone.
pub(crate) fn unicast(address: SocketAddr) -> LineAddress {
    match address {
        SocketAddr::V4(address) => LineAddress::Unicast(address),
        SocketAddr::V6(_) => panic!("lines are IPv4"),
    }
}

impl Follower {
    /// Listens to these lines, and will have everything from the first message on.
    pub(crate) fn open(lines: Vec<LineAddress>, rerequest: Option<SocketAddrV4>) -> Self {
        Self::of_config(FeedConfig::new(lines, rerequest.map(SocketAddr::from)))
    }

    fn of_config(mut config: FeedConfig) -> Self {
        config.receiver.start = Start::First;
        let feed = Feed::open(&config).expect("the lines can be joined");
        Follower {
            feed,
            session: String::new(),
            messages: Vec::new(),
            is_over: false,
            before: Vec::new(),
            said: Vec::new(),
        }
    }

    /// Listens to both lines of a channel, with a way to ask again.
    pub(crate) fn of(channel: &Channel) -> Self {
        Self::open(groups(channel), Some(channel.rerequest))
    }

    /// The same, and the system holds only so many bytes for it.
    pub(crate) fn with_room_for(bytes: usize, channel: &Channel) -> Self {
        let rerequest = Some(SocketAddr::from(channel.rerequest));
        let config = FeedConfig::new(groups(channel), rerequest);
        Self::of_config(FeedConfig { receive_buffer: bytes, ..config })
    }

    /// Takes what comes until this holds, as long as something comes.
    #[track_caller]
    pub(crate) fn follow(&mut self, what: &str, until: impl Fn(&Self) -> bool) {
        let (mut fresh, mut count) = (Instant::now(), 0);
        while !until(self) {
            if count < self.messages.len() {
                (fresh, count) = (Instant::now(), self.messages.len());
            }
            let said = &self.said;
            assert!(fresh.elapsed() < SOON, "in vain for {what}: {count} messages, {said:?}");
            self.take(Duration::from_millis(20));
        }
    }

    /// Takes everything.
    #[track_caller]
    pub(crate) fn follow_to_end(&mut self) {
        self.follow("the end", |it| it.is_over);
    }

    fn take(&mut self, wait: Duration) {
        let event = self.feed.next(wait).expect("the lines can be read");
        let Some(event) = event else { return };
        let begins = matches!(event, Event::Session(..));
        assert!(!self.is_over || begins, "{event:?} after the end");
        match event {
            Event::Messages(run) => {
                for (number, message) in run {
                    assert_eq!(number.0, self.messages.len() as u64 + 1, "in order");
                    self.messages.push(message.to_vec());
                }
            }
            Event::Session(session, first) => {
                assert_eq!(first.0, 1, "all of it");
                assert_eq!(self.is_over, !self.session.is_empty(), "one after the other");
                let (name, messages) = (&mut self.session, &mut self.messages);
                let before = (mem::replace(name, session.to_string()), mem::take(messages));
                self.before.extend(mem::take(&mut self.is_over).then_some(before));
            }
            Event::EndOfSession(next) => {
                assert_eq!(next.0, self.messages.len() as u64 + 1, "nothing is missing");
                self.is_over = true;
            }
            other => self.said.push(format!("{other:?}")),
        }
    }

    /// The counts of the receiver.
    pub(crate) fn counts(&self) -> &client::feed::Counts {
        self.feed.counts()
    }

    /// What it has is what the venue must have told, and its books are the venue's own.
    #[track_caller]
    pub(crate) fn has(&self, past: &Past) {
        assert_eq!(self.session, past.session);
        same(&self.messages, &past.messages);
        let mut view = BookView::new();
        let mut books = past.books.iter().peekable();
        for (number, message) in (1..).zip(&self.messages) {
            view.apply(message).unwrap_or_else(|fault| panic!("message {number}: {fault}"));
            if let Some((_, expected)) = books.next_if(|(mark, _)| *mark == number) {
                assert_eq!(shown(&view), *expected, "the books behind message {number}");
            }
        }
        assert_eq!(books.next(), None, "all books are compared");
    }
}

/// Both are the same messages. What is not is told in short.
#[track_caller]
pub(crate) fn same(told: &[Vec<u8>], expected: &[Vec<u8>]) {
    let differ = (1..).zip(told.iter().zip(expected)).find(|(_, (told, right))| told != right);
    if let Some((number, (told, expected))) = differ {
        panic!("message {number}: {}, not {}", told.escape_ascii(), expected.escape_ascii());
    }
    assert_eq!(told.len(), expected.len(), "so many messages");
}

fn shown(view: &BookView) -> Books {
    let side = |locate, side| -> Vec<Place> {
        let orders = view.book(locate).orders(side);
        let place = orders
            .map(|order| (order.order_ref.0, order.spot.price.0.into(), order.shares.0.into()));
        place.collect()
    };
    let count = view.securities().count() as u16;
    (1..=count).map(|n| Side::BOTH.map(|both| side(Locate(n), both))).collect()
}

//! What commands tell: replies by port and number, messages of the feed, refusals to the operator.

use std::ops::Range;

use matcher::command::Command;
use matcher::event::Event;
use matcher::refusal::Refusal;
use matcher::sequence::Sequenced;
use mdfeed::publisher::{Messages, Publisher};
use order_entry::outbound::{Replies, Teller};
use protocol_spec::wire::ouch::Symbol;
use protocol_spec::words::{CommandNo, FeedNo, PortId, PortNo};
use recovery::replay::Fold;

use super::follow::Follow;
use super::names::{Names, Symbols};
use super::parts::About;

/// Whom something is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum To {
    /// A broker, by a numbered reply.
    Port(PortId, PortNo),
    /// The public, by a numbered message of the feed.
    Feed(FeedNo),
    /// The operator: a rule forbids the command.
    Operator(Refusal),
}

/// One thing that is told.
#[derive(Clone, Debug)]
pub struct Item {
    /// The command that caused it.
    pub command: CommandNo,
    /// To whom.
    pub to: To,
    /// The security it is about, if that is known.
    pub symbol: Option<Symbol>,
    bytes: Range<usize>,
}

/// Which of what is told is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Replies, if any.
    pub replies: Option<Ports>,
    /// Messages of the feed.
    pub feed: bool,
    /// Refusals to the operator.
    pub refusals: bool,
}

/// Replies of whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ports {
    /// Of every port.
    All,
    /// Of one.
    One(PortId),
}

impl Kept {
    /// Nothing is.
    pub const NOTHING: Kept = Kept { replies: None, feed: false, refusals: false };
    /// Everything is.
    pub const ALL: Kept = Kept { replies: Some(Ports::All), feed: true, refusals: true };

    fn keeps_reply(&self, port: PortId) -> bool {
        match self.replies {
            None => false,
            Some(Ports::All) => true,
            Some(Ports::One(wanted)) => wanted == port,
        }
    }
}

/// Makes what is told of commands, and keeps it until it is taken.
#[derive(Debug)]
pub struct Told {
    /// What is kept.
    pub kept: Kept,
    /// Whose port is which.
    pub names: Names,
    /// Whether the command under way, or anything it did, is about what is followed.
    pub is_about: bool,
    /// The security of the first event of the command that has one.
    pub security: Option<Symbol>,
    follow: Option<Follow>,
    symbols: Symbols,
    teller: Teller,
    replies: Replies,
    /// Replies so far, by the number of the port.
    numbers: Vec<u64>,
    publisher: Publisher,
    messages: Messages,
    items: Vec<Item>,
    bytes: Vec<u8>,
}

impl Told {
    /// Keeps what is told by events that `follow` wants, by all if there is nothing to follow.
    #[must_use]
    pub fn new(kept: Kept, follow: Option<Follow>) -> Self {
        Told {
            kept,
            names: Names::default(),
            is_about: false,
            security: None,
            follow,
            symbols: Symbols::default(),
            teller: Teller::new(),
            replies: Replies::new(),
            numbers: Vec::new(),
            publisher: Publisher::new(),
            messages: Messages::new(),
            items: Vec::new(),
            bytes: Vec::new(),
        }
    }

    /// What is kept, in the order in which it was told.
    #[must_use]
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// The message of an item; nothing of a refusal.
    #[must_use]
    pub fn bytes(&self, item: &Item) -> &[u8] {
        &self.bytes[item.bytes.clone()]
    }

    /// Forgets what was taken.
    pub fn clear(&mut self) {
        self.items.clear();
        self.bytes.clear();
    }

    /// Messages of the feed so far.
    #[must_use]
    pub fn feed_count(&self) -> u64 {
        self.publisher.next_number().0 - 1
    }

    fn keep(&mut self, command: CommandNo, to: To, symbol: Option<Symbol>, start: usize) {
        let bytes = start..self.bytes.len();
        self.items.push(Item { command, to, symbol, bytes });
    }

    /// Tells brokers and the public of an event, and keeps what is wanted.
    fn tell(
        &mut self,
        command: &Sequenced<Command>,
        event: &Event,
        symbol: Option<Symbol>,
        kept: Kept,
    ) {
        let Told { teller, replies, numbers, publisher, messages, items, bytes, .. } = self;
        let mut keep = |to, message: &[u8]| {
            let start = bytes.len();
            bytes.extend_from_slice(message);
            items.push(Item { command: command.no, to, symbol, bytes: start..bytes.len() });
        };
        teller.tell(command, event, replies);
        for (port, reply) in replies.iter() {
            let at = usize::from(port.0);
            if numbers.len() <= at {
                numbers.resize(at + 1, 0);
            }
            numbers[at] += 1;
            if kept.keeps_reply(port) {
                keep(To::Port(port, PortNo(numbers[at])), reply);
            }
        }
        let first = publisher.next_number();
        publisher.tell(command, event, messages);
        if kept.feed {
            for (number, message) in (first.0..).zip(messages.iter()) {
                keep(To::Feed(FeedNo(number)), message);
            }
        }
    }
}

impl Fold for Told {
    fn begin(&mut self, command: &Sequenced<Command>, note: &str) {
        if let Command::SetPort(port) = &command.command {
            self.names.on(&command.command, note);
            if let Some(follow) = &mut self.follow {
                follow.name(port.number, &self.names);
            }
        }
        self.teller.begin(command);
        self.publisher.begin(command);
        self.security = None;
        self.is_about = match &mut self.follow {
            Some(follow) => follow.begin(&command.command),
            None => true,
        };
    }

    fn on(&mut self, command: &Sequenced<Command>, events: &[Event]) {
        for event in events {
            if let (Event::Directory { new: Some(_), .. }, Command::SetInstrument(instrument)) =
                (event, &command.command)
            {
                self.symbols.list(instrument.symbol);
            }
            let about = About::of(event);
            let symbol = about.locate.and_then(|locate| self.symbols.of(locate));
            self.security = self.security.or(symbol);
            let is_wanted = match &mut self.follow {
                Some(follow) => follow.event(event, &about, symbol),
                None => true,
            };
            self.is_about |= is_wanted;
            let kept = if is_wanted { self.kept } else { Kept::NOTHING };
            if let Event::Refused(refusal) = event
                && kept.refusals
            {
                self.keep(command.no, To::Operator(*refusal), symbol, self.bytes.len());
            }
            self.tell(command, event, symbol, kept);
        }
    }
}

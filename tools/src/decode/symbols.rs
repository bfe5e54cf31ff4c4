//! Symbols of messages that do not name their security.

use std::collections::HashMap;

use protocol_spec::wire::Symbol;
use protocol_spec::wire::mold::SessionId;
use protocol_spec::wire::ouch::TagSet;
use protocol_spec::words::{UserRefIdx, UserRefNum};

use super::message::Message;
use super::origin::Origin;
use crate::capture::Flow;

/// Locates of a page; as many pages hold all locates.
const PAGE: usize = 256;

/// Remembers the symbol of every locate and of every order that was named.
#[derive(Debug, Default)]
pub(super) struct Symbols {
    /// By feed and locate.
    feeds: Vec<Locates>,
    orders: HashMap<OrderKey, Symbol>,
    last_feed: usize,
    sessions: HashMap<SessionId, usize>,
}

/// The symbols of one feed, in pages that take room once they name a security: a capture may have
/// a feed for every packet.
#[derive(Debug, Default)]
struct Locates {
    pages: Vec<Option<Box<[Symbol; PAGE]>>>,
}

/// A broker's number of an order: it counts within a connection and a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct OrderKey {
    connection: Option<Flow>,
    channel: UserRefIdx,
    number: UserRefNum,
}

/// The symbol of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// It stands in the message.
    Here(Symbol),
    /// Another message named it.
    Elsewhere(Symbol),
    /// It has none, or it is not known.
    Unknown,
}

impl Symbols {
    /// A feed that no message came from yet.
    pub(super) fn new_feed(&mut self) -> usize {
        self.last_feed += 1;
        self.last_feed
    }

    /// The feed of a session.
    pub(super) fn feed_of(&mut self, session: SessionId) -> usize {
        if let Some(feed) = self.sessions.get(&session) {
            return *feed;
        }
        let feed = self.new_feed();
        self.sessions.insert(session, feed);
        feed
    }

    /// Whether the session was seen before.
    pub(super) fn knows(&self, session: SessionId) -> bool {
        self.sessions.contains_key(&session)
    }

    /// Learns from the message what it names, and says what it is about.
    pub(super) fn of(&mut self, origin: &Origin, message: &Message<'_>) -> Named {
        let here = message.symbol();
        if let Some(locate) = message.locate() {
            return self.by_locate(origin.feed, usize::from(locate.0), here);
        }
        if message.appendage().is_some() {
            return self.by_order(origin, message, here);
        }
        here.map_or(Named::Unknown, Named::Here)
    }

    fn by_locate(&mut self, feed: usize, locate: usize, here: Option<Symbol>) -> Named {
        if feed >= self.feeds.len() {
            self.feeds.resize_with(feed + 1, Locates::default);
        }
        let locates = &mut self.feeds[feed];
        match here {
            Some(symbol) => {
                locates.set(locate, symbol);
                Named::Here(symbol)
            }
            None => locates.get(locate).map_or(Named::Unknown, Named::Elsewhere),
        }
    }

    fn by_order(&mut self, origin: &Origin, message: &Message<'_>, here: Option<Symbol>) -> Named {
        let keys = order_keys(origin, message);
        let known =
            here.or_else(|| keys.iter().flatten().find_map(|k| self.orders.get(k)).copied());
        let Some(symbol) = known else {
            return Named::Unknown;
        };
        if let [_, Some(begins)] = keys {
            self.orders.insert(begins, symbol);
        } else if let ([Some(answered), _], Some(symbol)) = (keys, here) {
            self.orders.insert(answered, symbol);
        }
        here.map_or(Named::Elsewhere(symbol), Named::Here)
    }
}

impl Locates {
    fn set(&mut self, locate: usize, symbol: Symbol) {
        let page = locate / PAGE;
        if page >= self.pages.len() {
            self.pages.resize_with(page + 1, || None);
        }
        let blank = || Box::new([Symbol::BLANK; PAGE]);
        self.pages[page].get_or_insert_with(blank)[locate % PAGE] = symbol;
    }

    fn get(&self, locate: usize) -> Option<Symbol> {
        let page = self.pages.get(locate / PAGE)?.as_ref()?;
        Some(page[locate % PAGE]).filter(|symbol| !symbol.is_blank())
    }
}

/// The broker's numbers in a message, as [`Message::user_refs`].
#[must_use]
pub(super) fn order_keys(origin: &Origin, message: &Message<'_>) -> [Option<OrderKey>; 2] {
    let channel = message
        .appendage()
        .and_then(|appendage| appendage.read(TagSet::ALL).ok())
        .and_then(|tags| tags.user_ref_idx)
        .unwrap_or_default();
    let connection =
        origin.flow.map(|flow| Flow { from: flow.from.min(flow.to), to: flow.from.max(flow.to) });
    message.user_refs().map(|number| Some(OrderKey { connection, channel, number: number? }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feed_takes_room_for_the_locates_near_those_that_it_names() {
        let mut locates = Locates::default();
        assert_eq!(locates.get(0xFFFF), None);
        for locate in [0xFFFF, 256, 255] {
            locates.set(locate, Symbol::new("AAPL"));
            assert_eq!(locates.get(locate), Some(Symbol::new("AAPL")), "{locate}");
        }
        assert_eq!((locates.get(257), locates.get(0xFF00)), (None, None));
        assert_eq!(locates.pages.iter().flatten().count(), 3);
    }
}

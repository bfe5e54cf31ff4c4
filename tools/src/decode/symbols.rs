//! Symbols of messages that do not name their security.

use std::collections::HashMap;
use std::net::SocketAddr;

use protocol_spec::wire::Symbol;
use protocol_spec::wire::mold::SessionId;
use protocol_spec::wire::ouch::TagSet;
use protocol_spec::words::{UserRefIdx, UserRefNum};

use super::message::Message;
use super::origin::Origin;

/// Locates of a page; as many pages hold all locates.
const PAGE: usize = 256;

/// Orders whose symbols are remembered: a quarter of a gigabyte.
const MOST_ORDERS: usize = 1 << 22;
/// Pages of all feeds together: 128 megabytes, where an exchange with all its locates has 256.
const MOST_PAGES: usize = 1 << 16;
/// Sessions that are known again.
const MOST_SESSIONS: usize = 1 << 18;

/// Remembers the symbol of every locate and of every order that was named.
#[derive(Debug)]
pub(super) struct Symbols {
    /// By feed and locate.
    feeds: Vec<Locates>,
    orders: HashMap<OrderKey, Symbol>,
    most_orders: usize,
    pages_left: usize,
    /// Whether there was no room for something.
    is_full: bool,
    /// Whether that was remarked on.
    is_told: bool,
    last_feed: usize,
    /// By the server, where sessions have one, and the name.
    sessions: HashMap<(Option<SocketAddr>, SessionId), usize>,
}

impl Default for Symbols {
    fn default() -> Self {
        Symbols {
            feeds: Vec::new(),
            orders: HashMap::new(),
            most_orders: MOST_ORDERS,
            pages_left: MOST_PAGES,
            is_full: false,
            is_told: false,
            last_feed: 0,
            sessions: HashMap::new(),
        }
    }
}

/// The symbols of one feed, in pages that take room once they name a security: a capture may have
/// a feed for every packet.
#[derive(Debug, Default)]
struct Locates {
    pages: Vec<Option<Box<[Symbol; PAGE]>>>,
}

/// A broker's number of an order: it counts within a session and a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct OrderKey {
    /// The feed of the session; there is none outside captures.
    session: Option<usize>,
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

    /// The feed of a session of this server.
    pub(super) fn feed_of(&mut self, server: Option<SocketAddr>, session: SessionId) -> usize {
        if let Some(feed) = self.sessions.get(&(server, session)) {
            return *feed;
        }
        let feed = self.new_feed();
        if self.sessions.len() < MOST_SESSIONS {
            self.sessions.insert((server, session), feed);
        } else {
            self.is_full = true;
        }
        feed
    }

    /// What there is to remark on, once.
    pub(super) fn remark(&mut self) -> Option<String> {
        if !self.is_full || std::mem::replace(&mut self.is_told, true) {
            return None;
        }
        let remark = "there are more orders or sessions than are remembered: the securities of \
                      later messages may not be known";
        Some(remark.to_owned())
    }

    /// Whether the session, which belongs to no server, was seen before.
    pub(super) fn knows(&self, session: SessionId) -> bool {
        self.sessions.contains_key(&(None, session))
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
        let Some(symbol) = here else {
            let known = self.feeds.get(feed).and_then(|locates| locates.get(locate));
            return known.map_or(Named::Unknown, Named::Elsewhere);
        };
        if feed >= self.feeds.len() && self.pages_left > 0 {
            self.feeds.resize_with(feed + 1, Locates::default);
        }
        let locates = self.feeds.get_mut(feed);
        if !locates.is_some_and(|locates| locates.set(locate, symbol, &mut self.pages_left)) {
            self.is_full = true;
        }
        Named::Here(symbol)
    }

    fn by_order(&mut self, origin: &Origin, message: &Message<'_>, here: Option<Symbol>) -> Named {
        let keys = order_keys(origin, message);
        let known =
            here.or_else(|| keys.iter().flatten().find_map(|k| self.orders.get(k)).copied());
        let Some(symbol) = known else {
            return Named::Unknown;
        };
        if let [_, Some(begins)] = keys {
            self.remember(begins, symbol);
        } else if let ([Some(answered), _], Some(symbol)) = (keys, here) {
            self.remember(answered, symbol);
        }
        here.map_or(Named::Elsewhere(symbol), Named::Here)
    }

    fn remember(&mut self, order: OrderKey, symbol: Symbol) {
        if self.orders.len() < self.most_orders || self.orders.contains_key(&order) {
            self.orders.insert(order, symbol);
        } else {
            self.is_full = true;
        }
    }
}

impl Locates {
    /// Remembers a symbol; whether there was a page for it.
    fn set(&mut self, locate: usize, symbol: Symbol, pages_left: &mut usize) -> bool {
        let page = locate / PAGE;
        if self.pages.get(page).is_none_or(Option::is_none) {
            let Some(left) = pages_left.checked_sub(1) else {
                return false;
            };
            *pages_left = left;
            self.pages.resize_with(self.pages.len().max(page + 1), || None);
            self.pages[page] = Some(Box::new([Symbol::BLANK; PAGE]));
        }
        let page = self.pages[page].as_mut().expect("a page that was not there was made");
        page[locate % PAGE] = symbol;
        true
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
    let session = origin.flow.map(|_| origin.feed);
    message.user_refs().map(|number| Some(OrderKey { session, channel, number: number? }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_beyond_the_limit_are_not_remembered() {
        let mut symbols = Symbols { most_orders: 2, ..Symbols::default() };
        for number in [1, 2, 1, 3] {
            assert!(!symbols.is_full, "{number}");
            let channel = UserRefIdx::default();
            let key = OrderKey { session: None, channel, number: UserRefNum(number) };
            symbols.remember(key, Symbol::new("AAPL"));
        }
        assert_eq!((symbols.orders.len(), symbols.is_full), (2, true));
        assert!(symbols.remark().is_some() && symbols.remark().is_none());
    }

    #[test]
    fn a_feed_takes_room_for_the_locates_near_those_that_it_names() {
        let mut locates = Locates::default();
        let mut pages_left = 3;
        assert_eq!(locates.get(0xFFFF), None);
        for locate in [0xFFFF, 256, 255] {
            assert!(locates.set(locate, Symbol::new("AAPL"), &mut pages_left));
            assert_eq!(locates.get(locate), Some(Symbol::new("AAPL")), "{locate}");
        }
        assert_eq!((locates.get(257), locates.get(0xFF00)), (None, None));
        assert_eq!(locates.pages.iter().flatten().count(), 3);
        assert!(!locates.set(512, Symbol::new("AAPL"), &mut pages_left));
        assert!(locates.set(254, Symbol::new("AAPL"), &mut pages_left));
    }
}

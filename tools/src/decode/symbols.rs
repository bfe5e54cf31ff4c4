//! Symbols of messages that do not name their security.

use std::collections::HashMap;

use protocol_spec::wire::Symbol;
use protocol_spec::wire::mold::SessionId;
use protocol_spec::wire::ouch::TagSet;
use protocol_spec::words::{UserRefIdx, UserRefNum};

use super::message::Message;
use super::origin::Origin;
use crate::capture::Flow;

const LOCATES: usize = 1 << 16;

/// Remembers the symbol of every locate and of every order that was named.
#[derive(Debug, Default)]
pub(super) struct Symbols {
    /// By feed and locate; a feed takes room once it names a security.
    feeds: Vec<Option<Box<[Symbol]>>>,
    orders: HashMap<OrderKey, Symbol>,
    last_feed: usize,
    sessions: HashMap<SessionId, usize>,
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
            self.feeds.resize_with(feed + 1, || None);
        }
        match (here, &mut self.feeds[feed]) {
            (Some(symbol), table) => {
                let blank = || vec![Symbol::BLANK; LOCATES].into_boxed_slice();
                table.get_or_insert_with(blank)[locate] = symbol;
                Named::Here(symbol)
            }
            (None, Some(table)) if !table[locate].is_blank() => Named::Elsewhere(table[locate]),
            _ => Named::Unknown,
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

//! Which messages are wanted.

use std::collections::HashSet;

use protocol_spec::wire::Symbol;
use protocol_spec::words::{OrderRef, Timestamp};

use super::clock::time_of_day;
use super::message::Message;
use super::origin::Origin;
use super::symbols::{Named, OrderKey, order_keys};
use super::types::TypeSet;

/// What a message must be to be wanted: everything that is asked for at once.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// One of these types.
    pub types: Option<TypeSet>,
    /// About one of these securities; any if empty.
    pub stocks: Vec<Symbol>,
    /// About one of these orders.
    pub orders: Option<Orders>,
    /// Not before this time of day.
    pub from: Option<Timestamp>,
    /// Before this time of day.
    pub to: Option<Timestamp>,
}

/// Orders that are followed through their replacements.
#[derive(Clone, Debug, Default)]
pub struct Orders {
    /// As the user gave them: references on the feed, or numbers of a broker.
    asked: HashSet<u64>,
    refs: HashSet<OrderRef>,
    keys: HashSet<OrderKey>,
}

impl Selection {
    /// Whether every message is wanted.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        self.types.is_none() && self.orders.is_none() && self.is_any_time() && !self.asks_symbols()
    }

    /// Whether symbols must be known to tell.
    #[must_use]
    pub fn asks_symbols(&self) -> bool {
        !self.stocks.is_empty()
    }

    /// Whether messages are chosen by their type.
    #[must_use]
    pub fn asks_types(&self) -> bool {
        self.types.is_some()
    }

    fn is_any_time(&self) -> bool {
        self.from.is_none() && self.to.is_none()
    }

    /// Whether the message is wanted; replacements of wanted orders are remembered either way.
    pub fn admits(&mut self, origin: &Origin, message: &Message<'_>, named: Named) -> bool {
        let order = match &mut self.orders {
            Some(orders) => orders.follow(origin, message),
            None => true,
        };
        order
            && self.types.as_ref().is_none_or(|types| types.contains(message))
            && self.admits_symbol(named)
            && self.admits_time(origin, message)
    }

    /// Whether the message is about a security, and nobody knows if it is one that is asked for.
    pub(super) fn cannot_tell(&self, message: &Message<'_>, named: Named) -> bool {
        self.asks_symbols()
            && named == Named::Unknown
            && (message.locate().is_some() || message.user_refs().iter().any(Option::is_some))
    }

    fn admits_symbol(&self, named: Named) -> bool {
        match named {
            _ if self.stocks.is_empty() => true,
            Named::Here(symbol) | Named::Elsewhere(symbol) => self.stocks.contains(&symbol),
            Named::Unknown => false,
        }
    }

    fn admits_time(&self, origin: &Origin, message: &Message<'_>) -> bool {
        if self.is_any_time() {
            return true;
        }
        let captured = || origin.captured.map(time_of_day);
        message.timestamp().or_else(captured).is_some_and(|time| {
            self.from.is_none_or(|from| from <= time) && self.to.is_none_or(|to| time < to)
        })
    }
}

impl Orders {
    /// The orders of these numbers.
    #[must_use]
    pub fn new(numbers: &[u64]) -> Self {
        Orders { asked: numbers.iter().copied().collect(), ..Orders::default() }
    }

    /// Whether the message is about one of the orders; every number in it is one of theirs then.
    fn follow(&mut self, origin: &Origin, message: &Message<'_>) -> bool {
        let refs = message.order_refs();
        let keys = order_keys(origin, message);
        let numbers = message.user_refs();
        let ours = refs.iter().flatten().any(|number| self.has_ref(*number))
            || keys.iter().flatten().any(|key| self.keys.contains(key))
            || numbers.iter().flatten().any(|number| self.asked.contains(&u64::from(number.0)));
        if ours {
            self.refs.extend(refs.into_iter().flatten());
            self.keys.extend(keys.into_iter().flatten());
        }
        ours
    }

    fn has_ref(&self, number: OrderRef) -> bool {
        self.asked.contains(&number.0) || self.refs.contains(&number)
    }
}

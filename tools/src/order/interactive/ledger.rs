//! What is known of the day: the open orders, the last replies, the symbols met.

use std::collections::{BTreeSet, VecDeque};

use client::Reply;
use protocol_spec::wire::soup::SessionId;
use protocol_spec::words::SequenceNo;

use super::completion::Known;
use crate::order::brief::{Brief, brief};
use crate::order::orders::Orders;
use crate::order::plain;

/// Replies that are kept to be shown again.
pub(super) const MOST_RECENT: usize = 1_000;

/// A reply that is kept.
#[derive(Clone, Debug)]
pub(super) struct Heard {
    /// Its number.
    pub number: SequenceNo,
    /// The message.
    pub bytes: Vec<u8>,
    /// Its line.
    pub brief: Brief,
}

/// What is known of the day.
#[derive(Clone, Debug)]
pub(super) struct Ledger {
    /// The session that the replies are of.
    pub session: SessionId,
    /// Whether the port is logged in.
    pub is_connected: bool,
    /// The open orders.
    pub orders: Orders,
    /// Symbols, in capitals.
    pub symbols: BTreeSet<String>,
    recent: VecDeque<Heard>,
}

impl Ledger {
    /// Nothing is known of the session yet.
    pub(super) fn new(session: SessionId) -> Self {
        Ledger {
            session,
            is_connected: true,
            orders: Orders::default(),
            symbols: BTreeSet::new(),
            recent: VecDeque::new(),
        }
    }

    /// Begins a session from its first reply on: nothing stays known but the symbols.
    pub(super) fn begin(&mut self, session: SessionId) {
        let symbols = std::mem::take(&mut self.symbols);
        *self = Ledger { symbols, ..Ledger::new(session) };
    }

    /// Takes a reply in that there will be many after: no line is made of it.
    pub(super) fn take_old(&mut self, reply: &Reply<'_>) {
        if let Some(order) = self.orders.take(reply) {
            self.learn(&order.symbol.to_string());
        }
    }

    /// Takes a reply in, and gives its line.
    pub(super) fn take(&mut self, reply: &Reply<'_>) -> Brief {
        let after = self.orders.take(reply);
        if let Some(order) = &after {
            self.learn(&order.symbol.to_string());
        }
        let brief = brief(reply, after.as_ref());
        if self.recent.len() == MOST_RECENT {
            self.recent.pop_front();
        }
        let (number, bytes) = (reply.number, reply.bytes.to_vec());
        self.recent.push_back(Heard { number, bytes, brief: brief.clone() });
        brief
    }

    /// The last replies, so many if there are.
    pub(super) fn last(&self, count: usize) -> impl Iterator<Item = &Heard> {
        self.recent.iter().skip(self.recent.len().saturating_sub(count))
    }

    /// What completion may offer.
    pub(super) fn known(&self) -> Known {
        let orders = self.orders.iter().map(|(name, order)| {
            let said = match name.channel.0 {
                0 => name.number.to_string(),
                channel => format!("{} --channel {channel}", name.number),
            };
            let (side, price) = (plain::side(order.side), plain::price(order.price));
            (said, format!("{side} {} {} @ {price}", order.left, order.symbol))
        });
        Known { symbols: self.symbols.iter().cloned().collect(), orders: orders.collect() }
    }

    fn learn(&mut self, symbol: &str) {
        if !self.symbols.contains(symbol) {
            self.symbols.insert(symbol.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use protocol_spec::wire::ouch::{CancelReason, Tags};
    use protocol_spec::words::UserRefIdx;

    use super::*;
    use crate::order::sample::{accepted, canceled, reply};

    const SESSION: SessionId = SessionId::new("2026112001");

    #[test]
    fn the_last_replies_are_kept_and_the_open_orders_known() {
        let mut ledger = Ledger::new(SESSION);
        let tags = Tags { user_ref_idx: Some(UserRefIdx(2)), ..Tags::NONE };
        ledger.take_old(&reply(&accepted(1, 10, tags)));
        for _ in 0..MOST_RECENT {
            ledger.take(&reply(&accepted(2, 100, Tags::NONE)));
        }
        ledger.take(&reply(&canceled(2, 1, CancelReason::USER)));
        assert_eq!(ledger.last(usize::MAX).count(), MOST_RECENT);
        let last: Vec<String> = ledger.last(1).map(|heard| heard.brief.line(false)).collect();
        assert!(last[0].contains("#2 canceled 1 AAPL, 99 left"), "{last:?}");
        let known = ledger.known();
        assert_eq!(known.symbols, ["AAPL"]);
        assert_eq!(known.orders[0].1, "buy 99 AAPL @ 187.50");
        assert_eq!(known.orders[1].0, "1 --channel 2");
    }

    #[test]
    fn another_session_has_other_orders_and_the_same_securities() {
        let mut ledger = Ledger::new(SESSION);
        ledger.take(&reply(&accepted(2, 100, Tags::NONE)));
        ledger.begin(SessionId::new("2026112301"));
        assert_eq!((ledger.orders.iter().len(), ledger.last(9).count()), (0, 0));
        assert_eq!(ledger.known().symbols, ["AAPL"]);
    }
}

//! A look at the state, for whoever has to know what a day was given so far, and for tests.

use alloc::vec::Vec;

use protocol_spec::wire::ouch::Symbol;
use protocol_spec::words::{Locate, PortId, Price, Time, UserRefIdx, UserRefNum};

use super::Engine;
use super::market::Market;
use crate::accounts::Accounts;
use crate::book::{Flags, LadderId};
use crate::command::Switchable;
use crate::event::TipRef;
use crate::phase::{Overlay, Phase};
use crate::settings::{Day, Instrument, Port};
use crate::view::Entry;

impl<A: Accounts> Engine<A> {
    /// The time of the last command.
    #[must_use]
    pub fn time(&self) -> Time {
        self.time
    }

    /// The day, once it was opened.
    #[must_use]
    pub fn day(&self) -> Option<&Day> {
        self.market().map(|market| &market.day)
    }

    /// The phase of the day, once it was opened.
    #[must_use]
    pub fn phase(&self) -> Option<Phase> {
        self.market().map(|market| market.phase)
    }

    /// Whether the day was ended: no command follows.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.market().is_some_and(|market| market.ended)
    }

    /// The securities as they are set, in the order in which they were listed.
    pub fn instruments(&self) -> impl Iterator<Item = &Instrument> {
        self.market()
            .into_iter()
            .flat_map(|market| market.securities.iter().map(|(_, security)| security.settings()))
    }

    /// The brokers' ports as they are set, by ascending number.
    pub fn ports(&self) -> impl Iterator<Item = &Port> {
        self.market().into_iter().flat_map(|market| market.ports.iter().map(|port| &port.settings))
    }

    /// Whether the operator has stopped someone.
    #[must_use]
    pub fn is_stopped(&self, whom: Switchable) -> bool {
        let stopped = |market: &Market<A>| market.switches.operator.binary_search(&whom).is_ok();
        self.market().is_some_and(stopped)
    }

    /// Whom the operator has stopped, in order.
    pub fn stopped(&self) -> impl Iterator<Item = Switchable> {
        self.market().into_iter().flat_map(|market| market.switches.operator.iter().copied())
    }

    /// What the operator put over each security and why, in the order in which they were listed.
    pub fn states(&self) -> impl Iterator<Item = (Symbol, Overlay, [u8; 4])> {
        self.market().into_iter().flat_map(|market| {
            let states = market.securities.iter();
            states.map(|(_, each)| (each.settings().symbol, each.overlay, each.reason))
        })
    }

    /// The entries of one side of a security's book in priority order; none if there is no such
    /// security.
    #[must_use]
    pub fn entries(&self, locate: Locate, buys: bool) -> Vec<Entry> {
        let Some(market) = self.market().filter(|market| market.securities.get(locate).is_some())
        else {
            return Vec::new();
        };
        let books = &market.books;
        let ladder = |hidden| books.entries(LadderId::new(locate, buys, hidden));
        let mut entries: Vec<_> = ladder(false).chain(ladder(true)).collect();
        // The sort is stable: at a price displayed entries stay first, and places as they are.
        entries.sort_by_key(|&entry| core::cmp::Reverse(books.level_of(entry).key));
        let entry = |id: crate::book::EntryId| {
            let order = &books.orders[id.slot()];
            let shown = order.flags.has(Flags::SHOWN) && !id.is_remainder();
            Entry {
                owner: order.owner(),
                order_ref: order.order_ref,
                tip: if shown { TipRef::of(books.orders.tip_ref(id.slot())) } else { TipRef::NONE },
                price: order.price,
                shares: books.orders.open(id),
                side: order.side,
                total: order.total,
                leaves: books.orders.leaves(id.slot()),
            }
        };
        entries.into_iter().map(entry).collect()
    }

    /// The last number that a channel took (R28); 0 if there is no such port.
    #[must_use]
    pub fn last_number(&self, port: PortId, idx: UserRefIdx) -> UserRefNum {
        let last = |market: &Market<A>| {
            Some(market.ports[market.ports.find(port)?].last[usize::from(idx.0)])
        };
        self.market().and_then(last).unwrap_or_default()
    }

    /// The reference price of a security (R12), if there is such a security.
    #[must_use]
    pub fn reference(&self, locate: Locate) -> Option<Price> {
        Some(self.market()?.securities.get(locate)?.reference)
    }
}

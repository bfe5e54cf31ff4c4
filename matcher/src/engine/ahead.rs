//! What a command is going to touch.

use protocol_spec::words::Price;

use super::Engine;
use super::market::Market;
use crate::accounts::Accounts;
use crate::ahead::{Ahead, Fetch};
use crate::book::LadderId;
use crate::command::{Command, Enter};
use crate::order::Owner;

/// With fewer live orders than this all that matters stays in the caches by itself.
const FEW: u32 = 1 << 14;

impl<A: Accounts> Engine<A> {
    /// Asks for the memory that a command a few places ahead is going to touch.
    #[inline]
    pub fn ahead(&self, command: &Command, ahead: Ahead, fetch: &impl Fetch) {
        let Some(market) = self.market().filter(|market| market.live_orders >= FEW) else { return };
        match command {
            Command::Enter(enter) => market.ahead_of_enter(enter, ahead, fetch),
            Command::Cancel(cancel) => market.ahead_of_order(cancel.owner, ahead, fetch),
            Command::Modify(modify) => market.ahead_of_order(modify.owner, ahead, fetch),
            Command::Replace(replace) => {
                let orig = Owner { user_ref: replace.orig, ..replace.owner };
                market.ahead_of_order(orig, ahead, fetch);
            }
            _ => {}
        }
    }
}

impl<A: Accounts> Market<A> {
    #[inline]
    fn ahead_of_enter(&self, enter: &Enter, ahead: Ahead, fetch: &impl Fetch) {
        let Some(locate) = self.securities.find(enter.symbol) else { return };
        let own = LadderId::new(locate, enter.side.is_buy(), !enter.display.is_shown());
        let price = Price(enter.price.0 as u32);
        match ahead {
            Ahead::Tables => {
                self.live.fetch(enter.owner, fetch);
                fetch.fetch(&self.securities[locate]);
                self.books.fetch_ladders(own, fetch);
                self.books.fetch_hint(own, price, fetch);
            }
            Ahead::Objects => self.books.fetch_level(own, price, fetch),
            Ahead::Neighbours => self.books.fetch_tail(own, price, fetch),
        }
    }

    #[inline]
    fn ahead_of_order(&self, owner: Owner, ahead: Ahead, fetch: &impl Fetch) {
        if ahead == Ahead::Tables {
            return self.live.fetch(owner, fetch);
        }
        let Some(slot) = self.live.likely(owner) else { return };
        if ahead == Ahead::Objects {
            self.books.orders.fetch(slot, fetch);
        } else {
            self.books.fetch_neighbours(slot, fetch);
        }
    }
}

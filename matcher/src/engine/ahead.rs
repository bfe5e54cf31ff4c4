//! What commands are going to touch.

use protocol_spec::words::Price;

use super::Engine;
use super::market::Market;
use crate::accounts::Accounts;
use crate::ahead::{FEW, Fetch, GROUP};
use crate::book::{Key, LadderId, Slot, Spot};
use crate::command::{Command, Enter};
use crate::live::Cell;
use crate::order::Owner;
use crate::sequence::Sequenced;

/// What is known of a command's way, one step further in each pass.
#[derive(Clone, Copy)]
enum Way {
    /// Nothing more to ask for.
    Done,
    /// A new order: its price.
    Spot(Spot),
    /// A new order that trades with this ladder.
    Cross(Spot, LadderId),
    /// A change of an order: where it is told.
    Number(Cell),
    /// A change of this order, or a trade with it.
    Order(Slot),
}

impl<A: Accounts> Engine<A> {
    /// Asks for the memory that the next commands are going to touch, at most [`GROUP`] of them, if
    /// there are so many orders that it pays.
    #[inline]
    pub fn fetch_ahead(&self, commands: &[Sequenced<Command>], fetch: &impl Fetch) {
        if self.market().is_some_and(|market| market.live_orders >= FEW) {
            self.fetch_now(commands, fetch);
        }
    }

    /// The same, however many orders there are.
    pub fn fetch_now(&self, commands: &[Sequenced<Command>], fetch: &impl Fetch) {
        let Some(market) = self.market() else { return };
        let mut ways = [Way::Done; GROUP];
        for (way, command) in ways.iter_mut().zip(commands) {
            *way = market.tables(&command.command, fetch);
        }
        for (way, command) in ways.iter_mut().zip(commands) {
            *way = market.objects(*way, &command.command, fetch);
        }
        for way in &mut ways {
            *way = market.neighbours(*way, fetch);
        }
        for way in &ways {
            if let Way::Order(slot) = *way {
                market.books.fetch_neighbours(slot, fetch);
                market.live.fetch(market.live.home(market.books.orders[slot].owner()), fetch);
            }
        }
    }
}

impl<A: Accounts> Market<A> {
    /// Asks for the tables in which a command is looked up.
    #[inline]
    fn tables(&self, command: &Command, fetch: &impl Fetch) -> Way {
        let owner = match command {
            Command::Enter(enter) => return self.tables_of_enter(enter, fetch),
            Command::Cancel(cancel) => cancel.owner,
            Command::Modify(modify) => modify.owner,
            Command::Replace(replace) => Owner { user_ref: replace.orig, ..replace.owner },
            _ => return Way::Done,
        };
        let cell = self.live.home(owner);
        self.live.fetch(cell, fetch);
        Way::Number(cell)
    }

    #[inline]
    fn tables_of_enter(&self, enter: &Enter, fetch: &impl Fetch) -> Way {
        if enter.price.is_market() {
            // It never rests: what it trades with is at hand after the last trade.
            return Way::Done;
        }
        let Some(locate) = self.securities.find(enter.symbol) else { return Way::Done };
        let ladder = LadderId::new(locate, enter.side.is_buy(), !enter.display.is_shown());
        let spot = self.books.spot(ladder, Price(enter.price.0 as u32));
        self.live.fetch(self.live.home(enter.owner), fetch);
        fetch.fetch(&self.securities[locate].mode);
        self.books.fetch_level(spot, fetch);
        Way::Spot(spot)
    }

    /// Asks for the order that the tables tell, or for the level that a new one trades with.
    #[inline]
    fn objects(&self, way: Way, command: &Command, fetch: &impl Fetch) -> Way {
        match (way, command) {
            (Way::Spot(spot), Command::Enter(enter)) => {
                let opposite = LadderId::new(spot.locate(), !enter.side.is_buy(), false);
                let best = self.books.best(opposite);
                if best == Key::NONE || best < opposite.key(Price(enter.price.0 as u32)) {
                    return way;
                }
                self.books.fetch_best(opposite, fetch);
                Way::Cross(spot, opposite)
            }
            (Way::Number(cell), _) => match self.live.likely(cell) {
                Some(slot) => {
                    self.books.orders.fetch(slot, fetch);
                    Way::Order(slot)
                }
                None => Way::Done,
            },
            _ => way,
        }
    }

    /// Asks for what a new order is linked to, or trades with.
    #[inline]
    fn neighbours(&self, way: Way, fetch: &impl Fetch) -> Way {
        match way {
            Way::Spot(spot) => {
                self.books.fetch_tail(spot, fetch);
                Way::Done
            }
            Way::Cross(spot, opposite) => {
                self.books.fetch_tail(spot, fetch);
                let first = self.books.first(opposite).slot();
                self.books.orders.fetch(first, fetch);
                Way::Order(first)
            }
            way => way,
        }
    }
}

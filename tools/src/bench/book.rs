//! The books alone: plain orders and cancels, no rules, no ports, no numbers for a feed.

use matcher::ahead::{FEW, Fetch, GROUP};
use matcher::book::{Books, EntryId, LadderId, Order, Slot, Special};
use protocol_spec::words::{Locate, Price, Shares, UserRefNum};

use super::subject::Subject;
use crate::workload::{Flow, Resting, Side, Step, Style, Tally};
use appliance::hint::Hint;

/// More than a flow needs, so that no limit is ever reached.
const ROOM: u32 = 1_024;
/// The slot of an order that is not live.
const GONE: u32 = u32::MAX;

/// The books, and where each order of the flow is in them.
#[derive(Debug)]
pub struct Book {
    books: Books,
    symbols: u32,
    slots: Vec<u32>,
}

/// A command of a flow that the books alone can execute.
#[derive(Clone, Copy, Debug)]
pub enum Plain {
    /// A new order.
    Enter {
        /// Its number.
        id: u32,
        /// The ladder that it rests in.
        own: LadderId,
        /// The ladder that it trades with.
        opposite: LadderId,
        /// Its security.
        locate: Locate,
        /// Its limit.
        price: Price,
        /// Its shares.
        shares: Shares,
    },
    /// An order goes.
    Cancel {
        /// Its number.
        id: u32,
    },
}

impl Book {
    /// Whether the books alone can execute a flow: there are no rules to do the rest.
    #[must_use]
    pub fn can(flow: &Flow) -> bool {
        flow.steps.iter().all(|step| plain(step).is_some())
    }

    fn slot(&self, id: u32) -> Option<Slot> {
        let slot = self.slots[id as usize];
        (slot != GONE).then(|| Slot::new(slot))
    }

    /// Asks for the memory that the next commands are going to touch.
    fn fetch(&self, group: &[Plain]) {
        if self.books.orders.count() < FEW as usize {
            return;
        }
        for command in group {
            match *command {
                Plain::Enter { own, price, .. } => {
                    self.books.fetch_level(self.books.spot(own, price), &Hint);
                }
                Plain::Cancel { id } => Hint.fetch(&self.slots[id as usize]),
            }
        }
        for command in group {
            if let Plain::Cancel { id } = *command
                && let Some(slot) = self.slot(id)
            {
                self.books.orders.fetch(slot, &Hint);
            }
        }
        for command in group {
            match *command {
                Plain::Enter { own, price, .. } => {
                    self.books.fetch_tail(self.books.spot(own, price), &Hint);
                }
                Plain::Cancel { id } => {
                    if let Some(slot) = self.slot(id) {
                        self.books.fetch_neighbours(slot, &Hint);
                    }
                }
            }
        }
    }

    fn cancel(&mut self, id: u32) {
        if let Some(slot) = self.slot(id) {
            self.books.leave(EntryId::main(slot));
            self.gone(slot, id);
        }
    }

    fn gone(&mut self, slot: Slot, id: u32) {
        self.books.orders.remove(slot);
        self.slots[id as usize] = GONE;
    }

    /// Trades an order with the opposite side; what is left.
    fn trade(
        &mut self,
        taker: u32,
        opposite: LadderId,
        price: Price,
        mut left: Shares,
        tally: &mut Tally,
    ) -> Shares {
        let limit = opposite.key(price);
        while left.0 > 0 && self.books.best(opposite) >= limit {
            let entry = self.books.first(opposite);
            let order = &self.books.orders[entry.slot()];
            let (maker, open) = (order.user_ref.0, order.open);
            let shares = left.min(open);
            tally.trade(maker, taker, order.price.0, shares.0);
            left.0 -= shares.0;
            if shares == open {
                self.books.leave(entry);
                self.gone(entry.slot(), maker);
            } else {
                self.books.reduce(entry, shares);
            }
        }
        left
    }

    fn rest(&mut self, id: u32, own: LadderId, locate: Locate, price: Price, open: Shares) {
        let mut order = Order::BLANK;
        (order.user_ref, order.locate) = (UserRefNum(id), locate);
        (order.price, order.open) = (price, open);
        let slot = self.books.orders.insert(order, &Special::NONE);
        self.books.join(EntryId::main(slot), own, price);
        self.slots[id as usize] = slot.number();
    }
}

/// A step as a command of the books, if they alone can execute it.
fn plain(step: &Step) -> Option<Plain> {
    match *step {
        Step::Enter { id, price, quantity, tip: 0, symbol, side, style: Style::Shown } => {
            let locate = Locate(symbol + 1);
            let ladder = |buys| LadderId::new(locate, buys, false);
            let buys = side == Side::Buy;
            let (own, opposite) = (ladder(buys), ladder(!buys));
            let (price, shares) = (Price(price), Shares(quantity));
            Some(Plain::Enter { id, own, opposite, locate, price, shares })
        }
        Step::Cancel { id, wanted: 0 } => Some(Plain::Cancel { id }),
        _ => None,
    }
}

impl Subject for Book {
    type Command = Plain;

    fn open(flow: &Flow) -> Self {
        let books = Books::new(flow.symbols, flow.peaks.orders + ROOM, flow.peaks.levels + ROOM, 1);
        let orders = flow.steps.iter().filter(|step| matches!(step, Step::Enter { .. })).count();
        Book { books, symbols: flow.symbols, slots: vec![GONE; orders + 1] }
    }

    fn prepare(&mut self, steps: &[Step], batch: &mut Vec<Plain>) {
        let plain = |step| plain(step).expect("flows of other orders are not given to it");
        batch.extend(steps.iter().map(plain));
    }

    fn run(&mut self, batch: &[Plain], tally: &mut Tally) {
        for group in batch.chunks(GROUP) {
            self.fetch(group);
            for command in group {
                match *command {
                    Plain::Cancel { id } => self.cancel(id),
                    Plain::Enter { id, own, opposite, locate, price, shares } => {
                        let left = self.trade(id, opposite, price, shares, tally);
                        if left.0 > 0 {
                            self.rest(id, own, locate, price, left);
                        }
                    }
                }
            }
        }
    }

    fn resting(&self) -> Option<Resting> {
        let mut resting = Resting::default();
        for symbol in 1..=self.symbols {
            let locate = Locate(u16::try_from(symbol).expect("securities have 16 bits"));
            for buys in [true, false] {
                for entry in self.books.entries(LadderId::new(locate, buys, false)) {
                    resting.orders += 1;
                    resting.quantity += u64::from(self.books.orders.open(entry).0);
                }
            }
        }
        Some(resting)
    }
}

//! A flow with the mix of a real day.
//!
//! Orders come, live for a while, and are canceled, replaced or made smaller when their time is up,
//! unless they traded before. What is drawn and how often was measured on Nasdaq's feeds: lifetimes
//! over five decades, half of all sizes 100, a fifth of all orders better than what is there. The
//! security of a command does not depend on the one before, which is harder on caches than a day.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::book::{Live, PlainBook};
use super::flow::Flow;
use super::random::{Popularity, Random};
use super::step::{Side, Step, Style};

mod draw;

use draw::{Place, Quote};

/// Ports that orders are spread over: a replacement keeps its original's number modulo this.
const PORTS: u32 = 8;

/// A flow with the mix of a real day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Real {
    /// Securities. The first has about one command in 120.
    pub symbols: u32,
    /// Orders that are live at any time.
    pub live: u32,
}

impl Real {
    /// A whole market.
    pub const DAY: Real = Real { symbols: 8_000, live: 500_000 };

    /// A flow of this kind; `commands` come after those that fill the books.
    ///
    /// Where these are few, the books are smaller.
    #[must_use]
    pub fn flow(&self, name: &str, commands: u32, seed: u64) -> Flow {
        let live = self.live.min(commands / 8).max(16);
        let mut random = Random::new(seed);
        // Twice the mean, less what traded and was pulled before its time.
        let gap = 17 * draw::mean_life(&mut random) / 10 / u64::from(live);
        let homes = (0..self.symbols).map(|_| 1_000 + random.below_u32(39_000)).collect();
        let mut maker = Maker {
            gap: gap.max(2),
            popularity: Popularity::new(self.symbols, 20),
            book: PlainBook::new(self.symbols),
            ends: BinaryHeap::new(),
            homes,
            random,
            now: 0,
            arrival: 0,
            last: 0,
        };
        let mut steps = Vec::with_capacity((live + commands) as usize);
        for _ in 0..live {
            let step = maker.arrive(true);
            maker.book.apply(&step);
            steps.push(step);
        }
        while steps.len() < (live + commands) as usize {
            let Some(step) = maker.next() else { continue };
            maker.book.apply(&step);
            steps.push(step);
        }
        Flow::new(name.to_owned(), self.symbols, live as usize, steps)
    }
}

struct Maker {
    random: Random,
    popularity: Popularity,
    book: PlainBook,
    /// When somebody does something about an order, and which it is: the earliest first.
    ends: BinaryHeap<Reverse<(u64, u32)>>,
    /// Where the price of a security is while nobody says anything else.
    homes: Vec<u32>,
    now: u64,
    /// When the next order comes.
    arrival: u64,
    /// The longest time between two arrivals, in nanoseconds.
    gap: u64,
    last: u32,
}

impl Maker {
    /// What happens next, unless it is the end of an order that traded before.
    fn next(&mut self) -> Option<Step> {
        match self.ends.peek() {
            Some(Reverse((end, _))) if *end <= self.arrival => {
                let Reverse((end, id)) = self.ends.pop().expect("it was seen there");
                self.now = end;
                self.end(id)
            }
            _ => {
                self.now = self.arrival;
                self.arrival += self.random.below(self.gap);
                Some(self.arrive(false))
            }
        }
    }

    /// A new order. Those that open the day rest, and may have lived for a while.
    ///
    /// Where there is no room between the best prices, somebody often thinks better of it: without
    /// that there would never be room again, and nobody could improve.
    fn arrive(&mut self, opens: bool) -> Step {
        let symbol = self.popularity.draw(&mut self.random);
        let side = if self.random.permille(500) { Side::Buy } else { Side::Sell };
        let id = self.number(None);
        let taken = self.book.best(symbol, side.opposite());
        if let Some(price) = taken.filter(|_| !opens && self.random.permille(40)) {
            let quantity = draw::size(&mut self.random);
            let style = match self.random.permille(600) {
                true => Style::Immediate,
                false => Style::Shown,
            };
            if style == Style::Shown {
                self.live(id, Place::Touch);
            }
            return Step::Enter { id, price, quantity, tip: 0, symbol, side, style };
        }
        let quote = self.quote(symbol, side);
        if quote.room == 0
            && !opens
            && self.random.permille(360)
            && let Some(id) = self.book.last_at_best(symbol, side)
        {
            self.last -= 1;
            return Step::Cancel { id, wanted: 0 };
        }
        let style = if self.random.permille(30) { Style::Hidden } else { Style::Shown };
        let (place, price) = match style {
            Style::Hidden => quote.within(side, &mut self.random),
            _ => quote.beside(side, &mut self.random),
        };
        match opens {
            true => {
                let life = draw::rest_of_life(&mut self.random);
                self.ends.push(Reverse((life, id)));
            }
            false => self.live(id, place),
        }
        let is_reserve = style == Style::Shown && self.random.permille(10);
        let (quantity, tip) = match is_reserve {
            true => (100 * (2 + self.random.below_u32(20)), 100),
            false => (draw::size(&mut self.random), 0),
        };
        Step::Enter { id, price, quantity, tip, symbol, side, style }
    }

    /// What its owner does about an order whose time is up.
    fn end(&mut self, id: u32) -> Option<Step> {
        let Some(order) = self.book.get(id) else {
            // The owner does not always know yet.
            return self.random.permille(250).then_some(Step::Cancel { id, wanted: 0 });
        };
        if self.random.permille(140) {
            return Some(self.replace(id, &order));
        }
        if order.leaves >= 200 && self.random.permille(120) {
            self.live(id, Place::Tail);
            let wanted = order.total - order.leaves / 200 * 100;
            return Some(Step::Cancel { id, wanted });
        }
        Some(Step::Cancel { id, wanted: 0 })
    }

    fn replace(&mut self, original: u32, order: &Live) -> Step {
        let Live { total, tip, symbol, side, style, .. } = *order;
        let (place, price) = match self.random.permille(300) {
            true => (Place::Tail, order.price),
            false => self.quote(symbol, side).beside(side, &mut self.random),
        };
        let id = self.number(Some(original));
        self.live(id, place);
        let more = if self.random.permille(200) { 100 * (1 + self.random.below_u32(5)) } else { 0 };
        let quantity = (total + more).min(999_900);
        assert!(quantity >= tip, "a reserve order is never made smaller than its tip");
        Step::Replace { id, original, price, quantity, symbol, side, style }
    }

    fn quote(&self, symbol: u16, side: Side) -> Quote {
        let home = self.homes[usize::from(symbol)];
        let opposite = self.book.best(symbol, side.opposite());
        let own = self.book.best(symbol, side).unwrap_or_else(|| match side {
            Side::Buy => opposite.unwrap_or(home).saturating_sub(6).max(1),
            Side::Sell => opposite.unwrap_or(home) + 6,
        });
        let room = opposite.map_or(12, |opposite| own.abs_diff(opposite).saturating_sub(1));
        Quote { own, room }
    }

    /// The next number, of the same port as the original.
    fn number(&mut self, original: Option<u32>) -> u32 {
        self.last += 1;
        if let Some(original) = original {
            let ahead = (original % PORTS + PORTS - self.last % PORTS) % PORTS;
            self.last += ahead;
        }
        self.last
    }

    /// Draws how long an order lives from now on.
    fn live(&mut self, id: u32, place: Place) {
        let life = draw::life(&mut self.random, place);
        self.ends.push(Reverse((self.now + life, id)));
    }
}

#[cfg(test)]
mod tests;

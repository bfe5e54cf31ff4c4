//! Flows that strain one part of a book each: depth, wandering prices, many securities.

use super::book::PlainBook;
use super::flow::Flow;
use super::random::{Popularity, Random};
use super::step::{Side, Step, Style};

/// Where prices begin, in ticks, and how far securities lie apart.
const HOME: u32 = 12_000;
const APART: u32 = 29;
/// The lowest and the highest price.
const LOWEST: u32 = 1;
const HIGHEST: u32 = 60_000;

/// A flow of plain orders and cancels around a price that moves.
///
/// Of 1,000 commands 100 trade; the rest enters orders at rest or cancels them, whichever brings a
/// book nearer to the depth it should have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Securities, of which some trade much more than others.
    pub symbols: u32,
    /// Orders at rest that each book is kept near.
    pub live: u32,
    /// How often the price moves, of 1,000 commands of its security.
    pub moves: u32,
    /// How far it moves, in ticks.
    pub step: u32,
    /// How far it may come from where it began.
    pub range: u32,
}

impl Shape {
    /// One security, a book of 1,000 orders.
    pub const ONE: Shape = Shape { symbols: 1, live: 1_000, moves: 20, step: 1, range: 5_000 };
    /// 100 securities.
    pub const HUNDRED: Shape = Shape { symbols: 100, ..Shape::ONE };
    /// 200,000 orders in one book.
    pub const DEEP: Shape = Shape { live: 200_000, ..Shape::ONE };
    /// A price that wanders over thousands of ticks.
    pub const SWING: Shape = Shape { moves: 500, step: 3, range: 9_000, ..Shape::ONE };
    /// A price that jumps by hundreds of ticks.
    pub const CRASH: Shape = Shape { moves: 5, step: 400, range: 9_000, ..Shape::ONE };
    /// 10,000 securities with five million orders.
    pub const MANY: Shape = Shape { symbols: 10_000, live: 500, ..Shape::ONE };

    /// A flow of this shape.
    ///
    /// Where the commands are too few to fill the books, the books are smaller.
    #[must_use]
    pub fn flow(&self, name: &str, commands: u32, seed: u64) -> Flow {
        let room = commands / 3 / self.symbols;
        let live = self.live.min(room).max(4);
        let mut maker = Maker {
            shape: Shape { live, ..*self },
            random: Random::new(seed),
            book: PlainBook::new(self.symbols),
            places: (0..self.symbols).map(Place::new).collect(),
            last: 0,
        };
        let popularity = Popularity::new(self.symbols, 1);
        let mut steps = Vec::with_capacity(commands as usize);
        let filling = (live * self.symbols).min(commands);
        for at in 0..commands {
            let step = if at < filling {
                maker.rest(in_turn(at, self.symbols))
            } else {
                let symbol = popularity.draw(&mut maker.random);
                maker.wander(symbol);
                maker.next(symbol)
            };
            maker.book.apply(&step);
            steps.push(step);
        }
        Flow::new(name.to_owned(), self.symbols, 0, steps)
    }
}

/// The security whose turn it is.
fn in_turn(at: u32, symbols: u32) -> u16 {
    u16::try_from(at % symbols).expect("securities are numbered with 16 bits")
}

struct Maker {
    shape: Shape,
    random: Random,
    book: PlainBook,
    /// By security.
    places: Vec<Place>,
    last: u32,
}

/// What is remembered of a security beside its book.
struct Place {
    home: u32,
    middle: u32,
    /// Orders that came to rest, in about the order in which they came; some are dead by now.
    orders: Vec<u32>,
}

impl Place {
    fn new(symbol: u32) -> Self {
        let home = HOME + symbol * APART % 24_000;
        Place { home, middle: home, orders: Vec::new() }
    }
}

impl Maker {
    /// Moves the price, if it is time to.
    fn wander(&mut self, symbol: u16) {
        if !self.random.permille(u64::from(self.shape.moves)) {
            return;
        }
        let Shape { step, range, .. } = self.shape;
        let place = &mut self.places[usize::from(symbol)];
        let moved = match self.random.permille(500) {
            true => place.middle + step,
            false => place.middle.saturating_sub(step),
        };
        place.middle = moved.clamp(place.home - range, place.home + range);
    }

    fn next(&mut self, symbol: u16) -> Step {
        if self.random.permille(100)
            && let Some(step) = self.trade(symbol)
        {
            return step;
        }
        let live = u64::from(self.book.live_in(symbol));
        let cancels = (live * 500 / u64::from(self.shape.live)).clamp(50, 950);
        if self.random.permille(cancels)
            && let Some(id) = self.victim(symbol)
        {
            return Step::Cancel { id, wanted: 0 };
        }
        self.rest(symbol)
    }

    /// An order that reaches the other side, if there is somebody.
    fn trade(&mut self, symbol: u16) -> Option<Step> {
        let side = self.side();
        let best = self.book.best(symbol, side.opposite())?;
        let beyond = self.random.below_u32(4);
        let price = match side {
            Side::Buy => best + beyond,
            Side::Sell => best.saturating_sub(beyond),
        };
        let quantity = 100 * (1 + self.small(25));
        Some(self.enter(symbol, side, price, quantity))
    }

    /// An order that rests, most often near the middle.
    fn rest(&mut self, symbol: u16) -> Step {
        let side = self.side();
        let mut away = 1 + self.small(50);
        if self.random.permille(80) {
            away += self.random.below_u32(600);
        }
        let middle = self.places[usize::from(symbol)].middle;
        let opposite = self.book.best(symbol, side.opposite());
        let price = match side {
            Side::Buy => {
                let most = opposite.map_or(HIGHEST, |best| best.saturating_sub(1));
                middle.saturating_sub(away).min(most)
            }
            Side::Sell => (middle + away).max(opposite.map_or(LOWEST, |best| best + 1)),
        };
        let odd = if self.random.permille(160) { self.random.below_u32(99) } else { 0 };
        let quantity = 100 * (1 + self.small(10)) + odd;
        let step = self.enter(symbol, side, price, quantity);
        self.places[usize::from(symbol)].orders.push(self.last);
        step
    }

    fn enter(&mut self, symbol: u16, side: Side, price: u32, quantity: u32) -> Step {
        self.last += 1;
        let (id, price) = (self.last, price.clamp(LOWEST, HIGHEST));
        Step::Enter { id, price, quantity, tip: 0, symbol, side, style: Style::Shown }
    }

    /// An order to cancel, as often a late one as any; now and then one that is dead already.
    fn victim(&mut self, symbol: u16) -> Option<u32> {
        let stale = self.random.permille(10);
        let orders = &mut self.places[usize::from(symbol)].orders;
        while !orders.is_empty() {
            let count = orders.len() as u64;
            let window = if self.random.permille(500) { count.min(96) } else { count };
            let at = (count - 1 - self.random.below(window)) as usize;
            let id = orders.swap_remove(at);
            if stale || self.book.get(id).is_some() {
                return Some(id);
            }
        }
        None
    }

    fn side(&mut self) -> Side {
        if self.random.permille(500) { Side::Buy } else { Side::Sell }
    }

    /// A number below `end`, the smaller the likelier.
    fn small(&mut self, end: u32) -> u32 {
        let bound = 1 + self.random.below_u32(end);
        self.random.below_u32(bound)
    }
}

#[cfg(test)]
mod tests;

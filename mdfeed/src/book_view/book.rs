//! The book of one security, to look at.

use protocol_spec::words::{Locate, Price};

use super::books::Books;
use super::numbers::LadderId;
use super::orders::Resting;
use super::words::{Level, Order, Side};

/// A book as it is now.
#[derive(Clone, Copy, Debug)]
pub struct Book<'a> {
    books: &'a Books,
    locate: Locate,
}

impl<'a> Book<'a> {
    pub(super) const fn new(books: &'a Books, locate: Locate) -> Self {
        Book { books, locate }
    }

    /// The security.
    #[must_use]
    pub const fn locate(self) -> Locate {
        self.locate
    }

    /// What stands at the best price of a side, if anything does.
    #[must_use]
    #[inline]
    pub fn best(self, side: Side) -> Option<Level> {
        let best = self.books.best(LadderId::new(self.locate, side))?;
        Some(self.books.level(side, best))
    }

    /// What stands at a price, if anything does.
    #[must_use]
    #[inline]
    pub fn level(self, side: Side, price: Price) -> Option<Level> {
        let rung = self.books.rung(LadderId::new(self.locate, side), price)?;
        Some(self.books.level(side, rung))
    }

    /// The levels of a side, from the best price on.
    pub fn levels(self, side: Side) -> impl Iterator<Item = Level> + 'a {
        let rungs = self.books.rungs(LadderId::new(self.locate, side));
        rungs.map(move |rung| self.books.level(side, rung))
    }

    /// The orders of a side in priority order: from the best price on, first come first.
    pub fn orders(self, side: Side) -> impl Iterator<Item = Order> + 'a {
        let rungs = self.books.rungs(LadderId::new(self.locate, side));
        rungs.flat_map(move |rung| self.books.queue(rung)).map(Resting::shown)
    }

    /// The orders at a price, first come first.
    pub fn orders_at(self, side: Side, price: Price) -> impl Iterator<Item = Order> + 'a {
        let rung = self.books.rung(LadderId::new(self.locate, side), price);
        rung.into_iter().flat_map(move |rung| self.books.queue(rung)).map(Resting::shown)
    }
}

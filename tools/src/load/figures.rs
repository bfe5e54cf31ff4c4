//! How long answers took.

use protocol_spec::words::{Moment, OrderRef};

use crate::bench::Spread;

/// How long answers took to requests from a moment on.
#[derive(Clone, Debug, Default)]
pub struct Figures {
    /// Requests of before count nothing: they are warm-up.
    pub from: Moment,
    /// From an order to its Accepted.
    pub accepted: Spread,
    /// From an order to the first Executed that it caused, on its own side.
    pub executed: Spread,
    /// From a cancel to its Canceled.
    pub canceled: Spread,
    /// From a replace to its Replaced.
    pub replaced: Spread,
    /// From an order that came to rest to the packet of the feed that tells everybody.
    pub published: Spread,
    /// Orders that the public will be told of, and when they were asked for, for whoever watches
    /// the feed and takes them.
    pub(super) public: Vec<(OrderRef, Moment)>,
    /// Whether somebody does.
    pub(super) is_watched: bool,
}

/// References from here on are of orders that the public is not told of.
const HIDDEN: OrderRef = OrderRef(1 << 55);

/// What took so long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wait {
    Accepted,
    Executed,
    Canceled,
    Replaced,
    Published,
}

impl Figures {
    /// Empty ones, for requests from `from` on.
    #[must_use]
    pub fn new(from: Moment) -> Self {
        Figures { from, ..Figures::default() }
    }

    /// A request was answered.
    #[inline]
    pub(super) fn add(&mut self, wait: Wait, asked: Moment, answered: Moment) {
        if asked < self.from {
            return;
        }
        let spread = match wait {
            Wait::Accepted => &mut self.accepted,
            Wait::Executed => &mut self.executed,
            Wait::Canceled => &mut self.canceled,
            Wait::Replaced => &mut self.replaced,
            Wait::Published => &mut self.published,
        };
        spread.add(answered - asked);
    }

    /// An order was accepted under this reference.
    #[inline]
    pub(super) fn accepted_as(&mut self, order: OrderRef, asked: Moment) {
        if self.is_watched && order < HIDDEN {
            self.public.push((order, asked));
        }
    }

    /// Adds those of another round.
    pub fn add_all(&mut self, other: &Figures) {
        self.accepted.add_all(&other.accepted);
        self.executed.add_all(&other.executed);
        self.canceled.add_all(&other.canceled);
        self.replaced.add_all(&other.replaced);
        self.published.add_all(&other.published);
    }

    /// All of them with their names.
    #[must_use]
    pub fn rows(&self) -> Vec<(&'static str, &Spread)> {
        let mut rows = vec![
            ("order to Accepted", &self.accepted),
            ("order to Executed", &self.executed),
            ("cancel to Canceled", &self.canceled),
            ("replace to Replaced", &self.replaced),
        ];
        if self.published.count() > 0 {
            rows.push(("order to feed packet", &self.published));
        }
        rows
    }
}

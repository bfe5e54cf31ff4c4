//! The plainest book that keeps the rules of a flow: what an engine has to come to.

use std::collections::BTreeMap;

use super::level::Level;
use super::step::{Side, Step, Style};
use super::tally::{Mix, Outcome, Resting, Tally};

/// Books of all securities of a flow: a sorted map of queues each, searched from end to end.
#[derive(Clone, Debug)]
pub struct PlainBook {
    /// By number.
    orders: Vec<Order>,
    /// By security: buys, sells.
    books: Vec<[BTreeMap<u32, Level>; 2]>,
    /// Live orders by security.
    live: Vec<u32>,
    tally: Tally,
    mix: Mix,
    resting: Resting,
    levels: u32,
    peaks: Peaks,
}

/// The most that was ever in use at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Peaks {
    /// Live orders.
    pub orders: u32,
    /// Price levels, over all securities and both sides.
    pub levels: u32,
}

/// An order, dead if nothing is open.
#[derive(Clone, Copy, Debug)]
struct Order {
    total: u32,
    /// Open shares that are displayed.
    shown: u32,
    /// Open shares that are not.
    hidden: u32,
    tip: u32,
    price: u32,
    symbol: u16,
    side: Side,
    style: Style,
}

impl Order {
    const NONE: Order = Order {
        total: 0,
        shown: 0,
        hidden: 0,
        tip: 0,
        price: 0,
        symbol: 0,
        side: Side::Buy,
        style: Style::Shown,
    };

    const fn leaves(&self) -> u32 {
        self.shown + self.hidden
    }
}

/// What may be asked of a live order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Live {
    /// Shares in all.
    pub(super) total: u32,
    /// Shares that are open.
    pub(super) leaves: u32,
    /// Shares shown at a time, of a reserve order.
    pub(super) tip: u32,
    /// Its limit.
    pub(super) price: u32,
    /// Its security.
    pub(super) symbol: u16,
    /// Its side.
    pub(super) side: Side,
    /// Its style.
    pub(super) style: Style,
}

impl PlainBook {
    /// Empty books.
    #[must_use]
    pub fn new(symbols: u32) -> Self {
        let books = (0..symbols).map(|_| Default::default()).collect();
        PlainBook {
            orders: vec![Order::NONE],
            books,
            live: vec![0; symbols as usize],
            tally: Tally::NONE,
            mix: Mix::default(),
            resting: Resting::default(),
            levels: 0,
            peaks: Peaks::default(),
        }
    }

    /// Executes a step.
    ///
    /// # Panics
    /// If it names a security that there is not, or an order that has not come yet.
    pub fn apply(&mut self, step: &Step) {
        match *step {
            Step::Enter { id, price, quantity, tip, symbol, side, style } => {
                let order =
                    Order { total: quantity, tip, price, symbol, side, style, ..Order::NONE };
                let left = self.enter(id, order, quantity);
                self.mix.adds += u64::from(left && style == Style::Shown);
            }
            Step::Replace { id, original, price, quantity, .. } => {
                self.replace(id, original, price, quantity);
            }
            Step::Cancel { id, wanted } => self.cancel(id, wanted),
        }
    }

    /// What came of it up to now.
    #[must_use]
    pub const fn outcome(&self) -> Outcome {
        Outcome { tally: self.tally, resting: self.resting }
    }

    /// The most that was ever in use at once.
    #[must_use]
    pub const fn peaks(&self) -> Peaks {
        self.peaks
    }

    /// What a feed would have told up to now.
    #[must_use]
    pub const fn mix(&self) -> Mix {
        self.mix
    }

    /// Live orders of a security.
    pub(super) fn live_in(&self, symbol: u16) -> u32 {
        self.live[usize::from(symbol)]
    }

    /// The order, if it is live.
    pub(super) fn get(&self, id: u32) -> Option<Live> {
        let order = self.orders.get(id as usize).filter(|order| order.leaves() > 0)?;
        let Order { total, tip, price, symbol, side, style, .. } = *order;
        Some(Live { total, leaves: order.leaves(), tip, price, symbol, side, style })
    }

    /// The best displayed price of a side.
    pub(super) fn best(&self, symbol: u16, side: Side) -> Option<u32> {
        let levels = &self.books[usize::from(symbol)][side as usize];
        let mut shown = levels.iter().filter(|(_, level)| !level.shown.is_empty());
        let found = match side {
            Side::Buy => shown.next_back(),
            Side::Sell => shown.next(),
        };
        found.map(|(price, _)| *price)
    }

    /// The order that came last of those displayed at the best price of a side.
    pub(super) fn last_at_best(&self, symbol: u16, side: Side) -> Option<u32> {
        let best = self.best(symbol, side)?;
        self.books[usize::from(symbol)][side as usize][&best].shown.back().copied()
    }

    /// Enters an order with `leaves` shares, and says if some of them rest.
    fn enter(&mut self, id: u32, mut order: Order, leaves: u32) -> bool {
        let left = self.sweep(id, &order, leaves);
        let rests = left > 0 && order.style != Style::Immediate;
        if rests {
            order.shown = match (order.style, order.tip) {
                (Style::Hidden, _) => 0,
                (_, 0) => left,
                (_, tip) => tip.min(left),
            };
            order.hidden = left - order.shown;
            self.rest(id, &order);
        }
        let at = id as usize;
        self.orders.resize(self.orders.len().max(at + 1), Order::NONE);
        self.orders[at] = order;
        rests
    }

    /// Trades with the other side as far as price and shares reach, and returns what is left.
    fn sweep(&mut self, taker: u32, order: &Order, mut left: u32) -> u32 {
        let mut used_up = Vec::new();
        let mut refreshed = Vec::new();
        let opposite = order.side.opposite();
        let levels = &mut self.books[usize::from(order.symbol)][opposite as usize];
        while left > 0 {
            let best = match opposite {
                Side::Buy => levels.last_entry(),
                Side::Sell => levels.first_entry(),
            };
            let within = |price: u32| match order.side {
                Side::Buy => price <= order.price,
                Side::Sell => price >= order.price,
            };
            let Some(mut best) = best.filter(|best| within(*best.key())) else { break };
            let price = *best.key();
            let level = best.get_mut();
            while left > 0
                && let Some((maker, is_shown)) = level.first()
            {
                let resting = &mut self.orders[maker as usize];
                let open = if is_shown { &mut resting.shown } else { &mut resting.hidden };
                let shares = left.min(*open);
                *open -= shares;
                left -= shares;
                self.tally.trade(maker, taker, price, shares);
                self.mix.executions += u64::from(is_shown);
                self.mix.hidden += u64::from(!is_shown);
                self.resting.quantity -= u64::from(shares);
                if *open == 0 {
                    level.pop(is_shown);
                }
                match (resting.leaves(), is_shown && resting.shown == 0) {
                    (0, _) => used_up.push(maker),
                    (_, true) => refreshed.push(maker),
                    (_, false) => {}
                }
            }
            if !level.is_empty() {
                break;
            }
            // A tip that is to be refreshed has its remainder here, or lost it in this sweep.
            best.remove();
            self.levels -= 1;
        }
        used_up.iter().for_each(|_| self.forget(order.symbol));
        refreshed.into_iter().for_each(|id| self.refresh(id));
        left
    }

    /// Shows the next tip of a reserve order, which takes the last place.
    fn refresh(&mut self, id: u32) {
        let order = &mut self.orders[id as usize];
        if order.hidden == 0 {
            return;
        }
        order.shown = order.tip.min(order.hidden);
        order.hidden -= order.shown;
        let levels = &mut self.books[usize::from(order.symbol)][order.side as usize];
        let level = levels.get_mut(&order.price).expect("the remainder is there");
        level.shown.push_back(id);
        if order.hidden == 0 {
            level.remove_hidden(id);
        }
        self.mix.adds += 1;
    }

    fn rest(&mut self, id: u32, order: &Order) {
        let levels = &mut self.books[usize::from(order.symbol)][order.side as usize];
        let level = levels.entry(order.price).or_default();
        self.levels += u32::from(level.is_empty());
        if order.shown > 0 {
            level.shown.push_back(id);
        }
        if order.hidden > 0 {
            level.hidden.push_back(id);
        }
        self.live[usize::from(order.symbol)] += 1;
        self.resting.orders += 1;
        self.resting.quantity += u64::from(order.leaves());
        let orders = u32::try_from(self.resting.orders).expect("orders are numbered with 32 bits");
        self.peaks.orders = self.peaks.orders.max(orders);
        self.peaks.levels = self.peaks.levels.max(self.levels);
    }

    /// Counts an order out that has nothing open any more.
    fn forget(&mut self, symbol: u16) {
        self.live[usize::from(symbol)] -= 1;
        self.resting.orders -= 1;
    }

    fn replace(&mut self, id: u32, original: u32, price: u32, quantity: u32) {
        let order = self.orders[original as usize];
        if order.leaves() == 0 {
            return;
        }
        let done = order.total - order.leaves();
        if quantity <= done {
            return self.cancel(original, 0);
        }
        self.reduce(original, order.leaves());
        self.mix.replaces += u64::from(order.style == Style::Shown);
        let new = Order { total: quantity, shown: 0, hidden: 0, price, ..order };
        self.enter(id, new, quantity - done);
    }

    fn cancel(&mut self, id: u32, wanted: u32) {
        let order = self.orders[id as usize];
        let leaves = order.leaves();
        if leaves == 0 || wanted >= order.total {
            return;
        }
        let total = wanted.max(order.total - leaves);
        let off = order.total - total;
        self.reduce(id, off);
        self.orders[id as usize].total = total;
        let shown_off = order.shown - self.orders[id as usize].shown;
        self.mix.deletes += u64::from(off == leaves && order.shown > 0);
        self.mix.reductions += u64::from(off < leaves && shown_off > 0);
    }

    /// Takes shares off an order, hidden ones first.
    fn reduce(&mut self, id: u32, off: u32) {
        let order = &mut self.orders[id as usize];
        let before = *order;
        let hidden_off = off.min(order.hidden);
        order.hidden -= hidden_off;
        order.shown -= off - hidden_off;
        let (symbol, is_dead) = (order.symbol, order.leaves() == 0);
        let gone = (before.shown > 0 && order.shown == 0, before.hidden > 0 && order.hidden == 0);
        let levels = &mut self.books[usize::from(symbol)][before.side as usize];
        let level = levels.get_mut(&before.price).expect("a live order has a level");
        if gone.0 {
            level.remove_shown(id);
        }
        if gone.1 {
            level.remove_hidden(id);
        }
        if level.is_empty() {
            levels.remove(&before.price);
            self.levels -= 1;
        }
        self.resting.quantity -= u64::from(off);
        if is_dead {
            self.forget(symbol);
        }
    }
}

#[cfg(test)]
mod tests;

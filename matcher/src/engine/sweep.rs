//! An incoming order trades with the opposite side (R46).

use protocol_spec::wire::ouch::LiquidityFlag;
use protocol_spec::words::{Price, Shares};

use super::market::Market;
use super::task::Incoming;
use crate::accounts::Accounts;
use crate::book::{EntryId, Flags, Key, LadderId, Order, Slot};
use crate::event::{Event, Events, Shown, TipRef};
use crate::order::Strategy;

/// Most entries that a trial visits (R50).
pub(super) const TRIAL_VISITS: u32 = 4_096;

/// What of one side may be traded with: entries up to a price, displayed and hidden ones.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reach {
    pub(super) shown: LadderId,
    pub(super) hidden: LadderId,
    /// The worst price that may be traded at.
    pub(super) limit: Key,
}

impl Reach {
    /// What an order may trade with, `None` if that is nothing (R60).
    #[inline]
    fn of(order: &Order, limit: Option<Price>) -> Option<Reach> {
        let shown = order.opposite(false);
        let limit = shown.key(limit?);
        Some(Reach { shown, hidden: order.opposite(true), limit })
    }
}

/// The flag of the resting side of an execution with this entry (R56).
#[inline]
pub(super) fn flag(order: &Order, entry: EntryId) -> LiquidityFlag {
    if entry.is_remainder() {
        LiquidityFlag::RESERVE_ADDED
    } else if order.flags.has(Flags::SHOWN) {
        LiquidityFlag::ADDED
    } else {
        LiquidityFlag::HIDDEN_ADDED
    }
}

/// Whether an order with a minimum waits for a larger one than one of `leaves` shares (R51).
#[inline]
fn waits(order: &Order, min_qty: Shares, leaves: Shares) -> bool {
    min_qty.min(order.open) > leaves
}

impl<A: Accounts> Market<A> {
    /// Whether an incoming order has anybody in reach.
    #[inline]
    pub(super) fn meets(&self, incoming: &Incoming) -> bool {
        let reach = Reach::of(&self.books.orders[incoming.slot], incoming.limit);
        reach.is_some_and(|reach| {
            self.books.best(reach.shown).max(self.books.best(reach.hidden)) >= reach.limit
        })
    }

    /// Trades until the order is done, nothing is in reach or the step is full. Whether the sweep
    /// is over.
    #[inline]
    pub(super) fn sweep(&mut self, incoming: &mut Incoming, events: &mut Events) -> bool {
        let slot = incoming.slot;
        let taker = self.books.orders[slot];
        let strategy = taker.strategy;
        let Some(reach) = Reach::of(&taker, incoming.limit) else { return true };
        while self.books.orders[slot].open.0 > 0 {
            let Some(entry) = self.next_entry(&reach, incoming.passed) else { return true };
            if events.is_full() {
                return false;
            }
            events.visit(1);
            let order = &self.books.orders[entry.slot()];
            if order.flags.has(Flags::MIN_QTY) {
                let leaves = self.books.orders[slot].open;
                if waits(order, self.books.orders.special(entry.slot()).min_qty, leaves) {
                    incoming.passed = entry;
                    continue;
                }
            }
            if strategy != Strategy::Trade && self.same_party(order, &taker) {
                if self.prevent(slot, entry, events) {
                    return true;
                }
                continue;
            }
            self.execute(slot, entry, events);
        }
        true
    }

    /// The next entry in reach: the best price, at a price the displayed ones first (R44).
    #[inline]
    pub(super) fn next_entry(&self, reach: &Reach, passed: EntryId) -> Option<EntryId> {
        let shown = self.books.best(reach.shown);
        let hidden = self.books.best(reach.hidden);
        if hidden == Key::NONE || (shown >= hidden && passed == EntryId::NONE) {
            return (shown >= reach.limit).then(|| self.books.first(reach.shown));
        }
        let next = match passed {
            EntryId::NONE => Some(self.books.first(reach.hidden)),
            passed => self.books.after(passed),
        };
        let hidden = next.map_or(Key::NONE, |entry| self.books.level_of(entry).key);
        if shown >= hidden {
            return (shown >= reach.limit).then(|| self.books.first(reach.shown));
        }
        next.filter(|_| hidden >= reach.limit)
    }

    /// One execution, at the resting price.
    #[inline]
    fn execute(&mut self, taker: Slot, entry: EntryId, events: &mut Events) {
        let slot = entry.slot();
        let orders = &self.books.orders;
        let (incoming, order) = (&orders[taker], &orders[slot]);
        let open = orders.open(entry);
        let shares = incoming.open.min(open);
        let (price, locate) = (order.price, order.locate);
        let flag = flag(order, entry);
        let shown = flag == LiquidityFlag::ADDED;
        let match_no = self.counts.next_match();
        events.push(Event::Executed {
            taker: incoming.owner(),
            maker: order.owner(),
            taker_ref: incoming.order_ref,
            maker_ref: order.order_ref,
            tip: if shown { TipRef::of(orders.tip_ref(slot)) } else { TipRef::NONE },
            match_no,
            price,
            shares,
            locate,
            flag,
        });
        self.watch.consume(Self::reserve(incoming, shares), price, match_no);
        self.watch.consume(Self::reserve(order, shares), price, match_no);
        self.securities[locate].traded(price);
        self.books.orders[taker].open.0 -= shares.0;
        self.take(entry, shares, open);
    }

    /// Takes shares off an entry that traded or was decremented: it may leave, its order may die.
    #[inline]
    pub(super) fn take(&mut self, entry: EntryId, shares: Shares, open: Shares) {
        if shares < open {
            self.books.reduce(entry, shares);
            return;
        }
        let slot = entry.slot();
        self.books.leave(entry);
        if entry.is_remainder() {
            self.books.orders.special_mut(slot).remainder = Shares(0);
        } else {
            self.books.orders[slot].open = Shares(0);
        }
        if self.books.orders.leaves(slot).0 == 0 {
            self.bury(slot);
        } else if !entry.is_remainder() {
            self.refreshing.add(&mut self.books.orders, slot);
        }
    }

    /// Two orders of one party meet (R54). Whether the sweep is over.
    fn prevent(&mut self, taker: Slot, entry: EntryId, events: &mut Events) -> bool {
        let slot = entry.slot();
        let (incoming, order) = (self.books.orders[taker], self.books.orders[slot]);
        let strategy = incoming.strategy;
        let (leaves, tip_ref) = (self.books.orders.leaves(slot), self.books.orders.tip_ref(slot));
        let open = self.books.orders.open(entry);
        let prevented = incoming.open.min(open);
        let flag = flag(&order, entry);
        let has_tip = order.flags.has(Flags::SHOWN) && order.open.0 > 0;
        let (taker_less, maker_less, shown) = match strategy {
            Strategy::CancelOldest if has_tip => (Shares(0), leaves, Shown::Gone(tip_ref)),
            Strategy::CancelOldest => (Shares(0), leaves, Shown::Same),
            Strategy::CancelNewest => (incoming.open, Shares(0), Shown::Same),
            _ if flag != LiquidityFlag::ADDED => (prevented, prevented, Shown::Same),
            _ if prevented == open => (prevented, prevented, Shown::Gone(tip_ref)),
            _ => (prevented, prevented, Shown::Less(tip_ref, prevented)),
        };
        events.push(Event::Prevented {
            taker: incoming.owner(),
            maker: order.owner(),
            strategy,
            price: order.price,
            prevented,
            taker_less,
            maker_less,
            shown,
            locate: order.locate,
            flag,
        });
        self.watch.release(Self::reserve(&incoming, taker_less));
        self.watch.release(Self::reserve(&order, maker_less));
        self.books.orders[taker].open.0 -= taker_less.0;
        match strategy {
            Strategy::CancelOldest => self.remove(slot),
            Strategy::CancelNewest => {}
            _ => self.take(entry, prevented, open),
        }
        strategy == Strategy::CancelNewest
    }

    /// Takes a resting order out of the books and every index.
    pub(super) fn remove(&mut self, slot: Slot) {
        let (open, remainder) = (self.books.orders[slot].open, self.books.orders.remainder(slot));
        if open.0 > 0 {
            self.books.leave(EntryId::main(slot));
        }
        if remainder.0 > 0 {
            self.books.leave(EntryId::remainder(slot));
        }
        self.bury(slot);
    }

    /// Whether the order would execute its minimum quantity (R50). Changes nothing.
    pub(super) fn trial(&self, incoming: &Incoming, events: &mut Events) -> bool {
        let taker = &self.books.orders[incoming.slot];
        let min_qty = self.books.orders.special(incoming.slot).min_qty;
        let Some(reach) = Reach::of(taker, incoming.limit) else { return false };
        let mut leaves = taker.open;
        let least = min_qty.min(leaves);
        let mut executed = Shares(0);
        let mut cursors = [self.in_reach(reach.shown, &reach), self.in_reach(reach.hidden, &reach)];
        for _ in 0..TRIAL_VISITS {
            if executed >= least {
                return true;
            }
            let keys = cursors.map(|at| at.map_or(Key::NONE, |at| self.books.level_of(at).key));
            let nearer = usize::from(keys[1] > keys[0]);
            let Some(entry) = cursors[nearer].filter(|_| leaves.0 > 0) else { return false };
            events.visit(1);
            cursors[nearer] =
                self.books.after(entry).filter(|&at| self.books.level_of(at).key >= reach.limit);
            let order = &self.books.orders[entry.slot()];
            if order.flags.has(Flags::MIN_QTY)
                && waits(order, self.books.orders.special(entry.slot()).min_qty, leaves)
            {
                continue;
            }
            let shares = leaves.min(self.books.orders.open(entry));
            if taker.strategy == Strategy::Trade || !self.same_party(order, taker) {
                executed.0 += shares.0;
                leaves.0 -= shares.0;
                continue;
            }
            match taker.strategy {
                Strategy::CancelNewest => return false,
                Strategy::CancelOldest => {}
                _ => leaves.0 -= shares.0,
            }
        }
        executed >= least
    }

    /// The first entry of a ladder that is in reach.
    fn in_reach(&self, ladder: LadderId, reach: &Reach) -> Option<EntryId> {
        (self.books.best(ladder) >= reach.limit).then(|| self.books.first(ladder))
    }
}

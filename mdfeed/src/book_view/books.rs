//! All books: orders in their queues, queues by their prices, prices in their order.

use alloc::vec::Vec;

use matcher::ahead::Fetch;
use protocol_spec::wire::ouch::Mpid;
use protocol_spec::words::{Locate, OrderRef, Price, Shares, Timestamp, Volume};

use super::ladder::{Ladder, Rank, Rung};
use super::levels::{Levels, Queue};
use super::numbers::{LadderId, LevelId, Slot};
use super::orders::{Orders, Resting};
use super::refs::{Home, Place, Refs};
use super::words::{Fault, Level, Order, Side, Spot};

/// An order as it comes.
#[derive(Clone, Copy, Debug)]
pub(super) struct New {
    pub(super) order_ref: OrderRef,
    pub(super) ladder: LadderId,
    pub(super) price: Price,
    pub(super) shares: Shares,
    pub(super) mpid: Option<Mpid>,
    pub(super) since: Timestamp,
}

/// The books.
#[derive(Clone, Debug)]
pub(super) struct Books {
    pub(super) orders: Orders,
    pub(super) refs: Refs,
    pub(super) levels: Levels,
    /// By the numbers of [`LadderId`].
    pub(super) ladders: Vec<Ladder>,
}

impl Books {
    pub(super) fn with_room(orders: usize) -> Self {
        Books {
            orders: Orders::with_room(orders),
            refs: Refs::with_room(orders),
            // Each order may stand alone.
            levels: Levels::with_room(orders),
            ladders: Vec::new(),
        }
    }

    pub(super) fn clear(&mut self) {
        self.orders.clear();
        self.refs.clear();
        self.levels.clear();
        self.ladders.clear();
    }

    /// A security may have orders from now on.
    pub(super) fn list(&mut self, locate: Locate) {
        for side in Side::BOTH {
            let at = LadderId::new(locate, side).0 as usize;
            if self.ladders.len() <= at {
                self.ladders.resize(at + 1, Ladder::default());
            }
            self.ladders[at].listed = true;
        }
    }

    /// The order with this reference.
    #[inline]
    pub(super) fn find(&self, locate: Locate, of: OrderRef) -> Result<Place, Fault> {
        let found = self.refs.find(&self.orders, self.refs.home(of), of);
        let found = found.ok_or(Fault::UnknownOrder(of))?;
        if self.orders[found.slot].ladder.locate() != locate {
            return Err(Fault::OtherSecurity(of));
        }
        Ok(found)
    }

    #[inline]
    pub(super) fn resting(&self, found: Place) -> &Resting {
        &self.orders[found.slot]
    }

    /// Adds an order behind all others at its price.
    #[inline]
    pub(super) fn add(&mut self, new: New) -> Result<Spot, Fault> {
        let New { order_ref, ladder, price, shares, .. } = new;
        if shares == Shares(0) {
            return Err(Fault::NoShares);
        }
        let home = self.refs.home(order_ref);
        if self.refs.find(&self.orders, home, order_ref).is_some() {
            return Err(Fault::DuplicateOrder(order_ref));
        }
        // Whose ladder there is may not be listed: its locate may be below another one's.
        let prices = self.ladders.get_mut(ladder.0 as usize).filter(|prices| prices.listed);
        let prices = prices.ok_or(Fault::UnknownSecurity(ladder.locate()))?;
        let rank = Rank::of(ladder.side(), price);
        match prices.find(rank) {
            Ok(level) => {
                let tail = self.levels[level].tail;
                let slot = self.keep(new, home, level, tail);
                self.orders[tail].next = slot;
                let queue = &mut self.levels[level];
                queue.tail = slot;
                queue.count += 1;
                queue.shares += u64::from(shares.0);
            }
            Err(place) => {
                let none = Slot::NONE;
                let queue = Queue { shares: shares.0.into(), head: none, tail: none, count: 1 };
                let level = self.levels.insert(queue);
                prices.insert(place, Rung { rank, level });
                let slot = self.keep(new, home, level, Slot::NONE);
                let queue = &mut self.levels[level];
                (queue.head, queue.tail) = (slot, slot);
            }
        }
        Ok(ladder.at(price))
    }

    #[inline]
    fn keep(&mut self, new: New, home: Home, level: LevelId, prev: Slot) -> Slot {
        let New { order_ref, ladder, price, shares, mpid, since } = new;
        let next = Slot::NONE;
        let order = Resting { order_ref, shares, price, ladder, level, prev, next, mpid, since };
        let slot = self.orders.insert(order);
        self.refs.insert(&self.orders, home, slot);
        slot
    }

    /// Takes shares off an order. One that has none left is gone.
    #[inline]
    pub(super) fn lessen(&mut self, found: Place, shares: Shares) -> Result<Spot, Fault> {
        let order = &mut self.orders[found.slot];
        if shares == Shares(0) {
            return Err(Fault::NoShares);
        }
        if shares >= order.shares {
            if shares > order.shares {
                return Err(Fault::TooManyShares(order.order_ref));
            }
            return Ok(self.remove(found));
        }
        order.shares.0 -= shares.0;
        self.levels[order.level].shares -= u64::from(shares.0);
        Ok(order.spot())
    }

    /// Takes an order away.
    #[inline]
    pub(super) fn remove(&mut self, found: Place) -> Spot {
        let Resting { ladder, price, level, shares, prev, next, .. } = self.orders[found.slot];
        let queue = &mut self.levels[level];
        queue.shares -= u64::from(shares.0);
        queue.count -= 1;
        if queue.count == 0 {
            assert!(queue.shares == 0, "no shares are left when the last order goes");
            self.levels.remove(level);
            self.ladders[ladder.0 as usize].remove(Rank::of(ladder.side(), price));
        } else {
            match prev {
                Slot::NONE => queue.head = next,
                prev => self.orders[prev].next = next,
            }
            match next {
                Slot::NONE => queue.tail = prev,
                next => self.orders[next].prev = prev,
            }
        }
        self.refs.remove(found);
        self.orders.remove(found.slot);
        ladder.at(price)
    }

    /// Puts an order in the place of another one's side, security and owner.
    #[inline]
    pub(super) fn replace(
        &mut self,
        found: Place,
        (order_ref, shares, price): (OrderRef, Shares, Price),
        since: Timestamp,
    ) -> Result<(Spot, Spot), Fault> {
        let Resting { ladder, mpid, order_ref: original, .. } = *self.resting(found);
        if shares == Shares(0) {
            return Err(Fault::NoShares);
        }
        let taken = self.refs.find(&self.orders, self.refs.home(order_ref), order_ref);
        if taken.is_some() && order_ref != original {
            return Err(Fault::DuplicateOrder(order_ref));
        }
        let from = self.remove(found);
        let to = self.add(New { order_ref, ladder, price, shares, mpid, since })?;
        Ok((from, to))
    }

    /// The order with this reference, whatever its security.
    pub(super) fn order(&self, of: OrderRef) -> Option<Order> {
        let found = self.refs.find(&self.orders, self.refs.home(of), of)?;
        Some(self.resting(found).shown())
    }

    /// The prices of a ladder at which there are orders, from the best on.
    pub(super) fn rungs(&self, ladder: LadderId) -> impl Iterator<Item = Rung> {
        self.ladders.get(ladder.0 as usize).into_iter().flat_map(Ladder::iter)
    }

    /// The best price of a ladder.
    #[inline]
    pub(super) fn best(&self, ladder: LadderId) -> Option<Rung> {
        self.ladders.get(ladder.0 as usize)?.best()
    }

    /// The queue at a price, if there are orders.
    #[inline]
    pub(super) fn rung(&self, ladder: LadderId, price: Price) -> Option<Rung> {
        let rank = Rank::of(ladder.side(), price);
        let level = self.ladders.get(ladder.0 as usize)?.find(rank).ok()?;
        Some(Rung { rank, level })
    }

    /// What stands at a price.
    #[inline]
    pub(super) fn level(&self, side: Side, rung: Rung) -> Level {
        let queue = &self.levels[rung.level];
        let price = rung.rank.price(side);
        Level { price, shares: Volume(queue.shares), orders: queue.count }
    }

    /// The orders at a price, first come first.
    pub(super) fn queue(&self, rung: Rung) -> impl Iterator<Item = &Resting> {
        let order = |slot: Slot| (slot != Slot::NONE).then(|| &self.orders[slot]);
        core::iter::successors(order(self.levels[rung.level].head), move |each| order(each.next))
    }

    /// Asks for the memory of the best prices of a ladder.
    #[inline]
    pub(super) fn fetch_prices(&self, ladder: LadderId, fetch: &impl Fetch) {
        if let Some(ladder) = self.ladders.get(ladder.0 as usize) {
            ladder.fetch(fetch);
        }
    }

    /// Asks for the memory of a ladder.
    #[inline]
    pub(super) fn fetch_ladder(&self, ladder: LadderId, fetch: &impl Fetch) {
        if let Some(ladder) = self.ladders.get(ladder.0 as usize) {
            fetch.fetch(ladder);
        }
    }
}

//! The orders that wait for a new tip (R57).

use crate::book::{Flags, Orders, Slot};

/// Orders whose tips reached 0, in that order, linked through the orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Refreshing {
    pub(super) first: Slot,
    last: Slot,
}

impl Default for Refreshing {
    fn default() -> Self {
        Refreshing { first: Slot::NONE, last: Slot::NONE }
    }
}

impl Refreshing {
    /// The tip of an order reached 0.
    pub(super) fn add(&mut self, orders: &mut Orders, slot: Slot) {
        orders[slot].flags.set(Flags::REFRESHING);
        orders.special_mut(slot).refresh_next = Slot::NONE;
        if self.first == Slot::NONE {
            self.first = slot;
        } else {
            orders.special_mut(self.last).refresh_next = slot;
        }
        self.last = slot;
    }

    /// The orders that wait, in that order.
    pub(super) fn iter(self, orders: &Orders) -> impl Iterator<Item = Slot> {
        let some = |slot: Slot| Some(slot).filter(|&slot| slot != Slot::NONE);
        core::iter::successors(some(self.first), move |&slot| {
            some(orders.special(slot).refresh_next)
        })
    }

    /// The order that waits longest.
    pub(super) fn pop(&mut self, orders: &mut Orders) -> Option<Slot> {
        let slot = Some(self.first).filter(|&first| first != Slot::NONE)?;
        self.first = orders.special(slot).refresh_next;
        orders[slot].flags.clear(Flags::REFRESHING);
        Some(slot)
    }
}

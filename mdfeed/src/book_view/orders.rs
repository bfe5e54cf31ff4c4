//! Displayed orders, a line of memory each, found by slot.

use alloc::vec::Vec;
use core::ops::{Index, IndexMut};

use matcher::ahead::Fetch;
use protocol_spec::wire::ouch::Mpid;
use protocol_spec::words::{OrderRef, Price, Shares, Timestamp};

use super::numbers::{LadderId, LevelId, Slot};
use super::words::{Order, Spot};

/// An order and its neighbours in the queue of its level.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
pub(super) struct Resting {
    pub(super) order_ref: OrderRef,
    pub(super) shares: Shares,
    pub(super) price: Price,
    pub(super) ladder: LadderId,
    pub(super) level: LevelId,
    pub(super) prev: Slot,
    pub(super) next: Slot,
    pub(super) mpid: Option<Mpid>,
    pub(super) since: Timestamp,
}

const _: () = assert!(size_of::<Resting>() == 64, "an order is a line of memory");

impl Resting {
    #[inline]
    pub(super) fn spot(&self) -> Spot {
        self.ladder.at(self.price)
    }

    pub(super) fn shown(&self) -> Order {
        let Resting { order_ref, shares, mpid, since, .. } = *self;
        Order { order_ref, spot: self.spot(), shares, mpid, since }
    }
}

/// All orders, by slot. There are as many slots as there ever were orders at once.
#[derive(Clone, Debug, Default)]
pub(super) struct Orders {
    pool: Vec<Resting>,
    free: Vec<Slot>,
}

impl Orders {
    pub(super) fn with_room(orders: usize) -> Self {
        Orders { pool: Vec::with_capacity(orders), free: Vec::with_capacity(orders) }
    }

    #[inline]
    pub(super) fn insert(&mut self, order: Resting) -> Slot {
        if let Some(slot) = self.free.pop() {
            self[slot] = order;
            return slot;
        }
        let slot = Slot(self.pool.len() as u32);
        assert!(slot != Slot::NONE, "there are fewer orders than slots have numbers");
        self.pool.push(order);
        slot
    }

    /// Gives back the slot of an order that is in no queue.
    #[inline]
    pub(super) fn remove(&mut self, slot: Slot) {
        self.free.push(slot);
    }

    pub(super) fn clear(&mut self) {
        self.pool.clear();
        self.free.clear();
    }

    /// What is in a slot, be it an order or what is left of one, if there is such a slot.
    #[inline]
    pub(super) fn get(&self, slot: Slot) -> Option<&Resting> {
        self.pool.get(slot.0 as usize)
    }

    /// Asks for the memory of an order.
    #[inline]
    pub(super) fn fetch(&self, slot: Slot, fetch: &impl Fetch) {
        if let Some(order) = self.get(slot) {
            fetch.fetch(order);
        }
    }

    /// Asks for the memory of a slot that is free, `after` others being filled before.
    #[inline]
    pub(super) fn fetch_free(&self, after: usize, fetch: &impl Fetch) {
        let at = self.free.len().wrapping_sub(after + 1);
        if let Some(&slot) = self.free.get(at) {
            self.fetch(slot, fetch);
        }
    }
}

impl Index<Slot> for Orders {
    type Output = Resting;

    #[inline]
    fn index(&self, slot: Slot) -> &Resting {
        &self.pool[slot.0 as usize]
    }
}

impl IndexMut<Slot> for Orders {
    #[inline]
    fn index_mut(&mut self, slot: Slot) -> &mut Resting {
        &mut self.pool[slot.0 as usize]
    }
}

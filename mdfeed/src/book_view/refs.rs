//! Slots by the references of their orders.
//!
//! A table of buckets of eight cells, a line of memory each. Where a bucket is full the next ones
//! are used, and every bucket counts those that went past it. The table doubles when it is half
//! full.

use alloc::vec::Vec;

use matcher::ahead::Fetch;
use protocol_spec::words::OrderRef;

use super::hash::hash;
use super::numbers::Slot;
use super::orders::Orders;

/// Cells of a bucket.
const CELLS: usize = 8;
/// Buckets of the smallest table.
const LEAST: usize = 16;

/// Cells: a few bits of each reference, which tell most of them apart, and the slots.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
struct Bucket {
    marks: [u16; CELLS],
    slots: [Slot; CELLS],
    /// Orders that would be in this bucket or before it and are beyond it.
    passed: u32,
}

/// The mark of a cell in which there is nothing.
const UNUSED: u16 = 0;

const EMPTY: Bucket = Bucket { marks: [UNUSED; CELLS], slots: [Slot::NONE; CELLS], passed: 0 };

const _: () = assert!(size_of::<Bucket>() == 64, "a bucket is a line of memory");

impl Bucket {
    /// A bit in the byte of each cell with this mark: all are compared at once, without a branch.
    #[inline(always)]
    fn with(&self, mark: u16) -> u64 {
        u64::from_le_bytes(self.marks.map(|each| u8::from(each == mark)))
    }

    /// The first cell with this mark; there is none of the number [`CELLS`].
    #[inline(always)]
    fn first(&self, mark: u16) -> usize {
        self.with(mark).trailing_zeros() as usize / 8
    }
}

/// Where a reference is looked for first: a bucket, and the mark of its cell.
#[derive(Clone, Copy, Debug)]
pub(super) struct Home {
    bucket: usize,
    mark: u16,
}

/// Where a reference is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) slot: Slot,
    home: usize,
    bucket: usize,
    cell: usize,
}

/// The table.
#[derive(Clone, Debug)]
pub(super) struct Refs {
    buckets: Vec<Bucket>,
    count: usize,
}

impl Refs {
    pub(super) fn with_room(orders: usize) -> Self {
        let buckets = (orders * 2).div_ceil(CELLS).next_power_of_two().max(LEAST);
        Refs { buckets: alloc::vec![EMPTY; buckets], count: 0 }
    }

    #[inline]
    pub(super) fn home(&self, of: OrderRef) -> Home {
        let hash = hash(of.0);
        let mark = (hash >> 48) as u16 | 1;
        Home { bucket: hash as usize & (self.buckets.len() - 1), mark }
    }

    /// The place of the order with this reference.
    #[inline]
    pub(super) fn find(&self, orders: &Orders, home: Home, of: OrderRef) -> Option<Place> {
        let mut at = home.bucket;
        for _ in 0..self.buckets.len() {
            let bucket = &self.buckets[at];
            let mut bits = bucket.with(home.mark);
            while bits != 0 {
                let cell = bits.trailing_zeros() as usize / 8;
                let slot = bucket.slots[cell];
                if orders[slot].order_ref == of {
                    return Some(Place { slot, home: home.bucket, bucket: at, cell });
                }
                bits &= bits - 1;
            }
            if bucket.passed == 0 {
                return None;
            }
            at = self.next(at);
        }
        None
    }

    /// A slot that is most likely that of the order looked for, without a look at the order.
    #[inline]
    pub(super) fn likely(&self, home: Home) -> Option<Slot> {
        let bucket = &self.buckets[home.bucket];
        bucket.slots.get(bucket.first(home.mark)).copied()
    }

    /// Adds an order, whose reference was looked for and is not there.
    #[inline]
    pub(super) fn insert(&mut self, orders: &Orders, home: Home, slot: Slot) {
        self.count += 1;
        self.put(home, slot);
        if self.count * 2 > self.buckets.len() * CELLS {
            self.grow(orders);
        }
    }

    #[inline]
    fn put(&mut self, home: Home, slot: Slot) {
        let mut at = home.bucket;
        loop {
            let bucket = &mut self.buckets[at];
            let cell = bucket.first(UNUSED);
            if cell < CELLS {
                bucket.marks[cell] = home.mark;
                bucket.slots[cell] = slot;
                return;
            }
            bucket.passed += 1;
            at = self.next(at);
        }
    }

    /// Empties a place that was found right before.
    #[inline]
    pub(super) fn remove(&mut self, place: Place) {
        self.count -= 1;
        let mut at = place.home;
        while at != place.bucket {
            self.buckets[at].passed -= 1;
            at = self.next(at);
        }
        self.buckets[at].marks[place.cell] = UNUSED;
    }

    pub(super) fn count(&self) -> usize {
        self.count
    }

    pub(super) fn clear(&mut self) {
        self.buckets.fill(EMPTY);
        self.count = 0;
    }

    /// Asks for the memory in which a reference is looked for first.
    #[inline]
    pub(super) fn fetch(&self, home: Home, fetch: &impl Fetch) {
        fetch.fetch(&self.buckets[home.bucket]);
    }

    #[cold]
    fn grow(&mut self, orders: &Orders) {
        let twice = alloc::vec![EMPTY; self.buckets.len() * 2];
        let old = core::mem::replace(&mut self.buckets, twice);
        for (mark, slot) in old.iter().flat_map(|bucket| bucket.marks.iter().zip(bucket.slots)) {
            if *mark != UNUSED {
                self.put(self.home(orders[slot].order_ref), slot);
            }
        }
    }

    #[inline]
    fn next(&self, at: usize) -> usize {
        (at + 1) & (self.buckets.len() - 1)
    }
}

#[cfg(test)]
mod tests;

//! Live orders by the numbers that brokers gave them (R28).
//!
//! A table of buckets of eight cells, a line of memory each. Eight successive numbers of a channel
//! have the same bucket, so that orders entered one after the other are found side by side. Where
//! a bucket is full, the next ones are used, and every bucket counts those that went past it. The
//! size is fixed by the number of live orders, whatever numbers come, and the seed of the day keeps
//! a broker from choosing numbers that meet.

use alloc::vec::Vec;

use protocol_spec::words::UserRefNum;

use crate::ahead::Fetch;
use crate::book::{Orders, Slot};
use crate::mix::{fold, mix};
use crate::order::Owner;

/// Cells of a bucket.
const CELLS: usize = 8;
/// Buckets of the smallest table.
const LEAST: usize = 4_096;

#[derive(Clone, Copy, Debug)]
struct Live {
    number: UserRefNum,
    slot: Slot,
}

const EMPTY: Live = Live { number: UserRefNum(0), slot: Slot::NONE };

#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
struct Bucket([Live; CELLS]);

/// Where a number is looked for first: a bucket, and a cell of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cell(usize, usize);

const _: () = assert!(size_of::<Bucket>() == 64, "a bucket is a line of memory");

/// The table.
#[derive(Debug)]
pub(crate) struct LiveNumbers {
    buckets: Vec<Bucket>,
    /// For each bucket, how many orders would be in it or before it and are beyond it.
    passed: Vec<u32>,
    seed: u64,
    factor: u64,
}

impl LiveNumbers {
    /// Room for so many orders.
    pub(crate) fn new(orders: u32, seed: u64) -> Self {
        // A quarter full at most: numbers that meet are what costs most here.
        let buckets = (orders as usize * 4).div_ceil(CELLS).next_power_of_two().max(LEAST);
        LiveNumbers {
            buckets: alloc::vec![Bucket([EMPTY; CELLS]); buckets],
            passed: alloc::vec![0; buckets],
            seed: mix(seed),
            factor: mix(mix(seed)) | 1,
        }
    }

    /// Where a number is looked for first.
    #[inline]
    pub(crate) fn home(&self, owner: Owner) -> Cell {
        let channel = u64::from(owner.port.0) << 48 | u64::from(owner.idx.0) << 40;
        let eight = channel | u64::from(owner.user_ref.0 >> 3);
        let hash = fold(eight ^ self.seed, self.factor);
        Cell(hash as usize & (self.buckets.len() - 1), owner.user_ref.0 as usize % CELLS)
    }

    /// The live order of this number.
    #[inline]
    pub(crate) fn find(&self, orders: &Orders, owner: Owner) -> Option<Slot> {
        let is = |cell: &Live| {
            cell.number == owner.user_ref
                && cell.slot != Slot::NONE
                && orders[cell.slot].owner() == owner
        };
        let Cell(home, cell) = self.home(owner);
        let likely = &self.buckets[home].0[cell];
        if is(likely) {
            return Some(likely.slot);
        }
        let mut at = home;
        loop {
            if let Some(cell) = self.buckets[at].0.iter().find(|cell| is(cell)) {
                return Some(cell.slot);
            }
            if self.passed[at] == 0 {
                return None;
            }
            at = self.next(at);
            if at == home {
                return None;
            }
        }
    }

    /// Adds an order, whose number is not live.
    #[inline]
    pub(crate) fn insert(&mut self, owner: Owner, slot: Slot) {
        let new = Live { number: owner.user_ref, slot };
        let Cell(mut at, cell) = self.home(owner);
        let likely = &mut self.buckets[at].0[cell];
        if likely.slot == Slot::NONE {
            *likely = new;
            return;
        }
        loop {
            let bucket = &mut self.buckets[at].0;
            if let Some(free) = bucket.iter_mut().find(|cell| cell.slot == Slot::NONE) {
                *free = new;
                return;
            }
            self.passed[at] += 1;
            at = self.next(at);
        }
    }

    /// Removes an order, which is there.
    #[inline]
    pub(crate) fn remove(&mut self, owner: Owner, slot: Slot) {
        let Cell(mut at, cell) = self.home(owner);
        let likely = &mut self.buckets[at].0[cell];
        if likely.slot == slot {
            likely.slot = Slot::NONE;
            return;
        }
        loop {
            let bucket = &mut self.buckets[at].0;
            if let Some(found) = bucket.iter_mut().find(|cell| cell.slot == slot) {
                found.slot = Slot::NONE;
                return;
            }
            assert!(self.passed[at] > 0, "a live order is in the table");
            self.passed[at] -= 1;
            at = self.next(at);
        }
    }

    /// Asks for the memory in which a number is looked for first.
    #[inline]
    pub(crate) fn fetch(&self, Cell(bucket, _): Cell, fetch: &impl Fetch) {
        fetch.fetch(&self.buckets[bucket].0[0].slot);
    }

    /// The order that is most likely the one looked for, without looking at it.
    #[inline]
    pub(crate) fn likely(&self, Cell(bucket, cell): Cell) -> Option<Slot> {
        let slot = self.buckets[bucket].0[cell].slot;
        (slot != Slot::NONE).then_some(slot)
    }

    #[inline]
    fn next(&self, at: usize) -> usize {
        (at + 1) & (self.buckets.len() - 1)
    }
}

#[cfg(test)]
mod tests;

//! The queues of entries at one price, found by their price.
//!
//! A table of buckets, a line of memory each. The bucket of a level follows from its ladder and
//! price; where it is full, the next ones are used, and every bucket counts those that went past
//! it. A level stays where it is as long as it has entries, so that orders can name it.

use alloc::vec::Vec;
use core::ops::{Index, IndexMut};

use super::key::{Key, LadderId, NIL};
use super::order::EntryId;
use crate::ahead::Fetch;
use crate::mix::{fold, mix};

/// Levels of a bucket.
const CELLS: usize = 2;

/// The entries of a ladder at one price, in the order in which they came.
#[derive(Clone, Copy, Debug)]
#[repr(align(32))]
pub struct Level {
    /// The first entry.
    pub head: EntryId,
    /// The last entry.
    pub tail: EntryId,
    /// The ladder.
    pub ladder: LadderId,
    /// The price.
    pub key: Key,
    /// Entries.
    pub count: u32,
    /// Open shares of all entries whose order has no minimum quantity: what a cross may take (R26).
    pub shares: u64,
}

const UNUSED: Level = Level {
    head: EntryId::NONE,
    tail: EntryId::NONE,
    ladder: LadderId(NIL),
    key: Key::NONE,
    count: 0,
    shares: 0,
};

#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
struct Bucket([Level; CELLS]);

const _: () = assert!(size_of::<Bucket>() == 64, "a bucket is a line of memory");

/// Where a level is looked for first.
#[derive(Clone, Copy, Debug)]
pub(super) struct Home(usize);

/// All levels.
#[derive(Debug)]
pub(super) struct Levels {
    buckets: Vec<Bucket>,
    /// For each bucket, how many levels would be in it or before it and are beyond it.
    passed: Vec<u32>,
    room: u32,
    seed: u64,
    factor: u64,
}

impl Levels {
    /// Room for so many. The seed keeps brokers from choosing prices that meet.
    pub(super) fn new(count: u32, seed: u64) -> Self {
        // Three quarters full at most.
        let buckets = (count as usize * 2).div_ceil(3).next_power_of_two();
        Levels {
            buckets: alloc::vec![Bucket([UNUSED; CELLS]); buckets],
            passed: alloc::vec![0; buckets],
            room: count,
            seed: mix(seed),
            factor: mix(mix(seed)) | 1,
        }
    }

    /// Where the level of a price is looked for first.
    #[inline]
    pub(super) fn home(&self, ladder: LadderId, key: Key) -> Home {
        let both = u64::from(ladder.0) << 32 | u64::from(key.0);
        Home(fold(both ^ self.seed, self.factor) as usize & (self.buckets.len() - 1))
    }

    /// Asks for the memory in which a level is looked for first.
    #[inline]
    pub(super) fn fetch_home(&self, Home(at): Home, fetch: &impl Fetch) {
        fetch.fetch(&self.buckets[at].0[0].key);
    }

    /// Asks for the memory of a level, if it is one.
    #[inline]
    pub(super) fn fetch(&self, level: u32, fetch: &impl Fetch) {
        if let Some(bucket) = self.buckets.get(level as usize / CELLS) {
            fetch.fetch(&bucket.0[0].key);
        }
    }

    /// The level of a price, if it has entries.
    #[inline]
    pub(super) fn find(&self, Home(home): Home, ladder: LadderId, key: Key) -> Option<u32> {
        let mut at = home;
        loop {
            let is = |level: &Level| level.ladder == ladder && level.key == key;
            if let Some(cell) = self.buckets[at].0.iter().position(is) {
                return Some((at * CELLS + cell) as u32);
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

    /// Whether there is room for one more.
    pub(super) fn has_room(&self) -> bool {
        self.room > 0
    }

    /// A level without entries, for a price that has none.
    pub(super) fn take(&mut self, ladder: LadderId, key: Key) -> u32 {
        self.room = self.room.checked_sub(1).expect("two levels more than can be in use");
        let Home(mut at) = self.home(ladder, key);
        loop {
            let bucket = &mut self.buckets[at].0;
            if let Some(cell) = bucket.iter().position(|level| level.key == Key::NONE) {
                bucket[cell] = Level { ladder, key, ..UNUSED };
                return (at * CELLS + cell) as u32;
            }
            self.passed[at] += 1;
            at = self.next(at);
        }
    }

    /// Makes the place of a level whose last entry left available again.
    pub(super) fn give_back(&mut self, level: u32) {
        let Level { ladder, key, shares, .. } = self[level];
        assert!(shares == 0, "no shares are left when the last entry leaves");
        self[level] = UNUSED;
        self.room += 1;
        let Home(mut at) = self.home(ladder, key);
        while at != level as usize / CELLS {
            self.passed[at] -= 1;
            at = self.next(at);
        }
    }

    #[inline]
    fn next(&self, at: usize) -> usize {
        (at + 1) & (self.buckets.len() - 1)
    }
}

impl Index<u32> for Levels {
    type Output = Level;

    #[inline]
    fn index(&self, at: u32) -> &Level {
        &self.buckets[at as usize / CELLS].0[at as usize % CELLS]
    }
}

impl IndexMut<u32> for Levels {
    #[inline]
    fn index_mut(&mut self, at: u32) -> &mut Level {
        &mut self.buckets[at as usize / CELLS].0[at as usize % CELLS]
    }
}

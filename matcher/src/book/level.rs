//! The queues of entries at one price.

use alloc::vec::Vec;
use core::ops::{Index, IndexMut};

use super::key::{Key, LadderId, NIL};
use super::order::EntryId;
use crate::ahead::Fetch;

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

const _: () = assert!(size_of::<Level>() == 32, "two levels are a line of memory");

/// All levels, by number.
#[derive(Debug)]
pub(super) struct Levels {
    pool: Vec<Level>,
    free: Vec<u32>,
}

impl Levels {
    /// Room for so many.
    pub(super) fn new(count: u32) -> Self {
        let unused = Level {
            head: EntryId::NONE,
            tail: EntryId::NONE,
            ladder: LadderId(NIL),
            key: Key::NONE,
            count: 0,
            shares: 0,
        };
        Levels { pool: alloc::vec![unused; count as usize], free: (0..count).rev().collect() }
    }

    /// Whether `at` is the level of this price.
    #[inline]
    pub(super) fn is(&self, at: u32, ladder: LadderId, key: Key) -> bool {
        self.pool.get(at as usize).is_some_and(|level| level.ladder == ladder && level.key == key)
    }

    /// Asks for the memory of a level, if it is one.
    #[inline]
    pub(super) fn fetch(&self, at: u32, fetch: &impl Fetch) {
        if let Some(level) = self.pool.get(at as usize) {
            fetch.fetch(level);
        }
    }

    /// Whether there is room for one more.
    pub(super) fn has_room(&self) -> bool {
        !self.free.is_empty()
    }

    /// A level without entries.
    pub(super) fn take(&mut self, ladder: LadderId, key: Key) -> u32 {
        let at = self.free.pop().expect("two levels more than can be in use");
        let none = EntryId::NONE;
        self.pool[at as usize] = Level { head: none, tail: none, ladder, key, count: 0, shares: 0 };
        at
    }

    /// Makes a level whose last entry left available again.
    pub(super) fn give_back(&mut self, at: u32) {
        let level = &mut self.pool[at as usize];
        assert!(level.shares == 0, "no shares are left when the last entry leaves");
        (level.ladder, level.key) = (LadderId(NIL), Key::NONE);
        self.free.push(at);
    }
}

impl Index<u32> for Levels {
    type Output = Level;

    #[inline]
    fn index(&self, at: u32) -> &Level {
        &self.pool[at as usize]
    }
}

impl IndexMut<u32> for Levels {
    #[inline]
    fn index_mut(&mut self, at: u32) -> &mut Level {
        &mut self.pool[at as usize]
    }
}

/// Where the level of a price was when it was last looked for.
///
/// Only a hint: whoever reads it checks that the level is still of that price. Most orders come
/// where orders are, and are spared the way down the tree by it.
#[derive(Debug)]
pub(super) struct Hints {
    cells: Vec<u32>,
    shift: u32,
}

impl Hints {
    /// For so many levels.
    pub(super) fn new(levels: u32) -> Self {
        let bits = levels.next_power_of_two().trailing_zeros().max(6);
        Hints { cells: alloc::vec![NIL; 1 << bits], shift: u64::BITS - bits }
    }

    #[inline]
    fn cell(&self, ladder: LadderId, key: Key) -> usize {
        let both = u64::from(ladder.0) << 32 | u64::from(key.0);
        (both.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> self.shift) as usize
    }

    /// Asks for the memory of a hint.
    #[inline]
    pub(super) fn fetch(&self, ladder: LadderId, key: Key, fetch: &impl Fetch) {
        fetch.fetch(&self.cells[self.cell(ladder, key)]);
    }

    #[inline]
    pub(super) fn get(&self, ladder: LadderId, key: Key) -> u32 {
        self.cells[self.cell(ladder, key)]
    }

    #[inline]
    pub(super) fn set(&mut self, ladder: LadderId, key: Key, level: u32) {
        let cell = self.cell(ladder, key);
        self.cells[cell] = level;
    }
}

//! The queues of orders at one price.

use alloc::vec::Vec;
use core::ops::{Index, IndexMut};

use matcher::ahead::Fetch;

use super::numbers::{LevelId, Slot};

/// The orders of a ladder at one price, in the order in which they came; at least one.
#[derive(Clone, Copy, Debug)]
#[repr(align(32))]
pub(super) struct Queue {
    pub(super) shares: u64,
    pub(super) head: Slot,
    pub(super) tail: Slot,
    pub(super) count: u32,
}

const _: () = assert!(size_of::<Queue>() == 32, "no queue is in two lines of memory");

/// All queues. There are as many places as there ever were queues at once.
#[derive(Clone, Debug, Default)]
pub(super) struct Levels {
    pool: Vec<Queue>,
    free: Vec<LevelId>,
}

impl Levels {
    pub(super) fn with_room(levels: usize) -> Self {
        Levels { pool: Vec::with_capacity(levels), free: Vec::with_capacity(levels) }
    }

    #[inline]
    pub(super) fn insert(&mut self, queue: Queue) -> LevelId {
        if let Some(id) = self.free.pop() {
            self[id] = queue;
            return id;
        }
        // There are no more queues than orders, whose slots have numbers.
        let id = LevelId(self.pool.len() as u32);
        self.pool.push(queue);
        id
    }

    /// Gives back the place of a queue whose last order left.
    #[inline]
    pub(super) fn remove(&mut self, id: LevelId) {
        self.free.push(id);
    }

    pub(super) fn clear(&mut self) {
        self.pool.clear();
        self.free.clear();
    }

    /// What is at a place, be it a queue or what is left of one, if there is such a place.
    #[inline]
    pub(super) fn get(&self, id: LevelId) -> Option<&Queue> {
        self.pool.get(id.0 as usize)
    }

    /// Asks for the memory of a queue.
    #[inline]
    pub(super) fn fetch(&self, id: LevelId, fetch: &impl Fetch) {
        if let Some(queue) = self.get(id) {
            fetch.fetch(queue);
        }
    }
}

impl Index<LevelId> for Levels {
    type Output = Queue;

    #[inline]
    fn index(&self, id: LevelId) -> &Queue {
        &self.pool[id.0 as usize]
    }
}

impl IndexMut<LevelId> for Levels {
    #[inline]
    fn index_mut(&mut self, id: LevelId) -> &mut Queue {
        &mut self.pool[id.0 as usize]
    }
}

//! The prices of one side of a book in order, and the queue at each.
//!
//! Most of what happens, happens next to the best price. So prices are sorted with the best at the
//! end, where one that comes or goes moves few others. Those that are far away are kept in chunks,
//! so that none ever moves many.

use alloc::vec::Vec;

use matcher::ahead::Fetch;
use protocol_spec::words::Price;

use super::numbers::LevelId;
use super::words::Side;

/// Most prices that are moved by one.
const MOST: usize = 128;
/// So many from the best on are looked at one by one.
const NEAR: usize = 8;
/// Prices in a line of memory.
const LINE: usize = 8;
/// Lines of the best prices that are asked for ahead.
const LINES: usize = 4;

/// A price, such that the better one is the greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank(u32);

impl Rank {
    #[inline]
    pub(super) const fn of(side: Side, price: Price) -> Self {
        match side {
            Side::Buy => Rank(price.0),
            Side::Sell => Rank(!price.0),
        }
    }

    #[inline]
    pub(super) const fn price(self, side: Side) -> Price {
        match side {
            Side::Buy => Price(self.0),
            Side::Sell => Price(!self.0),
        }
    }
}

/// A price at which there are orders.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rung {
    pub(super) rank: Rank,
    pub(super) level: LevelId,
}

/// Where a price is or would be, until one comes or goes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    /// Among the best ones.
    Near(usize),
    /// In this chunk, at this place in it.
    Far(usize, usize),
}

/// The prices at which there are orders.
#[derive(Clone, Debug, Default)]
#[repr(align(64))]
pub(super) struct Ladder {
    /// The best ones, ascending; empty only if there is none at all.
    near: Vec<Rung>,
    /// All that are below them, in ascending chunks, none of which is empty.
    far: Vec<Vec<Rung>>,
    /// Whether the security was listed.
    pub(super) listed: bool,
}

impl Ladder {
    #[inline]
    pub(super) fn best(&self) -> Option<Rung> {
        self.near.last().copied()
    }

    /// All of them, from the best on.
    pub(super) fn iter(&self) -> impl Iterator<Item = Rung> {
        let far = self.far.iter().rev().flat_map(|chunk| chunk.iter().rev());
        self.near.iter().rev().chain(far).copied()
    }

    /// The queue at a price, or the place where it would be.
    #[inline]
    pub(super) fn find(&self, rank: Rank) -> Result<LevelId, Place> {
        let place = self.place(rank);
        let rung = match place {
            Place::Near(at) => self.near.get(at),
            Place::Far(chunk, at) => self.far[chunk].get(at),
        };
        rung.filter(|rung| rung.rank == rank).map(|rung| rung.level).ok_or(place)
    }

    #[inline]
    fn place(&self, rank: Rank) -> Place {
        if self.far.is_empty() || self.near.first().is_some_and(|first| rank >= first.rank) {
            return Place::Near(below(&self.near, rank));
        }
        let chunk = self.far.partition_point(|chunk| chunk[0].rank <= rank).max(1) - 1;
        Place::Far(chunk, below(&self.far[chunk], rank))
    }

    /// Adds one where it was not found.
    #[inline]
    pub(super) fn insert(&mut self, place: Place, rung: Rung) {
        match place {
            Place::Near(at) => {
                self.near.insert(at, rung);
                if self.near.len() > MOST {
                    let best = self.near.split_off(MOST / 2);
                    self.far.push(core::mem::replace(&mut self.near, best));
                }
            }
            Place::Far(chunk, at) => {
                self.far[chunk].insert(at, rung);
                if self.far[chunk].len() > MOST {
                    let better = self.far[chunk].split_off(MOST / 2);
                    self.far.insert(chunk + 1, better);
                }
            }
        }
    }

    /// Removes one that is there.
    #[inline]
    pub(super) fn remove(&mut self, rank: Rank) {
        let removed = match self.place(rank) {
            Place::Near(at) => {
                let removed = self.near.remove(at);
                if self.near.is_empty()
                    && let Some(chunk) = self.far.pop()
                {
                    self.near = chunk;
                }
                removed
            }
            Place::Far(chunk, at) => {
                let removed = self.far[chunk].remove(at);
                if self.far[chunk].is_empty() {
                    self.far.remove(chunk);
                }
                removed
            }
        };
        assert!(removed.rank == rank, "a price that goes was there");
    }

    /// Asks for the memory of the best prices: what comes or goes among them moves some of them.
    #[inline]
    pub(super) fn fetch(&self, fetch: &impl Fetch) {
        for rungs in self.near.rchunks(LINE).take(LINES) {
            fetch.fetch(&rungs[0]);
        }
    }
}

/// How many are below `rank`.
#[inline]
fn below(rungs: &[Rung], rank: Rank) -> usize {
    let near = rungs.len().saturating_sub(NEAR);
    let (far, last) = rungs.split_at(near);
    match last.iter().rposition(|each| each.rank < rank) {
        Some(at) => near + at + 1,
        None => far.partition_point(|each| each.rank < rank),
    }
}

#[cfg(test)]
mod tests;

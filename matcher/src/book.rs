//! The books: resting orders in priority order (R44).
//!
//! ```text
//! security ── Book: four ladders ── tree of prices ── level ── queue of entries ── orders
//!             (buys, sells) x (shown, hidden)
//! ```
//!
//! Displayed and hidden entries of a side stand in ladders of their own, so that the best displayed
//! price is always at hand; at equal prices the displayed ladder comes first. Everything lies in
//! pools that are taken when the day opens. An order is a line of memory; reserve orders, minimum
//! quantities and deadlines have a second one. A level is found by its price in a table, and the
//! tree of a ladder knows which price comes next.

mod key;
mod level;
mod order;
mod tree;

use alloc::vec::Vec;

use protocol_spec::words::{Locate, Price, Shares};

pub use key::{Key, LadderId};
pub use level::Level;
pub use order::{EntryId, Flags, Order, Orders, Slot, Special};

use crate::ahead::Fetch;
use key::NIL;
use level::{Home, Levels};
use tree::{Nodes, Root};

/// The prices of a ladder. 16 bytes: a security's four make a line of memory.
#[derive(Clone, Copy, Debug)]
struct Ladder {
    best: Key,
    best_level: u32,
    root: Root,
}

const _: () = assert!(size_of::<Ladder>() == 16);

const EMPTY: Ladder = Ladder { best: Key::NONE, best_level: NIL, root: Root::EMPTY };

/// A price of a ladder, and where its level is looked for.
#[derive(Clone, Copy, Debug)]
pub struct Spot {
    ladder: LadderId,
    key: Key,
    home: Home,
}

impl Spot {
    /// The security.
    #[must_use]
    #[inline]
    pub const fn locate(self) -> Locate {
        self.ladder.locate()
    }
}

/// The resting orders of all securities.
#[derive(Debug)]
pub struct Books {
    /// The orders, of which those at rest are in the books.
    pub orders: Orders,
    ladders: Vec<Ladder>,
    levels: Levels,
    nodes: Nodes,
    /// (symbol, side, price) with at least one entry (R79).
    in_use: u32,
}

impl Books {
    /// Room for so many securities, orders and levels in use. `seed` is a secret that keeps brokers
    /// from choosing prices that meet in the table of levels; nothing told depends on it.
    #[must_use]
    pub fn new(symbols: u32, orders: u32, levels: u32, seed: u64) -> Self {
        let ladders = (symbols as usize + 1) * 4;
        // A price can have a level in both ladders of its side; two more for what never rests.
        let pool = 2 * (levels + 2);
        Books {
            orders: Orders::new(orders + 1),
            ladders: alloc::vec![EMPTY; ladders],
            levels: Levels::new(pool, seed),
            nodes: Nodes::for_keys(pool as usize, ladders),
            in_use: 0,
        }
    }

    /// (symbol, side, price) with at least one entry.
    #[must_use]
    #[inline]
    pub fn levels_in_use(&self) -> u32 {
        self.in_use
    }

    /// The best price of a ladder; [`Key::NONE`] if it is empty.
    #[must_use]
    #[inline]
    pub fn best(&self, ladder: LadderId) -> Key {
        self.ladders[ladder.index()].best
    }

    /// The first entry of a ladder. The ladder is not empty.
    #[must_use]
    #[inline]
    pub fn first(&self, ladder: LadderId) -> EntryId {
        self.levels[self.ladders[ladder.index()].best_level].head
    }

    /// The entry after `entry` in its ladder, at the same price or the next worse one.
    #[must_use]
    pub fn after(&self, entry: EntryId) -> Option<EntryId> {
        let next = self.orders.links(entry).next;
        if next != EntryId::NONE {
            return Some(next);
        }
        let level = &self.levels[self.orders.level(entry)];
        let (_, below) = self.below(level.ladder, level.key)?;
        Some(self.levels[below].head)
    }

    /// The level at the best price of a ladder that is below `key`, and its price.
    #[must_use]
    pub fn level_below(&self, ladder: LadderId, key: Key) -> Option<(Key, &Level)> {
        self.below(ladder, key).map(|(key, level)| (key, &self.levels[level]))
    }

    fn below(&self, ladder: LadderId, key: Key) -> Option<(Key, u32)> {
        let root = self.ladders[ladder.index()].root;
        let (key, level) = self.nodes.before(root, key.0 as i32)?;
        Some((Key(key as u32), level))
    }

    /// The level at the worst price of a ladder that is above `key`, and its price.
    #[must_use]
    pub fn level_above(&self, ladder: LadderId, key: Key) -> Option<(Key, &Level)> {
        let root = self.ladders[ladder.index()].root;
        let (key, level) = self.nodes.after(root, key.0 as i32)?;
        Some((Key(key as u32), &self.levels[level]))
    }

    /// The entries of a ladder in priority order.
    pub fn entries(&self, ladder: LadderId) -> impl Iterator<Item = EntryId> {
        let first = (self.best(ladder) != Key::NONE).then(|| self.first(ladder));
        core::iter::successors(first, |&entry| self.after(entry))
    }

    /// The level of an entry.
    #[must_use]
    #[inline]
    pub fn level_of(&self, entry: EntryId) -> &Level {
        &self.levels[self.orders.level(entry)]
    }

    /// Gives an entry the last place at its price in `ladder`.
    #[inline]
    pub fn join(&mut self, entry: EntryId, ladder: LadderId, price: Price) {
        let key = ladder.key(price);
        let home = self.levels.home(ladder, key);
        let at = match self.levels.find(home, ladder, key) {
            Some(at) => at,
            None => self.make_level(ladder, key),
        };
        let eligible = self.orders.eligible(entry);
        let level = &mut self.levels[at];
        let last = level.tail;
        level.tail = entry;
        level.count += 1;
        level.shares += u64::from(eligible.0);
        if last == EntryId::NONE {
            level.head = entry;
        } else {
            self.orders.links_mut(last).next = entry;
        }
        self.orders.place(entry, last, at);
    }

    /// Whether an entry is in a queue, of an order that was in none when it was inserted.
    #[must_use]
    pub fn is_placed(&self, entry: EntryId) -> bool {
        self.orders.level(entry) != NIL
    }

    /// Whether there is room for a level more.
    #[must_use]
    pub fn has_room(&self) -> bool {
        self.levels.has_room()
    }

    /// Takes an entry out of its queue.
    #[inline]
    pub fn leave(&mut self, entry: EntryId) {
        let links = *self.orders.links(entry);
        let at = self.orders.level(entry);
        let eligible = self.orders.eligible(entry);
        let level = &mut self.levels[at];
        level.count -= 1;
        level.shares -= u64::from(eligible.0);
        if level.count == 0 {
            return self.drop_level(at);
        }
        if links.prev == EntryId::NONE {
            level.head = links.next;
        } else {
            self.orders.links_mut(links.prev).next = links.next;
        }
        if links.next == EntryId::NONE {
            self.levels[at].tail = links.prev;
        } else {
            self.orders.links_mut(links.next).prev = links.prev;
        }
    }

    /// Takes shares off an entry that stays where it is, and says how many are left.
    #[inline]
    pub fn reduce(&mut self, entry: EntryId, shares: Shares) -> Shares {
        let at = self.orders.level(entry);
        let level = &mut self.levels[at];
        if !self.orders[entry.slot()].flags.has(Flags::MIN_QTY) {
            level.shares -= u64::from(shares.0);
        }
        let open = self.orders.open_mut(entry);
        open.0 -= shares.0;
        *open
    }

    /// A price of a ladder.
    #[must_use]
    #[inline]
    pub fn spot(&self, ladder: LadderId, price: Price) -> Spot {
        let key = ladder.key(price);
        Spot { ladder, key, home: self.levels.home(ladder, key) }
    }

    /// Asks for the memory of a ladder and of the level of a price.
    #[inline]
    pub fn fetch_level(&self, spot: Spot, fetch: &impl Fetch) {
        fetch.fetch(&self.ladders[spot.ladder.index()].best);
        self.levels.fetch_home(spot.home, fetch);
    }

    /// Asks for the memory of the last order at a price; where it has no level, for what is read
    /// to make one.
    #[inline]
    pub fn fetch_tail(&self, spot: Spot, fetch: &impl Fetch) {
        match self.levels.find(spot.home, spot.ladder, spot.key) {
            Some(at) => self.orders.fetch(self.levels[at].tail.slot(), fetch),
            None => self.nodes.fetch(self.ladders[spot.ladder.index()].root, fetch),
        }
    }

    /// Asks for the memory of the first level of a ladder.
    #[inline]
    pub fn fetch_best(&self, ladder: LadderId, fetch: &impl Fetch) {
        self.levels.fetch(self.ladders[ladder.index()].best_level, fetch);
    }

    /// Asks for the memory of what an order is linked to.
    #[inline]
    pub fn fetch_neighbours(&self, slot: Slot, fetch: &impl Fetch) {
        let order = &self.orders[slot];
        self.levels.fetch(order.level, fetch);
        let beside = [order.links.prev.slot(), order.links.next.slot()];
        for slot in beside.into_iter().chain([order.port_prev, order.port_next]) {
            self.orders.fetch(slot, fetch);
        }
    }

    #[inline(never)]
    fn make_level(&mut self, ladder: LadderId, key: Key) -> u32 {
        let at = self.levels.take(ladder, key);
        self.in_use += u32::from(!self.has(ladder.twin(), key));
        let here = &mut self.ladders[ladder.index()];
        self.nodes.insert(&mut here.root, key.0 as i32, at);
        if key > here.best {
            (here.best, here.best_level) = (key, at);
        }
        at
    }

    fn drop_level(&mut self, at: u32) {
        let (ladder, key) = (self.levels[at].ladder, self.levels[at].key);
        self.levels.give_back(at);
        let here = &mut self.ladders[ladder.index()];
        self.nodes.remove(&mut here.root, key.0 as i32);
        if key == here.best {
            let best = self.nodes.last(here.root).map_or((0, NIL), |(key, at)| (key as u32, at));
            (here.best, here.best_level) = (Key(best.0), best.1);
        }
        self.in_use -= u32::from(!self.has(ladder.twin(), key));
    }

    /// Whether a ladder has entries at a price.
    #[must_use]
    pub fn has(&self, ladder: LadderId, key: Key) -> bool {
        let home = self.levels.home(ladder, key);
        self.best(ladder) >= key && self.levels.find(home, ladder, key).is_some()
    }
}

#[cfg(test)]
mod tests;

//! Orders in their pool.

use alloc::vec::Vec;
use core::ops::{BitOr, Index, IndexMut};

use protocol_spec::wire::ouch::{Capacity, Mpid};
use protocol_spec::words::{
    GroupId, Locate, OrderRef, PortId, Price, Shares, Time, UserRefIdx, UserRefNum,
};

use super::key::{LadderId, NIL};
use crate::ahead::Fetch;
use crate::order::{Display, Owner, Side, Strategy, Tif};

/// Where an order is in the pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot(pub(crate) u32);

impl Slot {
    /// The order at this number, from 0, of the pool.
    #[must_use]
    #[inline]
    pub const fn new(number: u32) -> Self {
        Slot(number)
    }

    /// Its number.
    #[must_use]
    #[inline]
    pub const fn number(self) -> u32 {
        self.0
    }

    /// No order.
    pub(crate) const NONE: Slot = Slot(NIL);
}

/// An order's entry in a queue: its main one, or the remainder of a reserve order (R44).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntryId(u32);

impl EntryId {
    /// No entry.
    pub(crate) const NONE: EntryId = EntryId(NIL);
    const REMAINDER: u32 = 1 << 31;

    /// The displayed entry of an order, or the hidden one of a hidden order.
    #[must_use]
    #[inline]
    pub const fn main(slot: Slot) -> Self {
        EntryId(slot.0)
    }

    /// The hidden entry of a reserve order.
    #[must_use]
    #[inline]
    pub const fn remainder(slot: Slot) -> Self {
        EntryId(slot.0 | Self::REMAINDER)
    }

    /// The order.
    #[must_use]
    #[inline]
    pub const fn slot(self) -> Slot {
        Slot(self.0 & !Self::REMAINDER)
    }

    /// Whether it is the hidden entry of a reserve order.
    #[must_use]
    #[inline]
    pub const fn is_remainder(self) -> bool {
        self.0 & Self::REMAINDER != 0
    }
}

/// The neighbours of an entry in its queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Links {
    pub(crate) prev: EntryId,
    pub(crate) next: EntryId,
}

const ALONE: Links = Links { prev: EntryId::NONE, next: EntryId::NONE };

/// What matching has to know of an order at a glance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags(u8);

impl Flags {
    /// It sells.
    pub const SELL: Flags = Flags(1);
    /// The public sees it or its tip.
    pub const SHOWN: Flags = Flags(2);
    /// Only its tip is shown.
    pub const RESERVE: Flags = Flags(4);
    /// It has a minimum quantity.
    pub const MIN_QTY: Flags = Flags(8);
    /// It has a deadline.
    pub const DEADLINE: Flags = Flags(16);
    /// It waits for a new tip (R57).
    pub const REFRESHING: Flags = Flags(32);
    /// It died while it waited for a new tip.
    pub const DEAD: Flags = Flags(64);

    /// Whether any of `flags` is set.
    #[must_use]
    #[inline]
    pub const fn has(self, flags: Flags) -> bool {
        self.0 & flags.0 != 0
    }

    /// Sets `flags`.
    #[inline]
    pub fn set(&mut self, flags: Flags) {
        self.0 |= flags.0;
    }

    /// Clears `flags`.
    #[inline]
    pub fn clear(&mut self, flags: Flags) {
        self.0 &= !flags.0;
    }

    /// `flags` if `on`.
    #[must_use]
    #[inline]
    pub const fn when(self, on: bool) -> Flags {
        if on { self } else { Flags(0) }
    }
}

impl BitOr for Flags {
    type Output = Flags;

    fn bitor(self, other: Flags) -> Flags {
        Flags(self.0 | other.0)
    }
}

/// The line of an order that matching reads.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
pub struct Order {
    pub(crate) links: Links,
    pub(crate) level: u32,
    /// Open shares of the main entry.
    pub open: Shares,
    /// Its reference for life.
    pub order_ref: OrderRef,
    /// The reference of its displayed entry, where it has one.
    pub tip_ref: OrderRef,
    /// Its number within its channel.
    pub user_ref: UserRefNum,
    /// Its port.
    pub port: PortId,
    /// Its channel.
    pub idx: UserRefIdx,
    /// What matching has to know at a glance.
    pub flags: Flags,
    /// Its limit.
    pub price: Price,
    /// Open shares of a reserve order's hidden entry.
    pub remainder: Shares,
    /// Its firm.
    pub firm: Mpid,
    /// Its group within the firm, for self-match prevention.
    pub aiq_group: [u8; 2],
    /// Its security.
    pub locate: Locate,
    /// The order of the port before it, by reference.
    pub(crate) port_prev: Slot,
    /// The order of the port after it, by reference.
    pub(crate) port_next: Slot,
}

const _: () = assert!(size_of::<Order>() == 64, "an order is a line of memory");

impl Order {
    /// A line in which nothing is said yet.
    pub const BLANK: Order = Order {
        links: ALONE,
        level: NIL,
        open: Shares(0),
        order_ref: OrderRef(0),
        tip_ref: OrderRef(0),
        user_ref: UserRefNum(0),
        port: PortId(0),
        idx: UserRefIdx(0),
        flags: Flags(0),
        price: Price(0),
        remainder: Shares(0),
        firm: Mpid::BLANK,
        aiq_group: *b"  ",
        locate: Locate(0),
        port_prev: Slot::NONE,
        port_next: Slot::NONE,
    };

    /// Whose it is.
    #[must_use]
    #[inline]
    pub const fn owner(&self) -> Owner {
        Owner { port: self.port, idx: self.idx, user_ref: self.user_ref }
    }

    /// Shares it has left.
    #[must_use]
    #[inline]
    pub const fn leaves(&self) -> Shares {
        Shares(self.open.0 + self.remainder.0)
    }

    /// Whether it buys.
    #[must_use]
    #[inline]
    pub const fn buys(&self) -> bool {
        !self.flags.has(Flags::SELL)
    }

    /// The displayed or hidden ladder that it would trade with.
    #[must_use]
    #[inline]
    pub const fn opposite(&self, hidden: bool) -> LadderId {
        LadderId::new(self.locate, !self.buys(), hidden)
    }

    /// Whether both are of one party (R52).
    #[must_use]
    #[inline]
    pub fn same_party(&self, other: &Order) -> bool {
        self.firm == other.firm && self.aiq_group == other.aiq_group
    }
}

/// The line of an order that only admission and changes read.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
pub struct Terms {
    /// When it ends, if it has a deadline.
    pub deadline: Time,
    /// Shares liable for the whole chain of replaces (R4).
    pub total: Shares,
    /// Least shares of an execution.
    pub min_qty: Shares,
    /// Displayed part of a reserve order.
    pub max_floor: Shares,
    /// Range by which the displayed part varies.
    pub random_reserves: Shares,
    /// Refreshes it had.
    pub refreshes: u32,
    /// The next order that waits for a new tip.
    pub(crate) refresh_next: Slot,
    /// Neighbours of the remainder.
    pub(crate) remainder_links: Links,
    /// Level of the remainder.
    pub(crate) remainder_level: u32,
    /// Where it is in the heap of deadlines.
    pub(crate) due_at: u32,
    /// The account that answers for it (R43).
    pub account: u32,
    /// The broker's own grouping.
    pub group: GroupId,
    /// For whom the broker acts.
    pub capacity: Capacity,
    /// How long it may live.
    pub tif: Tif,
    /// How much the public sees.
    pub display: Display,
    /// Its side, with the kind of sale.
    pub side: Side,
    /// What becomes of orders that it would trade with.
    pub strategy: Strategy,
    /// Whether it only adds.
    pub post_only: bool,
}

const _: () = assert!(size_of::<Terms>() == 64, "an order's terms are a line of memory");

impl Terms {
    /// Terms in which nothing is said yet.
    pub const BLANK: Terms = Terms {
        deadline: Time(0),
        total: Shares(0),
        min_qty: Shares(0),
        max_floor: Shares(0),
        random_reserves: Shares(0),
        refreshes: 0,
        refresh_next: Slot::NONE,
        remainder_links: ALONE,
        remainder_level: NIL,
        due_at: NIL,
        account: 0,
        group: GroupId(0),
        capacity: Capacity::AGENCY,
        tif: Tif::Day,
        display: Display::Visible,
        side: Side::Buy,
        strategy: Strategy::Trade,
        post_only: false,
    };
}

impl Terms {
    /// What matching has to know of an order with these terms.
    #[must_use]
    #[inline]
    pub fn flags(&self) -> Flags {
        Flags::SELL.when(!self.side.is_buy())
            | Flags::SHOWN.when(self.display.is_shown())
            | Flags::RESERVE.when(self.max_floor.0 > 0)
            | Flags::MIN_QTY.when(self.min_qty.0 > 0)
            | Flags::DEADLINE.when(self.tif == Tif::Gtt)
    }
}

/// All orders, by slot.
#[derive(Debug)]
pub struct Orders {
    pool: Vec<Place>,
    free: Vec<u32>,
}

/// Both lines of an order, side by side, so that they share a page.
#[derive(Clone, Copy, Debug)]
#[repr(align(128))]
struct Place {
    order: Order,
    terms: Terms,
}

impl Orders {
    /// Room for so many. Touches all the memory.
    pub(super) fn new(count: u32) -> Self {
        Orders {
            pool: alloc::vec![Place { order: Order::BLANK, terms: Terms::BLANK }; count as usize],
            free: (0..count).rev().collect(),
        }
    }

    /// Puts an order into the pool. It rests nowhere yet.
    ///
    /// # Panics
    /// If there is no room: whoever admits orders counts them.
    #[inline]
    pub fn insert(&mut self, order: Order, terms: Terms) -> Slot {
        let slot = self.next();
        self.write(slot, order, terms);
        self.keep(slot);
        slot
    }

    /// How many there are.
    #[must_use]
    #[inline]
    pub fn count(&self) -> usize {
        self.pool.len() - self.free.len()
    }

    /// The slot that the next order gets.
    ///
    /// # Panics
    /// If there is no room: whoever admits orders counts them.
    #[must_use]
    #[inline]
    pub fn next(&self) -> Slot {
        Slot(*self.free.last().expect("one order more than may live"))
    }

    /// Writes an order into the next slot, from which it may yet be turned away.
    #[inline]
    pub(crate) fn write(&mut self, slot: Slot, order: Order, terms: Terms) {
        self.pool[slot.0 as usize] = Place { order, terms };
    }

    /// The next slot, to be filled: what an order does not begin with is blank.
    #[inline(always)]
    pub(crate) fn blank(&mut self, slot: Slot) -> (&mut Order, &mut Terms) {
        let Place { order, terms } = &mut self.pool[slot.0 as usize];
        (order.level, order.remainder) = (NIL, Shares(0));
        (terms.remainder_level, terms.refreshes) = (NIL, 0);
        (order, terms)
    }

    /// The order in the next slot stays.
    #[inline]
    pub(crate) fn keep(&mut self, slot: Slot) {
        let next = self.free.pop();
        debug_assert_eq!(next, Some(slot.0), "an order is kept right after it was written");
    }

    /// Takes an order that rests nowhere out of the pool.
    #[inline]
    pub fn remove(&mut self, slot: Slot) {
        self.free.push(slot.0);
    }

    /// Asks for the memory of an order, but not of its terms: matching and cancels seldom look.
    #[inline]
    pub fn fetch(&self, slot: Slot, fetch: &impl Fetch) {
        if let Some(place) = self.pool.get(slot.0 as usize) {
            fetch.fetch(&place.order.open);
        }
    }

    /// The terms of an order.
    #[must_use]
    #[inline]
    pub fn terms(&self, slot: Slot) -> &Terms {
        &self.pool[slot.0 as usize].terms
    }

    /// The terms of an order.
    #[inline]
    pub fn terms_mut(&mut self, slot: Slot) -> &mut Terms {
        &mut self.pool[slot.0 as usize].terms
    }

    /// Open shares of an entry.
    #[must_use]
    #[inline]
    pub fn open(&self, entry: EntryId) -> Shares {
        let order = &self[entry.slot()];
        if entry.is_remainder() { order.remainder } else { order.open }
    }

    #[inline]
    pub(super) fn open_mut(&mut self, entry: EntryId) -> &mut Shares {
        let order = &mut self[entry.slot()];
        if entry.is_remainder() { &mut order.remainder } else { &mut order.open }
    }

    /// Shares of an entry that a cross may take (R26).
    #[inline]
    pub(super) fn eligible(&self, entry: EntryId) -> Shares {
        if self[entry.slot()].flags.has(Flags::MIN_QTY) { Shares(0) } else { self.open(entry) }
    }

    #[inline]
    pub(super) fn links(&self, entry: EntryId) -> &Links {
        if entry.is_remainder() {
            &self.terms(entry.slot()).remainder_links
        } else {
            &self[entry.slot()].links
        }
    }

    #[inline]
    pub(super) fn links_mut(&mut self, entry: EntryId) -> &mut Links {
        if entry.is_remainder() {
            &mut self.terms_mut(entry.slot()).remainder_links
        } else {
            &mut self[entry.slot()].links
        }
    }

    #[inline]
    pub(super) fn level(&self, entry: EntryId) -> u32 {
        if entry.is_remainder() {
            self.terms(entry.slot()).remainder_level
        } else {
            self[entry.slot()].level
        }
    }

    /// Puts an entry behind `prev` in a level.
    #[inline]
    pub(super) fn place(&mut self, entry: EntryId, prev: EntryId, level: u32) {
        let links = Links { prev, next: EntryId::NONE };
        if entry.is_remainder() {
            let terms = self.terms_mut(entry.slot());
            (terms.remainder_links, terms.remainder_level) = (links, level);
        } else {
            let order = &mut self[entry.slot()];
            (order.links, order.level) = (links, level);
        }
    }
}

impl Index<Slot> for Orders {
    type Output = Order;

    #[inline]
    fn index(&self, slot: Slot) -> &Order {
        &self.pool[slot.0 as usize].order
    }
}

impl IndexMut<Slot> for Orders {
    #[inline]
    fn index_mut(&mut self, slot: Slot) -> &mut Order {
        &mut self.pool[slot.0 as usize].order
    }
}

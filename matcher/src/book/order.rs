//! Orders in their pool.

use alloc::vec::Vec;
use core::ops::{BitOr, Index, IndexMut};

use protocol_spec::wire::ouch::Capacity;
use protocol_spec::words::{
    GroupId, Locate, OrderRef, PortId, Price, Shares, Time, UserRefIdx, UserRefNum,
};

use super::key::{LadderId, NIL};
use crate::accounts::Account;
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
    /// Whatever makes an order special.
    pub const SPECIAL: Flags = Flags(4 | 8 | 16);

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

/// The line of an order that every order has, and most orders have alone.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
pub struct Order {
    pub(crate) links: Links,
    pub(crate) level: u32,
    /// Open shares of the main entry.
    pub open: Shares,
    /// Its reference for life.
    pub order_ref: OrderRef,
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
    /// Shares liable for the whole chain of replaces (R4).
    pub total: Shares,
    /// The account that answers for it, which also says whose firm it is of (R43).
    pub account: Account,
    /// Its security.
    pub locate: Locate,
    /// Its group within the firm, for self-match prevention.
    pub aiq_group: [u8; 2],
    /// The order of the port before it, by reference.
    pub(crate) port_prev: Slot,
    /// The order of the port after it, by reference.
    pub(crate) port_next: Slot,
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

const _: () = assert!(size_of::<Order>() == 64, "an order is a line of memory");

impl Order {
    /// A line in which nothing is said yet.
    pub const BLANK: Order = Order {
        links: ALONE,
        level: NIL,
        open: Shares(0),
        order_ref: OrderRef(0),
        user_ref: UserRefNum(0),
        port: PortId(0),
        idx: UserRefIdx(0),
        flags: Flags(0),
        price: Price(0),
        total: Shares(0),
        account: Account(0),
        locate: Locate(0),
        aiq_group: *b"  ",
        port_prev: Slot::NONE,
        port_next: Slot::NONE,
        group: GroupId(0),
        capacity: Capacity::AGENCY,
        tif: Tif::Day,
        display: Display::Visible,
        side: Side::Buy,
        strategy: Strategy::Trade,
        post_only: false,
    };

    /// Whose it is.
    #[must_use]
    #[inline]
    pub const fn owner(&self) -> Owner {
        Owner { port: self.port, idx: self.idx, user_ref: self.user_ref }
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

    /// What matching has to know of an order with these special terms.
    #[must_use]
    #[inline]
    pub(crate) fn flags_with(&self, special: &Special) -> Flags {
        Flags::SELL.when(!self.side.is_buy())
            | Flags::SHOWN.when(self.display.is_shown())
            | Flags::RESERVE.when(special.max_floor.0 | special.random_reserves.0 > 0)
            | Flags::MIN_QTY.when(special.min_qty.0 > 0)
            | Flags::DEADLINE.when(self.tif == Tif::Gtt)
    }
}

/// The line that only orders with more than a limit have: reserve orders, orders with a minimum
/// quantity or a deadline. Of others it says nothing.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
pub struct Special {
    /// When it ends, if it has a deadline.
    pub deadline: Time,
    /// The reference of a reserve order's displayed entry.
    pub tip_ref: OrderRef,
    /// Open shares of a reserve order's hidden entry.
    pub remainder: Shares,
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
}

const _: () = assert!(size_of::<Special>() == 64, "special terms are a line of memory");

impl Special {
    /// Those of an order that has none.
    pub const NONE: Special = Special {
        deadline: Time(0),
        tip_ref: OrderRef(0),
        remainder: Shares(0),
        min_qty: Shares(0),
        max_floor: Shares(0),
        random_reserves: Shares(0),
        refreshes: 0,
        refresh_next: Slot::NONE,
        remainder_links: ALONE,
        remainder_level: NIL,
        due_at: NIL,
    };
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
    special: Special,
}

impl Orders {
    /// Room for so many.
    pub(super) fn new(count: u32) -> Self {
        let blank = Place { order: Order::BLANK, special: Special::NONE };
        Orders { pool: alloc::vec![blank; count as usize], free: (0..count).rev().collect() }
    }

    /// Puts an order into the pool. It rests nowhere yet.
    ///
    /// # Panics
    /// If there is no room: whoever admits orders counts them.
    #[inline]
    pub fn insert(&mut self, order: Order, special: &Special) -> Slot {
        let slot = self.next();
        self.write(slot, order, special);
        self.keep(slot);
        slot
    }

    /// How many there are.
    #[must_use]
    #[inline]
    pub fn count(&self) -> usize {
        self.pool.len() - self.free.len()
    }

    /// Whether there is room for an order more.
    #[must_use]
    pub fn has_room(&self) -> bool {
        !self.free.is_empty()
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
    pub(crate) fn write(&mut self, slot: Slot, order: Order, special: &Special) {
        let place = &mut self.pool[slot.0 as usize];
        place.order = order;
        if order.flags.has(Flags::SPECIAL) {
            place.special = *special;
        }
    }

    /// The next slot, to be filled.
    #[inline(always)]
    pub(crate) fn blank(&mut self, slot: Slot) -> (&mut Order, &mut Special) {
        let Place { order, special } = &mut self.pool[slot.0 as usize];
        order.level = NIL;
        (order, special)
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

    /// Asks for the memory of an order, but not of its special terms.
    #[inline]
    pub fn fetch(&self, slot: Slot, fetch: &impl Fetch) {
        if let Some(place) = self.pool.get(slot.0 as usize) {
            fetch.fetch(&place.order.open);
        }
    }

    /// The special terms of an order that is special.
    #[must_use]
    #[inline]
    pub fn special(&self, slot: Slot) -> &Special {
        let place = &self.pool[slot.0 as usize];
        debug_assert!(place.order.flags.has(Flags::SPECIAL), "others have none");
        &place.special
    }

    /// The special terms of an order that is special.
    #[inline]
    pub fn special_mut(&mut self, slot: Slot) -> &mut Special {
        let place = &mut self.pool[slot.0 as usize];
        debug_assert!(place.order.flags.has(Flags::SPECIAL), "others have none");
        &mut place.special
    }

    /// The line for special terms, whether there are any or not.
    #[must_use]
    #[inline]
    pub(crate) fn any_special(&self, slot: Slot) -> &Special {
        &self.pool[slot.0 as usize].special
    }

    /// The special terms of any order.
    #[must_use]
    pub fn special_if(&self, slot: Slot) -> Special {
        if self[slot].flags.has(Flags::SPECIAL) { *self.special(slot) } else { Special::NONE }
    }

    /// Open shares of a reserve order's hidden entry; 0 of other orders.
    #[must_use]
    #[inline]
    pub fn remainder(&self, slot: Slot) -> Shares {
        if self[slot].flags.has(Flags::RESERVE) { self.special(slot).remainder } else { Shares(0) }
    }

    /// Shares that an order has left.
    #[must_use]
    #[inline]
    pub fn leaves(&self, slot: Slot) -> Shares {
        Shares(self[slot].open.0 + self.remainder(slot).0)
    }

    /// The reference under which the public knows an order's displayed entry, where it has one.
    #[must_use]
    #[inline]
    pub fn tip_ref(&self, slot: Slot) -> OrderRef {
        let order = &self[slot];
        if order.flags.has(Flags::RESERVE) { self.special(slot).tip_ref } else { order.order_ref }
    }

    /// Open shares of an entry.
    #[must_use]
    #[inline]
    pub fn open(&self, entry: EntryId) -> Shares {
        let slot = entry.slot();
        if entry.is_remainder() { self.special(slot).remainder } else { self[slot].open }
    }

    #[inline]
    pub(super) fn open_mut(&mut self, entry: EntryId) -> &mut Shares {
        let slot = entry.slot();
        if entry.is_remainder() {
            &mut self.special_mut(slot).remainder
        } else {
            &mut self[slot].open
        }
    }

    /// Shares of an entry that a cross may take (R26).
    #[inline]
    pub(super) fn eligible(&self, entry: EntryId) -> Shares {
        if self[entry.slot()].flags.has(Flags::MIN_QTY) { Shares(0) } else { self.open(entry) }
    }

    #[inline]
    pub(super) fn links(&self, entry: EntryId) -> &Links {
        if entry.is_remainder() {
            &self.special(entry.slot()).remainder_links
        } else {
            &self[entry.slot()].links
        }
    }

    #[inline]
    pub(super) fn links_mut(&mut self, entry: EntryId) -> &mut Links {
        if entry.is_remainder() {
            &mut self.special_mut(entry.slot()).remainder_links
        } else {
            &mut self[entry.slot()].links
        }
    }

    #[inline]
    pub(super) fn level(&self, entry: EntryId) -> u32 {
        if entry.is_remainder() {
            self.special(entry.slot()).remainder_level
        } else {
            self[entry.slot()].level
        }
    }

    /// Puts an entry behind `prev` in a level.
    #[inline]
    pub(super) fn place(&mut self, entry: EntryId, prev: EntryId, level: u32) {
        let links = Links { prev, next: EntryId::NONE };
        if entry.is_remainder() {
            let special = self.special_mut(entry.slot());
            (special.remainder_links, special.remainder_level) = (links, level);
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

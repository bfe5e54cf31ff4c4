//! The exchange on an open day: everything it knows.

use alloc::vec::Vec;

use protocol_spec::wire::ouch::{Mpid, RejectReason};
use protocol_spec::words::{MatchNo, OrderRef, PortId, Shares, Time};

use super::deadlines::Deadlines;
use super::port::{Ports, reference};
use super::refreshing::Refreshing;
use super::security::Securities;
use super::switches::Switches;
use super::task::Task;
use crate::accounts::Reserve;
use crate::book::{Books, Flags, Order, Slot};
use crate::event::{Event, Events};
use crate::live::LiveNumbers;
use crate::order::Owner;
use crate::phase::Phase;
use crate::settings::Day;

/// The deepest that tasks lie upon one another.
const TASKS: usize = 16;

/// An open day.
#[derive(Debug)]
pub(super) struct Market<A> {
    pub(super) day: Day,
    /// The time of the command that is executed.
    pub(super) now: Time,
    pub(super) phase: Phase,
    /// Whether system hours began today (R21, step 1).
    pub(super) started: bool,
    /// Whether the day is over (R23).
    pub(super) ended: bool,
    pub(super) counts: Counts,
    pub(super) securities: Securities,
    pub(super) ports: Ports,
    pub(super) books: Books,
    pub(super) live: LiveNumbers,
    /// Live orders at rest.
    pub(super) live_orders: u32,
    pub(super) deadlines: Deadlines,
    pub(super) switches: Switches,
    /// The numbers of broken trades, ascending (R78).
    pub(super) broken: Vec<MatchNo>,
    /// Ports and firms in the order in which they first came together: the accounts (R43).
    pub(super) accounts: Vec<(PortId, Mpid)>,
    /// Orders that wait for a new tip (R57).
    pub(super) refreshing: Refreshing,
    /// Room for the next orders of all ports, while no walk has it.
    pub(super) heads: Vec<(OrderRef, Slot)>,
    /// What is left to do of the command, the next last; empty between commands.
    pub(super) tasks: Vec<Task>,
    /// What watches accounts.
    pub(super) watch: A,
}

/// The counters of the day: what was given last (R5, R6).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) public: u64,
    pub(super) private: u64,
    pub(super) matches: u64,
}

impl Counts {
    /// The next order reference.
    #[inline]
    pub(super) fn next_ref(&mut self, public: bool) -> OrderRef {
        let count = if public { &mut self.public } else { &mut self.private };
        *count += 1;
        reference(*count, public)
    }

    /// The next match number.
    #[inline]
    pub(super) fn next_match(&mut self) -> MatchNo {
        self.matches += 1;
        MatchNo(self.matches)
    }
}

impl<A> Market<A> {
    /// The day that `day` opens, with all its memory.
    pub(super) fn open(day: Day, now: Time, watch: A) -> Self {
        let limits = day.limits;
        Market {
            now,
            phase: Phase::Closed,
            started: false,
            ended: false,
            counts: Counts::default(),
            securities: Securities::new(limits.symbols),
            ports: Ports::NONE,
            books: Books::new(limits.symbols, limits.live_orders, limits.levels, day.seed),
            live: LiveNumbers::new(limits.live_orders, day.seed),
            live_orders: 0,
            deadlines: Deadlines::new(limits.live_orders, limits.ports),
            switches: Switches::default(),
            broken: Vec::with_capacity(limits.broken_trades as usize),
            accounts: Vec::new(),
            refreshing: Refreshing::default(),
            heads: Vec::with_capacity(limits.ports as usize),
            tasks: Vec::with_capacity(TASKS),
            watch,
            day,
        }
    }

    /// The live order of a number.
    #[inline]
    pub(super) fn find(&self, owner: Owner) -> Option<Slot> {
        self.live.find(&self.books.orders, owner)
    }

    /// Adds an order of the pool to every index but the books.
    #[inline]
    pub(super) fn index(&mut self, slot: Slot) {
        let orders = &mut self.books.orders;
        let order = &orders[slot];
        let (flags, locate, buys) = (order.flags, order.locate, order.buys());
        let owner = order.owner();
        self.live.insert(owner, slot);
        self.ports.of(owner.port).link(orders, slot);
        self.live_orders += 1;
        if flags.has(Flags::MIN_QTY | Flags::DEADLINE) {
            if flags.has(Flags::MIN_QTY) {
                *self.securities[locate].min_qty_orders(buys) += 1;
            }
            if flags.has(Flags::DEADLINE) {
                self.deadlines.add(orders, slot);
            }
        }
    }

    /// Takes an order that has left the books out of every index.
    ///
    /// One that waits for a new tip keeps its slot until its turn comes.
    #[inline]
    pub(super) fn bury(&mut self, slot: Slot) {
        let orders = &mut self.books.orders;
        let order = &orders[slot];
        let (flags, locate, buys) = (order.flags, order.locate, order.buys());
        let owner = order.owner();
        self.live.remove(owner, slot);
        self.ports.of(owner.port).unlink(orders, slot);
        self.live_orders -= 1;
        if !flags.has(Flags::MIN_QTY | Flags::DEADLINE | Flags::REFRESHING) {
            return orders.remove(slot);
        }
        if flags.has(Flags::MIN_QTY) {
            *self.securities[locate].min_qty_orders(buys) -= 1;
        }
        if flags.has(Flags::DEADLINE) {
            self.deadlines.remove(orders, slot);
        }
        if flags.has(Flags::REFRESHING) {
            orders[slot].flags.set(Flags::DEAD);
        } else {
            orders.remove(slot);
        }
    }

    /// What the account of an order has reserved for `shares` of it.
    #[inline]
    pub(super) fn reserve(order: &Order, shares: Shares) -> Reserve {
        let (account, locate) = (order.account, order.locate);
        Reserve { account, locate, buys: order.buys(), price: order.price, shares }
    }

    /// The firm of an order.
    #[inline]
    pub(super) fn firm(&self, order: &Order) -> Mpid {
        self.accounts[order.account.0 as usize].1
    }

    /// Whether two orders are of one party (R52).
    #[inline]
    pub(super) fn same_party(&self, one: &Order, other: &Order) -> bool {
        self.firm(one) == self.firm(other) && one.aiq_group == other.aiq_group
    }
}

/// Refuses a request.
#[inline]
pub(super) fn reject(events: &mut Events, owner: Owner, reason: RejectReason) {
    events.push(Event::Rejected { owner, reason });
}

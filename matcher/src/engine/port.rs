//! The brokers' ports: numbers, throttle, connections, live orders.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::ops::{Index, IndexMut};

use protocol_spec::wire::ouch::Mpid;
use protocol_spec::words::{OrderRef, PortId, Time, UserRefIdx, UserRefNum};

use crate::accounts::Account;
use crate::book::{Orders, Slot};
use crate::order::Owner;
use crate::settings::Port as Settings;

/// A reference beyond this bit is private (R5).
const PRIVATE: u64 = 1 << 55;
/// What a message costs, in the bucket's unit.
const MESSAGE: u64 = 1_000_000_000;

/// The number of a port that exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PortAt(u16);

/// A port of the day.
#[derive(Clone, Debug)]
pub(super) struct Port {
    pub(super) settings: Settings,
    /// Whether price, size or value of its orders are limited: a function of the settings.
    pub(super) limited: bool,
    /// The account of each firm, in the order of the settings.
    pub(super) accounts: Vec<Account>,
    /// The last number of each channel (R28).
    pub(super) last: Box<[UserRefNum; 256]>,
    pub(super) bucket: Bucket,
    /// The connection that has the port (R36).
    pub(super) conn: Option<u64>,
    /// When its orders are canceled, if no connection takes it before (R37).
    pub(super) deadline: Option<Time>,
    /// Its live orders at rest: with public references, with private ones.
    pub(super) lists: [List; 2],
    /// How many they are.
    pub(super) live: u32,
}

/// What a port may send, filled by time (R35).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bucket {
    pub(super) level: u64,
    pub(super) since: Time,
}

/// Orders of a port by ascending reference, linked through the orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct List {
    pub(super) first: Slot,
    last: Slot,
}

impl List {
    const EMPTY: List = List { first: Slot::NONE, last: Slot::NONE };
}

/// Which of a port's lists an order is in.
pub(super) fn list_of(order_ref: OrderRef) -> usize {
    usize::from(order_ref.0 & PRIVATE != 0)
}

/// The reference with this number, of the public or the private count (R5).
#[inline]
pub(super) fn reference(number: u64, public: bool) -> OrderRef {
    OrderRef(if public { number } else { number | PRIVATE })
}

impl Port {
    pub(super) fn new(settings: Settings, accounts: Vec<Account>, now: Time) -> Self {
        let bucket = Bucket::full(&settings, now);
        Port {
            limited: settings.has_limits(),
            settings,
            accounts,
            last: Box::new([UserRefNum(0); 256]),
            bucket,
            conn: None,
            deadline: None,
            lists: [List::EMPTY; 2],
            live: 0,
        }
    }

    /// Puts other settings in the place of the ones it has.
    pub(super) fn set(&mut self, settings: Settings, accounts: Vec<Account>, now: Time) {
        self.bucket = Bucket::full(&settings, now);
        self.limited = settings.has_limits();
        (self.settings, self.accounts) = (settings, accounts);
    }

    /// Charges the bucket for a message; whether it was empty (R35).
    #[inline]
    pub(super) fn charge(&mut self, now: Time) -> bool {
        if self.settings.rate == 0 || self.settings.burst == 0 { false } else { self.fill(now) }
    }

    #[inline(never)]
    fn fill(&mut self, now: Time) -> bool {
        let Bucket { level, since } = self.bucket;
        let cap = Bucket::cap(&self.settings);
        let gained = u128::from(now.0 - since.0) * u128::from(self.settings.rate);
        let level = (u128::from(level) + gained).min(u128::from(cap)) as u64;
        let empty = level < MESSAGE;
        let level = if empty { level } else { level - MESSAGE };
        self.bucket = Bucket { level, since: now };
        empty
    }

    /// Whether a channel still takes number `n` (R29).
    #[inline]
    pub(super) fn takes(&self, idx: UserRefIdx, n: UserRefNum) -> bool {
        n > self.last[usize::from(idx.0)]
    }

    /// Takes the number of a request.
    #[inline]
    pub(super) fn consume(&mut self, owner: Owner) {
        self.last[usize::from(owner.idx.0)] = owner.user_ref;
    }

    /// The place of a firm among the port's firms; that of the default if it is blank (K15).
    #[inline]
    pub(super) fn firm(&self, firm: Mpid) -> Option<usize> {
        if firm == Mpid::BLANK {
            return Some(0);
        }
        self.settings.firms.iter().position(|&each| each == firm)
    }

    /// Adds an order whose reference is higher than those of all others in its list.
    #[inline(always)]
    pub(super) fn link(&mut self, orders: &mut Orders, slot: Slot) {
        let list = &mut self.lists[list_of(orders[slot].order_ref)];
        orders[slot].port_prev = list.last;
        orders[slot].port_next = Slot::NONE;
        if list.last == Slot::NONE {
            list.first = slot;
        } else {
            orders[list.last].port_next = slot;
        }
        list.last = slot;
        self.live += 1;
    }

    /// Removes an order.
    #[inline(always)]
    pub(super) fn unlink(&mut self, orders: &mut Orders, slot: Slot) {
        let order = &orders[slot];
        let (prev, next) = (order.port_prev, order.port_next);
        let list = &mut self.lists[list_of(order.order_ref)];
        if prev == Slot::NONE {
            list.first = next;
        } else {
            orders[prev].port_next = next;
        }
        if next == Slot::NONE {
            list.last = prev;
        } else {
            orders[next].port_prev = prev;
        }
        self.live -= 1;
    }
}

impl Bucket {
    /// As every setting of the port leaves it.
    pub(super) fn full(settings: &Settings, now: Time) -> Self {
        Bucket { level: Bucket::cap(settings), since: now }
    }

    fn cap(settings: &Settings) -> u64 {
        u64::from(settings.burst) * MESSAGE
    }
}

/// All ports, by number.
#[derive(Debug)]
pub(super) struct Ports {
    /// One more than the highest number long.
    list: Vec<Option<Box<Port>>>,
    count: usize,
}

impl Ports {
    /// No ports yet.
    pub(super) const NONE: Ports = Ports { list: Vec::new(), count: 0 };

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.count
    }

    /// The port of a number, if there is one.
    #[inline(always)]
    pub(super) fn find(&self, number: PortId) -> Option<PortAt> {
        let port = self.list.get(usize::from(number.0))?;
        port.is_some().then_some(PortAt(number.0))
    }

    /// The numbers of all ports from `first` on, ascending.
    pub(super) fn numbers(&self, first: u32) -> impl Iterator<Item = PortId> {
        let rest = self.list.iter().skip(first as usize).flatten();
        rest.map(|port| port.settings.number)
    }

    /// Adds a port with a new number.
    pub(super) fn add(&mut self, port: Port) {
        let number = usize::from(port.settings.number.0);
        if self.list.len() <= number {
            self.list.resize_with(number + 1, || None);
        }
        self.list[number] = Some(Box::new(port));
        self.count += 1;
    }

    /// All ports by ascending number.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Port> {
        self.list.iter().flatten().map(|port| &**port)
    }

    /// The port of an order that lives.
    #[inline(always)]
    pub(super) fn of(&mut self, number: PortId) -> &mut Port {
        &mut self[PortAt(number.0)]
    }
}

impl Index<PortAt> for Ports {
    type Output = Port;

    #[inline(always)]
    fn index(&self, at: PortAt) -> &Port {
        self.list[usize::from(at.0)].as_deref().expect("whoever has a place found a port there")
    }
}

impl IndexMut<PortAt> for Ports {
    #[inline(always)]
    fn index_mut(&mut self, at: PortAt) -> &mut Port {
        self.list[usize::from(at.0)].as_deref_mut().expect("whoever has a place found a port there")
    }
}

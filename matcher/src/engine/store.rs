//! The whole state as bytes, and back (see [`stored`](crate::stored)).
//!
//! Orders are told by reference: first all of them, port by port, then the queues of the books as
//! references in priority order. What follows from these (links, levels, counts, the table of live
//! numbers, the heap of deadlines) is made anew when they are read.

mod tasks;

use alloc::vec::Vec;

use protocol_spec::words::{CommandNo, Locate, OrderRef, Time, UserRefIdx, UserRefNum};

use super::market::{Counts, Market};
use super::port::{Bucket, Port, Ports};
use super::security::{Securities, Security};
use super::switches::Switches;
use super::{Engine, State};
use crate::accounts::Accounts;
use crate::book::{EntryId, Flags, LadderId, Order, Slot, Special};
use crate::command::Switchable;
use crate::order::Owner;
use crate::phase::Phase;
use crate::settings::{self, Day, Instrument};
use crate::stored::{Digest, LoadError, Sink, Source, Stored, array, fields};
use crate::tick::MAX_LIMIT;

/// What every state begins with.
const MAGIC: [u8; 8] = *b"OUTCRYST";
/// The version of the format.
const VERSION: u32 = 2;

impl<A: Accounts> Engine<A> {
    /// Writes the whole state, also in the middle of a command.
    pub fn save(&self, out: &mut dyn Sink) {
        MAGIC.save(out);
        VERSION.save(out);
        Engine::RULES_VERSION.save(out);
        self.last.save(out);
        self.time.save(out);
        match &self.state {
            State::Before(watch) => {
                false.save(out);
                watch.save(out);
            }
            State::Day(market) => {
                true.save(out);
                market.save(out);
            }
        }
    }

    /// Reads a state that [`Engine::save`] wrote.
    ///
    /// # Errors
    /// If the bytes are none.
    pub fn load(from: &mut dyn Source) -> Result<Self, LoadError> {
        if array(from)? != MAGIC {
            return Err(LoadError::NoState);
        }
        for version in [VERSION, Engine::RULES_VERSION] {
            let found = u32::load(from)?;
            if found != version {
                return Err(LoadError::Version(found));
            }
        }
        let (last, time) = (CommandNo::load(from)?, Time::load(from)?);
        let state = match bool::load(from)? {
            false => State::Before(A::load(from)?),
            true => State::Day(Market::load(from)?.into()),
        };
        Ok(Engine { last, time, state })
    }

    /// A number over the whole state: equal states have equal ones.
    #[must_use]
    pub fn digest(&self) -> u64 {
        let mut digest = Digest::default();
        self.save(&mut digest);
        digest.finish()
    }
}

/// An order as it is stored: what cannot be made anew.
struct StoredOrder {
    order: Order,
    special: Special,
}

impl Stored for StoredOrder {
    fn save(&self, out: &mut dyn Sink) {
        let StoredOrder { order, special } = self;
        order.owner().save(out);
        (order.order_ref, order.open).save(out);
        (order.price, order.total).save(out);
        (order.account, order.locate).save(out);
        (order.aiq_group, order.group).save(out);
        (order.capacity, order.tif).save(out);
        (order.display, order.side).save(out);
        (order.strategy, order.post_only).save(out);
        (special.max_floor, special.random_reserves).save(out);
        (special.min_qty, special.deadline).save(out);
        (special.tip_ref, special.remainder).save(out);
        special.refreshes.save(out);
    }

    fn load(from: &mut dyn Source) -> Result<Self, LoadError> {
        let (mut order, mut special) = (Order::BLANK, Special::NONE);
        let owner = Owner::load(from)?;
        (order.port, order.idx, order.user_ref) = (owner.port, owner.idx, owner.user_ref);
        (order.order_ref, order.open) = Stored::load(from)?;
        (order.price, order.total) = Stored::load(from)?;
        (order.account, order.locate) = Stored::load(from)?;
        (order.aiq_group, order.group) = Stored::load(from)?;
        (order.capacity, order.tif) = Stored::load(from)?;
        (order.display, order.side) = Stored::load(from)?;
        (order.strategy, order.post_only) = Stored::load(from)?;
        (special.max_floor, special.random_reserves) = Stored::load(from)?;
        (special.min_qty, special.deadline) = Stored::load(from)?;
        (special.tip_ref, special.remainder) = Stored::load(from)?;
        special.refreshes = Stored::load(from)?;
        order.flags = order.flags_with(&special);
        possible((1..=MAX_LIMIT).contains(&order.price.0), "an order's price")?;
        let liable = order.open.0.checked_add(special.remainder.0);
        possible(liable.is_some_and(|liable| liable <= order.total.0), "an order's shares")?;
        Ok(StoredOrder { order, special })
    }
}

fields! {
    Counts { public private matches }
    Bucket { level since }
    Switches { operator broker }
}

impl Stored for Switchable {
    fn save(&self, out: &mut dyn Sink) {
        match *self {
            Switchable::Port(port) => (0u8, port).save(out),
            Switchable::Firm(firm) => (1u8, firm).save(out),
            Switchable::FirmOnPort(port, firm) => (2u8, (port, firm)).save(out),
        }
    }

    fn load(from: &mut dyn Source) -> Result<Self, LoadError> {
        Ok(match u8::load(from)? {
            0 => Switchable::Port(Stored::load(from)?),
            1 => Switchable::Firm(Stored::load(from)?),
            2 => Switchable::FirmOnPort(Stored::load(from)?, Stored::load(from)?),
            _ => return Err(LoadError::Impossible("a switch")),
        })
    }
}

impl Security {
    fn save(&self, out: &mut dyn Sink) {
        self.settings().save(out);
        (self.overlay, self.reason).save(out);
        (self.told, self.mode).save(out);
        (self.reference, self.executed).save(out);
    }

    fn load(from: &mut dyn Source) -> Result<Self, LoadError> {
        let settings = Instrument::load(from)?;
        settings.check().map_err(|_| LoadError::Impossible("an instrument"))?;
        let mut security = Security::new(settings, Phase::Closed);
        (security.overlay, security.reason) = Stored::load(from)?;
        (security.told, security.mode) = Stored::load(from)?;
        (security.reference, security.executed) = Stored::load(from)?;
        Ok(security)
    }
}

impl Port {
    fn save(&self, out: &mut dyn Sink) {
        self.settings.save(out);
        self.accounts.save(out);
        // Most channels are never used: tell those that are.
        let used = self.last.iter().zip(0u8..=255).filter(|(last, _)| last.0 > 0);
        let used: Vec<_> = used.map(|(last, idx)| (UserRefIdx(idx), *last)).collect();
        used.save(out);
        self.bucket.save(out);
        (self.conn, self.deadline).save(out);
    }

    fn load(from: &mut dyn Source) -> Result<Self, LoadError> {
        let settings = settings::Port::load(from)?;
        let accounts = Vec::load(from)?;
        let whole = settings.check().is_ok() && accounts.len() == settings.firms.len();
        if !whole {
            return Err(LoadError::Impossible("a port"));
        }
        let mut port = Port::new(settings, accounts, Time(0));
        for (idx, last) in Vec::<(UserRefIdx, UserRefNum)>::load(from)? {
            port.last[usize::from(idx.0)] = last;
        }
        port.bucket = Bucket::load(from)?;
        (port.conn, port.deadline) = Stored::load(from)?;
        Ok(port)
    }
}

impl<A: Accounts> Market<A> {
    fn save(&self, out: &mut dyn Sink) {
        self.day.save(out);
        digest(&self.day).save(out);
        (self.now, self.phase).save(out);
        (self.started, self.ended).save(out);
        self.counts.save(out);
        u32::from(self.securities.len()).save(out);
        self.securities.iter().for_each(|(_, security)| security.save(out));
        (self.ports.len() as u32).save(out);
        self.ports.iter().for_each(|port| port.save(out));
        self.switches.save(out);
        self.broken.save(out);
        self.accounts.save(out);
        self.watch.save(out);
        self.save_orders(out);
        self.save_books(out);
        self.save_refreshing(out);
        tasks::save(&self.tasks, &self.books.orders, out);
    }

    fn load(from: &mut dyn Source) -> Result<Self, LoadError> {
        let day = Day::load(from)?;
        // The limits say how much memory is taken: they are not believed where a byte is damaged.
        possible(u64::load(from)? == digest(&day), "a day that was not saved so")?;
        possible(day.limits.are_possible(), "the limits")?;
        let (now, phase) = Stored::load(from)?;
        let (started, ended) = Stored::load(from)?;
        let counts = Stored::load(from)?;
        let mut securities = Securities::new(day.limits.symbols);
        for _ in 0..count(from, day.limits.symbols, "too many securities")? {
            let security = Security::load(from)?;
            possible(securities.find(security.settings().symbol).is_none(), "a symbol twice")?;
            securities.add(security);
        }
        let mut ports = Ports::NONE;
        for _ in 0..count(from, day.limits.ports, "too many ports")? {
            let port = Port::load(from)?;
            possible(ports.find(port.settings.number).is_none(), "a port twice")?;
            ports.add(port);
        }
        let (switches, broken) = (Stored::load(from)?, Stored::load(from)?);
        let accounts = Stored::load(from)?;
        let mut market = Market::open(day, now, A::load(from)?);
        (market.phase, market.started, market.ended) = (phase, started, ended);
        (market.counts, market.securities, market.ports) = (counts, securities, ports);
        (market.switches, market.broken, market.accounts) = (switches, broken, accounts);
        market.remember_deadlines();
        let refs = market.load_orders(from)?;
        market.load_books(from, &refs)?;
        possible(market.are_placed(&refs), "an order in no queue")?;
        market.load_refreshing(from, &refs)?;
        market.tasks = tasks::load(from, &refs, &mut market.books.orders)?;
        Ok(market)
    }

    fn remember_deadlines(&mut self) {
        let deadlines: Vec<_> = self
            .ports
            .iter()
            .filter_map(|port| Some((port.deadline?, port.settings.number)))
            .collect();
        deadlines.into_iter().for_each(|(deadline, port)| self.deadlines.add_port(deadline, port));
    }

    /// The orders of each port by ascending reference.
    fn save_orders(&self, out: &mut dyn Sink) {
        self.live_orders.save(out);
        for port in self.ports.iter() {
            for list in port.lists {
                let mut slot = list.first;
                while slot != Slot::NONE {
                    let (order, special) =
                        (self.books.orders[slot], self.books.orders.special_if(slot));
                    StoredOrder { order, special }.save(out);
                    slot = order.port_next;
                }
            }
        }
    }

    fn load_orders(&mut self, from: &mut dyn Source) -> Result<Refs, LoadError> {
        let mut refs = Vec::new();
        for _ in 0..count(from, self.day.limits.live_orders, "too many orders")? {
            let StoredOrder { order, special } = StoredOrder::load(from)?;
            let known = self.ports.find(order.port).is_some()
                && self.securities.get(order.locate).is_some();
            possible(known, "an order of no port or in no security")?;
            let account = order.account.0 as usize;
            possible(account < self.accounts.len(), "an order of no account")?;
            possible(self.find(order.owner()).is_none(), "a live number twice")?;
            let slot = self.books.orders.insert(order, &special);
            self.index(slot);
            refs.push((order.order_ref, slot));
        }
        possible(self.lists_ascend(), "a port's orders that do not ascend")?;
        refs.sort_unstable_by_key(|(order_ref, _)| *order_ref);
        possible(refs.is_sorted_by(|a, b| a.0 < b.0), "a reference twice")?;
        Ok(Refs(refs))
    }

    /// The queues of every ladder in priority order.
    fn save_books(&self, out: &mut dyn Sink) {
        for ladder in self.ladders() {
            let count = self.books.entries(ladder).count();
            (count as u32).save(out);
            for entry in self.books.entries(ladder) {
                tasks::save_entry(entry, &self.books.orders, out);
            }
        }
    }

    fn load_books(&mut self, from: &mut dyn Source, refs: &Refs) -> Result<(), LoadError> {
        let ladders: Vec<_> = self.ladders().collect();
        for ladder in ladders {
            for _ in 0..u32::load(from)? {
                let entry = tasks::load_entry(from, refs)?;
                possible(entry != EntryId::NONE, "no entry in a queue")?;
                let order = &self.books.orders[entry.slot()];
                let parts = !entry.is_remainder() || order.flags.has(Flags::RESERVE);
                possible(parts, "the remainder of an order that has none")?;
                let shown = order.flags.has(Flags::SHOWN) && !entry.is_remainder();
                let right = LadderId::new(order.locate, order.buys(), !shown) == ladder;
                let open = self.books.orders.open(entry).0 > 0;
                possible(right && open, "an entry in the wrong queue")?;
                possible(!self.books.is_placed(entry), "an entry in two places")?;
                possible(self.books.has_room(), "too many levels")?;
                let price = order.price;
                self.books.join(entry, ladder, price);
            }
        }
        Ok(())
    }

    /// Whether the orders of each port ascend by reference.
    fn lists_ascend(&self) -> bool {
        let orders = &self.books.orders;
        let some = |slot: Slot| Some(slot).filter(|&slot| slot != Slot::NONE);
        self.ports.iter().flat_map(|port| port.lists).all(|list| {
            let all =
                core::iter::successors(some(list.first), |&slot| some(orders[slot].port_next));
            all.map(|slot| orders[slot].order_ref).is_sorted_by(|a, b| a < b)
        })
    }

    /// Whether every order is in the queues in which it has to be.
    fn are_placed(&self, refs: &Refs) -> bool {
        refs.0.iter().all(|&(_, slot)| {
            let orders = &self.books.orders;
            let main = orders[slot].open.0 == 0 || self.books.is_placed(EntryId::main(slot));
            main && (orders.remainder(slot).0 == 0
                || self.books.is_placed(EntryId::remainder(slot)))
        })
    }

    fn ladders(&self) -> impl Iterator<Item = LadderId> + use<A> {
        let last = self.securities.len();
        (1..=last).flat_map(|locate| {
            let ladder = move |(buys, hidden)| LadderId::new(Locate(locate), buys, hidden);
            [(true, false), (true, true), (false, false), (false, true)].map(ladder)
        })
    }

    /// The orders that wait for a new tip; those that died are forgotten.
    fn save_refreshing(&self, out: &mut dyn Sink) {
        let waiting: Vec<_> = self.refreshing.iter(&self.books.orders).collect();
        let live = waiting.iter().map(|&slot| &self.books.orders[slot]);
        let live = live.filter(|order| !order.flags.has(Flags::DEAD));
        live.map(|order| order.order_ref).collect::<Vec<_>>().save(out);
    }

    fn load_refreshing(&mut self, from: &mut dyn Source, refs: &Refs) -> Result<(), LoadError> {
        for order_ref in Vec::<OrderRef>::load(from)? {
            let slot = refs.find(order_ref)?;
            let order = &self.books.orders[slot];
            let waits = order.open.0 == 0 && !order.flags.has(Flags::REFRESHING);
            possible(waits, "an order waits for a tip that it has")?;
            self.refreshing.add(&mut self.books.orders, slot);
        }
        Ok(())
    }
}

/// Orders by reference, while a state is read.
pub(super) struct Refs(Vec<(OrderRef, Slot)>);

impl Refs {
    /// The order of a reference.
    fn find(&self, order_ref: OrderRef) -> Result<Slot, LoadError> {
        let at = self.0.binary_search_by_key(&order_ref, |(order_ref, _)| *order_ref);
        at.map(|at| self.0[at].1).map_err(|_| LoadError::Impossible("a reference to no order"))
    }
}

/// A number over what has a form as bytes.
fn digest(what: &impl Stored) -> u64 {
    let mut digest = Digest::default();
    what.save(&mut digest);
    digest.finish()
}

fn possible(is: bool, what: &'static str) -> Result<(), LoadError> {
    if is { Ok(()) } else { Err(LoadError::Impossible(what)) }
}

/// Reads how many of something follow.
fn count(from: &mut dyn Source, most: u32, what: &'static str) -> Result<u32, LoadError> {
    let count = u32::load(from)?;
    possible(count <= most, what)?;
    Ok(count)
}

//! Orders are entered and replaced (R29, R65).

use protocol_spec::wire::ouch::{CancelReason, RejectReason};
use protocol_spec::words::{Locate, Price, Shares, Time};

use super::admit::{Failure, Original};
use super::market::{Market, reject};
use super::port::PortAt;
use super::task::{Incoming, Stage};
use crate::accounts::Accounts;
use crate::admission::Check;
use crate::book::{EntryId, Flags, Order, Slot, Special};
use crate::command::{Enter, Options, Refused, Replace, Request};
use crate::event::{Event, Events, TipRef};
use crate::order::{Owner, Tif, is_quantity};
use crate::tick::MAX_LIMIT;

/// The tags whose absence on a Replace means the original's value (R65).
mod tag {
    pub(super) const MIN_QTY: u8 = 3;
    pub(super) const MAX_FLOOR: u8 = 5;
    pub(super) const POST_ONLY: u8 = 12;
    pub(super) const RANDOM_RESERVES: u8 = 13;
    pub(super) const AIQ_STRATEGY: u8 = 29;
    pub(super) const AIQ_GROUP: u8 = 30;
}

/// A refusal for an empty bucket (K0).
const THROTTLED: RejectReason = RejectReason::RISK_PORT_RATE;

impl<A: Accounts> Market<A> {
    /// OUCH `O`.
    #[inline]
    pub(super) fn enter(&mut self, enter: &Enter, events: &mut Events) {
        let owner = enter.owner;
        let Some(at) = self.ports.find(owner.port) else { return };
        let now = self.now;
        let port = &mut self.ports[at];
        let throttled = port.charge(now);
        if !port.takes(owner.idx, owner.user_ref) {
            return;
        }
        port.consume(owner);
        if throttled {
            return reject(events, owner, THROTTLED);
        }
        let mut incoming = Incoming {
            slot: self.books.orders.next(),
            price: enter.price,
            market: enter.price.is_market(),
            limit: None,
            stage: Stage::Sweep,
            passed: EntryId::NONE,
        };
        if let Err((_, reason)) = self.admit(at, enter, &mut incoming) {
            return reject(events, owner, reason);
        }
        self.books.orders.keep(incoming.slot);
        self.number(&incoming);
        let order = &self.books.orders[incoming.slot];
        events.push(Event::Accepted {
            owner,
            order_ref: order.order_ref,
            price: incoming.told_price(order),
            tif: incoming.told_tif(enter.tif),
            locate: order.locate,
        });
        self.arrive(incoming, events);
    }

    /// K15 to K31 for a new order, which is written into its slot on the way.
    #[inline(always)]
    fn admit(&mut self, at: PortAt, enter: &Enter, incoming: &mut Incoming) -> Result<(), Failure> {
        const NOT_AUTHORIZED: RejectReason = RejectReason::FIRM_NOT_AUTHORIZED;
        let port = &self.ports[at];
        let firm = port.firm(enter.options.firm).ok_or((Check::K15, NOT_AUTHORIZED))?;
        if self.switches.block(enter.owner.port, port.settings.firms[firm]) {
            return Err((Check::K16, NOT_AUTHORIZED));
        }
        let locate = self.securities.find(enter.symbol);
        let locate = locate.ok_or((Check::K17, RejectReason::INVALID_SYMBOL))?;
        self.write(at, firm, locate, enter, incoming);
        let port = &self.ports[at];
        self.check(port, incoming, enter.options.located, None)?;
        let rule = port.settings.post_only;
        self.stage(incoming, rule);
        let order = &self.books.orders[incoming.slot];
        let reserve = Self::reserve(order, order.open);
        self.watch.admit(reserve).map_err(|reason| (Check::K31, reason))
    }

    /// Writes the order that an Enter asks for.
    #[inline(always)]
    fn write(
        &mut self,
        at: PortAt,
        firm: usize,
        locate: Locate,
        enter: &Enter,
        incoming: &mut Incoming,
    ) {
        let (port, options) = (&self.ports[at], &enter.options);
        let account = port.accounts[firm];
        let strategy = options.aiq_strategy.unwrap_or(port.settings.aiq);
        let aiq_group = group(options, port.settings.aiq_group);
        let price = self.limit(incoming, enter.side.is_buy(), locate);
        let deadline = match options.expire_time {
            0 => Time(0),
            seconds => self.deadline(seconds),
        };
        assert!(is_quantity(enter.quantity), "K3 is checked before");
        // Field by field, where it is to be: an order on the stack would have to be moved.
        let (order, line) = self.books.orders.blank(incoming.slot);
        order.open = enter.quantity;
        order.user_ref = enter.owner.user_ref;
        order.port = enter.owner.port;
        order.idx = enter.owner.idx;
        order.price = price;
        order.total = enter.quantity;
        order.account = account;
        order.locate = locate;
        order.aiq_group = aiq_group;
        order.group = options.group;
        order.capacity = enter.capacity;
        order.tif = enter.tif;
        order.display = enter.display;
        order.side = enter.side;
        order.strategy = strategy;
        order.post_only = options.post_only;
        let special = Special {
            deadline,
            min_qty: options.min_qty,
            max_floor: options.max_floor,
            random_reserves: options.random_reserves,
            ..Special::NONE
        };
        order.flags = order.flags_with(&special);
        if order.flags.has(Flags::SPECIAL) {
            *line = special;
        }
    }

    /// Sets how far an order may trade, and gives the price at which it is valued (K28).
    #[inline(always)]
    fn limit(&self, incoming: &mut Incoming, buys: bool, locate: Locate) -> Price {
        if incoming.is_market() {
            incoming.limit = self.collar(locate, buys);
            return self.market_value(locate, incoming.limit);
        }
        assert!(incoming.price.0.wrapping_sub(1) < u64::from(MAX_LIMIT), "K5 is checked before");
        let price = Price(incoming.price.0 as u32);
        incoming.limit = Some(price);
        price
    }

    /// The deadline of an order accepted now (R25).
    #[inline]
    fn deadline(&self, expire_time: u32) -> Time {
        Time(self.now.0.saturating_add(u64::from(expire_time) * 1_000_000_000))
    }

    /// OUCH `U`.
    pub(super) fn replace(&mut self, replace: &Replace, events: &mut Events) {
        let owner = replace.owner;
        let Some(at) = self.ports.find(owner.port) else { return };
        let now = self.now;
        let throttled = self.ports[at].charge(now);
        let Some(slot) = self.find(Owner { user_ref: replace.orig, ..owner }) else { return };
        if !self.ports[at].takes(owner.idx, owner.user_ref) {
            return;
        }
        if throttled {
            return self.refuse(at, owner, THROTTLED, events);
        }
        let orders = &self.books.orders;
        let original = Original { order: orders[slot], special: orders.special_if(slot) };
        let mut incoming = Incoming {
            slot: orders.next(),
            price: replace.price,
            market: replace.price.is_market(),
            limit: None,
            stage: Stage::Sweep,
            passed: EntryId::NONE,
        };
        match self.admit_replace(at, &original, replace, &mut incoming) {
            Ok(()) => self.put_in_place(at, slot, &original, incoming, replace, events),
            Err((check, _)) if check.kills_original() => {
                self.cancel_whole(slot, CancelReason::USER, events);
            }
            Err((_, reason)) => self.refuse(at, owner, reason, events),
        }
    }

    /// K16 to K31 for a Replace, which is written into its slot on the way.
    fn admit_replace(
        &mut self,
        at: PortAt,
        original: &Original,
        replace: &Replace,
        incoming: &mut Incoming,
    ) -> Result<(), Failure> {
        if self.switches.block(replace.owner.port, self.firm(&original.order)) {
            return Err((Check::K16, RejectReason::FIRM_NOT_AUTHORIZED));
        }
        self.write_replacement(at, original, replace, incoming);
        let port = &self.ports[at];
        self.check(port, incoming, replace.options.located, Some((original, replace)))?;
        let rule = port.settings.post_only;
        self.stage(incoming, rule);
        let order = &self.books.orders[incoming.slot];
        let old = Self::reserve(&original.order, original.leaves());
        let new = Self::reserve(order, order.open);
        self.watch.exchange(old, new).map_err(|reason| (Check::K31, reason))
    }

    /// Writes the order that a Replace asks for: what was not given is the original's (R65).
    fn write_replacement(
        &mut self,
        at: PortAt,
        original: &Original,
        replace: &Replace,
        incoming: &mut Incoming,
    ) {
        let (port, options) = (&self.ports[at], &replace.options);
        let (old, old_special) = (&original.order, &original.special);
        let given = |tag| options.given.contains(tag);
        let inherit = |tag, new: Shares, old: Shares| if given(tag) { new } else { old };
        let special = Special {
            deadline: match (replace.tif, options.expire_time) {
                (Tif::Gtt, 0) => old_special.deadline,
                (Tif::Gtt, seconds) => self.deadline(seconds),
                _ => Time(0),
            },
            min_qty: inherit(tag::MIN_QTY, options.min_qty, old_special.min_qty),
            max_floor: inherit(tag::MAX_FLOOR, options.max_floor, old_special.max_floor),
            random_reserves: inherit(
                tag::RANDOM_RESERVES,
                options.random_reserves,
                old_special.random_reserves,
            ),
            ..Special::NONE
        };
        let side = options.side.unwrap_or(old.side);
        let mut order = Order {
            open: Shares(replace.quantity.0.saturating_sub(original.used().0)),
            user_ref: replace.owner.user_ref,
            port: replace.owner.port,
            idx: replace.owner.idx,
            price: self.limit(incoming, side.is_buy(), old.locate),
            total: replace.quantity,
            account: old.account,
            locate: old.locate,
            aiq_group: if given(tag::AIQ_GROUP) {
                group(options, port.settings.aiq_group)
            } else {
                old.aiq_group
            },
            group: old.group,
            capacity: old.capacity,
            tif: replace.tif,
            display: replace.display,
            side,
            strategy: if given(tag::AIQ_STRATEGY) {
                options.aiq_strategy.unwrap_or(port.settings.aiq)
            } else {
                old.strategy
            },
            post_only: if given(tag::POST_ONLY) { options.post_only } else { old.post_only },
            ..Order::BLANK
        };
        assert!(is_quantity(replace.quantity), "K3 is checked before");
        order.flags = order.flags_with(&special);
        self.books.orders.write(incoming.slot, order, &special);
    }

    /// Outcome 4: the original leaves, the new order acts like one that was entered.
    fn put_in_place(
        &mut self,
        at: PortAt,
        slot: Slot,
        original: &Original,
        incoming: Incoming,
        replace: &Replace,
        events: &mut Events,
    ) {
        self.ports[at].consume(replace.owner);
        self.books.orders.keep(incoming.slot);
        let old = &original.order;
        let shown = old.flags.has(Flags::SHOWN);
        let old_tip = self.books.orders.tip_ref(slot);
        self.remove(slot);
        self.number(&incoming);
        let order = &self.books.orders[incoming.slot];
        events.push(Event::Replaced {
            owner: replace.owner,
            orig: replace.orig,
            order_ref: order.order_ref,
            old_tip: if shown { TipRef::of(old_tip) } else { TipRef::NONE },
            price: incoming.told_price(order),
            leaves: order.open,
            symbol: self.securities[old.locate].settings().symbol,
            locate: old.locate,
            side: order.side,
            tif: incoming.told_tif(replace.tif),
            capacity: order.capacity,
            same_display: shown && old.display == replace.display,
        });
        self.arrive(incoming, events);
    }

    /// Takes the number of a request and refuses it.
    fn refuse(&mut self, at: PortAt, owner: Owner, reason: RejectReason, events: &mut Events) {
        self.ports[at].consume(owner);
        reject(events, owner, reason);
    }

    /// A message that was framed and is refused for its form (R32, R33).
    pub(super) fn refused(&mut self, refused: &Refused, events: &mut Events) {
        let owner = refused.owner;
        let Some(at) = self.ports.find(owner.port) else { return };
        let now = self.now;
        let throttled = self.ports[at].charge(now);
        if refused.request == Request::Void || !self.ports[at].takes(owner.idx, owner.user_ref) {
            return;
        }
        let original = match refused.request {
            Request::Replace { orig } => match self.find(Owner { user_ref: orig, ..owner }) {
                Some(slot) => Some(slot),
                None => return,
            },
            _ => None,
        };
        match original {
            _ if throttled && refused.request != Request::Action => {
                self.refuse(at, owner, THROTTLED, events);
            }
            Some(slot) if refused.check.kills_original() => {
                self.cancel_whole(slot, CancelReason::USER, events);
            }
            _ => self.refuse(at, owner, refused.reason, events),
        }
    }

    /// Cancels a whole order that rests (W13).
    pub(super) fn cancel_whole(&mut self, slot: Slot, reason: CancelReason, events: &mut Events) {
        let orders = &self.books.orders;
        let order = orders[slot];
        let shown = order.flags.has(Flags::SHOWN) && order.open.0 > 0;
        let (leaves, tip_ref) = (orders.leaves(slot), orders.tip_ref(slot));
        self.watch.release(Self::reserve(&order, leaves));
        self.remove(slot);
        events.push(Event::Canceled {
            owner: order.owner(),
            order_ref: order.order_ref,
            shares: leaves,
            reason,
            tip: if shown { TipRef::of(tip_ref) } else { TipRef::NONE },
            locate: order.locate,
        });
    }
}

/// The self-match group of an order, as it is kept (R52).
#[inline]
fn group(options: &Options, default: [u8; 2]) -> [u8; 2] {
    if options.aiq_group == Options::DEFAULT_GROUP { default } else { options.aiq_group }
}

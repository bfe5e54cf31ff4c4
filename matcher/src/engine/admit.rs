//! The checks that need the state: K16 and K18 to K31 (R41).

use protocol_spec::wire::ouch::RejectReason;
use protocol_spec::words::{Locate, Price, Shares};

use super::market::Market;
use super::port::Port;
use super::security::Security;
use super::task::Incoming;
use crate::accounts::Accounts;
use crate::admission::Check;
use crate::book::{Flags, Order, Special};
use crate::command::Replace;
use crate::order::{Display, Side, Tif};
use crate::phase::{Mode, Phase};
use crate::settings::ALL_BPS;
use crate::tick::MAX_LIMIT;

/// The first check that fails, and the reason it gives.
pub(super) type Failure = (Check, RejectReason);

/// The whole, in shares of 1/10,000.
const BPS: u64 = ALL_BPS as u64;

#[inline]
fn fails(when: bool, check: Check, reason: RejectReason) -> Result<(), Failure> {
    if when { Err((check, reason)) } else { Ok(()) }
}

/// What a Replace is checked against beside its effective values (K23).
#[derive(Clone, Copy, Debug)]
pub(super) struct Original {
    pub(super) order: Order,
    pub(super) special: Special,
}

impl Original {
    /// Shares that it has left.
    pub(super) fn leaves(&self) -> Shares {
        Shares(self.order.open.0 + self.special.remainder.0)
    }

    /// Shares of the chain that are executed or prevented already: done + prev.
    pub(super) fn used(&self) -> Shares {
        Shares(self.order.total.0 - self.leaves().0)
    }
}

/// An order with its effective values, as it is checked.
#[derive(Clone, Copy)]
struct Checked<'a> {
    order: &'a Order,
    /// Of a special order alone.
    special: &'a Special,
    market: bool,
}

impl Checked<'_> {
    /// Whether it has parts that are to be checked against the whole.
    #[inline]
    fn has_parts(&self) -> bool {
        self.order.flags.has(Flags::RESERVE | Flags::MIN_QTY)
    }
}

impl<A: Accounts> Market<A> {
    /// K18 to K30, of an order that was written into the pool with its effective values.
    #[inline(always)]
    pub(super) fn check(
        &self,
        port: &Port,
        incoming: &Incoming,
        located: bool,
        replaces: Option<(&Original, &Replace)>,
    ) -> Result<(), Failure> {
        let order = &self.books.orders[incoming.slot];
        let special = self.books.orders.any_special(incoming.slot);
        let checked = Checked { order, special, market: incoming.is_market() };
        let security = &self.securities[order.locate];
        if security.special && replaces.is_none() {
            let test = security.settings().test && !port.settings.test;
            fails(test, Check::K18, RejectReason::TEST)?;
        }
        if self.phase != Phase::Open || security.mode != Mode::Match || checked.market {
            self.check_state(port, security, checked)?;
        } else if order.tif == Tif::AfterHours {
            return Err((Check::K19, RejectReason::POST_MARKET_NOT_ALLOWED));
        }
        if let Some(reason) = sale(&port.settings, order.side, located) {
            return Err((Check::K22, reason));
        }
        if let Some((original, replace)) = replaces {
            fails(breaks_chain(original, replace), Check::K23, RejectReason::OTHER)?;
        }
        check_terms(checked)?;
        check_lots(security, checked)?;
        let valid = checked.market || security.is_valid(order.price);
        fails(!valid, Check::K26, RejectReason::INVALID_PRICE)?;
        if security.special || port.limited {
            check_limits(port, security, checked)?;
        }
        if order.tif != Tif::Ioc && !checked.market {
            let room =
                self.has_room(port, security, checked, replaces.map(|(original, _)| original));
            fails(!room, Check::K30, RejectReason::OTHER)?;
        }
        Ok(())
    }

    /// K19 to K21: what phase and overlay allow.
    #[inline(never)]
    fn check_state(
        &self,
        port: &Port,
        security: &Security,
        Checked { order, market, .. }: Checked<'_>,
    ) -> Result<(), Failure> {
        let tif = order.tif;
        if let Some(reason) = refused_in(self.phase, tif) {
            return Err((Check::K19, reason));
        }
        let no_market = market && (self.phase != Phase::Open || !port.settings.market);
        fails(no_market, Check::K20, RejectReason::MARKET_ORDER_NOT_ALLOWED)?;
        let halted = match security.mode {
            Mode::Match => false,
            Mode::Collect => tif == Tif::Ioc || market,
            Mode::Stop | Mode::Shut => true,
        };
        fails(halted, Check::K21, RejectReason::HALTED)
    }

    /// K30: whether no limit of the day is reached.
    #[inline(always)]
    fn has_room(
        &self,
        port: &Port,
        security: &Security,
        Checked { order, .. }: Checked<'_>,
        original: Option<&Original>,
    ) -> bool {
        let limits = &self.day.limits;
        let live = original.is_some()
            || (self.live_orders < limits.live_orders && port.live < port.settings.max_live);
        let adds_min_qty = order.flags.has(Flags::MIN_QTY)
            && !original.is_some_and(|original| original.order.flags.has(Flags::MIN_QTY));
        let side = usize::from(!order.buys());
        live && self.books.levels_in_use() < limits.levels
            && (!adds_min_qty || security.min_qty_orders[side] < limits.min_qty_orders)
    }

    /// How far a market order may trade (R60).
    pub(super) fn collar(&self, locate: Locate, buys: bool) -> Option<Price> {
        let security = &self.securities[locate];
        let bps = u64::from(security.settings().collar_bps);
        let reference = u64::from(security.reference.0);
        match (bps, buys) {
            (0, true) => Some(Price(MAX_LIMIT)),
            (0, false) => Some(Price(1)),
            (_, true) => {
                let highest = (reference * (BPS + bps) / BPS).min(u64::from(MAX_LIMIT));
                security.settings().ticks.down(highest as u32)
            }
            (_, false) => {
                let lowest = (reference * (BPS - bps)).div_ceil(BPS).max(1);
                security.settings().ticks.up(lowest as u32)
            }
        }
    }

    /// The price at which a market order is valued (K28).
    pub(super) fn market_value(&self, locate: Locate, limit: Option<Price>) -> Price {
        let security = &self.securities[locate];
        let collared = security.settings().collar_bps > 0;
        limit.filter(|_| collared).unwrap_or(security.reference)
    }
}

/// The table of R25: why a phase refuses a time in force.
#[inline]
pub(super) fn refused_in(phase: Phase, tif: Tif) -> Option<RejectReason> {
    const SHUT: RejectReason = RejectReason::DESTINATION_CLOSED;
    const PRE: RejectReason = RejectReason::PRE_MARKET_NOT_ALLOWED;
    const POST: RejectReason = RejectReason::POST_MARKET_NOT_ALLOWED;
    match (phase, tif) {
        (Phase::Closed | Phase::Ended, _) => Some(SHUT),
        (Phase::Early, Tif::Day) | (Phase::PreOpen, Tif::Ioc) => Some(PRE),
        (Phase::Late, Tif::Day) => Some(POST),
        (Phase::Early | Phase::PreOpen | Phase::Open, Tif::AfterHours) => Some(POST),
        _ => None,
    }
}

/// K22: why a port may not use a kind of sale.
#[inline(always)]
pub(super) fn sale(
    settings: &crate::settings::Port,
    side: Side,
    located: bool,
) -> Option<RejectReason> {
    match side {
        Side::Buy | Side::Sell => None,
        Side::Short if !settings.short.short => Some(RejectReason::SHORT_SELL_NOT_ALLOWED),
        Side::Short if settings.locate_required && !located => {
            Some(RejectReason::RISK_LOCATE_REQUIRED)
        }
        Side::ShortExempt if !settings.short.exempt => {
            Some(RejectReason::SHORT_SELL_EXEMPT_NOT_ALLOWED)
        }
        Side::Short | Side::ShortExempt => None,
    }
}

/// K23: what a Replace may not ask of its original.
fn breaks_chain(original: &Original, replace: &Replace) -> bool {
    let turns = replace.options.side.is_some() && original.order.side.is_buy();
    let no_deadline = replace.tif == Tif::Gtt
        && replace.options.expire_time == 0
        && original.order.tif != Tif::Gtt;
    turns || no_deadline || replace.quantity <= original.used()
}

/// K24: what cannot go together.
#[inline(always)]
fn check_terms(checked: Checked<'_>) -> Result<(), Failure> {
    if checked.has_parts() || checked.order.post_only { check_special(checked) } else { Ok(()) }
}

#[inline(never)]
fn check_special(checked: Checked<'_>) -> Result<(), Failure> {
    let Checked { order, market, .. } = checked;
    let hidden = order.display == Display::Hidden;
    let (quantity, ioc) = (order.total, order.tif == Tif::Ioc);
    if order.post_only {
        fails(hidden, Check::K24a, RejectReason::INVALID_DISPLAY)?;
        fails(ioc, Check::K24b, RejectReason::OTHER)?;
        fails(market, Check::K24b, RejectReason::INVALID_PRICE)?;
    }
    if !checked.has_parts() {
        return Ok(());
    }
    let (floor, range) = (checked.special.max_floor, checked.special.random_reserves);
    let bad_floor = floor.0 > 0 && (hidden || ioc || market || floor > quantity);
    let bad_range = range.0 > 0 && (floor.0 == 0 || range >= floor);
    fails(bad_floor || bad_range, Check::K24c, RejectReason::INVALID_MAX_FLOOR)?;
    let min = checked.special.min_qty;
    let bad_min = min > quantity || (min.0 > 0 && !ioc && !market && !hidden);
    fails(bad_min, Check::K24d, RejectReason::INVALID_MIN_QUANTITY)
}

/// K25: whole lots, where they must be.
#[inline(always)]
fn check_lots(security: &Security, checked: Checked<'_>) -> Result<(), Failure> {
    if security.special || checked.has_parts() { check_lots_of(security, checked) } else { Ok(()) }
}

#[inline(never)]
fn check_lots_of(security: &Security, checked: Checked<'_>) -> Result<(), Failure> {
    let Checked { order, special, .. } = checked;
    let settings = security.settings();
    let odd = |shares: Shares| !shares.0.is_multiple_of(settings.lot.0);
    let odd_lot = settings.round_lots_only && odd(order.total);
    fails(odd_lot, Check::K25a, RejectReason::INVALID_QUANTITY)?;
    if !checked.has_parts() {
        return Ok(());
    }
    let reserve = odd(special.max_floor) || odd(special.random_reserves);
    fails(reserve, Check::K25b, RejectReason::INVALID_MAX_FLOOR)?;
    let min = odd(special.min_qty) && special.min_qty != order.total;
    fails(min, Check::K25c, RejectReason::INVALID_MIN_QUANTITY)
}

/// K27 to K29: price against the reference, size and value.
#[inline(never)]
fn check_limits(
    port: &Port,
    security: &Security,
    Checked { order, market, .. }: Checked<'_>,
) -> Result<(), Failure> {
    let (theirs, ours) = (security.settings(), &port.settings);
    let beyond = |bps: u16| !market && bps > 0 && is_beyond(order, security.reference, bps);
    fails(beyond(theirs.fat_finger_bps), Check::K27, RejectReason::FAT_FINGER)?;
    let value = u64::from(order.price.0) * u64::from(order.open.0);
    let large = |max: Option<Shares>| max.is_some_and(|max| order.total > max);
    let dear = |max: u64| max > 0 && value > max;
    fails(large(theirs.max_quantity), Check::K28, RejectReason::SHARES_EXCEED_THRESHOLD)?;
    fails(dear(theirs.max_notional), Check::K28, RejectReason::EXCEEDS_MAX_NOTIONAL)?;
    fails(beyond(ours.fat_finger_bps), Check::K29, RejectReason::RISK_FAT_FINGER)?;
    fails(large(ours.max_quantity), Check::K29, RejectReason::MAX_QUANTITY)?;
    fails(dear(ours.max_notional), Check::K29, RejectReason::SINGLE_ORDER_NOTIONAL)
}

/// Whether a limit lies too far on its own side of the reference (K27).
fn is_beyond(order: &Order, reference: Price, bps: u16) -> bool {
    let (price, reference) = (u64::from(order.price.0) * BPS, u64::from(reference.0));
    let bps = u64::from(bps);
    if order.flags.has(Flags::SELL) {
        price < reference * (BPS - bps)
    } else {
        price > reference * (BPS + bps)
    }
}

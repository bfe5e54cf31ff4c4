//! The checks one by one: each takes a value as it came and gives what it stands for.

use protocol_spec::wire::ouch::{
    AiqStrategy, Capacity, CrossType, CustomerType, DiscretionPriceType, Display as DisplayCode,
    HandleInst, Iso, PostOnly, PriceType, RejectReason, SharesLocated, Side as SideCode, Symbol,
    Tags, TimeInForce, TradeNow,
};
use protocol_spec::wire::text::Alpha;
use protocol_spec::words::{OrderPrice, Shares, SignedPrice};

use crate::admission::Check;
use crate::command::Options;
use crate::name::is_name;
use crate::order::{Display, Side, Strategy, Tif, is_quantity};

/// The check that fails, and the reason that it gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) check: Check,
    pub(super) reason: RejectReason,
}

/// What passed, or why it did not.
pub(super) type Checked<T> = Result<T, Fault>;

const fn fault(check: Check, reason: RejectReason) -> Fault {
    Fault { check, reason }
}

/// The appendage cannot be read.
pub(super) const APPENDAGE: Fault = fault(Check::K1, RejectReason::OTHER);

const SIDE: Fault = fault(Check::K2, RejectReason::INVALID_SIDE);
const QUANTITY: Fault = fault(Check::K3, RejectReason::INVALID_QUANTITY);
const SYMBOL: Fault = fault(Check::K4, RejectReason::INVALID_SYMBOL);
const PRICE: Fault = fault(Check::K5, RejectReason::INVALID_PRICE);
const TIF: Fault = fault(Check::K6, RejectReason::OTHER);
const DISPLAY: Fault = fault(Check::K7, RejectReason::INVALID_DISPLAY);
const CAPACITY: Fault = fault(Check::K8, RejectReason::OTHER);
const ISO: Fault = fault(Check::K9, RejectReason::ISO_NOT_ALLOWED);
const CROSS: Fault = fault(Check::K10, RejectReason::INVALID_CROSS_ORDER);
const PEG_TYPE: Fault = fault(Check::K11, RejectReason::INVALID_PEG_TYPE);
const PEGGING: Fault = fault(Check::K11, RejectReason::PEGGING_NOT_ALLOWED);
const ROUTE: Fault = fault(Check::K12, RejectReason::ROUTING_NOT_ALLOWED);
const STRATEGY: Fault = fault(Check::K13, RejectReason::INVALID_AIQ);
const FLAGS: Fault = fault(Check::K14, RejectReason::OTHER);

/// The longest life of an order, in seconds.
const MAX_EXPIRE_TIME: u32 = 86_399;

#[inline]
fn ensure(holds: bool, fault: Fault) -> Checked<()> {
    if holds { Ok(()) } else { Err(fault) }
}

/// K2 of a new order.
#[inline]
pub(super) fn side(code: SideCode) -> Checked<Side> {
    Side::from_code(code).ok_or(SIDE)
}

/// K2 of a replacement: tag 27.
#[inline]
pub(super) fn kind_of_sale(given: Option<SideCode>) -> Checked<Option<Side>> {
    let Some(code) = given else { return Ok(None) };
    let side = side(code)?;
    ensure(!side.is_buy(), SIDE)?;
    Ok(Some(side))
}

/// The side that a mass cancel asks, told as the other tags are (R33).
#[inline]
pub(super) fn filter(given: Option<SideCode>) -> Checked<Option<Side>> {
    let Some(code) = given else { return Ok(None) };
    Side::from_code(code).map(Some).ok_or(FLAGS)
}

/// K3.
#[inline]
pub(super) fn quantity(quantity: Shares) -> Checked<Shares> {
    ensure(is_quantity(quantity), QUANTITY)?;
    Ok(quantity)
}

/// K4.
#[inline]
pub(super) fn symbol(symbol: Symbol) -> Checked<Symbol> {
    ensure(is_name(symbol.0), SYMBOL)?;
    Ok(symbol)
}

/// K5 (R1).
#[inline]
pub(super) fn price(price: OrderPrice) -> Checked<OrderPrice> {
    let is_limit = (OrderPrice(1)..=OrderPrice::MAX_LIMIT).contains(&price);
    ensure(is_limit || price.is_market(), PRICE)?;
    Ok(price)
}

/// K6 of a new order, with tag 15.
#[inline]
pub(super) fn tif_of_enter(code: TimeInForce, expire_time: Option<u32>) -> Checked<Tif> {
    let tif = tif(code, expire_time)?;
    ensure(tif != Tif::Gtt || expire_time.is_some(), TIF)?;
    Ok(tif)
}

/// K6 of a replacement, with tag 15: without it the original's deadline stays.
#[inline]
pub(super) fn tif_of_replace(code: TimeInForce, expire_time: Option<u32>) -> Checked<Tif> {
    let tif = tif(code, expire_time)?;
    ensure(tif != Tif::AfterHours, TIF)?;
    Ok(tif)
}

#[inline]
fn tif(code: TimeInForce, expire_time: Option<u32>) -> Checked<Tif> {
    let tif = Tif::from_code(code).ok_or(TIF)?;
    if let Some(seconds) = expire_time {
        ensure(tif == Tif::Gtt && (1..=MAX_EXPIRE_TIME).contains(&seconds), TIF)?;
    }
    Ok(tif)
}

/// K7.
#[inline]
pub(super) fn display(code: DisplayCode) -> Checked<Display> {
    Display::from_code(code).ok_or(DISPLAY)
}

/// K8.
#[inline]
pub(super) fn capacity(code: Capacity) -> Checked<Capacity> {
    ensure(matches!(code.0[0], b'A' | b'P' | b'R' | b'O'), CAPACITY)?;
    Ok(code)
}

/// K9.
#[inline]
pub(super) fn iso(code: Iso) -> Checked<()> {
    ensure(code == Iso::NO, ISO)
}

/// K10: the cross that a new order is meant for.
#[inline]
pub(super) fn cross(code: CrossType) -> Checked<()> {
    ensure(code == CrossType::CONTINUOUS, CROSS)
}

/// K10: tag 17.
#[inline]
pub(super) fn handling(given: Option<HandleInst>) -> Checked<()> {
    ensure(given.is_none_or(|code| code == HandleInst::NONE), CROSS)
}

/// K11: tags 6, 7, 9, 10 and 11. A tie to a price that there is not is told apart from one that is
/// not offered.
#[inline(always)]
pub(super) fn pegging(tags: &Tags) -> Checked<()> {
    let peg = tags.price_type.unwrap_or(PriceType::LIMIT);
    ensure(matches!(peg.0[0], b'L' | b'P' | b'M' | b'R' | b'Q' | b'm'), PEG_TYPE)?;
    let discretion = tags.discretion_price_type.unwrap_or(DiscretionPriceType::LIMIT);
    let is_plain = peg == PriceType::LIMIT
        && discretion == DiscretionPriceType::LIMIT
        && tags.peg_offset.unwrap_or_default() == SignedPrice(0)
        && tags.discretion_price.unwrap_or_default() == OrderPrice(0)
        && tags.discretion_peg_offset.unwrap_or_default() == SignedPrice(0);
    ensure(is_plain, PEGGING)
}

/// K12: tag 14.
#[inline]
pub(super) fn route(given: Option<Alpha<4>>) -> Checked<()> {
    ensure(given.is_none(), ROUTE)
}

/// K13: tag 29.
#[inline]
pub(super) fn strategy(given: Option<AiqStrategy>) -> Checked<Option<Strategy>> {
    match given {
        None | Some(AiqStrategy::PORT_DEFAULT) => Ok(None),
        Some(code) => Strategy::from_code(code).map(Some).ok_or(STRATEGY),
    }
}

/// K14: tag 4.
#[inline]
pub(super) fn customer_type(given: Option<CustomerType>) -> Checked<CustomerType> {
    let code = given.unwrap_or(CustomerType::PORT_DEFAULT);
    ensure(matches!(code.0[0], b'R' | b'N' | b' '), FLAGS)?;
    Ok(code)
}

/// K14: tag 12.
#[inline]
pub(super) fn post_only(given: Option<PostOnly>) -> Checked<bool> {
    match given {
        Some(PostOnly::POST_ONLY) => Ok(true),
        None | Some(PostOnly::NO) => Ok(false),
        Some(_) => Err(FLAGS),
    }
}

/// K14: tag 16.
#[inline]
pub(super) fn trade_now(given: Option<TradeNow>) -> Checked<TradeNow> {
    let code = given.unwrap_or(TradeNow::PORT_DEFAULT);
    ensure(matches!(code.0[0], b'N' | b' '), FLAGS)?;
    Ok(code)
}

/// K14: tag 25.
#[inline]
pub(super) fn located(given: Option<SharesLocated>) -> Checked<bool> {
    match given {
        Some(SharesLocated::YES) => Ok(true),
        None | Some(SharesLocated::NO) => Ok(false),
        Some(_) => Err(FLAGS),
    }
}

/// K14: tag 30.
#[inline]
pub(super) fn aiq_group(given: Option<Alpha<2>>) -> Checked<[u8; 2]> {
    let Some(Alpha(group)) = given else { return Ok(Options::DEFAULT_GROUP) };
    ensure(group.iter().all(|byte| matches!(byte, b' '..=b'~')), FLAGS)?;
    Ok(group)
}

//! Replies to try things on.

use client::Reply;
use protocol_spec::wire::ouch::{
    CancelReason, Canceled, Capacity, ClOrdId, CrossType, Display, Iso, LiquidityFlag,
    OrderAccepted, OrderExecuted, OrderReplaced, OrderState, Side, Symbol, Tags, TimeInForce,
};
use protocol_spec::words::{
    MatchNo, OrderPrice, OrderRef, SequenceNo, Shares, Timestamp, UserRefNum,
};

/// Shortly after noon.
pub(super) const NOON: Timestamp = Timestamp(43_384_123_456_789);

/// A reply of these bytes.
pub(super) const fn reply(bytes: &[u8]) -> Reply<'_> {
    Reply { number: SequenceNo(1), bytes }
}

/// A buy order in AAPL was accepted.
pub(super) fn accepted(number: u32, shares: u32, tags: Tags) -> Vec<u8> {
    let accepted = OrderAccepted {
        timestamp: NOON,
        user_ref_num: UserRefNum(number),
        side: Side::BUY,
        quantity: Shares(shares),
        symbol: Symbol::new("AAPL"),
        price: OrderPrice(1_875_000),
        time_in_force: TimeInForce::DAY,
        display: Display::VISIBLE,
        order_ref: OrderRef(u64::from(number)),
        capacity: Capacity::AGENCY,
        iso: Iso::NO,
        cross_type: CrossType::CONTINUOUS,
        state: OrderState::LIVE,
        cl_ord_id: ClOrdId::BLANK,
    };
    encoded(|out| accepted.encode_with(&tags, out))
}

/// Order `orig` was replaced by `number`, which has so many shares left.
pub(super) fn replaced(orig: u32, number: u32, left: u32) -> Vec<u8> {
    let replaced = OrderReplaced {
        timestamp: NOON,
        orig_user_ref_num: UserRefNum(orig),
        user_ref_num: UserRefNum(number),
        side: Side::BUY,
        quantity: Shares(left),
        symbol: Symbol::new("AAPL"),
        price: OrderPrice(1_874_000),
        time_in_force: TimeInForce::DAY,
        display: Display::VISIBLE,
        order_ref: OrderRef(u64::from(number)),
        capacity: Capacity::AGENCY,
        iso: Iso::NO,
        cross_type: CrossType::CONTINUOUS,
        state: OrderState::LIVE,
        cl_ord_id: ClOrdId::BLANK,
    };
    encoded(|out| replaced.encode_with(&Tags::NONE, out))
}

/// Shares of an order were executed.
pub(super) fn executed(number: u32, shares: u32) -> Vec<u8> {
    let executed = OrderExecuted {
        timestamp: NOON,
        user_ref_num: UserRefNum(number),
        quantity: Shares(shares),
        price: OrderPrice(1_875_000),
        liquidity: LiquidityFlag::REMOVED,
        match_no: MatchNo(17),
    };
    encoded(|out| executed.encode_with(&Tags::NONE, out))
}

/// Shares of an order were canceled.
pub(super) fn canceled(number: u32, shares: u32, reason: CancelReason) -> Vec<u8> {
    let canceled = Canceled {
        timestamp: NOON,
        user_ref_num: UserRefNum(number),
        quantity: Shares(shares),
        reason,
    };
    canceled.to_bytes().to_vec()
}

/// The bytes that `write` writes.
pub(super) fn encoded(write: impl FnOnce(&mut [u8]) -> usize) -> Vec<u8> {
    let mut out = vec![0; 1024];
    let len = write(&mut out);
    out.truncate(len);
    out
}

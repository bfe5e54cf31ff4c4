//! What a venue answers.

use protocol_spec::wire::ouch::{
    AccountQueryResponse, CancelReason, Canceled, Inbound, LiquidityFlag, OrderAccepted,
    OrderExecuted, OrderState, RejectReason, Rejected, SystemEvent, SystemEventCode, TagSet, Tags,
};
use protocol_spec::wire::text::ClOrdId;
use protocol_spec::words::{
    MatchNo, OrderPrice, OrderRef, Shares, Timestamp, UserRefIdx, UserRefNum,
};

/// 09:30:00 in nanoseconds since midnight.
const OPEN: Timestamp = Timestamp(34_200_000_000_000);

/// The day begins.
pub(crate) fn start_of_day() -> Vec<u8> {
    let event = SystemEvent { timestamp: OPEN, event: SystemEventCode::START_OF_DAY };
    event.to_bytes().to_vec()
}

/// The channel that a request names.
pub(crate) fn channel(request: &[u8]) -> Tags {
    let (_, appendage) = Inbound::frame(request).expect("requests can be framed");
    let tags = appendage.read(TagSet::ALL).expect("requests have good tags");
    Tags { user_ref_idx: tags.user_ref_idx.filter(|idx| *idx != UserRefIdx(0)), ..Tags::NONE }
}

/// The answer to an Account Query.
pub(crate) fn next_number(query: &[u8], number: u32) -> Vec<u8> {
    assert!(matches!(Inbound::decode(query), Ok((Inbound::AccountQuery(_), _))), "{query:02X?}");
    let answer = AccountQueryResponse { timestamp: OPEN, next_user_ref_num: UserRefNum(number) };
    encoded(|out| answer.encode_with(&channel(query), out))
}

/// The order was taken as it is, with its tags.
pub(crate) fn accepted(enter: &[u8]) -> Vec<u8> {
    let Ok((Inbound::EnterOrder(order), appendage)) = Inbound::decode(enter) else {
        panic!("no order: {enter:02X?}");
    };
    let accepted = OrderAccepted {
        timestamp: OPEN,
        user_ref_num: order.user_ref_num(),
        side: order.side(),
        quantity: order.quantity(),
        symbol: order.symbol(),
        price: order.price(),
        time_in_force: order.time_in_force(),
        display: order.display(),
        order_ref: OrderRef(u64::from(order.user_ref_num().0)),
        capacity: order.capacity(),
        iso: order.iso(),
        cross_type: order.cross_type(),
        state: OrderState::LIVE,
        cl_ord_id: order.cl_ord_id(),
    };
    let tags = appendage.read(TagSet::ALL).expect("a decoded order has good tags");
    // What the venue does not return.
    let tags = Tags { locate_broker: None, ..tags };
    encoded(|out| accepted.encode_with(&tags, out))
}

/// A request was refused.
pub(crate) fn rejected(number: u32, reason: RejectReason) -> Vec<u8> {
    let rejected = Rejected {
        timestamp: OPEN,
        user_ref_num: UserRefNum(number),
        reason,
        cl_ord_id: ClOrdId::BLANK,
    };
    rejected.to_bytes().to_vec()
}

/// Shares of an order were executed.
pub(crate) fn executed(number: u32, quantity: u32) -> Vec<u8> {
    let executed = OrderExecuted {
        timestamp: OPEN,
        user_ref_num: UserRefNum(number),
        quantity: Shares(quantity),
        price: OrderPrice(1_875_000),
        liquidity: LiquidityFlag::REMOVED,
        match_no: MatchNo(9),
    };
    encoded(|out| executed.encode_with(&Tags::NONE, out))
}

/// Shares of an order were canceled by the broker.
pub(crate) fn canceled(number: u32, quantity: u32) -> Vec<u8> {
    let canceled = Canceled {
        timestamp: OPEN,
        user_ref_num: UserRefNum(number),
        quantity: Shares(quantity),
        reason: CancelReason::USER,
    };
    canceled.to_bytes().to_vec()
}

/// The bytes that `write` writes.
pub(crate) fn encoded(write: impl FnOnce(&mut [u8]) -> usize) -> Vec<u8> {
    let mut out = vec![0; 1024];
    let len = write(&mut out);
    out.truncate(len);
    out
}

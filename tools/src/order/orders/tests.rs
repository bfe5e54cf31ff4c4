use protocol_spec::wire::ouch::{
    AiqCancelReason, AiqCanceled, AiqStrategy, BrokenReason, BrokenTrade, ClOrdId, LiquidityFlag,
    OrderModified, OrderRestated, RejectReason, Rejected, RestateReason,
};
use protocol_spec::words::MatchNo;

use super::super::sample::{self, accepted, canceled, encoded, executed, replaced};
use super::*;

/// The orders after some replies.
fn after(replies: &[Vec<u8>]) -> Orders {
    let mut orders = Orders::default();
    for reply in replies {
        orders.take(&sample::reply(reply));
    }
    orders
}

/// Number, shares left and shares in all of every open order.
fn sizes(orders: &Orders) -> Vec<(u32, u32, u32)> {
    orders.iter().map(|(name, o)| (name.number.0, o.left.0, o.total().0)).collect()
}

#[test]
fn executions_count_and_cancels_make_smaller() {
    let mut all = vec![accepted(3, 500, Tags::NONE), executed(3, 100)];
    assert_eq!(sizes(&after(&all)), [(3, 400, 500)]);
    all.push(canceled(3, 200, CancelReason::USER));
    assert_eq!(sizes(&after(&all)), [(3, 200, 300)]);
    all.push(executed(3, 200));
    assert_eq!(sizes(&after(&all)), []);
}

#[test]
fn what_was_executed_counts_over_the_chain_of_replacements() {
    let mut all = vec![accepted(3, 500, Tags::NONE), executed(3, 100), replaced(3, 4, 400)];
    assert_eq!(sizes(&after(&all)), [(4, 400, 500)]);
    all.extend([canceled(4, 50, CancelReason::SELF_MATCH), replaced(4, 9, 350)]);
    assert_eq!(sizes(&after(&all)), [(9, 350, 500)]);
    // Refused as it was: the original is gone, and there is no new one.
    all.push(canceled(9, 350, CancelReason::USER));
    assert_eq!(sizes(&after(&all)), []);
}

#[test]
fn shares_kept_from_trading_are_not_left_and_not_executed() {
    let prevented = AiqCanceled {
        timestamp: sample::NOON,
        user_ref_num: UserRefNum(3),
        decrement: Shares(40),
        reason: AiqCancelReason::SELF_MATCH,
        prevented: Shares(40),
        price: OrderPrice(1_875_000),
        liquidity: LiquidityFlag::REMOVED,
        strategy: AiqStrategy::FIRM_DECREMENT,
    };
    let prevented = encoded(|out| prevented.encode_with(&Tags::NONE, out));
    let orders = after(&[accepted(3, 100, Tags::NONE), prevented]);
    assert_eq!(sizes(&orders), [(3, 60, 100)]);
}

#[test]
fn a_modification_says_the_side_and_what_is_left() {
    let modified = OrderModified {
        timestamp: sample::NOON,
        user_ref_num: UserRefNum(3),
        side: Side::SELL_SHORT,
        quantity: Shares(70),
    };
    let modified = encoded(|out| modified.encode_with(&Tags::NONE, out));
    let orders = after(&[accepted(3, 100, Tags::NONE), executed(3, 10), modified]);
    assert_eq!(sizes(&orders), [(3, 70, 80)]);
    assert_eq!(orders.iter().next().expect("one is open").1.side, Side::SELL_SHORT);
}

#[test]
fn a_reserve_order_shows_its_tip_until_it_is_refreshed() {
    let restated = OrderRestated {
        timestamp: sample::NOON,
        user_ref_num: UserRefNum(3),
        reason: RestateReason::REFRESH,
    };
    let tags = Tags { display_quantity: Some(Shares(250)), ..Tags::NONE };
    let restated = encoded(|out| restated.encode_with(&tags, out));
    let reserve = Tags { max_floor: Some(Shares(300)), ..Tags::NONE };
    let tip = |orders: &Orders| orders.iter().next().expect("one is open").1.tip;
    let mut all = vec![accepted(3, 1_000, reserve), executed(3, 120)];
    assert_eq!(tip(&after(&all)), Shares(180));
    all.extend([executed(3, 180), restated]);
    assert_eq!(tip(&after(&all)), Shares(250));
    all.push(canceled(3, 600, CancelReason::USER));
    assert_eq!((sizes(&after(&all)), tip(&after(&all))), (vec![(3, 100, 400)], Shares(100)));
}

#[test]
fn a_replacement_keeps_what_it_does_not_say() {
    let tags =
        Tags { post_only: Some(PostOnly::POST_ONLY), min_qty: Some(Shares(20)), ..Tags::NONE };
    let orders = after(&[accepted(3, 100, tags), replaced(3, 4, 90)]);
    let (_, order) = orders.iter().next().expect("one is open");
    assert!(order.post_only && order.least == Shares(20));
}

#[test]
fn orders_of_two_channels_may_have_one_number() {
    let tags = Tags { user_ref_idx: Some(UserRefIdx(2)), ..Tags::NONE };
    let orders = after(&[accepted(3, 100, tags), accepted(3, 50, Tags::NONE), executed(3, 50)]);
    assert_eq!(sizes(&orders), [(3, 100, 100)]);
}

#[test]
fn refusals_and_broken_trades_leave_orders_as_they_are() {
    let number = UserRefNum(3);
    let (timestamp, cl_ord_id) = (sample::NOON, ClOrdId::BLANK);
    let rejected =
        Rejected { timestamp, user_ref_num: number, reason: RejectReason::HALTED, cl_ord_id };
    let broken = BrokenTrade {
        timestamp,
        user_ref_num: number,
        match_no: MatchNo(17),
        reason: BrokenReason::SUPERVISORY,
        cl_ord_id,
    };
    let orders = after(&[
        accepted(3, 100, Tags::NONE),
        rejected.to_bytes().to_vec(),
        executed(3, 40),
        broken.to_bytes().to_vec(),
    ]);
    assert_eq!(sizes(&orders), [(3, 60, 100)]);
}

#[test]
fn what_is_said_of_unknown_orders_is_passed_over() {
    let mut orders = Orders::default();
    for reply in [executed(3, 100), canceled(3, 1, CancelReason::USER), b"?".to_vec(), Vec::new()] {
        assert_eq!(orders.take(&sample::reply(&reply)), None);
    }
    // A replacement of an order from before is known all the same.
    let order = orders.take(&sample::reply(&replaced(3, 4, 90))).expect("it is new");
    assert_eq!((order.left, order.total()), (Shares(90), Shares(90)));
}

//! What goes out for which words.

use protocol_spec::wire::ouch::{
    AiqStrategy, CancelOrder, Capacity, ClOrdId, CrossType, CustomerType, DisableOrderEntry,
    DiscretionPriceType, Display, EnableOrderEntry, EnterOrder, HandleInst, Inbound, Iso,
    MassCancel, ModifyOrder, Mpid, PostOnly, PriceType, ReplaceOrder, SharesLocated, Side, Symbol,
    TagSet, Tags, TimeInForce, TradeNow,
};
use protocol_spec::wire::text::Alpha;
use protocol_spec::words::{GroupId, OrderPrice, Shares, SignedPrice, UserRefIdx, UserRefNum};

use crate::kit::{NEXT, Run, order, serve, taken};

/// The one request that goes out for these words, its answer, and what is shown.
fn sent(words: &str) -> (Vec<u8>, Run) {
    let words: Vec<&str> = words.split_whitespace().collect();
    let (mut requests, run) = order(&words, |venue| serve(venue, taken));
    assert_eq!((requests.len(), run.code), (1, Some(0)), "{words:?}: {run:?}");
    (requests.remove(0), run)
}

fn tags(request: &[u8]) -> Tags {
    let (_, appendage) = Inbound::decode(request).expect("it is a request");
    appendage.read(TagSet::ALL).expect("its tags are good")
}

fn enter(words: &str) -> (EnterOrder, Tags) {
    let (request, run) = sent(words);
    assert_eq!(run.out.lines().count(), 1, "{run:?}");
    match Inbound::decode(&request) {
        Ok((Inbound::EnterOrder(order), _)) => (order.values(), tags(&request)),
        other => panic!("{words}: {other:?}"),
    }
}

const PLAIN: EnterOrder = EnterOrder {
    user_ref_num: UserRefNum(NEXT),
    side: Side::BUY,
    quantity: Shares(100),
    symbol: Symbol::new("AAPL"),
    price: OrderPrice(1_875_000),
    time_in_force: TimeInForce::DAY,
    display: Display::VISIBLE,
    capacity: Capacity::AGENCY,
    iso: Iso::NO,
    cross_type: CrossType::CONTINUOUS,
    cl_ord_id: ClOrdId::BLANK,
};

#[test]
fn four_words_say_what_is_done() {
    let all = [
        ("buy", Side::BUY),
        ("sell", Side::SELL),
        ("short", Side::SELL_SHORT),
        ("exempt", Side::SELL_SHORT_EXEMPT),
    ];
    for (word, side) in all {
        let order = enter(&format!("{word} 100 aapl @ 187.50"));
        assert_eq!(order, (EnterOrder { side, ..PLAIN }, Tags::NONE));
    }
    let market = EnterOrder {
        price: OrderPrice::MARKET_MAX,
        time_in_force: TimeInForce::IMMEDIATE_OR_CANCEL,
        ..PLAIN
    };
    assert_eq!(enter("buy 100 AAPL @ market --tif ioc"), (market, Tags::NONE));
}

#[test]
fn every_option_has_its_field_or_tag() {
    let order = enter(
        "buy 100 AAPL @ 187.50 --number 12 --channel 3 --tif gtt --expire 60 --display a \
         --floor 50 --random 20 --min 10 --post-only --located --locate-broker lend \
         --aiq D --aiq-group X1 --cl-ord-id mine --firm frm2 --group 9 --capacity p \
         --customer retail",
    );
    let fields = EnterOrder {
        user_ref_num: UserRefNum(12),
        time_in_force: TimeInForce::TILL_TIME,
        display: Display::ATTRIBUTABLE,
        capacity: Capacity::PRINCIPAL,
        cl_ord_id: ClOrdId::new("mine"),
        ..PLAIN
    };
    let tags = Tags {
        user_ref_idx: Some(UserRefIdx(3)),
        expire_time: Some(60),
        max_floor: Some(Shares(50)),
        random_reserves: Some(Shares(20)),
        min_qty: Some(Shares(10)),
        post_only: Some(PostOnly::POST_ONLY),
        shares_located: Some(SharesLocated::YES),
        locate_broker: Some(Mpid::new("LEND")),
        aiq_strategy: Some(AiqStrategy::FIRM_DECREMENT),
        aiq_group: Some(Alpha::new("X1")),
        firm: Some(Mpid::new("FRM2")),
        group_id: Some(GroupId(9)),
        customer_type: Some(CustomerType::RETAIL),
        ..Tags::NONE
    };
    assert_eq!(order, (fields, tags));
}

#[test]
fn what_this_venue_refuses_can_be_asked_for_all_the_same() {
    let order = enter(
        "buy 100 AAPL @ 187.50 --iso --price-type R --peg-offset -0.01 --discretion 188 \
         --discretion-type P --discretion-offset 0.5 --trade-now n --handle I --cross opening",
    );
    let fields = EnterOrder { iso: Iso::YES, cross_type: CrossType::OPENING, ..PLAIN };
    let tags = Tags {
        price_type: Some(PriceType::PRIMARY_PEG),
        peg_offset: Some(SignedPrice(-100)),
        discretion_price: Some(OrderPrice(1_880_000)),
        discretion_price_type: Some(DiscretionPriceType::MARKET_PEG),
        discretion_peg_offset: Some(SignedPrice(5_000)),
        trade_now: Some(TradeNow::NO),
        handle_inst: Some(HandleInst::IMBALANCE_ONLY),
        ..Tags::NONE
    };
    assert_eq!(order, (fields, tags));
}

#[test]
fn a_replacement_names_the_order_and_what_is_new() {
    let (request, run) = sent(
        "replace 5 80 @ 187.4 --side short --tif gtx --display n --post-only=n --min 40 \
         --cl-ord-id next --channel 2",
    );
    let Ok((Inbound::ReplaceOrder(replace), _)) = Inbound::decode(&request) else {
        panic!("{request:02X?}");
    };
    let fields = ReplaceOrder {
        orig_user_ref_num: UserRefNum(5),
        user_ref_num: UserRefNum(NEXT),
        quantity: Shares(80),
        price: OrderPrice(1_874_000),
        time_in_force: TimeInForce::EXTENDED,
        display: Display::HIDDEN,
        iso: Iso::NO,
        cl_ord_id: ClOrdId::new("next"),
    };
    let expected = Tags {
        side: Some(Side::SELL_SHORT),
        post_only: Some(PostOnly::NO),
        min_qty: Some(Shares(40)),
        user_ref_idx: Some(UserRefIdx(2)),
        ..Tags::NONE
    };
    assert_eq!((replace.values(), tags(&request)), (fields, expected));
    assert_eq!(run.lines(), ["#42 OrderReplaced"]);
}

#[test]
fn cancels_and_modifications_name_the_order_alone() {
    for (words, order, quantity, idx) in [
        ("cancel 5", 5, 0, None),
        ("cancel 6 30", 6, 30, None),
        ("cancel 6 --channel 9", 6, 0, Some(UserRefIdx(9))),
    ] {
        let (request, run) = sent(words);
        let Ok((Inbound::CancelOrder(cancel), _)) = Inbound::decode(&request) else {
            panic!("{request:02X?}");
        };
        let fields = CancelOrder { user_ref_num: UserRefNum(order), quantity: Shares(quantity) };
        let expected = Tags { user_ref_idx: idx, ..Tags::NONE };
        assert_eq!((cancel.values(), tags(&request)), (fields, expected));
        // No number is asked for before: the answer is the first new reply.
        assert_eq!(run.lines(), ["#41 Canceled"]);
    }
    let (request, run) = sent("modify 5 short 9 --located --locate-broker LEND");
    let Ok((Inbound::ModifyOrder(modify), _)) = Inbound::decode(&request) else {
        panic!("{request:02X?}");
    };
    let fields =
        ModifyOrder { user_ref_num: UserRefNum(5), side: Side::SELL_SHORT, quantity: Shares(9) };
    let expected = Tags {
        shares_located: Some(SharesLocated::YES),
        locate_broker: Some(Mpid::new("LEND")),
        ..Tags::NONE
    };
    assert_eq!((modify.values(), tags(&request)), (fields, expected));
    assert_eq!(run.lines(), ["#41 OrderModified"]);
}

#[test]
fn requests_about_all_orders_filter_them() {
    for (words, firm, symbol, side, group) in [
        ("mass-cancel", "", "", None, None),
        ("mass-cancel --firm FRM1 --side sell", "FRM1", "", Some(Side::SELL), None),
        ("mass-cancel --symbol aapl --group 0", "", "AAPL", None, Some(GroupId(0))),
    ] {
        let (request, run) = sent(words);
        let Ok((Inbound::MassCancel(cancel), _)) = Inbound::decode(&request) else {
            panic!("{request:02X?}");
        };
        let fields = MassCancel {
            user_ref_num: UserRefNum(NEXT),
            firm: Mpid::new(firm),
            symbol: Symbol::new(symbol),
        };
        let expected = Tags { side, group_id: group, ..Tags::NONE };
        assert_eq!((cancel.values(), tags(&request)), (fields, expected));
        assert_eq!(run.lines(), ["#42 MassCancelResponse"]);
    }
}

#[test]
fn firms_are_switched_off_and_on() {
    let (request, run) = sent("disable FRM1 --number 30");
    let Ok((Inbound::DisableOrderEntry(disable), _)) = Inbound::decode(&request) else {
        panic!("{request:02X?}");
    };
    let fields = DisableOrderEntry { user_ref_num: UserRefNum(30), firm: Mpid::new("FRM1") };
    assert_eq!((disable.values(), tags(&request)), (fields, Tags::NONE));
    assert_eq!(run.lines(), ["#41 DisableOrderEntryResponse"]);
    let (request, run) = sent("enable");
    let Ok((Inbound::EnableOrderEntry(enable), _)) = Inbound::decode(&request) else {
        panic!("{request:02X?}");
    };
    let fields = EnableOrderEntry { user_ref_num: UserRefNum(NEXT), firm: Mpid::BLANK };
    assert_eq!((enable.values(), tags(&request)), (fields, Tags::NONE));
    assert_eq!(run.lines(), ["#42 EnableOrderEntryResponse"]);
}

#[test]
fn a_query_shows_the_next_number() {
    let (requests, run) = order(&["query", "--channel", "4"], |venue| serve(venue, taken));
    assert_eq!((requests.len(), run.code), (0, Some(0)), "{run:?}");
    assert_eq!(run.lines(), ["#41 AccountQueryResponse"]);
    assert!(run.out.contains("next_user_ref_num=7 tag.user_ref_idx=4"), "{run:?}");
}

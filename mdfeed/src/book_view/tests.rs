//! What each message does, and each fault; that a faulty message does nothing.

use std::vec::Vec;

use protocol_spec::wire::itch::{
    AddOrder, AddOrderMpid, BrokenTrade, CrossTrade, HaltMarket, Message, MwcbStatus,
    OperationalHalt, OperationalHaltAction, OrderCancel, OrderDelete, OrderExecuted,
    OrderExecutedWithPrice, OrderReplace, RegShoAction, RegShoRestriction, StockDirectory,
    StockTradingAction, SystemEvent, Trade as NonCross, TradingActionReason, TradingState,
};
use protocol_spec::words::MatchNo;

use super::*;

const ABC: Locate = Locate(3);
const XYZ: Locate = Locate(9);

/// A view of ABC and XYZ.
fn listed() -> BookView {
    let mut view = BookView::new();
    for (locate, name) in [(ABC, "ABC"), (XYZ, "XYZ")] {
        let stock = Symbol::new(name);
        let directory = StockDirectory { locate, stock, ..StockDirectory::BLANK };
        assert_eq!(view.apply(&directory.to_bytes()), Ok(Change::Security(locate)));
    }
    view
}

fn add(of: u64, side: BuySell, shares: u32, price: u32) -> AddOrder {
    AddOrder {
        locate: ABC,
        timestamp: Timestamp(of),
        order_ref: OrderRef(of),
        side,
        shares: Shares(shares),
        price: Price(price),
        ..AddOrder::BLANK
    }
}

fn delete(of: u64) -> OrderDelete {
    OrderDelete { locate: ABC, order_ref: OrderRef(of), ..OrderDelete::BLANK }
}

fn executed(of: u64, shares: u32) -> OrderExecuted {
    let (order_ref, shares, match_no) = (OrderRef(of), Shares(shares), MatchNo(of + 100));
    let timestamp = Timestamp(77);
    OrderExecuted { locate: ABC, timestamp, order_ref, shares, match_no, ..OrderExecuted::BLANK }
}

fn cancel(of: u64, shares: u32) -> OrderCancel {
    let (order_ref, shares) = (OrderRef(of), Shares(shares));
    OrderCancel { locate: ABC, order_ref, shares, ..OrderCancel::BLANK }
}

fn replace(of: u64, new: u64, shares: u32, price: u32) -> OrderReplace {
    OrderReplace {
        locate: ABC,
        timestamp: Timestamp(new),
        original_ref: OrderRef(of),
        new_ref: OrderRef(new),
        shares: Shares(shares),
        price: Price(price),
        ..OrderReplace::BLANK
    }
}

/// A view with two buys at 100, one at 99 and a sell at 102.
fn filled() -> BookView {
    let mut view = listed();
    for (of, side, price) in [(1, BuySell::BUY, 100), (2, BuySell::BUY, 99)] {
        take(&mut view, &add(of, side, 300, price).to_bytes());
    }
    take(&mut view, &add(3, BuySell::BUY, 200, 100).to_bytes());
    take(&mut view, &add(4, BuySell::SELL, 100, 102).to_bytes());
    view
}

fn take(view: &mut BookView, message: &[u8]) -> Change {
    view.apply(message).expect("the message can be taken")
}

/// References and shares of a side of ABC, in order.
fn side(view: &BookView, side: Side) -> Vec<(u64, u32, u32)> {
    let order = |order: Order| (order.order_ref.0, order.spot.price.0, order.shares.0);
    view.book(ABC).orders(side).map(order).collect()
}

fn spot(side: Side, price: u32) -> Spot {
    Spot { locate: ABC, side, price: Price(price) }
}

/// A message that is refused, for this reason, and changes nothing.
#[track_caller]
fn refused(view: &mut BookView, message: &[u8], fault: Fault) {
    let before =
        (view.digest(), view.live_orders(), view.securities().copied().collect::<Vec<_>>());
    assert_eq!(view.apply(message), Err(fault));
    let after = (view.digest(), view.live_orders(), view.securities().copied().collect::<Vec<_>>());
    assert_eq!(after, before, "a fault changes nothing");
}

#[test]
fn orders_stand_by_price_and_then_as_they_came() {
    let view = filled();
    assert_eq!(side(&view, Side::Buy), [(1, 100, 300), (3, 100, 200), (2, 99, 300)]);
    assert_eq!(side(&view, Side::Sell), [(4, 102, 100)]);
    let level =
        |price, shares, orders| Level { price: Price(price), shares: Volume(shares), orders };
    let book = view.book(ABC);
    assert!(book.levels(Side::Buy).eq([level(100, 500, 2), level(99, 300, 1)]));
    assert_eq!(book.best(Side::Buy), Some(level(100, 500, 2)));
    assert_eq!(book.best(Side::Sell), Some(level(102, 100, 1)));
    assert_eq!(book.level(Side::Buy, Price(99)), Some(level(99, 300, 1)));
    assert_eq!(book.level(Side::Buy, Price(98)), None);
    assert!(book.orders_at(Side::Buy, Price(99)).map(|order| order.order_ref).eq([OrderRef(2)]));
    assert_eq!((view.live_orders(), book.locate()), (4, ABC));
    assert_eq!(view.book(XYZ).best(Side::Buy), None);
    assert_eq!(view.book(Locate(4)).levels(Side::Sell).count(), 0, "nothing is there");
}

#[test]
fn sells_stand_from_the_lowest_price_on() {
    let mut view = listed();
    for (of, price) in [(1, 500), (2, u32::MAX), (3, 0), (4, 499)] {
        take(&mut view, &add(of, BuySell::SELL, 1, price).to_bytes());
    }
    let expected = [(3, 0, 1), (4, 499, 1), (1, 500, 1), (2, u32::MAX, 1)];
    assert_eq!(side(&view, Side::Sell), expected);
}

#[test]
fn an_attributed_order_has_its_owner_and_its_time() {
    let mut view = listed();
    let message = AddOrderMpid {
        locate: ABC,
        timestamp: Timestamp(5),
        order_ref: OrderRef(8),
        side: BuySell::SELL,
        shares: Shares(10),
        price: Price(50),
        attribution: Mpid::new("FRM1"),
        ..AddOrderMpid::BLANK
    };
    assert_eq!(take(&mut view, &message.to_bytes()), Change::Book(spot(Side::Sell, 50)));
    let mut expected = Order {
        order_ref: OrderRef(8),
        spot: spot(Side::Sell, 50),
        shares: Shares(10),
        mpid: Some(Mpid::new("FRM1")),
        since: Timestamp(5),
    };
    assert_eq!(view.order(OrderRef(8)), Some(expected));
    // The new order inherits owner, side and security; its time is its own.
    take(&mut view, &replace(8, 9, 20, 51).to_bytes());
    (expected.order_ref, expected.spot.price) = (OrderRef(9), Price(51));
    (expected.shares, expected.since) = (Shares(20), Timestamp(9));
    assert_eq!((view.order(OrderRef(8)), view.order(OrderRef(9))), (None, Some(expected)));
}

#[test]
fn an_execution_lessens_an_order_which_keeps_its_place() {
    let mut view = filled();
    let trade =
        Trade { price: Price(100), shares: Volume(250), match_no: MatchNo(101), printable: true };
    let change = take(&mut view, &executed(1, 250).to_bytes());
    assert_eq!(change, Change::Executed(spot(Side::Buy, 100), trade));
    assert_eq!(side(&view, Side::Buy), [(1, 100, 50), (3, 100, 200), (2, 99, 300)]);
    take(&mut view, &executed(1, 50).to_bytes());
    assert_eq!(side(&view, Side::Buy), [(3, 100, 200), (2, 99, 300)], "it is gone with the last");
    let tape = view.security(ABC).expect("it is listed").tape;
    assert_eq!((tape.volume, tape.trades), (Volume(300), 2));
    let last = Print { time: Timestamp(77), shares: Volume(50), price: Price(100) };
    assert_eq!(tape.last, Some(last));
}

#[test]
fn an_execution_at_another_price_counts_only_if_it_is_printable() {
    let mut view = filled();
    for (printable, volume, trades) in [(Printable::NO, 0, 0), (Printable::YES, 40, 1)] {
        let message = OrderExecutedWithPrice {
            locate: ABC,
            order_ref: OrderRef(4),
            shares: Shares(40),
            match_no: MatchNo(5),
            printable,
            price: Price(95),
            ..OrderExecutedWithPrice::BLANK
        };
        let trade = Trade {
            price: Price(95),
            shares: Volume(40),
            match_no: MatchNo(5),
            printable: printable == Printable::YES,
        };
        let change = take(&mut view, &message.to_bytes());
        assert_eq!(change, Change::Executed(spot(Side::Sell, 102), trade));
        let tape = view.security(ABC).expect("it is listed").tape;
        assert_eq!((tape.volume, tape.trades), (Volume(volume), trades));
    }
    assert_eq!(side(&view, Side::Sell), [(4, 102, 20)], "both take shares off the order");
}

#[test]
fn a_cancel_lessens_and_a_delete_removes() {
    let mut view = filled();
    assert_eq!(take(&mut view, &cancel(1, 100).to_bytes()), Change::Book(spot(Side::Buy, 100)));
    assert_eq!(side(&view, Side::Buy), [(1, 100, 200), (3, 100, 200), (2, 99, 300)]);
    take(&mut view, &cancel(1, 200).to_bytes());
    assert_eq!(take(&mut view, &delete(2).to_bytes()), Change::Book(spot(Side::Buy, 99)));
    assert_eq!(side(&view, Side::Buy), [(3, 100, 200)]);
    take(&mut view, &delete(3).to_bytes());
    assert_eq!((view.book(ABC).best(Side::Buy), view.live_orders()), (None, 1));
    assert_eq!(view.security(ABC).expect("it is listed").tape, Tape::default());
}

#[test]
fn orders_go_from_anywhere_in_a_queue() {
    for gone in 1..=3 {
        let mut view = listed();
        for of in 1..=3 {
            take(&mut view, &add(of, BuySell::BUY, 1, 7).to_bytes());
        }
        take(&mut view, &delete(gone).to_bytes());
        take(&mut view, &add(4, BuySell::BUY, 1, 7).to_bytes());
        let left: Vec<_> = side(&view, Side::Buy).into_iter().map(|(of, ..)| of).collect();
        let expected: Vec<_> = (1..=4).filter(|of| *of != gone).collect();
        assert_eq!(left, expected);
    }
}

#[test]
fn a_replaced_order_goes_behind_all_others_even_at_its_own_price() {
    let mut view = filled();
    let change = take(&mut view, &replace(1, 10, 300, 100).to_bytes());
    assert_eq!(change, Change::Replaced { from: spot(Side::Buy, 100), to: spot(Side::Buy, 100) });
    assert_eq!(side(&view, Side::Buy), [(3, 100, 200), (10, 100, 300), (2, 99, 300)]);
    // Under the number that it has.
    take(&mut view, &replace(3, 3, 1, 100).to_bytes());
    assert_eq!(side(&view, Side::Buy), [(10, 100, 300), (3, 100, 1), (2, 99, 300)]);
}

#[test]
fn trades_beside_the_book_and_crosses_are_on_the_tape() {
    let mut view = filled();
    let before = view.digest();
    for (price, shares) in [(100, 10), (120, 20), (90, 30)] {
        let (price, shares) = (Price(price), Shares(shares));
        let message = NonCross { locate: ABC, price, shares, ..NonCross::BLANK };
        take(&mut view, &message.to_bytes());
    }
    let (price, none) = (Price(101), Volume(0));
    let message = CrossTrade { locate: ABC, price, shares: Volume(1_000), ..CrossTrade::BLANK };
    let trade = Trade { price, shares: Volume(1_000), match_no: MatchNo(0), printable: true };
    assert_eq!(take(&mut view, &message.to_bytes()), Change::Traded(ABC, trade));
    let empty = CrossTrade { price: Price(0), shares: none, ..message };
    let trade = Trade { price: Price(0), shares: none, ..trade };
    assert_eq!(take(&mut view, &empty.to_bytes()), Change::Traded(ABC, trade));
    let tape = view.security(ABC).expect("it is listed").tape;
    assert_eq!((tape.volume, tape.trades), (Volume(1_060), 4));
    let range = Range { open: Price(100), high: Price(120), low: Price(90) };
    assert_eq!((tape.range, tape.last.map(|last| last.price)), (Some(range), Some(price)));
    assert_eq!(view.digest(), before, "the book is as it was");
}

#[test]
fn a_broken_trade_is_counted_and_changes_nothing_else() {
    let mut view = filled();
    let message = BrokenTrade { locate: ABC, match_no: MatchNo(6), ..BrokenTrade::BLANK };
    assert_eq!(take(&mut view, &message.to_bytes()), Change::Broken(ABC, MatchNo(6)));
    let security = view.security(ABC).expect("it is listed");
    assert_eq!((security.broken, security.tape), (1, Tape::default()));
}

#[test]
fn states_of_the_day_and_of_securities_are_kept() {
    let mut view = listed();
    let event = SystemEventCode::START_OF_MARKET_HOURS;
    let message = SystemEvent { event, ..SystemEvent::BLANK };
    assert_eq!(take(&mut view, &message.to_bytes()), Change::Stage(event));
    let (state, reason) = (TradingState::HALTED, TradingActionReason::T1);
    let message = StockTradingAction { locate: ABC, state, reason, ..StockTradingAction::BLANK };
    assert_eq!(take(&mut view, &message.to_bytes()), Change::Security(ABC));
    let action = RegShoAction::REMAINS;
    let message = RegShoRestriction { locate: ABC, action, ..RegShoRestriction::BLANK };
    assert_eq!(take(&mut view, &message.to_bytes()), Change::Security(ABC));
    let (market, action) = (HaltMarket::PSX, OperationalHaltAction::RESUMED);
    let message = OperationalHalt { locate: ABC, market, action, ..OperationalHalt::BLANK };
    assert_eq!(take(&mut view, &message.to_bytes()), Change::Security(ABC));
    let breached = BreachedLevel::LEVEL_2;
    let message = MwcbStatus { breached, ..MwcbStatus::BLANK };
    assert_eq!(take(&mut view, &message.to_bytes()), Change::Notice(Locate(0)));
    let security = view.security(ABC).expect("it is listed");
    assert_eq!((security.state, security.reason), (Some(state), reason));
    assert_eq!(security.short_sales, Some(RegShoAction::REMAINS));
    assert_eq!(security.halt, Some((market, action)));
    assert_eq!((view.stage(), view.breached()), (Some(event), Some(breached)));
    assert_eq!(view.security(XYZ).expect("it is listed").state, None);
}

#[test]
fn securities_are_found_by_their_latest_names() {
    let mut view = listed();
    let found = |view: &BookView, name| view.find(Symbol::new(name));
    assert_eq!((found(&view, "ABC"), found(&view, "XYZ")), (Some(ABC), Some(XYZ)));
    assert_eq!(view.securities().map(|each| each.directory.locate).collect::<Vec<_>>(), [ABC, XYZ]);
    let stock = Symbol::new("NEW");
    let renamed = StockDirectory { locate: ABC, stock, ..StockDirectory::BLANK };
    take(&mut view, &renamed.to_bytes());
    assert_eq!((found(&view, "ABC"), found(&view, "NEW")), (None, Some(ABC)));
    assert_eq!(view.security(ABC).map(Security::name), Some(stock));
}

#[test]
fn every_message_of_the_document_is_taken() {
    for layout in Message::LAYOUTS {
        let mut view = filled();
        let kind = layout.kind.expect("each message of the feed has one").byte;
        let mut message = [&[kind][..], &[0; 60]].concat();
        message.truncate(layout.len);
        message[2] = ABC.0 as u8;
        // An order of ABC, be it an old one or a new one, and shares.
        let is_new = b"AF".contains(&kind);
        if layout.fields.iter().any(|field| field.offset == 11 && field.type_name == "OrderRef") {
            message[18] = if is_new { 200 } else { 1 };
        }
        for field in layout.fields.iter().filter(|field| field.type_name == "Shares") {
            message[field.offset + 3] = 1;
        }
        for field in layout.fields.iter().filter(|field| field.type_name == "BuySell") {
            message[field.offset] = b'B';
        }
        let taken = view.apply(&message);
        assert!(taken.is_ok(), "{}: {taken:?}", layout.name);
        let short =
            Fault::Malformed(DecodeError::Truncated { need: layout.len, have: layout.len - 1 });
        refused(&mut view, &message[..layout.len - 1], short);
        message.push(0);
        refused(&mut view, &message, Fault::Malformed(DecodeError::Trailing { extra: 1 }));
    }
    let mut view = filled();
    refused(&mut view, b"Z", Fault::Malformed(DecodeError::UnknownType(b'Z')));
    refused(&mut view, b"", Fault::Malformed(DecodeError::Truncated { need: 1, have: 0 }));
}

#[test]
fn orders_that_are_not_known_are_faults() {
    let mut view = filled();
    let fault = Fault::UnknownOrder(OrderRef(7));
    let at_price = OrderExecutedWithPrice::BLANK;
    let at_price = OrderExecutedWithPrice { locate: ABC, order_ref: OrderRef(7), ..at_price };
    refused(&mut view, &at_price.to_bytes(), fault);
    refused(&mut view, &executed(7, 1).to_bytes(), fault);
    refused(&mut view, &cancel(7, 1).to_bytes(), fault);
    refused(&mut view, &delete(7).to_bytes(), fault);
    refused(&mut view, &replace(7, 8, 1, 1).to_bytes(), fault);
}

#[test]
fn references_that_are_taken_are_faults() {
    let mut view = filled();
    let fault = Fault::DuplicateOrder(OrderRef(4));
    refused(&mut view, &add(4, BuySell::BUY, 1, 1).to_bytes(), fault);
    refused(&mut view, &replace(1, 4, 1, 1).to_bytes(), fault);
    // One that is free again may come again: venues differ.
    take(&mut view, &delete(4).to_bytes());
    take(&mut view, &replace(1, 4, 1, 1).to_bytes());
}

#[test]
fn shares_that_cannot_be_are_faults() {
    let mut view = filled();
    let fault = Fault::TooManyShares(OrderRef(4));
    refused(&mut view, &executed(4, 101).to_bytes(), fault);
    refused(&mut view, &cancel(4, u32::MAX).to_bytes(), fault);
    refused(&mut view, &executed(4, 0).to_bytes(), Fault::NoShares);
    refused(&mut view, &cancel(4, 0).to_bytes(), Fault::NoShares);
    refused(&mut view, &add(9, BuySell::BUY, 0, 1).to_bytes(), Fault::NoShares);
    refused(&mut view, &replace(4, 9, 0, 1).to_bytes(), Fault::NoShares);
    refused(&mut view, &NonCross { locate: ABC, ..NonCross::BLANK }.to_bytes(), Fault::NoShares);
}

#[test]
fn other_securities_than_those_listed_or_meant_are_faults() {
    let mut view = filled();
    // Below, between and above those that were listed.
    for locate in [0, 1, 4, 500].map(Locate) {
        let fault = Fault::UnknownSecurity(locate);
        let order = add(9, BuySell::BUY, 1, 1);
        refused(&mut view, &AddOrder { locate, ..order }.to_bytes(), fault);
        let trade = NonCross { locate, shares: Shares(1), ..NonCross::BLANK };
        refused(&mut view, &trade.to_bytes(), fault);
        refused(&mut view, &CrossTrade { locate, ..CrossTrade::BLANK }.to_bytes(), fault);
        refused(&mut view, &BrokenTrade { locate, ..BrokenTrade::BLANK }.to_bytes(), fault);
        let action = StockTradingAction { locate, ..StockTradingAction::BLANK };
        refused(&mut view, &action.to_bytes(), fault);
    }
    let none = StockDirectory { locate: Locate(0), ..StockDirectory::BLANK };
    refused(&mut view, &none.to_bytes(), Fault::UnknownSecurity(Locate(0)));
    let fault = Fault::OtherSecurity(OrderRef(4));
    refused(&mut view, &OrderDelete { locate: XYZ, ..delete(4) }.to_bytes(), fault);
    refused(&mut view, &add(9, BuySell(*b"X"), 1, 1).to_bytes(), Fault::NoSide);
}

#[test]
fn codes_without_a_meaning_are_taken_as_they_come() {
    let mut view = listed();
    let state = TradingState(*b"?");
    let message = StockTradingAction { locate: ABC, state, ..StockTradingAction::BLANK };
    take(&mut view, &message.to_bytes());
    assert_eq!(view.security(ABC).expect("it is listed").state, Some(state));
}

#[test]
fn a_view_that_was_cleared_is_like_a_new_one() {
    let mut view = filled();
    view.clear();
    assert_eq!((view.live_orders(), view.digest(), view.stage()), (0, 0, None));
    assert_eq!((view.securities().count(), view.find(Symbol::new("ABC"))), (0, None));
    let add = add(1, BuySell::BUY, 1, 1).to_bytes();
    refused(&mut view, &add, Fault::UnknownSecurity(ABC));
}

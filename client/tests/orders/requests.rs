//! Requests, their numbers, and the replies to them.

use std::time::Duration;

use client::{
    Cancel, Cause, Disable, Enable, MassCancel, Modify, Order, OrderClient, Replacement, Request,
    Start,
};
use protocol_spec::session::soup::End;
use protocol_spec::wire::ouch::{
    Inbound, Mpid, Outbound, PostOnly, RejectReason, Side, Symbol, TagSet, Tags, TimeInForce,
};
use protocol_spec::words::{GroupId, OrderPrice, SequenceNo, Shares, UserRefIdx, UserRefNum};

use crate::logins::config;
use crate::messages::{accepted, canceled, channel, executed, next_number, rejected, start_of_day};
use crate::venue::{SESSION, Seat, Venue};

const SOON: Duration = Duration::from_secs(10);
const APPLE: Symbol = Symbol::new("AAPL");
const PRICE: OrderPrice = OrderPrice(1_875_000);

/// An order that a test sends.
pub(crate) fn order() -> Order {
    Order::buy(Shares(100), APPLE, PRICE)
}

/// Client and a venue that lets it in at reply 1.
fn connected<S: Send, T>(
    script: impl FnOnce(&mut Seat) -> S + Send,
    play: impl FnOnce(&mut OrderClient) -> T,
) -> (S, T) {
    Venue::open().with(
        |venue| {
            let mut seat = venue.let_in(1);
            let scripted = script(&mut seat);
            assert_eq!(seat.gone(), End::LoggedOut);
            scripted
        },
        |address| {
            let mut client = OrderClient::connect(address, &config()).expect("it is let in");
            let played = play(&mut client);
            client.log_out().expect("it was logged in");
            played
        },
    )
}

/// The next replies, as their types and numbers.
fn replies(client: &mut OrderClient, count: usize) -> Vec<(u64, char)> {
    let mut all = Vec::new();
    for _ in 0..count {
        let reply = client.next(SOON).expect("it is connected").expect("a reply comes");
        all.push((reply.number.0, char::from(reply.bytes[0])));
    }
    all
}

#[test]
fn an_order_goes_out_and_its_replies_come_in() {
    let (enter, number) = connected(
        |seat| {
            seat.reply(&start_of_day());
            let query = seat.request();
            seat.reply(&next_number(&query, 7));
            let enter = seat.request();
            seat.reply(&accepted(&enter));
            seat.reply(&executed(7, 60));
            seat.reply(&canceled(7, 40));
            enter
        },
        |client| {
            let order = Order { time_in_force: TimeInForce::IMMEDIATE_OR_CANCEL, ..order() };
            let number = client.send(order).expect("it is connected");
            assert_eq!(client.next_number(), SequenceNo(1));
            assert_eq!(replies(client, 3), [(1, 'S'), (2, 'Q'), (3, 'A')]);
            let fill = client.next(SOON).expect("it is connected").expect("a reply comes");
            let (message, tags) = fill.decode().expect("it is a message");
            let Outbound::OrderExecuted(executed) = message else {
                panic!("{message:?}");
            };
            assert_eq!((executed.quantity(), executed.price()), (Shares(60), PRICE));
            assert_eq!(tags.read(TagSet::ALL), Ok(Tags::NONE));
            assert_eq!((fill.number, fill.about()), (SequenceNo(4), Some(number)));
            assert_eq!(replies(client, 1), [(5, 'C')]);
            number
        },
    );
    let (Inbound::EnterOrder(enter), _) = Inbound::decode(&enter).expect("it is an order") else {
        panic!("no order");
    };
    assert_eq!((number, enter.user_ref_num()), (UserRefNum(7), UserRefNum(7)));
    assert_eq!((enter.side(), enter.symbol()), (Side::BUY, APPLE));
    assert_eq!((enter.quantity(), enter.price()), (Shares(100), PRICE));
    assert_eq!(enter.time_in_force(), TimeInForce::IMMEDIATE_OR_CANCEL);
}

#[test]
fn numbers_are_given_channel_by_channel_and_may_be_chosen() {
    let in_channel = |idx| Tags { user_ref_idx: Some(UserRefIdx(idx)), ..Tags::NONE };
    let (seen, ()) = connected(
        |seat| {
            let mut seen = Vec::new();
            for _ in 0..7 {
                let request = seat.request();
                let (message, _) = Inbound::decode(&request).expect("it is a request");
                match message {
                    Inbound::AccountQuery(_) => seat.reply(&next_number(&request, 5)),
                    Inbound::EnterOrder(order) => {
                        seen.push((channel(&request).user_ref_idx, order.user_ref_num().0));
                    }
                    other => panic!("{other:?}"),
                }
            }
            seen
        },
        |client| {
            let mut send = |tags| client.send(Order { tags, ..order() }).expect("connected");
            assert_eq!(send(Tags::NONE), UserRefNum(5));
            assert_eq!(send(in_channel(3)), UserRefNum(5));
            assert_eq!(send(in_channel(3)), UserRefNum(6));
            client.send_as(UserRefNum(50), order()).expect("connected");
            assert_eq!(client.send(order()).expect("connected"), UserRefNum(51));
        },
    );
    let three = Some(UserRefIdx(3));
    assert_eq!(seen, [(None, 5), (three, 5), (three, 6), (None, 50), (None, 51)]);
}

#[test]
fn every_request_has_its_fields_and_tags() {
    let tags = Tags { user_ref_idx: Some(UserRefIdx(2)), ..Tags::NONE };
    let asked: Vec<(Request, Tags)> = vec![
        (Order { tags: Tags { firm: Some(Mpid::new("FRM1")), ..tags }, ..order() }.into(), {
            Tags { firm: Some(Mpid::new("FRM1")), ..tags }
        }),
        (
            Replacement {
                tags: Tags { post_only: Some(PostOnly::NO), ..tags },
                ..Replacement::new(UserRefNum(3), Shares(50), PRICE)
            }
            .into(),
            Tags { post_only: Some(PostOnly::NO), ..tags },
        ),
        (Cancel { tags, ..Cancel::down_to(UserRefNum(4), Shares(10)) }.into(), tags),
        (Modify { tags, ..Modify::new(UserRefNum(4), Side::SELL_SHORT, Shares(9)) }.into(), tags),
        (
            MassCancel {
                firm: Mpid::new("FRM2"),
                symbol: APPLE,
                tags: Tags { group_id: Some(GroupId(0)), side: Some(Side::SELL), ..tags },
            }
            .into(),
            Tags { group_id: Some(GroupId(0)), side: Some(Side::SELL), ..tags },
        ),
        (Disable { firm: Mpid::new("FRM1"), tags }.into(), tags),
        (Enable { tags, ..Enable::ALL }.into(), tags),
    ];
    let count = asked.len();
    let (seen, ()) = connected(
        |seat| (0..count).map(|_| seat.request()).collect::<Vec<_>>(),
        |client| {
            for (request, _) in &asked {
                client.send_as(UserRefNum(20), *request).expect("it is connected");
            }
        },
    );
    let expected = [
        "EnterOrder 20 B 100 AAPL 187.5000",
        "ReplaceOrder 3 20 50 187.5000",
        "CancelOrder 4 10",
        "ModifyOrder 4 T 9",
        "MassCancel 20 FRM2 AAPL",
        "DisableOrderEntry 20 FRM1",
        "EnableOrderEntry 20 ",
    ];
    for ((bytes, (request, tags)), expected) in seen.iter().zip(&asked).zip(expected) {
        let (message, appendage) = Inbound::decode(bytes).expect("it is a request");
        assert_eq!(appendage.read(TagSet::ALL), Ok(*tags), "{request:?}");
        assert_eq!(told(message), expected);
    }
}

/// The fields that tests set.
fn told(message: Inbound<'_>) -> String {
    use Inbound as I;
    let name = message.layout().name;
    match message {
        I::EnterOrder(m) => format!(
            "{name} {} {} {} {} {}",
            m.user_ref_num(),
            m.side(),
            m.quantity(),
            m.symbol(),
            m.price()
        ),
        I::ReplaceOrder(m) => format!(
            "{name} {} {} {} {}",
            m.orig_user_ref_num(),
            m.user_ref_num(),
            m.quantity(),
            m.price()
        ),
        I::CancelOrder(m) => format!("{name} {} {}", m.user_ref_num(), m.quantity()),
        I::ModifyOrder(m) => format!("{name} {} {} {}", m.user_ref_num(), m.side(), m.quantity()),
        I::MassCancel(m) => format!("{name} {} {} {}", m.user_ref_num(), m.firm(), m.symbol()),
        I::DisableOrderEntry(m) => format!("{name} {} {}", m.user_ref_num(), m.firm()),
        I::EnableOrderEntry(m) => format!("{name} {} {}", m.user_ref_num(), m.firm()),
        I::AccountQuery(_) => name.to_owned(),
    }
}

#[test]
fn a_tag_that_the_message_may_not_have_is_refused_before_it_is_sent() {
    let ((), ()) = connected(
        |_| {},
        |client| {
            let tags = Tags { firm: Some(Mpid::new("FRM1")), ..Tags::NONE };
            let cancel = Cancel { tags, ..Cancel::all(UserRefNum(1)) };
            let error = client.send(cancel).expect_err("a cancel has no firm");
            assert!(matches!(error.cause, Cause::NotForMessage { tag: "Firm", .. }), "{error}");
            assert!(error.to_string().contains("Cancel Order may not have the tag Firm"));
        },
    );
}

#[test]
fn replies_that_come_before_the_answer_to_a_query_are_given_afterwards() {
    let ((), ()) = connected(
        |seat| {
            let query = seat.request();
            seat.reply(&rejected(1, RejectReason::HALTED));
            seat.reply(&executed(2, 5));
            seat.reply(&next_number(&query, 4));
            let again = seat.request();
            seat.reply(&next_number(&again, 4));
        },
        |client| {
            assert_eq!(client.query(UserRefIdx(0)).expect("it answers"), UserRefNum(4));
            assert_eq!(replies(client, 3), [(1, 'J'), (2, 'E'), (3, 'Q')]);
            assert_eq!(client.query(UserRefIdx(0)).expect("it answers"), UserRefNum(4));
            assert_eq!(replies(client, 1), [(4, 'Q')]);
        },
    );
}

#[test]
fn an_old_answer_to_a_query_is_not_taken_for_a_new_one() {
    let ((), ()) = Venue::open().with(
        |venue| {
            let seat = venue.let_in(30);
            let mut again = venue.let_in(28);
            assert_ne!(seat.gone(), End::LoggedOut);
            let query = again.request();
            for number in [3, 4, 5, 6] {
                again.reply(&next_number(&query, number));
            }
            again.request();
            assert_eq!(again.gone(), End::LoggedOut);
        },
        |address| {
            let config = config().from(Start::At(SESSION, SequenceNo(28)));
            let mut client = OrderClient::connect(address, &config).expect("it is let in");
            assert_eq!(client.send(order()).expect("connected"), UserRefNum(6));
            assert_eq!(client.next_number(), SequenceNo(28));
            client.log_out().expect("it was logged in");
        },
    );
}

#[test]
fn the_last_number_of_a_channel_is_the_last() {
    let ((), ()) = connected(
        |seat| {
            let query = seat.request();
            seat.reply(&next_number(&query, u32::MAX));
            seat.request();
            seat.request();
        },
        |client| {
            assert_eq!(client.send(order()).expect("one is left"), UserRefNum(u32::MAX));
            let error = client.send(order()).expect_err("none is left");
            assert!(matches!(error.cause, Cause::NoNumbers(UserRefIdx(0))), "{error}");
            assert!(client.send(Cancel::all(UserRefNum(1))).is_ok());
        },
    );
}

use protocol_spec::wire::ouch::{
    AccountQueryResponse, Display, MassCancelResponse, Rejected, Side, Symbol, SystemEvent,
};
use protocol_spec::wire::text::{Alpha, ClOrdId};

use super::super::orders::Orders;
use super::super::sample::{self, NOON, accepted, canceled, encoded, executed, replaced};
use super::*;

/// The lines of some replies, one after the other.
fn lines(replies: &[Vec<u8>]) -> Vec<String> {
    let mut orders = Orders::default();
    let line = |bytes: &Vec<u8>| {
        let reply = sample::reply(bytes);
        let after = orders.take(&reply);
        brief(&reply, after.as_ref()).line(false)
    };
    replies.iter().map(line).collect()
}

#[test]
fn an_order_is_told_from_its_beginning_to_its_end() {
    let day = [
        accepted(3, 150, Tags::NONE),
        executed(3, 100),
        replaced(3, 4, 60),
        canceled(4, 20, CancelReason::USER),
        canceled(4, 40, CancelReason::IMMEDIATE),
    ];
    assert_eq!(
        lines(&day),
        [
            "12:03:04.123456  #3 accepted: buy 150 AAPL @ 187.50",
            "12:03:04.123456  #3 executed 100 AAPL @ 187.50, 50 left (match 17)",
            "12:03:04.123456  #4 replaces #3: buy 60 AAPL @ 187.40",
            "12:03:04.123456  #4 canceled 20 AAPL, 40 left",
            "12:03:04.123456  #4 canceled 40 AAPL, nothing left: immediate or cancel",
        ]
    );
}

#[test]
fn terms_are_told_where_they_are_not_the_usual_ones() {
    let tags = Tags {
        max_floor: Some(Shares(300)),
        post_only: Some(protocol_spec::wire::ouch::PostOnly::POST_ONLY),
        user_ref_idx: Some(UserRefIdx(2)),
        ..Tags::NONE
    };
    let mut hidden = accepted(3, 900, tags);
    hidden[35] = Display::HIDDEN.0[0];
    let expected = "12:03:04.123456  #3 (channel 2) accepted: \
        buy 900 AAPL @ 187.50, hidden, 300 shown, post-only";
    assert_eq!(lines(&[hidden]), [expected]);
}

#[test]
fn of_unknown_orders_no_more_is_told_than_the_reply_has() {
    assert_eq!(
        lines(&[executed(3, 100), canceled(3, 1, CancelReason::IMMEDIATE), b"?".to_vec()]),
        [
            "12:03:04.123456  #3 executed 100 shares @ 187.50 (match 17)",
            "12:03:04.123456  #3 canceled 1 share: immediate or cancel",
            "                 a reply that cannot be read: unknown message type \"?\" (0x3F)",
        ]
    );
}

#[test]
fn refusals_have_their_number_and_a_hint() {
    let rejected = |reason| Rejected {
        timestamp: NOON,
        user_ref_num: UserRefNum(5),
        reason,
        cl_ord_id: ClOrdId::BLANK,
    };
    let line = |reason| lines(&[rejected(reason).to_bytes().to_vec()]).remove(0);
    let unknown = line(RejectReason::INVALID_SYMBOL);
    assert!(unknown.contains("#5 rejected, 0x0017 invalid symbol; not listed here"), "{unknown}");
    assert!(line(RejectReason::HALTED).contains("not yet open"));
    assert!(line(RejectReason([9, 9])).ends_with("0x0909 for a reason without a name"));
}

#[test]
fn what_is_about_no_order_is_told_in_words() {
    let event = |event| SystemEvent { timestamp: NOON, event }.to_bytes().to_vec();
    let response = MassCancelResponse {
        timestamp: NOON,
        user_ref_num: UserRefNum(8),
        firm: Alpha::new("FRM1"),
        symbol: Symbol::new("AAPL"),
    };
    let tags = Tags { side: Some(Side::SELL), ..Tags::NONE };
    let query = AccountQueryResponse { timestamp: NOON, next_user_ref_num: UserRefNum(9) };
    let told = lines(&[
        event(SystemEventCode::START_OF_DAY),
        event(SystemEventCode::END_OF_DAY),
        encoded(|out| response.encode_with(&tags, out)),
        encoded(|out| query.encode_with(&Tags::NONE, out)),
    ]);
    let told: Vec<&str> = told.iter().map(|line| line.split_at(17).1).collect();
    let expected = [
        "the day has begun",
        "the day has ended; trades may still be broken",
        "#8 mass cancel taken: all orders of FRM1 in AAPL to sell",
        "the next number is #9",
    ];
    assert_eq!(told, expected);
}

#[test]
fn colour_stands_around_what_happened_alone() {
    let bytes = executed(3, 100);
    let line = brief(&sample::reply(&bytes), None).line(true);
    assert!(line.starts_with("12:03:04.123456  \x1b[32m#3 executed") && line.ends_with("\x1b[0m"));
    let accepted = accepted(3, 100, Tags::NONE);
    assert!(!brief(&sample::reply(&accepted), None).line(true).contains('\x1b'));
}

//! The JSON output.

use protocol_spec::wire::ouch::{PriceType, Tags};
use protocol_spec::words::{Shares, SignedPrice};
use serde_json::{Value, json};

use crate::kit::{
    OPEN, Run, accepted, add, datagrams, decode, decode_file, enter, executed, hex, mold, records,
};

fn objects(run: &Run) -> Vec<Value> {
    let parse = |line: &str| serde_json::from_str(line).expect("each line is an object");
    run.out.lines().map(parse).collect()
}

#[test]
fn values_are_exact() {
    let file = records(&[add(12_345, 13, "AAPL", 1_318), executed(u64::MAX, 13, 2_000)]);
    let run = decode_file("exact.itch", &file, &["--json", "-q"]);
    let [add, executed] = &objects(&run)[..] else {
        panic!("two messages: {run:?}");
    };
    assert_eq!(add["protocol"], "itch");
    assert_eq!((&add["type"], &add["name"]), (&json!("A"), &json!("AddOrder")));
    assert_eq!((&add["position"], &add["offset"]), (&json!(1), &json!(0)));
    assert_eq!((&add["time"], &add["symbol"]), (&json!("09:30:00.000001318"), &json!("AAPL")));
    let fields = json!({
        "locate": 13, "tracking": 0, "timestamp": OPEN + 1_318, "order_ref": 12_345, "side": "B",
        "shares": 300, "stock": "AAPL", "price": "187.5000",
    });
    assert_eq!((&add["fields"], &add["meanings"]), (&fields, &json!({"side": "buy"})));
    assert_eq!(executed["fields"]["order_ref"], "18446744073709551615");
    assert_eq!((&executed["symbol"], &executed["offset"]), (&json!("AAPL"), &json!(38)));
}

#[test]
fn tags_are_an_object_of_their_own() {
    let tags =
        Tags { min_qty: Some(Shares(100)), peg_offset: Some(SignedPrice(-100)), ..Tags::NONE };
    let run = decode(&["--json", "--hex", &hex(&enter(5, "AAPL", &tags))]);
    let [order] = &objects(&run)[..] else {
        panic!("one message: {run:?}");
    };
    assert_eq!(order["tags"], json!({"min_qty": 100, "peg_offset": "-0.0100"}));
    assert_eq!(
        (&order["fields"]["price"], &order["tag_meanings"]),
        (&json!("market"), &Value::Null)
    );
    let tags = Tags { price_type: Some(PriceType::LIMIT), ..Tags::NONE };
    let run = decode(&["--json", "--hex", &hex(&enter(5, "AAPL", &tags))]);
    let [order] = &objects(&run)[..] else {
        panic!("one message: {run:?}");
    };
    assert_eq!(order["tags"], json!({"price_type": "L"}));
    assert_eq!(order["tag_meanings"], json!({"price_type": "limit"}));
    let run = decode(&["--json", "--hex", &hex(&accepted(1, 2, "AAPL"))]);
    assert_eq!(objects(&run)[0]["tags"], json!({}));
}

#[test]
fn captured_messages_say_when_and_between_whom() {
    let capture = datagrams(&[mold(77, 1, &[add(1, 13, "AAPL", 0)])]);
    let run = decode_file("addressed.pcap", &capture, &["--json", "-q"]);
    let [message] = &objects(&run)[..] else {
        panic!("one message: {run:?}");
    };
    assert_eq!(message["captured"], "2023-08-22T13:30:00.000000000Z");
    assert_eq!(message["from"], "10.0.0.1:5000");
    assert_eq!(message["to"], "233.1.2.3:26477");
    assert_eq!((&message["session"], &message["number"]), (&json!("2026112001"), &json!(77)));
}

#[test]
fn what_is_wrong_has_its_bytes_and_the_error() {
    let mut odd = add(1, 13, "AAPL", 0);
    odd[19] = b'"';
    let file = records(&[add(1, 13, "AAPL", 0), odd.clone(), b"?\xFF".to_vec()]);
    let run = decode_file("wrong.itch", &file, &["--json", "-q"]);
    assert_eq!(run.code, Some(1));
    let [_, odd_code, unknown] = &objects(&run)[..] else {
        panic!("three lines: {run:?}");
    };
    assert_eq!(odd_code["fields"]["side"], "\\\"");
    assert_eq!(odd_code["error"], "bad code \"\\\"\" at offset 19");
    assert_eq!(odd_code["hex"], hex(&odd).replace(' ', ""));
    assert_eq!(unknown["hex"], "3FFF");
    assert_eq!(unknown["error"], "itch: unknown message type \"?\" (0x3F)");
}

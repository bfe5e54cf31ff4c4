//! The JSON output.

use protocol_spec::wire::ouch::{PriceType, Tags};
use protocol_spec::words::{Shares, SignedPrice};
use serde_json::{Value, json};
use tools::decode::Protocol;
use tools::spec::vector;

use crate::kit::{
    OPEN, Run, accepted, add, datagrams, decode, decode_file, decode_input, enter, executed, hex,
    mold, records, soup,
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
fn every_key_stands_once_though_a_tag_comes_again() {
    for tag in ["02 1C", "02 C8"] {
        let order = format!("58 00000007 00000000 0006 {tag} 01 {tag} 02");
        let run = decode(&["--json", "--as", "ouch-in", "--hex", &order]);
        let key = if tag == "02 1C" { "\"user_ref_idx\":1" } else { "\"200\":\"01\"" };
        assert!(run.out.contains(&format!("\"tags\":{{{key}}}")), "{run:?}");
        let hex = format!("\"hex\":\"{}\"", order.replace(' ', ""));
        assert!(run.code == Some(1) && run.out.contains(&hex), "{run:?}");
    }
}

#[test]
fn whatever_the_bytes_a_line_is_one_object_with_every_key_once() {
    let mut seed = 0x9E37_79B9_7F4A_7C15_u64;
    let mut below = |bound: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % bound
    };
    let vectors = vector::all();
    let damaged: Vec<String> = (0..4_000)
        .map(|_| {
            let mut bytes = vectors[below(vectors.len())].bytes.clone();
            for _ in 0..below(4) {
                let at = below(bytes.len());
                bytes[at] = [0x00, b'"', b'\\', b' ', 0xFF][below(5)];
            }
            bytes.truncate(bytes.len() - below(3).min(bytes.len() - 1));
            hex(&bytes)
        })
        .collect();
    let text = damaged.join("\n");
    for protocol in Protocol::ALL {
        let args = ["--as", protocol.name(), "--format", "hex", "--all"];
        let json = decode_input(&[&args[..], &["--json"]].concat(), text.as_bytes());
        for (line, object) in json.lines().into_iter().zip(objects(&json)) {
            assert_eq!(line, object.to_string(), "a key stands twice");
        }
        let plain = decode_input(&args, text.as_bytes());
        assert!(plain.out.is_ascii(), "{protocol}");
        assert_eq!(plain.lines().len(), json.lines().len(), "{protocol}");
        assert!(plain.lines().len() >= damaged.len(), "{protocol}");
    }
}

#[test]
fn only_digits_become_numbers() {
    let blank = json!(null);
    for (digits, told) in [("5", json!(5)), ("0005", json!(5)), ("+5", json!("+5")), ("", blank)] {
        let packet = soup(b'A', format!("{:>10}{digits:>20}", "S1").as_bytes());
        let run = decode(&["--json", "--as", "soup", "--hex", &hex(&packet)]);
        assert_eq!(objects(&run)[0]["fields"]["number"], told, "{run:?}");
    }
}

#[test]
fn a_line_of_hex_has_nothing_of_the_line_before() {
    let [add, executed] = [add(1, 13, "AAPL", 0), executed(1, 13, 1)];
    let text =
        format!("{}\n{}\n{}", hex(&mold(77, 1, &[add])), hex(&executed), hex(&soup(b'H', &[])));
    let run = decode_input(&["--json", "--all"], text.as_bytes());
    let [_, first, second, third] = &objects(&run)[..] else {
        panic!("a packet and three messages: {run:?}");
    };
    assert_eq!((&first["session"], &first["symbol"]), (&json!("2026112001"), &json!("AAPL")));
    assert_eq!((&second["session"], &second["symbol"]), (&Value::Null, &Value::Null));
    assert_eq!((&third["session"], &third["line"]), (&Value::Null, &json!(3)));
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

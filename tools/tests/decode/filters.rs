//! Which messages are shown.

use protocol_spec::wire::ouch::Tags;

use crate::kit::{
    accepted, add, canceled, connection, datagrams, decode, decode_file, enter, executed, login,
    login_accepted, mold, records, replace, soup, system_event,
};
use tools::capture::write::Side;

/// Two securities, an order that is replaced twice, and one that is not.
fn day() -> Vec<u8> {
    records(&[
        system_event(),
        add(1, 13, "AAPL", 1_000),
        add(2, 14, "MSFT", 2_000),
        replace(1, 3, 13, 3_000),
        executed(2, 14, 4_000),
        replace(3, 4, 13, 5_000),
        executed(4, 13, 6_000),
    ])
}

fn positions(args: &[&str]) -> Vec<u64> {
    let name = format!("filter{}.itch", args.join("").replace(['-', ':', '.', ',', ' '], ""));
    let run = decode_file(&name, &day(), args);
    assert_eq!(run.code, Some(0), "{run:?}");
    let numbers = run.out.lines().filter_map(|line| line.split_whitespace().nth(2));
    numbers.filter_map(|number| number.strip_prefix('+')?.parse().ok()).collect()
}

#[test]
fn by_type() {
    assert_eq!(positions(&["--type", "A"]), [2, 3]);
    assert_eq!(positions(&["--type", "S,OrderExecuted"]), [1, 5, 7]);
    assert_eq!(positions(&["--type", "order-replace"]), [4, 6]);
    assert_eq!(positions(&["--type", "ouch:A"]), [0; 0]);
    assert_eq!(positions(&["--type", "A, E"]), [2, 3, 5, 7]);
    assert_eq!(positions(&["--type", "ITCH:A"]), [2, 3]);
    assert_eq!(positions(&["--type", "Itch: A", "--as", "ITCH"]), [2, 3]);
}

#[test]
fn a_letter_means_packets_of_a_session_too() {
    let client = [login("SESAME"), soup(b'R', &[]), soup(b'O', &[])].concat();
    let server = [login_accepted(1), soup(b'+', b"hi"), soup(b'H', &[]), soup(b'Z', &[])].concat();
    let capture = connection(&[(Side::Client, &client), (Side::Server, &server)]);
    for (args, names) in [
        (&["--type", "L"][..], &["LoginRequest"][..]),
        (&["--type", "Z,O"], &["EndOfSession", "LogoutRequest"]),
        (&["--type", "+"], &[]),
        (&["--type", "+,H,R"], &[]),
        (&["--type", "+", "--all"], &["Debug"]),
        (&["--type", "soup:H"], &["ServerHeartbeat"]),
        (&["--type", "ClientHeartbeat"], &["ClientHeartbeat"]),
    ] {
        let run = decode_file("letters.pcap", &capture, &[args, &["-q"]].concat());
        let mut found = run.names();
        found.sort_unstable();
        assert_eq!((run.code, &found[..]), (Some(0), names), "{args:?}: {run:?}");
    }
}

#[test]
fn what_names_no_type_is_answered_with_the_nearest() {
    for (word, told) in [
        ("ouchin:U", "did you mean ouch-in?"),
        ("AddOrders", "did you mean AddOrder?"),
        ("?", "no message type is called \"?\""),
    ] {
        let run = decode(&["--type", word]);
        assert!(run.code == Some(2) && run.err.contains(told), "{run:?}");
    }
}

#[test]
fn by_security_named_or_numbered() {
    assert_eq!(positions(&["--stock", "aapl"]), [2, 4, 6, 7]);
    assert_eq!(positions(&["--stock", "MSFT, IBM"]), [3, 5]);
}

#[test]
fn by_order_through_its_replacements() {
    assert_eq!(positions(&["--order", "1"]), [2, 4, 6, 7]);
    assert_eq!(positions(&["--order", "3"]), [4, 6, 7]);
    assert_eq!(positions(&["--order", "2, 99"]), [3, 5]);
}

#[test]
fn by_time_from_and_before() {
    assert_eq!(positions(&["--from", "09:30:00.000004000Z"]), [5, 6, 7]);
    assert_eq!(positions(&["--from", "09:30:00.000004"]), [5, 6, 7]);
    assert_eq!(positions(&["--to", "09:30:00.000002"]), [1, 2]);
    assert_eq!(positions(&["--from", "09:30:00.000001", "--to", "09:31"]), [2, 3, 4, 5, 6, 7]);
}

#[test]
fn filters_combine_and_the_limit_counts_what_is_shown() {
    assert_eq!(positions(&["--order", "1", "--type", "E"]), [7]);
    assert_eq!(positions(&["--stock", "AAPL", "--limit", "2"]), [2, 4]);
    assert_eq!(positions(&["--type", "A", "--stock", "MSFT", "--from", "09:30"]), [3]);
}

#[test]
fn the_limit_is_the_same_for_the_summary() {
    let packet = mold(1, 3, &[system_event(), add(1, 13, "AAPL", 1), add(2, 13, "AAPL", 2)]);
    let capture = datagrams(&[packet]);
    for args in [&["--limit", "2"][..], &["--limit", "2", "--summary"]] {
        let run = decode_file("limit.pcap", &capture, args);
        assert!([&run.out, &run.err].iter().any(|text| text.contains("\n2 messages\n")), "{run:?}");
    }
}

#[test]
fn the_summary_counts_what_is_selected() {
    let run = decode_file("selected.itch", &day(), &["--stock", "AAPL", "--summary"]);
    assert!(run.out.contains("\n4 of 7 messages\n"), "{run:?}");
    assert!(!run.out.contains("System Event"), "{run:?}");
}

#[test]
fn orders_of_a_broker_are_followed_on_both_sides() {
    let asked = soup(b'U', &enter(5, "AAPL", &Tags::NONE));
    let other = soup(b'U', &enter(6, "MSFT", &Tags::NONE));
    let answers = [accepted(5, 900, "AAPL"), accepted(6, 901, "MSFT"), canceled(5), canceled(6)];
    let answers: Vec<u8> = answers.iter().flat_map(|m| soup(b'S', m)).collect();
    let capture =
        connection(&[(Side::Client, &asked), (Side::Client, &other), (Side::Server, &answers)]);
    for (args, names) in [
        (["--order", "5"], &["EnterOrder", "OrderAccepted", "Canceled"][..]),
        (["--order", "900"], &["OrderAccepted", "Canceled"]),
        (["--stock", "MSFT"], &["EnterOrder", "OrderAccepted", "Canceled"]),
    ] {
        let run = decode_file("broker.pcap", &capture, &args);
        assert_eq!((run.code, &run.names()[..]), (Some(0), names), "{args:?}: {run:?}");
    }
}

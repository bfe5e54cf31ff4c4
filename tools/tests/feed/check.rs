//! `outcry feed check` of recordings.

use std::fs;

use protocol_spec::wire::itch::TradingState;
use serde_json::json;

use crate::day::Day;
use crate::folder::Folder;
use crate::kit::{Said, feed};

fn check(bytes: &[u8]) -> Said {
    feed(&["check", "-"], bytes)
}

/// A check that finds one thing alone, in these words.
fn finds(day: &Day, fault: &str) {
    let said = check(&day.file());
    said.ends(1, &["faults      1\n"]);
    assert_eq!(said.text().lines().next(), Some(fault));
}

#[test]
fn a_sound_day_has_no_faults_and_a_summary() {
    let said = check(&Day::sound().file());
    said.ends(
        0,
        &[
            "messages    22 in ",
            "the last one at 09:30:22.000000000",
            "securities  1, 1 of them trading",
            "orders      1 displayed",
            "trades      4",
            "volume      160 shares",
            "faults      none",
            "end         with the end mark",
        ],
    );
}

#[test]
fn a_recording_is_read_from_a_file() {
    let folder = Folder::new();
    let path = folder.join("day.itch");
    fs::write(&path, Day::sound().file()).expect("the folder can be written");
    let path = path.to_str().expect("a plain name");
    feed(&["check", path], b"").ends(0, &["faults      none"]);
    feed(&["check", &format!("{path}s")], b"").ends(1, &["cannot open", "day.itchs"]);
}

#[test]
fn what_dangles_is_said_with_the_number_of_its_message() {
    let mut day = Day::open();
    day.delete(7);
    finds(&day, "message 6: no order 7 is displayed");
    let mut day = Day::open();
    day.execute(7, 100, 1);
    finds(&day, "message 6: no order 7 is displayed");
}

#[test]
fn no_order_loses_more_than_it_has() {
    let mut day = Day::open();
    day.add(1, b'B', 100, 9_0000);
    day.execute(1, 40, 1);
    day.cancel(1, 61);
    finds(&day, "message 8: order 1 has fewer shares");
}

#[test]
fn a_reference_is_used_once_also_if_its_order_is_gone() {
    let mut day = Day::open();
    day.add(1, b'B', 100, 9_0000);
    day.add(1, b'B', 100, 9_0000);
    finds(&day, "message 7: order 1 is displayed already");
    let mut day = Day::open();
    day.add(1, b'B', 100, 9_0000);
    day.delete(1);
    day.add(1, b'B', 100, 9_0000);
    finds(&day, "message 8: order 1 was displayed before");
}

#[test]
fn a_match_number_is_used_once_but_for_both_sides_of_a_cross() {
    let mut day = Day::open();
    day.add(1, b'B', 100, 9_0000);
    day.execute(1, 40, 1);
    day.execute(1, 40, 1);
    finds(&day, "message 8: match number 1 was used before");
    // Of the same side, or of other shares: no pair.
    for (side, shares) in [(b'B', 40), (b'S', 39)] {
        let mut day = Day::open();
        day.state(TradingState::PAUSED);
        day.add(1, b'B', 100, 9_0000);
        day.add(2, side, 100, 9_0000);
        day.cross(1, 40, 9_0000, 1);
        day.cross(2, shares, 9_0000, 1);
        finds(&day, "message 10: match number 1 was used before");
    }
    let mut day = Day::open();
    day.break_trade(9);
    finds(&day, "message 6: it breaks match 9, which never was");
}

#[test]
fn nothing_is_locked_or_crossed_while_a_security_trades() {
    let mut day = Day::open();
    day.add(1, b'B', 100, 10_0000);
    day.add(2, b'S', 100, 10_0000);
    finds(&day, "message 7: AAA trades and is locked at 10.0000");
    let mut day = Day::open();
    day.add(1, b'S', 100, 9_9900);
    day.add(2, b'B', 100, 10_0000);
    finds(&day, "message 7: AAA trades and is crossed: buys at 10.0000, sells at 9.9900");
    let mut day = Day::open();
    day.state(TradingState::PAUSED);
    day.add(1, b'S', 100, 9_9900);
    day.add(2, b'B', 100, 10_0000);
    check(&day.file()).ends(0, &["faults      none"]);
    day.state(TradingState::TRADING);
    finds(&day, "message 9: AAA trades and is crossed: buys at 10.0000, sells at 9.9900");
}

#[test]
fn a_crossed_book_is_told_once_until_it_is_apart_again() {
    let mut day = Day::open();
    day.add(1, b'S', 100, 9_9900);
    day.add(2, b'B', 100, 10_0000);
    day.add(3, b'B', 100, 10_0000);
    day.cancel(3, 50);
    finds(&day, "message 7: AAA trades and is crossed: buys at 10.0000, sells at 9.9900");
    day.delete(1);
    day.add(4, b'S', 100, 10_0000);
    let said = check(&day.file());
    said.ends(1, &["message 11: AAA trades and is locked at 10.0000", "faults      2"]);
}

#[test]
fn times_do_not_go_back() {
    let mut day = Day::open();
    day.add(1, b'B', 100, 9_0000);
    day.back(2);
    day.delete(1);
    finds(&day, "message 7: its time 09:30:05.000000000 is before 09:30:06.000000000");
}

#[test]
fn what_is_no_message_is_said_and_passed_over() {
    let mut day = Day::open();
    day.messages.push(b"?what".to_vec());
    day.add(1, b'B', 100, 9_0000);
    let said = check(&day.file());
    said.ends(1, &["faults      1\n", "orders      1 displayed"]);
    assert!(said.text().starts_with("message 6: "), "{said:?}");
}

#[test]
fn how_a_recording_ends_counts() {
    let day = Day::sound();
    check(&day.records()).ends(0, &["end         after a whole message, without the end mark"]);
    let cut = &day.records()[..day.records().len() - 3];
    check(cut).ends(1, &["end         inside a message: it is cut off, 3 bytes too early"]);
    let more = [&day.file()[..], b"xyz"].concat();
    check(&more).ends(1, &["end         3 bytes behind its end mark", "faults      none"]);
    check(b"").ends(1, &["is empty"]);
}

#[test]
fn more_faults_than_are_wanted_are_counted() {
    let mut day = Day::open();
    (1..=30).for_each(|of| day.delete(of));
    let said = check(&day.file());
    said.ends(1, &["message 25: no order 20", "and 10 more faults", "faults      30"]);
    assert!(!said.text().contains("message 26:"), "{said:?}");
    let said = feed(&["check", "-", "--limit", "1"], &day.file());
    said.ends(1, &["message 6: no order 1", "and 29 more faults"]);
}

#[test]
fn programs_get_one_object() {
    let object = feed(&["check", "-", "--json"], &Day::sound().file()).object();
    let (trades, volume, orders) = (&object["trades"], &object["volume"], &object["orders"]);
    assert_eq!((trades, volume, orders), (&json!(4), &json!(160), &json!(1)), "{object}");
    assert_eq!((&object["sound"], &object["end"]), (&json!(true), &json!("marked")));
    let mut day = Day::open();
    day.delete(7);
    let said = feed(&["check", "-", "--json"], &day.records());
    assert_eq!(said.code, Some(1));
    let object = said.object();
    let found = json!([{ "message": 6, "fault": "no order 7 is displayed" }]);
    assert_eq!((&object["found"], &object["faults"]), (&found, &json!(1)));
    assert_eq!((&object["sound"], &object["end"]), (&json!(false), &json!("unmarked")));
}

#[test]
fn misuse_is_told_from_faults() {
    feed(&["check"], b"").ends(2, &["name a recording"]);
    feed(&["check", "-", "--live"], b"").ends(2, &["--live"]);
    feed(&["check", "-", "--lines", "239.1.1.1:1@127.0.0.1"], b"").ends(2, &["are for --live"]);
    feed(&["check", "-", "--for", "1s"], b"").ends(2, &["--live"]);
    let capture = feed(&["check", "-"], &[0xD4, 0xC3, 0xB2, 0xA1, 2, 0, 4, 0, 0, 0, 0, 0]);
    capture.ends(1, &["it is a capture, not a BinaryFILE"]);
    feed(&["check", "-"], b"\x1F\x8B\x08\0\0").ends(1, &["gzip -dc FILE | outcry feed check -"]);
}

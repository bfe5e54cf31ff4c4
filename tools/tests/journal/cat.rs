//! `outcry journal cat`.

use std::io::{BufRead, BufReader};
use std::process::{Command as Process, Stdio};

use serde_json::{Value, json};

use crate::folder::{Folder, copy};
use crate::kit::{Diary, SESSION, enter, journal};

/// The numbers of the commands that are shown.
fn numbers(args: &[&str]) -> Vec<u64> {
    let (_folder, data) = Diary::busy().saved();
    let objects = journal(&[&["cat", "--json"], args].concat(), &data).objects();
    objects.iter().map(|object| object["number"].as_u64().expect("it has a number")).collect()
}

#[test]
fn every_command_is_a_line_with_who_and_what() {
    let (_folder, data) = Diary::busy().saved();
    let out = journal(&["cat"], &data).fine();
    let lines: Vec<String> =
        out.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(lines.len(), 18);
    assert!(lines[0].starts_with("#1 09:00:00.000000000 - - OpenDay - session=2026112001 "));
    assert_eq!(
        lines[1],
        "#2 09:00:00.000000000 - - SetInstrument AAA reference_price=10.0000 \
         ticks=0.0000:0.0100"
    );
    assert_eq!(
        lines[4],
        "#5 09:00:00.000000000 - - SetPort - port=2 firms=FRM2 username=\"P2\" by=\"alice (uid 7)\""
    );
    assert!(
        lines[6].starts_with("#7 09:30:00.000000000 P1(1) O EnterOrder AAA user_ref_num=1 side=B"),
        "{}",
        lines[6]
    );
    assert!(lines[7].starts_with("#8 09:30:15.500000000 P2(2) O EnterOrder AAA "));
    assert!(lines[8].contains("P1(1) U ReplaceOrder - orig_user_ref_num=1 user_ref_num=2"));
    assert!(lines[9].ends_with("tag.user_ref_idx=3"), "{}", lines[9]);
    assert_eq!(
        lines[13],
        "#14 09:36:00.000000000 - - SetState AAA state=paused reason=NEWS about=\"AAA\" \
         by=\"alice (uid 7)\""
    );
    assert_eq!(
        lines[17],
        "#18 09:40:00.000000000 - - PortDown - port=2 username=P2 connection=1 cause=disconnect"
    );
    let utc = journal(&["cat", "--utc", "--number", "8"], &data).fine();
    assert!(utc.contains(" 2026-11-20T09:30:15.500000000Z "), "{utc}");
}

#[test]
fn what_commands_did_stands_below_them() {
    let (_folder, data) = Diary::busy().saved();
    let out = journal(&["cat", "--events", "--number", "8..9"], &data).fine();
    let lines: Vec<&str> = out.lines().collect();
    let told = |line: &str, words: &[&str]| {
        assert!(line.starts_with("    ") && words.iter().all(|word| line.contains(word)), "{line}");
    };
    assert!(lines[0].starts_with("#8 "));
    told(lines[1], &["told", "P2(2)", "#2 ", "A OrderAccepted", "order_ref=2"]);
    told(lines[2], &["told", "P2(2)", "#3 ", "E OrderExecuted", "(AAA)", "liquidity=R"]);
    told(lines[3], &["told", "P1(1)", "#3 ", "E OrderExecuted", "(AAA)", "liquidity=A"]);
    told(lines[4], &["feed", "E OrderExecuted", "(AAA)", "shares=60", "match_no=1"]);
    assert!(lines[5].starts_with("#9 ") && lines[5].contains("(AAA)"), "{}", lines[5]);
    told(lines[6], &["told", "P1(1)", "#4 ", "U OrderReplaced", "quantity=90"]);
    told(lines[7], &["feed", "U OrderReplace", "original_ref=1 new_ref=3"]);
    assert_eq!(lines.len(), 8, "{out}");
    let refused = journal(&["cat", "--events", "--number", "16"], &data).fine();
    let last = refused.lines().last().expect("there are lines");
    assert_eq!(last, "    refused: phases only move forward");
}

#[test]
fn json_has_the_same_keys_always() {
    let (_folder, data) = Diary::busy().saved();
    let all = journal(&["cat", "--json", "--events"], &data).objects();
    assert_eq!(all.len(), 18);
    let order = &all[7];
    assert_eq!(order["number"], 8);
    assert_eq!(order["time"], "09:30:15.500000000");
    assert_eq!(order["utc"], "2026-11-20T09:30:15.500000000Z");
    assert_eq!(
        (&order["port"], &order["username"], &order["type"], &order["name"], &order["symbol"]),
        (&json!(2), &json!("P2"), &json!("O"), &json!("EnterOrder"), &json!("AAA"))
    );
    assert_eq!(order["fields"]["price"], "10.0000");
    let replies = order["replies"].as_array().expect("there are replies");
    let heads: Vec<Value> =
        replies.iter().map(|r| json!([r["port"], r["number"], r["type"]])).collect();
    assert_eq!(heads, [json!([2, 2, "A"]), json!([2, 3, "E"]), json!([1, 3, "E"])]);
    assert_eq!(order["feed"][0]["name"], "OrderExecuted");
    assert_eq!(all[4]["username"], "P2");
    assert_eq!((&all[13]["about"], &all[13]["by"]), (&json!("AAA"), &json!("alice (uid 7)")));
    assert_eq!(all[15]["refused"], json!(["phases only move forward"]));
    assert_eq!(all[0]["fields"]["live_orders"], 65_536);
}

#[test]
fn commands_are_chosen_by_port_kind_number_and_time() {
    assert_eq!(numbers(&["--port", "P1"]), [4, 7, 9, 10, 15]);
    assert_eq!(numbers(&["--port", "p2"]), numbers(&["--port", "2"]));
    assert_eq!(numbers(&["--port", "2"]), [5, 8, 11, 12, 13, 17, 18]);
    assert_eq!(numbers(&["--type", "U,SetState"]), [9, 14]);
    assert_eq!(numbers(&["--type", "EnterOrder", "--port", "1"]), [7, 10]);
    assert_eq!(numbers(&["--type", "ouch", "--number", "10..12"]), [10, 11, 12]);
    assert_eq!(numbers(&["--type", "control", "--from", "09:36"]), [14, 16, 17, 18]);
    assert_eq!(numbers(&["--from", "09:30:15.5", "--to", "09:32"]), [8, 9]);
    assert_eq!(numbers(&["--number", "17.."]), [17, 18]);
    assert_eq!(numbers(&["--limit", "2"]), [1, 2]);
    assert_eq!(numbers(&["--to", "09:00"]), [] as [u64; 0]);
}

#[test]
fn what_is_about_a_security_is_shown_though_it_does_not_name_it() {
    assert_eq!(numbers(&["--symbol", "BBB", "--from", "09:30"]), [10, 12, 15]);
    assert_eq!(numbers(&["--symbol", "AAA"]), [2, 7, 8, 9, 13, 14, 15]);
    assert_eq!(numbers(&["--symbol", "AAA", "--type", "O"]), [7, 8, 13]);
    assert_eq!(numbers(&["--symbol", "CCC"]), [] as [u64; 0]);
}

#[test]
fn orders_are_followed_through_their_replacements() {
    assert_eq!(numbers(&["--order", "P1#1"]), [7, 8, 9, 15]);
    assert_eq!(numbers(&["--order", "1#2"]), [9, 15]);
    assert_eq!(numbers(&["--order", "1"]), [7, 8, 9, 15]);
    assert_eq!(numbers(&["--order", "P1#3.3"]), [10, 15]);
    assert_eq!(numbers(&["--order", "P1#3"]), [] as [u64; 0]);
    let (_folder, data) = Diary::busy().saved();
    let out = journal(&["cat", "--order", "P1#3.3", "--events", "--number", "15"], &data).fine();
    let told: Vec<&str> = out.lines().skip(1).collect();
    assert_eq!(told.len(), 2, "its own cancel, on both sides, and no other: {out}");
    assert!(told[0].contains("user_ref_num=3") && told[1].contains("D OrderDelete"), "{out}");
}

#[test]
fn a_journal_is_found_from_every_folder_above_it() {
    let (_folder, data) = Diary::busy().saved();
    let expected = journal(&["cat"], &data).fine();
    assert_eq!(journal(&["cat"], &data.join("journal")).fine(), expected);
    assert_eq!(journal(&["cat"], &data.join("journal").join(SESSION)).fine(), expected);
    assert_eq!(journal(&["cat", "--session", SESSION], &data).fine(), expected);
    let other = data.with_file_name("copy");
    copy(&data, &other);
    assert_eq!(journal(&["cat"], &other).fine(), expected);
    // A later session is the last one, unless it was never begun.
    let later = data.join("journal").join("2026112101");
    std::fs::create_dir_all(&later).expect("the folder can be written");
    assert_eq!(journal(&["cat"], &data).fine(), expected);
    journal(&["cat", "--session", "2026112101"], &data).fails(2, &["has no journal", "2026112101"]);
    let empty = Folder::new();
    journal(&["cat"], &empty.join("")).fails(2, &["has no journal", "name a session's folder"]);
    journal(&["cat"], &empty.join("nowhere")).fails(2, &["is no directory"]);
}

#[test]
fn wrong_arguments_are_misuse_and_say_what_is_right() {
    let (_folder, data) = Diary::busy().saved();
    for (args, words) in [
        (["--port", "P7"], "no port of the day is called \"P7\""),
        (["--order", "P1#x"], "PORT#NUMBER"),
        (["--type", "EnterOrdr"], "did you mean EnterOrder?"),
        (["--from", "9 o'clock"], "HH:MM"),
        (["--number", "9..7"], "A..B"),
        (["--symbol", "TOOLONGNAME"], "1 to 8 letters"),
        (["--limit", "0"], "1"),
    ] {
        journal(&[&["cat"], args.as_slice()].concat(), &data).fails(2, &[words]);
    }
}

#[test]
fn who_has_read_enough_closes_the_pipe() {
    let mut diary = Diary::open();
    for number in 1..=2_000 {
        diary.at("09:30:00");
        diary.message(1, &enter(number, b'B', 100, "AAA", 90_000, &[]));
        if number % 100 == 0 {
            diary.commit();
        }
    }
    let (_folder, data) = diary.saved();
    for args in [&["cat"][..], &["cat", "--events"], &["trades"], &["replay", "--feed"]] {
        let mut process = Process::new(env!("CARGO_BIN_EXE_outcry"));
        let process = process.arg("journal").args(args).arg(&data).stdout(Stdio::piped());
        let mut child = process.stderr(Stdio::piped()).spawn().expect("it is built");
        let mut out = BufReader::new(child.stdout.take().expect("it is piped"));
        out.read_line(&mut String::new()).expect("it writes");
        drop(out);
        let output = child.wait_with_output().expect("it is ours");
        let err = String::from_utf8_lossy(&output.stderr);
        assert_eq!((output.status.code(), err.contains("error")), (Some(0), false), "{err}");
    }
}

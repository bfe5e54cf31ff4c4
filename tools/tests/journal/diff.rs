//! `outcry journal diff`.

use std::path::Path;

use serde_json::{Value, json};

use crate::folder::Folder;
use crate::kit::{Diary, MIDNIGHT, Said, cancel, enter, journal, opening};

fn diff(args: &[&str], one: &Path, other: &Path) -> Said {
    let one = one.display().to_string();
    journal(&[&["diff"], args, &[one.as_str()]].concat(), other)
}

/// A day of two orders of P1, the second for so many shares, at this time.
fn day(shares: u32, time: &str) -> (Folder, std::path::PathBuf) {
    let mut diary = Diary::open();
    diary.one(time, 1, &enter(1, b'B', 100, "AAA", 90_000, &[]));
    diary.one(time, 1, &enter(2, b'B', shares, "AAA", 90_000, &[]));
    diary.one(time, 2, &enter(1, b'S', 10, "AAA", 90_000, &[]));
    diary.saved()
}

#[test]
fn two_runs_of_one_script_are_the_same_but_for_their_times() {
    let (_one, one) = day(50, "09:30:00");
    let (_other, other) = day(50, "10:45:00");
    for args in [&[][..], &["--told"]] {
        let said = diff(args, &one, &other);
        assert_eq!(said.code, Some(0), "{}{}", said.out, said.err);
        assert!(said.out.starts_with("the same: "), "{}", said.out);
    }
    let said = diff(&["--times"], &one, &other);
    assert_eq!(said.code, Some(1));
    assert!(said.out.starts_with("command 7 differs\n"), "{}", said.out);
    let said = diff(&["--told", "--times"], &one, &other);
    assert_eq!(said.code, Some(1), "{}", said.out);
    assert!(diff(&["--times"], &one, &one).fine().contains("9 commands"));
}

#[test]
fn an_opening_counts_without_what_every_run_has_its_own_of() {
    let diary = |midnight| {
        let mut diary = Diary::new();
        diary.at("09:00:00");
        diary.control(&opening(midnight), "");
        diary.commit();
        diary.saved()
    };
    let (_one, one) = diary(MIDNIGHT);
    let (_other, other) = diary(protocol_spec::words::Time(MIDNIGHT.0 - 1));
    diff(&[], &one, &other).fine();
    assert_eq!(diff(&["--times"], &one, &other).code, Some(1));
}

#[test]
fn the_first_record_that_differs_is_shown_in_its_context() {
    let (_one, one) = day(50, "09:30:00");
    let (_other, other) = day(51, "09:30:00");
    let said = diff(&["--context", "1"], &one, &other);
    assert_eq!(said.code, Some(1));
    let lines: Vec<&str> = said.out.lines().collect();
    assert_eq!(lines.len(), 6, "{}", said.out);
    assert_eq!(lines[0], "command 8 differs");
    assert!(lines[1].starts_with("  #7 "));
    assert!(lines[2].starts_with("- #8 ") && lines[2].contains("quantity=50 "));
    assert!(lines[3].starts_with("- #9 "));
    assert!(lines[4].starts_with("+ #8 ") && lines[4].contains("quantity=51 "));
    assert!(lines[5].starts_with("+ #9 "));
    let said = diff(&["--json"], &one, &other);
    let value: Value = serde_json::from_str(&said.out).expect("it is an object");
    assert_eq!((&value["same"], &value["commands"]), (&json!(false), &json!([8, 8])));
    assert_eq!(value["before"].as_array().map(Vec::len), Some(3));
}

#[test]
fn what_is_told_is_compared_port_by_port() {
    let (_one, one) = day(50, "09:30:00");
    let (_other, other) = day(51, "09:30:00");
    let said = diff(&["--told"], &one, &other);
    assert_eq!(said.code, Some(1));
    assert!(said.out.starts_with("message 3 to port P1(1) differs\n"), "{}", said.out);
    assert!(said.out.contains("- #8 ") && said.out.contains("+ #8 "), "{}", said.out);
    assert!(said.out.contains("quantity=50 ") && said.out.contains("quantity=51 "));
    // The same two brokers, one after the other or the other way round.
    let ports = |first: u16, second: u16| {
        let mut diary = Diary::open();
        diary.one("09:30:00", first, &cancel(7, 0));
        for port in [first, second] {
            diary.one("09:30:00", port, &[b"Q".as_slice()].concat());
        }
        diary.saved()
    };
    let ((_one, one), (_other, other)) = (ports(1, 2), ports(2, 1));
    diff(&["--told"], &one, &other).fine();
    assert_eq!(diff(&[], &one, &other).code, Some(1));
}

#[test]
fn a_journal_that_ends_early_is_a_difference() {
    let (_one, one) = Diary::busy().saved();
    let (_other, other) = Diary::open().saved();
    let said = diff(&[], &one, &other);
    assert_eq!(said.code, Some(1));
    assert!(said.out.starts_with("B ends before command 7\n"), "{}", said.out);
    assert!(diff(&[], &other, &one).out.starts_with("A ends before command 7\n"));
    let said = diff(&["--told"], &one, &other);
    assert_eq!(said.code, Some(1));
    assert!(said.out.starts_with("B has no message "), "{}", said.out);
}

#[test]
fn another_build_is_run_over_the_same_journal() {
    let (folder, data) = Diary::busy().saved();
    let build = |program: &str| journal(&["diff", "--build", program], &data);
    let ours = env!("CARGO_BIN_EXE_outcry");
    assert!(build(ours).fine().starts_with("the same: "));
    // A build that tells something else, less, or more.
    let script = |name: &str, filter: &str| {
        let path = folder.join(name);
        let text = format!("#!/bin/sh\n\"{ours}\" \"$@\" | {filter}\n");
        std::fs::write(&path, text).expect("the folder can be written");
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(&path, mode).expect("it is ours");
        path.display().to_string()
    };
    let said = build(&script("other", "sed '/^F 8 /s/[0-9a-f]$/g/; /^R 8 /s/0000003c/0000003d/'"));
    assert_eq!(said.code, Some(1), "{}{}", said.out, said.err);
    assert!(said.out.starts_with("what command 8 tells differs\n"), "{}", said.out);
    assert!(said.out.contains("  #8 ") && said.out.contains("- told P2(2)"), "{}", said.out);
    let said = build(&script("less", "head -n 5"));
    assert_eq!(said.code, Some(1), "{}", said.err);
    assert!(said.out.starts_with("they end before what command "), "{}", said.out);
    let said = build(&script("digest", "sed '/^E /s/.$/x/'"));
    assert_eq!(said.code, Some(1));
    assert!(said.out.starts_with("what the day comes to differs\n"), "{}", said.out);
}

#[test]
fn wrong_arguments_are_misuse() {
    let (_folder, data) = Diary::busy().saved();
    journal(&["diff"], &data).fails(2, &["name two folders"]);
    journal(&["diff", "--build", "/nowhere/outcry"], &data).fails(2, &["cannot run"]);
    journal(&["diff", "--build", "/bin/sh", "--told"], &data).fails(2, &["--told"]);
    let other = data.display().to_string();
    journal(&["diff", &other], &data.join("nowhere")).fails(2, &["is no directory"]);
}

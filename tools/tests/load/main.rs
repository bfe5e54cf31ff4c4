//! `outcry load`, run as a user runs it, on a venue that stands in for the real one.

mod fake;
mod replies;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{self, Command};
use std::time::Duration;

use fake::{Fake, Mistakes};
use serde_json::Value;

/// Exit code, output, messages.
fn load(arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_outcry"))
        .arg("load")
        .args(arguments)
        // Venue, generator and other tests share what cores there are.
        .args(["--waiting", "yield"])
        .output()
        .expect("the command is built");
    let text = |bytes| String::from_utf8(bytes).expect("it writes text");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// A load on a fake venue, with what was still at rest there in the end.
fn on_fake(mistakes: Mistakes, arguments: &[&str]) -> ((Option<i32>, String, String), usize) {
    let fake = Fake::start(mistakes);
    let address = fake.address.to_string();
    let done = load(&[&["--address", &address, "--drain", "20s"], arguments].concat());
    (done, fake.stop())
}

/// A short one, and what it says as JSON.
const QUICK: [&str; 7] = ["--orders", "2000", "--warm-up", "30ms", "--rounds", "1", "--json"];

fn quick(arguments: &[&str]) -> (Value, usize) {
    let all = [&QUICK[..], arguments].concat();
    let ((code, out, err), resting) = on_fake(Mistakes::default(), &all);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    (serde_json::from_str(&out).expect("it is JSON"), resting)
}

fn number(value: &Value) -> u64 {
    value.as_u64().expect("a number")
}

#[test]
fn every_request_of_a_closed_loop_has_its_answer_and_nothing_stays_behind() {
    let (report, resting) = quick(&["--connections", "3", "--window", "16", "--depth", "40"]);
    assert_eq!(resting, 0);
    let (counts, round) = (&report["counts"], &report["rounds"][0]);
    assert_eq!(counts["differences"], Value::Array(Vec::new()));
    assert_eq!((number(&counts["unexpected"]), number(&round["requests"])), (0, 2_000));
    let [orders, accepted] = ["orders", "accepted"].map(|name| number(&counts[name]));
    assert!(orders == accepted && orders > number(&round["orders"]), "{counts}");
    assert!(number(&counts["executions"]) > 50 && number(&counts["replaced"]) > 50, "{counts}");
    // Of the requests that are timed each orders' answer is.
    assert_eq!(number(&round["ns"]["accepted"]["count"]), number(&round["orders"]));
    for row in ["accepted", "executed", "canceled", "replaced", "echo", "commit"] {
        let spread = &report["all"][row];
        let figures = ["p50", "p90", "p99", "p99.9", "p99.99", "max"];
        let figures = figures.map(|name| number(&spread[name]));
        assert!(figures[0] > 0 && figures.is_sorted(), "{row}: {spread}");
    }
    for ratio in ["accepted_to_echo", "accepted_to_echo_and_commit", "requests_in_a_commit"] {
        assert!(report["ratios"][ratio].as_f64() > Some(0.0), "{ratio}");
    }
}

#[test]
fn an_open_loop_sends_by_its_schedule() {
    let arguments = [
        "--rate",
        "4000",
        "--duration",
        "500ms",
        "--warm-up",
        "50ms",
        "--rounds",
        "2",
        "--json",
        "--connections",
        "2",
    ];
    let ((code, out, err), _) = on_fake(Mistakes::default(), &arguments);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    let report: Value = serde_json::from_str(&out).expect("it is JSON");
    assert_eq!((&report["rate"], &report["window"]), (&4_000.into(), &Value::Null));
    let rounds = report["rounds"].as_array().expect("a list");
    assert_eq!(rounds.len(), 2);
    for round in rounds {
        assert_eq!(number(&round["requests"]), 2_000);
        // The last is due one tick before the end.
        assert!(round["seconds"].as_f64() >= Some(0.499), "{round}");
    }
}

#[test]
fn a_venue_that_stands_still_pays_for_all_that_it_kept_waiting() {
    // A stall of 100 ms once in a second: of a closed loop one request in flight would show it,
    // of the schedule a tenth of all requests.
    let stall = Some((1_000, Duration::from_millis(100)));
    let arguments = [
        "--rate",
        "2000",
        "--duration",
        "1s",
        "--warm-up",
        "10ms",
        "--rounds",
        "1",
        "--mix",
        "rest=100",
        "--depth",
        "100000",
        "--json",
    ];
    let ((code, out, _), _) = on_fake(Mistakes { stall, ..Mistakes::default() }, &arguments);
    assert_eq!(code, Some(0));
    let report: Value = serde_json::from_str(&out).expect("it is JSON");
    let accepted = &report["all"]["accepted"];
    let [p99, p999] = ["p99", "p99.9"].map(|name| number(&accepted[name]));
    assert!(p99 > 85_000_000 && p999 > 95_000_000, "{accepted}");
}

#[test]
fn rounds_with_idle_ports_and_without_stand_side_by_side() {
    let (report, resting) = quick(&["--connections", "2", "--window", "4", "--idle", "40"]);
    assert_eq!(resting, 0);
    let beside = &report["beside"];
    assert_eq!((number(&beside["idle_connections"]), number(&report["connections"])), (40, 2));
    for side in ["without", "with"] {
        for figure in ["p50_ns", "p99_ns", "requests_per_second"] {
            assert!(beside[side][figure].as_f64() > Some(0.0), "{side} {figure}: {beside}");
        }
    }
    for ratio in ["p50", "p99", "rate"] {
        assert!(beside["ratios"][ratio].as_f64() > Some(0.0), "{ratio}: {beside}");
    }
    // Only the round without them is counted as a round; all requests are.
    assert_eq!(report["rounds"].as_array().map(Vec::len), Some(1));
    assert!(number(&report["counts"]["orders"]) > 2 * number(&report["rounds"][0]["orders"]));
}

#[test]
fn a_greedy_connection_is_told_apart_and_all_its_requests_have_their_answers() {
    let arguments = ["--connections", "1", "--window", "1", "--greedy", "--orders", "300"];
    let rest = ["--warm-up", "30ms", "--rounds", "2"];
    let (done, resting) = on_fake(Mistakes::default(), &[&arguments[..], &rest].concat());
    let (code, out, err) = done;
    assert_eq!((code, err.as_str(), resting), (Some(0), "", 0));
    for part in [
        "+: beside a greedy connection",
        "\n1    ",
        "\n1+   ",
        "\n2+   ",
        "\na greedy connection ",
        "\norder to Accepted, p99, us ",
        "of 2 busy connections each is due 50.0 % of the turns",
        "\nevery request has its one answer\n",
    ] {
        assert!(out.contains(part), "{part:?} is not in\n{out}");
    }
}

#[test]
fn more_files_than_the_system_allows_are_told() {
    let files = "ulimit -Hn 600; exec \"$0\" load --address 127.0.0.1:1 --idle 5000";
    let output = Command::new("sh").args(["-c", files, env!("CARGO_BIN_EXE_outcry")]).output();
    let output = output.expect("there is a shell");
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{err}");
    let is_told = err.contains("5,516 files have to be open at once, and the system allows 600");
    // Who may raise the limit goes on, and finds no venue.
    assert!(is_told || err.contains("no venue at 127.0.0.1:1"), "{err}");
}

#[test]
fn tables_tell_the_machine_the_method_every_row_and_the_agreement() {
    let fake = Fake::start(Mistakes::default());
    let address = fake.address.to_string();
    let arguments = [
        "--address",
        &address,
        "--orders",
        "100",
        "--rounds",
        "2",
        "--warm-up",
        "10ms",
        "--symbols",
        "ZVZZT",
        "--connections",
        "1",
        "--window",
        "1",
        "--mix",
        "rest=50,cancel=50",
    ];
    let (code, out, err) = load(&arguments);
    fake.stop();
    assert_eq!((code, err.as_str()), (Some(0), ""));
    for part in [
        "venue: at 127.0.0.1:",
        "without sockets it does ",
        "closed loop: 1 request in flight on each of 1 connection; mix rest=50,cancel=50",
        "1 security",
        "\n1   ",
        "\n2   ",
        "\norder to Accepted ",
        "\norder to Executed ",
        "\ncancel to Canceled ",
        "\nreplace to Replaced ",
        "\necho of 64 bytes ",
        "\ncommit of 4 KiB ",
        "times that of echo and commit together",
        "\nevery request has its one answer\n",
    ] {
        assert!(out.contains(part), "{part:?} is not in\n{out}");
    }
}

#[test]
fn the_next_load_of_the_day_goes_on_with_the_next_numbers() {
    let fake = Fake::start(Mistakes::default());
    let address = fake.address.to_string();
    for _ in 0..3 {
        let arguments = [&QUICK[..], &["--address", &address, "--connections", "2"]].concat();
        let (code, out, err) = load(&arguments);
        assert_eq!((code, err.as_str()), (Some(0), ""));
        let report: Value = serde_json::from_str(&out).expect("it is JSON");
        assert_eq!(number(&report["counts"]["of_earlier_runs"]), 0);
    }
    assert_eq!(fake.stop(), 0);
}

#[test]
fn counts_that_do_not_agree_are_found_and_told() {
    let at = Some(300);
    let cases = [
        (Mistakes { lost: at, ..Mistakes::default() }, "accepted or rejected"),
        (Mistakes { silent_cancel: at, ..Mistakes::default() }, "came to an end"),
        (Mistakes { doubled: at, ..Mistakes::default() }, "1 message without a place"),
    ];
    for (mistakes, expected) in cases {
        let arguments = [&QUICK[..], &["--drain", "400ms"]].concat();
        let fake = Fake::start(mistakes);
        let address = fake.address.to_string();
        let (code, _, err) = load(&[&["--address", &address], &arguments[..]].concat());
        fake.stop();
        assert_eq!(code, Some(1), "{expected}");
        assert!(err.starts_with("error: sent and answered do not agree: "), "{err}");
        assert!(err.contains(expected), "{err}");
    }
}

#[test]
fn a_schedule_that_nobody_could_keep_is_told() {
    let arguments = ["--rate", "20000000", "--duration", "100ms", "--warm-up", "0ms"];
    let fake = Fake::start(Mistakes::default());
    let address = fake.address.to_string();
    let (code, _, err) =
        load(&[&["--address", &address, "--drain", "200ms"], &arguments[..]].concat());
    fake.stop();
    assert_eq!(code, Some(1));
    assert!(err.starts_with("error: the schedule was not kept: "), "{err}");
    assert!(err.contains(" of 2,000,000 requests could not be sent"), "{err}");
}

#[test]
fn rejects_are_answers_and_told_by_reason() {
    let mistakes = Mistakes { rejected: Some(300), ..Mistakes::default() };
    let ((code, out, _), resting) = on_fake(mistakes, &QUICK[..6]);
    assert_eq!((code, resting), (Some(0), 0));
    assert!(out.contains("\nrejected: 1, halted\n"), "{out}");
}

#[test]
fn who_is_not_let_in_or_finds_nobody_is_told() {
    let ((code, _, err), _) = on_fake(Mistakes::default(), &["--password", "wrong"]);
    assert_eq!(code, Some(1));
    assert!(err.starts_with("error: port demo1 is not let in: login rejected: not auth"), "{err}");
    let (code, _, err) = load(&["--address", "127.0.0.1:1"]);
    assert_eq!(code, Some(1));
    assert!(err.starts_with("error: no venue at 127.0.0.1:1: "), "{err}");
}

/// A program that says where `fake` is, and ends with `status` when it is told to end.
fn program(fake: &Fake, name: &str, status: u8) -> PathBuf {
    let path = std::env::temp_dir().join(format!("outcry-venue-{}-{name}", process::id()));
    let script = format!(
        "#!/bin/sh\ntrap 'exit {status}' TERM\necho 'order entry on {}'\necho ready\n\
         while :; do sleep 0.02; done\n",
        fake.address,
    );
    fs::write(&path, script).expect("the directory for such files takes it");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("it is ours");
    path
}

#[test]
fn a_venue_is_started_stopped_and_heard_of_if_it_does_not_end_well() {
    for status in [0, 4] {
        let fake = Fake::start(Mistakes::default());
        let path = program(&fake, &format!("{status}"), status);
        let venue = path.to_str().expect("a plain name");
        let (code, out, err) = load(&[&QUICK[..], &["--venue", venue]].concat());
        fs::remove_file(&path).expect("it is ours");
        assert_eq!(fake.stop(), 0);
        let report: Value = serde_json::from_str(&out).expect("it is JSON");
        assert_eq!(report["venue"]["durability"], "disk");
        assert_eq!(report["counts"]["differences"], Value::Array(Vec::new()));
        let expected = match status {
            0 => "",
            _ => "error: the venue ended with exit status: 4; it said nothing\n",
        };
        assert_eq!((code, err.as_str()), (Some(i32::from(status > 0)), expected));
    }
}

#[test]
fn misuse_is_told_as_such() {
    for arguments in [
        &["--window", "4", "--rate", "9"][..],
        &["--mix", "rest=1"],
        &["--port", "a,b", "--connections", "3"],
        &["--core", "9999"],
        &["--duration", "5"],
    ] {
        assert_eq!(load(arguments).0, Some(2), "{arguments:?}");
    }
}

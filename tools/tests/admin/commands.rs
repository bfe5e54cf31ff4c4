//! The built command: what it asks, what it says, how it ends.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::net::UnixListener;

use appliance::admin::{Answer, Request, Status, Wanted};
use serde_json::Value;

use crate::kit::{Folder, House, command, done, run};
use crate::sample;

/// What the core is asked by these words, all of which it does.
fn asked(words: &[&str]) -> Vec<Request> {
    let house = House::new(sample::answer);
    let run = house.run(words);
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""), "{words:?}");
    house.requests()
}

fn text(word: &str) -> Option<String> {
    Some(word.to_owned())
}

#[test]
fn each_word_asks_for_its_own() {
    let phase = |phase: &str| Request::Phase { phase: phase.to_owned() };
    assert_eq!(asked(&["phase", "pre-open"]), [phase("pre-open")]);
    assert_eq!(asked(&["open-day"]), [Request::OpenDay]);
    assert_eq!(asked(&["end-day"]), [Request::EndDay]);
    assert_eq!(asked(&["kick", "demo1"]), [Request::Kick { port: "demo1".to_owned() }]);
    assert_eq!(asked(&["status"]), [Request::Status]);
}

#[test]
fn states_are_a_command_for_each_security_or_one_for_all() {
    let state = |symbol, state: &str, reason: &str| Request::State {
        symbol,
        state: state.to_owned(),
        reason: reason.to_owned(),
    };
    assert_eq!(
        asked(&["halt", "AAPL", "MSFT", "--reason", "T1"]),
        [state(text("AAPL"), "halted", "T1"), state(text("MSFT"), "halted", "T1")]
    );
    assert_eq!(asked(&["halt", "--all"]), [state(None, "halted", "")]);
    assert_eq!(asked(&["pause", "AAPL"]), [state(text("AAPL"), "paused", "")]);
    assert_eq!(asked(&["quote-only", "AAPL"]), [state(text("AAPL"), "quote-only", "")]);
    assert_eq!(asked(&["resume", "--all"]), [state(None, "none", "")]);
}

#[test]
fn cancels_and_switches_name_what_was_given() {
    let cancel = |port, firm, symbol, side| Request::CancelAll { port, firm, symbol, side };
    assert_eq!(asked(&["cancel-all", "--everything"]), [cancel(None, None, None, None)]);
    assert_eq!(
        asked(&[
            "cancel-all",
            "--port",
            "demo1",
            "--firm",
            "FRM1",
            "--symbol",
            "AAPL",
            "--side",
            "T"
        ]),
        [cancel(text("demo1"), text("FRM1"), text("AAPL"), text("T"))]
    );
    let switch = |port, firm, off| Request::Switch { port, firm, off };
    assert_eq!(asked(&["disable", "demo1"]), [switch(text("demo1"), None, true)]);
    assert_eq!(asked(&["enable", "--firm", "FRM1"]), [switch(None, text("FRM1"), false)]);
    assert_eq!(
        asked(&["disable", "--firm", "FRM1", "--port", "demo1"]),
        [switch(text("demo1"), text("FRM1"), true)]
    );
    assert_eq!(
        asked(&["disable", "demo1", "--firm", "FRM1"]),
        [switch(text("demo1"), text("FRM1"), true)]
    );
}

#[test]
fn settings_are_keys_and_values() {
    let [Request::Instrument { symbol, set }] =
        &asked(&["instrument", "AAPL", "lot=10", "reference_price=10.00"])[..]
    else {
        panic!("one command");
    };
    assert_eq!(symbol, "AAPL");
    assert_eq!((set["lot"].as_str(), set["reference_price"].as_str()), ("10", "10.00"));
    let [Request::Port { username, set }] =
        &asked(&["port", "fund1", "firms=[\"A\"]", "p=a=b"])[..]
    else {
        panic!("one command");
    };
    assert_eq!(username, "fund1");
    assert_eq!((set["firms"].as_str(), set["p"].as_str()), ("[\"A\"]", "a=b"));
}

#[test]
fn what_was_done_is_told_with_its_number() {
    let house = House::new(|_| done("AAPL is halted"));
    let run = house.run(&["halt", "AAPL"]);
    assert_eq!(run.out, "AAPL is halted (command 17 of 2026112001)\n");
    let by = &house.asked()[0].0;
    assert!(by.starts_with("alice (uid "), "{by}");
    let house = House::new(|_| Answer::Done {
        session: String::new(),
        command: None,
        text: "nobody has demo1".to_owned(),
    });
    assert_eq!(house.run(&["kick", "demo1"]).out, "nobody has demo1\n");
}

#[test]
fn a_refusal_is_1_and_stands_on_standard_error() {
    let house = House::new(|_| Answer::refused("phase-backward", "phases only move forward"));
    let run = house.run(&["phase", "open"]);
    let wanted = "error: phase-backward: phases only move forward\n";
    assert_eq!((run.code, run.out.as_str(), run.err.as_str()), (Some(1), "", wanted));
}

#[test]
fn one_security_that_is_refused_does_not_keep_the_others_back() {
    let house = House::new(|wanted| match wanted {
        Wanted::Request(Request::State { symbol: Some(symbol), .. }) if symbol == "NONE" => {
            Answer::refused("unknown-symbol", "there is no such symbol")
        }
        _ => done("halted"),
    });
    let run = house.run(&["halt", "AAPL", "NONE", "MSFT"]);
    assert_eq!((run.code, run.out.lines().count()), (Some(1), 2));
    let wanted = "error: unknown-symbol: there is no such symbol\nerror: 1 of 3 were refused\n";
    assert_eq!(run.err, wanted);
}

#[test]
fn what_is_not_known_is_2_and_the_next_command_is_not_tried() {
    for word in ["misuse", "unknown", "unanswered"] {
        let house = House::new(move |_| Answer::refused(word, "not known"));
        let run = house.run(&["halt", "AAPL", "MSFT"]);
        assert_eq!(run.code, Some(2), "{word}");
        assert_eq!(house.requests().len(), 1);
    }
}

#[test]
fn where_nobody_answers_it_is_2_with_the_socket_and_what_to_do() {
    let folder = Folder::new();
    let path = folder.join("admin.sock");
    let path = path.to_str().expect("the path is text");
    let data = folder.join("");
    let absent = run(&["--data", data.to_str().expect("the path is text"), "status"]);
    drop(UnixListener::bind(path).expect("a socket can be made"));
    let dead = run(&["--socket", path, "end-day"]);
    for run in [absent, dead] {
        assert_eq!(run.code, Some(2));
        assert!(run.err.contains(&format!("nobody answers at {path}")), "{}", run.err);
        assert!(run.err.contains("is the venue running?") && run.err.contains("--data"));
    }
    let long = "x".repeat(200);
    let run = run(&["--socket", &long, "status"]);
    assert_eq!(run.code, Some(2));
    assert!(run.err.contains("at most 107 bytes"), "{}", run.err);
}

#[test]
fn who_is_no_venue_or_hangs_up_is_2() {
    let folder = Folder::new();
    for (answer, words) in [("hello\n", "is no venue"), ("", "went away before it answered")] {
        let path = folder.join("x.sock");
        let listener = UnixListener::bind(&path).expect("a socket can be made");
        let stranger = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("it is asked");
            let mut line = String::new();
            BufReader::new(&stream).read_line(&mut line).expect("it says something");
            std::io::Write::write_all(&mut stream, answer.as_bytes()).expect("it listens");
        });
        let run = run(&["--socket", path.to_str().expect("the path is text"), "end-day"]);
        stranger.join().expect("it was asked");
        assert_eq!(run.code, Some(2));
        assert!(run.err.contains(words), "{}", run.err);
        fs::remove_file(&path).expect("it is there");
    }
}

#[test]
fn misuse_is_2_and_asks_nobody() {
    for words in [
        &["halt"][..],
        &["halt", "--all", "AAPL"],
        &["halt", "AAPL", "--reason", "TOOLONG"],
        &["cancel-all"],
        &["cancel-all", "--everything", "--port", "demo1"],
        &["cancel-all", "--side", "X"],
        &["disable"],
        &["disable", "demo1", "--port", "demo2"],
        &["phase", "noon"],
        &["phase", "closed"],
        &["break-trade", "1"],
        &["break-trade", "1", "--reason", "whim"],
        &["break-trade", "one", "--reason", "E"],
        &["instrument", "AAPL"],
        &["instrument", "AAPL", "lot"],
        &["instrument", "AAPL", "lot=1", "lot=2"],
        &["status", "--watch", "1ms"],
        &["fly"],
        &[],
    ] {
        let house = House::new(sample::answer);
        let run = house.run(words);
        assert_eq!((run.code, run.out.as_str()), (Some(2), ""), "{words:?}");
        assert!(!run.err.is_empty() && house.asked().is_empty(), "{words:?}");
    }
    let both = run(&["--socket", "a", "--data", "b", "status"]);
    assert_eq!(both.code, Some(2));
}

#[test]
fn a_status_is_lines_for_people_without_colours_in_a_pipe() {
    let house = House::new(|_| Answer::Status(Box::new(sample::status(30))));
    let run = house.run(&["status"]);
    assert_eq!(run.code, Some(0));
    assert!(!run.out.contains('\x1b'));
    for words in [
        "venue        test venue, outcry 0.1.0, process 4711",
        "day          2026112001 of 2026-11-20, open, phase open",
        "next ended at 2026-11-20T17:30",
        "250,000 commands, 1,000 batches, segment 3 has 12.0 MiB of 64.0 MiB, durability disk",
        "20.0 GiB free",
        "up to command 200,000, at a time before this process, 1 could not be written",
        "300,000, 9.0 MiB in /data/replies/x",
        "commands 12,000 / 9,000, replies 13,000 / 10,000 a second",
        "feed         message 400,001 comes next, 14,000 / 11,000 a second\n",
        "A 239.192.26.1:26401 by 127.0.0.1: 9,000 packets, 400,000 messages\n",
        "B 239.192.26.1:26401 by 127.0.0.1: 9,000 packets, 400,000 messages, 77 packets not taken",
        "1 of 1024 logged in, 0 of 64 pending, 12 in all, 11 logins, 5 logins rejected",
        "jobs 1 of 1024",
        "120 listed, 1 held",
        "AAPL     halted (T1)",
        "1 of 30 up, 1 stopped",
        "up 127.0.0.1:40000",
        "42 behind",
        "stopped not configured",
        "and 10 more: --ports lists them all",
    ] {
        assert!(run.out.contains(words), "{words}\n{}", run.out);
    }
    let longest = run.out.lines().map(str::len).max();
    assert!(longest.is_some_and(|longest| longest < 120), "{}", run.out);
    let all = house.run(&["status", "--ports"]);
    assert!(all.out.contains("demo17") && !run.out.contains("demo27"), "{}", all.out);
}

#[test]
fn a_status_as_json_is_the_status() {
    let house = House::new(|_| Answer::Status(Box::new(sample::status(3))));
    let run = house.run(&["status", "--json"]);
    assert_eq!(run.out.lines().count(), 1);
    let mut status: Status = serde_json::from_str(&run.out).expect("it is a status");
    assert_eq!(status.times.len(), 4);
    status.times.clear();
    assert_eq!(status, sample::status(3));
    let value: Value = serde_json::from_str(&run.out).expect("it is JSON");
    assert_eq!(value["journal"]["free_bytes"], 20_u64 << 30);
    assert_eq!((&value["stage"], &value["phase"]), (&"open".into(), &"open".into()));
}

#[test]
fn a_watch_goes_on_over_a_stop_of_the_venue_and_ends_with_its_reader() {
    let mut first = House::new(sample::answer);
    let socket = first.socket.to_str().expect("the path is text");
    let words = ["--socket", socket, "status", "--json", "--watch", "100ms"];
    let mut child = command(&words).spawn().expect("the command is built");
    let mut out = BufReader::new(child.stdout.take().expect("it is a pipe"));
    let mut err = BufReader::new(child.stderr.take().expect("it is a pipe"));
    let mut line = String::new();
    for _ in 0..2 {
        line.clear();
        out.read_line(&mut line).expect("it tells again");
        assert!(line.contains("2026112001"), "{line}");
    }
    first.end();
    line.clear();
    err.read_line(&mut line).expect("it tells that nobody is there");
    assert!(line.contains("nobody answers"), "{line}");
    drop(out);
    let second = House::new(sample::answer);
    fs::rename(&second.socket, &first.socket).expect("it can be put in the place of the first");
    // Without a reader for its lines there is nothing left to do.
    drop(err);
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
}

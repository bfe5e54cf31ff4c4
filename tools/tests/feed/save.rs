//! `outcry feed save`.

use std::fs;
use std::net::UdpSocket;
use std::process::{Command, Stdio};
use std::thread;

use protocol_spec::wire::mold::SessionId;
use rustix::process::Signal;

use crate::day::{Day, records};
use crate::folder::Folder;
use crate::kit::{feed, lines_of, start, start_with_room, wait_for};
use crate::publisher::Publisher;

const NEXT: SessionId = SessionId::new("2026112101");

/// Tells messages, each in a packet of its own.
fn tell(publisher: &mut Publisher, messages: &[Vec<u8>]) {
    let messages: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();
    publisher.tell(&messages);
}

#[test]
fn a_day_is_saved_from_its_first_message_to_its_end_mark() {
    let folder = Folder::new();
    let (path, day) = (folder.join("day.itch"), Day::sound());
    let mut publisher = Publisher::with_groups(2);
    publisher.serve(0);
    // Told before anybody listens.
    tell(&mut publisher, &day.messages[..9]);
    let mut save = start(&["save", path.to_str().expect("a plain name")], &publisher);
    tell(&mut publisher, &day.messages[9..]);
    save.hears("messages 1 to 9 were told before: they are asked for");
    publisher.end();
    let said = save.end();
    said.ends(
        0,
        &[
            "session 2026112001, from message 1",
            "messages 1 to 9, told before, are there now",
            "end of session, which had 22 messages",
            "line A      239.",
            "before      fetched 9 messages told before, by ",
            "gaps        none",
            "saved       22 messages in ",
            "with the end mark",
        ],
    );
    assert_eq!(fs::read(&path).expect("it was saved"), day.file());
    assert_eq!(said.text(), "");
    let path = path.to_str().expect("a plain name");
    feed(&["check", path], b"").ends(0, &["faults      none", "with the end mark"]);
}

#[test]
fn what_one_line_loses_is_in_the_file_all_the_same() {
    let folder = Folder::new();
    let (path, day) = (folder.join("day.itch"), Day::sound());
    let mut publisher = Publisher::with_groups(2);
    let save = start(&["save", path.to_str().expect("a plain name")], &publisher);
    for (number, message) in day.messages.iter().enumerate() {
        publisher.say(message);
        publisher.send_on(&[number % 2]);
    }
    publisher.end();
    save.end().ends(0, &["saved       22 messages"]);
    assert_eq!(fs::read(&path).expect("it was saved"), day.file());
}

#[test]
fn a_day_that_is_over_can_still_be_saved() {
    let folder = Folder::new();
    let (path, day) = (folder.join("day.itch"), Day::sound());
    let mut publisher = Publisher::with_groups(2);
    publisher.serve(0);
    tell(&mut publisher, &day.messages);
    publisher.end();
    let save = start(&["save", path.to_str().expect("a plain name")], &publisher);
    publisher.beat_on(&[0, 1]);
    save.end().ends(0, &["end of session"]);
    assert_eq!(fs::read(&path).expect("it was saved"), day.file());
}

#[test]
fn signals_end_a_recording_behind_a_whole_message() {
    for signal in [Signal::INT, Signal::TERM] {
        let folder = Folder::new();
        let (path, day) = (folder.join("day.itch"), Day::sound());
        let mut publisher = Publisher::with_groups(1);
        let save = start(&["save", path.to_str().expect("a plain name")], &publisher);
        tell(&mut publisher, &day.messages[..9]);
        wait_for(|| fs::metadata(&path).is_ok_and(|file| file.len() > 0));
        save.signal(signal);
        let said = save.end();
        said.ends(0, &["saved       "]);
        // It may have ended before it read all that was there, never inside a message.
        let saved = fs::read(&path).expect("it was saved");
        assert!(day.records().starts_with(&saved), "{said:?}");
        feed(&["check", path.to_str().expect("a plain name")], b"").ends(0, &["faults      none"]);
    }
}

#[test]
fn a_recording_may_begin_anywhere_and_have_a_length() {
    let day = Day::sound();
    for (from, first) in [("now", 4), ("2", 2), ("first", 1)] {
        let mut publisher = Publisher::with_groups(1);
        publisher.serve(0);
        tell(&mut publisher, &day.messages[..3]);
        let save = start(&["save", "-", "--from", from, "--count", "5"], &publisher);
        tell(&mut publisher, &day.messages[3..]);
        let said = save.end();
        said.ends(0, &["saved       5 messages"]);
        let part = records(&day.messages[first - 1..first + 4]);
        assert_eq!(said.out, part, "--from {from}");
    }
}

#[test]
fn a_recording_may_last_for_a_time() {
    let mut publisher = Publisher::with_groups(1);
    let save = start(&["save", "-", "--for", "300ms"], &publisher);
    publisher.tell(&[b"one"]);
    let said = save.end();
    said.ends(0, &["saved       1 message in 5 bytes to standard output"]);
    assert_eq!(said.out, b"\0\x03one");
}

#[test]
fn messages_that_nobody_has_are_said_to_be_lost_and_what_follows_is_saved() {
    let mut publisher = Publisher::with_groups(2);
    let save = start(&["save", "-", "--patience", "100ms"], &publisher);
    publisher.tell(&[b"one"]);
    publisher.say(b"two");
    publisher.send_on(&[]);
    publisher.tell(&[b"three"]);
    publisher.end();
    let said = save.end();
    let why = "message 2 is lost: nobody is asked for what lines lose: --rerequest names a server";
    said.ends(1, &[why, "gaps        1: 0 of ", "lost        1 message\n"]);
    assert_eq!(said.out, b"\0\x03one\0\x05three\0\0");
}

#[test]
fn a_late_start_that_nobody_helps_says_what_would() {
    let mut publisher = Publisher::with_groups(1);
    tell(&mut publisher, &vec![b"m".to_vec(); 1_234]);
    let save = start(&["save", "-", "--patience", "100ms"], &publisher);
    publisher.tell(&[b"one"]);
    publisher.end();
    let said = save.end();
    said.ends(
        1,
        &[
            "messages 1 to 1,234 were told before, and nobody is asked",
            "messages 1 to 1,234 (1,234) are lost: nobody is asked for what lines lose",
            "--from now leaves out what was told before",
            "before      fetched 0 of 1,234 messages told before\n",
            "gaps        none",
            "lost        1,234 messages",
        ],
    );
    assert_eq!(said.out, b"\0\x03one\0\0");
}

#[test]
fn a_server_that_does_not_answer_is_named() {
    let mut publisher = Publisher::with_groups(1);
    publisher.serve(usize::MAX);
    let save = start(&["save", "-", "--patience", "300ms"], &publisher);
    publisher.tell(&[b"one"]);
    publisher.say(b"two");
    publisher.send_on(&[]);
    publisher.tell(&[b"three"]);
    publisher.end();
    let server = publisher.config().rerequest.expect("it serves");
    let why = format!("not answered by {server}: is this machine in `allow` of its [recovery]?");
    save.end().ends(1, &["message 2 is lost: ", &why, "lost        1 message\n"]);
}

#[test]
fn a_server_that_is_not_there_is_said_by_the_system() {
    let mut publisher = Publisher::with_groups(1);
    // A port that nobody listens at any more.
    let nobody = UdpSocket::bind("127.0.0.1:0").and_then(|socket| socket.local_addr());
    let nobody = nobody.expect("there are ports").to_string();
    let args = ["save", "-", "--patience", "300ms", "--rerequest", &nobody];
    let save = start(&args, &publisher);
    publisher.tell(&[b"one"]);
    publisher.say(b"two");
    publisher.send_on(&[]);
    publisher.tell(&[b"three"]);
    publisher.end();
    let why = format!("message 2 is lost: {nobody} could not be asked: Connection refused");
    save.end().ends(1, &[&why]);
}

#[test]
fn a_disk_that_is_full_leaves_whole_messages_and_a_true_account() {
    let folder = Folder::new();
    let path = folder.join("day.itch");
    let mut publisher = Publisher::with_groups(1);
    // Room for 10 records of 102 bytes and a part of the next one.
    let args = ["save", path.to_str().expect("a plain name"), "--count", "20"];
    let save = start_with_room(2, &args, &publisher);
    tell(&mut publisher, &vec![vec![b'm'; 100]; 20]);
    save.end().ends(
        1,
        &[
            "cannot write ",
            "saved       10 messages in 1,020 bytes to ",
            "cut back to the last whole",
        ],
    );
    assert_eq!(fs::read(&path).expect("it is there"), records(&vec![vec![b'm'; 100]; 10]));
}

#[test]
fn what_a_device_does_not_take_is_not_said_to_be_saved() {
    let mut publisher = Publisher::with_groups(1);
    let save = start(&["save", "/dev/full", "--force", "--count", "1"], &publisher);
    publisher.tell(&[b"one"]);
    let words = ["cannot write /dev/full: ", "saved       0 messages in 0 bytes to /dev/full\n"];
    save.end().ends(1, &words);
}

#[test]
fn a_quiet_recording_says_nothing_of_what_is_well() {
    let mut publisher = Publisher::with_groups(1);
    let lines = lines_of(&publisher);
    let saved = thread::spawn(move || {
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        feed(&[&["save", "-", "-q", "--from", "now", "--count", "1"], &lines[..]].concat(), b"")
    });
    // When it listens it cannot say.
    while !saved.is_finished() {
        publisher.tell(&[b"one"]);
        thread::yield_now();
    }
    let said = saved.join().expect("it does not panic");
    assert_eq!((said.code, &said.err[..], &said.out[..]), (Some(0), "", &b"\0\x03one"[..]));
}

#[test]
fn a_day_that_was_left_has_no_end_mark() {
    let mut publisher = Publisher::with_groups(1);
    let mut save = start(&["save", "-"], &publisher);
    publisher.tell(&[b"one"]);
    save.hears("line A is silent");
    publisher.begin(NEXT);
    publisher.tell(&[b"uno"]);
    let said = save.end();
    said.ends(1, &["session 2026112001 was left before its end"]);
    assert_eq!(said.out, b"\0\x03one");
}

#[test]
fn a_message_without_bytes_ends_a_recording_behind_the_one_before() {
    let mut publisher = Publisher::with_groups(1);
    let save = start(&["save", "-"], &publisher);
    publisher.say(b"one");
    publisher.say(b"");
    publisher.say(b"three");
    publisher.send();
    let said = save.end();
    said.ends(1, &["message 2 has no bytes"]);
    assert_eq!(said.out, b"\0\x03one");
}

#[test]
fn nothing_heard_is_a_failure_that_says_what_to_look_at() {
    let publisher = Publisher::with_groups(2);
    let said = start(&["save", "-", "--for", "50ms"], &publisher).end();
    said.ends(1, &["nothing was heard on 239.", "a venue names its lines when it starts"]);
}

#[test]
fn a_file_that_is_there_is_written_over_only_by_force() {
    let folder = Folder::new();
    let path = folder.join("day.itch");
    fs::write(&path, b"precious").expect("the folder can be written");
    let name = path.to_str().expect("a plain name");
    let publisher = Publisher::with_groups(1);
    let lines = lines_of(&publisher);
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let said = feed(&[&["save", name], &lines[..]].concat(), b"");
    said.ends(2, &["day.itch is there already: --force"]);
    assert_eq!(fs::read(&path).expect("it is there"), b"precious");
    let mut publisher = publisher;
    let save = start(&["save", name, "--force", "--count", "1"], &publisher);
    publisher.tell(&[b"one"]);
    save.end().ends(0, &["saved       1 message"]);
    assert_eq!(fs::read(&path).expect("it is there"), b"\0\x03one");
    let nowhere = folder.join("no/where.itch");
    let nowhere = nowhere.to_str().expect("a plain name");
    let said = start(&["save", nowhere], &publisher).end();
    said.ends(1, &["cannot write", "where.itch"]);
}

#[test]
fn lines_may_be_sent_to_one_address() {
    let mut publisher = Publisher::to_one();
    let save = start(&["save", "-", "--count", "1"], &publisher);
    publisher.tell(&[b"one"]);
    save.end().ends(0, &["line A      127.0.0.1:"]);
}

#[test]
fn what_is_saved_can_be_decoded_while_it_comes() {
    let mut publisher = Publisher::with_groups(1);
    let day = Day::sound();
    let lines = lines_of(&publisher).join(" ");
    let outcry = env!("CARGO_BIN_EXE_outcry");
    let script =
        format!("{outcry} feed save - --from now {lines} | {outcry} decode - --limit 3 -q");
    let shell = Command::new("sh")
        .args(["-c", &script])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("there is a shell");
    let reader = thread::spawn(move || shell.wait_with_output().expect("it ends"));
    // When it listens it cannot say.
    while !reader.is_finished() {
        publisher.tell(&[&day.messages[1]]);
        thread::yield_now();
    }
    let output = reader.join().expect("it does not panic");
    let lines = String::from_utf8(output.stdout).expect("it writes text");
    assert_eq!(lines.lines().count(), 3, "{lines}");
    assert!(lines.lines().all(|line| line.contains("StockDirectory")), "{lines}");
}

#[test]
fn a_reader_who_has_seen_enough_ends_it_though_nothing_more_is_told() {
    let mut publisher = Publisher::with_groups(1);
    let mut save = start(&["save", "-"], &publisher);
    publisher.tell(&[b"one"]);
    assert_eq!(save.read_and_leave(5), b"\0\x03one");
    save.end().ends(0, &["saved       1 message in 5 bytes to standard output, whose reader left"]);
}

#[test]
fn misuse_is_told_before_anything_is_made() {
    let folder = Folder::new();
    let path = folder.join("day.itch");
    let name = path.to_str().expect("a plain name");
    for (args, words) in [
        (vec![], "FILE"),
        (vec![name, "--lines", "239.1.1.1:5"], "stands the interface's address"),
        (vec![name, "--lines", "10.1.1.1:5@127.0.0.1"], "224.0.0.0 to 239.255.255.255"),
        (vec![name, "--receive", "localhost"], "--receive"),
        (vec![name, "--rerequest", "nobody"], "or none"),
        (vec![name, "--from", "0"], "first, now, or the number of a message"),
        (vec![name, "--count", "0"], "--count"),
        (vec![name, "--for", "5"], "no time such as"),
        (vec![name, "--for", "0s"], "nothing is heard in no time"),
        (vec![name, "--lines", "239.1.1.1:0@127.0.0.1"], "nothing is sent to port 0"),
        (vec![name, "--receive", "127.0.0.1:0"], "nothing is sent to port 0"),
        (vec![name, "--rerequest", "127.0.0.1:0"], "nobody is asked at port 0"),
        (
            vec![name, "--lines", "239.1.1.1:5@127.0.0.1,239.1.1.1:5@127.0.0.1"],
            "line 239.1.1.1:5 by 127.0.0.1 is named twice",
        ),
    ] {
        feed(&[&["save"], &args[..]].concat(), b"").ends(2, &[words]);
    }
    let nowhere = ["save", name, "--lines", "239.192.0.1:5000@192.0.2.1"];
    feed(&nowhere, b"").ends(1, &["cannot join", "no interface of this machine"]);
    assert!(!path.exists());
}

#[test]
fn a_configuration_says_where_the_feed_is() {
    let folder = Folder::new();
    let mut publisher = Publisher::with_groups(2);
    publisher.serve(0);
    let config = publisher.config();
    let lines: Vec<String> = lines_of(&publisher)
        .iter()
        .filter_map(|line| line.split_once('@'))
        .map(|(group, interface)| format!("{{ group = \"{group}\", interface = \"{interface}\" }}"))
        .collect();
    let server = config.rerequest.expect("it serves");
    let venue =
        |lines: &str| format!("[feed]\nlines = [{lines}]\n[recovery]\nrerequest = \"{server}\"\n");
    let file = folder.join("venue.toml");
    let name = file.to_str().expect("a plain name");
    fs::write(&file, venue(&lines.join(", "))).expect("the folder can be written");
    publisher.say(b"one");
    publisher.send_on(&[]);
    let none = Publisher::with_groups(0);
    let mut save = start(&["save", "-", "--count", "2", "--config", name], &none);
    save.hears("line B: ");
    publisher.tell(&[b"two"]);
    let said = save.end();
    said.ends(0, &["message 1 was told before: it is asked for", "fetched 1 message told before"]);
    assert_eq!(said.out, b"\0\x03one\0\x03two");

    fs::write(&file, venue("")).expect("the folder can be written");
    feed(&["save", "-", "--config", name], b"").ends(2, &["this venue has no feed"]);
    fs::write(&file, venue("{ receivers = [\"10.0.0.1:5\"] }")).expect("it can be written");
    feed(&["save", "-", "--config", name], b"").ends(2, &["say with --receive"]);
    fs::write(&file, "[feed]\nline = 5\n").expect("the folder can be written");
    feed(&["save", "-", "--config", name], b"").ends(1, &["venue.toml", "line"]);
}

//! BinaryFILE, and what is none.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use crate::kit::{
    accepted, add, decode, decode_file, decode_input, executed, records, soup, system_event,
    write_file,
};

fn three() -> Vec<u8> {
    records(&[system_event(), add(1, 13, "AAPL", 1), executed(1, 13, 2)])
}

#[test]
fn every_ending_is_told() {
    let whole = three();
    let marked = [&whole[..], &[0, 0]].concat();
    let trailing = [&marked[..], b"xyz"].concat();
    for (name, bytes, code, count, told) in [
        ("marked.itch", &marked[..], 0, 3, "ends with the end mark, as it should"),
        ("unmarked.itch", &whole[..], 0, 3, "ends after a whole message, without the end mark"),
        ("cut.itch", &whole[..whole.len() - 5], 1, 2, "BinaryFILE cut off, 5 bytes too early"),
        ("trailing.itch", &trailing[..], 1, 3, "goes on after its end mark: 3 bytes"),
    ] {
        let run = decode_file(name, bytes, &[]);
        assert_eq!((run.code, run.lines().len()), (Some(code), count), "{name}: {run:?}");
        assert!(run.err.contains(told), "{name}: {run:?}");
        let run = decode_input(&["--summary"], bytes);
        assert_eq!((run.code, run.err.as_str()), (Some(code), ""), "{name}: {run:?}");
        assert!(run.out.contains(told), "{name}: {run:?}");
    }
}

#[test]
fn messages_are_counted_by_type() {
    let run = decode_file("counted.itch", &three(), &[]);
    for expected in [
        "itch      A  Add Order - No MPID Attribution                                    1\n",
        "itch      S  System Event                                                       1\n",
        "\n3 messages\n",
    ] {
        assert!(run.err.contains(expected), "{run:?}");
    }
    let quiet = decode_file("counted.itch", &three(), &["--quiet"]);
    assert_eq!((quiet.out, quiet.err.as_str()), (run.out, ""));
}

#[test]
fn a_security_that_only_another_message_names_stands_in_parentheses() {
    let run = decode_file("named.itch", &three(), &["-q"]);
    assert_eq!(run.names(), ["SystemEvent", "AddOrder", "OrderExecuted"]);
    assert!(run.lines()[2].contains(" (AAPL) "), "{run:?}");
    assert!(run.lines()[2].contains(" +3 "), "{run:?}");
}

#[test]
fn records_may_be_of_another_protocol_if_that_is_said() {
    let orders = records(&[accepted(1, 2, "AAPL")]);
    let run = decode_file("orders.bin", &orders, &[]);
    assert_eq!((run.code, run.out.as_str()), (Some(1), ""));
    assert!(run.err.contains("no itch message but fits --as ouch-out"), "{run:?}");
    let run = decode_file("orders.bin", &orders, &["--as", "ouch-out"]);
    assert_eq!((run.code, run.names()), (Some(0), vec!["OrderAccepted"]), "{run:?}");
    let packets = records(&[soup(b'H', &[]), soup(b'S', &accepted(1, 2, "AAPL"))]);
    let run = decode_file("packets.bin", &packets, &["--as", "soup"]);
    assert_eq!((run.code, run.names()), (Some(0), vec!["OrderAccepted"]), "{run:?}");
}

#[test]
fn messages_that_cannot_be_decoded_are_shown_counted_and_grouped() {
    let odd = [b"Z?".to_vec(), b"Z!".to_vec(), executed(1, 13, 2)[..20].to_vec()];
    let bytes = [three(), records(&odd), three()].concat();
    let run = decode_file("odd.itch", &bytes, &[]);
    assert_eq!((run.code, run.lines().len()), (Some(1), 9), "{run:?}");
    assert!(run.out.contains("5A3F !! itch: unknown message type \"Z\" (0x5A)"), "{run:?}");
    let at = three().len();
    for expected in [
        "could not be decoded: 3\n".to_owned(),
        format!("2 x itch: unknown message type \"Z\" (0x5A)\n    first at {}", "/"),
        format!("odd.itch: offset {at}\n"),
        "1 x itch OrderExecuted: truncated: 20 bytes where at least 31 are needed".to_owned(),
    ] {
        assert!(run.err.contains(&expected), "{expected}: {run:?}");
    }
}

#[test]
fn records_are_found_across_the_borders_of_what_is_read_at_once() {
    let messages: Vec<Vec<u8>> = (1..40_000).map(|n| add(n, 13, "AAPL", n)).collect();
    let bytes = records(&messages);
    let run = decode_input(&[], &bytes);
    assert_eq!((run.code, run.lines().len()), (Some(0), messages.len()));
    let refs = run.out.lines().filter_map(|line| line.split("order_ref=").nth(1));
    let refs: Vec<u64> = refs.filter_map(|rest| rest.split(' ').next()?.parse().ok()).collect();
    assert!(refs.into_iter().eq(1..40_000));
}

#[test]
fn a_reader_who_has_seen_enough_is_no_failure() {
    let messages = vec![system_event(); 100_000];
    let file = write_file("long.itch", &records(&messages));
    let mut child = Command::new(env!("CARGO_BIN_EXE_outcry"))
        .args(["decode".as_ref(), file.as_os_str()])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command is built");
    let mut lines = BufReader::new(child.stdout.take().expect("it is piped"));
    let mut line = String::new();
    lines.read_line(&mut line).expect("there is a line");
    drop(lines);
    let output = child.wait_with_output().expect("it ends");
    assert_eq!((output.status.code(), output.stderr), (Some(0), Vec::new()));
}

#[test]
fn inputs_that_cannot_be_decoded_are_named_with_a_cure() {
    let directory = env!("CARGO_TARGET_TMPDIR");
    let empty = write_file("empty.itch", b"");
    let zipped = write_file("day.itch.gz", b"\x1F\x8B\x08\x00rest");
    let garbage = write_file("garbage.bin", b"\x7FELF\x02\x01\x01\x00and so on");
    for (file, told) in [
        ("no-such-file", "cannot open no-such-file"),
        (directory, "is a directory: name the files in it"),
        (empty.to_str().expect("plain"), "is empty: there is nothing to decode"),
        (zipped.to_str().expect("plain"), "gzip -dc FILE | outcry decode -"),
        (garbage.to_str().expect("plain"), "is not recognised: it begins with 7F 45 4C 46"),
    ] {
        let run = decode(&[file]);
        assert_eq!((run.code, run.out.as_str()), (Some(1), ""), "{run:?}");
        assert!(run.err.starts_with("error: ") && run.err.contains(told), "{run:?}");
    }
    let run = decode(&["--format", "pcap", garbage.to_str().expect("plain")]);
    assert!(run.err.contains("neither pcap nor pcapng"), "{run:?}");
}

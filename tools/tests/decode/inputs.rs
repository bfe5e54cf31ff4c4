//! Several inputs, inputs that cannot be decoded, and what the command says of them in the end.

use std::fs::OpenOptions;
use std::process::{Command, Stdio};

use tools::capture::write::Side;
use tools::say::say;

use crate::kit::{
    connection, datagrams, decode, decode_file, decode_input, hex, mold, records, system_event,
    write_file,
};

fn path(name: &str, bytes: &[u8]) -> String {
    write_file(name, bytes).to_str().expect("the directory has a plain name").to_owned()
}

/// A capture of something that no protocol here is.
fn web() -> Vec<u8> {
    connection(&[(Side::Client, b"GET / HTTP/1.1\r\n\r\n"), (Side::Server, b"HTTP/1.1")])
}

#[test]
fn an_input_that_cannot_be_decoded_does_not_stop_the_others() {
    let good = path("good.itch", &records(&[system_event()]));
    let empty = path("none.itch", b"");
    let garbage = path("noise.bin", b"\x7FELF\x02\x01\x01\x00and so on");
    let zipped = path("packed.gz", b"\x1F\x8B\x08\x00rest");
    let directory = env!("CARGO_TARGET_TMPDIR");
    let bad = ["no-such-file", directory, &empty, &garbage, &zipped];
    let mut args = vec![good.as_str()];
    for name in bad {
        args.extend([name, &good]);
    }
    let run = decode(&args);
    assert_eq!((run.code, run.names()), (Some(1), vec!["SystemEvent"; 6]), "{run:?}");
    let errors: Vec<&str> = run.err.lines().filter(|line| line.starts_with("error: ")).collect();
    assert_eq!(errors.len(), bad.len(), "{run:?}");
    for (error, name) in errors.iter().zip(bad) {
        assert!(error.contains(name), "{run:?}");
    }
    assert!(run.err.contains("\n6 messages\n"), "{run:?}");
    assert!(run.err.contains("could not be read: 5 inputs\n"), "{run:?}");
    let summary = decode(&[&args[..], &["--summary"]].concat());
    assert!(summary.code == Some(1) && summary.out.contains("\n6 messages\n"), "{summary:?}");
}

#[test]
fn the_exit_status_follows_one_rule() {
    let messages = datagrams(&[mold(1, 1, &[system_event()])]);
    let alive = datagrams(&[mold(1, 0, &[])]);
    for (name, bytes, args, code) in [
        ("rule1.pcap", &web(), &[][..], 1),
        ("rule1.pcap", &web(), &["--as", "mold"], 1),
        ("rule1.pcap", &web(), &["--port", "1"], 1),
        ("rule2.txt", &b"\n\n  \n".to_vec(), &[], 1),
        ("rule2.txt", &b"# nothing\n".to_vec(), &[], 1),
        ("rule3.itch", &vec![0, 0], &[], 1),
        ("rule4.itch", &vec![], &[], 1),
        ("rule5.pcap", &messages, &[], 0),
        ("rule5.pcap", &messages, &["--type", "ouch:O"], 0),
        ("rule5.pcap", &messages, &["--from", "23:00"], 0),
        ("rule5.pcap", &messages, &["--summary"], 0),
        ("rule6.pcap", &alive, &[], 0),
        ("rule6.pcap", &alive, &["--type", "itch:A"], 0),
    ] {
        let run = decode_file(name, bytes, args);
        assert_eq!(run.code, Some(code), "{name} {args:?}: {run:?}");
    }
    let run = decode(&["--hex", "  "]);
    assert_eq!((run.code, run.err.as_str()), (Some(1), "0 messages\n"), "{run:?}");
    let found = path("rule5.pcap", &messages);
    let run = decode(&[&path("rule1.pcap", &web()), &found]);
    assert_eq!(run.code, Some(0), "something was found in one of them: {run:?}");
    let run = decode(&["no-such-file", &path("rule1.pcap", &web())]);
    assert!(run.err.contains("2 streams of other protocols"), "{run:?}");
    let help = decode(&["--help"]);
    assert!(help.out.contains("nothing at all was found"), "{help:?}");
}

#[test]
fn ports_of_what_is_no_capture_are_misuse() {
    let file = path("port.itch", &records(&[system_event()]));
    for (run, name) in [
        (decode(&[&file, "--port", "9000"]), "port.itch"),
        (decode_input(&["--port", "9000"], hex(&system_event()).as_bytes()), "standard input"),
        (decode(&["--port", "9000", "--format", "binary-file", &file]), "port.itch"),
    ] {
        assert_eq!((run.code, run.out.as_str()), (Some(2), ""), "{run:?}");
        assert!(run.err.starts_with("error: ") && run.err.contains(name), "{run:?}");
        assert!(run.err.contains("--port"), "{run:?}");
    }
}

#[test]
fn names_reach_the_terminal_without_control_characters() {
    let good = records(&[system_event()]);
    let cut = &good[..good.len() - 3];
    let whole = [&good[..], cut].concat();
    for (name, bytes) in [("\u{1B}[31mred\n.itch", &whole[..]), ("\u{1B}empty\u{202E}", b"")] {
        let run = decode_file(name, bytes, &[]);
        assert_eq!(run.code, Some(1), "{run:?}");
        assert!(!run.err.contains(['\u{1B}', '\u{202E}']), "{run:?}");
        assert!(run.err.contains("\\u{1b}"), "{run:?}");
    }
    let run = decode(&["no\u{7}such"]);
    assert!(run.err.contains("cannot open no\\u{7}such: "), "{run:?}");
    let json = decode_file("\u{1B}json.itch", &good, &["--json"]);
    assert!(json.out.contains("\\u001bjson.itch\""), "JSON has the name itself: {json:?}");
}

#[test]
fn a_full_disk_behind_standard_error_changes_nothing() {
    let full = || OpenOptions::new().write(true).open("/dev/full");
    if full().is_err() {
        say(format_args!("skipped: this system has no /dev/full"));
        return;
    }
    let good = path("full.itch", &records(&[system_event()]));
    let other = path("full.pcap", &web());
    for (args, code) in [
        (&["decode", &good][..], 0),
        (&["decode", "-v", &other], 1),
        (&["decode", "no-such-file"], 1),
        (&["decode", "--nonsense"], 2),
        (&["spec", "docs", "no-such-document"], 2),
    ] {
        let status = Command::new(env!("CARGO_BIN_EXE_outcry"))
            .args(args)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(full().expect("it was opened before"))
            .status()
            .expect("the command is built");
        assert_eq!(status.code(), Some(code), "{args:?}");
    }
}

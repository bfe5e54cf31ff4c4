//! `outcry config`, run as a user runs it.

mod calendar;
mod wrong;

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use appliance::config::{EMBEDDED, password};
use protocol_spec::wire::text::Secret;

/// What came of a run.
#[derive(Debug)]
struct Run {
    code: Option<i32>,
    out: String,
    err: String,
}

/// Runs `outcry config` with `input` on its standard input.
fn config(arguments: &[&str], input: &str) -> Run {
    let mut child = Command::new(env!("CARGO_BIN_EXE_outcry"))
        .arg("config")
        .args(arguments)
        .env("OUTCRY_TEST_PASSWORD", "hunter2")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command is built");
    let mut stdin = child.stdin.take().expect("it is piped");
    match stdin.write_all(input.as_bytes()) {
        Ok(()) => drop(stdin),
        Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::BrokenPipe),
    }
    let output = child.wait_with_output().expect("it ends");
    let text = |bytes| String::from_utf8(bytes).expect("it writes text");
    Run { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

/// Checks a file of this name with this text. What is said has `FILE` for its path.
fn check(name: &str, text: &[u8]) -> Run {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, text).expect("the directory can be written");
    let path = path.to_str().expect("the directory has a plain name");
    let mut run = config(&["check", path], "");
    run.out = run.out.replace(path, "FILE");
    run.err = run.err.replace(path, "FILE");
    run
}

#[test]
fn the_configuration_to_start_with_is_printed_and_is_right() {
    let printed = config(&[], "");
    assert_eq!((printed.code, printed.err.as_str()), (Some(0), ""));
    assert_eq!(printed.out, EMBEDDED);
    let checked = check("printed.toml", printed.out.as_bytes());
    assert_eq!((checked.code, checked.err.as_str()), (Some(0), ""));
    let fine = "FILE: fine: 4 ports, 120 instruments, orders at 127.0.0.1:9001, durability \
                \"disk\"\nFILE: a day is open now, from ";
    assert!(checked.out.starts_with(fine), "{}", checked.out);
    assert!(checked.out.ends_with(" 00:00, UTC\n"), "{}", checked.out);
    assert_eq!(checked.out.lines().count(), 2);
}

#[test]
fn everything_that_is_wrong_is_said_on_standard_error() {
    let text = b"[order_entry]\nlisen = 1\nidle_timeout = \"1s\"\n\n[[port]]\nusername = \"a\"\n\
                 password = \"env:MISSING\"\nfirm = \"F\"\nburst = 1\n";
    let run = check("wrong.toml", text);
    assert_eq!((run.code, run.out.as_str()), (Some(1), ""));
    let expected = "\
FILE:2: order_entry.lisen: no such key in [order_entry]; did you mean listen?
FILE:3: order_entry.idle_timeout = \"1s\": must be a duration from \"3s\" to \"1h\", such as \"15s\"
FILE:7: port.password = \"env:MISSING\": the environment variable MISSING is not set
";
    assert_eq!(run.err, expected);
}

#[test]
fn passwords_come_from_the_environment() {
    let text =
        b"[[port]]\nusername = \"a\"\npassword = \"env:OUTCRY_TEST_PASSWORD\"\nfirm = \"F\"\n";
    let run = check("environment.toml", text);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.out.starts_with("FILE: fine: 1 port, 0 instruments, "), "{run:?}");
}

#[test]
fn a_file_that_is_not_there_or_not_text_is_named() {
    let run = config(&["check", "no/such/file.toml"], "");
    assert_eq!((run.code, run.out.as_str()), (Some(1), ""));
    assert!(run.err.starts_with("no/such/file.toml: cannot read: "), "{run:?}");
    let run = check("bytes.toml", b"[venue]\nname = \"\xff\"\n");
    assert_eq!((run.code, run.err.as_str()), (Some(1), "FILE:2: not text in UTF-8\n"));
}

#[test]
fn a_file_must_be_named() {
    let run = config(&["check"], "");
    assert_eq!(run.code, Some(2));
    assert!(run.err.contains("<FILE>"), "{run:?}");
}

#[test]
fn a_hash_is_good_for_the_configuration_and_for_the_password() {
    for input in ["Hunter2", "hunter2\n", "hunter2\r\n"] {
        let run = config(&["hash"], input);
        assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
        let hash = run.out.strip_suffix('\n').expect("a line");
        assert!(password::verify(hash, &Secret::new("HUNTER2")), "{hash}");
        let text = format!("[[port]]\nusername = \"a\"\npassword = \"{hash}\"\nfirm = \"F\"\n");
        assert_eq!(check("hash.toml", text.as_bytes()).code, Some(0));
    }
}

#[test]
fn what_is_no_password_is_not_hashed_and_not_shown() {
    for input in ["", "\n", "elevenchars\n", "é\n", " blank\n"] {
        let run = config(&["hash"], input);
        let said = "error: a password is 1 to 10 printable ASCII characters without a space at \
                    either end\n";
        assert_eq!((run.code, run.out.as_str(), run.err.as_str()), (Some(2), "", said));
    }
}

#[test]
fn the_help_has_examples() {
    let run = config(&["--help"], "");
    assert_eq!(run.code, Some(0));
    for part in ["outcry config > venue.toml", "check", "calendar", "hash", "Exit status"] {
        assert!(run.out.contains(part), "{}", run.out);
    }
}

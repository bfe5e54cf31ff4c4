//! `outcry journal quarantine`.

use std::fs;
use std::path::{Path, PathBuf};

use matcher::command::Command;
use protocol_spec::words::Time;
use rustix::process::getuid;
use serde_json::{Value, json};

use crate::kit::{Diary, MIDNIGHT, SESSION, enter, journal, opening};

/// A journal whose second command is before the midnight of the day that it opens: no sequencer
/// stamps so, and the engine does not go on. It is in the last batch, between two others.
pub(crate) fn poisoned() -> Diary {
    let mut diary = Diary::new();
    diary.control(&Command::Tick, "");
    diary.commit();
    diary.control(&opening(Time(MIDNIGHT.0 + 1)), "");
    diary.control(&Command::Tick, "");
    diary.commit();
    diary
}

fn quarantine(number: &str, data: &Path) -> crate::kit::Said {
    journal(&["quarantine", number, "--why", "opens too early"], data)
}

fn skip_file(data: &Path, number: u64) -> PathBuf {
    data.join("journal").join(SESSION).join(format!("{number:012}.skip"))
}

#[test]
fn a_command_that_breaks_is_passed_over_from_then_on() {
    let (_folder, data) = poisoned().saved();
    let said = journal(&["replay"], &data);
    assert_ne!(said.code, Some(0));
    for words in ["no command is before its day's midnight", "outcry journal quarantine 2 "] {
        assert!(said.err.contains(words), "{}", said.err);
    }
    let out = quarantine("2", &data).fine();
    assert!(out.contains("command 2 is skipped from now on") && out.contains("midnight"), "{out}");
    let text = fs::read_to_string(skip_file(&data, 2)).expect("it is written");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!((lines.len(), lines[0], lines[4]), (5, "command: 2", "why: opens too early"));
    let uid = format!("(uid {})", getuid().as_raw());
    assert!(lines[2].starts_with("who: ") && lines[2].ends_with(&uid), "{text}");
    let replayed = journal(&["replay", "--json"], &data).objects();
    assert_eq!((&replayed[0]["commands"], &replayed[0]["skipped"]), (&json!(3), &json!(1)));
    let verified = journal(&["verify", "--json"], &data).objects();
    assert_eq!((&verified[0]["whole"], &verified[0]["skipped"]), (&json!(true), &json!(1)));
    let shown = journal(&["cat", "--events"], &data).fine();
    let line = shown.lines().find(|line| line.starts_with("#2 ")).expect("it is shown");
    assert!(line.contains("!! skipped by ") && line.ends_with(": opens too early"), "{line}");
    let objects = journal(&["cat", "--json"], &data).objects();
    assert_eq!(objects[1]["skipped"]["why"], "opens too early");
    assert_eq!(objects[2]["skipped"], Value::Null);
    quarantine("2", &data).fails(1, &["it was skipped by"]);
}

#[test]
fn a_command_that_can_be_executed_is_not_skipped() {
    let mut diary = Diary::open();
    diary.one("09:30:00", 1, &enter(1, b'B', 100, "AAA", 90_000, &[]));
    let (_folder, data) = diary.saved();
    quarantine("7", &data).fails(1, &["command 7 is not skipped", "it can be executed"]);
    assert!(!skip_file(&data, 7).exists());
}

#[test]
fn a_command_of_which_something_was_told_is_not_skipped() {
    let (_folder, data) = poisoned().saved();
    // It was executed, since a batch was written behind it.
    quarantine("1", &data).fails(1, &["it is not in the last batch"]);
    // The one behind it was never begun, and what breaks is another one.
    quarantine("3", &data).fails(1, &["a command before it breaks", "midnight"]);
    quarantine("4", &data).fails(2, &["there is no command 4", "ends with 3"]);
    quarantine("0", &data).fails(2, &["0"]);
    journal(&["quarantine", "2"], &data).fails(2, &["--why"]);
    journal(&["quarantine", "2", "--why", " "], &data).fails(2, &["say why"]);
    for number in 1..=4 {
        assert!(!skip_file(&data, number).exists(), "{number}");
    }
}

#[test]
fn a_damaged_journal_is_not_written_to() {
    let (_folder, data) = poisoned().saved();
    let segment = data.join("journal").join(SESSION).join("00000001.segment");
    let mut bytes = fs::read(&segment).expect("it is there");
    bytes[4_096 + 60] ^= 1;
    fs::write(&segment, bytes).expect("it can be written");
    quarantine("2", &data).fails(1, &["is damaged"]);
    assert!(!skip_file(&data, 2).exists());
}

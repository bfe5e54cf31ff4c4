//! What every reader of a journal makes of a skip.

use std::fs;
use std::path::{Path, PathBuf};

use appliance::journal::{History, Place, Skip};
use appliance::linux::LinuxDisk;
use appliance::world::Use;
use protocol_spec::words::{CommandNo, Time};
use serde_json::json;

use crate::kit::{Diary, SALT, SESSION, journal};

/// Skips a command of a journal, as if it had broken something.
pub(crate) fn skip(data: &Path, number: u64) -> PathBuf {
    let folder = data.join("journal").join(SESSION);
    let place = Place { folder: folder.clone(), segment_bytes: 0, usage: Use::Read };
    let history = History::find(&LinuxDisk, &place).expect("it is there");
    let mut record = Vec::new();
    let read = history.read(|batch| {
        record.extend_from_slice(batch.record(CommandNo(number)).unwrap_or_default());
        Ok(())
    });
    read.expect("it is whole");
    assert!(!record.is_empty(), "there is such a command");
    let when = Time(1_795_176_000_000_000_000);
    let skip = Skip::new(CommandNo(number), SALT, &record, ("alice (uid 7)", when), "why not");
    skip.write(&LinuxDisk, &folder).expect("the folder can be written")
}

#[test]
fn a_skipped_order_was_never_there() {
    let (_folder, data) = Diary::busy().saved();
    skip(&data, 7);
    // Without the buy there is no trade, and nothing to be replaced.
    assert_eq!(journal(&["trades"], &data).fine(), "");
    let out = journal(&["cat", "--events", "--number", "7..9"], &data).fine();
    let lines: Vec<&str> = out.lines().collect();
    assert!(
        lines[0].ends_with(
            "!! skipped by alice\\x20(uid\\x207) at 2026-11-20T12:00:00Z: \
        why not"
        ),
        "{}",
        lines[0]
    );
    assert!(lines[1].starts_with("#8 ") && lines[2].contains("A OrderAccepted"), "{out}");
    assert!(lines[3].contains("feed") && lines[3].contains("A AddOrder"), "{out}");
    assert!(lines[4].starts_with("#9 ") && lines.len() == 5, "{out}");
    let whole = journal(&["verify", "--json"], &data).objects();
    assert_eq!((&whole[0]["skipped"], &whole[0]["commands"]), (&json!(1), &json!(18)));
    // Wherever the batch is cut, and in the smallest steps.
    let digest = |args: &[&str]| {
        let args = [&["replay", "--json"], args].concat();
        journal(&args, &data).objects()[0]["engine"].clone()
    };
    assert_eq!(digest(&["--events", "4", "--visits", "1"]), digest(&[]));
}

#[test]
fn a_skip_that_does_not_fit_is_an_error_for_everybody() {
    let (_folder, data) = Diary::busy().saved();
    let path = skip(&data, 7);
    let text = fs::read_to_string(&path).expect("it is written");
    let elsewhere = path.with_file_name("000000000008.skip");
    let beyond = path.with_file_name("000000000099.skip");
    for (file, text, words) in [
        (&path, text.replace("why not", "because"), "its checksum is not that"),
        (&path, text.replace("checksum: ", "checksum: x"), "it is not written as"),
        (&path, String::new(), "it is not written as"),
        (&elsewhere, text.clone(), "it is not of the command that its name says"),
        (&elsewhere, text.replace("command: 7", "command: 8"), "its checksum is not that"),
        (&beyond, text.replace("command: 7", "command: 99"), "the journal has no such command"),
    ] {
        fs::remove_file(&path).unwrap_or_default();
        fs::write(file, text).expect("it can be written");
        for command in ["cat", "verify", "replay", "trades"] {
            journal(&[command], &data).fails(1, &[".skip does not count", words]);
        }
        fs::remove_file(file).expect("it is there");
        fs::write(&path, "").expect("it can be written");
    }
}

//! `outcry journal verify`.

use std::fs::{self, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use appliance::folds::Folds;
use appliance::hint::Hint;
use appliance::journal::{History, Place};
use appliance::linux::LinuxDisk;
use appliance::world::Use;
use recovery::replay::{Machine, replay_batch};
use serde_json::{Value, json};

use crate::kit::{Diary, SESSION, enter, journal};

/// So many orders of P1 that blocks of replies are complete.
fn long() -> Diary {
    let mut diary = Diary::open();
    diary.at("09:30:00");
    for number in 1..=1_500 {
        diary.message(1, &enter(number, b'B', 100, "AAA", 90_000, &[]));
        if number % 100 == 0 {
            diary.commit();
        }
    }
    diary
}

/// Writes the complete blocks of replies as a venue does.
fn write_replies(data: &Path) -> PathBuf {
    let folder = data.join("journal").join(SESSION);
    let place = Place { folder, segment_bytes: 0, usage: Use::Read };
    let history = History::find(&LinuxDisk, &place).expect("it is there");
    let mut machine = Machine::new(Folds::new());
    let mut scratch = Vec::new();
    let read = history.read(|batch| {
        replay_batch(&mut machine, batch, &Hint, &mut scratch)?;
        Ok(())
    });
    read.expect("it is whole");
    let mut bytes = Vec::new();
    while let Some(block) = machine.folds.replies.outbox.poll_block() {
        assert_eq!(block.offset, bytes.len() as u64);
        bytes.extend_from_slice(&block.bytes);
    }
    assert!(bytes.len() > 64 * 1024, "there are complete blocks");
    let path = data.join("replies").join(format!("{SESSION}.replies"));
    fs::create_dir_all(data.join("replies")).expect("the folder can be made");
    fs::write(&path, bytes).expect("the folder can be written");
    path
}

/// Changes a byte of a file.
fn damage(path: &Path, offset: u64) {
    let file = OpenOptions::new().read(true).write(true).open(path).expect("it is there");
    let mut byte = [0];
    file.read_exact_at(&mut byte, offset).expect("it is so long");
    file.write_all_at(&[byte[0] ^ 1], offset).expect("it can be written");
}

fn report(data: &Path) -> (Option<i32>, Value) {
    let said = journal(&["verify", "--json"], data);
    (said.code, serde_json::from_str(&said.out).expect("it is an object"))
}

#[test]
fn a_whole_journal_is_told_segment_by_segment() {
    let (_folder, data) = long().saved();
    let (code, value) = report(&data);
    assert_eq!((code, &value["whole"], &value["error"]), (Some(0), &json!(true), &Value::Null));
    assert_eq!((&value["commands"], &value["session"]), (&json!(1_506), &json!(SESSION)));
    let segments = value["segments"].as_array().expect("they are a list");
    assert!(segments.len() > 1, "{segments:?}");
    let sum: u64 = segments.iter().filter_map(|segment| segment["commands"].as_u64()).sum();
    assert_eq!(sum, 1_506);
    let mut next = 1;
    for (number, segment) in (1..).zip(segments) {
        assert_eq!(
            (&segment["segment"], &segment["first_command"]),
            (&json!(number), &json!(next))
        );
        next = segment["last_command"].as_u64().expect("it has a last") + 1;
    }
    assert_eq!(value["replies_file"], Value::Null);
    let lines = journal(&["verify"], &data).fine();
    assert!(lines.ends_with("the journal is whole\n"), "{lines}");
    assert!(lines.contains("segment  2: batches "), "{lines}");
}

#[test]
fn a_damaged_byte_is_told_with_its_place() {
    let (_folder, data) = long().saved();
    let segment = data.join("journal").join(SESSION).join("00000001.segment");
    damage(&segment, 8_192);
    let (code, value) = report(&data);
    let error = value["error"].as_str().expect("something is wrong");
    assert_eq!((code, &value["whole"]), (Some(1), &json!(false)));
    assert!(error.contains("00000001.segment is damaged: segment 1, offset "), "{error}");
    journal(&["verify"], &data).fails(1, &["00000001.segment is damaged", "nothing was changed"]);
    for command in ["cat", "replay", "trades"] {
        journal(&[command], &data).fails(1, &["is damaged"]);
    }
    fs::remove_file(&segment).expect("it is there");
    journal(&["verify"], &data).fails(1, &["00000001.segment is missing"]);
}

#[test]
fn a_torn_end_is_no_damage() {
    let (_folder, data) = Diary::busy().saved();
    let segment = data.join("journal").join(SESSION).join("00000001.segment");
    let bytes = fs::read(&segment).expect("it is there");
    let last = bytes.iter().rposition(|&byte| byte != 0).expect("it is not empty");
    damage(&segment, last as u64);
    let (code, value) = report(&data);
    assert_eq!((code, &value["commands"], &value["whole"]), (Some(0), &json!(17), &json!(true)));
    assert!(value["torn"]["bytes"].as_u64() > Some(0), "{value}");
    let said = journal(&["cat"], &data);
    assert!(said.err.contains("a torn write of"), "{}", said.err);
    assert_eq!(said.fine().lines().count(), 17);
}

#[test]
fn the_file_of_replies_is_compared_block_by_block() {
    let (_folder, data) = long().saved();
    let file = write_replies(&data);
    let (code, value) = report(&data);
    assert_eq!((code, &value["replies_file"]["missing_blocks"]), (Some(0), &json!(0)));
    let blocks = value["replies_file"]["blocks"].as_u64().expect("they are counted");
    assert!(blocks >= 2, "{value}");
    // What a venue has not written yet is no damage.
    let bytes = fs::read(&file).expect("it is there");
    fs::write(&file, &bytes[..bytes.len() - 10]).expect("it can be written");
    let (code, value) = report(&data);
    assert_eq!((code, &value["replies_file"]["missing_blocks"]), (Some(0), &json!(1)));
    fs::write(&file, [bytes.as_slice(), b"more"].concat()).expect("it can be written");
    journal(&["verify"], &data).fails(1, &["4 bytes that the journal does not make"]);
    fs::write(&file, &bytes).expect("it can be written");
    damage(&file, 40_000);
    journal(&["verify"], &data).fails(1, &["at offset 40000", "is not what the journal makes"]);
    // Where it lies elsewhere it is named.
    let elsewhere = data.with_extension("replies");
    fs::rename(&file, &elsewhere).expect("it is there");
    journal(&["verify"], &data).fine();
    let elsewhere = elsewhere.display().to_string();
    journal(&["verify", "--replies", &elsewhere], &data).fails(1, &["at offset 40000"]);
}

#[test]
fn a_record_that_is_no_command_is_told_with_its_number() {
    let mut diary = Diary::open();
    diary.message(1, b"?");
    diary.commit();
    let (_folder, data) = diary.saved();
    for command in ["verify", "cat", "replay"] {
        let said = journal(&[command], &data);
        if command == "cat" {
            // It is shown as it came, since nothing has to be executed for that.
            assert!(said.fine().contains("3F !! "));
        } else {
            said.fails(1, &["holds what cannot be: command 7"]);
        }
    }
}

/// Writes the file of the feed as a venue does.
fn write_feed(data: &Path) -> PathBuf {
    let folder = data.join("journal").join(SESSION);
    let place = Place { folder, segment_bytes: 0, usage: Use::Read };
    let history = History::find(&LinuxDisk, &place).expect("it is there");
    let mut machine = Machine::new(Folds::new());
    let mut scratch = Vec::new();
    let read = history.read(|batch| {
        replay_batch(&mut machine, batch, &Hint, &mut scratch)?;
        Ok(())
    });
    read.expect("it is whole");
    let path = data.join("rewind").join(format!("{SESSION}.itch"));
    fs::create_dir_all(data.join("rewind")).expect("the folder can be made");
    fs::write(&path, machine.folds.published.rewind.fresh().records).expect("it can be written");
    path
}

#[test]
fn the_file_of_the_feed_is_compared_byte_by_byte() {
    let (_folder, data) = long().saved();
    let file = write_feed(&data);
    let bytes = fs::read(&file).expect("it is there");
    let (code, value) = report(&data);
    let feed = &value["feed_file"];
    assert_eq!((code, &feed["missing_bytes"]), (Some(0), &json!(0)));
    assert_eq!(feed["bytes"], json!(bytes.len()));
    let messages = feed["messages"].as_u64().expect("they are counted");
    assert!(messages > 1_500, "{value}");
    // What a venue has not written yet is no damage.
    fs::write(&file, &bytes[..bytes.len() - 10]).expect("it can be written");
    let (code, value) = report(&data);
    assert_eq!((code, &value["feed_file"]["missing_bytes"]), (Some(0), &json!(10)));
    let lines = journal(&["verify"], &data).fine();
    assert!(lines.contains("10 bytes are not written yet"), "{lines}");
    fs::write(&file, [bytes.as_slice(), b"more"].concat()).expect("it can be written");
    journal(&["verify"], &data).fails(1, &["4 bytes that the journal does not make"]);
    // Where they part is told: the second message begins behind the first and its length.
    fs::write(&file, &bytes).expect("it can be written");
    let second = 2 + u64::from(u16::from_be_bytes([bytes[0], bytes[1]]));
    for (at, message) in [(1, "message 1 "), (second - 1, "message 1 "), (second, "message 2 ")] {
        damage(&file, at);
        let place = format!("at offset {at}: {message}");
        journal(&["verify"], &data).fails(1, &[place.as_str(), "is not what the journal makes"]);
        damage(&file, at);
    }
    let elsewhere = data.with_extension("itch");
    damage(&file, 7);
    fs::rename(&file, &elsewhere).expect("it is there");
    journal(&["verify"], &data).fine();
    let elsewhere = elsewhere.display().to_string();
    journal(&["verify", "--feed", elsewhere.as_str()], &data).fails(1, &["at offset 7"]);
}

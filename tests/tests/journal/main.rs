//! Journals written, torn, damaged, read again and gone on with.

mod damage;
mod replay;
mod resume;
mod tear;

use std::collections::BTreeSet;

use matcher::command::Command;
use protocol_spec::words::CommandNo;
use recovery::journal::{BLOCK, Reader, Writer};
use tests::disk::{CHECKSUM, Disk, MARKS, Read, What};
use tests::journals::{self, Diary};
use tests::seeds;

/// Sizes of segments: rolls are frequent.
const SEGMENTS: [usize; 4] = [2 * BLOCK, 3 * BLOCK, 8 * BLOCK, 32 * BLOCK];

/// Runs `test` for many seeds, and names the one with which it fails.
fn each(fixed: u64, fresh: u64, test: impl Fn(u64)) {
    for seed in seeds::list(fixed, fresh) {
        let named = Named(seed);
        test(seed);
        drop(named);
    }
}

/// Says which seed it is when a test fails.
struct Named(u64);

impl Drop for Named {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("once more: {}={} cargo test -p tests --test journal", seeds::SEED, self.0);
        }
    }
}

/// A journal of so many batches.
fn diary(seed: u64, batches: usize) -> Diary {
    let mut diary = Diary::new(seed, SEGMENTS[seed as usize % SEGMENTS.len()]);
    diary.batches(batches);
    diary
}

/// Reads a journal that is not damaged, with marks that are known and without.
fn read(disk: &Disk) -> Read {
    let found = disk.read().unwrap_or_else(|fault| panic!("{fault}"));
    let known = disk.read_with(Reader::new(Some(MARKS), CHECKSUM), |_| {});
    let (_, tail) = known.unwrap_or_else(|fault| panic!("with marks: {fault}"));
    assert_eq!(tail, found.tail, "with marks");
    found
}

#[test]
fn what_is_written_is_read() {
    each(40, 40, |seed| {
        let diary = diary(seed, 60);
        let found = read(&diary.disk);
        assert_eq!(found.marks, Some(MARKS));
        assert_eq!(found.entries, diary.entries);
        assert_eq!(found.batches.len(), 60);
        let tail = found.tail;
        assert_eq!(tail.next_batch, 61);
        assert_eq!(tail.next_command, CommandNo(diary.entries.len() as u64 + 1));
        assert_eq!(tail.last_time, diary.entries.last().expect("records").stamp.time);
        assert_eq!((tail.torn, tail.segment as usize), (0, diary.disk.segments.len()));
        assert!(!tail.is_of_nothing());
    });
}

#[test]
fn every_control_record_and_many_messages_occur() {
    let diary = diary(3, 400);
    let kind = |what: &What| match what {
        What::Control(command, _) => Some(std::mem::discriminant(command)),
        What::Message(..) => None,
    };
    let kinds = diary.entries.iter().map(|entry| kind(&entry.what));
    let controls: std::collections::HashSet<_> = kinds.flatten().collect();
    assert_eq!(controls.len() as u64, journals::CONTROLS);
    let length = |what: &What| match what {
        What::Control(..) => None,
        What::Message(_, bytes) => Some(bytes.len()),
    };
    let lengths: BTreeSet<_> =
        diary.entries.iter().filter_map(|entry| length(&entry.what)).collect();
    assert!(lengths.contains(&0) && lengths.len() > 5, "{lengths:?}");
}

#[test]
fn a_journal_goes_on_after_every_batch() {
    each(10, 10, |seed| {
        let mut diary = diary(seed, 0);
        for _ in 0..40 {
            let tail = read(&diary.disk).tail;
            diary.writer = Writer::resume(MARKS, diary.disk.segment_bytes as u64, CHECKSUM, tail);
            diary.batches(1);
        }
        assert_eq!(read(&diary.disk).entries, diary.entries);
        // No byte differs from what one writer writes.
        let mut again = self::diary(seed, 0);
        again.batches(40);
        assert!(again.disk == diary.disk);
    });
}

#[test]
fn segments_may_change_their_size_between_two_starts() {
    let mut diary = diary(5, 10);
    for size in [2 * BLOCK, 16 * BLOCK, 4 * BLOCK, 3 * BLOCK] {
        let tail = read(&diary.disk).tail;
        diary.disk.segment_bytes = size;
        diary.writer = Writer::resume(MARKS, size as u64, CHECKSUM, tail);
        diary.batches(10);
        let found = read(&diary.disk);
        assert_eq!(found.entries, diary.entries);
    }
}

#[test]
fn batches_grow_to_their_limit_and_roll() {
    let segment = 4 << 20;
    let mut writer = Writer::begin(MARKS, segment as u64, CHECKSUM);
    let mut disk = Disk::new(segment);
    let stamp = |no| recovery::journal::Stamp {
        no: CommandNo(no),
        time: protocol_spec::words::Time(no),
        late: 0,
    };
    let mut no = 0;
    for _ in 0..9 {
        while writer.has_room() {
            no += 1;
            let bytes = vec![no as u8; 1 + (no as usize * 7919) % 65_535];
            writer.push_message(stamp(no), protocol_spec::words::PortId(1), &bytes);
        }
        assert!(writer.len() > Writer::MAX_BATCH - Writer::LONGEST_RECORD);
        assert!(writer.len() <= Writer::MAX_BATCH);
        disk.commit(&mut writer);
    }
    assert!(disk.segments.len() > 1);
    let found = read(&disk);
    assert_eq!(found.entries.len() as u64, no);
    for (no, entry) in (1_u64..).zip(&found.entries) {
        let What::Message(_, bytes) = &entry.what else { panic!("{entry:?}") };
        assert!(bytes.iter().all(|&byte| byte == no as u8), "{no}");
    }
}

#[test]
fn the_longest_note_is_kept() {
    let mut disk = Disk::new(2 * BLOCK);
    let mut writer = Writer::begin(MARKS, 2 * BLOCK as u64, CHECKSUM);
    let note = "x".repeat(recovery::journal::MAX_NOTE);
    let stamp =
        recovery::journal::Stamp { no: CommandNo(1), time: protocol_spec::words::Time(5), late: 1 };
    writer.push_control(stamp, &Command::Tick, &note);
    disk.commit(&mut writer);
    assert_eq!(read(&disk).entries[0].what, What::Control(Command::Tick, note));
}

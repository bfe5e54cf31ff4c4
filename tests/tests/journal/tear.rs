//! The last write, done in part: exactly what it would have brought is torn off.

use recovery::journal::{BLOCK, Writer};
use tests::disk::{CHECKSUM, Disk, Kept, MARKS, SECTOR};
use tests::flow::prng::Prng;
use tests::journals::Diary;

use super::{diary, each, read};

/// Reads a disk on which the last write, of the records behind `kept`, was done in part.
fn check(torn: &Disk, whole: &Disk, diary: &Diary, kept: usize) -> bool {
    let found = read(torn);
    let arrived = found.entries.len() > kept;
    if arrived {
        assert_eq!(found.entries, diary.entries, "all of the write arrived");
        assert_eq!(found.tail.torn == 0, torn == whole);
    } else {
        assert_eq!(found.entries, diary.entries[..kept], "nothing before the write is lost");
    }
    let last = (found.tail.segment as usize - 1).min(torn.segments.len().saturating_sub(1));
    let behind = torn.segments.get(last).map_or(&[][..], |bytes| {
        &bytes[usize::try_from(found.tail.offset + found.tail.torn).expect("in memory")..]
    });
    assert!(behind.iter().all(|&byte| byte == 0), "all that is torn is told");
    arrived
}

/// Cleans the torn disk and writes on.
fn go_on(torn: &Disk, diary: &Diary, kept: usize) {
    let mut disk = torn.clone();
    let found = read(&disk);
    disk.clean(&found.tail);
    let tail = recovery::journal::Tail { torn: 0, ..found.tail };
    if !tail.is_of_nothing() {
        assert_eq!(read(&disk).entries, found.entries, "cleaning takes nothing away");
    }
    let mut writer = Writer::resume(MARKS, disk.segment_bytes as u64, CHECKSUM, tail);
    let mut entries = found.entries;
    let missing = diary.entries[kept..].iter().skip(entries.len() - kept);
    for entry in missing {
        entry.push(&mut writer);
        disk.commit(&mut writer);
        entries.push(entry.clone());
    }
    assert_eq!(entries, diary.entries);
    assert_eq!(read(&disk).entries, diary.entries, "it goes on");
}

/// A journal whose last write is not done yet, of a kind that `wanted` tells.
fn before_last(seed: u64, wanted: impl Fn(&Kept) -> bool) -> (Diary, Kept, usize) {
    let mut diary = Diary::new(seed, 2 * BLOCK);
    loop {
        let kept = diary.entries.len();
        let write = diary.pending();
        if wanted(&write) {
            return (diary, write, kept);
        }
        diary.disk.write(&write);
        diary.writer.written();
    }
}

/// The kinds of last writes: the first of all, one that begins a segment, one with a carry.
fn kinds(seed: u64) -> Vec<(Diary, Kept, usize)> {
    vec![
        before_last(seed, |_| true),
        before_last(seed, |write| write.segment == 3 && write.offset == 0),
        before_last(seed, |write| write.segment == 2 && write.offset > 0),
    ]
}

#[test]
fn a_write_cut_at_every_byte_is_torn_off_and_nothing_else() {
    each(3, 2, |seed| {
        for (diary, write, kept) in kinds(seed) {
            let mut whole = diary.disk.clone();
            whole.write(&write);
            let mut was_whole = false;
            for cut in 0..=write.bytes.len() {
                let mut torn = diary.disk.clone();
                torn.write_where(&write, |at| at < cut);
                let arrived = check(&torn, &whole, &diary, kept);
                assert!(arrived == (torn == whole), "cut at {cut}");
                was_whole |= arrived;
                if cut % 97 == 0 || cut < 300 {
                    go_on(&torn, &diary, kept);
                }
            }
            assert!(was_whole);
        }
    });
}

#[test]
fn the_end_of_a_write_without_its_beginning_is_torn_off() {
    each(2, 1, |seed| {
        for (diary, write, kept) in kinds(seed) {
            let mut whole = diary.disk.clone();
            whole.write(&write);
            for cut in (0..write.bytes.len()).step_by(8) {
                let mut torn = diary.disk.clone();
                torn.write_where(&write, |at| at >= cut);
                check(&torn, &whole, &diary, kept);
                go_on(&torn, &diary, kept);
            }
        }
    });
}

#[test]
fn a_write_of_which_any_sectors_arrived_is_torn_off() {
    each(12, 12, |seed| {
        let mut prng = Prng::new(seed);
        for (diary, write, kept) in kinds(seed) {
            let mut whole = diary.disk.clone();
            whole.write(&write);
            let sectors = write.bytes.len() / SECTOR;
            let all = if sectors <= 8 { 1 << sectors } else { 256 };
            for at in 0..all {
                let mask = if sectors <= 8 { at } else { prng.number() };
                let mut torn = diary.disk.clone();
                torn.write_where(&write, |at| mask >> (at / SECTOR) & 1 == 1);
                check(&torn, &whole, &diary, kept);
                if at % 16 == 0 {
                    go_on(&torn, &diary, kept);
                }
            }
        }
    });
}

#[test]
fn a_journal_survives_one_crash_after_the_other() {
    each(30, 30, |seed| {
        let mut diary = diary(seed, 0);
        let mut prng = Prng::new(seed ^ 1);
        for _ in 0..60 {
            for _ in 0..prng.below(4) {
                diary.batches(1);
            }
            let kept = diary.entries.len();
            let write = diary.pending();
            let mask = prng.number();
            let cut = prng.place(write.bytes.len() + 1);
            let by_sectors = prng.chance(70);
            diary.disk.write_where(&write, |at| match by_sectors {
                true => mask >> (at / SECTOR) & 1 == 1,
                false => at < cut,
            });
            if prng.chance(30) {
                // A spare segment lies there already.
                diary.disk.segments.push(vec![0; diary.disk.segment_bytes]);
            }
            let found = read(&diary.disk);
            let now = found.entries.len();
            assert!(now == kept || now == diary.entries.len());
            assert_eq!(found.entries, diary.entries[..now]);
            diary.entries.truncate(now);
            diary.disk.clean(&found.tail);
            let size = diary.disk.segment_bytes as u64;
            diary.writer = Writer::resume(MARKS, size, CHECKSUM, found.tail);
        }
        assert_eq!(read(&diary.disk).entries, diary.entries);
    });
}

#[test]
fn a_spare_segment_is_no_damage_and_a_torn_one_is_begun_anew() {
    let (diary, write, kept) = before_last(11, |write| write.segment == 3 && write.offset == 0);
    let mut disk = diary.disk.clone();
    for len in [0, 1, 4095, 8192] {
        disk.segments.truncate(2);
        disk.segments.push(vec![0; len]);
        disk.segments.push(vec![0; 8192]);
        let found = read(&disk);
        assert_eq!((found.entries.len(), found.tail.segment), (kept, 2));
    }
    disk.segments.truncate(2);
    disk.write_where(&write, |at| at < 4096);
    let tail = read(&disk).tail;
    assert_eq!((tail.segment, tail.offset, tail.torn), (3, 0, 128));
    assert!(tail.block.is_empty());
}

#[test]
fn a_journal_of_nothing_begins_anew() {
    for disk in [
        Disk { segment_bytes: 8192, segments: vec![] },
        Disk { segment_bytes: 8192, segments: vec![vec![]] },
        Disk { segment_bytes: 8192, segments: vec![vec![0; 8192], vec![0; 8192]] },
        Disk { segment_bytes: 8192, segments: vec![vec![9; 8192], vec![0; 8192]] },
    ] {
        let tail = read(&disk).tail;
        assert!(tail.is_of_nothing());
        assert_eq!((tail.segment, tail.offset), (1, 0));
        let torn =
            disk.segments.first().map_or(0, |bytes| bytes.iter().filter(|b| **b > 0).count());
        assert_eq!(tail.torn, torn as u64);
    }
}

//! Whatever is damaged before the last write is found, and named by its place.

use recovery::journal::{BLOCK, Fault, FaultKind, Link, Marks, Reader, Writer};
use tests::disk::{CHECKSUM, Disk, Entry, MARKS, SECTOR, What};
use tests::flow::prng::Prng;
use tests::journals::{Diary, forged};

use super::{each, read};

/// A journal that has just begun its fourth segment with more than one batch.
fn small(seed: u64) -> (Diary, Vec<(u32, u64)>) {
    let mut diary = Diary::new(seed, 2 * BLOCK);
    loop {
        diary.batches(1);
        let batches = read(&diary.disk).batches;
        if batches.iter().filter(|batch| batch.0 == 4).count() == 2 {
            return (diary, batches);
        }
    }
}

/// Where a damage of this byte has to be told: its header, its batch or the end of the batches.
fn place(disk: &Disk, batches: &[(u32, u64)], segment: u32, at: u64) -> (u32, u64) {
    if at < BLOCK as u64 {
        return (segment, 0);
    }
    let bytes = &disk.segments[segment as usize - 1];
    let start = batches.iter().rfind(|batch| batch.0 == segment && batch.1 <= at);
    let (_, start) = *start.expect("batches begin behind the header");
    let length = usize::try_from(start).expect("in memory") + 36;
    let length = u32::from_le_bytes(bytes[length..length + 4].try_into().expect("4 bytes"));
    let end = start + 48 + u64::from(length);
    (segment, if at < end { start } else { end })
}

#[test]
fn every_damaged_byte_before_the_last_batch_is_named() {
    each(1, 1, |seed| {
        let (diary, batches) = small(seed);
        let last = *batches.last().expect("batches");
        let mut prng = Prng::new(seed);
        let mut disk = diary.disk.clone();
        for segment in 1..=4_u32 {
            for at in 0..2 * BLOCK {
                let is_before = (segment, at as u64) < last;
                let was = disk.segments[segment as usize - 1][at];
                let flip = 1 << prng.below(8);
                for now in [was ^ flip, 0] {
                    disk.segments[segment as usize - 1][at] = now;
                    let found = disk.read();
                    if now == was {
                        assert!(found.is_ok());
                    } else if is_before {
                        let Err(fault) = found else { panic!("{segment} {at}: {found:?}") };
                        let expected = place(&diary.disk, &batches, segment, at as u64);
                        assert_eq!((fault.segment, fault.offset), expected, "{at}: {fault}");
                    } else {
                        let found = found.unwrap_or_else(|fault| panic!("{at}: {fault}"));
                        assert!(found.batches.len() + 1 >= batches.len());
                        assert!(diary.entries.starts_with(&found.entries));
                    }
                }
                disk.segments[segment as usize - 1][at] = was;
            }
        }
    });
}

#[test]
fn what_was_lost_in_sectors_and_blocks_is_found() {
    each(5, 5, |seed| {
        let (diary, batches) = small(seed);
        let last = *batches.last().expect("batches");
        let mut prng = Prng::new(seed);
        for size in [8, SECTOR, BLOCK] {
            for segment in 1..=4_u32 {
                for from in (0..2 * BLOCK).step_by(size) {
                    if (segment, (from + size) as u64) > last {
                        continue;
                    }
                    let mut disk = diary.disk.clone();
                    let bytes = &mut disk.segments[segment as usize - 1][from..from + size];
                    match prng.chance(50) {
                        true => bytes.fill(0),
                        false => bytes.iter_mut().for_each(|byte| *byte = prng.number() as u8),
                    }
                    let is_same = disk == diary.disk;
                    assert_eq!(disk.read().is_ok(), is_same, "{size} at {from} of {segment}");
                }
            }
        }
    });
}

/// The fault that a disk has.
fn fault(disk: &Disk) -> Fault {
    disk.read().expect_err("it is damaged")
}

#[test]
fn segments_that_are_lost_swapped_or_doubled_are_found() {
    let (diary, _) = small(21);
    let disk = &diary.disk;
    let mut reader = Reader::new(None, CHECKSUM);
    let at = |segment, kind| Err(Fault { segment, offset: 0, kind });
    let found = reader.segment(2, &disk.segments[1]).map(|_| ());
    assert_eq!(found, at(2, FaultKind::NotNext { expected: 1 }));
    let later = reader.segment(1, &disk.segments[0]).map(|_| ());
    assert_eq!(later, found, "a fault is the end");
    assert_eq!(reader.finish().map(|_| ()), found);

    let mut swapped = disk.clone();
    swapped.segments.swap(1, 2);
    assert_eq!(fault(&swapped), Fault { segment: 2, offset: 0, kind: FaultKind::Segment(3) });
    let mut doubled = disk.clone();
    doubled.segments[2] = doubled.segments[1].clone();
    assert_eq!(fault(&doubled), Fault { segment: 3, offset: 0, kind: FaultKind::Segment(2) });
    for lost in 0..3 {
        let mut zeroed = disk.clone();
        zeroed.segments[lost].fill(0);
        let segment = lost as u32 + 1;
        let kind = FaultKind::Damaged { segment: segment + 1, offset: 0 };
        assert_eq!(fault(&zeroed), Fault { segment, offset: 0, kind });
        let mut removed = disk.clone();
        removed.segments.remove(lost);
        let kind = FaultKind::Segment(segment + 1);
        assert_eq!(fault(&removed), Fault { segment, offset: 0, kind });
    }
}

#[test]
fn a_segment_of_another_journal_is_named() {
    let others = [
        (Marks { session: *b"2026111903", ..MARKS }, FaultKind::Session(*b"2026111903")),
        (Marks { unit: 4, ..MARKS }, FaultKind::Unit(4)),
        (
            Marks { zone: *b"UTC                             ", ..MARKS },
            FaultKind::Zone(*b"UTC                             "),
        ),
        (Marks { rules_version: 2, ..MARKS }, FaultKind::RulesVersion(2)),
        (Marks { salt: 1, ..MARKS }, FaultKind::Salt),
    ];
    let (diary, _) = small(23);
    for (marks, kind) in others {
        let mut writer = Writer::begin(marks, 2 * BLOCK as u64, CHECKSUM);
        let mut other = Disk::new(2 * BLOCK);
        for batch in diary.entries.chunks(2) {
            batch.iter().for_each(|entry| entry.push(&mut writer));
            other.commit(&mut writer);
        }
        let mut disk = diary.disk.clone();
        disk.segments[1] = other.segments[1].clone();
        assert_eq!(fault(&disk), Fault { segment: 2, offset: 0, kind });
        let reader = Reader::new(Some(MARKS), CHECKSUM);
        let found = other.read_with(reader, |_| {});
        assert_eq!(found, Err(Fault { segment: 1, offset: 0, kind }));
        assert!(!format!("{kind}").is_empty());
    }
}

#[test]
fn a_segment_of_another_format_is_named() {
    let (diary, _) = small(25);
    let mut disk = diary.disk;
    for segment in 1..=4 {
        let was = disk.segments[segment - 1].clone();
        let header = &mut disk.segments[segment - 1][..128];
        header[8] = 1;
        let sum = CHECKSUM(0, &header[..124]);
        header[124..].copy_from_slice(&sum.to_le_bytes());
        // What else there is in another format is not looked at.
        disk.segments[segment - 1][200] = 1;
        let expected = Fault { segment: segment as u32, offset: 0, kind: FaultKind::Format(1) };
        assert_eq!(fault(&disk), expected);
        disk.segments[segment - 1] = was;
    }
}

#[test]
fn files_that_were_cut_are_found_or_lose_their_end() {
    let (diary, batches) = small(27);
    for segment in 1..=4 {
        // Where the zeros behind the batches begin.
        let end = place(&diary.disk, &batches, segment, 2 * BLOCK as u64 - 1).1;
        for len in 0..2 * BLOCK {
            let mut disk = diary.disk.clone();
            disk.segments[segment as usize - 1].truncate(len);
            if len as u64 >= end {
                assert_eq!(read(&disk).entries, diary.entries);
            } else if segment < 4 {
                let fault = fault(&disk);
                assert!([segment, segment + 1].contains(&fault.segment), "{fault}");
            } else {
                let found = read(&disk);
                assert!(found.batches.len() < batches.len());
                assert!(diary.entries.starts_with(&found.entries));
            }
        }
    }
}

#[test]
fn a_whole_batch_that_does_not_follow_is_named() {
    // Two journals that differ in their second batch alone.
    let journal = |second: u8| {
        let mut disk = Disk::new(2 * BLOCK);
        let mut writer = Writer::begin(MARKS, 2 * BLOCK as u64, CHECKSUM);
        for (no, byte) in [(1, 0), (2, second), (3, 0)] {
            let stamp = recovery::journal::Stamp {
                no: protocol_spec::words::CommandNo(no),
                time: protocol_spec::words::Time(no),
                late: 0,
            };
            let what = What::Message(protocol_spec::words::PortId(1), vec![byte; 8]);
            Entry { stamp, what }.push(&mut writer);
            disk.commit(&mut writer);
        }
        disk
    };
    let (one, other) = (journal(1), journal(2));
    // A batch is 48 + 16 + 8 bytes long.
    let third = BLOCK + 2 * 72;
    let mut mixed = one.clone();
    mixed.segments[0][third..third + 72].copy_from_slice(&other.segments[0][third..third + 72]);
    let found = fault(&mixed);
    assert_eq!((found.segment, found.offset), (1, third as u64));
    assert!(matches!(found.kind, FaultKind::Chain { link: Link::Checksum, .. }), "{found}");

    let mut left_out = one.clone();
    left_out.segments[0].copy_within(third..third + 72, third - 72);
    let kind = FaultKind::Chain { link: Link::Batch, expected: 2, found: 3 };
    let offset = third as u64 - 72;
    assert_eq!(fault(&left_out), Fault { segment: 1, offset, kind });
}

#[test]
fn what_a_broker_sends_is_never_taken_for_a_batch() {
    each(20, 20, |seed| {
        let mut prng = Prng::new(seed);
        let mut diary = Diary::new(seed, 8 * BLOCK);
        diary.batches(3);
        let (kept, first) = (diary.entries.len(), diary.entries.len() as u64 + 1);
        for no in first..first + 20 {
            let last = diary.entries.last().expect("records").stamp;
            let no = protocol_spec::words::CommandNo(no);
            let stamp = recovery::journal::Stamp { no, ..last };
            let what = What::Message(protocol_spec::words::PortId(1), forged(&mut prng));
            let entry = Entry { stamp, what };
            entry.push(&mut diary.writer);
            diary.entries.push(entry);
        }
        let write = diary.disk.clone().commit(&mut diary.writer);
        for cut in 0..200 {
            let mut torn = diary.disk.clone();
            let cut = if cut < 100 { cut * 8 } else { prng.place(write.bytes.len()) };
            torn.write_where(&write, |at| at / 8 * 8 != cut && at < write.bytes.len() - cut);
            let found = read(&torn).entries.len();
            assert!(found == kept || found == diary.entries.len(), "{found}");
        }
    });
}

#[test]
fn a_whole_batch_in_the_wrong_place_is_found() {
    let (diary, batches) = small(29);
    let (_, last) = *batches.last().expect("batches");
    let from = usize::try_from(last).expect("in memory");
    for by in [8, 64, SECTOR] {
        let mut disk = diary.disk.clone();
        let bytes = &mut disk.segments[3];
        bytes.copy_within(from..2 * BLOCK - by, from + by);
        bytes[from..from + by].fill(0);
        let kind = FaultKind::Damaged { segment: 4, offset: last + by as u64 };
        let found = disk.read();
        // What was moved beyond the end of the segment is torn like any other.
        if found.is_err() {
            assert_eq!(found, Err(Fault { segment: 4, offset: last, kind }));
        } else {
            assert!(by == SECTOR);
        }
    }
    // A segment begun with one batch, of which the header is gone and the batch moved.
    let mut diary = Diary::new(31, 4 * BLOCK);
    diary.batches(1);
    let mut whole = diary.disk.segments[0].clone();
    whole[..BLOCK].fill(0);
    for by in [8, 64, SECTOR] {
        let mut moved = vec![0; by];
        moved.extend_from_slice(&whole[..4 * BLOCK - by]);
        let disk = Disk { segment_bytes: 4 * BLOCK, segments: vec![moved] };
        for marks in [None, Some(MARKS)] {
            let kind = FaultKind::Damaged { segment: 1, offset: (BLOCK + by) as u64 };
            let found = disk.read_with(Reader::new(marks, CHECKSUM), |_| {});
            assert_eq!(found, Err(Fault { segment: 1, offset: 0, kind }));
        }
    }
}

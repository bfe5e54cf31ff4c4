//! A journal is read on behind any of its batches, and while it is written.

use recovery::journal::{Cursor, Fault, FaultKind, LiveReader, Reader};
use tests::disk::{CHECKSUM, Disk, MARKS};
use tests::journals::Diary;

use super::{diary, each, read};

/// Follows what is on the disk up to its end; the batches, each with the place behind it.
fn follow(reader: &mut LiveReader, disk: &Disk) -> Vec<(u64, u64, u32, Cursor)> {
    let mut found = Vec::new();
    loop {
        let (segment, offset) = reader.place();
        let bytes = disk.segments.get(segment as usize - 1).map_or(&[][..], Vec::as_slice);
        let offset = usize::try_from(offset).expect("segments are in memory");
        let rest = bytes.get(offset..).unwrap_or_default();
        match reader.next(rest).unwrap_or_else(|fault| panic!("{fault}")) {
            Some(batch) => {
                let (number, first, count) = (batch.number, batch.first.0, batch.count);
                let cursor = *reader.cursor().expect("a batch was read");
                assert_eq!((cursor.segment, cursor.last), (batch.segment, batch.offset));
                found.push((number, first, count, cursor));
            }
            None if (segment as usize) < disk.segments.len() => reader.next_segment(),
            None => return found,
        }
    }
}

fn behind(disk: &Disk, cursor: Cursor) -> Result<(Vec<u64>, recovery::journal::Tail), Fault> {
    let mut reader = Reader::resume(MARKS, cursor, CHECKSUM);
    let mut numbers = Vec::new();
    for (number, bytes) in (1..).zip(&disk.segments).skip(cursor.segment as usize - 1) {
        let mut batches = reader.segment(number, bytes)?;
        while let Some(batch) = batches.next()? {
            numbers.push(batch.number);
        }
    }
    Ok((numbers, reader.finish()?))
}

#[test]
fn a_journal_is_read_on_behind_every_batch() {
    each(20, 20, |seed| {
        let diary = diary(seed, 40);
        let whole = read(&diary.disk);
        let mut reader = LiveReader::new(None, CHECKSUM);
        let all = follow(&mut reader, &diary.disk);
        assert_eq!(reader.marks(), Some(&MARKS));
        assert_eq!(all.len(), 40);
        for (number, _, _, cursor) in all {
            let (numbers, tail) = behind(&diary.disk, cursor).expect("it is not damaged");
            assert!(numbers.into_iter().eq(number + 1..=40), "behind batch {number}");
            assert_eq!(tail, whole.tail, "behind batch {number}");
            let mut live = LiveReader::resume(MARKS, cursor, CHECKSUM);
            let numbers = follow(&mut live, &diary.disk).into_iter().map(|(number, ..)| number);
            assert!(numbers.eq(number + 1..=40), "behind batch {number}");
        }
    });
}

#[test]
fn a_journal_is_followed_while_it_is_written() {
    each(20, 20, |seed| {
        let mut diary = diary(seed, 0);
        let mut reader = LiveReader::new(Some(MARKS), CHECKSUM);
        let mut count = 0;
        for _ in 0..60 {
            // A write under way shows as far as it got, and is not taken for anything.
            let write = diary.pending();
            let before = diary.disk.clone();
            let most = diary.prng.place(write.bytes.len());
            diary.disk.write_where(&write, |at| at < most);
            let place = reader.place();
            let bytes = diary.disk.segments.get(place.0 as usize - 1);
            let rest = bytes.map(|bytes| &bytes[usize::try_from(place.1).expect("a small file")..]);
            if let Some(rest) = rest
                && reader.next(rest).unwrap_or_else(|fault| panic!("{fault}")).is_some()
            {
                // All of it that is no zeros was there already.
                count += 1;
            }
            diary.disk = before;
            diary.disk.write(&write);
            diary.writer.written();
            let place = diary.writer.position();
            count += follow(&mut reader, &diary.disk).len() as u64;
            assert_eq!(count, reader.cursor().expect("there is a batch").next_batch - 1);
            assert_eq!(reader.place(), place);
        }
        assert_eq!(count, 60);
    });
}

/// The first batch behind which a reader does not go on any more if a byte is changed.
fn damaged(diary: &Diary, cursor: Cursor, at: usize) -> Fault {
    let mut disk = diary.disk.clone();
    disk.segments[cursor.segment as usize - 1][at] ^= 0x10;
    behind(&disk, cursor).expect_err("the batch is not what it was")
}

#[test]
fn nobody_goes_on_behind_a_batch_that_is_not_there() {
    let diary = diary(3, 12);
    let all = follow(&mut LiveReader::new(None, CHECKSUM), &diary.disk);
    for (number, _, _, cursor) in all {
        let end = usize::try_from(cursor.offset).expect("a small file");
        let start = usize::try_from(cursor.last).expect("a small file");
        for at in start..end {
            let kind = FaultKind::NoBatch { batch: number };
            let expected = Fault { segment: cursor.segment, offset: cursor.last, kind };
            assert_eq!(damaged(&diary, cursor, at), expected, "byte {at}");
        }
        for wrong in [
            Cursor { last: cursor.last + 8, ..cursor },
            Cursor { offset: cursor.offset + 8, ..cursor },
            Cursor { next_batch: cursor.next_batch + 1, ..cursor },
            Cursor { next_command: cursor.next_command.next(), ..cursor },
            Cursor { checksum: cursor.checksum ^ 1, ..cursor },
            Cursor { last: u64::MAX, offset: u64::MAX, ..cursor },
        ] {
            assert!(behind(&diary.disk, wrong).is_err(), "{wrong:?}");
        }
        // A header that is damaged is none of this journal.
        assert!(damaged(&diary, cursor, 20).segment == cursor.segment);
        let gone = Reader::resume(MARKS, cursor, CHECKSUM).finish();
        assert!(gone.is_err(), "a journal of which nothing is read does not go on");
    }
}

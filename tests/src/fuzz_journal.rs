//! What must hold for a journal, whatever became of its files.
use std::sync::LazyLock;

use recovery::journal::{Reader, Stamp, Writer};

use crate::disk::{CHECKSUM, Disk, Entry, MARKS, Read, SECTOR};
use crate::journals::Diary;

/// A good journal, to be damaged: four segments, the last of which has been begun.
static GOOD: LazyLock<(Disk, Read)> = LazyLock::new(|| {
    let mut diary = Diary::new(7, 2 * 4096);
    while diary.disk.segments.len() < 4 {
        diary.batches(1);
    }
    diary.batches(1);
    let read = diary.disk.read().expect("it is whole");
    assert_eq!(read.entries, diary.entries);
    (diary.disk, read)
});

/// Any bytes as segments, and a good journal that the bytes damage.
pub fn journal(data: &[u8]) {
    let (first, rest) = data.split_first().unwrap_or((&0, &[]));
    if first % 2 == 0 {
        any_bytes(usize::from(first / 2), rest);
    } else {
        damaged(rest);
    }
}

/// Nothing panics, and what is torn off is on the disk.
fn any_bytes(cut: usize, bytes: &[u8]) {
    let (one, two) = bytes.split_at((cut * 64).min(bytes.len()));
    let segments = [one, two].map(<[u8]>::to_vec).to_vec();
    let disk = Disk { segment_bytes: 2 * 4096, segments };
    for marks in [None, Some(MARKS)] {
        if let Ok((_, tail)) = disk.read_with(Reader::new(marks, CHECKSUM), |batch| {
            batch.records().for_each(|record| assert!(record.is_ok() || record.is_err()));
        }) {
            let len = disk.segments.get(tail.segment as usize - 1).map_or(0, Vec::len) as u64;
            assert!(tail.offset + tail.torn <= len, "{tail:?} of {len}");
            assert_eq!(tail.block.len() as u64, tail.offset % 4096);
        }
    }
}

/// Four bytes are a place and what becomes of it. What is read is the journal or a beginning of
/// it, and it can be gone on with; if anything is lost then it is the last batch alone, or there
/// is more than one damage.
fn damaged(data: &[u8]) {
    let (mut disk, good) = (GOOD.0.clone(), &GOOD.1);
    let whole = disk.clone();
    for deed in data.chunks_exact(4) {
        let place = usize::from(u16::from_le_bytes([deed[0], deed[1]]));
        let segment = place % disk.segments.len();
        let bytes = &mut disk.segments[segment];
        let at = (place / 4) % bytes.len();
        match deed[2] {
            0 => bytes[at / SECTOR * SECTOR..].iter_mut().take(SECTOR).for_each(|byte| *byte = 0),
            1 => bytes.truncate(at.max(1)),
            2 => {
                disk.segments.swap(segment, usize::from(deed[3]) % 4);
            }
            _ => bytes[at] ^= deed[3],
        }
    }
    let Ok(read) = disk.read() else { return assert!(disk != whole, "what is whole is read") };
    assert!(good.entries.starts_with(&read.entries), "nothing else is read");
    if data.len() / 4 <= 1 && data.get(2).is_some_and(|deed| *deed > 2) {
        assert!(read.batches.len() + 1 >= good.batches.len(), "one byte takes one batch at most");
    }
    go_on(disk, read);
}

/// Writes one more record after what is left.
fn go_on(mut disk: Disk, read: Read) {
    let Read { mut entries, tail, .. } = read;
    for segment in &mut disk.segments {
        segment.resize(disk.segment_bytes, 0);
    }
    disk.clean(&tail);
    let (no, time) = (tail.next_command, tail.last_time);
    let mut writer = Writer::resume(MARKS, disk.segment_bytes as u64, CHECKSUM, tail);
    let entry = Entry { stamp: Stamp { no, time, late: 0 }, ..GOOD.1.entries[0].clone() };
    entry.push(&mut writer);
    disk.commit(&mut writer);
    entries.push(entry);
    let again = disk.read().expect("what was cleaned is whole");
    assert!(again.entries == entries, "it goes on where it ended");
}

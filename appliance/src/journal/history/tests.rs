use std::sync::atomic::{AtomicUsize, Ordering};

use matcher::command::Command;
use protocol_spec::words::Time;
use recovery::journal::{Stamp, Writer};

use super::*;

/// A segment that is written while it is read: each read of a block that is in use in the end sees
/// one batch more.
#[derive(Debug)]
struct Growing {
    /// As it is after each write.
    states: Vec<Vec<u8>>,
    now: AtomicUsize,
}

impl File for Growing {
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let start = usize::try_from(offset).map_err(io::Error::other)?;
        let goes_on = usize::from(buffer.len() == BLOCK && start < 20 * BLOCK);
        let now = self.now.fetch_add(goes_on, Ordering::Relaxed).min(self.states.len() - 1);
        buffer.copy_from_slice(&self.states[now][start..start + buffer.len()]);
        Ok(buffer.len())
    }

    fn write_at(&mut self, _: u64, _: &[u8]) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn sync(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn cut(&mut self, _: u64) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn len(&self) -> io::Result<u64> {
        Ok(self.states[0].len() as u64)
    }
}

/// Batches of 40 records, which begin in any place of a block and lie in two at times.
fn growing(batches: u64) -> Growing {
    let marks =
        Marks { session: *b"2026112001", unit: 0, zone: [b' '; 32], rules_version: 1, salt: 42 };
    let bytes = 1 << 21;
    let mut writer = Writer::begin(marks, bytes, crc32c::crc32c_append);
    let mut segment = vec![0; usize::try_from(bytes).expect("it is small")];
    let mut states = vec![segment.clone()];
    for batch in 0..batches {
        for record in 1..=40 {
            let no = CommandNo(batch * 40 + record);
            let stamp = Stamp { no, time: Time(no.0), late: 0 };
            writer.push_control(stamp, &Command::Tick, "a note");
        }
        let write = writer.seal().expect("there is something in it");
        let at = usize::try_from(write.offset).expect("it is small");
        segment[at..at + write.bytes.len()].copy_from_slice(write.bytes);
        writer.written();
        states.push(segment.clone());
    }
    Growing { states, now: AtomicUsize::new(0) }
}

#[test]
fn what_is_being_written_is_never_taken_for_damage() {
    let file = growing(60);
    let mut bytes = vec![0; file.states[0].len()];
    let (mut most, mut torn) = (0, 0);
    for begun in 0..=60 {
        file.now.store(begun, Ordering::Relaxed);
        let read = read_backwards(&file, &mut bytes).expect("it can be read");
        assert_eq!(read, bytes.len());
        let mut reader = Reader::new(None, crc32c::crc32c_append);
        let mut batches = reader.segment(1, &bytes).expect("it is not damaged");
        let mut count = 0;
        while batches.next().expect("it is not damaged").is_some() {
            count += 1;
        }
        assert!(count >= begun, "{count} batches are seen of {begun}");
        let tail = reader.finish().expect("it is not damaged");
        most = most.max(count);
        torn += u32::from(tail.torn > 0);
    }
    assert!(most == 60 && torn > 0, "some are seen in part: {most}, {torn}");
}

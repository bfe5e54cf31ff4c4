//! The part of a file that is in memory.

use std::io::{self, ErrorKind, Read};

/// Read at once: large enough that system calls do not count, small enough to stay in cache.
const CHUNK: usize = 256 * 1024;

/// A buffer that moves over a reader and is never more than a chunk ahead of it.
pub(super) struct Window<R> {
    reader: R,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    /// File offset of `start`.
    offset: u64,
}

impl<R: Read> Window<R> {
    pub(super) fn new(reader: R) -> Self {
        Self { reader, buffer: vec![0; CHUNK], start: 0, end: 0, offset: 0 }
    }

    /// The bytes from the current offset on: at least `wanted`, unless the file ends before.
    pub(super) fn fill(&mut self, wanted: usize) -> io::Result<&[u8]> {
        if self.end - self.start < wanted {
            self.make_room(wanted);
            while self.end - self.start < wanted {
                match self.reader.read(&mut self.buffer[self.end..]) {
                    Ok(0) => break,
                    Ok(count) => self.end += count,
                    Err(error) if error.kind() == ErrorKind::Interrupted => {}
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(self.available())
    }

    pub(super) fn available(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    /// Moves on by `count` bytes, which must be available.
    pub(super) fn consume(&mut self, count: usize) {
        assert!(count <= self.end - self.start, "only what is available can be consumed");
        self.start += count;
        self.offset += count as u64;
    }

    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    fn make_room(&mut self, wanted: usize) {
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        if self.buffer.len() < wanted {
            self.buffer.resize(wanted, 0);
        }
    }
}

//! A disk in memory: the files of a journal, and what a broken write leaves of them.

use recovery::journal::{
    Batch, Body, Checksum, Fault, Marks, Reader, Record, Stamp, Tail, Write, Writer,
};

/// Bytes that a disk writes in one go.
pub const SECTOR: usize = 512;

/// The checksum of journals.
pub const CHECKSUM: Checksum = crc32c::crc32c_append;

/// The marks of the journals here.
pub const MARKS: Marks = Marks {
    session: *b"2026112003",
    unit: 0,
    zone: *b"America/New_York                ",
    rules_version: 1,
    salt: 0x0123_4567_89ab_cdef,
};

/// The files of a journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disk {
    /// Bytes of a new segment.
    pub segment_bytes: usize,
    /// The segments from 1 on.
    pub segments: Vec<Vec<u8>>,
}

/// A write, kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The segment.
    pub segment: u32,
    /// Where in it.
    pub offset: usize,
    /// The bytes.
    pub bytes: Vec<u8>,
}

impl Kept {
    /// Keeps a write.
    ///
    /// # Panics
    /// If it is not as writes are promised to be.
    #[must_use]
    pub fn new(write: &Write<'_>) -> Self {
        let offset = usize::try_from(write.offset).expect("segments are in memory");
        let address = write.bytes.as_ptr() as usize;
        for number in [offset, write.bytes.len(), address] {
            assert!(number.is_multiple_of(recovery::journal::BLOCK), "{number:#x}");
        }
        Kept { segment: write.segment, offset, bytes: write.bytes.to_vec() }
    }
}

impl Disk {
    /// An empty disk.
    #[must_use]
    pub const fn new(segment_bytes: usize) -> Self {
        Disk { segment_bytes, segments: Vec::new() }
    }

    /// The bytes of a segment, which is made if it is the next one.
    fn segment(&mut self, number: u32) -> &mut Vec<u8> {
        let at = number as usize - 1;
        if at == self.segments.len() {
            self.segments.push(vec![0; self.segment_bytes]);
        }
        &mut self.segments[at]
    }

    /// Does a whole write.
    pub fn write(&mut self, write: &Kept) {
        self.write_where(write, |_| true);
    }

    /// Does a write as far as `arrives` says of each byte.
    pub fn write_where(&mut self, write: &Kept, arrives: impl Fn(usize) -> bool) {
        let segment = self.segment(write.segment);
        let end = write.offset + write.bytes.len();
        // One that was made smaller grows.
        segment.resize(segment.len().max(end), 0);
        let place = &mut segment[write.offset..end];
        let bytes = place.iter_mut().zip(&write.bytes).enumerate();
        bytes.filter(|(at, _)| arrives(*at)).for_each(|(_, (to, from))| *to = *from);
    }

    /// Writes the batch of `writer`.
    ///
    /// # Panics
    /// If there is nothing in it.
    pub fn commit(&mut self, writer: &mut Writer) -> Kept {
        let kept = Kept::new(&writer.seal().expect("there is something to write"));
        self.write(&kept);
        writer.written();
        kept
    }

    /// Makes zeros of what was torn.
    ///
    /// # Panics
    /// If the tail is not on this disk.
    pub fn clean(&mut self, tail: &Tail) {
        if tail.torn > 0 {
            let from = usize::try_from(tail.offset).expect("segments are in memory");
            let torn = usize::try_from(tail.torn).expect("segments are in memory");
            self.segment(tail.segment)[from..from + torn].fill(0);
        }
    }

    /// Reads it all with `reader`, and tells each batch to `each`.
    ///
    /// # Errors
    /// The fault that the reader meets.
    pub fn read_with(
        &self,
        mut reader: Reader,
        mut each: impl FnMut(Batch<'_>),
    ) -> Result<(Option<Marks>, Tail), Fault> {
        for (number, bytes) in (1..).zip(&self.segments) {
            let mut batches = reader.segment(number, bytes)?;
            while let Some(batch) = batches.next()? {
                each(batch);
            }
        }
        let marks = reader.marks().copied();
        Ok((marks, reader.finish()?))
    }

    /// Reads it all.
    ///
    /// # Errors
    /// The fault that the reader meets.
    ///
    /// # Panics
    /// If a record is no command.
    pub fn read(&self) -> Result<Read, Fault> {
        let (mut entries, mut batches) = (Vec::new(), Vec::new());
        let (marks, tail) = self.read_with(Reader::new(None, CHECKSUM), |batch| {
            batches.push((batch.segment, batch.offset));
            let before = entries.len();
            entries.extend(batch.records().map(|record| Entry::of(record.expect("a command"))));
            assert_eq!(entries.len() - before, batch.count as usize);
        })?;
        Ok(Read { marks, entries, batches, tail })
    }
}

/// All that is in a journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    /// What its segments bear.
    pub marks: Option<Marks>,
    /// The records.
    pub entries: Vec<Entry>,
    /// Where batches begin.
    pub batches: Vec<(u32, u64)>,
    /// Where it goes on.
    pub tail: Tail,
}

/// A record on its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Number and time.
    pub stamp: Stamp,
    /// What came.
    pub what: What,
}

/// What came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A broker's message.
    Message(protocol_spec::words::PortId, Vec<u8>),
    /// A command, and the note about it.
    Control(matcher::command::Command, String),
}

impl Entry {
    fn of(record: Record<'_>) -> Self {
        let what = match record.body {
            Body::Message { port, bytes } => What::Message(port, bytes.to_vec()),
            Body::Control { command, note } => What::Control(command, note.to_owned()),
        };
        Entry { stamp: record.stamp, what }
    }

    /// Puts it into the batch.
    pub fn push(&self, writer: &mut Writer) {
        match &self.what {
            What::Message(port, bytes) => writer.push_message(self.stamp, *port, bytes),
            What::Control(command, note) => writer.push_control(self.stamp, command, note),
        }
    }
}

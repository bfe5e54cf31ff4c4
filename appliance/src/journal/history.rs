//! What a day's journal holds, read when the venue starts.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use protocol_spec::words::CommandNo;
use recovery::journal::{BLOCK, Batch, Cursor, Fault, Marks, Reader, RecordFault, Tail};

use super::Place;
use super::skip::{Skip, SkipFault};
use crate::aligned::Aligned;
use crate::world::{Disk, File, Use};

/// The segments of a day, read one after the other.
#[derive(Debug)]
pub struct History<'a, D> {
    disk: &'a D,
    place: &'a Place,
    segments: Vec<u32>,
    /// By ascending number.
    skips: Vec<Skip>,
}

/// What was torn off the end: it was never told to anybody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lost {
    /// The file.
    pub path: PathBuf,
    /// Where it begins.
    pub offset: u64,
    /// Bytes of it.
    pub bytes: u64,
}

/// Why a day's journal cannot be read.
#[derive(Debug)]
pub enum HistoryError {
    /// A file or the folder cannot be read.
    Unreadable(PathBuf, io::Error),
    /// A file is not what was written.
    Damaged(PathBuf, Fault),
    /// A record is none.
    Record(PathBuf, RecordFault),
    /// A segment is missing.
    Missing(PathBuf),
    /// A command is said to be skipped by a file that does not count.
    Skip(PathBuf, SkipFault),
}

impl<'a, D: Disk> History<'a, D> {
    /// The segments and skips that are there.
    ///
    /// # Errors
    /// If the folder or a skip cannot be read, or a segment is missing between others.
    pub fn find(disk: &'a D, place: &'a Place) -> Result<Self, HistoryError> {
        let unreadable = |error| HistoryError::Unreadable(place.folder.clone(), error);
        let names = disk.list(&place.folder).map_err(unreadable)?;
        let number = |name: &String| name.strip_suffix(".segment")?.parse().ok();
        let mut segments: Vec<u32> = names.iter().filter_map(number).collect();
        segments.sort_unstable();
        let gap = (1..).zip(&segments).find(|&(expected, &number)| expected != number);
        if let Some((missing, _)) = gap {
            return Err(HistoryError::Missing(place.segment(missing)));
        }
        let mut skips = Vec::new();
        for name in &names {
            let path = || place.folder.join(name);
            let Some(read) = Skip::read(disk, &place.folder, name) else { continue };
            let skip = read.map_err(|error| HistoryError::Unreadable(path(), error))?;
            skips.push(skip.map_err(|fault| HistoryError::Skip(path(), fault))?);
        }
        skips.sort_unstable_by_key(|skip| skip.command);
        Ok(History { disk, place, segments, skips })
    }

    /// Commands that are passed over, by ascending number.
    #[must_use]
    pub fn skips(&self) -> &[Skip] {
        &self.skips
    }

    /// Bytes of all segments.
    ///
    /// # Errors
    /// If one cannot be looked at.
    pub fn bytes(&self) -> Result<u64, HistoryError> {
        let mut bytes = 0;
        for &number in &self.segments {
            let path = self.place.segment(number);
            let len = self.disk.open(&path, Use::Read).and_then(|file| file.len());
            bytes += len.map_err(|error| HistoryError::Unreadable(path, error))?;
        }
        Ok(bytes)
    }

    /// Reads all of it, batch by batch. The marks and where to go on; `None` if there is nothing,
    /// so that nothing was ever told.
    ///
    /// # Errors
    /// If it cannot be read, is damaged, or `on_batch` says so.
    pub fn read(
        &self,
        on_batch: impl FnMut(&Batch<'_>) -> Result<(), RecordFault>,
    ) -> Result<Option<(Marks, Tail)>, HistoryError> {
        self.read_from(Reader::new(None, crc32c::crc32c_append), 1, on_batch)
    }

    /// The same, behind a batch that was read before. Segments before that batch's are not read.
    ///
    /// # Errors
    /// As [`History::read`], or if the batch is not there.
    pub fn read_behind(
        &self,
        marks: &Marks,
        cursor: &Cursor,
        on_batch: impl FnMut(&Batch<'_>) -> Result<(), RecordFault>,
    ) -> Result<Option<(Marks, Tail)>, HistoryError> {
        // What was executed from them is going to be told, as it is when they are read.
        for &number in self.segments.iter().filter(|&&number| number < cursor.segment) {
            let path = self.place.segment(number);
            let synced = self.disk.open(&path, self.place.usage).and_then(|mut file| file.sync());
            synced.map_err(|error| HistoryError::Unreadable(path, error))?;
        }
        let reader = Reader::resume(*marks, *cursor, crc32c::crc32c_append);
        self.read_from(reader, cursor.segment, on_batch)
    }

    /// Whether a batch that was read before is there.
    ///
    /// # Errors
    /// If it is not, or is another journal's, or cannot be read.
    pub fn find_batch(&self, marks: &Marks, cursor: &Cursor) -> Result<(), HistoryError> {
        let path = self.place.segment(cursor.segment);
        if !self.segments.contains(&cursor.segment) {
            return Err(HistoryError::Missing(path));
        }
        let mut bytes = Vec::new();
        let loaded = self.load(&path, &mut bytes);
        loaded.map_err(|error| HistoryError::Unreadable(path.clone(), error))?;
        let mut reader = Reader::resume(*marks, *cursor, crc32c::crc32c_append);
        let found = reader.segment(cursor.segment, &bytes).map(|_| ());
        found.map_err(|fault| HistoryError::Damaged(path, fault))
    }

    fn read_from(
        &self,
        reader: Reader,
        first: u32,
        mut on_batch: impl FnMut(&Batch<'_>) -> Result<(), RecordFault>,
    ) -> Result<Option<(Marks, Tail)>, HistoryError> {
        self.visit_from(reader, first, |path, _, batch| {
            on_batch(batch).map_err(|fault| HistoryError::Record(path.to_owned(), fault))
        })
    }

    /// The same for those who stop where they want to: with each batch come its file and the
    /// journal's marks.
    ///
    /// # Errors
    /// If it cannot be read, is damaged, or `on_batch` says so.
    ///
    /// # Panics
    /// Never: a segment with a batch has a header.
    pub fn visit<E: From<HistoryError>>(
        &self,
        on_batch: impl FnMut(&Path, &Marks, &Batch<'_>) -> Result<(), E>,
    ) -> Result<Option<(Marks, Tail)>, E> {
        self.visit_from(Reader::new(None, crc32c::crc32c_append), 1, on_batch)
    }

    /// Reads the segments from `first` on.
    fn visit_from<E: From<HistoryError>>(
        &self,
        mut reader: Reader,
        first: u32,
        mut on_batch: impl FnMut(&Path, &Marks, &Batch<'_>) -> Result<(), E>,
    ) -> Result<Option<(Marks, Tail)>, E> {
        let skipped: Vec<CommandNo> = self.skips.iter().map(|skip| skip.command).collect();
        let mut bytes = Vec::new();
        let mut path = self.place.segment(first);
        let behind = self.segments.partition_point(|&number| number < first);
        for (at, &number) in self.segments.iter().enumerate().skip(behind) {
            path = self.place.segment(number);
            let unreadable = |error| HistoryError::Unreadable(path.clone(), error);
            let damaged = |fault| HistoryError::Damaged(path.clone(), fault);
            // Looked at before this one is read: then it is whole, or the end.
            let is_end =
                self.place.usage == Use::Read && !self.is_begun(&self.segments[at + 1..])?;
            self.load(&path, &mut bytes).map_err(unreadable)?;
            let mut batches = reader.segment(number, &bytes).map_err(damaged)?;
            while let Some(batch) = batches.next().map_err(damaged)? {
                let marks = *batches.marks().expect("a segment with a batch has a header");
                self.check_skips(&marks, &batch)?;
                on_batch(&path, &marks, &batch.skipping(&skipped))?;
            }
            if is_end {
                break;
            }
        }
        let marks = reader.marks().copied();
        let tail = reader.finish().map_err(|fault| HistoryError::Damaged(path, fault))?;
        if let Some(skip) = self.skips.last().filter(|skip| skip.command >= tail.next_command) {
            let path = self.place.folder.join(skip.file_name());
            return Err(HistoryError::Skip(path, SkipFault::Nothing).into());
        }
        Ok(marks.filter(|_| !tail.is_of_nothing()).map(|marks| (marks, tail)))
    }

    /// Whether anything was written to one of these segments. The last is looked at first: who is
    /// writing begins them in their order.
    fn is_begun(&self, segments: &[u32]) -> Result<bool, HistoryError> {
        for &number in segments.iter().rev() {
            let path = self.place.segment(number);
            let mut block = [0; BLOCK];
            let read = self.disk.open(&path, Use::Read).and_then(|f| f.read_at(0, &mut block));
            read.map_err(|error| HistoryError::Unreadable(path, error))?;
            if block.iter().any(|&byte| byte != 0) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether the skips of a batch were made for its records.
    fn check_skips(&self, marks: &Marks, batch: &Batch<'_>) -> Result<(), HistoryError> {
        let from = self.skips.partition_point(|skip| skip.command < batch.first);
        for skip in self.skips[from..].iter().take_while(|skip| skip.command < batch.end()) {
            let record = batch.record(skip.command);
            if !record.is_some_and(|record| skip.fits(marks.salt, record)) {
                let path = self.place.folder.join(skip.file_name());
                return Err(HistoryError::Skip(path, SkipFault::Checksum));
            }
        }
        Ok(())
    }

    /// Reads a segment, under the policy `disk` from the device and not from what the system
    /// remembers of it: a sync that failed in an earlier life may have left there what the device
    /// does not have. What is read is going to be told, so it is made durable first.
    fn load(&self, path: &Path, bytes: &mut Vec<u8>) -> io::Result<()> {
        let mut file = self.disk.open(path, self.place.usage)?;
        file.sync()?;
        let len = usize::try_from(file.len()?).map_err(io::Error::other)?;
        bytes.resize(len, 0);
        let read = match self.place.usage {
            Use::Read => read_backwards(&file, bytes)?,
            _ => file.read_at(0, bytes)?,
        };
        // Less than all of it would pass for a shorter day.
        if read < len { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
    }

    /// What `tail` says was torn off.
    #[must_use]
    pub fn lost(&self, tail: &Tail) -> Option<Lost> {
        let path = self.place.segment(tail.segment);
        (tail.torn > 0).then_some(Lost { path, offset: tail.offset, bytes: tail.torn })
    }

    /// Removes what is behind the segment in which the journal goes on: it holds nothing.
    ///
    /// # Errors
    /// If it cannot be removed.
    pub fn remove_behind(&self, tail: &Tail) -> io::Result<()> {
        for &number in self.segments.iter().filter(|&&number| number > tail.segment) {
            self.disk.remove(&self.place.segment(number))?;
        }
        self.disk.sync_folder(&self.place.folder)
    }
}

/// Reads a file that somebody may be writing, from its end to its beginning: whoever sees a batch
/// sees all that was written before it, so that what is being written passes for a torn end and
/// never for damage. Where the file ends in use, that goes block by block.
fn read_backwards<F: File>(file: &F, bytes: &mut [u8]) -> io::Result<usize> {
    const PIECE: usize = 256 * BLOCK;
    let (mut read, mut is_end) = (0, true);
    for (at, piece) in bytes.chunks_mut(PIECE).enumerate().rev() {
        let start = (at * PIECE) as u64;
        let mut count = file.read_at(start, piece)?;
        if is_end && piece.iter().any(|&byte| byte != 0) {
            (is_end, count) = (false, 0);
            for (at, block) in piece.chunks_mut(BLOCK).enumerate().rev() {
                count += file.read_at(start + (at * BLOCK) as u64, block)?;
            }
        }
        read += count;
    }
    Ok(read)
}

/// Zeroes what was torn off behind the end, durably: were it left there, a later reader could not
/// tell it from damage. Zeroes or not, the end is synced: what was read is going to be told.
pub(super) fn clean<F: File>(file: &mut F, tail: &Tail) -> io::Result<()> {
    let block = BLOCK as u64;
    let start = tail.offset - tail.block.len() as u64;
    let end = (tail.offset + tail.torn).next_multiple_of(block).max(start + block);
    let end = end.min(file.len()?);
    let mut piece = Aligned::zeroed(1 << 20);
    piece.bytes_mut()[..tail.block.len()].copy_from_slice(&tail.block);
    let mut offset = start;
    while offset < end {
        let count = (end - offset).min(piece.bytes().len() as u64);
        file.write_at(offset, &piece.bytes()[..count as usize])?;
        piece.bytes_mut()[..tail.block.len()].fill(0);
        offset += count;
    }
    file.sync()
}

impl fmt::Display for HistoryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HistoryError::Unreadable(path, error) => {
                write!(f, "{} cannot be read: {error}", path.display())
            }
            HistoryError::Damaged(path, fault) => {
                write!(f, "{} is damaged: {fault}; nothing was changed", path.display())
            }
            HistoryError::Record(path, fault) => {
                write!(f, "{} holds what cannot be: {fault}; nothing was changed", path.display())
            }
            HistoryError::Missing(path) => {
                write!(f, "{} is missing, what is later is there", path.display())
            }
            HistoryError::Skip(path, fault) => {
                write!(f, "{} does not count: {fault}; nothing was changed", path.display())
            }
        }
    }
}

impl std::error::Error for HistoryError {}

#[cfg(test)]
mod tests;

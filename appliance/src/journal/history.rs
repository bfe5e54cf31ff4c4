//! What a day's journal holds, read when the venue starts.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use recovery::journal::{BLOCK, Batch, Fault, Marks, Reader, RecordFault, Tail};

use super::Place;
use crate::aligned::Aligned;
use crate::world::{Disk, File};

/// The segments of a day, read one after the other.
#[derive(Debug)]
pub struct History<'a, D> {
    disk: &'a D,
    place: &'a Place,
    segments: Vec<u32>,
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
}

impl<'a, D: Disk> History<'a, D> {
    /// The segments that are there.
    ///
    /// # Errors
    /// If the folder cannot be read, or one is missing between others.
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
        Ok(History { disk, place, segments })
    }

    /// Reads all of it, batch by batch. The marks and where to go on; `None` if there is nothing,
    /// so that nothing was ever told.
    ///
    /// # Errors
    /// If it cannot be read, is damaged, or `on_batch` says so.
    pub fn read(
        &self,
        mut on_batch: impl FnMut(&Batch<'_>) -> Result<(), RecordFault>,
    ) -> Result<Option<(Marks, Tail)>, HistoryError> {
        let mut reader = Reader::new(None, crc32c::crc32c_append);
        let mut bytes = Vec::new();
        let mut path = self.place.segment(1);
        for &number in &self.segments {
            path = self.place.segment(number);
            let unreadable = |error| HistoryError::Unreadable(path.clone(), error);
            let damaged = |fault| HistoryError::Damaged(path.clone(), fault);
            self.load(&path, &mut bytes).map_err(unreadable)?;
            let mut batches = reader.segment(number, &bytes).map_err(damaged)?;
            while let Some(batch) = batches.next().map_err(damaged)? {
                on_batch(&batch).map_err(|fault| HistoryError::Record(path.clone(), fault))?;
            }
        }
        let marks = reader.marks().copied();
        let tail = reader.finish().map_err(|fault| HistoryError::Damaged(path, fault))?;
        Ok(marks.filter(|_| !tail.is_of_nothing()).map(|marks| (marks, tail)))
    }

    /// Reads a segment, under the policy `disk` from the device and not from what the system
    /// remembers of it: a sync that failed in an earlier life may have left there what the device
    /// does not have. What is read is going to be told, so it is made durable first.
    fn load(&self, path: &Path, bytes: &mut Vec<u8>) -> io::Result<()> {
        let mut file = self.disk.open(path, self.place.usage)?;
        file.sync()?;
        let len = usize::try_from(file.len()?).map_err(io::Error::other)?;
        bytes.resize(len, 0);
        let read = file.read_at(0, bytes)?;
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
                write!(f, "{} is missing, later segments are there", path.display())
            }
        }
    }
}

impl std::error::Error for HistoryError {}

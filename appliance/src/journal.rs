//! The journal of a day on its disk.
//!
//! ```text
//!   push ──▶ batch ── commit ──▶ one write ──▶ kept: what it caused may be told
//!                        └── failed ──▶ nothing of the batch is told, and nothing is written again
//! ```
//!
//! A segment is zeroed before it is used, so that a write changes no length and no map of blocks.
//! The next one is made ready by the [service](crate::service) while this one fills.

mod history;
mod skip;
mod zeroing;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use matcher::command::Command;
use protocol_spec::words::PortId;
use recovery::journal::{BLOCK, Marks, Stamp, Tail, Writer};

pub use history::{History, HistoryError, Lost};
pub use skip::{Skip, SkipFault};
pub use zeroing::Zeroing;

use crate::room::Room;
use crate::world::{Disk, File, Use};

/// The batch is written before it is longer than this.
pub const BATCH_BYTES: usize = 256 * 1024;
/// What a segment must still have room for, so that no batch needs the next one.
const RESERVE: u64 = (BATCH_BYTES + 64 * 1024 + 2 * BLOCK) as u64;

const _: () = assert!(2 * BATCH_BYTES <= Writer::MAX_BATCH, "a batch ends before it must");

/// Where a day's segments are, and how they are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The folder of the day.
    pub folder: PathBuf,
    /// Bytes of a segment.
    pub segment_bytes: u64,
    /// [`Use::Durable`] or [`Use::Cached`]: the policy.
    pub usage: Use,
}

impl Place {
    /// The file of a segment.
    #[must_use]
    pub fn segment(&self, number: u32) -> PathBuf {
        self.folder.join(format!("{number:08}.segment"))
    }

    /// The file of a segment that is still being zeroed.
    fn unready(&self) -> PathBuf {
        self.folder.join("next.zeroing")
    }
}

/// What happened to the journal: nothing of the open batch is kept, or nobody knows.
#[derive(Debug)]
pub struct JournalError {
    /// The file.
    pub path: PathBuf,
    /// What was being done.
    pub doing: &'static str,
    /// Why it could not be.
    pub error: io::Error,
}

/// The journal of a day.
#[derive(Debug)]
pub struct Journal<D: Disk> {
    disk: D,
    place: Place,
    writer: Writer,
    file: D::File,
    segment: u32,
    /// The first segment of which not everything is durable for sure, under the policy `os`.
    unsynced: u32,
    /// Bytes of the segment that are used.
    used: u64,
    /// The segment that is zeroed and ready, the next one.
    spare: bool,
    /// Whether the next one was asked for.
    asked: bool,
    /// Set by the first failure: what the disk holds is not known any more.
    broken: bool,
}

impl<D: Disk> Journal<D> {
    /// The journal of a day that begins.
    ///
    /// # Errors
    /// If its folder or first segment cannot be made.
    pub fn begin(disk: D, place: Place, marks: Marks) -> Result<Self, JournalError> {
        let failed = |path: &Path, doing| {
            let path = path.to_owned();
            move |error| JournalError { path, doing, error }
        };
        disk.make_folder(&place.folder).map_err(failed(&place.folder, "make the folder"))?;
        let path = place.segment(1);
        Zeroing::begin(&disk, &place, 1)
            .and_then(|zeroing| zeroing.finish(&disk))
            .map_err(failed(&path, "make the first segment"))?;
        let file = disk.open(&path, place.usage).map_err(failed(&path, "open"))?;
        let writer = Writer::begin(marks, place.segment_bytes, crc32c::crc32c_append);
        Ok(Journal::of(disk, place, writer, file, (1, 0)))
    }

    /// Goes on where `tail` ends, after what was torn there is gone.
    ///
    /// # Errors
    /// If the segment cannot be written.
    pub fn resume(disk: D, place: Place, marks: Marks, tail: Tail) -> Result<Self, JournalError> {
        let path = place.segment(tail.segment);
        let failed = |doing| {
            let path = path.clone();
            move |error| JournalError { path, doing, error }
        };
        let mut file = disk.open(&path, place.usage).map_err(failed("open"))?;
        history::clean(&mut file, &tail).map_err(failed("clear the torn end"))?;
        let end = (tail.segment, tail.offset);
        let writer = Writer::resume(marks, place.segment_bytes, crc32c::crc32c_append, tail);
        Ok(Journal::of(disk, place, writer, file, end))
    }

    fn of(disk: D, place: Place, writer: Writer, file: D::File, end: (u32, u64)) -> Self {
        let (segment, used) = end;
        let (spare, asked, broken) = (false, false, false);
        let unsynced = segment;
        Journal { disk, place, writer, file, segment, unsynced, used, spare, asked, broken }
    }

    /// Takes a broker's message into the batch.
    #[inline]
    pub fn message(&mut self, stamp: Stamp, port: PortId, bytes: &[u8]) {
        self.writer.push_message(stamp, port, bytes);
    }

    /// Takes a command of the venue's own into the batch.
    pub fn control(&mut self, stamp: Stamp, command: &Command, note: &str) {
        self.writer.push_control(stamp, command, note);
    }

    /// Whether the batch may take more.
    #[must_use]
    #[inline]
    pub fn has_room(&self) -> bool {
        self.writer.len() < BATCH_BYTES
    }

    /// Whether a batch can begin: there is room for it in this segment, or in the next one.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.spare || self.used + RESERVE <= self.place.segment_bytes
    }

    /// Room for batches before the next segment is needed, if it is not ready.
    #[must_use]
    pub fn room(&self) -> Room {
        let segment = self.place.segment_bytes;
        let left = segment.saturating_sub(self.used + RESERVE);
        if self.spare { Room::Plenty } else { Room::of(left, segment / 8) }
    }

    /// Makes the next segment ready here and now if the batch may need it.
    ///
    /// # Errors
    /// If the disk does not take it.
    pub fn make_ready(&mut self) -> Result<(), JournalError> {
        if self.is_ready() {
            return Ok(());
        }
        let next = self.segment + 1;
        let path = self.place.segment(next);
        Zeroing::begin(&self.disk, &self.place, next)
            .and_then(|zeroing| zeroing.finish(&self.disk))
            .map_err(|error| JournalError { path, doing: "make", error })?;
        (self.spare, self.asked) = (true, false);
        Ok(())
    }

    /// The segment that is to be made ready, told once.
    pub fn poll_wanted(&mut self) -> Option<u32> {
        let wanted = !self.spare && !self.asked;
        self.asked |= wanted;
        wanted.then_some(self.segment + 1)
    }

    /// A segment is ready: the next one, unless it is another day's.
    pub fn on_ready(&mut self, place: &Place, number: u32) {
        if *place == self.place && number == self.segment + 1 {
            (self.spare, self.asked) = (true, false);
        }
    }

    /// Writes the batch; says how many bytes it took, none if it was empty. When this returns it is
    /// as durable as the policy wants.
    ///
    /// # Errors
    /// If it is not. Nothing may be told of it, and the journal takes nothing any more.
    ///
    /// # Panics
    /// If an earlier failure was not heeded.
    pub fn commit(&mut self) -> Result<usize, JournalError> {
        assert!(!self.broken, "a journal that failed is not trusted again");
        let Some(write) = self.writer.seal() else { return Ok(0) };
        // Until it is known to have succeeded it has failed.
        self.broken = true;
        let path = || self.place.segment(write.segment);
        if write.segment != self.segment {
            let opened = self.disk.open(&path(), self.place.usage);
            self.file =
                opened.map_err(|error| JournalError { path: path(), doing: "open", error })?;
            (self.segment, self.spare) = (write.segment, false);
        }
        let written = self.file.write_at(write.offset, write.bytes);
        written.map_err(|error| JournalError { path: path(), doing: "write", error })?;
        // The last block is counted whole, though the next batch begins in it.
        let bytes = write.bytes.len();
        self.used = write.offset + bytes as u64;
        self.writer.written();
        self.broken = false;
        Ok(bytes)
    }

    /// Makes everything durable, whatever the policy.
    ///
    /// # Errors
    /// If it is not.
    pub fn sync(&mut self) -> Result<(), JournalError> {
        for number in self.unsynced..self.segment {
            let opened = self.disk.open(&self.place.segment(number), self.place.usage);
            let synced = opened.and_then(|mut file| file.sync());
            synced.map_err(|error| self.unsynced(number, error))?;
        }
        self.file.sync().map_err(|error| self.unsynced(self.segment, error))?;
        self.unsynced = self.segment;
        Ok(())
    }

    fn unsynced(&self, number: u32, error: io::Error) -> JournalError {
        JournalError { path: self.place.segment(number), doing: "sync", error }
    }

    /// The segment that is written.
    #[must_use]
    pub fn segment(&self) -> u32 {
        self.segment
    }

    /// Bytes of it that are used, the last block counted whole.
    #[must_use]
    pub fn used(&self) -> u64 {
        self.used
    }

    /// What its segments bear.
    #[must_use]
    pub fn marks(&self) -> &Marks {
        self.writer.marks()
    }

    /// Segment and offset at which what is kept ends: at 0 if the segment is not begun.
    #[must_use]
    pub fn position(&self) -> (u32, u64) {
        self.writer.position()
    }

    /// Where its segments are.
    #[must_use]
    pub fn place(&self) -> &Place {
        &self.place
    }
}

impl fmt::Display for JournalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let JournalError { path, doing, error } = self;
        write!(f, "the journal cannot {doing} {}: {error}", path.display())?;
        if error.kind() == io::ErrorKind::StorageFull {
            f.write_str("; make room on the disk, then start again: the day goes on")?;
        }
        Ok(())
    }
}

impl std::error::Error for JournalError {}

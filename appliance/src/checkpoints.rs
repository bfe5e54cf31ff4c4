//! Checkpoints on the disk: the newest good one is found, the next one written, two are kept.
//!
//! ```text
//!   save ──▶ next.checkpoint.new ── synced, read again ──▶ 000001000000.checkpoint
//!   newest ◀── sound, of this journal, its files are there, the engine is the same ─┘
//! ```
//!
//! They lie beside the segments of their day, each under the number of its last command. One that
//! is of no use is passed over with a warning: an older one, or the journal alone, does as well.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use matcher::stored::{Sink, Source};
use protocol_spec::words::CommandNo;
use recovery::checkpoint::{self, CheckpointFault, Head, Sound};
use recovery::replay::Machine;
use tracing::warn;

use crate::aligned::Aligned;
use crate::calendar::Session;
use crate::folds::Folds;
use crate::journal::{History, HistoryError};
use crate::rewinder::{Files, Resumed, Unusable};
use crate::world::{Disk, File, Use, read_whole, replace};

/// Checkpoints of a day that are kept: one more than the last, should that be damaged.
const KEPT: usize = 2;
/// The name of one that is being written.
const UNREADY: &str = "next.checkpoint.new";
/// Bytes that are read or written at once: what the journal writes meanwhile waits for one at most.
const PIECE: usize = 128 * 1024;

/// A checkpoint that was read.
#[derive(Debug)]
pub struct Found {
    /// Its file.
    pub path: PathBuf,
    /// What it is of.
    pub head: Head,
    /// The state.
    pub machine: Machine<Folds>,
    /// The day's feed up to there, if there is any and it was looked for.
    pub feed: Option<Resumed>,
}

/// Files that checkpoints of a day stand on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beside {
    /// Its replies.
    pub replies: PathBuf,
    /// Its feed.
    pub feed: Files,
}

/// Why a checkpoint is of no use.
#[derive(Debug)]
pub enum CheckpointError {
    /// It cannot be read or written.
    File(io::Error),
    /// Its bytes are no checkpoint to go on from.
    Fault(CheckpointFault),
    /// Its batch is not in the journal.
    Journal(HistoryError),
    /// The file of replies is not the one that it stands on.
    Replies {
        /// The file.
        path: PathBuf,
        /// Bytes that it has to have.
        needs: u64,
        /// Bytes that it has, if it is there.
        has: Option<u64>,
    },
    /// The file of the feed is not the one that it stands on.
    Feed(PathBuf, Unusable),
    /// This file was written anew from here on, and not made durable yet.
    Unsettled(PathBuf, u64),
    /// What it says of its files is not what was told.
    Told,
}

/// The checkpoint that ends with this command.
#[must_use]
pub fn path(folder: &Path, command: CommandNo) -> PathBuf {
    folder.join(format!("{:012}.checkpoint", command.0))
}

/// The commands with which checkpoints in a folder end, ascending.
///
/// # Errors
/// If the folder cannot be read.
pub fn list(disk: &impl Disk, folder: &Path) -> io::Result<Vec<CommandNo>> {
    let names = disk.list(folder)?;
    let number = |name: &String| name.strip_suffix(".checkpoint")?.parse().ok();
    let mut all: Vec<_> = names.iter().filter_map(number).map(CommandNo).collect();
    all.sort_unstable();
    Ok(all)
}

/// The newest checkpoint of a day that a start can go on from, and the feed up to there if it has
/// any, of which so much is kept in `memory`. Those that are of no use are passed over with a
/// warning.
///
/// What the files of replies and feed have behind the one that is found is going to be written
/// again. If that is cut short, one that was passed over must not take it for what it stands on:
/// until it is [settled](settle) there is a note beside the replies that says how much of both is.
///
/// # Errors
/// If the folder of the day or its journal cannot be read, or the note not be written; with the
/// path of what it is about.
pub fn newest<D: Disk>(
    disk: &D,
    folder: &Path,
    history: &History<'_, D>,
    (session, beside, memory): (Session, &Beside, u64),
) -> Result<Option<Found>, (PathBuf, io::Error)> {
    let about = |path: &Path| {
        let path = path.to_owned();
        move |error| (path, error)
    };
    let replies = &beside.replies;
    let settled = settled(disk, replies);
    let (mut found, mut passed_over) = (None, false);
    for command in list(disk, folder).map_err(about(folder))?.into_iter().rev() {
        let path = path(folder, command);
        match usable(disk, &path, history, (session, beside, memory), settled) {
            Ok(usable) => {
                found = Some(usable);
                break;
            }
            // A journal that could not be read or made durable once is not tried again: the system
            // may show what the device does not have.
            Err(CheckpointError::Journal(HistoryError::Unreadable(path, error))) => {
                return Err((path, error));
            }
            Err(error) => {
                warn!("the checkpoint {} is passed over: {error}", path.display());
                passed_over = true;
            }
        }
    }
    if passed_over {
        let settled = found
            .as_ref()
            .map_or((0, 0), |found: &Found| (found.head.replies.bytes, found.head.rewind.bytes));
        let (note, folder) = (note(replies), replies.parent().unwrap_or(replies));
        disk.make_folder(folder).map_err(about(folder))?;
        let text = format!("{} {}", settled.0, settled.1);
        replace(disk, &note, text.as_bytes()).map_err(about(&note))?;
    }
    Ok(found)
}

/// The note beside a file of replies: how much of that, and of the feed, a checkpoint may stand on.
fn note(replies: &Path) -> PathBuf {
    let mut name = replies.as_os_str().to_owned();
    name.push(".settled");
    name.into()
}

/// How many bytes of the file of replies, and of the feed's, a checkpoint may stand on.
fn settled(disk: &impl Disk, replies: &Path) -> (u64, u64) {
    let mut bytes = Vec::new();
    match read_whole(disk, &note(replies), &mut bytes) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => (u64::MAX, u64::MAX),
        // What cannot be read is taken for the worse.
        Err(_) => (0, 0),
        Ok(()) => {
            let text = String::from_utf8_lossy(&bytes);
            let mut words = text.split_whitespace().map(|word| word.parse().unwrap_or(0));
            (words.next().unwrap_or(0), words.next().unwrap_or(0))
        }
    }
}

/// All of the files of replies and feed is durable, as far as the checkpoints that are left stand
/// on it.
///
/// # Errors
/// If the note that says otherwise cannot be removed.
pub fn settle(disk: &impl Disk, replies: &Path) -> io::Result<()> {
    match disk.remove(&note(replies)) {
        Ok(()) => disk.sync_folder(replies.parent().unwrap_or(replies)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// Reads a checkpoint, if its journal, its replies and its feed are there.
fn usable<D: Disk>(
    disk: &D,
    path: &Path,
    history: &History<'_, D>,
    (session, Beside { replies, feed }, memory): (Session, &Beside, u64),
    settled: (u64, u64),
) -> Result<Found, CheckpointError> {
    let (mut file, sound) = look(disk, path)?;
    let Head { marks, cursor, replies: told, rewind } = &sound.head;
    let has = disk.open(replies, Use::Read).and_then(|file| file.len()).ok();
    // One that has nothing in it may be missing as well.
    if has.unwrap_or(0) < told.bytes {
        let (path, needs) = (replies.to_owned(), told.bytes);
        return Err(CheckpointError::Replies { path, needs, has });
    }
    if settled.0 < told.bytes {
        return Err(CheckpointError::Unsettled(replies.to_owned(), settled.0));
    }
    if settled.1 < rewind.bytes {
        return Err(CheckpointError::Unsettled(feed.feed.clone(), settled.1));
    }
    history.find_batch(marks, cursor).map_err(CheckpointError::Journal)?;
    let mut found = take(path, &sound, &mut file)?;
    if rewind.bytes == 0 {
        return Ok(found);
    }
    let next = found.machine.folds.published.rewind.next_number();
    let resumed = feed.resume(disk, session, memory, (*rewind, next));
    let resumed = resumed.map_err(|fault| CheckpointError::Feed(feed.feed.clone(), fault))?;
    found.feed = Some(resumed);
    Ok(found)
}

/// Reads a checkpoint of which it is known that its journal and its replies are there.
///
/// # Errors
/// If it is none, or damaged.
pub fn read(disk: &impl Disk, path: &Path) -> Result<Found, CheckpointError> {
    let (mut file, sound) = look(disk, path)?;
    take(path, &sound, &mut file)
}

/// Whether a file is whole.
fn look<D: Disk>(disk: &D, path: &Path) -> Result<(Reading<D::File>, Sound), CheckpointError> {
    // Past the system's memory: what it remembers of a file may not be what the device has.
    let file = disk.open(path, Use::Bulk).map_err(CheckpointError::File)?;
    let length = file.len().map_err(CheckpointError::File)?;
    let mut reading = Reading::new(file);
    let sound = checkpoint::check(&mut reading, length, crc32c::crc32c_append);
    match (reading.failed.take(), sound) {
        (Some(error), _) => Err(CheckpointError::File(error)),
        (None, sound) => {
            let sound = sound.map_err(CheckpointError::Fault)?;
            Ok((reading, sound))
        }
    }
}

/// Makes the state of a file that is whole.
fn take<F: File>(
    path: &Path,
    sound: &Sound,
    file: &mut Reading<F>,
) -> Result<Found, CheckpointError> {
    file.rewind();
    let loaded = checkpoint::load(sound, file);
    if let Some(error) = file.failed.take() {
        return Err(CheckpointError::File(error));
    }
    let machine: Machine<Folds> = loaded.map_err(CheckpointError::Fault)?;
    let Folds { replies, published, .. } = &machine.folds;
    if (replies.filed(), published.rewind.told()) != (sound.head.replies, sound.head.rewind) {
        return Err(CheckpointError::Told);
    }
    Ok(Found { path: path.to_owned(), head: sound.head, machine, feed: None })
}

/// Writes a checkpoint to the folder of its day and takes away those that are not kept. `go_on` is
/// asked before each piece; it is given up where that says no, with an error of the kind
/// [`Interrupted`](io::ErrorKind::Interrupted).
///
/// # Errors
/// If it cannot be written, or is not read again as it was written. Those before are there then.
pub fn save<D: Disk>(
    disk: &D,
    folder: &Path,
    head: &Head,
    machine: &Machine<Folds>,
    go_on: &mut dyn FnMut() -> bool,
) -> Result<PathBuf, CheckpointError> {
    let unready = folder.join(UNREADY);
    let command = machine.engine.last_command();
    let path = path(folder, command);
    let written = write(disk, &unready, head, machine, go_on).and_then(|()| {
        disk.rename(&unready, &path).map_err(CheckpointError::File)?;
        disk.sync_folder(folder).map_err(CheckpointError::File)
    });
    if let Err(error) = written {
        // What is left of it takes room, and is of no use to anybody.
        disk.remove(&unready).unwrap_or_default();
        return Err(error);
    }
    sweep(disk, folder, command).map_err(CheckpointError::File)?;
    Ok(path)
}

fn write<D: Disk>(
    disk: &D,
    unready: &Path,
    head: &Head,
    machine: &Machine<Folds>,
    go_on: &mut dyn FnMut() -> bool,
) -> Result<(), CheckpointError> {
    drop(disk.create(unready).map_err(CheckpointError::File)?);
    let file = disk.open(unready, Use::Bulk).map_err(CheckpointError::File)?;
    let piece = Aligned::zeroed(PIECE);
    let mut writing = Writing { file, piece, offset: 0, failed: None, go_on };
    checkpoint::save(head, machine, crc32c::crc32c_append, &mut writing);
    let Writing { mut file, offset, failed, .. } = writing;
    failed.map_or(Ok(()), Err).map_err(CheckpointError::File)?;
    file.sync().map_err(CheckpointError::File)?;
    let (_, again) = look(disk, unready)?;
    let length = file.len().map_err(CheckpointError::File)?;
    if again.head == *head && length == offset {
        Ok(())
    } else {
        Err(CheckpointError::Fault(CheckpointFault::Length(length)))
    }
}

/// Takes away what is not kept now that there is one that ends with `newest`: older ones, those
/// that say they are newer, of which the journal knows nothing, and what was begun and left.
fn sweep(disk: &impl Disk, folder: &Path, newest: CommandNo) -> io::Result<()> {
    let all = list(disk, folder)?;
    let (known, unknown) = all.split_at(all.partition_point(|&command| command <= newest));
    let old = &known[..known.len().saturating_sub(KEPT)];
    for &command in old.iter().chain(unknown) {
        disk.remove(&path(folder, command))?;
    }
    // Old ones may come back. One that says it is newer must not: its replies may seem to be there.
    if unknown.is_empty() { Ok(()) } else { disk.sync_folder(folder) }
}

/// Takes away what was begun and left.
///
/// # Errors
/// If it is there and cannot be removed.
pub fn clear(disk: &impl Disk, folder: &Path) -> io::Result<()> {
    if disk.list(folder)?.iter().any(|name| name == UNREADY) {
        disk.remove(&folder.join(UNREADY))?;
    }
    Ok(())
}

/// A file that is read piece by piece.
struct Reading<F> {
    file: F,
    piece: Aligned,
    /// Where in the file the piece is behind.
    offset: u64,
    /// What is left of the piece.
    at: usize,
    end: usize,
    failed: Option<io::Error>,
}

impl<F: File> Reading<F> {
    fn new(file: F) -> Self {
        let piece = Aligned::zeroed(PIECE);
        Reading { file, piece, offset: 0, at: 0, end: 0, failed: None }
    }

    fn rewind(&mut self) {
        (self.offset, self.at, self.end) = (0, 0, 0);
    }
}

impl<F: File> Source for Reading<F> {
    fn get(&mut self, bytes: &mut [u8]) -> bool {
        let mut rest = bytes;
        while !rest.is_empty() {
            if self.at == self.end {
                match self.file.read_at(self.offset, self.piece.bytes_mut()) {
                    Ok(0) => return false,
                    Ok(count) => (self.at, self.end) = (0, count),
                    Err(error) => {
                        self.failed = Some(error);
                        return false;
                    }
                }
                self.offset += self.end as u64;
            }
            let count = rest.len().min(self.end - self.at);
            let (now, later) = rest.split_at_mut(count);
            now.copy_from_slice(&self.piece.bytes()[self.at..self.at + count]);
            self.at += count;
            rest = later;
        }
        true
    }
}

/// A file that is written piece by piece, up to the first failure.
struct Writing<'a, F> {
    file: F,
    piece: Aligned,
    offset: u64,
    failed: Option<io::Error>,
    go_on: &'a mut dyn FnMut() -> bool,
}

impl<F: File> Sink for Writing<'_, F> {
    fn put(&mut self, bytes: &[u8]) {
        for bytes in bytes.chunks(PIECE) {
            if self.failed.is_some() {
                return;
            }
            if !(self.go_on)() {
                self.failed = Some(io::ErrorKind::Interrupted.into());
                return;
            }
            let piece = &mut self.piece.bytes_mut()[..bytes.len()];
            piece.copy_from_slice(bytes);
            self.failed = self.file.write_at(self.offset, piece).err();
            self.offset += bytes.len() as u64;
        }
    }
}

impl CheckpointError {
    /// Whether it was given up because nobody wants it any more.
    #[must_use]
    pub fn is_given_up(&self) -> bool {
        matches!(self, CheckpointError::File(error) if error.kind() == io::ErrorKind::Interrupted)
    }
}

impl fmt::Display for CheckpointError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CheckpointError::File(error) => error.fmt(f),
            CheckpointError::Fault(fault) => fault.fmt(f),
            CheckpointError::Journal(error) => write!(f, "its batch is not there: {error}"),
            CheckpointError::Replies { path, needs, has: Some(has) } => {
                let path = path.display();
                write!(f, "it stands on {needs} bytes of {path}, which has {has}")
            }
            CheckpointError::Replies { path, needs, has: None } => {
                write!(f, "it stands on {needs} bytes of {}, which is not there", path.display())
            }
            CheckpointError::Feed(path, fault) => {
                write!(f, "{} is not the feed that it stands on: {fault}", path.display())
            }
            CheckpointError::Unsettled(path, bytes) => {
                let path = path.display();
                write!(f, "{path} was being written anew from byte {bytes} on")
            }
            CheckpointError::Told => {
                write!(f, "its replies or its feed are not those of its files")
            }
        }
    }
}

impl std::error::Error for CheckpointError {}

//! The stage that writes checkpoints: it follows the journal with a machine of its own.
//!
//! ```text
//!   core ── commit ──▶ segments ── read, up to what is kept ──▶ machine ──▶ checkpoint
//!     └── Lead: which day, how far ────────────▲
//! ```
//!
//! It takes no memory before the first checkpoint of a day is due. Nobody waits for it: what it
//! cannot write is told in the log and counted, and the next start reads more of the journal.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use matcher::command::Command;
use matcher::sequence::Sequenced;
use protocol_spec::words::{CommandNo, Time};
use recovery::checkpoint::Head;
use recovery::journal::{BLOCK, Fault, LiveReader, Marks, RecordFault, Writer};
use recovery::replay::{Machine, replay_batch};
use tracing::{info, warn};

use crate::aligned::Aligned;
use crate::checkpoints::{self, Beside, CheckpointError, Found};
use crate::folds::Folds;
use crate::hint::Hint;
use crate::journal::Place;
use crate::progress::Progress;
use crate::world::{Disk, File, Use};

/// Days that wait to be followed; only the last one is.
const DAYS: usize = 4;
/// Bytes of the journal that are read at once: the longest batch and the head of a segment fit.
const WINDOW: usize = Writer::MAX_BATCH + 4 * BLOCK;
/// Bytes of replies, or of the feed, that are brought to the disk at once.
const SYNC: u64 = 4 << 20;
/// How long the thread sleeps when there is nothing to follow.
const PAUSE: Duration = Duration::from_millis(100);

/// A day that is to be followed.
#[derive(Clone, Debug)]
pub struct Course {
    /// Where its journal is.
    pub place: Place,
    /// Commands that are passed over, in order.
    pub skipped: Vec<CommandNo>,
    /// Its files of replies and feed.
    pub beside: Beside,
    /// What its segments bear.
    pub marks: Marks,
    /// The checkpoint that the day goes on from, and the last command in it.
    pub from: Option<(PathBuf, CommandNo)>,
    /// How far the day is.
    pub progress: Arc<Progress>,
}

/// What became of the checkpoints, for whoever wants to know.
#[derive(Debug, Default)]
pub struct Checkpoints {
    command: AtomicU64,
    written: AtomicU64,
    failures: AtomicU64,
}

/// The core's end.
#[derive(Debug)]
pub struct Lead {
    courses: Sender<Course>,
    /// A day for which there was no room yet.
    kept: Option<Course>,
    checkpoints: Arc<Checkpoints>,
    is_over: Arc<AtomicBool>,
}

/// The stage.
#[derive(Debug)]
pub struct Follower<D: Disk> {
    disk: D,
    every: u64,
    courses: Receiver<Course>,
    checkpoints: Arc<Checkpoints>,
    is_over: Arc<AtomicBool>,
    day: Option<Followed<D>>,
}

/// The day that is followed.
#[derive(Debug)]
struct Followed<D: Disk> {
    course: Course,
    chase: Chase<D>,
    /// The command from which on a checkpoint is due.
    due: u64,
    replies: Synced<D::File>,
    feed: Synced<D::File>,
}

/// A file that somebody else writes, with those that go along with it, and how many of its bytes
/// are durable for sure.
#[derive(Debug)]
struct Synced<F> {
    files: Vec<F>,
    bytes: u64,
}

/// How a day is followed.
///
/// ```text
///            the first one is due
///   Waiting ─────────────────────▶ Following ── cannot go on ──▶ Over
/// ```
#[derive(Debug)]
enum Chase<D: Disk> {
    Waiting,
    Following(Box<Pursuit<D>>),
    Over,
}

/// The state behind some batch of the journal.
#[derive(Debug)]
struct Pursuit<D: Disk> {
    machine: Machine<Folds>,
    reader: LiveReader,
    /// The segment that is read.
    segment: Option<(u32, D::File)>,
    window: Aligned,
    scratch: Vec<Sequenced<Command>>,
}

/// Why a day cannot be followed.
#[derive(Debug)]
enum Lost {
    /// A file cannot be read, or not be made durable.
    File(PathBuf, io::Error),
    /// The journal does not have what was kept.
    Gone(PathBuf, u64),
    Fault(PathBuf, Fault),
    Record(RecordFault),
    /// The file of the feed does not go on.
    Feed(PathBuf),
}

/// Both ends, for checkpoints every so many commands.
///
/// # Panics
/// If that is 0: nobody is to follow then.
#[must_use]
pub fn follower<D: Disk>(disk: D, every: u64) -> (Lead, Follower<D>) {
    assert!(every > 0, "checkpoints are some commands apart");
    let (begun, courses) = bounded(DAYS);
    let (checkpoints, is_over) = (Arc::<Checkpoints>::default(), Arc::<AtomicBool>::default());
    let (told, over) = (Arc::clone(&checkpoints), Arc::clone(&is_over));
    (
        Lead { courses: begun, kept: None, checkpoints: told, is_over: over },
        Follower { disk, every, courses, checkpoints, is_over, day: None },
    )
}

impl Lead {
    /// The end of a core that nobody follows.
    #[must_use]
    pub fn alone() -> Self {
        let (courses, _) = bounded(DAYS);
        let (checkpoints, is_over) = (Arc::default(), Arc::default());
        Lead { courses, kept: None, checkpoints, is_over }
    }

    /// A day begins or goes on: it is followed in the place of the one before.
    pub fn begin(&mut self, course: Course) {
        let last = course.from.as_ref().map_or(CommandNo(0), |(_, command)| *command);
        self.checkpoints.command.store(last.0, Ordering::Relaxed);
        self.kept = Some(course);
        self.pass_on();
    }

    /// Passes on the day that was kept, if there is room.
    pub fn pass_on(&mut self) {
        let Some(course) = self.kept.take() else { return };
        match self.courses.try_send(course) {
            Err(TrySendError::Full(course)) => self.kept = Some(course),
            Ok(()) | Err(TrySendError::Disconnected(_)) => {}
        }
    }

    /// What became of the checkpoints.
    #[must_use]
    pub fn checkpoints(&self) -> &Arc<Checkpoints> {
        &self.checkpoints
    }
}

impl Drop for Lead {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Release);
    }
}

impl Checkpoints {
    /// The last command of the day's last checkpoint, if there is one.
    #[must_use]
    pub fn command(&self) -> Option<CommandNo> {
        let command = self.command.load(Ordering::Relaxed);
        (command > 0).then_some(CommandNo(command))
    }

    /// When this run wrote one last, if it has.
    #[must_use]
    pub fn written(&self) -> Option<Time> {
        let written = self.written.load(Ordering::Relaxed);
        (written > 0).then_some(Time(written))
    }

    /// How many could not be written in this run.
    #[must_use]
    pub fn failures(&self) -> u64 {
        self.failures.load(Ordering::Relaxed)
    }
}

impl<D: Disk> Follower<D> {
    /// Does a piece of work if there is any; whether there was. `now` is the time of the world.
    pub fn step(&mut self, now: Time) -> bool {
        if let Some(course) = self.courses.try_iter().last() {
            // Its memory is given back before the next one takes as much.
            self.day = None;
            self.begin(course);
            return true;
        }
        let Some(day) = &mut self.day else { return false };
        match day.sync(&self.disk, SYNC) {
            Ok(()) => {}
            Err(lost) => return self.lose(&lost),
        }
        match &mut day.chase {
            Chase::Over => false,
            Chase::Waiting => {
                let is_due = day.course.progress.commands() >= day.due;
                if is_due {
                    day.set_out(&self.disk);
                }
                is_due
            }
            Chase::Following(pursuit) if pursuit.last() >= day.due => self.write(now),
            Chase::Following(pursuit) => match pursuit.advance(&self.disk, &day.course, day.due) {
                Ok(worked) => worked,
                Err(lost) => self.lose(&lost),
            },
        }
    }

    /// Works until nobody leads any more. `time` tells the time of the world.
    pub fn run(mut self, time: impl Fn() -> Time) {
        while !self.is_over.load(Ordering::Acquire) {
            if !self.step(time()) {
                thread::park_timeout(PAUSE);
            }
        }
    }

    fn begin(&mut self, course: Course) {
        let folder = &course.place.folder;
        if let Err(error) = checkpoints::clear(&self.disk, folder) {
            warn!("what is left of a checkpoint in {} stays: {error}", folder.display());
        }
        let last = course.from.as_ref().map_or(0, |(_, command)| command.0);
        let due = last.saturating_add(self.every);
        let chase = Chase::Waiting;
        let (replies, feed) = (Synced::new(), Synced::new());
        self.day = Some(Followed { course, chase, due, replies, feed });
    }

    /// Writes the checkpoint that is due, once what it stands on is on the disk.
    fn write(&mut self, now: Time) -> bool {
        let Follower { disk, every, checkpoints, is_over, day, .. } = self;
        let Some(Followed { chase: Chase::Following(pursuit), .. }) = day else { return false };
        let told = pursuit.machine.folds.replies.filed();
        let rewind = pursuit.machine.folds.published.rewind.told();
        let day = day.as_mut().expect("it is followed");
        let progress = &day.course.progress;
        if progress.is_feed_lost() {
            let lost = Lost::Feed(day.course.beside.feed.feed.clone());
            return self.lose(&lost);
        }
        if progress.feed() < rewind.bytes {
            progress.want_feed(rewind.bytes);
            return false;
        }
        if progress.replies() < told.bytes {
            return false;
        }
        if (day.replies.bytes < told.bytes || day.feed.bytes < rewind.bytes)
            && let Err(lost) = day.sync(disk, 0)
        {
            return self.lose(&lost);
        }
        let Chase::Following(pursuit) = &day.chase else { return false };
        day.due = pursuit.last().saturating_add(*every);
        let cursor = *pursuit.reader.cursor().expect("a command was read");
        let head = Head { marks: day.course.marks, cursor, replies: told, rewind };
        let mut go_on = || !is_over.load(Ordering::Acquire);
        let folder = &day.course.place.folder;
        let saved = checkpoints::save(disk, folder, &head, &pursuit.machine, &mut go_on);
        // Only now: an older one that stands on more than is durable is gone.
        let saved = saved.and_then(|path| {
            let settled = checkpoints::settle(disk, &day.course.beside.replies);
            settled.map(|()| path).map_err(CheckpointError::File)
        });
        match saved {
            Ok(path) => {
                checkpoints.command.store(pursuit.last(), Ordering::Relaxed);
                checkpoints.written.store(now.0, Ordering::Relaxed);
                info!("a checkpoint is written: {}", path.display());
            }
            Err(error) if error.is_given_up() => {}
            Err(error) => self.count(&error),
        }
        true
    }

    fn count(&self, error: &CheckpointError) {
        self.checkpoints.failures.fetch_add(1, Ordering::Relaxed);
        warn!("a checkpoint cannot be written: {error}; it is tried again later");
    }

    /// The day cannot be followed any more.
    fn lose(&mut self, lost: &Lost) -> bool {
        self.checkpoints.failures.fetch_add(1, Ordering::Relaxed);
        warn!("no checkpoints are written until the next start or day: {lost}");
        if let Some(day) = &mut self.day {
            day.chase = Chase::Over;
        }
        true
    }
}

impl<D: Disk> Followed<D> {
    /// Brings replies and feed to the disk if there are `least` bytes more of them: not all at once
    /// in the end, which everybody else who writes would feel.
    fn sync(&mut self, disk: &D, least: u64) -> Result<(), Lost> {
        if matches!(self.chase, Chase::Over) {
            return Ok(());
        }
        let Course { beside: Beside { replies, feed }, progress, .. } = &self.course;
        self.replies.bring(disk, &[replies], progress.replies(), least)?;
        self.feed.bring(disk, &[&feed.feed, &feed.index], progress.feed(), least)
    }

    /// Begins to follow: from the checkpoint that the day went on from, or from its first batch.
    fn set_out(&mut self, disk: &D) {
        let found = self.course.from.take().and_then(|(path, _)| {
            let read = checkpoints::read(disk, &path);
            read.map_err(|error| warn!("{} is not used: {error}", path.display())).ok()
        });
        let (machine, reader) = match found {
            Some(Found { head, machine, .. }) => {
                (machine, LiveReader::resume(head.marks, head.cursor, crc32c::crc32c_append))
            }
            None => {
                let marks = Some(self.course.marks);
                (Machine::new(Folds::new()), LiveReader::new(marks, crc32c::crc32c_append))
            }
        };
        let window = Aligned::zeroed(WINDOW);
        let pursuit = Pursuit { machine, reader, segment: None, window, scratch: Vec::new() };
        self.chase = Chase::Following(Box::new(pursuit));
    }
}

impl<F: File> Synced<F> {
    fn new() -> Self {
        Synced { files: Vec::new(), bytes: 0 }
    }

    /// Brings the files of these paths to the disk, in this order, if the first has `least` bytes
    /// more than are there: it has `bytes`.
    fn bring<D: Disk<File = F>>(
        &mut self,
        disk: &D,
        paths: &[&PathBuf],
        bytes: u64,
        least: u64,
    ) -> Result<(), Lost> {
        if bytes < self.bytes.saturating_add(least.max(1)) {
            return Ok(());
        }
        for (at, path) in paths.iter().enumerate() {
            let lost = |error| Lost::File(path.to_path_buf(), error);
            if at == self.files.len() {
                // Its name as well.
                disk.sync_folder(path.parent().unwrap_or(path)).map_err(lost)?;
                self.files.push(disk.open(path, Use::Cached).map_err(lost)?);
            }
            self.files[at].sync().map_err(lost)?;
        }
        self.bytes = bytes;
        Ok(())
    }
}

impl<D: Disk> Pursuit<D> {
    /// The last command that was executed.
    fn last(&self) -> u64 {
        self.machine.engine.last_command().0
    }

    /// Reads on and executes, at most a window, and no further than the batch of command `due`.
    fn advance(&mut self, disk: &D, course: &Course, due: u64) -> Result<bool, Lost> {
        let (segment, end) = course.progress.journal();
        let (number, offset) = self.reader.place();
        if (number, offset) >= (segment, end) {
            return Ok(false);
        }
        let path = course.place.segment(number);
        let unreadable = |error| Lost::File(path.clone(), error);
        let file = self.open(disk, course, number).map_err(unreadable)?;
        // Nothing more comes in a segment that another one follows.
        let end = if number < segment { file.len().map_err(unreadable)? } else { end };
        let start = offset - offset % BLOCK as u64;
        let window = end.saturating_sub(start).min(WINDOW as u64) as usize;
        let wanted = &mut self.window.bytes_mut()[..window.next_multiple_of(BLOCK)];
        let (_, file) = self.segment.as_ref().expect("it is open");
        let read = file.read_at(start, wanted).map_err(unreadable)?;
        let bytes = &self.window.bytes()[..read.min(window)];
        let mut at = (offset - start) as usize;
        while let Some(rest) = bytes.get(at..) {
            let batch = self.reader.next(rest);
            let batch = batch.map_err(|fault| Lost::Fault(path.clone(), fault))?;
            let Some(batch) = batch else { break };
            let ran = replay_batch(
                &mut self.machine,
                &batch.skipping(&course.skipped),
                &Hint,
                &mut self.scratch,
            );
            ran.map_err(Lost::Record)?;
            // The service and the rewinder write the same ones to their files.
            while self.machine.folds.replies.outbox.poll_block().is_some() {}
            self.machine.folds.published.rewind.forget_fresh();
            at = (self.reader.place().1 - start) as usize;
            if self.machine.engine.last_command().0 >= due {
                break;
            }
        }
        if self.reader.place() == (number, offset) {
            // A batch is shorter than the window: there is none.
            if number == segment || offset == 0 {
                return Err(Lost::Gone(path, offset));
            }
            self.reader.next_segment();
        }
        Ok(true)
    }

    /// The file of a segment.
    fn open(&mut self, disk: &D, course: &Course, number: u32) -> io::Result<&D::File> {
        if self.segment.as_ref().is_none_or(|(open, _)| *open != number) {
            let file = disk.open(&course.place.segment(number), course.place.usage)?;
            self.segment = Some((number, file));
        }
        let (_, file) = self.segment.as_ref().expect("it was opened");
        Ok(file)
    }
}

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Lost::File(path, error) => write!(f, "{}: {error}", path.display()),
            Lost::Gone(path, offset) => {
                write!(f, "{} does not have at {offset} what was kept there", path.display())
            }
            Lost::Fault(path, fault) => write!(f, "{}: {fault}", path.display()),
            Lost::Record(fault) => fault.fmt(f),
            Lost::Feed(path) => write!(f, "{} was not written to its end", path.display()),
        }
    }
}

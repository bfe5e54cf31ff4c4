//! The stage for everything that may wait: files of replies, segments to come, slow passwords,
//! room on the disk.
//!
//! It runs on a thread of its own and is asked through a bounded queue. The core never waits for
//! it: a full queue leaves the job with the core, which takes in no more orders until there is
//! room.

use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use bytes::Bytes;
use crossbeam_channel::{Receiver, Sender, TryRecvError, TrySendError, bounded};
use order_entry::outbox;
use protocol_spec::wire::text::Secret;
use protocol_spec::words::{PortId, PortNo};
use tracing::warn;

use crate::calendar::Session;
use crate::config::password;
use crate::journal::{Place, Zeroing};
use crate::progress::Progress;
use crate::retention::Removal;
use crate::room::Room;
use crate::world::{Disk, File, StreamId, Use};

/// Jobs and answers that wait at most.
const QUEUE: usize = 1024;
/// Blocks of replies that wait until the service is woken for them: nobody waits for a block to be
/// written, and a thread that is woken takes its core from somebody.
const BLOCKS: usize = 16;

/// A connection that asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Asker {
    /// Its stream.
    pub stream: StreamId,
    /// Its own number: another connection may have the stream when the answer comes.
    pub serial: u64,
}

/// What the service is asked to do.
#[derive(Debug)]
pub enum Job {
    /// A day begins: its file of replies is made anew, for it follows from the journal.
    Day(PathBuf, Arc<Progress>),
    /// A day goes on from a checkpoint: its file of replies is cut to so many bytes, and what
    /// follows them is written again.
    Resume(PathBuf, u64, Arc<Progress>),
    /// A complete block of replies goes to the end of the file.
    Append(outbox::Block),
    /// A connection wants replies that are in the file.
    Fetch {
        /// The connection that asks.
        who: Asker,
        /// Its port.
        port: PortId,
        /// The first reply that it wants.
        from: PortNo,
        /// Where they are.
        place: outbox::Place,
    },
    /// A segment is to be made ready.
    Zero(Place, u32),
    /// A day has begun: sessions of dates that are so many days before it are removed.
    Expire {
        /// The folder of journals.
        journal: PathBuf,
        /// The folder of replies.
        replies: PathBuf,
        /// The folder of feeds.
        rewind: PathBuf,
        /// The session that has begun.
        begun: Session,
        /// The days.
        days: u32,
    },
    /// A password is to be checked.
    Verify {
        /// The connection that asks.
        who: Asker,
        /// What it is checked against.
        hash: Box<str>,
        /// The password.
        given: Secret<10>,
    },
}

/// What the service has done.
#[derive(Debug)]
pub enum Done {
    /// Replies out of the file, from the one that was wanted.
    Fetched {
        /// The connection that asks.
        who: Asker,
        /// The block.
        block: Bytes,
    },
    /// A segment is ready.
    Zeroed(Place, u32),
    /// A password was checked.
    Verified {
        /// The connection that asks.
        who: Asker,
        /// Whether it is right.
        right: bool,
    },
    /// Bytes that are left on the disk of the journal.
    Free(u64),
    /// Something could not be done that the venue cannot do without.
    Failed(ServiceError),
}

/// What could not be done.
#[derive(Debug)]
pub struct ServiceError {
    /// What.
    pub doing: &'static str,
    /// With which file or folder.
    pub path: PathBuf,
    /// Why.
    pub error: io::Error,
}

/// What waits in the queues.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Load {
    /// Jobs, those included for which there was no room yet.
    pub jobs: usize,
    /// Answers.
    pub answers: usize,
    /// Jobs for which there is room; of answers there is room for twice as many.
    pub room: usize,
}

/// The core's end of the queues.
#[derive(Debug)]
pub struct Errands {
    /// Jobs for which there was no room yet.
    kept: VecDeque<Job>,
    jobs: Sender<Job>,
    done: Receiver<Done>,
    /// The service's thread, if it has one of its own.
    thread: Option<Thread>,
    /// Blocks of replies that were passed on since the service was woken last.
    unheard: usize,
}

/// The stage.
#[derive(Debug)]
pub struct Service<D: Disk> {
    disk: D,
    jobs: Receiver<Job>,
    done: Sender<Done>,
    /// The folder whose disk is watched.
    watched: PathBuf,
    /// The file of the day's replies.
    replies: Option<Replies<D::File>>,
    /// The segment that is being made ready, piece by piece between other jobs.
    zeroing: Option<Zeroing<D>>,
    /// Old sessions that are being removed, file by file between other jobs.
    removal: Option<Removal>,
    /// Passwords to be checked when nothing else is to be done: each takes long, and anybody can
    /// ask for it.
    checks: VecDeque<(Asker, Box<str>, Secret<10>)>,
}

/// The file of a day's replies.
#[derive(Debug)]
struct Replies<F> {
    path: PathBuf,
    file: F,
    progress: Arc<Progress>,
}

/// Both ends; `watched` is the folder whose disk must not get full.
#[must_use]
pub fn service<D: Disk>(disk: D, watched: PathBuf) -> (Errands, Service<D>) {
    let (jobs, asked) = bounded(QUEUE);
    // The core takes the answers every turn; there are never more of them than jobs.
    let (done, told) = bounded(2 * QUEUE);
    let errands = Errands { kept: VecDeque::new(), jobs, done: told, thread: None, unheard: 0 };
    (
        errands,
        Service {
            disk,
            jobs: asked,
            done,
            watched,
            replies: None,
            zeroing: None,
            removal: None,
            checks: VecDeque::new(),
        },
    )
}

impl Errands {
    /// Asks for something; done in the order in which it was asked for.
    pub fn ask(&mut self, job: Job) {
        self.kept.push_back(job);
        self.pass_on();
    }

    /// Says on which thread the service runs.
    pub fn runs_on(&mut self, thread: Thread) {
        self.thread = Some(thread);
    }

    /// Passes on what was kept, as far as there is room.
    pub fn pass_on(&mut self) {
        while let Some(job) = self.kept.pop_front() {
            let is_urgent = !matches!(job, Job::Append(_));
            match self.jobs.try_send(job) {
                Ok(()) => self.wake(is_urgent),
                // A service that is gone has said why, or its thread has died and the process
                // with it.
                Err(TrySendError::Full(job) | TrySendError::Disconnected(job)) => {
                    self.kept.push_front(job);
                    return;
                }
            }
        }
    }

    /// Wakes the service, unless what it was given can wait for more.
    fn wake(&mut self, is_urgent: bool) {
        self.unheard += 1;
        if is_urgent || self.unheard >= BLOCKS {
            self.unheard = 0;
            if let Some(thread) = &self.thread {
                thread.unpark();
            }
        }
    }

    /// Whether the service has fallen behind.
    #[must_use]
    pub fn is_behind(&self) -> bool {
        !self.kept.is_empty()
    }

    /// What waits in the queues.
    #[must_use]
    pub fn load(&self) -> Load {
        Load { jobs: self.jobs.len() + self.kept.len(), answers: self.done.len(), room: QUEUE }
    }

    /// Room for jobs before it has.
    #[must_use]
    pub fn room(&self) -> Room {
        Room::of((QUEUE - self.jobs.len()) as u64, QUEUE as u64 / 2)
    }

    /// The next answer.
    pub fn poll(&mut self) -> Option<Done> {
        self.done.try_recv().ok()
    }
}

impl<D: Disk> Service<D> {
    /// Does the next job if there is one, or a piece of a long one; whether there was anything.
    pub fn step(&mut self) -> bool {
        match self.jobs.try_recv() {
            Ok(job) => {
                self.work(job);
                true
            }
            Err(TryRecvError::Empty | TryRecvError::Disconnected) => {
                let is_busy = self.has_long_jobs();
                self.go_on();
                is_busy
            }
        }
    }

    /// Whether something is under way that takes long.
    fn has_long_jobs(&self) -> bool {
        self.zeroing.is_some() || self.removal.is_some() || !self.checks.is_empty()
    }

    /// Does a piece of what takes long; whether that was told.
    fn go_on(&mut self) -> bool {
        if self.zeroing.is_some() {
            return self.zero();
        }
        if self.removal.is_some() {
            self.expire();
            return false;
        }
        let Some((who, hash, given)) = self.checks.pop_front() else { return false };
        self.tell(Done::Verified { who, right: password::verify(&hash, &given) });
        true
    }

    /// Works until nobody can ask any more, wakes the core by `wake` after each answer, and looks
    /// at the disk about once a second.
    pub fn run(mut self, wake: impl Fn()) {
        let second = Duration::from_secs(1);
        let mut looked = Instant::now();
        loop {
            match self.jobs.try_recv() {
                Ok(job) => {
                    if self.work(job) {
                        wake();
                    }
                }
                Err(TryRecvError::Disconnected) => return,
                Err(TryRecvError::Empty) if self.has_long_jobs() => {
                    if self.go_on() {
                        wake();
                    }
                }
                // A waiting receive would look around for a while before it sleeps, on a core that
                // may be the venue's.
                Err(TryRecvError::Empty) => thread::park_timeout(second),
            }
            if looked.elapsed() >= second {
                looked = Instant::now();
                self.look();
                wake();
            }
        }
    }

    /// Tells what is left on the disk.
    pub fn look(&mut self) {
        let told = match self.disk.free(&self.watched) {
            Ok(free) => Done::Free(free),
            Err(error) => failed("tell what is left on the disk of", self.watched.clone(), error),
        };
        // It is told again in a second: nobody is waited for.
        self.done.try_send(told).unwrap_or_default();
    }

    fn work(&mut self, job: Job) -> bool {
        let done = match job {
            Job::Day(path, progress) => self.begin(path, None, progress),
            Job::Resume(path, bytes, progress) => self.begin(path, Some(bytes), progress),
            Job::Expire { journal, replies, rewind, begun, days } => {
                let beside = [replies.as_path(), &rewind];
                let begun = Removal::begin(&self.disk, (&journal, beside), begun, days);
                self.removal = begun.map_err(|error| warn!("old sessions stay: {error}")).ok();
                None
            }
            Job::Append(block) => self.append(&block),
            Job::Fetch { who, port, from, place } => Some(self.fetch(who, port, from, place)),
            Job::Zero(place, number) => match Zeroing::begin(&self.disk, &place, number) {
                Ok(zeroing) => {
                    self.zeroing = Some(zeroing);
                    None
                }
                Err(error) => Some(failed("make ready", place.segment(number), error)),
            },
            Job::Verify { who, hash, given } => {
                self.checks.push_back((who, hash, given));
                None
            }
        };
        let is_answer = done.is_some();
        if let Some(done) = done {
            self.tell(done);
        }
        is_answer
    }

    /// Goes on with the segment that is being made ready, if there is one; whether that was told.
    fn zero(&mut self) -> bool {
        let Some(mut zeroing) = self.zeroing.take() else { return false };
        let done = match zeroing.step(&self.disk) {
            Ok(false) => {
                self.zeroing = Some(zeroing);
                return false;
            }
            Ok(true) => Done::Zeroed(zeroing.place().clone(), zeroing.number()),
            Err(error) => {
                let path = zeroing.place().segment(zeroing.number());
                failed("make ready", path, error)
            }
        };
        self.tell(done);
        true
    }

    /// Removes a file of an old session. That one stays is no harm.
    fn expire(&mut self) {
        let Some(removal) = &mut self.removal else { return };
        match removal.step(&self.disk) {
            Ok(false) => {}
            Ok(true) => self.removal = None,
            Err(error) => {
                warn!("an old session cannot be removed: {error}");
                self.removal = None;
            }
        }
    }

    /// Begins with a file of replies: with the bytes that are to stay, or from nothing.
    fn begin(&mut self, path: PathBuf, stay: Option<u64>, progress: Arc<Progress>) -> Option<Done> {
        let made = match stay {
            None => self.make(&path),
            Some(bytes) => self.disk.open(&path, Use::Cached).and_then(|mut file| {
                file.cut(bytes)?;
                Ok(file)
            }),
        };
        match made {
            Ok(file) => {
                progress.file(stay.unwrap_or(0));
                self.replies = Some(Replies { path, file, progress });
                None
            }
            Err(error) => Some(failed("make", path, error)),
        }
    }

    fn make(&self, path: &Path) -> io::Result<D::File> {
        self.disk.make_folder(path.parent().unwrap_or(path))?;
        self.disk.create(path)
    }

    fn append(&mut self, block: &outbox::Block) -> Option<Done> {
        let replies = self.replies.as_mut().expect("a day begins before its replies");
        match replies.file.write_at(block.offset, &block.bytes) {
            Ok(()) => {
                replies.progress.file(block.offset + block.bytes.len() as u64);
                None
            }
            Err(error) => Some(failed("write", replies.path.clone(), error)),
        }
    }

    fn fetch(&self, who: Asker, port: PortId, from: PortNo, place: outbox::Place) -> Done {
        let Replies { path, file, .. } =
            self.replies.as_ref().expect("a day begins before its replies");
        let mut bytes = vec![0; place.len];
        let read = file.read_at(place.offset, &mut bytes).and_then(|count| {
            let short = || io::Error::from(io::ErrorKind::UnexpectedEof);
            if count < place.len { Err(short()) } else { Ok(()) }
        });
        let sound = read.and_then(|()| {
            let opened = outbox::open(&bytes, port, from, crc32c::crc32c_append);
            opened.map(|_| ()).map_err(io::Error::other)
        });
        match sound {
            Ok(()) => Done::Fetched { who, block: bytes.into() },
            Err(error) => failed("read", path.clone(), self.set_aside(path, &error)),
        }
    }

    /// Takes a file of replies that is damaged out of the way of the next start, which makes it
    /// anew from the journal: a venue that went on with it would end at the same place.
    fn set_aside(&self, path: &Path, error: &io::Error) -> io::Error {
        let mut aside = path.as_os_str().to_owned();
        aside.push(".damaged");
        let aside = PathBuf::from(aside);
        io::Error::other(match self.disk.rename(path, &aside) {
            Ok(()) => {
                let aside = aside.display();
                format!("{error}; it is {aside} now, and the next start makes it anew")
            }
            Err(other) => {
                format!("{error}; remove it, so that the next start makes it anew ({other})")
            }
        })
    }

    fn tell(&self, done: Done) {
        // If the core is gone nobody needs the answer any more.
        self.done.send(done).unwrap_or_default();
    }
}

fn failed(doing: &'static str, path: PathBuf, error: io::Error) -> Done {
    Done::Failed(ServiceError { doing, path, error })
}

impl fmt::Display for ServiceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the venue cannot {} {}: {}", self.doing, self.path.display(), self.error)
    }
}

impl std::error::Error for ServiceError {}

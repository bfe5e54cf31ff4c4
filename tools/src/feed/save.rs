//! Messages into a file, as a recording of the day.

use std::fmt;
use std::fs::File;
use std::io::{self, ErrorKind, Write as _};
use std::os::fd::AsFd;
use std::path::PathBuf;

use client::feed::{Feed, Run};
use protocol_spec::wire::binary_file::{self, Record};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::error::FeedFailure;
use super::follow::{Flow, Take, Until, follow};
use super::remarks::Remarks;
use super::road::{Left, Road};

/// Written at once.
const CHUNK: usize = 256 * 1024;

/// Where messages go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Standard output.
    Stdout,
    /// A file, in the place of one that is there if the second is true.
    File(PathBuf, bool),
}

/// A BinaryFILE in the making.
#[derive(Debug)]
pub struct Recording {
    /// What it is called.
    name: String,
    out: File,
    kind: Kind,
    /// Whole messages that are not written yet.
    buffer: Vec<u8>,
    /// Messages that are still wanted.
    wanted: u64,
    /// Messages that were written, each of them whole.
    pub messages: u64,
    /// Bytes in it.
    pub bytes: u64,
    /// How it ends.
    pub tail: Tail,
}

/// What is written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// A file on a disk: it can be cut, and has to reach its disk.
    Regular,
    /// A pipe, a device, or a file of others: what is written is written.
    Other,
}

/// How a recording ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tail {
    /// Behind a whole message.
    Whole,
    /// With its end mark.
    Marked,
    /// Behind a whole message: what a write that failed left of the next one was cut off again.
    CutBack,
    /// So many bytes behind the last whole message: a write failed, and nothing could be cut off.
    Inside(u64),
    /// Its reader left, having read it all or less.
    Unread,
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Target::Stdout => f.write_str("standard output"),
            Target::File(path, _) => path.display().fmt(f),
        }
    }
}

impl Recording {
    /// Makes the file, for so many messages at most.
    ///
    /// # Errors
    /// If it cannot be made, or is there already.
    pub fn begin(target: &Target, most: Option<u64>) -> Result<Self, FeedFailure> {
        let name = target.to_string();
        let failure = |cause: io::Error| FeedFailure::Write { file: name.clone(), cause };
        let out = match target {
            // Not by way of `Stdout`: what its buffer holds is not written.
            Target::Stdout => io::stdout().as_fd().try_clone_to_owned().map(File::from),
            Target::File(path, replace) => {
                let mut options = File::options();
                match replace {
                    true => options.create(true).truncate(true),
                    false => options.create_new(true),
                };
                options.write(true).open(path)
            }
        };
        let out = out.map_err(|cause| match cause.kind() {
            ErrorKind::AlreadyExists => FeedFailure::Misuse(format!(
                "{name} is there already: --force puts this recording in its place"
            )),
            _ => failure(cause),
        })?;
        let about = out.metadata().map_err(failure)?.file_type();
        let kind = match target {
            // Others may write to the same file, so it is not ours to cut.
            Target::File(..) if about.is_file() => Kind::Regular,
            Target::File(..) | Target::Stdout => Kind::Other,
        };
        Ok(Recording {
            name,
            out,
            kind,
            buffer: Vec::with_capacity(CHUNK),
            wanted: most.unwrap_or(u64::MAX),
            messages: 0,
            bytes: 0,
            tail: Tail::Whole,
        })
    }

    /// Writes what was taken. A reader who has seen enough is no failure.
    fn flush(&mut self) -> Result<Flow, FeedFailure> {
        // Not by `write_all`, which does not say how much it wrote before it failed.
        let (mut written, mut result) = (0, Ok(()));
        while written < self.buffer.len() && result.is_ok() {
            match self.out.write(&self.buffer[written..]) {
                Ok(0) => result = Err(ErrorKind::WriteZero.into()),
                Ok(count) => written += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => result = Err(error),
            }
        }
        let rest = self.count(written);
        self.buffer.clear();
        match result {
            Ok(()) => Ok(Flow::On),
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                self.tail = Tail::Unread;
                self.bytes += rest;
                Ok(Flow::Enough)
            }
            Err(cause) => {
                self.cut_back(rest);
                Err(self.failure(cause))
            }
        }
    }

    /// Counts the whole messages in so many bytes of the buffer that were written, and says how
    /// many bytes were written behind them.
    fn count(&mut self, written: usize) -> u64 {
        let mut rest = &self.buffer[..written];
        loop {
            match binary_file::split(rest) {
                Record::Message(_, after) => {
                    self.messages += 1;
                    rest = after;
                }
                Record::End(after) => {
                    self.tail = Tail::Marked;
                    rest = after;
                }
                Record::Short(_) => break,
            }
        }
        self.bytes += (written - rest.len()) as u64;
        rest.len() as u64
    }

    /// Takes away what a write that failed left behind the last whole message.
    fn cut_back(&mut self, rest: u64) {
        let is_cut = self.kind == Kind::Regular && self.out.set_len(self.bytes).is_ok();
        self.tail = match (rest, is_cut) {
            (0, false) => Tail::Whole,
            (_, true) => Tail::CutBack,
            (_, false) => Tail::Inside(rest),
        };
        if !is_cut {
            self.bytes += rest;
        }
    }

    /// Writes the rest, with the end mark if the day is over, and waits until a file is on its
    /// disk.
    fn end(&mut self, is_over: bool) -> Result<(), FeedFailure> {
        if is_over {
            self.buffer.extend_from_slice(&binary_file::END);
        }
        self.flush()?;
        match self.kind {
            Kind::Regular => self.out.sync_all().map_err(|cause| self.failure(cause)),
            Kind::Other => Ok(()),
        }
    }

    fn failure(&self, cause: io::Error) -> FeedFailure {
        FeedFailure::Write { file: self.name.clone(), cause }
    }
}

impl Take for Recording {
    fn take(&mut self, run: Run<'_>) -> Result<Flow, FeedFailure> {
        let records = run.records();
        let (mut rest, mut empty) = (run, None);
        let mut left = records.len();
        while self.wanted > 0
            && let Some((number, message)) = rest.next()
        {
            if message.is_empty() {
                empty = Some(number);
                break;
            }
            self.wanted -= 1;
            left = rest.records().len();
        }
        // Blocks of packets and records of a file are the same bytes.
        let taken = &records[..records.len() - left];
        self.buffer.extend_from_slice(taken);
        if let Some(number) = empty {
            return Err(FeedFailure::Empty(number));
        }
        if self.wanted == 0 {
            return Ok(Flow::Enough);
        }
        match self.buffer.len() {
            ..CHUNK => Ok(Flow::On),
            _ => self.flush(),
        }
    }

    fn rest(&mut self) -> Result<Flow, FeedFailure> {
        if !self.buffer.is_empty() {
            return self.flush();
        }
        if self.kind != Kind::Regular && !has_reader(&self.out) {
            self.tail = Tail::Unread;
            return Ok(Flow::Enough);
        }
        Ok(Flow::On)
    }
}

/// Whether somebody is at the other end of a pipe. While nothing is told, no write would say so.
fn has_reader(out: &File) -> bool {
    let mut pipe = [PollFd::new(out, PollFlags::empty())];
    let asked = poll(&mut pipe, Some(&Timespec::default()));
    asked.is_err() || !pipe[0].revents().contains(PollFlags::ERR)
}

/// Follows a feed into a recording, which is whole up to wherever it ends. `road` has how it went,
/// also if it fails.
///
/// # Errors
/// If the feed cannot be read or the file not be written.
pub fn save(
    feed: &mut Feed,
    until: &Until,
    remarks: &mut Remarks,
    recording: &mut Recording,
    road: &mut Road,
) -> Result<(), FeedFailure> {
    let followed = follow(feed, until, remarks, recording, road);
    if let Err(FeedFailure::Write { .. }) = followed {
        // Nothing is written behind a write that failed.
        return followed;
    }
    recording.end(road.left == Some(Left::Over))?;
    followed
}

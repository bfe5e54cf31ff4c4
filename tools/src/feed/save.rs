//! Messages into a file, as a recording of the day.

use std::fmt;
use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::path::PathBuf;

use client::feed::{Feed, Run};
use protocol_spec::wire::binary_file;
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::error::FeedFailure;
use super::follow::{Flow, Left, Road, Take, Until, follow};
use super::remarks::Remarks;

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
    out: Out,
    buffer: Vec<u8>,
    /// Messages that are still wanted.
    wanted: u64,
    /// Messages in it.
    pub messages: u64,
    /// Bytes in it.
    pub bytes: u64,
    /// Whether it has its end mark.
    pub is_ended: bool,
}

#[derive(Debug)]
enum Out {
    Stdout(io::Stdout),
    File(File),
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
        let out = match target {
            Target::Stdout => Out::Stdout(io::stdout()),
            Target::File(path, replace) => {
                let mut options = File::options();
                match replace {
                    true => options.create(true).truncate(true),
                    false => options.create_new(true),
                };
                let file = options.write(true).open(path).map_err(|cause| match cause.kind() {
                    ErrorKind::AlreadyExists => FeedFailure::Misuse(format!(
                        "{name} is there already: --force puts this recording in its place"
                    )),
                    _ => FeedFailure::Write { file: name.clone(), cause },
                })?;
                Out::File(file)
            }
        };
        Ok(Recording {
            name,
            out,
            buffer: Vec::with_capacity(CHUNK),
            wanted: most.unwrap_or(u64::MAX),
            messages: 0,
            bytes: 0,
            is_ended: false,
        })
    }

    /// Writes what was taken. A reader of standard output who has seen enough is no failure.
    fn flush(&mut self) -> Result<Flow, FeedFailure> {
        let written = match &mut self.out {
            Out::Stdout(out) => out.write_all(&self.buffer).and_then(|()| out.flush()),
            Out::File(file) => file.write_all(&self.buffer),
        };
        self.buffer.clear();
        match written {
            Ok(()) => Ok(Flow::On),
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(Flow::Enough),
            Err(cause) => Err(self.failure(cause)),
        }
    }

    /// Writes the rest, with the end mark if the day is over, and waits until a file is on its
    /// disk.
    fn end(&mut self, is_over: bool) -> Result<(), FeedFailure> {
        if is_over {
            self.buffer.extend_from_slice(&binary_file::END);
            self.bytes += binary_file::END.len() as u64;
        }
        self.is_ended = is_over && self.flush()? == Flow::On;
        self.flush()?;
        match &self.out {
            Out::Stdout(_) => Ok(()),
            Out::File(file) => match file.sync_all() {
                // A pipe or a device has no disk.
                Err(cause) if cause.kind() != ErrorKind::InvalidInput => Err(self.failure(cause)),
                _ => Ok(()),
            },
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
            self.messages += 1;
            left = rest.records().len();
        }
        // Blocks of packets and records of a file are the same bytes.
        let taken = &records[..records.len() - left];
        self.bytes += taken.len() as u64;
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
        match &self.out {
            Out::Stdout(out) if !has_reader(out) => Ok(Flow::Enough),
            _ => Ok(Flow::On),
        }
    }
}

/// Whether somebody is at the other end of a pipe. While nothing is told, no write would say so.
fn has_reader(out: &io::Stdout) -> bool {
    let mut pipe = [PollFd::new(out, PollFlags::empty())];
    let asked = poll(&mut pipe, Some(&Timespec::default()));
    asked.is_err() || !pipe[0].revents().contains(PollFlags::ERR)
}

/// Follows a feed into a recording, which is whole up to wherever it ends.
///
/// # Errors
/// If the feed cannot be read or the file not be written.
pub fn save(
    feed: &mut Feed,
    until: &Until,
    remarks: &mut Remarks,
    recording: &mut Recording,
) -> Result<Road, FeedFailure> {
    let road = follow(feed, until, remarks, recording);
    recording.end(road.as_ref().is_ok_and(|road| road.left == Left::Over))?;
    road
}

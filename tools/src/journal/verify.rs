//! Whether a journal is whole, and what it holds comes to what was told.

mod feed;

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use appliance::checkpoints::{self, CheckpointError};
use appliance::folds::Folds;
use appliance::hint::Hint;
use appliance::linux::LinuxDisk;
use order_entry::outbox::Block;
use protocol_spec::words::Time;
use recovery::replay::{Machine, replay_batch};
use serde_json::{Value, json};

use super::control;
use super::day::{Day, End, Read};
use super::error::{Halt, JournalFailure};
use feed::FeedFile;

/// What a journal was found to be, as far as it could be read.
#[derive(Debug, Default)]
pub struct Report {
    session: String,
    segments: Vec<Segment>,
    commands: u64,
    replies: u64,
    skipped: u64,
    /// Checkpoints that are what the journal comes to at their commands.
    checkpoints: u64,
    engine: u64,
    told: u32,
    torn: Option<Torn>,
    file: Option<Replies>,
    feed: Option<FeedFile>,
    took: Duration,
}

/// What a segment has.
#[derive(Clone, Debug)]
struct Segment {
    number: u32,
    batches: u64,
    commands: u64,
    first: u64,
    last: u64,
    from: Time,
    to: Time,
}

/// What was torn off the end.
#[derive(Clone, Debug)]
struct Torn {
    segment: u32,
    offset: u64,
    bytes: u64,
}

/// The file of replies beside the journal.
#[derive(Debug)]
struct Replies {
    path: PathBuf,
    file: File,
    /// Bytes that it had before the journal was read: a venue that runs may add more.
    bytes: u64,
    /// Blocks that are in it as the replay makes them.
    blocks: u64,
    /// Blocks that the replay makes and the file does not have.
    missing: u64,
    buffer: Vec<u8>,
}

/// Reads everything and executes it. The report is filled as far as it goes; the error says what
/// is wrong.
///
/// # Errors
/// If the journal is damaged or cannot be read, or the replies or the feed are not those that it
/// makes.
pub fn verify(
    day: &Day<'_>,
    (replies, feed): (Option<&Path>, Option<&Path>),
    report: &mut Report,
) -> Result<(), JournalFailure> {
    let beside = day.spot.replies();
    if let Some(path) = replies.map(Path::to_owned).or(beside) {
        report.file = Some(Replies::open(path)?);
    }
    if let Some(path) = feed.map(Path::to_owned).or(day.spot.feed()) {
        report.feed = Some(FeedFile::open(path)?);
    }
    report.session = day.spot.session();
    report.skipped = day.skips().len() as u64;
    let folder = &day.spot.place.folder;
    let found = checkpoints::list(&LinuxDisk, folder);
    let mut checkpoints = found.map_err(JournalFailure::io("read", folder))?;
    checkpoints.reverse();
    let mut machine = Machine::new(Folds::new());
    let mut scratch = Vec::new();
    let start = Instant::now();
    let end = day.visit(|read| {
        let (mut rest, mut count) = (read.batch, 0);
        let mut run = |machine: &mut _, batch: &_| {
            replay_batch(machine, batch, &Hint, &mut scratch).map_err(|fault| read.fault(fault))
        };
        while let Some(command) = checkpoints.pop_if(|command| *command < read.batch.end()) {
            let (before, behind) = rest.split(command);
            count += run(&mut machine, &before)?;
            report.compare(&checkpoints::path(folder, command), &machine)?;
            rest = behind;
        }
        count += run(&mut machine, &rest)?;
        report.count(read, count)?;
        report.commands += count;
        report.replies = machine.folds.replies.count();
        while let Some(block) = machine.folds.replies.outbox.poll_block() {
            if let Some(file) = &mut report.file {
                file.compare(&block)?;
            }
        }
        let rewind = &mut machine.folds.published.rewind;
        if let Some(feed) = &mut report.feed {
            feed.compare(&rewind.fresh())?;
        }
        rewind.forget_fresh();
        Ok(())
    })?;
    report.took = start.elapsed();
    report.engine = machine.engine.digest();
    report.told = machine.folds.replies.outbox.digest();
    if let End::Whole(whole) = &end {
        let (marks, tail) = &**whole;
        report.session = String::from_utf8_lossy(&marks.session).into_owned();
        let (segment, offset, bytes) = (tail.segment, tail.offset, tail.torn);
        report.torn = (bytes > 0).then_some(Torn { segment, offset, bytes });
    }
    let replies = machine.folds.replies.outbox.file_bytes();
    report.file.as_ref().map_or(Ok(()), |file| file.check_end(replies))?;
    report.feed.as_ref().map_or(Ok(()), FeedFile::check_end)
}

impl Report {
    /// Compares a checkpoint with what the journal comes to at its command.
    fn compare(&mut self, path: &Path, machine: &Machine<Folds>) -> Result<(), JournalFailure> {
        let found = match checkpoints::read(&LinuxDisk, path) {
            // A venue that runs keeps the newest alone.
            Err(CheckpointError::File(error)) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(());
            }
            found => found,
        };
        let wrong = |what: String| JournalFailure::Wrong(format!("{}: {what}", path.display()));
        let found = found.map_err(|error| wrong(error.to_string()))?.machine;
        let digests = |machine: &Machine<Folds>| {
            let Folds { replies, published, .. } = &machine.folds;
            (machine.engine.digest(), replies.outbox.digest(), published.rewind.told())
        };
        if digests(&found) != digests(machine) {
            let what = "it is not what the journal comes to; remove it, a start does without";
            return Err(wrong(what.to_owned()));
        }
        self.checkpoints += 1;
        Ok(())
    }

    /// Counts a batch.
    fn count(&mut self, read: &Read<'_>, commands: u64) -> Result<(), Halt> {
        let (number, first) = (read.batch.segment, read.batch.first.0);
        let mut times = read.batch.records().map(|record| Ok(record?.stamp.time));
        let from = times.next().transpose().map_err(|fault| read.fault(fault))?;
        let to = times.last().transpose().map_err(|fault| read.fault(fault))?.or(from);
        let (from, to) = (from.unwrap_or_default(), to.unwrap_or_default());
        if self.segments.last().is_none_or(|segment| segment.number != number) {
            let (batches, last) = (0, 0);
            let segment = Segment { number, batches, commands: 0, first, last, from, to };
            self.segments.push(segment);
        }
        if let Some(segment) = self.segments.last_mut() {
            segment.batches += 1;
            segment.commands += commands;
            (segment.last, segment.to) = (first + commands - 1, to);
        }
        Ok(())
    }

    /// For people; `is_whole` if nothing was found to be wrong.
    #[must_use]
    pub fn lines(&self, is_whole: bool) -> String {
        let mut text = format!("session  {}\n", self.session);
        for Segment { number, batches, commands, first, last, from, to } in &self.segments {
            let (from, to) = (control::utc(*from), control::utc(*to));
            text.push_str(&format!(
                "segment  {number}: batches {batches}, commands {commands} ({first} to {last}), \
                 {from} to {to}\n"
            ));
        }
        let Report { commands, replies, skipped, engine, told, took, .. } = self;
        text.push_str(&format!("commands {commands}\nskipped  {skipped}\nreplies  {replies}\n"));
        if let Some(Torn { segment, offset, bytes }) = &self.torn {
            text.push_str(&format!(
                "torn     {bytes} bytes of segment {segment} at offset {offset}: told to nobody, \
                 or being written\n"
            ));
        }
        if !is_whole {
            return text;
        }
        if let Some(Replies { path, blocks, missing, .. }) = &self.file {
            let path = path.display();
            text.push_str(&format!("file     {path}: {blocks} blocks are as they should be"));
            if *missing > 0 {
                text.push_str(&format!(", {missing} are not written yet: a start makes them"));
            }
            text.push('\n');
        }
        if let Some(feed) = &self.feed {
            text.push_str(&feed.line());
        }
        if self.checkpoints > 0 {
            let count = self.checkpoints;
            text.push_str(&format!("checkpoints {count}, as they should be\n"));
        }
        text.push_str(&format!("engine   {engine:016x}\ntold     {told:08x}\n"));
        text.push_str(&format!("took     {took:.3?}\nthe journal is whole\n"));
        text
    }

    /// For programs; with what was found to be wrong.
    #[must_use]
    pub fn json(&self, wrong: Option<&JournalFailure>) -> Value {
        let segments: Vec<Value> = self.segments.iter().map(Segment::json).collect();
        let torn = self.torn.as_ref().map(|Torn { segment, offset, bytes }| {
            json!({ "segment": segment, "offset": offset, "bytes": bytes })
        });
        let file = self.file.as_ref().map(|file| {
            let path = file.path.display().to_string();
            json!({ "path": path, "blocks": file.blocks, "missing_blocks": file.missing })
        });
        let digest = wrong.is_none().then(|| format!("{:016x}", self.engine));
        let told = wrong.is_none().then(|| format!("{:08x}", self.told));
        json!({
            "session": self.session,
            "whole": wrong.is_none(),
            "error": wrong.map(ToString::to_string),
            "segments": segments,
            "commands": self.commands,
            "skipped": self.skipped,
            "replies": self.replies,
            "checkpoints": self.checkpoints,
            "torn": torn,
            "replies_file": file,
            "feed_file": self.feed.as_ref().map(FeedFile::json),
            "engine": digest,
            "told": told,
            "seconds": self.took.as_secs_f64(),
        })
    }
}

impl Segment {
    fn json(&self) -> Value {
        let Segment { number, batches, commands, first, last, from, to } = self;
        json!({
            "segment": number,
            "batches": batches,
            "commands": commands,
            "first_command": first,
            "last_command": last,
            "from": control::utc(*from),
            "to": control::utc(*to),
        })
    }
}

impl Replies {
    fn open(path: PathBuf) -> Result<Self, JournalFailure> {
        let file = File::open(&path).map_err(JournalFailure::io("open", &path))?;
        let about = file.metadata().map_err(JournalFailure::io("look at", &path))?;
        let (bytes, buffer) = (about.len(), Vec::new());
        Ok(Replies { path, file, bytes, blocks: 0, missing: 0, buffer })
    }

    /// Whether a block is in the file as it should be. What the venue has not written yet is not
    /// there at all, or torn at the end of the file.
    fn compare(&mut self, block: &Block) -> Result<(), JournalFailure> {
        if block.offset + block.bytes.len() as u64 > self.bytes {
            self.missing += 1;
            return Ok(());
        }
        self.buffer.resize(block.bytes.len(), 0);
        let read = self.file.read_exact_at(&mut self.buffer, block.offset);
        read.map_err(JournalFailure::io("read", &self.path))?;
        let pairs = self.buffer.iter().zip(block.bytes.iter());
        if let Some(at) = pairs.into_iter().position(|(found, made)| found != made) {
            let (path, offset) = (self.path.display(), block.offset);
            let place = offset + at as u64;
            return Err(JournalFailure::Wrong(format!(
                "{path} at offset {place}: the block at {offset} is not what the journal makes; \
                 the journal is the truth, and the next start writes the file anew"
            )));
        }
        self.blocks += 1;
        Ok(())
    }

    /// Whether the file has nothing behind what the journal makes.
    fn check_end(&self, made: u64) -> Result<(), JournalFailure> {
        if self.bytes <= made {
            return Ok(());
        }
        let (path, more) = (self.path.display(), self.bytes - made);
        Err(JournalFailure::Wrong(format!(
            "{path} at offset {made}: {more} bytes that the journal does not make: brokers may \
             have been told what it does not have"
        )))
    }
}

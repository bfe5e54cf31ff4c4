//! The file of a day's feed, compared with what the journal makes.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::PathBuf;

use protocol_spec::wire::binary_file::{END, RECORD_HEADER};
use recovery::rewind::{Fresh, Records};
use serde_json::{Value, json};

use super::super::error::JournalFailure;

/// The file of the feed beside the journal.
#[derive(Debug)]
pub(super) struct FeedFile {
    path: PathBuf,
    file: File,
    /// Bytes that it had before the journal was read: a venue that runs may add more.
    bytes: u64,
    /// Bytes that the journal makes so far, and messages in them.
    made: u64,
    messages: u64,
    buffer: Vec<u8>,
}

impl FeedFile {
    pub(super) fn open(path: PathBuf) -> Result<Self, JournalFailure> {
        let file = File::open(&path).map_err(JournalFailure::io("open", &path))?;
        let about = file.metadata().map_err(JournalFailure::io("look at", &path))?;
        let (bytes, buffer) = (about.len(), Vec::new());
        Ok(FeedFile { path, file, bytes, made: 0, messages: 0, buffer })
    }

    /// Whether messages are in the file as they should be. What the venue has not written yet is
    /// not there, or torn at the end of the file.
    pub(super) fn compare(&mut self, fresh: &Fresh<'_>) -> Result<(), JournalFailure> {
        self.look(fresh, fresh.records)?;
        self.messages += fresh.count;
        if fresh.ended { self.look(fresh, &END) } else { Ok(()) }
    }

    fn look(&mut self, fresh: &Fresh<'_>, all: &[u8]) -> Result<(), JournalFailure> {
        let offset = self.made;
        self.made += all.len() as u64;
        let there = self.bytes.saturating_sub(offset).min(all.len() as u64);
        let made = &all[..usize::try_from(there).unwrap_or(all.len())];
        self.buffer.resize(made.len(), 0);
        let read = self.file.read_exact_at(&mut self.buffer, offset);
        read.map_err(JournalFailure::io("read", &self.path))?;
        if self.buffer == made {
            return Ok(());
        }
        let pairs = self.buffer.iter().zip(made);
        let at = pairs.into_iter().position(|(found, made)| found != made).unwrap_or(0);
        let mut behind = 0;
        let message = Records::new(fresh.first, all).find(|(_, message)| {
            behind += RECORD_HEADER + message.len();
            behind > at
        });
        let about = message.map_or_else(
            || "the end of the day".to_owned(),
            |(number, _)| format!("message {number}"),
        );
        let (path, place) = (self.path.display(), offset + at as u64);
        Err(JournalFailure::Wrong(format!(
            "{path} at offset {place}: {about} is not what the journal makes; the journal is the \
             truth: remove the file while no venue runs, and the next start makes it anew"
        )))
    }

    /// Whether the file has nothing behind what the journal makes.
    pub(super) fn check_end(&self) -> Result<(), JournalFailure> {
        if self.bytes <= self.made {
            return Ok(());
        }
        let (path, made, more) = (self.path.display(), self.made, self.bytes - self.made);
        Err(JournalFailure::Wrong(format!(
            "{path} at offset {made}: {more} bytes that the journal does not make: the public may \
             have been told what it does not have"
        )))
    }

    /// Bytes that are not written yet.
    fn missing(&self) -> u64 {
        self.made.saturating_sub(self.bytes)
    }

    /// For people.
    pub(super) fn line(&self) -> String {
        let (path, messages) = (self.path.display(), self.messages);
        let missing = match self.missing() {
            0 => String::new(),
            bytes => format!(", {bytes} bytes are not written yet: a start makes them"),
        };
        format!("feed     {path}: {messages} messages are as they should be{missing}\n")
    }

    /// For programs.
    pub(super) fn json(&self) -> Value {
        json!({
            "path": self.path.display().to_string(),
            "messages": self.messages,
            "bytes": self.bytes.min(self.made),
            "missing_bytes": self.missing(),
        })
    }
}

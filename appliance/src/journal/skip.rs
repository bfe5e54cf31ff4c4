//! Commands that are passed over: each broke an assertion of the engine, and nothing of it was
//! ever told to anybody.
//!
//! A skip is a small file beside the segments, `<command, 12 digits>.skip`:
//!
//! ```text
//! command: 4711
//! checksum: 8d3f0a12
//! who: alice (uid 1000)
//! when: 2026-11-20T14:30:00Z
//! why: divides by zero
//! ```
//!
//! The checksum is over the journal's salt, the number, the record's bytes and the other lines: a
//! skip belongs to one record of one journal and to nothing else.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use protocol_spec::words::{CommandNo, Time};

use crate::world::{Disk, read_whole, replace};

/// Why a command is executed as a `Tick`, and who decided that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skip {
    /// The command.
    pub command: CommandNo,
    /// What ties it to the record.
    pub checksum: u32,
    /// Who wrote it.
    pub who: String,
    /// When.
    pub when: Time,
    /// Why.
    pub why: String,
}

/// Why a skip does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SkipFault {
    /// It is not written as a skip is.
    Form,
    /// It is not of the command that its name says.
    Name,
    /// The checksum is not that of this record of this journal.
    Checksum,
    /// The journal has no such command.
    Nothing,
}

impl Skip {
    /// A skip of the command whose record in the journal with this salt has these bytes.
    #[must_use]
    pub fn new(command: CommandNo, salt: u64, record: &[u8], by: (&str, Time), why: &str) -> Self {
        let (who, when) = by;
        let (who, why) = (one_line(who), one_line(why));
        // A clock of ours reads whole seconds of the file exactly.
        let when = Time(when.0 - when.0 % 1_000_000_000);
        let mut skip = Skip { command, checksum: 0, who, when, why };
        skip.checksum = skip.sum(salt, record);
        skip
    }

    /// Whether it was made for this record of the journal with this salt.
    #[must_use]
    pub fn fits(&self, salt: u64, record: &[u8]) -> bool {
        self.checksum == self.sum(salt, record)
    }

    fn sum(&self, salt: u64, record: &[u8]) -> u32 {
        let sum = crc32c::crc32c(&salt.to_le_bytes());
        let sum = crc32c::crc32c_append(sum, &self.command.0.to_le_bytes());
        let sum = crc32c::crc32c_append(sum, record);
        crc32c::crc32c_append(sum, self.about().as_bytes())
    }

    /// The lines for people.
    fn about(&self) -> String {
        let Skip { who, why, .. } = self;
        format!("who: {who}\nwhen: {}\nwhy: {why}\n", self.date())
    }

    /// When it was written: date and time in UTC.
    #[must_use]
    pub fn date(&self) -> String {
        let when = Timestamp::from_nanosecond(self.when.0.into());
        when.map_or_else(|_| self.when.0.to_string(), |when| when.to_string())
    }

    /// The name of the file.
    #[must_use]
    pub fn file_name(&self) -> String {
        format!("{:012}.skip", self.command.0)
    }

    /// Writes it into the folder of its day, durably.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write(&self, disk: &impl Disk, folder: &Path) -> io::Result<PathBuf> {
        let path = folder.join(self.file_name());
        let (command, checksum) = (self.command, self.checksum);
        let text = format!("command: {command}\nchecksum: {checksum:08x}\n{}", self.about());
        replace(disk, &path, text.as_bytes())?;
        Ok(path)
    }

    /// Reads the file of this name, if it is that of a skip.
    pub(super) fn read(
        disk: &impl Disk,
        folder: &Path,
        name: &str,
    ) -> Option<io::Result<Result<Self, SkipFault>>> {
        name.strip_suffix(".skip")?;
        let mut bytes = Vec::new();
        let read = read_whole(disk, &folder.join(name), &mut bytes);
        Some(read.map(|()| {
            let text = str::from_utf8(&bytes).ok();
            let skip = text.and_then(Skip::parse).ok_or(SkipFault::Form)?;
            if skip.file_name() == name { Ok(skip) } else { Err(SkipFault::Name) }
        }))
    }

    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let mut value = |key| lines.next()?.strip_prefix(key)?.strip_prefix(": ");
        let command = CommandNo(value("command")?.parse().ok()?);
        let checksum = u32::from_str_radix(value("checksum")?, 16).ok()?;
        let who = value("who")?.to_owned();
        let when: Timestamp = value("when")?.parse().ok()?;
        let why = value("why")?.to_owned();
        let when = Time(u64::try_from(when.as_nanosecond()).ok()?);
        Some(Skip { command, checksum, who, when, why })
    }
}

/// Text without what would end its line or steer a terminal.
fn one_line(text: &str) -> String {
    let plain = text.chars().map(|char| if char.is_control() { ' ' } else { char });
    plain.collect::<String>().trim().to_owned()
}

impl fmt::Display for SkipFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            SkipFault::Form => "it is not written as `outcry journal quarantine` does",
            SkipFault::Name => "it is not of the command that its name says",
            SkipFault::Checksum => "its checksum is not that of this command of this journal",
            SkipFault::Nothing => "the journal has no such command",
        })
    }
}

impl std::error::Error for SkipFault {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_skip_is_read_as_it_was_written_and_fits_one_record_alone() {
        let when = Time(1_795_176_000_123_456_789);
        let skip = Skip::new(CommandNo(7), 42, b"record", ("al\nice", when), " divides\tby zero ");
        assert_eq!((skip.who.as_str(), skip.why.as_str()), ("al ice", "divides by zero"));
        assert_eq!(
            (skip.date().as_str(), skip.file_name().as_str()),
            ("2026-11-20T12:00:00Z", "000000000007.skip")
        );
        let text = format!("command: 7\nchecksum: {:08x}\n{}", skip.checksum, skip.about());
        assert_eq!(Skip::parse(&text).as_ref(), Some(&skip));
        assert!(skip.fits(42, b"record"));
        assert!(!skip.fits(43, b"record") && !skip.fits(42, b"records"));
        for (from, to) in [("7", "8"), ("al ice", "bob"), ("zero", "one"), ("12:00", "12:01")] {
            let other = Skip::parse(&text.replace(from, to)).expect("it is still one");
            assert!(!other.fits(42, b"record"), "{to}");
        }
        for wrong in ["", "command: 7\n", &text.replace("why", "because"), &text.replace("7", "x")]
        {
            assert_eq!(Skip::parse(wrong), None, "{wrong}");
        }
    }
}

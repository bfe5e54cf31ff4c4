//! The journal: where it is, how durable, in files of what size.

use std::path::PathBuf;

use super::section::Section;
use super::units::Size;

/// The journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Journal {
    /// Where its files are; `None` is the usual place in the data directory.
    pub dir: Option<PathBuf>,
    /// When a command counts as kept.
    pub durability: Durability,
    /// Bytes of a file.
    pub segment_bytes: u64,
    /// So many commands after a checkpoint there is another; 0 is none at all.
    pub checkpoint_every: u64,
    /// Sessions of so many days back and older are removed when a day begins; 0 keeps everything.
    pub keep_days: u32,
    /// With so many bytes free on the disk there is a warning.
    pub low_disk_warn: u64,
    /// With so many bytes free on the disk no more orders are taken.
    pub low_disk_stop: u64,
}

/// When a command counts as kept, and may be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// When it is on the disk.
    Disk,
    /// When the operating system has it: it survives the process, not the machine.
    Os,
}

impl Default for Journal {
    fn default() -> Self {
        Journal {
            dir: None,
            durability: Durability::Disk,
            segment_bytes: 64 << 20,
            checkpoint_every: 1_000_000,
            keep_days: 0,
            low_disk_warn: 2 << 30,
            low_disk_stop: 512 << 20,
        }
    }
}

impl Journal {
    /// Files are whole blocks of so many bytes.
    pub const BLOCK: u64 = 4096;
    /// The sizes that a file can have.
    const SEGMENTS: std::ops::RangeInclusive<u64> = 1 << 20..=16 << 30;
    /// The most commands between checkpoints: as many as a day may have.
    const MAX_COMMANDS: u64 = 1_000_000_000;
    /// The most days that are kept, other than all: ten years.
    const MAX_DAYS: u32 = 3_650;
    /// The most that can be asked of a disk.
    const MAX_FREE: u64 = 1 << 50;

    pub(super) fn read(section: &mut Section<'_, '_>) -> Self {
        let default = Journal::default();
        let words = [("disk", Durability::Disk), ("os", Durability::Os)];
        let dir = section.find("dir", "a directory's path, in quotes", |path: String| {
            let possible = !path.is_empty() && !path.contains('\0');
            possible.then(|| PathBuf::from(path))
        });
        let free = 0..=Self::MAX_FREE;
        let journal = Journal {
            dir,
            durability: section.choice("durability", default.durability, &words),
            segment_bytes: section.size("segment_bytes", default.segment_bytes, Self::SEGMENTS),
            checkpoint_every: section.number(
                "checkpoint_every",
                default.checkpoint_every,
                0..=Self::MAX_COMMANDS,
            ),
            keep_days: section.number("keep_days", default.keep_days, 0..=Self::MAX_DAYS),
            low_disk_warn: section.size("low_disk_warn", default.low_disk_warn, free.clone()),
            low_disk_stop: section.size("low_disk_stop", default.low_disk_stop, free),
        };
        if !journal.segment_bytes.is_multiple_of(Self::BLOCK) {
            let problem = format!("must be a multiple of {} bytes", Self::BLOCK);
            section.fault("segment_bytes", problem);
        }
        if section.is_fine() && journal.low_disk_stop >= journal.low_disk_warn {
            let later = match section.has("low_disk_stop") {
                true => ("low_disk_stop", "below low_disk_warn", journal.low_disk_warn),
                false => ("low_disk_warn", "above low_disk_stop", journal.low_disk_stop),
            };
            let (key, relation, other) = later;
            section.fault(key, format!("must be {relation}, which is \"{}\"", Size(other)));
        }
        journal
    }
}

//! What is wrong with a journal, and where.

use core::fmt;

/// Why a journal cannot be read on. Nothing is cut off then: somebody has to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The number of the segment.
    pub segment: u32,
    /// Where in the segment.
    pub offset: u64,
    /// What is wrong there.
    pub kind: FaultKind,
}

/// What is wrong with a journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// Another segment should come here.
    NotNext {
        /// The number that comes next.
        expected: u32,
    },
    /// What should be here is not whole, though something was written after it.
    Damaged {
        /// The segment with what was written later.
        segment: u32,
        /// Where it stands.
        offset: u64,
    },
    /// The segment is of another format.
    Format(u32),
    /// The segment is of another day.
    Session([u8; 10]),
    /// The segment is of another unit of the venue.
    Unit(u8),
    /// The segment is of a venue in another time zone.
    Zone([u8; 32]),
    /// The day was run under another version of the rule book.
    RulesVersion(u32),
    /// The segment is of another journal of the same day.
    Salt,
    /// By its header it is another segment.
    Segment(u32),
    /// The batch is of a copy of a journal.
    Epoch(u32),
    /// What is here is whole, and does not follow on what was before.
    Chain {
        /// In what it does not follow.
        link: Link,
        /// What follows.
        expected: u64,
        /// What is here.
        found: u64,
    },
    /// The batch behind which the journal is to be read on is not here.
    NoBatch {
        /// Its number.
        batch: u64,
    },
    /// The batch is whole and its records do not fill it: whoever wrote it was wrong.
    Records,
    /// The batch is whole and time goes back in it.
    TimeGoesBack {
        /// The time before.
        last: u64,
        /// The time of the record after it.
        found: u64,
    },
}

/// How batches follow on one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// By their numbers.
    Batch,
    /// By the numbers of their commands.
    Command,
    /// By the checksum of the one before.
    Checksum,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "segment {}, offset {}: {}", self.segment, self.offset, self.kind)
    }
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FaultKind::NotNext { expected } => write!(f, "segment {expected} is missing"),
            FaultKind::Damaged { segment, offset } => {
                write!(f, "damaged; what was written later is in segment {segment} at {offset}")
            }
            FaultKind::Format(format) => write!(f, "it is of format {format}"),
            FaultKind::Session(session) => {
                write!(f, "it is of the day {}", session.escape_ascii())
            }
            FaultKind::Unit(unit) => write!(f, "it is of unit {unit}"),
            FaultKind::Zone(zone) => {
                write!(f, "it is of the time zone {}", zone.trim_ascii_end().escape_ascii())
            }
            FaultKind::RulesVersion(version) => {
                write!(f, "it is of version {version} of the rule book")
            }
            FaultKind::Salt => write!(f, "it is of another journal of the same day"),
            FaultKind::Segment(segment) => write!(f, "by its header it is segment {segment}"),
            FaultKind::Epoch(epoch) => write!(f, "the batch is of epoch {epoch}"),
            FaultKind::Chain { link, expected, found } => match link {
                Link::Batch => write!(f, "batch {expected} should follow, {found} is here"),
                Link::Command => write!(f, "command {expected} should follow, {found} is here"),
                Link::Checksum => {
                    write!(f, "it follows on a batch with checksum {found:#010x}, ")?;
                    write!(f, "the one before has {expected:#010x}")
                }
            },
            FaultKind::NoBatch { batch } => write!(f, "batch {batch} should be here, and is not"),
            FaultKind::Records => write!(f, "the records do not fill their batch"),
            FaultKind::TimeGoesBack { last, found } => {
                write!(f, "time goes back from {last} to {found}")
            }
        }
    }
}

impl core::error::Error for Fault {}

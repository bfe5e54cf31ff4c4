//! What can be wrong with a capture file.

use std::{error, fmt, io};

/// Why a capture cannot be read, or not any further.
#[derive(Debug)]
pub enum CaptureError {
    /// The reader below failed.
    Read {
        /// How far the file had been read.
        at: Place,
        /// What it said.
        source: io::Error,
    },
    /// Neither pcap nor pcapng.
    NotACapture {
        /// The first bytes of the file, at most four.
        found: Vec<u8>,
    },
    /// The file ends inside a record; all records before it have been delivered.
    CutOff {
        /// The record that is not whole.
        at: Place,
        /// Its bytes, as far as its header tells.
        expected: usize,
        /// The bytes that are there.
        found: usize,
    },
    /// A record contradicts the file format; all records before it have been delivered.
    Damaged {
        /// The record.
        at: Place,
        /// What is wrong with it.
        what: Damage,
    },
}

/// Where in a capture file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Byte offset of the record in the file.
    pub offset: u64,
    /// Number of the record or block; the file header, or first section header, is 0.
    pub record: u64,
}

/// How a record contradicts the file format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Damage {
    /// A record that claims more than any capture writes.
    TooLong {
        /// The length it claims.
        found: u64,
        /// The longest accepted.
        limit: u64,
    },
    /// A block length that is no multiple of four or below the least length of a block.
    BlockLength {
        /// The length it claims.
        found: u32,
        /// The least length of a block.
        least: u32,
    },
    /// The two lengths that enclose a block differ.
    LengthsDiffer {
        /// The length in front.
        leading: u32,
        /// The length behind.
        trailing: u32,
    },
    /// A section header whose byte-order mark is none.
    ByteOrder {
        /// The mark, read as little-endian.
        found: u32,
    },
    /// A packet of an interface that its section has not described.
    UnknownInterface {
        /// The interface number.
        found: u32,
        /// How many interfaces the section has described.
        described: usize,
    },
    /// A section that describes more interfaces than any capture has.
    TooManyInterfaces {
        /// The most accepted.
        limit: usize,
    },
    /// The fields of the record do not fit into its length.
    Fields {
        /// The length of the whole record.
        length: usize,
    },
}

impl CaptureError {
    /// The record that it is about.
    #[must_use]
    pub const fn place(&self) -> Place {
        match self {
            CaptureError::NotACapture { .. } => Place { offset: 0, record: 0 },
            CaptureError::Read { at, .. }
            | CaptureError::CutOff { at, .. }
            | CaptureError::Damaged { at, .. } => *at,
        }
    }
}

impl fmt::Display for CaptureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CaptureError::Read { at, .. } => write!(f, "cannot read the capture at {at}"),
            CaptureError::NotACapture { found } => {
                write!(f, "neither pcap nor pcapng: the file begins with {found:02x?}")
            }
            CaptureError::CutOff { at, expected, found } => {
                write!(f, "the file is cut off in {at}: {found} bytes of {expected}")
            }
            CaptureError::Damaged { at, what } => write!(f, "damaged {at}: {what}"),
        }
    }
}

impl error::Error for CaptureError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            CaptureError::Read { source, .. } => Some(source),
            _ => None,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "record {} (offset {})", self.record, self.offset)
    }
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Damage::TooLong { found, limit } => {
                write!(f, "{found} bytes long, at most {limit} expected")
            }
            Damage::BlockLength { found, least } => {
                write!(f, "{found} bytes long, a multiple of 4 from {least} on expected")
            }
            Damage::LengthsDiffer { leading, trailing } => {
                write!(f, "length {leading} in front, {trailing} behind")
            }
            Damage::ByteOrder { found } => {
                write!(f, "byte-order mark {found:08x}, 1a2b3c4d of either order expected")
            }
            Damage::UnknownInterface { found, described } => {
                write!(f, "interface {found}, but {described} are described before it")
            }
            Damage::TooManyInterfaces { limit } => {
                write!(f, "one more interface than the {limit} accepted in a section")
            }
            Damage::Fields { length } => {
                write!(f, "its fields do not fit into its {length} bytes")
            }
        }
    }
}

//! Where blocks of the feed's file end, and what is known of one.

use core::fmt;

use crate::journal::Checksum;

/// Most bytes of a block.
pub const BLOCK: usize = 64 * 1024;

/// Whether a record fits a block that has so many bytes already. Where one does not, the block is
/// complete: so where blocks end follows from the messages alone.
#[inline(always)]
pub(super) const fn fits(open: usize, record: usize) -> bool {
    open + record <= BLOCK
}

/// The chain over the checksums of complete blocks, with one more.
pub(super) fn link(chain: u32, sum: u32, checksum: Checksum) -> u32 {
    checksum(chain, &sum.to_le_bytes())
}

/// Where in the file a block is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Where it begins.
    pub offset: u64,
    /// Its length in bytes.
    pub len: usize,
}

/// Why bytes are not the block that was looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockFault {
    /// They are more or fewer.
    Length {
        /// What it should be, 0 if no block begins there.
        need: usize,
        /// Bytes there are.
        have: usize,
    },
    /// They are others.
    Checksum {
        /// The checksum of the block as it was told.
        says: u32,
        /// What the bytes give.
        is: u32,
    },
}

impl fmt::Display for BlockFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BlockFault::Length { need, have } => {
                write!(f, "a block of {need} bytes where {have} are")
            }
            BlockFault::Checksum { says, is } => {
                write!(f, "a block with checksum {says:08x}, its bytes give {is:08x}")
            }
        }
    }
}

impl core::error::Error for BlockFault {}

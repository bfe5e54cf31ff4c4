//! Blocks as the file has them.
//!
//! ```text
//! block  := header message*
//! header := magic:u32 checksum:u32 port:u16 0:u16 count:u32
//!           first:u64 previous:u64 length:u32 0:u32
//! ```
//!
//! Integers are in little-endian order. `first` is the number of the first of `count` messages,
//! `previous` the offset of the port's previous block and 1, or 0 if there is none, and `length`
//! that of the block. The checksum is over all that follows it.

use core::fmt;

use bytes::Bytes;
use protocol_spec::words::{PortId, PortNo};

use super::messages::Messages;
use crate::checksum::Checksum;

/// Bytes of a block before its messages.
pub(super) const HEADER: usize = 40;
/// What a block begins with.
const MAGIC: [u8; 4] = *b"OUTB";
/// Where the checksum is, and where what it is over begins.
const CHECKSUM: usize = 4;
const CHECKED: usize = 8;

/// Where a block is in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Where it begins.
    pub offset: u64,
    /// Its length in bytes.
    pub len: usize,
}

/// A complete block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Where in the file it belongs.
    pub offset: u64,
    /// What is to be written there.
    pub bytes: Bytes,
}

/// Why bytes are not the block that was looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockFault {
    /// They do not begin as a block does.
    NoBlock,
    /// The block is longer or shorter than the bytes.
    Length {
        /// What it should be, as far as that can be seen.
        need: usize,
        /// Bytes there are.
        have: usize,
    },
    /// The checksum is not that of the bytes.
    Checksum {
        /// What stands in the block.
        says: u32,
        /// What the bytes give.
        is: u32,
    },
    /// It is a block of this other port.
    Port(PortId),
    /// It has other numbers.
    Number {
        /// The first that it has.
        first: PortNo,
        /// How many it has.
        count: u32,
    },
    /// Its messages are not as many as it says, or do not end where it does.
    Messages,
}

/// What a block says of itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct Header {
    pub(super) port: PortId,
    pub(super) count: u32,
    pub(super) first: PortNo,
    /// The offset of the port's previous block.
    pub(super) previous: Option<u64>,
}

impl Header {
    /// Fills in the header of a block whose messages are there.
    pub(super) fn seal(self, block: &mut [u8], checksum: Checksum) {
        let length =
            u32::try_from(block.len()).expect("a block is shorter than its header can say");
        let previous = self.previous.map_or(0, |offset| offset + 1);
        block[..4].copy_from_slice(&MAGIC);
        block[8..10].copy_from_slice(&self.port.0.to_le_bytes());
        block[12..16].copy_from_slice(&self.count.to_le_bytes());
        block[16..24].copy_from_slice(&self.first.0.to_le_bytes());
        block[24..32].copy_from_slice(&previous.to_le_bytes());
        block[32..36].copy_from_slice(&length.to_le_bytes());
        let sum = checksum(0, &block[CHECKED..]);
        block[CHECKSUM..CHECKED].copy_from_slice(&sum.to_le_bytes());
    }
}

/// The checksum of a block, as it stands there.
pub(super) fn checksum_of(block: &[u8]) -> [u8; 4] {
    at(block, CHECKSUM)
}

fn at<const N: usize>(block: &[u8], offset: usize) -> [u8; N] {
    *block[offset..].first_chunk().expect("a block has a whole header")
}

/// Reads a block of the file back: the messages of `port` from `number` on, to its end.
///
/// # Errors
/// If the bytes are not a whole, undamaged block of this port in which this number is.
pub fn open(
    bytes: &[u8],
    port: PortId,
    number: PortNo,
    checksum: Checksum,
) -> Result<Messages<'_>, BlockFault> {
    let have = bytes.len();
    let Some((_, messages)) = bytes.split_first_chunk::<HEADER>() else {
        return Err(BlockFault::Length { need: HEADER, have });
    };
    if at(bytes, 0) != MAGIC {
        return Err(BlockFault::NoBlock);
    }
    let need = u32::from_le_bytes(at(bytes, 32)) as usize;
    if need != have {
        return Err(BlockFault::Length { need, have });
    }
    let says = u32::from_le_bytes(checksum_of(bytes));
    let is = checksum(0, &bytes[CHECKED..]);
    if says != is {
        return Err(BlockFault::Checksum { says, is });
    }
    let found = PortId(u16::from_le_bytes(at(bytes, 8)));
    if found != port {
        return Err(BlockFault::Port(found));
    }
    let count = u32::from_le_bytes(at(bytes, 12));
    if Messages::count(messages) != Some(count) {
        return Err(BlockFault::Messages);
    }
    let first = PortNo(u64::from_le_bytes(at(bytes, 16)));
    let place = number.0.checked_sub(first.0);
    if place.is_none_or(|place| place >= u64::from(count)) {
        return Err(BlockFault::Number { first, count });
    }
    Ok(Messages::new(first, messages).skip_to(number))
}

impl fmt::Display for BlockFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BlockFault::NoBlock => write!(f, "the bytes do not begin as a block does"),
            BlockFault::Length { need, have } => {
                write!(f, "a block of {need} bytes where {have} are")
            }
            BlockFault::Checksum { says, is } => {
                write!(f, "the block says checksum {says:08x}, its bytes give {is:08x}")
            }
            BlockFault::Port(port) => write!(f, "the block is of port {port}"),
            BlockFault::Number { first, count } => {
                write!(f, "the block has {count} messages from number {first} on")
            }
            BlockFault::Messages => write!(f, "the block's messages do not add up"),
        }
    }
}

impl core::error::Error for BlockFault {}

//! The checksum that a caller brings along: the instruction for it is the machine's.

/// CRC32C of `bytes` after other bytes whose CRC32C is the first argument; 0 to begin with.
pub type Checksum = fn(u32, &[u8]) -> u32;

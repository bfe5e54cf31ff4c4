//! What all segments of a day have in common.

/// Writes are whole blocks, at multiples of it.
pub const BLOCK: usize = 4096;

/// CRC32C of bytes that follow on those of which the first argument is the CRC32C; 0 begins.
pub type Checksum = fn(u32, &[u8]) -> u32;

/// What every segment of a day bears in its header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Marks {
    /// YYYYMMDD and two digits, the day's incarnation.
    pub session: [u8; 10],
    /// The unit of the venue.
    pub unit: u8,
    /// Name of the venue's time zone, padded with spaces.
    pub zone: [u8; 32],
    /// The version of the rule book under which the day is run.
    pub rules_version: u32,
    /// A number that nobody outside can know, drawn when the day begins.
    pub salt: u64,
}

impl Marks {
    /// What the checksums of a segment's batches begin with.
    pub(super) fn seed(&self, segment: u32, checksum: Checksum) -> u32 {
        let seed = checksum(0, &self.session);
        let seed = checksum(seed, &self.salt.to_le_bytes());
        checksum(seed, &segment.to_le_bytes())
    }
}

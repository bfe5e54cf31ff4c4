//! How much of a file there is, and what is in it.

/// How much of a file a state stands on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extent {
    /// Bytes that are in it.
    pub bytes: u64,
    /// A checksum over its blocks.
    pub digest: u32,
}

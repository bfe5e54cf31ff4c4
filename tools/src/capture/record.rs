//! A captured packet, as its file has it.

use std::ops::Range;

use super::item::{CaptureTime, LinkType};

/// One captured packet. Its bytes are `Records::current()[data]`.
#[derive(Debug, Clone)]
pub(super) struct Record {
    pub(super) time: CaptureTime,
    pub(super) link: LinkType,
    pub(super) data: Range<usize>,
    /// Bytes of the packet on the wire that were not captured.
    pub(super) cut: u32,
}

//! Where a journal goes on.

use alloc::vec::Vec;

use protocol_spec::words::{CommandNo, Time};

/// Where a journal goes on, and what was torn off there.
///
/// Before anything is written, the torn bytes have to be made zeros again, durably.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tail {
    /// The segment.
    pub segment: u32,
    /// Where the next batch begins; 0 if it is the first of a segment that is begun with it.
    pub offset: u64,
    /// Bytes from `offset` to the last one that is not 0.
    pub torn: u64,
    /// What the last block has before `offset`.
    pub block: Vec<u8>,
    /// Number of the next batch.
    pub next_batch: u64,
    /// Number of the next command.
    pub next_command: CommandNo,
    /// Checksum of the last batch, 0 if there is none.
    pub previous: u32,
    /// Time of the last command, 0 if there is none.
    pub last_time: Time,
}

impl Tail {
    /// The tail of a journal that has nothing in it.
    pub(super) const fn of_nothing() -> Self {
        Tail {
            segment: 1,
            offset: 0,
            torn: 0,
            block: Vec::new(),
            next_batch: 1,
            next_command: CommandNo(1),
            previous: 0,
            last_time: Time(0),
        }
    }

    /// Whether no batch stands before it: the day was never begun, and is begun anew.
    #[must_use]
    pub fn is_of_nothing(&self) -> bool {
        self.next_batch == 1
    }
}

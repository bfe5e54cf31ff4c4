//! Numbers of transfers.

use crate::transfers::TransferNo;

/// Gives each transfer a number that no other has.
#[derive(Debug, Default)]
pub(super) struct Numbers(u64);

impl Numbers {
    pub(super) fn next(&mut self) -> TransferNo {
        self.0 += 1;
        TransferNo(self.0)
    }
}

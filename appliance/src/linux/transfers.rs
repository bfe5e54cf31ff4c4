//! Reads and writes under way in the kernel, or by calls where it has no ring for this process.

use std::os::fd::BorrowedFd;

use tracing::info;

use super::disk::LinuxFile;
use super::uring::Uring;
use crate::transfers::{Landed, Plain, Transfer, Transfers};

/// The system's transfers.
#[derive(Debug)]
pub enum LinuxTransfers {
    /// In the kernel.
    Ring(Box<Uring>),
    /// By calls that wait.
    Calls(Plain<LinuxFile>),
}

impl LinuxTransfers {
    /// In the kernel if it is willing, else by calls, which is said.
    #[must_use]
    pub fn new() -> Self {
        match Uring::new() {
            Ok(ring) => LinuxTransfers::Ring(Box::new(ring)),
            Err(error) => {
                info!("the kernel has no io_uring for this process ({error}): files go by calls");
                LinuxTransfers::Calls(Plain::new())
            }
        }
    }

    /// What can be read when something has landed that was not over at once.
    #[must_use]
    pub fn bell(&self) -> Option<BorrowedFd<'_>> {
        match self {
            LinuxTransfers::Ring(ring) => Some(ring.bell()),
            LinuxTransfers::Calls(_) => None,
        }
    }
}

impl Default for LinuxTransfers {
    fn default() -> Self {
        LinuxTransfers::new()
    }
}

impl Transfers for LinuxTransfers {
    type File = LinuxFile;

    fn begin(&mut self, file: &mut LinuxFile, transfer: Transfer) {
        match self {
            LinuxTransfers::Ring(ring) => ring.begin(file, transfer),
            LinuxTransfers::Calls(calls) => calls.begin(file, transfer),
        }
    }

    fn poll(&mut self) -> Option<Landed> {
        match self {
            LinuxTransfers::Ring(ring) => ring.poll(),
            LinuxTransfers::Calls(calls) => calls.poll(),
        }
    }

    fn waits(&self) -> bool {
        match self {
            LinuxTransfers::Ring(ring) => ring.waits(),
            LinuxTransfers::Calls(calls) => calls.waits(),
        }
    }
}

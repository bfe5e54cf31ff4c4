//! Reads and writes of files that are under way beside each other.
//!
//! Who begins one goes on at once and is told when it has landed. [`linux`](crate::linux) has them
//! under way in the kernel; [`Plain`] does each by a call that waits, and is what a simulator or a
//! kernel that refuses gets.

use std::collections::VecDeque;
use std::fmt::Debug;
use std::io;
use std::marker::PhantomData;

use crate::world::File;

/// What is to be done with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The bytes are filled from it.
    Read,
    /// The bytes go to it.
    Write,
}

/// The number of a transfer: whoever begins it chooses it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TransferNo(pub u64);

/// A read or a write.
#[derive(Debug)]
pub struct Transfer {
    /// Its number.
    pub no: TransferNo,
    /// Which of both.
    pub way: Way,
    /// Where in the file.
    pub offset: u64,
    /// What is written, or room for all that is to be read.
    pub bytes: Vec<u8>,
}

/// A transfer that is over.
#[derive(Debug)]
pub struct Landed {
    /// Its number.
    pub no: TransferNo,
    /// Its bytes; if it failed nobody knows what a read left there.
    pub bytes: Vec<u8>,
    /// Whether all of it was done. A read beyond the end of the file is an
    /// [`UnexpectedEof`](io::ErrorKind::UnexpectedEof).
    pub outcome: io::Result<()>,
}

/// Transfers under way.
pub trait Transfers: Debug {
    /// The files.
    type File: File;

    /// Begins one. It is over when [`Transfers::poll`] says so, whatever becomes of `file`.
    fn begin(&mut self, file: &mut Self::File, transfer: Transfer);

    /// One that has landed, in any order.
    fn poll(&mut self) -> Option<Landed>;

    /// Whether who begins one waits for it after all: beside other work it begins one at a time.
    fn waits(&self) -> bool;
}

/// Transfers by calls that wait.
#[derive(Debug)]
pub struct Plain<F> {
    landed: VecDeque<Landed>,
    files: PhantomData<F>,
}

impl<F> Plain<F> {
    /// None under way.
    #[must_use]
    pub const fn new() -> Self {
        Plain { landed: VecDeque::new(), files: PhantomData }
    }
}

impl<F> Default for Plain<F> {
    fn default() -> Self {
        Plain::new()
    }
}

impl<F: File> Transfers for Plain<F> {
    type File = F;

    fn begin(&mut self, file: &mut F, transfer: Transfer) {
        let Transfer { no, way, offset, mut bytes } = transfer;
        let outcome = match way {
            Way::Write => file.write_at(offset, &bytes),
            Way::Read => file.read_at(offset, &mut bytes).and_then(|count| {
                let is_short = count < bytes.len();
                if is_short { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
            }),
        };
        self.landed.push_back(Landed { no, bytes, outcome });
    }

    fn poll(&mut self) -> Option<Landed> {
        self.landed.pop_front()
    }

    fn waits(&self) -> bool {
        true
    }
}

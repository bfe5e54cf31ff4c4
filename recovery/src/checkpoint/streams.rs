//! What bytes pass on their way to and from a checkpoint.

use alloc::vec::Vec;

use matcher::stored::{Sink, Source};

use crate::journal::{BLOCK, Checksum};

/// Bytes that are passed on at once.
const PIECE: usize = 32 * BLOCK;

/// Gathers bytes into pieces of whole blocks and sums them up.
pub(super) struct Summed<'a> {
    out: &'a mut dyn Sink,
    checksum: Checksum,
    sum: u32,
    piece: Vec<u8>,
    /// Bytes that were passed on.
    passed: u64,
}

impl<'a> Summed<'a> {
    pub(super) fn new(out: &'a mut dyn Sink, checksum: Checksum) -> Self {
        Summed { out, checksum, sum: 0, piece: Vec::with_capacity(PIECE), passed: 0 }
    }

    /// Bytes that came.
    pub(super) fn length(&self) -> u64 {
        self.passed + self.piece.len() as u64
    }

    /// Passes on what is left, with the sum of everything behind it.
    pub(super) fn finish(mut self) {
        let sum = (self.checksum)(self.sum, &self.piece);
        self.piece.extend_from_slice(&sum.to_le_bytes());
        self.out.put(&self.piece);
    }
}

impl Sink for Summed<'_> {
    fn put(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while self.piece.len() + rest.len() > PIECE {
            let (now, later) = rest.split_at(PIECE - self.piece.len());
            self.piece.extend_from_slice(now);
            self.sum = (self.checksum)(self.sum, &self.piece);
            self.out.put(&self.piece);
            self.passed += PIECE as u64;
            self.piece.clear();
            rest = later;
        }
        self.piece.extend_from_slice(rest);
    }
}

/// Hands bytes to one and to the other.
pub(super) struct Both<'a, A, B>(pub(super) &'a mut A, pub(super) &'a mut B);

impl<A: Sink, B: Sink> Sink for Both<'_, A, B> {
    fn put(&mut self, bytes: &[u8]) {
        self.0.put(bytes);
        self.1.put(bytes);
    }
}

/// A part of a stream: it ends where the part does.
pub(super) struct Counted<'a> {
    pub(super) from: &'a mut dyn Source,
    /// Bytes that are left of it.
    pub(super) left: u64,
}

impl Source for Counted<'_> {
    fn get(&mut self, bytes: &mut [u8]) -> bool {
        let Some(left) = self.left.checked_sub(bytes.len() as u64) else { return false };
        self.left = left;
        self.from.get(bytes)
    }
}

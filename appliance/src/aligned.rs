//! Memory that direct reads and writes of files take.

use recovery::journal::BLOCK;

/// Bytes whose address is a multiple of a block.
#[derive(Debug)]
pub struct Aligned {
    memory: Vec<u8>,
    start: usize,
    len: usize,
}

impl Aligned {
    /// `len` zeros.
    ///
    /// # Panics
    /// Never: some byte of every block has an aligned address.
    #[must_use]
    pub fn zeroed(len: usize) -> Self {
        let memory = vec![0; len + BLOCK];
        let start = memory.as_ptr().align_offset(BLOCK);
        assert!(start < BLOCK, "some byte of a block has an aligned address");
        Aligned { memory, start, len }
    }

    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.memory[self.start..self.start + self.len]
    }

    /// The bytes, to be changed.
    #[must_use]
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.memory[self.start..self.start + self.len]
    }
}

/// Whether a direct read or write may have this place in memory and in the file.
#[must_use]
pub fn is_aligned(offset: u64, bytes: &[u8]) -> bool {
    let block = BLOCK as u64;
    offset.is_multiple_of(block)
        && bytes.len().is_multiple_of(BLOCK)
        && bytes.as_ptr().align_offset(BLOCK) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_aligned_whatever_the_length() {
        for len in [1, BLOCK - 1, BLOCK, 16 * BLOCK] {
            let mut block = Aligned::zeroed(len);
            assert_eq!(block.bytes_mut().len(), len);
            assert_eq!(block.bytes().as_ptr().addr() % BLOCK, 0);
            assert_eq!(is_aligned(0, block.bytes()), len % BLOCK == 0);
        }
        let block = Aligned::zeroed(2 * BLOCK);
        assert!(!is_aligned(512, block.bytes()) && !is_aligned(0, &block.bytes()[512..][..BLOCK]));
    }
}

//! Which numbers came before.

use std::collections::HashMap;

/// Numbers kept together: the venues' numbers are dense, or nearly.
const PAGE: u64 = 4096;

/// A set of numbers that takes a bit for each where they are dense.
#[derive(Clone, Debug, Default)]
pub(super) struct Numbers {
    pages: HashMap<u64, Box<[u64; (PAGE / 64) as usize]>>,
}

impl Numbers {
    /// Adds a number, and says whether it is new.
    pub(super) fn insert(&mut self, number: u64) -> bool {
        let page = self.pages.entry(number / PAGE).or_insert_with(|| Box::new([0; _]));
        let (word, bit) = place(number);
        let is_new = page[word] & bit == 0;
        page[word] |= bit;
        is_new
    }

    /// Whether the number was added.
    pub(super) fn contains(&self, number: u64) -> bool {
        let (word, bit) = place(number);
        self.pages.get(&(number / PAGE)).is_some_and(|page| page[word] & bit != 0)
    }
}

/// The word of its page, and the bit in it.
const fn place(number: u64) -> (usize, u64) {
    ((number % PAGE / 64) as usize, 1 << (number % 64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_is_new_once() {
        let mut numbers = Numbers::default();
        for number in [0, 1, 63, 64, 4095, 4096, 1 << 40, u64::MAX] {
            assert!(!numbers.contains(number) && numbers.insert(number), "{number}");
            assert!(numbers.contains(number) && !numbers.insert(number), "{number}");
        }
        assert!(!numbers.contains(2) && !numbers.contains(4097));
    }
}

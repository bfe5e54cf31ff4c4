//! The machine's own way to ask for memory.

use std::slice;

use matcher::ahead::Fetch;
use prefetch_index::prefetch_index;

/// Asks by the processor's instruction for it; where it has none, does nothing.
#[derive(Clone, Copy, Debug)]
pub struct Hint;

impl Fetch for Hint {
    #[inline(always)]
    fn fetch<T>(&self, at: &T) {
        prefetch_index(slice::from_ref(at), 0);
    }
}

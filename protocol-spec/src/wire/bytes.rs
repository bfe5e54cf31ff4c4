//! Fields out of messages.

/// The `N` bytes at offset `at`, as an array.
#[inline]
pub(crate) fn bytes_at<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    *bytes[at..].first_chunk().expect("the table keeps every field inside its message")
}

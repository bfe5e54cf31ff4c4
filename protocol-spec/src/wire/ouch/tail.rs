//! When a message has an appendage, as the rows of the tables say it.

use crate::wire::layout::{AppendageRule, Tail};

/// A tail that is always there; `len` is the document's length with an empty appendage.
pub(super) const fn always(len: usize, tags: &'static [u8]) -> Tail {
    Tail::Appendage(AppendageRule::Always { len, may_be_missing: false }, tags)
}

/// A tail that one revision does not have.
pub(super) const fn usually(len: usize, tags: &'static [u8]) -> Tail {
    Tail::Appendage(AppendageRule::Always { len, may_be_missing: true }, tags)
}

/// A tail that the sender may leave out.
pub(super) const fn optional(len: usize, tags: &'static [u8]) -> Tail {
    Tail::Appendage(AppendageRule::Optional { len }, tags)
}

/// A tail that only returns the channel of a request.
pub(super) const fn echo(len: usize) -> Tail {
    Tail::Appendage(AppendageRule::Echo { len }, &[28])
}

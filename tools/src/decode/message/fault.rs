//! What is wrong with a message that can be read all the same.

use std::fmt;

use protocol_spec::wire::DecodeError;
use protocol_spec::wire::layout::{Layout, Tail};
use protocol_spec::wire::ouch::{Appendage, AppendageFault, TagSet};

/// What is wrong with a message that can be read all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// One of its fields, or its length.
    Field(DecodeError),
    /// The elements after its fields.
    Appendage(AppendageFault),
}

impl Fault {
    /// What `error` means in a message of this layout: what is wrong with an appendage is told by
    /// the appendage itself, the error of the whole message only has a value and an offset.
    pub(super) fn of(error: DecodeError, layout: &Layout, appendage: Appendage<'_>) -> Self {
        let in_fields = matches!(error, DecodeError::BadCode(bad) if bad.offset < layout.len);
        let Tail::Appendage(_, allowed) = layout.tail else {
            return Fault::Field(error);
        };
        match appendage.read(TagSet::of(allowed)) {
            Err(fault) if !in_fields => Fault::Appendage(fault),
            _ => Fault::Field(error),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Field(error) => error.fmt(f),
            Fault::Appendage(fault) => fault.fmt(f),
        }
    }
}

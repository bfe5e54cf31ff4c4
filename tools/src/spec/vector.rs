//! Example messages: at least one for every message and every tag.

pub mod json;
pub(super) mod shapes;

mod about;
mod build;
mod example;
mod value;

pub use build::all;
pub use value::{Datum, Scalar};

use protocol_spec::wire::layout::{FieldLayout, Layout, Tail};

use super::protocol::Direction;

/// An example message.
#[derive(Clone, Debug)]
pub struct Vector {
    /// Name of the protocol.
    pub protocol: &'static str,
    /// Which way it goes, where that matters.
    pub direction: Option<Direction>,
    /// The message as data.
    pub layout: &'static Layout,
    /// Which of the message's examples it is; empty if it is the only one.
    pub case: String,
    /// The bytes.
    pub bytes: Vec<u8>,
    /// What stands in them, in order of offset, tags and payload aside.
    pub data: Vec<Datum>,
    /// The elements of its appendage: the tag, and what its value is.
    pub tags: Vec<(u8, Datum)>,
}

impl Vector {
    /// The bytes of the layer above: their offset, if the message carries any.
    #[must_use]
    pub fn payload(&self) -> Option<usize> {
        match self.layout.tail {
            Tail::Payload(_) if self.bytes.len() > self.layout.len => Some(self.layout.len),
            _ => None,
        }
    }

    /// Adds what `field` says of the bytes from `base` on.
    fn note(&mut self, field: &FieldLayout, base: usize) {
        let datum = Datum::read(field, &self.bytes, base, self.layout);
        self.data.push(datum);
    }
}

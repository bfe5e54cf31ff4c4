//! The optional appendage: tagged elements after the fields that are always there.
//!
//! ```text
//! appendage := length:u16 element*        length counts the bytes of the elements
//! ```

use super::element::{AppendageFault, Elements, FaultKind, TagSet};
use super::tags::Tags;
use crate::wire::error::{BadCode, DecodeError};
use crate::wire::layout::{AppendageRule, Layout, Tail};

/// What follows after the fixed part of a message, as it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appendage<'a> {
    /// Offset of the appendage in its message.
    offset: usize,
    bytes: &'a [u8],
}

impl<'a> Appendage<'a> {
    /// An appendage without elements: its length alone.
    pub const EMPTY: [u8; 2] = [0, 0];

    /// What follows the fixed part that `layout` describes.
    ///
    /// # Errors
    /// If not even the length field is there though the message always has one: such a message
    /// is shorter than the part that is always there.
    #[inline]
    pub(super) fn after(layout: &Layout, bytes: &'a [u8]) -> Result<Self, DecodeError> {
        if let Tail::Appendage(AppendageRule::Always { len, may_be_missing }, _) = layout.tail {
            let missing = bytes.is_empty() && may_be_missing;
            if bytes.len() < 2 && !missing {
                return Err(DecodeError::Truncated { need: len, have: layout.len + bytes.len() });
            }
        }
        Ok(Appendage { offset: layout.len, bytes })
    }

    /// Whether there is none, not even a length.
    #[must_use]
    pub const fn is_absent(self) -> bool {
        self.bytes.is_empty()
    }

    /// The bytes from the length field to the end of the message.
    #[must_use]
    pub const fn bytes(self) -> &'a [u8] {
        self.bytes
    }

    /// The elements in the order in which they came.
    ///
    /// # Errors
    /// If the length field does not count exactly the bytes that follow it.
    #[inline]
    pub fn elements(self) -> Result<Elements<'a>, AppendageFault> {
        let fault = |kind| AppendageFault { offset: self.offset, tag: 0, kind };
        let have = self.offset + self.bytes.len();
        let Some((&length, rest)) = self.bytes.split_first_chunk() else {
            return match self.bytes {
                [] => Ok(Elements { offset: self.offset, rest: &[] }),
                _ => Err(fault(FaultKind::Short { need: self.offset + 2, have })),
            };
        };
        let need = self.offset + 2 + usize::from(u16::from_be_bytes(length));
        if have < need {
            return Err(fault(FaultKind::Short { need, have }));
        }
        if have > need {
            return Err(fault(FaultKind::Long { extra: have - need }));
        }
        Ok(Elements { offset: self.offset + 2, rest })
    }

    /// Reads the elements, of which `allowed` may occur. Codes are not looked at.
    ///
    /// # Errors
    /// The first fault.
    #[inline]
    pub fn read(self, allowed: TagSet) -> Result<Tags, AppendageFault> {
        let mut tags = Tags::NONE;
        for element in self.elements()? {
            let element = element?;
            tags.set(element)?;
            if !allowed.contains(element.tag) {
                return Err(element.fault(FaultKind::NotForMessage));
            }
        }
        Ok(tags)
    }

    /// Writes the appendage of the message that `layout` describes, and says how long it is: one
    /// that may be missing is left out if it would be empty.
    ///
    /// # Panics
    /// If the message may not have one of the elements, or `out` is too short.
    #[inline]
    pub(super) fn encode(layout: &Layout, tags: &Tags, out: &mut [u8]) -> usize {
        let present = tags.present();
        let (allowed, always) = match layout.tail {
            Tail::Appendage(AppendageRule::Always { .. }, allowed) => (allowed, true),
            Tail::Appendage(_, allowed) => (allowed, false),
            _ => (&[][..], false),
        };
        assert!(present.is_subset(TagSet::of(allowed)), "{}: {tags:?}", layout.title);
        if always || present != TagSet::EMPTY { tags.encode(out) } else { 0 }
    }

    /// Whether the appendage is one that the message may have, codes included.
    pub(super) fn check(self, layout: &Layout) -> Result<(), DecodeError> {
        let Tail::Appendage(_, allowed) = layout.tail else {
            return match self.bytes.len() {
                0 => Ok(()),
                extra => Err(DecodeError::Trailing { extra }),
            };
        };
        let whole = |fault| self.decode_error(fault);
        self.read(TagSet::of(allowed)).map_err(whole)?;
        for element in self.elements().map_err(whole)? {
            let element = element.map_err(whole)?;
            let layout = Tags::layout(element.tag);
            if let Some(bad) = layout.and_then(|layout| layout.field.bad_code(element.value)) {
                let offset = element.offset + 2;
                return Err(DecodeError::BadCode(BadCode::new(offset, bad.value())));
            }
        }
        Ok(())
    }

    /// A fault of this appendage as one of the four things that can be wrong with a message.
    fn decode_error(self, fault: AppendageFault) -> DecodeError {
        let bytes = &self.bytes[fault.offset - self.offset..];
        match fault.kind {
            FaultKind::Short { need, have } => DecodeError::Truncated { need, have },
            FaultKind::Long { extra } => DecodeError::Trailing { extra },
            FaultKind::Overrun | FaultKind::WrongSize => {
                DecodeError::BadCode(BadCode::new(fault.offset, &bytes[..1]))
            }
            FaultKind::Duplicate | FaultKind::UnknownTag | FaultKind::NotForMessage => {
                DecodeError::BadCode(BadCode::new(fault.offset + 1, &bytes[1..2]))
            }
        }
    }
}

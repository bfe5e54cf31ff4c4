//! The optional appendage: tagged elements after the fields that are always there.
//!
//! ```text
//! appendage := length:u16 element*        length counts the bytes of the elements
//! element   := size:u8 tag:u8 value       size counts tag and value
//! ```

use core::fmt;

use super::tags::Tags;
use crate::wire::error::{BadCode, DecodeError};
use crate::wire::layout::{AppendageRule, FieldLayout, Layout, Tail};

/// What follows after the fixed part of a message, as it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appendage<'a> {
    /// Offset of the appendage in its message.
    offset: usize,
    bytes: &'a [u8],
}

/// One element, as it came; its value has a size but not yet a meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Element<'a> {
    /// Offset of the element in its message.
    pub offset: usize,
    /// The tag.
    pub tag: u8,
    /// The value.
    pub value: &'a [u8],
}

/// What is wrong with an appendage, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AppendageFault {
    /// Offset in the message of the bytes that are wrong.
    pub offset: usize,
    /// Tag of the element, 0 where no element is meant.
    pub tag: u8,
    /// What is wrong with it.
    pub kind: FaultKind,
}

/// The ways in which an appendage can be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// It ends inside its own length or before the length it gives is reached.
    Short {
        /// Bytes of the message if it were whole.
        need: usize,
        /// Bytes of the message.
        have: usize,
    },
    /// Bytes follow after the length it gives.
    Long {
        /// How many.
        extra: usize,
    },
    /// The last element says it is longer than what is left, or says it has not even a tag.
    Overrun,
    /// The value has not the size that the tag's values have.
    WrongSize,
    /// The tag came before.
    Duplicate,
    /// No such tag.
    UnknownTag,
    /// The tag does not belong to this message.
    NotForMessage,
}

/// A tag as data.
#[derive(Debug)]
pub struct TagLayout {
    /// The tag.
    pub tag: u8,
    /// The value; its offset is 0.
    pub field: FieldLayout,
}

/// A set of tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TagSet(u64);

impl TagSet {
    /// No tag.
    pub const EMPTY: TagSet = TagSet(0);
    /// Every tag.
    pub const ALL: TagSet = TagSet(u64::MAX);

    /// The tags in `tags`.
    #[must_use]
    pub const fn of(tags: &[u8]) -> TagSet {
        let (mut set, mut i) = (TagSet::EMPTY, 0);
        while i < tags.len() {
            set = set.with(tags[i]);
            i += 1;
        }
        set
    }

    /// The tags of this set and `tag`.
    ///
    /// # Panics
    /// If the tag is above 63; the document's end at 30.
    #[must_use]
    pub const fn with(self, tag: u8) -> TagSet {
        assert!(tag < 64);
        TagSet(self.0 | 1 << tag)
    }

    /// Whether `tag` is in the set.
    #[must_use]
    pub const fn contains(self, tag: u8) -> bool {
        tag < 64 && self.0 >> tag & 1 == 1
    }
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

    /// Whether the appendage is one that the message may have, codes included.
    pub(super) fn check(self, layout: &Layout) -> Result<(), DecodeError> {
        let Tail::Appendage(_, allowed) = layout.tail else {
            return match self.bytes.len() {
                0 => Ok(()),
                extra => Err(DecodeError::Trailing { extra }),
            };
        };
        self.read(TagSet::of(allowed)).map_err(|fault| fault.as_decode_error(self))?;
        for element in self.elements().map_err(|fault| fault.as_decode_error(self))? {
            let element = element.map_err(|fault| fault.as_decode_error(self))?;
            let layout = Tags::LAYOUTS.iter().find(|layout| layout.tag == element.tag);
            if let Some(bad) = layout.and_then(|layout| layout.field.bad_code(element.value)) {
                let offset = element.offset + 2;
                return Err(DecodeError::BadCode(BadCode::new(offset, bad.value())));
            }
        }
        Ok(())
    }
}

/// The elements of an appendage, in the order in which they came.
#[derive(Clone, Debug)]
pub struct Elements<'a> {
    offset: usize,
    rest: &'a [u8],
}

impl<'a> Iterator for Elements<'a> {
    type Item = Result<Element<'a>, AppendageFault>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let (&size, rest) = self.rest.split_first()?;
        let size = usize::from(size);
        let offset = self.offset;
        let Some(([tag, value @ ..], rest)) = rest.split_at_checked(size) else {
            self.rest = &[];
            return Some(Err(AppendageFault { offset, tag: 0, kind: FaultKind::Overrun }));
        };
        self.rest = rest;
        self.offset += 1 + size;
        Some(Ok(Element { offset, tag: *tag, value }))
    }
}

impl<'a> Element<'a> {
    /// The element with this fault.
    pub(super) fn fault(&self, kind: FaultKind) -> AppendageFault {
        AppendageFault { offset: self.offset, tag: self.tag, kind }
    }

    /// The tag as data, if there is such a tag.
    #[must_use]
    pub fn layout(&self) -> Option<&'static TagLayout> {
        Tags::LAYOUTS.iter().find(|layout| layout.tag == self.tag)
    }
}

impl AppendageFault {
    /// The fault as one of the four things that can be wrong with a message.
    fn as_decode_error(self, appendage: Appendage<'_>) -> DecodeError {
        let at = self.offset - appendage.offset;
        let bytes = &appendage.bytes[at..];
        match self.kind {
            FaultKind::Short { need, have } => DecodeError::Truncated { need, have },
            FaultKind::Long { extra } => DecodeError::Trailing { extra },
            FaultKind::Overrun | FaultKind::WrongSize => {
                DecodeError::BadCode(BadCode::new(self.offset, &bytes[..1]))
            }
            FaultKind::Duplicate | FaultKind::UnknownTag | FaultKind::NotForMessage => {
                DecodeError::BadCode(BadCode::new(self.offset + 1, &bytes[1..2]))
            }
        }
    }
}

impl Tags {
    /// Most bytes that an appendage can take: every element once, and its length.
    pub const MAX_LEN: usize = {
        let (mut len, mut i) = (2, 0);
        while i < Tags::LAYOUTS.len() {
            len += 2 + Tags::LAYOUTS[i].field.len;
            i += 1;
        }
        len
    };

    /// Writes an appendage with these elements, ascending by tag, and says how long it is.
    ///
    /// # Panics
    /// If `out` is too short; [`Tags::MAX_LEN`] bytes always suffice.
    #[inline]
    pub fn encode(&self, out: &mut [u8]) -> usize {
        let (length, elements) = out.split_first_chunk_mut().expect("room for the length");
        let room = elements.len();
        let used = room - self.put(elements).len();
        let count = u16::try_from(used).expect("all elements together are shorter");
        *length = count.to_be_bytes();
        2 + used
    }
}

/// Writes one element and returns the room that is left.
#[inline]
pub(super) fn put_element<'a>(out: &'a mut [u8], tag: u8, value: &[u8]) -> &'a mut [u8] {
    let (element, rest) = out.split_at_mut(2 + value.len());
    element[0] = 1 + value.len() as u8;
    element[1] = tag;
    element[2..].copy_from_slice(value);
    rest
}

impl fmt::Display for AppendageFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (tag, offset) = (self.tag, self.offset);
        match self.kind {
            FaultKind::Short { need, have } => {
                write!(f, "the appendage needs {need} bytes of message, there are {have}")
            }
            FaultKind::Long { extra } => write!(f, "{extra} bytes follow the appendage"),
            FaultKind::Overrun => write!(f, "the element at offset {offset} overruns its end"),
            FaultKind::WrongSize => write!(f, "tag {tag} at offset {offset} has a wrong size"),
            FaultKind::Duplicate => write!(f, "tag {tag} comes again at offset {offset}"),
            FaultKind::UnknownTag => write!(f, "unknown tag {tag} at offset {offset}"),
            FaultKind::NotForMessage => {
                write!(f, "tag {tag} at offset {offset} is not for this message")
            }
        }
    }
}

impl core::error::Error for AppendageFault {}

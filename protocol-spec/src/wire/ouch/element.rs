//! The elements of an appendage, as they come.
//!
//! ```text
//! element := size:u8 tag:u8 value       size counts tag and value
//! ```

use core::fmt;

use crate::wire::layout::FieldLayout;

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

    /// Whether every tag of this set is in `other`.
    #[must_use]
    pub const fn is_subset(self, other: TagSet) -> bool {
        self.0 & !other.0 == 0
    }

    /// Whether `tag` is in the set.
    #[must_use]
    pub const fn contains(self, tag: u8) -> bool {
        tag < 64 && self.0 >> tag & 1 == 1
    }
}

/// The elements of an appendage, in the order in which they came.
#[derive(Clone, Debug)]
pub struct Elements<'a> {
    /// Offset in the message of what is left.
    pub(super) offset: usize,
    pub(super) rest: &'a [u8],
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

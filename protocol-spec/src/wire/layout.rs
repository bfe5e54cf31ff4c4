//! The tables as data: what the documents, the dissector, the vectors and the decoder read.

use core::fmt;

use super::bytes::bytes_at;
use super::error::BadCode;
use super::text::{parse_digits, trim};
use crate::words::{Level, OrderPrice, Price, Seconds, SignedPrice, Timestamp};

/// A message: its name, its bytes and what may follow them.
#[derive(Debug)]
pub struct Layout {
    /// Name in code.
    pub name: &'static str,
    /// Name in the vendor's document.
    pub title: &'static str,
    /// What the message says, in one line.
    pub meaning: &'static str,
    /// The type byte and its offset, where the message has one.
    pub kind: Option<Kind>,
    /// Bytes up to the end of the last field that is always there.
    pub len: usize,
    /// The fields, in order of offset; the type byte is not among them.
    pub fields: &'static [FieldLayout],
    /// What follows after `len` bytes.
    pub tail: Tail,
}

/// The byte that tells messages of a protocol apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    /// Its value.
    pub byte: u8,
    /// Its offset.
    pub offset: usize,
}

impl Kind {
    /// Writes the type byte, and before it, where it is not the first byte, the length of the
    /// packet as SoupBinTCP counts it: without the two bytes of the length.
    #[inline]
    pub(crate) fn put(self, bytes: &mut [u8]) {
        if self.offset == 2 {
            let length = (bytes.len() - 2) as u16;
            bytes[..2].copy_from_slice(&length.to_be_bytes());
        }
        bytes[self.offset] = self.byte;
    }
}

/// A field of a message.
#[derive(Debug)]
pub struct FieldLayout {
    /// Name in code.
    pub name: &'static str,
    /// Name in the vendor's document.
    pub title: &'static str,
    /// What the field says, in one line.
    pub meaning: &'static str,
    /// First byte, counted from the start of the message.
    pub offset: usize,
    /// Bytes.
    pub len: usize,
    /// Name in code of the value's type.
    pub type_name: &'static str,
    /// How the value is to be shown.
    pub shape: Shape,
    /// All codes of the field's type.
    pub all_codes: &'static [Code],
    /// Those of them that are not allowed in this field.
    pub except: &'static [&'static [u8]],
    /// Whether values outside the list are allowed.
    pub open: bool,
}

/// A value with a meaning of its own.
#[derive(Debug)]
pub struct Code {
    /// The bytes as they stand in the message.
    pub bytes: &'static [u8],
    /// Name in code.
    pub name: &'static str,
    /// What it says.
    pub meaning: &'static str,
}

/// How a value is to be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A number.
    Unsigned,
    /// A price with four implied decimals.
    Price,
    /// A price with four implied decimals, or "market".
    OrderPrice,
    /// A signed offset with four implied decimals.
    SignedPrice,
    /// An index level with eight implied decimals.
    Level,
    /// Nanoseconds since midnight.
    Time,
    /// Seconds since midnight.
    Seconds,
    /// Text padded with spaces.
    Text,
    /// A number in ASCII digits.
    Digits,
    /// Characters from a list.
    Code,
    /// A number from a list.
    NumericCode,
}

/// What may follow the fields that are always there.
#[derive(Clone, Copy, Debug)]
pub enum Tail {
    /// Nothing.
    None,
    /// Bytes of the layer above.
    Payload(&'static str),
    /// Further fields, all or none of them.
    Optional(&'static [FieldLayout]),
    /// An OUCH appendage.
    Appendage(AppendageRule, &'static [u8]),
}

/// When an OUCH message has an appendage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppendageRule {
    /// Always, if only its length field.
    Always {
        /// Bytes of the message with an empty appendage.
        len: usize,
        /// Whether an older revision left it out, so that readers must do without.
        may_be_missing: bool,
    },
    /// With tags, with its length field alone, or not at all.
    Optional {
        /// Bytes of the message with an empty appendage.
        len: usize,
    },
    /// Only to return the channel of the request, if that was not 0.
    Echo {
        /// Bytes of the message with the length field of the appendage.
        len: usize,
    },
}

impl AppendageRule {
    /// Bytes of the message with an empty appendage.
    #[must_use]
    pub const fn len_with_appendage(self) -> usize {
        match self {
            AppendageRule::Always { len, .. }
            | AppendageRule::Optional { len }
            | AppendageRule::Echo { len } => len,
        }
    }
}

/// A value found in a message, ready to be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// A number.
    Unsigned(u64),
    /// A price.
    Price(Price),
    /// A price or "market".
    OrderPrice(OrderPrice),
    /// An offset from a price.
    SignedPrice(SignedPrice),
    /// An index level.
    Level(Level),
    /// A time of day.
    Time(Timestamp),
    /// A time of day in seconds.
    Seconds(Seconds),
    /// Text or digits, as they stand in the message.
    Text(&'a [u8]),
    /// A code of characters, and its meaning if it has one.
    Code(&'a [u8], Option<&'static str>),
    /// A numeric code, and its meaning if it has one.
    NumericCode(u16, Option<&'static str>),
}

impl Layout {
    /// Every value of `message` that is not allowed in its field, in order of offset.
    ///
    /// # Panics
    /// If `message` is shorter than the layout.
    pub fn bad_codes<'a>(&self, message: &'a [u8]) -> impl Iterator<Item = BadCode> + use<'a> {
        self.fields.iter().filter_map(|field| field.bad_code(message))
    }

    /// Whether the fields lie without gap or overlap behind the type byte and end at `len`.
    pub(crate) const fn is_seamless(&self, first: usize) -> bool {
        let (mut at, mut i) = (first, 0);
        while i < self.fields.len() {
            if self.fields[i].offset != at {
                return false;
            }
            at += self.fields[i].len;
            i += 1;
        }
        let appendage_fits = match self.tail {
            Tail::Appendage(rule, _) => rule.len_with_appendage() == self.len + 2,
            _ => true,
        };
        at == self.len && appendage_fits
    }
}

impl FieldLayout {
    /// The codes that are allowed in this field.
    pub fn codes(&self) -> impl Iterator<Item = &'static Code> + use<> {
        let except = self.except;
        self.all_codes.iter().filter(move |code| !except.contains(&code.bytes))
    }

    /// The bytes of the field.
    ///
    /// # Panics
    /// If `message` ends before the field does.
    #[must_use]
    pub fn bytes<'a>(&self, message: &'a [u8]) -> &'a [u8] {
        &message[self.offset..self.offset + self.len]
    }

    /// The value of the field.
    ///
    /// # Panics
    /// If `message` ends before the field does.
    #[must_use]
    pub fn value<'a>(&self, message: &'a [u8]) -> Value<'a> {
        let bytes = self.bytes(message);
        let meaning = || self.codes().find(|code| code.bytes == bytes).map(|code| code.meaning);
        let unsigned = || bytes.iter().fold(0, |sum, &byte| sum << 8 | u64::from(byte));
        match self.shape {
            Shape::Unsigned => Value::Unsigned(unsigned()),
            Shape::Price => Value::Price(Price(u32::from_be_bytes(bytes_at(bytes, 0)))),
            Shape::OrderPrice => Value::OrderPrice(OrderPrice(unsigned())),
            Shape::SignedPrice => {
                Value::SignedPrice(SignedPrice(i32::from_be_bytes(bytes_at(bytes, 0))))
            }
            Shape::Level => Value::Level(Level(unsigned())),
            Shape::Time => Value::Time(Timestamp(unsigned())),
            Shape::Seconds => Value::Seconds(Seconds(u32::from_be_bytes(bytes_at(bytes, 0)))),
            Shape::Text | Shape::Digits => Value::Text(bytes),
            Shape::Code => Value::Code(bytes, meaning()),
            Shape::NumericCode => {
                Value::NumericCode(u16::from_be_bytes(bytes_at(bytes, 0)), meaning())
            }
        }
    }

    /// The field's value if it is not allowed there.
    ///
    /// # Panics
    /// If `message` ends before the field does.
    #[must_use]
    pub fn bad_code(&self, message: &[u8]) -> Option<BadCode> {
        let bytes = self.bytes(message);
        let allowed = match self.shape {
            Shape::Code | Shape::NumericCode => {
                self.open || self.codes().any(|code| code.bytes == bytes)
            }
            Shape::Digits => parse_digits(bytes).is_ok(),
            _ => true,
        };
        (!allowed).then(|| BadCode::new(self.offset, bytes))
    }
}

impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Unsigned(number) => number.fmt(f),
            Value::Price(price) => price.fmt(f),
            Value::OrderPrice(price) => price.fmt(f),
            Value::SignedPrice(offset) => offset.fmt(f),
            Value::Level(level) => level.fmt(f),
            Value::Time(time) => time.fmt(f),
            Value::Seconds(time) => time.fmt(f),
            Value::Text(bytes) => trim(bytes).escape_ascii().fmt(f),
            Value::Code(bytes, _) => bytes.escape_ascii().fmt(f),
            Value::NumericCode(number, _) => write!(f, "0x{number:04X}"),
        }
    }
}

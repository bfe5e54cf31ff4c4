//! Messages made from their layouts, and vectors changed at random.

use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::sample::{Index, select, subsequence};
use proptest::strategy::BoxedStrategy;

use protocol_spec::wire::layout::{AppendageRule, FieldLayout, Layout, Shape, Tail};
use protocol_spec::wire::ouch::{TagLayout, Tags};

use crate::protocols::with_elements;

/// The tag of this number.
///
/// # Panics
/// If there is none.
#[must_use]
pub fn tag_layout(tag: u8) -> &'static TagLayout {
    Tags::LAYOUTS
        .iter()
        .find(|layout| layout.tag == tag)
        .expect("messages list only tags that there are")
}

/// The part of a message that is always there, any bytes in every field.
pub fn any_fixed(layout: &'static Layout) -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), layout.len).prop_map(|bytes| sealed(layout, bytes))
}

/// The part of a message that is always there, every field as the document has it.
pub fn right_fixed(layout: &'static Layout) -> impl Strategy<Value = Vec<u8>> {
    let fields: Vec<_> = layout.fields.iter().map(right_value).collect();
    fields.prop_map(|values| {
        let mut bytes = vec![0; layout.len];
        for (field, value) in layout.fields.iter().zip(values) {
            bytes[field.offset..field.offset + field.len].copy_from_slice(&value);
        }
        sealed(layout, bytes)
    })
}

/// A whole message, with whatever may follow its fixed part.
pub fn right_message(layout: &'static Layout) -> impl Strategy<Value = Vec<u8>> {
    (right_fixed(layout), right_tail(layout)).prop_map(|(fixed, tail)| {
        let whole = [fixed, tail].concat();
        sealed(layout, whole)
    })
}

/// Puts in the type byte and, where a packet has one, the length field.
///
/// # Panics
/// If the packet is longer than its length field can tell.
#[must_use]
pub fn sealed(layout: &Layout, mut bytes: Vec<u8>) -> Vec<u8> {
    if let Some(kind) = layout.kind {
        if kind.offset == 2 {
            let length = u16::try_from(bytes.len() - 2).expect("a short packet");
            bytes[..2].copy_from_slice(&length.to_be_bytes());
        }
        bytes[kind.offset] = kind.byte;
    }
    bytes
}

/// A value that the field may hold.
pub fn right_value(field: &'static FieldLayout) -> BoxedStrategy<Vec<u8>> {
    match field.shape {
        Shape::Code | Shape::NumericCode if !field.open => {
            let codes: Vec<Vec<u8>> = field.codes().map(|code| code.bytes.to_vec()).collect();
            select(codes).boxed()
        }
        Shape::Digits => digits(field.len).boxed(),
        _ => vec(any::<u8>(), field.len).boxed(),
    }
}

/// A value that the field must not hold, for fields that have any such value.
pub fn wrong_value(field: &'static FieldLayout) -> BoxedStrategy<Vec<u8>> {
    match field.shape {
        Shape::Digits => wrong_digits(field.len),
        _ => {
            let anything = vec(any::<u8>(), field.len);
            // Codes that the type has but this field has not are the likeliest to slip through.
            let excepted: Vec<Vec<u8>> = field.except.iter().map(|code| code.to_vec()).collect();
            let any_wrong = anything.prop_filter("a code of the field", |value| {
                !field.codes().any(|code| code.bytes == value)
            });
            match excepted.is_empty() {
                true => any_wrong.boxed(),
                false => prop_oneof![any_wrong, select(excepted)].boxed(),
            }
        }
    }
}

/// Whether some value of the field's length is not allowed in it.
#[must_use]
pub fn has_wrong_values(field: &FieldLayout) -> bool {
    match field.shape {
        Shape::Code | Shape::NumericCode => !field.open,
        Shape::Digits => true,
        _ => false,
    }
}

/// A number in ASCII digits, padded in one of the ways that occur.
fn digits(len: usize) -> impl Strategy<Value = Vec<u8>> {
    let most = 10u64.checked_pow(len as u32).map_or(u64::MAX, |power| power - 1);
    // One number in a row of widths: even odds over 64 bits would leave no room for padding.
    // None is 0, which not every protocol takes for a number.
    let number =
        (any::<u64>(), 0..64u32).prop_map(move |(raw, shift)| (raw >> shift).clamp(1, most));
    (number, 0..3u8).prop_map(move |(number, padding)| {
        match padding {
            0 => format!("{number:>len$}"),
            1 => format!("{number:<len$}"),
            _ => format!("{number:0>len$}"),
        }
        .into_bytes()
    })
}

/// Bytes that are neither blank nor a number of 64 bits.
fn wrong_digits(len: usize) -> BoxedStrategy<Vec<u8>> {
    let spoilt = (digits(len), any::<Index>(), select(b"x-+.\0".as_slice()));
    let spoilt = spoilt.prop_map(|(mut text, at, byte)| {
        let at = at.index(text.len());
        text[at] = byte;
        text
    });
    let (most, fits) = (10u128.pow(len as u32) - 1, u128::from(u64::MAX));
    if most <= fits {
        return spoilt.boxed();
    }
    let too_large = (fits + 1..=most).prop_map(|number| number.to_string().into_bytes());
    prop_oneof![spoilt, too_large].boxed()
}

/// What may follow the fixed part.
fn right_tail(layout: &'static Layout) -> BoxedStrategy<Vec<u8>> {
    match layout.tail {
        Tail::None => Just(Vec::new()).boxed(),
        Tail::Payload(_) => vec(any::<u8>(), 0..64).boxed(),
        Tail::Optional(fields) => {
            let present: Vec<_> = fields.iter().map(right_value).collect();
            prop_oneof![Just(Vec::new()), present.prop_map(|values| values.concat())].boxed()
        }
        Tail::Appendage(rule, tags) => {
            let present = elements(tags).prop_map(|elements| with_elements(&[], &elements));
            match rule {
                AppendageRule::Always { may_be_missing: false, .. } => present.boxed(),
                _ => prop_oneof![1 => Just(Vec::new()), 3 => present].boxed(),
            }
        }
    }
}

/// Some of these tags, each once and in any order, with values that they may hold.
pub fn elements(tags: &[u8]) -> impl Strategy<Value = Vec<(u8, Vec<u8>)>> + use<> {
    subsequence(tags.to_vec(), 0..=tags.len()).prop_shuffle().prop_flat_map(|tags| {
        let elements = tags.into_iter().map(|tag| {
            let value = right_value(&tag_layout(tag).field);
            value.prop_map(move |value| (tag, value))
        });
        elements.collect::<Vec<_>>()
    })
}

/// One way to damage bytes.
#[derive(Clone, Debug)]
pub enum Damage {
    /// Another byte in a place.
    Set(Index, u8),
    /// One bit the other way.
    Flip(Index, u8),
    /// A byte more.
    Insert(Index, u8),
    /// A byte less.
    Remove(Index),
    /// Nothing from a place on.
    Cut(Index),
    /// The end of the bytes once more.
    Repeat(Index),
}

impl Damage {
    /// Does it.
    pub fn apply(&self, bytes: &mut Vec<u8>) {
        if bytes.is_empty() {
            return;
        }
        let len = bytes.len();
        match self {
            Damage::Set(at, value) => bytes[at.index(len)] = *value,
            Damage::Flip(at, bit) => bytes[at.index(len)] ^= 1 << (bit % 8),
            Damage::Insert(at, value) => bytes.insert(at.index(len + 1), *value),
            Damage::Remove(at) => {
                bytes.remove(at.index(len));
            }
            Damage::Cut(at) => bytes.truncate(at.index(len)),
            Damage::Repeat(at) => bytes.extend_from_within(at.index(len)..),
        }
    }
}

/// One of `originals`, unharmed or a little damaged.
pub fn damaged(originals: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let byte = || prop_oneof![any::<u8>(), select(b"\x00\x01\xFF BSNY".as_slice())];
    let at = any::<Index>;
    let damage = prop_oneof![
        4 => (at(), byte()).prop_map(|(at, value)| Damage::Set(at, value)),
        4 => (at(), any::<u8>()).prop_map(|(at, bit)| Damage::Flip(at, bit)),
        1 => (at(), byte()).prop_map(|(at, value)| Damage::Insert(at, value)),
        1 => at().prop_map(Damage::Remove),
        1 => at().prop_map(Damage::Cut),
        1 => at().prop_map(Damage::Repeat),
    ];
    (select(originals), vec(damage, 0..4)).prop_map(|(mut bytes, damages)| {
        for damage in &damages {
            damage.apply(&mut bytes);
        }
        bytes
    })
}

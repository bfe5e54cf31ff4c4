//! The macros that turn the rows of a protocol's table into code and data.
//!
//! A row of [`messages!`] is one message, a line in it one field:
//!
//! ```text
//! AddOrder = b'A', 36, "Add Order", "An order enters the book." {
//!     19 1 side: BuySell, "Buy/Sell Indicator", "Side of the order";
//!     ^^ ^ offset and length in the vendor's document, asserted at compile time
//! };
//! ```
//!
//! The fields in `header` come first in every message; `type at` says where the type byte is.
//! Behind a field, `except b"Z"` takes codes off its list; behind a row, `+ tail` says what may
//! follow.
//!
//! From it come
//! - `AddOrder`: the message as values, with `LEN`, `BLANK`, `LAYOUT`, `decode` and `encode`;
//! - `view::AddOrder`: the message as bytes, with a getter for each field, nothing copied;
//! - a variant of the protocol's enum, which finds the message by its type byte.
//!
//! [`codes!`] declares the values of a field that have a meaning each, [`tags!`] the elements of
//! OUCH's appendage. Fields hold any bytes: what a value means is asked apart from reading it.

/// Declares types for values from a list. `Code` are characters, `NumericCode` numbers;
/// `OpenCode` are characters from a list that the vendor extends without notice.
macro_rules! codes {
    ($(
        $(#[$meta:meta])*
        $name:ident[$n:literal] $shape:ident {
            $($code:ident $bytes:literal $meaning:literal;)+
        }
    )+) => { $(
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash)]
        pub struct $name(pub [u8; $n]);

        impl $name {
            $(
                #[doc = $meaning]
                pub const $code: Self = Self(*$bytes);
            )+

            /// What the code says, if it says anything.
            #[must_use]
            pub const fn meaning(self) -> Option<&'static str> {
                match &self.0 {
                    $($bytes => Some($meaning),)+
                    _ => None,
                }
            }
        }

        impl Field<$n> for $name {
            const SHAPE: Shape = codes!(@shape $shape);
            const OPEN: bool = codes!(@open $shape);
            const CODES: &'static [Code] = &[$(
                Code { bytes: $bytes, name: stringify!($code), meaning: $meaning },
            )+];
            const BLANK: Self = $name([b' '; $n]);

            #[inline]
            fn get(bytes: [u8; $n]) -> Self {
                $name(bytes)
            }

            #[inline]
            fn put(self) -> [u8; $n] {
                self.0
            }

            #[inline]
            fn is_known(self) -> bool {
                const SINGLES: Singles = Singles::of(<$name as Field<$n>>::CODES);
                match self.0.as_slice() {
                    _ if Self::OPEN => true,
                    [byte] => SINGLES.contains(*byte),
                    _ => matches!(&self.0, $($bytes)|+),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.escape_ascii().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "\"{self}\" ({})", self.meaning().unwrap_or("unknown"))
            }
        }
    )+ };
    (@shape NumericCode) => { Shape::NumericCode };
    (@shape $other:ident) => { Shape::Code };
    (@open OpenCode) => { true };
    (@open $other:ident) => { false };
}

/// The layout of one field.
macro_rules! field {
    ($off:literal $n:literal $field:ident: $ty:ty, $title:literal, $meaning:literal
        $(except $($except:literal)+)?) => {
        FieldLayout {
            name: stringify!($field),
            title: $title,
            meaning: $meaning,
            offset: $off,
            len: $n,
            type_name: stringify!($ty),
            shape: <$ty as Field<$n>>::SHAPE,
            all_codes: <$ty as Field<$n>>::CODES,
            except: &[$($($except),+)?],
            open: <$ty as Field<$n>>::OPEN,
        }
    };
}

/// One message: `@values` is the struct, `@view` the bytes with getters.
macro_rules! record {
    (@values $name:ident, $first:expr, $kind:expr, $len:literal, $title:literal, $meaning:literal,
        $tail:expr, { $($header:tt)* } { $($rows:tt)* }) => {
        record!(@values $name, $first, $kind, $len, $title, $meaning, $tail,
            { $($header)* $($rows)* });
    };
    (@values $name:ident, $first:expr, $kind:expr, $len:literal, $title:literal, $meaning:literal,
        $tail:expr, { $(
            $off:literal $n:literal $field:ident: $ty:ty, $ftitle:literal, $fmeaning:literal
                $(except $($except:literal)+)?;
        )* }) => {
        #[doc = $meaning]
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $name {
            $(
                #[doc = $fmeaning]
                pub $field: $ty,
            )*
        }

        impl $name {
            /// Bytes of the message without what may follow: payload, or appendage and its length.
            pub const LEN: usize = $len;

            /// Zero in every number, spaces in every text and code.
            pub const BLANK: Self = $name { $($field: <$ty as Field<$n>>::BLANK,)* };

            /// The message as data.
            pub const LAYOUT: Layout = Layout {
                name: stringify!($name),
                title: $title,
                meaning: $meaning,
                kind: $kind,
                len: $len,
                fields: &[$(
                    field!($off $n $field: $ty, $ftitle, $fmeaning $(except $($except)+)?),
                )*],
                tail: $tail,
            };

            /// Reads every field; the type byte is not looked at.
            #[inline]
            #[must_use]
            #[allow(unused_variables, reason = "a message may have no fields")]
            pub fn decode(bytes: &[u8; $len]) -> Self {
                $name { $($field: <$ty as Field<$n>>::read(bytes, $off),)* }
            }

            /// Writes the message, without what may follow it.
            ///
            /// # Panics
            /// If a timestamp does not fit its bytes.
            #[inline]
            pub fn encode(&self, bytes: &mut [u8; $len]) {
                if let Some(kind) = $kind {
                    Kind::put(kind, bytes);
                }
                $(
                    bytes[$off..$off + $n]
                        .copy_from_slice(&<$ty as Field<$n>>::put(self.$field));
                )*
            }

            /// The message as bytes, without what may follow it.
            #[inline]
            #[must_use]
            pub fn to_bytes(&self) -> [u8; $len] {
                let mut bytes = [0; $len];
                self.encode(&mut bytes);
                bytes
            }
        }

        const _: () = assert!($name::LAYOUT.is_seamless($first));
    };

    (@view $name:ident, $len:literal, $meaning:literal, { $($header:tt)* } { $($rows:tt)* }) => {
        record!(@view $name, $len, $meaning, { $($header)* $($rows)* });
    };
    (@view $name:ident, $len:literal, $meaning:literal, { $(
        $off:literal $n:literal $field:ident: $ty:ty, $ftitle:literal, $fmeaning:literal
            $(except $($except:literal)+)?;
    )* }) => {
        #[doc = $meaning]
        #[derive(Clone, Copy, PartialEq, Eq)]
        pub struct $name<'a>(pub &'a [u8; $len]);

        impl $name<'_> {
            $(
                #[doc = $fmeaning]
                #[inline]
                #[must_use]
                pub fn $field(self) -> $ty {
                    <$ty as Field<$n>>::read(self.0, $off)
                }
            )*

            /// Every field, as values.
            #[inline]
            #[must_use]
            pub fn values(self) -> super::$name {
                super::$name::decode(self.0)
            }

            /// The first value that is not allowed in its field.
            #[inline]
            #[must_use]
            pub fn bad_code(self) -> Option<BadCode> {
                $(
                    if !<$ty as Field<$n>>::is_known(self.$field())
                        $(|| matches!(&self.0[$off..$off + $n], $($except)|+))?
                    {
                        return Some(BadCode::new($off, &self.0[$off..$off + $n]));
                    }
                )*
                None
            }
        }

        impl core::fmt::Debug for $name<'_> {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                self.values().fmt(f)
            }
        }
    };
}

/// All messages of a protocol and direction, and the enum that finds one by its type byte.
///
/// A message is all there is (`exact`), has an appendage (`appended`), or carries what the layer
/// above is to read (`carrier`).
macro_rules! messages {
    (
        $(#[$meta:meta])*
        enum $enum:ident;
        type at $at:literal;
        $mode:ident;
        header $header:tt
        $(
            $name:ident = $kind:literal, $len:literal, $title:literal, $meaning:literal
                $rows:tt $(+ $tail:expr)?;
        )+
    ) => {
        $(
            record!(@values $name, $at + 1, Some(Kind { byte: $kind, offset: $at }), $len,
                $title, $meaning, messages!(@tail $($tail)?), $header $rows);
        )+

        /// The messages as bytes with a getter for each field.
        pub mod view {
            #[allow(unused_imports, reason = "the tables share one list of imports")]
            use super::*;

            $(record!(@view $name, $len, $meaning, $header $rows);)+
        }

        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $enum<'a> {
            $(
                #[doc = $meaning]
                $name(view::$name<'a>),
            )+
        }

        messages!(@$mode $enum $at $($name $kind $len)+);

        impl<'a> $enum<'a> {
            /// Every message as data, in the order of the document.
            pub const LAYOUTS: &'static [&'static Layout] = &[$(&$name::LAYOUT),+];

            /// Finds the message at the start of `bytes`, and what follows its last field.
            ///
            /// # Errors
            /// If the type is unknown or the bytes end before the message does. Codes are not
            /// looked at.
            #[inline]
            pub fn split(bytes: &'a [u8]) -> Result<(Self, &'a [u8]), DecodeError> {
                let Some(&kind) = bytes.get($at) else {
                    return Err(DecodeError::Truncated { need: $at + 1, have: bytes.len() });
                };
                match kind {
                    $(
                        $kind => match bytes.split_first_chunk() {
                            Some((fixed, rest)) => Ok((Self::$name(view::$name(fixed)), rest)),
                            None => {
                                Err(DecodeError::Truncated { need: $len, have: bytes.len() })
                            }
                        },
                    )+
                    unknown => Err(DecodeError::UnknownType(unknown)),
                }
            }

            /// The message as data.
            #[must_use]
            pub const fn layout(self) -> &'static Layout {
                match self {
                    $(Self::$name(_) => &$name::LAYOUT,)+
                }
            }

            /// The bytes from the type to the last field that is always there.
            #[inline]
            #[must_use]
            pub const fn bytes(self) -> &'a [u8] {
                match self {
                    $(Self::$name(message) => message.0,)+
                }
            }

            /// The first value that is not allowed in its field; `layout().bad_codes()` has all.
            #[inline]
            #[must_use]
            pub fn bad_code(self) -> Option<BadCode> {
                match self {
                    $(Self::$name(message) => message.bad_code(),)+
                }
            }

            /// Writes the message anew from its values and says how many bytes that took. What may
            /// follow the last field that is always there is left out.
            ///
            /// # Panics
            /// If `out` is shorter than the message.
            pub fn encode(self, out: &mut [u8]) -> usize {
                match self {
                    $(
                        Self::$name(message) => {
                            let out = out.first_chunk_mut().expect("the caller made room");
                            message.values().encode(out);
                            out.len()
                        }
                    )+
                }
            }
        }
    };
    // Each arm does all of its work, so that a match on the result goes on from the same branch:
    // one jump for reading and acting together. That works inlined only, hence `always`.
    (@exact $enum:ident $at:literal $($name:ident $kind:literal $len:literal)+) => {
        impl<'a> $enum<'a> {
            /// Reads exactly one message.
            ///
            /// # Errors
            /// If the bytes are not one whole message of known type whose codes all have a
            /// meaning. [`Self::split`] does not look at codes.
            #[inline(always)]
            pub fn decode(bytes: &'a [u8]) -> Result<Self, DecodeError> {
                let Some(&kind) = bytes.get($at) else {
                    return Err(DecodeError::Truncated { need: $at + 1, have: bytes.len() });
                };
                match kind {
                    $(
                        $kind => {
                            let Ok(fixed) = <&[u8; $len]>::try_from(bytes) else {
                                return Err(DecodeError::length($len, bytes.len()));
                            };
                            let message = view::$name(fixed);
                            match message.bad_code() {
                                Some(bad) => Err(DecodeError::BadCode(bad)),
                                None => Ok(Self::$name(message)),
                            }
                        }
                    )+
                    unknown => Err(DecodeError::UnknownType(unknown)),
                }
            }
        }
    };
    (@appended $enum:ident $at:literal $($name:ident $kind:literal $len:literal)+) => {
        $(
            impl $name {
                /// Writes the message with its appendage and says how many bytes that took. An
                /// appendage that may be missing is left out if it would be empty.
                ///
                /// # Panics
                /// If the message may not have one of the elements, or `out` is too short:
                /// `LEN` and [`Tags::MAX_LEN`] bytes always suffice.
                #[inline]
                pub fn encode_with(&self, tags: &Tags, out: &mut [u8]) -> usize {
                    let (fixed, rest) = out.split_first_chunk_mut().expect("the caller made room");
                    self.encode(fixed);
                    fixed.len() + Appendage::encode(&$name::LAYOUT, tags, rest)
                }
            }
        )+

        impl<'a> $enum<'a> {
            /// Finds the message and its appendage; neither codes nor the appendage are looked at.
            ///
            /// # Errors
            /// If the bytes cannot be framed: the type is unknown, or they are shorter than the
            /// part that is always there.
            #[inline(always)]
            pub fn frame(bytes: &'a [u8]) -> Result<(Self, Appendage<'a>), DecodeError> {
                let Some(&kind) = bytes.get($at) else {
                    return Err(DecodeError::Truncated { need: $at + 1, have: bytes.len() });
                };
                match kind {
                    $(
                        $kind => {
                            let Some((fixed, rest)) = bytes.split_first_chunk() else {
                                return Err(DecodeError::length($len, bytes.len()));
                            };
                            match Appendage::after(&$name::LAYOUT, rest) {
                                Ok(rest) => Ok((Self::$name(view::$name(fixed)), rest)),
                                Err(error) => Err(error),
                            }
                        }
                    )+
                    unknown => Err(DecodeError::UnknownType(unknown)),
                }
            }

            /// Reads exactly one message, in which everything is as the document has it.
            ///
            /// # Errors
            /// If anything is not: the first fault found, fields before appendage.
            pub fn decode(bytes: &'a [u8]) -> Result<(Self, Appendage<'a>), DecodeError> {
                let (message, appendage) = Self::frame(bytes)?;
                if let Some(bad) = message.bad_code() {
                    return Err(DecodeError::BadCode(bad));
                }
                appendage.check(message.layout())?;
                Ok((message, appendage))
            }
        }
    };
    (@carrier $($rest:tt)*) => {};
    (@tail) => { Tail::None };
    (@tail $tail:expr) => { $tail };
}

/// The elements that an OUCH appendage may hold.
macro_rules! tags {
    ($(
        $tag:literal $n:literal $field:ident: $ty:ty, $title:literal, $meaning:literal;
    )+) => {
        /// The elements of an appendage, each present or not.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct Tags {
            $(
                #[doc = $meaning]
                pub $field: Option<$ty>,
            )+
        }

        impl Tags {
            /// Every element as data, ascending by tag.
            pub const LAYOUTS: &'static [TagLayout] = &[$(
                TagLayout { tag: $tag, field: field!(0 $n $field: $ty, $title, $meaning) },
            )+];

            /// No element at all.
            pub const NONE: Self = Tags { $($field: None,)+ };

            /// Takes an element in.
            #[inline]
            pub(super) fn set(&mut self, element: Element<'_>) -> Result<(), AppendageFault> {
                match element.tag {
                    $(
                        $tag => {
                            let value = *<&[u8; $n]>::try_from(element.value)
                                .map_err(|_| element.fault(FaultKind::WrongSize))?;
                            let before = self.$field.replace(<$ty as Field<$n>>::get(value));
                            if before.is_some() {
                                return Err(element.fault(FaultKind::Duplicate));
                            }
                        }
                    )+
                    _ => return Err(element.fault(FaultKind::UnknownTag)),
                }
                Ok(())
            }

            /// Writes the elements in ascending order of tag and returns the room that is left.
            #[inline]
            pub(super) fn put<'a>(&self, mut out: &'a mut [u8]) -> &'a mut [u8] {
                $(
                    if let Some(value) = self.$field {
                        out = put_element(out, $tag, &<$ty as Field<$n>>::put(value));
                    }
                )+
                out
            }

            /// The elements that are present.
            #[must_use]
            pub fn present(&self) -> TagSet {
                let mut set = TagSet::EMPTY;
                $(
                    if self.$field.is_some() {
                        set = set.with($tag);
                    }
                )+
                set
            }

            /// The first element whose value has no meaning, by tag.
            #[must_use]
            pub fn bad_code(&self) -> Option<u8> {
                $(
                    if self.$field.is_some_and(|value| !<$ty as Field<$n>>::is_known(value)) {
                        return Some($tag);
                    }
                )+
                None
            }
        }
    };
}

pub(crate) use {codes, field, messages, record, tags};

//! A message as a line of JSON.
//!
//! Nothing is rounded: numbers that a reader with 53 bits of precision would round are strings,
//! and so are prices, with all their decimals.

use std::mem::replace;

use protocol_spec::wire::layout::{FieldLayout, Shape, Value};
use protocol_spec::wire::ouch::Element;
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::clock::Utc;
use super::message::{Message, field_of};
use super::origin::{Number, Origin, Place};
use super::protocol::Protocol;
use super::secret;
use super::symbols::Named;

/// The largest number that every reader of JSON keeps.
const MOST_EXACT: u64 = 1 << 53;

/// A message, or something that is none, as an object.
pub(super) struct Line<'a> {
    /// Where it came from.
    pub origin: &'a Origin,
    /// What it is.
    pub body: Body<'a>,
}

/// What a line is about.
pub(super) enum Body<'a> {
    /// A message, and what it is about.
    Message(&'a Message<'a>, Named),
    /// Bytes that are none.
    Undecodable {
        /// The protocol by which they were read, if one was chosen.
        protocol: Option<Protocol>,
        /// All of them.
        bytes: &'a [u8],
        /// What is wrong.
        why: &'a str,
    },
}

/// Appends the object without the end of the line.
pub(super) fn write_line(out: &mut Vec<u8>, line: &Line<'_>) {
    serde_json::to_writer(out, line).expect("a vector takes everything, and keys are strings");
}

impl Serialize for Line<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match &self.body {
            Body::Message(message, named) => {
                put_origin(&mut map, self.origin, Some(message.protocol))?;
                put_message(&mut map, message, *named)?;
            }
            Body::Undecodable { protocol, bytes, why } => {
                put_origin(&mut map, self.origin, *protocol)?;
                map.serialize_entry("hex", &hex(*protocol, bytes))?;
                map.serialize_entry("error", why)?;
            }
        }
        map.end()
    }
}

fn put_origin<M: SerializeMap>(
    map: &mut M,
    origin: &Origin,
    protocol: Option<Protocol>,
) -> Result<(), M::Error> {
    map.serialize_entry("file", origin.file.as_str())?;
    match origin.place {
        Place::Line(line) => map.serialize_entry("line", &Exact(line))?,
        Place::Offset(offset) => map.serialize_entry("offset", &Exact(offset))?,
        Place::Current | Place::Record(_) => {}
    }
    if let Some(time) = origin.captured {
        map.serialize_entry("captured", &format_args!("{}", Utc(time)))?;
    }
    if let Some(flow) = origin.flow {
        map.serialize_entry("from", &format_args!("{}", flow.from))?;
        map.serialize_entry("to", &format_args!("{}", flow.to))?;
    }
    if let Some(protocol) = protocol {
        map.serialize_entry("protocol", protocol.name())?;
    }
    if let Some(session) = origin.session {
        map.serialize_entry("session", &format_args!("{session}"))?;
    }
    match origin.number {
        Number::None => Ok(()),
        Number::Exact(number) => map.serialize_entry("number", &Exact(number)),
        Number::Counted(count) => map.serialize_entry("position", &Exact(count)),
    }
}

/// What a message is and says.
pub(crate) fn put_message<M: SerializeMap>(
    map: &mut M,
    message: &Message<'_>,
    named: Named,
) -> Result<(), M::Error> {
    if let Some(letter) = message.letter() {
        map.serialize_entry("type", &char::from(letter))?;
    }
    map.serialize_entry("name", message.name())?;
    if let Some(time) = message.timestamp() {
        map.serialize_entry("time", &format_args!("{time}"))?;
    }
    if let Named::Here(symbol) | Named::Elsewhere(symbol) = named {
        map.serialize_entry("symbol", &format_args!("{symbol}"))?;
    }
    map.serialize_entry("fields", &Fields(message))?;
    let meanings = Meanings(message);
    if meanings.iter().next().is_some() {
        map.serialize_entry("meanings", &meanings)?;
    }
    if message.appendage().is_some_and(|appendage| !appendage.is_absent()) {
        map.serialize_entry("tags", &Tags(message))?;
        let meanings = TagMeanings(message);
        if meanings.iter().next().is_some() {
            map.serialize_entry("tag_meanings", &meanings)?;
        }
    }
    if let Some((what, payload)) = message.payload() {
        let key = what.to_ascii_lowercase().replace(' ', "_");
        map.serialize_entry(&key, &format_args!("{}", payload.escape_ascii()))?;
    }
    match &message.fault {
        None => Ok(()),
        Some(fault) => {
            let appendage = message.appendage().map_or(&[][..], |appendage| appendage.bytes());
            let bytes = [message.bytes(), appendage].concat();
            map.serialize_entry("hex", &hex(Some(message.protocol), &bytes))?;
            map.serialize_entry("error", &format_args!("{fault}"))
        }
    }
}

/// The fields that are always there, and those that may follow.
struct Fields<'a>(&'a Message<'a>);

impl Serialize for Fields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for field in self.0.layout().fields {
            put_field(&mut map, self.0.protocol, field, self.0.bytes())?;
        }
        if let Some((fields, bytes)) = self.0.optional() {
            for field in fields {
                put_field(&mut map, self.0.protocol, field, &bytes)?;
            }
        }
        map.end()
    }
}

fn put_field<M: SerializeMap>(
    map: &mut M,
    protocol: Protocol,
    field: &FieldLayout,
    bytes: &[u8],
) -> Result<(), M::Error> {
    if secret::is_secret(protocol, field) {
        return map.serialize_entry(field.name, secret::MASK);
    }
    map.serialize_entry(field.name, &Shown(field.value(bytes), field.shape))
}

/// What the codes of the fields say.
struct Meanings<'a>(&'a Message<'a>);

impl Meanings<'_> {
    fn iter(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let bytes = self.0.bytes();
        self.0.layout().fields.iter().filter_map(|field| meaning(field, bytes))
    }
}

impl Serialize for Meanings<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

/// Name and meaning of a field that holds a code with one.
fn meaning(field: &FieldLayout, bytes: &[u8]) -> Option<(&'static str, &'static str)> {
    match field.value(bytes) {
        Value::Code(_, meaning) | Value::NumericCode(_, meaning) => Some((field.name, meaning?)),
        _ => None,
    }
}

/// What the codes of the elements say.
struct TagMeanings<'a>(&'a Message<'a>);

impl TagMeanings<'_> {
    fn iter(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        elements(self.0).filter_map(|element| {
            let field = field_of(&element)?;
            meaning(field, element.value)
        })
    }
}

impl Serialize for TagMeanings<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

/// The elements of an appendage. A tag that comes again is left out, for a key stands only once in
/// an object: that is a fault of the message, which then has all its bytes beside it.
fn elements<'a>(message: &Message<'a>) -> impl Iterator<Item = Element<'a>> {
    let mut seen = [false; 256];
    message.elements().filter(move |element| !replace(&mut seen[usize::from(element.tag)], true))
}

/// The elements by their names; those that are unknown or have a value of a wrong size by their
/// numbers, in hexadecimal.
struct Tags<'a>(&'a Message<'a>);

impl Serialize for Tags<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for element in elements(self.0) {
            match field_of(&element) {
                Some(field) => put_field(&mut map, self.0.protocol, field, element.value)?,
                None => {
                    let hex = hex(Some(self.0.protocol), element.value);
                    map.serialize_entry(&element.tag.to_string(), &hex)?;
                }
            }
        }
        map.end()
    }
}

/// A value, exactly.
struct Shown<'a>(Value<'a>, Shape);

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Unsigned(number) => Exact(number).serialize(serializer),
            Value::Time(time) => Exact(time.0).serialize(serializer),
            Value::Seconds(seconds) => seconds.0.serialize(serializer),
            Value::NumericCode(code, _) => code.serialize(serializer),
            Value::Text(text) if self.1 == Shape::Digits => match number(text) {
                Some(number) => Exact(number).serialize(serializer),
                None if text.iter().all(|byte| *byte == b' ') => serializer.serialize_none(),
                None => serializer.collect_str(&self.0),
            },
            _ => serializer.collect_str(&self.0),
        }
    }
}

/// The number that some digits between spaces are. Signs and tabs, which Rust would take, are wrong
/// in a message.
fn number(text: &[u8]) -> Option<u64> {
    let digits = std::str::from_utf8(text).ok()?.trim_matches(' ');
    digits.parse().ok().filter(|_| digits.bytes().all(|byte| byte.is_ascii_digit()))
}

/// A number, as a string where readers might round it.
pub(crate) struct Exact(pub(crate) u64);

impl Serialize for Exact {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0 <= MOST_EXACT {
            serializer.serialize_u64(self.0)
        } else {
            serializer.collect_str(&self.0)
        }
    }
}

/// Bytes in hexadecimal digits, secrets hidden.
fn hex(protocol: Option<Protocol>, bytes: &[u8]) -> String {
    let mut hex = Vec::new();
    secret::write_hex(&mut hex, protocol, bytes);
    String::from_utf8(hex).expect("digits and asterisks are text")
}

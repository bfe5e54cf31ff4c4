//! Every protocol behind one set of functions, so that a check is written once for all of them.

use protocol_spec::wire::layout::{Layout, Tail};
use protocol_spec::wire::ouch::{Appendage, TagSet, Tags};
use protocol_spec::wire::{BadCode, DecodeError, glimpse, itch, ouch, soup};

/// A protocol whose messages are found by a type byte.
#[derive(Clone, Copy, Debug)]
pub struct Protocol {
    /// Its name in tests.
    pub name: &'static str,
    /// Its messages as data.
    pub layouts: fn() -> Vec<&'static Layout>,
    /// Finds the message at the start of bytes; codes are not looked at.
    pub find: for<'a> fn(&'a [u8]) -> Result<Found<'a>, DecodeError>,
    /// Reads exactly one message in which everything is as the document has it.
    pub decode: fn(&[u8]) -> Result<(), DecodeError>,
}

/// A message found at the start of bytes.
#[derive(Clone, Debug)]
pub struct Found<'a> {
    /// The message as data.
    pub layout: &'static Layout,
    /// The part that is always there.
    pub bytes: &'a [u8],
    /// What follows that part.
    pub rest: &'a [u8],
    /// The appendage, in OUCH.
    pub appendage: Option<Appendage<'a>>,
    /// The first value of the part that is always there that has no meaning.
    pub bad_code: Option<BadCode>,
    /// The part that is always there, read into values and written again.
    pub encoded: Vec<u8>,
    /// The values in words.
    pub words: String,
}

/// All of them but MoldUDP64 and BinaryFILE, which have no types.
pub const ALL: &[Protocol] = &[
    Protocol {
        name: "itch",
        layouts: || itch::Message::LAYOUTS.to_vec(),
        find: find_itch,
        decode: |bytes| itch::Message::decode(bytes).map(|_| ()),
    },
    Protocol {
        name: "glimpse",
        layouts: glimpse_layouts,
        find: find_glimpse,
        decode: |bytes| glimpse::Message::decode(bytes).map(|_| ()),
    },
    Protocol {
        name: "ouch_inbound",
        layouts: || ouch::Inbound::LAYOUTS.to_vec(),
        find: find_inbound,
        decode: |bytes| ouch::Inbound::decode(bytes).map(|_| ()),
    },
    Protocol {
        name: "ouch_outbound",
        layouts: || ouch::Outbound::LAYOUTS.to_vec(),
        find: find_outbound,
        decode: |bytes| ouch::Outbound::decode(bytes).map(|_| ()),
    },
    Protocol {
        name: "soup",
        layouts: || soup::Packet::LAYOUTS.to_vec(),
        find: find_soup,
        decode: |bytes| soup::Framed::decode(bytes).map(|_| ()),
    },
];

/// The protocol of this name.
///
/// # Panics
/// If there is none.
#[must_use]
pub fn named(name: &str) -> &'static Protocol {
    ALL.iter()
        .find(|protocol| protocol.name == name)
        .unwrap_or_else(|| panic!("no protocol {name}"))
}

/// Gathers what the enums of all protocols tell of a message by the same names.
macro_rules! found {
    ($message:expr, $rest:expr, $appendage:expr) => {{
        let (message, rest) = ($message, $rest);
        // Not zero, so that a byte that is not written shows.
        let mut encoded = vec![0xEE; message.bytes().len()];
        let written = message.encode(&mut encoded);
        assert_eq!(written, encoded.len(), "{message:?} takes another length");
        Found {
            layout: message.layout(),
            bytes: message.bytes(),
            rest,
            appendage: $appendage,
            bad_code: message.bad_code(),
            encoded,
            words: format!("{message:?}"),
        }
    }};
}

fn find_itch(bytes: &[u8]) -> Result<Found<'_>, DecodeError> {
    let (message, rest) = itch::Message::split(bytes)?;
    Ok(found!(message, rest, None))
}

fn glimpse_layouts() -> Vec<&'static Layout> {
    let types = glimpse::FEED_TYPES;
    let feed = itch::Message::LAYOUTS.iter().copied();
    feed.filter(|layout| layout.kind.is_some_and(|kind| types.contains(&kind.byte)))
        .chain(glimpse::EndMessage::LAYOUTS.iter().copied())
        .collect()
}

fn find_glimpse(bytes: &[u8]) -> Result<Found<'_>, DecodeError> {
    match bytes.first() {
        Some(b'G') => {
            let (message, rest) = glimpse::EndMessage::split(bytes)?;
            Ok(found!(message, rest, None))
        }
        Some(kind) if !glimpse::FEED_TYPES.contains(kind) => Err(DecodeError::UnknownType(*kind)),
        _ => find_itch(bytes),
    }
}

fn find_inbound(bytes: &[u8]) -> Result<Found<'_>, DecodeError> {
    let (message, appendage) = ouch::Inbound::frame(bytes)?;
    Ok(found!(message, appendage.bytes(), Some(appendage)))
}

fn find_outbound(bytes: &[u8]) -> Result<Found<'_>, DecodeError> {
    let (message, appendage) = ouch::Outbound::frame(bytes)?;
    Ok(found!(message, appendage.bytes(), Some(appendage)))
}

fn find_soup(bytes: &[u8]) -> Result<Found<'_>, DecodeError> {
    let (message, rest) = soup::Packet::split(bytes)?;
    Ok(found!(message, rest, None))
}

impl Protocol {
    /// Reads a message that is right in everything, and writes it again from its values.
    ///
    /// # Panics
    /// If the message is not right.
    #[must_use]
    pub fn rewrite(&self, bytes: &[u8]) -> Vec<u8> {
        let found = (self.find)(bytes).expect("the message is right");
        let mut out = found.encoded.clone();
        match found.layout.tail {
            Tail::None => assert_eq!(found.rest, b"", "nothing may follow"),
            Tail::Payload(_) | Tail::Optional(_) => {
                let kind = found.layout.kind.expect("only packets carry more").byte;
                let carried = found.bytes.len() - soup::HEADER + found.rest.len();
                out[..soup::HEADER].copy_from_slice(&soup::header(kind, carried));
                out.extend_from_slice(found.rest);
            }
            Tail::Appendage(..) => out.extend(self.rewrite_appendage(&found)),
        }
        out
    }

    fn rewrite_appendage(&self, found: &Found<'_>) -> Vec<u8> {
        let appendage = found.appendage.expect("an OUCH message");
        if appendage.is_absent() {
            return Vec::new();
        }
        let elements: Vec<(u8, &[u8])> = appendage
            .elements()
            .expect("the appendage is right")
            .map(|element| element.expect("the element is right"))
            .map(|element| (element.tag, element.value))
            .collect();
        if elements.is_sorted() {
            return encode_tags(appendage);
        }
        // The encoder writes ascending tags, so another order can only be had one by one.
        let mut out = found.rest[..2].to_vec();
        for element in elements {
            let alone = with_elements(found.bytes, &[element]);
            let one = (self.find)(&alone).expect("one element less is still right");
            out.extend_from_slice(&encode_tags(one.appendage.expect("it was put there"))[2..]);
        }
        out
    }
}

/// An appendage read into values and written again.
///
/// # Panics
/// If the appendage is not right.
#[must_use]
pub fn encode_tags(appendage: Appendage<'_>) -> Vec<u8> {
    let tags = appendage.read(TagSet::ALL).expect("the appendage is right");
    let mut out = [0xEE; Tags::MAX_LEN];
    let len = tags.encode(&mut out);
    out[..len].to_vec()
}

/// `fixed`, and behind it an appendage with these elements.
///
/// # Panics
/// If the elements are longer than an appendage can tell.
#[must_use]
pub fn with_elements(fixed: &[u8], elements: &[(u8, impl AsRef<[u8]>)]) -> Vec<u8> {
    let mut out = fixed.to_vec();
    out.extend([0, 0]);
    for (tag, value) in elements {
        let value = value.as_ref();
        out.extend([1 + value.len() as u8, *tag]);
        out.extend_from_slice(value);
    }
    let length = u16::try_from(out.len() - fixed.len() - 2).expect("an appendage of 65,535 bytes");
    out[fixed.len()..fixed.len() + 2].copy_from_slice(&length.to_be_bytes());
    out
}

//! Message types, as a user names them.

use std::fmt;
use std::str::FromStr;

use super::message::{Message, Part};
use super::protocol::Protocol;

/// A set of message types.
#[derive(Clone)]
pub struct TypeSet {
    /// By protocol and by [`Message::slot`].
    wanted: Box<[[bool; 256]; Protocol::ALL.len()]>,
}

/// The types that one word names: a letter or a name, maybe behind a protocol and a colon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeName {
    slots: Vec<(Protocol, u8)>,
}

impl TypeSet {
    /// The types that any of the words names.
    #[must_use]
    pub fn of(names: &[TypeName]) -> Self {
        let mut wanted = Box::new([[false; 256]; Protocol::ALL.len()]);
        for (protocol, slot) in names.iter().flat_map(|name| &name.slots) {
            wanted[*protocol as usize][usize::from(*slot)] = true;
        }
        TypeSet { wanted }
    }

    /// Whether the message is of one of the types.
    #[must_use]
    pub fn contains(&self, message: &Message<'_>) -> bool {
        self.wanted[message.protocol as usize][usize::from(message.slot())]
    }
}

impl FromStr for TypeName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (protocols, word) = match text.split_once(':') {
            None => (Protocol::ALL.to_vec(), text),
            Some((name, word)) => (protocols_named(name)?, word),
        };
        let prefixed = protocols.len() < Protocol::ALL.len();
        let mut slots = Vec::new();
        for protocol in protocols {
            // Without a prefix a letter means a message, not a packet that carries messages.
            let letter_counts = prefixed || !protocol.is_carrier();
            slots.extend(types_of(protocol).into_iter().filter_map(|candidate| {
                let by_letter = letter_counts && candidate.letter.is_some_and(|l| is(word, l));
                (by_letter || candidate.is_named(word)).then_some((protocol, candidate.slot))
            }));
        }
        if slots.is_empty() {
            return Err(format!(
                "no message type is called \"{word}\": use a letter (A), a name (AddOrder) or \
                 either behind a protocol (soup:L, ouch:Canceled)"
            ));
        }
        Ok(TypeName { slots })
    }
}

/// `ouch` is both directions; otherwise the protocol's own name.
fn protocols_named(name: &str) -> Result<Vec<Protocol>, String> {
    let of_ouch = [Protocol::OuchIn, Protocol::OuchOut];
    let found: Vec<Protocol> = Protocol::ALL
        .into_iter()
        .filter(|protocol| {
            protocol.name() == name || (name == "ouch" && of_ouch.contains(protocol))
        })
        .collect();
    if found.is_empty() {
        let names = Protocol::ALL.map(Protocol::name).join(", ");
        return Err(format!("no protocol is called \"{name}\": there are ouch, {names}"));
    }
    Ok(found)
}

struct Candidate {
    slot: u8,
    letter: Option<u8>,
    names: [&'static str; 2],
}

fn types_of(protocol: Protocol) -> Vec<Candidate> {
    if protocol == Protocol::Mold {
        return Part::ALL
            .map(|part| Candidate { slot: part as u8, letter: None, names: [part.name(), ""] })
            .into();
    }
    let candidate = |layout: &'static protocol_spec::wire::layout::Layout| {
        layout.kind.map(|kind| Candidate {
            slot: kind.byte,
            letter: Some(kind.byte),
            names: [layout.name, layout.title],
        })
    };
    protocol.layouts().filter_map(candidate).collect()
}

impl Candidate {
    /// Case, spaces and hyphens aside.
    fn is_named(&self, word: &str) -> bool {
        let plain = |text: &str| {
            let letters = text.bytes().filter(u8::is_ascii_alphanumeric);
            letters.map(|byte| byte.to_ascii_lowercase()).collect::<Vec<u8>>()
        };
        let word_is_long = word.len() > 1;
        word_is_long && self.names.iter().any(|name| plain(name) == plain(word))
    }
}

fn is(word: &str, letter: u8) -> bool {
    word.as_bytes() == [letter]
}

impl fmt::Debug for TypeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let wanted = self.wanted.iter().flatten().filter(|wanted| **wanted);
        write!(f, "TypeSet({} types)", wanted.count())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slots(text: &str) -> Vec<(Protocol, u8)> {
        text.parse::<TypeName>().map(|name| name.slots).unwrap_or_default()
    }

    #[test]
    fn a_letter_means_messages_and_behind_a_protocol_anything() {
        let adds = [Protocol::Itch, Protocol::Glimpse, Protocol::OuchOut];
        assert_eq!(slots("A"), adds.map(|protocol| (protocol, b'A')));
        assert_eq!(slots("soup:A"), [(Protocol::Soup, b'A')]);
        assert_eq!(slots("ouch:X").len(), 2);
        assert_eq!(slots("h"), [Protocol::Itch, Protocol::Glimpse].map(|p| (p, b'h')));
    }

    #[test]
    fn names_and_titles_are_read_without_case_and_spaces() {
        for name in ["AddOrder", "addorder", "add-order", "Add Order - No MPID Attribution"] {
            assert_eq!(slots(&format!("itch:{name}")), [(Protocol::Itch, b'A')], "{name}");
        }
        assert_eq!(slots("request"), [(Protocol::Mold, Part::Request as u8)]);
    }

    #[test]
    fn what_names_nothing_is_refused() {
        for wrong in ["", "?", "AddOrders", "fix:A", "itch:", "mold:A"] {
            assert!(wrong.parse::<TypeName>().is_err(), "{wrong}");
        }
    }
}

//! Message types, as a user names them.

use std::fmt;
use std::str::FromStr;

use super::message::{Message, Part};
use super::nearest::nearest;
use super::protocol::Protocol;

/// What both directions of OUCH are called together.
const BOTH_OF_OUCH: &str = "ouch";

/// A set of message types.
#[derive(Clone)]
pub struct TypeSet {
    /// By protocol and by [`Message::slot`].
    wanted: Box<[[Want; 256]; Protocol::ALL.len()]>,
}

/// The types that one word names: a letter or a name, maybe behind a protocol and a colon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeName {
    slots: Vec<(Protocol, u8)>,
    /// Whether it is a letter alone, which leaves packets out that only keep a session going.
    is_letter_alone: bool,
}

/// How a type is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Want {
    #[default]
    No,
    /// Unless it only keeps a session going.
    UnlessRoutine,
    Yes,
}

impl TypeSet {
    /// The types that any of the words names; with `all`, letters alone mean packets that only
    /// keep a session going too.
    #[must_use]
    pub fn of(names: &[TypeName], all: bool) -> Self {
        let mut wanted = Box::new([[Want::No; 256]; Protocol::ALL.len()]);
        for name in names {
            let want = if name.is_letter_alone && !all { Want::UnlessRoutine } else { Want::Yes };
            for (protocol, slot) in &name.slots {
                let slot = &mut wanted[*protocol as usize][usize::from(*slot)];
                *slot = want.max(*slot);
            }
        }
        TypeSet { wanted }
    }

    /// Whether the message is of one of the types.
    #[must_use]
    pub fn contains(&self, message: &Message<'_>) -> bool {
        match self.wanted[message.protocol as usize][usize::from(message.slot())] {
            Want::No => false,
            Want::UnlessRoutine => !message.is_routine(),
            Want::Yes => true,
        }
    }
}

impl FromStr for TypeName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (protocols, word) = match text.split_once(':') {
            None => (Protocol::ALL.to_vec(), text.trim()),
            Some((name, word)) => (protocols_named(name.trim())?, word.trim()),
        };
        let mut slots = Vec::new();
        for protocol in &protocols {
            slots.extend(types_of(*protocol).into_iter().filter_map(|candidate| {
                let by_letter = candidate.letter.is_some_and(|letter| is(word, letter));
                (by_letter || candidate.is_named(word)).then_some((*protocol, candidate.slot))
            }));
        }
        if slots.is_empty() {
            let known = protocols.iter().flat_map(|protocol| types_of(*protocol));
            let names = known.flat_map(|candidate| candidate.names);
            return Err(format!(
                "no message type is called \"{word}\"{}: use a letter (A), a name (AddOrder) or \
                 either behind a protocol (soup:L, ouch:Canceled)",
                hint(nearest(word, names))
            ));
        }
        let is_letter_alone = word.len() == 1 && protocols.len() == Protocol::ALL.len();
        Ok(TypeName { slots, is_letter_alone })
    }
}

/// `ouch` is both directions; otherwise the protocol's own name.
fn protocols_named(name: &str) -> Result<Vec<Protocol>, String> {
    let of_ouch = [Protocol::OuchIn, Protocol::OuchOut];
    let found: Vec<Protocol> = Protocol::ALL
        .into_iter()
        .filter(|protocol| {
            let both = name.eq_ignore_ascii_case(BOTH_OF_OUCH) && of_ouch.contains(protocol);
            both || protocol.name().eq_ignore_ascii_case(name)
        })
        .collect();
    if found.is_empty() {
        let names = Protocol::ALL.map(Protocol::name);
        let hint = hint(nearest(name, names.into_iter().chain([BOTH_OF_OUCH])));
        let names = names.join(", ");
        return Err(format!(
            "no protocol is called \"{name}\"{hint}: there are {BOTH_OF_OUCH}, {names}"
        ));
    }
    Ok(found)
}

fn hint(name: Option<&str>) -> String {
    name.map_or_else(String::new, |name| format!(" (did you mean {name}?)"))
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
        let wanted = self.wanted.iter().flatten().filter(|wanted| **wanted != Want::No);
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
    fn a_letter_means_messages_and_packets_of_every_protocol_or_of_one() {
        let adds = [Protocol::Itch, Protocol::Glimpse, Protocol::OuchOut, Protocol::Soup];
        assert_eq!(slots("A"), adds.map(|protocol| (protocol, b'A')));
        assert_eq!(slots("soup:A"), [(Protocol::Soup, b'A')]);
        assert_eq!(slots("SOUP: A "), [(Protocol::Soup, b'A')]);
        assert_eq!(slots("+"), [(Protocol::Soup, b'+')]);
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
    fn a_letter_alone_leaves_routine_packets_out_unless_all_are_wanted() {
        let heartbeat = Message::read(Protocol::Soup, b"\0\x01H").expect("it is whole");
        for (text, all, expected) in [
            ("H", false, false),
            ("H", true, true),
            ("soup:H", false, true),
            ("ServerHeartbeat", false, true),
        ] {
            let name = text.parse().expect("there is such a type");
            let set = TypeSet::of(&[name], all);
            assert_eq!(set.contains(&heartbeat), expected, "{text} {all}");
        }
    }

    #[test]
    fn what_names_nothing_is_refused() {
        for wrong in ["", "?", "AddOrders", "fix:A", "itch:", "mold:A"] {
            assert!(wrong.parse::<TypeName>().is_err(), "{wrong}");
        }
    }
}

//! The protocols that can be told apart.

use std::fmt;

use clap::ValueEnum;
use protocol_spec::wire::{glimpse, itch, layout::Layout, ouch, soup};

/// What some bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, ValueEnum)]
pub enum Protocol {
    /// ITCH 5.0, the public feed
    Itch,
    /// GLIMPSE 5.0, the snapshot
    Glimpse,
    /// OUCH 5.0, from the broker
    OuchIn,
    /// OUCH 5.0, from the venue
    OuchOut,
    /// SoupBinTCP packets, their contents found out
    Soup,
    /// MoldUDP64 packets, their contents found out
    Mold,
}

impl Protocol {
    /// All of them, in the order in which they are tried and counted.
    pub const ALL: [Protocol; 6] = [
        Protocol::Itch,
        Protocol::Glimpse,
        Protocol::OuchIn,
        Protocol::OuchOut,
        Protocol::Soup,
        Protocol::Mold,
    ];

    /// The name, as the command line and the output have it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Protocol::Itch => "itch",
            Protocol::Glimpse => "glimpse",
            Protocol::OuchIn => "ouch-in",
            Protocol::OuchOut => "ouch-out",
            Protocol::Soup => "soup",
            Protocol::Mold => "mold",
        }
    }

    /// Whether it carries messages of other protocols.
    #[must_use]
    pub const fn is_carrier(self) -> bool {
        matches!(self, Protocol::Soup | Protocol::Mold)
    }

    /// Whether what it names can be carried by such packets.
    #[must_use]
    pub const fn travels_on(self, carrier: Protocol) -> bool {
        match self {
            Protocol::Itch => carrier.is_carrier(),
            Protocol::Glimpse | Protocol::OuchIn | Protocol::OuchOut => {
                matches!(carrier, Protocol::Soup)
            }
            Protocol::Soup => matches!(carrier, Protocol::Soup),
            Protocol::Mold => matches!(carrier, Protocol::Mold),
        }
    }

    /// The messages that have a type byte.
    pub fn layouts(self) -> impl Iterator<Item = &'static Layout> {
        let (first, second): (&[&Layout], &[&Layout]) = match self {
            Protocol::Itch => (itch::Message::LAYOUTS, &[]),
            Protocol::Glimpse => (itch::Message::LAYOUTS, glimpse::EndMessage::LAYOUTS),
            Protocol::OuchIn => (ouch::Inbound::LAYOUTS, &[]),
            Protocol::OuchOut => (ouch::Outbound::LAYOUTS, &[]),
            Protocol::Soup => (soup::Packet::LAYOUTS, &[]),
            Protocol::Mold => (&[], &[]),
        };
        let in_snapshot = move |layout: &&&Layout| {
            self != Protocol::Glimpse
                || layout.kind.is_some_and(|kind| glimpse::FEED_TYPES.contains(&kind.byte))
        };
        first.iter().filter(in_snapshot).chain(second).copied()
    }

    /// Where the type byte stands.
    #[must_use]
    pub fn kind_offset(self) -> usize {
        let kinds = self.layouts().filter_map(|layout| layout.kind);
        kinds.map(|kind| kind.offset).next().unwrap_or(0)
    }

    /// The message of this type byte.
    #[must_use]
    pub fn layout(self, kind: u8) -> Option<&'static Layout> {
        self.layouts().find(|layout| layout.kind.is_some_and(|at| at.byte == kind))
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_protocol_has_one_name_on_the_command_line_and_in_the_output() {
        for protocol in Protocol::ALL {
            let value = protocol.to_possible_value().expect("no variant is hidden");
            assert_eq!(value.get_name(), protocol.name());
        }
    }

    #[test]
    fn a_snapshot_has_some_messages_of_the_feed_and_one_of_its_own() {
        assert!(Protocol::Glimpse.layout(b'A').is_some());
        assert!(Protocol::Glimpse.layout(b'G').is_some());
        assert!(Protocol::Glimpse.layout(b'E').is_none());
    }
}

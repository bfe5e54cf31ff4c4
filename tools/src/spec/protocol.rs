//! The protocols as the printers see them: a name, the tables and the prose.

use protocol_spec::wire::layout::{FieldLayout, Layout, Tail};
use protocol_spec::wire::ouch::Tags;
use protocol_spec::wire::{binary_file, glimpse, itch, mold, ouch, soup};

/// A protocol.
#[derive(Debug)]
pub struct Protocol {
    /// Name in filters of Wireshark and in the vectors.
    pub name: &'static str,
    /// Name for people, short.
    pub label: &'static str,
    /// Name for people, with the version.
    pub title: &'static str,
    /// What it is for, in one line.
    pub summary: &'static str,
    /// Name of its document.
    pub document: &'static str,
    /// Name of the document's file.
    pub file: &'static str,
    /// What the document says before its tables.
    pub prose: &'static str,
    /// Its tables.
    pub parts: &'static [Part],
}

/// The messages that go one way, where the ways differ, otherwise all.
#[derive(Debug)]
pub struct Part {
    /// Which way.
    pub direction: Option<Direction>,
    /// The messages.
    pub layouts: &'static [&'static Layout],
}

/// The way of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// To the venue.
    Inbound,
    /// From the venue.
    Outbound,
}

impl Direction {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Direction::Inbound => "inbound",
            Direction::Outbound => "outbound",
        }
    }
}

impl Protocol {
    /// Every message with its direction.
    pub fn layouts(&self) -> impl Iterator<Item = (Option<Direction>, &'static Layout)> + use<> {
        self.parts.iter().flat_map(|part| {
            let direction = part.direction;
            part.layouts.iter().map(move |&layout| (direction, layout))
        })
    }

    /// Whether messages of the protocol may have tags.
    #[must_use]
    pub fn has_tags(&self) -> bool {
        self.layouts().any(|(_, layout)| matches!(layout.tail, Tail::Appendage(..)))
    }

    /// Every field of every message, those that may be missing and those of tags included.
    pub fn fields(&self) -> impl Iterator<Item = &'static FieldLayout> + use<> {
        let tags = if self.has_tags() { Tags::LAYOUTS } else { &[] };
        self.layouts()
            .flat_map(|(_, layout)| layout.fields.iter().chain(optional(layout)))
            .chain(tags.iter().map(|tag| &tag.field))
    }
}

/// The fields after the end of a message that come all or none.
#[must_use]
pub const fn optional(layout: &Layout) -> &'static [FieldLayout] {
    match layout.tail {
        Tail::Optional(fields) => fields,
        _ => &[],
    }
}

/// The public feed.
pub const ITCH: Protocol = Protocol {
    name: "itch",
    label: "ITCH",
    title: "TotalView-ITCH 5.0",
    summary: "The public feed: every change of the displayed book, every execution",
    document: "itch50",
    file: "itch50.md",
    prose: include_str!("prose/itch50.md"),
    parts: &[Part { direction: None, layouts: itch::Message::LAYOUTS }],
};

/// The snapshot.
pub const GLIMPSE: Protocol = Protocol {
    name: "glimpse",
    label: "GLIMPSE",
    title: "GLIMPSE 5.0",
    summary: "The snapshot: the displayed book as it stands, and where the feed goes on",
    document: "glimpse50",
    file: "glimpse50.md",
    prose: include_str!("prose/glimpse50.md"),
    parts: &[Part { direction: None, layouts: glimpse::EndMessage::LAYOUTS }],
};

/// Order entry.
pub const OUCH: Protocol = Protocol {
    name: "ouch",
    label: "OUCH",
    title: "OUCH 5.0",
    summary: "Order entry: what brokers ask, and what the venue answers",
    document: "ouch50",
    file: "ouch50.md",
    prose: include_str!("prose/ouch50.md"),
    parts: &[
        Part { direction: Some(Direction::Inbound), layouts: ouch::Inbound::LAYOUTS },
        Part { direction: Some(Direction::Outbound), layouts: ouch::Outbound::LAYOUTS },
    ],
};

/// Packets on TCP.
pub const SOUP: Protocol = Protocol {
    name: "soup",
    label: "SoupBinTCP",
    title: "SoupBinTCP 3.00",
    summary: "Numbered messages on TCP, with a login and heartbeats",
    document: "soupbintcp",
    file: "soupbintcp.md",
    prose: include_str!("prose/soupbintcp.md"),
    parts: &[Part { direction: None, layouts: soup::Packet::LAYOUTS }],
};

/// Datagrams.
pub const MOLD: Protocol = Protocol {
    name: "mold",
    label: "MoldUDP64",
    title: "MoldUDP64 1.00",
    summary: "Numbered messages in datagrams, and requests for those that were lost",
    document: "moldudp64",
    file: "moldudp64.md",
    prose: include_str!("prose/moldudp64.md"),
    parts: &[Part { direction: None, layouts: mold::LAYOUTS }],
};

/// Files.
pub const BINARY_FILE: Protocol = Protocol {
    name: "binaryfile",
    label: "BinaryFILE",
    title: "BinaryFILE",
    summary: "Messages in a file",
    document: "binaryfile",
    file: "binaryfile.md",
    prose: include_str!("prose/binaryfile.md"),
    parts: &[Part { direction: None, layouts: binary_file::LAYOUTS }],
};

/// Every protocol, in the order in which the index lists them.
pub const PROTOCOLS: [&Protocol; 6] = [&ITCH, &GLIMPSE, &OUCH, &SOUP, &MOLD, &BINARY_FILE];

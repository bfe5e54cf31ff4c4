//! The documents, in markdown.

mod codes;
mod example;
mod markdown;
mod message;
mod tags;
mod types;

pub use markdown::slug;

use protocol_spec::wire::glimpse::FEED_TYPES;
use protocol_spec::wire::layout::Layout;

use super::protocol::{Direction, GLIMPSE, ITCH, PROTOCOLS, Protocol};
use super::service::SERVICES;
use codes::CodeLists;
use markdown::{Table, code, link};

/// The index of the documents.
#[must_use]
pub fn index() -> String {
    let mut table = Table::new(&["Document", "Protocol", "What for", "Messages"]);
    for protocol in PROTOCOLS {
        table.row(&[
            format!("[{0}]({0})", protocol.file),
            protocol.title.to_owned(),
            protocol.summary.to_owned(),
            protocol.layouts().count().to_string(),
        ]);
    }
    let prose = include_str!("prose/readme.md");
    prose.replace("@DOCUMENTS@\n", &table.text()).replace("@PORTS@\n", &ports())
}

/// Where the dissector looks for what.
fn ports() -> String {
    let mut table = Table::new(&["Traffic", "Ports", "Setting", "Name for Decode As"]);
    for service in &SERVICES {
        table.row(&[
            service.label(),
            service.ports.to_owned(),
            format!("`outcry.{}`", service.setting),
            format!("`outcry.{}`", service.protocol),
        ]);
    }
    table.text()
}

/// The document of a protocol.
#[must_use]
pub fn page(protocol: &Protocol) -> String {
    let lists = CodeLists::of(protocol);
    let mut out = format!("# {}\n\n{}.\n\n{}", protocol.title, protocol.summary, protocol.prose);
    out.push_str(&types::section(protocol));
    for part in protocol.parts {
        out.push_str(&format!("\n## {}\n\n", heading(part.direction)));
        out.push_str(&summary(part.layouts));
        for layout in part.layouts {
            out.push_str(&message::section(protocol, part.direction, layout, &lists));
        }
    }
    if protocol.name == GLIMPSE.name {
        out.push_str(&feed_messages());
    }
    if protocol.has_tags() {
        out.push_str(&tags::section(protocol, &lists));
    }
    out.push_str(&lists.appendix());
    out
}

/// A row for each message, with its type where messages have one.
fn summary(layouts: &[&Layout]) -> String {
    let typed = layouts.iter().any(|layout| layout.kind.is_some());
    let heads = ["Type", "Message", "Bytes", "Meaning"];
    let mut table = Table::new(if typed { &heads } else { &heads[1..] });
    for layout in layouts {
        let kind = layout.kind.map(|kind| code(&[kind.byte]));
        let cells =
            [link(layout.title, layout.title), message::length(layout), layout.meaning.to_owned()];
        table.row(&kind.into_iter().chain(cells).collect::<Vec<_>>());
    }
    table.text()
}

/// The messages of the feed that a snapshot may hold.
fn feed_messages() -> String {
    let mut table = Table::new(&["Type", "Message"]);
    for (_, layout) in ITCH.layouts() {
        if let Some(kind) = layout.kind.filter(|kind| FEED_TYPES.contains(&kind.byte)) {
            let (title, file, anchor) = (layout.title, ITCH.file, slug(layout.title));
            table.row(&[code(&[kind.byte]), format!("[{title}]({file}#{anchor})")]);
        }
    }
    format!("\n## Messages of the feed in a snapshot\n\n{}", table.text())
}

const fn heading(direction: Option<Direction>) -> &'static str {
    match direction {
        None => "Messages",
        Some(Direction::Inbound) => "Inbound messages",
        Some(Direction::Outbound) => "Outbound messages",
    }
}

#[cfg(test)]
mod tests;

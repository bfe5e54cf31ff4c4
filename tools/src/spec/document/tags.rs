//! The section of the tags that an OUCH appendage may hold.

use protocol_spec::wire::layout::{Layout, Tail};
use protocol_spec::wire::ouch::{TagLayout, Tags};

use super::codes::CodeLists;
use super::markdown::{Table, code, hex};
use super::types;
use crate::spec::protocol::{Direction, Protocol};
use crate::spec::vector::{self, Vector};
use crate::spec::{implied, protocol};

/// What the tags are, in which messages they may stand, and what their values say.
pub(super) fn section(protocol: &Protocol, lists: &CodeLists) -> String {
    let mut table =
        Table::new(&["Tag", "Length", "Name", "Field", "Type", "Inbound", "Outbound", "Meaning"]);
    for tag in Tags::LAYOUTS {
        let reference = lists.reference(&tag.field);
        table.row(&[
            tag.tag.to_string(),
            tag.field.len.to_string(),
            tag.field.title.to_owned(),
            code(tag.field.name.as_bytes()),
            types::name(tag.field.shape).to_owned(),
            allowed(protocol, Direction::Inbound, tag),
            allowed(protocol, Direction::Outbound, tag),
            match reference {
                Some(reference) => format!("{}; {reference}", tag.field.meaning),
                None => tag.field.meaning.to_owned(),
            },
        ]);
    }
    let mut out = format!(
        "\n## Tags\n\nAn element of the appendage is {}. The columns Inbound and Outbound name \
         the messages that may have the tag by their types.\n\n{}",
        element(),
        table.text()
    );
    for tag in Tags::LAYOUTS {
        let caption = format!("{} (tag {})", tag.field.title, tag.tag);
        out.push_str(&lists.inline(&tag.field, &caption).unwrap_or_default());
    }
    out.push_str("\n### Examples of elements\n\n");
    out.push_str(&examples());
    out
}

/// How an element is made up.
fn element() -> String {
    let (length, tag) = (implied::element_length(), implied::element_tag());
    format!(
        "its length ({} byte, which counts tag and value), its tag ({} byte) and its value",
        length.len, tag.len
    )
}

/// The types of the messages that may have `tag`.
fn allowed(protocol: &Protocol, direction: Direction, tag: &TagLayout) -> String {
    let allows = |layout: &Layout| match layout.tail {
        Tail::Appendage(_, tags) => tags.contains(&tag.tag),
        _ => false,
    };
    let types: Vec<_> = protocol
        .layouts()
        .filter(|(way, layout)| *way == Some(direction) && allows(layout))
        .filter_map(|(_, layout)| layout.kind)
        .map(|kind| code(&[kind.byte]))
        .collect();
    types.join(" ")
}

/// Every tag as bytes.
fn examples() -> String {
    let mut table = Table::new(&["Tag", "Element", "Value"]);
    let vectors = vector::all();
    for tag in Tags::LAYOUTS {
        let alone = |vector: &&Vector| match vector.tags.as_slice() {
            [(only, _)] => vector.protocol == protocol::OUCH.name && *only == tag.tag,
            _ => false,
        };
        let vector = vectors.iter().find(alone).expect("every tag has a vector");
        let (_, datum) = &vector.tags[0];
        let bytes = &vector.bytes[datum.offset - 2..datum.offset + datum.len];
        let value = match datum.meaning {
            Some(meaning) => format!("{} ({meaning})", code(datum.shown().as_bytes())),
            None => datum.shown(),
        };
        let name = format!("{} {}", tag.tag, tag.field.title);
        table.row(&[name, format!("`{}`", hex(bytes)), value]);
    }
    table.text()
}

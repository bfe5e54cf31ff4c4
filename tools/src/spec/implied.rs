//! Bytes of a message that its table does not list: the type, the packet's length, the lengths and
//! numbers of an appendage.
//!
//! They follow from [`Layout::kind`] and [`Layout::tail`]; here they get the shape of fields, so
//! that documents, vectors and dissector can treat every byte alike.

use protocol_spec::wire::layout::{FieldLayout, Layout, Shape, Tail};

/// Name of the field that holds the type byte.
pub const TYPE: &str = "type";

/// The fields before the first one of the table, in order of offset.
#[must_use]
pub fn leading(layout: &Layout) -> Vec<FieldLayout> {
    let Some(kind) = layout.kind else {
        return Vec::new();
    };
    if kind.offset == 0 {
        return vec![type_field("Message Type", 0)];
    }
    let length = number(
        "length",
        "Packet Length",
        "Bytes of the packet, these two not counted",
        0,
        kind.offset,
    );
    vec![length, type_field("Packet Type", kind.offset)]
}

/// The length field of the appendage, for messages that may have one.
#[must_use]
pub fn appendage_length(layout: &Layout) -> Option<FieldLayout> {
    let Tail::Appendage(rule, _) = layout.tail else {
        return None;
    };
    Some(number(
        "appendage_length",
        "Appendage Length",
        "Bytes of the elements that follow",
        layout.len,
        rule.len_with_appendage() - layout.len,
    ))
}

/// The length byte of an element.
#[must_use]
pub fn element_length() -> FieldLayout {
    number("element_length", "Length", "Bytes of the element, this one not counted", 0, 1)
}

/// The tag byte of an element.
#[must_use]
pub fn element_tag() -> FieldLayout {
    number("tag", "Option Tag", "What the value is", 1, 1)
}

fn type_field(title: &'static str, offset: usize) -> FieldLayout {
    FieldLayout { shape: Shape::Code, ..number(TYPE, title, "", offset, 1) }
}

const fn number(
    name: &'static str,
    title: &'static str,
    meaning: &'static str,
    offset: usize,
    len: usize,
) -> FieldLayout {
    FieldLayout {
        name,
        title,
        meaning,
        offset,
        len,
        type_name: "",
        shape: Shape::Unsigned,
        all_codes: &[],
        except: &[],
        open: true,
    }
}

//! The tables of the protocols as tables of Lua.

use protocol_spec::wire::layout::{AppendageRule, FieldLayout, Layout, Shape, Tail};
use protocol_spec::wire::ouch::Tags;

use super::{FilterNames, info, lua};
use crate::spec::implied;
use crate::spec::protocol::{OUCH, PROTOCOLS, Part, Protocol, optional};
use crate::spec::vector::shapes;

/// Every field: name, type, title.
pub(super) fn fields(names: &FilterNames) -> String {
    names
        .fields()
        .iter()
        .map(|field| {
            let (kind, title) = (field.kind, lua::text(field.title));
            format!("  {{ \"{}\", \"{kind}\", {title} }},\n", field.name)
        })
        .collect()
}

/// Every list of codes, once.
pub(super) fn codes() -> String {
    let mut out = String::new();
    let mut known = Vec::new();
    for protocol in PROTOCOLS {
        for field in protocol.fields().filter(|field| !field.all_codes.is_empty()) {
            let key = codes_key(protocol, field);
            if known.contains(&key) {
                continue;
            }
            out.push_str(&format!("  [\"{key}\"] = {{\n"));
            if field.open {
                out.push_str("    open = true,\n");
            }
            for code in field.all_codes {
                let value = match (field.shape, code.bytes) {
                    (Shape::NumericCode, &[high, low]) => {
                        u16::from_be_bytes([high, low]).to_string()
                    }
                    (_, bytes) => lua::string(bytes),
                };
                let meaning = lua::text(code.meaning);
                out.push_str(&format!("    [{value}] = {meaning},\n"));
            }
            out.push_str("  },\n");
            known.push(key);
        }
    }
    out
}

/// The messages of a part, by type byte or, where they have none, by name.
pub(super) fn messages(names: &FilterNames, protocol: &Protocol, part: &Part) -> String {
    let mut out = String::new();
    for layout in part.layouts {
        let key = match layout.kind {
            Some(kind) => format!("[{}]", lua::string(&[kind.byte])),
            None => layout.name.to_owned(),
        };
        let (title, name) = (lua::text(layout.title), lua::text(info::title(layout)));
        out.push_str(&format!(
            "  {key} = {{\n    title = {title}, name = {name}, length = {},\n    rows = {{\n",
            layout.len
        ));
        for field in implied::leading(layout).iter().chain(layout.fields) {
            out.push_str(&format!("      {},\n", row(names, protocol, layout, field)));
        }
        out.push_str("    },\n");
        out.push_str(&tail(names, protocol, layout));
        out.push_str("  },\n");
    }
    if let Some(first) = part.layouts.first().filter(|layout| is_message(layout)) {
        let kind = &implied::leading(first)[0];
        out.push_str(&format!("  type = {},\n", row(names, protocol, first, kind)));
    }
    out
}

/// The elements of an appendage.
pub(super) fn tags(names: &FilterNames) -> String {
    let mut out = String::new();
    let heads = [("length", implied::element_length()), ("tag", implied::element_tag())];
    for (key, field) in &heads {
        out.push_str(&format!("  {key} = {},\n", plain_row(names, &OUCH, field)));
    }
    for tag in Tags::LAYOUTS {
        let row = plain_row(names, &OUCH, &tag.field);
        out.push_str(&format!("  [{}] = {row},\n", tag.tag));
    }
    out
}

/// The fields that every packet begins with, for packets of unknown type.
pub(super) fn header(names: &FilterNames, protocol: &Protocol, layout: &Layout) -> String {
    let rows: String = implied::leading(layout)
        .iter()
        .map(|field| format!("    {},\n", plain_row(names, protocol, field)))
        .collect();
    format!("  header = {{\n{rows}  }},\n")
}

/// Whether the layout begins with its type byte.
fn is_message(layout: &Layout) -> bool {
    layout.kind.is_some_and(|kind| kind.offset == 0)
}

/// What may follow the fixed part.
fn tail(names: &FilterNames, protocol: &Protocol, layout: &Layout) -> String {
    match layout.tail {
        Tail::None => String::new(),
        Tail::Payload(_) => "    payload = true,\n".to_owned(),
        Tail::Optional(fields) => {
            let rows: String = optional(layout)
                .iter()
                .map(|field| format!("      {},\n", plain_row(names, protocol, field)))
                .collect();
            let full = layout.len + fields.iter().map(|field| field.len).sum::<usize>();
            format!("    full = {full},\n    optional = {{\n{rows}    }},\n")
        }
        Tail::Appendage(rule, tags) => {
            let length = implied::appendage_length(layout).expect("the message may have tags");
            let row = plain_row(names, protocol, &length);
            let required = matches!(rule, AppendageRule::Always { may_be_missing: false, .. });
            let tags: Vec<_> = tags.iter().map(|tag| tag.to_string()).collect();
            format!(
                "    appendage = {row}, required = {required},\n    tags = {{ {} }},\n",
                tags.join(", ")
            )
        }
    }
}

/// A field with its place in the Info column.
fn row(names: &FilterNames, protocol: &Protocol, layout: &Layout, field: &FieldLayout) -> String {
    let plain = plain_row(names, protocol, field);
    match info::place(layout, field) {
        None => plain,
        Some((place, before)) => {
            let plain = plain.strip_suffix(" }").expect("a row ends its table");
            let spelled = if place == info::SPELLED { ", spelled = true" } else { "" };
            format!("{plain}, info = {{ {place}, \"{before}\"{spelled} }} }}")
        }
    }
}

fn plain_row(names: &FilterNames, protocol: &Protocol, field: &FieldLayout) -> String {
    let mut row = format!(
        "{{ \"{}\", {}, {}, \"{}\", {}",
        names.get(protocol, field),
        field.offset,
        field.len,
        shapes::word(field.shape),
        lua::text(field.title),
    );
    if !field.all_codes.is_empty() {
        row.push_str(&format!(", codes = \"{}\"", codes_key(protocol, field)));
    }
    if !field.except.is_empty() {
        let except: Vec<_> = field.except.iter().map(|bytes| lua::string(bytes)).collect();
        row.push_str(&format!(", except = {{ {} }}", except.join(", ")));
    }
    row.push_str(" }");
    row
}

fn codes_key(protocol: &Protocol, field: &FieldLayout) -> String {
    format!("{}.{}", protocol.name, field.type_name)
}

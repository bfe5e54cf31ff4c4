//! The section of one message.

use protocol_spec::wire::layout::{AppendageRule, FieldLayout, Layout, Tail};
use protocol_spec::wire::ouch::Tags;

use super::codes::CodeLists;
use super::markdown::{Table, code};
use super::{example, types};
use crate::spec::implied;
use crate::spec::protocol::{Direction, Protocol, optional};
use crate::spec::vector;

/// Tags above which an example is too long for a document.
const SHORT: usize = 4;

/// The tags of an appendage that gives the channel and nothing else.
const CHANNEL: &[u8] = &[28];

/// Everything that is to be said of a message.
pub(super) fn section(
    protocol: &Protocol,
    direction: Option<Direction>,
    layout: &'static Layout,
    lists: &CodeLists,
) -> String {
    let kind = layout.kind.map(|kind| format!("Type {}. ", code(&[kind.byte]))).unwrap_or_default();
    let mut out = format!(
        "\n### {}\n\n{kind}In code: {}. Bytes: {}. {}\n\n{}",
        layout.title,
        code(layout.name.as_bytes()),
        length(layout),
        layout.meaning,
        fields(layout, lists),
    );
    if let Tail::Appendage(rule, tags) = layout.tail {
        out.push_str(&appendage(rule, tags));
    }
    for field in layout.fields.iter().chain(optional(layout)) {
        out.push_str(&lists.inline(field, field.title).unwrap_or_default());
    }
    out.push_str(&examples(protocol, direction, layout));
    out
}

/// All examples of the message; where there may be tags, the first one and a short one with tags.
fn examples(protocol: &Protocol, direction: Option<Direction>, layout: &'static Layout) -> String {
    let vectors: Vec<_> = vector::all()
        .into_iter()
        .filter(|vector| vector.protocol == protocol.name && vector.direction == direction)
        .filter(|vector| vector.layout.name == layout.name)
        .collect();
    let with_tags = matches!(layout.tail, Tail::Appendage(..));
    let all = if with_tags { 1 } else { vectors.len() };
    let tagged = vectors.iter().find(|vector| (1..=SHORT).contains(&vector.tags.len()));
    let mut out = String::new();
    for example in vectors[..all].iter().chain(tagged) {
        let case = match example.case.as_str() {
            "" => String::new(),
            case => format!(", {case}"),
        };
        out.push_str(&format!("\nExample{case}:\n{}", example::block(example)));
    }
    out
}

/// How many bytes a message has.
pub(super) fn length(layout: &Layout) -> String {
    let len = layout.len;
    match layout.tail {
        Tail::None => len.to_string(),
        Tail::Payload(_) => format!("{len} + payload"),
        Tail::Optional(fields) => {
            let more: usize = fields.iter().map(|field| field.len).sum();
            format!("{len} or {}", len + more)
        }
        Tail::Appendage(rule @ AppendageRule::Always { may_be_missing: false, .. }, _) => {
            format!("{} + tags", rule.len_with_appendage())
        }
        Tail::Appendage(rule, _) => format!("{len}, or {} + tags", rule.len_with_appendage()),
    }
}

fn fields(layout: &Layout, lists: &CodeLists) -> String {
    let mut table = Table::new(&["Offset", "Length", "Name", "Field", "Type", "Meaning"]);
    let leading = implied::leading(layout);
    let appendage = implied::appendage_length(layout);
    let fields = leading.iter().chain(layout.fields).chain(optional(layout)).chain(&appendage);
    for field in fields {
        table.row(&[
            field.offset.to_string(),
            field.len.to_string(),
            field.title.to_owned(),
            code(field.name.as_bytes()),
            types::name(field.shape).to_owned(),
            meaning(layout, field, lists),
        ]);
    }
    let mut follows = |offset: usize, name: &str, field: &str, meaning: &str| {
        table.row(&[
            offset.to_string(),
            "any".to_owned(),
            name.to_owned(),
            code(field.as_bytes()),
            "Bytes".to_owned(),
            meaning.to_owned(),
        ]);
    };
    match layout.tail {
        Tail::Payload(meaning) => follows(layout.len, "Payload", "payload", meaning),
        Tail::Appendage(rule, _) => {
            let meaning = "Tagged elements, see [Tags](#tags)";
            follows(rule.len_with_appendage(), "Elements", "tags", meaning);
        }
        Tail::None | Tail::Optional(_) => {}
    }
    table.text()
}

fn meaning(layout: &Layout, field: &FieldLayout, lists: &CodeLists) -> String {
    if let (implied::TYPE, Some(kind)) = (field.name, layout.kind) {
        return format!("{}: {}", code(&[kind.byte]), layout.title);
    }
    match lists.reference(field) {
        Some(reference) => format!("{}; {reference}", field.meaning),
        None => field.meaning.to_owned(),
    }
}

/// When the appendage is there, and what may stand in it.
fn appendage(rule: AppendageRule, tags: &[u8]) -> String {
    let when = match rule {
        AppendageRule::Always { may_be_missing: false, .. } => {
            "The appendage is always there, if only as a length of 0."
        }
        AppendageRule::Always { may_be_missing: true, .. } => {
            "The appendage is always there, if only as a length of 0; one revision leaves it out, \
             so readers take the message without it too."
        }
        AppendageRule::Optional { .. } => {
            "The appendage may be left out altogether, be a length of 0, or hold tags."
        }
        AppendageRule::Echo { .. } if tags == CHANNEL => {
            "The appendage is there only to give the channel (UserRefIdx) of the number in the \
             message, where that is not 0; otherwise not even its length is sent."
        }
        AppendageRule::Echo { .. } => {
            "Outcry sends the appendage only to give the channel (UserRefIdx) of the number in \
             the message, where that is not 0; otherwise not even its length is sent. The other \
             tags are allowed here by the format and never sent by Outcry."
        }
    };
    let names: Vec<_> = Tags::LAYOUTS
        .iter()
        .filter(|layout| tags.contains(&layout.tag))
        .map(|layout| format!("{} ({})", layout.tag, layout.field.title))
        .collect();
    format!("\n{when} Tags: {}.\n", names.join(", "))
}

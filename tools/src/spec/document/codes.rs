//! Lists of codes: below their message, or, long and shared ones, at the end of the document.

use protocol_spec::wire::layout::{Code, FieldLayout, Shape};

use super::markdown::{Table, code, link};
use crate::spec::protocol::Protocol;

/// Codes above which a list goes to the end even if one field alone has it.
const LONG: usize = 12;

/// The lists that stand at the end of a document.
pub(super) struct CodeLists(Vec<CodeList>);

struct CodeList {
    type_name: &'static str,
    title: String,
    codes: &'static [Code],
    shape: Shape,
    open: bool,
}

impl CodeLists {
    /// The lists of `protocol` that several fields share or that are long.
    pub(super) fn of(protocol: &Protocol) -> Self {
        let fields: Vec<_> =
            protocol.fields().filter(|field| !field.all_codes.is_empty()).collect();
        let mut lists: Vec<CodeList> = Vec::new();
        for field in &fields {
            let users = || fields.iter().filter(|user| user.type_name == field.type_name);
            let known = lists.iter().any(|list| list.type_name == field.type_name);
            if known || (users().count() == 1 && field.all_codes.len() <= LONG) {
                continue;
            }
            let one_title = users().all(|user| user.title == field.title);
            let title = if one_title && field.title.contains(' ') {
                field.title.to_owned()
            } else {
                spaced(field.type_name)
            };
            lists.push(CodeList {
                type_name: field.type_name,
                title: format!("Codes: {title}"),
                codes: field.all_codes,
                shape: field.shape,
                open: field.open,
            });
        }
        CodeLists(lists)
    }

    /// What a table says of a field's codes: where their list is, if it is at the end.
    pub(super) fn reference(&self, field: &FieldLayout) -> Option<String> {
        let list = self.find(field)?;
        let except: Vec<_> = field.except.iter().map(|bytes| code(bytes)).collect();
        Some(if except.is_empty() {
            link("codes", &list.title)
        } else {
            format!("{} but {}", link("codes", &list.title), except.join(", "))
        })
    }

    /// The list of a field's codes, to stand right here, if it is not at the end.
    pub(super) fn inline(&self, field: &FieldLayout, caption: &str) -> Option<String> {
        if field.all_codes.is_empty() || self.find(field).is_some() {
            return None;
        }
        let table = table(field.codes(), field.shape);
        Some(format!("\n{caption}:\n\n{table}{}", open(field.open)))
    }

    /// The end of the document.
    pub(super) fn appendix(&self) -> String {
        let mut out = String::new();
        for list in &self.0 {
            let table = table(list.codes.iter(), list.shape);
            out.push_str(&format!("\n## {}\n\n{table}{}", list.title, open(list.open)));
        }
        out
    }

    fn find(&self, field: &FieldLayout) -> Option<&CodeList> {
        self.0.iter().find(|list| list.type_name == field.type_name)
    }
}

fn table(codes: impl Iterator<Item = &'static Code>, shape: Shape) -> String {
    let mut table = Table::new(&["Code", "Meaning"]);
    for each in codes {
        let value = match (shape, each.bytes) {
            (Shape::NumericCode, &[high, low]) => format!("`0x{high:02X}{low:02X}`"),
            (_, bytes) => code(bytes),
        };
        table.row(&[value, each.meaning.to_owned()]);
    }
    table.text()
}

const fn open(open: bool) -> &'static str {
    if open { "\nOther values are allowed.\n" } else { "" }
}

/// `IssueSubType` as "Issue Sub Type".
fn spaced(name: &str) -> String {
    let mut out = String::new();
    for char in name.chars() {
        if char.is_ascii_uppercase() && !out.is_empty() {
            out.push(' ');
        }
        out.push(char);
    }
    out
}

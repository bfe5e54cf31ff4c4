//! Names of fields in filters.

use std::collections::HashMap;

use protocol_spec::wire::layout::{FieldLayout, Shape};
use protocol_spec::wire::ouch::Tags;

use crate::spec::implied;
use crate::spec::protocol::{BINARY_FILE, OUCH, PROTOCOLS, Protocol, optional};

/// A field as Wireshark is to know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterField {
    /// Name in filters.
    pub name: String,
    /// Wireshark's type of its value.
    pub kind: &'static str,
    /// Name for people.
    pub title: &'static str,
}

/// The name in filters of every field of every protocol that is on the wire.
///
/// A field is called `outcry.PROTOCOL.FIELD`. Where fields of one name have values of different
/// types, the first one in the table has that name, and the others have their type behind it.
#[derive(Debug)]
pub struct FilterNames {
    fields: Vec<FilterField>,
    by_use: HashMap<(&'static str, &'static str, &'static str), usize>,
}

impl FilterNames {
    /// The names, in the order of the tables.
    #[must_use]
    pub fn new() -> Self {
        let mut names = FilterNames { fields: Vec::new(), by_use: HashMap::new() };
        for protocol in PROTOCOLS {
            if protocol.name != BINARY_FILE.name {
                names.take_all(protocol);
            }
        }
        names
    }

    /// Every field once.
    #[must_use]
    pub fn fields(&self) -> &[FilterField] {
        &self.fields
    }

    /// The name of `field` in filters.
    ///
    /// # Panics
    /// If the protocol has no such field.
    #[must_use]
    pub fn get(&self, protocol: &Protocol, field: &FieldLayout) -> &str {
        let place = self.by_use[&(protocol.name, field.name, kind(field))];
        &self.fields[place].name
    }

    fn take_all(&mut self, protocol: &Protocol) {
        for (_, layout) in protocol.layouts() {
            for field in implied::leading(layout) {
                self.take(protocol, &field);
            }
            for field in layout.fields.iter().chain(optional(layout)) {
                self.take(protocol, field);
            }
            if let Some(field) = implied::appendage_length(layout) {
                self.take(protocol, &field);
            }
        }
        if protocol.name == OUCH.name {
            self.take(protocol, &implied::element_length());
            self.take(protocol, &implied::element_tag());
            for tag in Tags::LAYOUTS {
                self.take(protocol, &tag.field);
            }
        }
    }

    fn take(&mut self, protocol: &Protocol, field: &FieldLayout) {
        let kind = kind(field);
        let used = (protocol.name, field.name, kind);
        if self.by_use.contains_key(&used) {
            return;
        }
        let mut name = format!("outcry.{}.{}", protocol.name, field.name);
        if self.fields.iter().any(|field| field.name == name) {
            name = format!("{name}_{kind}");
        }
        self.by_use.insert(used, self.fields.len());
        self.fields.push(FilterField { name, kind, title: field.title });
    }
}

impl Default for FilterNames {
    fn default() -> Self {
        Self::new()
    }
}

/// Wireshark's type for the values of a field.
fn kind(field: &FieldLayout) -> &'static str {
    match (field.shape, field.len) {
        (Shape::Text | Shape::Digits | Shape::Code, _) => "string",
        (Shape::SignedPrice, _) => "int32",
        (_, 1) => "uint8",
        (_, 2) => "uint16",
        (_, 4) => "uint32",
        _ => "uint64",
    }
}

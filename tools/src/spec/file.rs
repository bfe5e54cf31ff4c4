//! The files that are printed.

use super::protocol::PROTOCOLS;
use super::{dissector, document, vector};

/// A file of `docs/protocol`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub text: String,
}

/// The index and a document for each protocol.
#[must_use]
pub fn documents() -> Vec<File> {
    let index = File { name: "README.md", text: document::index() };
    let pages = PROTOCOLS
        .iter()
        .map(|protocol| File { name: protocol.file, text: document::page(protocol) });
    std::iter::once(index).chain(pages).collect()
}

/// The dissector.
#[must_use]
pub fn dissector() -> File {
    File { name: "outcry.lua", text: dissector::script() }
}

/// The vectors.
#[must_use]
pub fn vectors() -> File {
    File { name: "vectors.json", text: vector::json::text(&vector::all()) }
}

/// Every file.
#[must_use]
pub fn all() -> Vec<File> {
    let mut files = documents();
    files.push(dissector());
    files.push(vectors());
    files
}

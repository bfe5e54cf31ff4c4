//! Settings as the operator changes them while the venue runs.
//!
//! They are keys of a section, so they are read as one. Its values are words of a command line:
//! those of keys that take strings are put in quotes, all others are TOML as they are.

use std::collections::BTreeMap;
use std::fmt::Write;

use matcher::settings::Instrument;
use toml::Spanned;
use toml::de::DeValue;

use super::document::Document;
use super::instrument;
use super::notes::{Env, Known};
use super::port::{self, PortEntry};
use super::section::Section;
use super::unknown;

/// Keys that take strings.
const STRINGS: [&str; 14] = [
    "aiq",
    "aiq_group",
    "cod_grace",
    "crash_grace",
    "firm",
    "max_notional",
    "password",
    "post_only",
    "reference_price",
    "short",
    "state",
    "symbol",
    "tick",
    "username",
];

/// A security after these keys are set.
pub(super) fn instrument(
    symbol: &str,
    base: Option<&Instrument>,
    set: &BTreeMap<String, String>,
    known: impl FnOnce() -> Known,
) -> Result<Instrument, String> {
    let mut barred = vec![("symbol", "it is named already: leave it out")];
    if base.is_some() {
        let cure = "it counts only for a new security: halt, pause or resume this one instead";
        barred.push(("state", cure));
    }
    let change = Change { section: "instrument", name: ("symbol", symbol), barred: &barred };
    change.read(set, &|_| None, known, |section| instrument::read(section, base))
}

/// A port after these keys are set.
pub(super) fn port(
    username: &str,
    base: Option<&PortEntry>,
    set: &BTreeMap<String, String>,
    env: Env<'_>,
    known: impl FnOnce() -> Known,
) -> Result<PortEntry, String> {
    let barred = [
        ("username", "it is named already: leave it out"),
        ("count", "one port is set at a time: leave it out"),
    ];
    let change = Change { section: "port", name: ("username", username), barred: &barred };
    change.read(set, env, known, |section| port::read(section, base)?.into_iter().next())
}

/// What is changed.
struct Change<'c> {
    section: &'static str,
    /// The key that names it, and its name.
    name: (&'static str, &'c str),
    /// Keys that cannot be set, each with what to do instead.
    barred: &'c [(&'static str, &'static str)],
}

impl Change<'_> {
    /// What the section with these keys says, or everything that is wrong with them.
    fn read<T>(
        &self,
        set: &BTreeMap<String, String>,
        env: Env<'_>,
        known: impl FnOnce() -> Known,
        read: impl FnMut(&mut Section<'_, '_>) -> Option<T>,
    ) -> Result<T, String> {
        let mut problems = Vec::new();
        let text = self.text(set, &mut problems);
        let mut document = Document::new(&text, env);
        let one = document.sections(self.section, read).pop().map(Spanned::into_inner);
        let mut notes = document.end();
        unknown::report(&mut notes, known);
        // The file has what needs quotes in quotes; a word of a command line has none.
        let bare = |text: String| text.replace(", in quotes", "").replace(" in quotes", "");
        problems.extend(notes.errors.iter().map(|error| bare(error.to_string())));
        match one {
            Some(one) if problems.is_empty() => Ok(one),
            _ => Err(problems.join("\n")),
        }
    }

    /// The section as it would be written. What cannot be written is a problem.
    fn text(&self, set: &BTreeMap<String, String>, problems: &mut Vec<String>) -> String {
        let Change { section, name: (key, name), .. } = self;
        let mut text = format!("[[{section}]]\n{key} = {}\n", quoted(name));
        for (key, word) in set {
            if let Some((_, cure)) = self.barred.iter().find(|(barred, _)| barred == key) {
                problems.push(format!("{section}.{key}: {cure}"));
                continue;
            }
            // What is no value of any kind is answered as a string, with what is allowed. A
            // password is all that was given.
            let is_bare = STRINGS.contains(&key.as_str()) && !word.starts_with('"');
            let is_value = key != "password" && !is_bare && DeValue::parse(word).is_ok();
            let value = if is_value { word.clone() } else { quoted(word) };
            writeln!(text, "{} = {value}", quoted(key)).expect("a string takes everything");
        }
        text
    }
}

/// A string as TOML writes it.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for char in text.chars() {
        match char {
            '"' | '\\' => quoted.extend(['\\', char]),
            char if char.is_control() => {
                write!(quoted, "\\u{:04X}", u32::from(char)).expect("a string takes everything");
            }
            char => quoted.push(char),
        }
    }
    quoted + "\""
}

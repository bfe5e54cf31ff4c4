//! What is learned while a configuration file is read.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::error::ConfigError;

/// A place in the text, in bytes.
pub(super) type Place = Range<usize>;
/// Keys by section.
pub(super) type Known = BTreeMap<&'static str, BTreeSet<&'static str>>;
/// What an environment variable holds.
pub(super) type Env<'a> = &'a dyn Fn(&str) -> Option<String>;

/// What is learned while a configuration file is read: what is wrong with it, and which keys there
/// are.
pub(super) struct Notes<'a> {
    text: &'a str,
    /// Where lines end.
    ends: Vec<usize>,
    pub(super) env: Env<'a>,
    pub(super) errors: Vec<ConfigError>,
    /// What was asked for.
    pub(super) known: Known,
    /// Keys that nobody asked for, with their sections; those at the top are in the section "".
    pub(super) unknown: Vec<(&'static str, String, Place)>,
}

impl<'a> Notes<'a> {
    /// Nothing learned of this text so far.
    pub(super) fn new(text: &'a str, env: Env<'a>) -> Self {
        Notes {
            text,
            ends: text.match_indices('\n').map(|(at, _)| at).collect(),
            env,
            errors: Vec::new(),
            known: Known::new(),
            unknown: Vec::new(),
        }
    }

    /// The text at a place.
    pub(super) fn text(&self, place: Place) -> &'a str {
        self.text.get(place).unwrap_or_default()
    }

    /// Notes an error. `value` is what the file has there, "" if that is not to be shown.
    pub(super) fn fault(&mut self, place: Option<Place>, key: &str, value: &str, problem: String) {
        let line = place.map(|place| self.line(&place));
        let (key, value) = (shortened(key), shortened(value));
        self.errors.push(ConfigError { line, key, value, problem });
    }

    /// The number of the line at this place, from 1.
    pub(super) fn line(&self, place: &Place) -> usize {
        1 + self.ends.partition_point(|end| *end < place.start)
    }
}

/// The first line of a text, and not all of it if it is long, with nothing that moves a cursor.
fn shortened(text: &str) -> String {
    const MOST: usize = 60;
    let line = text.lines().next().unwrap_or_default();
    let head: String = line.chars().take(MOST).collect();
    let shown: String =
        head.chars().map(|char| if char.is_control() { '?' } else { char }).collect();
    if head.len() == text.len() { shown } else { format!("{} ...", shown.trim_end()) }
}

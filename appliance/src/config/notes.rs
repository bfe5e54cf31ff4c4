//! What is learned while a configuration file is read.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Range, RangeInclusive};

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
    /// Lines that are not TOML.
    pub(super) faulty: BTreeSet<usize>,
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
            faulty: BTreeSet::new(),
            known: Known::new(),
            unknown: Vec::new(),
        }
    }

    /// The text at a place.
    pub(super) fn text(&self, place: Place) -> &'a str {
        self.text.get(place).unwrap_or_default()
    }

    /// The text of a line, without what is blank around it.
    pub(super) fn text_of_line(&self, line: usize) -> &'a str {
        let begin = if line == 1 { 0 } else { self.ends[line - 2] + 1 };
        let end = self.ends.get(line - 1).copied().unwrap_or(self.text.len());
        self.text[begin..end].trim()
    }

    /// Notes an error. `value` is what the file has there, "" if that is not to be shown.
    ///
    /// If some lines are not TOML, what seems to be missing may stand on them: then only what is
    /// wrong with a value is noted, if it stands elsewhere.
    pub(super) fn fault(&mut self, place: Option<Place>, key: &str, value: &str, problem: String) {
        if self.faulty.is_empty() || !value.is_empty() {
            self.fault_at(place, key, value, problem);
        }
    }

    /// Notes that there is no such key as stands at `place`.
    pub(super) fn fault_of_key(&mut self, place: Place, key: &str, problem: String) {
        self.fault_at(Some(place), key, "", problem);
    }

    /// Notes that a line is not TOML.
    pub(super) fn fault_of_text(&mut self, line: usize, problem: String) {
        let (key, value) = (String::new(), String::new());
        self.errors.push(ConfigError { line: Some(line), key, value, problem });
    }

    fn fault_at(&mut self, place: Option<Place>, key: &str, value: &str, problem: String) {
        let lines = place.map(|place| self.line(&place)..=self.line(&(place.end..place.end)));
        let is_faulty =
            |lines: &RangeInclusive<usize>| self.faulty.range(lines.clone()).next().is_some();
        if !lines.as_ref().is_some_and(is_faulty) {
            let line = lines.map(|lines| *lines.start());
            let (key, value) = (shortened(key), shortened(value));
            self.errors.push(ConfigError { line, key, value, problem });
        }
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

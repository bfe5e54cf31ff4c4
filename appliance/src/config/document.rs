//! A configuration file as sections, with all that is wrong with it.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::grammar;
use super::notes::{Env, Notes, Place};
use super::section::{Entries, Section, entries};

/// A configuration file that is being read.
///
/// Readers ask for the sections and keys that there are, and so tell which they are; what nobody
/// asked for is unknown. Whatever is wrong is noted and reading goes on with the default.
pub(super) struct Document<'a> {
    root: Entries<'a>,
    notes: Notes<'a>,
}

impl<'a> Document<'a> {
    /// Parses the text. What is not TOML is noted, and its lines count as not written.
    pub(super) fn new(text: &'a str, env: Env<'a>) -> Self {
        let (root, faults) = DeTable::parse_recoverable(text);
        let mut notes = Notes::new(text, env);
        for fault in faults {
            let place = fault.span().unwrap_or(text.len()..text.len());
            grammar::fault(&mut notes, &place, fault.message());
        }
        Document { root: entries(root.into_inner()), notes }
    }

    /// Whether a section has no beginning or no end, so that nobody knows whose keys there are.
    pub(super) fn is_lost(&self) -> bool {
        let header = |line: &usize| self.notes.text_of_line(*line).starts_with('[');
        self.notes.faulty.iter().any(header)
    }

    /// Reads the section `[name]`, which may be left out.
    pub(super) fn section<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&mut Section<'_, 'a>) -> T,
    ) -> T {
        self.notes.known.entry(name).or_default();
        let table = match self.root.remove(name) {
            None => None,
            Some((key, value)) => match value.into_inner() {
                DeValue::Table(table) => Some((key, table)),
                other => {
                    let is = format!("is a section: write [{name}] on a line of its own, once");
                    self.notes.fault(Some(key), name, "", format!("{is}{}", not(&other)));
                    None
                }
            },
        };
        let (header, table) = table.unzip();
        let entries = table.map(entries).unwrap_or_default();
        Section::read(&mut self.notes, name, header, entries, read)
    }

    /// Reads the sections `[[name]]`, each with its place.
    pub(super) fn sections<T>(
        &mut self,
        name: &'static str,
        mut read: impl FnMut(&mut Section<'_, 'a>) -> Option<T>,
    ) -> Vec<Spanned<T>> {
        self.notes.known.entry(name).or_default();
        let Some((key, value)) = self.root.remove(name) else { return Vec::new() };
        let wrong = |other: &DeValue<'_>| {
            format!("write [[{name}]] in double brackets, once for each{}", not(other))
        };
        let array = match value.into_inner() {
            DeValue::Array(array) => array,
            other => {
                self.notes.fault(Some(key), name, "", wrong(&other));
                return Vec::new();
            }
        };
        let mut all = Vec::new();
        for element in array {
            let place = element.span();
            match element.into_inner() {
                DeValue::Table(table) => {
                    let header = Some(place.clone());
                    let one =
                        Section::read(&mut self.notes, name, header, entries(table), &mut read);
                    all.extend(one.map(|one| Spanned::new(place, one)));
                }
                other => self.notes.fault(Some(place), name, "", wrong(&other)),
            }
        }
        all
    }

    /// Notes what is wrong with a whole section.
    pub(super) fn fault(&mut self, place: Place, key: &str, problem: String) {
        self.notes.fault(Some(place), key, "", problem);
    }

    /// The number of the line at this place, from 1.
    pub(super) fn line(&self, place: &Place) -> usize {
        self.notes.line(place)
    }

    /// What was learned, once every section was asked for.
    pub(super) fn end(mut self) -> Notes<'a> {
        let rest = self.root.into_iter();
        self.notes.unknown.extend(rest.map(|(key, (place, _))| ("", key, place)));
        self.notes
    }
}

/// What a value is that should be a table.
fn not(value: &DeValue<'_>) -> String {
    match value {
        DeValue::Table(_) | DeValue::Array(_) => String::new(),
        other => format!("; this is a value of type {}", other.type_str()),
    }
}

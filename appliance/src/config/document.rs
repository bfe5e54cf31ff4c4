//! A configuration file as sections, with all that is wrong with it.

use std::borrow::Cow;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::notes::{Env, Notes, Place};
use super::section::{Entries, Section};

/// A configuration file that is being read.
///
/// Readers ask for the sections and keys that there are, and so tell which they are; what nobody
/// asked for is unknown. Whatever is wrong is noted and reading goes on with the default.
pub(super) struct Document<'a> {
    root: Entries<'a>,
    notes: Notes<'a>,
}

impl<'a> Document<'a> {
    /// Parses the text. What is not TOML is noted.
    pub(super) fn new(text: &'a str, env: Env<'a>) -> Self {
        let (root, faults) = DeTable::parse_recoverable(text);
        let mut notes = Notes::new(text, env);
        for fault in faults {
            let place = fault.span().unwrap_or(text.len()..text.len());
            // Behind the first fault of a line there are others that only follow from it.
            let line = Some(notes.line(&place));
            if notes.errors.last().is_none_or(|error| error.line != line) {
                notes.fault(Some(place), "", "", format!("not TOML: {}", fault.message()));
            }
        }
        Document { root: entries(root.into_inner()), notes }
    }

    /// Whether anything is wrong so far.
    pub(super) fn is_fine(&self) -> bool {
        self.notes.errors.is_empty()
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

/// The entries of a table by key, each with the key's place.
fn entries(table: DeTable<'_>) -> Entries<'_> {
    let entry = |(key, value): (Spanned<Cow<'_, str>>, _)| {
        let place = key.span();
        (key.into_inner().into_owned(), (place, value))
    };
    table.into_iter().map(entry).collect()
}

/// What a value is that should be a table.
fn not(value: &DeValue<'_>) -> String {
    match value {
        DeValue::Table(_) | DeValue::Array(_) => String::new(),
        other => format!("; this is a value of type {}", other.type_str()),
    }
}

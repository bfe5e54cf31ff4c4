//! A section of the configuration: its keys, read one by one.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use super::notes::{Notes, Place};
use super::units::{self, Size, Time};

/// Values by key, each with the place of its key.
pub(super) type Entries<'a> = BTreeMap<String, (Place, Spanned<DeValue<'a>>)>;

/// The entries of a table by key, each with the key's place.
pub(super) fn entries(table: DeTable<'_>) -> Entries<'_> {
    let entry = |(key, value): (Spanned<Cow<'_, str>>, _)| {
        let place = key.span();
        (key.into_inner().into_owned(), (place, value))
    };
    table.into_iter().map(entry).collect()
}

/// A section that is being read.
///
/// Each question names a key, the default, and what is allowed. A value that is not is noted as an
/// error, and the answer is the default.
pub(super) struct Section<'n, 'a> {
    notes: &'n mut Notes<'a>,
    name: &'static str,
    header: Option<Place>,
    entries: Entries<'a>,
    /// The values of keys that were asked for.
    asked: BTreeMap<&'static str, Place>,
    faults: usize,
}

impl<'n, 'a> Section<'n, 'a> {
    /// Reads a section; what was not asked for in the end is noted as unknown.
    pub(super) fn read<T>(
        notes: &'n mut Notes<'a>,
        name: &'static str,
        header: Option<Place>,
        entries: Entries<'a>,
        read: impl FnOnce(&mut Section<'_, 'a>) -> T,
    ) -> T {
        let asked = BTreeMap::new();
        let mut section = Section { notes, name, header, entries, asked, faults: 0 };
        let read = read(&mut section);
        let rest = std::mem::take(&mut section.entries).into_iter();
        section.notes.unknown.extend(rest.map(|(key, (place, _))| (name, key, place)));
        read
    }

    /// What `key` holds; `None` if it is left out or `allowed` does not describe it.
    pub(super) fn find<T: DeserializeOwned, U>(
        &mut self,
        key: &'static str,
        allowed: &str,
        accept: impl FnOnce(T) -> Option<U>,
    ) -> Option<U> {
        let value = self.take(key)?;
        let accepted = T::deserialize(ValueDeserializer::from(value)).ok().and_then(accept);
        if accepted.is_none() {
            self.fault(key, format!("must be {allowed}"));
        }
        accepted
    }

    /// What `key` holds; that it is left out is an error as well.
    pub(super) fn required<T: DeserializeOwned, U>(
        &mut self,
        key: &'static str,
        allowed: &str,
        accept: impl FnOnce(T) -> Option<U>,
    ) -> Option<U> {
        let found = self.find(key, allowed, accept);
        if !self.has(key) {
            self.fault(key, format!("is missing: it must be {allowed}"));
        }
        found
    }

    /// The value of `key` as TOML has it.
    pub(super) fn take(&mut self, key: &'static str) -> Option<Spanned<DeValue<'a>>> {
        self.notes.known.entry(self.name).or_default().insert(key);
        let (_, value) = self.entries.remove(key)?;
        self.asked.insert(key, value.span());
        Some(value)
    }

    /// Whether `key` is there and holds a section.
    pub(super) fn has_section(&self, key: &str) -> bool {
        matches!(self.entries.get(key), Some((_, value)) if value.get_ref().is_table())
    }

    /// Reads the section that `key` holds, if it holds one. `name` is that section's whole name.
    pub(super) fn inner<T>(
        &mut self,
        key: &'static str,
        name: &'static str,
        read: impl FnOnce(&mut Section<'_, 'a>) -> T,
    ) -> Option<T> {
        self.notes.known.entry(self.name).or_default().insert(key);
        let (header, value) = self.entries.remove(key)?;
        self.asked.insert(key, header.clone());
        let DeValue::Table(table) = value.into_inner() else { return None };
        Some(self.read_inner(name, header, table, read))
    }

    /// Reads a table that is inside this section as a section of its own.
    pub(super) fn read_inner<T>(
        &mut self,
        name: &'static str,
        header: Place,
        table: DeTable<'a>,
        read: impl FnOnce(&mut Section<'_, 'a>) -> T,
    ) -> T {
        let mut faults = 0;
        let read = Section::read(self.notes, name, Some(header), entries(table), |inner| {
            let read = read(inner);
            faults = inner.faults;
            read
        });
        self.faults += faults;
        read
    }

    /// The elements of the list that `key` holds, in their order; none if it is left out or
    /// `allowed` does not describe it.
    pub(super) fn list(
        &mut self,
        key: &'static str,
        allowed: &str,
    ) -> Option<Vec<Spanned<DeValue<'a>>>> {
        match self.take(key)?.into_inner() {
            DeValue::Array(elements) => Some(elements.into_iter().collect()),
            _ => {
                self.fault(key, format!("must be {allowed}"));
                None
            }
        }
    }

    /// What an element of the list `key` is; `None` if `allowed` does not describe it.
    pub(super) fn element<T: DeserializeOwned, U>(
        &mut self,
        key: &'static str,
        element: Spanned<DeValue<'a>>,
        allowed: &str,
        accept: impl FnOnce(T) -> Option<U>,
    ) -> Option<Spanned<U>> {
        let place = element.span();
        let read = T::deserialize(ValueDeserializer::from(element)).ok().and_then(accept);
        if read.is_none() {
            self.fault_of_element(key, place.clone(), format!("must be {allowed}"));
        }
        read.map(|read| Spanned::new(place, read))
    }

    /// Notes what is wrong with an element of the list `key`.
    pub(super) fn fault_of_element(&mut self, key: &str, place: Place, problem: String) {
        let value = self.notes.text(place.clone());
        self.fault_at(Some(place), key, value, problem);
    }

    /// The number of the line at a place.
    pub(super) fn line(&self, place: &Place) -> usize {
        self.notes.line(place)
    }

    /// Whether `key` is there.
    pub(super) fn has(&self, key: &str) -> bool {
        self.entries.contains_key(key) || self.asked.contains_key(key)
    }

    /// The entries nobody asked for, in the order of the file, each with the place of its key.
    pub(super) fn rest(&mut self) -> Vec<(String, Place, Spanned<DeValue<'a>>)> {
        let entries = std::mem::take(&mut self.entries).into_iter();
        let mut all: Vec<_> = entries.map(|(key, (place, value))| (key, place, value)).collect();
        all.sort_by_key(|(_, place, _)| place.start);
        all
    }

    /// Whether nothing is wrong with the section so far.
    pub(super) fn is_fine(&self) -> bool {
        self.faults == 0 && self.notes.faulty.is_empty()
    }

    /// Notes what is wrong with the value of `key`.
    pub(super) fn fault(&mut self, key: &str, problem: String) {
        let place = self.asked.get(key).cloned();
        let value = place.clone().map_or("", |place| self.notes.text(place));
        self.fault_at(place, key, value, problem);
    }

    /// Notes what is wrong with the value of `key`, which is not to be shown.
    pub(super) fn fault_of_secret(&mut self, key: &str, problem: String) {
        self.fault_at(self.asked.get(key).cloned(), key, "***", problem);
    }

    /// Notes what is wrong at a place of the section.
    pub(super) fn fault_at(
        &mut self,
        place: Option<Place>,
        key: &str,
        value: &str,
        problem: String,
    ) {
        self.faults += 1;
        let key = format!("{}.{key}", self.name);
        self.notes.fault(place.or(self.header.clone()), &key, value, problem);
    }

    /// Notes what is wrong with the section as a whole.
    pub(super) fn fault_of_all(&mut self, problem: String) {
        self.faults += 1;
        self.notes.fault(self.header.clone(), self.name, "", problem);
    }

    /// What the environment variable `name` holds.
    pub(super) fn env(&self, name: &str) -> Option<String> {
        (self.notes.env)(name)
    }

    /// The text of the file at a place.
    pub(super) fn text(&self, place: Place) -> &'a str {
        self.notes.text(place)
    }
}

/// Values of one kind each.
impl Section<'_, '_> {
    /// Yes or no.
    pub(super) fn flag(&mut self, key: &'static str, default: bool) -> bool {
        self.find(key, "true or false", Some).unwrap_or(default)
    }

    /// A whole number.
    pub(super) fn number<N>(&mut self, key: &'static str, default: N, range: RangeInclusive<N>) -> N
    where
        N: TryFrom<i64> + PartialOrd + Display + Copy,
    {
        let allowed = format!("a whole number from {} to {}", range.start(), range.end());
        let accept = |number: i64| N::try_from(number).ok().filter(|n| range.contains(n));
        self.find(key, &allowed, accept).unwrap_or(default)
    }

    /// A duration.
    pub(super) fn duration(
        &mut self,
        key: &'static str,
        default: Duration,
        range: RangeInclusive<Duration>,
    ) -> Duration {
        let [from, to, such] = [*range.start(), *range.end(), default].map(Time);
        let allowed = format!("a duration from \"{from}\" to \"{to}\", such as \"{such}\"");
        let accept =
            |text: String| units::duration(&text).filter(|duration| range.contains(duration));
        self.find(key, &allowed, accept).unwrap_or(default)
    }

    /// A size in bytes.
    pub(super) fn size(
        &mut self,
        key: &'static str,
        default: u64,
        range: RangeInclusive<u64>,
    ) -> u64 {
        let [from, to, such] = [*range.start(), *range.end(), default].map(Size);
        let allowed =
            format!("a number of bytes or a size from \"{from}\" to \"{to}\", such as \"{such}\"");
        let accept = |written: WrittenSize| match written {
            WrittenSize::Bytes(bytes) => Some(bytes),
            WrittenSize::Text(text) => units::size(&text),
        };
        let accept = |written| accept(written).filter(|size| range.contains(size));
        self.find(key, &allowed, accept).unwrap_or(default)
    }

    /// One of several words.
    pub(super) fn choice<T: Copy>(
        &mut self,
        key: &'static str,
        default: T,
        words: &[(&str, T)],
    ) -> T {
        let quoted: Vec<String> = words.iter().map(|(word, _)| format!("\"{word}\"")).collect();
        let allowed = match quoted.as_slice() {
            [only] => only.clone(),
            all => format!("one of {}", all.join(", ")),
        };
        let accept = |text: String| {
            let found = words.iter().find(|(word, _)| *word == text);
            found.map(|(_, value)| *value)
        };
        self.find(key, &allowed, accept).unwrap_or(default)
    }

    /// Money in units of 0.0001, where 0 means that there is no limit.
    pub(super) fn notional(&mut self, key: &'static str, default: u64) -> u64 {
        let allowed = "an amount in quotes of at most four decimals, such as \"1000000\"; \
                       \"0\" is no limit";
        self.find(key, allowed, |text: String| units::fixed4(&text)).unwrap_or(default)
    }
}

/// A size as it is written.
#[derive(Deserialize)]
#[serde(untagged)]
enum WrittenSize {
    Bytes(u64),
    Text(String),
}

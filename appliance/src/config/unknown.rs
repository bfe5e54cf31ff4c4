//! Keys that do not exist, and those that were meant.

use super::feed::LINES;
use super::notes::{Known, Notes};
use super::timetable::HALF_DAYS;

/// Notes an error for each key that nobody asked for. `known` tells the keys that there are.
pub(super) fn report(notes: &mut Notes<'_>, known: impl FnOnce() -> Known) {
    if notes.unknown.is_empty() {
        return;
    }
    let known = known();
    for (section, key, place) in std::mem::take(&mut notes.unknown) {
        let problem = match section {
            "" => at_the_top(&known, &key),
            section => in_section(&known, section, &key),
        };
        let path = if section.is_empty() { key } else { format!("{section}.{key}") };
        notes.fault_of_key(place, &path, problem);
    }
}

fn at_the_top(known: &Known, key: &str) -> String {
    let sections: Vec<&'static str> =
        known.keys().copied().filter(|name| ![HALF_DAYS, LINES].contains(name)).collect();
    // A section inside another may be meant by its own name.
    let own = |name: &'static str| name.rsplit_once('.').map_or(name, |(_, own)| own);
    let names: Vec<&str> = sections.iter().copied().map(own).collect();
    let meant = nearest(&names, key);
    let meant = meant.and_then(|meant| sections.iter().find(|section| own(section) == meant));
    match (meant, home(known, key)) {
        (Some(section), _) => format!("no such section; did you mean {}?", header(section)),
        (None, Some(home)) => {
            format!("no such section; it is a key under {home}")
        }
        (None, None) => {
            let all: Vec<String> = sections.iter().map(|section| header(section)).collect();
            format!("no such section; there are {}", all.join(", "))
        }
    }
}

fn in_section(known: &Known, section: &str, key: &str) -> String {
    let keys: Vec<&str> = known.get(section).into_iter().flatten().copied().collect();
    let missing = format!("no such key in {}", header(section));
    match (nearest(&keys, key), home(known, key)) {
        (Some(meant), _) => format!("{missing}; did you mean {meant}?"),
        (None, Some(home)) => format!("{missing}; it is one under {home}"),
        (None, None) => format!("{missing}; there are {}", keys.join(", ")),
    }
}

/// The sections that have a key of this name.
fn home(known: &Known, key: &str) -> Option<String> {
    let homes = known.iter().filter(|(_, keys)| keys.contains(key));
    let homes: Vec<String> = homes.map(|(section, _)| header(section)).collect();
    (!homes.is_empty()).then(|| homes.join(" or "))
}

/// The name that `key` is nearly, if there is one.
fn nearest<'k>(names: &[&'k str], key: &str) -> Option<&'k str> {
    let key: String = key.chars().take(40).collect();
    let key = key.to_lowercase().replace(['-', ' '], "_");
    let near = |name: &str| strsim::damerau_levenshtein(name, &key);
    let (distance, name) = names.iter().map(|name| (near(name), *name)).min()?;
    (distance <= name.len() / 3).then_some(name)
}

/// A section as it is written.
fn header(section: &str) -> String {
    match section {
        "port" | "instrument" => format!("[[{section}]]"),
        HALF_DAYS => "half_days of [venue.calendar]".to_owned(),
        LINES => "lines of [feed]".to_owned(),
        section => format!("[{section}]"),
    }
}

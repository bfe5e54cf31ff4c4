//! Keys that do not exist, and those that were meant.

use super::notes::{Known, Notes};

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
        notes.fault(Some(place), &path, "", problem);
    }
}

fn at_the_top(known: &Known, key: &str) -> String {
    let sections: Vec<&str> = known.keys().copied().collect();
    match (nearest(&sections, key), home(known, key)) {
        (Some(section), _) => format!("no such section; did you mean {}?", header(section)),
        (None, Some(home)) => {
            format!("no such section; it is a key under {}", header(home))
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
        (None, Some(home)) => format!("{missing}; it is one under {}", header(home)),
        (None, None) => format!("{missing}; there are {}", keys.join(", ")),
    }
}

/// The section that has a key of this name.
fn home(known: &Known, key: &str) -> Option<&'static str> {
    known.iter().find(|(_, keys)| keys.contains(key)).map(|(section, _)| *section)
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
        section => format!("[{section}]"),
    }
}

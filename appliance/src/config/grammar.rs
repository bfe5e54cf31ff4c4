//! Text that is not TOML, and how it would be.

use super::notes::{Notes, Place};

/// What the parser says, by its beginning, and what to do.
const CURES: [(&str, &str); 10] = [
    ("string values must be quoted", "put text in quotes, as name = \"Outcry\""),
    ("invalid basic string", "end the text with a quote on the same line"),
    ("missing escaped value", "for a \\ write \\\\"),
    ("key with no value", "write key = value, or # before a comment"),
    ("missing comma", "put a comma between the elements of a list, and ] at its end"),
    ("unclosed table", "write the section's name in brackets, as [venue] or [[port]]"),
    ("unclosed array", "put ] at the end of the list"),
    ("unexpected leading zero", "write the number without it"),
    ("invalid boolean", "write true or false"),
    ("unexpected key or value", "a line has one key = value, and numbers have no commas"),
];

/// Notes what the parser found at a place.
pub(super) fn fault(notes: &mut Notes<'_>, place: &Place, message: &str) {
    let line = notes.line(place);
    // Behind the first fault of a line there are others that only follow from it.
    if !notes.faulty.insert(line) {
        return;
    }
    let cure = CURES.iter().find(|(said, _)| message.starts_with(said));
    let cure = match (cure, message) {
        (Some((_, cure)), _) => cure,
        (None, "duplicate key") if notes.text_of_line(line).starts_with('[') => {
            "the section is there already, or a key of this name: leave one out; only [[port]] and \
             [[instrument]], in double brackets, may come again"
        }
        (None, "duplicate key") => "the section has this key already: leave one out",
        _ => "write key = value on a line of its own, with text, times and prices in quotes",
    };
    notes.fault_of_text(line, format!("not TOML: {message}: {cure}"));
}

//! The golden vectors: messages written by hand from the vendors' documents.
//!
//! A vector is a line `NAME | HEX | FIELDS`; the heads of the files explain the notation. What is
//! read here comes from the file alone, not from the tables that it is compared with.

use std::fmt;
use std::path::Path;

/// One message of a file.
#[derive(Clone, Debug)]
pub struct Vector {
    /// File and line, to be named when something is wrong.
    pub place: String,
    /// Name of the message in the file.
    pub name: String,
    /// The message.
    pub bytes: Vec<u8>,
    /// What the file says is in it, in order of the bytes.
    pub told: Vec<Told>,
    /// Whether a sender would write the same values otherwise.
    pub decode_only: bool,
}

/// One value, as a file tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Where it stands.
    pub at: Place,
    /// What it is.
    pub value: Literal,
}

/// Where a value stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// At an offset, so many bytes long.
    Field(usize, usize),
    /// In the element of an appendage with this tag.
    Tag(u8),
}

/// A value in the notation of the files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Literal {
    /// A number, raw: without the implied point of prices.
    Number(i128),
    /// A code of one character.
    Char(u8),
    /// Text without its padding.
    Text(String),
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.at {
            Place::Field(offset, len) => write!(f, "{offset}/{len}=")?,
            Place::Tag(tag) => write!(f, "tag:{tag}=")?,
        }
        match &self.value {
            Literal::Number(number) => write!(f, "{number}"),
            Literal::Char(byte) => write!(f, "'{}'", char::from(*byte)),
            Literal::Text(text) => write!(f, "\"{text}\""),
        }
    }
}

/// Name of every file and the protocol of [`crate::protocols::ALL`] that it holds, if one.
pub const FILES: &[(&str, Option<&str>)] = &[
    ("itch.txt", Some("itch")),
    ("glimpse.txt", Some("glimpse")),
    ("ouch_inbound.txt", Some("ouch_inbound")),
    ("ouch_outbound.txt", Some("ouch_outbound")),
    ("soup.txt", Some("soup")),
    ("mold.txt", None),
];

/// Reads the vectors of a file.
///
/// # Panics
/// If the file cannot be read, or a line is not in its notation.
#[must_use]
pub fn read(file: &str) -> Vec<Vector> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden").join(file);
    let text = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("cannot read {}: {error}", path.display()));
    let mut decode_only = false;
    let mut vectors = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        if line.starts_with("# === decode only") {
            decode_only = true;
        } else if !line.starts_with('#') && !line.is_empty() {
            let place = format!("{file}:{number}");
            let vector = vector(place.clone(), line, decode_only);
            vectors.push(vector.unwrap_or_else(|| panic!("{place}: not a vector: {line}")));
        }
    }
    vectors
}

fn vector(place: String, line: &str, decode_only: bool) -> Option<Vector> {
    let (name, rest) = line.split_once(" | ")?;
    let (hex, fields) = rest.split_once(" | ")?;
    Some(Vector {
        place,
        name: name.trim().to_owned(),
        bytes: unhex(hex)?,
        told: told(fields)?,
        decode_only,
    })
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text
        .bytes()
        .filter(|byte| *byte != b' ')
        .map(|byte| char::from(byte).to_digit(16).map(|digit| digit as u8))
        .collect::<Option<_>>()?;
    let (pairs, []) = digits.as_chunks() else {
        return None;
    };
    Some(pairs.iter().map(|[high, low]| high << 4 | low).collect())
}

fn told(mut text: &str) -> Option<Vec<Told>> {
    let mut all = Vec::new();
    while !text.is_empty() {
        let (at, rest) = text.split_once('=')?;
        let at = match at.strip_prefix("tag:") {
            Some(tag) => Place::Tag(tag.parse().ok()?),
            None => {
                let (offset, len) = at.split_once('/')?;
                Place::Field(offset.parse().ok()?, len.parse().ok()?)
            }
        };
        let (value, rest) = literal(rest)?;
        all.push(Told { at, value });
        text = rest.strip_prefix(' ').unwrap_or(rest);
    }
    Some(all)
}

/// Reads the literal at the start of `text`; quoted ones may hold spaces.
fn literal(text: &str) -> Option<(Literal, &str)> {
    if let Some(quoted) = text.strip_prefix('"') {
        let (text, rest) = quoted.split_once('"')?;
        return Some((Literal::Text(text.to_owned()), rest));
    }
    if let [b'\'', byte, b'\'', ..] = text.as_bytes() {
        return Some((Literal::Char(*byte), text.get(3..)?));
    }
    let end = text.find(' ').unwrap_or(text.len());
    let (number, rest) = text.split_at(end);
    Some((Literal::Number(number.parse().ok()?), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_in_all_its_notations() {
        let line = "Name | 41 2D20 0203 | 0/1='A' 1/2=\"- x\" 3/2=-7 5/1=' ' 9/0=\"\" tag:28=3";
        let vector = vector("here".to_owned(), line, false).expect("the line is well formed");
        assert_eq!(
            (vector.name.as_str(), vector.bytes.as_slice()),
            ("Name", b"A- \x02\x03".as_slice())
        );
        let told: Vec<String> = vector.told.iter().map(Told::to_string).collect();
        let expected = ["0/1='A'", "1/2=\"- x\"", "3/2=-7", "5/1=' '", "9/0=\"\"", "tag:28=3"];
        assert_eq!(told, expected);
    }

    #[test]
    fn a_line_with_a_fault_is_no_vector() {
        for line in ["A | 4 | 0/1='A'", "A | 41", "A | 41 | 0=1", "A | 41 | 0/1='A"] {
            assert!(vector(String::new(), line, false).is_none(), "{line}");
        }
    }
}

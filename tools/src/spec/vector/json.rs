//! The vectors as JSON, a field a line.

use std::fmt::Write;

use serde_json::{Map, Value, json};

use super::{Datum, Scalar, Vector, about, shapes};

/// Largest whole number up to which every program's floating point numbers are exact.
const EXACT: u64 = 1 << 53;

/// The file that holds `vectors`.
#[must_use]
pub fn text(vectors: &[Vector]) -> String {
    let entry = |(key, value): (&str, &str)| format!("{}: {}", json!(key), json!(value));
    let mut out = String::from("{\n  \"about\": {\n");
    for &member in about::MEMBERS {
        writeln!(out, "    {},", entry(member)).expect("a string takes all text");
    }
    out.push_str("    \"types\": {\n");
    lines(&mut out, "      ", shapes::all().map(entry));
    out.push_str("    }\n  },\n  \"vectors\": [\n");
    for (i, vector) in vectors.iter().enumerate() {
        out.push_str("    {\n");
        lines(&mut out, "      ", members(vector).into_iter());
        out.push_str(if i + 1 == vectors.len() { "    }\n" } else { "    },\n" });
    }
    out.push_str("  ]\n}\n");
    out
}

/// The members of the object that is `vector`, as text.
fn members(vector: &Vector) -> Vec<String> {
    let mut members = vec![format!("\"protocol\": {}", json!(vector.protocol))];
    let mut add = |key: &str, value: Value| members.push(format!("\"{key}\": {value}"));
    if let Some(direction) = vector.direction {
        add("direction", json!(direction.word()));
    }
    add("name", json!(vector.layout.name));
    if !vector.case.is_empty() {
        add("case", json!(vector.case));
    }
    add("title", json!(vector.layout.title));
    if let Some(kind) = vector.layout.kind {
        add("type", json!(char::from(kind.byte).to_string()));
    }
    add("hex", json!(hex(&vector.bytes)));
    members.push(list("fields", vector.data.iter().map(object)));
    if !vector.tags.is_empty() {
        let tags = vector.tags.iter().map(|(tag, datum)| {
            let mut whole = Map::new();
            whole.insert("tag".to_owned(), json!(tag));
            whole.extend(object(datum));
            whole
        });
        members.push(list("tags", tags));
    }
    if let Some(offset) = vector.payload() {
        let length = vector.bytes.len() - offset;
        let place = json!({ "offset": offset, "length": length });
        members.push(format!("\"payload\": {place}"));
    }
    members
}

/// A list of objects, each on a line of its own.
fn list(key: &str, objects: impl Iterator<Item = Map<String, Value>>) -> String {
    let mut out = format!("\"{key}\": [");
    let lines: Vec<_> =
        objects.map(|object| format!("\n        {}", Value::Object(object))).collect();
    out.push_str(&lines.join(","));
    out.push_str(if lines.is_empty() { "]" } else { "\n      ]" });
    out
}

fn object(datum: &Datum) -> Map<String, Value> {
    let mut object = Map::new();
    let mut add = |key: &str, value: Value| object.insert(key.to_owned(), value);
    add("name", json!(datum.name));
    add("offset", json!(datum.offset));
    add("length", json!(datum.len));
    add("type", json!(shapes::word(datum.shape)));
    add("value", scalar(&datum.value));
    if let Some(text) = &datum.text {
        add("text", json!(text));
    }
    if let Some(meaning) = datum.meaning {
        add("meaning", json!(meaning));
    }
    object
}

fn scalar(value: &Scalar) -> Value {
    match value {
        Scalar::Unsigned(number) if *number > EXACT => json!(number.to_string()),
        Scalar::Unsigned(number) => json!(number),
        Scalar::Signed(number) => json!(number),
        Scalar::Text(text) => json!(text),
    }
}

/// The bytes in hexadecimal digits.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut out, byte| {
        write!(out, "{byte:02X}").expect("a string takes all text");
        out
    })
}

/// Writes lines with commas between them.
fn lines(out: &mut String, indent: &str, lines: impl Iterator<Item = String>) {
    let lines: Vec<_> = lines.map(|line| format!("{indent}{line}")).collect();
    out.push_str(&lines.join(",\n"));
    out.push('\n');
}

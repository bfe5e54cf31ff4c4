//! Messages written apart from the tables, field by field, against what is shown of them.

use std::fs;

use protocol_spec::wire::layout::Shape;
use protocol_spec::wire::ouch::Tags;
use serde_json::{Map, Value};
use tools::decode::Protocol;

use crate::kit::decode_input;

/// The vectors of a file: name, hex digits and fields.
fn vectors(file: &str) -> Vec<[String; 3]> {
    let path = format!("{}/../tests/golden/{file}", env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(path).expect("the vectors are part of the repository");
    let lines = text.lines().filter(|line| !line.starts_with('#') && line.contains(" | "));
    lines
        .map(|line| {
            let mut parts = line.split(" | ").map(|part| part.trim().to_owned());
            [(); 3].map(|()| parts.next().expect("name, hex and fields"))
        })
        .collect()
}

/// The fields of a vector: offset and length, or tag, and the value.
fn expected(mut fields: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    while let Some((key, rest)) = fields.trim_start().split_once('=') {
        let quote = rest.chars().next().filter(|first| ['\'', '"'].contains(first));
        let (value, rest) = match quote {
            Some(quote) => rest[1..].split_once(quote).expect("quotes are closed"),
            None => rest.split_once(' ').unwrap_or((rest, "")),
        };
        found.push((key.to_owned(), value.trim().to_owned()));
        fields = rest;
    }
    found
}

/// What is shown of a field, and how many decimals it has, if the key names one: the type byte and
/// the lengths of appendages and elements are not shown.
fn shown(object: &Value, protocol: Protocol, key: &str) -> Option<(String, usize)> {
    let (value, field) = if let Some(tag) = key.strip_prefix("tag:") {
        let tag: u8 = tag.parse().expect("tags are numbers");
        let layout = Tags::LAYOUTS.iter().find(|layout| layout.tag == tag)?;
        (&object["tags"][layout.field.name], &layout.field)
    } else {
        let offset = key.split('/').next().and_then(|offset| offset.parse::<usize>().ok());
        let letter = object["type"].as_str().expect("all of these have a type").as_bytes()[0];
        let layout = protocol.layout(letter).expect("it was decoded by its layout");
        let field = layout.fields.iter().find(|field| Some(field.offset) == offset)?;
        (&object["fields"][field.name], field)
    };
    let decimals = match field.shape {
        Shape::Price | Shape::OrderPrice | Shape::SignedPrice => 4,
        Shape::Level => 8,
        _ => 0,
    };
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        other => other.to_string(),
    };
    Some((text, decimals))
}

/// Whether a shown value is the expected one: as it is, or a price with so many implied decimals.
fn is_same(shown: &str, decimals: usize, expected: &str) -> bool {
    if decimals == 0 {
        return shown == expected.trim();
    }
    if shown == "market" {
        return ["2000000000", "2147483647"].contains(&expected);
    }
    let Some((whole, fraction)) = shown.split_once('.') else {
        return false;
    };
    let raw = format!("{whole}{fraction}").parse::<i128>();
    fraction.len() == decimals && raw.is_ok() && raw == expected.parse()
}

#[test]
fn every_value_of_every_message_is_shown() {
    for (file, protocol) in [
        ("itch.txt", Protocol::Itch),
        ("glimpse.txt", Protocol::Glimpse),
        ("ouch_inbound.txt", Protocol::OuchIn),
        ("ouch_outbound.txt", Protocol::OuchOut),
    ] {
        let vectors = vectors(file);
        let text: String = vectors.iter().map(|[_, hex, _]| format!("{hex}\n")).collect();
        let run =
            decode_input(&["--format", "hex", "--as", protocol.name(), "--json"], text.as_bytes());
        let lines = run.lines();
        assert_eq!(lines.len(), vectors.len(), "{file}: {}", run.err);
        let faults = lines.iter().filter(|line| line.contains("\"error\":")).count();
        assert_eq!(faults, 0, "{file}: {}", run.err);
        for ([name, hex, fields], line) in vectors.iter().zip(lines) {
            let object: Value = serde_json::from_str(line).expect("each line is an object");
            let mut count = 0;
            for (key, value) in expected(fields) {
                if let Some((shown, decimals)) = shown(&object, protocol, &key) {
                    let same = is_same(&shown, decimals, &value);
                    assert!(same, "{name}: {hex}: {key}={value}: {line}");
                    count += 1;
                }
            }
            let all = ["fields", "tags"].map(|part| object[part].as_object().map_or(0, Map::len));
            assert_eq!(count, all.iter().sum::<usize>(), "{name}: {hex}: {fields}: {line}");
        }
    }
}

#[test]
fn every_message_is_found_out_without_being_told() {
    for file in ["itch.txt", "glimpse.txt", "ouch_inbound.txt", "ouch_outbound.txt"] {
        let vectors = vectors(file);
        let text: String = vectors.iter().map(|[_, hex, _]| format!("{hex}\n")).collect();
        let run = decode_input(&["--format", "hex"], text.as_bytes());
        let undecided = run.lines().iter().filter(|line| line.contains(" !! ")).count();
        assert_eq!(undecided, 0, "{file}: {}", run.err);
    }
}

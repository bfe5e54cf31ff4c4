//! The files of docs/protocol are what the printers print, and the vectors are what they say.

use std::fs;
use std::path::PathBuf;

use protocol_spec::wire::layout::{FieldLayout, Layout, Tail};
use protocol_spec::wire::ouch::{Appendage, Inbound, Outbound, TagSet, Tags};
use protocol_spec::wire::{DecodeError, binary_file, glimpse, itch, mold, soup};
use serde_json::Value;
use tools::spec::protocol::{Direction, PROTOCOLS, optional};
use tools::spec::vector::{self, Scalar, Vector};
use tools::spec::{document, file};

fn directory() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/protocol")
}

/// The vectors of a protocol, one way or the other.
fn vectors(protocol: &str, direction: Option<Direction>) -> Vec<Vector> {
    let found: Vec<_> = vector::all()
        .into_iter()
        .filter(|vector| vector.protocol == protocol && vector.direction == direction)
        .collect();
    assert!(!found.is_empty(), "{protocol} has vectors");
    found
}

/// What a strict reader makes of a vector.
fn whole<'a, T>(vector: &'a Vector, decode: impl FnOnce(&'a [u8]) -> Result<T, DecodeError>) -> T {
    decode(&vector.bytes).unwrap_or_else(|error| panic!("{}: {error}", name(vector)))
}

/// Which vector it is, for people.
fn name(vector: &Vector) -> String {
    format!("{} {} {}", vector.protocol, vector.layout.name, vector.case)
}

#[test]
fn the_files_are_those_that_are_printed() {
    for printed in file::all() {
        let there = fs::read_to_string(directory().join(printed.name)).unwrap_or_default();
        assert!(
            there == printed.text,
            "docs/protocol/{} is not what is printed today: run `cargo bless`",
            printed.name
        );
    }
    let files = fs::read_dir(directory()).expect("docs/protocol is there");
    assert_eq!(files.count(), file::all().len(), "docs/protocol has a file that nobody prints");
}

#[test]
fn every_message_and_every_tag_has_a_vector() {
    let all = vector::all();
    for protocol in PROTOCOLS {
        for (direction, layout) in protocol.layouts() {
            let found = all.iter().any(|vector| {
                vector.protocol == protocol.name
                    && vector.direction == direction
                    && vector.layout.name == layout.name
            });
            assert!(found, "{} {}", protocol.name, layout.name);
        }
    }
    for tag in Tags::LAYOUTS {
        let alone = |vector: &Vector| matches!(&vector.tags[..], [(only, _)] if *only == tag.tag);
        assert!(all.iter().any(alone), "tag {}", tag.tag);
    }
    for (_, layout) in tools::spec::protocol::OUCH.layouts() {
        if let Tail::Appendage(_, tags) = layout.tail {
            let full = |vector: &Vector| {
                vector.layout.name == layout.name && vector.tags.len() == tags.len()
            };
            assert!(all.iter().any(full), "{} with all tags", layout.name);
        }
    }
}

#[test]
fn messages_of_the_feed_and_the_snapshot_decode_and_encode_to_the_same_bytes() {
    for vector in vectors("itch", None) {
        let message = whole(&vector, itch::Message::decode);
        assert_eq!(message.layout().name, vector.layout.name);
        let mut again = vec![0; vector.bytes.len()];
        assert_eq!(message.encode(&mut again), again.len());
        assert_eq!(again, vector.bytes, "{}", name(&vector));
    }
    for vector in vectors("glimpse", None) {
        match whole(&vector, glimpse::Message::decode) {
            glimpse::Message::End(end) => assert_eq!(end.values().to_bytes(), *vector.bytes),
            glimpse::Message::Feed(feed) => panic!("{feed:?} is a message of the feed"),
        }
    }
}

/// The appendage anew from its values, empty where there was none.
fn appendage(appendage: Appendage<'_>) -> Vec<u8> {
    if appendage.is_absent() {
        return Vec::new();
    }
    let tags = appendage.read(TagSet::ALL).expect("decode has read it before");
    let mut bytes = vec![0; Tags::MAX_LEN];
    let used = tags.encode(&mut bytes);
    bytes.truncate(used);
    bytes
}

#[test]
fn messages_of_order_entry_decode_and_encode_to_the_same_bytes() {
    for vector in vectors("ouch", Some(Direction::Inbound)) {
        let (message, tail) = whole(&vector, Inbound::decode);
        assert_eq!(message.layout().name, vector.layout.name);
        let mut again = vec![0; vector.layout.len];
        message.encode(&mut again);
        again.extend(appendage(tail));
        assert_eq!(again, vector.bytes, "{}", name(&vector));
    }
    for vector in vectors("ouch", Some(Direction::Outbound)) {
        let (message, tail) = whole(&vector, Outbound::decode);
        assert_eq!(message.layout().name, vector.layout.name);
        let mut again = vec![0; vector.layout.len];
        message.encode(&mut again);
        again.extend(appendage(tail));
        assert_eq!(again, vector.bytes, "{}", name(&vector));
    }
}

#[test]
fn packets_and_records_decode_and_encode_to_the_same_bytes() {
    for vector in vectors("soup", None) {
        let framed = whole(&vector, soup::Framed::decode);
        assert_eq!(framed.packet.layout().name, vector.layout.name);
        let mut again = vec![0; vector.layout.len];
        framed.packet.encode(&mut again);
        again.extend(framed.payload);
        let kind = framed.packet.layout().kind.expect("packets have a type").byte;
        let header = soup::header(kind, again.len() - soup::HEADER);
        again[..soup::HEADER].copy_from_slice(&header);
        assert_eq!(again, vector.bytes, "{}", name(&vector));
    }
    for vector in vectors("mold", None) {
        match vector.layout.name {
            name if name == mold::Header::LAYOUT.name => {
                let packet = mold::Packet::decode(&vector.bytes).expect(&vector.case);
                if let mold::Body::Messages(blocks) = packet.body {
                    blocks.for_each(|message| {
                        itch::Message::decode(message).expect("a block holds a message");
                    });
                }
            }
            name if name == mold::Request::LAYOUT.name => {
                let request = mold::Request::from_datagram(&vector.bytes).expect("a request");
                assert_eq!(request.to_bytes(), *vector.bytes);
            }
            _ => assert_eq!(vector.bytes[2..].len(), usize::from(vector.bytes[1])),
        }
    }
    let file = vectors("binaryfile", None)
        .iter()
        .flat_map(|vector| vector.bytes.clone())
        .collect::<Vec<_>>();
    let mut records = binary_file::Records::new(&file);
    assert!(records.all(|message| itch::Message::decode(message).is_ok()));
    assert_eq!(records.ending(), Some(binary_file::Ending::Marked));
}

/// The field of that name, tags aside.
fn field<'a>(layout: &'a Layout, name: &str) -> Option<&'a FieldLayout> {
    let mut fields = layout.fields.iter().chain(optional(layout));
    fields.find(|field| field.name == name)
}

#[test]
fn the_file_of_vectors_is_json_and_says_what_the_bytes_say() {
    let text = file::vectors().text;
    assert!(text.len() < 1 << 20, "{} bytes", text.len());
    let json: Value = serde_json::from_str(&text).expect("the file is JSON");
    let listed = json["vectors"].as_array().expect("the file lists vectors");
    let all = vector::all();
    assert_eq!(listed.len(), all.len());
    for (listed, vector) in listed.iter().zip(&all) {
        let hex: String = vector.bytes.iter().map(|byte| format!("{byte:02X}")).collect();
        assert_eq!(listed["hex"], *hex, "{}", name(vector));
        let mut next = 0;
        for each in listed["fields"].as_array().expect("a vector lists its fields") {
            let number = |key: &str| each[key].as_u64().expect("a number") as usize;
            assert_eq!(number("offset"), next, "{}: no gap", name(vector));
            next += number("length");
            let Some(field) = field(vector.layout, each["name"].as_str().expect("a name")) else {
                continue;
            };
            let shown = field.value(&vector.bytes).to_string();
            let text = each.get("text").unwrap_or(&each["value"]);
            let said = text.as_str().map_or_else(|| text.to_string(), str::to_owned);
            assert_eq!(said, shown, "{} {}", name(vector), field.name);
        }
        let rest = vector.bytes.len() - next;
        let tags: usize = vector.tags.iter().map(|(_, datum)| 2 + datum.len).sum();
        let payload = listed["payload"]["length"].as_u64().unwrap_or(0) as usize;
        assert_eq!(rest, tags + payload, "{}: every byte is told of", name(vector));
    }
}

#[test]
fn the_file_of_vectors_explains_every_type_that_it_uses() {
    let json: Value = serde_json::from_str(&file::vectors().text).expect("the file is JSON");
    let types = json["about"]["types"].as_object().expect("the types are explained");
    for vector in json["vectors"].as_array().expect("the file lists vectors") {
        let tags = vector.get("tags").and_then(Value::as_array);
        let fields = vector["fields"].as_array().expect("a vector lists its fields");
        for field in fields.iter().chain(tags.into_iter().flatten()) {
            let word = field["type"].as_str().expect("a field has a type");
            assert!(types.contains_key(word), "{word}");
        }
        for member in vector.as_object().expect("a vector is an object").keys() {
            let known = ["direction", "title"].contains(&member.as_str());
            assert!(known || json["about"].get(member).is_some(), "{member}");
        }
    }
}

#[test]
fn there_are_vectors_of_what_readers_get_wrong() {
    let orders = vectors("ouch", Some(Direction::Inbound));
    let has = |wanted: Scalar| {
        let mut data = orders
            .iter()
            .flat_map(|order| order.data.iter().chain(order.tags.iter().map(|t| &t.1)));
        data.any(|datum| datum.value == wanted)
    };
    assert!(has(Scalar::Unsigned(2_000_000_000)), "a market order, one way");
    assert!(has(Scalar::Unsigned(2_147_483_647)), "a market order, the other way");
    assert!(has(Scalar::Signed(-250)), "an offset below zero");
    let short = vectors("soup", None).into_iter().any(|vector| {
        vector.layout.name == soup::LoginAccepted::LAYOUT.name && vector.bytes[3] == b' '
    });
    assert!(short, "a session that is padded on the left");
}

#[test]
fn every_field_is_named_in_its_document_as_in_code() {
    for protocol in PROTOCOLS {
        let page = document::page(protocol);
        for (_, layout) in protocol.layouts() {
            assert!(page.contains(&format!("In code: `{}`.", layout.name)), "{}", layout.name);
            for field in layout.fields.iter().chain(optional(layout)) {
                let row = format!(
                    "| {} | {} | {} | `{}` |",
                    field.offset, field.len, field.title, field.name
                );
                assert!(page.contains(&row), "{row}");
            }
        }
    }
}

#[test]
fn examples_are_such_that_a_wrong_width_or_byte_order_shows() {
    for vector in vectors("itch", None) {
        for datum in vector.data.iter().filter(|datum| datum.len > 1) {
            let bytes = &vector.bytes[datum.offset..datum.offset + datum.len];
            let zero = bytes.iter().all(|&byte| byte == 0);
            let mirrored = bytes.iter().eq(bytes.iter().rev());
            let blank = bytes.iter().all(|&byte| byte == b' ');
            assert!(zero || blank || !mirrored, "{} {}", name(&vector), datum.name);
        }
    }
}

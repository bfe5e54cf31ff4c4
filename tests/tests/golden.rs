//! The tables against vectors that were written by hand from the vendors' documents.

use std::collections::BTreeSet;

use protocol_spec::wire::layout::{FieldLayout, Layout, Shape, Tail, Value};
use protocol_spec::wire::mold;
use protocol_spec::wire::ouch::Tags;

use tests::golden::{FILES, Literal, Place, Told, Vector, read};
use tests::protocols::{self, Found, Protocol};

/// The vectors of all protocols whose messages have types.
fn typed_vectors() -> impl Iterator<Item = (&'static Protocol, Vector)> {
    FILES.iter().flat_map(|(file, protocol)| {
        let protocol = protocol.map(protocols::named);
        protocol
            .into_iter()
            .flat_map(|protocol| read(file).into_iter().map(move |vector| (protocol, vector)))
    })
}

fn find<'a>(protocol: &Protocol, vector: &'a Vector) -> Found<'a> {
    (protocol.find)(&vector.bytes).unwrap_or_else(|error| panic!("{}: {error}", vector.place))
}

#[test]
fn every_vector_is_read_as_its_file_tells() {
    for (protocol, vector) in typed_vectors() {
        let decoded = (protocol.decode)(&vector.bytes);
        decoded.unwrap_or_else(|error| panic!("{}: {error}", vector.place));
        let found = find(protocol, &vector);
        assert_eq!(render(&vector.told), render(&tell(&found)), "{}", vector.place);
    }
}

#[test]
fn every_vector_is_written_from_its_values_byte_for_byte() {
    for (protocol, vector) in typed_vectors().filter(|(_, vector)| !vector.decode_only) {
        assert_eq!(protocol.rewrite(&vector.bytes), vector.bytes, "{}", vector.place);
    }
}

#[test]
fn one_name_in_a_file_is_one_message() {
    let mut pairs = BTreeSet::new();
    for (protocol, vector) in typed_vectors() {
        pairs.insert((protocol.name, vector.name.clone(), find(protocol, &vector).layout.name));
    }
    for pair in &pairs {
        let same = pairs.iter().filter(|(protocol, name, message)| {
            *protocol == pair.0 && (*name == pair.1 || *message == pair.2)
        });
        assert_eq!(same.count(), 1, "{pair:?}");
    }
}

fn render(told: &[Told]) -> String {
    told.iter().map(|told| format!("{told} ")).collect()
}

/// What the layout says of a message, in the notation of the files.
fn tell(found: &Found<'_>) -> Vec<Told> {
    let mut all = Vec::new();
    if let Some(kind) = found.layout.kind {
        if kind.offset == 2 {
            all.push(number(0, found.bytes));
        }
        all.push(field(kind.offset, 1, Literal::Char(found.bytes[kind.offset])));
    }
    all.extend(tell_fields(found.layout.fields, found.bytes, 0));
    let end = found.layout.len;
    match found.layout.tail {
        Tail::None => {}
        Tail::Payload(_) => all.push(field(end, found.rest.len(), text(found.rest))),
        Tail::Optional(_) if found.rest.is_empty() => {}
        Tail::Optional(fields) => {
            let before = vec![0; end];
            all.extend(tell_fields(fields, &[before.as_slice(), found.rest].concat(), 0));
        }
        Tail::Appendage(..) => all.extend(tell_appendage(found)),
    }
    all
}

fn tell_appendage(found: &Found<'_>) -> Vec<Told> {
    let appendage = found.appendage.expect("an OUCH message");
    if appendage.is_absent() {
        return Vec::new();
    }
    let mut all = vec![number(found.layout.len, appendage.bytes())];
    for element in appendage.elements().expect("the length is right") {
        let element = element.expect("the element is right");
        let layout = Tags::layout(element.tag).expect("the tag is known");
        let told = tell_fields(std::slice::from_ref(&layout.field), element.value, 0);
        let at = Place::Tag(element.tag);
        all.extend(told.into_iter().map(|told| Told { at, ..told }));
    }
    all
}

/// The number in the two bytes at the start of `bytes`, which stand at `offset`.
fn number(offset: usize, bytes: &[u8]) -> Told {
    let value = u16::from_be_bytes([bytes[0], bytes[1]]);
    field(offset, 2, Literal::Number(value.into()))
}

fn field(offset: usize, len: usize, value: Literal) -> Told {
    Told { at: Place::Field(offset, len), value }
}

fn text(bytes: &[u8]) -> Literal {
    let text = std::str::from_utf8(bytes).expect("the vectors are ASCII");
    Literal::Text(text.trim_matches(' ').to_owned())
}

fn tell_fields(fields: &[FieldLayout], bytes: &[u8], shift: usize) -> Vec<Told> {
    let told = fields.iter().map(|layout| {
        let value = match layout.value(bytes) {
            Value::Unsigned(number) => Literal::Number(number.into()),
            Value::Price(price) => Literal::Number(price.0.into()),
            Value::OrderPrice(price) => Literal::Number(price.0.into()),
            Value::SignedPrice(offset) => Literal::Number(offset.0.into()),
            Value::Level(level) => Literal::Number(level.0.into()),
            Value::Time(time) => Literal::Number(time.0.into()),
            Value::Seconds(time) => Literal::Number(time.0.into()),
            Value::NumericCode(number, _) => Literal::Number(number.into()),
            Value::Code(&[byte], _) => Literal::Char(byte),
            Value::Code(bytes, _) => text(bytes),
            Value::Text(bytes) => match (layout.shape, text(bytes)) {
                (Shape::Digits, Literal::Text(digits)) => {
                    Literal::Number(digits.parse().expect("the vectors have numbers there"))
                }
                (_, text) => text,
            },
        };
        field(shift + layout.offset, layout.len, value)
    });
    told.collect()
}

#[test]
fn every_mold_packet_is_read_as_its_file_tells_and_written_byte_for_byte() {
    for vector in read("mold.txt") {
        let place = &vector.place;
        let told = if vector.name == "Request Packet" {
            let request = mold::Request::from_datagram(&vector.bytes)
                .unwrap_or_else(|error| panic!("{place}: {error}"));
            assert_eq!(request.to_bytes(), *vector.bytes, "{place}");
            tell_fields(mold::Request::LAYOUT.fields, &vector.bytes, 0)
        } else {
            let packet = mold::Packet::decode(&vector.bytes)
                .unwrap_or_else(|error| panic!("{place}: {error}"));
            let name = match packet.body {
                mold::Body::Heartbeat => "Heartbeat",
                mold::Body::EndOfSession => "End of Session",
                mold::Body::Messages(_) => "Downstream Packet",
            };
            assert_eq!(vector.name, name, "{place}");
            tests::fuzz::mold_packet(&vector.bytes);
            tell_packet(&packet, &vector.bytes)
        };
        assert_eq!(render(&vector.told), render(&told), "{place}");
    }
}

fn tell_packet(packet: &mold::Packet<'_>, bytes: &[u8]) -> Vec<Told> {
    let mut all = tell_fields(mold::Header::LAYOUT.fields, bytes, 0);
    let mut at = mold::Header::LEN;
    if let mold::Body::Messages(blocks) = packet.body {
        for message in blocks {
            all.extend(tell_fields(mold::Block::LAYOUT.fields, &bytes[at..], at));
            at += mold::BLOCK_HEADER;
            all.push(field(at, message.len(), text(message)));
            at += message.len();
        }
    }
    all
}

/// What the vectors should contain: each message, each code of each field, each tag.
fn wanted() -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for protocol in protocols::ALL {
        // The snapshot's messages are the feed's; only its own one has to be there again.
        let layouts = (protocol.layouts)().into_iter();
        for layout in layouts.filter(|layout| protocol.name != "glimpse" || !is_feed(layout)) {
            let message = format!("{} {}", protocol.name, layout.name);
            all.extend(fields_wanted(&message, layout.fields));
            match layout.tail {
                Tail::Optional(fields) => all.extend(fields_wanted(&message, fields)),
                Tail::Appendage(_, tags) => {
                    all.extend(tags.iter().map(|tag| format!("{message} tag {tag}")));
                }
                Tail::None | Tail::Payload(_) => {}
            }
            all.insert(message);
        }
    }
    for tag in Tags::LAYOUTS {
        all.extend(fields_wanted("tag", std::slice::from_ref(&tag.field)));
    }
    all
}

fn is_feed(layout: &Layout) -> bool {
    layout.name != "EndOfSnapshot"
}

fn fields_wanted(message: &str, fields: &[FieldLayout]) -> Vec<String> {
    let codes = fields.iter().flat_map(|field| {
        let codes = field.codes();
        codes.map(move |code| code_name(message, field, code.bytes))
    });
    codes.collect()
}

fn code_name(message: &str, field: &FieldLayout, bytes: &[u8]) -> String {
    format!("{message} {} '{}'", field.name, bytes.escape_ascii())
}

/// What the vectors do contain.
fn contained() -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for (protocol, vector) in typed_vectors() {
        let found = find(protocol, &vector);
        let message = format!("{} {}", protocol.name, found.layout.name);
        for field in found.layout.fields {
            all.insert(code_name(&message, field, field.bytes(found.bytes)));
        }
        if let Some(elements) = found.appendage.and_then(|appendage| appendage.elements().ok()) {
            for element in elements {
                let element = element.expect("the element is right");
                all.insert(format!("{message} tag {}", element.tag));
                let layout = Tags::layout(element.tag).expect("the tag is known");
                all.insert(code_name("tag", &layout.field, element.value));
            }
        }
        all.insert(message);
    }
    all
}

#[test]
fn the_vectors_have_every_message_every_code_and_every_tag() {
    let wanted = wanted();
    assert!(wanted.len() > 500, "the tables have hundreds of codes");
    let contained = contained();
    let missing: Vec<_> = wanted.difference(&contained).collect();
    assert!(missing.is_empty(), "no vector has {missing:#?}");
}

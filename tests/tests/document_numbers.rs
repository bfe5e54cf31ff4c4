//! The tables against numbers that were typed in from the vendors' documents.

use std::collections::BTreeSet;

use protocol_spec::wire::layout::{FieldLayout, Layout, Shape, Tail};
use protocol_spec::wire::ouch::Tags;
use protocol_spec::wire::{mold, soup};
use tests::protocols;

/// Type, bytes up to the last field that is always there, and bytes with an empty appendage.
type Length = (char, usize, Option<usize>);

const fn plain(kind: char, len: usize) -> Length {
    (kind, len, None)
}

const fn tagged(kind: char, len: usize, with_appendage: usize) -> Length {
    (kind, len, Some(with_appendage))
}

/// The total lengths, from the documents.
const LENGTHS: &[(&str, &[Length])] = &[
    ("itch", ITCH),
    ("ouch_inbound", INBOUND),
    ("ouch_outbound", OUTBOUND),
    ("soup", SOUP),
    ("glimpse", GLIMPSE),
];

#[rustfmt::skip]
const ITCH: &[Length] = &[
    plain('S', 12), plain('R', 39), plain('H', 25), plain('Y', 20), plain('L', 26),
    plain('V', 35), plain('W', 12), plain('K', 28), plain('J', 35), plain('h', 21),
    plain('A', 36), plain('F', 40), plain('E', 31), plain('C', 36), plain('X', 23),
    plain('D', 19), plain('U', 35), plain('P', 44), plain('Q', 40), plain('B', 19),
    plain('I', 50), plain('N', 20), plain('O', 48),
];

#[rustfmt::skip]
const GLIMPSE: &[Length] = &[
    plain('S', 12), plain('R', 39), plain('H', 25), plain('Y', 20), plain('N', 20),
    plain('h', 21), plain('A', 36), plain('F', 40), plain('G', 21),
];

#[rustfmt::skip]
const INBOUND: &[Length] = &[
    tagged('O', 45, 47), tagged('U', 38, 40), tagged('X', 9, 11), tagged('M', 10, 12),
    tagged('C', 17, 19), tagged('D', 9, 11), tagged('E', 9, 11), tagged('Q', 1, 3),
];

#[rustfmt::skip]
const OUTBOUND: &[Length] = &[
    plain('S', 10), tagged('A', 62, 64), tagged('U', 66, 68), tagged('C', 18, 20),
    tagged('D', 32, 34), tagged('E', 34, 36), tagged('B', 36, 38), tagged('J', 29, 31),
    tagged('P', 13, 15), tagged('I', 13, 15), tagged('T', 30, 32), tagged('M', 18, 20),
    tagged('R', 14, 16), tagged('X', 25, 27), tagged('G', 17, 19), tagged('K', 17, 19),
    tagged('Q', 13, 15),
];

#[rustfmt::skip]
const SOUP: &[Length] = &[
    plain('+', 3), plain('A', 33), plain('J', 4), plain('S', 3), plain('H', 3),
    plain('Z', 3), plain('L', 49), plain('U', 3), plain('R', 3), plain('O', 3),
];

#[test]
fn every_length_is_that_of_the_document() {
    for (name, lengths) in LENGTHS {
        let told: BTreeSet<Length> = lengths.iter().copied().collect();
        let layouts = (protocols::named(name).layouts)();
        assert_eq!(layouts.len(), lengths.len(), "{name}");
        let found: BTreeSet<Length> = layouts.into_iter().map(length).collect();
        assert_eq!(found, told, "{name}");
    }
}

fn length(layout: &Layout) -> Length {
    let kind = layout.kind.expect("the message has a type");
    let with_appendage = match layout.tail {
        Tail::Appendage(rule, _) => Some(rule.len_with_appendage()),
        _ => None,
    };
    (char::from(kind.byte), layout.len, with_appendage)
}

#[test]
fn the_parts_of_mold_have_the_lengths_of_the_document() {
    let lengths: Vec<_> = mold::LAYOUTS.iter().map(|part| (part.name, part.len)).collect();
    assert_eq!(lengths, [("Header", 20), ("Block", 2), ("Request", 20)]);
}

#[test]
fn the_longer_login_has_the_length_of_its_document() {
    let Tail::Optional([timeout]) = soup::LoginRequest::LAYOUT.tail else {
        panic!("one more field in version 4.10");
    };
    assert_eq!((timeout.offset, timeout.len), (49, 5));
    assert_eq!(soup::header(b'L', 46), *b"\x00\x2FL");
    assert_eq!(soup::header(b'L', 51), *b"\x00\x34L");
}

/// Types of messages, each with offsets of fields.
type Places = &'static [(char, &'static [usize])];

/// The fields that are prices and times, the timestamp that messages begin with aside.
const SHAPES: &[(&str, Shape, Places)] = &[
    ("itch", Shape::Price, ITCH_PRICES),
    ("itch", Shape::Level, &[('V', &[11, 19, 27])]),
    ("itch", Shape::Seconds, &[('K', &[19])]),
    ("itch", Shape::Time, &[('O', &[32])]),
    ("ouch_inbound", Shape::OrderPrice, &[('O', &[18]), ('U', &[13])]),
    ("ouch_outbound", Shape::OrderPrice, OUTBOUND_PRICES),
];

#[rustfmt::skip]
const ITCH_PRICES: Places = &[
    ('K', &[24]), ('J', &[19, 23, 27]), ('A', &[32]), ('F', &[32]), ('C', &[32]), ('U', &[31]),
    ('P', &[32]), ('Q', &[27]), ('I', &[36, 40, 44]), ('O', &[20, 24, 28, 40, 44]),
];

#[rustfmt::skip]
const OUTBOUND_PRICES: Places = &[
    ('A', &[26]), ('U', &[30]), ('D', &[22]), ('E', &[17]), ('T', &[13]),
];

fn prices_and_times(name: &str) -> BTreeSet<(char, usize, String)> {
    let is_one = |field: &&FieldLayout| {
        let others = [Shape::Unsigned, Shape::Text, Shape::Digits, Shape::Code, Shape::NumericCode];
        !others.contains(&field.shape) && field.name != "timestamp"
    };
    let of = |layout: &'static Layout| {
        let kind = char::from(layout.kind.expect("the message has a type").byte);
        let fields = layout.fields.iter().filter(is_one);
        fields.map(move |field| (kind, field.offset, format!("{:?}", field.shape)))
    };
    let layouts = (protocols::named(name).layouts)();
    layouts.into_iter().flat_map(of).collect()
}

#[test]
fn prices_and_times_are_where_the_documents_have_them() {
    for name in ["itch", "ouch_inbound", "ouch_outbound", "soup"] {
        let mut told = BTreeSet::new();
        for (_, shape, places) in SHAPES.iter().filter(|(protocol, ..)| *protocol == name) {
            for (kind, offsets) in *places {
                told.extend(offsets.iter().map(|offset| (*kind, *offset, format!("{shape:?}"))));
            }
        }
        assert_eq!(prices_and_times(name), told, "{name}");
    }
}

#[test]
fn every_message_from_the_venue_has_its_timestamp_where_the_document_has_it() {
    for (name, offset, len) in [("itch", 5, 6), ("ouch_outbound", 1, 8)] {
        for layout in (protocols::named(name).layouts)() {
            let time = layout.fields.iter().find(|field| field.name == "timestamp");
            let time = time.unwrap_or_else(|| panic!("{} has no timestamp", layout.name));
            assert_eq!((time.offset, time.len, time.shape), (offset, len, Shape::Time));
        }
    }
}

/// The tags: number, bytes, and those that are prices.
#[rustfmt::skip]
const TAGS: &[(u8, usize, Option<Shape>)] = &[
    (1, 8, None), (2, 4, None), (3, 4, None), (4, 1, None), (5, 4, None), (6, 1, None),
    (7, 4, Some(Shape::SignedPrice)), (9, 8, Some(Shape::OrderPrice)), (10, 1, None),
    (11, 4, Some(Shape::SignedPrice)), (12, 1, None), (13, 4, None), (14, 4, None), (15, 4, None),
    (16, 1, None), (17, 1, None), (18, 1, None), (22, 4, None), (23, 8, Some(Shape::OrderPrice)),
    (24, 2, None), (25, 1, None), (26, 4, None), (27, 1, None), (28, 1, None), (29, 1, None),
    (30, 2, None),
];

#[test]
fn every_tag_has_the_size_of_the_document() {
    let is_price = |shape: &Shape| [Shape::SignedPrice, Shape::OrderPrice].contains(shape);
    let found: Vec<_> = Tags::LAYOUTS
        .iter()
        .map(|tag| (tag.tag, tag.field.len, Some(tag.field.shape).filter(is_price)))
        .collect();
    assert_eq!(found, TAGS);
}

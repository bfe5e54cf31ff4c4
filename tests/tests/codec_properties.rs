//! What holds for every message of every protocol, whatever is in it.

use proptest::collection::vec;
use proptest::prelude::{Strategy, any, prop_oneof};
use proptest::sample::{Index, select};
use proptest::strategy::BoxedStrategy;

use protocol_spec::wire::DecodeError;
use protocol_spec::wire::layout::{AppendageRule, FieldLayout, Layout, Tail};
use tests::arbitrary::{
    any_fixed, has_wrong_values, right_fixed, right_message, right_value, sealed, wrong_value,
};
use tests::protocols::{self, Found, Protocol};
use tests::seeds::check;

/// Cases for each message; there are about seventy.
const CASES: u32 = 128;

type Message = (&'static Protocol, &'static Layout);

fn messages() -> Vec<Message> {
    let of = |protocol: &'static Protocol| {
        let layouts = (protocol.layouts)();
        layouts.into_iter().map(move |layout| (protocol, layout))
    };
    protocols::ALL.iter().flat_map(of).collect()
}

/// Checks a property of every message, with bytes that `make` gives for it.
fn for_every_message<S: Strategy>(
    make: impl Fn(&'static Layout) -> S,
    property: impl Fn(Message, S::Value),
) {
    for message in messages() {
        check(CASES, &make(message.1), |value| property(message, value));
    }
}

/// The fixed part, and behind it what the message cannot do without.
fn smallest(layout: &Layout, mut fixed: Vec<u8>) -> Vec<u8> {
    if let Tail::Appendage(AppendageRule::Always { may_be_missing: false, .. }, _) = layout.tail {
        fixed.extend([0, 0]);
    }
    fixed
}

fn find<'a>((protocol, layout): Message, bytes: &'a [u8]) -> Found<'a> {
    let found = (protocol.find)(bytes).unwrap_or_else(|error| panic!("{}: {error}", layout.name));
    assert_eq!(found.layout.name, layout.name);
    found
}

#[test]
fn any_bytes_in_the_fields_are_written_as_they_were_read() {
    for_every_message(any_fixed, |message, fixed| {
        let bytes = smallest(message.1, fixed);
        let found = find(message, &bytes);
        assert_eq!(found.encoded, found.bytes);
        let bad = message.1.bad_codes(&bytes).next();
        assert_eq!(found.bad_code, bad, "{}", found.words);
    });
}

#[test]
fn messages_with_nothing_wrong_are_taken_and_written_again() {
    for_every_message(right_message, |message, bytes| {
        let (protocol, layout) = message;
        let decoded = (protocol.decode)(&bytes);
        assert_eq!(decoded, Ok(()), "{} {}", protocol.name, layout.name);
        assert_eq!(protocol.rewrite(&bytes), bytes);
    });
}

/// A field of the message that has wrong values, with one of them.
fn one_wrong(layout: &'static Layout) -> Option<BoxedStrategy<(&'static FieldLayout, Vec<u8>)>> {
    let fields: Vec<&FieldLayout> =
        layout.fields.iter().filter(|field| has_wrong_values(field)).collect();
    let of = |field| wrong_value(field).prop_map(move |value| (field, value));
    let any_of = |fields| select::<&'static FieldLayout>(fields).prop_flat_map(of).boxed();
    (!fields.is_empty()).then(|| any_of(fields))
}

#[test]
fn one_bad_code_is_named_and_everything_else_can_still_be_read() {
    for message in messages() {
        let (protocol, layout) = message;
        let Some(wrong) = one_wrong(layout) else {
            continue;
        };
        check(CASES, &(right_fixed(layout), wrong), |(right, (field, value))| {
            let mut bytes = right.clone();
            bytes[field.offset..field.offset + field.len].copy_from_slice(&value);
            let bytes = smallest(layout, bytes);
            match (protocol.decode)(&bytes) {
                Err(DecodeError::BadCode(bad)) => {
                    assert_eq!(bad.offset, field.offset);
                    assert_eq!(bad.value(), value);
                }
                other => panic!("{}: {other:?}", field.name),
            }
            let found = find(message, &bytes);
            assert_eq!(found.encoded, found.bytes);
            for other in layout.fields.iter().filter(|other| other.offset != field.offset) {
                assert_eq!(other.value(&bytes), other.value(&right));
            }
            assert_eq!(field.bytes(&bytes), value);
        });
    }
}

#[test]
fn every_bad_code_is_listed_in_order() {
    for message in messages() {
        let (_, layout) = message;
        let wrong: Vec<_> = layout
            .fields
            .iter()
            .filter(|field| has_wrong_values(field))
            .map(|field| prop_oneof![right_value(field), wrong_value(field)])
            .collect();
        let coded = || layout.fields.iter().filter(|field| has_wrong_values(field));
        check(CASES, &(right_fixed(layout), wrong), |(mut bytes, values)| {
            for (field, value) in coded().zip(&values) {
                bytes[field.offset..field.offset + field.len].copy_from_slice(value);
            }
            let expected: Vec<usize> = coded()
                .filter(|field| field.bad_code(&bytes).is_some())
                .map(|field| field.offset)
                .collect();
            let listed: Vec<usize> = layout.bad_codes(&bytes).map(|bad| bad.offset).collect();
            assert_eq!(listed, expected);
            let bytes = smallest(layout, bytes);
            let first = find(message, &bytes).bad_code.map(|bad| bad.offset);
            assert_eq!(first, expected.first().copied());
        });
    }
}

/// What strict reading must say of the first `have` bytes of a whole message; `Ok` where those
/// happen to be a whole message too.
fn cut_short(layout: &Layout, whole: &[u8], have: usize) -> Result<(), DecodeError> {
    let kind = layout.kind.expect("the message has a type");
    let short = |need| Err(DecodeError::Truncated { need, have });
    match layout.tail {
        // A packet says how long it is before it says what it is.
        _ if kind.offset == 2 && have < 2 => short(3),
        _ if kind.offset == 2 => short(whole.len()),
        _ if have <= kind.offset => short(kind.offset + 1),
        _ if have < layout.len => short(layout.len),
        Tail::Appendage(rule, _) => {
            let must = matches!(rule, AppendageRule::Always { may_be_missing: false, .. });
            match have - layout.len {
                0 if !must => Ok(()),
                0 | 1 => short(rule.len_with_appendage()),
                _ => short(whole.len()),
            }
        }
        _ => unreachable!("nothing else follows a message that is not a packet"),
    }
}

#[test]
fn a_message_cut_anywhere_is_truncated_and_says_what_it_needs() {
    for_every_message(right_message, |(protocol, layout), whole| {
        for have in 0..whole.len() {
            let decoded = (protocol.decode)(&whole[..have]);
            let expected = cut_short(layout, &whole, have);
            assert_eq!(decoded, expected, "{} after {have}", layout.name);
        }
    });
}

#[test]
fn a_packet_too_short_for_its_type_is_truncated_whatever_its_length_says() {
    let soup = protocols::named("soup");
    for layout in (soup.layouts)() {
        check(CASES, &right_fixed(layout), |fixed| {
            for have in 3..fixed.len() {
                let short = sealed(layout, fixed[..have].to_vec());
                let need = layout.len;
                let expected = Err(DecodeError::Truncated { need, have });
                assert_eq!((soup.decode)(&short), expected, "{}", layout.name);
            }
        });
    }
    assert_eq!((soup.decode)(&[0, 0]), Err(DecodeError::Truncated { need: 3, have: 2 }));
}

#[test]
fn bytes_after_the_end_are_trailing() {
    let make = |layout| (right_message(layout), vec(any::<u8>(), 1..20));
    for_every_message(make, |(protocol, layout), (mut bytes, more)| {
        if matches!(layout.tail, Tail::Appendage(..)) && bytes.len() == layout.len {
            // Without the length field, what comes next would be taken for it.
            bytes.extend([0, 0]);
        }
        bytes.extend_from_slice(&more);
        let extra = more.len();
        let expected = Err(DecodeError::Trailing { extra });
        assert_eq!((protocol.decode)(&bytes), expected, "{}", layout.name);
    });
}

#[test]
fn bytes_that_the_packet_counts_but_its_type_has_no_room_for_are_trailing() {
    let soup = protocols::named("soup");
    let layouts = (soup.layouts)().into_iter();
    for layout in layouts.filter(|layout| !matches!(layout.tail, Tail::Payload(_))) {
        let make = (right_message(layout), vec(any::<u8>(), 1..20));
        check(CASES, &make, |(whole, more)| {
            let extra = more.len();
            let optional_is_absent =
                matches!(layout.tail, Tail::Optional(_)) && whole.len() == layout.len;
            let bytes = sealed(layout, [whole, more].concat());
            let decoded = (soup.decode)(&bytes);
            if !optional_is_absent {
                assert_eq!(decoded, Err(DecodeError::Trailing { extra }));
            } else if extra < 5 {
                let (need, have) = (layout.len + 5, bytes.len());
                assert_eq!(decoded, Err(DecodeError::Truncated { need, have }));
            } else if extra > 5 {
                assert_eq!(decoded, Err(DecodeError::Trailing { extra: extra - 5 }));
            }
        });
    }
}

#[test]
fn a_bad_timeout_of_the_longer_login_is_a_bad_code() {
    let soup = protocols::named("soup");
    let layouts = (soup.layouts)().into_iter();
    let login = layouts.into_iter().find(|layout| layout.name == "LoginRequest");
    let login = login.expect("clients log in");
    let Tail::Optional([timeout]) = login.tail else {
        panic!("one more field in version 4.10");
    };
    check(CASES, &(right_fixed(login), wrong_value(timeout)), |(fixed, value)| {
        let bytes = sealed(login, [fixed, value.clone()].concat());
        let Err(DecodeError::BadCode(bad)) = (soup.decode)(&bytes) else {
            panic!("{value:?} was taken for a number");
        };
        assert_eq!((bad.offset, bad.value()), (49, &*value));
    });
}

#[test]
fn a_type_that_no_message_has_is_unknown_however_long_the_message() {
    for protocol in protocols::ALL {
        let kinds = (protocol.layouts)().into_iter().filter_map(|layout| layout.kind);
        let (known, offsets): (Vec<u8>, Vec<usize>) =
            kinds.map(|kind| (kind.byte, kind.offset)).unzip();
        let unknown: Vec<u8> = (0..=255).filter(|byte| !known.contains(byte)).collect();
        let at = offsets[0];
        for byte in unknown {
            check(4, &vec(any::<u8>(), at + 1..80), |mut bytes| {
                if at == 2 {
                    let length = bytes.len() as u16 - 2;
                    bytes[..2].copy_from_slice(&length.to_be_bytes());
                }
                bytes[at] = byte;
                let expected = Err(DecodeError::UnknownType(byte));
                assert_eq!((protocol.decode)(&bytes), expected);
                assert_eq!((protocol.find)(&bytes).map(|_| ()), expected);
            });
        }
    }
}

#[test]
fn a_snapshot_that_does_not_say_where_to_go_on_is_refused() {
    let glimpse = protocols::named("glimpse");
    for nowhere in [b"                    ", b"                   0", b"00000000000000000000"] {
        let end = [b"G".as_slice(), nowhere].concat();
        let decoded = (glimpse.decode)(&end);
        assert!(matches!(decoded, Err(DecodeError::BadCode(bad)) if bad.offset == 1));
    }
    let feed_only = protocols::named("itch");
    for kind in b"LVWKJIOPQECXDUB" {
        let expected = Err(DecodeError::UnknownType(*kind));
        assert_eq!((glimpse.decode)(&[*kind; 60]), expected);
        assert_ne!((feed_only.decode)(&[*kind; 60]), expected);
    }
}

#[test]
fn a_changed_byte_changes_one_field_and_what_is_said_of_it() {
    let make = |layout| (right_fixed(layout), any::<Index>(), 1..=255u8);
    for_every_message(make, |message, (right, at, change)| {
        let layout = message.1;
        if layout.fields.is_empty() {
            return;
        }
        let first = layout.fields[0].offset;
        let at = first + at.index(layout.len - first);
        let mut changed = right.clone();
        changed[at] ^= change;
        let differing: Vec<&FieldLayout> = layout
            .fields
            .iter()
            .filter(|field| field.value(&right) != field.value(&changed))
            .collect();
        let [field] = differing.as_slice() else {
            panic!("{} fields have the byte at offset {at}", differing.len());
        };
        assert!((field.offset..field.offset + field.len).contains(&at));
        let (right, changed) = (smallest(layout, right), smallest(layout, changed));
        // A password is the one value of which nothing is said.
        let said_differently = find(message, &right).words != find(message, &changed).words;
        assert_eq!(said_differently, field.name != "password", "{}", field.name);
    });
}

//! What holds for every OUCH message's appendage, and each way in which one can be wrong.

use proptest::collection::vec;
use proptest::prelude::{Strategy, any};
use proptest::sample::{Index, select};

use protocol_spec::wire::DecodeError;
use protocol_spec::wire::layout::{AppendageRule, Layout, Tail};
use protocol_spec::wire::ouch::{Appendage, AppendageFault, FaultKind, TagSet, Tags};
use tests::arbitrary::{
    elements, has_wrong_values, right_fixed, right_value, tag_layout, wrong_value,
};
use tests::protocols::{self, Protocol, encode_tags, with_elements};
use tests::seeds::check;

/// Cases for each message; there are 24.
const CASES: u32 = 128;

/// An element as it is written: tag and value.
type Element = (u8, Vec<u8>);

/// A message that may have an appendage.
#[derive(Clone, Copy)]
struct Message {
    protocol: &'static Protocol,
    layout: &'static Layout,
    rule: AppendageRule,
    tags: &'static [u8],
}

fn messages() -> Vec<Message> {
    let of = |name| {
        let protocol = protocols::named(name);
        let layouts = (protocol.layouts)().into_iter();
        layouts.filter_map(move |layout| match layout.tail {
            Tail::Appendage(rule, tags) => Some(Message { protocol, layout, rule, tags }),
            _ => None,
        })
    };
    of("ouch_inbound").chain(of("ouch_outbound")).collect()
}

impl Message {
    /// The appendage as it can be read when nothing else of the message is looked at.
    fn appendage<'a>(&self, bytes: &'a [u8]) -> Appendage<'a> {
        let found = (self.protocol.find)(bytes);
        let found = found.unwrap_or_else(|error| panic!("{}: {error}", self.layout.name));
        found.appendage.expect("an OUCH message")
    }

    fn read(&self, bytes: &[u8]) -> Result<Tags, AppendageFault> {
        self.appendage(bytes).read(TagSet::of(self.tags))
    }

    /// Offset of the element that comes after these.
    fn offset_after(&self, before: &[Element]) -> usize {
        let sizes = before.iter().map(|(_, value)| 2 + value.len());
        self.layout.len + 2 + sizes.sum::<usize>()
    }

    /// The fixed part and some of the message's elements.
    fn parts(&self) -> impl Strategy<Value = (Vec<u8>, Vec<Element>)> + use<> {
        (right_fixed(self.layout), elements(self.tags))
    }

    /// Asserts that the faulty message has this fault, and how strict reading words it.
    fn assert_fault(&self, bytes: &[u8], fault: AppendageFault) {
        let name = self.layout.name;
        assert_eq!(self.read(bytes), Err(fault), "{name}");
        let strict = (self.protocol.decode)(bytes);
        match fault.kind {
            FaultKind::Short { need, have } => {
                assert_eq!(strict, Err(DecodeError::Truncated { need, have }), "{name}");
            }
            FaultKind::Long { extra } => {
                assert_eq!(strict, Err(DecodeError::Trailing { extra }), "{name}");
            }
            FaultKind::Overrun | FaultKind::WrongSize => {
                assert_bad_byte(strict, bytes, fault.offset);
            }
            FaultKind::Duplicate | FaultKind::UnknownTag | FaultKind::NotForMessage => {
                assert_bad_byte(strict, bytes, fault.offset + 1);
            }
        }
    }

    /// Asserts that `wrong`, put among right elements anywhere, is the fault that is found.
    fn assert_found_anywhere(&self, wrong: impl Strategy<Value = Element>, kind: FaultKind) {
        let make = (self.parts(), wrong, any::<Index>());
        check(CASES, &make, |((fixed, right), wrong, at)| {
            // The tag of the wrong element must not come before it, or it would be a duplicate.
            let mut all: Vec<_> = right.into_iter().filter(|(tag, _)| *tag != wrong.0).collect();
            let at = at.index(all.len() + 1);
            let (offset, tag) = (self.offset_after(&all[..at]), wrong.0);
            all.insert(at, wrong);
            let fault = AppendageFault { offset, tag, kind };
            self.assert_fault(&with_elements(&fixed, &all), fault);
        });
    }
}

/// Asserts that strict reading blames the one byte at `offset`.
fn assert_bad_byte(strict: Result<(), DecodeError>, bytes: &[u8], offset: usize) {
    match strict {
        Err(DecodeError::BadCode(bad)) => {
            assert_eq!((bad.offset, bad.value()), (offset, &bytes[offset..=offset]));
        }
        other => panic!("{other:?} where the byte at {offset} is wrong"),
    }
}

#[test]
fn tags_are_read_in_any_order_and_written_in_ascending_order() {
    for message in messages() {
        check(CASES, &message.parts(), |(fixed, elements)| {
            let bytes = with_elements(&fixed, &elements);
            assert_eq!((message.protocol.decode)(&bytes), Ok(()));
            let tags = message.read(&bytes).expect("nothing is wrong with it");
            assert_eq!(tags.bad_code(), None);
            let present: Vec<u8> = elements.iter().map(|(tag, _)| *tag).collect();
            for tag in 0..=u8::MAX {
                assert_eq!(tags.present().contains(tag), present.contains(&tag));
            }
            let mut ascending = elements;
            ascending.sort();
            let written = encode_tags(message.appendage(&bytes));
            assert_eq!(written, with_elements(&[], &ascending));
        });
    }
}

#[test]
fn all_tags_at_once_fill_the_longest_appendage() {
    let all: Vec<_> =
        Tags::LAYOUTS.iter().map(|layout| (layout.tag, vec![0; layout.field.len])).collect();
    assert_eq!(with_elements(&[], &all).len(), Tags::MAX_LEN);
    for message in messages() {
        let fixed = vec![0; message.layout.len];
        let fixed = tests::arbitrary::sealed(message.layout, fixed);
        let bytes = with_elements(&fixed, &all);
        let appendage = message.appendage(&bytes);
        assert_eq!(encode_tags(appendage), appendage.bytes());
    }
}

#[test]
fn an_appendage_may_be_absent_exactly_where_the_document_lets_it() {
    for message in messages() {
        check(4, &right_fixed(message.layout), |fixed| {
            let decoded = (message.protocol.decode)(&fixed);
            let need = message.rule.len_with_appendage();
            match message.rule {
                AppendageRule::Always { may_be_missing: false, .. } => {
                    let have = fixed.len();
                    assert_eq!(decoded, Err(DecodeError::Truncated { need, have }));
                }
                _ => {
                    assert_eq!(decoded, Ok(()));
                    assert!(message.appendage(&fixed).is_absent());
                    assert_eq!(message.read(&fixed), Ok(Tags::NONE));
                }
            }
            assert_eq!((message.protocol.decode)(&with_elements(&fixed, NO_ELEMENTS)), Ok(()));
        });
    }
}

const NO_ELEMENTS: &[Element] = &[];

#[test]
fn a_length_that_counts_more_than_follows_is_short() {
    for message in messages() {
        let make = (message.parts(), 1..200u16);
        check(CASES, &make, |((fixed, elements), more)| {
            let mut bytes = with_elements(&fixed, &elements);
            let at = fixed.len();
            let length = u16::from_be_bytes([bytes[at], bytes[at + 1]]) + more;
            bytes[at..at + 2].copy_from_slice(&length.to_be_bytes());
            let (need, have) = (bytes.len() + usize::from(more), bytes.len());
            let kind = FaultKind::Short { need, have };
            message.assert_fault(&bytes, AppendageFault { offset: at, tag: 0, kind });
        });
    }
}

#[test]
fn half_a_length_is_short_where_there_need_be_none() {
    let always = |rule| matches!(rule, AppendageRule::Always { .. });
    for message in messages().into_iter().filter(|message| !always(message.rule)) {
        check(CASES, &(right_fixed(message.layout), any::<u8>()), |(mut bytes, half)| {
            bytes.push(half);
            let (offset, have) = (message.layout.len, bytes.len());
            let kind = FaultKind::Short { need: have + 1, have };
            message.assert_fault(&bytes, AppendageFault { offset, tag: 0, kind });
        });
    }
}

#[test]
fn bytes_behind_the_length_are_long() {
    for message in messages() {
        let make = (message.parts(), vec(any::<u8>(), 1..20));
        check(CASES, &make, |((fixed, elements), more)| {
            let bytes = [with_elements(&fixed, &elements), more.clone()].concat();
            let kind = FaultKind::Long { extra: more.len() };
            let offset = fixed.len();
            message.assert_fault(&bytes, AppendageFault { offset, tag: 0, kind });
        });
    }
}

#[test]
fn an_element_longer_than_what_is_left_overruns() {
    for message in messages() {
        let make = (message.parts(), 1..=200u8, vec(any::<u8>(), 0..9));
        check(CASES, &make, |((fixed, elements), excess, rest)| {
            let offset = message.offset_after(&elements);
            let size = rest.len() as u8 + excess;
            let bytes = with_elements(&fixed, &elements);
            let bytes = recounted(&fixed, [bytes, vec![size], rest].concat());
            let kind = FaultKind::Overrun;
            message.assert_fault(&bytes, AppendageFault { offset, tag: 0, kind });
        });
    }
}

#[test]
fn an_element_without_even_a_tag_overruns() {
    for message in messages() {
        let make = (message.parts(), vec(any::<u8>(), 0..9));
        check(CASES, &make, |((fixed, elements), rest)| {
            let offset = message.offset_after(&elements);
            let bytes = with_elements(&fixed, &elements);
            let bytes = recounted(&fixed, [bytes, vec![0], rest].concat());
            let kind = FaultKind::Overrun;
            message.assert_fault(&bytes, AppendageFault { offset, tag: 0, kind });
        });
    }
}

/// The message with a length that counts what follows it.
fn recounted(fixed: &[u8], mut bytes: Vec<u8>) -> Vec<u8> {
    let length = (bytes.len() - fixed.len() - 2) as u16;
    bytes[fixed.len()..fixed.len() + 2].copy_from_slice(&length.to_be_bytes());
    bytes
}

#[test]
fn a_value_of_another_size_than_its_tag_has_is_found_anywhere() {
    for message in messages() {
        let wrong = (select(message.tags), vec(any::<u8>(), 0..20));
        let wrong = wrong
            .prop_filter("a wrong size", |(tag, value)| tag_layout(*tag).field.len != value.len());
        message.assert_found_anywhere(wrong, FaultKind::WrongSize);
    }
}

#[test]
fn a_tag_that_does_not_exist_is_found_anywhere() {
    let unknown: Vec<u8> =
        (0..=u8::MAX).filter(|tag| Tags::LAYOUTS.iter().all(|layout| layout.tag != *tag)).collect();
    assert!([0, 8, 19, 20, 21, 31, 255].iter().all(|tag| unknown.contains(tag)));
    for message in messages() {
        let wrong = (select(unknown.clone()), vec(any::<u8>(), 0..20));
        message.assert_found_anywhere(wrong, FaultKind::UnknownTag);
    }
}

#[test]
fn a_tag_of_other_messages_is_found_anywhere() {
    for message in messages() {
        let foreign: Vec<u8> = Tags::LAYOUTS
            .iter()
            .map(|layout| layout.tag)
            .filter(|tag| !message.tags.contains(tag))
            .collect();
        let wrong = select(foreign).prop_flat_map(|tag| {
            right_value(&tag_layout(tag).field).prop_map(move |value| (tag, value))
        });
        message.assert_found_anywhere(wrong, FaultKind::NotForMessage);
    }
}

#[test]
fn a_tag_that_came_before_is_a_duplicate_wherever_it_comes_again() {
    for message in messages() {
        let make = (message.parts(), any::<Index>(), any::<Index>(), any::<bool>());
        check(CASES, &make, |((fixed, mut all), first, again, other_value)| {
            if all.is_empty() {
                return;
            }
            let first = first.index(all.len());
            let again = first + 1 + again.index(all.len() - first);
            let mut element = all[first].clone();
            if other_value {
                element.1[0] ^= 1;
            }
            let (tag, offset) = (element.0, message.offset_after(&all[..again]));
            all.insert(again, element);
            let kind = FaultKind::Duplicate;
            let bytes = with_elements(&fixed, &all);
            message.assert_fault(&bytes, AppendageFault { offset, tag, kind });
        });
    }
}

#[test]
fn a_bad_code_in_an_element_is_named_though_the_element_can_be_read() {
    for message in messages() {
        let coded: Vec<u8> = message
            .tags
            .iter()
            .copied()
            .filter(|tag| has_wrong_values(&tag_layout(*tag).field))
            .collect();
        if coded.is_empty() {
            continue;
        }
        let wrong = select(coded).prop_flat_map(|tag| {
            wrong_value(&tag_layout(tag).field).prop_map(move |value| (tag, value))
        });
        check(CASES, &(message.parts(), wrong, any::<Index>()), |((fixed, right), wrong, at)| {
            let mut all: Vec<_> = right.into_iter().filter(|(tag, _)| *tag != wrong.0).collect();
            let at = at.index(all.len() + 1);
            let (offset, tag) = (message.offset_after(&all[..at]), wrong.0);
            all.insert(at, wrong);
            let bytes = with_elements(&fixed, &all);
            assert_bad_byte((message.protocol.decode)(&bytes), &bytes, offset + 2);
            let tags = message.read(&bytes).expect("codes are not looked at");
            assert_eq!(tags.bad_code(), Some(tag));
        });
    }
}

//! What must hold for any bytes at all, as functions that take the bytes.
//!
//! The suite drives them with random bytes and with damaged vectors; the targets in `fuzz/` are a
//! line each and call them from a fuzzer. To add one, write it, list it in [`BODIES`] and add its
//! target.
#![expect(
    clippy::missing_panics_doc,
    reason = "a body panics whenever what it checks does not hold"
)]

use protocol_spec::wire::layout::{FieldLayout, Layout, Shape, Tail, Value};
use protocol_spec::wire::ouch::{Appendage, FaultKind, TagSet, Tags};
use protocol_spec::wire::{BadCode, DecodeError, binary_file, mold, soup};

use tools::capture::{Capture, Item};

use crate::fuzz_book_view;
use crate::fuzz_engine;
use crate::fuzz_form;
use crate::fuzz_journal;
use crate::fuzz_receiver;
use crate::fuzz_rewind;
use crate::fuzz_sessions;
use crate::protocols::{self, Found, Protocol};

/// A body: it panics if something does not hold.
pub type Body = fn(&[u8]);

/// Every body by the name of its target.
pub const BODIES: &[(&str, Body)] = &[
    ("itch", itch),
    ("glimpse", glimpse),
    ("ouch_inbound", ouch_inbound),
    ("ouch_outbound", ouch_outbound),
    ("soup_packet", soup_packet),
    ("mold_packet", mold_packet),
    ("binary_file", binary_file),
    ("capture", capture),
    ("book_view", fuzz_book_view::book_view),
    ("form", fuzz_form::form),
    ("engine", fuzz_engine::engine),
    ("journal", fuzz_journal::journal),
    ("rewind", fuzz_rewind::rewind),
    ("requests", fuzz_rewind::requests),
    ("soup_server", fuzz_sessions::soup_server),
    ("soup_client", fuzz_sessions::soup_client),
    ("mold_session", fuzz_sessions::mold_session),
    ("receiver", fuzz_receiver::receiver),
];

/// A message of the feed.
pub fn itch(data: &[u8]) {
    feed_message(protocols::named("itch"), data);
}

/// A message of a snapshot.
pub fn glimpse(data: &[u8]) {
    feed_message(protocols::named("glimpse"), data);
}

/// Lenient and strict reading must say the same of all that both look at.
fn feed_message(protocol: &Protocol, data: &[u8]) {
    let strict = (protocol.decode)(data);
    let found = match (protocol.find)(data) {
        Ok(found) => found,
        Err(error) => return assert_eq!(strict, Err(error)),
    };
    fixed_part(&found);
    if !found.rest.is_empty() {
        let extra = found.rest.len();
        return assert_eq!(strict, Err(DecodeError::Trailing { extra }));
    }
    match (found.bad_code, strict) {
        (Some(bad), strict) => assert_eq!(strict, Err(DecodeError::BadCode(bad))),
        (None, Ok(())) => assert_eq!(protocol.rewrite(data), data),
        // A blank number and 0 are read, but a snapshot must say where to go on.
        (None, Err(error)) => {
            assert_eq!(found.layout.name, "EndOfSnapshot", "{error}");
            assert!(data[1..].iter().all(|byte| b" 0".contains(byte)), "{error}");
        }
    }
}

/// Layout, getters and values must agree on the part that is always there.
fn fixed_part(found: &Found<'_>) {
    assert_eq!(found.bytes.len(), found.layout.len);
    if found.layout.kind.is_none_or(|kind| kind.offset == 0) {
        assert_eq!(found.encoded, found.bytes, "{}", found.words);
    } else {
        // The length before the type is that of what was written, whatever was read.
        assert_eq!(found.encoded[2..], found.bytes[2..], "{}", found.words);
    }
    values_print(found.layout.fields, found.bytes);
    bad_codes_agree(found.layout, found.bytes, found.bad_code);
}

/// Every value can be shown, and a code has a meaning exactly if it is in the field's list.
fn values_print(fields: &[FieldLayout], bytes: &[u8]) {
    for field in fields {
        let value = field.value(bytes);
        let shown = format!("{value}");
        assert!(shown.is_ascii(), "{}: {shown}", field.name);
        let blank = field.bytes(bytes).iter().all(|byte| *byte == b' ');
        let is_text = matches!(field.shape, Shape::Text | Shape::Digits);
        assert!(!shown.is_empty() || is_text && blank, "{}", field.name);
        if let Value::Code(code, meaning) = value {
            assert_eq!(code, field.bytes(bytes));
            let known = field.codes().any(|known| known.bytes == code);
            assert_eq!(meaning.is_some(), known, "{}: {shown}", field.name);
        }
    }
}

/// The one bad code that the fast check finds is the first of those that the table finds.
fn bad_codes_agree(layout: &Layout, bytes: &[u8], first: Option<BadCode>) {
    let all: Vec<BadCode> = layout.bad_codes(bytes).collect();
    assert_eq!(all.first().copied(), first);
    assert!(all.is_sorted_by_key(|bad| bad.offset));
    for bad in all {
        let field = layout
            .fields
            .iter()
            .find(|field| field.offset == bad.offset)
            .expect("a bad code stands in a field");
        assert!(field.bytes(bytes).starts_with(bad.value()));
        assert!(!bad.value().is_empty());
    }
}

/// A capture file: read to its end or its error in bounded steps, and never past it.
pub fn capture(data: &[u8]) {
    let Ok(mut capture) = Capture::open(data) else {
        return;
    };
    let mut bytes = 0;
    loop {
        match capture.next_item() {
            Ok(Some(Item::Datagram { payload, .. })) => bytes += payload.len(),
            Ok(Some(Item::Stream { bytes: more, .. })) => bytes += more.len(),
            Ok(Some(_)) => {}
            Ok(None) | Err(_) => break,
        }
    }
    assert!(bytes <= data.len(), "{bytes} bytes out of {}", data.len());
    assert!(matches!(capture.next_item(), Ok(None)), "an end is an end");
}

/// A message from a broker.
pub fn ouch_inbound(data: &[u8]) {
    ouch_message(protocols::named("ouch_inbound"), data);
}

/// A message from the venue.
pub fn ouch_outbound(data: &[u8]) {
    ouch_message(protocols::named("ouch_outbound"), data);
}

/// What can be framed can be answered; strict reading adds codes, then the appendage.
fn ouch_message(protocol: &Protocol, data: &[u8]) {
    let strict = (protocol.decode)(data);
    let found = match (protocol.find)(data) {
        Ok(found) => found,
        Err(error) => return assert_eq!(strict, Err(error)),
    };
    fixed_part(&found);
    assert_eq!([found.bytes, found.rest].concat(), data);
    let appendage = found.appendage.expect("an OUCH message");
    let allowed = match found.layout.tail {
        Tail::Appendage(_, tags) => TagSet::of(tags),
        _ => TagSet::EMPTY,
    };
    let read = appendage_parts(&found, appendage, allowed);
    if let Some(bad) = found.bad_code {
        return assert_eq!(strict, Err(DecodeError::BadCode(bad)));
    }
    if strict.is_ok() {
        let tags = read.expect("what strict reading takes can be read");
        assert_eq!(tags.bad_code(), None);
        assert_eq!(protocol.rewrite(data), data);
        return;
    }
    // Refused though its fields are right: something must be wrong behind them.
    let has_none = matches!(found.layout.tail, Tail::None) && !appendage.is_absent();
    let is_faulty = read.is_none_or(|tags| tags.bad_code().is_some());
    assert!(has_none || is_faulty, "{strict:?}");
}

/// Reads the appendage element by element and as a whole, which must agree.
fn appendage_parts(found: &Found<'_>, appendage: Appendage<'_>, allowed: TagSet) -> Option<Tags> {
    let read = appendage.read(allowed);
    let end = found.bytes.len() + found.rest.len();
    if let Err(fault) = read {
        assert!((found.bytes.len()..end).contains(&fault.offset), "{fault}");
        assert!(format!("{fault}").is_ascii());
    }
    let elements = match appendage.elements() {
        Ok(elements) => elements,
        Err(fault) => {
            assert_eq!(read, Err(fault));
            assert!(matches!(fault.kind, FaultKind::Short { .. } | FaultKind::Long { .. }));
            return None;
        }
    };
    let mut at = found.bytes.len() + 2;
    for element in elements {
        let Ok(element) = element else {
            assert!(read.is_err(), "an element without an end was read");
            return None;
        };
        assert_eq!(element.offset, at);
        at += 2 + element.value.len();
        let fits = |field: &FieldLayout| field.len == element.value.len();
        if let Some(layout) = Tags::layout(element.tag).filter(|layout| fits(&layout.field)) {
            values_print(std::slice::from_ref(&layout.field), element.value);
        }
    }
    assert!(appendage.is_absent() || at == end, "elements fill it");
    let tags = read.ok()?;
    let mut out = [0; Tags::MAX_LEN];
    let len = tags.encode(&mut out);
    assert!(appendage.is_absent() || len == found.rest.len(), "{tags:?}");
    Some(tags)
}

/// A packet on a TCP connection.
pub fn soup_packet(data: &[u8]) {
    let protocol = protocols::named("soup");
    let lenient = (protocol.find)(data);
    if let Ok(found) = &lenient {
        fixed_part(found);
        assert_eq!([found.bytes, found.rest].concat(), data);
    }
    let strict = soup::Framed::decode(data);
    let length = data.first_chunk().map(|length| usize::from(u16::from_be_bytes(*length)));
    match strict {
        Ok(framed) => {
            let found = lenient.expect("what strict reading takes can be found");
            assert_eq!(length, Some(data.len() - 2));
            assert_eq!(framed.packet.layout().name, found.layout.name);
            assert_eq!(framed.payload, found.rest);
            assert_eq!(found.bad_code, None);
            assert_eq!(protocol.rewrite(data), data);
            assert!(!format!("{framed:?}").is_empty());
        }
        Err(DecodeError::Truncated { need, have }) => {
            assert!(have == data.len() && need > have);
        }
        Err(DecodeError::Trailing { extra }) => assert!((1..data.len()).contains(&extra)),
        Err(DecodeError::UnknownType(kind)) => assert_eq!(kind, data[2]),
        Err(DecodeError::BadCode(bad)) => {
            assert!(data[bad.offset..].starts_with(bad.value()));
        }
    }
}

/// A datagram of the feed, in both directions.
pub fn mold_packet(data: &[u8]) {
    match mold::Request::from_datagram(data) {
        Ok(request) => assert_eq!(request.to_bytes(), *data),
        Err(DecodeError::Truncated { need: 20, have }) => {
            assert!(have == data.len() && have < 20);
        }
        Err(DecodeError::Trailing { extra }) => assert_eq!(extra, data.len() - 20),
        Err(error) => panic!("{error}"),
    }
    let packet = match mold::Packet::decode(data) {
        Ok(packet) => packet,
        Err(DecodeError::Truncated { need, have }) => {
            return assert!(have == data.len() && need > have);
        }
        Err(DecodeError::Trailing { extra }) => return assert!(extra <= data.len() - 20),
        Err(error) => panic!("{error}"),
    };
    assert_eq!(rewrite_mold(&packet), data);
    let messages = match packet.body {
        mold::Body::Heartbeat | mold::Body::EndOfSession => 0,
        mold::Body::Messages(blocks) => {
            assert!(!blocks.is_empty());
            assert_eq!(blocks.count(), blocks.len());
            blocks.len() as u64
        }
    };
    let next = packet.number.0.checked_add(messages);
    assert_eq!(packet.next().map(|next| next.0), next);
    assert!(!format!("{packet:?}").is_empty());
}

/// A packet written again from its parts.
fn rewrite_mold(packet: &mold::Packet<'_>) -> Vec<u8> {
    let (count, blocks) = match packet.body {
        mold::Body::Heartbeat => (0, None),
        mold::Body::EndOfSession => (mold::END_OF_SESSION, None),
        mold::Body::Messages(blocks) => (blocks.len() as u16, Some(blocks)),
    };
    let header = mold::Header { session: packet.session, number: packet.number, count };
    let mut out = header.to_bytes().to_vec();
    for message in blocks.into_iter().flatten() {
        let length = message.len() as u16;
        out.extend(mold::Block { length }.to_bytes());
        out.extend_from_slice(message);
    }
    out
}

/// A file of messages.
pub fn binary_file(data: &[u8]) {
    let mut records = binary_file::Records::new(data);
    let mut whole = Vec::new();
    for message in records.by_ref() {
        whole.extend(binary_file::header(message));
        whole.extend_from_slice(message);
    }
    assert!(data.starts_with(&whole));
    let rest = &data[whole.len()..];
    match records.ending().expect("all messages were taken") {
        binary_file::Ending::Marked => assert_eq!(rest, binary_file::END),
        binary_file::Ending::Unmarked => assert_eq!(rest, b""),
        binary_file::Ending::Trailing(extra) => {
            assert!(rest.starts_with(&binary_file::END));
            assert_eq!(rest.len(), binary_file::END.len() + extra);
        }
        binary_file::Ending::Cut(missing) => {
            let need = match rest.first_chunk() {
                Some(length) => 2 + usize::from(u16::from_be_bytes(*length)),
                None => 2,
            };
            assert_eq!(rest.len() + missing, need);
        }
    }
    assert_eq!(records.next(), None, "a file ends once");
}

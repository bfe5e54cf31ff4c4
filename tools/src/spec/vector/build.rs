//! Puts example messages together from their layouts.

use protocol_spec::wire::layout::{AppendageRule, Layout, Tail};
use protocol_spec::wire::mold::END_OF_SESSION;
use protocol_spec::wire::ouch::{TagLayout, Tags};
use protocol_spec::wire::{binary_file, itch, mold, soup};
use protocol_spec::words::OrderPrice;

use super::{Datum, Vector, example};
use crate::spec::implied;
use crate::spec::protocol::{
    BINARY_FILE, Direction, GLIMPSE, ITCH, MOLD, OUCH, Protocol, SOUP, optional,
};

/// What stands behind the fixed part of an OUCH message.
#[derive(Clone, Copy)]
enum Appendage<'a> {
    Absent,
    With(&'a [u8]),
}

/// All vectors, protocol by protocol, in the order of the documents.
#[must_use]
pub fn all() -> Vec<Vector> {
    let mut vectors = Vec::new();
    for protocol in [&ITCH, &GLIMPSE] {
        for (place, (direction, layout)) in protocol.layouts().enumerate() {
            vectors.push(message(protocol, direction, layout, place));
        }
    }
    vectors.extend(ouch());
    vectors.extend(soup());
    vectors.extend(mold());
    vectors.extend(file());
    vectors
}

/// A message with examples in all its fields and nothing after them.
fn message(
    protocol: &Protocol,
    direction: Option<Direction>,
    layout: &'static Layout,
    place: usize,
) -> Vector {
    let mut bytes = vec![0; layout.len];
    for field in layout.fields {
        let range = field.offset..field.offset + field.len;
        bytes[range].copy_from_slice(&example::bytes(layout, field, place));
    }
    if let Some(kind) = layout.kind {
        bytes[kind.offset] = kind.byte;
    }
    let mut vector = Vector {
        protocol: protocol.name,
        direction,
        layout,
        case: String::new(),
        bytes,
        data: Vec::new(),
        tags: Vec::new(),
    };
    vector.read_fields();
    vector
}

fn ouch() -> Vec<Vector> {
    let mut vectors = Vec::new();
    for (place, (direction, layout)) in OUCH.layouts().enumerate() {
        let base = message(&OUCH, direction, layout, place);
        let Tail::Appendage(rule, tags) = layout.tail else {
            vectors.push(base);
            continue;
        };
        let (absent, empty) = match rule {
            AppendageRule::Always { may_be_missing, .. } => (may_be_missing, true),
            AppendageRule::Optional { .. } => (true, true),
            AppendageRule::Echo { .. } => (true, false),
        };
        if absent {
            vectors.push(base.with_appendage("without appendage", Appendage::Absent));
        }
        if empty {
            vectors.push(base.with_appendage("empty appendage", Appendage::With(&[])));
        }
        vectors.push(base.with_appendage("all tags", Appendage::With(tags)));
    }
    vectors.extend(Tags::LAYOUTS.iter().map(one_tag));
    vectors.extend(market_orders());
    vectors
}

/// An order without a limit, in each of the two ways to write it.
fn market_orders() -> impl Iterator<Item = Vector> {
    let (direction, enter) = OUCH.layouts().next().expect("OUCH has messages");
    [OrderPrice::MARKET_200000, OrderPrice::MARKET_MAX].into_iter().map(move |price| {
        let mut vector = message(&OUCH, direction, enter, 0);
        vector.set("price", &price.0.to_be_bytes());
        let case = format!("price of a market order, 0x{:08X}", price.0);
        vector.with_appendage(&case, Appendage::With(&[]))
    })
}

/// The first message that allows the tag, with nothing but it.
fn one_tag(tag: &TagLayout) -> Vector {
    let (place, (direction, layout)) = OUCH
        .layouts()
        .enumerate()
        .find(|(_, (_, layout))| match layout.tail {
            Tail::Appendage(_, tags) => tags.contains(&tag.tag),
            _ => false,
        })
        .expect("every tag is allowed in some message");
    message(&OUCH, direction, layout, place)
        .with_appendage(&format!("tag {}", tag.tag), Appendage::With(&[tag.tag]))
}

fn soup() -> Vec<Vector> {
    let feed = message(&ITCH, None, &itch::AddOrder::LAYOUT, 0).bytes;
    let (direction, enter) = OUCH.layouts().next().expect("OUCH has messages");
    let order = message(&OUCH, direction, enter, 0).with_appendage("", Appendage::With(&[])).bytes;
    let mut vectors = Vec::new();
    for (place, (direction, layout)) in SOUP.layouts().enumerate() {
        let base = message(&SOUP, direction, layout, place);
        let payload: &[u8] = match layout.name {
            _ if !matches!(layout.tail, Tail::Payload(_)) => &[],
            name if name == soup::SequencedData::LAYOUT.name => &feed,
            name if name == soup::UnsequencedData::LAYOUT.name => &order,
            _ => b"the venue opens at 09:30",
        };
        vectors.push(base.clone().with_payload("", payload));
        if layout.name == soup::LoginAccepted::LAYOUT.name {
            let mut short = base.clone();
            short.set("session", b"      TEST");
            vectors.push(short.with_payload("a session of fewer than ten characters", &[]));
        }
        if !optional(layout).is_empty() {
            let more: Vec<u8> = optional(layout)
                .iter()
                .flat_map(|field| example::bytes(layout, field, place))
                .collect();
            vectors.push(base.with_payload("with the fields of a later version", &more));
        }
    }
    vectors
}

fn mold() -> Vec<Vector> {
    let header = message(&MOLD, None, &mold::Header::LAYOUT, 0);
    let counted = |number: u16| {
        let mut vector = header.clone();
        vector.set("count", &number.to_be_bytes());
        vector
    };
    let blocks = [
        block(&message(&ITCH, None, &itch::SystemEvent::LAYOUT, 0).bytes),
        block(&message(&ITCH, None, &itch::AddOrder::LAYOUT, 1).bytes),
    ];
    vec![
        counted(2).with_payload("two messages", &blocks.concat()),
        counted(0).with_payload("heartbeat", &[]),
        counted(END_OF_SESSION).with_payload("end of session", &[]),
        framed(&MOLD, &mold::Block::LAYOUT, ""),
        message(&MOLD, None, &mold::Request::LAYOUT, 0),
    ]
}

fn file() -> Vec<Vector> {
    let record = framed(&BINARY_FILE, &binary_file::RecordHeader::LAYOUT, "message");
    let mut end = record.clone();
    end.bytes = binary_file::END.to_vec();
    vec![record, end.with_payload("end mark", &[])]
}

/// A message of the feed behind its length.
fn framed(protocol: &Protocol, layout: &'static Layout, case: &str) -> Vector {
    let payload = message(&ITCH, None, &itch::AddOrder::LAYOUT, 0).bytes;
    let mut vector = message(protocol, None, layout, 0);
    vector.bytes = block(&payload)[..layout.len].to_vec();
    vector.with_payload(case, &payload)
}

/// `message` behind its length.
fn block(message: &[u8]) -> Vec<u8> {
    [&binary_file::header(message), message].concat()
}

impl Vector {
    /// Writes `bytes` over the field `name`.
    fn set(&mut self, name: &str, bytes: &[u8]) {
        let mut fields = self.layout.fields.iter();
        let field = fields.find(|field| field.name == name).expect("the message has the field");
        self.bytes[field.offset..field.offset + field.len].copy_from_slice(bytes);
        self.read_fields();
    }

    /// Reads the values of the fields anew.
    fn read_fields(&mut self) {
        self.data.clear();
        for field in implied::leading(self.layout) {
            self.note(&field, 0);
        }
        for field in self.layout.fields {
            self.note(field, 0);
        }
    }

    /// The message with `payload` behind it and, if it has one, the right packet length before it.
    fn with_payload(mut self, case: &str, payload: &[u8]) -> Vector {
        self.bytes.extend_from_slice(payload);
        if self.layout.kind.is_some_and(|kind| kind.offset > 0) {
            let header = soup::header(0, self.bytes.len() - soup::HEADER);
            self.bytes[..2].copy_from_slice(&header[..2]);
        }
        case.clone_into(&mut self.case);
        self.read_fields();
        if !payload.is_empty() {
            for field in optional(self.layout) {
                self.note(field, 0);
            }
        }
        self
    }

    /// The message with an appendage behind it.
    fn with_appendage(&self, case: &str, appendage: Appendage<'_>) -> Vector {
        let mut vector = self.clone();
        case.clone_into(&mut vector.case);
        let Appendage::With(tags) = appendage else {
            return vector;
        };
        let mut elements = Vec::new();
        let mut places = Vec::new();
        for tag in tags {
            let tag = Tags::LAYOUTS
                .iter()
                .find(|layout| layout.tag == *tag)
                .expect("messages allow known tags only");
            let value = example::bytes(self.layout, &tag.field, usize::from(tag.tag));
            let size = u8::try_from(1 + value.len()).expect("values of tags are short");
            elements.extend_from_slice(&[size, tag.tag]);
            places.push((tag, elements.len()));
            elements.extend_from_slice(&value);
        }
        let length = implied::appendage_length(self.layout).expect("the message may have tags");
        let count = u16::try_from(elements.len()).expect("an appendage fits its length field");
        vector.bytes.extend_from_slice(&count.to_be_bytes());
        let base = vector.bytes.len();
        vector.bytes.extend_from_slice(&elements);
        vector.note(&length, 0);
        for (tag, at) in places {
            let datum = Datum::read(&tag.field, &vector.bytes, base + at, self.layout);
            vector.tags.push((tag.tag, datum));
        }
        vector
    }
}

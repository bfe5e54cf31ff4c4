//! A capture that is made up message by message, and what the dissector is to show of it.

use std::net::{Ipv4Addr, SocketAddrV4};

use protocol_spec::wire::{mold, soup};
use tools::spec::vector::{self, Datum, Scalar, Vector};

use crate::pcap::{Capture, Connection, Side};
use crate::tshark::{self, Shown};

/// A capture and what is to be shown of it.
#[derive(Debug, Default)]
pub struct Script {
    /// The capture.
    pub capture: Capture,
    /// What the dissector is to show of it, in order.
    pub expected: Vec<Shown>,
    client_port: u16,
}

/// How a stream is cut into segments: sizes, taken in turn.
pub type Cuts = &'static [usize];

impl Script {
    /// The numbered message that a block or a packet carries.
    pub fn expect_message(&mut self, vector: &Vector, number: Option<(u64, bool)>) {
        if let Some((number, known)) = number {
            let counted = if known { "" } else { " (counted from the start of the capture)" };
            self.expected.push(Shown {
                name: "outcry.sequence".to_owned(),
                value: number.to_string(),
                label: format!("Sequence Number: {number}{counted}"),
            });
        }
        self.expect_data(vector);
    }

    /// The fields of a message and its tags.
    pub fn expect_data(&mut self, vector: &Vector) {
        for datum in &vector.data {
            self.expect(vector.protocol, datum);
        }
        for (tag, datum) in &vector.tags {
            let length = vector.bytes[datum.offset - 2];
            self.expected.push(shown("outcry.ouch.element_length", "Length", &length, ""));
            let name = format!(" ({})", datum.title);
            self.expected.push(shown("outcry.ouch.tag", "Option Tag", tag, &name));
            self.expect(vector.protocol, datum);
        }
    }

    fn expect(&mut self, protocol: &str, datum: &Datum) {
        let value = match &datum.value {
            Scalar::Unsigned(number) => number.to_string(),
            Scalar::Signed(number) => number.to_string(),
            Scalar::Text(text) => text.clone(),
        };
        let meaning = datum.meaning.map(|meaning| format!(" ({meaning})"));
        self.expected.push(Shown {
            name: format!("outcry.{protocol}.{}", datum.name),
            value,
            label: format!("{}: {}{}", datum.title, datum.shown(), meaning.unwrap_or_default()),
        });
    }

    /// A datagram of the server with these messages.
    ///
    /// # Panics
    /// If there are more messages than a packet counts.
    pub fn packet(&mut self, from: u16, to: u16, number: u64, messages: &[&Vector]) {
        let count = u16::try_from(messages.len()).expect("a packet holds few messages");
        let header = header(number, count);
        let mut datagram = header.to_vec();
        self.expect_header(number, count);
        for message in messages {
            let length = u16::try_from(message.bytes.len()).expect("messages are short");
            datagram.extend(length.to_be_bytes());
            datagram.extend(&message.bytes);
            self.expected.push(shown("outcry.mold.length", "Message Length", &length, ""));
        }
        for (number, message) in (number..).zip(messages) {
            self.expect_message(message, Some((number, true)));
        }
        self.capture.udp(at(from), at(to), &datagram);
    }

    /// The header of a packet.
    pub fn expect_header(&mut self, number: u64, count: u16) {
        let session = SESSION;
        self.expected.push(shown("outcry.mold.session", "Session", &session, ""));
        self.expected.push(shown("outcry.mold.number", "Sequence Number", &number, ""));
        self.expected.push(shown("outcry.mold.count", "Message Count", &count, ""));
    }

    /// A fresh connection to `port`.
    pub fn connect(&mut self, port: u16) -> Connection {
        self.client_port += 1;
        self.capture.connect(at(40_000 + self.client_port), at(port))
    }

    /// A stream of packets, cut as `cuts` say.
    pub fn send(&mut self, connection: &mut Connection, side: Side, stream: &[u8], cuts: Cuts) {
        let mut rest = stream;
        for cut in cuts.iter().cycle() {
            let (segment, after) = rest.split_at(rest.len().min(*cut));
            self.capture.send(connection, side, segment);
            rest = after;
            if rest.is_empty() {
                break;
            }
        }
    }

    /// Sequenced or unsequenced packets with these messages; `number` is that of the first one,
    /// and whether it is known or only counted.
    ///
    /// # Panics
    /// If there is no packet of that type.
    pub fn packets(
        &mut self,
        kind: u8,
        messages: &[&Vector],
        number: Option<(u64, bool)>,
    ) -> Vec<u8> {
        let mut stream = Vec::new();
        for (i, message) in (0..).zip(messages) {
            let header = soup::header(kind, message.bytes.len());
            stream.extend(header);
            stream.extend(&message.bytes);
            let packet = vectors("soup")
                .into_iter()
                .find(|vector| vector.layout.kind.is_some_and(|each| each.byte == kind))
                .expect("every packet has a vector");
            let length = u16::from_be_bytes([header[0], header[1]]);
            self.expected.push(shown("outcry.soup.length", "Packet Length", &length, ""));
            self.expect("soup", &packet.data[1]);
            self.expect_message(message, number.map(|(first, known)| (first + i, known)));
        }
        stream
    }

    /// What tshark shows is what was expected, in one pass and in two.
    ///
    /// # Panics
    /// If it is not.
    pub fn check(&self, name: &str) {
        for passes in [&[][..], &["-2"]] {
            let pdml = tshark::run(name, self.capture.bytes(), &[passes, &["-T", "pdml"]].concat());
            for trouble in ["Lua Error", "_ws.lua.error", "_ws.malformed", "Malformed"] {
                assert!(!pdml.contains(trouble), "{name}: {trouble}");
            }
            let found = tshark::fields(&pdml);
            for (i, (found, expected)) in found.iter().zip(&self.expected).enumerate() {
                let same_name = found.name == expected.name
                    || found.name.strip_prefix(&expected.name).is_some_and(is_type_suffix);
                let same = same_name && found.value == expected.value;
                assert!(
                    same && found.label == expected.label,
                    "{name}, field {i}:\n{found:#?}\n{expected:#?}"
                );
            }
            assert_eq!(found.len(), self.expected.len(), "{name}: number of fields");
        }
    }
}

/// The session of every packet.
const SESSION: &str = "2025111801";

/// Whether a name goes on like this where fields of one name have values of two types.
fn is_type_suffix(suffix: &str) -> bool {
    ["_uint16", "_uint64", "_string"].contains(&suffix)
}

/// A field as it is to be shown, `after` behind its value.
#[must_use]
pub fn shown(name: &str, title: &str, value: &dyn ToString, after: &str) -> Shown {
    let value = value.to_string();
    Shown { name: name.to_owned(), label: format!("{title}: {value}{after}"), value }
}

/// A port of this host.
#[must_use]
pub fn at(port: u16) -> SocketAddrV4 {
    SocketAddrV4::new(Ipv4Addr::LOCALHOST, port)
}

/// The header of a MoldUDP64 packet.
#[must_use]
pub fn header(number: u64, count: u16) -> [u8; 20] {
    mold::Header {
        session: mold::SessionId::new(SESSION),
        number: protocol_spec::words::FeedNo(number),
        count,
    }
    .to_bytes()
}

/// The vectors of a protocol.
#[must_use]
pub fn vectors(protocol: &str) -> Vec<Vector> {
    vector::all().into_iter().filter(|vector| vector.protocol == protocol).collect()
}

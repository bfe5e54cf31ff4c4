//! Bytes that real exchanges sent, where this machine has them.

use std::collections::BTreeMap;

use protocol_spec::wire::binary_file::{self, Ending, Records};
use protocol_spec::wire::mold::{Body, Packet};
use protocol_spec::wire::soup;
use tests::{protocols, shared_data};
use tools::capture::{Capture, Item};

/// Reads a BinaryFILE of the feed, every message strictly, and returns how many there are of each
/// type and how the file ends. What was read is written again and must be the same.
fn read(file: &[u8]) -> (BTreeMap<char, usize>, Option<Ending>) {
    let itch = protocols::named("itch");
    let mut counts = BTreeMap::new();
    let mut written = Vec::new();
    let mut records = Records::new(file);
    for (number, message) in (1..).zip(records.by_ref()) {
        let decoded = (itch.decode)(message);
        decoded.unwrap_or_else(|error| panic!("message {number}: {error}"));
        *counts.entry(char::from(message[0])).or_default() += 1;
        written.extend(binary_file::header(message));
        written.extend(itch.rewrite(message));
    }
    assert_eq!(written, file[..written.len()]);
    (counts, records.ending())
}

#[test]
fn a_captured_morning_of_the_feed_is_read_and_written_again() {
    let Some(file) = shared_data::file("totalview_20230822.itch") else {
        return;
    };
    let (counts, ending) = read(&file);
    let expected =
        [('A', 37), ('D', 2), ('E', 1), ('F', 2), ('H', 1), ('I', 1), ('L', 1), ('U', 1)];
    assert_eq!(counts, BTreeMap::from(expected));
    assert_eq!(ending, Some(Ending::Unmarked));
}

#[test]
fn a_sampled_day_of_the_feed_is_read_and_written_again() {
    let Some(file) = shared_data::file("ritch/bx_20191230_sample.itch") else {
        return;
    };
    let (counts, ending) = read(&file);
    let expected = [
        ('A', 4997),
        ('D', 1745),
        ('E', 198),
        ('F', 3),
        ('H', 3),
        ('P', 5000),
        ('R', 3),
        ('S', 6),
        ('U', 12),
        ('X', 45),
    ];
    assert_eq!(counts, BTreeMap::from(expected));
    assert_eq!(counts.values().sum::<usize>(), 12_012);
    assert_eq!(ending, Some(Ending::Unmarked));
}

/// What the packets of a capture carry: datagrams, and the bytes of streams.
fn payloads(name: &str) -> Option<Vec<Vec<u8>>> {
    let file = shared_data::file(&format!("nasdaq-pcaps/{name}.pcap"))?;
    let mut capture = Capture::open(file.as_slice()).expect("it is a capture");
    let mut payloads = Vec::new();
    while let Some(item) = capture.next_item().expect("it is whole") {
        match item {
            Item::Datagram { payload, .. } => payloads.push(payload.to_vec()),
            Item::Stream { bytes, .. } => payloads.push(bytes.to_vec()),
            other => panic!("{name}: {other:?}"),
        }
    }
    Some(payloads)
}

#[test]
fn the_captured_packets_of_the_feed_hold_the_messages_of_the_file_made_from_them() {
    let captures = [
        "AddOrderNoMpidAttributionMessage",
        "MarketParticipantPositionMessage",
        "Multiple.Packets",
        "NetOrderImbalanceIndicatorMessage",
        "OrderDeleteMessage",
        "OrderExecutedMessage",
        "OrderReplaceMessage",
        "StockTradingActionMessage",
    ];
    let Some(file) = shared_data::file("totalview_20230822.itch") else {
        return;
    };
    let mut captured = Vec::new();
    for packet in captures.iter().filter_map(|name| payloads(name)).flatten() {
        let packet = Packet::decode(&packet).expect("it is a whole packet");
        let Body::Messages(blocks) = packet.body else {
            panic!("every captured packet holds messages");
        };
        captured.extend(blocks.map(<[u8]>::to_vec));
    }
    let mut expected: Vec<_> = Records::new(&file).map(<[u8]>::to_vec).collect();
    captured.sort();
    expected.sort();
    assert_eq!(captured, expected);
}

#[test]
fn the_captured_packets_of_order_entry_are_read_and_written_again() {
    let captures = [
        ("ClientHeartbeatPacket", "soup", "ClientHeartbeat"),
        ("ServerHeartbeatPacket", "soup", "ServerHeartbeat"),
        ("EnterOrderMessage", "ouch_inbound", "EnterOrder"),
        ("CancelOrderMessage", "ouch_inbound", "CancelOrder"),
        ("OrderAcceptedMessage", "ouch_outbound", "OrderAccepted"),
        ("CanceledMessage", "ouch_outbound", "Canceled"),
    ];
    for (name, protocol, message) in captures {
        let Some(payloads) = payloads(&format!("Ouch50.{name}")) else {
            return;
        };
        let [packet] = payloads.as_slice() else {
            panic!("{name}: one packet, not {}", payloads.len());
        };
        let framed = soup::Framed::decode(packet).expect("it is a whole packet");
        let bytes = if protocol == "soup" { packet } else { framed.payload };
        let protocol = protocols::named(protocol);
        (protocol.decode)(bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        let found = (protocol.find)(bytes).expect("it was read");
        assert_eq!(found.layout.name, message);
        assert_eq!(protocol.rewrite(bytes), bytes);
    }
}

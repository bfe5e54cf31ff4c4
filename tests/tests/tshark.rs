//! The printed dissector, run by tshark, says of every vector what the vector says of itself.

use protocol_spec::wire::{glimpse, mold, soup};
use tests::pcap::{Capture, Connection, Side};
use tests::script::{Cuts, Script, at, header, shown, vectors};
use tests::tshark;
use tools::spec::protocol::Direction;
use tools::spec::vector::{self, Scalar, Vector};

const ORDERS: u16 = 9_001;
const REPLAY: u16 = 26_411;
const SNAPSHOT: u16 = 26_412;
const LINE_A: u16 = 26_401;
const LINE_B: u16 = 26_402;
const REREQUEST: u16 = 26_410;

fn ouch(direction: Direction) -> Vec<Vector> {
    vectors("ouch").into_iter().filter(|vector| vector.direction == Some(direction)).collect()
}

/// The vectors of SoupBinTCP that carry no message.
fn soup_alone() -> Vec<Vector> {
    let data = [soup::SequencedData::LAYOUT.name, soup::UnsequencedData::LAYOUT.name];
    vectors("soup").into_iter().filter(|vector| !data.contains(&vector.layout.name)).collect()
}

/// A login, refused or accepted from `number` on.
fn login(script: &mut Script, connection: &mut Connection) -> u64 {
    let all = soup_alone();
    let named = |name: &str| {
        all.iter().find(|vector| vector.layout.name == name).expect("every packet has a vector")
    };
    for (name, side) in [
        (soup::LoginRequest::LAYOUT.name, Side::Client),
        (soup::LoginAccepted::LAYOUT.name, Side::Server),
    ] {
        let vector = named(name);
        script.expect_data(vector);
        script.capture.send(connection, side, &vector.bytes);
    }
    let accepted = named(soup::LoginAccepted::LAYOUT.name);
    let number = &accepted.data.last().expect("it has a number").value;
    match number {
        Scalar::Text(digits) => digits.parse().expect("a number in digits"),
        other => panic!("{other:?} is no text"),
    }
}

#[test]
fn itch_over_mold_is_shown_as_the_vectors_say() {
    if !tshark::is_installed() {
        return;
    }
    let itch = vectors("itch");
    let mut script = Script::default();
    for (number, vector) in (u64::MAX / 2..).zip(&itch) {
        script.packet(5_000, LINE_A, number, &[vector]);
    }
    script.packet(5_000, LINE_B, 1, &itch.iter().collect::<Vec<_>>());
    for count in [0, mold::END_OF_SESSION] {
        script.expect_header(77, count);
        script.capture.udp(at(5_000), at(LINE_A), &header(77, count));
    }
    let request = vectors("mold")
        .into_iter()
        .find(|vector| vector.layout.name == mold::Request::LAYOUT.name)
        .expect("the request has a vector");
    script.expect_data(&request);
    script.capture.udp(at(6_000), at(REREQUEST), &request.bytes);
    script.packet(REREQUEST, 6_000, 9, &[&itch[0], &itch[10]]);
    script.check("mold");
}

#[test]
fn itch_and_glimpse_over_soup_are_shown_however_the_stream_is_cut() {
    if !tshark::is_installed() {
        return;
    }
    let itch = vectors("itch");
    let feed: Vec<_> = itch.iter().collect();
    let end = vectors("glimpse");
    let in_snapshot = |vector: &&Vector| glimpse::FEED_TYPES.contains(&vector.bytes[0]);
    let spin: Vec<_> = itch.iter().filter(in_snapshot).chain(&end).collect();
    let cuts: [Cuts; 4] = [&[1_000], &[1], &[2, 1, 3, 40, 77], &[39, 41, 3, 500]];
    let mut script = Script::default();
    for cuts in cuts {
        for (port, messages) in [(REPLAY, &feed), (SNAPSHOT, &spin)] {
            let mut connection = script.connect(port);
            let number = login(&mut script, &mut connection);
            let stream = script.packets(b'S', messages, Some((number, true)));
            script.send(&mut connection, Side::Server, &stream, cuts);
        }
    }
    script.check("soup");
}

#[test]
fn ouch_over_soup_is_shown_both_ways_with_every_tag() {
    if !tshark::is_installed() {
        return;
    }
    let (inbound, outbound) = (ouch(Direction::Inbound), ouch(Direction::Outbound));
    let (inbound, outbound): (Vec<_>, Vec<_>) =
        (inbound.iter().collect(), outbound.iter().collect());
    let mut script = Script::default();
    for cuts in [&[1_400][..], &[1, 2, 60, 5, 200], &[46, 50, 52]] {
        let mut connection = script.connect(ORDERS);
        let number = login(&mut script, &mut connection);
        let stream = script.packets(b'U', &inbound, None);
        script.send(&mut connection, Side::Client, &stream, cuts);
        let stream = script.packets(b'S', &outbound, Some((number, true)));
        script.send(&mut connection, Side::Server, &stream, cuts);
        let stream = script.packets(b'U', &outbound[..3], None);
        script.send(&mut connection, Side::Server, &stream, cuts);
        let after = number + outbound.len() as u64;
        let stream = script.packets(b'S', &outbound[..1], Some((after, true)));
        script.send(&mut connection, Side::Server, &stream, cuts);
    }
    script.check("ouch");
}

#[test]
fn packets_without_a_message_are_shown_and_do_not_count() {
    if !tshark::is_installed() {
        return;
    }
    let outbound = ouch(Direction::Outbound);
    let mut script = Script::default();
    let mut connection = script.connect(ORDERS);
    for vector in soup_alone() {
        let name = vector.layout.name;
        let from_client = [
            soup::LoginRequest::LAYOUT.name,
            soup::ClientHeartbeat::LAYOUT.name,
            soup::LogoutRequest::LAYOUT.name,
        ];
        let side = if from_client.contains(&name) { Side::Client } else { Side::Server };
        script.expect_data(&vector);
        script.capture.send(&mut connection, side, &vector.bytes);
    }
    let number = login(&mut script, &mut connection);
    for (number, vector) in (number..).zip(&outbound) {
        let stream = script.packets(b'S', &[vector], Some((number, true)));
        script.send(&mut connection, Side::Server, &stream, &[1_000]);
        let stream = b"\x00\x01H";
        script.send(&mut connection, Side::Server, stream, &[1_000]);
        script.expected.push(shown("outcry.soup.length", "Packet Length", &1, ""));
        script.expected.push(shown("outcry.soup.type", "Packet Type", &"H", " (Server Heartbeat)"));
    }
    script.check("alone");
}

#[test]
fn messages_without_a_captured_login_are_counted_and_said_to_be() {
    if !tshark::is_installed() {
        return;
    }
    let itch = vectors("itch");
    let mut script = Script::default();
    let mut connection = script.connect(REPLAY);
    let stream = script.packets(b'S', &itch.iter().collect::<Vec<_>>(), Some((1, false)));
    script.send(&mut connection, Side::Server, &stream, &[1_400]);
    script.capture.resend(&connection, Side::Server, &stream);
    let next = itch.len() as u64 + 1;
    let stream = script.packets(b'S', &[&itch[0]], Some((next, false)));
    script.send(&mut connection, Side::Server, &stream, &[100]);
    script.check("no-login");
}

#[test]
fn other_ports_are_reached_by_settings_and_by_decode_as() {
    if !tshark::is_installed() {
        return;
    }
    let itch = vectors("itch");
    let mut script = Script::default();
    let mut connection = script.connect(7_001);
    let stream = script.packets(b'S', &[&itch[0]], Some((1, false)));
    script.send(&mut connection, Side::Server, &stream, &[100]);
    let fields = |arguments: &[&str]| {
        let arguments = [&["-T", "pdml"], arguments].concat();
        tshark::fields(&tshark::run("ports", script.capture.bytes(), &arguments)).len()
    };
    assert_eq!(fields(&[]), 0, "traffic on other ports is left alone");
    assert_eq!(fields(&["-o", "outcry.replay:26411,7000-7009"]), script.expected.len());
    assert_eq!(fields(&["-d", "tcp.port==7001,outcry.replay"]), script.expected.len());
}

/// Every message of every protocol on its carrier.
fn every_vector() -> Script {
    let (itch, end) = (vectors("itch"), vectors("glimpse"));
    let mut script = Script::default();
    for (number, vector) in (1..).zip(&itch) {
        script.packet(5_000, LINE_A, number, &[vector]);
    }
    for vector in vectors("mold").iter().filter(|vector| vector.layout.name != "Block") {
        let port = if vector.layout.name == "Request" { REREQUEST } else { LINE_B };
        script.capture.udp(at(6_000), at(port), &vector.bytes);
    }
    for (port, messages) in
        [(ORDERS, ouch(Direction::Outbound)), (REPLAY, itch.clone()), (SNAPSHOT, end)]
    {
        let mut connection = script.connect(port);
        login(&mut script, &mut connection);
        let stream = script.packets(b'S', &messages.iter().collect::<Vec<_>>(), None);
        script.send(&mut connection, Side::Server, &stream, &[1_400]);
        if port == ORDERS {
            let inbound = ouch(Direction::Inbound);
            let stream = script.packets(b'U', &inbound.iter().collect::<Vec<_>>(), None);
            script.send(&mut connection, Side::Client, &stream, &[1_400]);
        }
    }
    script
}

/// The numbers of the frames that a filter finds.
fn frames(capture: &Capture, filter: &str) -> Vec<usize> {
    let arguments = ["-T", "fields", "-e", "frame.number", "-Y", filter];
    let printed = tshark::run("filter", capture.bytes(), &arguments);
    printed.lines().map(|line| line.trim().parse().expect("a number")).collect()
}

#[test]
fn the_name_of_the_top_protocol_is_a_filter_for_all_that_is_dissected() {
    if !tshark::is_installed() {
        return;
    }
    let mut script = every_vector();
    let other = script.capture.packets() + 1;
    script.capture.udp(at(5_000), at(7_000), &vectors("itch")[0].bytes);
    let found = frames(&script.capture, "outcry");
    assert_eq!(found, frames(&script.capture, "outcry.soup || outcry.mold"));
    assert!(found.len() > vectors("itch").len() && !found.contains(&other));
    let spoiled = frames(&script.capture, "outcry.malformed || outcry.trailing");
    assert!(spoiled.is_empty(), "{spoiled:?}");
    let shown = tshark::run("unseen", script.capture.bytes(), &["-V"]);
    assert!(!shown.lines().any(|line| line == "Outcry"), "the top protocol is not in the way");
}

#[test]
fn the_filters_of_the_index_find_something_in_the_vectors() {
    if !tshark::is_installed() {
        return;
    }
    let capture = every_vector().capture;
    let index = tools::spec::document::index();
    let filters: Vec<_> = index
        .lines()
        .filter_map(|line| line.split_once(" -Y "))
        .map(|(_, rest)| rest.trim_end_matches(" -V").trim_matches('\''))
        .collect();
    assert!(filters.len() > 2, "{filters:?}");
    for filter in filters {
        assert!(!frames(&capture, filter).is_empty(), "{filter} finds nothing");
    }
}

/// A datagram with these messages.
fn datagram(messages: &[&[u8]]) -> Vec<u8> {
    let mut bytes = header(1, u16::try_from(messages.len()).expect("few messages")).to_vec();
    for message in messages {
        bytes.extend(u16::try_from(message.len()).expect("a short message").to_be_bytes());
        bytes.extend(*message);
    }
    bytes
}

#[test]
fn the_info_column_marks_malformed_messages_and_no_others() {
    if !tshark::is_installed() {
        return;
    }
    const MARK: &str = "[malformed]";
    let good = vectors("itch")[10].bytes.clone();
    let short = &good[..good.len() - 1];
    let long = [&good[..], b"x"].concat();
    let mut twelve = vec![&good[..]; 11];
    twelve.push(short);
    let whole = datagram(&[&good, &good]);
    let bad = [
        datagram(&[short]),
        datagram(&[&long]),
        datagram(&[&good, short]),
        datagram(&twelve),
        whole[..whole.len() - 1].to_vec(),
        whole[..whole.len() - good.len() - 1].to_vec(),
        [&whole[..], b"x"].concat(),
        [&header(1, 0)[..], b"x"].concat(),
        header(1, 0)[..19].to_vec(),
    ];
    let mut capture = Capture::new();
    for bytes in &bad {
        capture.udp(at(5_000), at(LINE_A), bytes);
        capture.udp(at(5_000), at(LINE_A), &whole);
    }
    let printed = tshark::run("marks", capture.bytes(), &[]);
    assert_eq!(printed.lines().count(), 2 * bad.len());
    for (i, line) in printed.lines().enumerate() {
        assert_eq!(line.matches(MARK).count(), usize::from(i % 2 == 0), "{i}: {line}");
    }

    let order = &ouch(Direction::Inbound)[0].bytes;
    let mut faulty = order.clone();
    *faulty.last_mut().expect("a message has bytes") = 9;
    let mut script = Script::default();
    let mut connection = script.connect(ORDERS);
    for (message, marks) in [(order, 0), (&faulty, 1), (order, 0)] {
        let packet = [&soup::header(b'U', message.len())[..], message].concat();
        script.capture.send(&mut connection, Side::Client, &packet);
        let printed = tshark::run("marks", script.capture.bytes(), &["-Y", "outcry"]);
        let last = printed.lines().last().expect("the packet is shown");
        assert_eq!(last.matches(MARK).count(), marks, "{last}");
    }
    let printed = tshark::run("marks", every_vector().capture.bytes(), &[]);
    assert!(!printed.contains(MARK), "{printed}");
}

/// Numbers that look random and come again with the same seed.
struct Noise(u64);

impl Noise {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 16).expect("48 bits fit") % bound
    }

    /// Bytes that are a message no more, or never were.
    fn spoil(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        match self.below(4) {
            0 => bytes.truncate(self.below(bytes.len() + 1)),
            1 => {
                let at = self.below(bytes.len());
                bytes[at] = u8::try_from(self.below(256)).expect("below 256");
            }
            2 => bytes.extend((0..self.below(9)).map(|i| i as u8)),
            _ => bytes.iter_mut().for_each(|byte| *byte = self.below(256) as u8),
        }
        bytes
    }
}

#[test]
fn no_bytes_on_the_ports_make_the_script_fail() {
    if !tshark::is_installed() {
        return;
    }
    const SEED: u64 = 0x9E37_79B9_7F4A_7C15;
    println!("seed {SEED:#018X}");
    let mut noise = Noise(SEED);
    let all = vector::all();
    let mut capture = Capture::new();
    for round in 0..600 {
        let vector = &all[noise.below(all.len())];
        let spoiled = noise.spoil(&vector.bytes);
        let kind = b"SUSUSU+AJLHZROx"[noise.below(15)];
        let framed = [&soup::header(kind, spoiled.len())[..], &spoiled].concat();
        let stream = if noise.below(4) == 0 { noise.spoil(&framed) } else { framed };
        let port = [ORDERS, REPLAY, SNAPSHOT][noise.below(3)];
        let mut connection = capture.connect(at(30_000 + round), at(port));
        let side = [Side::Client, Side::Server][noise.below(2)];
        if !stream.is_empty() {
            capture.send(&mut connection, side, &stream);
        }
        let block = [&(spoiled.len() as u16).to_be_bytes()[..], &spoiled].concat();
        let datagram = [&header(5, 1 + (round & 1))[..], &block].concat();
        let datagram = if noise.below(3) == 0 { noise.spoil(&datagram) } else { datagram };
        let port = [LINE_A, LINE_B, REREQUEST][noise.below(3)];
        capture.udp(at(5_000), at(port), &datagram);
    }
    for passes in [&[][..], &["-2"], &["-o", "tcp.desegment_tcp_streams:FALSE"]] {
        let pdml = tshark::run("noise", capture.bytes(), &[passes, &["-T", "pdml"]].concat());
        let error =
            pdml.lines().find(|line| line.contains("Lua Error") || line.contains("_ws.lua.error"));
        assert_eq!(error, None, "seed {SEED:#018X}");
        assert!(pdml.contains("outcry.malformed") && pdml.contains("outcry.unknown"));
        assert_eq!(pdml.matches("<packet>").count(), capture.packets());
    }
}

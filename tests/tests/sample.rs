//! The capture that `outcry spec capture` makes for people to try things on.

use tests::tshark;
use tools::capture::{Capture, Item};
use tools::spec::sample;
use tools::spec::vector;

#[test]
fn every_example_message_is_in_the_sample() {
    let file = sample::capture().expect("the sample is made");
    let mut capture = Capture::open(file.as_slice()).expect("it is a capture");
    let (mut datagrams, mut streams) = (Vec::new(), Vec::new());
    while let Some(item) = capture.next_item().expect("it is whole") {
        match item {
            Item::Datagram { payload, .. } => datagrams.extend_from_slice(payload),
            Item::Stream { bytes, .. } => streams.extend_from_slice(bytes),
            Item::StreamEnd { .. } => {}
            other => panic!("{other:?}"),
        }
    }
    let holds = |all: &[u8], bytes: &[u8]| all.windows(bytes.len()).any(|part| part == bytes);
    for vector in vector::all() {
        let name = vector.layout.name;
        match vector.protocol {
            "itch" => assert!(holds(&datagrams, &vector.bytes), "{name}"),
            "glimpse" | "ouch" => assert!(holds(&streams, &vector.bytes), "{name}"),
            // The session protocols have other numbers there than in their examples.
            _ => {}
        }
    }
}

#[test]
fn tshark_finds_nothing_wrong_with_the_sample() {
    if !tshark::is_installed() {
        return;
    }
    let file = sample::capture().expect("the sample is made");
    let filter = "outcry.malformed || outcry.unknown || outcry.trailing || _ws.malformed";
    assert_eq!(tshark::run("sample-wrong", &file, &["-Y", filter]), "");
    let all = tshark::run("sample-all", &file, &["-Y", "outcry.itch || outcry.ouch"]);
    assert!(all.lines().count() > 20, "{all}");
}

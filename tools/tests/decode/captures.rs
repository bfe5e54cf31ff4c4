//! Network captures.

use protocol_spec::wire::ouch::Tags;
use protocol_spec::wire::{glimpse, text::Digits};
use tools::capture::write::{PcapWriter, Side, TcpConversation};

use crate::kit::{
    CAPTURED, CLIENT, FEED, GROUP, Run, SERVER, accepted, add, canceled, connection, datagrams,
    decode_file, enter, executed, login, login_accepted, mold, records, soup, system_event,
};

const IN_A_DATAGRAM: &[u8] = b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x03www\x07example";

fn one(number: u64) -> Vec<u8> {
    mold(number, 1, &[add(number, 13, "AAPL", number)])
}

#[test]
fn messages_of_datagrams_have_the_numbers_of_their_session() {
    let two = mold(10, 2, &[system_event(), add(1, 13, "AAPL", 1)]);
    let run = decode_file("numbers.pcap", &datagrams(&[two, one(12)]), &["--addresses"]);
    assert_eq!((run.code, run.names()), (Some(0), vec!["SystemEvent", "AddOrder", "AddOrder"]));
    for (line, number) in run.lines().iter().zip(["#10", "#11", "#12"]) {
        assert!(line.contains(number), "{run:?}");
        assert!(line.ends_with("[10.0.0.1:5000 > 233.1.2.3:26477]"), "{run:?}");
    }
    let told = "mold session 2026112001 to 233.1.2.3:26477: 2 packets, 3 messages, numbers 10 to \
                12, nothing missing";
    assert!(run.err.contains(told), "{run:?}");
}

#[test]
fn what_a_line_misses_repeats_and_reorders_is_told() {
    let packets = [one(1), one(2), one(2), one(7), one(5), mold(9, 0, &[]), mold(9, 0xFFFF, &[])];
    let run = decode_file("gaps.pcap", &datagrams(&packets), &[]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(run.names(), [&["AddOrder"; 5][..], &["EndOfSession"]].concat(), "{run:?}");
    let told = "7 packets, 5 messages, numbers 1 to 8, 1 duplicate, 1 reordered, ended\n  missing \
                4 messages: 3-4, 6, 8\n";
    assert!(run.err.contains(told), "{run:?}");
}

#[test]
fn heartbeats_and_requests_are_told_apart_and_shown_on_demand() {
    let packets = [mold(1, 0, &[]), mold(1, 5, &[]), one(1)];
    let capture = datagrams(&packets);
    assert_eq!(decode_file("control.pcap", &capture, &["-q"]).names(), ["AddOrder"]);
    let all = decode_file("control.pcap", &capture, &["--all"]);
    let names: Vec<&str> = all.names();
    assert_eq!(names, ["Heartbeat", "Request", "Packet", "AddOrder"], "{all:?}");
    assert!(all.err.contains("2 packets, 1 message, numbers 1 to 1, nothing missing"), "{all:?}");
    let chosen = decode_file("control.pcap", &capture, &["-q", "--type", "Request"]);
    assert_eq!(chosen.names(), ["Request"]);
}

#[test]
fn datagrams_of_other_protocols_are_counted_and_damaged_packets_are_failures() {
    let mut cut = one(3);
    cut.truncate(40);
    let capture = datagrams(&[IN_A_DATAGRAM.to_vec(), one(2), cut]);
    let run = decode_file("others.pcap", &capture, &["--verbose"]);
    assert_eq!((run.code, run.lines().len()), (Some(1), 2), "{run:?}");
    for expected in [
        "passed over: 1 datagram of other protocols on UDP\n",
        "passed over: datagram of 24 bytes, ",
        "1 x mold: truncated: 40 bytes where at least 58 are needed\n",
        "others.pcap: record 3 (offset ",
    ] {
        assert!(run.err.contains(expected), "{expected}: {run:?}");
    }
    let nothing = decode_file("nothing.pcap", &datagrams(&[IN_A_DATAGRAM.to_vec()]), &[]);
    assert_eq!((nothing.code, nothing.out.as_str()), (Some(1), ""));
}

/// A broker's day in bytes of either side.
fn order_entry() -> [Vec<u8>; 2] {
    let client = [
        login("SESAME"),
        soup(b'R', &[]),
        soup(b'U', &enter(5, "AAPL", &Tags::NONE)),
        soup(b'O', &[]),
    ];
    let server = [
        login_accepted(41),
        soup(b'+', b"welcome"),
        soup(b'S', &accepted(5, 900, "AAPL")),
        soup(b'H', &[]),
        soup(b'S', &canceled(5)),
        soup(b'Z', &[]),
    ];
    [client.concat(), server.concat()]
}

fn assert_is_order_entry(run: &Run) {
    assert_eq!(run.code, Some(0), "{run:?}");
    let mut names = run.names();
    names.sort_unstable();
    let mut expected = [
        "LoginRequest",
        "LoginAccepted",
        "EnterOrder",
        "OrderAccepted",
        "Canceled",
        "LogoutRequest",
        "EndOfSession",
    ];
    expected.sort_unstable();
    assert_eq!(names, expected, "{run:?}");
    assert!(run.out.contains(" #41          A OrderAccepted "), "{run:?}");
    assert!(run.out.contains(" #42          C Canceled                  (AAPL) "), "{run:?}");
    assert!(run.out.contains("password=***") && !run.out.contains("SESAME"), "{run:?}");
}

#[test]
fn both_directions_are_read_however_they_are_split() {
    let [client, server] = order_entry();
    for size in [1, 2, 3, 7, 50, 1_000] {
        let pieces: Vec<(Side, &[u8])> = client
            .chunks(size)
            .map(|piece| (Side::Client, piece))
            .chain(server.chunks(size).map(|piece| (Side::Server, piece)))
            .collect();
        let run = decode_file(&format!("split{size}.pcap"), &connection(&pieces), &[]);
        assert_is_order_entry(&run);
    }
}

#[test]
fn the_feed_and_snapshots_are_told_by_their_messages() {
    let end = glimpse::EndOfSnapshot { next: Digits::new(77) }.to_bytes();
    let feed = [login_accepted(1), soup(b'S', &add(1, 13, "AAPL", 1))].concat();
    let snapshot = [feed.clone(), soup(b'S', &end)].concat();
    let run = decode_file("feed.pcap", &connection(&[(Side::Server, &feed)]), &["-q"]);
    assert!(run.lines()[1].contains(" itch     #1 "), "{run:?}");
    let capture = connection(&[(Side::Server, &snapshot)]);
    let run = decode_file("snapshot.pcap", &capture, &[]);
    assert!(run.lines()[2].contains(" glimpse  #2           G EndOfSnapshot "), "{run:?}");
    assert!(run.err.contains("is a GLIMPSE snapshot"), "{run:?}");
    let run = decode_file("snapshot.pcap", &capture, &["--as", "glimpse"]);
    assert!(run.lines()[1].contains(" glimpse  #1           A AddOrder "), "{run:?}");
    assert!(!run.err.contains("note: "), "{run:?}");
}

#[test]
fn bytes_that_were_never_captured_are_counted() {
    let packets: Vec<Vec<u8>> = (1..=4).map(|n| soup(b'S', &executed(n, 13, n))).collect();
    let mut writer = PcapWriter::new(Vec::new()).expect("a vector takes everything");
    let mut talk = TcpConversation::new(CLIENT, SERVER);
    talk.open(&mut writer, CAPTURED).expect("a vector takes everything");
    for (at, packet) in packets.iter().enumerate() {
        if at == 1 {
            talk.lose(Side::Server, u32::try_from(packet.len()).expect("short"));
        } else {
            talk.send(&mut writer, CAPTURED, Side::Server, packet).expect("a vector");
        }
    }
    talk.close(&mut writer, CAPTURED).expect("a vector takes everything");
    let run = decode_file("lost.pcap", &writer.into_inner(), &[]);
    assert_eq!((run.code, run.lines().len()), (Some(0), 3), "{run:?}");
    assert!(run.err.contains("TCP: 34 bytes never captured, in 1 hole\n"), "{run:?}");
}

#[test]
fn streams_of_other_protocols_are_counted_and_nonsense_in_a_session_is_a_failure() {
    let [client, server] = order_entry();
    let web = connection(&[(Side::Client, b"GET / HTTP/1.1\r\n\r\n"), (Side::Server, b"HTTP/1.1")]);
    let run = decode_file("web.pcap", &web, &[]);
    assert_eq!((run.code, run.out.as_str()), (Some(1), ""), "{run:?}");
    assert!(run.err.contains("2 streams of other protocols on TCP, 26 bytes"), "{run:?}");
    let pieces: [(Side, &[u8]); 3] =
        [(Side::Client, &client), (Side::Client, b"\0\0nonsense"), (Side::Server, &server)];
    let run = decode_file("nonsense.pcap", &connection(&pieces), &[]);
    assert_eq!((run.code, run.lines().len()), (Some(1), 7), "{run:?}");
    assert!(run.err.contains("cannot be cut into packets any further"), "{run:?}");
    assert!(run.err.contains("bytes between SoupBinTCP packets: 10 bytes"), "{run:?}");
}

#[test]
fn an_unknown_message_in_a_session_is_shown_with_its_bytes() {
    let server = [login_accepted(1), soup(b'S', b"?what")].concat();
    let run = decode_file("unknown.pcap", &connection(&[(Side::Server, &server)]), &[]);
    assert_eq!(run.code, Some(1));
    assert!(run.out.contains("3F77686174 !! message in a soup packet fits no protocol"), "{run:?}");
    let forced =
        decode_file("unknown.pcap", &connection(&[(Side::Server, &server)]), &["--as", "ouch-out"]);
    assert!(forced.out.contains("ouch-out #1 "), "{forced:?}");
    assert!(forced.out.contains("!! ouch-out: unknown message type \"?\" (0x3F)"), "{forced:?}");
}

#[test]
fn ports_and_carriers_restrict_what_is_looked_at() {
    let [client, server] = order_entry();
    let mut writer = PcapWriter::new(Vec::new()).expect("a vector takes everything");
    writer.udp(CAPTURED, FEED, GROUP, &one(1)).expect("a vector takes everything");
    let mut talk = TcpConversation::new(CLIENT, SERVER);
    talk.open(&mut writer, CAPTURED).expect("a vector takes everything");
    talk.send(&mut writer, CAPTURED, Side::Client, &client).expect("a vector");
    talk.send(&mut writer, CAPTURED, Side::Server, &server).expect("a vector");
    let capture = writer.into_inner();
    for (args, count) in [
        (&[][..], 8),
        (&["--port", "9000"], 7),
        (&["--port", "26477"], 1),
        (&["--port", "9000,26477"], 8),
        (&["--port", "1"], 0),
        (&["--as", "mold"], 1),
        (&["--as", "MOLD"], 1),
        (&["--as", "soup"], 7),
    ] {
        let run = decode_file("both.pcap", &capture, args);
        let code = i32::from(count == 0);
        assert_eq!((run.code, run.lines().len()), (Some(code), count), "{args:?}: {run:?}");
    }
    let sizes = format!("{} bytes", client.len() + server.len());
    for (args, told) in [
        (["--port", "9000"], vec!["1 datagram on other ports\n".to_owned()]),
        (["--port", "26477"], vec![format!("2 streams on other ports, {sizes}\n")]),
        (["--as", "mold"], vec![format!("2 streams left out by --as mold, {sizes}\n")]),
        (["--as", "soup"], vec!["1 datagram left out by --as soup\n".to_owned()]),
    ] {
        let run = decode_file("told.pcap", &capture, &args);
        let verbose = decode_file("told.pcap", &capture, &[&args[..], &["-v"]].concat());
        for told in told {
            assert!(run.err.contains(&format!("passed over: {told}")), "{args:?}: {run:?}");
            let each = verbose.err.lines().filter(|line| line.starts_with("passed over: "));
            let each = each.filter(|line| line.contains(" > "));
            let count = usize::from(told.starts_with('2')) + 1;
            assert_eq!(each.count(), count, "{args:?}: {verbose:?}");
        }
    }
}

#[test]
fn an_empty_message_is_shown_with_its_number_and_is_no_error() {
    let empty = [&mold(7, 3, &[add(1, 13, "AAPL", 1)])[..], &[0, 0], &records(&[system_event()])];
    let run = decode_file("empty.pcap", &datagrams(&[empty.concat()]), &[]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(run.names(), ["AddOrder", "EmptyMessage", "SystemEvent"], "{run:?}");
    assert!(run.lines()[1].contains(" mold     #8           - EmptyMessage "), "{run:?}");
    assert!(run.lines()[2].contains(" #9 "), "{run:?}");
    assert!(run.err.contains("mold      -  EmptyMessage   "), "{run:?}");
    let json = decode_file("empty.pcap", &datagrams(&[empty.concat()]), &["--json"]);
    assert!(json.lines()[1].contains("\"number\":8,\"name\":\"EmptyMessage\""), "{json:?}");
}

#[test]
fn a_capture_that_is_cut_off_is_decoded_up_to_there() {
    let capture = datagrams(&[one(1), one(2)]);
    let run = decode_file("short.pcap", &capture[..capture.len() - 10], &[]);
    assert_eq!((run.code, run.lines().len()), (Some(1), 1), "{run:?}");
    assert!(run.err.contains("the file is cut off in record 2 (offset "), "{run:?}");
    let places = run.err.match_indices("record 2 (offset ").count();
    assert_eq!((places, run.err.contains("record 1 ")), (2, false), "{run:?}");
}

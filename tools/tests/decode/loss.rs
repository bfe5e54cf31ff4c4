//! Captures that miss something, and what is told of that.

use std::net::SocketAddrV4;

use protocol_spec::wire::ouch::Tags;
use tools::capture::write::{PcapWriter, Side, TcpConversation};

use crate::kit::{
    CAPTURED, CLIENT, FEED, GROUP, Run, SERVER, accepted, add, canceled, datagrams, decode_file,
    enter, executed, login_accepted, mold, soup,
};

/// A conversation being captured.
struct Talk {
    writer: PcapWriter<Vec<u8>>,
    talk: TcpConversation,
}

impl Talk {
    /// One whose opening is captured.
    fn open() -> Self {
        let mut talk = Talk::joined(CLIENT);
        talk.reopen(CLIENT);
        talk
    }

    /// One that was open before the capture began.
    fn joined(client: SocketAddrV4) -> Self {
        let writer = PcapWriter::new(Vec::new()).expect("a vector takes everything");
        Talk { writer, talk: TcpConversation::new(client, SERVER) }
    }

    /// Another connection in the same capture.
    fn reopen(&mut self, client: SocketAddrV4) {
        self.talk = TcpConversation::new(client, SERVER);
        self.talk.open(&mut self.writer, CAPTURED).expect("a vector takes everything");
    }

    fn say(&mut self, side: Side, bytes: &[u8]) {
        self.talk.send(&mut self.writer, CAPTURED, side, bytes).expect("a vector");
    }

    fn lose(&mut self, side: Side, bytes: &[u8]) {
        self.talk.lose(side, u32::try_from(bytes.len()).expect("short"));
    }

    fn close(&mut self) {
        self.talk.close(&mut self.writer, CAPTURED).expect("a vector takes everything");
    }

    fn decode(self, name: &str, args: &[&str]) -> Run {
        decode_file(name, &self.writer.into_inner(), args)
    }
}

#[test]
fn a_forged_reset_loses_nothing_and_a_true_one_says_what_it_loses() {
    let mut talk = Talk::open();
    talk.say(Side::Server, &soup(b'S', &canceled(1)));
    let mut forger = TcpConversation::with_sequences(CLIENT, 1_000, SERVER, 77_000_000);
    forger.reset(&mut talk.writer, CAPTURED, Side::Server).expect("a vector takes everything");
    talk.say(Side::Server, &soup(b'S', &canceled(2)));
    talk.talk.reset(&mut talk.writer, CAPTURED, Side::Client).expect("a vector takes everything");
    talk.say(Side::Server, &soup(b'S', &canceled(3)));
    let run = talk.decode("reset.pcap", &[]);
    assert_eq!((run.code, run.names()), (Some(0), vec!["Canceled", "Canceled"]), "{run:?}");
    for told in [
        "passed over: 1 packet, RST that does not belong to its connection\n",
        "passed over: 1 packet, TCP bytes behind the end of their stream\n",
    ] {
        assert!(run.err.contains(told), "{told}: {run:?}");
    }
}

#[test]
fn what_the_named_protocol_does_not_travel_on_is_left_out() {
    let mut talk = Talk::open();
    let feed = mold(1, 1, &[add(1, 13, "AAPL", 1)]);
    talk.writer.udp(CAPTURED, FEED, GROUP, &feed).expect("a vector takes everything");
    talk.say(Side::Client, &soup(b'U', &enter(1, "AAPL", &Tags::NONE)));
    talk.say(Side::Server, &soup(b'S', &accepted(1, 900, "AAPL")));
    let capture = talk.writer.into_inner();
    for protocol in ["ouch-in", "ouch-out", "glimpse"] {
        let run = decode_file("travel.pcap", &capture, &["--as", protocol]);
        let told = format!("passed over: 1 datagram left out by --as {protocol}\n");
        assert!(run.err.contains(&told), "{run:?}");
        assert!(!run.err.contains("mold"), "{run:?}");
        assert_eq!(run.code, Some(0), "{run:?}");
    }
    let run = decode_file("travel.pcap", &capture, &["--as", "itch", "--stock", "AAPL"]);
    assert!(run.names().contains(&"AddOrder"), "{run:?}");
}

#[test]
fn messages_go_on_being_counted_behind_a_hole() {
    let packet = |n: u64| soup(b'S', &executed(n, 13, n));
    for (login, numbers) in
        [(None, ["+1", "+2", "+3", "+4"]), (Some(41), ["#41", "#42", "+3", "+4"])]
    {
        let mut talk = Talk::open();
        if let Some(number) = login {
            talk.say(Side::Server, &login_accepted(number));
        }
        talk.say(Side::Server, &packet(1));
        talk.say(Side::Server, &packet(2));
        talk.lose(Side::Server, &packet(3));
        talk.say(Side::Server, &packet(4));
        talk.say(Side::Server, &packet(5));
        let run = talk.decode("counted.pcap", &["--type", "E"]);
        let found = run.lines().into_iter().filter_map(|line| line.split_whitespace().nth(2));
        assert_eq!(found.collect::<Vec<_>>(), numbers, "{run:?}");
    }
}

#[test]
fn a_hole_is_no_failure_wherever_it_falls() {
    let packet = |n: u64| soup(b'S', &executed(n, 13, n));
    let length = packet(1).len();
    for from in [0, 1, 2, 3, 20, length - 1] {
        for to in [1, 2, 3, 20, length] {
            let mut talk = Talk::open();
            talk.say(Side::Server, &packet(1));
            let [second, third] = [packet(2), packet(3)];
            talk.say(Side::Server, &second[..from]);
            talk.lose(Side::Server, &[&second[from..], &third[..to]].concat());
            talk.say(Side::Server, &third[to..]);
            talk.say(Side::Server, &packet(4));
            talk.close();
            let run = talk.decode("hole.pcap", &[]);
            assert_eq!((run.code, run.names().len()), (Some(0), 2), "{from} {to}: {run:?}");
            let rest = from + length - to;
            let told = match rest {
                0 => String::new(),
                1 => "TCP: 1 byte lost beside what".to_owned(),
                _ => format!("TCP: {rest} bytes lost beside what"),
            };
            assert!(run.err.contains(&told), "{from} {to}: {run:?}");
            assert!(!run.err.contains("cannot be cut"), "{from} {to}: {run:?}");
        }
    }
}

#[test]
fn joining_inside_a_packet_is_no_failure_but_beginning_with_nonsense_is() {
    let [first, second] = [soup(b'S', &accepted(1, 2, "AAPL")), soup(b'S', &canceled(1))];
    let mut joined = Talk::joined(CLIENT);
    joined.say(Side::Server, &first[20..]);
    joined.say(Side::Server, &second);
    let run = joined.decode("joining.pcap", &[]);
    assert_eq!((run.code, run.names()), (Some(0), vec!["Canceled"]), "{run:?}");
    assert!(run.lines()[0].contains(" +1 "), "{run:?}");
    let told = format!("TCP: {} bytes lost beside what was not captured", first.len() - 20);
    assert!(run.err.contains(&told), "{run:?}");
    let mut opened = Talk::open();
    opened.say(Side::Server, &first[20..]);
    opened.say(Side::Server, &second);
    let run = opened.decode("beginning.pcap", &[]);
    assert_eq!((run.code, run.names()), (Some(1), vec!["Canceled"]), "{run:?}");
    assert!(run.err.contains("bytes between SoupBinTCP packets"), "{run:?}");
}

#[test]
fn a_packet_that_is_cut_off_is_believed_of_a_session_that_only_had_heartbeats() {
    let mut cut = mold(3, 1, &[add(1, 13, "AAPL", 1)]);
    cut.truncate(40);
    let run = decode_file("cut.pcap", &datagrams(&[mold(3, 0, &[]), cut]), &[]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.err.contains("1 x mold: truncated: 40 bytes where at least 58"), "{run:?}");
}

/// A day in two connections: an order is entered in one, and canceled in the other.
fn reconnected(login: bool) -> Talk {
    let mut talk = Talk::open();
    if login {
        talk.say(Side::Server, &login_accepted(1));
    }
    talk.say(Side::Client, &soup(b'U', &enter(5, "AAPL", &Tags::NONE)));
    talk.say(Side::Server, &soup(b'S', &accepted(5, 900, "AAPL")));
    talk.close();
    talk.reopen(SocketAddrV4::new(*CLIENT.ip(), 40_001));
    if login {
        talk.say(Side::Server, &login_accepted(2));
    }
    talk.say(Side::Server, &soup(b'S', &canceled(5)));
    talk
}

#[test]
fn a_session_that_goes_on_in_another_connection_keeps_what_was_learned() {
    let all = ["EnterOrder", "OrderAccepted", "Canceled"];
    for args in [["--stock", "AAPL"], ["--order", "900"]] {
        let [known, other] = [true, false].map(|login| reconnected(login).decode("re.pcap", &args));
        let first = usize::from(args[0] == "--order");
        assert_eq!((known.code, &known.names()[..]), (Some(0), &all[first..]), "{known:?}");
        assert!(!known.err.contains("left out by --stock"), "{known:?}");
        assert_eq!((other.code, &other.names()[..]), (Some(0), &all[first..2]), "{other:?}");
        let told = "left out by --stock: 1 message about securities that nothing named before\n";
        assert_eq!(other.err.contains(told), first == 0, "{other:?}");
    }
}

#[test]
fn another_connection_between_the_same_ports_is_another_session() {
    let mut talk = Talk::open();
    talk.say(Side::Server, &soup(b'S', &add(1, 13, "AAPL", 1)));
    talk.close();
    talk.talk = TcpConversation::with_sequences(CLIENT, 9_000_000, SERVER, 99_000_000);
    talk.talk.open(&mut talk.writer, CAPTURED).expect("a vector takes everything");
    talk.say(Side::Server, &soup(b'S', &executed(1, 13, 2)));
    let run = talk.decode("again.pcap", &["--stock", "AAPL"]);
    assert_eq!(run.names(), ["AddOrder"], "{run:?}");
}

//! SoupBinTCP client and server joined in memory, in virtual time.

use std::time::Duration;

use protocol_spec::session::soup::{
    Action, Client, ClientConfig, ClientEvent, End, FramingError, ProtocolError, SendError, Server,
    ServerConfig, ServerEvent,
};
use protocol_spec::wire::DecodeError;
use protocol_spec::wire::soup::{self, Framed, LoginRejectReason};
use protocol_spec::wire::text::{Alpha, Secret};
use protocol_spec::words::{Moment, SequenceNo};
use tests::soup_pair::{Pair, SESSION, Told, client_config, messages};

const SECOND: Duration = Duration::from_secs(1);

/// A whole conversation: login, replay, messages both ways, heartbeats, and `farewell`.
fn converse(farewell: fn(&mut Pair), mut pieces: impl FnMut(usize) -> usize) -> Pair {
    let mut pair = Pair::with_defaults(messages(7));
    pair.settle_in_pieces(&mut pieces);
    for message in [b"order".as_slice(), b"", &[0xFF; 300]] {
        pair.client.send(pair.now, message).expect("there is room");
    }
    pair.server.send_unsequenced(pair.now, b"aside").expect("there is room");
    pair.settle_in_pieces(&mut pieces);
    pair.now = pair.now + SECOND;
    pair.server.on_timeout(pair.now);
    pair.client.on_timeout(pair.now);
    pair.store.push(b"live".to_vec());
    pair.settle_in_pieces(&mut pieces);
    farewell(&mut pair);
    pair.settle_in_pieces(&mut pieces);
    pair
}

const FAREWELLS: [fn(&mut Pair); 4] = [
    |pair| pair.server.finish(pair.now),
    |pair| pair.client.log_out(pair.now),
    |pair| pair.server.dismiss(pair.now, "the port was taken over"),
    |pair| pair.client.dismiss(pair.now, "enough"),
];

#[test]
fn however_the_streams_are_split_both_sides_are_told_the_same() {
    for farewell in FAREWELLS {
        let whole = converse(farewell, |_| usize::MAX);
        let longest = whole.to_client.seen.len().max(whole.to_server.seen.len());
        assert_eq!(whole.received().len(), 8);
        for size in 1..=longest {
            let split = converse(farewell, |_| size);
            assert_eq!(split.server_told, whole.server_told, "pieces of {size}");
            assert_eq!(split.client_told, whole.client_told, "pieces of {size}");
            assert_eq!(split.closed, whole.closed, "pieces of {size}");
        }
        for cut in 1..=longest {
            let split = converse(farewell, |n| if n == 0 { cut } else { usize::MAX });
            assert_eq!(split.server_told, whole.server_told, "cut at {cut}");
            assert_eq!(split.client_told, whole.client_told, "cut at {cut}");
        }
    }
}

#[test]
fn each_farewell_is_told_to_both_sides_and_both_close() {
    let ends: Vec<_> = FAREWELLS
        .into_iter()
        .map(|farewell| {
            let pair = converse(farewell, |_| usize::MAX);
            assert_eq!(pair.closed, (true, true));
            assert_eq!(pair.client.poll_timeout().or(pair.server.poll_timeout()), None);
            let last = |told: &[Told]| match told.last() {
                Some(Told::Ended(end)) => *end,
                other => panic!("the end comes last, not {other:?}"),
            };
            (last(&pair.server_told), last(&pair.client_told))
        })
        .collect();
    assert_eq!(
        ends,
        [
            (End::SessionOver, End::SessionOver),
            (End::LoggedOut, End::LoggedOut),
            (End::Dismissed, End::PeerClosed),
            (End::PeerClosed, End::Dismissed),
        ]
    );
}

#[test]
fn a_connection_broken_at_any_byte_goes_on_with_nothing_missing_or_doubled() {
    let store = messages(12);
    let mut whole = Pair::with_defaults(store.clone());
    whole.settle();
    for broken_at in 0..=whole.to_client.seen.len() {
        let mut got = Vec::new();
        let mut client = Client::new(Moment(0), &client_config());
        let bytes = &whole.to_client.seen[..broken_at];
        assert_eq!(client.on_bytes(Moment(0), bytes), broken_at);
        client.on_eof(Moment(0));
        while let Some(event) = client.poll_event() {
            if let ClientEvent::Message(number, message) = event {
                got.push((number, message.to_vec()));
            }
        }
        let config = match (client.session(), client.next_number()) {
            (Some(session), Some(next)) => client_config().from(session, next),
            _ => client_config(),
        };
        let mut second = Pair::new(store.clone(), &ServerConfig::default(), &config);
        second.settle();
        got.extend(second.received());
        let expected: Vec<_> = (1..).map(SequenceNo).zip(store.iter().cloned()).collect();
        assert_eq!(got, expected, "broken after byte {broken_at}");
    }
}

#[test]
fn an_idle_connection_is_kept_alive_by_a_heartbeat_each_second() {
    let mut pair = Pair::with_defaults(Vec::new());
    pair.settle();
    let start = pair.now;
    let (sent, got) = (pair.to_server.seen.len(), pair.to_client.seen.len());
    while pair.now < start + 60 * SECOND {
        let before = pair.now;
        assert_eq!(pair.step() - before, SECOND);
    }
    assert_eq!(pair.to_server.seen[sent..], b"\x00\x01R".repeat(60));
    assert_eq!(pair.to_client.seen[got..], b"\x00\x01H".repeat(60));
    assert!(pair.server.is_open() && pair.client.is_open());
}

#[test]
fn data_takes_the_place_of_heartbeats() {
    let mut pair = Pair::with_defaults(Vec::new());
    pair.settle();
    let got = pair.to_client.seen.len();
    for _ in 0..10 {
        pair.now = pair.now + SECOND / 2;
        pair.server.on_timeout(pair.now);
        pair.store.push(b"x".to_vec());
        pair.settle();
    }
    assert_eq!(pair.to_client.seen[got..], b"\x00\x02Sx".repeat(10));
}

#[test]
fn a_silent_client_is_told_so_and_dropped_after_15_seconds() {
    let mut pair = Pair::with_defaults(Vec::new());
    pair.settle();
    let start = pair.now;
    while pair.server.is_open() {
        pair.now = pair.server.poll_timeout().expect("it waits");
        pair.server.on_timeout(pair.now);
        assert!(pair.server.poll_event().is_none() || !pair.server.is_open());
        let written = pair.server.poll_output().len();
        pair.to_client.put(pair.server.poll_output());
        pair.server.on_written(pair.now, written);
    }
    assert_eq!(pair.now - start, 15 * SECOND);
    let text = b"nothing heard, not even a heartbeat, for too long";
    assert!(pair.to_client.seen.ends_with(text));
    assert_eq!(pair.server.poll_action(), Some(Action::Shutdown));
    assert_eq!(pair.server.poll_action(), None);
    pair.now = pair.server.poll_timeout().expect("it lingers");
    pair.server.on_timeout(pair.now);
    assert_eq!(pair.now - start, 17 * SECOND);
    assert_eq!(pair.server.poll_action(), Some(Action::Close));
    assert_eq!(pair.server.poll_timeout(), None);
}

#[test]
fn a_silent_server_is_left_after_15_seconds() {
    let mut pair = Pair::with_defaults(Vec::new());
    pair.settle();
    let start = pair.now;
    while pair.client.is_open() {
        pair.now = pair.client.poll_timeout().expect("it waits");
        pair.client.on_timeout(pair.now);
        let written = pair.client.poll_output().len();
        pair.client.on_written(pair.now, written);
    }
    assert_eq!(pair.now - start, 15 * SECOND);
    assert_eq!(pair.client.poll_event(), Some(ClientEvent::Ended(End::PeerSilent)));
}

#[test]
fn a_client_of_version_4_10_chooses_how_long_it_is_waited_for() {
    for (patience, dropped_after) in [(4_000, 4_000), (40_000, 40_000), (10, 3_000)] {
        let config =
            ClientConfig { patience: Some(Duration::from_millis(patience)), ..client_config() };
        let mut pair = Pair::new(Vec::new(), &ServerConfig::default(), &config);
        pair.settle();
        assert_eq!(pair.to_server.seen.len(), 54);
        let start = pair.now;
        while pair.server.is_open() {
            pair.now = pair.server.poll_timeout().expect("it waits");
            pair.server.on_timeout(pair.now);
            let written = pair.server.poll_output().len();
            pair.server.on_written(pair.now, written);
        }
        assert_eq!(pair.now - start, Duration::from_millis(dropped_after));
    }
}

#[test]
fn who_does_not_log_in_within_30_seconds_is_dropped() {
    let mut server = Server::new(Moment(0), &ServerConfig::default());
    assert_eq!(server.on_bytes(Moment(0), &client_login()[..48]), 48);
    assert_eq!(server.poll_timeout(), Some(Moment(0) + 30 * SECOND));
    server.on_timeout(Moment(0) + 29 * SECOND);
    assert!(server.is_open());
    server.on_timeout(Moment(0) + 30 * SECOND);
    assert_eq!(server.poll_event(), Some(ServerEvent::Ended(End::LoginTimeout)));
}

#[test]
fn logins_are_refused_with_the_reason_the_document_gives() {
    let cases = [
        (ClientConfig { username: Alpha::new("demo2"), ..client_config() }, "A"),
        (ClientConfig { password: Secret::new("wrong"), ..client_config() }, "A"),
        (ClientConfig { session: Alpha::new("2026111901"), ..client_config() }, "S"),
        (ClientConfig { number: SequenceNo(7), ..client_config() }, "S"),
    ];
    for (config, reason) in cases {
        let reason = LoginRejectReason([reason.as_bytes()[0]]);
        let mut pair = Pair::new(messages(5), &ServerConfig::default(), &config);
        pair.settle();
        assert_eq!(pair.to_client.seen, [b"\x00\x02J".as_slice(), &reason.0].concat());
        assert_eq!(pair.client_told, [Told::Ended(End::Rejected(reason))]);
        assert_eq!(pair.server_told.last(), Some(&Told::Ended(End::Rejected(reason))));
        assert_eq!(pair.closed, (true, true));
    }
}

#[test]
fn the_stream_starts_at_the_number_asked_for() {
    for (number, first) in [(1, Some(1)), (3, Some(3)), (5, Some(5)), (6, None), (0, Some(5))] {
        let config = ClientConfig { number: SequenceNo(number), ..client_config() };
        let mut pair = Pair::new(messages(5), &ServerConfig::default(), &config);
        pair.settle();
        let received = pair.received();
        assert_eq!(received.first().map(|(number, _)| number.0), first);
        assert_eq!(received.len() as u64, first.map_or(0, |first| 6 - first));
        let next = SequenceNo(first.unwrap_or(6));
        assert_eq!(pair.client_told[0], Told::Accepted(SESSION, next));
    }
}

#[test]
fn usernames_and_passwords_match_in_any_case() {
    let config = ClientConfig {
        username: Alpha::new("DEMO1"),
        password: Secret::new("Secret"),
        ..client_config()
    };
    let mut pair = Pair::new(messages(1), &ServerConfig::default(), &config);
    pair.settle();
    assert_eq!(pair.received().len(), 1);
}

/// The bytes of a login that is accepted.
fn client_login() -> Vec<u8> {
    Client::new(Moment(0), &client_config()).poll_output().to_vec()
}

/// A server that has let a client in, if it is to, and how it fares when `bytes` come, `size` of
/// them at a time.
fn server_after(login: bool, bytes: &[u8], size: usize) -> (End, String, Server) {
    let mut server = Server::new(Moment(0), &ServerConfig::default());
    if login {
        assert_eq!(server.on_bytes(Moment(0), &client_login()), 49);
        assert!(matches!(server.poll_event(), Some(ServerEvent::Login(_))));
        server.accept(Moment(0), &SESSION, SequenceNo(1));
        let written = server.poll_output().len();
        server.on_written(Moment(0), written);
    }
    let mut end = None;
    for piece in bytes.chunks(size) {
        assert_eq!(server.on_bytes(Moment(0), piece), piece.len());
        while let Some(event) = server.poll_event() {
            match event {
                ServerEvent::Ended(told) => end = Some(told),
                ServerEvent::Message(_) => {}
                ServerEvent::Login(_) => panic!("no login of these is one"),
            }
        }
    }
    let end = end.expect("the connection ends");
    let framed = Framed::decode(server.poll_output()).expect("one packet is left to be written");
    assert!(matches!(framed.packet, soup::Packet::Debug(_)));
    (end, String::from_utf8_lossy(framed.payload).into_owned(), server)
}

#[test]
fn whatever_has_no_place_is_answered_with_a_reason_then_shut_drained_and_closed() {
    use ProtocolError::{Framing, Malformed, NotALogin, Unexpected};
    let login = client_login();
    let too_long = Framing(FramingError::TooLong { length: 1026, max: 1025 });
    let bad_number = [&login[..48], b"x"].concat();
    let extra = DecodeError::Trailing { extra: 1 };
    let cases: Vec<(bool, &[u8], ProtocolError)> = vec![
        (false, b"\x00\x02Ux", NotALogin(b'U')),
        (false, b"\x00\x01R", NotALogin(b'R')),
        (false, b"\x00\x03+hi", NotALogin(b'+')),
        (false, b"GET / HTTP/1.1\r\n", Framing(FramingError::TooLong { length: 18245, max: 1025 })),
        (false, b"\x00\x00", Framing(FramingError::NoType)),
        (true, b"\x00\x00", Framing(FramingError::NoType)),
        (true, b"\x04\x02U", too_long),
        (true, b"\x00\x02Ua\x00\x01S", Unexpected(b'S')),
        (true, b"\x00\x01H", Unexpected(b'H')),
        (true, b"\x00\x01Z", Unexpected(b'Z')),
        (true, &login, Unexpected(b'L')),
        (true, b"\x00\x01!", Malformed(DecodeError::UnknownType(b'!'))),
        (true, b"\x00\x02Rx", Malformed(extra)),
    ];
    let sizes = [1, 2, 3, 7, 1000];
    for ((logged_in, bytes, error), size) in
        cases.into_iter().flat_map(|case| sizes.map(|size| (case, size)))
    {
        let (end, text, mut server) = server_after(logged_in, bytes, size);
        assert_eq!(end, End::Protocol(error));
        assert_eq!(text, format!("protocol error: {error}"));
        assert_eq!(server.poll_action(), None, "the reason is written first");
        let written = server.poll_output().len();
        server.on_written(Moment(1), written);
        assert_eq!(server.poll_action(), Some(Action::Shutdown));
        assert_eq!(server.on_bytes(Moment(2), b"\x00\x02Umore"), 7, "and dropped");
        assert_eq!(server.poll_event(), None);
        assert_eq!(server.poll_action(), None);
        server.on_eof(Moment(3));
        assert_eq!(server.poll_action(), Some(Action::Close));
        assert_eq!((server.poll_action(), server.poll_timeout()), (None, None));
    }
    let (end, ..) = server_after(false, &bad_number, 1000);
    let End::Protocol(Malformed(DecodeError::BadCode(bad))) = end else {
        panic!("the number is no number, but {end:?}");
    };
    assert_eq!(bad.offset, 29);
}

#[test]
fn a_logout_is_answered_by_closing_at_once() {
    let mut pair = Pair::with_defaults(messages(3));
    pair.settle();
    assert_eq!(pair.server.on_bytes(pair.now, b"\x00\x01O"), 3);
    assert_eq!(pair.server.poll_event(), Some(ServerEvent::Ended(End::LoggedOut)));
    assert_eq!(pair.server.poll_output(), b"");
    assert_eq!(pair.server.poll_action(), Some(Action::Close));
}

#[test]
fn what_came_before_the_end_of_the_stream_is_still_told() {
    let mut server = Server::new(Moment(0), &ServerConfig::default());
    let bytes = [client_login(), b"\x00\x02Ua\x00\x02Ub\x00\x02".to_vec()].concat();
    assert_eq!(server.on_bytes(Moment(0), &bytes), bytes.len());
    server.on_eof(Moment(0));
    assert!(matches!(server.poll_event(), Some(ServerEvent::Login(_))));
    assert_eq!(server.poll_event(), None, "nothing is read before the login is answered");
    server.accept(Moment(0), &SESSION, SequenceNo(1));
    assert_eq!(server.poll_event(), Some(ServerEvent::Message(b"a")));
    assert_eq!(server.poll_event(), Some(ServerEvent::Message(b"b")));
    assert_eq!(server.poll_event(), Some(ServerEvent::Ended(End::PeerClosed)));
    assert_eq!(server.poll_action(), None, "the answer to the login is still to be written");
    let written = server.poll_output().len();
    server.on_written(Moment(0), written);
    assert_eq!((written, server.poll_action()), (33, Some(Action::Close)));
}

#[test]
fn what_waits_to_be_written_is_bounded_and_nothing_is_lost_when_it_is_full() {
    let config = ServerConfig { output_bound: 100, ..ServerConfig::default() };
    let store = messages(200);
    let mut pair = Pair::new(store.clone(), &config, &client_config());
    assert_eq!(pair.server.on_bytes(pair.now, &client_login()), 49);
    assert!(matches!(pair.server.poll_event(), Some(ServerEvent::Login(_))));
    pair.server.accept(pair.now, &SESSION, SequenceNo(1));
    assert!(!pair.server.has_room(100));
    while pair.server.has_room(30) {
        assert!(pair.server.send(pair.now, &[7; 30]).is_ok());
    }
    assert_eq!(pair.server.send(pair.now, &[7; 30]), Err(SendError::Full));

    let mut pair = Pair::new(store.clone(), &config, &client_config());
    pair.settle();
    let received: Vec<_> = pair.received().into_iter().map(|(_, message)| message).collect();
    assert_eq!(received, store);
}

#[test]
fn nothing_is_sent_after_the_last_word() {
    let mut pair = Pair::with_defaults(messages(1));
    pair.settle();
    pair.server.finish(pair.now);
    assert_eq!(pair.server.send(pair.now, b"late"), Err(SendError::Ending));
    assert!(!pair.server.has_room(0));
    assert_eq!(pair.server.poll_output(), b"\x00\x01Z");
}

#[test]
fn a_server_that_breaks_the_protocol_is_left() {
    let accepted = |number: &[u8; 20]| [b"\x00\x1FA2026112001".as_slice(), number].concat();
    let ok = accepted(b"                   1");
    let cases: Vec<(Vec<u8>, &str)> = vec![
        (b"\x00\x01H".to_vec(), "packet of type \"H\" where the login belongs"),
        (b"\x00\x02Sx".to_vec(), "packet of type \"S\" where the login belongs"),
        (
            accepted(b"                   0"),
            "malformed packet: bad code \"                   0\" at offset 13",
        ),
        (
            [accepted(b"18446744073709551615"), b"\x00\x02Sx".to_vec()].concat(),
            "the stream passes the last number",
        ),
        (accepted(&[b' '; 20]), "malformed packet: bad code \"                    \" at offset 13"),
        (
            accepted(b"                  1x"),
            "malformed packet: bad code \"                  1x\" at offset 13",
        ),
        ([ok.clone(), b"\x00\x01R".to_vec()].concat(), "packet of type \"R\" has no place here"),
        ([ok.clone(), ok].concat(), "packet of type \"A\" has no place here"),
    ];
    for (bytes, text) in cases {
        let mut client = Client::new(Moment(0), &client_config());
        assert_eq!(client.on_bytes(Moment(0), &bytes), bytes.len());
        let mut events = Vec::new();
        while let Some(event) = client.poll_event() {
            if let ClientEvent::Ended(End::Protocol(error)) = event {
                events.push(error.to_string());
            }
        }
        assert_eq!(events, [text]);
    }
}

#[test]
fn a_client_let_into_another_session_than_it_asked_for_leaves() {
    let config = client_config().from(Alpha::new("2026111901"), SequenceNo(5));
    let mut client = Client::new(Moment(0), &config);
    let accepted = b"\x00\x1FA2026112001                   1";
    assert_eq!(client.on_bytes(Moment(0), accepted), accepted.len());
    let error = ProtocolError::ForeignSession(SESSION);
    assert_eq!(client.poll_event(), Some(ClientEvent::Ended(End::Protocol(error))));
}

#[test]
fn a_message_that_no_packet_can_carry_is_refused_and_the_connection_goes_on() {
    let mut client = Client::new(Moment(0), &client_config());
    let max = 64 * 1024 - 3;
    let error = SendError::TooLong { len: 70_000, max };
    assert_eq!(client.send(Moment(0), &[0; 70_000]), Err(error));
    assert_eq!(client.send(Moment(0), b"x"), Ok(()));
}

#[test]
fn passwords_are_not_shown() {
    let mut server = Server::new(Moment(0), &ServerConfig::default());
    assert_eq!(server.on_bytes(Moment(0), &client_login()), 49);
    let login = format!("{:?}", server.poll_event());
    let both = format!("{login} {server:?} {:?}", Client::new(Moment(0), &client_config()));
    assert!(both.contains("demo1") && !both.contains("secret"), "{both}");
    assert!(
        !format!("{:?} {:?}", client_config(), Framed::decode(&client_login())).contains("sec")
    );
}

#[test]
fn debug_packets_may_come_before_the_answer_to_the_login() {
    let mut client = Client::new(Moment(0), &client_config());
    let bytes = b"\x00\x06+hello\x00\x1FA2026112001                  42\x00\x02Sx";
    assert_eq!(client.on_bytes(Moment(0), bytes), bytes.len());
    assert_eq!(client.poll_event(), Some(ClientEvent::Debug(b"hello")));
    let next = SequenceNo(42);
    assert_eq!(client.poll_event(), Some(ClientEvent::Accepted { session: SESSION, next }));
    assert_eq!(client.poll_event(), Some(ClientEvent::Message(next, b"x")));
    assert_eq!(client.next_number(), Some(SequenceNo(43)));
}

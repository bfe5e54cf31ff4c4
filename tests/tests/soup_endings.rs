//! SoupBinTCP servers whose owner is late, whose client is slow, or that end early.

use std::time::Duration;

use protocol_spec::session::soup::{
    Action, Client, ClientConfig, ClientEvent, End, SendError, Server, ServerConfig, ServerEvent,
};
use protocol_spec::wire::soup::{Framed, LoginRejectReason, Packet};
use protocol_spec::words::{Moment, SequenceNo};
use tests::soup_pair::{Pair, SESSION, client_config, messages};

const SECOND: Duration = Duration::from_secs(1);
const START: Moment = Moment(0);

fn login() -> Vec<u8> {
    Client::new(START, &client_config()).poll_output().to_vec()
}

/// A server to which a login came at `at`.
fn asked(at: Moment) -> Server {
    let mut server = Server::new(START, &ServerConfig::default());
    assert_eq!(server.on_bytes(at, &login()), 49);
    assert!(matches!(server.poll_event(), Some(ServerEvent::Login(_))));
    server
}

/// A server that let a client in.
fn live() -> Server {
    let mut server = asked(START);
    server.accept(START, &SESSION, SequenceNo(1));
    write(&mut server, START, usize::MAX);
    server
}

/// Writes at most so many bytes and returns them.
fn write(server: &mut Server, now: Moment, most: usize) -> Vec<u8> {
    let bytes = server.poll_output();
    let bytes = bytes[..bytes.len().min(most)].to_vec();
    server.on_written(now, bytes.len());
    bytes
}

#[test]
fn a_login_may_be_answered_late_and_silence_counts_from_the_answer() {
    // The login comes in the last second, and its answer takes 29 more.
    let answered = START + 58 * SECOND;
    let mut server = asked(START + 29 * SECOND);
    server.on_timeout(answered);
    assert!(server.is_open());
    server.accept(answered, &SESSION, SequenceNo(1));
    assert_eq!(write(&mut server, answered, 100).len(), 33);
    server.on_timeout(answered + 14 * SECOND);
    assert!(server.is_open());
    write(&mut server, answered, 100);
    server.on_timeout(answered + 15 * SECOND);
    assert_eq!(server.poll_event(), Some(ServerEvent::Ended(End::PeerSilent)));
}

#[test]
fn an_answer_that_comes_after_the_end_changes_nothing() {
    let late = START + 30 * SECOND;
    for answer in [
        |server: &mut Server, now| server.accept(now, &SESSION, SequenceNo(1)),
        |server: &mut Server, now| server.reject(now, LoginRejectReason::NOT_AUTHORIZED),
    ] {
        let mut server = asked(START);
        server.on_timeout(late);
        answer(&mut server, late);
        assert_eq!(server.send(late, b"x"), Err(SendError::Ending));
        assert_eq!(server.send_unsequenced(late, b"x"), Err(SendError::Ending));
        assert_eq!(server.poll_event(), Some(ServerEvent::Ended(End::LoginTimeout)));
        assert_eq!(server.poll_output(), b"\x00\x18+the login took too long");
    }
}

#[test]
fn a_client_that_asks_to_be_waited_for_one_second_and_beats_each_second_stays() {
    let patience = Some(SECOND);
    let config = ClientConfig { patience, ..client_config() };
    let mut pair = Pair::new(Vec::new(), &ServerConfig::default(), &config);
    pair.settle();
    let start = pair.now;
    while pair.now < start + 60 * SECOND {
        pair.step();
        assert!(pair.server.is_open() && pair.client.is_open());
    }
}

#[test]
fn who_closed_its_side_still_gets_the_reason() {
    let mut server = Server::new(START, &ServerConfig::default());
    let request = b"GET / HTTP/1.1\r\n\r\n";
    assert_eq!(server.on_bytes(START, request), request.len());
    server.on_eof(START);
    assert!(matches!(server.poll_event(), Some(ServerEvent::Ended(End::Protocol(_)))));
    assert_eq!(server.poll_action(), None);
    let reason = write(&mut server, START, 1000);
    let framed = Framed::decode(&reason).expect("one packet");
    assert!(matches!(framed.packet, Packet::Debug(_)) && !framed.payload.is_empty());
    assert_eq!(server.poll_action(), Some(Action::Close));
    assert_eq!((server.poll_action(), server.poll_timeout()), (None, None));
}

#[test]
fn who_closed_its_side_still_gets_replies_to_what_came_before() {
    let mut server = Server::new(START, &ServerConfig::default());
    let bytes = [login(), b"\x00\x02Ua".to_vec()].concat();
    assert_eq!(server.on_bytes(START, &bytes), bytes.len());
    server.on_eof(START);
    assert!(matches!(server.poll_event(), Some(ServerEvent::Login(_))));
    server.accept(START, &SESSION, SequenceNo(1));
    assert_eq!(server.poll_event(), Some(ServerEvent::Message(b"a")));
    assert_eq!(server.send(START, b"reply"), Ok(SequenceNo(1)));
    assert_eq!(server.poll_event(), Some(ServerEvent::Ended(End::PeerClosed)));
    assert!(write(&mut server, START, 1000).ends_with(b"\x00\x06Sreply"));
    assert_eq!(server.poll_action(), Some(Action::Close));
}

#[test]
fn a_broken_connection_is_closed_at_once() {
    let mut server = live();
    assert_eq!(server.send(START, b"lost"), Ok(SequenceNo(1)));
    server.on_broken(START);
    assert_eq!(server.poll_event(), Some(ServerEvent::Ended(End::PeerClosed)));
    assert_eq!(server.poll_output(), b"");
    assert_eq!(server.poll_action(), Some(Action::Close));
    let mut leaving = live();
    leaving.finish(START);
    leaving.on_broken(START);
    assert_eq!(leaving.poll_action(), Some(Action::Close));
}

#[test]
fn a_slow_reader_gets_every_message_before_the_end_of_the_session() {
    let mut server = live();
    let mut sent = Vec::new();
    while server.has_room(1000) {
        assert!(server.send(START, &[7; 1000]).is_ok());
        sent.extend_from_slice(b"\x03\xE9S");
        sent.extend_from_slice(&[7; 1000]);
    }
    server.finish(START);
    sent.extend_from_slice(b"\x00\x01Z");
    // A little each time, just before the linger is over: a minute and more in all.
    let (mut now, mut got) = (START, Vec::new());
    while server.poll_action().is_none() {
        now = now + SECOND * 19 / 10;
        server.on_timeout(now);
        got.extend(write(&mut server, now, 1700));
    }
    assert!(now > START + 60 * SECOND);
    assert!(got == sent, "{} of {} bytes", got.len(), sent.len());
    assert_eq!(server.poll_timeout(), Some(now + 2 * SECOND), "and two seconds to close");
}

#[test]
fn a_reader_that_stands_still_at_the_end_is_not_waited_for() {
    let mut server = live();
    assert!(server.send(START, b"x").is_ok());
    server.finish(START);
    assert_eq!(server.poll_timeout(), Some(START + 2 * SECOND));
    server.on_timeout(START + 2 * SECOND);
    assert_eq!(server.poll_action(), Some(Action::Close));
    assert_eq!(server.poll_output(), b"");
}

#[test]
fn a_session_that_ends_before_a_login_is_through_is_said_in_the_packet_that_fits() {
    let mut greeting = Server::new(START, &ServerConfig::default());
    greeting.finish(START);
    assert_eq!(greeting.poll_output(), b"\x00\x14+the session is over");
    let mut asking = asked(START);
    asking.finish(START);
    assert_eq!(asking.poll_output(), b"\x00\x02JS");
}

#[test]
fn no_heartbeat_is_queued_behind_what_waits_to_be_written() {
    let mut server = live();
    assert!(server.send(START, b"x").is_ok());
    for second in 1..=10 {
        let now = START + second * SECOND;
        assert_eq!(server.on_bytes(now, b"\x00\x01R"), 3);
        assert_eq!(server.poll_event(), None);
        server.on_timeout(now);
    }
    assert_eq!(server.poll_output(), b"\x00\x02Sx");
    write(&mut server, START + 10 * SECOND, 100);
    server.on_timeout(START + 11 * SECOND);
    assert_eq!(server.poll_output(), b"\x00\x01H");
}

#[test]
fn what_comes_after_the_end_is_dropped_however_much_it_is() {
    let mut server = live();
    server.dismiss(START, "enough");
    assert_eq!(server.poll_event(), Some(ServerEvent::Ended(End::Dismissed)));
    for draining in [false, true] {
        for _ in 0..100 {
            assert_eq!(server.on_bytes(START, &[0; 1000]), 1000);
            assert_eq!(server.poll_event(), None);
        }
        if !draining {
            write(&mut server, START, 1000);
            assert_eq!(server.poll_action(), Some(Action::Shutdown));
        }
    }
    server.on_eof(START);
    assert_eq!(server.poll_action(), Some(Action::Close));
}

#[test]
fn a_client_whose_messages_nobody_takes_is_not_called_silent() {
    let mut server = live();
    let bytes = b"\x00\x02Ux".repeat(5000);
    let mut taken = 0;
    while server.read_buffer().is_some() {
        taken += server.on_bytes(START, &bytes[taken..]);
    }
    assert!(taken < bytes.len());
    server.on_timeout(START + 20 * SECOND);
    assert!(server.is_open());
    let mut told = 0;
    while let Some(ServerEvent::Message(b"x")) = server.poll_event() {
        told += 1;
    }
    assert_eq!(told, taken / 4);
    assert!(server.read_buffer().is_some());
}

#[test]
fn a_client_closes_at_once_when_the_server_has_said_its_last_word() {
    let accepted = b"\x00\x1FA2026112001                   1".as_slice();
    let over = [accepted, b"\x00\x01Z"].concat();
    let rejected = b"\x00\x02JA".to_vec();
    let reason = End::Rejected(LoginRejectReason::NOT_AUTHORIZED);
    for (bytes, end) in [(over, End::SessionOver), (rejected, reason)] {
        let mut client = Client::new(START, &client_config());
        assert_eq!(client.on_bytes(START, &bytes), bytes.len());
        let mut last = None;
        while let Some(event) = client.poll_event() {
            last = match event {
                ClientEvent::Ended(end) => Some(end),
                _ => None,
            };
        }
        assert_eq!(last, Some(end));
        assert_eq!(client.poll_output(), b"");
        assert_eq!(client.poll_action(), Some(Action::Close));
    }
}

#[test]
fn a_reader_that_takes_a_few_bytes_at_a_time_gets_the_same_stream() {
    let store = messages(300);
    let config = ServerConfig { output_bound: 200, ..ServerConfig::default() };
    for most in [1, 2, 3, 7, 50, 199, 1000] {
        let mut pair = Pair::new(store.clone(), &config, &client_config());
        pair.write_at_most = most;
        pair.settle();
        let received: Vec<_> = pair.received().into_iter().map(|(_, message)| message).collect();
        assert_eq!(received, store, "{most} bytes at a time");
    }
}

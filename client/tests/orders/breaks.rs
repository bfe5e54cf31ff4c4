//! Connections that break anywhere, and are taken up again.

use std::io::Write;
use std::net::TcpListener;
use std::time::Duration;

use client::{Cause, OrderClient};
use protocol_spec::session::soup::End;
use protocol_spec::wire::soup::{LoginAccepted, LoginRejectReason, header};
use protocol_spec::wire::text::{Alpha, Digits};
use protocol_spec::words::{SequenceNo, UserRefIdx, UserRefNum};

use crate::logins::{config, failed};
use crate::messages::{executed, next_number};
use crate::requests::order;
use crate::venue::{SESSION, Venue};

const SOON: Duration = Duration::from_secs(10);
const REPLIES: u32 = 5;

/// The answer to a login and some replies, as they lie on the line.
fn line() -> Vec<u8> {
    let text = std::str::from_utf8(SESSION.trimmed()).expect("it is ASCII");
    let accepted =
        LoginAccepted { session: Alpha::right(text).expect("it fits"), number: Digits::new(1) };
    let mut bytes = accepted.to_bytes().to_vec();
    for number in 1..=REPLIES {
        let message = executed(number, number);
        bytes.extend(header(b'S', message.len()));
        bytes.extend(message);
    }
    bytes
}

/// Takes the next connection, writes `bytes` and shuts it without another word.
fn cut(listener: &TcpListener, bytes: &[u8]) {
    let (mut stream, _) = listener.accept().expect("a client comes");
    let mut login = [0; 49];
    std::io::Read::read_exact(&mut stream, &mut login).expect("the login comes whole");
    stream.write_all(bytes).expect("the client reads");
}

#[test]
fn a_connection_cut_at_every_byte_gives_what_came_whole() {
    let line = line();
    for len in 0..=line.len() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
        let address = listener.local_addr().expect("it is bound").to_string();
        std::thread::scope(|scope| {
            scope.spawn(|| cut(&listener, &line[..len]));
            if len < LoginAccepted::LEN {
                let error = failed(&address, &config());
                assert!(error.may_reconnect(), "{len}: {error}");
                return;
            }
            let mut client = OrderClient::connect(&address, &config()).expect("it is let in");
            let mut count = 0;
            let error = loop {
                match client.next(SOON) {
                    Ok(Some(reply)) => {
                        count += 1;
                        assert_eq!(reply.bytes, executed(count, count), "{len}");
                    }
                    Ok(None) => panic!("{len}: nothing comes"),
                    Err(error) => break error,
                }
            };
            let one = 3 + executed(1, 1).len();
            let whole = (len - LoginAccepted::LEN) / one;
            assert_eq!(usize::try_from(count), Ok(whole), "{len}");
            assert_eq!(client.next_number(), SequenceNo(u64::from(count) + 1));
            assert!(error.may_reconnect(), "{len}: {error}");
        });
    }
}

#[test]
fn a_broken_connection_goes_on_at_the_next_reply() {
    let venue = Venue::open();
    let ((), ()) = venue.with(
        |venue| {
            let mut seat = venue.let_in(1);
            seat.reply(&executed(1, 1));
            seat.reply(&executed(2, 2));
            drop(seat);
            let mut seat = venue.accept();
            let login = seat.login();
            assert!(login.asks_for(&SESSION) && !login.session.is_blank());
            assert_eq!(login.number, Some(0));
            seat.let_in(2);
            seat.reply(&executed(2, 2));
            seat.reply(&executed(3, 3));
            // The numbers may have gone on meanwhile: they are asked for again.
            let query = seat.request();
            seat.reply(&next_number(&query, 9));
            seat.request();
            assert_eq!(seat.gone(), End::LoggedOut);
        },
        |address| {
            let mut client = OrderClient::connect(address, &config()).expect("it is let in");
            for number in 1..=2 {
                let reply = client.next(SOON).expect("connected").expect("a reply comes");
                assert_eq!(reply.number, SequenceNo(number));
            }
            let error = client.next(SOON).expect_err("the venue is gone");
            assert!(error.may_reconnect(), "{error}");
            client.reconnect().expect("it is let in again");
            let reply = client.next(SOON).expect("connected").expect("a reply comes");
            assert_eq!((reply.number, reply.bytes), (SequenceNo(3), &executed(3, 3)[..]));
            assert_eq!(client.send(order()).expect("connected"), UserRefNum(9));
            client.log_out().expect("it was logged in");
        },
    );
}

#[test]
fn replies_put_aside_survive_the_break_and_none_comes_twice() {
    let ((), ()) = Venue::open().with(
        |venue| {
            let mut seat = venue.let_in(1);
            let query = seat.request();
            seat.reply(&executed(1, 1));
            seat.reply(&next_number(&query, 2));
            drop(seat);
            let mut seat = venue.let_in(4);
            seat.reply(&executed(4, 4));
            let mut again = venue.accept();
            assert_eq!(again.login().number, Some(3));
            again.let_in(3);
            assert_ne!(seat.gone(), End::LoggedOut);
            again.reply(&executed(3, 3));
            assert_eq!(again.gone(), End::LoggedOut);
        },
        |address| {
            let mut client = OrderClient::connect(address, &config()).expect("it is let in");
            client.query(UserRefIdx(0)).expect("it answers");
            client.reconnect().expect("it is let in again");
            assert_eq!(client.past(), SequenceNo(4));
            for number in 1..=3 {
                assert_eq!(client.next_number(), SequenceNo(number));
                let reply = client.next(SOON).expect("connected").expect("a reply comes");
                assert_eq!(reply.number, SequenceNo(number));
            }
            client.log_out().expect("it was logged in");
        },
    );
}

#[test]
fn a_session_that_is_over_cannot_be_taken_up_again() {
    let ((), error) = Venue::open().with(
        |venue| {
            venue.let_in(1).finish();
            let mut seat = venue.accept();
            seat.login();
            seat.refuse(LoginRejectReason::SESSION_NOT_AVAILABLE);
        },
        |address| {
            let mut client = OrderClient::connect(address, &config()).expect("it is let in");
            client.next(SOON).expect_err("the session is over");
            client.reconnect().expect_err("and stays over")
        },
    );
    assert_eq!(error.refused_login(), Some(LoginRejectReason::SESSION_NOT_AVAILABLE));
}

#[test]
fn two_sides_that_both_send_much_do_not_wait_for_each_other() {
    const COUNT: u32 = 60_000;
    let ((), ()) = Venue::open().with(
        |venue| {
            let mut seat = venue.let_in(1);
            // The venue reads nothing until all of its replies are taken from it.
            for number in 1..=COUNT {
                seat.reply(&executed(number, 1));
            }
            for _ in 0..COUNT {
                seat.request();
            }
            assert_eq!(seat.gone(), End::LoggedOut);
        },
        |address| {
            let mut client = OrderClient::connect(address, &config()).expect("it is let in");
            for number in 1..=COUNT {
                client.send_as(UserRefNum(number), order()).expect("it goes out in the end");
            }
            for number in 1..=u64::from(COUNT) {
                let reply = client.next(SOON).expect("connected").expect("a reply comes");
                assert_eq!(reply.number, SequenceNo(number));
            }
            client.log_out().expect("it was logged in");
        },
    );
}

#[test]
fn a_venue_that_never_reads_is_given_up() {
    let mut config = config();
    config.answer_timeout = Duration::from_millis(100);
    let (_seat, error) = Venue::open().with(
        |venue| venue.let_in(1),
        |address| {
            let mut client = OrderClient::connect(address, &config).expect("it is let in");
            (1..).find_map(|number| client.send_as(UserRefNum(number), order()).err())
        },
    );
    let error = error.expect("the line fills up");
    assert!(matches!(error.cause, Cause::Stalled(_)), "{error}");
}

//! Slow replies, split replies, heartbeats and silence.

use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use client::{Cause, OrderClient};
use protocol_spec::session::soup::End;
use protocol_spec::words::{SequenceNo, UserRefIdx};

use crate::logins::config;
use crate::messages::{executed, next_number};
use crate::requests::order;
use crate::venue::Venue;

const SOON: Duration = Duration::from_secs(10);

#[test]
fn no_reply_within_the_wait_is_none_and_what_came_is_given_at_once() {
    let ((), ()) = Venue::open().with(
        |venue| {
            let mut seat = venue.let_in(1);
            // The client asks only after it has waited in vain.
            let query = seat.request();
            seat.reply(&executed(1, 5));
            seat.reply(&next_number(&query, 4));
            assert_eq!(seat.gone(), End::LoggedOut);
        },
        |address| {
            let mut client = OrderClient::connect(address, &config()).expect("it is let in");
            assert_eq!(client.next(Duration::ZERO).expect("connected"), None);
            let waited = Instant::now();
            assert_eq!(client.next(Duration::from_millis(30)).expect("connected"), None);
            assert!(waited.elapsed() >= Duration::from_millis(30));
            client.query(UserRefIdx(0)).expect("it answers");
            for number in [1, 2] {
                let reply = client.next(Duration::ZERO).expect("connected").expect("it is there");
                assert_eq!(reply.number, SequenceNo(number));
            }
            assert_eq!(client.next(Duration::ZERO).expect("connected"), None);
            client.log_out().expect("it was logged in");
        },
    );
}

#[test]
fn replies_may_be_split_anywhere() {
    for piece in [1, 2, 3, 5, 7, 40] {
        let ((), ()) = Venue::open().with(
            |venue| {
                let mut seat = venue.accept();
                seat.piece = piece;
                seat.login();
                seat.let_in(1);
                for number in 1..=20 {
                    seat.reply(&executed(number, number));
                }
                assert_eq!(seat.gone(), End::LoggedOut);
            },
            |address| {
                let mut client = OrderClient::connect(address, &config()).expect("it is let in");
                for number in 1..=20 {
                    let reply = client.next(SOON).expect("connected").expect("a reply comes");
                    assert_eq!(reply.number, SequenceNo(u64::from(number)));
                    assert_eq!(reply.bytes, executed(number, number));
                }
                client.log_out().expect("it was logged in");
            },
        );
    }
}

#[test]
fn heartbeats_of_both_sides_keep_the_connection() {
    let mut config = config();
    config.login.heartbeat = Duration::from_millis(20);
    // The venue says nothing but a heartbeat each second.
    config.login.idle_timeout = Duration::from_millis(2_500);
    // Told to the venue, which takes three of its own heartbeats at the least.
    config.login.patience = Some(Duration::from_millis(1));
    let ((), ()) = Venue::open().with(
        |venue| {
            let mut seat = venue.let_in(1);
            let query = seat.request();
            seat.reply(&next_number(&query, 1));
            assert_eq!(seat.gone(), End::LoggedOut);
        },
        |address| {
            let mut client = OrderClient::connect(address, &config).expect("it is let in");
            assert_eq!(client.next(Duration::from_millis(3_500)).expect("connected"), None);
            client.query(UserRefIdx(0)).expect("it answers");
            client.log_out().expect("it was logged in");
        },
    );
}

#[test]
fn who_was_away_for_long_does_not_take_the_venue_for_silent() {
    let mut config = config();
    config.login.idle_timeout = Duration::from_millis(50);
    let sent = Barrier::new(2);
    let ((), ()) = Venue::open().with(
        |venue| {
            let mut seat = venue.let_in(1);
            seat.reply(&executed(1, 1));
            sent.wait();
            assert_eq!(seat.gone(), End::LoggedOut);
        },
        |address| {
            let mut client = OrderClient::connect(address, &config).expect("it is let in");
            sent.wait();
            thread::sleep(Duration::from_millis(100));
            let reply = client.next(SOON).expect("connected").expect("it is there");
            assert_eq!(reply.number, SequenceNo(1));
            client.log_out().expect("it was logged in");
        },
    );
}

#[test]
fn a_silent_venue_is_given_up() {
    let mut config = config();
    config.login.idle_timeout = Duration::from_millis(60);
    config.login.linger = Duration::from_millis(60);
    let (_seat, error) = Venue::open().with(
        |venue| venue.let_in(1),
        |address| {
            let mut client = OrderClient::connect(address, &config).expect("it is let in");
            client.next(SOON).expect_err("nothing is heard")
        },
    );
    assert!(matches!(error.cause, Cause::Ended(End::PeerSilent)), "{error}");
    assert!(error.may_reconnect());
}

#[test]
fn a_query_that_is_not_answered_ends_in_time() {
    let mut config = config();
    config.answer_timeout = Duration::from_millis(50);
    let ((), error) = Venue::open().with(
        |venue| {
            let mut seat = venue.let_in(1);
            seat.request();
            assert_eq!(seat.gone(), End::PeerClosed);
        },
        |address| {
            let mut client = OrderClient::connect(address, &config).expect("it is let in");
            client.send(order()).expect_err("its number is never told")
        },
    );
    assert!(matches!(error.cause, Cause::NoAnswer(_)), "{error}");
    assert!(!error.may_reconnect());
}

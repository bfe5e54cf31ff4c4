//! How a connection ends, and what is told of it.

use std::time::Duration;

use client::{Cancel, Cause, OrderClient};
use protocol_spec::session::soup::End;
use protocol_spec::words::UserRefNum;

use crate::logins::config;
use crate::messages::executed;
use crate::venue::{Seat, Venue};

const SOON: Duration = Duration::from_secs(10);

/// Replies that come, and the error after them.
fn ending(script: impl FnOnce(Seat) + Send) -> (usize, client::Error) {
    let ((), told) = Venue::open().with(
        |venue| script(venue.let_in(1)),
        |address| {
            let mut client = OrderClient::connect(address, &config()).expect("it is let in");
            let mut count = 0;
            let error = loop {
                match client.next(SOON) {
                    Ok(Some(_)) => count += 1,
                    Ok(None) => panic!("nothing comes"),
                    Err(error) => break error,
                }
            };
            let again = client.next(SOON).expect_err("an end is an end");
            assert_eq!(again.to_string(), error.to_string());
            let sent = client.send(Cancel::all(UserRefNum(1))).expect_err("it has ended");
            assert_eq!(sent.to_string(), error.to_string());
            let out = client.log_out().expect_err("it has ended");
            assert_eq!(out.to_string(), error.to_string());
            (count, error)
        },
    );
    told
}

#[test]
fn the_end_of_the_session_comes_after_all_replies() {
    let (count, error) = ending(|mut seat| {
        seat.reply(&executed(1, 1));
        seat.reply(&executed(1, 2));
        seat.finish();
    });
    assert_eq!(count, 2);
    assert!(matches!(error.cause, Cause::Ended(End::SessionOver)), "{error}");
    assert!(!error.may_reconnect());
}

#[test]
fn what_the_venue_said_before_it_hung_up_is_told() {
    let (count, error) = ending(|mut seat| {
        seat.reply(&executed(1, 1));
        seat.dismiss("another connection took the port over");
    });
    assert_eq!(count, 1);
    assert!(matches!(error.cause, Cause::Ended(End::PeerClosed)), "{error}");
    assert_eq!(error.said, ["another connection took the port over"]);
    let text = error.to_string();
    assert!(text.ends_with("the venue said: another connection took the port over"), "{text}");
}

#[test]
fn a_venue_that_is_simply_gone_is_told_from_one_that_spoke() {
    let (count, error) = ending(|mut seat| {
        seat.reply(&executed(1, 1));
        drop(seat);
    });
    assert_eq!((count, error.said.len()), (1, 0));
    assert!(error.may_reconnect(), "{error}");
}

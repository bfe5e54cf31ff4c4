//! Logging in.

use std::io::ErrorKind;
use std::net::TcpListener;
use std::time::Duration;

use client::{Cause, Config, Error, OrderClient, Start};
use protocol_spec::session::soup::End;
use protocol_spec::wire::soup::{LoginRejectReason, SessionId};
use protocol_spec::words::SequenceNo;

use crate::messages::executed;
use crate::venue::{SESSION, Venue};

const SOON: Duration = Duration::from_secs(10);

pub(crate) fn config() -> Config {
    Config::new("demo1", "secret").expect("both fit")
}

/// What a login comes to that is to fail.
pub(crate) fn failed(address: &str, config: &Config) -> Error {
    match OrderClient::connect(address, config) {
        Ok(client) => panic!("let in: {client:?}"),
        Err(error) => error,
    }
}

/// The logins that a client makes for `start` where `recent` is the most recent reply, the number
/// that it gives first, and what that is if the venue sends whatever was asked for.
fn entered(start: Start, recent: u64) -> (Vec<(SessionId, Option<u64>)>, u64, u64) {
    let (logins, (next, first)) = Venue::open().with(
        |venue| {
            let mut logins = Vec::new();
            let mut seat = venue.accept();
            let login = seat.login();
            logins.push((login.session, login.number));
            seat.let_in(recent);
            let past = matches!(start, Start::At(_, SequenceNo(1..)));
            if past && !is_near(start, recent) {
                seat = venue.accept();
                let login = seat.login();
                logins.push((login.session, login.number));
                seat.let_in(login.number.expect("it has one"));
            }
            for number in 1..=3 {
                seat.reply(&executed(number, number));
            }
            assert_eq!(seat.gone(), End::LoggedOut);
            logins
        },
        |address| {
            let config = config().from(start);
            let mut client = OrderClient::connect(address, &config).expect("the venue lets it in");
            assert_eq!(client.session().trimmed(), SESSION.trimmed());
            assert_eq!(client.past(), SequenceNo(recent));
            let next = client.next_number().0;
            let first = client.next(SOON).expect("connected").expect("a reply comes").number.0;
            client.log_out().expect("it was logged in");
            (next, first)
        },
    );
    (logins, next, first)
}

/// Whether the start is the most recent reply or follows it.
fn is_near(start: Start, recent: u64) -> bool {
    matches!(start, Start::At(_, SequenceNo(number))
        if number == recent || number == recent + 1 && recent > 1)
}

#[test]
fn one_login_is_enough_unless_older_replies_are_wanted() {
    const BLANK: SessionId = SessionId::BLANK;
    let at = |number| Start::At(SESSION, SequenceNo(number));
    let now = (vec![(BLANK, Some(0))], 41, 41);
    assert_eq!(entered(Start::Now, 40), now);
    assert_eq!(entered(Start::Now, 1), (vec![(BLANK, Some(0))], 1, 1));
    assert_eq!(entered(Start::First, 1), (vec![(BLANK, Some(0))], 1, 1));
    assert_eq!(entered(at(0), 40), (vec![(SESSION, Some(0))], 40, 40));
    assert_eq!(entered(at(40), 40), (vec![(SESSION, Some(0))], 40, 40));
    assert_eq!(entered(at(41), 40), (vec![(SESSION, Some(0))], 41, 41));
    let twice = |number| vec![(SESSION, Some(0)), (SESSION, Some(number))];
    assert_eq!(entered(at(39), 40), (twice(39), 39, 39));
    // There may be no first reply yet: then there is no second to come.
    assert_eq!(entered(at(2), 1), (twice(2), 2, 2));
}

#[test]
fn the_login_says_who() {
    let (login, ()) = Venue::open().with(
        |venue| {
            let mut seat = venue.accept();
            let login = seat.login();
            seat.let_in(1);
            assert_eq!(seat.gone(), End::LoggedOut);
            login
        },
        |address| {
            let client = OrderClient::connect(address, &config()).expect("it is let in");
            client.log_out().expect("it was logged in");
        },
    );
    assert!(login.username.is("demo1") && login.password.is("secret"));
}

#[test]
fn a_refused_login_is_an_error_with_reason_and_address() {
    for reason in [LoginRejectReason::NOT_AUTHORIZED, LoginRejectReason::SESSION_NOT_AVAILABLE] {
        let venue = Venue::open();
        let ((), error) = venue.with(
            |venue| {
                let mut seat = venue.accept();
                seat.login();
                seat.refuse(reason);
            },
            |address| failed(address, &config()),
        );
        assert_eq!(error.refused_login(), Some(reason));
        assert!(!error.may_reconnect());
        let text = error.to_string();
        assert!(text.starts_with(&format!("{}: login rejected: ", venue.address())), "{text}");
        assert!(text.contains(reason.meaning().expect("it has one")), "{text}");
    }
}

#[test]
fn nobody_at_home_is_an_error_with_the_address() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    let address = listener.local_addr().expect("it is bound").to_string();
    drop(listener);
    let error = failed(&address, &config());
    let refused = ErrorKind::ConnectionRefused;
    assert!(matches!(&error.cause, Cause::Connect(cause) if cause.kind() == refused), "{error}");
    assert!(error.may_reconnect() && error.to_string().starts_with(&address), "{error}");
}

#[test]
fn an_address_that_leads_nowhere_is_an_error() {
    for address in ["nonsense", "127.0.0.1", "127.0.0.1:99999"] {
        let error = failed(address, &config());
        assert!(matches!(error.cause, Cause::Resolve(_)), "{error}");
        assert!(error.to_string().starts_with(&format!("{address}: ")), "{error}");
    }
}

#[test]
fn a_venue_that_does_not_answer_the_login_is_not_waited_for() {
    let mut config = config();
    config.login.login_timeout = Duration::from_millis(50);
    config.login.linger = Duration::from_millis(50);
    let venue = Venue::open();
    // Nobody accepts: the system does, and the login is never answered.
    let error = failed(&venue.address(), &config);
    assert!(matches!(error.cause, Cause::Ended(End::LoginTimeout)), "{error}");
}

#[test]
fn a_venue_that_hangs_up_instead_of_an_answer_is_heard() {
    let ((), error) = Venue::open().with(
        |venue| {
            let mut seat = venue.accept();
            seat.login();
            seat.dismiss("the venue is full");
        },
        |address| failed(address, &config()),
    );
    assert!(matches!(error.cause, Cause::Ended(End::PeerClosed)), "{error}");
    assert_eq!(error.said, ["the venue is full"]);
    assert!(error.to_string().ends_with("the venue said: the venue is full"), "{error}");
}

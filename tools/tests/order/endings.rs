//! Refusals, silence, venues that are not there: exit codes and what is said.

use std::net::TcpListener;

use protocol_spec::wire::ouch::RejectReason;
use protocol_spec::wire::soup::LoginRejectReason;

use crate::kit::{Run, command, finish, order, serve, silent, taken};
use crate::messages::{canceled, next_number, rejected};
use crate::venue::Venue;

const BUY: [&str; 5] = ["buy", "100", "AAPL", "@", "187.50"];

#[test]
fn a_rejected_request_is_shown_and_fails() {
    let refuse = |_: &[u8]| vec![rejected(7, RejectReason::INVALID_PRICE)];
    for words in ["buy 100 AAPL @ 187.50", "replace 5 80 @ 187.40", "mass-cancel", "disable FRM9"] {
        let words: Vec<&str> = words.split(' ').collect();
        let (_, run) = order(&words, |venue| serve(venue, refuse));
        assert_eq!((run.code, run.err.as_str()), (Some(1), ""), "{run:?}");
        assert_eq!(run.lines(), ["#42 Rejected"]);
        assert!(run.out.contains("reason=0x001D(invalid_price)"), "{run:?}");
    }
}

#[test]
fn a_replacement_that_kills_the_order_fails_and_says_so() {
    let words = ["replace", "5", "80", "@", "187.40"];
    let (_, run) = order(&words, |venue| serve(venue, |_| vec![canceled(5, 100)]));
    assert_eq!((run.code, run.lines()), (Some(1), vec!["#42 Canceled".to_owned()]), "{run:?}");
    assert!(run.err.contains("not replaced") && run.err.contains("canceled"), "{run:?}");
}

#[test]
fn what_the_venue_passes_over_is_said_to_have_no_reply() {
    for (words, why) in [
        ("cancel 5", "there is no such live order"),
        ("modify 5 short 10", "it is a buy"),
        ("replace 5 80 @ 187.40 --number 9", "the order is not live"),
        ("buy 100 AAPL @ 187.50 --number 1", "the number was used before"),
    ] {
        let words: Vec<&str> = words.split(' ').chain(["--timeout", "40ms"]).collect();
        let (requests, run) = order(&words, |venue| serve(venue, silent));
        assert_eq!((requests.len(), run.code, run.out.as_str()), (1, Some(1), ""), "{run:?}");
        assert!(run.err.starts_with("no reply within 40ms: "), "{run:?}");
        assert!(run.err.contains(why), "{run:?}");
    }
}

#[test]
fn a_query_without_an_answer_is_an_error() {
    let ((), run) = order(&[&BUY[..], &["--timeout", "40ms"]].concat(), |venue| {
        let mut seat = venue.let_in(1);
        seat.request();
        assert_eq!(seat.request_or_end(), None);
    });
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.err.contains("no answer to an Account Query within 40ms; --timeout"), "{run:?}");
}

#[test]
fn a_refused_login_says_what_to_look_at() {
    for (reason, advice) in [
        (LoginRejectReason::NOT_AUTHORIZED, "see --port, and --password or OUTCRY_PASSWORD"),
        (LoginRejectReason::SESSION_NOT_AVAILABLE, "the day may be over, or --from above"),
    ] {
        let (address, run) = order(&BUY, |venue| {
            let mut seat = venue.accept();
            seat.login();
            seat.refuse(reason);
            venue.address()
        });
        assert_eq!((run.code, run.out.as_str()), (Some(1), ""), "{run:?}");
        assert!(run.err.starts_with(&format!("error: {address}: login rejected")), "{run:?}");
        assert!(run.err.contains(advice), "{run:?}");
    }
}

#[test]
fn a_venue_that_is_not_there_is_named_with_what_to_do() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    let address = listener.local_addr().expect("it is bound").to_string();
    drop(listener);
    let run = finish(command(&address, &BUY));
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.err.starts_with(&format!("error: {address}: cannot connect")), "{run:?}");
    assert!(
        run.err.contains("is the venue running there? `outcry run` starts one, --address"),
        "{run:?}"
    );
}

#[test]
fn what_the_venue_said_before_it_hung_up_is_told() {
    let ((), run) = order(&BUY, |venue| {
        let mut seat = venue.let_in(1);
        let query = seat.request();
        seat.reply(&next_number(&query, 7));
        seat.request();
        seat.dismiss("too many messages");
    });
    assert_eq!((run.code, run.out.as_str()), (Some(1), ""), "{run:?}");
    let end = "the venue closed the connection; the venue said: too many messages\n";
    assert!(run.err.ends_with(end), "{run:?}");
}

#[test]
fn the_password_is_given_taken_from_the_environment_or_demo() {
    let login = |arguments: &[&str], environment: Option<&str>| {
        let (login, run) = Venue::open().with(
            |venue| {
                let mut seat = venue.accept();
                let login = seat.login();
                seat.refuse(LoginRejectReason::NOT_AUTHORIZED);
                login
            },
            |address| {
                let mut command = command(address, arguments);
                command.envs(environment.map(|password| ("OUTCRY_PASSWORD", password)));
                finish(command)
            },
        );
        assert!(!run.err.contains("sesame"), "{run:?}");
        assert!(login.username.is("demo1"));
        login.password
    };
    assert!(login(&BUY, None).is("demo"));
    assert!(login(&BUY, Some("sesame1")).is("sesame1"));
    assert!(login(&[&["--password", "sesame2"], &BUY[..]].concat(), Some("x")).is("sesame2"));
}

#[test]
fn misuse_is_found_before_anybody_is_called() {
    let misused = |arguments: &str| -> Run {
        let arguments: Vec<&str> = arguments.split_whitespace().collect();
        finish(command("127.0.0.1:1", &arguments))
    };
    for (arguments, what) in [
        ("", "say what to ask"),
        ("", "--batch - from the standard input"),
        ("query --json --long", "cannot be used with"),
        ("buy 100 AAPL", "<PRICE>"),
        ("buy 100 AAPL 187.50", "an @ stands before the price"),
        ("buy 100 AAPL @ 187.50001", "more than 4 decimals"),
        ("buy 100 AAPL @ 200000", "would mean a market order"),
        ("buy many AAPL @ 1", "many is no number of shares"),
        ("buy 100 ABCDEFGHI @ 1", "is no symbol"),
        ("buy 100 AAPL @ 1 --tif soon", "there are day, ioc, gtx, gtt"),
        ("buy 100 AAPL @ 1 --cl-ord-id 123456789012345", "1 to 14"),
        ("cancel 1 --firm FRM1", "unexpected argument '--firm'"),
        ("--batch x cancel 1", "--batch takes the requests from the file alone"),
        ("replies --from 0", "0 is not in 1.."),
        ("query --wait soon", "write it like 200ms"),
        ("query --password 12345678901", "password has to have 1 to 10"),
    ] {
        let run = misused(arguments);
        assert_eq!((run.code, run.out.as_str()), (Some(2), ""), "{arguments}: {run:?}");
        assert!(run.err.contains(what), "{arguments}: {run:?}");
    }
}

#[test]
fn the_options_may_stand_anywhere() {
    let (_, run) = order(&["buy", "--json", "100", "AAPL", "@", "1", "--wait", "10ms"], |venue| {
        serve(venue, taken)
    });
    assert_eq!((run.code, run.objects().len()), (Some(0), 1), "{run:?}");
}

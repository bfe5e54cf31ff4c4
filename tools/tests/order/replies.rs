//! What is shown of replies.

use std::process::Command;

use protocol_spec::session::soup::End;
use protocol_spec::wire::ouch::RejectReason;
use serde_json::{Value, json};

use crate::kit::{command, finish, order, serve, taken};
use crate::messages::{accepted, canceled, executed, next_number, rejected, start_of_day};
use crate::venue::{SESSION, Venue};

const BUY: [&str; 5] = ["buy", "100", "AAPL", "@", "187.50"];

/// An order is taken, executed in part, and the rest canceled.
fn in_part(request: &[u8]) -> Vec<Vec<u8>> {
    [taken(request), vec![executed(7, 60), canceled(7, 40)]].concat()
}

#[test]
fn replies_are_lines_as_decode_has_them() {
    let (_, run) = order(&BUY, |venue| serve(venue, in_part));
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(run.lines(), ["#42 OrderAccepted", "#43 OrderExecuted", "#44 Canceled"]);
    let lines: Vec<&str> = run.out.lines().collect();
    let accepted = "09:30:00.000000000  ouch-out #42          A OrderAccepted             AAPL  ";
    assert!(lines[0].starts_with(accepted), "{run:?}");
    assert!(lines[0].contains("user_ref_num=7 side=B(buy) quantity=100 price=187.5000"), "{run:?}");
    assert!(lines[1].contains("(AAPL)") && lines[1].contains("liquidity=R(removed)"), "{run:?}");
    assert_eq!(run.err, "");
}

#[test]
fn objects_are_those_of_decode() {
    let json = [&["--json"][..], &BUY].concat();
    let ((replies, address), run) = Venue::open().with(
        |venue| {
            let requests = serve(venue, in_part);
            (in_part(&requests[0]), venue.address())
        },
        |address| finish(command(address, &json)),
    );
    assert_eq!(run.code, Some(0), "{run:?}");
    let objects = run.objects();
    assert_eq!(objects.len(), replies.len());
    for ((object, reply), number) in objects.iter().zip(&replies).zip(42..) {
        assert_eq!((&object["file"], &object["number"]), (&json!(address), &json!(number)));
        assert_eq!(object["session"], SESSION.to_string());
        let hex: String = reply.iter().map(|byte| format!("{byte:02X}")).collect();
        let decoded = Command::new(env!("CARGO_BIN_EXE_outcry"))
            .args(["decode", "--json", "--as", "ouch-out", "--hex", &hex])
            .output()
            .expect("the command is built");
        let decoded: Value = serde_json::from_slice(&decoded.stdout).expect("it is an object");
        for key in ["protocol", "type", "name", "time", "fields", "meanings", "tags"] {
            assert_eq!(object[key], decoded[key], "{key}");
        }
    }
}

#[test]
fn replies_of_the_past_are_shown_from_the_number_asked_for() {
    let day = |from: u64| (from..=5).map(|number| executed(7, number as u32));
    let (logins, run) = order(&["replies", "--from", "3"], |venue| {
        let seat = venue.let_in(5);
        let mut again = venue.accept();
        let login = again.login();
        again.let_in(3);
        assert_ne!(seat.gone(), End::LoggedOut);
        day(3).for_each(|reply| again.reply(&reply));
        assert_eq!(again.gone(), End::LoggedOut);
        login.number
    });
    assert_eq!((logins, run.code), (Some(3), Some(0)), "{run:?}");
    let shown = ["#3 OrderExecuted", "#4 OrderExecuted", "#5 OrderExecuted"];
    assert_eq!(run.lines(), shown);
}

#[test]
fn a_day_that_has_only_begun_has_one_reply_or_none() {
    for replies in [vec![start_of_day()], Vec::new()] {
        let ((), run) = order(&["replies"], |venue| {
            let mut seat = venue.let_in(1);
            replies.iter().for_each(|reply| seat.reply(reply));
            assert_eq!(seat.gone(), End::LoggedOut);
        });
        assert_eq!((run.code, run.out.lines().count()), (Some(0), replies.len()), "{run:?}");
    }
}

#[test]
fn who_follows_sees_replies_until_the_session_is_over() {
    let ((), run) = order(&["replies", "--from", "2", "--follow"], |venue| {
        let mut seat = venue.let_in(2);
        for number in 2..=4 {
            seat.reply(&executed(7, number));
        }
        seat.finish();
    });
    assert_eq!((run.code, run.out.lines().count()), (Some(0), 3), "{run:?}");
}

#[test]
fn only_what_is_new_is_shown_beside_the_answer() {
    let ((), run) = order(&BUY, |venue| {
        // The first reply of the day may be new or old, but not the beginning of the day.
        let mut seat = venue.let_in(1);
        seat.reply(&start_of_day());
        let query = seat.request();
        seat.reply(&executed(3, 5));
        seat.reply(&next_number(&query, 7));
        let request = seat.request();
        seat.reply(&executed(3, 6));
        seat.reply(&accepted(&request));
        assert_eq!(seat.gone(), End::LoggedOut);
    });
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(run.lines(), ["#2 OrderExecuted", "#4 OrderExecuted", "#5 OrderAccepted"]);
}

#[test]
fn an_answer_in_another_channel_is_not_taken_for_the_own_one() {
    let words = [&BUY[..], &["--number", "7", "--channel", "3"]].concat();
    let answer =
        |request: &[u8]| [vec![rejected(7, RejectReason::HALTED)], taken(request)].concat();
    let (_, run) = order(&words, |venue| serve(venue, answer));
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(run.lines(), ["#41 Rejected", "#42 OrderAccepted"]);
}

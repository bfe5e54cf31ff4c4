//! The lines on the socket, as other programs may write and read them.

use std::collections::BTreeMap;

use appliance::admin::{Answer, Line, Request};
use serde_json::{Value, json};

use crate::kit::done;
use crate::sample;

fn is(request: Request, wanted: &Value) {
    let line = Line { who: "alice".to_owned(), request };
    let value = serde_json::to_value(&line).expect("it can be written");
    assert_eq!(value, json!({"who": "alice", "request": wanted}));
    assert_eq!(serde_json::from_value::<Line>(value).expect("it can be read"), line);
}

#[test]
fn requests_have_these_shapes() {
    let text = |word: &str| word.to_owned();
    is(Request::Status, &json!("status"));
    is(Request::OpenDay, &json!("open-day"));
    is(Request::EndDay, &json!("end-day"));
    is(Request::Phase { phase: text("open") }, &json!({"phase": {"phase": "open"}}));
    is(
        Request::State { symbol: None, state: text("halted"), reason: text("T1") },
        &json!({"state": {"symbol": null, "state": "halted", "reason": "T1"}}),
    );
    is(
        Request::CancelAll { port: Some(text("p")), firm: None, symbol: None, side: None },
        &json!({"cancel-all": {"port": "p", "firm": null, "symbol": null, "side": null}}),
    );
    is(
        Request::Switch { port: None, firm: Some(text("F")), off: true },
        &json!({"switch": {"port": null, "firm": "F", "off": true}}),
    );
    is(Request::Kick { port: text("p") }, &json!({"kick": {"port": "p"}}));
    is(
        Request::BreakTrade { match_no: 7, reason: text("E") },
        &json!({"break-trade": {"match_no": 7, "reason": "E"}}),
    );
    let set = BTreeMap::from([(text("lot"), text("10"))]);
    is(
        Request::Instrument { symbol: text("A"), set: set.clone() },
        &json!({"instrument": {"symbol": "A", "set": {"lot": "10"}}}),
    );
    is(
        Request::Port { username: text("p"), set },
        &json!({"port": {"username": "p", "set": {"lot": "10"}}}),
    );
}

#[test]
fn what_is_left_out_of_a_request_is_none() {
    let line = r#"{"who":"a","request":{"cancel-all":{"port":"p"}}}"#;
    let line: Line = serde_json::from_str(line).expect("it can be read");
    let port = Some("p".to_owned());
    let wanted = Request::CancelAll { port, firm: None, symbol: None, side: None };
    assert_eq!(line.request, wanted);
}

#[test]
fn answers_come_out_as_they_went_in() {
    for answer in [
        done("it is done"),
        Answer::refused("unknown-symbol", "there is no such symbol"),
        Answer::Status(Box::new(sample::status(3))),
    ] {
        let text = serde_json::to_string(&answer).expect("it can be written");
        assert!(!text.contains('\n'));
        assert_eq!(serde_json::from_str::<Answer>(&text).expect("it can be read"), answer);
    }
    let refused = serde_json::to_value(Answer::refused("a", "b")).expect("it can be written");
    assert_eq!(refused, json!({"refused": {"reason": "a", "text": "b"}}));
}

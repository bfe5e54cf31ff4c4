//! Clients that speak for themselves: well, badly, slowly, not at all.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use appliance::admin::{Answer, Inquiry, Request, Status, Wanted};
use appliance::office::Patience;
use matcher::command::{BreakTrade, Party};
use matcher::order::Owner;
use protocol_spec::wire::ouch::{BrokenReason, ClOrdId, Symbol};
use protocol_spec::words::{PortId, UserRefIdx, UserRefNum};
use serde_json::{Value, json};

use crate::kit::{Client, House, SHORT, done, nothing_found};
use crate::sample;

const STATUS: &str = r#"{"who":"alice","request":"status"}"#;

fn reason(answer: &Value) -> &str {
    answer["refused"]["reason"].as_str().unwrap_or("none")
}

#[test]
fn requests_of_one_connection_are_answered_in_their_order() {
    let house = House::new(|wanted| match wanted {
        Wanted::Request(Request::Kick { port }) => done(port),
        other => sample::answer(other),
    });
    let mut client = house.client();
    for port in ["a", "b", "c"] {
        let line = json!({"who": "alice", "request": {"kick": {"port": port}}});
        client.say(format!("{line}\n").as_bytes());
    }
    for port in ["a", "b", "c"] {
        let answer = client.hear().expect("it answers");
        let wanted = json!({"done": {"session": "2026112001", "command": 17, "text": port}});
        assert_eq!(answer, wanted);
    }
    assert_eq!(client.ask(STATUS)["status"]["session"], "2026112001");
    assert_eq!(client.ask(STATUS)["status"]["times"][3]["stage"], "turn");
}

#[test]
fn the_name_claimed_goes_with_the_user_behind_the_socket() {
    let house = House::new(sample::answer);
    for who in ["alice", "", "a;b\u{7}", &"x".repeat(500)] {
        let line = json!({"who": who, "request": "end-day"});
        house.client().ask(&line.to_string());
    }
    let uid = rustix::process::getuid().as_raw();
    let names: Vec<String> = house.asked().into_iter().map(|(by, _)| by).collect();
    let wanted = [
        format!("alice (uid {uid})"),
        format!("uid {uid}"),
        format!("ab (uid {uid})"),
        format!("{} (uid {uid})", "x".repeat(64)),
    ];
    assert_eq!(names, wanted);
}

#[test]
fn rubbish_is_answered_and_the_next_line_is_heard() {
    let house = House::new(sample::answer);
    let mut client = house.client();
    for line in [
        "",
        "hello",
        "{}",
        "[]",
        r#"{"who":"a"}"#,
        r#"{"who":"a","request":"fly"}"#,
        r#"{"who":"a","request":"status","more":1}"#,
        r#"{"who":"a","request":{"kick":{}}}"#,
        r#"{"who":"a","request":{"kick":{"port":"p","hard":true}}}"#,
        r#"{"who":1,"request":"status"}"#,
    ] {
        assert_eq!(reason(&client.ask(line)), "misuse", "{line}");
    }
    client.say(b"\xff\xfe\x00\n");
    assert_eq!(reason(&client.hear().expect("it answers")), "misuse");
    let deep = "[".repeat(10_000);
    assert_eq!(reason(&client.ask(&deep)), "misuse");
    assert_eq!(client.ask(STATUS)["status"]["venue"], "test venue");
    assert_eq!(house.asked().len(), 1, "the core hears of none of it");
}

#[test]
fn a_line_that_is_too_long_is_answered_and_the_connection_closed() {
    let house = House::new(sample::answer);
    let mut client = house.client();
    let mut line = vec![b'x'; 1 << 20];
    line.push(b'\n');
    client.say(&line);
    assert_eq!(reason(&client.hear().expect("it answers")), "misuse");
    assert_eq!(client.hear(), None);
}

#[test]
fn a_line_that_does_not_end_is_answered_and_the_connection_closed() {
    let house = House::with(SHORT, nothing_found(), |_| ());
    for begun in [&b"{\"who\":"[..], &[b'x'; 100_000]] {
        let mut client = house.client();
        client.say(begun);
        assert_eq!(reason(&client.hear().expect("it answers")), "misuse");
        assert_eq!(client.hear(), None);
    }
}

#[test]
fn who_is_silent_or_does_not_read_keeps_nobody_waiting() {
    // More than lies between the two.
    let mut big = Some(Status { venue: "x".repeat(1 << 20), ..sample::status(2) });
    let house = House::new(move |wanted| match big.take() {
        Some(big) => Answer::Status(Box::new(big)),
        None => sample::answer(wanted),
    });
    let silent = house.client();
    let mut deaf = house.client();
    deaf.say(format!("{STATUS}\n{STATUS}\n").as_bytes());
    while house.asked().is_empty() {
        thread::yield_now();
    }
    for _ in 0..3 {
        let begun = Instant::now();
        house.client().ask(STATUS);
        assert!(begun.elapsed() < Duration::from_secs(5));
    }
    assert_eq!(house.asked().len(), 4, "what the deaf one wants next has to wait");
    drop((silent, deaf));
}

#[test]
fn there_is_room_for_so_many_and_the_next_is_told() {
    let house = House::new(sample::answer);
    let mut clients: Vec<Client> = (0..16).map(|_| house.client()).collect();
    for client in &mut clients {
        assert!(client.ask(STATUS)["status"].is_object());
    }
    assert_eq!(reason(&house.client().hear().expect("it is told")), "busy");
    drop(clients.pop());
    let until = Instant::now() + Duration::from_secs(10);
    loop {
        let mut next = house.client();
        next.say(format!("{STATUS}\n").as_bytes());
        match next.hear() {
            Some(answer) if answer["status"].is_object() => break,
            _ => assert!(Instant::now() < until, "the place is free again"),
        }
    }
}

#[test]
fn a_core_that_is_slow_leaves_it_unknown_and_can_see_that_nobody_waits() {
    let gone = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&gone);
    let house = House::with(SHORT, nothing_found(), move |inquiry: Inquiry| {
        let until = Instant::now() + Duration::from_secs(5);
        while !inquiry.answer.is_closed() && Instant::now() < until {
            thread::sleep(Duration::from_millis(5));
        }
        seen.store(inquiry.answer.is_closed(), Ordering::Relaxed);
    });
    let mut client = house.client();
    let answer = client.ask(r#"{"who":"a","request":"end-day"}"#);
    assert_eq!(reason(&answer), "unknown");
    let text = answer["refused"]["text"].as_str().expect("it has words");
    assert!(text.contains("not known whether it was done"), "{text}");
    assert_eq!(reason(&client.ask(STATUS)), "unanswered");
    drop(house);
    assert!(gone.load(Ordering::Relaxed));
}

#[test]
fn a_full_queue_is_told_and_nothing_was_done() {
    let (go, wait) = mpsc::channel::<()>();
    let mut house = House::with(SHORT, nothing_found(), move |inquiry: Inquiry| {
        // The first waits until the test says go; after that nobody does.
        wait.recv().unwrap_or_default();
        drop(inquiry);
    });
    // One request is with the core, 64 wait, though their clients have given up.
    let mut clients: Vec<Client> = (0..15).map(|_| house.client()).collect();
    let line = "{\"who\":\"a\",\"request\":\"end-day\"}\n".repeat(5);
    for client in &mut clients {
        client.say(line.as_bytes());
    }
    let mut reasons = Vec::new();
    for client in &mut clients {
        let answers = (0..5).map(|_| client.hear().expect("it answers"));
        reasons.extend(answers.map(|answer| reason(&answer).to_owned()));
    }
    let count = |word| reasons.iter().filter(|reason| *reason == word).count();
    assert_eq!((count("unknown"), count("busy")), (65, 10));
    drop(go);
    house.end();
    assert_eq!(house.asked().len(), 65);
}

#[test]
fn a_core_that_has_gone_is_told() {
    let house = House::with(SHORT, nothing_found(), drop);
    let mut client = house.client();
    assert_eq!(reason(&client.ask(r#"{"who":"a","request":"end-day"}"#)), "unknown");
    assert_eq!(reason(&client.ask(STATUS)), "stopping");
}

#[test]
fn an_answer_on_its_way_is_still_written_at_the_end() {
    let patience = Patience { core: Duration::from_secs(20), ..SHORT };
    let mut house = House::with(patience, nothing_found(), |inquiry: Inquiry| {
        thread::sleep(Duration::from_millis(300));
        inquiry.answer.send(done("in time")).expect("the clerk waits");
    });
    let mut client = house.client();
    client.say(b"{\"who\":\"a\",\"request\":\"end-day\"}\n");
    while house.asked().is_empty() {
        thread::sleep(Duration::from_millis(5));
    }
    house.end();
    assert_eq!(client.hear().expect("it answers")["done"]["text"], "in time");
    assert_eq!(client.hear(), None);
}

fn party(port: u16) -> Party {
    let owner = Owner { port: PortId(port), idx: UserRefIdx(0), user_ref: UserRefNum(7) };
    Party { owner, cl_ord_id: ClOrdId::new("mine") }
}

#[test]
fn a_trade_is_looked_up_in_the_journal_of_the_day_and_broken_with_its_parties() {
    let symbol = Symbol::new("AAPL");
    let find = move |folder: &std::path::Path, match_no, reason| {
        assert_eq!(folder.to_str(), Some("/data/journal/2026112001"));
        let (buyer, seller) = (party(1), party(2));
        Ok(BreakTrade { match_no, symbol, reason, buyer, seller })
    };
    let house = House::with(Patience::default(), Arc::new(find), |inquiry: Inquiry| {
        let told = sample::answer(&inquiry.wanted);
        inquiry.answer.send(told).expect("the clerk waits");
    });
    let line = r#"{"who":"a","request":{"break-trade":{"match_no":4711,"reason":"C"}}}"#;
    assert_eq!(house.client().ask(line)["done"]["command"], 17);
    let asked: Vec<Wanted> = house.asked().into_iter().map(|(_, wanted)| wanted).collect();
    let [Wanted::Request(Request::Status), Wanted::Break { session, trade }] = &asked[..] else {
        panic!("the core is asked where the journal is, then to break: {asked:?}");
    };
    assert_eq!(session, "2026112001");
    assert_eq!((trade.match_no.0, trade.reason), (4711, BrokenReason::CONSENT));
    assert_eq!((trade.buyer, trade.seller), (party(1), party(2)));
}

#[test]
fn a_trade_that_is_not_found_or_has_no_reason_is_not_broken() {
    let house = House::with(Patience::default(), nothing_found(), |inquiry: Inquiry| {
        let told = sample::answer(&inquiry.wanted);
        inquiry.answer.send(told).expect("the clerk waits");
    });
    let mut client = house.client();
    let line = r#"{"who":"a","request":{"break-trade":{"match_no":1,"reason":"erroneous"}}}"#;
    assert_eq!(reason(&client.ask(line)), "unknown-trade");
    let line = r#"{"who":"a","request":{"break-trade":{"match_no":1,"reason":"whim"}}}"#;
    assert_eq!(reason(&client.ask(line)), "misuse");
    assert!(house.asked().iter().all(|(_, wanted)| !matches!(wanted, Wanted::Break { .. })));
}

//! The public stream on real sockets: what is heard, and when.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::kit::ouch::{buy, sell};
use crate::kit::{Broker, Exit, Folder, Listener, Login, Setup, Venue};

/// A venue with these two lines.
fn with(lines: [&Listener; 2]) -> Setup {
    let lines = lines.map(|listener| listener.line.clone()).join(", ");
    Setup { feed: format!("lines = [{lines}]"), ..Setup::new() }
}

/// Types of messages.
fn kinds(messages: &[(u64, Vec<u8>)]) -> String {
    messages.iter().map(|(_, message)| char::from(message[0])).collect()
}

#[test]
fn both_lines_carry_what_happens_whoever_they_go_to() {
    let (group, alone) = (Listener::in_group(), Listener::alone());
    let folder = Folder::new();
    let venue = Venue::start(&with([&group, &alone]), &folder.join("data"));
    assert_eq!(venue.told("feed A on "), group.to);
    assert_eq!(venue.told("feed B on "), alone.to);
    let mut p1 = Broker::login_fresh(venue.address(), "P1");
    assert_eq!(p1.ask(&sell(1).shares(300).bytes()).kind(), 'A');
    let mut p2 = Broker::login_fresh(venue.address(), "P2");
    p2.send(&buy(1).shares(100).bytes());
    assert_eq!(p2.replies(2)[1].kind(), 'E');
    // Start of messages, two securities, two phases, an order and an execution.
    let heard = group.messages_to(11);
    assert_eq!(heard, alone.messages_to(11));
    let numbers: Vec<u64> = heard.iter().map(|(number, _)| *number).collect();
    assert_eq!(numbers, (1..=11).collect::<Vec<u64>>());
    assert_eq!(kinds(&heard), "SRHYRHYSSAE", "{heard:02x?}");
    let status = venue.status();
    assert_eq!(status["feed"]["next"], 12, "{status}");
    for (line, to) in [(0, &group.to), (1, &alone.to)] {
        let line = &status["feed"]["lines"][line];
        assert_eq!((&line["messages"], &line["dropped"]), (&11.into(), &0.into()));
        assert_eq!(line["to"], to.as_str());
    }
}

#[test]
fn a_line_is_never_silent_for_longer_than_a_second() {
    let (one, two) = (Listener::alone(), Listener::alone());
    let folder = Folder::new();
    let venue = Venue::start(&with([&one, &two]), &folder.join("data"));
    let mut last = one.messages_to(9).len();
    let mut before = std::time::Instant::now();
    for _ in 0..4 {
        let beat = one.packet();
        assert_eq!((beat.number, beat.count, beat.session.len()), (10, 0, 10));
        // It is sent in time; whether it is heard in time is up to the machine.
        assert!(beat.at - before < Duration::from_millis(1_900), "{:?}", beat.at - before);
        (before, last) = (beat.at, last + 1);
    }
    assert_eq!(last, 13);
    drop(venue);
}

#[test]
fn after_kill_minus_nine_numbers_and_bytes_go_on() {
    let (one, two) = (Listener::alone(), Listener::in_group());
    let folder = Folder::new();
    let setup = with([&one, &two]);
    let venue = Venue::start(&setup, &folder.join("data"));
    let mut p1 = Broker::login_fresh(venue.address(), "P1");
    for number in 1..=40 {
        assert_eq!(p1.ask(&buy(number).bytes()).kind(), 'A');
    }
    venue.kill();
    // The last answer may have been out when its message was not yet.
    let (mut told, mut also) = (one.messages_to(48), two.messages_to(48));
    let venue = Venue::start(&setup, &folder.join("data"));
    let mut p1 = Broker::login_with(venue.address(), &Login::new("P1").from(42));
    assert_eq!(p1.ask(&buy(41).bytes()).kind(), 'A');
    told.extend(one.messages_to(50));
    also.extend(two.messages_to(50));
    // Of the last batch nobody knows whether it was told: it is told again.
    let last = told.iter().filter(|(number, _)| *number == 49).count();
    assert!((1..=2).contains(&last), "{last}");
    for heard in [told, also] {
        let all: BTreeMap<u64, &Vec<u8>> =
            heard.iter().map(|(no, message)| (*no, message)).collect();
        assert_eq!(all.keys().copied().collect::<Vec<_>>(), (1..=50).collect::<Vec<u64>>());
        let is_same = |(number, message): &(u64, Vec<u8>)| all[number] == message;
        assert!(heard.iter().all(is_same), "a number has one message: {heard:02x?}");
        assert_eq!(all[&50][0], b'A');
    }
}

#[test]
fn a_stop_is_not_the_end_of_the_session_and_the_end_of_the_day_is() {
    let (one, two) = (Listener::alone(), Listener::alone());
    let folder = Folder::new();
    let setup = with([&one, &two]);
    let venue = Venue::start(&setup, &folder.join("data"));
    one.messages_to(9);
    venue.stop();
    while let Some(packet) = one.packet_within(Duration::from_millis(100)) {
        assert_eq!(packet.count, 0, "{packet:?}");
    }
    let venue = Venue::start(&setup, &folder.join("data"));
    venue.does("end-day", "the day is ended");
    let mut ends = Vec::new();
    while ends.len() < 3 {
        let packet = one.packet();
        if packet.count == u16::MAX {
            ends.push(packet);
        }
    }
    assert!(ends.iter().all(|end| end.number == ends[0].number && end.session == ends[0].session));
    assert!(ends[2].at - ends[0].at > Duration::from_millis(1_500), "once a second");
    venue.does("open-day", "session ");
    let first = loop {
        let packet = one.packet();
        if packet.session != ends[0].session {
            break packet;
        }
        assert_eq!(packet.count, u16::MAX);
    };
    assert_eq!(first.number, 1);
}

#[test]
fn a_line_that_goes_nowhere_keeps_the_venue_from_starting() {
    let folder = Folder::new();
    let refused = |lines: &str, words: &[&str]| {
        let setup = Setup { feed: format!("lines = [{lines}]"), ..Setup::new() };
        let Exit { code, err } =
            Venue::try_start(&setup, &folder.join("data")).expect_err("it is refused");
        assert_eq!(code, Some(1), "{err}");
        for word in words {
            assert!(err.contains(word), "not \"{word}\": {err}");
        }
    };
    refused(
        "{ group = \"239.192.27.1:1\", interface = \"203.0.113.77\" }",
        &["line A of the feed", "203.0.113.77", "ip addr", "[feed]"],
    );
    refused(
        "{ receivers = [\"nobody.invalid:1\"] }",
        &["line A of the feed", "nobody.invalid:1", "[feed]"],
    );
    refused("{ group = \"239.192.27.1:1\" }", &["feed.lines.interface: is missing"]);
}

#[test]
fn a_receiver_that_is_not_there_is_nobodys_trouble() {
    let (gone, there) = (Listener::alone(), Listener::alone());
    let folder = Folder::new();
    let setup = with([&gone, &there]);
    drop(gone);
    let venue = Venue::start(&setup, &folder.join("data"));
    let mut p1 = Broker::login_fresh(venue.address(), "P1");
    for number in 1..=50 {
        assert_eq!(p1.ask(&buy(number).bytes()).kind(), 'A');
    }
    assert_eq!(there.messages_to(59).len(), 59);
    assert_eq!(venue.status()["feed"]["next"], 60);
    let err = venue.stop();
    assert!(!err.contains("does not take packets"), "{err}");
}

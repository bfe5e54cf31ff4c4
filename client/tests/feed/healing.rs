//! What no line brought, and who has it.

use std::net::UdpSocket;
use std::thread;
use std::time::Duration;

use client::feed::State;

use crate::kit::{follow, hear, open, rest};
use crate::publisher::Publisher;

/// The second of three messages is lost on both lines.
fn lose_two(publisher: &mut Publisher) {
    publisher.tell(&[b"one"]);
    publisher.say(b"two");
    publisher.send_on(&[]);
    publisher.tell(&[b"three"]);
}

#[test]
fn what_both_lines_lost_is_asked_for_and_told_in_its_place() {
    let mut publisher = Publisher::with_groups(2);
    publisher.serve(0);
    let mut feed = follow(&publisher);
    lose_two(&mut publisher);
    let heard = hear(&mut feed, "recovered 2 to 3");
    assert_eq!(heard[1..], ["1 one", "gap 2 to 3", "2 two", "3 three", "recovered 2 to 3"]);
    assert_eq!(publisher.requests(), [(2, 1)]);
    let counts = feed.counts();
    assert_eq!((counts.gaps, counts.recovered, counts.healed_by_answers), (1, 1, 1));
    assert_eq!(feed.state(), State::Following);
}

#[test]
fn a_request_that_is_not_answered_is_asked_again() {
    let mut publisher = Publisher::with_groups(2);
    publisher.serve(3);
    let mut feed = follow(&publisher);
    lose_two(&mut publisher);
    hear(&mut feed, "recovered 2 to 3");
    let requests = publisher.requests();
    assert!(requests.len() >= 4 && requests.iter().all(|wanted| *wanted == (2, 1)), "{requests:?}");
    assert!(feed.counts().repeated >= 3);
}

#[test]
fn the_tail_is_fetched_when_a_heartbeat_tells_of_it() {
    let mut publisher = Publisher::with_groups(2);
    publisher.serve(0);
    let mut feed = follow(&publisher);
    publisher.tell(&[b"one"]);
    publisher.say(b"two");
    publisher.send_on(&[]);
    publisher.beat_on(&[0, 1]);
    assert_eq!(
        hear(&mut feed, "recovered 2 to 3")[1..],
        ["1 one", "gap 2 to 3", "2 two", "recovered 2 to 3"]
    );
}

#[test]
fn without_a_server_a_gap_waits_for_a_line() {
    let mut publisher = Publisher::with_groups(2);
    let mut feed = follow(&publisher);
    publisher.tell(&[b"one"]);
    publisher.say(b"two");
    let packet = publisher.packet();
    publisher.send_on(&[]);
    publisher.tell(&[b"three"]);
    hear(&mut feed, "gap 2 to 3");
    publisher.send_bytes(1, &packet);
    assert_eq!(hear(&mut feed, "recovered 2 to 3"), ["2 two", "3 three", "recovered 2 to 3"]);
    assert_eq!(feed.counts().healed_by_lines, 1);
}

#[test]
fn what_nobody_has_is_given_up_and_nothing_behind_it_told_before_it_is_skipped() {
    let mut publisher = Publisher::with_groups(2);
    let mut config = publisher.config();
    config.receiver.patience = Some(Duration::from_millis(50));
    let mut feed = open(&config);
    lose_two(&mut publisher);
    assert_eq!(hear(&mut feed, "gave up 2 to 3")[2..], ["gap 2 to 3", "gave up 2 to 3"]);
    publisher.tell(&[b"four"]);
    assert_eq!(rest(&mut feed), Vec::<String>::new());
    feed.skip_gap();
    assert_eq!(hear(&mut feed, "4 four"), ["3 three", "4 four"]);
}

#[test]
fn a_server_that_is_not_there_keeps_nobody_from_hearing_the_lines() {
    let mut publisher = Publisher::with_groups(2);
    let mut config = publisher.config();
    // Nobody listens there any more.
    let gone = UdpSocket::bind("127.0.0.1:0").and_then(|socket| socket.local_addr());
    config.rerequest = Some(gone.expect("a port is free"));
    config.receiver.patience = Some(Duration::from_millis(200));
    let mut feed = open(&config);
    lose_two(&mut publisher);
    hear(&mut feed, "gave up 2 to 3");
    assert!(feed.counts().requests > 0);
    let why = feed.unasked().expect("the system says that nobody is there").kind();
    assert_eq!(why, std::io::ErrorKind::ConnectionRefused);
    feed.skip_gap();
    publisher.tell(&[b"four"]);
    assert_eq!(hear(&mut feed, "4 four"), ["3 three", "4 four"]);
}

#[test]
fn answers_of_others_are_not_heard() {
    let mut publisher = Publisher::with_groups(1);
    publisher.serve(usize::MAX);
    let mut feed = follow(&publisher);
    publisher.tell(&[b"one"]);
    let forged = publisher.forged(b"two");
    publisher.say(b"two");
    publisher.send_on(&[]);
    publisher.tell(&[b"three"]);
    hear(&mut feed, "gap 2 to 3");
    let asker = loop {
        rest(&mut feed);
        if let Some(asker) = publisher.asker() {
            break asker;
        }
        thread::yield_now();
    };
    let stranger = UdpSocket::bind("127.0.0.1:0").expect("a port is free");
    stranger.send_to(&forged, ("127.0.0.1", asker.port())).expect("the loopback takes it");
    assert_eq!(rest(&mut feed), Vec::<String>::new());
    assert_eq!(feed.counts().answers.packets, 0);
}

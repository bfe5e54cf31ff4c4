//! What the lines tell of a day.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;
use std::time::Duration;

use client::Order;
use protocol_spec::wire::ouch::Symbol;
use protocol_spec::words::{OrderPrice, Shares};

use crate::kit::{
    Asker, Body, Channel, Folder, Follower, Packet, Past, Setup, Stream, Tap, Trader, Venue,
    a_day_of_everything, admin, groups, login, request, same, settle, try_admin, wait_for,
};

/// Types of every message that a venue tells.
const KINDS: &str = "ABCDEFHPQRSUXY";
/// What a machine with much else to do may add to a second.
const SLACK: Duration = Duration::from_secs(1);

/// A whole day is told, and everybody listens from its beginning.
struct Listened {
    channel: Channel,
    taps: [Tap; 2],
    folder: Folder,
}

impl Listened {
    fn new() -> Self {
        let channel = Channel::fresh();
        let taps = channel.lines.map(|line| Tap::on(line, channel.interface));
        Listened { channel, taps, folder: Folder::new() }
    }

    fn start(&self, setup: &Setup) -> Venue {
        Venue::start(setup, &self.folder.join("data"))
    }

    fn past(&self) -> Past {
        Past::read(&self.folder.join("data"), 100)
    }
}

#[test]
fn every_message_is_told_once_and_in_order_on_each_line_and_on_both() {
    let at = Listened::new();
    let lines = groups(&at.channel);
    let mut followers = [
        Follower::open(vec![lines[0]], None),
        Follower::open(vec![lines[1]], None),
        Follower::open(lines, None),
    ];
    let venue = at.start(&Setup::new(&at.channel));
    a_day_of_everything(&venue);
    Trader::new("P3", 1).trade(venue.address(), 500);
    admin(&venue, "end-day");
    let past = at.past();
    let kinds: BTreeSet<char> = past.messages.iter().map(|it| char::from(it[0])).collect();
    assert_eq!(String::from_iter(kinds), KINDS);
    for tap in &at.taps {
        let Stream { session, messages, again, .. } = tap.wait_for_end();
        assert_eq!((session, again), (past.session.clone(), 0));
        same(&messages, &past.messages);
    }
    for follower in &mut followers {
        follower.follow_to_end();
        follower.has(&past);
        assert_eq!(follower.said, [] as [String; 0], "nothing else is to be said");
    }
}

#[test]
fn packets_are_filled_as_far_as_they_may_be_and_no_further() {
    for (payload_max, largest) in [(100, 60), (1_472, 1_400), (65_507, 6_000)] {
        let at = Listened::new();
        let setup = Setup::new(&at.channel).with_feed(&format!("payload_max = {payload_max}"));
        let venue = at.start(&setup);
        let mut broker = login(&venue, "P1");
        let order = Order::buy(Shares(100), Symbol::new("AAA"), OrderPrice(90_000));
        for _ in 0..300 {
            broker.send(order).expect("the connection stands");
        }
        settle(&mut broker).expect("the connection stands");
        // One command cancels them all.
        admin(&venue, "end-day");
        let past = at.past();
        for tap in &at.taps {
            same(&tap.wait_for_end().messages, &past.messages);
            let longest = tap.heard().iter().map(|heard| heard.bytes.len()).max();
            let longest = longest.expect("packets came");
            assert!((largest..=payload_max).contains(&longest), "{longest} of {payload_max}");
        }
    }
}

#[test]
fn silence_is_filled_with_heartbeats_and_the_end_is_told_every_second() {
    let at = Listened::new();
    let venue = at.start(&Setup::new(&at.channel));
    Trader::new("P1", 3).trade(venue.address(), 20);
    let [a, b] = &at.taps;
    let count = |tap: &Tap, body: &Body| {
        let bodies = tap.heard().into_iter().map(|heard| Packet::read(&heard.bytes).body);
        bodies.filter(|it| it == body).count()
    };
    wait_for("two heartbeats", || (count(a, &Body::Heartbeat) >= 2).then_some(()));
    Trader::new("P1", 4).trade(venue.address(), 20);
    wait_for("another two", || (count(a, &Body::Heartbeat) >= 4).then_some(()));
    admin(&venue, "end-day");
    wait_for("the end, again and again", || (count(b, &Body::EndOfSession) >= 3).then_some(()));
    for tap in &at.taps {
        let heard = tap.heard();
        for pair in heard.windows(2) {
            let between = pair[1].at - pair[0].at;
            assert!(between <= Duration::from_secs(1) + SLACK, "{between:?} of silence");
            let is_pause = Packet::read(&pair[1].bytes).body;
            // The end is told at once, and then in place of heartbeats.
            let is_first_end = is_pause == Body::EndOfSession
                && Packet::read(&pair[0].bytes).body != Body::EndOfSession;
            if !matches!(is_pause, Body::Messages(_)) && !is_first_end {
                assert!(between >= Duration::from_millis(500), "{is_pause:?} after {between:?}");
            }
        }
        let stream = tap.stream();
        assert!(stream.is_over);
        same(&stream.messages, &at.past().messages);
    }
}

#[test]
fn a_day_that_has_ended_is_told_to_be_over_after_a_start_too() {
    let at = Listened::new();
    let setup = Setup::new(&at.channel);
    let venue = at.start(&setup);
    Trader::new("P1", 5).trade(venue.address(), 100);
    admin(&venue, "end-day");
    let [a, _] = &at.taps;
    a.wait_for_end();
    venue.kill();
    let past = at.past();
    a.clear();
    let venue = at.start(&setup);
    let end = wait_for("the end", || {
        let heard = a.heard();
        let packets = heard.iter().map(|heard| Packet::read(&heard.bytes));
        packets.into_iter().find(|packet| packet.body == Body::EndOfSession)
    });
    assert_eq!(end.session, past.session);
    assert_eq!(end.number, past.messages.len() as u64 + 1);
    // Somebody who comes only now.
    let mut late = Follower::of(&at.channel);
    late.follow_to_end();
    late.has(&past);
    venue.stop();
}

#[test]
fn the_next_day_begins_with_number_one() {
    let at = Listened::new();
    let mut follower = Follower::of(&at.channel);
    let venue = at.start(&Setup::new(&at.channel));
    Trader::new("P1", 6).trade(venue.address(), 100);
    admin(&venue, "end-day");
    let first = at.past();
    // Brokers and listeners are let go first.
    wait_for("the day to be over", || {
        try_admin(&venue, "open-day").starts_with("session ").then_some(())
    });
    Trader::new("P1", 7).trade(venue.address(), 100);
    admin(&venue, "end-day");
    let second = at.past();
    assert_ne!(first.session, second.session);
    follower.follow("both days", |it| it.before.len() == 1 && it.is_over);
    follower.has(&second);
    let (session, messages) = &follower.before[0];
    assert_eq!(*session, first.session);
    same(messages, &first.messages);
    // What is over is not told again.
    let asker = Asker::from(Ipv4Addr::LOCALHOST, &at.channel);
    asker.send(&request(&first.session, 1, 10));
    let answer = asker.ask(&second.session, 1, 10);
    same(answer.messages(), &second.messages[..answer.messages().len()]);
    for tap in &at.taps {
        for past in [&first, &second] {
            let told = tap.wait_for_end_of(&past.session);
            same(&told.messages, &past.messages);
            assert_eq!(told.again, 0);
        }
    }
}

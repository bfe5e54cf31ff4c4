//! Lines that are heard side by side.

use std::time::{Duration, Instant};

use client::feed::{Config, Feed, FeedConfig, Start};
use protocol_spec::words::FeedNo;

use crate::kit::{follow, hear, open, rest};
use crate::publisher::Publisher;

const SESSION: &str = "session 2026112001 from 1";

#[test]
fn each_message_is_told_once_though_two_lines_carry_it() {
    let mut publisher = Publisher::with_groups(2);
    let mut feed = follow(&publisher);
    publisher.tell(&[b"one", b"two", b"three"]);
    assert_eq!(hear(&mut feed, "3 three"), [SESSION, "1 one", "2 two", "3 three"]);
    assert_eq!(rest(&mut feed), Vec::<String>::new());
    let total = feed.counts().total();
    assert_eq!((total.packets, total.messages, total.duplicates), (6, 3, 3));
}

#[test]
fn what_one_line_loses_the_other_brings_without_a_request() {
    let mut publisher = Publisher::with_groups(2);
    publisher.serve(0);
    let mut feed = follow(&publisher);
    for (number, message) in [b"one".as_slice(), b"two", b"three", b"four"].into_iter().enumerate()
    {
        publisher.say(message);
        publisher.send_on(&[number % 2]);
    }
    publisher.tell(&[b"five"]);
    let heard = hear(&mut feed, "5 five");
    let numbered = heard.iter().filter(|word| word.starts_with(|first: char| first.is_numeric()));
    let messages = ["1 one", "2 two", "3 three", "4 four", "5 five"];
    assert_eq!(numbered.collect::<Vec<_>>(), messages, "{heard:?}");
    assert_eq!(publisher.requests(), []);
}

#[test]
fn a_line_that_falls_silent_is_told_and_so_is_its_return() {
    let mut publisher = Publisher::with_groups(2);
    let mut config = publisher.config();
    config.receiver.silence = Duration::from_millis(300);
    let mut feed = open(&config);
    publisher.tell(&[b"one"]);
    hear(&mut feed, "1 one");
    let mut heard = Vec::new();
    let start = Instant::now();
    while heard.is_empty() {
        assert!(start.elapsed() < Duration::from_secs(30), "line B is never called silent");
        publisher.beat_on(&[0]);
        heard = rest(&mut feed);
        std::thread::yield_now();
    }
    assert_eq!(heard, ["silent 1"]);
    publisher.beat_on(&[1]);
    assert_eq!(hear(&mut feed, "heard 1"), ["heard 1"]);
    assert_eq!(feed.counts().lines[1].silent, 1);
}

#[test]
fn groups_at_one_port_are_kept_apart() {
    let mut ours = Publisher::with_groups(1);
    let mut theirs = ours.beside();
    let mut feed = follow(&ours);
    let mut other = follow(&theirs);
    theirs.tell(&[b"not ours"]);
    ours.tell(&[b"ours"]);
    assert_eq!(hear(&mut feed, "1 ours"), [SESSION, "1 ours"]);
    assert_eq!(hear(&mut other, "1 not ours"), [SESSION, "1 not ours"]);
    assert_eq!(feed.counts().total().packets, 1);
}

#[test]
fn several_programs_follow_one_group() {
    let mut publisher = Publisher::with_groups(2);
    let mut feeds = [follow(&publisher), follow(&publisher), follow(&publisher)];
    publisher.tell(&[b"to all"]);
    for feed in &mut feeds {
        assert_eq!(hear(feed, "1 to all"), [SESSION, "1 to all"]);
    }
}

#[test]
fn a_line_may_be_sent_to_one_address_of_this_machine() {
    let mut publisher = Publisher::to_one();
    let mut feed = follow(&publisher);
    publisher.tell(&[b"one", b"two"]);
    assert_eq!(hear(&mut feed, "2 two"), [SESSION, "1 one", "2 two"]);
}

#[test]
fn a_datagram_that_was_cut_off_is_counted_and_what_it_held_is_fetched() {
    let mut publisher = Publisher::with_groups(1);
    publisher.serve(0);
    let mut feed = follow(&publisher);
    publisher.tell(&[b"one"]);
    publisher.say(b"two");
    let packet = publisher.packet();
    for len in 0..packet.len() {
        publisher.send_bytes(0, &packet[..len]);
    }
    publisher.tell(&[b"three"]);
    let heard = hear(&mut feed, "recovered 2 to 3");
    assert_eq!(heard, [SESSION, "1 one", "gap 2 to 3", "2 two", "3 three", "recovered 2 to 3"]);
    assert_eq!(feed.counts().lines[0].malformed, packet.len() as u64);
}

#[test]
fn the_longest_datagram_that_there_is_comes_whole() {
    let mut publisher = Publisher::with_packets(1, 65_507);
    let mut feed = follow(&publisher);
    let longest = vec![b'x'; 65_507 - 22];
    publisher.tell(&[&longest]);
    let heard = hear(&mut feed, &format!("1 {}", "x".repeat(longest.len())));
    assert_eq!(heard.len(), 2);
}

#[test]
fn what_came_while_the_program_did_other_things_is_told() {
    let mut publisher = Publisher::with_groups(2);
    let mut feed = follow(&publisher);
    for _ in 0..500 {
        publisher.tell(&[&[b'm'; 100]]);
    }
    let heard = rest(&mut feed);
    assert_eq!(heard.len(), 501, "a session and the messages");
    assert!(heard[500].starts_with("500 "));
}

#[test]
fn messages_beyond_every_bound_are_asked_for_again() {
    let mut publisher = Publisher::with_groups(1);
    publisher.serve(0);
    let mut config = publisher.config();
    // Room for a few packets in the system, and little in the receiver.
    config.receive_buffer = 4096;
    config.receiver.buffer = 128 * 1024;
    config.receiver.chunk = 200;
    let mut feed = open(&config);
    for _ in 0..3 {
        for _ in 0..1_000 {
            publisher.say(&[b'm'; 100]);
        }
        publisher.send();
    }
    publisher.end();
    let (mut told, mut over, start) = (0, false, Instant::now());
    while !over {
        assert!(start.elapsed() < Duration::from_secs(30), "{told} messages: {:?}", feed.counts());
        publisher.beat_on(&[0]);
        for word in rest(&mut feed) {
            told += u64::from(word.ends_with("mmm"));
            over |= word == "over at 3001";
        }
    }
    assert_eq!(told, 3_000);
    assert!(feed.counts().healed_by_answers > 0, "{:?}", feed.counts());
}

#[test]
fn a_feed_is_begun_where_it_is_asked_for() {
    let mut publisher = Publisher::with_groups(1);
    publisher.serve(0);
    publisher.tell(&[b"one", b"two", b"three"]);
    let from = |start, publisher: &Publisher| -> Feed {
        let config = publisher.config();
        let receiver = Config { start, ..config.receiver };
        open(&FeedConfig { receiver, ..config })
    };
    let mut first = from(Start::First, &publisher);
    let mut second = from(Start::At(FeedNo(2)), &publisher);
    let mut next = from(Start::Next, &publisher);
    publisher.tell(&[b"four"]);
    let heard = hear(&mut first, "recovered 1 to 4");
    let all = [SESSION, "gap 1 to 4", "1 one", "2 two", "3 three", "4 four", "recovered 1 to 4"];
    assert_eq!(heard, all);
    assert_eq!(hear(&mut second, "recovered 2 to 4")[2..5], ["2 two", "3 three", "4 four"]);
    assert_eq!(hear(&mut next, "4 four"), ["session 2026112001 from 4", "4 four"]);
}

#[test]
fn nothing_is_waited_for_with_a_wait_of_zero_and_as_long_as_is_said_else() {
    let publisher = Publisher::with_groups(1);
    let mut feed = follow(&publisher);
    let start = Instant::now();
    assert_eq!(feed.next(Duration::ZERO).expect("the line can be read"), None);
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
    let (start, wait) = (Instant::now(), Duration::from_millis(50));
    assert_eq!(feed.next(wait).expect("the line can be read"), None);
    assert!(start.elapsed() >= wait);
}

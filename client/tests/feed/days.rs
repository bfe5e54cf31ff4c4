//! Sessions, their ends, and what follows.

use std::time::Duration;

use client::feed::State;
use protocol_spec::wire::mold::SessionId;

use crate::kit::{follow, hear, open, rest};
use crate::publisher::Publisher;

const NEXT: SessionId = SessionId::new("2026112101");

#[test]
fn the_end_is_told_once_and_behind_every_message() {
    let mut publisher = Publisher::with_groups(2);
    publisher.serve(0);
    let mut feed = follow(&publisher);
    publisher.tell(&[b"one"]);
    publisher.say(b"two");
    publisher.send_on(&[]);
    publisher.end();
    let heard = hear(&mut feed, "over at 3");
    assert_eq!(heard[1..], ["1 one", "gap 2 to 3", "2 two", "recovered 2 to 3", "over at 3"]);
    publisher.beat_on(&[0, 1]);
    assert_eq!(rest(&mut feed), Vec::<String>::new());
    assert_eq!(feed.state(), State::Over);
}

#[test]
fn the_next_day_is_told_from_its_first_message_on() {
    let mut publisher = Publisher::with_groups(2);
    publisher.serve(0);
    let mut feed = follow(&publisher);
    publisher.tell(&[b"one"]);
    publisher.end();
    hear(&mut feed, "over at 2");
    publisher.begin(NEXT);
    publisher.say(b"uno");
    publisher.send_on(&[]);
    publisher.tell(&[b"dos"]);
    let heard = hear(&mut feed, "recovered 1 to 2");
    let session = "session 2026112101 from 1";
    assert_eq!(heard, [session, "gap 1 to 2", "1 uno", "2 dos", "recovered 1 to 2"]);
    assert_eq!(feed.session(), Some(NEXT));
}

#[test]
fn a_session_that_is_heard_is_not_left_for_another_one() {
    let mut publisher = Publisher::with_groups(1);
    let mut feed = follow(&publisher);
    publisher.tell(&[b"one"]);
    hear(&mut feed, "1 one");
    publisher.begin(NEXT);
    publisher.tell(&[b"uno"]);
    assert_eq!(hear(&mut feed, "foreign 2026112101"), ["foreign 2026112101"]);
    assert_eq!(feed.counts().lines[0].foreign, 1);
}

#[test]
fn a_session_that_died_is_left_and_that_is_said() {
    let mut publisher = Publisher::with_groups(1);
    let mut config = publisher.config();
    config.receiver.silence = Duration::from_millis(100);
    let mut feed = open(&config);
    publisher.tell(&[b"one"]);
    hear(&mut feed, "silent 0");
    publisher.begin(NEXT);
    publisher.tell(&[b"uno"]);
    let heard = hear(&mut feed, "1 uno");
    assert_eq!(heard[..2], ["abandoned 2026112001 at 2", "session 2026112101 from 1"]);
}

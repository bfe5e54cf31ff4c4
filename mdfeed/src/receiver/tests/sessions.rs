//! Sessions that begin, end, fall silent and follow one another.

use super::super::State;
use super::*;

#[test]
fn the_end_is_told_once_and_nothing_comes_after_it() {
    let mut rig = following(|_| {});
    rig.end(A, 10);
    assert_eq!(rig.told(), "end 10");
    assert_eq!((rig.receiver.state(), rig.receiver.poll_timeout()), (State::Over, None));
    rig.end(B, 10);
    rig.end(A, 10);
    rig.give(B, 8, 12);
    rig.beat(A, 20);
    rig.wait(60_000 * MS);
    assert_eq!((rig.told(), rig.asked()), (String::new(), String::new()));
    assert_eq!(rig.receiver.next_number(), Some(FeedNo(10)));
}

#[test]
fn a_session_that_is_over_when_it_is_joined_is_told_whole() {
    let mut first = rig(|_| {});
    first.end(A, 5);
    assert_eq!(first.told(), "session 2026112001 from 1, gap 1..5");
    assert_eq!(first.asked(), "1..5");
    first.give(ANSWER, 1, 5);
    assert_eq!(first.told(), "1..5, recovered 1..5, end 5");
    let mut next = rig(|config| config.start = Start::Next);
    next.end(A, 5);
    assert_eq!(next.told(), "session 2026112001 from 5, end 5");
}

#[test]
fn an_end_that_a_line_goes_beyond_was_none() {
    let mut rig = following(|_| {});
    rig.end(A, 12);
    rig.give(B, 12, 14);
    rig.give(B, 10, 12);
    assert_eq!(rig.told(), "gap 10..12, 10..14, recovered 10..12");
    rig.end(B, 14);
    assert_eq!(rig.told(), "end 14");
}

#[test]
fn an_end_that_was_wrong_is_not_told_when_its_gap_is_taken_back() {
    let mut rig = following(|_| {});
    rig.end(A, 1 << 60);
    rig.wait(51 * MS);
    rig.beat(A, 10);
    assert_eq!(rig.told(), format!("gap 10..{}, retracted 10..{0}", 1u64 << 60));
    assert_eq!(rig.receiver.state(), State::Following);
    rig.end(B, 10);
    assert_eq!(rig.told(), "end 10");
}

#[test]
fn another_session_is_foreign_while_ours_is_heard() {
    let mut rig = following(|_| {});
    let ours = rig.session;
    for name in ["OTHER", "OTHER", "THIRD", "OTHER"] {
        rig.session = other(name);
        rig.give(B, 10, 12);
    }
    assert_eq!(rig.told(), "foreign OTHER, foreign THIRD");
    assert_eq!(rig.receiver.counts().lines[1].foreign, 4);
    rig.session = ours;
    rig.give(A, 10, 12);
    assert_eq!(rig.told(), "10..12");
}

#[test]
fn who_was_away_for_long_does_not_take_a_stranger_for_the_next_session() {
    let mut rig = following(|_| {});
    let ours = rig.session;
    rig.now = rig.now + 60_000 * MS;
    rig.session = other("OTHER");
    rig.give(A, 1, 3);
    assert_eq!(rig.told(), "foreign OTHER", "nobody listened: that is no silence");
    rig.session = ours;
    rig.give(A, 10, 12);
    assert_eq!(rig.told(), "10..12");
}

#[test]
fn only_the_first_few_foreign_sessions_are_told() {
    let mut rig = following(|_| {});
    for number in 0..100 {
        rig.session = other(&number.to_string());
        rig.beat(A, 1);
    }
    assert_eq!(rig.told().split(", ").count(), 8);
    assert_eq!(rig.receiver.counts().lines[0].foreign, 100);
}

#[test]
fn the_next_session_begins_with_its_first_message_when_ours_is_over() {
    let mut rig = following(|config| config.start = at(1));
    rig.end(A, 10);
    let old = rig.session;
    rig.session = other("2026112101");
    rig.give(A, 3, 5);
    assert_eq!(rig.told(), "end 10, session 2026112101 from 1, gap 1..3");
    assert_eq!(rig.asked(), "1..3");
    // The old one may still be repeating its end on the other line.
    let new = std::mem::replace(&mut rig.session, old);
    rig.end(B, 10);
    assert_eq!(rig.told(), "");
    rig.session = new;
    rig.give(B, 1, 4);
    assert_eq!(rig.told(), "1..5, recovered 1..3");
}

#[test]
fn a_session_that_is_over_is_never_followed_again() {
    let mut rig = following(|_| {});
    rig.end(A, 10);
    let old = rig.session;
    rig.session = other("2026112101");
    rig.give(A, 1, 2);
    rig.wait(10_000 * MS);
    rig.session = old;
    rig.give(A, 1, 10);
    let told = rig.told();
    assert_eq!(told, "end 10, session 2026112101 from 1, 1..2, silent 0, silent 1");
}

#[test]
fn a_session_that_fell_silent_is_left_for_another_one() {
    let mut rig = following(|_| {});
    let old = rig.session;
    rig.give(A, 12, 13);
    rig.wait(2000 * MS);
    rig.beat(B, 13);
    rig.wait(1500 * MS);
    rig.session = other("2026112101");
    rig.give(A, 1, 3);
    let told = rig.told();
    assert_eq!(told, "gap 10..12, silent 0, foreign 2026112101", "line B was heard");
    rig.wait(1500 * MS);
    rig.give(A, 3, 5);
    let told = rig.told();
    let begun =
        "silent 1, abandoned 2026112001 at 10, session 2026112101 from 1, heard 0, gap 1..3";
    assert_eq!(told, begun);
    assert_eq!(rig.receiver.waiting_bytes(), packet_bytes(3, 5), "what was held is forgotten");
    rig.give(ANSWER, 1, 3);
    assert_eq!(rig.told(), "1..5, recovered 1..3");
    rig.session = old;
    rig.give(B, 10, 14);
    assert_eq!(rig.told(), "foreign 2026112001");
}

/// What a receiver counts for a packet that it holds.
fn packet_bytes(first: u64, end: u64) -> usize {
    packet(other(""), first, (end - first) as u16).len() - Header::LEN + 128
}

#[test]
fn a_session_whose_end_could_not_be_told_is_abandoned() {
    let mut rig = following(|_| {});
    rig.end(A, 15);
    rig.wait(3000 * MS);
    rig.session = other("2026112101");
    rig.give(A, 1, 3);
    let told = rig.told();
    let left = "abandoned 2026112001 at 10, session 2026112101 from 1";
    assert_eq!(told, format!("gap 10..15, silent 0, silent 1, {left}, heard 0, 1..3"));
}

#[test]
fn a_session_that_is_wanted_is_waited_for() {
    let wanted = other("2026112101");
    let mut rig = rig(|config| config.session = Some(wanted));
    rig.give(A, 1, 3);
    rig.wait(60_000 * MS);
    rig.give(A, 3, 5);
    assert_eq!(rig.told(), "foreign 2026112001, silent 0, silent 1");
    assert_eq!(rig.receiver.state(), State::Waiting);
    rig.session = wanted;
    rig.give(A, 1, 2);
    assert_eq!(rig.told(), "session 2026112101 from 1, heard 0, 1..2");
}

#[test]
fn an_answer_begins_no_session() {
    let mut rig = rig(|_| {});
    rig.give(ANSWER, 1, 3);
    assert_eq!(rig.told(), "foreign 2026112001");
    rig.give(A, 1, 3);
    assert_eq!(rig.told(), "session 2026112001 from 1, 1..3");
    rig.end(A, 3);
    rig.session = other("2026112101");
    rig.give(ANSWER, 1, 3);
    assert_eq!(rig.told(), "end 3, foreign 2026112101");
    assert_eq!(rig.receiver.counts().answers.foreign, 2);
}

#[test]
fn each_line_falls_silent_once_and_is_heard_again_once() {
    let mut rig = following(|_| {});
    assert_eq!(rig.wait_for_deadline(), Some(3000 * MS));
    assert_eq!(rig.told(), "silent 0, silent 1");
    assert_eq!(rig.wait_for_deadline(), None);
    rig.wait(60_000 * MS);
    assert_eq!(rig.told(), "");
    rig.give(B, 10, 12);
    rig.give(B, 12, 13);
    assert_eq!(rig.told(), "heard 1, 10..13");
    assert_eq!(rig.wait_for_deadline(), Some(3000 * MS));
    assert_eq!(rig.told(), "silent 1");
    let counts = rig.receiver.counts();
    assert_eq!((counts.lines[0].silent, counts.lines[1].silent), (1, 2));
}

#[test]
fn a_line_that_was_never_heard_is_silent_too() {
    let mut rig = rig(|_| {});
    rig.wait(2999 * MS);
    rig.give(A, 1, 2);
    assert_eq!(rig.told(), "session 2026112001 from 1, 1..2");
    rig.wait(MS);
    assert_eq!(rig.told(), "silent 1");
}

//! Messages in order, from whatever line.

use super::super::State;
use super::*;

#[test]
fn packets_in_order_are_told_as_they_come() {
    let mut rig = rig(|_| {});
    assert_eq!(rig.receiver.state(), State::Waiting);
    rig.give(A, 1, 4);
    assert_eq!(rig.told(), "session 2026112001 from 1, 1..4");
    rig.give(A, 4, 5);
    assert_eq!(rig.told(), "4..5");
    assert_eq!(rig.receiver.next_number(), Some(FeedNo(5)));
    assert_eq!(rig.receiver.session(), Some(rig.session));
    assert_eq!(rig.receiver.state(), State::Following);
    assert_eq!(rig.asked(), "");
}

#[test]
fn packets_that_were_not_polled_between_are_told_as_one_run() {
    let mut rig = following(|_| {});
    rig.give(A, 10, 14);
    rig.give(B, 12, 16);
    rig.give(A, 16, 17);
    assert_eq!(rig.told(), "10..17");
}

#[test]
fn each_message_is_told_once_however_the_lines_cut_their_packets() {
    let mut rig = rig(|_| {});
    for (origin, first, end) in [(A, 1, 3), (B, 1, 5), (A, 3, 8), (B, 5, 6), (B, 6, 9), (A, 8, 9)] {
        rig.give(origin, first, end);
    }
    assert_eq!(rig.told(), "session 2026112001 from 1, 1..9");
    let counts = rig.receiver.counts();
    assert_eq!((counts.lines[0].messages, counts.lines[0].duplicates), (2 + 3, 3));
    assert_eq!((counts.lines[1].messages, counts.lines[1].duplicates), (2 + 1, 5));
    assert_eq!((counts.total().packets, counts.total().messages, counts.gaps), (6, 8, 0));
}

#[test]
fn a_run_has_the_bytes_of_its_messages_as_records() {
    let mut rig = rig(|_| {});
    let packet = packet(rig.session, 1, 12);
    rig.receiver.on_packet(rig.now, A, &packet);
    assert!(matches!(rig.receiver.poll_event(), Some(Event::Session(..))));
    let Some(Event::Messages(mut run)) = rig.receiver.poll_event() else {
        panic!("messages follow");
    };
    assert_eq!((run.records(), run.len()), (&packet[Header::LEN..], 12));
    let copy = run.clone();
    assert_eq!(run.by_ref().take(5).count(), 5);
    assert_eq!((run.first(), run.end(), run.len()), (FeedNo(6), FeedNo(13), 7));
    assert_eq!(copy.len(), 12, "a copy is taken from the start");
    assert_eq!(run.last().map(|(number, _)| number), Some(FeedNo(12)));
}

#[test]
fn a_heartbeat_with_the_next_number_changes_nothing() {
    let mut rig = following(|_| {});
    rig.beat(A, 10);
    rig.beat(B, 10);
    rig.beat(B, 4);
    assert_eq!((rig.told(), rig.asked()), (String::new(), String::new()));
    assert_eq!(rig.receiver.state(), State::Following);
}

#[test]
fn a_receiver_begins_where_it_is_told_to() {
    for (start, session, asked) in [
        (Start::First, "session 2026112001 from 1, gap 1..7", "1..7"),
        (Start::Next, "session 2026112001 from 7, 7..9", ""),
        (at(3), "session 2026112001 from 3, gap 3..7", "3..7"),
        (at(7), "session 2026112001 from 7, 7..9", ""),
        (at(8), "session 2026112001 from 8, 8..9", ""),
        (at(20), "session 2026112001 from 20", ""),
    ] {
        let mut rig = rig(|config| config.start = start);
        rig.give(A, 7, 9);
        assert_eq!((&*rig.told(), &*rig.asked()), (session, asked), "{start:?}");
    }
}

#[test]
fn a_receiver_that_begins_ahead_of_the_feed_waits_until_it_is_there() {
    let mut rig = rig(|config| config.start = at(20));
    rig.give(A, 7, 19);
    rig.give(A, 19, 23);
    assert_eq!(rig.told(), "session 2026112001 from 20, 20..23");
    assert_eq!(rig.receiver.counts().gaps, 0);
}

#[test]
fn a_heartbeat_is_enough_to_begin_with_what_comes_next() {
    let mut rig = rig(|config| config.start = Start::Next);
    rig.beat(A, 7);
    rig.give(B, 5, 9);
    assert_eq!(rig.told(), "session 2026112001 from 7, 7..9");
}

#[test]
fn what_is_no_packet_is_counted_and_changes_nothing() {
    let mut rig = following(|_| {});
    let good = packet(rig.session, 10, 3);
    let zero = packet(rig.session, 0, 1);
    let mut last = packet(rig.session, 10, 1);
    last[10..18].fill(0xFF);
    let long = [&*good, b"x"].concat();
    for bad in [&good[..good.len() - 1], &good[..19], &[], &zero, &last, &long] {
        rig.receiver.on_packet(rig.now, B, bad);
    }
    assert_eq!(rig.told(), "");
    assert_eq!(rig.receiver.counts().lines[1].malformed, 6);
    assert_eq!(rig.receiver.next_number(), Some(FeedNo(10)));
    rig.give(A, 10, 13);
    assert_eq!(rig.told(), "10..13");
}

#[test]
#[should_panic(expected = "index out of bounds")]
fn a_line_that_there_is_not_is_a_mistake_of_the_owner() {
    rig(|_| {}).beat(Origin::Line(2), 1);
}

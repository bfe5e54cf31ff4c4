//! What is asked for, when, and how often.

use super::*;

#[test]
fn a_gap_is_asked_for_at_once_when_every_line_is_past_it() {
    let mut rig = following(|_| {});
    rig.give(A, 12, 15);
    assert_eq!(rig.asked(), "", "line B may bring it");
    rig.give(B, 12, 13);
    assert_eq!(rig.asked(), "10..12");
    rig.give(A, 18, 19);
    rig.give(B, 16, 17);
    assert_eq!(rig.asked(), "15..16", "line B is not past 17");
}

#[test]
fn a_gap_is_asked_for_after_the_grace_when_a_line_is_behind() {
    let mut rig = following(|_| {});
    rig.give(A, 12, 15);
    assert_eq!(rig.wait_for_deadline(), Some(2 * MS));
    assert_eq!(rig.asked(), "10..12");
    // What is noticed later waits as long.
    rig.wait(MS);
    rig.give(A, 16, 18);
    assert_eq!(rig.asked(), "");
    assert_eq!(rig.wait_for_deadline(), Some(2 * MS));
    assert_eq!(rig.asked(), "15..16");
}

#[test]
fn a_line_that_is_silent_or_was_never_heard_is_not_waited_for() {
    let mut one = rig(|_| {});
    one.give(A, 5, 6);
    assert_eq!(one.asked(), "1..5", "line B was never heard");
    let mut rig = following(|_| {});
    for _ in 0..3 {
        rig.wait(1000 * MS);
        rig.beat(A, 10);
    }
    assert_eq!(rig.told(), "silent 1");
    rig.give(A, 12, 13);
    assert_eq!(rig.asked(), "10..12");
}

#[test]
fn a_large_gap_is_asked_for_in_chunks_several_at_a_time() {
    let mut rig = rig(|config| (config.chunk, config.in_flight) = (10, 3));
    rig.give(A, 101, 102);
    assert_eq!(rig.asked(), "1..11, 11..21, 21..31");
    rig.give(ANSWER, 11, 21);
    assert_eq!(rig.asked(), "31..41");
    // The first messages that fit a packet: the rest is asked for anew.
    rig.give(ANSWER, 1, 5);
    assert_eq!(rig.asked(), "5..11");
    rig.give(ANSWER, 5, 11);
    assert_eq!(rig.told(), "session 2026112001 from 1, gap 1..101, 1..21");
}

#[test]
fn every_hole_is_asked_for_and_nothing_that_is_held() {
    let mut rig = following(|config| config.lines = 1);
    rig.give(A, 12, 15);
    rig.give(A, 18, 20);
    rig.beat(A, 25);
    assert_eq!(rig.asked(), "10..12, 15..18, 20..25");
    assert_eq!(rig.asked(), "", "each once");
    rig.give(A, 15, 17);
    rig.wait(20 * MS);
    let mut again: Vec<String> = rig.asked().split(", ").map(String::from).collect();
    again.sort();
    assert_eq!(again, ["10..12", "17..18", "20..25"], "what came is not asked for again");
}

#[test]
fn a_request_is_repeated_after_a_time_that_doubles_up_to_the_longest() {
    for seed in 0..50 {
        let mut rig = following(|config| (config.lines, config.seed) = (1, seed));
        rig.give(A, 12, 15);
        assert_eq!(rig.asked(), "10..12");
        for base in [20, 40, 80, 160, 320, 640, 1000, 1000] {
            let asked = rig.now;
            while rig.asked().is_empty() {
                rig.wait_for_deadline();
                rig.beat(A, 15);
            }
            let waited = rig.now - asked;
            assert!(waited >= base * MS / 2 && waited <= base * MS, "seed {seed}: {waited:?}");
        }
        let counts = rig.receiver.counts();
        assert_eq!((counts.requests, counts.repeated), (9, 8));
    }
}

#[test]
fn receivers_of_other_seeds_wait_otherwise_and_of_the_same_seed_alike() {
    let wait = |seed| {
        let mut rig = following(|config| (config.lines, config.seed) = (1, seed));
        rig.give(A, 12, 15);
        rig.asked();
        rig.wait_for_deadline()
    };
    let mut waits: Vec<_> = (0..100).map(wait).collect();
    assert!(waits.iter().zip(0..).all(|(first, seed)| *first == wait(seed)));
    waits.sort();
    waits.dedup();
    assert!(waits.len() > 90, "{}", waits.len());
}

#[test]
fn what_a_line_brings_after_all_is_not_asked_for_again() {
    let mut rig = following(|config| config.lines = 1);
    rig.give(A, 12, 15);
    assert_eq!(rig.asked(), "10..12");
    rig.give(A, 10, 12);
    rig.wait(100 * MS);
    assert_eq!((&*rig.told(), &*rig.asked()), ("gap 10..12, 10..15, recovered 10..12", ""));
    rig.give(ANSWER, 10, 12);
    assert_eq!(rig.told(), "");
    assert_eq!(rig.receiver.counts().answers.duplicates, 2);
}

#[test]
fn an_answer_to_what_nobody_claimed_is_not_held() {
    let mut rig = following(|config| config.lines = 1);
    rig.give(A, 12, 15);
    rig.give(ANSWER, 1000, 1005);
    rig.give(A, 10, 12);
    assert_eq!(rig.told(), "gap 10..12, 10..15, recovered 10..12");
    assert_eq!(rig.receiver.waiting_bytes(), 0);
}

#[test]
fn who_cannot_ask_does_not() {
    let mut rig = following(|config| (config.lines, config.can_ask) = (1, false));
    rig.give(A, 12, 15);
    rig.wait(1000 * MS);
    assert_eq!(rig.asked(), "");
    let counts = rig.receiver.counts();
    assert_eq!((counts.requests, counts.gaps), (0, 1));
}

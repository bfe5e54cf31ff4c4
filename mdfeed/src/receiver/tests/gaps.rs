//! Gaps: found, healed, taken back, given up.

use super::super::{Gap, State};
use super::*;

fn gap(first: u64, end: u64) -> Gap {
    Gap { first: FeedNo(first), end: FeedNo(end) }
}

#[test]
fn a_packet_too_early_is_a_gap_and_waits_for_the_other_line() {
    let mut rig = following(|_| {});
    rig.give(A, 12, 15);
    assert_eq!(rig.told(), "gap 10..12");
    assert_eq!(rig.receiver.state(), State::Missing(gap(10, 12)));
    rig.give(B, 10, 13);
    assert_eq!(rig.told(), "10..15, recovered 10..12");
    assert_eq!(rig.receiver.state(), State::Following);
    let counts = rig.receiver.counts();
    assert_eq!((counts.gaps, counts.recovered, counts.healed_by_lines), (1, 1, 2));
    assert_eq!((counts.lines[0].gaps, counts.lines[1].gaps, counts.requests), (1, 0, 0));
    // Message 12 came twice, and was told as line B brought it.
    assert_eq!((counts.lines[0].duplicates, counts.lines[1].messages), (1, 3));
}

#[test]
fn a_heartbeat_that_names_a_higher_number_is_a_gap() {
    let mut rig = following(|_| {});
    rig.beat(B, 13);
    assert_eq!(rig.told(), "gap 10..13");
    rig.give(A, 10, 13);
    assert_eq!(rig.told(), "10..13, recovered 10..13");
}

#[test]
fn an_end_of_session_that_names_a_higher_number_is_a_gap_and_waits_for_it() {
    let mut rig = following(|_| {});
    rig.end(A, 12);
    rig.end(B, 12);
    assert_eq!((&*rig.told(), &*rig.asked()), ("gap 10..12", "10..12"));
    rig.give(ANSWER, 10, 12);
    assert_eq!(rig.told(), "10..12, recovered 10..12, end 12");
    assert_eq!(rig.receiver.counts().healed_by_answers, 2);
}

#[test]
fn gaps_behind_one_another_are_told_one_after_the_other() {
    let mut rig = following(|_| {});
    rig.give(A, 12, 13);
    rig.give(A, 15, 16);
    rig.beat(A, 18);
    assert_eq!(rig.told(), "gap 10..12");
    rig.give(B, 10, 12);
    assert_eq!(rig.told(), "10..13, recovered 10..12, gap 13..15");
    rig.give(B, 13, 15);
    assert_eq!(rig.told(), "13..16, recovered 13..15, gap 16..18");
    rig.give(B, 16, 18);
    assert_eq!(rig.told(), "16..18, recovered 16..18");
}

#[test]
fn a_gap_that_fills_in_parts_is_recovered_with_its_last_message() {
    let mut rig = following(|_| {});
    rig.give(A, 20, 21);
    assert_eq!(rig.told(), "gap 10..20");
    rig.give(B, 14, 16);
    assert_eq!(rig.told(), "", "nothing behind a gap is told");
    rig.give(ANSWER, 10, 12);
    assert_eq!(rig.told(), "10..12");
    rig.give(B, 12, 14);
    assert_eq!(rig.told(), "12..16");
    rig.give(ANSWER, 15, 20);
    assert_eq!(rig.told(), "16..21, recovered 10..20");
    let counts = rig.receiver.counts();
    assert_eq!((counts.healed_by_lines, counts.healed_by_answers), (2 + 2, 2 + 4));
}

#[test]
fn what_overlaps_is_held_once_however_it_came() {
    let mut rig = following(|_| {});
    for (origin, first, end) in
        [(A, 20, 25), (B, 12, 14), (A, 13, 22), (B, 24, 27), (A, 11, 30), (B, 11, 30), (A, 15, 16)]
    {
        rig.give(origin, first, end);
    }
    assert_eq!(rig.told(), "gap 10..20");
    let total = rig.receiver.counts().total();
    assert_eq!(total.duplicates, 9 + 3 + 1 + 15 + 19 + 1);
    rig.give(B, 10, 11);
    assert_eq!(rig.told(), "10..30, recovered 10..20");
    assert_eq!(rig.receiver.waiting_bytes(), 0, "nothing is left");
}

#[test]
fn one_wrong_packet_does_not_make_a_gap_for_ever() {
    let mut rig = following(|_| {});
    rig.give(A, 1 << 60, (1 << 60) + 2);
    assert_eq!(rig.told(), format!("gap 10..{}", 1u64 << 60));
    rig.give(A, 10, 12);
    assert_eq!(rig.told(), "10..12", "an earlier packet may merely be late");
    rig.wait(51 * MS);
    rig.beat(A, 12);
    assert_eq!(rig.told(), format!("retracted 10..{}", 1u64 << 60));
    assert_eq!((rig.receiver.state(), rig.receiver.waiting_bytes()), (State::Following, 0));
    assert_eq!(rig.asked(), "");
    rig.give(B, 12, 14);
    assert_eq!(rig.told(), "12..14");
    assert_eq!(rig.receiver.counts().retracted, 1);
}

#[test]
fn what_is_missing_when_a_gap_is_taken_back_is_a_gap_of_its_own() {
    let mut rig = following(|_| {});
    rig.beat(A, 1 << 60);
    rig.give(B, 12, 14);
    rig.wait(51 * MS);
    rig.beat(A, 14);
    assert_eq!(rig.told(), format!("gap 10..{}, retracted 10..{0}, gap 10..12", 1u64 << 60));
    rig.give(A, 10, 12);
    assert_eq!(rig.told(), "10..14, recovered 10..12");
}

#[test]
fn a_packet_that_was_told_long_ago_takes_nothing_back() {
    let mut rig = following(|_| {});
    rig.give(A, 12, 14);
    rig.wait(51 * MS);
    rig.give(A, 1, 10);
    rig.beat(A, 5);
    assert_eq!(rig.told(), "gap 10..12");
    rig.give(B, 10, 12);
    assert_eq!(rig.told(), "10..14, recovered 10..12");
}

#[test]
fn what_waits_for_a_packet_that_is_very_late_is_told_with_it() {
    let mut rig = following(|config| config.lines = 1);
    rig.give(A, 12, 14);
    rig.wait(500 * MS);
    rig.give(A, 10, 12);
    assert_eq!(rig.told(), "gap 10..12, 10..14, recovered 10..12");
}

#[test]
fn a_line_that_dies_does_not_speak_against_one_that_is_heard() {
    let mut rig = following(|_| {});
    rig.beat(A, 1 << 60);
    for _ in 0..3 {
        rig.wait(1000 * MS);
        rig.beat(B, 10);
    }
    let told = rig.told();
    assert_eq!(told, format!("gap 10..{}, silent 0, retracted 10..{0}", 1u64 << 60));
    rig.beat(A, 10);
    assert_eq!(rig.told(), "heard 0");
}

#[test]
fn a_gap_is_given_up_when_nothing_of_it_has_come_for_too_long() {
    let mut rig = following(|config| config.patience = Some(500 * MS));
    rig.give(A, 12, 15);
    rig.give(B, 14, 16);
    rig.beat(A, 18);
    rig.wait(400 * MS);
    rig.give(ANSWER, 10, 11);
    rig.wait(499 * MS);
    assert_eq!(rig.told(), "gap 10..12, 10..11", "something of it came");
    assert!(!rig.asked().is_empty());
    rig.wait(MS);
    assert_eq!(rig.told(), "gave up 11..12");
    assert_eq!(rig.receiver.state(), State::GaveUp(gap(11, 12)));
    assert_eq!(rig.asked(), "");
    // Even if it comes after all: that it does not was told.
    rig.give(B, 11, 13);
    assert_eq!(rig.told(), "");
    rig.receiver.skip_gap(rig.now);
    assert_eq!(rig.told(), "12..16, gap 16..18");
    rig.wait(500 * MS);
    rig.receiver.skip_gap(rig.now);
    rig.receiver.skip_gap(rig.now);
    assert_eq!(rig.told(), "gave up 16..18");
    assert_eq!(rig.receiver.state(), State::Following);
    let counts = rig.receiver.counts();
    assert_eq!((counts.gaps, counts.gave_up, counts.recovered), (2, 2, 0));
}

#[test]
fn each_gap_has_patience_from_when_it_could_first_be_seen() {
    let mut rig = following(|config| {
        config.patience = Some(500 * MS);
        config.can_ask = false;
    });
    for first in [12, 15] {
        rig.give(A, first, first + 1);
    }
    rig.wait(400 * MS);
    rig.give(A, 18, 19);
    rig.wait(99 * MS);
    assert_eq!(rig.told(), "gap 10..12");
    rig.wait(MS);
    rig.receiver.skip_gap(rig.now);
    assert_eq!(rig.told(), "gave up 10..12, 12..13, gap 13..15");
    assert_eq!(rig.wait_for_deadline(), Some(Duration::ZERO), "it was seen as early");
    rig.receiver.skip_gap(rig.now);
    assert_eq!(rig.told(), "gave up 13..15, 15..16, gap 16..18");
    rig.wait(399 * MS);
    assert_eq!(rig.told(), "", "it was seen later");
    rig.wait(MS);
    assert_eq!(rig.told(), "gave up 16..18");
}

#[test]
fn a_gap_that_was_given_up_is_retracted_if_there_was_none() {
    let mut rig = following(|config| config.patience = Some(500 * MS));
    rig.beat(A, 1 << 60);
    rig.wait(500 * MS);
    rig.give(B, 10, 12);
    let gap = format!("gap 10..{}, gave up 10..{0}", 1u64 << 60);
    assert_eq!(rig.told(), gap);
    rig.beat(A, 12);
    assert_eq!(rig.told(), format!("retracted 10..{}, 10..12", 1u64 << 60));
}

#[test]
fn nothing_is_skipped_unless_it_was_given_up() {
    let mut rig = following(|_| {});
    rig.receiver.skip_gap(rig.now);
    rig.give(A, 12, 15);
    rig.receiver.skip_gap(rig.now);
    assert_eq!(rig.told(), "gap 10..12");
    assert_eq!(rig.receiver.next_number(), Some(FeedNo(10)));
}

#[test]
fn a_patient_receiver_waits_for_ever() {
    let mut rig = following(|config| config.can_ask = false);
    rig.give(A, 12, 15);
    for _ in 0..1000 {
        rig.wait(1000 * MS);
        rig.beat(A, 15);
        rig.beat(B, 15);
    }
    assert_eq!((&*rig.told(), &*rig.asked()), ("gap 10..12", ""));
}

//! What is kept is bounded, whatever comes and whoever listens.

use super::super::queue::EVENTS;
use super::*;

const BUFFER: usize = 64 * 1024;

fn small() -> Rig {
    following(|config| (config.lines, config.buffer) = (1, BUFFER))
}

#[test]
fn what_is_farthest_goes_first_when_too_much_is_held_and_is_fetched_again() {
    let mut rig = small();
    for first in (12..6000).step_by(10) {
        rig.give(A, first, first + 10);
        assert!(rig.receiver.waiting_bytes() <= BUFFER);
    }
    let counts = rig.receiver.counts();
    assert!(counts.crowded > 100, "{counts:?}");
    assert_eq!(rig.told(), "gap 10..12");
    rig.give(ANSWER, 10, 12);
    let told = rig.told();
    assert!(told.starts_with("10..") && told.contains("recovered 10..12, gap"), "{told}");
    let mut rounds = 0;
    while rig.receiver.next_number() < Some(FeedNo(6002)) {
        while let Some(request) = rig.receiver.poll_request(rig.now) {
            rig.give(ANSWER, request.number.0, request.number.0 + u64::from(request.count));
            assert!(rig.receiver.waiting_bytes() <= BUFFER);
        }
        rig.told();
        // Answers that found the queue full come again.
        rig.wait(20 * MS);
        rounds += 1;
        assert!(rounds < 100, "each round tells something: {:?}", rig.receiver.state());
    }
    assert!(rounds > 1, "the queue was full in between");
    assert_eq!((rig.asked(), rig.receiver.waiting_bytes()), (String::new(), 0));
}

#[test]
fn what_is_dropped_for_want_of_room_is_not_asked_for_in_a_circle() {
    let mut rig = small();
    for first in (12..2000).step_by(10) {
        rig.give(A, first, first + 10);
    }
    rig.beat(A, 4000);
    let mut asked = 0;
    // The server answers whatever is asked for at once, except what is missing first.
    for _ in 0..1000 {
        let Some(request) = rig.receiver.poll_request(rig.now) else { break };
        asked += 1;
        if request.number.0 >= 12 {
            rig.give(ANSWER, request.number.0, request.number.0 + u64::from(request.count));
        }
    }
    assert!(asked < 10, "{asked} requests at one time");
}

#[test]
fn who_does_not_listen_keeps_what_fits_and_gets_the_rest_again() {
    let mut rig = small();
    for first in (10..6000).step_by(10) {
        rig.give(A, first, first + 10);
        assert!(rig.receiver.waiting_bytes() <= BUFFER);
    }
    assert!(rig.receiver.counts().crowded > 100);
    let next = rig.receiver.next_number().expect("it follows");
    assert_eq!(rig.told(), format!("10..{next}"));
    rig.beat(A, 6000);
    assert_eq!(rig.told(), format!("gap {next}..6000"));
}

#[test]
fn a_packet_that_sets_much_free_keeps_to_the_bound() {
    let mut rig = small();
    for first in (2000..8000).step_by(30) {
        rig.give(A, first, first + 30);
    }
    // Longer than what is free.
    rig.give(A, 10, 2000);
    assert!(rig.receiver.waiting_bytes() <= BUFFER);
    assert!(rig.told().starts_with("gap 10..2000, 10..2"));
}

#[test]
fn events_that_nobody_takes_are_bounded() {
    let mut rig = following(|_| {});
    for first in (10..10_000).step_by(4) {
        rig.give(A, first + 2, first + 4);
        rig.give(B, first, first + 2);
        rig.wait(4000 * MS);
    }
    let told = rig.told();
    let count = told.split(", ").count();
    assert!((EVENTS..EVENTS + 8).contains(&count), "{count} events");
    rig.beat(A, 10_000);
    assert_eq!(rig.told().split(' ').next_back(), Some(&*format!("{}..10000", next_of(&rig))));
}

fn next_of(rig: &Rig) -> u64 {
    rig.receiver.next_number().expect("it follows").0
}

#[test]
fn a_receiver_that_could_not_work_is_a_mistake_of_the_owner() {
    let breaks: [fn(&mut Config); 8] = [
        |config| config.lines = 0,
        |config| config.lines = 9,
        |config| config.in_flight = 0,
        |config| config.chunk = 0,
        |config| config.chunk = END_OF_SESSION,
        |config| config.buffer = BUFFER - 1,
        |config| config.start = at(0),
        |config| config.longest_wait = Duration::ZERO,
    ];
    for (at, change) in breaks.into_iter().enumerate() {
        let made = std::panic::catch_unwind(|| rig(change));
        assert!(made.is_err(), "mistake {at}");
    }
}

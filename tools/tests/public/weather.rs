//! Receivers behind bad lines: whatever is lost, doubled or late, they have everything.

use std::thread;

use crate::kit::{
    Chance, Channel, Folder, Follower, Past, Relay, Setup, Trader, Venue, Weather,
    a_day_of_everything, admin, groups, measured, unicast, with_seed,
};

/// A day that is told through this weather.
fn day(seed: u64, weather: Weather) {
    let mut chance = Chance::of(seed);
    let channel = Channel::fresh();
    let folder = Folder::new();
    let data = folder.join("data");
    let relay = Relay::start(&channel, chance.next(), weather);
    let mut follower = Follower::open(relay.lines.map(unicast).to_vec(), Some(relay.rerequest));
    let venue = Venue::start(&Setup::new(&channel), &data);
    let address = venue.address();
    let mut traders = ["P3", "P4"].map(|user| Trader::new(user, chance.next()));
    thread::scope(|scope| {
        scope.spawn(|| follower.follow_to_end());
        a_day_of_everything(&venue);
        thread::scope(|scope| {
            for trader in &mut traders {
                scope.spawn(|| trader.trade(address, 1_500));
            }
        });
        admin(&venue, "end-day");
    });
    let past = Past::read(&data, 50);
    follower.has(&past);
    let (taken, lost) = relay.tally();
    assert!(taken > 100 && lost > taken / 20, "{lost} of {taken} packets were lost");
    let counts = follower.counts();
    assert!(counts.gaps > 0 && counts.requests > 0, "{counts:?}");
    measured(&format!(
        "{weather:?}: {} messages, {lost} of {taken} packets lost, {} gaps, {} messages by {} \
         requests",
        past.messages.len(),
        counts.gaps,
        counts.answers.messages,
        counts.requests,
    ));
}

#[test]
fn a_third_of_all_packets_may_be_lost_requests_and_answers_too() {
    with_seed(|seed| day(seed, Weather { lost: 30, bursts: 0, twice: 0, late: 0 }));
}

#[test]
fn packets_may_be_lost_by_the_dozen() {
    with_seed(|seed| day(seed, Weather { lost: 5, bursts: 3, twice: 0, late: 0 }));
}

#[test]
fn packets_may_come_twice_and_in_another_order() {
    with_seed(|seed| day(seed, Weather { lost: 8, bursts: 0, twice: 30, late: 30 }));
}

/// One bad line beside a good one costs nothing but patience: there is nobody to ask.
#[test]
fn the_other_line_heals_without_anybody_being_asked() {
    with_seed(|seed| {
        let channel = Channel::fresh();
        let folder = Folder::new();
        let data = folder.join("data");
        let weather = Weather { lost: 30, bursts: 1, twice: 5, late: 5 };
        let relay = Relay::start(&channel, seed, weather);
        let good = groups(&channel)[1];
        let mut follower = Follower::open(vec![unicast(relay.lines[0]), good], None);
        let venue = Venue::start(&Setup::new(&channel), &data);
        Trader::new("P1", seed).trade(venue.address(), 800);
        admin(&venue, "end-day");
        follower.follow_to_end();
        follower.has(&Past::read(&data, 50));
        assert_eq!(follower.counts().requests, 0);
    });
}

/// What the system does not hold for a program meanwhile is asked for.
#[test]
fn a_program_that_looks_away_misses_nothing() {
    let channel = Channel::fresh();
    let folder = Folder::new();
    let data = folder.join("data");
    let mut follower = Follower::with_room_for(4_096, &channel);
    let venue = Venue::start(&Setup::new(&channel), &data);
    Trader::new("P1", 1).trade(venue.address(), 1_000);
    admin(&venue, "end-day");
    follower.follow_to_end();
    follower.has(&Past::read(&data, 50));
    assert!(follower.counts().requests > 0, "{:?}", follower.counts());
}

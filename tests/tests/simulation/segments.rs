//! Segments that are ready late or never.

use std::time::Duration;

use appliance::config::Durability;
use protocol_spec::words::Time;
use tests::world::house::{House, Pace};
use tests::world::platter::Trouble;
use tests::world::setting::{HOUR, NOON, SECOND, three};

use crate::crashes::each;
use crate::flow;

/// A house whose segments are soon full.
fn small(seed: u64) -> House {
    let mut house = House::new(three(Durability::Disk), NOON, seed);
    house.config.journal.segment_bytes = 400 * 1024;
    house
}

#[test]
fn without_a_next_segment_nothing_is_taken_in_and_nothing_is_lost() {
    let mut house = small(1);
    house.pace = Pace::Never;
    house.open();
    house.connect_all();
    house.run(Duration::from_millis(10));
    assert!(house.is_settled());
    for _ in 0..200 {
        let mut sent = 0;
        flow::send_many(&mut house, 60, &mut sent);
        assert_eq!(house.turn(), None);
    }
    // The brokers are heard though nothing is taken in: nobody is sent away for silence.
    house.run(Duration::from_secs(1));
    let logins: u32 = house.brokers.iter().map(|broker| broker.logins).sum();
    let ends: usize = house.brokers.iter().map(|broker| broker.ends.len()).sum();
    house.run(Duration::from_secs(40));
    let waiting = house.brokers.iter().any(|broker| !broker.unanswered.is_empty());
    assert!(waiting, "the segment is full");
    let later: usize = house.brokers.iter().map(|broker| broker.ends.len()).sum();
    assert_eq!(ends, later, "{:?}", house.brokers);
    house.pace = Pace::Prompt;
    flow::settle(&mut house);
    assert_eq!(logins, house.brokers.iter().map(|broker| broker.logins).sum::<u32>());
}

#[test]
fn a_day_goes_over_many_segments_however_slow_the_service_is() {
    each(2, 2, |seed| {
        let mut house = small(seed);
        house.pace = house.prng.pick(&[Pace::Prompt, Pace::OnceIn(5), Pace::OnceIn(50)]);
        house.open();
        for _ in 0..2 {
            flow::fill(&mut house, 1_200_000);
            flow::settle(&mut house);
            house.die(Trouble::PowerLoss);
            house.open();
            house.check();
        }
        flow::settle(&mut house);
        let names = house.disk.paths("2026112001");
        assert!(names.len() > 4, "{names:?}");
    });
}

#[test]
fn the_power_may_fail_while_segments_change() {
    each(10, 10, |seed| {
        let mut house = small(seed);
        house.pace = house.prng.pick(&[Pace::Prompt, Pace::OnceIn(5), Pace::OnceIn(50)]);
        house.open();
        for _ in 0..3 {
            flow::fill(&mut house, 150_000);
            let count = house.prng.below(40);
            let aim = house.prng.pick(&["", "00000002", "next.zeroing", "00000003"]);
            house.disk.plan(aim, count, Trouble::PowerLoss);
            let mut sent = 0;
            let ended = (0..400).find_map(|_| {
                flow::send_many(&mut house, 50, &mut sent);
                house.turn()
            });
            if ended.is_none() {
                house.die(Trouble::PowerLoss);
            }
            while let Err(dead) = house.start() {
                house.die(dead.0);
            }
            house.check();
            house.disk.heal();
            flow::settle(&mut house);
        }
    });
}

#[test]
fn a_segment_of_yesterday_is_none_of_today() {
    let mut house = small(4);
    house.clock.set(Time(NOON.0 + 12 * HOUR - SECOND));
    house.pace = Pace::Never;
    house.open();
    house.connect_all();
    house.run(Duration::from_millis(500));
    let today = |house: &House| house.session() == "2026112101";
    assert!(house.run_until(Duration::from_secs(10), today));
    // What yesterday asked for is done now, what today asks for later.
    let service = house.service.as_mut().expect("it is there");
    assert!(service.step() && service.step(), "the file of replies, and a segment");
    let mut sent = 0;
    for _ in 0..2_000 {
        house.connect_all();
        flow::send_many(&mut house, 100, &mut sent);
        assert_eq!(house.turn(), None, "the process goes on");
    }
    house.run(Duration::from_secs(5));
    let unanswered = house.brokers.iter().map(|broker| broker.unanswered.len()).sum::<usize>();
    assert!(unanswered > 100, "the segment is full: {:?}", house.brokers);
    house.pace = Pace::Prompt;
    flow::settle(&mut house);
}

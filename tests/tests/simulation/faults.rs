//! A disk that fails: nothing is told of what is not kept, and everybody is told why.

use std::io::ErrorKind;
use std::time::Duration;

use appliance::config::Durability;
use appliance::start::StartError;
use appliance::venue::Outcome;
use protocol_spec::session::soup::End;
use protocol_spec::words::Time;
use tests::world::house::{Ended, House};
use tests::world::platter::{Done, Trouble};
use tests::world::setting::{HOUR, NOON, SECOND, three};

use crate::crashes::each;
use crate::flow;

/// A failure at some change of the disk.
fn failure(house: &mut House) -> Trouble {
    let kind = house.prng.pick(&[ErrorKind::StorageFull, ErrorKind::Other]);
    Trouble::Fail(kind, house.prng.pick(&[Done::Nothing, Done::Part, Done::All]))
}

/// Works until the disk fails, and says what the venue said of it.
fn fail(house: &mut House) -> String {
    let ended = flow::work(house, 3_000);
    let ended = ended.unwrap_or_else(|| house.run_to_end(Duration::from_secs(10)));
    let Ended::Itself(Outcome::Failed(reason)) = ended else {
        panic!("the disk failed, and the venue: {ended:?}")
    };
    reason
}

#[test]
fn a_failure_of_the_disk_is_the_end_of_the_run_and_not_of_the_day() {
    each(12, 12, |seed| {
        let mut house = House::new(three(Durability::Disk), NOON, seed);
        if house.prng.chance(30) {
            house.config.journal.durability = Durability::Os;
        }
        house.open();
        house.connect_all();
        house.run(Duration::from_millis(10));
        let aim = house.prng.pick(&["", "00000001.segment"]);
        let (count, trouble) = (house.prng.below(60), failure(&mut house));
        house.disk.plan(aim, count, trouble);
        fail(&mut house);
        assert!(!house.disk.heal(), "it was that failure");
        // What brokers got is kept; of a batch that was not, nothing was told.
        let record = house.record("2026112001");
        house.check_seen("2026112001", &record);
        if house.config.journal.durability == Durability::Disk && house.prng.chance(50) {
            house.disk.restart_machine();
        }
        house.open();
        house.check();
        flow::settle(&mut house);
        assert_eq!(house.session(), "2026112001", "the day goes on");
    });
}

#[test]
fn everybody_who_is_there_is_told_why() {
    let mut house = House::new(three(Durability::Disk), NOON, 1);
    house.open();
    house.connect_all();
    house.run(Duration::from_millis(10));
    assert!(house.is_settled());
    let fails = Trouble::Fail(ErrorKind::StorageFull, Done::Part);
    house.disk.plan("segment", 0, fails);
    let now = house.now();
    let order = tests::world::broker::Order::day(b'B', 100, 100_000);
    house.brokers[0].ask(now, |number| order.message(number));
    let ended = house.run_to_end(Duration::from_secs(10));
    assert!(matches!(ended, Ended::Itself(Outcome::Failed(_))), "{ended:?}");
    for broker in &house.brokers {
        let text = broker.texts.last().expect("it was told something");
        assert!(text.contains("order entry is closed") && text.contains("write"), "{text}");
        assert_eq!(broker.replies().len(), 1, "the day's opening, and nothing of the order");
    }
}

#[test]
fn a_day_whose_end_is_not_kept_is_not_told_to_have_ended() {
    for done in [Done::Nothing, Done::Part, Done::All] {
        let before = Time(NOON.0 + 12 * HOUR - SECOND);
        let mut house = House::new(three(Durability::Disk), before, 2);
        house.open();
        house.connect_all();
        house.run(Duration::from_millis(100));
        house.disk.plan("segment", 0, Trouble::Fail(ErrorKind::Other, done));
        let ended = house.run_to_end(Duration::from_secs(10));
        assert!(matches!(ended, Ended::Itself(Outcome::Failed(_))), "{ended:?}");
        for broker in &house.brokers {
            assert!(!broker.ends.contains(&End::SessionOver), "{:?}", broker.ends);
        }
    }
}

#[test]
fn a_disk_that_gets_full_closes_order_entry() {
    let mut house = House::new(three(Durability::Disk), NOON, 3);
    house.open();
    house.connect_all();
    house.run(Duration::from_secs(2));
    house.disk.set_free(1 << 30);
    house.run(Duration::from_secs(2));
    house.disk.set_free(1 << 20);
    let ended = house.run_to_end(Duration::from_secs(10));
    let Ended::Itself(Outcome::Failed(reason)) = ended else { panic!("{ended:?}") };
    assert!(reason.contains("low_disk_stop"), "{reason}");
    house.disk.set_free(1 << 40);
    house.open();
    flow::settle(&mut house);
}

#[test]
fn a_segment_that_is_not_read_whole_is_no_shorter_day() {
    let mut house = House::new(three(Durability::Disk), NOON, 4);
    house.open();
    flow::work(&mut house, 200);
    house.die(Trouble::Kill);
    house.disk.read_short(".segment");
    let opened = house.start().expect("nothing kills it");
    assert!(matches!(opened, Err(StartError::History(_))), "{opened:?}");
    house.disk.heal();
    house.open();
    flow::settle(&mut house);
}

#[test]
fn a_sync_that_fails_at_the_end_is_no_good_end() {
    let mut house = House::new(three(Durability::Os), NOON, 5);
    house.open();
    flow::work(&mut house, 200);
    flow::settle(&mut house);
    house.venue.as_mut().expect("it is there").stop();
    house.disk.plan("segment", 0, Trouble::Fail(ErrorKind::Other, Done::Nothing));
    let ended = house.run_to_end(Duration::from_secs(10));
    assert!(matches!(ended, Ended::Itself(Outcome::Failed(_))), "{ended:?}");
    house.die(Trouble::PowerLoss);
    house.open();
    assert_eq!(house.session(), "2026112002", "what the disk lost had been told");
}

/// A run under `os` whose journal is in the system's memory alone, and a sync of it that fails.
fn in_memory_alone(seed: u64, at_its_end: bool) -> House {
    let mut house = House::new(three(Durability::Os), NOON, seed);
    house.open();
    flow::work(&mut house, 200);
    flow::settle(&mut house);
    let done = house.prng.pick(&[Done::Nothing, Done::Part]);
    let failing = Trouble::Fail(ErrorKind::Other, done);
    if at_its_end {
        house.venue.as_mut().expect("it is there").stop();
        house.disk.plan("segment", 0, failing);
        let ended = house.run_to_end(Duration::from_secs(10));
        assert!(matches!(ended, Ended::Itself(Outcome::Failed(_))), "{ended:?}");
    } else {
        house.die(Trouble::Kill);
        house.disk.plan("segment", 0, failing);
        let started = house.start().expect("nothing kills it");
        assert!(started.is_err(), "what is not durable cannot be gone on with");
    }
    house.disk.heal();
    house
}

#[test]
fn what_could_not_be_made_durable_is_not_taken_for_written() {
    each(6, 6, |seed| {
        for at_its_end in [false, true] {
            for next in [Durability::Disk, Durability::Os] {
                let mut house = in_memory_alone(seed, at_its_end);
                house.config.journal.durability = next;
                house.open();
                assert_eq!(house.session(), "2026112001", "the system still has all of it");
                house.check();
                flow::settle(&mut house);
                house.stop();
                house.die(Trouble::PowerLoss);
                house.open();
                assert_eq!(house.session(), "2026112001", "and the disk has it by now");
                house.check();
            }
        }
    });
}

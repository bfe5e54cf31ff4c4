//! What the next start finds: machines that were restarted, configurations that changed, journals
//! that are nearly full.

use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

use appliance::config::Durability;
use appliance::world::Disk;
use protocol_spec::words::Time;
use tests::world::house::House;
use tests::world::platter::{Done, Trouble};
use tests::world::setting::{HOUR, NOON, config, three};

use crate::crashes::each;
use crate::flow;

/// All files of a session's journal.
fn journal(house: &House, session: &str) -> Vec<Vec<u8>> {
    let folder = house.folders.journal.join(session);
    let names = house.disk.list(&folder).expect("a folder can be listed");
    let read = |name: &String| house.disk.bytes(Path::new(&folder.join(name)));
    names.iter().map(read).collect()
}

#[test]
fn under_os_a_machine_that_was_restarted_begins_a_new_session() {
    each(6, 6, |seed| {
        let mut house = House::new(three(Durability::Os), NOON, seed);
        for incarnation in 1..=3 {
            house.open();
            assert_eq!(house.session(), format!("20261120{incarnation:02}"));
            house.connect_all();
            flow::work(&mut house, 200);
            flow::settle(&mut house);
            house.die(Trouble::PowerLoss);
            let before = journal(&house, &format!("20261120{incarnation:02}"));
            house.open();
            let after = journal(&house, &format!("20261120{incarnation:02}"));
            assert!(before == after, "the old journal is left as it is");
            let session = format!("20261120{:02}", incarnation + 1);
            assert_eq!(house.session(), session);
            flow::settle(&mut house);
            assert!(house.brokers.iter().all(|broker| broker.replies().len() == 1));
            // The next life begins with a good end of this one.
            house.stop();
        }
    });
}

#[test]
fn under_os_a_session_of_which_nothing_is_left_is_not_begun_again() {
    each(10, 10, |seed| {
        let mut house = House::new(three(Durability::Os), NOON, seed);
        house.open();
        house.connect_all();
        flow::settle(&mut house);
        house.die(Trouble::PowerLoss);
        house.open();
        assert_eq!(house.session(), "2026112002", "numbers of the first one were told");
        flow::settle(&mut house);
    });
}

#[test]
fn under_os_a_start_that_fails_does_not_hide_that_something_may_be_lost() {
    for aim in ["2026112002", "segment"] {
        let mut house = House::new(three(Durability::Os), NOON, 7);
        house.open();
        flow::work(&mut house, 300);
        house.die(Trouble::PowerLoss);
        house.disk.plan(aim, 0, Trouble::Fail(ErrorKind::StorageFull, Done::Nothing));
        let opened = house.start().expect("nothing kills it");
        assert!(opened.is_err(), "there was no room for it");
        house.disk.heal();
        house.open();
        assert_ne!(house.session(), "2026112001", "it may have lost what was told");
        flow::settle(&mut house);
    }
}

#[test]
fn under_os_a_day_goes_on_after_a_good_end_whatever_the_machine_does_then() {
    each(4, 4, |seed| {
        let mut house = House::new(three(Durability::Os), NOON, seed);
        house.config.journal.segment_bytes = 400 * 1024;
        house.open();
        for _ in 0..2 {
            flow::fill(&mut house, 700_000);
            flow::settle(&mut house);
            house.stop();
            house.die(Trouble::PowerLoss);
            house.open();
            house.check();
            assert_eq!(house.session(), "2026112001", "the day goes on");
        }
        flow::settle(&mut house);
    });
}

#[test]
fn a_clock_that_is_behind_does_not_overwrite_a_day() {
    let mut house = House::new(three(Durability::Os), NOON, 8);
    house.open();
    flow::work(&mut house, 100);
    house.stop();
    house.clock.set(Time(NOON.0 + 24 * HOUR));
    house.open();
    assert_eq!(house.session(), "2026112101");
    flow::work(&mut house, 100);
    let before = journal(&house, "2026112001");
    house.die(Trouble::PowerLoss);
    house.clock.set(NOON);
    house.open();
    assert!(journal(&house, "2026112001") == before, "an old journal is left as it is");
    assert_eq!(house.session(), "2026112102", "the session after the last one");
    flow::settle(&mut house);
    house.die(Trouble::Kill);
    house.open();
    assert_eq!(house.session(), "2026112102", "the day goes on");
    house.check();
}

#[test]
fn a_day_whose_first_write_was_torn_is_begun_again() {
    each(20, 10, |seed| {
        let mut house = House::new(three(Durability::Disk), NOON, seed);
        let count = house.prng.below(14);
        house.disk.plan("", count, Trouble::PowerLoss);
        while let Err(dead) = house.start() {
            house.die(dead.0);
        }
        assert_eq!(house.session(), "2026112001", "nobody was told of another one");
        house.disk.heal();
        flow::settle(&mut house);
    });
}

#[test]
fn a_configuration_may_take_more_than_a_segment() {
    let mut house = House::new(three(Durability::Disk), NOON, 9);
    let example = house.config.instruments[0].clone();
    let name = |at: u32| protocol_spec::wire::ouch::Symbol::new(&format!("S{at}"));
    for at in 0..14_000 {
        let mut instrument = example.clone();
        instrument.symbol = name(at);
        house.config.instruments.push(instrument);
    }
    house.config.limits.symbols = 20_000;
    house.open();
    flow::settle(&mut house);
    house.die(Trouble::Kill);
    // All of them change.
    for instrument in &mut house.config.instruments {
        instrument.collar_bps = 500;
    }
    house.open();
    house.check();
    flow::settle(&mut house);
    assert_eq!(house.session(), "2026112001", "the day goes on");
}

#[test]
fn a_start_finds_room_whatever_is_left_in_the_segment() {
    for left in 0..12 {
        let mut house = House::new(three(Durability::Disk), NOON, 10);
        house.config.journal.segment_bytes = 400 * 1024;
        house.open();
        house.connect_all();
        house.run(Duration::from_millis(10));
        // Up to the last blocks of the first segment.
        let most = 400 * 1024 - 4096 * (12 - left) + 512;
        flow::fill_to(&mut house, most as u64);
        house.die(Trouble::PowerLoss);
        house.open();
        house.check();
        flow::settle(&mut house);
    }
}

#[test]
fn ports_that_come_and_go_keep_their_numbers() {
    let mut house = House::new(three(Durability::Disk), NOON, 11);
    house.open();
    flow::work(&mut house, 200);
    flow::settle(&mut house);
    house.stop();
    let ports = house.config.ports.clone();
    house.config.ports.remove(0);
    let more = config(Durability::Disk, &[("B0", ""), ("B9", "orders_per_second = 5")], "");
    house.config.ports.splice(0..0, more.ports);
    house.open();
    house.check();
    house.die(Trouble::Kill);
    house.config.ports = ports;
    house.open();
    house.check();
    flow::settle(&mut house);
}

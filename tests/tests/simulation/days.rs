//! Days end and begin: at the venue's midnight, at a start, after clocks that jump.

use std::time::Duration;

use appliance::config::Durability;
use matcher::command::Command;
use protocol_spec::session::soup::End;
use protocol_spec::words::Time;
use tests::world::broker::Order;
use tests::world::house::{Ended, House};
use tests::world::platter::Trouble;
use tests::world::setting::{HOUR, NOON, SECOND, config, three};

use crate::crashes::each;
use crate::flow;

/// Midnight of 2026-11-21, UTC.
const MIDNIGHT: u64 = NOON.0 + 12 * HOUR;

/// A house so long before this time, with brokers in it.
fn before(midnight: u64, before: u64, seed: u64) -> House {
    let mut house = House::new(three(Durability::Disk), Time(midnight - before), seed);
    house.open();
    house.connect_all();
    house.run(Duration::from_millis(100));
    assert!(house.is_settled());
    house
}

/// The first broker asks more than its connection holds answers.
fn ask_many(house: &mut House) {
    while house.brokers[0].last < 4_000 {
        let now = house.now();
        house.brokers[0].ask(now, |number| Order::day(b'B', 0, 100_000).message(number));
        if house.brokers[0].last.is_multiple_of(100) {
            house.run(Duration::from_millis(1));
        }
    }
}

/// A session's journal ends with the end of the day, and has it once.
fn is_ended(house: &House, session: &str) -> Time {
    let record = house.record(session);
    let commands = &record.machine.folds.1.commands;
    let ends = commands.iter().filter(|(_, command)| *command == Command::EndOfDay).count();
    assert_eq!(ends, 1, "{session} ends once");
    let (time, last) = commands.last().expect("a day has commands");
    assert_eq!(*last, Command::EndOfDay, "nothing follows");
    house.check_seen(session, &record);
    *time
}

#[test]
fn the_day_rolls_at_midnight() {
    each(5, 5, |seed| {
        let mut house = before(MIDNIGHT, SECOND, seed);
        let yesterday = |house: &House| house.session() == "2026112001";
        house.slow = Duration::from_micros(500);
        while yesterday(&house) {
            let now = house.now();
            for broker in &mut house.brokers {
                let order = flow::order(&mut house.prng);
                broker.ask(now, |number| order.message(number));
            }
            assert_eq!(house.turn(), None);
        }
        let ended = is_ended(&house, "2026112001");
        assert!((MIDNIGHT..MIDNIGHT + SECOND).contains(&ended.0), "{ended:?}");
        house.run(Duration::from_millis(100));
        let record = house.record("2026112001");
        for broker in &house.brokers {
            assert_eq!(broker.ends, [End::SessionOver], "{}", broker.user);
            let told = record.machine.folds.1.replies(house.port(&record, &broker.user));
            assert_eq!(
                broker.replies_of("2026112001"),
                told,
                "everything came before the end of the session"
            );
            assert_eq!(&told.last().expect("there is one")[9..10], b"E");
        }
        flow::settle(&mut house);
        assert_eq!(house.session(), "2026112101");
        assert!(house.brokers.iter().all(|broker| broker.replies().len() == 1));
    });
}

#[test]
fn the_day_rolls_at_the_midnight_of_the_venue() {
    // New York goes from summer to winter time on 2026-11-01, and back on 2027-03-14.
    let cases = [
        (1_795_237_200, "2026112001", "2026112101"),
        (1_793_505_600, "2026103101", "2026110101"),
        (1_793_595_600, "2026110101", "2026110201"),
        (1_805_000_400, "2027031301", "2027031401"),
        (1_805_083_200, "2027031401", "2027031501"),
    ];
    for (midnight, first, second) in cases {
        let zone = "[venue]\ntimezone = \"America/New_York\"";
        let config = config(Durability::Disk, &[("B1", "")], zone);
        let time = Time(midnight * SECOND - SECOND);
        let mut house = House::new(config, time, 1);
        house.open();
        assert_eq!(house.session(), first);
        house.connect_all();
        house.run(Duration::from_millis(900));
        assert_eq!(house.session(), first);
        house.run(Duration::from_millis(200));
        assert_eq!(house.session(), second);
        let ended = is_ended(&house, first);
        assert_eq!(ended.0 / SECOND, midnight, "{first}");
    }
}

#[test]
fn who_is_late_gets_time_and_logins_wait() {
    let mut house = before(MIDNIGHT, 3 * SECOND, 2);
    let mut manners = tests::world::streams::Manners::GOOD;
    manners.capacity = 1000;
    house.net.set_manners(manners);
    house.brokers[1].hang_up();
    house.brokers[0].reads = false;
    ask_many(&mut house);
    house.run(Duration::from_secs(3));
    // Midnight: the first broker has not read everything, the second knocks.
    let now = house.now();
    house.brokers[1].session = None;
    house.brokers[1].connect(now);
    house.run(Duration::from_secs(1));
    assert!(!house.brokers[1].is_live(), "logins wait for the next day");
    assert_eq!(house.session(), "2026112001");
    house.brokers[0].reads = true;
    house.run(Duration::from_secs(1));
    assert_eq!(house.brokers[0].ends, [End::SessionOver]);
    assert_eq!(house.brokers[0].replies_of("2026112001").len(), 4_002);
    assert_eq!(house.session(), "2026112101", "nobody is waited for any more");
    assert!(house.brokers[1].is_live(), "and the login is heard");
    flow::settle(&mut house);
}

#[test]
fn who_is_too_late_is_left_behind_and_a_second_login_of_it_is_not() {
    let ports = [("B1", "cancel_on_disconnect = true")];
    let config = config(Durability::Disk, &ports, "[order_entry]\nstall_timeout = \"1m\"");
    let mut house = House::new(config, Time(MIDNIGHT - 3 * SECOND), 3);
    house.open();
    house.connect_all();
    house.run(Duration::from_millis(100));
    house.net.set_manners(tests::world::streams::Manners {
        capacity: 1000,
        ..tests::world::streams::Manners::GOOD
    });
    house.brokers[0].reads = false;
    ask_many(&mut house);
    house.run(Duration::from_secs(4));
    assert_eq!(house.session(), "2026112001", "it is waited for");
    // The same user by another connection, while the first one hangs.
    let mut second = tests::world::broker::Broker::new(&house.net, "B1");
    second.connect(house.now());
    house.brokers.push(second);
    house.run(Duration::from_secs(5));
    assert_eq!(house.session(), "2026112101", "five seconds are enough");
    assert!(house.brokers[1].is_live());
    house.net.set_manners(tests::world::streams::Manners::GOOD);
    let now = house.now();
    house.brokers[1].ask(now, |number| Order::day(b'B', 100, 100_000).message(number));
    house.run(Duration::from_secs(1));
    let kinds = |house: &House| -> Vec<u8> {
        house.brokers[1].replies().iter().map(|reply| reply[0]).collect()
    };
    assert_eq!(kinds(&house), b"SA", "its order lives");
    house.check();
    let seats = &house.venue.as_ref().expect("it is there").machine().folds.seats;
    assert_eq!(seats.up().count(), 1, "it has its seat");
    // And it is canceled when that connection ends.
    house.brokers[1].hang_up();
    house.run(Duration::from_secs(1));
    let now = house.now();
    house.brokers[1].connect(now);
    house.run(Duration::from_secs(1));
    assert_eq!(kinds(&house), b"SAC", "canceled by the end of the connection");
}

#[test]
fn a_start_on_a_later_date_ends_the_day_of_before() {
    each(4, 4, |seed| {
        let mut house = before(MIDNIGHT, HOUR, seed);
        flow::work(&mut house, 200);
        let trouble = house.prng.pick(&[Trouble::PowerLoss, Trouble::Kill]);
        house.die(trouble);
        let days = house.prng.between(1, 6);
        let late = Time(MIDNIGHT + HOUR + 24 * HOUR * u64::from(days - 1));
        house.clock.set(late);
        let count = house.prng.below(20);
        house.disk.plan("", count, trouble);
        while let Err(dead) = house.start() {
            house.die(dead.0);
        }
        house.disk.heal();
        assert_eq!(house.session(), format!("202611{}01", 20 + days));
        let ended = is_ended(&house, "2026112001");
        let latest = MIDNIGHT - 24 * HOUR + 72 * HOUR;
        assert!(ended.0 >= late.0.min(latest) && ended.0 <= latest, "{ended:?}");
        flow::settle(&mut house);
    });
}

#[test]
fn the_power_may_fail_between_two_days() {
    for count in 0..24 {
        for (trouble, seed) in [(Trouble::PowerLoss, 5), (Trouble::Kill, 6)] {
            let mut house = before(MIDNIGHT, SECOND, seed + count);
            flow::work(&mut house, 20);
            // From the end of the day on.
            house.clock.set(Time(MIDNIGHT));
            house.disk.plan("", count, trouble);
            let until = house.now() + Duration::from_secs(8);
            let mut ended = None;
            while ended.is_none() && house.now() < until {
                ended = house.turn();
            }
            if ended.is_none() {
                house.die(trouble);
            }
            house.disk.heal();
            house.open();
            assert_eq!(house.session(), "2026112101");
            is_ended(&house, "2026112001");
            flow::settle(&mut house);
        }
    }
}

#[test]
fn a_day_that_has_ended_stays_so_until_its_date_has() {
    let mut house = before(MIDNIGHT, SECOND, 7);
    // Its end is written, and nothing is made of the next day.
    house.disk.plan("2026112001", 1, Trouble::Kill);
    let ended = house.run_to_end(Duration::from_secs(8));
    assert_eq!(ended, Ended::Died(Trouble::Kill));
    house.disk.heal();
    // The clock is set back: it is yesterday once more.
    house.clock.set(Time(MIDNIGHT - 10 * SECOND));
    house.open();
    house.connect_all();
    house.run(Duration::from_secs(5));
    assert_eq!(house.session(), "2026112001");
    assert!(house.brokers.iter().all(|broker| !broker.is_connected()), "nobody is let in");
    house.run(Duration::from_secs(6));
    assert_eq!(house.session(), "2026112101");
    flow::settle(&mut house);
}

#[test]
fn a_day_of_which_only_the_folder_was_made_is_begun_though_the_clock_is_behind_it() {
    let mut house = before(MIDNIGHT, SECOND, 7);
    house.disk.plan("20261121", 0, Trouble::Kill);
    let ended = house.run_to_end(Duration::from_secs(8));
    assert_eq!(ended, Ended::Died(Trouble::Kill));
    house.disk.heal();
    house.clock.set(Time(MIDNIGHT - 10 * SECOND));
    house.open();
    assert_eq!(house.session(), "2026112101");
    is_ended(&house, "2026112001");
    flow::settle(&mut house);
    let record = house.record("2026112101");
    let all = &record.machine.folds.1.commands;
    assert!(all.iter().all(|(time, _)| *time == Time(MIDNIGHT)), "it has not begun yet");
}

#[test]
fn a_clock_that_is_set_back_stops_the_time_of_the_day_and_nothing_else() {
    let mut house = before(MIDNIGHT, 6 * HOUR, 8);
    flow::work(&mut house, 100);
    house.clock.set(Time(MIDNIGHT - 7 * HOUR));
    flow::work(&mut house, 100);
    flow::settle(&mut house);
    house.die(Trouble::Kill);
    house.clock.set(Time(MIDNIGHT - 30 * HOUR));
    house.open();
    assert_eq!(house.session(), "2026112001", "the day goes on");
    flow::settle(&mut house);
    let record = house.record("2026112001");
    let times: Vec<Time> = record.machine.folds.1.commands.iter().map(|(at, _)| *at).collect();
    assert!(times.is_sorted(), "time never goes back");
    // Back at midnight, and at once before it again: no session is begun twice.
    house.clock.set(Time(MIDNIGHT));
    house.turn();
    house.clock.set(Time(MIDNIGHT - HOUR));
    house.run(Duration::from_secs(8));
    let ended = is_ended(&house, "2026112001");
    assert!((MIDNIGHT..MIDNIGHT + SECOND).contains(&ended.0), "{ended:?}");
    // The next one opens when its midnight comes again.
    house.clock.set(Time(MIDNIGHT + SECOND));
    house.run(Duration::from_secs(2));
    assert_eq!(house.session(), "2026112101");
    flow::settle(&mut house);
}

#[test]
fn a_clock_that_jumps_by_days_ends_the_day_and_keeps_nobody_out() {
    each(6, 2, |seed| {
        let mut house = before(MIDNIGHT, 6 * HOUR, seed);
        flow::work(&mut house, 50);
        flow::settle(&mut house);
        let now = house.now();
        house.brokers[0].hang_up();
        // Something is on its way while the machine sleeps.
        house.brokers[0].session = None;
        house.brokers[0].connect(now);
        house.brokers[1].ask(now, |number| Order::day(b'B', 100, 100_000).message(number));
        house.clock.set(Time(MIDNIGHT + 80 * HOUR));
        house.run(Duration::from_secs(7));
        assert_eq!(is_ended(&house, "2026112001"), Time(MIDNIGHT + 48 * HOUR));
        assert_eq!(house.session(), "2026112401");
        assert!(house.brokers[0].is_live(), "its login is heard: {:?}", house.brokers[0]);
        flow::settle(&mut house);
    });
}

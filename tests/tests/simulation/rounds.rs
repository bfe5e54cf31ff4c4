//! The loop: nobody waits long for anybody else.

use std::time::Duration;

use appliance::config::Durability;
use matcher::command::Command;
use protocol_spec::session::soup::End;
use protocol_spec::wire::ouch::TimeInForce;
use tests::world::broker::{Order, mass_cancel};
use tests::world::house::{House, Pace};
use tests::world::platter::Trouble;
use tests::world::setting::{NOON, config, three};
use tests::world::streams::Manners;

use crate::flow;

/// The password `demo`, in little memory.
const HASH: &str =
    "$argon2id$v=19$m=8,t=1,p=1$ooNu1Mt5RuP2JlqDEcCmVQ$jZ5cTQSkrZtPh+RmmmoIVGj+0NAezutWKveG5NBM048";

/// An order that rests.
const REST: Order = Order::day(b'B', 100, 99_000);

/// A house with its brokers in.
fn open(ports: &[(&str, &str)], more: &str, seed: u64) -> House {
    let mut house = House::new(config(Durability::Disk, ports, more), NOON, seed);
    house.open();
    house.connect_all();
    assert!(house.run_until(Duration::from_secs(5), House::is_settled));
    house
}

/// The types of the replies that a broker has.
fn kinds(house: &House, broker: usize) -> String {
    house.brokers[broker].replies().iter().map(|reply| char::from(reply[0])).collect()
}

/// A reply of this type comes within this time, and not much earlier.
fn comes_after(house: &mut House, broker: usize, kind: char, wait: Duration) {
    let begin = house.now();
    let came = house
        .run_until(wait + Duration::from_secs(5), |house| kinds(house, broker).ends_with(kind));
    assert!(came, "{kind} comes: {}", kinds(house, broker));
    let took = house.now() - begin;
    assert!(took + Duration::from_millis(50) > wait, "{kind} comes after {took:?}");
    assert!(took < wait + Duration::from_millis(50), "{kind} comes after {took:?}");
}

#[test]
fn a_broker_with_thousands_of_messages_delays_nobody() {
    let mut house = open(&[("B1", ""), ("B2", ""), ("B3", "")], "", 1);
    let now = house.now();
    for broker in 0..2 {
        for _ in 0..1_000 {
            house.brokers[broker].ask(now, |number| Order::day(b'B', 0, 1).message(number));
        }
    }
    house.run(Duration::from_micros(300));
    let now = house.now();
    house.brokers[2].ask(now, |number| REST.message(number));
    let begin = house.rounds;
    assert!(house.run_until(Duration::from_secs(1), |house| kinds(house, 2).ends_with('A')));
    assert!(house.rounds - begin < 20, "{} rounds", house.rounds - begin);
}

#[test]
fn a_hundred_brokers_with_thousands_of_messages_delay_nobody() {
    let users: Vec<String> = (1..=120).map(|number| format!("B{number}")).collect();
    let ports: Vec<(&str, &str)> = users.iter().map(|user| (user.as_str(), "")).collect();
    let more = "[order_entry]\nmax_pending = 200";
    let mut house = House::new(config(Durability::Disk, &ports, more), NOON, 2);
    house.config.limits.ports = 200;
    house.config.limits.live_orders = 1_000_000;
    house.open();
    house.connect_all();
    assert!(house.run_until(Duration::from_secs(5), House::is_settled));
    // Everybody has always more to say.
    let had = |house: &House| -> Vec<usize> {
        house.brokers.iter().map(|broker| broker.replies().len()).collect()
    };
    // Replies, and the round of the last one; before the first, requests are still on their way.
    let mut answered: Vec<(usize, Option<u32>)> =
        had(&house).into_iter().map(|replies| (replies, None)).collect();
    let mut longest = 0;
    for round in 0..60 {
        let now = house.now();
        for (broker, (had, last)) in house.brokers.iter_mut().zip(&mut answered) {
            for _ in broker.unanswered.len()..700 {
                broker.ask(now, |number| Order::day(b'B', 0, 1).message(number));
            }
            let replies = broker.replies().len();
            longest = longest.max(last.map_or(0, |last| round - last));
            if replies > *had {
                (*had, *last) = (replies, Some(round));
            }
        }
        assert_eq!(house.turn(), None);
    }
    let firsts = answered.iter().filter(|(_, last)| last.is_some()).count();
    assert!(firsts == 120 && longest < 8, "{firsts} were answered, and waited {longest} rounds");
}

#[test]
fn heartbeats_go_on_during_a_command_of_many_rounds() {
    const ORDERS: usize = 60_000;
    let more = "[order_entry]\nidle_timeout = \"3s\"";
    let mut house = House::new(config(Durability::Disk, &[("B1", ""), ("B2", "")], more), NOON, 3);
    house.config.limits.live_orders = 100_000;
    house.open();
    house.connect_all();
    assert!(house.run_until(Duration::from_secs(5), House::is_settled));
    while kinds(&house, 0).len() <= ORDERS {
        let now = house.now();
        for _ in house.brokers[0].unanswered.len()..1_000 {
            house.brokers[0].ask(now, |number| Order::day(b'B', 1, 90_000).message(number));
        }
        assert_eq!(house.turn(), None);
    }
    flow::settle(&mut house);
    for broker in &mut house.brokers {
        broker.silence = 0;
    }
    // The machine is slow: so many orders take it several seconds.
    house.slow = Duration::from_millis(600);
    let now = house.now();
    house.brokers[0].ask(now, mass_cancel);
    let live = |house: &House| {
        let replies = house.brokers[0].replies();
        replies.iter().filter(|reply| reply[0] == b'A').count()
            - replies.iter().filter(|reply| reply[0] == b'C').count()
    };
    let begin = house.rounds;
    assert!(house.run_until(Duration::from_secs(60), |house| live(house) == 0));
    assert!(house.rounds - begin > 6, "it takes many rounds: {}", house.rounds - begin);
    for broker in &house.brokers {
        assert_eq!((&broker.ends[..], broker.logins), (&[][..], 1), "{}", broker.user);
        assert!(broker.silence < 2_500_000_000, "{} ns without a word", broker.silence);
    }
    house.slow = Duration::ZERO;
    flow::settle(&mut house);
}

#[test]
fn who_does_not_read_is_dismissed_and_catches_up() {
    let more = "[order_entry]\nmax_behind = 1000\nstall_timeout = \"1m\"";
    let mut house = open(&[("B1", ""), ("B2", "")], more, 4);
    house.net.set_manners(Manners { capacity: 3_000, ..Manners::GOOD });
    house.brokers[0].reads = false;
    let stalled = |house: &mut House| house.venue.as_mut().expect("there").counters().stalled;
    let mut asked = 0;
    while stalled(&mut house) == 0 {
        let now = house.now();
        for _ in 0..10 {
            asked += 1;
            house.brokers[0].ask(now, |number| Order::day(b'B', 0, 1).message(number));
            house.brokers[1].ask(now, |number| Order::day(b'B', 0, 1).message(number));
        }
        house.run(Duration::from_millis(10));
        assert!(asked < 10_000, "it is far behind");
    }
    // What waits in the connection is not counted: the bound holds behind it.
    assert!(asked > 1_000, "{asked}");
    house.brokers[0].reads = true;
    house.run(Duration::from_secs(1));
    flow::settle(&mut house);
    assert_eq!(house.brokers[0].logins, 2);
    assert_eq!(house.brokers[1].logins, 1, "the other one is not touched");
}

#[test]
fn who_takes_nothing_for_too_long_is_dismissed() {
    let mut house = open(&[("B1", ""), ("B2", "")], "", 5);
    house.net.set_manners(Manners { capacity: 1_000, ..Manners::GOOD });
    house.brokers[0].reads = false;
    let now = house.now();
    for _ in 0..50 {
        house.brokers[0].ask(now, |number| Order::day(b'B', 0, 1).message(number));
    }
    house.run(Duration::from_millis(4_900));
    assert_eq!(house.venue.as_mut().expect("there").counters().stalled, 0);
    house.run(Duration::from_millis(300));
    assert_eq!(house.venue.as_mut().expect("there").counters().stalled, 1);
    house.brokers[0].reads = true;
    house.brokers[0].hang_up();
    flow::settle(&mut house);
}

#[test]
fn replies_long_past_are_read_from_the_file() {
    let mut house = open(&[("B1", ""), ("B2", "")], "", 6);
    house.pace = Pace::OnceIn(3);
    for _ in 0..40 {
        let now = house.now();
        for _ in 0..200 {
            house.brokers[0].ask(now, |number| Order::day(b'B', 0, 1).message(number));
        }
        flow::settle(&mut house);
    }
    for _ in 0..3 {
        house.brokers[0].hang_up();
        let mut late = tests::world::broker::Broker::new(&house.net, "B1");
        late.connect(house.now());
        house.brokers[0] = late;
        flow::settle(&mut house);
        house.die(Trouble::Kill);
        house.open();
        flow::settle(&mut house);
    }
}

#[test]
fn orders_till_a_time_expire_though_nothing_else_happens() {
    let mut house = open(&[("B1", "")], "", 7);
    let now = house.now();
    let order = Order { tif: TimeInForce(*b"6"), seconds: 7, ..REST };
    house.brokers[0].ask(now, |number| order.message(number));
    comes_after(&mut house, 0, 'C', Duration::from_secs(7));
    let record = house.record("2026112001");
    let ticks = record.machine.folds.1.commands.iter();
    assert_eq!(ticks.filter(|(_, command)| *command == Command::Tick).count(), 1);
}

#[test]
fn orders_are_canceled_when_their_broker_is_gone_long_enough() {
    let settings = "cancel_on_disconnect = true\ncod_grace = \"3s\"\ncrash_grace = \"9s\"";
    let mut house = open(&[("B1", settings)], "", 8);
    let ask = |house: &mut House| {
        let now = house.now();
        house.brokers[0].ask(now, |number| REST.message(number));
        assert!(house.run_until(Duration::from_secs(1), House::is_settled));
    };
    let canceled = |house: &House| {
        let engine = &house.venue.as_ref().expect("there").machine();
        engine.folds.replies.count()
    };
    // Back in time: nothing is canceled.
    ask(&mut house);
    house.brokers[0].hang_up();
    house.run(Duration::from_millis(2_900));
    house.connect_all();
    house.run(Duration::from_secs(10));
    assert_eq!(kinds(&house, 0), "SA");
    // Too late.
    let now = house.now();
    house.brokers[0].log_out(now);
    house.run(Duration::from_millis(2_950));
    assert_eq!(canceled(&house), 2);
    house.run(Duration::from_millis(100));
    assert_eq!(canceled(&house), 3);
    house.connect_all();
    house.run(Duration::from_secs(1));
    assert_eq!(kinds(&house, 0), "SAC");
    // The venue was killed, and is back.
    ask(&mut house);
    house.die(Trouble::Kill);
    house.clock.pass(Duration::from_secs(100));
    house.open();
    house.run(Duration::from_millis(8_900));
    assert_eq!(canceled(&house), 4);
    house.run(Duration::from_millis(200));
    assert_eq!(canceled(&house), 5);
    flow::settle(&mut house);
}

#[test]
fn a_second_login_takes_the_port_and_cancels_nothing() {
    let settings = "cancel_on_disconnect = true";
    let mut house = open(&[("B1", settings)], "", 9);
    let now = house.now();
    house.brokers[0].ask(now, |number| REST.message(number));
    assert!(house.run_until(Duration::from_secs(1), House::is_settled));
    for _ in 0..3 {
        let mut second = tests::world::broker::Broker::new(&house.net, "B1");
        second.connect(house.now());
        house.brokers.insert(0, second);
        house.run(Duration::from_secs(1));
        assert_eq!(kinds(&house, 0), "SA");
        let first = house.brokers.pop().expect("the first one");
        assert_eq!(first.ends, [End::PeerClosed]);
        assert!(first.texts[0].contains("another login"), "{:?}", first.texts);
    }
    // Two at once: the last one has it.
    let (mut one, mut two) = (
        tests::world::broker::Broker::new(&house.net, "B1"),
        tests::world::broker::Broker::new(&house.net, "B1"),
    );
    one.connect(house.now());
    two.connect(house.now());
    house.brokers.extend([one, two]);
    house.run(Duration::from_secs(1));
    assert_eq!(house.brokers.iter().filter(|broker| broker.is_live()).count(), 1);
    assert_eq!(house.brokers.iter().map(|broker| broker.texts.len()).sum::<usize>(), 2);
    let seats = &house.venue.as_ref().expect("there").machine().folds.seats;
    assert_eq!(seats.up().count(), 1);
    house.check();
}

#[test]
fn a_password_that_takes_long_holds_up_nobody() {
    let hashed = format!("password = \"{HASH}\"");
    let ports = [("B1", hashed.as_str()), ("B2", "")];
    let mut house = House::new(config(Durability::Disk, &ports, ""), NOON, 10);
    house.pace = Pace::Never;
    house.open();
    house.connect_all();
    house.run(Duration::from_millis(100));
    assert!(!house.brokers[0].is_live() && house.brokers[1].is_live());
    // Its connection breaks, another one comes by the same stream, and then the answer.
    house.brokers[0].hang_up();
    house.run(Duration::from_millis(100));
    let now = house.now();
    house.brokers[0].connect(now);
    house.run(Duration::from_millis(100));
    let logins = |house: &mut House| house.venue.as_mut().expect("there").counters().logins;
    for _ in 0..3 {
        house.service.as_mut().expect("there").step();
    }
    house.run(Duration::from_millis(100));
    let before = logins(&mut house);
    house.pace = Pace::Prompt;
    assert!(house.run_until(Duration::from_secs(1), House::is_settled));
    assert_eq!((before, logins(&mut house)), (1, 2));
    // A wrong one, then the right one.
    house.brokers[0].hang_up();
    house.brokers[0].password = "wrong".to_owned();
    let now = house.now();
    house.brokers[0].connect(now);
    house.run(Duration::from_secs(1));
    assert!(matches!(house.brokers[0].ends.last(), Some(End::Rejected(_))));
    house.brokers[0].password = "DEMO".to_owned();
    flow::settle(&mut house);
}

#[test]
fn who_sends_and_closes_at_once_is_heard_and_missed_at_once() {
    let settings = "cancel_on_disconnect = true";
    let mut house = open(&[("B1", settings)], "", 11);
    house.net.set_manners(Manners { delay: Duration::from_nanos(1), ..Manners::GOOD });
    let now = house.now();
    house.brokers[0].ask(now, |number| REST.message(number));
    house.brokers[0].slam(now);
    house.run(Duration::from_millis(100));
    let folds = &house.venue.as_ref().expect("there").machine().folds;
    assert_eq!(folds.seats.up().count(), 0, "the port is left");
    assert_eq!(folds.replies.count(), 3, "the order came, and is canceled");
}

#[test]
fn a_door_that_could_not_be_opened_is_tried_again() {
    let mut house = House::new(three(Durability::Disk), NOON, 12);
    house.open();
    house.net.refuse_accepts(2);
    house.connect_all();
    house.run(Duration::from_secs(3));
    assert!(house.is_settled());
}

#[test]
fn a_venue_that_is_asked_to_stop_says_so_and_goes_on_with_the_next_start() {
    let mut house = open(&[("B1", ""), ("B2", "")], "", 13);
    flow::work(&mut house, 100);
    flow::settle(&mut house);
    for _ in 0..3 {
        house.stop();
        let now = house.now();
        for broker in &mut house.brokers {
            broker.pump(now);
            assert!(broker.texts.last().expect("a text").contains("the venue stops"));
        }
        house.open();
        house.check();
        assert_eq!(house.session(), "2026112001");
        flow::settle(&mut house);
    }
}

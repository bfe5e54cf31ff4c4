//! What the public is told, when, and what it is told again. Every check of a house holds all that
//! ever went on its lines against the journal.

use std::collections::BTreeMap;
use std::time::Duration;

use appliance::admin::{Answer, Request, Stage, Status};
use appliance::config::Durability;
use protocol_spec::wire::mold::{Body, SessionId};
use protocol_spec::words::{Moment, Time};
use tests::flow::prng::Prng;
use tests::world::broker::{Order, mass_cancel};
use tests::world::house::{Ended, House, Pace};
use tests::world::lines::Sent;
use tests::world::listener::Heard;
use tests::world::platter::Trouble;
use tests::world::setting::{HOUR, NOON, SECOND, config, three};

use crate::crashes::{each, start};
use crate::flow;

/// The day of every house here.
const TODAY: &str = "2026112001";
/// The longest silence while nothing happens: a second, and until the poll is back.
const SILENCE: Duration = Duration::from_millis(1_002);

/// A house with brokers in it.
fn house(seed: u64) -> House {
    let mut house = House::new(three(Durability::Disk), NOON, seed);
    house.open();
    house.connect_all();
    house.run(Duration::from_millis(100));
    assert!(house.is_settled());
    house
}

fn status(house: &mut House) -> Status {
    match house.operate(Request::Status) {
        Answer::Status(status) => *status,
        other => panic!("{other:?}"),
    }
}

fn done(house: &mut House, request: Request) {
    let answer = house.operate(request);
    assert!(matches!(answer, Answer::Done { .. }), "{answer:?}");
}

/// The longest time between two packets on a line.
fn longest_silence(sent: &[Sent]) -> Duration {
    let mut last: BTreeMap<usize, Moment> = BTreeMap::new();
    let gaps = sent.iter().map(|one| {
        let before = last.insert(one.line, one.at).unwrap_or(one.at);
        one.at - before
    });
    gaps.max().unwrap_or_default()
}

/// When the end of a session was told on a line.
fn farewells(house: &House, session: &str, line: usize) -> Vec<Moment> {
    let session = SessionId::new(session);
    let sent = house.air.sent();
    let farewell = |one: &&Sent| {
        let packet = one.read();
        packet.session == session && packet.body == Body::EndOfSession
    };
    sent.iter().filter(|one| one.line == line).filter(farewell).map(|one| one.at).collect()
}

#[test]
fn a_day_begins_with_its_first_message_on_every_line() {
    let house = house(1);
    house.check();
    let sent = house.air.sent();
    assert_eq!(sent.iter().map(|one| one.line).take(2).collect::<Vec<_>>(), [0, 1]);
    let Body::Messages(mut blocks) = sent[0].read().body else { panic!("a message") };
    let first = blocks.next().expect("it has messages");
    assert_eq!((sent[0].read().number.0, first[0], first[11]), (1, b'S', b'O'));
}

#[test]
fn a_heartbeat_comes_a_second_after_the_last_packet_and_names_the_next_number() {
    each(4, 4, |seed| {
        let mut house = house(seed);
        flow::work(&mut house, 60);
        flow::settle(&mut house);
        // Until the last order that was for some seconds has expired.
        house.run(Duration::from_secs(5));
        let before = house.air.sent().len();
        house.run(Duration::from_secs(20));
        let sent = house.air.sent();
        let quiet = &sent[before - 2..];
        assert!((38..=44).contains(&quiet.len()), "{}", quiet.len());
        assert!(longest_silence(quiet) <= SILENCE, "{:?}", longest_silence(quiet));
        let all = house.record(TODAY).machine.folds.1.published.len() as u64;
        for one in &quiet[2..] {
            let packet = one.read();
            assert_eq!((packet.body, packet.number.0), (Body::Heartbeat, all + 1));
        }
    });
}

#[test]
fn heartbeats_do_not_wait_behind_orders_that_say_nothing_to_the_public() {
    let mut house = house(2);
    house.slow = Duration::from_millis(3);
    let begun = house.now();
    while house.now() - begun < Duration::from_secs(12) {
        // All of them are refused.
        flow::send_many(&mut house, 40, &mut 0);
        assert_eq!(house.turn(), None);
    }
    let silence = longest_silence(&house.air.sent());
    assert!(silence <= SILENCE + 2 * house.slow, "{silence:?}");
    house.check();
}

#[test]
fn a_command_of_many_messages_is_told_while_it_is_executed() {
    let mut house = house(3);
    for _ in 0..60 {
        let now = house.now();
        for at in 0..200 {
            house.brokers[0].ask(now, |n| Order::day(b'B', 10, 90_000 - 100 * at).message(n));
        }
        house.run(Duration::from_millis(5));
    }
    flow::settle(&mut house);
    assert_eq!(house.brokers[0].last, 12_000);
    house.slow = Duration::from_millis(20);
    let (before, now) = (house.air.sent().len(), house.now());
    assert!(house.brokers[0].ask(now, mass_cancel));
    house.run(Duration::from_millis(300));
    flow::settle(&mut house);
    let sent = house.air.sent();
    let times: Vec<Moment> = sent[before..].iter().map(|one| one.at).collect();
    let (first, last) = (times[0], times[times.len() - 1]);
    assert!(last - first >= house.slow, "not all of it at once: {:?}", last - first);
    // Packets are filled, but for the last one of a round.
    let full = sent[before..].iter().filter(|one| one.packet.len() > 1_440).count();
    assert!(10 * full > 9 * times.len(), "{full} of {}", times.len());
}

#[test]
fn the_end_of_a_session_is_told_for_thirty_seconds_and_then_nothing() {
    let mut house = house(4);
    flow::work(&mut house, 40);
    flow::settle(&mut house);
    done(&mut house, Request::EndDay);
    let ended = house.now();
    house.run(Duration::from_secs(45));
    assert_eq!(status(&mut house).stage, Stage::Waiting);
    let record = house.record(TODAY);
    let last = record.machine.folds.1.published.len() as u64;
    assert_eq!(house.heard(TODAY, &record), [Heard { last, ended: true }; 2]);
    for line in [0, 1] {
        let told = farewells(&house, TODAY, line);
        assert!((30..=31).contains(&told.len()), "{}", told.len());
        assert!(told[0] <= ended && told[told.len() - 1] - told[0] > Duration::from_secs(28));
        let steps = told.windows(2).map(|two| two[1] - two[0]);
        assert!(steps.clone().all(|step| step <= SILENCE && step >= Duration::from_secs(1)));
        assert!(told[told.len() - 1] - told[0] <= Duration::from_secs(30) + SILENCE);
    }
    let silent = house.air.sent().last().expect("something was sent").at;
    assert!(house.now() - silent > Duration::from_secs(13), "then nothing is told");
    // The next session speaks again.
    done(&mut house, Request::OpenDay);
    assert_eq!(house.session(), "2026112002");
    house.check();
    flow::work(&mut house, 40);
    flow::settle(&mut house);
    assert!(house.heard("2026112002", &house.record("2026112002"))[0].last > 5);
}

#[test]
fn a_start_that_finds_the_day_ended_tells_so_again() {
    let mut house = house(5);
    done(&mut house, Request::EndDay);
    house.run(Duration::from_secs(40));
    let before = farewells(&house, TODAY, 0).len();
    house.die(Trouble::Kill);
    house.open();
    house.run(Duration::from_secs(40));
    let again = farewells(&house, TODAY, 0).len() - before;
    assert!((30..=31).contains(&again), "{again}");
    let record = house.record(TODAY);
    house.check_seen(TODAY, &record);
}

#[test]
fn what_a_start_reads_again_is_no_work_of_its_seconds() {
    let mut house = house(9);
    assert_eq!(flow::work(&mut house, 200), None);
    house.die(Trouble::Kill);
    house.open();
    house.run(Duration::from_secs(3));
    let rates = status(&mut house).rates;
    for rate in [rates.commands_per_second, rates.replies_per_second, rates.messages_per_second] {
        // Who logs in again is some.
        assert!(rate.last_second < 10 && rate.last_minute < 10, "{rate:?}");
    }
}

#[test]
fn a_stop_tells_everything_and_not_the_end_of_the_session() {
    each(3, 3, |seed| {
        let mut house = house(seed);
        flow::work(&mut house, 80);
        house.stop();
        let record = house.record(TODAY);
        let last = record.machine.folds.1.published.len() as u64;
        assert_eq!(house.heard(TODAY, &record), [Heard { last, ended: false }; 2]);
        house.open();
        house.check();
        flow::settle(&mut house);
    });
}

#[test]
fn a_day_of_the_past_is_told_to_its_end_before_the_next_one() {
    for trouble in [Trouble::Kill, Trouble::PowerLoss] {
        let mut house = house(6);
        flow::work(&mut house, 60);
        house.die(trouble);
        house.clock.set(Time(NOON.0 + 24 * HOUR));
        house.open();
        assert_eq!(house.session(), "2026112101");
        house.check();
        let record = house.record(TODAY);
        let last = record.machine.folds.1.published.len() as u64;
        assert_eq!(house.heard(TODAY, &record), [Heard { last, ended: true }; 2]);
        let sent = house.air.sent();
        let old = |one: &Sent| one.read().session == SessionId::new(TODAY);
        let first_new = sent.iter().position(|one| !old(one)).expect("the new day is told");
        assert!(!sent[first_new..].iter().any(old), "one day after the other");
    }
}

#[test]
fn the_day_that_rolls_at_midnight_is_told_to_its_end() {
    let mut house = House::new(three(Durability::Disk), Time(NOON.0 + 12 * HOUR - SECOND), 7);
    house.open();
    flow::work(&mut house, 60);
    house.run(Duration::from_secs(10));
    assert_eq!(house.session(), "2026112101");
    let record = house.record(TODAY);
    house.check_seen(TODAY, &record);
    assert!(house.heard(TODAY, &record).iter().all(|line| line.ended));
    house.check();
}

/// A few lives, each ended at some packet of some turn, or at some change of the disk.
fn lives(durability: Durability, trouble: Trouble, seed: u64) {
    let mut house = House::new(three(durability), NOON, seed);
    let mut prng = Prng::new(!seed);
    house.config.journal.checkpoint_every = prng.pick(&[0, 1, 40]);
    house.config.feed.payload_max = prng.pick(&[100, 200, 1_472, 9_000]);
    house.pace = prng.pick(&[Pace::Prompt, Pace::OnceIn(3)]);
    for _ in 0..house.prng.between(3, 7) {
        let count = house.prng.weighted(&[(3, 20), (3, 200)]);
        let packets = house.prng.below(count);
        house.air.plan(packets, trouble);
        start(&mut house);
        house.check();
        let ended = flow::work(&mut house, 300);
        assert!(matches!(ended, None | Some(Ended::Died(_))), "{ended:?}");
        house.air.heal();
        if ended.is_none() {
            house.die(trouble);
        }
        start(&mut house);
        house.check();
        if house.prng.chance(50) {
            flow::settle(&mut house);
        }
        house.die(trouble);
    }
    start(&mut house);
    house.pace = Pace::Prompt;
    flow::settle(&mut house);
}

#[test]
fn what_was_told_in_part_is_told_again_with_the_same_numbers_and_bytes() {
    each(10, 10, |seed| lives(Durability::Disk, Trouble::PowerLoss, seed));
    each(6, 6, |seed| lives(Durability::Os, Trouble::Kill, seed));
}

#[test]
fn no_batch_of_a_start_is_kept_before_the_one_before_it_is_told() {
    // Many ports and securities of the configuration make a start of several batches.
    let ports: Vec<String> = (0..40).map(|n| format!("Q{n}")).collect();
    let ports: Vec<(&str, &str)> = ports.iter().map(|name| (name.as_str(), "")).collect();
    for packets in 0..6 {
        for trouble in [Trouble::PowerLoss, Trouble::Kill] {
            let seed = packets;
            let mut house = House::new(config(Durability::Disk, &ports, ""), NOON, seed);
            house.air.plan(packets, trouble);
            start(&mut house);
            house.check();
        }
    }
}

#[test]
fn a_line_that_takes_nothing_keeps_nothing_from_the_other() {
    let mut house = house(8);
    flow::work(&mut house, 20);
    flow::settle(&mut house);
    house.air.refuse(0, 50);
    let before = house.air.sent().len();
    while house.air.sent().iter().skip(before).filter(|one| one.line == 0).count() < 5 {
        assert_eq!(flow::work(&mut house, 1), None);
    }
    let feed = status(&mut house).feed;
    assert_eq!(feed.lines[0].dropped, 50);
    assert_eq!(feed.lines[1].dropped, 0);
    assert_eq!(feed.lines[0].packets + 50, feed.lines[1].packets);
    let sent = house.air.sent();
    let of = |line: usize| sent.iter().filter(move |one| one.line == line);
    let all: u64 = of(1).map(|one| one.read().next().expect("a number").0).max().expect("some");
    assert_eq!((of(1).count() as u64, all), (feed.lines[1].packets, feed.next));
    // What was not taken is not sent again: whoever misses it asks for it.
    assert_eq!(of(0).count() as u64, feed.lines[0].packets);
    let behind = of(0).next_back().expect("some").read();
    assert_eq!(behind.next().map(|next| next.0), Some(all), "it goes on with the others");
}

#[test]
fn a_venue_without_lines_has_every_message_all_the_same() {
    each(2, 2, |seed| {
        let mut house = House::new(three(Durability::Disk), NOON, seed);
        house.config.feed.lines.clear();
        house.open();
        flow::work(&mut house, 60);
        flow::settle(&mut house);
        house.die(Trouble::PowerLoss);
        house.open();
        flow::settle(&mut house);
        assert!(house.air.sent().is_empty());
        assert!(status(&mut house).feed.next > 6);
        done(&mut house, Request::EndDay);
        house.run(Duration::from_secs(10));
        assert_eq!(status(&mut house).stage, Stage::Waiting);
    });
}

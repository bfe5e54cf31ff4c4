//! The same journal comes to the same, however it is cut and executed.

use std::fmt::Write as _;

use appliance::config::Durability;
use appliance::folds::Folds;
use appliance::journal::History;
use matcher::event::Events;
use protocol_spec::words::PortId;
use recovery::journal::{Body, Marks, Reader, Stamp, Writer};
use recovery::replay::{Machine, replay_batch};
use tests::flow::prng::Prng;
use tests::seeds::FIXED;
use tests::steps::Looked;
use tests::world::broker::{Order, mass_cancel};
use tests::world::house::House;
use tests::world::record::{place, record};
use tests::world::setting::{NOON, three};

use crate::crashes::each;
use crate::flow;

/// A record as it was written.
enum Written {
    Message(Stamp, PortId, Vec<u8>),
    Control(Stamp, matcher::command::Command, String),
}

/// A day with some of everything, its brokers gone.
fn day(seed: u64) -> House {
    let mut house = House::new(three(Durability::Disk), NOON, seed);
    house.open();
    house.connect_all();
    for _ in 0..300 {
        flow::act(&mut house);
        assert_eq!(house.turn(), None);
    }
    // Commands of many steps.
    flow::settle(&mut house);
    let now = house.now();
    for at in 0..300 {
        house.brokers[0].ask(now, |n| Order::day(b'B', 1, 90_000 + 100 * at).message(n));
    }
    flow::settle(&mut house);
    let now = house.now();
    house.brokers[1].ask(now, |n| Order::day(b'S', 300, 90_000).message(n));
    house.brokers[0].ask(now, mass_cancel);
    flow::settle(&mut house);
    house
}

/// What the journal of the day has, with its marks.
fn written(house: &House) -> (Marks, Vec<Written>) {
    let place = place(&house.config, &house.folders, &house.session());
    let copy = house.disk.copy();
    let history = History::find(&copy, &place).expect("it is there");
    let mut all = Vec::new();
    let read = history.read(|batch| {
        for record in batch.records() {
            let record = record?;
            all.push(match record.body {
                Body::Message { port, bytes } => {
                    Written::Message(record.stamp, port, bytes.to_vec())
                }
                Body::Control { command, note } => {
                    Written::Control(record.stamp, command, note.to_owned())
                }
            });
        }
        Ok(())
    });
    let (marks, _) = read.expect("it can be read").expect("there is something");
    (marks, all)
}

/// The same commands in other batches, executed: digests of engine and replies.
fn rebatched(marks: Marks, all: &[Written], prng: &mut Prng) -> (u64, u32) {
    let mut file = vec![0; 8 << 20];
    let mut writer = Writer::begin(marks, file.len() as u64, crc32c::crc32c_append);
    let most = prng.pick(&[1, 2, 10, 500]);
    let mut put = |writer: &mut Writer| {
        if let Some(write) = writer.seal() {
            let at = usize::try_from(write.offset).expect("a small file");
            file[at..at + write.bytes.len()].copy_from_slice(write.bytes);
            writer.written();
        }
    };
    for each in all {
        match each {
            Written::Message(stamp, port, bytes) => writer.push_message(*stamp, *port, bytes),
            Written::Control(stamp, command, note) => writer.push_control(*stamp, command, note),
        }
        if prng.once_in(most) {
            put(&mut writer);
        }
    }
    put(&mut writer);
    let mut machine = Machine::new(Folds::new());
    let (mut scratch, mut reader) = (Vec::new(), Reader::new(None, crc32c::crc32c_append));
    let mut batches = reader.segment(1, &file).expect("it can be read");
    while let Some(batch) = batches.next().expect("it is whole") {
        replay_batch(&mut machine, &batch, &Looked, &mut scratch).expect("records are commands");
        machine.folds.published.rewind.forget_fresh();
    }
    (machine.engine.digest(), machine.folds.replies.outbox.digest())
}

#[test]
fn a_journal_comes_to_the_same_however_it_is_cut_and_executed() {
    each(2, 2, |seed| {
        let mut house = day(seed);
        let place = place(&house.config, &house.folders, &house.session());
        let venue = house.venue.as_ref().expect("it is there").machine();
        let expected = (venue.engine.digest(), venue.folds.replies.outbox.digest());
        for (events, visits) in [(4, 1), (5, 7), (64, 100), (Events::LIMIT, Events::VISITS)] {
            let other = record(&house.disk, &place, Events::with_limits(events, visits)).machine;
            let came = (other.engine.digest(), other.folds.0.replies.outbox.digest());
            assert_eq!(came, expected, "steps of {events} events and {visits} visits");
        }
        let (marks, all) = written(&house);
        for _ in 0..4 {
            assert_eq!(rebatched(marks, &all, &mut house.prng), expected, "other batches");
        }
    });
}

#[test]
fn one_day_comes_to_the_same_on_every_machine() {
    let house = day(FIXED);
    let venue = house.venue.as_ref().expect("it is there").machine();
    let mut found = String::new();
    writeln!(found, "commands {}", venue.engine.last_command()).expect("text grows");
    writeln!(found, "replies {}", venue.folds.replies.count()).expect("text grows");
    writeln!(found, "outbox {:08x}", venue.folds.replies.outbox.digest()).expect("text grows");
    writeln!(found, "engine {:016x}", venue.engine.digest()).expect("text grows");
    let text = include_str!("../../golden/venue_digest.txt");
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let golden: String = lines.map(|line| format!("{line}\n")).collect();
    assert_eq!(found, golden, "the lines that belong in tests/golden/venue_digest.txt:\n{found}");
}

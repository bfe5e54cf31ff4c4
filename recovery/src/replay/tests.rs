use alloc::vec;
use alloc::vec::Vec;

use matcher::settings::{Day, Limits, Port};
use protocol_spec::wire::ouch::Mpid;
use protocol_spec::words::{CommandNo, PortId, Time};

use super::*;
use crate::journal::{Marks, Reader, RecordFaultKind, Stamp, Writer};

/// Counts what it is told.
#[derive(Debug, Default, PartialEq)]
struct Counted {
    begun: Vec<u64>,
    steps: usize,
    events: usize,
}

impl Fold for Counted {
    fn begin(&mut self, command: &Sequenced<Command>, _: &str) {
        self.begun.push(command.no.0);
    }

    fn on(&mut self, _: &Sequenced<Command>, events: &[Event]) {
        self.steps += 1;
        self.events += events.len();
    }
}

struct Nowhere;

impl Fetch for Nowhere {
    fn fetch<T>(&self, _: &T) {}
}

/// The opening of a day with this many ports, and its end, which tells each of them.
fn day(ports: u16) -> Vec<Sequenced<Command>> {
    let limits = Limits { live_orders: 16, levels: 16, ..Limits::default() };
    let (session, rules_version) = (*b"2026112000", Engine::RULES_VERSION);
    let day =
        Day { session, midnight: Time(0), seed: 1, limits, rules_version, carried: Vec::new() };
    let port = |number| Port::new(PortId(number), vec![Mpid::new("FRMA")]);
    let mut all = vec![Command::OpenDay(day.into())];
    all.extend((1..=ports).map(|number| Command::SetPort(port(number).into())));
    all.push(Command::EndOfDay);
    let stamp = |(no, command)| Sequenced { no: CommandNo(no), time: Time(no), command };
    (1..).zip(all).map(stamp).collect()
}

#[test]
fn a_command_begins_once_however_many_steps_it_has() {
    let commands = day(40);
    let machines = [Events::new(), Events::with_limits(4, 1)].map(|events| {
        let folds = (Counted::default(), Counted::default());
        let mut machine = Machine::with_events(folds, events);
        commands.iter().for_each(|command| machine.run(command, ""));
        assert_eq!(machine.folds.0, machine.folds.1);
        machine
    });
    let [large, small] = &machines;
    let numbers: Vec<u64> = commands.iter().map(|command| command.no.0).collect();
    assert_eq!(large.folds.0.begun, numbers);
    assert_eq!(small.folds.0.begun, numbers);
    assert_eq!(large.folds.0.events, small.folds.0.events);
    assert!(large.folds.0.steps < small.folds.0.steps, "the end of the day has many steps");
    assert_eq!(large.engine.digest(), small.engine.digest());
}

#[test]
fn a_record_that_is_no_command_stops_a_replay_by_its_number() {
    let zone = [b' '; 32];
    let marks = Marks { session: *b"2026112000", unit: 0, zone, rules_version: 1, salt: 1 };
    let mut writer = Writer::begin(marks, 1 << 20, crc32c::crc32c_append);
    for no in 1..=20 {
        let stamp = Stamp { no: CommandNo(no), time: Time(no), late: 0 };
        match no {
            18 => writer.push_message(stamp, PortId(1), b"?"),
            _ => writer.push_control(stamp, &Command::Tick, ""),
        }
    }
    let bytes = writer.seal().expect("there is something in it").bytes.to_vec();
    let mut reader = Reader::new(None, crc32c::crc32c_append);
    let mut batches = reader.segment(1, &bytes).expect("it is whole");
    let batch = batches.next().expect("it is whole").expect("there is one");
    let mut machine = Machine::new(());
    let fault = replay_batch(&mut machine, &batch, &Nowhere, &mut Vec::new());
    let fault = fault.expect_err("18 is no command");
    assert_eq!(fault.no, CommandNo(18));
    assert!(matches!(fault.kind, RecordFaultKind::Message(PortId(1), _)), "{fault}");
    assert_eq!(machine.engine.last_command(), CommandNo(16), "groups before it were run");
}

/// A batch of ten Ticks, of which the fifth is a message that is no command.
fn batch_of_ten() -> Vec<u8> {
    let zone = [b' '; 32];
    let marks = Marks { session: *b"2026112000", unit: 0, zone, rules_version: 1, salt: 1 };
    let mut writer = Writer::begin(marks, 1 << 20, crc32c::crc32c_append);
    for no in 1..=10 {
        let stamp = Stamp { no: CommandNo(no), time: Time(no), late: 0 };
        match no {
            5 => writer.push_message(stamp, PortId(1), b"?"),
            _ => writer.push_control(stamp, &Command::Tick, "a note"),
        }
    }
    writer.seal().expect("there is something in it").bytes.to_vec()
}

#[test]
fn a_skipped_record_is_executed_as_a_tick_wherever_the_batch_is_cut() {
    let bytes = batch_of_ten();
    let mut reader = Reader::new(None, crc32c::crc32c_append);
    let mut batches = reader.segment(1, &bytes).expect("it is whole");
    let batch = batches.next().expect("it is whole").expect("there is one");
    assert!(replay_batch(&mut Machine::new(()), &batch, &Nowhere, &mut Vec::new()).is_err());
    let skipped = [CommandNo(5), CommandNo(11)];
    let batch = batch.skipping(&skipped);
    for cut in 0..=11 {
        let (before, behind) = batch.split(CommandNo(cut));
        assert_eq!(u64::from(before.count), cut.min(10));
        assert_eq!((before.first, before.end()), (CommandNo(1), behind.first));
        assert_eq!((behind.first.0, behind.end()), (cut.min(10) + 1, CommandNo(11)));
        let mut machine = Machine::new(Counted::default());
        for part in [before, behind] {
            let ran = replay_batch(&mut machine, &part, &Nowhere, &mut Vec::new());
            assert_eq!(ran, Ok(part.count.into()), "{cut}");
        }
        assert_eq!(machine.engine.last_command(), CommandNo(10));
        assert_eq!(machine.engine.time(), Time(10));
        assert_eq!(machine.folds.begun, (1..=10).collect::<Vec<_>>());
    }
}

#[test]
fn the_bytes_of_a_record_are_had_by_its_number() {
    let bytes = batch_of_ten();
    let mut reader = Reader::new(None, crc32c::crc32c_append);
    let mut batches = reader.segment(1, &bytes).expect("it is whole");
    let batch = batches.next().expect("it is whole").expect("there is one");
    for no in 1..=10 {
        let record = batch.record(CommandNo(no)).expect("it is one of these");
        assert_eq!(record[8..16], no.to_le_bytes(), "its time");
        let payload = if no == 5 { &b"?"[..] } else { b"\x08\x06a note" };
        assert_eq!(&record[16..16 + payload.len()], payload);
    }
    for no in [0, 11, u64::MAX] {
        assert_eq!(batch.record(CommandNo(no)), None);
    }
}

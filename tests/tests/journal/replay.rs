//! What is made again from a journal is what was.

use matcher::command::Command;
use matcher::engine::Engine;
use matcher::event::{Event, Events};
use matcher::form;
use matcher::sequence::Sequenced;
use matcher::settings::{self, Carried, Day};
use protocol_spec::wire::ouch::{Mpid, Symbol};
use protocol_spec::wire::text::Alpha;
use protocol_spec::words::{CommandNo, PortId, Time};
use recovery::journal::{BLOCK, Body, Reader, Stamp, Writer};
use recovery::replay::{Fold, Machine, replay_batch};
use tests::disk::{CHECKSUM, Disk, Entry, MARKS, What};
use tests::flow::prng::Prng;
use tests::flow::{directed, script};
use tests::ouch;
use tests::steps::{Limits, Looked, execute_in};

use super::each;

/// Writes down all it is told.
#[derive(Debug, Default, PartialEq)]
struct Heard {
    commands: Vec<(Sequenced<Command>, String)>,
    events: Vec<Vec<Event>>,
    /// Steps of the command under way.
    steps: usize,
}

impl Fold for Heard {
    fn begin(&mut self, command: &Sequenced<Command>, note: &str) {
        assert!(self.commands.is_empty() || self.steps > 0, "every command has a step");
        self.commands.push((command.clone(), note.to_owned()));
        self.events.push(Vec::new());
        self.steps = 0;
    }

    fn on(&mut self, command: &Sequenced<Command>, events: &[Event]) {
        let (last, _) = self.commands.last().expect("a command begins before its steps");
        assert_eq!(last.no, command.no, "a command is done before the next");
        self.events.last_mut().expect("as many as commands").extend_from_slice(events);
        self.steps += 1;
    }
}

/// A day as it is journaled: brokers' commands as their messages. Refusals of form are those of
/// the messages, and what comes by port 0, which no broker has, is left out.
fn journaled(day: Vec<Sequenced<Command>>) -> (Vec<Sequenced<Command>>, Vec<Entry>) {
    let (mut commands, mut entries) = (Vec::new(), Vec::new());
    for Sequenced { time, command, .. } in day {
        let no = CommandNo(entries.len() as u64 + 1);
        let stamp = Stamp { no, time, late: 0 };
        let (command, what) = match ouch::message(&command) {
            Some((PortId(0), _)) => continue,
            Some((port, bytes)) => {
                let told = form::command(port, &bytes).expect("it can be framed");
                if !matches!(command, Command::Refused(_)) {
                    assert_eq!(told, ouch::told(&command));
                }
                (told, What::Message(port, bytes))
            }
            None => (command.clone(), What::Control(command, format!("note {no}"))),
        };
        commands.push(Sequenced { no, time, command });
        entries.push(Entry { stamp, what });
    }
    (commands, entries)
}

/// The entries in batches of any size.
fn written(seed: u64, entries: &[Entry]) -> Disk {
    let mut prng = Prng::new(seed);
    let size = prng.pick(&[32 * BLOCK, 256 * BLOCK]);
    let (mut disk, mut rest) = (Disk::new(size), entries);
    let mut writer = Writer::begin(MARKS, size as u64, CHECKSUM);
    while !rest.is_empty() {
        let most = prng.pick(&[1, 3, 40, 300]);
        let (batch, behind) = rest.split_at(prng.between(1, most).min(rest.len() as u32) as usize);
        for entry in batch {
            entry.push(&mut writer);
        }
        disk.commit(&mut writer);
        rest = behind;
    }
    disk
}

fn replayed(disk: &Disk, limits: Limits) -> Machine<(Heard, Heard)> {
    let events = Events::with_limits(limits.events, limits.visits);
    let mut machine = Machine::with_events((Heard::default(), Heard::default()), events);
    let reader = Reader::new(None, CHECKSUM);
    let (mut scratch, mut count) = (Vec::new(), 0);
    let read = disk.read_with(reader, |batch| {
        let ran = replay_batch(&mut machine, &batch, &Looked, &mut scratch);
        count += ran.unwrap_or_else(|fault| panic!("{fault}"));
        assert_eq!(machine.engine.last_command().0, count);
    });
    assert!(read.is_ok(), "{read:?}");
    machine
}

fn check(seed: u64, day: Vec<Sequenced<Command>>) {
    let (commands, entries) = journaled(day);
    let disk = written(seed, &entries);
    let mut engine = Engine::new();
    let mut expected = Heard::default();
    for (command, entry) in commands.iter().zip(&entries) {
        let note = match &entry.what {
            What::Message(..) => "",
            What::Control(_, note) => note,
        };
        expected.begin(command, note);
        expected.on(command, &execute_in(&mut engine, command, Limits::FULL));
    }
    for limits in [Limits::FULL, Limits::LEAST] {
        let machine = replayed(&disk, limits);
        assert_eq!(machine.engine.digest(), engine.digest());
        let (one, other) = &machine.folds;
        assert!(one == other, "every fold hears the same");
        assert!(one.commands == expected.commands, "commands and notes");
        assert!(one.events == expected.events, "events");
    }
}

#[test]
fn a_replayed_day_is_the_day() {
    each(8, 8, |seed| check(seed, script::make(seed, 1_500).commands));
}

#[test]
fn a_replayed_day_with_a_purpose_is_the_day() {
    each(1, 1, |seed| {
        for make in [directed::crowd, directed::masses, directed::edges] {
            check(seed, make(seed).commands);
        }
    });
}

#[test]
fn the_longest_opening_fits_into_a_record() {
    let carried = Carried {
        user: Alpha::new("BROKER"),
        firm: Mpid::new("FRM1"),
        symbol: Symbol::new("ABC"),
        amount: i64::MIN,
    };
    let opening = Command::OpenDay(Box::new(Day {
        session: MARKS.session,
        midnight: Time(1),
        seed: 2,
        limits: settings::Limits::default(),
        rules_version: MARKS.rules_version,
        carried: vec![carried; Day::MAX_CARRIED],
    }));
    let mut file = vec![0; 1 << 20];
    let mut writer = Writer::begin(MARKS, file.len() as u64, crc32c::crc32c_append);
    let stamp = Stamp { no: CommandNo(1), time: Time(3), late: 0 };
    writer.push_control(stamp, &opening, &"n".repeat(255));
    let write = writer.seal().expect("there is something in it");
    file[..write.bytes.len()].copy_from_slice(write.bytes);
    let mut reader = Reader::new(None, crc32c::crc32c_append);
    let mut batches = reader.segment(1, &file).expect("it is sound");
    let batch = batches.next().expect("it is sound").expect("it is there");
    let record = batch.records().next().expect("it has one").expect("it is one");
    assert!(matches!(record.body, Body::Control { command, .. } if command == opening));
}

//! A state that is saved anywhere and loaded again goes on as if nothing had been, and bytes that
//! are not what was written are no state.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use appliance::folds::Folds;
use crc32c::crc32c_append;
use matcher::engine::Step;
use matcher::event::{Event, Events};
use matcher::sequence::Sequenced;
use order_entry::outbox::{Found, Outbox, open};
use protocol_spec::words::{PortId, PortNo, Time};
use recovery::checkpoint::{CheckpointFault, Head, check, load, save};
use recovery::journal::Cursor;
use recovery::replay::Machine;
use tests::disk::MARKS;
use tests::flow::prng::Prng;
use tests::flow::{directed, script};
use tests::seeds;

type Command = Sequenced<matcher::command::Command>;

/// What a checkpoint behind the last command says it is of.
fn head(machine: &Machine<Folds>) -> Head {
    let cursor = Cursor {
        segment: 7,
        last: 4096,
        offset: 8000,
        next_batch: 99,
        next_command: machine.engine.last_command().next(),
        checksum: 0x1234_5678,
        last_time: Time(5),
    };
    let Folds { replies, published, .. } = &machine.folds;
    Head { marks: MARKS, cursor, replies: replies.filed(), rewind: published.rewind.told() }
}

/// A machine as a file.
fn saved(machine: &Machine<Folds>) -> Vec<u8> {
    let mut file = Vec::new();
    save(&head(machine), machine, crc32c_append, &mut file);
    file
}

fn loaded(file: &[u8]) -> Result<Machine<Folds>, CheckpointFault> {
    let sound = check(&mut &file[..], file.len() as u64, crc32c_append)?;
    load(&sound, &mut &file[..])
}

/// A day on its way: the machine, and its file of replies.
struct Day {
    machine: Machine<Folds>,
    file: Vec<u8>,
}

impl Day {
    fn new() -> Self {
        Day { machine: Machine::new(Folds::new()), file: Vec::new() }
    }

    fn run(&mut self, command: &Command) -> Vec<Event> {
        let mut all = Vec::new();
        let note = format!("P{}", command.no.0 % 50);
        loop {
            let step = self.machine.step(command, &note);
            all.extend_from_slice(self.machine.events());
            if step == Step::Done {
                return all;
            }
        }
    }

    fn poll(&mut self) {
        while let Some(block) = self.machine.folds.replies.outbox.poll_block() {
            assert_eq!(block.offset, self.file.len() as u64);
            self.file.extend_from_slice(&block.bytes);
        }
        self.machine.folds.published.rewind.forget_fresh();
    }

    /// Goes on with a machine that was saved and loaded.
    fn reload(&mut self) {
        self.poll();
        let file = saved(&self.machine);
        let again = loaded(&file).unwrap_or_else(|fault| panic!("{fault}"));
        assert!(saved(&again) == file, "what was loaded is saved to other bytes");
        self.machine = again;
    }

    fn sum(&self) -> (u64, u32, u64) {
        let replies = &self.machine.folds.replies;
        (self.machine.engine.digest(), replies.outbox.digest(), replies.count())
    }
}

/// Days at random and with a purpose.
fn each_day(check: impl Fn(&[Command], &mut Prng)) {
    for seed in seeds::list(12, 6) {
        let random = script::make(seed, 1_500).commands;
        let directed = [directed::crowd, directed::masses, directed::edges];
        let directed = directed.map(|make| make(seed).commands);
        let days = directed.into_iter().filter(|_| seed % 4 == 1).chain([random]);
        for day in days {
            let checked = catch_unwind(AssertUnwindSafe(|| check(&day, &mut Prng::new(seed))));
            if let Err(panic) = checked {
                eprintln!("once more: {}={seed} cargo test -p tests", seeds::SEED);
                resume_unwind(panic);
            }
        }
    }
}

#[test]
fn a_day_that_is_saved_and_loaded_anywhere_goes_on() {
    each_day(|commands, prng| {
        let (mut clean, mut day) = (Day::new(), Day::new());
        let once_in = 1 + commands.len() as u64 / 40;
        for command in commands {
            assert!(day.run(command) == clean.run(command), "events of {command:?}");
            if prng.once_in(once_in) {
                day.reload();
                assert_eq!(day.sum(), clean.sum(), "after command {}", command.no);
            }
        }
        day.reload();
        clean.poll();
        assert_eq!(day.sum(), clean.sum());
        assert!(day.file == clean.file, "the files of replies");
        assert_eq!(day.machine.folds.seats, clean.machine.folds.seats);
        assert_eq!(day.machine.folds.roster, clean.machine.folds.roster);
    });
}

/// A day as a file, some hundred commands long.
fn some_file(seed: u64) -> Vec<u8> {
    let mut day = Day::new();
    for command in &script::make(seed, 400).commands {
        day.run(command);
    }
    day.poll();
    saved(&day.machine)
}

#[test]
fn a_byte_that_is_changed_anywhere_is_found() {
    let mut file = some_file(1);
    for at in 0..file.len() {
        file[at] ^= 1 << (at % 8);
        let fault = loaded(&file).expect_err("it is damaged");
        let expected = match at {
            0..8 => matches!(fault, CheckpointFault::NoCheckpoint),
            8..12 => matches!(fault, CheckpointFault::Format(_)),
            _ => matches!(fault, CheckpointFault::Checksum { .. }),
        };
        assert!(expected, "byte {at}: {fault}");
        file[at] ^= 1 << (at % 8);
    }
    assert!(loaded(&file).is_ok());
}

#[test]
fn a_file_that_is_cut_or_longer_is_found() {
    let mut file = some_file(2);
    for len in 0..file.len() {
        assert!(loaded(&file[..len]).is_err(), "{len} bytes");
        let cut = check(&mut &file[..len], file.len() as u64, crc32c_append);
        assert!(cut.is_err(), "{len} bytes that should be {}", file.len());
    }
    file.extend_from_slice(&[0; 4096]);
    assert!(loaded(&file).is_err());
}

#[test]
fn bytes_with_a_right_checksum_are_a_state_or_an_error() {
    let (file, mut prng) = (some_file(3), Prng::new(3));
    for _ in 0..6_000 {
        let mut other = file.clone();
        for _ in 0..prng.weighted(&[(4, 1), (1, 3)]) {
            let at = prng.place(other.len() - 4);
            other[at] = prng.pick(&[0, 1, 0xff, other[at] ^ 0x20, other[at].wrapping_add(1)]);
        }
        let end = other.len() - 4;
        let sum = crc32c_append(0, &other[..end]);
        other[end..].copy_from_slice(&sum.to_le_bytes());
        if let Ok(mut machine) = loaded(&other) {
            // Its replies can be told on.
            machine.folds.replies.outbox.push(PortId(1), b"hello");
        }
    }
}

#[test]
fn a_checkpoint_stands_between_two_commands() {
    let commands = directed::masses(1).commands;
    let events = Events::with_limits(4, 1);
    let mut machine = Machine::with_events(Folds::new(), events);
    let mut met = false;
    for command in &commands {
        while machine.step(command, "") == Step::More {
            met = true;
            assert!(machine.is_under_way());
        }
        if met {
            break;
        }
    }
    assert!(met && !machine.is_under_way());
}

/// An outbox with small blocks that is saved and loaded while messages come: where they are in the
/// end, by number.
fn reloaded_now_and_then(seed: u64) {
    const BLOCK: usize = 400;
    let mut prng = Prng::new(seed);
    let mut clean = Outbox::new(BLOCK, crc32c_append);
    let mut other = Outbox::new(BLOCK, crc32c_append);
    let (mut files, mut pushed) = ([Vec::new(), Vec::new()], vec![Vec::new(); 40]);
    for _ in 0..3_000 {
        let port = prng.pick(&[1, 2, 3, 39]);
        let len = prng.weighted(&[(5, 40), (2, 1), (1, 256)]);
        let message = vec![prng.number() as u8; prng.place(len + 1)];
        let number = clean.push(PortId(port), &message);
        assert_eq!(other.push(PortId(port), &message), number);
        pushed[usize::from(port)].push(message);
        if prng.once_in(50) {
            poll(&mut other, &mut files[1]);
            let mut bytes = Vec::new();
            other.save(&mut bytes);
            let mut rest = &bytes[..];
            other = Outbox::load(BLOCK, crc32c_append, &mut rest).expect("it was saved so");
            assert!(rest.is_empty());
            assert!(Outbox::load(BLOCK + 1, crc32c_append, &mut &bytes[..]).is_err());
        }
        assert_eq!(other.digest(), clean.digest());
    }
    poll(&mut clean, &mut files[0]);
    poll(&mut other, &mut files[1]);
    assert!(files[0] == files[1]);
    for (port, pushed) in (0..).zip(&pushed) {
        for (number, message) in (1..).zip(pushed) {
            let first = match other.find(PortId(port), PortNo(number)) {
                Found::Nothing => panic!("message {number} of port {port} is gone"),
                Found::Here(mut messages) => messages.next(),
                Found::Filed(place) => {
                    let at = usize::try_from(place.offset).expect("a small file");
                    let bytes = &files[1][at..at + place.len];
                    let opened = open(bytes, PortId(port), PortNo(number), crc32c_append);
                    opened.expect("a whole block").next()
                }
            };
            assert_eq!(first, Some((PortNo(number), &message[..])));
        }
    }
}

fn poll(outbox: &mut Outbox, file: &mut Vec<u8>) {
    while let Some(block) = outbox.poll_block() {
        file.extend_from_slice(&block.bytes);
    }
}

#[test]
fn replies_are_found_after_their_outbox_was_loaded() {
    for seed in seeds::list(20, 10) {
        reloaded_now_and_then(seed);
    }
}

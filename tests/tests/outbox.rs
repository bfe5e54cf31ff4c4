//! Random days through engine, teller and outbox: what brokers were told can be had again, from
//! memory or from the file, and is the same however the day was cut into steps and blocks polled.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use crc32c::crc32c_append;
use matcher::command::Command;
use matcher::engine::{Engine, Step};
use matcher::event::Events;
use matcher::sequence::Sequenced;
use order_entry::outbound::{Replies, Teller};
use order_entry::outbox::{Found, Outbox, open};
use protocol_spec::wire::ouch::Outbound;
use protocol_spec::words::{PortId, PortNo};
use tests::flow::prng::Prng;
use tests::flow::{directed, script};
use tests::replies::{time_of, words};
use tests::seeds;
use tests::steps::Limits;

/// Days from fixed seeds, and from fresh ones.
const DAYS: (u64, u64) = (24, 8);

/// How a day is run; what is told must not depend on it.
#[derive(Clone, Copy, Debug)]
struct How {
    limits: Limits,
    /// Blocks are polled after a command once in so many.
    polls: u64,
}

/// What a day left behind.
struct Day {
    outbox: Outbox,
    file: Vec<u8>,
    /// Where the blocks of the file begin, and whose they are.
    blocks: Vec<(usize, usize)>,
    pushed: BTreeMap<PortId, Vec<Vec<u8>>>,
}

impl Day {
    fn run(commands: &[Sequenced<Command>], block: usize, how: How, prng: &mut Prng) -> Self {
        let outbox = Outbox::new(block, crc32c_append);
        let (file, blocks, pushed) = (Vec::new(), Vec::new(), BTreeMap::new());
        let mut day = Day { outbox, file, blocks, pushed };
        let (mut engine, mut teller) = (Engine::new(), Teller::new());
        let mut events = Events::with_limits(how.limits.events, how.limits.visits);
        let mut replies = Replies::new();
        for command in commands {
            teller.begin(command);
            loop {
                let step = engine.apply(command, &mut events);
                for event in events.as_slice() {
                    teller.tell(command, event, &mut replies);
                    for (port, message) in replies.iter() {
                        day.push(port, message);
                    }
                }
                if step == Step::Done {
                    break;
                }
            }
            if prng.once_in(how.polls) {
                let count = prng.weighted(&[(1, 1), (1, usize::MAX)]);
                day.poll(count);
            }
        }
        day
    }

    fn push(&mut self, port: PortId, message: &[u8]) {
        if let Err(error) = Outbound::decode(message) {
            panic!("{error}: {message:02x?}");
        }
        let messages = self.pushed.entry(port).or_default();
        messages.push(message.to_vec());
        let number = PortNo(messages.len() as u64);
        assert_eq!(self.outbox.push(port, message), number, "numbers have no gap");
    }

    fn poll(&mut self, most: usize) {
        for _ in 0..most {
            let Some(block) = self.outbox.poll_block() else { return };
            assert_eq!(block.offset, self.file.len() as u64);
            self.blocks.push((self.file.len(), block.bytes.len()));
            self.file.extend_from_slice(&block.bytes);
            assert_eq!(self.outbox.file_bytes(), self.file.len() as u64);
        }
    }

    /// Everything that was pushed can be had again, from every number on.
    fn check(&self) {
        for (&port, pushed) in &self.pushed {
            for from in 1..=pushed.len() + 1 {
                let number = PortNo(from as u64);
                let messages = match self.outbox.find(port, number) {
                    Found::Nothing => {
                        assert_eq!(from, pushed.len() + 1, "{port} {number}");
                        continue;
                    }
                    Found::Here(messages) => messages,
                    Found::Filed(place) => {
                        let at = usize::try_from(place.offset).expect("the file is in memory");
                        let bytes = &self.file[at..at + place.len];
                        open(bytes, port, number, crc32c_append).expect("a whole block")
                    }
                };
                // That later ones follow was seen when these numbers were asked for.
                for (at, (number, message)) in (from..).zip(messages.take(3)) {
                    assert_eq!((number.0, message), (at as u64, &pushed[at - 1][..]), "{port}");
                }
            }
            assert_eq!(self.outbox.highest(port), PortNo(pushed.len() as u64));
        }
    }

    /// Blocks that are damaged are refused, whichever byte it is.
    fn damage(&self, prng: &mut Prng) {
        for _ in 0..self.blocks.len().min(3) {
            let (from, len) = prng.pick(&self.blocks);
            let mut bytes = self.file[from..from + len].to_vec();
            let port = PortId(u16::from_le_bytes([bytes[8], bytes[9]]));
            let number = PortNo(u64::from(bytes[16]) | u64::from(bytes[17]) << 8);
            assert!(open(&bytes, port, number, crc32c_append).is_ok());
            for at in 0..len {
                let flip = prng.between(1, 255) as u8;
                bytes[at] ^= flip;
                assert!(open(&bytes, port, number, crc32c_append).is_err(), "byte {at}");
                bytes[at] ^= flip;
                assert!(open(&bytes[..at], port, number, crc32c_append).is_err(), "cut at {at}");
            }
        }
    }
}

/// Runs a check for every day, and says which it was if it fails.
fn each_day(mut check: impl FnMut(&[Sequenced<Command>], &mut Prng)) {
    let mut run = |name: &str, seed: u64, commands: &[Sequenced<Command>]| {
        let mut prng = Prng::new(seed ^ 0x0b0c);
        let outcome = catch_unwind(AssertUnwindSafe(|| check(commands, &mut prng)));
        if let Err(panic) = outcome {
            eprintln!("{name}; once more: {}={seed} cargo test -p tests", seeds::SEED);
            resume_unwind(panic);
        }
    };
    for seed in seeds::list(DAYS.0, DAYS.1) {
        run(&format!("the day of seed {seed}"), seed, &script::make(seed, 1_200).commands);
    }
    run("the day of edges", 1, &directed::edges(1).commands);
    run("the day of a crowd", 1, &directed::crowd(1).commands);
}

#[test]
fn what_brokers_were_told_can_be_had_again_and_damage_is_seen() {
    let (mut messages, mut blocks) = (0, 0);
    each_day(|commands, prng| {
        let block = prng.pick(&[300, 500, 4_096]);
        let polls = prng.pick(&[1, 10, 1_000]);
        let mut day = Day::run(commands, block, How { limits: Limits::FULL, polls }, prng);
        day.check();
        day.poll(usize::MAX);
        day.check();
        day.damage(prng);
        messages += day.pushed.values().map(Vec::len).sum::<usize>();
        blocks += day.blocks.len();
    });
    assert!(messages > 10_000 && blocks > 1_000, "{messages} messages in {blocks} blocks");
}

#[test]
fn neither_steps_nor_polls_show_in_what_brokers_are_told() {
    each_day(|commands, prng| {
        let block = prng.pick(&[300, 700]);
        let first = How { limits: Limits::FULL, polls: 1 };
        let mut day = Day::run(commands, block, first, prng);
        day.poll(usize::MAX);
        let few = Limits { events: 17, visits: 50 };
        let random = Limits::draw(prng);
        for (limits, polls) in [(Limits::LEAST, 1_000_000), (few, 3), (random, 40)] {
            let how = How { limits, polls };
            let mut again = Day::run(commands, block, how, prng);
            let digest = again.outbox.digest();
            assert_eq!(digest, day.outbox.digest(), "{how:?}");
            again.poll(usize::MAX);
            assert_eq!(again.outbox.digest(), digest, "{how:?}");
            assert!(again.file == day.file && again.pushed == day.pushed, "{how:?}");
        }
    });
}

/// What is told adds up by itself: what was accepted is executed, taken off or live, and executions
/// come in pairs.
#[test]
fn what_orders_are_told_adds_up() {
    each_day(|commands, prng| {
        let how = How { limits: Limits::FULL, polls: 1 };
        let day = Day::run(commands, Outbox::BLOCK, how, prng);
        let mut leaves: BTreeMap<String, u64> = BTreeMap::new();
        let mut matches: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (&port, messages) in &day.pushed {
            let mut time = 0;
            for message in messages {
                assert!(time_of(message) >= time, "time never goes back");
                time = time_of(message);
                read(&words(port, message), message[0], &mut leaves, &mut matches);
            }
        }
        assert!(matches.values().all(|sides| sides.len() == 2 && sides[0] == sides[1]));
        // No order survives the day.
        let alive: Vec<_> = leaves.iter().filter(|(_, leaves)| **leaves > 0).collect();
        assert!(alive.is_empty(), "{alive:?}");
    });
}

/// Takes a message into account: an order is named `p1#7` and its channel.
fn read(
    text: &str,
    kind: u8,
    leaves: &mut BTreeMap<String, u64>,
    matches: &mut BTreeMap<String, Vec<String>>,
) {
    let parts: Vec<&str> = text.split(' ').collect();
    let channel = parts.iter().find_map(|part| part.strip_prefix("28=")).unwrap_or("0");
    let number = |text: &str| text.parse::<u64>().unwrap_or_else(|_| panic!("no number: {text}"));
    match kind {
        b'A' => {
            let before = leaves.insert(format!("{}/{channel}", parts[0]), number(parts[2]));
            assert_eq!(before, None, "{text}: a number is taken once");
        }
        b'U' => {
            let (orig, new) = parts[0].split_once('>').expect("U names both");
            let port = orig.split('#').next().expect("a port");
            let gone = leaves.remove(&format!("{orig}/{channel}"));
            assert!(gone.is_some_and(|leaves| leaves > 0), "{text}: the original is live");
            leaves.insert(format!("{port}#{new}/{channel}"), number(parts[2]));
        }
        b'C' | b'D' | b'E' => {
            let amount = parts[2].split('@').next().expect("an amount");
            let less = number(amount.trim_start_matches('-'));
            let order = leaves.get_mut(&format!("{}/{channel}", parts[0]));
            let order = order.unwrap_or_else(|| panic!("{text}: the order was accepted"));
            *order = order.checked_sub(less).unwrap_or_else(|| panic!("{text}: it has no more"));
            if kind == b'E' {
                matches.entry(parts[4].to_owned()).or_default().push(parts[2].to_owned());
            }
        }
        b'M' => {
            let order = leaves.get_mut(&format!("{}/{channel}", parts[0]));
            *order.unwrap_or_else(|| panic!("{text}: the order was accepted")) = number(parts[3]);
        }
        _ => {}
    }
}

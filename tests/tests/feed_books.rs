//! Random days through engine and publisher: the books that a receiver builds from the messages
//! alone are those of the engine, and the messages are the same however the day was cut into steps
//! and wherever the publisher was saved and loaded.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use matcher::command::Command;
use matcher::engine::{Engine, Step};
use matcher::event::Events;
use matcher::sequence::Sequenced;
use matcher::stored::Stored;
use mdfeed::publisher::{Messages, Publisher};
use protocol_spec::words::{FeedNo, Locate};
use tests::feed::book::{Books, Place};
use tests::feed::words::time_of;
use tests::flow::prng::Prng;
use tests::flow::{directed, script};
use tests::seeds;
use tests::steps::Limits;

/// Days from fixed seeds, and from fresh ones.
const DAYS: (u64, u64) = (24, 8);

/// Messages, each with the least number of times that the days of the fixed seeds make it be told.
const LEAST: [(char, usize); 14] = [
    ('S', 100),
    ('R', 100),
    ('H', 1_000),
    ('Y', 70),
    ('A', 8_000),
    ('F', 500),
    ('E', 2_000),
    ('C', 2_000),
    ('X', 500),
    ('D', 5_000),
    ('U', 500),
    ('P', 1_000),
    ('Q', 400),
    ('B', 100),
];

/// The feed of a day, and what publishes it.
struct Feed {
    engine: Engine,
    publisher: Publisher,
    told: Vec<Vec<u8>>,
}

impl Feed {
    fn new() -> Self {
        Feed { engine: Engine::new(), publisher: Publisher::new(), told: Vec::new() }
    }

    /// Executes a command. Before any event, the publisher may be put in the place of itself.
    fn run(
        &mut self,
        command: &Sequenced<Command>,
        limits: Limits,
        between: &mut dyn FnMut(&mut Publisher),
    ) {
        let mut events = Events::with_limits(limits.events, limits.visits);
        let mut messages = Messages::new();
        self.publisher.begin(command);
        loop {
            let step = self.engine.apply(command, &mut events);
            for event in events.as_slice() {
                between(&mut self.publisher);
                let first = self.publisher.next_number();
                assert_eq!(first, FeedNo(self.told.len() as u64 + 1), "numbers have no gap");
                self.publisher.tell(command, event, &mut messages);
                self.told.extend(messages.iter().map(<[u8]>::to_vec));
            }
            if step == Step::Done {
                return;
            }
        }
    }

    /// The displayed entries of one side in priority order.
    fn side(&self, locate: u16, buys: bool) -> Vec<Place> {
        let entries = self.engine.entries(Locate(locate), buys);
        let displayed = entries.iter().filter_map(|entry| {
            let of = entry.tip.get()?;
            Some((of.0, u64::from(entry.price.0), u64::from(entry.shares.0)))
        });
        displayed.collect()
    }
}

/// Runs a check for every day, and says which it was if it fails. After so many commands books are
/// compared once more.
fn each_day(mut check: impl FnMut(&[Sequenced<Command>], usize, &mut Prng)) {
    let mut run = |name: &str, seed: u64, commands: &[Sequenced<Command>], every: usize| {
        let mut prng = Prng::new(seed ^ 0x0fee_d00d);
        let outcome = catch_unwind(AssertUnwindSafe(|| check(commands, every, &mut prng)));
        if let Err(panic) = outcome {
            eprintln!("{name}; once more: {}={seed} cargo test -p tests", seeds::SEED);
            resume_unwind(panic);
        }
    };
    for seed in seeds::list(DAYS.0, DAYS.1) {
        run(&format!("the day of seed {seed}"), seed, &script::make(seed, 1_200).commands, 1);
    }
    run("the day of edges", 1, &directed::edges(1).commands, 1);
    run("the day of a crowd", 1, &directed::crowd(1).commands, 64);
    run("the day of masses", 1, &directed::masses(1).commands, 64);
}

#[test]
fn the_books_of_a_receiver_are_those_of_the_engine() {
    let mut counts: BTreeMap<char, usize> = BTreeMap::new();
    each_day(|commands, every, _| {
        let (mut feed, mut books) = (Feed::new(), Books::new());
        let mut midnight = None;
        for (at, command) in commands.iter().enumerate() {
            let before = feed.told.len();
            feed.run(command, Limits::FULL, &mut |_| {});
            if let (Command::OpenDay(day), false) = (&command.command, feed.told.is_empty()) {
                midnight.get_or_insert(day.midnight);
            }
            for message in &feed.told[before..] {
                let midnight = midnight.expect("the day is open");
                assert_eq!(time_of(message), command.time.since(midnight).0, "R7, R8");
                books.on(message);
            }
            if (at + 1).is_multiple_of(every) || at + 1 == commands.len() {
                for locate in 1..=books.securities() {
                    for buys in [true, false] {
                        let (ours, theirs) = (feed.side(locate, buys), books.side(locate, buys));
                        assert_eq!(ours, theirs, "locate {locate}, after {command:?}");
                    }
                }
            }
        }
        let stages = books.stages();
        assert!(stages.starts_with('O') && stages.ends_with('C'), "{stages}");
        for (kind, count) in books.counts {
            *counts.entry(kind).or_default() += count;
        }
    });
    let seldom = LEAST.iter().filter(|(kind, least)| counts.get(kind).unwrap_or(&0) < least);
    let seldom: Vec<_> = seldom.collect();
    assert!(std::env::var_os(seeds::SEED).is_some() || seldom.is_empty(), "{seldom:?} {counts:?}");
}

#[test]
fn steps_do_not_show_on_the_feed() {
    each_day(|commands, _, prng| {
        let random = Limits::draw(prng);
        let mut feeds = [Limits::FULL, Limits::LEAST, random].map(|limits| {
            let mut feed = Feed::new();
            commands.iter().for_each(|command| feed.run(command, limits, &mut |_| {}));
            feed
        });
        let [full, others @ ..] = &mut feeds;
        for other in others {
            assert!(other.told == full.told, "the bytes are the same");
            assert_eq!(other.publisher, full.publisher);
        }
    });
}

#[test]
fn a_publisher_goes_on_from_its_bytes_wherever_it_was_saved() {
    each_day(|commands, _, prng| {
        let (mut straight, mut broken) = (Feed::new(), Feed::new());
        for command in commands {
            straight.run(command, Limits::FULL, &mut |_| {});
            broken.run(command, Limits::FULL, &mut |publisher| {
                if prng.once_in(4) {
                    *publisher = reloaded(publisher);
                }
            });
            assert_eq!(broken.publisher, straight.publisher);
        }
        assert!(broken.told == straight.told, "the bytes are the same");
    });
}

/// A publisher made from the bytes of another.
fn reloaded(publisher: &Publisher) -> Publisher {
    let mut bytes = Vec::new();
    publisher.save(&mut bytes);
    let mut rest = &bytes[..];
    let loaded = Publisher::load(&mut rest).expect("what was saved can be loaded");
    assert!(rest.is_empty(), "{} bytes are left over", rest.len());
    assert_eq!(loaded, *publisher);
    loaded
}

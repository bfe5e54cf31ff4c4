//! The naive model against the rule book, and the engine against the model.

use matcher::command::Command;
use matcher::engine::Engine;
use matcher::event::Event;
use matcher::sequence::Sequenced;
use matcher::view::Entry;
use protocol_spec::words::{Locate, PortId, Price, Time, UserRefIdx, UserRefNum};
use tests::differential;
use tests::examples;
use tests::flow::maker::Made;
use tests::flow::minima::MINIMA;
use tests::flow::{directed, script};
use tests::model::Model;
use tests::model::state::Hits;
use tests::seeds;
use tests::venue::Venue;

/// Days from fixed seeds, and from fresh ones.
const DAYS: (u64, u64) = (200, 66);

/// The day of a seed. A few are long.
fn day(seed: u64) -> Made {
    script::make(seed, if seed.is_multiple_of(16) { 6_000 } else { 1_200 })
}

#[test]
fn the_model_does_what_the_worked_examples_say() {
    for example in examples::ALL {
        examples::run(example, &mut Model::new()).unwrap_or_else(|wrong| panic!("{wrong}"));
    }
}

#[test]
fn the_engine_does_what_the_worked_examples_say() {
    for example in examples::ALL {
        examples::run(example, &mut Engine::new()).unwrap_or_else(|wrong| panic!("{wrong}"));
    }
}

#[test]
fn the_engine_does_what_the_model_does_on_days_made_up_at_random() {
    for seed in seeds::list(DAYS.0, DAYS.1) {
        differential::check(seed, &day(seed).commands, 1, Engine::new);
    }
}

#[test]
fn the_engine_does_what_the_model_does_on_days_with_a_purpose() {
    let days = [
        (directed::edges(1), 1),
        (directed::crowd(1), 64),
        (directed::ladders(1), 16),
        (directed::ladders(2), 16),
        (directed::masses(1), 64),
    ];
    for (made, every) in days {
        differential::check(1, &made.commands, every, Engine::new);
    }
}

#[test]
fn the_days_meet_every_rule() {
    let mut hits = Hits::new();
    let mut commands = 0;
    let random = (0..DAYS.0).map(|at| day(seeds::FIXED.wrapping_add(at)));
    let directed = [directed::edges(1), directed::crowd(1)];
    for made in random.chain(directed) {
        commands += made.commands.len();
        for (rule, count) in made.hits {
            *hits.entry(rule).or_default() += count;
        }
    }
    for (rule, count) in &hits {
        println!("{count:8} {rule}");
    }
    println!("{commands:8} commands");
    let too_few: Vec<String> = MINIMA
        .iter()
        .map(|(rule, least)| (rule, hits.get(*rule).copied().unwrap_or(0), least))
        .filter(|(_, count, least)| count < least)
        .map(|(rule, count, least)| format!("{rule}: {count} of {least}"))
        .collect();
    assert!(too_few.is_empty(), "met too seldom: {too_few:#?}");
}

#[test]
fn the_model_stays_sound_on_fresh_days() {
    // Making a day checks the model's state after every command.
    for seed in seeds::list(0, DAYS.1) {
        assert!(!day(seed).commands.is_empty(), "seed {seed}");
    }
}

#[test]
fn the_same_seed_makes_the_same_day() {
    let (once, again) = (script::make(7, 500), script::make(7, 500));
    assert_eq!(once.commands, again.commands);
    assert_ne!(once.commands, script::make(8, 500).commands);
}

/// A venue that tells part of the shares of every refresh.
struct Wrong(Model);

impl Venue for Wrong {
    fn execute(&mut self, command: &Sequenced<Command>) -> Vec<Event> {
        let mut events = self.0.execute(command);
        for event in &mut events {
            if let Event::Refreshed { shares, .. } = event {
                shares.0 -= 1;
            }
        }
        events
    }

    fn entries(&self, locate: Locate, buys: bool) -> Vec<Entry> {
        self.0.entries(locate, buys)
    }

    fn last_number(&self, port: PortId, idx: UserRefIdx) -> UserRefNum {
        self.0.last_number(port, idx)
    }

    fn reference(&self, locate: Locate) -> Option<Price> {
        self.0.reference(locate)
    }

    fn next_due(&self) -> Option<Time> {
        self.0.next_due()
    }
}

#[test]
fn a_wrong_venue_is_found_and_shown_by_a_short_list() {
    let commands = (0..)
        .map(|seed| script::make(seed, 1_200).commands)
        .find(|commands| differential::compare(commands, &mut Wrong(Model::new()), 1).is_some());
    let commands = commands.expect("some day has a refresh");
    let disagrees = |list: &differential::Commands| {
        differential::compare(list, &mut Wrong(Model::new()), 1).map(|found| found.at)
    };
    let short = differential::shrink(&commands, disagrees);
    assert_eq!(disagrees(&short), Some(short.len() - 1));
    // A day, a security, a port or two, a phase, a reserve order and one that takes its tip.
    assert!(short.len() <= 12, "{short:#?}");
    let shown = std::panic::catch_unwind(|| {
        differential::check(9, &commands, 1, || Wrong(Model::new()));
    });
    let shown = shown.expect_err("the venue is wrong");
    let message = shown.downcast::<String>().expect("a panic with a message");
    assert!(message.contains("OUTCRY_SEED=9 cargo test"), "{message}");
}

#[test]
fn the_events_of_the_model_come_to_its_books() {
    for seed in seeds::list(20, 20) {
        differential::check(seed, &day(seed).commands, 1, Model::new);
    }
    differential::check(1, &directed::masses(1).commands, 64, Model::new);
}

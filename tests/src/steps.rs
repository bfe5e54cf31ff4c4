//! Engines, command by command, step by step, and through their bytes.

use std::slice;

use matcher::accounts::Accounts;
use matcher::ahead::Fetch;
use matcher::command::Command;
use matcher::engine::{Engine, Step};
use matcher::event::{Event, Events};
use matcher::sequence::Sequenced;

use crate::flow::prng::Prng;

/// How large a step may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Events that there is room for.
    pub events: usize,
    /// Orders, entries and levels that may be visited.
    pub visits: u32,
}

impl Limits {
    /// Those of the rule book (R72).
    pub const FULL: Limits = Limits { events: Events::LIMIT, visits: Events::VISITS };
    /// The least that an engine can work with.
    pub const LEAST: Limits = Limits { events: 4, visits: 1 };

    /// Limits drawn at random: mostly so small that steps end in the middle of things.
    pub fn draw(prng: &mut Prng) -> Limits {
        let events = prng.weighted(&[(6, 4), (4, 7), (2, 20), (1, Events::LIMIT)]);
        let visits = prng.weighted(&[(6, 1), (4, 9), (2, 60), (1, Events::VISITS)]);
        let visits = prng.between(1, visits);
        Limits { events: events.max(4 + prng.place(events)).min(Events::LIMIT), visits }
    }
}

/// Asks for no memory: that a line could be asked for is enough.
#[derive(Clone, Copy, Debug)]
pub struct Looked;

impl Fetch for Looked {
    fn fetch<T>(&self, at: &T) {
        std::hint::black_box(at);
    }
}

/// Executes a command whole, in steps that may each be as large as `limits` says. Between two steps
/// `between` may put another engine in the place of this one.
pub fn execute<A: Accounts>(
    engine: &mut Engine<A>,
    command: &Sequenced<Command>,
    limits: &mut dyn FnMut() -> Limits,
    between: &mut dyn FnMut(&mut Engine<A>),
) -> Vec<Event> {
    engine.fetch_now(slice::from_ref(command), &Looked);
    let mut all = Vec::new();
    let mut current = limits();
    let mut events = Events::with_limits(current.events, current.visits);
    loop {
        let step = engine.apply(command, &mut events);
        all.extend_from_slice(events.as_slice());
        if step == Step::Done {
            return all;
        }
        between(engine);
        let next = limits();
        if next != current {
            current = next;
            events = Events::with_limits(current.events, current.visits);
        }
    }
}

/// Executes a command whole in steps of one size.
pub fn execute_in<A: Accounts>(
    engine: &mut Engine<A>,
    command: &Sequenced<Command>,
    limits: Limits,
) -> Vec<Event> {
    execute(engine, command, &mut || limits, &mut |_| {})
}

/// The state of an engine as bytes.
#[must_use]
pub fn saved<A: Accounts>(engine: &Engine<A>) -> Vec<u8> {
    let mut bytes = Vec::new();
    engine.save(&mut bytes);
    bytes
}

/// An engine made from the bytes of another.
///
/// # Panics
/// If it is not the same: all bytes are read, the digests are equal, and so are the bytes that both
/// write.
#[must_use]
pub fn reloaded<A: Accounts>(engine: &Engine<A>) -> Engine<A> {
    let bytes = saved(engine);
    let mut rest = &bytes[..];
    let loaded: Engine<A> = Engine::load(&mut rest).expect("what was saved can be loaded");
    assert!(rest.is_empty(), "{} bytes are left over", rest.len());
    assert_eq!(loaded.digest(), engine.digest(), "the digest of a state that was loaded");
    assert!(saved(&loaded) == bytes, "a state that was loaded is saved to other bytes");
    loaded
}

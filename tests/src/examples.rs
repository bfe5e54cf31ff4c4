//! The worked examples of the rule book, X1 to X27, to be run on anything that executes commands.

use matcher::command::Command;
use matcher::engine::Engine;
use matcher::order::Strategy;
use matcher::phase::Phase;
use matcher::sequence::Sequencer;
use matcher::settings::{Day, Instrument, Limits, Port, PostOnlyRule};
use matcher::tick::TickTable;
use protocol_spec::wire::ouch::Mpid;
use protocol_spec::words::{Locate, PortId, Price, Time};

use crate::shorthand::{self, SYMBOL};
use crate::venue::Venue;

/// An example: what led to it, commands with their events, the book afterwards.
pub struct Example {
    /// Its name in the rule book.
    pub name: &'static str,
    /// The phase in which it begins.
    pub phase: Phase,
    /// Commands before it. `@5` before a command says how many seconds of the day are over;
    /// `tick 50` changes the tick table.
    pub before: &'static [&'static str],
    /// Commands, each with its events.
    pub steps: &'static [(&'static str, &'static [&'static str])],
    /// The buys, then the sells, in priority order.
    pub after: &'static [&'static str],
}

const MIDNIGHT: Time = Time(1_700_000_000_000_000_000);

/// A venue that is given commands in short words.
struct Stage<'a> {
    venue: &'a mut dyn Venue,
    sequencer: Sequencer,
    time: Time,
}

impl Stage<'_> {
    fn run(&mut self, command: Command) -> Vec<String> {
        let stamped = self.sequencer.stamp(self.time, command).expect("an example is short");
        self.venue.execute(&stamped).iter().map(shorthand::event).collect()
    }

    fn say(&mut self, text: &str) -> Vec<String> {
        let mut text = text;
        if let Some((seconds, rest)) = text.strip_prefix('@').and_then(|text| text.split_once(' '))
        {
            let seconds: u64 = seconds.parse().expect("seconds");
            self.time = Time(MIDNIGHT.0 + seconds * 1_000_000_000);
            text = rest;
        }
        match text.strip_prefix("tick ") {
            Some(tick) => self.run(instrument(tick.parse().expect("a tick"))),
            None => self.run(shorthand::command(text)),
        }
    }
}

fn instrument(tick: u32) -> Command {
    let mut instrument = Instrument::new(SYMBOL, Price(100_000));
    instrument.ticks = TickTable::uniform(tick);
    Command::SetInstrument(Box::new(instrument))
}

/// Runs an example and says where it differs.
///
/// # Errors
/// The first difference.
pub fn run(example: &Example, venue: &mut dyn Venue) -> Result<(), String> {
    let mut stage = Stage { venue, sequencer: Sequencer::new(MIDNIGHT), time: MIDNIGHT };
    let day = Day {
        session: *b"2026112001",
        midnight: MIDNIGHT,
        seed: 42,
        limits: Limits { live_orders: 1_000, levels: 1_000, ..Limits::default() },
        rules_version: Engine::RULES_VERSION,
        carried: Vec::new(),
    };
    stage.run(Command::OpenDay(Box::new(day)));
    stage.run(instrument(100));
    for number in 1..=3 {
        let mut port = Port::new(PortId(number), vec![Mpid::new(&format!("FRM{number}"))]);
        if number == 2 {
            port.post_only = PostOnlyRule::Slide;
        }
        port.aiq = Strategy::Trade;
        stage.run(Command::SetPort(Box::new(port)));
    }
    stage.run(Command::SetPhase(example.phase));
    for text in example.before {
        stage.say(text);
    }
    for (text, expected) in example.steps {
        let events = stage.say(text);
        if events != *expected {
            return Err(format!("{}: {text}: {events:#?} instead of {expected:#?}", example.name));
        }
    }
    let sides = [true, false].map(|buys| stage.venue.entries(Locate(1), buys));
    let book: Vec<String> = sides.iter().flatten().map(shorthand::entry).collect();
    if book != example.after {
        return Err(format!("{}: the book is {book:#?}", example.name));
    }
    Ok(())
}

const fn open(
    name: &'static str,
    before: &'static [&'static str],
    steps: &'static [(&'static str, &'static [&'static str])],
    after: &'static [&'static str],
) -> Example {
    Example { name, phase: Phase::Open, before, steps, after }
}

mod published;
mod table;
mod told;

pub use published::PUBLISHED;
pub use table::ALL;
pub use told::TOLD;

//! The engine and all that reads its events, live and in replay the same.
//!
//! What a venue tells is made by folds: machines whose state is a function of the commands alone.
//! A [`Machine`] drives the engine and its folds in one order, so a replay comes to the same state
//! as the day itself.

use alloc::vec::Vec;

use matcher::ahead::{Fetch, GROUP};
use matcher::command::Command;
use matcher::engine::{Engine, Step};
use matcher::event::{Event, Events};
use matcher::sequence::Sequenced;

use crate::journal::{Batch, RecordFault};

/// A reader of events; its state is a function of the commands alone.
pub trait Fold {
    /// A command begins: called once for each, before its first step.
    fn begin(&mut self, command: &Sequenced<Command>, note: &str);

    /// What happened in a step of the command; a command has one or more.
    fn on(&mut self, command: &Sequenced<Command>, events: &[Event]);

    /// The command is done: called once for each, after its last step. Most do not care.
    fn end(&mut self, _command: &Sequenced<Command>) {}
}

/// Reads nothing.
impl Fold for () {
    fn begin(&mut self, _: &Sequenced<Command>, _: &str) {}

    fn on(&mut self, _: &Sequenced<Command>, _: &[Event]) {}
}

/// One after the other.
impl<A: Fold, B: Fold> Fold for (A, B) {
    #[inline]
    fn begin(&mut self, command: &Sequenced<Command>, note: &str) {
        self.0.begin(command, note);
        self.1.begin(command, note);
    }

    #[inline]
    fn on(&mut self, command: &Sequenced<Command>, events: &[Event]) {
        self.0.on(command, events);
        self.1.on(command, events);
    }

    #[inline]
    fn end(&mut self, command: &Sequenced<Command>) {
        self.0.end(command);
        self.1.end(command);
    }
}

/// The engine and every fold over it.
#[derive(Debug)]
pub struct Machine<F> {
    /// The engine.
    pub engine: Engine,
    /// What reads its events.
    pub folds: F,
    events: Events,
    /// Whether the last command has steps left.
    under_way: bool,
}

impl<F: Fold> Machine<F> {
    /// A machine before its day is opened.
    #[must_use]
    pub fn new(folds: F) -> Self {
        Machine::with_events(folds, Events::new())
    }

    /// The same with steps as large as `events` allows, which changes nothing that is told.
    #[must_use]
    pub fn with_events(folds: F, events: Events) -> Self {
        Machine { engine: Engine::new(), folds, events, under_way: false }
    }

    /// A machine that goes on with an engine and folds of the same commands.
    #[must_use]
    pub fn of(engine: Engine, folds: F) -> Self {
        Machine { engine, folds, events: Events::new(), under_way: false }
    }

    /// Whether the last command has steps left.
    #[must_use]
    pub fn is_under_way(&self) -> bool {
        self.under_way
    }

    /// The first step of `command`, or a further one. A command is given again until it is
    /// [`Step::Done`].
    ///
    /// # Panics
    /// If the command's number is not the next one, or its time goes back.
    #[inline]
    pub fn step(&mut self, command: &Sequenced<Command>, note: &str) -> Step {
        if !self.under_way {
            self.folds.begin(command, note);
        }
        let step = self.engine.apply(command, &mut self.events);
        self.under_way = step == Step::More;
        self.folds.on(command, self.events.as_slice());
        if step == Step::Done {
            self.folds.end(command);
        }
        step
    }

    /// All steps of `command`, or all that are left.
    ///
    /// # Panics
    /// As [`Machine::step`].
    #[inline]
    pub fn run(&mut self, command: &Sequenced<Command>, note: &str) {
        while self.step(command, note) == Step::More {}
    }

    /// The events of the last step.
    #[must_use]
    #[inline]
    pub fn events(&self) -> &[Event] {
        self.events.as_slice()
    }
}

/// Runs the commands of a batch, and says how many there were. They are read in groups, so that
/// the memory of a group is asked for before its first command is run. `scratch` is for the
/// commands of a group: hand in the same one again.
///
/// # Errors
/// If a record is no command. Those of the groups before were run.
pub fn replay_batch<F: Fold>(
    machine: &mut Machine<F>,
    batch: &Batch<'_>,
    fetch: &impl Fetch,
    scratch: &mut Vec<Sequenced<Command>>,
) -> Result<u64, RecordFault> {
    let mut records = batch.records();
    let mut count = 0;
    loop {
        let mut notes = [""; GROUP];
        scratch.clear();
        for note in &mut notes {
            let Some(next) = records.next_command() else { break };
            let (command, said) = next?;
            scratch.push(command);
            *note = said;
        }
        if scratch.is_empty() {
            return Ok(count);
        }
        machine.engine.fetch_ahead(scratch, fetch);
        for (command, note) in scratch.iter().zip(notes) {
            machine.run(command, note);
        }
        count += scratch.len() as u64;
    }
}

#[cfg(test)]
mod tests;

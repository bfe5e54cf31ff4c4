//! Everything that reads events while a day is executed again.

use matcher::command::Command;
use matcher::event::Event;
use matcher::sequence::Sequenced;
use recovery::replay::Fold;

use super::names::Names;
use super::told::Told;
use appliance::folds::Folds;

/// The venue's own folds, and what is told beside them.
#[derive(Debug)]
pub struct Readers {
    /// The venue's.
    pub folds: Folds,
    /// Whose port is which.
    pub names: Names,
    /// What is told, if somebody wants to see it.
    pub told: Option<Told>,
}

impl Readers {
    /// Before the first command of a day.
    #[must_use]
    pub fn new(told: Option<Told>) -> Self {
        Readers { folds: Folds::new(), names: Names::default(), told }
    }
}

impl Fold for Readers {
    #[inline]
    fn begin(&mut self, command: &Sequenced<Command>, note: &str) {
        self.folds.begin(command, note);
        if let Command::SetPort(_) | Command::OpenDay(_) = &command.command {
            self.names.on(&command.command, note);
        }
        if let Some(told) = &mut self.told {
            told.begin(command, note);
        }
    }

    #[inline]
    fn on(&mut self, command: &Sequenced<Command>, events: &[Event]) {
        self.folds.on(command, events);
        if let Some(told) = &mut self.told {
            told.on(command, events);
        }
    }
}

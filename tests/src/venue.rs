//! What executes commands: the engine, and the model that it is compared with.

use matcher::command::Command;
use matcher::engine::{Engine, Step};
use matcher::event::{Event, Events};
use matcher::sequence::Sequenced;
use matcher::view::Entry;
use protocol_spec::words::{Locate, PortId, Price, Time, UserRefIdx, UserRefNum};

/// Something that executes commands, and what can be seen of its state.
pub trait Venue {
    /// Executes a command whole and returns what happened, due things first.
    fn execute(&mut self, command: &Sequenced<Command>) -> Vec<Event>;

    /// The entries of one side of a book in priority order.
    fn entries(&self, locate: Locate, buys: bool) -> Vec<Entry>;

    /// The last number that a channel took.
    fn last_number(&self, port: PortId, idx: UserRefIdx) -> UserRefNum;

    /// The reference price of a security.
    fn reference(&self, locate: Locate) -> Option<Price>;

    /// When something is due without any command.
    fn next_due(&self) -> Option<Time>;
}

impl Venue for Engine {
    fn execute(&mut self, command: &Sequenced<Command>) -> Vec<Event> {
        let (mut events, mut all) = (Events::new(), Vec::new());
        loop {
            let step = self.apply(command, &mut events);
            all.extend_from_slice(events.as_slice());
            if step == Step::Done {
                return all;
            }
        }
    }

    fn entries(&self, locate: Locate, buys: bool) -> Vec<Entry> {
        Engine::entries(self, locate, buys)
    }

    fn last_number(&self, port: PortId, idx: UserRefIdx) -> UserRefNum {
        Engine::last_number(self, port, idx)
    }

    fn reference(&self, locate: Locate) -> Option<Price> {
        Engine::reference(self, locate)
    }

    fn next_due(&self) -> Option<Time> {
        Engine::next_due(self)
    }
}

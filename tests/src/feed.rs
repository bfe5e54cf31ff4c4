//! What the public is told: the messages that an engine's events become.
//!
//! - [`mod@words`]: a message in short words that a person compares with the rule book.
//! - [`book`]: the books that a receiver builds from the messages.

pub mod book;
pub mod words;

use matcher::command::Command;
use matcher::engine::{Engine, Step};
use matcher::event::{Event, Events};
use matcher::sequence::Sequenced;
use matcher::view::Entry;
use mdfeed::publisher::{Messages, Publisher};
use protocol_spec::words::{Locate, PortId, Price, Time, UserRefIdx, UserRefNum};

use self::words::{time_of, words};
use crate::venue::Venue;

/// An engine and what the public is told of it, command by command.
#[derive(Debug)]
pub struct Published {
    engine: Engine,
    publisher: Publisher,
    midnight: Option<Time>,
    /// What each command made the public be told.
    pub told: Vec<Vec<String>>,
}

impl Published {
    /// An engine whose day is not open yet.
    #[must_use]
    pub fn new() -> Self {
        let (engine, publisher) = (Engine::new(), Publisher::new());
        Published { engine, publisher, midnight: None, told: Vec::new() }
    }
}

impl Default for Published {
    fn default() -> Self {
        Published::new()
    }
}

impl Venue for Published {
    fn execute(&mut self, command: &Sequenced<Command>) -> Vec<Event> {
        if let Command::OpenDay(day) = &command.command {
            self.midnight = Some(day.midnight);
        }
        let (mut events, mut messages) = (Events::new(), Messages::new());
        let (mut all, mut told) = (Vec::new(), Vec::new());
        self.publisher.begin(command);
        loop {
            let step = self.engine.apply(command, &mut events);
            for event in events.as_slice() {
                self.publisher.tell(command, event, &mut messages);
                for message in messages.iter() {
                    let midnight = self.midnight.expect("the day is open");
                    assert_eq!(time_of(message), command.time.0 - midnight.0, "R8");
                    told.push(words(message));
                }
            }
            all.extend_from_slice(events.as_slice());
            if step == Step::Done {
                self.told.push(told);
                return all;
            }
        }
    }

    fn entries(&self, locate: Locate, buys: bool) -> Vec<Entry> {
        self.engine.entries(locate, buys)
    }

    fn last_number(&self, port: PortId, idx: UserRefIdx) -> UserRefNum {
        self.engine.last_number(port, idx)
    }

    fn reference(&self, locate: Locate) -> Option<Price> {
        self.engine.reference(locate)
    }

    fn next_due(&self) -> Option<Time> {
        self.engine.next_due()
    }
}

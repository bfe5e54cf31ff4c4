//! The messages of a day, and the books of the venue that told them.

use matcher::engine::{Engine, Step};
use matcher::event::Events;
use mdfeed::book_view::BookView;
use mdfeed::publisher::{Messages, Publisher};
use protocol_spec::words::FeedNo;

use crate::displayed;
use crate::flow::script;

/// The venue's books are looked at behind the first command that ends so many messages later.
const LOOK: usize = 100;

/// What was told in a day, and the books from which it was.
#[derive(Debug)]
pub struct Truth {
    /// From number 1 on.
    pub messages: Vec<Vec<u8>>,
    /// After so many messages, in order, the digest of what the venue displays, at the end too.
    looks: Vec<(usize, u64)>,
}

impl Truth {
    /// A random day of about so many commands.
    #[must_use]
    pub fn of_day(seed: u64, commands: usize) -> Self {
        let (mut engine, mut publisher) = (Engine::new(), Publisher::new());
        let (mut events, mut messages) = (Events::new(), Messages::new());
        let mut truth = Truth { messages: Vec::new(), looks: Vec::new() };
        for command in &script::make(seed, commands).commands {
            publisher.begin(command);
            loop {
                let step = engine.apply(command, &mut events);
                for event in events.as_slice() {
                    publisher.tell(command, event, &mut messages);
                    truth.messages.extend(messages.iter().map(<[u8]>::to_vec));
                }
                if step == Step::Done {
                    break;
                }
            }
            if truth.messages.len() >= truth.looked() + LOOK {
                truth.look(&engine);
            }
        }
        if truth.messages.len() > truth.looked() {
            truth.look(&engine);
        }
        truth
    }

    /// How many messages there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.messages.len() as u64
    }

    /// The message of a number, if there is one.
    #[must_use]
    pub fn message(&self, number: FeedNo) -> Option<&[u8]> {
        let at = usize::try_from(number.0.checked_sub(1)?).ok()?;
        self.messages.get(at).map(Vec::as_slice)
    }

    /// Messages up to the last look.
    fn looked(&self) -> usize {
        self.looks.last().map_or(0, |(count, _)| *count)
    }

    fn look(&mut self, engine: &Engine) {
        self.looks.push((self.messages.len(), displayed::digest(engine)));
    }
}

/// A view made of what a receiver tells, compared with the venue's own books.
#[derive(Debug)]
pub struct Looks<'a> {
    truth: &'a Truth,
    view: BookView,
    told: usize,
    compared: usize,
}

impl<'a> Looks<'a> {
    /// Nothing was told.
    #[must_use]
    pub fn new(truth: &'a Truth) -> Self {
        Looks { truth, view: BookView::new(), told: 0, compared: 0 }
    }

    /// Whether books were compared wherever they can be, at the end too.
    #[must_use]
    pub fn are_all(&self) -> bool {
        self.compared == self.truth.looks.len()
    }

    /// The next message.
    ///
    /// # Panics
    /// If it does not fit, or the books are not those of the venue.
    pub fn on(&mut self, message: &[u8]) {
        self.told += 1;
        if let Err(fault) = self.view.apply(message) {
            panic!("message {} does not fit the books: {fault}", self.told);
        }
        if let Some((count, digest)) = self.truth.looks.get(self.compared)
            && *count == self.told
        {
            assert_eq!(self.view.digest(), *digest, "the books after message {}", self.told);
            self.compared += 1;
        }
    }
}

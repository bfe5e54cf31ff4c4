//! The state of the exchange, and the only way to change it.
//!
//! [`Engine::apply`] takes sequenced commands one after the other. What a command does is cut into
//! steps of bounded size, so that a venue can send heartbeats while a million orders are canceled;
//! what is left of a command between two steps is part of the state.

mod admit;
mod ahead;
mod arrive;
mod change;
mod day;
mod deadlines;
mod entry;
mod look;
mod market;
mod operator;
mod port;
mod refresh;
mod refreshing;
mod run;
mod security;
mod store;
mod sweep;
mod switches;
mod task;
mod uncross;
mod walk;

use alloc::boxed::Box;
use alloc::vec::Vec;

use protocol_spec::words::{CommandNo, Time};

use crate::accounts::{Accounts, Unwatched};
use crate::command::Command;
use crate::event::{Event, Events};
use crate::refusal::Refusal;
use crate::sequence::Sequenced;
use crate::settings::{Carried, Day};
use market::Market;
use task::Task;

/// Whether a command is through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Step {
    /// It is: the next command may come.
    Done,
    /// It is not: read the events and apply the same command again.
    More,
}

/// The exchange.
///
/// ```text
/// before ── OpenDay ──> open ── EndOfDay ──> ended
/// ```
#[derive(Debug)]
pub struct Engine<A = Unwatched> {
    last: CommandNo,
    time: Time,
    state: State<A>,
}

#[derive(Debug)]
enum State<A> {
    /// No day was opened; this will watch its accounts.
    Before(A),
    /// A day is open, or was.
    Day(Box<Market<A>>),
}

impl Engine {
    /// The version of the rule book that this engine follows.
    pub const RULES_VERSION: u32 = 1;

    /// An exchange whose day is not open yet.
    #[must_use]
    pub fn new() -> Self {
        Engine::watched(Unwatched)
    }
}

impl Default for Engine {
    fn default() -> Self {
        Engine::new()
    }
}

impl<A: Accounts> Engine<A> {
    /// An exchange whose accounts are watched.
    #[must_use]
    pub fn watched(watch: A) -> Self {
        Engine { last: CommandNo(0), time: Time(0), state: State::Before(watch) }
    }

    /// Executes `command`, or a further step of it. What happened is in `events` then, instead of
    /// what was in it before.
    ///
    /// A command is applied again until it is [`Step::Done`].
    ///
    /// # Panics
    /// If the command's number is not the next one, or its time goes back or before the day's
    /// midnight.
    #[inline]
    pub fn apply(&mut self, command: &Sequenced<Command>, events: &mut Events) -> Step {
        events.clear();
        let State::Day(market) = &mut self.state else {
            self.begin(command);
            self.open(command, events);
            return Step::Done;
        };
        if market.tasks.is_empty() {
            assert!(command.no == self.last.next(), "commands come without a gap");
            assert!(command.time >= self.time, "time never goes back");
            (self.last, self.time, market.now) = (command.no, command.time, command.time);
            if market.ended {
                refuse(command, Refusal::DayEnded, events);
                return Step::Done;
            }
            if market.deadlines.is_due(command.time) {
                market.tasks.push(Task::Start);
                market.tasks.push(Task::Due);
            } else {
                market.start(&command.command, events);
            }
            if market.tasks.is_empty() {
                return Step::Done;
            }
        }
        assert!(command.no == self.last, "a command is applied until it is done");
        market.run(&command.command, events);
        if market.tasks.is_empty() { Step::Done } else { Step::More }
    }

    fn begin(&mut self, command: &Sequenced<Command>) {
        assert!(command.no == self.last.next(), "commands come without a gap");
        assert!(command.time >= self.time, "time never goes back");
        (self.last, self.time) = (command.no, command.time);
    }

    /// Opens the day, if that is what is asked (R16).
    fn open(&mut self, command: &Sequenced<Command>, events: &mut Events) {
        let Command::OpenDay(day) = &command.command else {
            return refuse(command, Refusal::DayNotOpen, events);
        };
        let refusal = if day.rules_version != Engine::RULES_VERSION {
            Some(Refusal::RulesVersion)
        } else if !day.is_possible() {
            Some(Refusal::BadLimits)
        } else {
            None
        };
        match (refusal, &self.state) {
            (Some(refusal), _) => events.push(Event::Refused(refusal)),
            (None, State::Before(watch)) => {
                assert!(command.time >= day.midnight, "no command is before its day's midnight");
                let mut watch = watch.clone();
                watch.carry(&day.carried);
                let market = Market::open(Day::clone(day), command.time, watch);
                self.state = State::Day(Box::new(market));
                Market::<A>::greet(events);
            }
            (None, State::Day(_)) => unreachable!("no day is open"),
        }
    }

    /// The number of the last command.
    #[must_use]
    pub fn last_command(&self) -> CommandNo {
        self.last
    }

    fn market(&self) -> Option<&Market<A>> {
        match &self.state {
            State::Before(_) => None,
            State::Day(market) => Some(market),
        }
    }

    /// What watches the accounts.
    #[must_use]
    pub fn watch(&self) -> &A {
        match &self.state {
            State::Before(watch) => watch,
            State::Day(market) => &market.watch,
        }
    }

    /// What accounts have, for the opening of the next day.
    #[must_use]
    pub fn carried(&self) -> Vec<Carried> {
        self.watch().carried()
    }

    /// When something is due without any command (R9): a `Tick` is wanted then.
    #[must_use]
    #[inline]
    pub fn next_due(&self) -> Option<Time> {
        self.market().filter(|market| !market.ended)?.deadlines.next()
    }
}

/// Refuses what only an open day takes; brokers get no answer.
fn refuse(command: &Sequenced<Command>, refusal: Refusal, events: &mut Events) {
    if command.command.is_operators() {
        events.push(Event::Refused(refusal));
    }
}

//! From the commands that are kept to what is told of them.

use matcher::ahead::GROUP;
use matcher::command::Command;
use matcher::engine::Step;

use super::Venue;
use super::feed;
use crate::hint::Hint;
use crate::service::Job;
use crate::world::World;

/// Commands after which replies are handed to their streams, long before memory for them is short.
const SPAN: usize = 256;
/// Steps of big commands in a round: heartbeats and farewells wait so long at most.
const STEPS: usize = 8;

impl<W: World> Venue<W> {
    /// Executes what is kept, and hands on what it causes.
    pub(super) fn execute(&mut self) {
        let (mut steps, mut since) = (0, 0);
        // What others have no room for is not piled up.
        while steps < STEPS && !self.stage.has_failed() && !self.are_others_behind() {
            let (rest, machine) = self.day.rest();
            if rest.is_empty() {
                break;
            }
            let group = rest.len().min(GROUP);
            machine.engine.fetch_ahead(&rest[..group], &Hint);
            for _ in 0..group {
                if !self.execute_one() {
                    steps += 1;
                    since = SPAN;
                    break;
                }
                since += 1;
            }
            if since >= SPAN {
                since = 0;
                self.hand_on();
            }
        }
        self.hand_on();
        self.feed.flush(self.now);
        self.day.on_told();
        self.operator.reply();
    }

    /// Executes the next command, or a step of it; whether it is done.
    #[inline]
    fn execute_one(&mut self) -> bool {
        let Venue { day, operator, .. } = self;
        let session = day.session();
        let (command, note, machine) = day.current().expect("something is left to execute");
        let step = machine.step(command, note);
        let is_operators = command.command.is_operators();
        let change = operator.on_step(command.no, machine.events(), step, session);
        let entered = match command.command {
            Command::PortUp { port, conn } => Some((port, conn)),
            _ => None,
        };
        if step == Step::More {
            return false;
        }
        self.gauges.is_held_old |= is_operators;
        self.day.advance();
        if let Some(change) = change {
            self.change(change);
        }
        if let Some((port, conn)) = entered {
            self.let_in(port, conn);
        }
        true
    }

    /// Hands new replies to the file and to the streams, then new messages to their file and to the
    /// lines.
    fn hand_on(&mut self) {
        while let Some(block) = self.day.machine.folds.replies.outbox.poll_block() {
            self.errands.ask(Job::Append(block));
        }
        while let Some(port) = self.day.machine.folds.replies.poll_fresh() {
            if let Some(id) = self.connections.holder(port) {
                self.settle(id);
            }
        }
        let Venue { day, publications, feed, now, .. } = self;
        feed::hand_on(&mut day.machine.folds.published.rewind, publications, feed, *now);
    }
}

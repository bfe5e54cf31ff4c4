//! A command is worked on, task by task (R72).

use protocol_spec::wire::itch;
use protocol_spec::wire::ouch::{CancelReason, SystemEventCode};

use super::deadlines::Due;
use super::market::Market;
use super::task::{Filter, Task, Walk};
use crate::accounts::Accounts;
use crate::command::Command;
use crate::event::{Event, Events};

impl<A: Accounts> Market<A> {
    /// Works on tasks until none is left or the step is full.
    pub(super) fn run(&mut self, command: &Command, events: &mut Events) {
        while !events.is_full() {
            let Some(task) = self.tasks.pop() else { return };
            match task {
                Task::Due => self.due(events),
                Task::Start => self.start(command, events),
                Task::Incoming(incoming) => self.arrive(incoming, events),
                Task::Walk(walk) => self.walk(walk, events),
                Task::System(code) => events.push(Event::System(code)),
                Task::PortSystem(code, first) => self.tell_ports(code, first, events),
                Task::Symbols(after) => self.follow_phase(after, events),
                Task::Overlays { overlay, reason, after, last } => {
                    self.put_overlay(overlay, reason, (after, last), events);
                }
                Task::Uncross(uncross) => self.uncross(uncross, events),
                Task::Announce { locate, state, reason } => {
                    self.announce(locate, state, reason, events);
                }
                Task::EndDay => {
                    self.ended = true;
                    events.push(Event::System(itch::SystemEventCode::END_OF_MESSAGES));
                }
            }
        }
    }

    /// Executes the command itself, or what can be done of it at once.
    #[inline]
    pub(super) fn start(&mut self, command: &Command, events: &mut Events) {
        match command {
            Command::Enter(enter) => self.enter(enter, events),
            Command::Cancel(cancel) => self.cancel(cancel, events),
            Command::Replace(replace) => self.replace(replace, events),
            Command::Modify(modify) => self.modify(modify, events),
            command => self.start_rare(command, events),
        }
    }

    /// Cancels whatever is due, until nothing is or the step is full.
    fn due(&mut self, events: &mut Events) {
        while let Some(due) = self.deadlines.due(self.now) {
            if events.is_full() {
                return self.tasks.push(Task::Due);
            }
            match due {
                Due::Order(slot) => {
                    events.visit(1);
                    self.cancel_whole(slot, CancelReason::TIMEOUT, events);
                }
                Due::Port(number) => {
                    events.visit(1);
                    let port = self.ports.of(number);
                    let deadline = port.deadline.take().expect("what is due has a deadline");
                    self.deadlines.remove_port(deadline, number);
                    self.tasks.push(Task::Due);
                    let (reason, filter) = (CancelReason::SYSTEM, Filter::default());
                    self.tasks.push(Task::Walk(Walk::new(Some(number), filter, reason)));
                    return;
                }
            }
        }
    }

    /// Tells the ports from number `first` on.
    fn tell_ports(&mut self, code: SystemEventCode, first: u32, events: &mut Events) {
        for port in self.ports.numbers(first) {
            if events.is_full() {
                self.tasks.push(Task::PortSystem(code, u32::from(port.0)));
                return;
            }
            events.push(Event::PortSystem { port, code });
        }
    }
}

//! The day: its journal, its state, and the commands on their way from the one to the other.

use std::collections::VecDeque;

use matcher::command::Command;
use matcher::sequence::{DayOver, Sequenced, Sequencer};
use protocol_spec::words::{CommandNo, PortId, Time};
use recovery::journal::Stamp;
use recovery::replay::Machine;

use crate::calendar::Session;
use crate::folds::Folds;
use crate::journal::{Journal, JournalError};
use crate::world::Disk;

/// Most commands of a batch: what is told of the first waits for the last.
const BATCH_COMMANDS: usize = 4096;

/// A trading day that is open.
///
/// ```text
///   message, control ──▶ batch ── commit ──▶ queue ── next ──▶ machine
/// ```
#[derive(Debug)]
pub(crate) struct Day<D: Disk> {
    pub(crate) session: Session,
    /// The midnight at which it is to end.
    pub(crate) end: Time,
    pub(crate) journal: Journal<D>,
    pub(crate) machine: Machine<Folds>,
    sequencer: Sequencer,
    /// Stamped, not yet kept.
    batch: Vec<Sequenced<Command>>,
    /// Kept, to be executed from `next` on.
    queue: Vec<Sequenced<Command>>,
    next: usize,
    /// What goes with a command of the venue's own.
    notes: VecDeque<(CommandNo, String)>,
    /// Whether the day has no more time to give.
    pub(crate) is_over: bool,
}

impl<D: Disk> Day<D> {
    pub(crate) fn new(
        session: Session,
        end: Time,
        journal: Journal<D>,
        machine: Machine<Folds>,
        sequencer: Sequencer,
    ) -> Self {
        Day {
            session,
            end,
            journal,
            machine,
            sequencer,
            batch: Vec::with_capacity(BATCH_COMMANDS + 1),
            queue: Vec::with_capacity(BATCH_COMMANDS + 1),
            next: 0,
            notes: VecDeque::new(),
            is_over: false,
        }
    }

    /// Whether the batch may take another message.
    #[inline]
    pub(crate) fn has_room(&self) -> bool {
        self.batch.len() < BATCH_COMMANDS && self.journal.has_room()
    }

    /// Takes a broker's message into the batch, read when the clock said `clock`.
    #[inline]
    pub(super) fn message(&mut self, clock: Time, port: PortId, bytes: &[u8], command: Command) {
        match self.sequencer.stamp(clock, command) {
            Ok(command) => {
                self.journal.message(stamp(&command, clock), port, bytes);
                self.batch.push(command);
            }
            Err(DayOver) => self.is_over = true,
        }
    }

    /// Takes a command of the venue's own into the batch.
    pub(crate) fn control(&mut self, clock: Time, command: Command, note: &str) {
        let ends = command == Command::EndOfDay;
        match self.sequencer.stamp(clock, command) {
            Ok(command) => self.write(&command, clock, note),
            Err(DayOver) if ends => {
                let last = self.sequencer.stamp_last(clock, Command::EndOfDay);
                self.write(&last, clock, note);
            }
            Err(DayOver) => self.is_over = true,
        }
    }

    fn write(&mut self, command: &Sequenced<Command>, clock: Time, note: &str) {
        self.journal.control(stamp(command, clock), &command.command, note);
        if !note.is_empty() {
            self.notes.push_back((command.no, note.to_owned()));
        }
        self.batch.push(command.clone());
    }

    /// Whether every command that was kept is executed.
    #[inline]
    pub(super) fn is_idle(&self) -> bool {
        self.next == self.queue.len()
    }

    /// Whether nothing waits to be kept.
    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.batch.is_empty()
    }

    /// Keeps the batch: its commands can be executed then, and what they cause be told. Says how
    /// many they are.
    pub(crate) fn commit(&mut self) -> Result<usize, JournalError> {
        assert!(self.is_idle(), "a batch is executed before the next one is kept");
        self.journal.commit()?;
        std::mem::swap(&mut self.batch, &mut self.queue);
        self.batch.clear();
        self.next = 0;
        Ok(self.queue.len())
    }

    /// The commands that are to be executed next, and the machine that does it.
    #[inline]
    pub(super) fn rest(&mut self) -> (&[Sequenced<Command>], &mut Machine<Folds>) {
        (&self.queue[self.next..], &mut self.machine)
    }

    /// The command that is executed now, with its note, and the machine.
    #[inline]
    pub(crate) fn current(&mut self) -> Option<(&Sequenced<Command>, &str, &mut Machine<Folds>)> {
        let command = self.queue.get(self.next)?;
        let note = match self.notes.front() {
            Some((no, note)) if *no == command.no => note.as_str(),
            _ => "",
        };
        Some((command, note, &mut self.machine))
    }

    /// The current command is done.
    #[inline]
    pub(crate) fn advance(&mut self) {
        let no = self.queue[self.next].no;
        if self.notes.front().is_some_and(|(noted, _)| *noted == no) {
            self.notes.pop_front();
        }
        self.next += 1;
    }
}

/// What the journal notes of a command that was stamped when the clock said `clock`.
#[inline]
fn stamp<C>(command: &Sequenced<C>, clock: Time) -> Stamp {
    let late = command.time.0.saturating_sub(clock.0);
    Stamp { no: command.no, time: command.time, late: u32::try_from(late).unwrap_or(u32::MAX) }
}

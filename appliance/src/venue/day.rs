//! The day: its journal, its state, and the commands on their way from the one to the other.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;

use matcher::command::Command;
use matcher::sequence::{DayOver, Sequenced, Sequencer};
use protocol_spec::words::{CommandNo, PortId, Time};
use recovery::journal::Stamp;
use recovery::replay::Machine;

use crate::calendar::{Plan, Session};
use crate::checkpoints::Beside;
use crate::folds::Folds;
use crate::follower::Course;
use crate::journal::{Journal, JournalError, Place};
use crate::progress::Progress;
use crate::room::Room;
use crate::world::Disk;

/// Most commands of a batch: what is told of the first waits for the last.
const BATCH_COMMANDS: usize = 4096;

/// A trading day: one that is open or has ended, or none yet.
///
/// ```text
///   message, control ──▶ batch ── commit ──▶ queue ── next ──▶ machine ──▶ told
/// ```
#[derive(Debug)]
pub(crate) struct Day<D: Disk> {
    /// Its session and what the calendar has for it; `None` if no day was opened yet.
    pub(crate) planned: Option<(Session, Plan)>,
    journal: Option<Journal<D>>,
    pub(crate) machine: Machine<Folds>,
    /// The checkpoint that it went on from, and the last command in it.
    pub(crate) from: Option<(PathBuf, CommandNo)>,
    /// Commands that are passed over.
    pub(crate) skipped: Vec<CommandNo>,
    /// How far it is, for other stages.
    progress: Arc<Progress>,
    /// Whether something is kept of which they do not know that it was told.
    is_untold: bool,
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
    /// A day of which the journal has what `machine` has executed.
    pub(crate) fn new(
        session: Session,
        plan: Plan,
        journal: Journal<D>,
        machine: Machine<Folds>,
        sequencer: Sequencer,
        progress: Arc<Progress>,
    ) -> Self {
        Day::of(Some((session, plan)), Some(journal), machine, sequencer, progress)
    }

    /// No day: nothing can be taken into it.
    pub(crate) fn none() -> Self {
        let machine = Machine::new(Folds::new());
        Day::of(None, None, machine, Sequencer::new(Time(0)), Arc::default())
    }

    fn of(
        planned: Option<(Session, Plan)>,
        journal: Option<Journal<D>>,
        machine: Machine<Folds>,
        sequencer: Sequencer,
        progress: Arc<Progress>,
    ) -> Self {
        Day {
            planned,
            journal,
            machine,
            from: None,
            skipped: Vec::new(),
            progress,
            is_untold: true,
            sequencer,
            batch: Vec::with_capacity(BATCH_COMMANDS + 1),
            queue: Vec::with_capacity(BATCH_COMMANDS + 1),
            next: 0,
            notes: VecDeque::new(),
            is_over: false,
        }
    }

    /// Its session, if there is a day.
    pub(crate) fn session(&self) -> Option<Session> {
        self.planned.as_ref().map(|(session, _)| *session)
    }

    /// What the calendar has for it.
    pub(crate) fn plan(&self) -> Option<&Plan> {
        self.planned.as_ref().map(|(_, plan)| plan)
    }

    /// Its journal. Whoever takes in nothing while there is no day never misses it.
    #[inline]
    fn journal(&mut self) -> &mut Journal<D> {
        self.journal.as_mut().expect("what is taken in is taken into a day")
    }

    /// Whether the batch may take another message.
    #[inline]
    pub(crate) fn has_room(&self) -> bool {
        self.batch.len() < BATCH_COMMANDS && self.journal.as_ref().is_none_or(Journal::has_room)
    }

    /// Whether a batch can begin: the journal has room for it.
    #[inline]
    pub(super) fn is_ready(&self) -> bool {
        self.journal.as_ref().is_none_or(Journal::is_ready)
    }

    /// Room for batches before the next segment is needed.
    pub(super) fn room(&self) -> Room {
        self.journal.as_ref().map_or(Room::Plenty, Journal::room)
    }

    /// Makes room for a batch here and now.
    pub(crate) fn make_ready(&mut self) -> Result<(), JournalError> {
        self.journal().make_ready()
    }

    /// The segment that is to be made ready, told once.
    #[inline]
    pub(super) fn poll_wanted(&mut self) -> Option<(Place, u32)> {
        let journal = self.journal.as_mut()?;
        journal.poll_wanted().map(|segment| (journal.place().clone(), segment))
    }

    /// A segment is ready, of this day or of one before.
    pub(super) fn on_ready(&mut self, place: &Place, segment: u32) {
        if let Some(journal) = &mut self.journal {
            journal.on_ready(place, segment);
        }
    }

    /// Makes everything durable, whatever the policy.
    pub(crate) fn sync(&mut self) -> Result<(), JournalError> {
        self.journal.as_mut().map_or(Ok(()), Journal::sync)
    }

    /// Its journal, if there is a day, for whoever looks on.
    pub(super) fn kept(&self) -> Option<&Journal<D>> {
        self.journal.as_ref()
    }

    /// Takes a broker's message into the batch, read when the clock said `clock`.
    #[inline]
    pub(super) fn message(&mut self, clock: Time, port: PortId, bytes: &[u8], command: Command) {
        match self.sequencer.stamp(clock, command) {
            Ok(command) => {
                self.journal().message(stamp(&command, clock), port, bytes);
                self.batch.push(command);
            }
            Err(DayOver) => self.is_over = true,
        }
    }

    /// Takes a command of the venue's own into the batch, and says which number it got: none if the
    /// day has no more time.
    pub(crate) fn control(
        &mut self,
        clock: Time,
        command: Command,
        note: &str,
    ) -> Option<CommandNo> {
        let ends = command == Command::EndOfDay;
        let stamped = match self.sequencer.stamp(clock, command) {
            Ok(command) => command,
            Err(DayOver) if ends => self.sequencer.stamp_last(clock, Command::EndOfDay),
            Err(DayOver) => {
                self.is_over = true;
                return None;
            }
        };
        self.journal().control(stamp(&stamped, clock), &stamped.command, note);
        let no = stamped.no;
        if !note.is_empty() {
            self.notes.push_back((no, note.to_owned()));
        }
        self.batch.push(stamped);
        Some(no)
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
    /// many they are, and how many bytes were written.
    pub(crate) fn commit(&mut self) -> Result<(usize, usize), JournalError> {
        assert!(self.is_idle(), "a batch is executed before the next one is kept");
        let journal = self.journal.as_mut().expect("what is taken in is taken into a day");
        let bytes = journal.commit()?;
        self.is_untold = true;
        std::mem::swap(&mut self.batch, &mut self.queue);
        self.batch.clear();
        self.next = 0;
        Ok((self.queue.len(), bytes))
    }

    /// What was executed is told. If that is all, whoever follows may come so far: a start tells
    /// the last batch once more, and a checkpoint behind it would keep it from doing so.
    pub(crate) fn on_told(&mut self) {
        if self.is_untold
            && self.is_idle()
            && let Some(journal) = &self.journal
        {
            self.is_untold = false;
            self.progress.keep(journal.position(), self.machine.engine.last_command().0);
        }
    }

    /// What whoever follows the day has to know; its replies and its feed are in these files.
    pub(crate) fn course(&self, beside: Beside) -> Course {
        let journal = self.journal.as_ref().expect("who follows a day follows its journal");
        Course {
            place: journal.place().clone(),
            beside,
            marks: *journal.marks(),
            skipped: self.skipped.clone(),
            from: self.from.clone(),
            progress: Arc::clone(&self.progress),
        }
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

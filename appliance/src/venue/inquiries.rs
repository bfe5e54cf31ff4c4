//! What operators want, and what is under way for them.

use std::collections::VecDeque;

use crossbeam_channel::Receiver;
use matcher::engine::Step;
use matcher::event::Event;
use protocol_spec::words::CommandNo;
use tokio::sync::oneshot;

use crate::admin::{self, Answer, Inquiry};
use crate::calendar::Session;
use crate::config::PortEntry;

/// What operators want, and what is under way.
#[derive(Debug)]
pub(super) struct Operator {
    pub(super) inquiries: Receiver<Inquiry>,
    /// What is to become a command, in the order in which it came.
    pub(super) wanted: VecDeque<Inquiry>,
    /// Commands that are not executed yet, by number.
    asked: VecDeque<Asked>,
    /// What is answered once what is executed has been handed on.
    pub(super) answers: Vec<(oneshot::Sender<Answer>, Answer)>,
}

/// A command under way.
#[derive(Debug)]
struct Asked {
    answer: oneshot::Sender<Answer>,
    begun: Begun,
    /// Orders that it canceled so far.
    canceled: u64,
}

/// What was begun.
#[derive(Debug)]
pub(super) struct Begun {
    /// The number of its command.
    pub(super) no: CommandNo,
    /// What it does, in words.
    pub(super) text: String,
    /// What else changes when no rule refuses it.
    pub(super) change: Change,
}

/// What changes with a command beside the state of the day, until the day ends.
#[derive(Debug)]
pub(super) enum Change {
    Nothing,
    /// The port's password, which is in no journal, and what it may send.
    Port(Box<PortEntry>),
}

impl Operator {
    pub(super) fn new(inquiries: Receiver<Inquiry>) -> Self {
        let (wanted, asked) = (VecDeque::new(), VecDeque::new());
        Operator { inquiries, wanted, asked, answers: Vec::new() }
    }

    /// A command was taken into the batch for someone.
    pub(super) fn begun(&mut self, begun: Begun, answer: oneshot::Sender<Answer>) {
        self.asked.push_back(Asked { answer, begun, canceled: 0 });
    }

    /// Whether someone waits for something to be begun.
    pub(super) fn is_asked(&self) -> bool {
        !self.wanted.is_empty() || !self.inquiries.is_empty()
    }

    /// Inquiries that wait, and as many as can.
    pub(super) fn waiting(&self) -> (usize, usize) {
        let room = self.inquiries.capacity().unwrap_or_default();
        (self.inquiries.len() + self.wanted.len(), room)
    }

    /// A step of a command was executed. What changes with it, if it is done and was an operator's.
    #[inline]
    pub(super) fn on_step(
        &mut self,
        no: CommandNo,
        events: &[Event],
        step: Step,
        session: Option<Session>,
    ) -> Option<Change> {
        if self.asked.front().is_none_or(|asked| asked.begun.no != no) {
            return None;
        }
        let is_done = step == Step::Done;
        self.on_own_step(events, is_done, session)
    }

    #[cold]
    fn on_own_step(
        &mut self,
        events: &[Event],
        is_done: bool,
        session: Option<Session>,
    ) -> Option<Change> {
        let asked = self.asked.front_mut()?;
        let canceled = events.iter().filter(|event| matches!(event, Event::Canceled { .. }));
        asked.canceled += canceled.count() as u64;
        if !is_done {
            return None;
        }
        let Asked { answer, begun: Begun { no, mut text, change }, canceled } =
            self.asked.pop_front()?;
        // What was due before the command has its events before the refusal.
        if let Some(Event::Refused(refusal)) = events.last() {
            let word = admin::refusal_word(*refusal);
            self.answers.push((answer, Answer::refused(word, refusal.to_string())));
            return None;
        }
        match canceled {
            0 => {}
            1 => text.push_str("; 1 order canceled"),
            _ => text.push_str(&format!("; {canceled} orders canceled")),
        }
        let session = session.map_or_else(String::new, |session| session.name().to_owned());
        self.answers.push((answer, Answer::Done { session, command: Some(no.0), text }));
        Some(change)
    }

    /// Answers what is handed on.
    pub(super) fn reply(&mut self) {
        for (to, answer) in self.answers.drain(..) {
            tell(to, answer);
        }
    }
}

/// Answers, if someone waits for it.
pub(super) fn tell(to: oneshot::Sender<Answer>, answer: Answer) {
    to.send(answer).unwrap_or_default();
}

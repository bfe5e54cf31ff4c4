//! What was decoded, what was not, and why.

use std::collections::HashMap;

use super::aside::Aside;
use super::lines::Lines;
use super::message::Message;
use super::origin::{Origin, Place};
use super::protocol::Protocol;
use crate::capture::Place as Record;

/// Reasons kept apart; a file of noise has more of them than anybody reads.
const MOST_REASONS: usize = 100;
/// Remarks kept.
const MOST_NOTES: usize = 20;

/// Counts of everything.
#[derive(Debug)]
pub struct Tally {
    /// Wanted messages, by protocol and by [`Message::slot`].
    counts: Box<[[u64; 256]; Protocol::ALL.len()]>,
    /// Messages read, wanted or not, packets that carry messages not among them.
    pub read: u64,
    /// Packets of sessions read, wanted or not.
    packets: u64,
    /// Inputs that could not be read.
    pub unread: u64,
    failures: HashMap<String, usize>,
    reasons: Vec<Reason>,
    /// Failures of reasons that were not kept apart.
    pub other_failures: u64,
    notes: Vec<String>,
    /// Remarks that were not kept.
    pub other_notes: u64,
    /// What the lines of MoldUDP64 miss.
    pub lines: Lines,
    /// What was passed over.
    pub aside: Aside,
}

/// A reason why something could not be decoded.
#[derive(Debug)]
pub struct Reason {
    /// What is wrong.
    pub what: String,
    /// How often.
    pub count: u64,
    /// The first time.
    pub first: Origin,
    /// More about the first time.
    pub detail: Option<String>,
}

impl Default for Tally {
    fn default() -> Self {
        Tally {
            counts: Box::new([[0; 256]; Protocol::ALL.len()]),
            read: 0,
            packets: 0,
            unread: 0,
            failures: HashMap::new(),
            reasons: Vec::new(),
            other_failures: 0,
            notes: Vec::new(),
            other_notes: 0,
            lines: Lines::default(),
            aside: Aside::default(),
        }
    }
}

impl Tally {
    /// Counts a message or packet that was read, wanted or not.
    #[inline]
    pub fn found(&mut self, message: &Message<'_>) {
        if message.protocol.is_carrier() {
            self.packets += 1;
        } else {
            self.read += 1;
        }
    }

    /// Counts a message that is wanted.
    #[inline]
    pub fn count(&mut self, message: &Message<'_>) {
        self.counts[message.protocol as usize][usize::from(message.slot())] += 1;
    }

    /// Counts something that could not be decoded.
    pub fn fail(&mut self, origin: &Origin, what: String, detail: Option<String>) {
        if let Some(at) = self.failures.get(&what) {
            self.reasons[*at].count += 1;
        } else if self.reasons.len() == MOST_REASONS {
            self.other_failures += 1;
        } else {
            self.failures.insert(what.clone(), self.reasons.len());
            self.reasons.push(Reason { what, count: 1, first: origin.clone(), detail });
        }
    }

    /// Keeps a remark for the end.
    pub fn note(&mut self, remark: String) {
        if self.notes.len() < MOST_NOTES {
            self.notes.push(remark);
        } else {
            self.other_notes += 1;
        }
    }

    /// Says where the record was read that the failures without a place came from.
    pub fn set_record(&mut self, record: Record) {
        for reason in self.reasons.iter_mut().rev() {
            if reason.first.place != Place::Current {
                return;
            }
            reason.first.place = Place::Record(record);
        }
    }

    /// Why things could not be decoded, in the order in which they were met.
    #[must_use]
    pub fn reasons(&self) -> &[Reason] {
        &self.reasons
    }

    /// Remarks.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// How many things could not be decoded.
    #[must_use]
    pub fn failed(&self) -> u64 {
        let kept: u64 = self.reasons.iter().map(|reason| reason.count).sum();
        kept + self.other_failures
    }

    /// How many wanted messages there were of each type.
    pub fn counts(&self) -> impl Iterator<Item = (Protocol, u8, u64)> {
        Protocol::ALL.into_iter().flat_map(|protocol| {
            let slots = self.counts[protocol as usize].iter().zip(0..=u8::MAX);
            slots
                .filter(|(count, _)| **count > 0)
                .map(move |(count, slot)| (protocol, slot, *count))
        })
    }

    /// How many wanted messages there were, packets that carry messages not among them.
    #[must_use]
    pub fn wanted(&self) -> u64 {
        let messages = self.counts().filter(|(protocol, ..)| !protocol.is_carrier());
        messages.map(|(.., count)| count).sum()
    }

    /// Whether no message or packet was found, nor anything that should have been one.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.read == 0 && self.packets == 0 && self.failed() == 0
    }

    /// Whether everything was found that there was to find, and something was.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.unread == 0 && self.failed() == 0 && !self.is_empty()
    }
}

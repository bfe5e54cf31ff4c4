//! What a receiver counts.

use alloc::vec;
use alloc::vec::Vec;
use core::ops::AddAssign;

use super::config::Origin;

/// What happened so far, in all sessions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counts {
    /// By line.
    pub lines: Vec<Tally>,
    /// Of the server that answers requests.
    pub answers: Tally,
    /// Gaps that were told.
    pub gaps: u64,
    /// Gaps of which every message was told.
    pub recovered: u64,
    /// Gaps that were none.
    pub retracted: u64,
    /// Gaps that were given up.
    pub gave_up: u64,
    /// Messages of gaps that a line brought.
    pub healed_by_lines: u64,
    /// Messages of gaps that an answer brought.
    pub healed_by_answers: u64,
    /// Requests, repeated ones among them.
    pub requests: u64,
    /// Requests that repeat one that was not answered in time.
    pub repeated: u64,
    /// Packets that were dropped because too much waited; what they held is fetched again.
    pub crowded: u64,
}

/// What came from one side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Datagrams, good and bad.
    pub packets: u64,
    /// Messages that were told as this side brought them.
    pub messages: u64,
    /// Messages that another packet had brought before.
    pub duplicates: u64,
    /// Datagrams that are no packets, or whose numbers are impossible.
    pub malformed: u64,
    /// Packets of other sessions.
    pub foreign: u64,
    /// How often a packet began behind the end of the one before it on the same line.
    pub gaps: u64,
    /// How often the line fell silent.
    pub silent: u64,
}

impl Counts {
    pub(super) fn new(lines: usize) -> Self {
        Counts {
            lines: vec![Tally::default(); lines],
            answers: Tally::default(),
            gaps: 0,
            recovered: 0,
            retracted: 0,
            gave_up: 0,
            healed_by_lines: 0,
            healed_by_answers: 0,
            requests: 0,
            repeated: 0,
            crowded: 0,
        }
    }

    /// The sum over lines and answers.
    #[must_use]
    pub fn total(&self) -> Tally {
        let mut total = self.answers;
        self.lines.iter().for_each(|line| total += *line);
        total
    }

    pub(super) fn of(&mut self, origin: Origin) -> &mut Tally {
        match origin {
            Origin::Line(line) => &mut self.lines[line],
            Origin::Answer => &mut self.answers,
        }
    }

    pub(super) fn heal(&mut self, origin: Origin, messages: u64) {
        match origin {
            Origin::Line(_) => self.healed_by_lines += messages,
            Origin::Answer => self.healed_by_answers += messages,
        }
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Tally) {
        self.packets += other.packets;
        self.messages += other.messages;
        self.duplicates += other.duplicates;
        self.malformed += other.malformed;
        self.foreign += other.foreign;
        self.gaps += other.gaps;
        self.silent += other.silent;
    }
}

//! How a feed was followed: how far, and what was lost and fetched on the way.

use client::feed::{Counts, Gap};
use protocol_spec::wire::mold::SessionId;

/// Why a feed was left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// Every message of the session was told.
    Over,
    /// The session was left for another one before its end.
    Abandoned,
    /// Messages were lost.
    Lost,
    /// It was asked for.
    Stopped,
    /// The time is over.
    TimeOver,
    /// There was enough of it.
    Enough,
}

/// How a feed was followed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Road {
    /// Why it was left; `None` on the way, and if it failed.
    pub left: Option<Left>,
    /// The session, if any was heard.
    pub session: Option<SessionId>,
    /// Messages that were lost on the way.
    pub lost: u64,
    /// Messages that were still missing when it was left.
    pub missing: u64,
    /// What had been told already when it was joined.
    pub before: Option<Before>,
}

/// Messages that were told before the feed was joined: a late start, and no fault of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Before {
    /// Which they are.
    pub gap: Gap,
    /// What was healed when all were there, or given up. Before them nothing was.
    end: Option<Healed>,
}

/// Who healed how much so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Healed {
    /// Messages that a line brought late.
    pub by_lines: u64,
    /// Messages that answers brought.
    pub by_answers: u64,
    /// Requests.
    pub requests: u64,
    /// Packets of answers, whatever they brought.
    pub answers: u64,
}

impl Before {
    /// Begins to fetch them.
    #[must_use]
    pub const fn new(gap: Gap) -> Self {
        Before { gap, end: None }
    }

    /// What is healed from now on is none of them.
    pub fn close(&mut self, counts: &Counts) {
        self.end.get_or_insert(Healed::of(counts));
    }

    /// Whether they are still being fetched.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.end.is_none()
    }

    /// Who fetched how many of them, with what is counted now.
    #[must_use]
    pub fn healed(&self, counts: &Counts) -> Healed {
        self.end.unwrap_or(Healed::of(counts))
    }
}

impl Healed {
    /// What a receiver has counted.
    #[must_use]
    pub const fn of(counts: &Counts) -> Self {
        Healed {
            by_lines: counts.healed_by_lines,
            by_answers: counts.healed_by_answers,
            requests: counts.requests,
            answers: counts.answers.packets,
        }
    }

    /// What came to it since.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Self {
        Healed {
            by_lines: self.by_lines - earlier.by_lines,
            by_answers: self.by_answers - earlier.by_answers,
            requests: self.requests - earlier.requests,
            answers: self.answers - earlier.answers,
        }
    }

    /// Messages, whoever brought them.
    #[must_use]
    pub const fn messages(self) -> u64 {
        self.by_lines + self.by_answers
    }
}

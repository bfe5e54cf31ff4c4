//! What became of requests.

/// Why a request gets no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dropped {
    /// It came from a network that may not ask.
    NotAllowed,
    /// It has not the length of a request.
    Malformed,
    /// It asks for messages of another session.
    WrongSession,
    /// It asks for number 0, which no message has.
    BadNumber,
    /// It asks for no message, or for as many as mean the end of a session.
    BadCount,
    /// It asks for what has not been told yet.
    Beyond,
    /// Too many requests of its address came after it.
    Overtaken,
    /// Too many others asked: other addresses, or for what has to be read first.
    Crowded,
    /// The messages could not be read.
    Unreadable,
    /// The answer could not be sent.
    Unsent,
}

impl Dropped {
    /// Every reason.
    pub const ALL: [Dropped; 10] = [
        Dropped::NotAllowed,
        Dropped::Malformed,
        Dropped::WrongSession,
        Dropped::BadNumber,
        Dropped::BadCount,
        Dropped::Beyond,
        Dropped::Overtaken,
        Dropped::Crowded,
        Dropped::Unreadable,
        Dropped::Unsent,
    ];

    /// The reason in a word, as meters have it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Dropped::NotAllowed => "not_allowed",
            Dropped::Malformed => "malformed",
            Dropped::WrongSession => "wrong_session",
            Dropped::BadNumber => "bad_number",
            Dropped::BadCount => "bad_count",
            Dropped::Beyond => "beyond",
            Dropped::Overtaken => "overtaken",
            Dropped::Crowded => "crowded",
            Dropped::Unreadable => "unreadable",
            Dropped::Unsent => "unsent",
        }
    }
}

/// How many requests there were, and what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Datagrams that came.
    pub came: u64,
    /// Requests that were handed out to be answered.
    pub asked: u64,
    /// Answers that were sent, and the messages in them.
    pub answered: u64,
    /// Messages that were sent with them.
    pub messages: u64,
    dropped: [u64; Dropped::ALL.len()],
}

impl Counts {
    /// How many were dropped for this reason.
    #[must_use]
    pub const fn dropped(&self, why: Dropped) -> u64 {
        self.dropped[why as usize]
    }

    /// How many were dropped.
    #[must_use]
    pub fn all_dropped(&self) -> u64 {
        self.dropped.iter().sum()
    }

    pub(super) const fn drop(&mut self, why: Dropped, count: u64) {
        self.dropped[why as usize] += count;
    }
}

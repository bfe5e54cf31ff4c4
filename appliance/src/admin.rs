//! What operators and the venue say to each other.
//!
//! ```text
//!   outcry admin ── Line ──▶ socket, a JSON object a line ── Inquiry ──▶ core
//!                ◀─ Answer ──                              ◀─ oneshot ──
//! ```
//!
//! Several requests may come on one connection; they are answered in their order. An answer comes
//! when the command that was caused is durable and executed, and never before.

mod status;
mod words;

use std::collections::BTreeMap;

use crossbeam_channel::{Receiver, Sender, bounded};
use matcher::command::BreakTrade;
use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;

pub use status::{
    Checkpoint, Connections, Feed, FeedLine, Instruments, Journal, Next, Port, Queue, Rate, Rates,
    Replies, Rerequests, Stage, State, Status, Times,
};
pub use words::{
    PHASES, REASONS, STATES, phase, phase_word, reason, refusal_word, state, state_word,
};

/// Inquiries that wait for the core at most.
pub const INQUIRIES: usize = 64;

/// The queue to the core. Whoever puts something in wakes the core.
#[must_use]
pub fn inquiries() -> (Sender<Inquiry>, Receiver<Inquiry>) {
    bounded(INQUIRIES)
}

/// What a client sends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// The name that the client claims for who sits before it.
    pub who: String,
    /// What is wanted.
    pub request: Request,
}

/// What an operator can want.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Request {
    /// How the venue is.
    Status,
    /// The day goes on to a later phase (R18).
    Phase {
        /// One of [`PHASES`].
        phase: String,
    },
    /// A security is halted, paused or released (R19).
    State {
        /// Which; none is every one.
        symbol: Option<String>,
        /// One of [`STATES`].
        state: String,
        /// At most four characters for the feed; may be empty.
        reason: String,
    },
    /// Orders that match all that is given are canceled (R71).
    CancelAll {
        /// Of this port.
        port: Option<String>,
        /// Of this firm.
        firm: Option<String>,
        /// In this security.
        symbol: Option<String>,
        /// Of exactly this kind: `B` `S` `T` `E`.
        side: Option<String>,
    },
    /// Order entry is stopped or allowed for a port, a firm, or a firm on a port (R39).
    Switch {
        /// The port.
        port: Option<String>,
        /// The firm.
        firm: Option<String>,
        /// `true` stops it.
        off: bool,
    },
    /// Whoever has the port is let go.
    Kick {
        /// The port.
        port: String,
    },
    /// A trade is broken (R78).
    BreakTrade {
        /// The number of the execution.
        match_no: u64,
        /// One of [`REASONS`].
        reason: String,
    },
    /// A security is listed, or traded in another way from now on (R17).
    Instrument {
        /// Which.
        symbol: String,
        /// Keys of `[[instrument]]` and their values.
        set: BTreeMap<String, String>,
    },
    /// A port is made, or may do other things from now on.
    Port {
        /// Which.
        username: String,
        /// Keys of `[[port]]` and their values.
        set: BTreeMap<String, String>,
    },
    /// The next day opens now.
    OpenDay,
    /// The day ends now (R23).
    EndDay,
}

/// What the venue answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// How the venue is.
    Status(Box<Status>),
    /// It is done: durable and released.
    Done {
        /// The session that it was done in.
        session: String,
        /// The number of the command; none if nothing had to be done.
        command: Option<u64>,
        /// What was done, in words.
        text: String,
    },
    /// It was not done.
    Refused {
        /// Why, in one word of kebab-case that stays the same: see [`refusal_word`].
        reason: String,
        /// Why, in words.
        text: String,
    },
}

impl Answer {
    /// A refusal.
    #[must_use]
    pub fn refused(reason: &str, text: impl Into<String>) -> Self {
        Answer::Refused { reason: reason.to_owned(), text: text.into() }
    }
}

/// What the core is asked.
#[derive(Debug)]
pub struct Inquiry {
    /// Who asks: the name claimed and the user behind the socket, `alice (uid 0)`.
    pub by: String,
    /// What is wanted.
    pub wanted: Wanted,
    /// Where the answer goes. It is closed if nobody waits any more: then nothing has to be begun.
    pub answer: oneshot::Sender<Answer>,
}

/// What the core is asked to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// What the operator said; never [`Request::BreakTrade`].
    Request(Request),
    /// A trade is to be broken.
    Break {
        /// The session that it is of: another one has other trades of its number.
        session: String,
        /// The trade, with the parties that the journal tells of.
        trade: BreakTrade,
    },
}

//! What a receiver tells.

use protocol_spec::session::mold::Gap;
use protocol_spec::wire::mold::SessionId;
use protocol_spec::words::FeedNo;

use super::run::Run;

/// What came of the packets, in the order in which it is true.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// A session is followed, from this number on.
    Session(SessionId, FeedNo),
    /// The next messages.
    Messages(Run<'a>),
    /// These messages are missing. Nothing behind them is told before they are.
    Gap(Gap),
    /// Every message of a gap that was told has been told.
    Recovered(Gap),
    /// There is no such gap: the line that made it appear has gone back behind its end. What is
    /// missing all the same is told as a gap of its own.
    Retracted(Gap),
    /// These messages did not come in time. Nothing is told until they are skipped.
    GaveUp(Gap),
    /// Nothing of the session was heard on this line for too long.
    Silent(usize),
    /// A line that was silent is heard again.
    Heard(usize),
    /// Packets of another session come while this one is heard; told once for each, of the first
    /// few.
    Foreign(SessionId),
    /// Every message of the session was told; this number would be the next.
    EndOfSession(FeedNo),
    /// The session fell silent before its end, or before its end could be told, and is left for
    /// another one.
    Abandoned {
        /// The session that is left.
        session: SessionId,
        /// The number of the message that would have been next.
        next: FeedNo,
    },
}

/// How far a receiver is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// No session was heard, or not the one that is waited for.
    Waiting,
    /// Everything that was sent, as far as anybody said, was told.
    Following,
    /// Messages are missing and waited for.
    Missing(Gap),
    /// Messages are missing and no longer waited for.
    GaveUp(Gap),
    /// Every message of the session was told.
    Over,
}

//! What a receiver is told before it begins.

use core::time::Duration;

use protocol_spec::wire::mold::{END_OF_SESSION, SessionId};
use protocol_spec::words::FeedNo;

/// Most lines of a feed.
pub const MAX_LINES: usize = 8;
/// A datagram is never longer, so a buffer of so many bytes takes any.
pub(super) const LONGEST_DATAGRAM: usize = 64 * 1024;

/// The lines, bounds and waits of a receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Config {
    /// The session to wait for; `None` takes the one that is heard first.
    pub session: Option<SessionId>,
    /// Where that session is begun. Every later one is taken from its first message on.
    pub start: Start,
    /// How many lines there are, from 1 to [`MAX_LINES`].
    pub lines: usize,
    /// Whether there is a server that answers requests.
    pub can_ask: bool,
    /// How long a line may be behind another before its messages are asked for.
    pub grace: Duration,
    /// After so long without a packet a line counts as silent.
    pub silence: Duration,
    /// After so long without any message of a gap it is given up; `None` waits for ever. If it is
    /// longer than `silence`, a gap that one wrong packet made is taken back before.
    pub patience: Option<Duration>,
    /// Most bytes that wait, to be polled or for messages before them.
    pub buffer: usize,
    /// How long the answer to a request is waited for, at most, before it is asked again.
    pub first_wait: Duration,
    /// That time doubles with each request that is not answered, up to this.
    pub longest_wait: Duration,
    /// Most requests that wait for an answer.
    pub in_flight: usize,
    /// Most messages that one request asks for.
    pub chunk: u16,
    /// Where the chance in the waits comes from: receivers of different seeds, which lost the same
    /// packet, do not ask again in step.
    pub seed: u64,
}

/// Where the first session is begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// With its first message; what was sent before is asked for.
    First,
    /// With the first packet that comes.
    Next,
    /// With this number.
    At(FeedNo),
}

/// Where a packet came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A line, by its number from 0.
    Line(usize),
    /// The server that answers requests.
    Answer,
}

impl Config {
    /// Both lines of a venue in the neighbourhood, and its server, from the first message on.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Config {
            session: None,
            start: Start::First,
            lines: 2,
            can_ask: true,
            grace: Duration::from_millis(2),
            silence: Duration::from_secs(3),
            patience: None,
            buffer: 16 * 1024 * 1024,
            first_wait: Duration::from_millis(20),
            longest_wait: Duration::from_secs(1),
            in_flight: 8,
            chunk: 30,
            seed,
        }
    }

    /// # Panics
    /// If a receiver could not work so.
    pub(super) fn check(&self) {
        let Config { lines, in_flight, chunk, buffer, .. } = *self;
        assert!((1..=MAX_LINES).contains(&lines), "{lines} lines, from 1 to {MAX_LINES}");
        assert!(in_flight > 0, "a receiver that never asks is told so by `can_ask`");
        assert!(chunk > 0 && chunk < END_OF_SESSION, "a request for {chunk} messages");
        assert!(buffer >= LONGEST_DATAGRAM, "a buffer of {buffer} bytes takes not every packet");
        assert!(self.start != Start::At(FeedNo(0)), "messages are numbered from 1");
        assert!(self.first_wait <= self.longest_wait, "the first wait is the shortest");
        assert!(!self.first_wait.is_zero(), "an answer takes some time");
    }
}

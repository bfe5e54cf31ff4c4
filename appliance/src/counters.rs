//! What the venue counts.

use std::fmt;

/// Counts since the start of the process.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Commands that were kept and executed.
    pub commands: u64,
    /// Writes of the journal.
    pub batches: u64,
    /// Bytes written to the journal.
    pub journal_bytes: u64,
    /// Replies to brokers, since the day began.
    pub replies: u64,
    /// Messages of the feed, since the day began.
    pub messages: u64,
    /// Connections that came in.
    pub connections: u64,
    /// Connections that have a port now.
    pub holding: usize,
    /// Logins that were accepted.
    pub logins: u64,
    /// Logins that were rejected.
    pub rejected_logins: u64,
    /// Connections that were turned away at the door.
    pub turned_away: u64,
    /// Connections closed for what they sent.
    pub broken_protocol: u64,
    /// Connections closed for sending far more than they may.
    pub floods: u64,
    /// Connections closed for not reading.
    pub stalled: u64,
    /// What was told of them last.
    told: (u64, u64, u64),
}

impl Counters {
    /// Whether something happened since this was asked last.
    pub fn are_news(&mut self) -> bool {
        let now = (self.commands, self.connections, self.logins);
        std::mem::replace(&mut self.told, now) != now
    }
}

impl fmt::Display for Counters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Counters { commands, batches, replies, messages, .. } = self;
        let Counters { connections, holding, logins, .. } = self;
        write!(
            f,
            "{commands} commands in {batches} batches, {replies} replies and {messages} messages \
             of the feed today, {connections} connections, {logins} logins, {holding} of them there"
        )?;
        let odd = [
            (self.rejected_logins, "logins rejected"),
            (self.turned_away, "turned away"),
            (self.broken_protocol, "broke the protocol"),
            (self.floods, "sent too much"),
            (self.stalled, "did not read"),
        ];
        odd.iter()
            .filter(|(count, _)| *count > 0)
            .try_for_each(|(n, what)| write!(f, ", {n} {what}"))
    }
}

//! How the venue is, as one answer.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use protocol_spec::words::Time;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// How the venue is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// Its name.
    pub venue: String,
    /// The version of the program.
    pub version: String,
    /// The number of the process.
    pub process: u32,
    /// When the process began, in the venue's zone.
    pub started: String,
    /// The trading day: YYYYMMDD and two digits of incarnation.
    pub session: String,
    /// Its date: YYYY-MM-DD.
    pub date: String,
    /// Where the venue is between two days.
    pub stage: Stage,
    /// The phase of the day: one of [`PHASES`](super::PHASES).
    pub phase: String,
    /// What time it is, in the venue's zone.
    pub time: String,
    /// What the calendar does next.
    pub next: Option<Next>,
    /// The journal.
    pub journal: Journal,
    /// The last checkpoint, if there is one.
    pub checkpoint: Option<Checkpoint>,
    /// What brokers were told.
    pub replies: Replies,
    /// What the public was told.
    pub feed: Feed,
    /// How much there is to do.
    pub rates: Rates,
    /// Connections since the process began.
    pub connections: Connections,
    /// What waits between threads.
    pub queues: Vec<Queue>,
    /// How long parts of a turn take.
    #[serde(default)]
    pub times: Vec<Times>,
    /// The ports of the day, by number.
    pub ports: Vec<Port>,
    /// The securities.
    pub instruments: Instruments,
}

impl Status {
    /// A time as it stands in a status: in a zone, with the distance from UTC.
    ///
    /// # Panics
    /// If the time is after the year 9998: no clock of ours reads that.
    #[must_use]
    pub fn clock(time: Time, zone: &TimeZone) -> String {
        let known = "the calendar knows every time that a clock reads";
        let at = Timestamp::from_nanosecond(i128::from(time.0)).expect(known);
        let seconds = at.to_zoned(zone.clone());
        seconds.strftime("%Y-%m-%dT%H:%M:%S.%6f%:z").to_string()
    }
}

/// Where the venue is between two days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// A day is open.
    #[default]
    Open,
    /// The day has ended, and that is being told.
    Ending,
    /// The next day is waited for.
    Waiting,
    /// The process is about to end.
    Stopping,
}

/// What the calendar does next.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Next {
    /// When, in the venue's zone.
    pub at: String,
    /// A phase, `end-day` or `open-day`.
    pub what: String,
}

/// The journal of the day.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Journal {
    /// The folder of the session.
    pub folder: String,
    /// What is durable: `disk` or `os`.
    pub durability: String,
    /// The number of the segment that is written.
    pub segment: u32,
    /// Bytes that a segment has.
    pub segment_bytes: u64,
    /// Bytes of it that are used.
    pub used_bytes: u64,
    /// Writes since the process began.
    pub batches: u64,
    /// Commands of the day: the number of the last.
    pub commands: u64,
    /// Bytes left on its disk, if that is known yet.
    pub free_bytes: Option<u64>,
}

/// The last checkpoint.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// The last command that is in it.
    pub command: u64,
    /// When it was written, in the venue's zone; none if a process before this one wrote it.
    pub written: Option<String>,
    /// Checkpoints that could not be written since the process began.
    pub failures: u64,
}

/// What brokers were told on this day.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replies {
    /// How many replies.
    pub count: u64,
    /// The file that has them.
    pub file: String,
    /// Bytes in closed blocks of it.
    pub bytes: u64,
}

/// What the public was told on this day.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feed {
    /// The number of the next message.
    pub next: u64,
    /// The lines.
    pub lines: Vec<FeedLine>,
    /// The file that has every message.
    pub file: String,
    /// Bytes that it has to have.
    pub bytes: u64,
    /// Bytes that it has.
    pub written_bytes: u64,
    /// How often it could not be written or read, since the process began.
    pub failures: u64,
    /// Where messages can be asked for again, as the configuration has it, if anywhere.
    pub rerequest: Option<String>,
    /// Who asked for messages again.
    pub requests: Rerequests,
}

/// Requests for messages of the feed, since the process began.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rerequests {
    /// Datagrams that came.
    pub came: u64,
    /// Requests that were answered.
    pub answered: u64,
    /// Messages in the answers.
    pub messages: u64,
    /// Requests that were dropped, by reason; reasons that none was dropped for are left out.
    pub dropped: BTreeMap<String, u64>,
}

/// A line of the feed, since the process began.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedLine {
    /// What it is called: A, B ..
    pub name: String,
    /// Where it goes.
    pub to: String,
    /// Packets that were sent on it.
    pub packets: u64,
    /// Messages in them.
    pub messages: u64,
    /// Packets that it did not take.
    pub dropped: u64,
}

/// How much there is to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rates {
    /// Commands a second.
    pub commands_per_second: Rate,
    /// Replies a second.
    pub replies_per_second: Rate,
    /// Messages of the feed a second.
    pub messages_per_second: Rate,
}

/// A number of things a second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rate {
    /// In the last whole second.
    pub last_second: u64,
    /// A second of the last minute, on average.
    pub last_minute: u64,
}

/// Connections since the process began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connections {
    /// That have a port now.
    pub logged_in: u64,
    /// That have none yet, or are on their way out.
    pub pending: u64,
    /// As many as may have a port.
    pub most_logged_in: u64,
    /// As many as may wait.
    pub most_pending: u64,
    /// That came in.
    pub total: u64,
    /// Logins that were accepted.
    pub logins: u64,
    /// Logins that were rejected.
    pub rejected_logins: u64,
    /// Turned away at the door.
    pub turned_away: u64,
    /// Closed for what they sent.
    pub broken_protocol: u64,
    /// Closed for sending far more than they may.
    pub floods: u64,
    /// Closed for not reading.
    pub stalled: u64,
}

/// What waits between two threads.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queue {
    /// Which.
    pub name: String,
    /// How many wait.
    pub waiting: u64,
    /// How many can wait.
    pub room: u64,
}

/// How long a part of a turn takes, since the process began.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Times {
    /// Which part: `intake`, `commit`, `execute` or `turn`.
    pub stage: String,
    /// How often.
    pub count: u64,
    /// Half of them took at most so many nanoseconds.
    pub p50_ns: u64,
    /// 99 of 100.
    pub p99_ns: u64,
    /// All but one of a thousand.
    pub p999_ns: u64,
    /// All of them.
    pub max_ns: u64,
}

/// A port of the day.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Port {
    /// Its name.
    pub username: String,
    /// Its number.
    pub number: u16,
    /// Its firms, the default one first.
    pub firms: Vec<String>,
    /// Whether a connection has it.
    pub up: bool,
    /// The address of that.
    pub peer: Option<String>,
    /// Replies of the day: the number of the last.
    pub replies: u64,
    /// Replies that the connection has not taken yet.
    pub behind: u64,
    /// Whether the operator stopped it.
    pub stopped: bool,
    /// Firms that the operator stopped on it.
    pub stopped_firms: Vec<String>,
    /// Whether the configuration has it, or an operator made it.
    pub configured: bool,
}

/// The securities of the day.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instruments {
    /// How many.
    pub listed: u64,
    /// Those over which something is put.
    pub states: Vec<State>,
}

/// What is put over a security.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// Which.
    pub symbol: String,
    /// One of [`STATES`](super::STATES).
    pub state: String,
    /// Four characters for the feed, without the spaces.
    pub reason: String,
}

//! The numbers that the core publishes: one table, from which come the struct, what holds it for
//! other threads, and what is told of it.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use matcher::phase::Phase;

use crate::admin::Stage;
use crate::calendar::Session;
use crate::config::Feed;

/// What a number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It only grows, until the process or the day begins anew.
    Counter,
    /// It comes and goes.
    Gauge,
    /// A number of bytes that comes and goes.
    Bytes,
    /// Bytes that only become more, until the process begins anew.
    CounterBytes,
    /// A time in nanoseconds since 1970, told in seconds; 0 is none.
    Time,
}

/// A number and how it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// What it is.
    pub kind: Kind,
    /// Its name, without `outcry_` and without the unit.
    pub name: &'static str,
    /// The label that tells it from others of its name, if there are any.
    pub labels: &'static [(&'static str, &'static str)],
    /// What it is, in words.
    pub help: &'static str,
}

/// What went on a line of the feed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LineFigures {
    /// Packets that were sent.
    pub packets: u64,
    /// Messages in them.
    pub messages: u64,
    /// Packets that the line did not take.
    pub dropped: u64,
}

/// What is told of each line of the feed, in the order of [`LineFigures::numbers`].
pub const LINE_ROWS: [Row; LINE_COUNT] = [
    line_row("feed_line_packets", "Packets sent on a line of the feed since the process began"),
    line_row("feed_line_messages", "Messages sent on a line of the feed since the process began"),
    line_row(
        "feed_line_dropped",
        "Packets that a line of the feed did not take since the process began",
    ),
];

const LINE_COUNT: usize = 3;

const fn line_row(name: &'static str, help: &'static str) -> Row {
    Row { kind: Kind::Counter, name, labels: &[], help }
}

impl LineFigures {
    /// The numbers, in the order of [`LINE_ROWS`].
    #[must_use]
    pub fn numbers(&self) -> [u64; LINE_COUNT] {
        let LineFigures { packets, messages, dropped } = *self;
        [packets, messages, dropped]
    }

    fn of([packets, messages, dropped]: [u64; LINE_COUNT]) -> Self {
        LineFigures { packets, messages, dropped }
    }
}

macro_rules! figures {
    ($(
        $field:ident: $kind:ident $name:literal $([$label:literal $value:literal])?
            $help:literal;
    )*) => {
        /// What the core publishes every so often.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct Figures {
            /// The session of the day.
            pub session: Option<Session>,
            /// The phase of the day.
            pub phase: Phase,
            /// Where the venue is between two days.
            pub stage: Stage,
            /// What went on each line of the feed; those behind the last one stay 0.
            pub lines: [LineFigures; Feed::MAX_LINES],
            /// How many lines there are.
            pub line_count: usize,
            $(#[doc = $help] pub $field: u64,)*
        }

        /// What is told of each number, in the order of [`Figures::numbers`].
        pub const ROWS: [Row; COUNT] = [$(Row {
            kind: Kind::$kind,
            name: $name,
            labels: &[$(($label, $value))?],
            help: $help,
        }),*];

        const COUNT: usize = [$($name),*].len();

        impl Figures {
            /// The numbers, in the order of [`ROWS`].
            #[must_use]
            pub fn numbers(&self) -> [u64; COUNT] {
                [$(self.$field),*]
            }

            /// These with other numbers.
            fn with(self, numbers: [u64; COUNT]) -> Self {
                let [$($field),*] = numbers;
                Figures { $($field,)* ..self }
            }
        }
    };
}

figures! {
    process_started: Time "process_start"
        "When the process began";
    published: Time "core_seen"
        "When the core published its numbers last: it does so about once a second";
    commands: Counter "commands"
        "Commands kept and executed since the process began";
    journal_batches: Counter "journal_batches"
        "Writes of the journal since the process began";
    journal_bytes: CounterBytes "journal_written"
        "Bytes written to the journal since the process began";
    replies: Counter "replies"
        "Replies to brokers since the day began";
    feed_messages: Counter "feed_messages"
        "Messages of the feed since the day began";
    rewind_file: Bytes "rewind_file"
        "Bytes that the file of the day's feed has to have";
    rewind_written: Bytes "rewind_file_written"
        "Bytes of the file of the day's feed that are written";
    rewind_failures: Counter "rewind_failures"
        "Times that the file of the feed could not be written or read since the process began";
    rerequests: Counter "rerequests"
        "Requests for messages of the feed that came since the process began";
    rerequests_answered: Counter "rerequests_answered"
        "Requests for messages of the feed that were answered since the process began";
    rerequest_answers: CounterBytes "rerequest_answers"
        "Bytes of answers to requests for messages of the feed since the process began";
    dropped_not_allowed: Counter "rerequests_dropped" ["reason" "not_allowed"]
        "Requests for messages of the feed that were not answered since the process began";
    dropped_malformed: Counter "rerequests_dropped" ["reason" "malformed"]
        "Requests for messages of the feed that were not answered since the process began";
    dropped_wrong_session: Counter "rerequests_dropped" ["reason" "wrong_session"]
        "Requests for messages of the feed that were not answered since the process began";
    dropped_bad_number: Counter "rerequests_dropped" ["reason" "bad_number"]
        "Requests for messages of the feed that were not answered since the process began";
    dropped_bad_count: Counter "rerequests_dropped" ["reason" "bad_count"]
        "Requests for messages of the feed that were not answered since the process began";
    dropped_beyond: Counter "rerequests_dropped" ["reason" "beyond"]
        "Requests for messages of the feed that were not answered since the process began";
    dropped_overtaken: Counter "rerequests_dropped" ["reason" "overtaken"]
        "Requests for messages of the feed that were not answered since the process began";
    dropped_crowded: Counter "rerequests_dropped" ["reason" "crowded"]
        "Requests for messages of the feed that were not answered since the process began";
    dropped_unreadable: Counter "rerequests_dropped" ["reason" "unreadable"]
        "Requests for messages of the feed that were not answered since the process began";
    dropped_unsent: Counter "rerequests_dropped" ["reason" "unsent"]
        "Requests for messages of the feed that were not answered since the process began";
    day_commands: Gauge "day_commands"
        "Commands of the day: the number of the last";
    journal_segment: Gauge "journal_segment"
        "The number of the journal's segment that is written";
    journal_segment_size: Bytes "journal_segment_size"
        "Bytes that a segment of the journal has";
    journal_segment_used: Bytes "journal_segment_used"
        "Bytes of the journal's segment that are used";
    journal_free: Bytes "journal_disk_free"
        "Bytes left on the disk of the journal";
    journal_stop: Bytes "journal_disk_stop"
        "Bytes left on the disk of the journal below which order entry closes";
    reply_file: Bytes "reply_file"
        "Bytes in the file of the day's replies";
    checkpoint_command: Gauge "checkpoint_command"
        "The last command that is in the last checkpoint; 0 if there is none";
    checkpoint_written: Time "checkpoint_written"
        "When the last checkpoint was written; 0 if none was since the process began";
    checkpoint_failures: Counter "checkpoint_failures"
        "Checkpoints that could not be written since the process began";
    next_change: Time "calendar_next"
        "When the calendar does something next; 0 if never";
    connections: Counter "connections"
        "Connections that came in since the process began";
    logins: Counter "logins"
        "Logins that were accepted since the process began";
    rejected_logins: Counter "rejected_logins"
        "Logins that were rejected since the process began";
    turned_away: Counter "turned_away"
        "Connections turned away at the door since the process began";
    broken_protocol: Counter "broken_protocol"
        "Connections closed for what they sent since the process began";
    floods: Counter "floods"
        "Connections closed for sending far more than they may since the process began";
    stalled: Counter "stalled"
        "Connections closed for not reading since the process began";
    logged_in: Gauge "connections_logged_in"
        "Connections that have a port now";
    most_logged_in: Gauge "connections_logged_in_limit"
        "As many connections as may have a port";
    pending: Gauge "connections_pending"
        "Connections that have no port yet, or are on their way out";
    most_pending: Gauge "connections_pending_limit"
        "As many connections as may be without a port";
    ports: Gauge "ports"
        "Ports of the day";
    ports_up: Gauge "ports_up"
        "Ports that a connection has";
    ports_stopped: Gauge "ports_stopped"
        "Ports that the operator stopped";
    instruments: Gauge "instruments"
        "Securities of the day";
    halted: Gauge "instruments_held" ["state" "halted"]
        "Securities over which the operator put a state";
    paused: Gauge "instruments_held" ["state" "paused"]
        "Securities over which the operator put a state";
    quote_only: Gauge "instruments_held" ["state" "quote-only"]
        "Securities over which the operator put a state";
    jobs_waiting: Gauge "queue_waiting" ["queue" "jobs"]
        "Things that wait between two threads";
    answers_waiting: Gauge "queue_waiting" ["queue" "answers"]
        "Things that wait between two threads";
    inquiries_waiting: Gauge "queue_waiting" ["queue" "inquiries"]
        "Things that wait between two threads";
    publications_waiting: Gauge "queue_waiting" ["queue" "publications"]
        "Things that wait between two threads";
    jobs_room: Gauge "queue_room" ["queue" "jobs"]
        "Things that can wait between two threads";
    answers_room: Gauge "queue_room" ["queue" "answers"]
        "Things that can wait between two threads";
    inquiries_room: Gauge "queue_room" ["queue" "inquiries"]
        "Things that can wait between two threads";
    publications_room: Gauge "queue_room" ["queue" "publications"]
        "Things that can wait between two threads";
}

/// The numbers as one thread writes and others read them, each by itself.
#[derive(Debug)]
pub(super) struct Shown {
    /// The session's name as a number; 0 is none.
    session: AtomicU64,
    phase: AtomicU64,
    stage: AtomicU64,
    line_count: AtomicU64,
    lines: [[AtomicU64; LINE_COUNT]; Feed::MAX_LINES],
    numbers: [AtomicU64; COUNT],
}

impl Shown {
    pub(super) const fn new() -> Self {
        Shown {
            session: AtomicU64::new(0),
            phase: AtomicU64::new(0),
            stage: AtomicU64::new(0),
            line_count: AtomicU64::new(0),
            lines: [const { [const { AtomicU64::new(0) }; LINE_COUNT] }; Feed::MAX_LINES],
            numbers: [const { AtomicU64::new(0) }; COUNT],
        }
    }

    pub(super) fn set(&self, figures: &Figures) {
        let digits = figures.session.map_or([b'0'; 10], |session| session.0);
        let session = digits.iter().fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0'));
        self.session.store(session, Relaxed);
        self.phase.store(figures.phase as u64, Relaxed);
        self.stage.store(figures.stage as u64, Relaxed);
        self.line_count.store(figures.line_count as u64, Relaxed);
        for (shown, line) in self.lines.iter().zip(&figures.lines) {
            for (shown, number) in shown.iter().zip(line.numbers()) {
                shown.store(number, Relaxed);
            }
        }
        for (shown, number) in self.numbers.iter().zip(figures.numbers()) {
            shown.store(number, Relaxed);
        }
    }

    pub(super) fn get(&self) -> Figures {
        let session = Session::parse(&format!("{:010}", self.session.load(Relaxed)));
        let phase = self.phase.load(Relaxed);
        let stage = self.stage.load(Relaxed);
        let stages = [Stage::Open, Stage::Ending, Stage::Waiting, Stage::Stopping];
        let line = |shown: &[AtomicU64; LINE_COUNT]| shown.each_ref().map(|one| one.load(Relaxed));
        let figures = Figures {
            session,
            phase: Phase::ALL.into_iter().find(|known| *known as u64 == phase).unwrap_or_default(),
            stage: stages.into_iter().find(|known| *known as u64 == stage).unwrap_or_default(),
            lines: self.lines.each_ref().map(|shown| LineFigures::of(line(shown))),
            line_count: self.line_count.load(Relaxed) as usize,
            ..Figures::default()
        };
        figures.with(self.numbers.each_ref().map(|one| one.load(Relaxed)))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn what_was_set_is_got() {
        let numbers = std::array::from_fn(|at| at as u64 + 1);
        let session = Session::parse("2026112003");
        let lines = std::array::from_fn(|at| LineFigures::of([at as u64, 7, 9 * at as u64]));
        let (phase, stage) = (Phase::Late, Stage::Waiting);
        let about = Figures { session, phase, stage, lines, line_count: 3, ..Figures::default() };
        let figures = about.with(numbers);
        let shown = Shown::new();
        assert_eq!(shown.get(), Figures::default());
        shown.set(&figures);
        assert_eq!(shown.get(), figures);
        assert_eq!(figures.numbers(), numbers);
        assert_eq!(figures.process_started, 1);
    }

    #[test]
    fn rows_of_one_name_stand_together_and_are_alike() {
        let mut seen = BTreeSet::new();
        for (at, row) in ROWS.iter().enumerate() {
            let is_first = at == 0 || ROWS[at - 1].name != row.name;
            if is_first {
                assert!(seen.insert(row.name), "{} stands apart", row.name);
            } else {
                let before = ROWS[at - 1];
                assert_eq!((before.kind, before.help), (row.kind, row.help));
                assert!(!row.labels.is_empty() && row.labels != before.labels);
            }
        }
    }
}

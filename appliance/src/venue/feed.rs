//! From messages of the public stream to packets on its lines.

use std::io;
use std::time::Duration;

use protocol_spec::session::mold::{BuilderConfig, PacketBuilder, PushError};
use protocol_spec::wire::mold::{END_OF_SESSION, Header};
use protocol_spec::wire::text::Alpha;
use protocol_spec::words::{FeedNo, Moment};
use recovery::rewind::{Fresh, Records, Rewind};
use tracing::warn;

use crate::calendar::Session;
use crate::config;
use crate::rewinder::Publications;
use crate::world::Lines;

/// How long the end of a session is told.
const FAREWELL: Duration = Duration::from_secs(30);
/// How often the end is told at once where another session begins so soon that there is no time to
/// tell it again and again.
const HASTY: usize = 3;
/// How often it is said that a line does not take its packets.
const SAID: Duration = Duration::from_secs(60);

/// The lines of the feed, and the session that is told on them.
///
/// ```text
///   Silent ── begin ──▶ Telling ── end ──▶ Over: End of Session, once a second
///     ▲                                     │
///     └────────────── 30 seconds ───────────┘        begin: another session, from any of them
/// ```
///
/// It is given what may be told, and nothing else. All lines get the same packets; a line that does
/// not take one goes on with the next, and nobody waits for it: who listens to it asks again.
#[derive(Debug)]
pub(crate) struct Feed<L> {
    lines: L,
    payload_max: u16,
    voice: Voice,
    counts: Vec<LineCounts>,
    complaints: Vec<Complaint>,
}

/// What is told.
#[derive(Debug)]
enum Voice {
    Silent,
    Telling(PacketBuilder),
    /// The session is over, and that is told until then.
    Over(PacketBuilder, Moment),
}

/// What went on a line since the process began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct LineCounts {
    /// Packets that were sent.
    pub(crate) packets: u64,
    /// Messages in them.
    pub(crate) messages: u64,
    /// Packets that were not.
    pub(crate) dropped: u64,
}

/// What was said of a line that does not take its packets.
#[derive(Clone, Copy, Debug, Default)]
struct Complaint {
    at: Option<Moment>,
    /// Packets that it had not taken by then.
    dropped: u64,
}

impl<L: Lines> Feed<L> {
    /// Lines on which nothing is told yet.
    pub(crate) fn new(lines: L, config: &config::Feed) -> Self {
        let count = lines.count();
        Feed {
            lines,
            payload_max: config.payload_max,
            voice: Voice::Silent,
            counts: vec![LineCounts::default(); count],
            complaints: vec![Complaint::default(); count],
        }
    }

    /// A session begins, or goes on with this number.
    pub(crate) fn begin(&mut self, now: Moment, session: Session, next: FeedNo) {
        if self.counts.is_empty() {
            return;
        }
        // One packet alone may be lost, and nobody can ask for it any more.
        for _ in 1..HASTY {
            if let Voice::Over(builder, _) = &mut self.voice {
                builder.on_end(now);
                self.send(now);
            }
        }
        let (payload_max, session) = (self.payload_max, Alpha(session.0));
        let config = BuilderConfig { next, payload_max, ..BuilderConfig::new(session) };
        self.voice = Voice::Telling(PacketBuilder::new(now, config));
    }

    /// Tells messages, given as records of a file: packets that are full go out at once.
    ///
    /// # Panics
    /// If the first of them is not the next one of a session that goes on.
    pub(crate) fn tell(&mut self, now: Moment, first: FeedNo, records: &[u8]) {
        if self.counts.is_empty() {
            return;
        }
        for (number, message) in Records::new(first, records) {
            let Voice::Telling(builder) = &mut self.voice else {
                unreachable!("messages are those of a session that goes on")
            };
            let taken = match builder.on_message(now, message) {
                Err(PushError::Full) => {
                    self.send(now);
                    self.retry(now, message)
                }
                taken => taken,
            };
            assert!(taken == Ok(number), "message {number} is {taken:?} to the packets");
        }
        self.send(now);
    }

    /// Takes a message for which room was made.
    #[cold]
    fn retry(&mut self, now: Moment, message: &[u8]) -> Result<FeedNo, PushError> {
        match &mut self.voice {
            Voice::Telling(builder) => builder.on_message(now, message),
            Voice::Silent | Voice::Over(..) => Err(PushError::Over),
        }
    }

    /// Nothing more comes for now: what was told so far goes out.
    pub(crate) fn flush(&mut self, now: Moment) {
        if let Voice::Telling(builder) = &mut self.voice {
            builder.on_flush(now);
            self.send(now);
        }
    }

    /// The session is over behind what was told.
    pub(crate) fn end(&mut self, now: Moment) {
        if let Voice::Telling(mut builder) = std::mem::replace(&mut self.voice, Voice::Silent) {
            builder.on_end(now);
            self.voice = Voice::Over(builder, now + FAREWELL);
            self.send(now);
        }
    }

    /// Time has passed: says that the session goes on, or that it is over, if it was silent for
    /// long enough.
    pub(crate) fn on_timeout(&mut self, now: Moment) {
        match &mut self.voice {
            Voice::Silent => return,
            Voice::Telling(builder) | Voice::Over(builder, _) => builder.on_timeout(now),
        }
        self.send(now);
        if let Voice::Over(builder, until) = &self.voice
            && builder.poll_timeout().is_none_or(|next| next > *until)
        {
            self.voice = Voice::Silent;
        }
    }

    /// When [`Feed::on_timeout`] is to be called at the latest.
    pub(crate) fn poll_timeout(&self) -> Option<Moment> {
        match &self.voice {
            Voice::Silent => None,
            Voice::Telling(builder) | Voice::Over(builder, _) => builder.poll_timeout(),
        }
    }

    /// Sends the packets that wait.
    fn send(&mut self, now: Moment) {
        let Feed { lines, voice, counts, complaints, .. } = self;
        let (Voice::Telling(builder) | Voice::Over(builder, _)) = voice else { return };
        while let Some(packet) = builder.poll_packet() {
            let messages = messages_in(packet);
            let all = counts.iter_mut().zip(&mut *complaints).enumerate();
            for (line, (counts, complaint)) in all {
                match lines.send(line, packet) {
                    Ok(()) => {
                        counts.packets += 1;
                        counts.messages += messages;
                    }
                    Err(error) => {
                        counts.dropped += 1;
                        complaint.on_drop(now, line, counts.dropped, &error);
                    }
                }
            }
        }
    }

    /// What went on each line.
    pub(crate) fn counts(&self) -> &[LineCounts] {
        &self.counts
    }
}

impl Complaint {
    /// A line did not take a packet: says so, unless that was said a short while ago.
    #[cold]
    fn on_drop(&mut self, now: Moment, line: usize, dropped: u64, error: &io::Error) {
        if self.at.is_some_and(|at| now - at < SAID) {
            return;
        }
        let (line, packets) = (config::Feed::name(line), dropped - self.dropped);
        (self.at, self.dropped) = (Some(now), dropped);
        warn!(
            %line,
            packets,
            "the line does not take packets of the feed: {error}; who misses them asks again"
        );
    }
}

/// How many messages a packet has.
fn messages_in(packet: &[u8]) -> u64 {
    let header = Header::decode(packet.first_chunk().expect("a packet has a header"));
    if header.count == END_OF_SESSION { 0 } else { header.count.into() }
}

/// Hands on what was published since the last time: to who keeps it, and then to whoever listens.
pub(crate) fn hand_on<L: Lines>(
    rewind: &mut Rewind,
    publications: &mut Publications,
    feed: &mut Feed<L>,
    now: Moment,
) {
    if !rewind.is_fresh() {
        return;
    }
    let Fresh { first, records, ended, .. } = rewind.fresh();
    give(publications, &rewind.fresh());
    feed.tell(now, first, records);
    if ended {
        feed.end(now);
    }
    rewind.forget_fresh();
}

/// Hands on what was published once before, to who keeps it.
pub(crate) fn keep(rewind: &mut Rewind, publications: &mut Publications) {
    give(publications, &rewind.fresh());
    rewind.forget_fresh();
}

fn give(publications: &mut Publications, fresh: &Fresh<'_>) {
    if fresh.count > 0 {
        publications.tell(fresh.first, fresh.records);
    }
    if fresh.ended {
        publications.end();
    }
}

use std::string::String;
use std::time::Duration;
use std::vec::Vec;

use protocol_spec::wire::mold::{END_OF_SESSION, Header, SessionId};
use protocol_spec::wire::text::Alpha;
use protocol_spec::words::{FeedNo, Moment};

use super::{Config, Event, Origin, Receiver, Start};

mod bounds;
mod gaps;
mod requests;
mod sessions;
mod streams;

const MS: Duration = Duration::from_millis(1);
const A: Origin = Origin::Line(0);
const B: Origin = Origin::Line(1);
const ANSWER: Origin = Origin::Answer;

/// A receiver, and what it told and asked so far, in short words.
struct Rig {
    receiver: Receiver,
    now: Moment,
    session: SessionId,
}

fn rig(change: impl FnOnce(&mut Config)) -> Rig {
    let mut config = Config::new(1);
    change(&mut config);
    let now = Moment(5_000_000_000);
    Rig { receiver: Receiver::new(now, config), now, session: Alpha::new("2026112001") }
}

impl Rig {
    /// Messages `first..end` in one packet.
    fn give(&mut self, origin: Origin, first: u64, end: u64) {
        let packet = packet(self.session, first, (end - first) as u16);
        self.receiver.on_packet(self.now, origin, &packet);
    }

    fn beat(&mut self, origin: Origin, next: u64) {
        self.receiver.on_packet(self.now, origin, &packet(self.session, next, 0));
    }

    fn end(&mut self, origin: Origin, next: u64) {
        self.receiver.on_packet(self.now, origin, &packet(self.session, next, END_OF_SESSION));
    }

    fn wait(&mut self, wait: Duration) {
        self.now = self.now + wait;
        self.receiver.on_timeout(self.now);
    }

    /// Waits for the next deadline and says after how long it was.
    fn wait_for_deadline(&mut self) -> Option<Duration> {
        let deadline = self.receiver.poll_timeout()?;
        let wait = deadline - self.now;
        self.wait(wait);
        Some(wait)
    }

    /// Every event since the last time, and nothing wrong with any message.
    fn told(&mut self) -> String {
        let mut told = Vec::new();
        while let Some(event) = self.receiver.poll_event() {
            told.push(match event {
                Event::Session(session, first) => format!("session {session} from {first}"),
                Event::Messages(run) => {
                    let words = format!("{}..{}", run.first(), run.end());
                    let (mut next, end) = (run.first().0, run.end().0);
                    for (number, bytes) in run {
                        assert_eq!((number, bytes), (FeedNo(next), &*message(next)));
                        next += 1;
                    }
                    assert_eq!(next, end);
                    words
                }
                Event::Gap(gap) => format!("gap {}..{}", gap.first, gap.end),
                Event::Recovered(gap) => format!("recovered {}..{}", gap.first, gap.end),
                Event::Retracted(gap) => format!("retracted {}..{}", gap.first, gap.end),
                Event::GaveUp(gap) => format!("gave up {}..{}", gap.first, gap.end),
                Event::Silent(line) => format!("silent {line}"),
                Event::Heard(line) => format!("heard {line}"),
                Event::Foreign(session) => format!("foreign {session}"),
                Event::EndOfSession(next) => format!("end {next}"),
                Event::Abandoned { session, next } => format!("abandoned {session} at {next}"),
            });
        }
        told.join(", ")
    }

    /// Every request that is to be sent now.
    fn asked(&mut self) -> String {
        let requests = std::iter::from_fn(|| self.receiver.poll_request(self.now));
        let asked: Vec<String> = requests
            .map(|asked| {
                assert_eq!(asked.session, self.session);
                format!("{}..{}", asked.number, asked.number.0 + u64::from(asked.count))
            })
            .collect();
        asked.join(", ")
    }
}

/// A receiver that has been told messages 1 to 9 by both lines.
fn following(change: impl FnOnce(&mut Config)) -> Rig {
    let mut rig = rig(change);
    rig.give(A, 1, 10);
    if rig.receiver.config.lines > 1 {
        rig.give(B, 1, 10);
    }
    assert_eq!(rig.told(), "session 2026112001 from 1, 1..10");
    rig
}

/// The message of a number, long or short or empty.
fn message(number: u64) -> Vec<u8> {
    number.to_be_bytes().repeat(number as usize % 6)
}

fn packet(session: SessionId, first: u64, count: u16) -> Vec<u8> {
    let mut bytes = vec![0; Header::LEN];
    let header = Header { session, number: FeedNo(first), count };
    header.encode(bytes.first_chunk_mut().expect("it has the length of a header"));
    for number in first..first + u64::from(count % END_OF_SESSION) {
        let message = message(number);
        bytes.extend((message.len() as u16).to_be_bytes());
        bytes.extend(message);
    }
    bytes
}

fn other(name: &str) -> SessionId {
    Alpha::new(name)
}

fn at(number: u64) -> Start {
    Start::At(FeedNo(number))
}

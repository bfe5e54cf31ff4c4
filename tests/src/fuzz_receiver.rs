//! What must hold for a receiver of the feed, whatever comes, from wherever, whenever.
//!
//! The data is a list of small steps: packets that are true, early, late, far off or rubbish, time
//! that passes, requests that are answered. What a message says follows from its session and
//! number, so that whatever is told can be checked. In the end a line that says what is so must be
//! enough to go on, whatever came before.
#![expect(
    clippy::missing_panics_doc,
    reason = "a body panics whenever what it checks does not hold"
)]

use std::time::Duration;

use mdfeed::receiver::{Config, Event, Gap, Origin, Receiver, Start, State};
use protocol_spec::wire::mold::{END_OF_SESSION, Header, Request, SessionId};
use protocol_spec::wire::text::Alpha;
use protocol_spec::words::{FeedNo, Moment};

/// Sessions of which packets come.
const SESSIONS: [SessionId; 3] =
    [Alpha::new("2026112001"), Alpha::new("2026112101"), Alpha::new("2026112201")];
/// Beyond this a number is so far off that nobody could come there.
const FAR: u64 = 1 << 60;

/// The steps that are left; zeros when there are none.
struct Steps<'a>(&'a [u8]);

impl Steps<'_> {
    fn byte(&mut self) -> u8 {
        let Some((byte, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *byte
    }

    fn number(&mut self) -> u64 {
        u64::from_be_bytes(std::array::from_fn(|_| self.byte()))
    }
}

/// A receiver, and what it has told.
struct Rig {
    receiver: Receiver,
    config: Config,
    now: Moment,
    ear: Ear,
    asked: Vec<Request>,
}

/// What was told so far, as far as it binds what is told next.
#[derive(Default)]
struct Ear {
    session: Option<SessionId>,
    next: FeedNo,
    gap: Option<Gap>,
    gave_up: Option<Gap>,
    has_ended: bool,
}

/// A receiver of the feed.
pub fn receiver(data: &[u8]) {
    let mut steps = Steps(data);
    let config = config(&mut steps);
    let now = Moment(1_000_000_000);
    let receiver = Receiver::new(now, config);
    let mut rig = Rig { receiver, config, now, ear: Ear::default(), asked: Vec::new() };
    while !steps.0.is_empty() {
        let step = steps.byte();
        rig.step(step, &mut steps);
        assert!(rig.receiver.waiting_bytes() <= config.buffer);
        // Whoever owns the receiver may be slow to listen.
        if step % 5 != 0 {
            rig.listen();
        }
    }
    rig.listen();
    rig.go_on();
}

fn config(steps: &mut Steps<'_>) -> Config {
    let byte = steps.byte();
    let start = match steps.byte() {
        0..150 => Start::First,
        150..200 => Start::Next,
        number => Start::At(FeedNo(u64::from(number))),
    };
    Config {
        session: (byte & 1 == 1).then_some(SESSIONS[0]),
        start,
        lines: 1 + usize::from(byte >> 1 & 3),
        can_ask: byte & 8 == 0,
        patience: (byte & 16 == 16).then_some(Duration::from_millis(400)),
        buffer: 64 * 1024,
        in_flight: 1 + usize::from(byte >> 5 & 3),
        chunk: 1 + u16::from(steps.byte()),
        ..Config::new(u64::from(byte))
    }
}

impl Rig {
    fn step(&mut self, step: u8, steps: &mut Steps<'_>) {
        let line = Origin::Line(usize::from(step) % self.config.lines);
        let session = self.receiver.session().unwrap_or(SESSIONS[0]);
        match step % 12 {
            // Of the session, around what comes next.
            0..4 => {
                let count = if step > 240 { 400 } else { u16::from(steps.byte() % 16) };
                let number = self.near(steps.byte());
                self.give(line, session, number, count);
            }
            4 => {
                let number = self.near(steps.byte());
                self.give(line, session, number, END_OF_SESSION);
            }
            5 => {
                let number = steps.number() >> (step % 64);
                self.give(line, session, number, u16::from(step % 3));
            }
            6 => {
                let other = SESSIONS[usize::from(steps.byte()) % SESSIONS.len()];
                let number = u64::from(steps.byte());
                self.give(line, other, number, u16::from(step % 5));
            }
            7 => {
                let count = usize::from(step).min(steps.0.len());
                let (bytes, rest) = steps.0.split_at(count);
                steps.0 = rest;
                self.receiver.on_packet(self.now, line, bytes);
            }
            8 | 9 => {
                self.now = self.now + Duration::from_millis(16) * u32::from(steps.byte());
                self.receiver.on_timeout(self.now);
            }
            10 => {
                if let Some(asked) = self.asked.pop() {
                    let count = asked.count.min(1 + u16::from(steps.byte()));
                    self.give(Origin::Answer, asked.session, asked.number.0, count);
                }
            }
            _ => self.skip(),
        }
    }

    /// A number close to the next one.
    fn near(&self, offset: u8) -> u64 {
        let next = self.receiver.next_number().map_or(1, |next| next.0);
        next.saturating_add_signed(i64::from(offset as i8) / 4)
    }

    /// A packet that says of its session what is true of it at these numbers.
    fn give(&mut self, origin: Origin, session: SessionId, number: u64, count: u16) {
        let mut bytes = vec![0; Header::LEN];
        let header = Header { session, number: FeedNo(number), count };
        header.encode(bytes.first_chunk_mut().expect("it has the length of a header"));
        for at in 0..u64::from(count % END_OF_SESSION) {
            let (message, len) = message(session, number.wrapping_add(at));
            bytes.extend([0, len as u8]);
            bytes.extend(&message[..len]);
        }
        self.receiver.on_packet(self.now, origin, &bytes);
    }

    /// Skips what was given up; whoever does has heard of it.
    fn skip(&mut self) {
        self.listen();
        if let State::GaveUp(gap) = self.receiver.state() {
            assert_eq!(self.ear.gave_up, Some(gap));
            self.ear.skip(gap);
        }
        self.receiver.skip_gap(self.now);
    }

    /// Takes all events and requests.
    fn listen(&mut self) {
        while let Some(event) = self.receiver.poll_event() {
            self.ear.on(event);
        }
        assert!(self.receiver.next_number().is_none_or(|next| next == self.ear.next));
        while let Some(asked) = self.receiver.poll_request(self.now) {
            assert!(self.config.can_ask && Some(asked.session) == self.ear.session);
            assert!(
                (1..=self.config.chunk).contains(&asked.count) && asked.number >= self.ear.next
            );
            self.asked.push(asked);
        }
    }

    /// Lines that say what is so, and a packet of it, are enough.
    fn go_on(&mut self) {
        self.now = self.now + Duration::from_millis(60);
        self.receiver.on_timeout(self.now);
        self.listen();
        self.skip();
        self.listen();
        let (Some(session), Some(next)) = (self.receiver.session(), self.receiver.next_number())
        else {
            return;
        };
        if self.receiver.state() == State::Over || next.0 > FAR {
            return;
        }
        let end = next.0 + 10;
        for line in 0..self.config.lines {
            self.give(Origin::Line(line), session, end, 0);
        }
        self.listen();
        self.give(Origin::Line(0), session, next.0, 10);
        self.listen();
        assert_eq!(self.receiver.next_number(), Some(FeedNo(end)));
        assert!(matches!(self.receiver.state(), State::Following | State::Over));
        assert_eq!(self.receiver.waiting_bytes(), 0);
    }
}

impl Ear {
    fn skip(&mut self, gap: Gap) {
        (self.gap, self.gave_up, self.next) = (None, None, gap.end);
    }

    fn on(&mut self, event: Event<'_>) {
        assert!(
            !self.has_ended
                || matches!(
                    event,
                    Event::Session(..) | Event::Foreign(_) | Event::Silent(_) | Event::Heard(_)
                ),
            "{event:?} after the end"
        );
        match event {
            Event::Session(session, first) => {
                assert!(self.session.is_none() || self.has_ended, "one session at a time");
                *self = Ear { session: Some(session), next: first, ..Ear::default() };
            }
            Event::Messages(run) => {
                assert!(run.len() > 0 && self.gave_up.is_none(), "{run:?}");
                let session = self.session.expect("a session comes first");
                for (number, bytes) in run {
                    let (message, len) = message(session, number.0);
                    assert_eq!((number, bytes), (self.next, &message[..len]));
                    self.next = number.plus(1);
                }
            }
            Event::Gap(gap) => {
                assert!(self.gap.is_none() && gap.first == self.next && gap.end > gap.first);
                self.gap = Some(gap);
            }
            Event::Recovered(gap) => {
                assert!(self.gap == Some(gap) && self.next >= gap.end && self.gave_up.is_none());
                self.gap = None;
            }
            Event::Retracted(gap) => {
                assert!(self.gave_up.or(self.gap) == Some(gap) && self.next < gap.end);
                (self.gap, self.gave_up) = (None, None);
            }
            Event::GaveUp(gap) => {
                assert!(self.gap.is_some() && gap.first == self.next && gap.end > gap.first);
                self.gave_up = Some(gap);
            }
            Event::EndOfSession(next) => {
                assert!(next == self.next && self.gap.is_none());
                self.has_ended = true;
            }
            Event::Abandoned { session, next } => {
                assert_eq!((Some(session), next), (self.session, self.next));
                self.has_ended = true;
            }
            Event::Silent(_) | Event::Heard(_) | Event::Foreign(_) => {}
        }
    }
}

/// A message, in a room that all fit, and its length.
fn message(session: SessionId, number: u64) -> ([u8; 40], usize) {
    let mut bytes = [session.0[7]; 40];
    bytes[..8].copy_from_slice(&number.to_be_bytes());
    (bytes, (number % 5 * 9) as usize)
}

//! How a day is sent: two lines of packets, and when.

use std::time::Duration;

use protocol_spec::session::mold::{BuilderConfig, PacketBuilder};
use protocol_spec::wire::mold::{BLOCK_HEADER, Header, Request, SessionId};
use protocol_spec::wire::text::Alpha;
use protocol_spec::words::{FeedNo, Moment};

use crate::flow::prng::Prng;

use super::truth::Truth;

/// The session of every course.
pub const SESSION: SessionId = Alpha::new("2026112001");
/// How long the end of the session is repeated.
const FAREWELL: Duration = Duration::from_secs(30);
/// Most bytes of an answer.
const ANSWER: usize = 1472;

/// A day on its way.
#[derive(Debug)]
pub struct Course<'a> {
    /// What is sent.
    pub truth: &'a Truth,
    /// The packets of each line, with the time at which each is sent.
    pub lines: [Vec<(Moment, Vec<u8>)>; 2],
    /// How many messages there are at what time, ascending.
    published: Vec<(Moment, u64)>,
}

impl<'a> Course<'a> {
    /// Sends a day in flushes of a size and at times that `prng` says; line B in packets of another
    /// size than line A, and a little later.
    #[must_use]
    pub fn new(truth: &'a Truth, prng: &mut Prng) -> Self {
        let mut now = Moment(1_000_000_000);
        let mut flushes = Vec::new();
        let mut from = 0;
        while from < truth.messages.len() {
            let longest = prng.pick(&[1, 8, 8, 40, 150]);
            let to = truth.messages.len().min(from + 1 + prng.place(longest));
            flushes.push((now, from..to));
            from = to;
            let most = prng.weighted(&[(60, 300), (30, 5_000), (8, 100_000), (2, 2_500_000)]);
            now = now + Duration::from_micros(prng.below(most) + 1);
        }
        let published = flushes.iter().map(|(at, range)| (*at, range.end as u64)).collect();
        let sizes = [1472, prng.pick(&[1472, 1000, 300, 100])];
        let lags = [Duration::ZERO, Duration::from_micros(prng.below(400))];
        let lines = [0, 1].map(|line| send(truth, &flushes, now, sizes[line], lags[line]));
        Course { truth, lines, published }
    }

    /// How many messages were published before `now`.
    #[must_use]
    pub fn published(&self, now: Moment) -> u64 {
        let behind = self.published.partition_point(|(at, _)| *at <= now);
        behind.checked_sub(1).map_or(0, |at| self.published[at].1)
    }

    /// When the last packet is sent.
    ///
    /// # Panics
    /// Never: the end of the session is sent on both.
    #[must_use]
    pub fn end(&self) -> Moment {
        let ends = self.lines.iter().filter_map(|line| line.last());
        ends.map(|(at, _)| *at).max().expect("a line has packets")
    }

    /// What the server answers: one packet with as many whole messages as fit, or nothing.
    #[must_use]
    pub fn answer(&self, now: Moment, request: &[u8]) -> Option<Vec<u8>> {
        let request = Request::from_datagram(request).ok()?;
        let end = self.published(now) + 1;
        let is_known = request.session == SESSION && (1..end).contains(&request.number.0);
        if !is_known {
            return None;
        }
        let mut bytes = vec![0; Header::LEN];
        let mut count = 0;
        while count < request.count && request.number.0 + u64::from(count) < end {
            let message = self.truth.message(request.number.plus(u64::from(count)))?;
            if bytes.len() + BLOCK_HEADER + message.len() > ANSWER {
                break;
            }
            bytes.extend(u16::try_from(message.len()).ok()?.to_be_bytes());
            bytes.extend(message);
            count += 1;
        }
        let header = Header { session: SESSION, number: request.number, count };
        header.encode(bytes.first_chunk_mut()?);
        (count > 0).then_some(bytes)
    }
}

/// The packets of one line.
fn send(
    truth: &Truth,
    flushes: &[(Moment, std::ops::Range<usize>)],
    end: Moment,
    payload_max: u16,
    lag: Duration,
) -> Vec<(Moment, Vec<u8>)> {
    let start = flushes.first().map_or(end, |(at, _)| *at);
    let config = BuilderConfig { payload_max, next: FeedNo(1), ..BuilderConfig::new(SESSION) };
    let mut builder = PacketBuilder::new(start, config);
    let mut sent = Vec::new();
    let mut pass = |builder: &mut PacketBuilder, until: Moment| {
        while let Some(at) = builder.poll_timeout().filter(|at| *at <= until) {
            builder.on_timeout(at);
            collect(builder, at + lag, &mut sent);
        }
        collect(builder, until + lag, &mut sent);
    };
    for (at, range) in flushes {
        pass(&mut builder, *at);
        for message in &truth.messages[range.clone()] {
            builder.on_message(*at, message).expect("a flush fits the builder");
        }
        builder.on_flush(*at);
        pass(&mut builder, *at);
    }
    builder.on_end(end);
    pass(&mut builder, end + FAREWELL);
    sent
}

fn collect(builder: &mut PacketBuilder, at: Moment, sent: &mut Vec<(Moment, Vec<u8>)>) {
    while let Some(packet) = builder.poll_packet() {
        sent.push((at, packet.to_vec()));
    }
}

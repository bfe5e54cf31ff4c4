//! What a venue publishes of a flow, in packets as they go over the lines.

use mdfeed::publisher::{Messages, Publisher};
use protocol_spec::session::mold::{BuilderConfig, PacketBuilder, PushError};
use protocol_spec::wire::mold::SessionId;
use protocol_spec::words::{FeedNo, Moment};

use crate::bench::{Subject, Venue};
use crate::workload::Flow;

/// Commands whose messages leave together: about as many as a venue under load has in a batch.
const BATCH: usize = 64;

/// Packets, one behind the other.
#[derive(Debug)]
pub struct Stream {
    bytes: Vec<u8>,
    ends: Vec<usize>,
    /// Packets of the flow's opening, which fills the books.
    pub opening: usize,
    /// Messages of those.
    pub filled: u64,
    /// Messages in all.
    pub messages: u64,
}

impl Stream {
    /// The session of all streams.
    pub const SESSION: SessionId = SessionId::new("2026112001");

    /// The whole day that comes of a flow.
    #[must_use]
    pub fn of(flow: &Flow) -> Self {
        let none =
            Stream { bytes: Vec::new(), ends: Vec::new(), opening: 0, filled: 0, messages: 0 };
        let builder = PacketBuilder::new(Moment(0), BuilderConfig::new(Stream::SESSION));
        let mut making = Making { stream: none, builder, publisher: Publisher::new() };
        let mut venue = Venue::closed(flow);
        let opening = venue.opening(flow);
        making.publish(&mut venue, &opening);
        let mut batch = Vec::with_capacity(BATCH);
        let (fill, measured) = flow.steps.split_at(flow.opening);
        for steps in fill.chunks(BATCH) {
            venue.prepare(steps, &mut batch);
            making.publish(&mut venue, &batch);
            batch.clear();
        }
        (making.stream.opening, making.stream.filled) =
            (making.stream.ends.len(), making.stream.messages);
        for steps in measured.chunks(BATCH) {
            venue.prepare(steps, &mut batch);
            making.publish(&mut venue, &batch);
            batch.clear();
        }
        making.stream
    }

    /// Packets in all.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Bytes of all packets.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes.len()
    }

    /// A packet.
    ///
    /// # Panics
    /// If there are not so many.
    #[must_use]
    #[inline]
    pub fn packet(&self, at: usize) -> &[u8] {
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.bytes[start..self.ends[at]]
    }
}

/// A stream that is being made.
struct Making {
    stream: Stream,
    builder: PacketBuilder,
    publisher: Publisher,
}

impl Making {
    fn publish(&mut self, venue: &mut Venue, batch: &[<Venue as Subject>::Command]) {
        let mut messages = Messages::new();
        let Making { publisher, .. } = self;
        let mut told = Vec::new();
        for command in batch {
            publisher.begin(command);
            venue.each_event(command, |event| {
                publisher.tell(command, event, &mut messages);
                told.extend(messages.iter().map(<[u8]>::to_vec));
            });
        }
        for message in &told {
            self.push(message);
        }
        self.builder.on_flush(Moment(0));
        self.take();
    }

    fn push(&mut self, message: &[u8]) {
        self.stream.messages += 1;
        let number = match self.builder.on_message(Moment(0), message) {
            Err(PushError::Full) => {
                self.take();
                self.builder.on_message(Moment(0), message)
            }
            other => other,
        };
        let number = number.expect("the packets that waited are gone");
        assert!(number == FeedNo(self.stream.messages), "messages are numbered from 1");
    }

    fn take(&mut self) {
        while let Some(packet) = self.builder.poll_packet() {
            self.stream.bytes.extend_from_slice(packet);
            self.stream.ends.push(self.stream.bytes.len());
        }
    }
}

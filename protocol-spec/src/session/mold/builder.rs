//! Messages into packets.

use core::fmt;
use core::time::Duration;

use alloc::collections::VecDeque;
use alloc::vec::Vec;

use crate::wire::mold::{BLOCK_HEADER, END_OF_SESSION, Header, SessionId};
use crate::words::{FeedNo, Moment};

/// Numbers messages and fills packets with them.
///
/// ```text
///                      does not fit, on_flush        poll_packet
///   on_message ──▶ open packet ──────────────▶ sealed packets ──▶ datagrams
///
///   Running ──on_end──▶ Over: End of Session in place of each heartbeat
/// ```
///
/// Give in only what may be told: a packet that is full is handed out without a flush. A heartbeat
/// gives the number after the last message that was handed out or waits to be.
#[derive(Debug)]
pub struct PacketBuilder {
    config: BuilderConfig,
    /// Packets that wait, one behind the other, and the open one at the end.
    bytes: Vec<u8>,
    /// Where the first packet that waits begins.
    taken: usize,
    /// Where each sealed packet that waits ends.
    ends: VecDeque<usize>,
    /// Where the open packet begins.
    open: usize,
    /// Messages in the open packet.
    count: u16,
    /// Number of the first message in the open packet.
    first: FeedNo,
    over: bool,
    last_sealed: Moment,
}

/// The session, bounds and waits of a builder.
#[derive(Clone, Copy, Debug)]
pub struct BuilderConfig {
    /// The session.
    pub session: SessionId,
    /// Number of the next message.
    pub next: FeedNo,
    /// Most bytes of a packet: 1,472 fill a frame of Ethernet.
    pub payload_max: u16,
    /// Most bytes of packets that wait to be polled.
    pub bound: usize,
    /// How long the stream may be silent.
    pub heartbeat: Duration,
}

impl BuilderConfig {
    /// A session from its first message, in packets that fill a frame of Ethernet.
    #[must_use]
    pub const fn new(session: SessionId) -> Self {
        BuilderConfig {
            session,
            next: FeedNo(1),
            payload_max: 1472,
            bound: 256 * 1024,
            heartbeat: Duration::from_secs(1),
        }
    }
}

/// The bytes of a packet run out before the count does.
const _: () = assert!(u16::MAX as usize / BLOCK_HEADER < END_OF_SESSION as usize - 1);

/// Why a message was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PushError {
    /// Too many packets wait: poll them, then try again.
    Full,
    /// The message fits no packet.
    TooLong {
        /// Bytes of the message.
        len: usize,
        /// Most bytes of a message.
        max: usize,
    },
    /// The session is over.
    Over,
}

impl PacketBuilder {
    /// A stream that has been silent until `now`.
    ///
    /// # Panics
    /// If the first number is 0, a packet would hold no message, or the bound not even two packets.
    #[must_use]
    pub fn new(now: Moment, config: BuilderConfig) -> Self {
        let payload_max = usize::from(config.payload_max);
        assert!(config.next.0 > 0, "messages are numbered from 1");
        assert!(payload_max > Header::LEN + BLOCK_HEADER, "a packet holds a message");
        assert!(config.bound >= 2 * payload_max, "two packets fit the bound");
        PacketBuilder {
            config,
            bytes: Vec::with_capacity(config.bound),
            taken: 0,
            ends: VecDeque::with_capacity(config.bound / Header::LEN),
            open: 0,
            count: 0,
            first: config.next,
            over: false,
            last_sealed: now,
        }
    }

    /// Takes a message and says which number it has.
    ///
    /// # Errors
    /// If it does not fit; the message was not taken then.
    pub fn on_message(&mut self, now: Moment, message: &[u8]) -> Result<FeedNo, PushError> {
        let payload_max = usize::from(self.config.payload_max);
        let max = payload_max - Header::LEN - BLOCK_HEADER;
        if self.over {
            return Err(PushError::Over);
        }
        if message.len() > max {
            return Err(PushError::TooLong { len: message.len(), max });
        }
        let block = BLOCK_HEADER + message.len();
        self.make_room(Header::LEN + block)?;
        let open = self.bytes.len() - self.open;
        if open + block > payload_max {
            self.seal(now);
        }
        if self.count == 0 {
            self.bytes.resize(self.open + Header::LEN, 0);
        }
        // At most `max`, which a u16 holds.
        self.bytes.extend_from_slice(&(message.len() as u16).to_be_bytes());
        self.bytes.extend_from_slice(message);
        self.count += 1;
        Ok(self.first.plus(u64::from(self.count) - 1))
    }

    /// Nothing more comes for now: hands out what was taken so far.
    pub fn on_flush(&mut self, now: Moment) {
        if self.count > 0 {
            self.seal(now);
        }
    }

    /// The session is over: hands out what was taken, then says so, at once if there is room and
    /// in place of each heartbeat.
    pub fn on_end(&mut self, now: Moment) {
        self.on_flush(now);
        self.over = true;
        self.say(now, END_OF_SESSION);
    }

    /// Time has passed. Does nothing before [`PacketBuilder::poll_timeout`].
    pub fn on_timeout(&mut self, now: Moment) {
        if self.poll_timeout().is_some_and(|deadline| deadline <= now) {
            self.say(now, if self.over { END_OF_SESSION } else { 0 });
        }
    }

    /// The next packet to be sent.
    #[must_use]
    pub fn poll_packet(&mut self) -> Option<&[u8]> {
        let end = self.ends.pop_front()?;
        let packet = &self.bytes[self.taken..end];
        self.taken = end;
        Some(packet)
    }

    /// When [`PacketBuilder::on_timeout`] is to be called at the latest.
    ///
    /// `None` while a packet is open: it is to be flushed, and that will be heard.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Moment> {
        (self.count == 0).then(|| self.last_sealed + self.config.heartbeat)
    }

    /// The number of the next message to be taken.
    #[must_use]
    pub fn next_number(&self) -> FeedNo {
        self.first.plus(u64::from(self.count))
    }

    /// A packet without messages, unless so much waits that there is no room; then the next one
    /// says it.
    fn say(&mut self, now: Moment, count: u16) {
        self.last_sealed = now;
        if self.make_room(Header::LEN).is_ok() {
            self.bytes.resize(self.open + Header::LEN, 0);
            self.write_header(count);
        }
    }

    /// Closes the open packet.
    fn seal(&mut self, now: Moment) {
        let count = self.count;
        self.write_header(count);
        self.first = self.first.plus(u64::from(count));
        self.count = 0;
        self.last_sealed = now;
    }

    fn write_header(&mut self, count: u16) {
        let header = Header { session: self.config.session, number: self.first, count };
        let at = self.bytes[self.open..].first_chunk_mut().expect("room for the header was made");
        header.encode(at);
        self.ends.push_back(self.bytes.len());
        self.open = self.bytes.len();
    }

    /// Makes sure of room at the end. Where nothing waits to be polled there always is some: the
    /// open packet is moved to the front when the end is near.
    fn make_room(&mut self, needed: usize) -> Result<(), PushError> {
        let is_short = self.bytes.len() + needed > self.config.bound;
        if self.ends.is_empty() && (is_short || self.count == 0) {
            self.bytes.copy_within(self.open.., 0);
            self.bytes.truncate(self.bytes.len() - self.open);
            (self.taken, self.open) = (0, 0);
        }
        match self.bytes.len() + needed <= self.config.bound {
            true => Ok(()),
            false => Err(PushError::Full),
        }
    }
}

impl fmt::Display for PushError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PushError::Full => f.write_str("too many packets wait to be sent"),
            PushError::TooLong { len, max } => {
                write!(f, "message of {len} bytes, the longest that fits a packet is {max}")
            }
            PushError::Over => f.write_str("the session is over"),
        }
    }
}

impl core::error::Error for PushError {}

//! Captures made up for tests, in memory, a millisecond from packet to packet.

use std::net::SocketAddrV4;

use tools::capture::CaptureTime;
use tools::capture::write::{FULL_SEGMENT, PcapWriter, TcpConversation};

pub use tools::capture::write::Side;

/// Nanoseconds between packets.
const STEP: u64 = 1_000_000;
const IN_MEMORY: &str = "memory takes what is written, and tests write short packets";

/// A capture in memory.
#[derive(Debug)]
pub struct Capture {
    writer: PcapWriter<Vec<u8>>,
    at: CaptureTime,
    packets: usize,
}

/// A TCP connection whose handshake is done.
#[derive(Clone, Debug)]
pub struct Connection(TcpConversation);

impl Capture {
    /// A capture without packets.
    ///
    /// # Panics
    /// Never: writing to memory does not fail.
    #[must_use]
    pub fn new() -> Self {
        let writer = PcapWriter::new(Vec::new()).expect(IN_MEMORY);
        Capture { writer, at: CaptureTime(1_763_476_200_000_000_000), packets: 0 }
    }

    /// The file.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.writer.get_ref()
    }

    /// How many packets it has.
    #[must_use]
    pub const fn packets(&self) -> usize {
        self.packets
    }

    /// Adds a datagram.
    ///
    /// # Panics
    /// If the payload is longer than a datagram's.
    pub fn udp(&mut self, from: SocketAddrV4, to: SocketAddrV4, payload: &[u8]) {
        let at = self.next(1);
        self.writer.udp(at, from, to, payload).expect(IN_MEMORY);
    }

    /// Adds the handshake of a connection.
    ///
    /// # Panics
    /// Never: writing to memory does not fail.
    pub fn connect(&mut self, client: SocketAddrV4, server: SocketAddrV4) -> Connection {
        let mut conversation = TcpConversation::with_sequences(client, 1_000, server, 900_000);
        let at = self.next(3);
        conversation.open(&mut self.writer, at).expect(IN_MEMORY);
        Connection(conversation)
    }

    /// Adds what `side` sends, and its acknowledgment.
    ///
    /// # Panics
    /// Never: writing to memory does not fail.
    pub fn send(&mut self, connection: &mut Connection, side: Side, payload: &[u8]) {
        let at = self.next(2 * payload.len().div_ceil(FULL_SEGMENT));
        connection.0.send(&mut self.writer, at, side, payload).expect(IN_MEMORY);
    }

    /// Adds what `side` sent last once more.
    ///
    /// # Panics
    /// If the payload is longer than 4 GiB.
    pub fn resend(&mut self, connection: &Connection, side: Side, payload: &[u8]) {
        let count = u32::try_from(payload.len()).expect("a payload fits a segment");
        let mut before = connection.clone();
        before.0.lose(side, count.wrapping_neg());
        self.send(&mut before, side, payload);
    }

    /// The time of the next packets, of which there are `count`.
    fn next(&mut self, count: usize) -> CaptureTime {
        self.packets += count;
        self.at.0 += STEP;
        self.at
    }
}

impl Default for Capture {
    fn default() -> Self {
        Capture::new()
    }
}

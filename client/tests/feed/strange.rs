//! What a publisher does only where a test looks closely: strange packets, and who asked for what.

use std::net::SocketAddr;

use protocol_spec::session::mold::{BuilderConfig, PacketBuilder};

use crate::publisher::{Line, Publisher};

impl Publisher {
    /// A publisher to groups of its own at the ports of this one.
    pub(crate) fn beside(&self) -> Self {
        let lines = self.lines.iter().map(|line| Line::group(Some(line.to)));
        Publisher::new(lines.collect(), 1472)
    }

    /// Any bytes on a line.
    pub(crate) fn send_bytes(&self, line: usize, bytes: &[u8]) {
        self.lines[line].send(bytes);
    }

    /// The packet that is open, not sent.
    pub(crate) fn packet(&mut self) -> Vec<u8> {
        self.builder.on_flush(self.now);
        self.builder.poll_packet().expect("a message waits").to_vec()
    }

    /// The packet that would bring a message next, of which nobody is told.
    pub(crate) fn forged(&self, message: &[u8]) -> Vec<u8> {
        let next = self.builder.next_number();
        let config = BuilderConfig { next, ..BuilderConfig::new(self.kept().session) };
        let mut builder = PacketBuilder::new(self.now, config);
        builder.on_message(self.now, message).expect("a packet takes it");
        builder.on_flush(self.now);
        builder.poll_packet().expect("a message waits").to_vec()
    }

    /// What was asked for so far: the first number and how many messages.
    pub(crate) fn requests(&self) -> Vec<(u64, u16)> {
        self.kept().requests.clone()
    }

    /// Who asked last, if anybody did.
    pub(crate) fn asker(&self) -> Option<SocketAddr> {
        self.kept().asker
    }
}

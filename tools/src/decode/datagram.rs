//! MoldUDP64 packets, and the messages in them.

use protocol_spec::wire::mold::{Body, Header, Packet};

use super::aside::Why;
use super::candidates::{fit, names_session};
use super::error::Stop;
use super::message::Message;
use super::origin::{Number, Origin};
use super::protocol::Protocol;
use super::sink::Sink;

/// Reads datagrams one after another.
#[derive(Debug)]
pub(super) struct DatagramReader {
    /// What the messages are, if that was said.
    forced: Option<Protocol>,
    /// Whether a datagram is believed to be a packet, because the user said so.
    trusted: bool,
}

impl DatagramReader {
    /// A reader that knows nothing but what the user said.
    #[must_use]
    pub(super) fn new(forced: Option<Protocol>) -> Self {
        DatagramReader {
            forced: forced.filter(|protocol| !protocol.is_carrier()),
            trusted: forced == Some(Protocol::Mold),
        }
    }

    /// Takes in a datagram.
    ///
    /// # Errors
    /// When nothing more is to be decoded.
    pub(super) fn datagram(
        &mut self,
        sink: &mut Sink<'_>,
        origin: &mut Origin,
        bytes: &[u8],
    ) -> Result<(), Stop> {
        origin.number = Number::None;
        origin.session = None;
        let Some(header) = self.header(sink, bytes) else {
            if self.trusted {
                return sink.message(origin, Protocol::Mold, bytes);
            }
            sink.pass_over_datagram(Why::Foreign, origin, bytes.len());
            return Ok(());
        };
        origin.session = Some(header.session);
        origin.number = Number::Exact(header.number.0);
        sink.message(origin, Protocol::Mold, bytes)?;
        let Ok(packet) = Packet::decode(bytes) else {
            return Ok(());
        };
        let to = origin.flow.map(|flow| flow.to);
        sink.tally.lines.on_packet(to, &packet);
        origin.feed = sink.feed_of(None, header.session);
        let Body::Messages(blocks) = packet.body else {
            return Ok(());
        };
        for block in blocks {
            self.message(sink, origin, block)?;
            origin.number = origin.number.next();
        }
        Ok(())
    }

    fn message(&self, sink: &mut Sink<'_>, origin: &Origin, block: &[u8]) -> Result<(), Stop> {
        if block.is_empty() {
            return sink.take(origin, &Message::EMPTY);
        }
        if let Some(protocol) = self.forced {
            return sink.message(origin, protocol, block);
        }
        // Feeds are ITCH. Something else is only looked for where that fails altogether.
        if Message::read(Protocol::Itch, block).is_ok() {
            return sink.message(origin, Protocol::Itch, block);
        }
        let others = [Protocol::Glimpse, Protocol::OuchOut, Protocol::OuchIn];
        let protocol = fit(block, &others).only().unwrap_or(Protocol::Itch);
        sink.message(origin, protocol, block)
    }

    /// The header of a datagram that is taken for a packet.
    ///
    /// A packet that is whole and names a session is one. One that is not whole is believed only
    /// of a session that was seen before.
    fn header(&self, sink: &Sink<'_>, bytes: &[u8]) -> Option<Header> {
        let header = Header::decode(bytes.first_chunk()?);
        let whole = names_session(bytes) && Message::read(Protocol::Mold, bytes).is_ok();
        (whole || self.trusted || sink.knows(header.session)).then_some(header)
    }
}

//! The packets of one side of a SoupBinTCP connection, and the messages in them.

use protocol_spec::wire::soup::{Framed, Packet};

use super::candidates::{Fit, fit};
use super::error::Stop;
use super::origin::{Number, Origin};
use super::protocol::Protocol;
use super::sink::Sink;

/// Which side sends the packets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// The one that logs in.
    Client,
    /// The one that numbers its packets.
    Server,
}

/// Reads packets one after another; learns from them whose they are and what they carry.
#[derive(Debug)]
pub(super) struct SoupReader {
    side: Option<Side>,
    /// What its messages are, once known.
    contents: Option<Protocol>,
    forced: Option<Protocol>,
    /// Number of the next sequenced packet.
    next: Number,
    /// Sequenced packets seen.
    seen: u64,
    /// Messages shown as the feed's, for they could be a snapshot's as well.
    as_feed: u64,
}

impl SoupReader {
    /// A side of which nothing is known; `forced` is what its messages are, if that was said.
    #[must_use]
    pub(super) fn new(forced: Option<Protocol>) -> Self {
        SoupReader {
            side: None,
            contents: None,
            forced: forced.filter(|protocol| !protocol.is_carrier()),
            next: Number::Counted(1),
            seen: 0,
            as_feed: 0,
        }
    }

    /// Packets were lost: nobody knows how many of them were numbered, so those seen are counted.
    pub(super) fn lose_count(&mut self) {
        self.next = Number::Counted(self.seen.saturating_add(1));
    }

    /// Whether a packet is in order in everything, and may come from this side.
    #[must_use]
    pub(super) fn would_take(&self, bytes: &[u8], contents_too: bool) -> bool {
        let Ok(framed) = Framed::decode(bytes) else {
            return false;
        };
        let Some(side) = self.side_of(framed.packet) else {
            return true;
        };
        let carries =
            matches!(framed.packet, Packet::SequencedData(_) | Packet::UnsequencedData(_));
        let side_fits = self.side.is_none_or(|known| known == side);
        let in_order = || !fit(framed.payload, self.candidates(side)).fits.is_empty();
        side_fits && (!carries || !contents_too || in_order())
    }

    /// Takes in one packet with its length field.
    ///
    /// # Errors
    /// When nothing more is to be decoded.
    pub(super) fn packet(
        &mut self,
        sink: &mut Sink<'_>,
        origin: &mut Origin,
        bytes: &[u8],
    ) -> Result<(), Stop> {
        origin.number = Number::None;
        let Ok(framed) = Framed::decode(bytes) else {
            return sink.message(origin, Protocol::Soup, bytes);
        };
        self.side = self.side_of(framed.packet).or(self.side);
        match framed.packet {
            Packet::SequencedData(_) => {
                self.seen += 1;
                origin.number = self.next;
                self.next = self.next.next();
                self.message(sink, origin, Side::Server, framed.payload)
            }
            Packet::UnsequencedData(_) => {
                let side = self.side.unwrap_or(Side::Client);
                self.message(sink, origin, side, framed.payload)
            }
            Packet::LoginAccepted(accepted) => {
                if let Ok(Some(number)) = accepted.number().number() {
                    self.next = Number::Exact(number);
                }
                if let Some(flow) = origin.flow.filter(|_| !accepted.session().is_blank()) {
                    origin.feed = sink.feed_of(Some(flow.from), accepted.session());
                }
                sink.message(origin, Protocol::Soup, bytes)
            }
            _ => sink.message(origin, Protocol::Soup, bytes),
        }
    }

    fn message(
        &mut self,
        sink: &mut Sink<'_>,
        origin: &Origin,
        side: Side,
        payload: &[u8],
    ) -> Result<(), Stop> {
        if let Some(protocol) = self.contents_of(side) {
            let ends_snapshot = protocol == Protocol::Itch
                && self.forced.is_none()
                && fit(payload, &[Protocol::Itch, Protocol::Glimpse]).only()
                    == Some(Protocol::Glimpse);
            if !ends_snapshot {
                self.as_feed += u64::from(protocol == Protocol::Itch);
                return sink.message(origin, protocol, payload);
            }
        }
        let found = fit(payload, self.candidates(side));
        match found.only() {
            Some(protocol) => {
                self.settle(sink, origin, protocol);
                sink.message(origin, protocol, payload)
            }
            None => unknown_contents(sink, origin, &found, payload),
        }
    }

    fn settle(&mut self, sink: &mut Sink<'_>, origin: &Origin, protocol: Protocol) {
        if let (Protocol::Glimpse, Some(flow), 1..) = (protocol, origin.flow, self.as_feed) {
            sink.tally.note(format!(
                "{flow} is a GLIMPSE snapshot; its messages before the end are shown as itch, \
                 which they are as well (--as glimpse names them so)"
            ));
        }
        self.as_feed = u64::from(protocol == Protocol::Itch);
        self.contents = Some(protocol);
    }

    /// What the messages of this side are, if that is said or known.
    fn contents_of(&self, side: Side) -> Option<Protocol> {
        let forced = self.forced.filter(|protocol| side.may_send(*protocol));
        forced.or(self.contents.filter(|protocol| side.may_send(*protocol)))
    }

    fn candidates(&self, side: Side) -> &'static [Protocol] {
        match (self.contents_of(side), side) {
            (Some(Protocol::OuchOut), Side::Server) => &[Protocol::OuchOut],
            (Some(Protocol::Itch | Protocol::Glimpse), Side::Server) => {
                &[Protocol::Itch, Protocol::Glimpse]
            }
            (_, Side::Server) => &[Protocol::Itch, Protocol::Glimpse, Protocol::OuchOut],
            (_, Side::Client) => &[Protocol::OuchIn],
        }
    }

    /// Who sends such a packet; `None` if either may.
    fn side_of(&self, packet: Packet<'_>) -> Option<Side> {
        match packet {
            Packet::Debug(_) => None,
            Packet::UnsequencedData(_) => Some(self.side.unwrap_or(Side::Client)),
            Packet::LoginRequest(_) | Packet::ClientHeartbeat(_) | Packet::LogoutRequest(_) => {
                Some(Side::Client)
            }
            Packet::LoginAccepted(_)
            | Packet::LoginRejected(_)
            | Packet::SequencedData(_)
            | Packet::ServerHeartbeat(_)
            | Packet::EndOfSession(_) => Some(Side::Server),
        }
    }
}

fn unknown_contents(
    sink: &mut Sink<'_>,
    origin: &Origin,
    found: &Fit,
    payload: &[u8],
) -> Result<(), Stop> {
    let (what, detail) = found.complaint();
    sink.undecodable(origin, None, payload, &format!("message in a soup packet {what}"), detail)
}

impl Side {
    fn may_send(self, protocol: Protocol) -> bool {
        match self {
            Side::Client => protocol == Protocol::OuchIn,
            Side::Server => protocol != Protocol::OuchIn,
        }
    }
}

//! Messages that may stand alone or in a packet.

use super::candidates::fit;
use super::datagram::DatagramReader;
use super::error::Stop;
use super::origin::Origin;
use super::protocol::Protocol;
use super::sink::Sink;
use super::soup::SoupReader;

/// Bytes of which neither what they are nor what they carry may be known.
pub(super) struct Carried {
    soup: SoupReader,
    mold: DatagramReader,
}

impl Carried {
    pub(super) fn new(protocol: Option<Protocol>) -> Self {
        Carried { soup: SoupReader::new(protocol), mold: DatagramReader::new(protocol) }
    }

    /// Takes in a message or packet of `protocol`, or of the one that alone fits.
    pub(super) fn message(
        &mut self,
        sink: &mut Sink<'_>,
        origin: &mut Origin,
        protocol: Option<Protocol>,
        bytes: &[u8],
    ) -> Result<(), Stop> {
        let found = match protocol {
            Some(protocol) => Ok(protocol),
            None => {
                let found = fit(bytes, &Protocol::ALL);
                found.only().ok_or_else(|| found.complaint())
            }
        };
        match found {
            Ok(Protocol::Soup) => self.soup.packet(sink, origin, bytes),
            Ok(Protocol::Mold) => self.mold.datagram(sink, origin, bytes),
            Ok(protocol) => sink.message(origin, protocol, bytes),
            Err((what, detail)) => sink.undecodable(origin, None, bytes, &what, detail),
        }
    }
}

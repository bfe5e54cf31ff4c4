//! From an IP packet to the datagram or segment in it.

use std::net::SocketAddr;

use etherparse::err::LenError;
use etherparse::err::ip::LaxHeaderSliceError;
use etherparse::err::ipv6_exts::HeaderSliceError as ExtensionError;
use etherparse::err::tcp::HeaderSliceError as TcpError;
use etherparse::{LaxIpSlice, LenSource, TcpSlice, UdpSlice, ip_number};

use super::item::{Flow, Layer, LinkType, SkipReason};
use super::link;
use super::sequence::Sequence;

/// What a frame carries.
#[derive(Debug)]
pub(super) enum Packet<'a> {
    Datagram { from: SocketAddr, to: SocketAddr, payload: &'a [u8] },
    Segment(Segment<'a>),
}

/// A TCP segment, as far as reassembly asks.
#[derive(Debug)]
pub(super) struct Segment<'a> {
    pub(super) flow: Flow,
    pub(super) sequence: Sequence,
    pub(super) acknowledgment: Option<Sequence>,
    pub(super) syn: bool,
    pub(super) fin: bool,
    pub(super) rst: bool,
    pub(super) payload: &'a [u8],
    /// Payload bytes behind `payload` that the capture cut off.
    pub(super) cut: u32,
}

/// Reads a frame of which `cut` bytes were not captured.
pub(super) fn read(link: LinkType, frame: &[u8], cut: u32) -> Result<Packet<'_>, SkipReason> {
    let bytes = link::ip_packet(link, frame, cut > 0)?;
    let (ip, stopped) = LaxIpSlice::from_slice(bytes).map_err(|error| match error {
        LaxHeaderSliceError::Len(_) => too_short(Layer::Ip, cut > 0),
        LaxHeaderSliceError::Content(_) => SkipReason::Malformed(Layer::Ip),
    })?;
    let missing = missing(&ip, bytes.len(), cut)?;
    if ip.is_fragmenting_payload() {
        return Err(SkipReason::Fragment);
    }
    match stopped {
        Some((ExtensionError::Len(_), _)) => return Err(too_short(Layer::Ip, missing > 0)),
        Some((ExtensionError::Content(_), _)) => return Err(SkipReason::Malformed(Layer::Ip)),
        None => {}
    }
    // The payload ends where the IP header says, so padding of the frame is not part of it.
    let payload = ip.payload().payload;
    match ip.payload_ip_number() {
        ip_number::UDP => datagram(&ip, payload, missing),
        ip_number::TCP => segment(&ip, payload, missing),
        other => Err(SkipReason::NotUdpOrTcp(other.0)),
    }
}

/// How many bytes of the packet are not in the frame.
///
/// A length of zero stands in packets that were captured before the network card cut them into
/// smaller ones: then the frame is the packet.
fn missing(ip: &LaxIpSlice<'_>, found: usize, cut: u32) -> Result<u32, SkipReason> {
    let declared = match ip {
        LaxIpSlice::Ipv4(v4) => {
            let total = usize::from(v4.header().total_len());
            if total != 0 && total < v4.header().slice().len() {
                return Err(SkipReason::Malformed(Layer::Ip));
            }
            total
        }
        LaxIpSlice::Ipv6(v6) => match usize::from(v6.header().payload_length()) {
            0 => 0,
            payload => payload + v6.header().slice().len(),
        },
    };
    if declared == 0 {
        return Ok(cut);
    }
    Ok(u32::try_from(declared.saturating_sub(found)).expect("an IP length is 16 bits wide"))
}

fn datagram<'a>(
    ip: &LaxIpSlice<'a>,
    payload: &'a [u8],
    missing: u32,
) -> Result<Packet<'a>, SkipReason> {
    let udp = UdpSlice::from_slice(payload).map_err(|error: LenError| {
        let contradiction = error.len_source == LenSource::UdpHeaderLen;
        too_short(Layer::Udp, missing > 0 && !contradiction)
    })?;
    // A UDP length of zero means "up to the end of the packet", which was cut off.
    if udp.length() == 0 && missing > 0 {
        return Err(SkipReason::CutShort);
    }
    Ok(Packet::Datagram {
        from: SocketAddr::new(ip.source_addr(), udp.source_port()),
        to: SocketAddr::new(ip.destination_addr(), udp.destination_port()),
        payload: udp.payload(),
    })
}

fn segment<'a>(
    ip: &LaxIpSlice<'a>,
    payload: &'a [u8],
    missing: u32,
) -> Result<Packet<'a>, SkipReason> {
    let tcp = TcpSlice::from_slice(payload).map_err(|error| match error {
        TcpError::Len(_) => too_short(Layer::Tcp, missing > 0),
        TcpError::Content(_) => SkipReason::Malformed(Layer::Tcp),
    })?;
    Ok(Packet::Segment(Segment {
        flow: Flow {
            from: SocketAddr::new(ip.source_addr(), tcp.source_port()),
            to: SocketAddr::new(ip.destination_addr(), tcp.destination_port()),
        },
        sequence: Sequence(tcp.sequence_number()),
        acknowledgment: tcp.ack().then(|| Sequence(tcp.acknowledgment_number())),
        syn: tcp.syn(),
        fin: tcp.fin(),
        rst: tcp.rst(),
        payload: tcp.payload(),
        cut: missing,
    }))
}

fn too_short(layer: Layer, cut: bool) -> SkipReason {
    if cut { SkipReason::CutShort } else { SkipReason::Malformed(layer) }
}

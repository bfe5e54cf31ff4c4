//! From a frame to the IP packet in it.

use etherparse::{EtherType, Ethernet2Slice, SingleVlanSlice, ether_type};

use super::item::{Layer, LinkType, SkipReason};

const NULL: u16 = 0;
const ETHERNET: u16 = 1;
const RAW: u16 = 101;
/// Raw IP as some BSDs number it in their files.
const RAW_BSD: [u16; 2] = [12, 14];
const LOOP: u16 = 108;
const LINUX_SLL: u16 = 113;
const IPV4: u16 = 228;
const IPV6: u16 = 229;
const LINUX_SLL2: u16 = 276;

/// A service tag and a customer tag.
const MOST_TAGS: usize = 2;

/// Strips the link header and VLAN tags. A frame too short for them is a `CutShort` if `cut`.
pub(super) fn ip_packet(link: LinkType, frame: &[u8], cut: bool) -> Result<&[u8], SkipReason> {
    let packet = match link.0 {
        ETHERNET => ethernet(frame),
        // By hand: etherparse refuses cooked frames of interfaces without a link layer.
        LINUX_SLL => cooked(frame, 16, 14),
        LINUX_SLL2 => cooked(frame, 20, 0),
        NULL | LOOP => loopback(frame),
        RAW | IPV4 | IPV6 => Ok(frame),
        number if RAW_BSD.contains(&number) => Ok(frame),
        _ => Err(Refusal::Skip(SkipReason::LinkType(link))),
    };
    packet.map_err(|refusal| match refusal {
        Refusal::Skip(why) => why,
        Refusal::TooShort if cut => SkipReason::CutShort,
        Refusal::TooShort => SkipReason::Malformed(Layer::Link),
    })
}

enum Refusal {
    TooShort,
    Skip(SkipReason),
}

fn ethernet(frame: &[u8]) -> Result<&[u8], Refusal> {
    let ethernet = Ethernet2Slice::from_slice_without_fcs(frame).map_err(|_| Refusal::TooShort)?;
    untagged(ethernet.ether_type(), ethernet.payload_slice())
}

/// A Linux cooked header: only its length and the place of the protocol differ by version.
fn cooked(frame: &[u8], header: usize, protocol: usize) -> Result<&[u8], Refusal> {
    let (header, payload) = frame.split_at_checked(header).ok_or(Refusal::TooShort)?;
    let protocol = u16::from_be_bytes([header[protocol], header[protocol + 1]]);
    untagged(EtherType(protocol), payload)
}

fn untagged(mut kind: EtherType, mut payload: &[u8]) -> Result<&[u8], Refusal> {
    for _ in 0..MOST_TAGS {
        if !is_tag(kind) {
            break;
        }
        let tag = SingleVlanSlice::from_slice(payload).map_err(|_| Refusal::TooShort)?;
        (kind, payload) = (tag.ether_type(), tag.payload_slice());
    }
    match kind {
        ether_type::IPV4 | ether_type::IPV6 => Ok(payload),
        EtherType(other) => Err(Refusal::Skip(SkipReason::NotIp(u32::from(other)))),
    }
}

fn is_tag(kind: EtherType) -> bool {
    matches!(
        kind,
        ether_type::VLAN_TAGGED_FRAME
            | ether_type::PROVIDER_BRIDGING
            | ether_type::VLAN_DOUBLE_TAGGED_FRAME
    )
}

/// The address family in front is in the byte order of the capturing machine, or of the network.
fn loopback(frame: &[u8]) -> Result<&[u8], Refusal> {
    let (family, packet) = frame.split_first_chunk().ok_or(Refusal::TooShort)?;
    // Families are small numbers, so the order that gives the smaller one is the right one.
    let family = u32::from_le_bytes(*family).min(u32::from_be_bytes(*family));
    match family {
        // IPv4 everywhere; IPv6 on NetBSD and OpenBSD, FreeBSD, Darwin, Windows, Linux.
        2 | 24 | 28 | 30 | 23 | 10 => Ok(packet),
        other => Err(Refusal::Skip(SkipReason::NotIp(other))),
    }
}

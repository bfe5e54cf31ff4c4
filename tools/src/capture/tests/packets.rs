//! Link types, IP versions, and packets that give nothing.

use etherparse::{
    ArpHardwareId, EtherType, IpHeaders, IpNumber, Ipv4Header, Ipv6Extensions, Ipv6FragmentHeader,
    Ipv6Header, Ipv6RawExtHeader, LinuxSllPacketType, LinuxSllProtocolType, PacketBuilder, VlanId,
};

use super::kit::{NANOSECONDS, Order, Recorded, classic, datagram, datagram_line, file_of, told};

const ETHERNET: u32 = 1;
const FROM: [u8; 4] = [10, 0, 0, 1];
const TO: [u8; 4] = [10, 0, 0, 2];
const FROM6: [u8; 16] = [0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
const TO6: [u8; 16] = [0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2];
const LINE6: &str = "[fe80::1]:1111 > [ff02::2]:2222: six";

/// An IPv4 packet without link header.
fn ip4(payload: &[u8]) -> Vec<u8> {
    datagram(payload).split_off(14)
}

/// An IPv6 packet without link header.
fn ip6() -> Vec<u8> {
    let mut packet = Vec::new();
    PacketBuilder::ipv6(FROM6, TO6, 9)
        .udp(1111, 2222)
        .write_to_vec(&mut packet, b"six")
        .expect("the payload is short");
    packet
}

fn behind(header: &[u8], packet: &[u8]) -> Vec<u8> {
    [header, packet].concat()
}

fn cut_to(frame: &[u8], snapshot_length: usize) -> Vec<String> {
    let record = Recorded::cut(frame, snapshot_length);
    told(&classic(Order { big: false }, NANOSECONDS, ETHERNET, &[record]))
}

#[test]
fn every_link_type() {
    let mut sll2 = [0; 20];
    let mut cases: Vec<(u32, Vec<u8>, String)> = Vec::new();
    for (kind, packet, line) in
        [(0x0800_u16, ip4(b"four"), datagram_line("four")), (0x86dd, ip6(), LINE6.into())]
    {
        let mut ethernet = [2; 14];
        ethernet[12..].copy_from_slice(&kind.to_be_bytes());
        cases.push((1, behind(&ethernet, &packet), line.clone()));
        // A tunnel in cooked capture: ARPHRD_NONE, which etherparse would refuse.
        let mut sll = [0, 0, 0xff, 0xfe, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        sll[14..].copy_from_slice(&kind.to_be_bytes());
        cases.push((113, behind(&sll, &packet), line.clone()));
        sll2[..2].copy_from_slice(&kind.to_be_bytes());
        cases.push((276, behind(&sll2, &packet), line.clone()));
        for raw in [101, 12, 14, 228, 229] {
            cases.push((raw, packet.clone(), line.clone()));
        }
        let families: &[u32] = if kind == 0x0800 { &[2] } else { &[24, 28, 30] };
        for family in families {
            for loopback in [0, 108] {
                cases.push((loopback, behind(&family.to_le_bytes(), &packet), line.clone()));
                cases.push((loopback, behind(&family.to_be_bytes(), &packet), line.clone()));
            }
        }
    }
    for (link, frame, line) in cases {
        assert_eq!(told(&file_of(link, &frame)), [line], "link type {link}");
    }
}

#[test]
fn cooked_frames_as_etherparse_builds_them() {
    let mut frame = Vec::new();
    PacketBuilder::linux_sll(LinuxSllPacketType::OTHERHOST, 6, [2, 0, 0, 0, 0, 1, 0, 0])
        .ipv4(FROM, TO, 9)
        .udp(1111, 2222)
        .write_to_vec(&mut frame, b"cooked")
        .expect("the payload is short");
    assert_eq!(told(&file_of(113, &frame)), [datagram_line("cooked")]);
    // The hardware type decides what etherparse takes the protocol for; for Ethernet an EtherType.
    let protocol =
        LinuxSllProtocolType::try_from((ArpHardwareId::ETHERNET, EtherType::IPV4.0)).ok();
    assert_eq!(protocol, Some(LinuxSllProtocolType::EtherType(EtherType::IPV4)));
}

#[test]
fn vlan_tags() {
    let one = VlanId::try_new(5).expect("12 bits");
    let two = VlanId::try_new(6).expect("12 bits");
    let mut tagged = Vec::new();
    PacketBuilder::ethernet2([2; 6], [4; 6])
        .single_vlan(one)
        .ipv4(FROM, TO, 9)
        .udp(1111, 2222)
        .write_to_vec(&mut tagged, b"tagged")
        .expect("the payload is short");
    let mut twice = Vec::new();
    PacketBuilder::ethernet2([2; 6], [4; 6])
        .double_vlan(one, two)
        .ipv6(FROM6, TO6, 9)
        .udp(1111, 2222)
        .write_to_vec(&mut twice, b"six")
        .expect("the payload is short");
    assert_eq!(told(&file_of(ETHERNET, &tagged)), [datagram_line("tagged")]);
    assert_eq!(told(&file_of(ETHERNET, &twice)), [LINE6]);
    let thrice = [&twice[..14], &[0, 7, 0x81, 0], &twice[14..]].concat();
    assert_eq!(told(&file_of(ETHERNET, &thrice)), ["skipped: not IP: protocol 0x8100"]);
}

#[test]
fn padding_is_not_payload() {
    let mut short = datagram(b"hi");
    short.resize(60, 0xee);
    assert_eq!(told(&file_of(ETHERNET, &short)), [datagram_line("hi")]);
    let mut segment = Vec::new();
    PacketBuilder::ethernet2([2; 6], [4; 6])
        .ipv4(FROM, TO, 9)
        .tcp(1111, 2222, 100, 10)
        .write_to_vec(&mut segment, b"")
        .expect("the payload is short");
    segment.resize(60, 0xee);
    assert_eq!(told(&file_of(ETHERNET, &segment)), [""; 0]);
}

#[test]
fn ipv6_extension_headers() {
    let options =
        Ipv6RawExtHeader::new_raw(IpNumber::UDP, &[0; 6]).expect("a length of eight bytes");
    let fragment = |offset: u16, more_fragments| {
        let offset = offset.try_into().expect("13 bits");
        Ipv6FragmentHeader::new(IpNumber::UDP, offset, more_fragments, 77)
    };
    let build = |fragment| {
        let extensions = Ipv6Extensions {
            hop_by_hop_options: Some(options.clone()),
            destination_options: Some(options.clone()),
            fragment,
            ..Ipv6Extensions::default()
        };
        let header =
            Ipv6Header { hop_limit: 9, source: FROM6, destination: TO6, ..Ipv6Header::default() };
        let mut packet = Vec::new();
        PacketBuilder::ip(IpHeaders::Ipv6(header, extensions))
            .udp(1111, 2222)
            .write_to_vec(&mut packet, b"six")
            .expect("the payload is short");
        told(&file_of(229, &packet))
    };
    assert_eq!(build(None), [LINE6]);
    assert_eq!(build(Some(fragment(0, false))), [LINE6]);
    assert_eq!(build(Some(fragment(0, true))), ["skipped: IP fragment"]);
    assert_eq!(build(Some(fragment(9, false))), ["skipped: IP fragment"]);
}

#[test]
fn ipv4_options_and_fragments() {
    let build = |change: fn(&mut Ipv4Header)| {
        let mut header = Ipv4Header::new(0, 9, IpNumber::UDP, FROM, TO).expect("no payload yet");
        change(&mut header);
        let mut packet = Vec::new();
        PacketBuilder::ip(IpHeaders::Ipv4(header, Default::default()))
            .udp(1111, 2222)
            .write_to_vec(&mut packet, b"four")
            .expect("the payload is short");
        told(&file_of(228, &packet))
    };
    assert_eq!(build(|header| header.options = [1, 1, 1, 0].into()), [datagram_line("four")]);
    assert_eq!(build(|header| header.dont_fragment = true), [datagram_line("four")]);
    assert_eq!(build(|header| header.more_fragments = true), ["skipped: IP fragment"]);
    let last = |header: &mut Ipv4Header| {
        header.fragment_offset = 185.try_into().expect("13 bits");
    };
    assert_eq!(build(last), ["skipped: IP fragment"]);
}

#[test]
fn datagrams_cut_by_the_snapshot_length() {
    let frame = datagram(b"a datagram");
    for snapshot_length in 0..frame.len() {
        let expected = ["skipped: cut short by the capture"];
        assert_eq!(cut_to(&frame, snapshot_length), expected, "cut to {snapshot_length}");
    }
    assert_eq!(cut_to(&frame, frame.len()), [datagram_line("a datagram")]);
    // Only padding was cut off.
    let mut padded = datagram(b"hi");
    padded.resize(60, 0);
    assert_eq!(cut_to(&padded, 46), [datagram_line("hi")]);
}

#[test]
fn packets_captured_before_the_card_cut_them() {
    let mut frame = datagram(b"offloaded");
    // No total length, no UDP length: both end with the frame.
    frame[16..18].fill(0);
    frame[38..40].fill(0);
    assert_eq!(told(&file_of(ETHERNET, &frame)), [datagram_line("offloaded")]);
    assert_eq!(cut_to(&frame, frame.len() - 1), ["skipped: cut short by the capture"]);
}

#[test]
fn what_is_skipped_is_told() {
    let frame = datagram(b"odd");
    let changed = |offset: usize, bytes: &[u8]| {
        let mut frame = frame.clone();
        frame[offset..offset + bytes.len()].copy_from_slice(bytes);
        frame
    };
    let cases = [
        (147, frame.clone(), "unsupported link type 147"),
        (1, changed(12, &[0x08, 0x06]), "not IP: protocol 0x0806"),
        (1, changed(12, &[0x00, 0x2e]), "not IP: protocol 0x002e"),
        (0, vec![7, 0, 0, 0, 1, 2], "not IP: protocol 0x0007"),
        (1, changed(23, &[1]), "neither UDP nor TCP: IP protocol 1"),
        (1, frame[..10].to_vec(), "malformed link header"),
        (1, frame[..20].to_vec(), "malformed IP header"),
        (1, changed(14, &[0x75]), "malformed IP header"),
        (1, changed(14, &[0x43]), "malformed IP header"),
        (1, changed(16, &[0, 19]), "malformed IP header"),
        (1, changed(16, &[0, 24]), "malformed UDP header"),
        (1, changed(38, &[0, 7]), "malformed UDP header"),
        (1, changed(38, &[0, 60]), "malformed UDP header"),
        (1, changed(23, &[6]), "malformed TCP header"),
        // The frame ends before its IP packet does, though nothing says that it was cut.
        (1, frame[..frame.len() - 1].to_vec(), "cut short by the capture"),
    ];
    for (link, frame, why) in cases {
        assert_eq!(told(&file_of(link, &frame)), [format!("skipped: {why}")]);
    }
}

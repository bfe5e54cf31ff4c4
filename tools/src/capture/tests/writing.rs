//! What the writer writes, read back.

use std::net::SocketAddrV4;

use etherparse::{Ethernet2Slice, NetSlice, SlicedPacket, TransportSlice};

use super::kit::{A, B, datagram_line, times, told};
use crate::capture::CaptureTime;
use crate::capture::write::{PcapWriter, Side, TcpConversation};

fn address(text: &str) -> SocketAddrV4 {
    text.parse().expect("a constant address")
}

fn conversation(client_sequence: u32) -> Vec<u8> {
    let mut writer = PcapWriter::new(Vec::new()).expect("memory takes every write");
    let mut talk = TcpConversation::with_sequences(address(A), client_sequence, address(B), 77);
    let mut at = (1..).map(CaptureTime);
    let mut next = || at.next().expect("times without end");
    talk.open(&mut writer, next()).expect("memory takes every write");
    talk.send(&mut writer, next(), Side::Client, b"hello").expect("memory takes every write");
    talk.lose(Side::Client, 6);
    talk.send(&mut writer, next(), Side::Server, &[b'x'; 3_000]).expect("memory takes every write");
    talk.send(&mut writer, next(), Side::Client, b"there").expect("memory takes every write");
    talk.close(&mut writer, next()).expect("memory takes every write");
    writer.into_inner()
}

#[test]
fn datagrams_come_back() {
    let mut writer = PcapWriter::new(Vec::new()).expect("memory takes every write");
    let time = CaptureTime(1_700_000_000_123_456_789);
    writer.udp(time, address(A), address(B), b"a datagram").expect("memory takes every write");
    let file = writer.into_inner();
    assert_eq!(told(&file), [datagram_line("a datagram")]);
    assert_eq!(times(&file), [time.0]);
}

#[test]
fn conversations_come_back() {
    // The second one wraps its sequence numbers.
    for client_sequence in [1_000, u32::MAX - 3] {
        let expected = [
            "A>B: hello".to_owned(),
            format!("B>A: {}", "x".repeat(1_460)),
            format!("B>A: {}", "x".repeat(1_460)),
            format!("B>A: {}", "x".repeat(80)),
            "A>B: lost 6".to_owned(),
            "A>B: there".to_owned(),
            "A>B: end Fin".to_owned(),
            "B>A: end Fin".to_owned(),
        ];
        assert_eq!(told(&conversation(client_sequence)), expected);
    }
}

#[test]
fn a_reset_comes_back() {
    let mut writer = PcapWriter::new(Vec::new()).expect("memory takes every write");
    let mut talk = TcpConversation::new(address(A), address(B));
    talk.open(&mut writer, CaptureTime(1)).expect("memory takes every write");
    talk.reset(&mut writer, CaptureTime(2), Side::Server).expect("memory takes every write");
    assert_eq!(told(&writer.into_inner()), ["A>B: end Reset", "B>A: end Reset"]);
}

#[test]
fn lengths_and_checksums_are_right() {
    let file = conversation(1_000);
    let mut rest = &file[24..];
    while let Some((head, frames)) = rest.split_first_chunk::<16>() {
        let length = u32::from_le_bytes([head[8], head[9], head[10], head[11]]) as usize;
        let (frame, others) = frames.split_at(length);
        let packet = SlicedPacket::from_ethernet(frame).expect("strict about lengths");
        let (Some(NetSlice::Ipv4(ip)), Some(TransportSlice::Tcp(tcp))) =
            (packet.net, packet.transport)
        else {
            panic!("only TCP over IPv4 was written");
        };
        let header = ip.header();
        assert_eq!(header.header_checksum(), header.to_header().calc_header_checksum());
        let checksum = tcp.calc_checksum_ipv4(header.source(), header.destination());
        assert_eq!(Ok(tcp.checksum()), checksum);
        rest = others;
    }
}

#[test]
fn groups_have_their_ethernet_address() {
    let mut writer = PcapWriter::new(Vec::new()).expect("memory takes every write");
    writer
        .udp(CaptureTime(0), address(A), address("233.182.12.111:26477"), b"")
        .expect("memory takes every write");
    let file = writer.into_inner();
    let frame = Ethernet2Slice::from_slice_without_fcs(&file[40..]).expect("a frame");
    assert_eq!(frame.destination(), [0x01, 0x00, 0x5e, 54, 12, 111]);
}

#[test]
fn what_does_not_fit_is_refused() {
    let mut writer = PcapWriter::new(Vec::new()).expect("memory takes every write");
    let too_long = vec![0; 70_000];
    assert!(writer.udp(CaptureTime(0), address(A), address(B), &too_long).is_err());
    assert!(writer.udp(CaptureTime(u64::MAX), address(A), address(B), b"").is_err());
    assert_eq!(writer.into_inner().len(), 24);
}

//! What the tests share: files, segments and a readable form of what is read from them.

use std::net::SocketAddrV4;
use std::ops::Range;

use etherparse::{PacketBuilder, TcpHeader};

use crate::capture::{Capture, CaptureTime, Item, Limits, write::PcapWriter};

pub(super) const A: &str = "10.0.0.1:1111";
pub(super) const B: &str = "10.0.0.2:2222";

/// Everything a capture holds, an item a line; an error is the last line.
pub(super) fn told(file: &[u8]) -> Vec<String> {
    told_within(file, Limits::default())
}

pub(super) fn told_within(file: &[u8], limits: Limits) -> Vec<String> {
    let mut lines = Vec::new();
    let mut capture = match Capture::open_with(file, limits) {
        Ok(capture) => capture,
        Err(error) => return vec![format!("error: {error}")],
    };
    loop {
        match capture.next_item() {
            Ok(Some(item)) => lines.push(line(&item)),
            Ok(None) => return lines,
            Err(error) => lines.push(format!("error: {error}")),
        }
    }
}

fn line(item: &Item<'_>) -> String {
    match item {
        Item::Datagram { from, to, payload, .. } => format!("{from} > {to}: {}", text(payload)),
        Item::Stream { flow, bytes, .. } => format!("{}: {}", name(&flow.to_string()), text(bytes)),
        Item::StreamLost { flow, missing, .. } => {
            format!("{}: lost {missing}", name(&flow.to_string()))
        }
        Item::StreamEnd { flow, why, .. } => format!("{}: end {why:?}", name(&flow.to_string())),
        Item::Skipped { why, .. } => format!("skipped: {why}"),
    }
}

/// The usual two ends by their letters.
fn name(flow: &str) -> String {
    flow.replace(A, "A").replace(B, "B").replace(" > ", ">")
}

pub(super) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

pub(super) fn times(file: &[u8]) -> Vec<u64> {
    let mut capture = Capture::open(file).expect("the file is well-formed");
    let mut times = Vec::new();
    while let Some(item) = capture.next_item().expect("the file is well-formed") {
        let (Item::Datagram { time, .. }
        | Item::Stream { time, .. }
        | Item::StreamLost { time, .. }
        | Item::StreamEnd { time, .. }
        | Item::Skipped { time, .. }) = item;
        times.push(time.0);
    }
    times
}

/// A packet as a file records it.
#[derive(Clone)]
pub(super) struct Recorded {
    pub(super) seconds: u32,
    pub(super) fraction: u32,
    pub(super) bytes: Vec<u8>,
    pub(super) original: usize,
}

impl Recorded {
    pub(super) fn whole(bytes: Vec<u8>) -> Self {
        Self { seconds: 0, fraction: 0, original: bytes.len(), bytes }
    }

    /// As captured with a snapshot length.
    pub(super) fn cut(bytes: &[u8], snapshot_length: usize) -> Self {
        let kept = bytes[..snapshot_length.min(bytes.len())].to_vec();
        Self { original: bytes.len(), ..Self::whole(kept) }
    }
}

/// Numbers in one byte order.
#[derive(Clone, Copy)]
pub(super) struct Order {
    pub(super) big: bool,
}

impl Order {
    pub(super) fn half(self, number: u16) -> [u8; 2] {
        if self.big { number.to_be_bytes() } else { number.to_le_bytes() }
    }

    pub(super) fn word(self, number: u32) -> [u8; 4] {
        if self.big { number.to_be_bytes() } else { number.to_le_bytes() }
    }
}

pub(super) const MICROSECONDS: u32 = 0xa1b2_c3d4;
pub(super) const NANOSECONDS: u32 = 0xa1b2_3c4d;

/// A classic pcap file.
pub(super) fn classic(order: Order, magic: u32, link: u32, records: &[Recorded]) -> Vec<u8> {
    let mut file = Vec::new();
    file.extend(order.word(magic));
    file.extend(order.half(2));
    file.extend(order.half(4));
    for field in [0, 0, 65_535, link] {
        file.extend(order.word(field));
    }
    for record in records {
        for field in [record.seconds, record.fraction, length(&record.bytes)] {
            file.extend(order.word(field));
        }
        file.extend(order.word(u32::try_from(record.original).expect("test packets are short")));
        file.extend(&record.bytes);
    }
    file
}

/// One frame in a classic file of this link type.
pub(super) fn file_of(link: u32, frame: &[u8]) -> Vec<u8> {
    classic(Order { big: false }, NANOSECONDS, link, &[Recorded::whole(frame.to_vec())])
}

/// A pcapng block of a type around a body, which is padded.
pub(super) fn block(order: Order, kind: u32, body: &[u8]) -> Vec<u8> {
    let padded = body.len().next_multiple_of(4);
    let total = u32::try_from(padded + 12).expect("test blocks are short");
    let mut block = Vec::new();
    block.extend(order.word(kind));
    block.extend(order.word(total));
    block.extend(body);
    block.resize(8 + padded, 0);
    block.extend(order.word(total));
    block
}

pub(super) fn section_header(order: Order) -> Vec<u8> {
    let mut body = Vec::new();
    body.extend(order.word(0x1a2b_3c4d));
    body.extend(order.half(1));
    body.extend(order.half(0));
    body.extend([0xff; 8]);
    block(order, 0x0a0d_0d0a, &body)
}

/// An interface description, with options as (code, value).
pub(super) fn interface(
    order: Order,
    link: u16,
    snapshot_length: u32,
    options: &[(u16, &[u8])],
) -> Vec<u8> {
    let mut body = Vec::new();
    body.extend(order.half(link));
    body.extend(order.half(0));
    body.extend(order.word(snapshot_length));
    for (code, value) in options {
        body.extend(order.half(*code));
        body.extend(order.half(u16::try_from(value.len()).expect("test options are short")));
        body.extend(*value);
        body.resize(body.len().next_multiple_of(4), 0);
    }
    block(order, 1, &body)
}

pub(super) fn enhanced_packet(order: Order, interface: u32, ticks: u64, packet: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    let high = u32::try_from(ticks >> 32).expect("half a word");
    let low = u32::try_from(ticks & 0xffff_ffff).expect("half a word");
    for field in [interface, high, low, length(packet), length(packet)] {
        body.extend(order.word(field));
    }
    body.extend(packet);
    block(order, 6, &body)
}

fn length(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).expect("test packets are short")
}

/// An Ethernet frame with a UDP datagram from A to B.
pub(super) fn datagram(payload: &[u8]) -> Vec<u8> {
    let mut frame = Vec::new();
    PacketBuilder::ethernet2([2; 6], [4; 6])
        .ipv4([10, 0, 0, 1], [10, 0, 0, 2], 9)
        .udp(1111, 2222)
        .write_to_vec(&mut frame, payload)
        .expect("the payload is short");
    frame
}

/// What [`datagram`] is read as.
pub(super) fn datagram_line(payload: &str) -> String {
    format!("{A} > {B}: {payload}")
}

/// A segment of a scenario.
#[derive(Clone)]
pub(super) struct Seg {
    from_a: bool,
    flags: &'static str,
    sequence: u32,
    acknowledgment: Option<u32>,
    bytes: Vec<u8>,
    /// Payload bytes cut off by the capture.
    cut: usize,
}

/// A segment from A to B, flags of `S`, `F`, `R`.
pub(super) fn a(flags: &'static str, sequence: u32, bytes: &str) -> Seg {
    let bytes = bytes.as_bytes().to_vec();
    Seg { from_a: true, flags, sequence, acknowledgment: None, bytes, cut: 0 }
}

/// A segment from B to A.
pub(super) fn b(flags: &'static str, sequence: u32, bytes: &str) -> Seg {
    Seg { from_a: false, ..a(flags, sequence, bytes) }
}

impl Seg {
    pub(super) fn ack(self, number: u32) -> Self {
        Self { acknowledgment: Some(number), ..self }
    }

    pub(super) fn bytes(self, bytes: &[u8]) -> Self {
        Self { bytes: bytes.to_vec(), ..self }
    }

    pub(super) fn cut(self, cut: usize) -> Self {
        Self { cut, ..self }
    }

    pub(super) fn is_end(&self) -> bool {
        self.flags.contains('F')
    }

    /// Which bytes of a stream that begins at a number these are.
    pub(super) fn offsets(&self, first: u32) -> Range<usize> {
        let start = self.sequence.wrapping_sub(first) as usize;
        start..start + self.bytes.len()
    }

    fn frame(&self) -> Vec<u8> {
        let mut frame = Vec::new();
        let (from, to) = if self.from_a { (A, B) } else { (B, A) };
        let mut writer = PcapWriter::new(&mut frame).expect("memory takes every write");
        let from: SocketAddrV4 = from.parse().expect("a constant address");
        let to: SocketAddrV4 = to.parse().expect("a constant address");
        let mut header = TcpHeader::new(from.port(), to.port(), self.sequence, 1_000);
        header.syn = self.flags.contains('S');
        header.fin = self.flags.contains('F');
        header.rst = self.flags.contains('R');
        header.ack = self.acknowledgment.is_some();
        header.acknowledgment_number = self.acknowledgment.unwrap_or(0);
        writer
            .tcp(CaptureTime(0), *from.ip(), *to.ip(), header, &self.bytes)
            .expect("memory takes every write");
        // Behind the headers of the file and of its only record.
        frame.split_off(24 + 16)
    }
}

/// A file of segments, a second apart.
pub(super) fn segments(script: &[Seg]) -> Vec<u8> {
    let records: Vec<_> = (1..)
        .zip(script)
        .map(|(seconds, segment)| {
            let frame = segment.frame();
            Recorded { seconds, ..Recorded::cut(&frame, frame.len() - segment.cut) }
        })
        .collect();
    classic(Order { big: false }, NANOSECONDS, 1, &records)
}

/// Numbers that a seed determines (splitmix64).
pub(super) struct Random(u64);

impl Random {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(super) fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound).expect("64-bit sizes");
        usize::try_from(self.next() % bound).expect("below a size")
    }

    pub(super) fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.next().to_le_bytes()[0]).collect()
    }
}

/// Runs a check for many seeds; a failure prints how to run its seed alone.
pub(super) fn each_seed(count: u64, check: impl Fn(&mut Random)) {
    struct Announce(u64);
    impl Drop for Announce {
        fn drop(&mut self) {
            if std::thread::panicking() {
                eprintln!("again: CAPTURE_SEED={} cargo test -p tools capture", self.0);
            }
        }
    }
    let only = std::env::var("CAPTURE_SEED").ok().map(|seed| {
        let seed: u64 = seed.parse().expect("CAPTURE_SEED is a number");
        seed..=seed
    });
    for seed in only.unwrap_or(0..=count) {
        let _announce = Announce(seed);
        check(&mut Random(seed));
    }
}

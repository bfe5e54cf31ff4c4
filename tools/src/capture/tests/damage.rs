//! Bytes that no capture tool would write: an error or items, never a panic, never too much.

use super::kit::{
    Order, Random, Recorded, a, b, classic, datagram, each_seed, enhanced_packet, interface,
    section_header, segments, told_within,
};
use crate::capture::{Capture, Item, Limits};

#[test]
fn changed_captures_never_panic() {
    each_seed(4_000, |random| {
        let mut file = good_file(random);
        for _ in 0..1 + random.below(8) {
            change(&mut file, random);
        }
        drain(&file);
    });
}

#[test]
fn random_bytes_behind_a_good_header_never_panic() {
    each_seed(1_000, |random| {
        let order = Order { big: random.below(2) == 0 };
        let mut file = match random.below(2) {
            0 => section_header(order),
            _ => classic(order, 0xa1b2_c3d4, 1, &[]),
        };
        let count = random.below(600);
        file.extend(random.bytes(count));
        drain(&file);
    });
}

#[test]
fn random_packets_of_every_link_type_never_panic() {
    const LINKS: [u32; 11] = [0, 1, 12, 14, 101, 108, 113, 228, 229, 276, 999];
    each_seed(2_000, |random| {
        let mut packet = datagram(b"some payload");
        let skipped = random.below(packet.len());
        packet.drain(..skipped);
        for _ in 0..random.below(6) {
            change(&mut packet, random);
        }
        let link = LINKS[random.below(LINKS.len())];
        let cut = random.below(packet.len() + 1);
        let record = Recorded::cut(&packet, cut);
        drain(&classic(Order { big: false }, 0xa1b2_c3d4, link, &[record]));
    });
}

fn good_file(random: &mut Random) -> Vec<u8> {
    let order = Order { big: random.below(2) == 0 };
    match random.below(3) {
        0 => {
            let packets = [b"one", b"two"].map(|payload| Recorded::whole(datagram(payload)));
            classic(order, 0xa1b2_3c4d, 1, &packets)
        }
        1 => [
            section_header(order),
            interface(order, 1, 99, &[(9, &[0x86]), (14, &[1; 8]), (0, b"")]),
            enhanced_packet(order, 0, random.next(), &datagram(b"one")),
            section_header(Order { big: !order.big }),
            interface(Order { big: !order.big }, 1, 0, &[]),
            enhanced_packet(Order { big: !order.big }, 0, 7, &datagram(b"two")),
        ]
        .concat(),
        _ => segments(&[
            a("S", 99, ""),
            b("S", 499, "").ack(100),
            a("", 106, "behind").ack(500),
            a("", 100, "before").ack(500),
            b("F", 500, "answer").ack(112),
            a("F", 112, "").ack(507),
            a("S", 9_000, ""),
        ]),
    }
}

/// Changes, removes, repeats or inserts a few bytes.
fn change(bytes: &mut Vec<u8>, random: &mut Random) {
    if bytes.is_empty() {
        return;
    }
    let at = random.below(bytes.len());
    match random.below(6) {
        0 => bytes[at] ^= 1 << random.below(8),
        1 => bytes[at] = [0, 1, 0x7f, 0x80, 0xff][random.below(5)],
        2 => bytes.truncate(at),
        3 => {
            let end = (at + random.below(40)).min(bytes.len());
            bytes.drain(at..end);
        }
        4 => {
            let end = (at + random.below(100)).min(bytes.len());
            let again = bytes[at..end].to_vec();
            bytes.splice(at..at, again);
        }
        _ => {
            let count = random.below(8);
            let more = random.bytes(count);
            bytes.splice(at..at, more);
        }
    }
}

/// Reads to the end, with roomy and with tight limits; nothing may be delivered that is not there.
fn drain(file: &[u8]) {
    let tight = Limits { flow_bytes: 3, flow_segments: 1, all_bytes: 4, connections: 1 };
    told_within(file, tight);
    let Ok(mut capture) = Capture::open(file) else {
        return;
    };
    let mut delivered = 0;
    while let Ok(Some(item)) = capture.next_item() {
        if let Item::Datagram { payload: bytes, .. } | Item::Stream { bytes, .. } = item {
            delivered += bytes.len();
        }
    }
    assert!(delivered <= file.len(), "{delivered} bytes out of {}", file.len());
}

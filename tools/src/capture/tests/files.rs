//! File formats: byte orders, clocks, sections, and what is wrong with a file.

use super::kit::{
    MICROSECONDS, NANOSECONDS, Order, Recorded, block, classic, datagram, datagram_line,
    enhanced_packet, file_of, interface, section_header, times, told,
};
use crate::capture::{Capture, CaptureError, Damage, Place};

const LITTLE: Order = Order { big: false };
const BIG: Order = Order { big: true };
const ETHERNET: u16 = 1;

#[test]
fn classic_files_of_both_orders_and_units() {
    for order in [LITTLE, BIG] {
        for (magic, nanoseconds) in
            [(MICROSECONDS, 1_700_000_000_000_007_000), (NANOSECONDS, 1_700_000_000_000_000_007)]
        {
            let packet = Recorded {
                seconds: 1_700_000_000,
                fraction: 7,
                ..Recorded::whole(datagram(b"one"))
            };
            let file = classic(order, magic, 1, &[packet, Recorded::whole(datagram(b"two"))]);
            assert_eq!(told(&file), [datagram_line("one"), datagram_line("two")]);
            assert_eq!(times(&file), [nanoseconds, 0]);
        }
    }
}

#[test]
fn the_frame_check_length_above_the_link_type_is_not_part_of_it() {
    let mut frame = datagram(b"checked");
    frame.extend([0xde, 0xad, 0xbe, 0xef]);
    assert_eq!(told(&file_of(0x4400_0001, &frame)), [datagram_line("checked")]);
}

#[test]
fn pcapng_sections_of_both_orders_with_their_own_interfaces() {
    let mut file = Vec::new();
    for order in [LITTLE, BIG] {
        file.extend(section_header(order));
        file.extend(interface(order, 999, 0, &[]));
        file.extend(interface(order, ETHERNET, 0, &[(2, b"lo"), (0, b"")]));
        // A name resolution block: none of ours.
        file.extend(block(order, 4, &[0; 4]));
        file.extend(enhanced_packet(order, 1, 5_000_000, &datagram(b"odd length")));
        file.extend(enhanced_packet(order, 0, 6_000_000, &datagram(b"ignored")));
    }
    let expected = [datagram_line("odd length"), "skipped: unsupported link type 999".into()];
    assert_eq!(told(&file), [expected.clone(), expected].concat());
    assert_eq!(times(&file), [5_000_000_000, 6_000_000_000, 5_000_000_000, 6_000_000_000]);
}

#[test]
fn pcapng_clocks() {
    // if_tsresol, if_tsoffset, ticks, nanoseconds.
    let clocks: &[(Option<u8>, i64, u64, u64)] = &[
        (None, 0, 1_500_000, 1_500_000_000),
        (Some(9), 0, 1_500_000_001, 1_500_000_001),
        (Some(3), 2, 1_500, 3_500_000_000),
        (Some(12), 0, 1_999_000, 1_999),
        (Some(0), 0, 7, 7_000_000_000),
        (Some(0x80 | 1), 0, 3, 1_500_000_000),
        (Some(0x80 | 32), 1, 3 << 31, 2_500_000_000),
        (Some(0x80 | 127), 0, u64::MAX, 0),
        (Some(127), 0, u64::MAX, 1),
        (Some(0), 0, u64::MAX, u64::MAX),
        (Some(6), -5, 0, 0),
        (Some(6), i64::MIN, u64::MAX, 0),
    ];
    for order in [LITTLE, BIG] {
        for (resolution, offset, ticks, nanoseconds) in clocks {
            let offset = if order.big { offset.to_be_bytes() } else { offset.to_le_bytes() };
            let resolution = resolution.map(|resolution| [resolution]);
            let mut options: Vec<(u16, &[u8])> = vec![(14, &offset)];
            options.extend(resolution.as_ref().map(|value| (9, value.as_slice())));
            let mut file = section_header(order);
            file.extend(interface(order, ETHERNET, 0, &options));
            file.extend(enhanced_packet(order, 0, *ticks, &datagram(b"tick")));
            assert_eq!(times(&file), [*nanoseconds], "{resolution:?} {ticks}");
        }
    }
}

#[test]
fn simple_packets_have_the_time_before_and_the_length_of_the_snapshot() {
    for order in [LITTLE, BIG] {
        let whole = datagram(b"simple");
        let simple = |original: usize, bytes: &[u8]| {
            let original = u32::try_from(original).expect("short");
            block(order, 3, &[&order.word(original)[..], bytes].concat())
        };
        let mut file = section_header(order);
        file.extend(interface(order, ETHERNET, 50, &[]));
        file.extend(enhanced_packet(order, 0, 8_000_000, &datagram(b"enhanced")));
        file.extend(simple(whole.len(), &whole));
        // Longer than the snapshot length of 50: two bytes of padding, ten bytes never captured.
        let long = datagram(b"eighteen bytes 018");
        assert_eq!(long.len(), 60);
        file.extend(simple(long.len(), &long[..50]));
        let expected = [
            datagram_line("enhanced"),
            datagram_line("simple"),
            "skipped: cut short by the capture".into(),
        ];
        assert_eq!(told(&file), expected);
        assert_eq!(times(&file), [8_000_000_000; 3]);
    }
}

#[test]
fn obsolete_packet_blocks() {
    for order in [LITTLE, BIG] {
        let packet = datagram(b"old");
        let length = u32::try_from(packet.len()).expect("short");
        let mut body = Vec::new();
        body.extend(order.half(0));
        body.extend(order.half(9_999));
        for field in [0, 3_000_000, length, length] {
            body.extend(order.word(field));
        }
        body.extend(packet);
        let mut file = section_header(order);
        file.extend(interface(order, ETHERNET, 0, &[]));
        file.extend(block(order, 2, &body));
        assert_eq!(told(&file), [datagram_line("old")]);
        assert_eq!(times(&file), [3_000_000_000]);
    }
}

#[test]
fn other_files_are_no_captures() {
    for file in [&b""[..], b"\x1f\x8b\x08\x00 gzip", b"PK", b"\xd4\xc3"] {
        let error = Capture::open(file).err().expect("not a capture");
        assert!(matches!(error, CaptureError::NotACapture { .. }), "{error}");
    }
    let file = [0xd4, 0xc3, 0xb2, 0xa1, 2, 0];
    assert_eq!(told(&file), ["error: the file is cut off in record 0 (offset 0): 6 bytes of 24"]);
}

#[test]
fn a_file_cut_off_says_so_after_its_whole_records() {
    let frame = datagram(b"whole");
    let records = [Recorded::whole(frame.clone()), Recorded::whole(frame.clone())];
    let file = classic(LITTLE, NANOSECONDS, 1, &records);
    let second = 24 + 16 + frame.len();
    for end in second + 1..file.len() {
        let found = end - second;
        let expected = if found < 16 { 16 } else { 16 + frame.len() };
        let error = format!(
            "error: the file is cut off in record 2 (offset {second}): {found} bytes of {expected}"
        );
        assert_eq!(told(&file[..end]), [datagram_line("whole"), error]);
        let mut capture = Capture::open(&file[..end]).expect("the header is whole");
        while capture.next_item().is_ok_and(|item| item.is_some()) {}
        assert_eq!(capture.place(), Place { offset: 24, record: 1 }, "the last whole record");
    }
    assert_eq!(told(&file[..second]), [datagram_line("whole")]);
}

#[test]
fn damaged_blocks_are_told_by_place() {
    let good = [
        section_header(LITTLE),
        interface(LITTLE, ETHERNET, 0, &[]),
        enhanced_packet(LITTLE, 0, 0, &datagram(b"good")),
    ]
    .concat();
    for (bad, damage) in damaged_blocks() {
        let file = [good.clone(), bad].concat();
        let mut capture = Capture::open(&file[..]).expect("begins well");
        assert!(capture.next_item().expect("the first packet is good").is_some());
        match capture.next_item() {
            Err(CaptureError::Damaged { at, what }) => {
                assert_eq!(what, damage);
                assert_eq!((at.offset, at.record), (good.len() as u64, 3));
            }
            other => panic!("{other:?} instead of {damage}"),
        }
        assert!(capture.next_item().expect("an error is told once").is_none());
    }
}

fn damaged_blocks() -> [(Vec<u8>, Damage); 6] {
    let packet = enhanced_packet(LITTLE, 3, 0, &datagram(b"bad"));
    let mut long_packet = enhanced_packet(LITTLE, 0, 0, &datagram(b"bad"));
    long_packet[20..24].copy_from_slice(&1_000_u32.to_le_bytes());
    let length = long_packet.len();
    let mut other_length = block(LITTLE, 0x77, &[0; 8]);
    other_length[16] = 24;
    let mut unordered = section_header(LITTLE);
    unordered[8] = 0;
    let odd = vec![1, 0, 0, 0, 13, 0, 0, 0, 0, 0, 0, 0];
    let huge = vec![1, 0, 0, 0, 0, 0, 0, 0x40, 0, 0, 0, 0];
    [
        (packet, Damage::UnknownInterface { found: 3, described: 1 }),
        (long_packet, Damage::Fields { length }),
        (other_length, Damage::LengthsDiffer { leading: 20, trailing: 24 }),
        (unordered, Damage::ByteOrder { found: 0x1a2b_3c00 }),
        (odd, Damage::BlockLength { found: 13, least: 12 }),
        (huge, Damage::TooLong { found: 0x4000_0000, limit: 16 * 1024 * 1024 }),
    ]
}

#[test]
fn a_failing_reader_is_told_with_its_error() {
    struct Failing<'a>(&'a [u8]);
    impl std::io::Read for Failing<'_> {
        /// A byte at a time, to meet every boundary.
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            match self.0.split_first() {
                Some((byte, rest)) => {
                    buffer[0] = *byte;
                    self.0 = rest;
                    Ok(1)
                }
                None => Err(std::io::Error::other("unplugged")),
            }
        }
    }
    let file = file_of(1, &datagram(b"slow"));
    let mut capture = Capture::open(Failing(&file)).expect("the header is there");
    assert!(capture.next_item().expect("the packet is there").is_some());
    match capture.next_item() {
        Err(CaptureError::Read { at, source }) => {
            assert_eq!(at.offset, file.len() as u64);
            assert_eq!(source.to_string(), "unplugged");
        }
        other => panic!("{other:?} instead of a read error"),
    }
}

#[test]
fn files_longer_than_the_buffer() {
    let payload = vec![b'x'; 60_000];
    let records = vec![Recorded::whole(datagram(&payload)); 50];
    let file = classic(BIG, MICROSECONDS, 1, &records);
    let mut capture = Capture::open(&file[..]).expect("well-formed");
    for _ in 0..50 {
        match capture.next_item().expect("well-formed") {
            Some(crate::capture::Item::Datagram { payload: read, .. }) => {
                assert_eq!(read, payload);
            }
            other => panic!("{other:?} instead of a datagram"),
        }
    }
    assert!(capture.next_item().expect("well-formed").is_none());
}

//! Any order of segments that fits into the limits, with duplicates, gives the same stream.

use std::collections::BTreeSet;

use super::kit::{Random, Seg, a, each_seed, segments};
use crate::capture::{Capture, EndReason, Item};

#[test]
fn shuffled_and_duplicated_segments_reassemble() {
    each_seed(400, |random| {
        let count = 1 + random.below(5_000);
        let stream = random.bytes(count);
        let first = u32::try_from(random.next() >> 32).expect("half a word");
        let mut parts = parts(&stream, first, random);
        shuffle(&mut parts, random);
        // The SYN stays in front: without it the first segment captured is the beginning.
        let script = [vec![a("S", first.wrapping_sub(1), "")], parts].concat();
        let (bytes, lost, ends) = reassemble(&segments(&script));
        assert_eq!(lost, 0);
        assert_eq!(ends, [EndReason::Fin]);
        assert!(bytes == stream, "{} bytes of {}", bytes.len(), stream.len());
    });
}

#[test]
fn lost_segments_are_counted_to_the_byte() {
    each_seed(400, |random| {
        let count = 1 + random.below(3_000);
        let stream = random.bytes(count);
        let first = u32::try_from(random.next() >> 32).expect("half a word");
        let mut script = parts(&stream, first, random);
        let mut captured = BTreeSet::new();
        script.retain(|segment| {
            let keep = segment.is_end() || random.below(4) > 0;
            if keep {
                captured.extend(segment.offsets(first));
            }
            keep
        });
        shuffle(&mut script, random);
        script.insert(0, a("S", first.wrapping_sub(1), ""));
        let (bytes, lost, ends) = reassemble(&segments(&script));
        let expected: Vec<u8> = captured.iter().map(|offset| stream[*offset]).collect();
        assert_eq!(lost as usize, stream.len() - expected.len());
        assert_eq!(ends, [EndReason::Fin]);
        assert!(bytes == expected, "{} bytes of {}", bytes.len(), expected.len());
    });
}

/// A stream as segments, some twice or overlapping, and a FIN.
fn parts(stream: &[u8], first: u32, random: &mut Random) -> Vec<Seg> {
    let at = |offset: usize| first.wrapping_add(u32::try_from(offset).expect("short streams"));
    let mut parts = Vec::new();
    let mut offset = 0;
    while offset < stream.len() {
        let length = (1 + random.below(200)).min(stream.len() - offset);
        parts.push(a("", at(offset), "").bytes(&stream[offset..offset + length]));
        if random.below(3) == 0 {
            let from = random.below(stream.len());
            let to = from + random.below(stream.len() - from).min(300);
            parts.push(a("", at(from), "").bytes(&stream[from..to]));
        }
        offset += length;
    }
    parts.push(a("F", at(stream.len()), ""));
    parts
}

fn shuffle(segments: &mut [Seg], random: &mut Random) {
    for last in (1..segments.len()).rev() {
        segments.swap(last, random.below(last + 1));
    }
}

fn reassemble(file: &[u8]) -> (Vec<u8>, u64, Vec<EndReason>) {
    let mut capture = Capture::open(file).expect("well-formed");
    let (mut stream, mut lost, mut ends) = (Vec::new(), 0, Vec::new());
    while let Some(item) = capture.next_item().expect("well-formed") {
        match item {
            Item::Stream { bytes, .. } => {
                assert!(!bytes.is_empty());
                stream.extend_from_slice(bytes);
            }
            Item::StreamLost { missing, .. } => lost += missing,
            Item::StreamEnd { why, .. } => ends.push(why),
            other => panic!("{other:?} in a capture of one stream"),
        }
    }
    (stream, lost, ends)
}

//! Messages in, and the same messages out: from memory and from the file, at every number.

use std::collections::BTreeMap;

use crc32c::crc32c_append;

use super::*;

/// The smallest block there may be.
const LEAST: usize = 40 + 2 + 256;

/// An outbox, all that was pushed, and the file so far.
struct Bench {
    outbox: Outbox,
    pushed: BTreeMap<u16, Vec<Vec<u8>>>,
    file: Vec<u8>,
    /// Where the blocks of the file begin.
    offsets: Vec<u64>,
}

impl Bench {
    fn new(block_bytes: usize) -> Self {
        let outbox = Outbox::new(block_bytes, crc32c_append);
        Bench { outbox, pushed: BTreeMap::new(), file: Vec::new(), offsets: Vec::new() }
    }

    fn push(&mut self, port: u16, message: &[u8]) {
        let messages = self.pushed.entry(port).or_default();
        messages.push(message.to_vec());
        let number = PortNo(messages.len() as u64);
        assert_eq!(self.outbox.push(PortId(port), message), number);
        assert_eq!(self.outbox.highest(PortId(port)), number);
    }

    /// Writes the next block to the file.
    fn poll(&mut self) -> bool {
        assert_eq!(self.outbox.file_bytes(), self.file.len() as u64);
        let Some(block) = self.outbox.poll_block() else { return false };
        assert_eq!(block.offset, self.file.len() as u64);
        self.file.extend_from_slice(&block.bytes);
        self.offsets.push(block.offset);
        assert_eq!(self.outbox.file_bytes(), self.file.len() as u64);
        true
    }

    fn read(&self, place: Place) -> &[u8] {
        let from = usize::try_from(place.offset).expect("the file is in memory");
        &self.file[from..from + place.len]
    }

    /// Asks for every number of every port. How many were found in memory, and in the file.
    fn check(&self) -> [u32; 2] {
        let mut places = [0; 2];
        for (&port, pushed) in &self.pushed {
            let port = PortId(port);
            for from in 1..=pushed.len() {
                let number = PortNo(from as u64);
                let (messages, place) = match self.outbox.find(port, number) {
                    Found::Here(messages) => (messages, 0),
                    Found::Filed(place) => {
                        let block = self.read(place);
                        (open(block, port, number, crc32c_append).expect("a whole block"), 1)
                    }
                    Found::Nothing => panic!("port {port} has a message {number}"),
                };
                places[place] += 1;
                let got: Vec<(PortNo, &[u8])> = messages.collect();
                assert!(!got.is_empty());
                for (at, (number, message)) in (from..).zip(got) {
                    assert_eq!((number.0, message), (at as u64, &pushed[at - 1][..]));
                }
            }
            let above = PortNo(pushed.len() as u64 + 1);
            assert!(matches!(self.outbox.find(port, above), Found::Nothing));
        }
        places
    }
}

/// Numbers that look like chance, from a seed.
fn numbers(seed: u64) -> impl FnMut(u64) -> u64 {
    let mut state = seed;
    move |below| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
        (state >> 33) % below
    }
}

#[test]
fn every_message_can_be_had_again_from_wherever_it_is() {
    for seed in 0..40 {
        let mut below = numbers(seed);
        let mut bench = Bench::new(LEAST + below(900) as usize);
        let polls = below(3);
        let mut places = [0; 2];
        for at in 0..300 {
            let port = [0, 3, 65_535][below(3) as usize];
            let message = vec![at as u8; below(257) as usize];
            bench.push(port, &message);
            if polls > 0 && below(polls) == 0 {
                while bench.poll() {}
            }
            if at % 50 == 49 {
                let [here, filed] = bench.check();
                places = [places[0] + here, places[1] + filed];
            }
        }
        assert!(places[0] > 0 && (places[1] > 0) == (polls > 0), "seed {seed}: {places:?}");
        while bench.poll() {}
        bench.check();
    }
}

#[test]
fn a_block_ends_where_the_next_message_does_not_fit() {
    // Two messages of 128 bytes and their lengths fill what the header leaves of 300.
    for (second, ends) in [(127, &[299][..]), (128, &[300]), (129, &[170, 341])] {
        let mut bench = Bench::new(300);
        bench.push(1, &[1; 128]);
        bench.push(1, &vec![2; second]);
        assert_eq!(bench.poll(), second == 129, "the first message is alone");
        bench.check();
        // The open block and the last complete one stay in memory.
        bench.push(1, &[3; 256]);
        while bench.poll() {}
        assert_eq!(bench.file.len(), *ends.last().expect("a block was completed"));
        let in_file = if second == 129 { 1 } else { 0 };
        assert_eq!(bench.check(), [3 - in_file, in_file], "{second}");
        bench.push(1, &[4; 256]);
        while bench.poll() {}
        assert_eq!(bench.check(), [2, 2], "{second}");
        assert_eq!(bench.offsets.len(), ends.len() + 1);
        assert_eq!(bench.offsets[1..], ends.iter().map(|&end| end as u64).collect::<Vec<_>>());
    }
}

#[test]
fn a_block_that_has_grown_ends_where_any_other_does() {
    // 40 bytes of header and twice 180 are 400, in a block that has room for 512 by now.
    for (third, complete) in [(197, false), (198, false), (199, true)] {
        let mut bench = Bench::new(600);
        bench.push(1, &[1; 178]);
        bench.push(1, &[2; 178]);
        bench.push(1, &vec![3; third]);
        assert_eq!(bench.poll(), complete, "{third}");
        bench.check();
    }
}

#[test]
fn a_block_lies_in_the_file_as_its_description_says() {
    let mut bench = Bench::new(LEAST);
    for message in [&b"one"[..], b"", b"three"] {
        bench.push(258, message);
    }
    bench.push(258, &[0; 256]);
    bench.push(7, &[5; 200]);
    bench.push(7, &[5; 200]);
    bench.push(258, b"last");
    assert!(bench.poll() && bench.poll() && bench.poll() && !bench.poll());
    let first: Vec<u8> = [
        &b"OUTB"[..],
        &crc32c_append(0, &bench.file[8..54]).to_le_bytes(),
        &[2, 1, 0, 0],
        &3_u32.to_le_bytes(),
        &1_u64.to_le_bytes(),
        &0_u64.to_le_bytes(),
        &54_u32.to_le_bytes(),
        &[0; 4],
        b"\x03\0one\0\0\x05\0three",
    ]
    .concat();
    assert_eq!(bench.file[..54], first);
    assert_eq!(bench.offsets, [0, 54, 54 + 242]);
    let third = &bench.file[54 + 242..];
    assert_eq!(third[8..10], [2, 1], "port 258");
    assert_eq!(third[12..16], 1_u32.to_le_bytes(), "one message");
    assert_eq!(third[16..24], 4_u64.to_le_bytes(), "with number 4");
    assert_eq!(third[24..32], 1_u64.to_le_bytes(), "the port's previous block is at 0");
    assert_eq!(third.len(), 40 + 2 + 256);
}

/// A block of port 5 with the numbers 3 and 4.
fn block() -> Vec<u8> {
    let mut outbox = Outbox::new(LEAST, crc32c_append);
    for length in [100, 100, 120, 110, 90] {
        outbox.push(PortId(5), &vec![length; usize::from(length)]);
    }
    outbox.poll_block().expect("the first two messages are complete");
    outbox.poll_block().expect("and the next two").bytes.to_vec()
}

#[test]
fn a_block_that_is_damaged_anywhere_or_another_one_is_refused() {
    let whole = block();
    let numbers_of = |bytes: &[u8], port, number| {
        let messages = open(bytes, PortId(port), PortNo(number), crc32c_append);
        messages.map(|messages| messages.map(|(number, _)| number.0).collect::<Vec<_>>())
    };
    assert_eq!(numbers_of(&whole, 5, 3), Ok(vec![3, 4]));
    assert_eq!(numbers_of(&whole, 5, 4), Ok(vec![4]));
    for number in [0, 1, 2, 5, u64::MAX] {
        let fault = BlockFault::Number { first: PortNo(3), count: 2 };
        assert_eq!(numbers_of(&whole, 5, number), Err(fault));
    }
    assert_eq!(numbers_of(&whole, 4, 3), Err(BlockFault::Port(PortId(5))));
    for at in 0..whole.len() {
        for flip in [1, 0x80, 0xFF] {
            let mut damaged = whole.clone();
            damaged[at] ^= flip;
            assert!(numbers_of(&damaged, 5, 3).is_err(), "byte {at}");
        }
        let cut = numbers_of(&whole[..at], 5, 3);
        assert!(matches!(cut, Err(BlockFault::Length { have, .. }) if have == at), "{cut:?}");
    }
    let longer = [&whole[..], &[0]].concat();
    let (need, have) = (whole.len(), whole.len() + 1);
    assert_eq!(numbers_of(&longer, 5, 3), Err(BlockFault::Length { need, have }));
    assert_eq!(numbers_of(&vec![0; whole.len()], 5, 3), Err(BlockFault::NoBlock));
}

#[test]
fn a_block_whose_messages_do_not_add_up_is_refused_though_its_checksum_is_right() {
    for (at, by) in [(12, 1), (40, 1), (162, 0xFF)] {
        let mut wrong = block();
        wrong[at] ^= by;
        let sum = crc32c_append(0, &wrong[8..]);
        wrong[4..8].copy_from_slice(&sum.to_le_bytes());
        let opened = open(&wrong, PortId(5), PortNo(3), crc32c_append);
        assert_eq!(opened.err(), Some(BlockFault::Messages), "byte {at}");
    }
}

#[test]
fn faults_say_what_is_wrong() {
    let faults = [
        (BlockFault::NoBlock, "the bytes do not begin as a block does"),
        (BlockFault::Length { need: 40, have: 7 }, "a block of 40 bytes where 7 are"),
        (
            BlockFault::Checksum { says: 1, is: 0xABC },
            "the block says checksum 00000001, its bytes give 00000abc",
        ),
        (BlockFault::Port(PortId(3)), "the block is of port 3"),
        (
            BlockFault::Number { first: PortNo(5), count: 2 },
            "the block has 2 messages from number 5 on",
        ),
        (BlockFault::Messages, "the block's messages do not add up"),
    ];
    for (fault, text) in faults {
        assert_eq!(fault.to_string(), text);
    }
}

#[test]
fn the_digest_sees_every_message_and_no_poll() {
    let digest = |messages: &[(u16, &[u8])], polls: bool| {
        let mut bench = Bench::new(LEAST);
        for (port, message) in messages {
            bench.push(*port, message);
            while polls && bench.poll() {}
        }
        bench.outbox.digest()
    };
    let long = [9; 200];
    let all: [(u16, &[u8]); 6] =
        [(1, b"a"), (1, b"bc"), (2, &long), (2, &long), (1, b""), (2, b"end")];
    let whole = digest(&all, false);
    assert_eq!(digest(&all, true), whole);
    let mut others = Vec::new();
    for at in 0..all.len() {
        let mut other = all.to_vec();
        other.remove(at);
        others.push(digest(&other, false));
        let mut other = all.to_vec();
        other[at].0 = 3;
        others.push(digest(&other, false));
        let mut other = all.to_vec();
        other[at].1 = b"x";
        others.push(digest(&other, false));
    }
    // What was one message is two, or the other way round.
    others.push(digest(&[(1, b"ab"), (1, b"c")], false));
    others.push(digest(&[(1, b"a"), (1, b"bc")], false));
    others.push(digest(&[(1, b"abc")], false));
    others.push(digest(&[], false));
    others.push(whole);
    let count = others.len();
    others.sort_unstable();
    others.dedup();
    // It makes no difference which of two equal messages is taken out, or goes to another port.
    assert_eq!(others.len(), count - 2);
}

#[test]
fn the_digest_sees_what_is_in_complete_blocks_and_their_order() {
    let digest = |messages: [(u16, u8); 6]| {
        let mut outbox = Outbox::new(LEAST, crc32c_append);
        for (port, byte) in messages {
            outbox.push(PortId(port), &[byte; 200]);
        }
        outbox.digest()
    };
    // All but the last message of each port are in complete blocks.
    let all = [(1, 1), (2, 2), (1, 3), (2, 4), (1, 5), (2, 6)];
    let mut others = vec![digest(all)];
    for at in 0..all.len() {
        let mut other = all;
        other[at].1 = 9;
        others.push(digest(other));
    }
    others.push(digest([(1, 1), (2, 2), (2, 4), (1, 3), (1, 5), (2, 6)]));
    let count = others.len();
    others.sort_unstable();
    others.dedup();
    assert_eq!(others.len(), count);
}

#[test]
fn a_port_with_few_messages_costs_little() {
    let mut outbox = Outbox::new(Outbox::BLOCK, crc32c_append);
    outbox.push(PortId(16_383), b"hello");
    let lanes = outbox.lanes.iter().flatten();
    assert_eq!(lanes.count(), 1);
    assert!(matches!(outbox.find(PortId(16_382), PortNo(1)), Found::Nothing));
    assert!(matches!(outbox.find(PortId(65_535), PortNo(1)), Found::Nothing));
    assert_eq!(outbox.highest(PortId(65_535)), PortNo(0));
    assert_eq!(outbox.highest(PortId(0)), PortNo(0));
}

#[test]
#[should_panic(expected = "a message of 257 bytes")]
fn a_message_that_is_too_long_is_a_mistake() {
    Outbox::new(Outbox::BLOCK, crc32c_append).push(PortId(1), &[0; 257]);
}

#[test]
#[should_panic(expected = "holds no message")]
fn a_block_without_room_is_a_mistake() {
    drop(Outbox::new(LEAST - 1, crc32c_append));
}

#[test]
#[should_panic(expected = "the first message has number 1")]
fn number_0_is_a_mistake() {
    drop(Outbox::new(LEAST, crc32c_append).find(PortId(1), PortNo(0)));
}

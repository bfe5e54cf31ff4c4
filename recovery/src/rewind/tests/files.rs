//! The bytes of file and index, and what is made of them after a start.

use crc32c::{crc32c, crc32c_append};
use protocol_spec::wire::mold::SessionId;
use protocol_spec::words::FeedNo;

use super::bench::{Bench, SESSION, messages, naive_told, numbers};
use crate::extent::Extent;
use crate::rewind::{
    BLOCK, BlockFault, Entry, Found, IndexFault, Place, Resume, ResumeFault, Rewind, Store, index,
};

#[test]
fn file_and_index_have_the_bytes_that_the_documents_say() {
    let long = vec![b'x'; Rewind::LONGEST - 10];
    let bench = Bench::written(&[b"first".to_vec(), long.clone(), b"third".to_vec()], true);
    let (size, first) = ((long.len() as u16).to_be_bytes(), b"\0\x05first");
    let block: Vec<u8> = [first, &size[..], &long].concat();
    assert_eq!(bench.file, [&block[..], b"\0\x05third\0\0"].concat());

    let sealed = |fields: &[u8]| [fields, &crc32c(fields).to_le_bytes()].concat();
    let head = sealed(b"OUTCRYRX\x01\0\0\x002026112000\0\0\0\0\x01\0");
    let sum = crc32c(&block).to_le_bytes();
    let chain = crc32c(&sum).to_le_bytes();
    let len = (block.len() as u32).to_le_bytes();
    let fields: [&[u8]; 5] = [&1_u64.to_le_bytes(), &0_u64.to_le_bytes(), &len, &sum, &chain];
    assert_eq!(bench.index, [head, sealed(&fields.concat())].concat());
    let open = crc32c(b"\0\x05third\0\0").to_le_bytes();
    let digest = crc32c(&[sum, open].concat());
    assert_eq!(bench.rewind.told(), Extent { bytes: bench.file.len() as u64, digest });
}

#[test]
fn an_index_that_is_damaged_or_cut_anywhere_gives_what_is_before() {
    let below = &mut numbers(1);
    let bench = Bench::written(&messages(below, 60), false);
    let whole = index::read(&bench.index, SESSION, crc32c_append).expect("it is whole");
    assert!(whole.len() > 5, "{}", whole.len());
    for len in 0..bench.index.len() {
        let read = index::read(&bench.index[..len], SESSION, crc32c_append);
        match len.checked_sub(index::HEAD) {
            None => assert_eq!(read, Err(IndexFault::NoIndex)),
            Some(rest) => assert_eq!(read.as_deref(), Ok(&whole[..rest / index::ENTRY])),
        }
    }
    for at in 0..bench.index.len() {
        for flip in [1, 0x80, 0xFF] {
            let mut damaged = bench.index.clone();
            damaged[at] ^= flip;
            let read = index::read(&damaged, SESSION, crc32c_append);
            match at.checked_sub(index::HEAD) {
                None => assert_eq!(read, Err(IndexFault::NoIndex)),
                Some(rest) => assert_eq!(read.as_deref(), Ok(&whole[..rest / index::ENTRY])),
            }
        }
    }
}

#[test]
fn an_index_that_is_whole_but_another_one_is_refused_and_entries_that_do_not_follow_too() {
    let below = &mut numbers(2);
    let bench = Bench::written(&messages(below, 40), false);
    let read = |bytes: &[u8]| index::read(bytes, SESSION, crc32c_append);
    let other = index::read(&bench.index, SessionId::new("2026112001"), crc32c_append);
    assert_eq!(other, Err(IndexFault::Session(SESSION)));
    for (at, fault) in [(8, IndexFault::Format(0)), (24, IndexFault::Block(65_537))] {
        let mut bytes = bench.index.clone();
        bytes[at] ^= 1;
        let sum = crc32c(&bytes[..28]).to_le_bytes();
        bytes[28..32].copy_from_slice(&sum);
        assert_eq!(read(&bytes), Err(fault));
    }
    let entries = read(&bench.index).expect("it is whole");
    let with = |at: usize, entry: Entry| {
        let mut bytes = bench.index.clone();
        let from = index::HEAD + at * index::ENTRY;
        bytes[from..from + index::ENTRY].copy_from_slice(&entry.to_bytes(crc32c_append));
        read(&bytes).map(|entries| entries.len())
    };
    let (first, second) = (entries[0], entries[1]);
    assert_eq!(with(0, Entry { first: FeedNo(2), ..first }), Ok(0));
    assert_eq!(with(1, second), Ok(entries.len()));
    for wrong in [
        Entry { first: first.first, ..second },
        Entry { first: FeedNo(0), ..second },
        Entry { offset: second.offset + 1, ..second },
        Entry { len: 0, ..second },
        Entry { len: 65_537, ..second },
        Entry { sum: !second.sum, ..second },
        Entry { chain: !second.chain, ..second },
        first,
        entries[2],
    ] {
        assert_eq!(with(1, wrong), Ok(1), "{wrong:?}");
    }
}

/// Reads what is wanted of a file, and goes on with it if it is right.
fn resumed(bench: &Bench, told: Extent, next: FeedNo) -> (Result<Store, ResumeFault>, u64, u64) {
    let entries = index::read(&bench.index, SESSION, crc32c_append).unwrap_or_default();
    let mut resume = Resume::new(SESSION, 2 * BLOCK, entries, told, crc32c_append);
    let (index_bytes, mut read) = (resume.index_bytes(), 0);
    while let Some(Place { offset, len }) = resume.poll_read() {
        let from = (offset as usize).min(bench.file.len());
        let bytes = &bench.file[from..bench.file.len().min(from + len)];
        read += bytes.len() as u64;
        if let Err(fault) = resume.on_read(bytes) {
            return (Err(fault), index_bytes, read);
        }
    }
    (resume.finish(next), index_bytes, read)
}

#[test]
fn a_file_is_gone_on_with_from_every_state_whatever_was_written_later() {
    for seed in 0..12 {
        let mut below = numbers(seed);
        let all = messages(&mut below, 120);
        let ended = below(2) == 0;
        let whole = Bench::written(&all, ended);
        for told in [0, 1, below(120), below(120), 119, 120] {
            let mut bench = Bench::written(&all, ended);
            let (ended_then, state) = (ended && told == 120, Bench::written(&all[..told], false));
            let extent = naive_told(&all[..told], ended_then);
            // The index may be behind, or gone.
            let (kept, blocks) = (below(bench.index.len() + 1), whole.index.len() / 32);
            bench.index.truncate(kept);
            let next = FeedNo(told as u64 + 1);
            let (store, index_bytes, read) = resumed(&bench, extent, next);
            bench.store = store.expect("it is what was told");
            assert!(index_bytes <= bench.index.len().max(32) as u64);
            if kept / 32 == blocks {
                // The last complete block and the open one, no matter how long the day is; what
                // was cut by the end of a block is read twice.
                assert!(read <= 4 * BLOCK as u64, "{read}");
            }
            assert_eq!(bench.store.told(), extent);
            assert_eq!(bench.store.has_ended(), ended_then);
            bench.file.truncate(extent.bytes as usize);
            bench.index.truncate(index_bytes as usize);
            if bench.index.len() < index::HEAD {
                bench.index = index::head(SESSION, crc32c_append).to_vec();
            }
            bench.pushed.truncate(told);
            bench.rewind = state.rewind;
            if ended_then {
                bench.rewind.end();
                bench.rewind.forget_fresh();
            }
            bench.note();
            for number in 1..=told as u64 {
                bench.check(number);
            }
            // And the rest of the day as if nothing had been.
            bench.tell(&all[told..]);
            if ended && !ended_then {
                bench.end();
            }
            bench.write(true);
            bench.check_files(ended);
            assert_eq!((&bench.file, &bench.index), (&whole.file, &whole.index));
        }
    }
}

#[test]
fn a_file_that_is_not_what_was_told_is_refused_or_its_block_is() {
    let below = &mut numbers(5);
    let all = messages(below, 40);
    let whole = Bench::written(&all, false);
    let (told, next) = (whole.rewind.told(), FeedNo(41));
    let entries = index::read(&whole.index, SESSION, crc32c_append).expect("it is whole");
    let again = entries.last().expect("some blocks are complete").offset as usize;
    let mut found_at_start = 0;
    for _ in 0..300 {
        let at = below(whole.file.len());
        let mut bench = Bench::written(&all, false);
        bench.file[at] ^= 1 << below(8);
        // Without an index every byte is looked at, with one those of the last blocks.
        let (store, ..) = resumed(&bench, told, next);
        assert_eq!(store.is_ok(), at < again, "byte {at}");
        found_at_start += usize::from(store.is_err());
        if let Ok(store) = store {
            let block = entries.iter().rev().find(|entry| entry.offset <= at as u64);
            let Found::Filed(place) = store.find(block.expect("a block").first) else {
                panic!("byte {at} is in memory")
            };
            let from = place.offset as usize;
            let fault = store.open(place, &bench.file[from..from + place.len]).err();
            assert!(matches!(fault, Some(BlockFault::Checksum { .. })), "{fault:?}");
        }
        bench.index.clear();
        assert!(resumed(&bench, told, next).0.is_err(), "byte {at}");
    }
    assert!((10..290).contains(&found_at_start), "{found_at_start}");
    for len in (0..whole.file.len()).step_by(997) {
        let mut bench = Bench::written(&all, false);
        bench.file.truncate(len);
        let (store, ..) = resumed(&bench, told, next);
        assert!(matches!(store, Err(ResumeFault::Short { .. })), "{len}: {store:?}");
    }
    let fault = |told, next| resumed(&whole, told, next).0.err();
    let (says, is) = (FeedNo(42), FeedNo(41));
    assert_eq!(fault(told, FeedNo(42)), Some(ResumeFault::Number { says, is }));
    let (says, is) = (!told.digest, told.digest);
    let other = Extent { digest: says, ..told };
    assert_eq!(fault(other, next), Some(ResumeFault::Digest { says, is }));
    // One byte less cuts the last message.
    let cut = Extent { bytes: told.bytes - 1, ..told };
    assert!(matches!(fault(cut, next), Some(ResumeFault::Records(_))));
    // Nothing follows an end mark.
    let mut ended = Bench::written(&all[..1], true);
    ended.file.extend_from_slice(b"\0\x01x");
    let longer = Extent { bytes: ended.file.len() as u64, digest: 0 };
    let at = ended.file.len() as u64 - 3;
    assert_eq!(resumed(&ended, longer, FeedNo(2)).0.err(), Some(ResumeFault::Records(at)));
}

#[test]
fn a_block_is_opened_only_as_it_was_told() {
    let below = &mut numbers(6);
    let bench = Bench::written(&messages(below, 40), false);
    let Found::Filed(place) = bench.store.find(FeedNo(1)) else { panic!("nothing is kept") };
    let block = &bench.file[..place.len];
    assert_eq!(bench.store.open(place, block).map(|all| all.next_number()), Ok(FeedNo(1)));
    for len in [0, 1, place.len - 1, place.len + 1] {
        let fault = bench.store.open(place, &bench.file[..len]).err();
        assert_eq!(fault, Some(BlockFault::Length { need: place.len, have: len }));
    }
    let nowhere = Place { offset: 1, ..place };
    let fault = bench.store.open(nowhere, block).err();
    assert_eq!(fault, Some(BlockFault::Length { need: 0, have: place.len }));
    for at in (0..place.len).step_by(61) {
        let mut damaged = block.to_vec();
        damaged[at] ^= 0x10;
        let fault = bench.store.open(place, &damaged).err();
        assert!(matches!(fault, Some(BlockFault::Checksum { .. })), "byte {at}");
    }
}

#[test]
fn faults_say_what_is_wrong() {
    let place = Place { offset: 5, len: 9 };
    let texts = [
        (BlockFault::Length { need: 40, have: 7 }.to_string(), "a block of 40 bytes where 7 are"),
        (
            BlockFault::Checksum { says: 1, is: 0xABC }.to_string(),
            "a block with checksum 00000001, its bytes give 00000abc",
        ),
        (IndexFault::NoIndex.to_string(), "it does not begin as an index does"),
        (IndexFault::Format(7).to_string(), "it is of format 7"),
        (IndexFault::Session(SESSION).to_string(), "it is of the day 2026112000"),
        (IndexFault::Block(9).to_string(), "it is of blocks of 9 bytes"),
        (ResumeFault::Short { place, have: 3 }.to_string(), "it has 3 bytes of 9 from 5 on"),
        (ResumeFault::Records(8).to_string(), "there is no whole record at 8"),
        (
            ResumeFault::Digest { says: 1, is: 0xABC }.to_string(),
            "what was told has digest 00000001, the file has 00000abc",
        ),
        (
            ResumeFault::Number { says: FeedNo(8), is: FeedNo(9) }.to_string(),
            "message 8 should follow on it, and 9 does",
        ),
    ];
    for (says, text) in texts {
        assert_eq!(says, text);
    }
}

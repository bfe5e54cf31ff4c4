//! Messages in, and the same messages out: from memory and from the file, at every number.

mod bench;
mod files;

use crc32c::crc32c_append;
use matcher::stored::LoadError;
use protocol_spec::words::FeedNo;

use super::{BLOCK, Found, Records, Rewind, Store, index};
use bench::{Bench, SESSION, messages, naive_blocks, naive_told, numbers};

#[test]
fn every_message_can_be_had_again_from_wherever_it_is() {
    let mut places = [0; 2];
    for seed in 0..25 {
        let mut below = numbers(seed);
        let mut bench = Bench::new(below(3) * 3 * BLOCK);
        for _ in 0..60 {
            let count = below(30);
            bench.tell(&messages(&mut below, count));
            for _ in 0..below(12) {
                bench.write_one(below(2) == 0);
            }
            let told = bench.pushed.len();
            for number in (0..20).map(|_| 1 + below(told.max(1)) as u64) {
                if told > 0 {
                    places[usize::from(bench.check(number))] += 1;
                }
            }
            for number in [0, told as u64 + 1, u64::MAX] {
                assert!(matches!(bench.store.find(FeedNo(number)), Found::Nothing));
            }
        }
        let ended = below(2) == 0;
        if ended {
            bench.end();
        }
        bench.write(true);
        bench.check_files(ended);
        for number in 1..=bench.pushed.len() as u64 {
            bench.check(number);
        }
    } // In the file, and in memory.
    assert!(places.iter().all(|&count| count > 2_000), "{places:?}");
}

#[test]
fn a_block_ends_where_the_next_record_does_not_fit() {
    // The first message and its length are half a block.
    let half = BLOCK / 2 - 2;
    for (second, complete, with_end) in
        [(half - 2, 0, 0), (half - 1, 0, 1), (half, 0, 1), (half + 1, 1, 1)]
    {
        let mut bench = Bench::written(&[vec![1; half], vec![2; second]], false);
        bench.check_files(false);
        assert_eq!(bench.index.len(), index::HEAD + complete * index::ENTRY, "{second}");
        // The end mark is two bytes more, a block of its own if it must be.
        bench.end();
        bench.write(true);
        bench.check_files(true);
        assert_eq!(bench.index.len(), index::HEAD + with_end * index::ENTRY, "{second}");
    }
    let longest = Bench::written(&[vec![3; Rewind::LONGEST], vec![4]], true);
    longest.check_files(true);
    assert_eq!(longest.index.len(), index::HEAD + index::ENTRY);
}

#[test]
fn the_state_is_the_same_whenever_what_was_fresh_was_forgotten() {
    for seed in 0..20 {
        let mut below = numbers(seed);
        let count = below(400);
        let told = messages(&mut below, count);
        let ended = below(2) == 0;
        let mut states = Vec::new();
        for often in [1, 7, 10_000] {
            let mut rewind = Rewind::new(crc32c_append);
            for (at, message) in told.iter().enumerate() {
                rewind.push(message);
                if below(often) == 0 {
                    assert_eq!(rewind.told(), naive_told(&told[..=at], false));
                    rewind.forget_fresh();
                }
                if below(often) == 0 && !rewind.is_fresh() {
                    // Saved and loaded it goes on as if nothing had been.
                    let bytes = saved(&rewind);
                    rewind = Rewind::load(crc32c_append, &mut &bytes[..]).expect("it was saved");
                    assert_eq!(saved(&rewind), bytes);
                }
            }
            if ended {
                rewind.end();
            }
            let extent = rewind.told();
            assert_eq!(extent, naive_told(&told, ended));
            rewind.forget_fresh();
            assert_eq!(rewind.told(), extent);
            assert_eq!(rewind.next_number(), FeedNo(told.len() as u64 + 1));
            states.push(saved(&rewind));
        }
        assert!(states.iter().all(|state| *state == states[0]));
    }
}

fn saved(rewind: &Rewind) -> Vec<u8> {
    let mut bytes = Vec::new();
    rewind.save(&mut bytes);
    bytes
}

#[test]
fn the_digest_sees_every_message_their_order_and_the_end() {
    let digest = |messages: &[&[u8]], ended: bool| {
        let mut rewind = Rewind::new(crc32c_append);
        for message in messages {
            rewind.push(message);
        }
        if ended {
            rewind.end();
        }
        rewind.told().digest
    };
    let [long, other] = [[7; 40_000], [8; 40_000]];
    let all: [&[u8]; 5] = [b"a", &long, b"bc", &other, b"d"];
    let mut digests = vec![digest(&all, false), digest(&all, true), digest(&[], false)];
    digests.push(digest(&[], true));
    for at in 0..all.len() {
        let mut without = all.to_vec();
        without.remove(at);
        digests.push(digest(&without, false));
        let mut changed = all.to_vec();
        changed[at] = b"x";
        digests.push(digest(&changed, false));
    }
    digests.push(digest(&[b"a", &other, b"bc", &long, b"d"], false));
    digests.push(digest(&[b"a", &long, b"b", b"c", &other, b"d"], false));
    let count = digests.len();
    digests.sort_unstable();
    digests.dedup();
    assert_eq!(digests.len(), count);
}

#[test]
fn a_state_that_cannot_be_is_refused() {
    let state = |next: u64, bytes: u64, open: u32, ended: u8, chain: u32, sum: u32| {
        let numbers = [next.to_le_bytes(), bytes.to_le_bytes()].concat();
        let rest = [&open.to_le_bytes()[..], &[ended], &chain.to_le_bytes(), &sum.to_le_bytes()];
        let bytes = [numbers, rest.concat()].concat();
        let loaded = Rewind::load(crc32c_append, &mut &bytes[..]);
        loaded.map(|rewind| assert_eq!(saved(&rewind), bytes))
    };
    let block = BLOCK as u64;
    assert_eq!(state(1, 0, 0, 0, 0, 0), Ok(()));
    assert_eq!(state(1, 2, 2, 1, 0, 5), Ok(()));
    assert_eq!(state(3, 6, 6, 0, 0, 5), Ok(()));
    assert_eq!(state(3, 2 * block, 65_536, 0, 4, 5), Ok(()));
    for (what, wrong) in [
        ("a feed before number 1", state(0, 0, 0, 0, 0, 0)),
        ("a feed that ended without a mark", state(1, 1, 1, 1, 0, 5)),
        ("messages that do not fill the feed", state(3, 5, 5, 0, 0, 5)),
        ("messages that do not fill the feed", state(3, 7, 7, 1, 0, 5)),
        ("messages that do not fill the feed", state(2, block + 1, 9, 0, 4, 5)),
        ("messages that do not fill the feed", state(1, 3, 3, 0, 0, 5)),
        ("messages that do not fill the feed", state(u64::MAX, 9, 9, 0, 0, 5)),
        ("an open block of the feed", state(3, 6, 7, 0, 0, 5)),
        ("an open block of the feed", state(4, 2 * block, 65_537, 0, 4, 5)),
        ("a feed without an open block", state(3, 6, 0, 0, 4, 0)),
        ("the checksum of no block", state(1, 0, 0, 0, 0, 5)),
        ("a chain of no blocks", state(3, 6, 6, 0, 4, 5)),
        ("a chain of no blocks", state(1, 0, 0, 0, 4, 0)),
        ("a switch that is neither on nor off", state(3, 6, 6, 2, 0, 5)),
    ] {
        assert_eq!(wrong, Err(LoadError::Impossible(what)));
    }
    let mut rewind = Rewind::new(crc32c_append);
    rewind.push(b"abc");
    rewind.forget_fresh();
    let whole = saved(&rewind);
    for len in 0..whole.len() {
        let cut = Rewind::load(crc32c_append, &mut &whole[..len]);
        assert_eq!(cut.err(), Some(LoadError::Truncated), "{len}");
    }
}

#[test]
fn what_could_not_be_written_is_polled_again() {
    for seed in 0..20 {
        let mut below = numbers(seed);
        let mut bench = Bench::new(0);
        for _ in 0..40 {
            let count = below(20);
            bench.tell(&messages(&mut below, count));
            // Pieces are under way together; some of them are written, the others fail.
            let mut ends = Vec::new();
            let mut bytes = Vec::new();
            while below(4) > 0
                && let Some(piece) = bench.store.poll_piece(below(2) == 0)
            {
                assert_eq!(piece.offset, (bench.file.len() + bytes.len()) as u64);
                bytes.extend_from_slice(piece.bytes);
                ends.push(piece.end());
            }
            // No entry is there before its block is.
            bench.note();
            let done = ends.get(below(ends.len() + 1)).copied().unwrap_or(bench.store.written());
            bench.store.on_written(done);
            bench.store.on_write_failed();
            assert_eq!(bench.store.written(), done);
            bytes.truncate(done as usize - bench.file.len());
            bench.file.extend_from_slice(&bytes);
            bench.note();
        }
        bench.write(true);
        bench.check_files(false);
    }
}

#[test]
fn memory_is_bounded_by_what_is_not_written_and_by_what_is_kept() {
    let below = &mut numbers(3);
    for keeps in [0, 1, 5] {
        // Half a block more than it says is not used.
        let mut bench = Bench::new(keeps * BLOCK + BLOCK / 2);
        let most = |unwritten: u64| unwritten as usize + (keeps + 1 + 4 + 1) * BLOCK;
        for _ in 0..100 {
            bench.tell(&messages(below, 30));
            while below(3) > 0 && bench.write_one(false) {}
            let unwritten = bench.store.told().bytes - bench.store.written();
            // A message that hardly fits leaves the rest of the block before unused.
            assert!(bench.store.memory() <= 2 * most(unwritten), "{unwritten}");
        }
        bench.write(true);
        assert!(bench.store.memory() <= most(0), "{}", bench.store.memory());
        let first = bench.store.first_in_memory();
        let blocks = naive_blocks(&bench.pushed, false);
        assert_eq!(first.0, blocks[blocks.len() - 1 - keeps].0);
    }
}

#[test]
fn the_longest_run_of_whole_records_is_cut_and_no_rubbish_is_read() {
    let bytes = b"\0\x01a\0\x02bc\0\x03def\0\0\0\x01x";
    let records = Records::new(FeedNo(7), bytes);
    for (count, most, has, len) in [
        (0, 100, 0, 0),
        (1, 100, 1, 3),
        (2, 7, 2, 7),
        (3, 7, 2, 7),
        (3, 6, 1, 3),
        (3, 2, 0, 0),
        (3, 12, 3, 12),
        (3, 11, 2, 7),
        (u16::MAX, usize::MAX, 3, 12),
    ] {
        assert_eq!(records.clone().cut(count, most), (has, &bytes[..len]), "{count}, {most}");
    }
    let last = records.clone().skip_to(FeedNo(9));
    assert_eq!((last.next_number(), last.cut(9, 99)), (FeedNo(9), (1, &b"\0\x03def"[..])));
    assert_eq!(records.skip_to(FeedNo(11)).count(), 0);
    assert_eq!(Records::new(FeedNo(u64::MAX), bytes).count(), 0);
    for seed in 0..100 {
        let mut below = numbers(seed);
        let rubbish: Vec<u8> = (0..below(300)).map(|_| [0, below(256)][below(2)] as u8).collect();
        let records = Records::new(FeedNo(1), &rubbish);
        let (count, run) = records.clone().cut(u16::MAX, usize::MAX);
        assert_eq!(records.count(), usize::from(count));
        assert!(rubbish.starts_with(run));
    }
}

#[test]
#[should_panic(expected = "a message of 0 bytes")]
fn an_empty_message_is_a_mistake() {
    Rewind::new(crc32c_append).push(b"");
}

#[test]
#[should_panic(expected = "a message of 65535 bytes")]
fn a_message_that_is_too_long_is_a_mistake() {
    Rewind::new(crc32c_append).push(&[0; Rewind::LONGEST + 1]);
}

#[test]
#[should_panic(expected = "nothing is told after the end")]
fn a_message_after_the_end_is_a_mistake() {
    let mut rewind = Rewind::new(crc32c_append);
    rewind.end();
    rewind.push(b"x");
}

#[test]
#[should_panic(expected = "a feed ends once")]
fn a_second_end_is_a_mistake() {
    let mut rewind = Rewind::new(crc32c_append);
    rewind.end();
    rewind.end();
}

#[test]
#[should_panic(expected = "what was told was handed on")]
fn a_state_that_was_not_handed_on_is_not_saved() {
    let mut rewind = Rewind::new(crc32c_append);
    rewind.push(b"x");
    rewind.save(&mut Vec::new());
}

#[test]
#[should_panic(expected = "3 bytes are no whole records")]
fn records_that_are_cut_are_a_mistake() {
    Store::new(SESSION, 0, crc32c_append).push(b"\0\x01a\0\x02b");
}

#[test]
#[should_panic(expected = "5 bytes are written, 3 were polled")]
fn what_was_not_polled_is_not_written() {
    let mut store = Store::new(SESSION, 0, crc32c_append);
    store.push(b"\0\x01a");
    store.poll_piece(true).expect("there is a message");
    store.on_written(5);
}

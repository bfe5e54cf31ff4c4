//! A store with its files, beside what the rule says as simply as can be.

use crc32c::{crc32c, crc32c_append};
use protocol_spec::wire::mold::SessionId;
use protocol_spec::words::FeedNo;

use crate::extent::Extent;
use crate::rewind::{Entry, Found, Fresh, Records, Rewind, Store, index};

pub(super) const SESSION: SessionId = SessionId::new("2026112000");

/// Numbers that look like chance, from a seed that a failure shows.
pub(super) fn numbers(seed: u64) -> impl FnMut(usize) -> usize {
    println!("seed {seed}");
    let mut state = (seed + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    move |below| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
        (state >> 33) as usize % below
    }
}

/// Messages as a day has them, and some that hardly fit a block.
pub(super) fn messages(below: &mut impl FnMut(usize) -> usize, count: usize) -> Vec<Vec<u8>> {
    let mut message = |at: usize| {
        let most = [40, 40, 40, 3_000, Rewind::LONGEST][below(5)];
        let len = 1 + below(most);
        let byte = below(256) as u8;
        let mut message = vec![byte; len];
        for (byte, number) in message.iter_mut().zip((at as u64).to_be_bytes()) {
            *byte ^= number;
        }
        message
    };
    (0..count).map(&mut message).collect()
}

pub(super) fn record(message: &[u8]) -> Vec<u8> {
    [&(message.len() as u16).to_be_bytes(), message].concat()
}

/// Blocks as the rule has them, made as simply as can be: the number of the first message of each,
/// and its bytes.
pub(super) fn naive_blocks(messages: &[Vec<u8>], ended: bool) -> Vec<(u64, Vec<u8>)> {
    let mut blocks: Vec<(u64, Vec<u8>)> = Vec::new();
    let records = messages.iter().map(|message| record(message));
    let end = ended.then(|| vec![0, 0]);
    for (number, record) in (1..).zip(records.chain(end)) {
        match blocks.last_mut() {
            Some((_, block)) if block.len() + record.len() <= 65_536 => block.extend(record),
            _ => blocks.push((number, record)),
        }
    }
    blocks
}

/// The extent of a file with these messages, by the second CRC32C.
pub(super) fn naive_told(messages: &[Vec<u8>], ended: bool) -> Extent {
    let blocks = naive_blocks(messages, ended);
    let bytes = blocks.iter().map(|(_, block)| block.len() as u64).sum();
    let link =
        |chain, (_, block): &(u64, Vec<u8>)| crc32c_append(chain, &crc32c(block).to_le_bytes());
    Extent { bytes, digest: blocks.iter().fold(0, link) }
}

/// A store, the files beside it, and what was pushed.
pub(super) struct Bench {
    pub(super) store: Store,
    pub(super) rewind: Rewind,
    pub(super) pushed: Vec<Vec<u8>>,
    pub(super) file: Vec<u8>,
    pub(super) index: Vec<u8>,
}

impl Bench {
    pub(super) fn new(memory_bytes: usize) -> Self {
        Bench {
            store: Store::new(SESSION, memory_bytes, crc32c_append),
            rewind: Rewind::new(crc32c_append),
            pushed: Vec::new(),
            file: Vec::new(),
            index: index::head(SESSION, crc32c_append).to_vec(),
        }
    }

    /// A day that was told and written, up to the last message.
    pub(super) fn written(messages: &[Vec<u8>], ended: bool) -> Self {
        let mut bench = Bench::new(0);
        bench.tell(messages);
        if ended {
            bench.end();
        }
        bench.write(true);
        bench
    }

    pub(super) fn tell(&mut self, messages: &[Vec<u8>]) {
        for message in messages {
            self.pushed.push(message.clone());
            let number = FeedNo(self.pushed.len() as u64);
            assert_eq!(self.rewind.push(message), number);
        }
        self.hand_on();
    }

    pub(super) fn end(&mut self) {
        self.rewind.end();
        self.hand_on();
        assert!(self.rewind.has_ended() && self.store.has_ended());
    }

    pub(super) fn hand_on(&mut self) {
        let Fresh { first, count, records, ended } = self.rewind.fresh();
        assert_eq!(self.rewind.is_fresh(), count > 0 || ended);
        assert_eq!(self.store.next_number(), first);
        self.store.push(records);
        if ended {
            self.store.end();
        }
        self.rewind.forget_fresh();
        assert!(!self.rewind.is_fresh());
        assert_eq!(self.rewind.fresh(), Fresh { first: first.plus(count), ..Fresh::default() });
        assert_eq!(self.store.next_number(), self.rewind.next_number());
    }

    /// Writes the next piece.
    pub(super) fn write_one(&mut self, open_too: bool) -> bool {
        let Some(piece) = self.store.poll_piece(open_too) else { return false };
        assert_eq!(piece.offset, self.file.len() as u64);
        self.file.extend_from_slice(piece.bytes);
        let end = piece.end();
        self.store.on_written(end);
        self.note();
        true
    }

    pub(super) fn write(&mut self, open_too: bool) {
        while self.write_one(open_too) {}
    }

    /// Writes entries: none of a block that is not in the file.
    pub(super) fn note(&mut self) {
        while let Some((offset, entry)) = self.store.poll_entry() {
            assert_eq!(offset, self.index.len() as u64);
            self.index.extend_from_slice(&entry);
        }
        let entries = index::read(&self.index, SESSION, crc32c_append).expect("its head is right");
        assert!(entries.iter().all(|entry| entry.end() <= self.file.len() as u64));
        assert_eq!(self.index.len(), index::HEAD + entries.len() * index::ENTRY);
    }

    /// The messages from a number on, and whether they are in memory.
    pub(super) fn find(&self, number: u64) -> Option<(Records<'_>, bool)> {
        match self.store.find(FeedNo(number)) {
            Found::Nothing => None,
            Found::Here(records) => Some((records, true)),
            Found::Filed(place) => {
                let from = place.offset as usize;
                let block = &self.file[from..from + place.len];
                let records = self.store.open(place, block).expect("it is what was written");
                Some((records.skip_to(FeedNo(number)), false))
            }
        }
    }

    /// Asks for one number. Whether it was in memory.
    pub(super) fn check(&self, number: u64) -> bool {
        let (records, here) = self.find(number).unwrap_or_else(|| panic!("{number} was told"));
        assert_eq!(here, FeedNo(number) >= self.store.first_in_memory());
        let got: Vec<(FeedNo, &[u8])> = records.collect();
        assert!(!got.is_empty(), "{number}");
        for (at, (found, message)) in (number..).zip(got) {
            assert_eq!((found.0, message), (at, &self.pushed[at as usize - 1][..]));
        }
        here
    }

    /// The blocks are those that the rule gives, and file and extent as well.
    pub(super) fn check_files(&self, ended: bool) {
        let blocks = naive_blocks(&self.pushed, ended);
        let entries = index::read(&self.index, SESSION, crc32c_append).expect("its head is right");
        let complete = blocks.len().saturating_sub(1);
        assert_eq!(entries.len(), complete);
        let (mut chain, mut offset) = (0, 0);
        for (entry, (first, block)) in entries.iter().zip(&blocks) {
            let sum = crc32c(block);
            chain = crc32c_append(chain, &sum.to_le_bytes());
            let len = block.len() as u32;
            let expected = Entry { first: FeedNo(*first), offset, len, sum, chain };
            assert_eq!(*entry, expected);
            offset += u64::from(len);
        }
        let bytes: Vec<u8> = blocks.into_iter().flat_map(|(_, block)| block).collect();
        assert!(self.file == bytes, "the file is the blocks");
        let told = naive_told(&self.pushed, ended);
        assert_eq!((self.rewind.told(), self.store.told()), (told, told));
    }
}

//! What must hold for the feed's file and for those who ask for it, whatever bytes there are.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::LazyLock;
use std::time::Duration;

use protocol_spec::wire::mold::{Request, SessionId};
use protocol_spec::words::{FeedNo, Moment};
use recovery::Extent;
use recovery::requests::{Requests, Rules};
use recovery::rewind::{BLOCK, Entry, Found, Place, Records, Resume, Rewind, Store, index};

use crate::disk::CHECKSUM;

const SESSION: SessionId = SessionId::new("2026112000");

/// A good day, to be damaged.
struct Good {
    messages: Vec<Vec<u8>>,
    /// The file after so many messages.
    told: Vec<Extent>,
    file: Vec<u8>,
    index: Vec<u8>,
}

static GOOD: LazyLock<Good> = LazyLock::new(|| {
    let messages: Vec<Vec<u8>> = (0..60_u8).map(|at| vec![at; 200 * usize::from(at) + 1]).collect();
    let (mut rewind, mut store) =
        (Rewind::new(CHECKSUM), Store::new(SESSION, usize::MAX, CHECKSUM));
    let mut told = vec![rewind.told()];
    for message in &messages {
        rewind.push(message);
        told.push(rewind.told());
    }
    store.push(rewind.fresh().records);
    let (mut file, mut index) = (Vec::new(), index::head(SESSION, CHECKSUM).to_vec());
    while let Some(piece) = store.poll_piece(true) {
        file.extend_from_slice(piece.bytes);
        let end = piece.end();
        store.on_written(end);
    }
    while let Some((_, entry)) = store.poll_entry() {
        index.extend_from_slice(&entry);
    }
    Good { messages, told, file, index }
});

/// Any bytes as file and index, and a good day that the bytes damage.
pub fn rewind(data: &[u8]) {
    let (first, rest) = data.split_first().unwrap_or((&0, &[]));
    if first % 2 == 0 {
        any_bytes(usize::from(first / 2), rest);
    } else {
        damaged(rest);
    }
}

/// Nothing panics, and a file is gone on with if it is records from one end to the other.
fn any_bytes(cut: usize, bytes: &[u8]) {
    let (one, two) = bytes.split_at(cut.min(bytes.len()));
    let records = Records::new(FeedNo(1), two);
    let (count, run) = records.clone().cut(u16::MAX, two.len());
    assert_eq!((records.count(), two.starts_with(run)), (usize::from(count), true));
    if let Ok(entries) = index::read(one, SESSION, CHECKSUM) {
        follow(&entries);
    }
    // So few bytes are one open block.
    let digest = if two.is_empty() { 0 } else { CHECKSUM(0, &CHECKSUM(0, two).to_le_bytes()) };
    let told = Extent { bytes: two.len() as u64, digest };
    let store = gone_on(Vec::new(), told, FeedNo(1 + u64::from(count)), two);
    assert_eq!(store.map(|store| store.told()), fills(run, two).then_some(told));
}

/// Whether records are all of a file, but for the end mark.
fn fills(records: &[u8], file: &[u8]) -> bool {
    matches!(file.strip_prefix(records), Some([] | [0, 0])) && file.len() <= BLOCK
}

/// Entries are one after the other from the first message on.
fn follow(entries: &[Entry]) {
    let first = entries.first().is_none_or(|entry| entry.first == FeedNo(1) && entry.offset == 0);
    assert!(first, "{entries:?}");
    for pair in entries.windows(2) {
        assert!(pair[0].first < pair[1].first && pair[0].end() == pair[1].offset, "{pair:?}");
    }
}

/// Two bytes are a state, and four more a place and what becomes of it. What is gone on with is
/// what was told, or a block of it says that it is not.
fn damaged(data: &[u8]) {
    let Some((state, deeds)) = data.split_first_chunk() else { return };
    let Good { messages, told, .. } = &*GOOD;
    let count = usize::from(u16::from_le_bytes(*state)) % told.len();
    let (mut file, mut index) = (GOOD.file.clone(), GOOD.index.clone());
    for deed in deeds.chunks_exact(4) {
        let place = u32::from_le_bytes([deed[0], deed[1], deed[2] / 4, 0]) as usize;
        let bytes = if deed[2] % 2 == 0 { &mut file } else { &mut index };
        if bytes.is_empty() {
            continue;
        }
        let at = place % bytes.len();
        match deed[2] / 2 % 2 {
            0 => bytes[at] ^= deed[3],
            _ => bytes.truncate(at),
        }
    }
    let entries = index::read(&index, SESSION, CHECKSUM).unwrap_or_default();
    follow(&entries);
    let is_whole = file == GOOD.file;
    let next = FeedNo(count as u64 + 1);
    let Some(store) = gone_on(entries, told[count], next, &file) else {
        return assert!(!is_whole, "what is whole is gone on with, whatever the index is");
    };
    assert_eq!((store.told(), store.next_number()), (told[count], next));
    for number in 1..next.0 {
        let records = match store.find(FeedNo(number)) {
            Found::Nothing => panic!("message {number} was told"),
            Found::Here(records) => records,
            Found::Filed(place) => match store.open(place, at(&file, place)) {
                Ok(records) => records.skip_to(FeedNo(number)),
                Err(fault) => {
                    assert!(!is_whole, "message {number}: {fault}");
                    continue;
                }
            },
        };
        let found = records.take(1).next();
        assert_eq!(found, Some((FeedNo(number), &messages[number as usize - 1][..])));
    }
}

/// The day of a file, if that is what was told.
fn gone_on(entries: Vec<Entry>, told: Extent, next: FeedNo, file: &[u8]) -> Option<Store> {
    let mut resume = Resume::new(SESSION, 0, entries, told, CHECKSUM);
    while let Some(place) = resume.poll_read() {
        resume.on_read(at(file, place)).ok()?;
    }
    resume.finish(next).ok()
}

/// What a file has of a place.
fn at(file: &[u8], Place { offset, len }: Place) -> &[u8] {
    let from = (offset as usize).min(file.len());
    &file[from..file.len().min(from + len)]
}

/// The bytes are datagrams that come from many addresses, and polls. Nobody is answered who may not
/// ask, everything is counted once, no address has more than its part, and the budget holds.
///
/// # Panics
/// If something of that does not hold.
pub fn requests(data: &[u8]) {
    let allow = vec!["10.0.0.0/8".parse().expect("a network")];
    let rules = Rules { allow, per_source: 3, sources: 5, packets_per_second: 1_000 };
    let mut requests = Requests::new(Moment(0), rules);
    let (mut now, mut rest, mut answers) = (Moment(0), data, 0);
    let mut waits: BTreeMap<IpAddr, usize> = BTreeMap::new();
    while let Some((&[what, how], behind)) = rest.split_first_chunk() {
        rest = behind;
        let host = Ipv4Addr::new(10 + what / 4 % 2, 0, 0, how % 16);
        let from = SocketAddr::from((host, u16::from(how)));
        match what % 4 {
            0 => {
                let (datagram, behind) = rest.split_at(rest.len().min(usize::from(how % 32)));
                requests.on_datagram(from, datagram, SESSION, FeedNo(100));
                rest = behind;
            }
            1 | 2 => {
                let mut bytes = [0; Request::LEN];
                // From none to as many as mean the end of a session.
                let (number, count) = (FeedNo(how.into()), u16::from(what / 4 % 16) * 4_369);
                Request { session: SESSION, number, count }.encode(&mut bytes);
                requests.on_datagram(from, &bytes, SESSION, FeedNo(100));
            }
            _ => now = now + Duration::from_micros(u64::from(how) * u64::from(what)),
        }
        if what >= 0x80 {
            while let Some(asked) = requests.poll(now) {
                assert!(asked.from.ip() < IpAddr::V4(Ipv4Addr::new(11, 0, 0, 0)));
                assert!((1..100).contains(&asked.number.0));
                assert!(asked.count > 0 && asked.count < u16::MAX);
                answers += 1;
            }
        }
        let counts = requests.counts();
        assert_eq!(counts.asked, answers);
        assert!(u128::from(answers) <= 10 + u128::from(now.0) / 1_000_000, "{answers} answers");
    }
    // Whatever waits is handed out in the end.
    let came = requests.counts().came;
    while let Some(at) = requests.poll_timeout() {
        now = now.max(at);
        let asked = requests.poll(now).expect("it is time");
        *waits.entry(asked.from.ip()).or_default() += 1;
    }
    assert!(waits.len() <= 5 && waits.values().all(|&count| count <= 3), "{waits:?}");
    let counts = requests.counts();
    assert_eq!((counts.came, counts.asked + counts.all_dropped()), (came, came));
}

//! Nanoseconds a message of the feed: numbered, taken in, found again; and a request: taken in and
//! handed out.
//!
//! `cargo bench -p recovery` runs it, `-- --quick` a fraction. Nothing is written to a disk.

#![allow(clippy::disallowed_types, reason = "a bench reads the clock and divides")]

use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use protocol_spec::wire::mold::{Request, SessionId};
use protocol_spec::words::{FeedNo, Moment};
use recovery::requests::{Requests, Rules};
use recovery::rewind::{Found, Rewind, Store};

/// Messages of a round.
const MESSAGES: usize = 1_000_000;
/// Messages that are handed on at once.
const ROUND: usize = 64;
/// Finds and requests of a round.
const ASKED: u32 = 100_000;
/// What a packet has room for behind its header.
const PACKET: usize = 1452;
const SESSION: SessionId = SessionId::new("2026112000");

fn main() {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let rounds = if quick { 3 } else { 30 };
    // Lengths of the feed's usual messages.
    let lengths = [36, 36, 19, 31, 23, 35, 40, 36];
    let messages: Vec<Vec<u8>> =
        (0..MESSAGES).map(|at| vec![at as u8; lengths[at * 7 % lengths.len()]]).collect();
    let mut best = [f64::INFINITY; 7];
    for _ in 0..rounds {
        let (store, [pushed, taken, summed]) = told(&messages);
        let few = found(&store, |at| at);
        let many = found(&store, |at| at.wrapping_mul(0x9E37_79B9));
        let times = [
            (pushed, MESSAGES as u32),
            (summed, MESSAGES as u32),
            (taken, MESSAGES as u32),
            (few, ASKED),
            (many, ASKED),
            (asked(8), ASKED),
            (asked(1024), ASKED),
        ];
        for (best, (time, count)) in best.iter_mut().zip(times) {
            *best = best.min(time.as_nanos() as f64 / f64::from(count));
        }
    }
    println!("rewind ({MESSAGES} messages of 19 to 40 bytes, best of {rounds} rounds)");
    let names = [
        "numbered, a message",
        "summed up and forgotten, a message",
        "taken in by the store, a message",
        "found and cut for a packet, in order",
        "found and cut for a packet, anywhere",
        "requests of 8 addresses",
        "requests of 1,024 addresses",
    ];
    for (name, best) in names.into_iter().zip(best) {
        println!("  {name:<42} {best:7.1} ns, {:7.2} M/s", 1_000.0 / best);
    }
}

/// The messages as they are told: numbering them, and taking them in.
fn told(messages: &[Vec<u8>]) -> (Store, [Duration; 3]) {
    let mut rewind = Rewind::new(crc32c::crc32c_append);
    let mut store = Store::new(SESSION, 1 << 30, crc32c::crc32c_append);
    let mut times = [Duration::ZERO; 3];
    for round in messages.chunks(ROUND) {
        let start = Instant::now();
        for message in round {
            rewind.push(message);
        }
        let pushed = Instant::now();
        store.push(rewind.fresh().records);
        let taken = Instant::now();
        rewind.forget_fresh();
        let summed = taken.elapsed();
        times = [times[0] + (pushed - start), times[1] + (taken - pushed), times[2] + summed];
    }
    assert_eq!(store.told(), rewind.told());
    (store, times)
}

/// Runs for packets from numbers that `number` makes.
fn found(store: &Store, number: impl Fn(u64) -> u64) -> Duration {
    let start = Instant::now();
    let mut messages = 0;
    for at in 0..u64::from(ASKED) {
        let number = FeedNo(1 + number(at) % (MESSAGES as u64 - 100));
        let Found::Here(records) = store.find(number) else { panic!("{number} is in memory") };
        messages += u64::from(records.cut(30, PACKET).0);
    }
    assert!(messages > u64::from(ASKED));
    start.elapsed()
}

/// Requests that come from so many addresses and go.
fn asked(addresses: u32) -> Duration {
    let allow = vec!["10.0.0.0/8".parse().expect("a network")];
    let rules = Rules { allow, packets_per_second: u32::MAX, ..Rules::default() };
    let mut requests = Requests::new(Moment(0), rules);
    let mut bytes = [0; Request::LEN];
    Request { session: SESSION, number: FeedNo(7), count: 30 }.encode(&mut bytes);
    let from: Vec<SocketAddr> = (0..addresses)
        .map(|host| {
            let host = host.wrapping_mul(0x9E37_79B9) >> 8;
            SocketAddr::from((Ipv4Addr::from_bits(0x0A00_0000 + host), 4_000))
        })
        .collect();
    let start = Instant::now();
    let mut now = Moment(0);
    for (at, from) in (0..ASKED as usize).zip(from.iter().cycle()) {
        now = Moment(at as u64);
        requests.on_datagram(*from, &bytes, SESSION, FeedNo(100));
        // As many wait as there are addresses.
        if at >= addresses as usize {
            requests.poll(now).expect("somebody waits");
        }
    }
    while requests.poll(now).is_some() {}
    let took = start.elapsed();
    assert_eq!(requests.counts().asked, u64::from(ASKED));
    took
}

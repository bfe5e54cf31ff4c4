//! Nanoseconds a message: from packets to messages in order.
//!
//! `cargo bench -p mdfeed --bench receiver` runs it, `-- --quick` a fraction.

#![allow(clippy::disallowed_types, reason = "a bench reads the clock and divides")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use mdfeed::receiver::{Config, Event, Origin, Receiver};
use protocol_spec::wire::mold::{Header, SessionId};
use protocol_spec::wire::text::Alpha;
use protocol_spec::words::{FeedNo, Moment};

const SESSION: SessionId = Alpha::new("2026112001");
/// Packets of a round: so few that they lie in the cache, as one does that a socket has just handed
/// over.
const PACKETS: usize = 400;
/// Lengths of messages: an add, an execution, a deletion.
const LENGTHS: [usize; 3] = [36, 31, 19];

/// Which packets of a round come, and how.
#[derive(Clone, Copy)]
enum Way {
    /// Each on line A.
    One,
    /// Each on line A, then on line B.
    Both,
    /// Each on line A but every tenth, which line B brings after the next.
    Healed,
    /// The other way round, two and two.
    Swapped,
}

fn main() {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let rounds = if quick { 100 } else { 3_000 };
    println!("receiver ({PACKETS} packets a round, best of {rounds} rounds)");
    for (per_packet, name) in [(45, "45 messages a packet"), (1, "1 message a packet")] {
        let packets: Vec<_> = (0..PACKETS).map(|at| packet(at * per_packet, per_packet)).collect();
        for (way, what) in [
            (Way::One, "in order, one line"),
            (Way::Both, "in order, two lines"),
            (Way::Healed, "every tenth packet by the other line"),
            (Way::Swapped, "packets swapped in pairs"),
        ] {
            let times = (0..rounds).map(|_| receive(&packets, way));
            let best = times.min().unwrap_or_default().as_nanos() as f64;
            let each = best / (PACKETS * per_packet) as f64;
            println!("  {name}, {what}: {each:.1} ns a message");
        }
    }
}

/// How long a receiver takes for all packets, and its owner to look at every message.
fn receive(packets: &[Vec<u8>], way: Way) -> Duration {
    let mut receiver = Receiver::new(Moment(0), Config::new(1));
    let start = Instant::now();
    let (mut told, mut now) = (0, Moment(0));
    for (at, packet) in packets.iter().enumerate() {
        now = now + Duration::from_micros(1);
        let mut give = |line, packet: &[u8]| {
            receiver.on_packet(now, Origin::Line(line), black_box(packet));
            told += listen(&mut receiver, now);
        };
        match way {
            Way::One => give(0, packet),
            Way::Both => (0..2).for_each(|line| give(line, packet)),
            Way::Healed if at % 10 == 3 => {}
            Way::Healed => {
                give(0, packet);
                if at % 10 == 4 {
                    give(1, &packets[at - 1]);
                }
            }
            Way::Swapped => give(0, &packets[at ^ 1]),
        }
    }
    let took = start.elapsed();
    let count: u64 = u64::try_from(told).expect("it is a count");
    assert_eq!(receiver.next_number(), Some(FeedNo(count + 1)), "every message was told");
    took
}

/// Takes everything, and says how many messages there were.
fn listen(receiver: &mut Receiver, now: Moment) -> usize {
    let mut told = 0;
    while let Some(event) = receiver.poll_event() {
        if let Event::Messages(run) = event {
            for message in run {
                black_box(message);
                told += 1;
            }
        }
    }
    while let Some(request) = receiver.poll_request(now) {
        black_box(request);
    }
    told
}

/// A packet of `count` messages behind the first `before` ones.
fn packet(before: usize, count: usize) -> Vec<u8> {
    let number = FeedNo(before as u64 + 1);
    let header = Header { session: SESSION, number, count: count as u16 };
    let mut bytes = vec![0; Header::LEN];
    header.encode(bytes.first_chunk_mut().expect("it has the length of a header"));
    for at in 0..count {
        let len = LENGTHS[(before + at) % LENGTHS.len()];
        bytes.extend((len as u16).to_be_bytes());
        bytes.resize(bytes.len() + len, b'm');
    }
    bytes
}

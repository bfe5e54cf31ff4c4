//! Nanoseconds a record of the journal: pushed, sealed, read and replayed.
//!
//! `cargo bench -p recovery` runs it, `-- --quick` a fraction. Writes go to memory, so that what
//! is measured is the journal and not a disk.

#![allow(clippy::disallowed_types, reason = "a bench reads the clock and divides")]

use std::time::{Duration, Instant};

use matcher::ahead::Fetch;
use matcher::command::Command;
use matcher::engine::Engine;
use matcher::phase::Phase;
use matcher::sequence::Sequenced;
use matcher::settings::{Day, Instrument, Limits, Port};
use protocol_spec::wire::ouch::{
    CancelOrder, Capacity, ClOrdId, CrossType, Display, EnterOrder, Iso, Mpid, Side, Symbol, Tags,
    TimeInForce,
};
use protocol_spec::words::{CommandNo, OrderPrice, PortId, Price, Shares, Time, UserRefNum};
use recovery::journal::{Batch, Fault, Marks, Reader, Stamp, Writer};
use recovery::replay::{Machine, replay_batch};

/// Messages of a round.
const MESSAGES: u32 = 400_000;
/// Records of a batch.
const BATCH: u32 = 256;
/// Orders that are at rest at any time.
const DEPTH: u32 = 1_000;
const SEGMENT: usize = 16 << 20;
const PORT: PortId = PortId(1);

fn main() {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let rounds = if quick { 3 } else { 30 };
    let messages: Vec<Vec<u8>> = (1..=MESSAGES).map(message).collect();
    let mut best = [f64::INFINITY; 4];
    for _ in 0..rounds {
        let (segments, pushed, sealed) = written(&messages);
        let start = Instant::now();
        let mut count = 0;
        read(&segments, |batch| count += u64::from(batch.count)).expect("it is whole");
        let read_in = start.elapsed();
        assert!(count > u64::from(MESSAGES));
        for (best, time) in best.iter_mut().zip([pushed, sealed, read_in, replayed(&segments)]) {
            *best = best.min(time.as_nanos() as f64 / f64::from(MESSAGES));
        }
    }
    println!("journal ({MESSAGES} messages of about 50 bytes, best of {rounds} rounds)");
    let names = ["pushed", "sealed and written", "read", "replayed, one small book"];
    for (name, best) in names.into_iter().zip(best) {
        println!("  {name:<24} {best:6.1} ns a record, {:6.2} M/s", 1_000.0 / best);
    }
}

/// Enters orders that mostly rest, and cancels them [`DEPTH`] later.
fn message(number: u32) -> Vec<u8> {
    let mut out = [0; 64];
    let len = if number.is_multiple_of(2) && number > 2 * DEPTH {
        let user_ref_num = UserRefNum(number - 2 * DEPTH + 1);
        CancelOrder { user_ref_num, quantity: Shares(0) }.encode_with(&Tags::NONE, &mut out)
    } else {
        let buys = number % 4 < 2;
        let away = u64::from(number.wrapping_mul(2_654_435_761) >> 27);
        let enter = EnterOrder {
            user_ref_num: UserRefNum(number),
            side: if buys { Side::BUY } else { Side::SELL },
            quantity: Shares(100),
            symbol: Symbol::new("ABC"),
            price: OrderPrice(100 * if buys { 10_000 - away } else { 10_001 + away }),
            time_in_force: TimeInForce::DAY,
            display: Display::VISIBLE,
            capacity: Capacity::AGENCY,
            iso: Iso::NO,
            cross_type: CrossType::CONTINUOUS,
            cl_ord_id: ClOrdId::new("BENCH"),
        };
        enter.encode_with(&Tags::NONE, &mut out)
    };
    out[..len].to_vec()
}

/// The segments, and how long pushing and sealing took.
fn written(messages: &[Vec<u8>]) -> (Vec<Vec<u8>>, Duration, Duration) {
    let marks =
        Marks { session: *b"2026112000", unit: 0, zone: [b' '; 32], rules_version: 1, salt: 9 };
    let mut writer = Writer::begin(marks, SEGMENT as u64, crc32c::crc32c_append);
    let mut segments = Vec::new();
    let (mut pushing, mut sealing) = (Duration::ZERO, Duration::ZERO);
    let mut no = 0;
    let mut stamp = || {
        no += 1;
        Stamp { no: CommandNo(no), time: Time(no), late: 0 }
    };
    for command in opening() {
        writer.push_control(stamp(), &command, "");
    }
    for batch in messages.chunks(BATCH as usize) {
        let start = Instant::now();
        for message in batch {
            writer.push_message(stamp(), PORT, message);
        }
        let pushed = Instant::now();
        let write = writer.seal().expect("there is something in it");
        if write.segment as usize > segments.len() {
            segments.push(vec![0; SEGMENT]);
        }
        let at = write.offset as usize;
        segments[write.segment as usize - 1][at..at + write.bytes.len()]
            .copy_from_slice(write.bytes);
        writer.written();
        (pushing, sealing) = (pushing + (pushed - start), sealing + pushed.elapsed());
    }
    (segments, pushing, sealing)
}

fn read(segments: &[Vec<u8>], mut each: impl FnMut(&Batch<'_>)) -> Result<(), Fault> {
    let mut reader = Reader::new(None, crc32c::crc32c_append);
    for (number, bytes) in (1..).zip(segments) {
        let mut batches = reader.segment(number, bytes)?;
        while let Some(batch) = batches.next()? {
            each(&batch);
        }
    }
    reader.finish().map(|_| ())
}

/// Asks for nothing: the book is small.
struct Small;

impl Fetch for Small {
    fn fetch<T>(&self, _: &T) {}
}

fn replayed(segments: &[Vec<u8>]) -> Duration {
    let mut machine = Machine::new(());
    let mut scratch: Vec<Sequenced<Command>> = Vec::new();
    let start = Instant::now();
    let done = read(segments, |batch| {
        let ran = replay_batch(&mut machine, batch, &Small, &mut scratch);
        assert_eq!(ran.expect("records are commands"), u64::from(batch.count));
    });
    done.expect("it is whole");
    assert!(machine.engine.last_command().0 > u64::from(MESSAGES));
    start.elapsed()
}

/// The commands that open the day.
fn opening() -> [Command; 4] {
    let limits = Limits { live_orders: 10_000, levels: 10_000, ..Limits::default() };
    let day = Day {
        session: *b"2026112000",
        midnight: Time(0),
        seed: 1,
        limits,
        rules_version: Engine::RULES_VERSION,
        carried: Vec::new(),
    };
    [
        Command::OpenDay(Box::new(day)),
        Command::SetInstrument(Box::new(Instrument::new(Symbol::new("ABC"), Price(1_000_000)))),
        Command::SetPort(Box::new(Port::new(PORT, vec![Mpid::new("FRMA")]))),
        Command::SetPhase(Phase::Open),
    ]
}

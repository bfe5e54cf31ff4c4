//! What a message takes at the receiving end: put in order, and into the books.

use std::hint::black_box;
use std::time::{Duration, Instant};

use appliance::hint::Hint;
use mdfeed::book_view::BookView;
use mdfeed::receiver::{Config, Event, Origin, Receiver, Start};
use protocol_spec::words::Moment;

use super::stream::Stream;

/// What reading a stream took.
#[derive(Clone, Copy, Debug)]
pub struct Reading {
    /// Messages that were timed.
    pub messages: u64,
    /// Nanoseconds a message of the receiver alone.
    pub receiver: f64,
    /// Nanoseconds a message of receiver and books.
    pub both: f64,
    /// The same with memory that is not asked for ahead.
    pub plain: f64,
    /// Orders in the books in the end.
    pub orders: usize,
}

/// What becomes of messages that are in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Use {
    /// They are looked at, and that is all.
    Counted,
    /// They go into books, a message after the other.
    Plain,
    /// They go into books, a packet at a time.
    Ahead,
}

/// Reads a stream again and again, and tells the best time of each kind: after the opening, which
/// fills the books.
///
/// # Panics
/// If a stream that a venue made has a message that does not fit.
#[must_use]
pub fn read(stream: &Stream, rounds: u32) -> Reading {
    let messages = stream.messages - stream.filled;
    let best = |kind| {
        let times = (0..rounds).map(|_| once(stream, kind));
        times.fold((Duration::MAX, 0), |best, one| if one.0 < best.0 { one } else { best })
    };
    let each = |took: Duration| took.as_nanos() as f64 / messages as f64;
    let (counted, (both, orders), (plain, _)) =
        (best(Use::Counted).0, best(Use::Ahead), best(Use::Plain));
    Reading { messages, receiver: each(counted), both: each(both), plain: each(plain), orders }
}

/// One time through; how long it took after the opening, and how many orders are left.
fn once(stream: &Stream, kind: Use) -> (Duration, usize) {
    let config = Config { start: Start::First, lines: 1, ..Config::new(1) };
    let mut receiver = Receiver::new(Moment(0), config);
    let mut books = BookView::new();
    let mut seen = 0;
    let mut start = Instant::now();
    for at in 0..stream.len() {
        if at == stream.opening {
            start = Instant::now();
        }
        receiver.on_packet(Moment(0), Origin::Line(0), stream.packet(at));
        while let Some(event) = receiver.poll_event() {
            let Event::Messages(run) = event else { continue };
            match kind {
                Use::Counted => {
                    for message in run {
                        seen += 1;
                        black_box(message);
                    }
                }
                Use::Plain => {
                    for (number, message) in run {
                        seen += 1;
                        if let Err(fault) = books.apply(message) {
                            panic!("message {number}: {fault}");
                        }
                    }
                }
                Use::Ahead => books.apply_run(run, &Hint, |number, _, told| {
                    seen += 1;
                    if let Err(fault) = told {
                        panic!("message {number}: {fault}");
                    }
                }),
            }
        }
    }
    let took = start.elapsed();
    assert_eq!(seen, stream.messages, "every message comes once");
    (took, books.live_orders())
}

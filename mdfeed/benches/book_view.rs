//! Nanoseconds a message: from the message to the books.
//!
//! `cargo bench -p mdfeed --bench book_view` runs it, `-- --quick` a fraction; `-- hot` those rows
//! alone whose name has the word in it.
//!
//! A flow is made in memory first, as records of a file. Books are filled by its first part, which
//! is not measured; the second goes on from there, once in each round, from a copy of the books.

#![allow(clippy::disallowed_types, reason = "a bench reads the clock and divides")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use matcher::ahead::Fetch;
use mdfeed::book_view::BookView;
use prefetch_index::prefetch_index;
use protocol_spec::wire::binary_file::{self, Records};
use protocol_spec::wire::itch::{
    AddOrder, BuySell, OrderCancel, OrderDelete, OrderExecuted, OrderReplace, StockDirectory, Trade,
};
use protocol_spec::wire::ouch::Symbol;
use protocol_spec::words::{FeedNo, Locate, MatchNo, OrderRef, Price, Shares, Timestamp};

/// Messages of a run: as many as packets of a usual size hold.
const PACKET: usize = 40;

/// Messages that are timed together: they take less time than the machine gives at once.
const PIECE: usize = PACKET * 100;

/// Pieces that are not counted: in them a copy of the books takes the memory that the books had.
const WARM_UP: usize = 5;

/// What a flow is like.
#[derive(Clone, Copy)]
struct Like {
    name: &'static str,
    securities: u64,
    /// Orders that live at once.
    live: usize,
    /// Most ticks between an order's price and the middle; most are much nearer.
    ticks: u64,
    /// How many of 100 changes are of one of the newest thousand orders.
    recent: u64,
    /// The next reference is at most so much higher.
    step: u64,
}

const FLOWS: [Like; 7] = [
    Like { name: "hot symbol", securities: 1, live: 5_000, ticks: 400, recent: 80, step: 1 },
    Like {
        name: "hot symbol, any order",
        securities: 1,
        live: 5_000,
        ticks: 400,
        recent: 0,
        step: 1,
    },
    Like { name: "deep book", securities: 1, live: 200_000, ticks: 8_000, recent: 20, step: 1 },
    Like { name: "100 symbols", securities: 100, live: 50_000, ticks: 200, recent: 50, step: 1 },
    Like {
        name: "8,000 symbols",
        securities: 8_000,
        live: 1_000_000,
        ticks: 100,
        recent: 50,
        step: 1,
    },
    Like {
        name: "8,000 symbols, any order",
        securities: 8_000,
        live: 1_000_000,
        ticks: 100,
        recent: 0,
        step: 1,
    },
    Like {
        name: "8,000 symbols, gaps in references",
        securities: 8_000,
        live: 1_000_000,
        ticks: 100,
        recent: 50,
        step: 40,
    },
];

/// Asks by the processor's instruction for it.
struct Hint;

impl Fetch for Hint {
    #[inline(always)]
    fn fetch<T>(&self, at: &T) {
        prefetch_index(std::slice::from_ref(at), 0);
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let quick = arguments.iter().any(|argument| argument == "--quick");
    let word = arguments.iter().find(|argument| !argument.starts_with("--"));
    let (rounds, messages) = if quick { (2, 220_000) } else { (7, 2_020_000) };
    println!("book_view ({messages} messages a round, best of {rounds} rounds)");
    for like in FLOWS {
        if word.is_some_and(|word| !like.name.contains(word.as_str())) {
            continue;
        }
        let (mut flow, mut view) = (Flow::new(like), BookView::with_room(like.live));
        flow.fill(like.live);
        one_by_one(&mut view, &flow.records);
        flow.records.clear();
        (0..messages).for_each(|_| flow.step());
        let records = flow.records;
        let pieces = pieces(&records, PIECE);
        let counted = f64::from(messages) - (WARM_UP * PIECE) as f64;
        let [alone, packets] =
            [one_by_one, in_packets].map(|run| best(rounds, &view, &pieces, run) / counted);
        let (name, live) = (like.name, view.live_orders());
        println!(
            "  {name}, {live} orders: {packets:.1} ns a message, {alone:.1} without asking ahead"
        );
    }
}

/// Nanoseconds a message: every piece of the flow in the round in which it took the least time,
/// so that it does not count what else the machine did.
fn best(rounds: u32, view: &BookView, pieces: &[&[u8]], run: impl Fn(&mut BookView, &[u8])) -> f64 {
    let mut times = vec![Duration::MAX; pieces.len()];
    for _ in 0..rounds {
        let mut view = view.clone();
        let mut before = Instant::now();
        for (time, piece) in times.iter_mut().zip(pieces) {
            run(&mut view, piece);
            let now = Instant::now();
            *time = now.duration_since(before).min(*time);
            before = now;
        }
        black_box(view.live_orders());
    }
    times[WARM_UP..].iter().sum::<Duration>().as_nanos() as f64
}

/// Cuts records into pieces of so many.
fn pieces(records: &[u8], count: usize) -> Vec<&[u8]> {
    let (mut rest, mut pieces) = (records, Vec::new());
    while !rest.is_empty() {
        let records = Records::new(rest).take(count);
        let (piece, after) = rest.split_at(records.map(|message| message.len() + 2).sum());
        pieces.push(piece);
        rest = after;
    }
    pieces
}

#[inline(never)]
fn one_by_one(view: &mut BookView, records: &[u8]) {
    for message in Records::new(records) {
        let taken = view.apply(black_box(message));
        assert!(black_box(taken).is_ok());
    }
}

#[inline(never)]
fn in_packets(view: &mut BookView, records: &[u8]) {
    let mut records = (1..).map(FeedNo).zip(Records::new(records)).peekable();
    while records.peek().is_some() {
        view.apply_run(records.by_ref().take(PACKET), &Hint, |_, _, taken| {
            assert!(black_box(taken).is_ok());
        });
    }
}

/// An order that lives.
#[derive(Clone, Copy)]
struct Live {
    locate: Locate,
    order_ref: OrderRef,
    shares: Shares,
    buys: bool,
}

/// Messages in the making.
struct Flow {
    like: Like,
    random: u64,
    next: OrderRef,
    matches: u64,
    time: Timestamp,
    live: Vec<Live>,
    records: Vec<u8>,
}

impl Flow {
    fn new(like: Like) -> Self {
        let mut flow = Flow {
            like,
            random: 1,
            next: OrderRef(0),
            matches: 0,
            time: Timestamp(34_200_000_000_000),
            live: Vec::new(),
            records: Vec::new(),
        };
        for locate in 1..=like.securities {
            let (locate, stock) = (Locate(locate as u16), symbol(locate));
            flow.put(&StockDirectory { locate, stock, ..StockDirectory::BLANK }.to_bytes());
        }
        flow
    }

    /// A number below a limit.
    fn below(&mut self, limit: u64) -> u64 {
        self.random = self.random.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.random ^ self.random >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ mixed >> 31) % limit
    }

    fn put(&mut self, message: &[u8]) {
        self.records.extend(binary_file::header(message));
        self.records.extend_from_slice(message);
    }

    fn fill(&mut self, live: usize) {
        while self.live.len() < live {
            self.add();
        }
    }

    /// The next message: about as many of each kind as on a real feed.
    fn step(&mut self) {
        self.time.0 += 1_000;
        match self.below(100) {
            0..86 if self.live.len() < self.like.live => self.add(),
            0..86 => self.delete(),
            86..93 => self.replace(),
            93..95 => self.cancel(),
            95..99 => self.execute(),
            _ => self.trade(),
        }
    }

    /// A price: half of the orders are in the best hundredth of the range, or at the best tick.
    fn price(&mut self, locate: Locate, buys: bool) -> Price {
        let range = self.below(self.like.ticks) + 1;
        let range = self.below(range) + 1;
        let ticks = self.below(range) as u32;
        let middle = 1_000_000 + u32::from(locate.0) * 100;
        Price(if buys { middle - 100 * (ticks + 1) } else { middle + 100 * ticks })
    }

    fn number(&mut self) -> OrderRef {
        self.next.0 += 1 + self.below(self.like.step);
        self.next
    }

    fn shares(&mut self) -> Shares {
        Shares(100 * (1 + self.below(5) as u32))
    }

    fn add(&mut self) {
        // A few securities have many orders, many have few.
        let place = self.below(1 << 20);
        let locate = Locate(((place * place * self.like.securities) >> 40) as u16 + 1);
        let (buys, order_ref, shares) = (self.below(2) == 0, self.number(), self.shares());
        let message = AddOrder {
            locate,
            tracking: 0,
            timestamp: self.time,
            order_ref,
            side: if buys { BuySell::BUY } else { BuySell::SELL },
            shares,
            stock: symbol(locate.0.into()),
            price: self.price(locate, buys),
        };
        self.put(&message.to_bytes());
        self.live.push(Live { locate, order_ref, shares, buys });
    }

    /// The place of an order to be changed.
    fn choose(&mut self) -> usize {
        let live = self.live.len() as u64;
        let newest = if self.below(100) < self.like.recent { live.min(1_000) } else { live };
        (live - 1 - self.below(newest)) as usize
    }

    fn delete(&mut self) {
        let at = self.choose();
        let Live { locate, order_ref, .. } = self.live.swap_remove(at);
        let timestamp = self.time;
        self.put(&OrderDelete { locate, tracking: 0, timestamp, order_ref }.to_bytes());
    }

    fn replace(&mut self) {
        let at = self.choose();
        let Live { locate, order_ref: original_ref, buys, .. } = self.live.swap_remove(at);
        let (order_ref, shares) = (self.number(), self.shares());
        let message = OrderReplace {
            locate,
            tracking: 0,
            timestamp: self.time,
            original_ref,
            new_ref: order_ref,
            shares,
            price: self.price(locate, buys),
        };
        self.put(&message.to_bytes());
        self.live.push(Live { locate, order_ref, shares, buys });
    }

    fn cancel(&mut self) {
        let at = self.choose();
        let Live { locate, order_ref, shares, .. } = self.live[at];
        if shares.0 <= 50 {
            return self.delete();
        }
        self.live[at].shares.0 -= 50;
        let (timestamp, shares) = (self.time, Shares(50));
        self.put(&OrderCancel { locate, tracking: 0, timestamp, order_ref, shares }.to_bytes());
    }

    fn execute(&mut self) {
        let at = self.choose();
        let Live { locate, order_ref, shares: all, .. } = self.live[at];
        let shares = if self.below(3) > 0 || all.0 <= 50 { all } else { Shares(50) };
        if shares == all {
            self.live.swap_remove(at);
        } else {
            self.live[at].shares.0 -= shares.0;
        }
        let (match_no, timestamp) = (self.matched(), self.time);
        let message = OrderExecuted { locate, tracking: 0, timestamp, order_ref, shares, match_no };
        self.put(&message.to_bytes());
    }

    fn trade(&mut self) {
        let at = self.choose();
        let locate = self.live[at].locate;
        let message = Trade {
            locate,
            tracking: 0,
            timestamp: self.time,
            order_ref: OrderRef(0),
            side: BuySell::BUY,
            shares: self.shares(),
            stock: symbol(locate.0.into()),
            price: self.price(locate, true),
            match_no: self.matched(),
        };
        self.put(&message.to_bytes());
    }

    fn matched(&mut self) -> MatchNo {
        self.matches += 1;
        MatchNo(self.matches)
    }
}

fn symbol(number: u64) -> Symbol {
    Symbol::new(&format!("S{number}"))
}

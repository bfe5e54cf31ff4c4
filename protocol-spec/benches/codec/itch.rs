//! The feed: a mix as real days have it, and runs of one type.

use protocol_spec::wire::binary_file::{self, Record};
use protocol_spec::wire::itch::{
    AddOrder, AddOrderMpid, BuySell, CrossTrade, CrossType, Message, OrderCancel, OrderDelete,
    OrderExecuted, OrderExecutedWithPrice, OrderReplace, Printable, SystemEvent, SystemEventCode,
    Trade, view,
};
use protocol_spec::wire::text::Alpha;
use protocol_spec::words::{Locate, MatchNo, OrderRef, Price, Shares, Timestamp, Volume};

use crate::hand;
use crate::itchy;
use crate::measure::{Group, Limit, Variant};
use crate::random::Random;

const MESSAGES: usize = 50_000;
/// So many Add Orders fit the first cache.
const RUN: u64 = 1_000;
const STOCK: Alpha<8> = Alpha::new("AAPL");

/// Adds every argument to the sum.
macro_rules! sum {
    ($sum:expr, $($value:expr),+ $(,)?) => {{
        let sum: &mut u64 = $sum;
        *sum = sum$(.wrapping_add($value))+;
    }};
}
pub(crate) use sum;

pub(crate) fn groups() -> Vec<Group> {
    let by_hand = |file: &[u8]| {
        let mut s = 0;
        hand::records(file, |message| hand::itch_message::<false>(message, &mut s));
        s
    };
    let by_hand_checked = |file: &[u8]| {
        let mut s = 0;
        hand::records(file, |message| hand::itch_message::<true>(message, &mut s));
        s
    };
    vec![
        Group {
            title: "ITCH, decode a realistic mix, all fields",
            messages: MESSAGES,
            input: mix(),
            variants: vec![
                Variant::new("by hand", Limit::Yardstick, by_hand_checked),
                Variant::new("decode", Limit::Times(1.1), |file| {
                    read(file, |bytes| Message::decode(bytes))
                }),
                Variant::new("by hand, codes not checked", Limit::None, by_hand),
                Variant::new("crate itchy", Limit::None, itchy::read),
            ],
        },
        run_of("ITCH, decode a run of Add Orders, all fields", &add_orders(), |bytes, s| {
            consume(Message::AddOrder(view::AddOrder(bytes)), s);
        }),
        run_of("ITCH, decode a run of Order Deletes, all fields", &deletes(), |bytes, s| {
            consume(Message::OrderDelete(view::OrderDelete(bytes)), s);
        }),
        Group {
            title: "ITCH, encode a mix of Add Order, Order Delete, Order Replace",
            messages: MESSAGES,
            input: kinds(),
            variants: vec![
                Variant::new("by hand", Limit::Yardstick, |kinds| encode(kinds, by_hand_put)),
                Variant::new("encode", Limit::Times(1.1), |kinds| encode(kinds, by_table)),
            ],
        },
    ]
}

/// A run of messages of one type; no branch is ever guessed wrong. `known` reads one of which
/// the type is known beforehand.
fn run_of<const N: usize>(
    title: &'static str,
    run: &[[u8; N]],
    known: impl Fn(&[u8; N], &mut u64) + 'static,
) -> Group {
    let records = run.iter().map(|message| [&binary_file::header(message), &message[..]].concat());
    Group {
        title,
        messages: run.len(),
        input: records.collect::<Vec<_>>().concat(),
        variants: vec![
            Variant::new("by hand", Limit::Yardstick, |input| {
                each::<N>(input, hand::itch_message::<true>)
            }),
            Variant::new("decode", Limit::Times(1.3), |input| {
                each::<N>(input, |bytes, s| {
                    consume(Message::decode(bytes).expect("the run is valid"), s);
                })
            }),
            Variant::new("type known", Limit::TimesAndNanos(1.1, 1.3), move |input| {
                let mut s = 0;
                for record in input.chunks_exact(2 + N) {
                    known(record.last_chunk().expect("a message ends the record"), &mut s);
                }
                s
            }),
            Variant::new("crate itchy", Limit::None, itchy::read),
        ],
    }
}

/// Reads messages of one length, which nobody knows beforehand.
#[inline(always)]
fn each<const N: usize>(input: &[u8], read: impl Fn(&[u8], &mut u64)) -> u64 {
    let mut s = 0;
    for record in input.chunks_exact(std::hint::black_box(2 + N)) {
        read(&record[2..], &mut s);
    }
    s
}

/// Reads every message of a BinaryFILE with `decode` and consumes all fields.
#[inline(always)]
fn read<E: std::fmt::Debug>(
    mut file: &[u8],
    decode: impl Fn(&[u8]) -> Result<Message<'_>, E>,
) -> u64 {
    let mut s = 0;
    while let Record::Message(bytes, rest) = binary_file::split(file) {
        consume(decode(bytes).expect("the mix is valid"), &mut s);
        file = rest;
    }
    s
}

/// Reads every field of a message.
#[inline(always)]
fn consume(message: Message<'_>, s: &mut u64) {
    let text8 = |text: Alpha<8>| u64::from_le_bytes(text.0);
    macro_rules! all {
        ($m:ident; $($value:expr),+) => {
            sum!(s, u64::from($m.locate().0), u64::from($m.tracking()), $m.timestamp().0,
                $($value),+)
        };
    }
    match message {
        Message::AddOrder(m) => all!(m; m.order_ref().0, u64::from(m.side().0[0]),
            u64::from(m.shares().0), text8(m.stock()), u64::from(m.price().0)),
        Message::AddOrderMpid(m) => all!(m; m.order_ref().0, u64::from(m.side().0[0]),
            u64::from(m.shares().0), text8(m.stock()), u64::from(m.price().0),
            u64::from(u32::from_le_bytes(m.attribution().0))),
        Message::OrderDelete(m) => all!(m; m.order_ref().0),
        Message::OrderReplace(m) => all!(m; m.original_ref().0, m.new_ref().0,
            u64::from(m.shares().0), u64::from(m.price().0)),
        Message::OrderExecuted(m) => all!(m; m.order_ref().0, u64::from(m.shares().0),
            m.match_no().0),
        Message::OrderCancel(m) => all!(m; m.order_ref().0, u64::from(m.shares().0)),
        Message::OrderExecutedWithPrice(m) => all!(m; m.order_ref().0, u64::from(m.shares().0),
            m.match_no().0, u64::from(m.printable().0[0]), u64::from(m.price().0)),
        Message::Trade(m) => all!(m; m.order_ref().0, u64::from(m.side().0[0]),
            u64::from(m.shares().0), text8(m.stock()), u64::from(m.price().0), m.match_no().0),
        Message::CrossTrade(m) => all!(m; m.shares().0, text8(m.stock()), u64::from(m.price().0),
            m.match_no().0, u64::from(m.cross_type().0[0])),
        Message::SystemEvent(m) => all!(m; u64::from(m.event().0[0])),
        _ => panic!("the mix holds no other message"),
    }
}

/// 44 % add, 44 % delete, 6 % replace, 4 % executed, 1 % cancel, 1 % other, in random order.
pub(crate) fn mix() -> Vec<u8> {
    let mut random = Random::new();
    let mut file = Vec::new();
    let mut add = |message: &[u8]| {
        file.extend_from_slice(&binary_file::header(message));
        file.extend_from_slice(message);
    };
    for _ in 0..MESSAGES {
        match random.below(100) {
            0..44 => add(&add_order(&mut random).to_bytes()),
            44..88 => add(&delete(&mut random).to_bytes()),
            88..94 => add(&replace(random.next()).to_bytes()),
            94..98 => add(&OrderExecuted {
                locate: locate(&mut random),
                tracking: 0,
                timestamp: timestamp(&mut random),
                order_ref: OrderRef(random.next()),
                shares: Shares(random.below(1000) as u32),
                match_no: MatchNo(random.next()),
            }
            .to_bytes()),
            98 => add(&OrderCancel {
                locate: locate(&mut random),
                tracking: 0,
                timestamp: timestamp(&mut random),
                order_ref: OrderRef(random.next()),
                shares: Shares(random.below(1000) as u32),
            }
            .to_bytes()),
            _ => other(&mut random, &mut add),
        }
    }
    file
}

fn other(random: &mut Random, add: &mut impl FnMut(&[u8])) {
    let (locate, timestamp) = (locate(random), timestamp(random));
    let (shares, match_no) = (Shares(random.below(1000) as u32), MatchNo(random.next()));
    let (stock, price) = (Alpha::new("MSFT"), Price(random.below(1 << 20) as u32));
    match random.below(5) {
        0 => add(&AddOrderMpid {
            locate,
            tracking: 0,
            timestamp,
            order_ref: OrderRef(random.next()),
            side: BuySell::SELL,
            shares,
            stock,
            price,
            attribution: Alpha::new("FIRM"),
        }
        .to_bytes()),
        1 => add(&OrderExecutedWithPrice {
            locate,
            tracking: 0,
            timestamp,
            order_ref: OrderRef(random.next()),
            shares,
            match_no,
            printable: Printable::NO,
            price,
        }
        .to_bytes()),
        2 => add(&Trade {
            locate,
            tracking: 0,
            timestamp,
            order_ref: OrderRef(0),
            side: BuySell::BUY,
            shares,
            stock,
            price,
            match_no,
        }
        .to_bytes()),
        3 => add(&CrossTrade {
            locate,
            tracking: 0,
            timestamp,
            shares: Volume(random.below(1 << 30)),
            stock,
            price,
            match_no,
            cross_type: CrossType::OPENING,
        }
        .to_bytes()),
        _ => add(&SystemEvent {
            locate,
            tracking: 0,
            timestamp,
            event: SystemEventCode::START_OF_MESSAGES,
        }
        .to_bytes()),
    }
}

fn locate(random: &mut Random) -> Locate {
    Locate(random.below(8000) as u16)
}

fn timestamp(random: &mut Random) -> Timestamp {
    Timestamp(random.below(57_600_000_000_000))
}

fn add_order(random: &mut Random) -> AddOrder {
    AddOrder {
        locate: locate(random),
        tracking: 0,
        timestamp: timestamp(random),
        order_ref: OrderRef(random.next()),
        side: if random.below(2) == 0 { BuySell::BUY } else { BuySell::SELL },
        shares: Shares(random.below(1000) as u32),
        stock: STOCK,
        price: Price(random.below(1 << 24) as u32),
    }
}

fn delete(random: &mut Random) -> OrderDelete {
    OrderDelete {
        locate: locate(random),
        tracking: 0,
        timestamp: timestamp(random),
        order_ref: OrderRef(random.next()),
    }
}

fn replace(n: u64) -> OrderReplace {
    OrderReplace {
        locate: Locate(n as u16),
        tracking: 0,
        timestamp: Timestamp(n & 0xFFFF_FFFF),
        original_ref: OrderRef(n),
        new_ref: OrderRef(n ^ 7),
        shares: Shares(n as u32),
        price: Price((n >> 8) as u32),
    }
}

fn add_orders() -> Vec<[u8; AddOrder::LEN]> {
    let mut random = Random::new();
    (0..RUN).map(|_| add_order(&mut random).to_bytes()).collect()
}

fn deletes() -> Vec<[u8; OrderDelete::LEN]> {
    let mut random = Random::new();
    (0..RUN).map(|_| delete(&mut random).to_bytes()).collect()
}

/// What to encode: a byte a message.
fn kinds() -> Vec<u8> {
    let mut random = Random::new();
    (0..MESSAGES).map(|_| b"AAAAAADDDDDDU"[random.below(13) as usize]).collect()
}

/// Encodes a message of each kind with `put` and sums the bytes written.
#[inline(always)]
fn encode(kinds: &[u8], put: impl Fn(u8, u64, &mut [u8; 36]) -> usize) -> u64 {
    let (mut s, mut out) = (0u64, [0; 36]);
    for (n, &kind) in kinds.iter().enumerate() {
        let n = (n as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let len = put(kind, n, &mut out);
        let out = std::hint::black_box(&out);
        s = s.wrapping_add(u64::from(out[len - 1])).wrapping_add(u64::from(out[12]));
    }
    s
}

#[inline(always)]
fn by_hand_put(kind: u8, n: u64, out: &mut [u8; 36]) -> usize {
    match kind {
        b'A' => {
            hand::put_add(out, n);
            36
        }
        b'D' => {
            hand::put_delete(out.first_chunk_mut().expect("shorter"), n);
            19
        }
        _ => {
            hand::put_replace(out.first_chunk_mut().expect("shorter"), n);
            35
        }
    }
}

#[inline(always)]
fn by_table(kind: u8, n: u64, out: &mut [u8; 36]) -> usize {
    let (locate, timestamp) = (Locate(n as u16), Timestamp(n & 0xFFFF_FFFF));
    match kind {
        b'A' => {
            let side = if n & 1 == 0 { BuySell::BUY } else { BuySell::SELL };
            AddOrder {
                locate,
                tracking: 0,
                timestamp,
                order_ref: OrderRef(n),
                side,
                shares: Shares(n as u32),
                stock: STOCK,
                price: Price((n >> 8) as u32),
            }
            .encode(out);
            AddOrder::LEN
        }
        b'D' => {
            OrderDelete { locate, tracking: 0, timestamp, order_ref: OrderRef(n) }
                .encode(out.first_chunk_mut().expect("shorter"));
            OrderDelete::LEN
        }
        _ => {
            replace(n).encode(out.first_chunk_mut().expect("shorter"));
            OrderReplace::LEN
        }
    }
}

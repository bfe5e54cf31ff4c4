//! Nanoseconds a reply: from the event to the message, and from the message into the outbox.
//!
//! `cargo bench -p order-entry` runs it, `-- --quick` a fraction.

#![allow(clippy::disallowed_types, reason = "a bench reads the clock and divides")]

use std::hint::black_box;
use std::time::Instant;

use matcher::command::{Command, Enter, Options};
use matcher::engine::Engine;
use matcher::event::{Event, TipRef};
use matcher::order::{Display, Owner, Side, Tif};
use matcher::sequence::Sequenced;
use matcher::settings::{Day, Limits};
use order_entry::outbound::{Replies, Teller};
use order_entry::outbox::{Found, Outbox};
use protocol_spec::wire::ouch::{
    CancelReason, Capacity, ClOrdId, LiquidityFlag, Mpid, Symbol, TagSet,
};
use protocol_spec::words::{
    CommandNo, Locate, MatchNo, OrderPrice, OrderRef, PortId, PortNo, Price, Shares, Time,
    UserRefIdx, UserRefNum,
};

/// Events, or messages, of a round.
const COUNT: u32 = 1_000_000;
/// Ports that get the messages.
const PORTS: u16 = 64;
const MIDNIGHT: Time = Time(1_700_000_000_000_000_000);

fn main() {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let rounds = if quick { 3 } else { 30 };
    println!("order-entry ({COUNT} a round, best of {rounds} rounds)");
    let teller = teller();
    let plain = enter(Options::NONE);
    let given = TagSet::of(&[2, 3, 12]);
    let tagged =
        enter(Options { given, firm: Mpid::new("FIRM"), min_qty: Shares(100), ..Options::NONE });
    let mut replies = Replies::new();
    for (what, command, event) in [
        ("A", &plain, accepted()),
        ("A with three tags", &tagged, accepted()),
        ("E to both", &plain, executed()),
        ("C", &plain, canceled()),
    ] {
        let best = best(rounds, || {
            for _ in 0..COUNT {
                teller.tell(black_box(command), black_box(&event), &mut replies);
                black_box(&replies);
            }
        });
        println!("  tell {what}: {best:.1} ns");
    }
    for bytes in [20, 36, 64] {
        let message = vec![7; bytes];
        let best = best(rounds, || {
            let mut outbox = Outbox::new(Outbox::BLOCK, crc32c::crc32c_append);
            for at in 0..COUNT {
                let port = PortId((at % u32::from(PORTS)) as u16);
                black_box(outbox.push(port, black_box(&message)));
                while outbox.poll_block().is_some() {}
            }
        });
        println!("  push {bytes} bytes, {PORTS} ports: {best:.1} ns");
    }
    let mut outbox = Outbox::new(Outbox::BLOCK, crc32c::crc32c_append);
    (0..10_000).for_each(|_| {
        outbox.push(PortId(1), &[7; 36]);
    });
    let best = best(rounds, || {
        for _ in 0..COUNT / 1_000 {
            let Found::Here(messages) = outbox.find(PortId(1), black_box(PortNo(10_000))) else {
                panic!("the last message is in memory");
            };
            black_box(messages);
        }
    });
    println!("  find the last message: {:.1} ns", best * 1_000.0);
}

/// Nanoseconds of one of [`COUNT`], in the best round.
fn best(rounds: u32, mut round: impl FnMut()) -> f64 {
    let times = (0..rounds).map(|_| {
        let start = Instant::now();
        round();
        start.elapsed().as_nanos() as f64 / f64::from(COUNT)
    });
    times.fold(f64::INFINITY, f64::min)
}

fn teller() -> Teller {
    let mut teller = Teller::new();
    let (session, rules_version) = (*b"2023111400", Engine::RULES_VERSION);
    let limits = Limits::default();
    let day =
        Day { session, midnight: MIDNIGHT, seed: 1, limits, rules_version, carried: Vec::new() };
    let command = Command::OpenDay(Box::new(day));
    teller.begin(&Sequenced { no: CommandNo(1), time: MIDNIGHT, command });
    teller
}

fn owner(port: u16, number: u32) -> Owner {
    Owner { port: PortId(port), idx: UserRefIdx(0), user_ref: UserRefNum(number) }
}

fn enter(options: Options) -> Sequenced<Command> {
    let command = Command::Enter(Enter {
        owner: owner(1, 7),
        symbol: Symbol::new("AAPL"),
        price: OrderPrice(1_875_000),
        quantity: Shares(300),
        side: Side::Buy,
        tif: Tif::Day,
        display: Display::Visible,
        capacity: Capacity::AGENCY,
        cl_ord_id: ClOrdId::new("order 7"),
        options,
    });
    Sequenced { no: CommandNo(2), time: Time(MIDNIGHT.0 + 34_200_000_000_000), command }
}

fn accepted() -> Event {
    Event::Accepted {
        owner: owner(1, 7),
        order_ref: OrderRef(1_000),
        price: OrderPrice(1_875_000),
        tif: Tif::Day,
        locate: Locate(1),
    }
}

fn executed() -> Event {
    Event::Executed {
        taker: owner(1, 7),
        maker: owner(2, 9),
        taker_ref: OrderRef(1_000),
        maker_ref: OrderRef(900),
        tip: TipRef::of(OrderRef(900)),
        match_no: MatchNo(17),
        price: Price(1_875_000),
        shares: Shares(100),
        locate: Locate(1),
        flag: LiquidityFlag::ADDED,
    }
}

fn canceled() -> Event {
    Event::Canceled {
        owner: owner(1, 7),
        order_ref: OrderRef(1_000),
        shares: Shares(100),
        reason: CancelReason::USER,
        tip: TipRef::NONE,
        locate: Locate(1),
    }
}

//! Nanoseconds an event: from the event to the message.
//!
//! `cargo bench -p mdfeed` runs it, `-- --quick` a fraction.

#![allow(clippy::disallowed_types, reason = "a bench reads the clock and divides")]

use std::hint::black_box;
use std::time::Instant;

use matcher::command::Command;
use matcher::engine::Engine;
use matcher::event::{Event, TipRef};
use matcher::order::{Display, Owner, Side, Tif};
use matcher::sequence::Sequenced;
use matcher::settings::{Day, Instrument, Limits};
use mdfeed::publisher::{Messages, Publisher};
use protocol_spec::wire::itch::{SystemEventCode, TradingState};
use protocol_spec::wire::ouch::{CancelReason, Capacity, LiquidityFlag, Mpid, Symbol};
use protocol_spec::words::{
    CommandNo, Locate, MatchNo, OrderPrice, OrderRef, Price, Shares, Time, UserRefNum,
};

/// Times that the events are told in a round.
const COUNT: u32 = 1_000_000;
const MIDNIGHT: Time = Time(1_700_000_000_000_000_000);

fn main() {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let rounds = if quick { 3 } else { 30 };
    println!("mdfeed ({COUNT} a round, best of {rounds} rounds)");
    let mut publisher = publisher();
    let tip = TipRef::of(OrderRef(900));
    for (what, events) in [
        ("nothing of an order accepted", vec![accepted()]),
        ("A", vec![rested(Display::Visible)]),
        ("F", vec![rested(Display::Attributed)]),
        ("E", vec![executed(tip)]),
        ("P", vec![executed(TipRef::NONE)]),
        ("D", vec![canceled(tip)]),
        ("U, of two events", vec![replaced(tip), rested(Display::Visible)]),
        ("D and E, of two events", vec![replaced(tip), executed(tip)]),
        ("A, E and D in turn", vec![rested(Display::Visible), executed(tip), canceled(tip)]),
    ] {
        let each = tell(&mut publisher, rounds, &events);
        println!("  tell {what}: {each:.1} ns an event");
    }
}

/// Nanoseconds an event, in the best round.
fn tell(publisher: &mut Publisher, rounds: u32, events: &[Event]) -> f64 {
    let command = sequenced(2, Command::Tick);
    let mut out = Messages::new();
    let times = (0..rounds).map(|_| {
        let start = Instant::now();
        for _ in 0..COUNT {
            for event in events {
                publisher.tell(black_box(&command), black_box(event), &mut out);
                black_box(&out);
            }
        }
        start.elapsed().as_nanos() as f64 / f64::from(COUNT) / events.len() as f64
    });
    times.fold(f64::INFINITY, f64::min)
}

fn sequenced(no: u64, command: Command) -> Sequenced<Command> {
    let time = Time(MIDNIGHT.0 + 34_200_000_000_000);
    Sequenced { no: CommandNo(no), time, command }
}

/// A publisher of an open day with one security.
fn publisher() -> Publisher {
    let (mut publisher, mut out) = (Publisher::new(), Messages::new());
    let (session, rules_version) = (*b"2023111400", Engine::RULES_VERSION);
    let limits = Limits::default();
    let day =
        Day { session, midnight: MIDNIGHT, seed: 1, limits, rules_version, carried: Vec::new() };
    let open = sequenced(1, Command::OpenDay(Box::new(day)));
    let start = SystemEventCode::START_OF_MESSAGES;
    publisher.tell(&open, &Event::System(start), &mut out);
    let instrument = Instrument::new(Symbol::new("AAPL"), Price(1_875_000));
    let list = sequenced(2, Command::SetInstrument(Box::new(instrument)));
    let new = Some(TradingState::TRADING);
    publisher.tell(&list, &Event::Directory { locate: Locate(1), new }, &mut out);
    publisher
}

fn accepted() -> Event {
    Event::Accepted {
        owner: Owner::default(),
        order_ref: OrderRef(1_000),
        price: OrderPrice(1_875_000),
        tif: Tif::Day,
        locate: Locate(1),
    }
}

fn rested(display: Display) -> Event {
    Event::Rested {
        owner: Owner::default(),
        order_ref: OrderRef(1_000),
        displayed: Shares(300),
        hidden: Shares(0),
        price: Price(1_875_000),
        side: Side::Buy,
        display,
        firm: Mpid::new("FIRM"),
        locate: Locate(1),
    }
}

fn executed(tip: TipRef) -> Event {
    Event::Executed {
        taker: Owner::default(),
        maker: Owner::default(),
        taker_ref: OrderRef(1_000),
        maker_ref: OrderRef(900),
        tip,
        match_no: MatchNo(17),
        price: Price(1_875_000),
        shares: Shares(100),
        locate: Locate(1),
        flag: LiquidityFlag::ADDED,
    }
}

fn canceled(tip: TipRef) -> Event {
    Event::Canceled {
        owner: Owner::default(),
        order_ref: OrderRef(1_000),
        shares: Shares(100),
        reason: CancelReason::USER,
        tip,
        locate: Locate(1),
    }
}

fn replaced(old_tip: TipRef) -> Event {
    Event::Replaced {
        owner: Owner::default(),
        orig: UserRefNum(7),
        order_ref: OrderRef(1_000),
        old_tip,
        price: OrderPrice(1_875_000),
        leaves: Shares(300),
        symbol: Symbol::new("AAPL"),
        locate: Locate(1),
        side: Side::Buy,
        tif: Tif::Day,
        capacity: Capacity::AGENCY,
        same_display: true,
    }
}

//! Nanoseconds a command of the whole engine, over one small flow.
//!
//! `cargo bench -p matcher` runs it, `-- --quick` a fraction. It is for whoever changes the engine
//! and wants to see in a second what that did. Workloads, percentiles and outcomes to compare with
//! are in `outcry bench matcher`, the engines of others in `tools/compare`.

#![allow(clippy::disallowed_types, reason = "a bench reads the clock and divides")]

use std::time::Instant;

use matcher::command::{Cancel, Command, Enter, Options};
use matcher::engine::{Engine, Step};
use matcher::event::{Event, Events};
use matcher::order::{Display, Owner, Side, Tif};
use matcher::phase::Phase;
use matcher::sequence::{Sequenced, Sequencer};
use matcher::settings::{Day, Instrument, Limits, Port};
use protocol_spec::wire::ouch::{Capacity, ClOrdId, Mpid, Symbol};
use protocol_spec::words::{OrderPrice, PortId, Price, Shares, Time, UserRefIdx, UserRefNum};

/// Commands of a round.
const COMMANDS: u32 = 400_000;
/// Orders that are at rest at any time.
const DEPTH: u32 = 1_000;
const MIDNIGHT: Time = Time(0);

fn main() {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let rounds = if quick { 3 } else { 50 };
    let (opening, commands) = flow();
    let (mut best, mut trades) = (f64::INFINITY, 0);
    for _ in 0..rounds {
        let (mut engine, mut events) = (Engine::new(), Events::new());
        apply(&mut engine, &mut events, &opening);
        let start = Instant::now();
        trades = apply(&mut engine, &mut events, &commands);
        best = best.min(start.elapsed().as_nanos() as f64 / commands.len() as f64);
    }
    assert!(trades > COMMANDS / 100, "{trades} trades: the flow does not do what it is for");
    println!("whole engine, one book ({COMMANDS} commands, best of {rounds} rounds)");
    println!("  {best:.1} ns a command, {:.2} M/s, {trades} trades", 1_000.0 / best);
}

/// Executes commands, reads all events, and counts the trades.
fn apply(engine: &mut Engine, events: &mut Events, commands: &[Sequenced<Command>]) -> u32 {
    let mut trades = 0;
    for command in commands {
        loop {
            let step = engine.apply(command, events);
            let executed = |event: &&Event| matches!(event, Event::Executed { .. });
            trades += events.as_slice().iter().filter(executed).count() as u32;
            if step == Step::Done {
                break;
            }
        }
    }
    trades
}

/// The commands that open a day, and those that are measured: an order within 20 ticks of a price
/// that does not move, on one side or the other, and then a cancel of the one that came before the
/// last thousand, if it is still there.
fn flow() -> (Vec<Sequenced<Command>>, Vec<Sequenced<Command>>) {
    let symbol = Symbol::new("AAAA");
    let limits =
        Limits { symbols: 1, ports: 1, live_orders: 4_096, levels: 64, ..Limits::default() };
    let (session, rules_version) = (*b"2026112001", Engine::RULES_VERSION);
    let day =
        Day { session, midnight: MIDNIGHT, seed: 1, limits, rules_version, carried: Vec::new() };
    let opening = [
        Command::OpenDay(Box::new(day)),
        Command::SetInstrument(Box::new(Instrument::new(symbol, Price(1_000_000)))),
        Command::SetPort(Box::new(Port::new(PortId(0), vec![Mpid::new("FIRM")]))),
        Command::SetPhase(Phase::Open),
    ];
    let owner = |n| Owner { port: PortId(0), idx: UserRefIdx(0), user_ref: UserRefNum(n) };
    let mut random = 1_u64;
    let mut below = |end: u64| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (random >> 33) % end
    };
    let commands = (0..COMMANDS).map(|at| {
        let n = at / 2 + 1;
        if at % 2 == 1 {
            let quantity = Shares(0);
            return Command::Cancel(Cancel { owner: owner(n.saturating_sub(DEPTH)), quantity });
        }
        let side = if below(2) == 0 { Side::Buy } else { Side::Sell };
        let away = 100 * below(20);
        let price = if side == Side::Buy { 1_000_400 - away } else { 999_600 + away };
        Command::Enter(Enter {
            owner: owner(n),
            symbol,
            price: OrderPrice(price),
            quantity: Shares(100 * (1 + below(5) as u32)),
            side,
            tif: Tif::Day,
            display: Display::Visible,
            capacity: Capacity::AGENCY,
            cl_ord_id: ClOrdId::BLANK,
            options: Options::NONE,
        })
    });
    let mut sequencer = Sequencer::new(MIDNIGHT);
    let mut now = MIDNIGHT;
    let mut stamp = |command| {
        now = Time(now.0 + 1_000);
        sequencer.stamp(now, command).expect("the flow is shorter than a day")
    };
    (opening.into_iter().map(&mut stamp).collect(), commands.map(stamp).collect())
}

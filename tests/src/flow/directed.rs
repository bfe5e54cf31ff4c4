//! Days for what chance would take too long to meet.

use matcher::command::{Command, DownCause, Enter, MassCancel, OperatorCancel, Options, SetState};
use matcher::order::{Display, Owner, Side, Tif};
use matcher::phase::{Overlay, Phase};
use matcher::sequence::Sequencer;
use matcher::settings::{Instrument, Limits, Port, PostOnlyRule};
use matcher::tick::TickTable;
use protocol_spec::wire::ouch::{Capacity, ClOrdId, Mpid, Symbol};
use protocol_spec::words::{OrderPrice, PortId, Price, Shares, Time, UserRefIdx, UserRefNum};

use super::maker::{Made, Maker};
use super::scene::{FIRMS, MIDNIGHT, day, symbol};
use crate::model::Model;
use crate::venue::Venue;

/// An order of port 1 or 2, for the first security.
fn order(maker: &Maker, port: u16, side: Side, shares: u32, price: u64) -> Enter {
    let (port, idx) = (PortId(port), UserRefIdx(0));
    let last = maker.model.last_number(port, idx);
    Enter {
        owner: Owner { port, idx, user_ref: UserRefNum(last.0 + 1) },
        symbol: symbol(0),
        price: OrderPrice(price),
        quantity: Shares(shares),
        side,
        tif: Tif::Day,
        display: Display::Visible,
        capacity: Capacity::AGENCY,
        cl_ord_id: ClOrdId::BLANK,
        options: Options::NONE,
    }
}

/// A day with two ports of two firms and one security of this tick, reference and collar.
fn open(seed: u64, phase: Phase, (tick, reference, collar_bps): (u32, u32, u16)) -> Maker {
    let mut maker = Maker::new(seed);
    let mut day = day(&mut maker.prng);
    day.limits = Limits { live_orders: 10_000, levels: 10_000, ..Limits::default() };
    maker.push(Command::OpenDay(Box::new(day)));
    set_ticks(&mut maker, tick, reference, collar_bps);
    for (number, firm) in [(1, FIRMS[0]), (2, FIRMS[1])] {
        let mut port = Port::new(PortId(number), vec![firm]);
        port.post_only = PostOnlyRule::Slide;
        maker.push(Command::SetPort(Box::new(port)));
    }
    maker.push(Command::SetPhase(phase));
    maker
}

fn set_ticks(maker: &mut Maker, tick: u32, reference: u32, collar_bps: u16) {
    let mut instrument = Instrument::new(symbol(0), Price(reference));
    instrument.ticks = TickTable::uniform(tick);
    instrument.collar_bps = collar_bps;
    instrument.lot = Shares(1);
    maker.push(Command::SetInstrument(Box::new(instrument)));
}

/// More entries than a trial visits (R50): the first minimum is out of its reach, the second just
/// within it.
#[must_use]
pub fn crowd(seed: u64) -> Made {
    let mut maker = open(seed, Phase::Open, (100, 100_000, 1_000));
    for _ in 0..Model::TRIAL / 2 + 4 {
        // Two entries of one share each.
        let mut enter = order(&maker, 1, Side::Sell, 2, 100_000);
        enter.options.max_floor = Shares(1);
        enter.options.given = enter.options.given.with(5);
        maker.push(Command::Enter(enter));
    }
    let reach = 4_096;
    for minimum in [reach + 1, reach] {
        let mut enter = order(&maker, 2, Side::Buy, reach + 4, 100_000);
        enter.tif = Tif::Ioc;
        enter.options.min_qty = Shares(minimum);
        enter.options.given = enter.options.given.with(3);
        maker.push(Command::Enter(enter));
    }
    maker.push(Command::EndOfDay);
    maker.finish()
}

/// Openings of books with many prices on both sides, displayed and hidden, that cross far: what
/// keeps prices in order has several floors then.
#[must_use]
pub fn ladders(seed: u64) -> Made {
    let mut maker = open(seed, Phase::PreOpen, (100, 100_000, 1_000));
    for round in 0..6 {
        let (levels, reach) =
            [(20, 4), (60, 200), (300, 80), (900, 600), (40, 0), (200, 30)][round];
        for _ in 0..levels {
            let port = 1 + u16::from(maker.prng.chance(50));
            let side = maker.prng.pick(&[Side::Buy, Side::Sell]);
            // Buys reach up from below, sells down from above.
            let away = u64::from(maker.prng.between(0, 400));
            let beyond = u64::from(maker.prng.between(0, reach));
            let price = match side {
                Side::Buy => 100_000 + 100 * beyond - 100 * away,
                _ => 100_000 + 100 * away - 100 * beyond,
            };
            let shares = maker.prng.between(1, 500);
            let mut enter = order(&maker, port, side, shares, price);
            if maker.prng.chance(20) {
                enter.display = Display::Hidden;
            }
            maker.push(Command::Enter(enter));
        }
        match round {
            0 => maker.push(Command::SetPhase(Phase::Open)),
            _ => maker.push(hold(Overlay::None)),
        }
        maker.push(hold(Overlay::Paused));
    }
    maker.push(Command::EndOfDay);
    maker.finish()
}

fn hold(overlay: Overlay) -> Command {
    Command::SetState(SetState { symbol: Some(symbol(0)), overlay, reason: *b"    " })
}

/// Orders in one side of the book of [`masses`]: their events are more than a step may have (R72).
const MASS: u32 = 1_300;

/// Commands that touch very many orders, each in another way.
#[must_use]
pub fn masses(seed: u64) -> Made {
    let mut maker = open(seed, Phase::PreOpen, (100, 100_000, 1_000));
    let mut port = Port::new(PortId(1), vec![FIRMS[0]]);
    port.cancel_on_disconnect = true;
    maker.push(Command::SetPort(Box::new(port)));
    maker.push(Command::PortUp { port: PortId(1), conn: 1 });
    // An uncross: as many pairs, as many new tips.
    for _ in 0..MASS {
        let mut enter = order(&maker, 1, Side::Sell, 2, 100_000);
        (enter.tif, enter.options.max_floor) = (Tif::Gtx, Shares(1));
        enter.options.given = enter.options.given.with(5);
        maker.push(Command::Enter(enter));
    }
    maker.push(Command::Enter(order(&maker, 2, Side::Buy, MASS, 100_000)));
    maker.push(Command::SetPhase(Phase::Open));
    // GTT orders of one deadline.
    for _ in 0..MASS {
        let mut enter = order(&maker, 2, Side::Buy, 1, 99_900);
        (enter.tif, enter.options.expire_time) = (Tif::Gtt, 1);
        enter.options.given = enter.options.given.with(15);
        maker.push(Command::Enter(enter));
    }
    maker.wait_until_due();
    maker.push(Command::Tick);
    // Orders canceled by their broker, by the operator, and by the end of market hours.
    for round in 0..3 {
        for _ in 0..MASS {
            maker.push(Command::Enter(order(&maker, 2, Side::Buy, 1, 99_900)));
        }
        let owner = order(&maker, 2, Side::Buy, 1, 99_900).owner;
        let (firm, symbol, group, side) = (Mpid::BLANK, Symbol::BLANK, None, None);
        maker.push(match round {
            0 => Command::MassCancel(MassCancel { owner, firm, symbol, group, side }),
            1 => Command::OperatorCancel(OperatorCancel {
                port: Some(owner.port),
                ..OperatorCancel::default()
            }),
            _ => Command::SetPhase(Phase::Late),
        });
    }
    maker.push(Command::PortDown { port: PortId(1), conn: 1, cause: DownCause::Disconnect });
    maker.push(Command::EndOfDay);
    maker.finish()
}

/// Prices at the ends of the range: collars and slides that have nowhere to go (R59, R60).
#[must_use]
pub fn edges(seed: u64) -> Made {
    let mut maker = open(seed, Phase::Open, (10, 50, 10));
    let market = OrderPrice::MARKET_MAX.0;
    let trade = |maker: &mut Maker, price| {
        for (port, side) in [(1, Side::Sell), (2, Side::Buy)] {
            maker.push(Command::Enter(order(maker, port, side, 100, price)));
        }
    };
    trade(&mut maker, 50);
    // The reference is now below the lowest price that is valid.
    set_ticks(&mut maker, 100, 100, 10);
    maker.push(Command::Enter(order(&maker, 1, Side::Sell, 100, 100)));
    maker.push(Command::Enter(order(&maker, 2, Side::Buy, 100, market)));
    maker.push(Command::Enter(order(&maker, 1, Side::Sell, 100, market)));
    let mut post = order(&maker, 2, Side::Buy, 100, 100);
    post.options.post_only = true;
    post.options.given = post.options.given.with(12);
    maker.push(Command::Enter(post));
    maker.push(Command::Enter(order(&maker, 2, Side::Buy, 100, 100)));
    // The same at the upper end.
    let highest = OrderPrice::MAX_LIMIT.0;
    maker.push(Command::Enter(order(&maker, 2, Side::Buy, 100, highest)));
    let mut post = order(&maker, 1, Side::Sell, 100, highest);
    post.options.post_only = true;
    post.options.given = post.options.given.with(12);
    maker.push(Command::Enter(post));
    maker.push(Command::Enter(order(&maker, 1, Side::Sell, 100, highest)));
    for (port, side) in [(1, Side::Sell), (2, Side::Buy)] {
        maker.push(Command::Enter(order(&maker, port, side, 999_999, highest)));
        maker.push(Command::Enter(order(&maker, port, side, 100, market)));
    }
    // Without a collar a market order reaches any price.
    set_ticks(&mut maker, 1, 50, 0);
    maker.push(Command::Enter(order(&maker, 2, Side::Buy, 100, 1)));
    for (port, side) in [(1, Side::Sell), (2, Side::Buy)] {
        maker.push(Command::Enter(order(&maker, port, side, 999_999, market)));
    }
    end_late(maker)
}

/// Ends the day at the last time that a day has.
fn end_late(mut maker: Maker) -> Made {
    let end = Sequencer::LONGEST_DAY;
    maker.wait_until(Time(MIDNIGHT.0 + end - 1));
    maker.push(Command::Tick);
    maker.wait_until(Time(MIDNIGHT.0 + end));
    maker.push(Command::EndOfDay);
    maker.finish()
}

//! The securities and ports that a day may have.

use matcher::engine::Engine;
use matcher::order::Strategy;
use matcher::phase::Overlay;
use matcher::settings::{Day, Instrument, Limits, Port, PostOnlyRule, Short};
use matcher::tick::{Band, TickTable};
use protocol_spec::wire::ouch::{Mpid, Symbol};
use protocol_spec::words::{PortId, Price, Shares, Time};

use super::prng::Prng;

/// The midnight that begins each day.
pub const MIDNIGHT: Time = Time(1_700_000_000_000_000_000);
/// The firms that there are; ports share them.
pub const FIRMS: [Mpid; 3] = [Mpid::new("FRMA"), Mpid::new("FRMB"), Mpid::new("FRMC")];
/// The self-match groups that there are.
pub const GROUPS: [[u8; 2]; 2] = [*b"  ", *b"G1"];
/// The most securities that the operator tries to list.
pub const SYMBOLS: usize = 4;
/// The most ports that the operator tries to make.
pub const PORTS: u16 = 5;

/// A second.
pub const SECOND: u64 = 1_000_000_000;

/// The name of a security.
#[must_use]
pub fn symbol(number: usize) -> Symbol {
    Symbol::new(["ABC", "BANDS", "PENNY", "DEAR", "NONE"][number.min(SYMBOLS)])
}

/// The price around which a security trades.
#[must_use]
pub fn center(number: usize) -> u32 {
    [100_000, 10_000, 60, 1_999_999_400][number % SYMBOLS]
}

/// A day's opening: sometimes with limits so small that they are met.
pub fn day(prng: &mut Prng) -> Day {
    let mut limits = Limits {
        symbols: 16,
        ports: 16,
        live_orders: 20_000,
        levels: 20_000,
        min_qty_orders: 1_024,
        broken_trades: 64,
    };
    if prng.chance(25) {
        limits = Limits {
            symbols: prng.between(2, 4),
            ports: prng.between(2, 5),
            live_orders: prng.between(8, 60),
            levels: prng.between(4, 30),
            min_qty_orders: prng.between(1, 4),
            broken_trades: prng.between(1, 5),
        };
    }
    Day {
        session: *b"2023111400",
        midnight: MIDNIGHT,
        seed: prng.number(),
        limits,
        rules_version: Engine::RULES_VERSION,
        carried: Vec::new(),
    }
}

/// A tick table that a security may have.
///
/// # Panics
/// If a table here is none.
pub fn ticks(prng: &mut Prng, number: usize) -> TickTable {
    let two = |below, above| {
        let bands = vec![Band { from: 0, tick: below }, Band { from: 10_000, tick: above }];
        TickTable::new(bands).expect("both ticks divide the boundary")
    };
    match number {
        0 => TickTable::uniform(prng.weighted(&[(8, 100), (1, 50), (1, 200)])),
        1 => prng.weighted(&[(4, two(1, 100)), (4, two(20, 50)), (1, two(50, 25))]),
        2 => TickTable::uniform(prng.weighted(&[(4, 10), (2, 20), (1, 30)])),
        _ => TickTable::uniform(prng.weighted(&[(4, 100), (1, 200)])),
    }
}

/// The first price from `price` on, down to 0, that is valid.
#[must_use]
pub fn valid_near(ticks: &TickTable, price: u32) -> Price {
    let mut price = price;
    while price > 0 {
        let band = ticks.bands().iter().rfind(|band| band.from <= price);
        let tick = band.map_or(1, |band| band.tick);
        if price.is_multiple_of(tick) {
            break;
        }
        price -= price % tick;
    }
    Price(price.max(ticks.bands()[0].tick))
}

/// A security with settings at random.
pub fn instrument(prng: &mut Prng, number: usize) -> Instrument {
    let ticks = ticks(prng, number);
    let middle = center(number);
    let offset = prng.between(0, (middle / 300).clamp(20, 400));
    let reference = valid_near(&ticks, middle + offset);
    let mut instrument = Instrument::new(symbol(number), reference);
    instrument.ticks = ticks;
    instrument.lot = Shares(prng.pick(&[1, 10, 100, 100]));
    instrument.round_lots_only = prng.chance(20);
    instrument.collar_bps = prng.pick(&[0, 10, 20, 100, 1_000, 1_000, 10_000]);
    instrument.fat_finger_bps = prng.weighted(&[(7, 0), (1, 30), (1, 60), (1, 500)]);
    let lots = |count| Some(Shares(count * instrument.lot.0));
    let most = [(13, None), (1, lots(4)), (1, lots(6)), (1, Some(Shares(500)))];
    instrument.max_quantity = prng.weighted(&most);
    let notional = u64::from(instrument.lot.0) * u64::from(reference.0);
    let most = [(13, 0), (1, 3 * notional), (1, 5 * notional), (1, 10 * notional)];
    instrument.max_notional = prng.weighted(&most);
    instrument.test = prng.chance(8);
    let states =
        [(12, Overlay::None), (1, Overlay::Halted), (1, Overlay::Paused), (1, Overlay::QuoteOnly)];
    instrument.initial_state = prng.weighted(&states);
    instrument
}

/// A port with settings at random.
pub fn port(prng: &mut Prng, number: u16) -> Port {
    let mut firms = FIRMS.to_vec();
    firms.remove(prng.place(firms.len()));
    firms.truncate(1 + prng.place(2));
    let mut port = Port::new(PortId(number), firms);
    port.test = prng.chance(60);
    port.short = prng.weighted(&[
        (8, Short { short: true, exempt: true }),
        (1, Short { short: false, exempt: true }),
        (1, Short { short: true, exempt: false }),
    ]);
    port.locate_required = prng.chance(30);
    port.market = prng.chance(85);
    port.post_only = prng.pick(&[PostOnlyRule::Cancel, PostOnlyRule::Slide]);
    port.aiq = prng.weighted(&[
        (4, Strategy::Trade),
        (1, Strategy::DecrementQuietly),
        (1, Strategy::Decrement),
        (1, Strategy::CancelOldest),
        (1, Strategy::CancelNewest),
    ]);
    port.aiq_group = prng.pick(&GROUPS);
    port.fat_finger_bps = prng.weighted(&[(8, 0), (1, 40), (1, 80)]);
    port.max_quantity = prng.weighted(&[(8, None), (1, Some(Shares(700)))]);
    let most = [(20, 0), (1, 40_000_000), (1, 2_000_000), (1, 1_000_000_000_000)];
    port.max_notional = prng.weighted(&most);
    if prng.chance(8) {
        port.rate = prng.pick(&[1, 3, 1_000, 0]);
        port.burst = prng.pick(&[1, 2, 5, 5, 0]);
    }
    port.cancel_on_disconnect = prng.chance(60);
    port.cod_grace = prng.pick(&[0, 1, SECOND, 3 * SECOND]);
    port.crash_grace = prng.pick(&[0, SECOND, 30 * SECOND]);
    port.max_live = prng.weighted(&[(9, 1_000_000), (1, 6)]);
    port
}

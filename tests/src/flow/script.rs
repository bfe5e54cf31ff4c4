//! A day from its opening to what comes after its end.

use matcher::command::Command;
use matcher::phase::{Overlay, Phase};
use matcher::settings::{Day, Limits};

use super::maker::{Made, Maker};
use super::scene::{PORTS, SYMBOLS, day, instrument, port};

/// What can be pushed next.
type Deed = fn(&mut Maker);

/// What happens in a day, and how often.
const DEEDS: &[(u64, Deed)] = &[
    (520, Maker::enter),
    (150, Maker::replace),
    (90, Maker::cancel),
    (50, Maker::modify),
    (8, Maker::mass_cancel),
    (16, Maker::switch),
    (12, Maker::query),
    (40, Maker::refused),
    (16, Maker::port_up),
    (1, Maker::restart),
    (10, Maker::port_down),
    (10, tick),
    (4, Maker::operator_cancel),
    (16, Maker::operator_switch),
    (12, Maker::break_trade),
    (20, Maker::set_state),
    (8, Maker::auction),
    (8, Maker::tie),
    (5, Maker::iceberg),
    (8, Maker::set_instrument),
    (8, Maker::set_port),
    (1, back),
    (1, open_again),
];

fn tick(maker: &mut Maker) {
    maker.push(Command::Tick);
}

/// A phase that may be forbidden, and never the last.
fn back(maker: &mut Maker) {
    let to = maker.prng.pick(&[Phase::Closed, Phase::Early, Phase::PreOpen]);
    if to <= maker.model.phase {
        maker.push(Command::SetPhase(to));
    }
}

fn open_again(maker: &mut Maker) {
    let day = day(&mut maker.prng);
    maker.push(Command::OpenDay(Box::new(day)));
}

/// A day of about `size` commands.
#[must_use]
pub fn make(seed: u64, size: usize) -> Made {
    let mut maker = Maker::new(seed);
    open(&mut maker);
    let mut parts = vec![
        (Phase::Closed, 1),
        (Phase::Early, 6),
        (Phase::PreOpen, 8),
        (Phase::Open, 36),
        (Phase::Late, 9),
        (Phase::Ended, 1),
    ];
    // Phases may be skipped; most days have market hours.
    parts.retain(|(phase, _)| {
        let percent = match phase {
            Phase::Closed => 100,
            Phase::Open => 90,
            _ => 75,
        };
        maker.prng.chance(percent)
    });
    if maker.prng.chance(4) {
        // The day ends before it has begun.
        parts.retain(|(phase, _)| matches!(phase, Phase::Closed | Phase::Ended));
    }
    let crowd = maker.prng.pick(&[30, 60, 60, 200]);
    let whole: usize = parts.iter().map(|(_, part)| part).sum();
    for (phase, part) in parts {
        if phase != Phase::Closed {
            maker.push(Command::SetPhase(phase));
        }
        let until = maker.len() + size * part / whole;
        while maker.len() < until {
            maker.wait();
            let deed = maker.prng.weighted(DEEDS);
            deed(&mut maker);
            thin_out(&mut maker, crowd);
            release(&mut maker);
        }
    }
    if maker.prng.chance(60) {
        (0..4).for_each(|_| maker.set_port());
    }
    maker.push(Command::EndOfDay);
    for _ in 0..6 {
        let deed = maker.prng.weighted(DEEDS);
        deed(&mut maker);
    }
    maker.push(Command::EndOfDay);
    maker.finish()
}

/// Keeps the books so small that scans are cheap.
fn thin_out(maker: &mut Maker, crowd: usize) {
    let live = maker.model.orders.len();
    if live > 2 * crowd || live > crowd && maker.prng.once_in(20) {
        maker.mass_cancel();
    }
}

/// What was stopped is soon allowed again, else nothing would happen any more.
fn release(maker: &mut Maker) {
    let model = &maker.model;
    let is_held = model.securities.iter().any(|security| security.overlay != Overlay::None);
    if !model.stopped.is_empty() && maker.prng.chance(12) {
        maker.operator_switch();
    } else if !maker.model.disabled.is_empty() && maker.prng.chance(12) {
        maker.switch();
    } else if is_held && maker.prng.chance(8) {
        maker.set_state();
    }
}

/// What comes before the first phase: some of it before the day is open.
fn open(maker: &mut Maker) {
    if maker.prng.chance(20) {
        for _ in 0..8 {
            let deed = maker.prng.weighted(DEEDS);
            if maker.model.day.is_none() {
                deed(maker);
            }
        }
        maker.push(Command::EndOfDay);
    }
    if maker.model.day.is_none() {
        open_with_faults(maker);
        let day = day(&mut maker.prng);
        maker.push(Command::OpenDay(Box::new(day)));
    }
    for number in 0..1 + maker.prng.place(SYMBOLS) {
        let mut wanted = instrument(&mut maker.prng, number);
        if number == 0 {
            wanted.test = false;
        }
        maker.push(Command::SetInstrument(Box::new(wanted)));
    }
    for number in 1..=maker.prng.pick(&[2, PORTS - 1, PORTS, PORTS, PORTS]) {
        let wanted = port(&mut maker.prng, number);
        maker.push(Command::SetPort(Box::new(wanted)));
        maker.port_up();
    }
}

/// Openings that are refused.
fn open_with_faults(maker: &mut Maker) {
    if !maker.prng.chance(10) {
        return;
    }
    let right = day(&mut maker.prng);
    let other_rules = Day { rules_version: right.rules_version + 1, ..right.clone() };
    let limits = [
        Limits { broken_trades: 0, ..right.limits },
        Limits { symbols: Limits::MAX_SYMBOLS + 1, ..right.limits },
        Limits { levels: Limits::MAX_POOL + 1, ..right.limits },
    ];
    maker.push(Command::OpenDay(Box::new(other_rules)));
    for limits in limits {
        maker.push(Command::OpenDay(Box::new(Day { limits, ..right.clone() })));
    }
}

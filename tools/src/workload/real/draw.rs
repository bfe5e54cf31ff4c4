//! What is drawn for an order: its place in the book, its size, its lifetime.

use crate::workload::random::Random;
use crate::workload::step::Side;

/// Where an order is put, beside the best displayed price of its side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Better than it.
    Improve,
    /// At it.
    Touch,
    /// A tick behind it.
    Behind,
    /// Further away.
    Tail,
}

/// How often orders are further away than a tick, and how far: weight, ticks from, ticks to.
const TAIL: [(u64, u32, u32); 6] =
    [(170, 2, 5), (180, 6, 10), (290, 11, 25), (135, 26, 50), (125, 51, 100), (100, 101, 500)];

/// Sizes that stand out, with how often of 1,000 they come; others are odd or whole lots.
const SIZES: [(u64, u32); 6] = [(500, 100), (80, 18), (75, 200), (35, 22), (30, 1_000), (25, 1)];

/// The shortest life in nanoseconds, the longest, and how often the shortest can be doubled.
const SHORTEST: u64 = 300_000;
const LONGEST: u64 = 100_000_000_000;
const OCTAVES: u64 = 19;

/// Where a side of a book stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Quote {
    /// The best displayed price of the side.
    pub(super) own: u32,
    /// Ticks between it and the other side's that nobody has taken.
    pub(super) room: u32,
}

impl Quote {
    /// A place and a price for an order that does not trade with what is displayed.
    pub(super) fn beside(&self, side: Side, random: &mut Random) -> (Place, u32) {
        let place = place(random, self.room);
        let price = match place {
            Place::Improve => self.better(side, 1 + random.below_u32(self.room.div_ceil(3))),
            Place::Touch => self.own,
            Place::Behind => self.worse(side, 1),
            Place::Tail => self.worse(side, tail(random)),
        };
        (place, price.clamp(1, 60_000))
    }

    /// The same for an order that nobody sees: anywhere up to the other side.
    pub(super) fn within(&self, side: Side, random: &mut Random) -> (Place, u32) {
        let ticks = random.below_u32(self.room + 1);
        (Place::Touch, self.better(side, ticks).clamp(1, 60_000))
    }

    const fn better(&self, side: Side, ticks: u32) -> u32 {
        match side {
            Side::Buy => self.own + ticks,
            Side::Sell => self.own.saturating_sub(ticks),
        }
    }

    const fn worse(&self, side: Side, ticks: u32) -> u32 {
        match side {
            Side::Buy => self.own.saturating_sub(ticks),
            Side::Sell => self.own + ticks,
        }
    }
}

/// A place; `room` is how many ticks are free between the best prices.
fn place(random: &mut Random, room: u32) -> Place {
    match random.below(1_000) {
        0..225 if room > 0 => Place::Improve,
        0..300 => Place::Touch,
        300..545 => Place::Behind,
        _ => Place::Tail,
    }
}

/// How many ticks from the best price of its side an order is that is far from it.
fn tail(random: &mut Random) -> u32 {
    let mut at = random.below(TAIL.iter().map(|(weight, ..)| weight).sum());
    for (weight, from, to) in TAIL {
        match at.checked_sub(weight) {
            Some(rest) => at = rest,
            None => return from + random.below_u32(to - from + 1),
        }
    }
    unreachable!("the number is below the sum of the weights")
}

/// A number of shares.
pub(super) fn size(random: &mut Random) -> u32 {
    let mut at = random.below(1_000);
    for (weight, size) in SIZES {
        match at.checked_sub(weight) {
            Some(rest) => at = rest,
            None => return size,
        }
    }
    match random.permille(500) {
        true => 1 + random.below_u32(99),
        false => 100 * (3 + random.below_u32(7)),
    }
}

/// A lifetime: every doubling from the shortest on is as likely as the next, but the longer half
/// more often, and for who improves the shorter one.
pub(super) fn life(random: &mut Random, place: Place) -> u64 {
    let octave = match place {
        Place::Improve if random.permille(700) => random.below(OCTAVES / 2),
        _ if random.permille(300) => OCTAVES / 2 + random.below(OCTAVES - OCTAVES / 2),
        _ => random.below(OCTAVES),
    };
    let from = SHORTEST << octave;
    (from + random.below(from)).min(LONGEST)
}

/// What is left of the life of an order that is seen at any moment: of long lives there are more
/// to be seen.
pub(super) fn rest_of_life(random: &mut Random) -> u64 {
    loop {
        let life = life(random, Place::Tail);
        if random.below(LONGEST) < life {
            return random.below(life);
        }
    }
}

/// How long an order lives on the average.
pub(super) fn mean_life(random: &mut Random) -> u64 {
    const DRAWN: u64 = 1 << 16;
    let lives = (0..DRAWN).map(|_| {
        let room = random.below_u32(2) * 8;
        let place = place(random, room);
        life(random, place)
    });
    lives.sum::<u64>() / DRAWN
}

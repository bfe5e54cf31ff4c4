use std::collections::BTreeMap;
use std::vec::Vec;

use super::*;

/// A ladder and a map that should have the same in it.
#[derive(Default)]
struct Pair {
    ladder: Ladder,
    map: BTreeMap<u32, u32>,
    random: u64,
}

impl Pair {
    fn below(&mut self, limit: u64) -> u64 {
        self.random = self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.random >> 33) % limit
    }

    /// Adds a price if it is not there, otherwise removes it.
    fn turn(&mut self, price: u32) {
        let rank = Rank(price);
        match (self.ladder.find(rank), self.map.remove(&price)) {
            (Ok(level), Some(expected)) => {
                assert_eq!(level, LevelId(expected));
                self.ladder.remove(rank);
            }
            (Err(place), None) => {
                let level = self.random as u32;
                self.ladder.insert(place, Rung { rank, level: LevelId(level) });
                self.map.insert(price, level);
            }
            (found, expected) => panic!("{price}: {found:?}, not {expected:?}"),
        }
    }

    fn check(&self) {
        let rung = |rung: Rung| (rung.rank.0, rung.level.0);
        let all: Vec<_> = self.ladder.iter().map(rung).collect();
        assert!(all.into_iter().eq(self.map.iter().rev().map(|(price, level)| (*price, *level))));
        let best = self.map.last_key_value().map(|(price, level)| (*price, *level));
        assert_eq!(self.ladder.best().map(rung), best);
        assert!(self.ladder.near.len() <= MOST && (1..=MOST).contains(&self.longest()));
        assert!(self.ladder.far.iter().all(|chunk| !chunk.is_empty()));
        assert!(!self.ladder.near.is_empty() || self.ladder.far.is_empty());
    }

    fn longest(&self) -> usize {
        self.ladder.far.iter().map(Vec::len).max().unwrap_or(1)
    }
}

#[test]
fn prices_come_and_go_as_in_a_sorted_map() {
    let mut pair = Pair::default();
    // Few prices, then so many that there are chunks, then few again.
    for range in [40, 8_000, 300, 20_000, 3] {
        for _ in 0..20_000 {
            let price = pair.below(range) as u32;
            pair.turn(price);
        }
        pair.check();
        let above: Vec<u32> = pair.map.keys().copied().filter(|_| range > 3).collect();
        for price in above.into_iter().rev().step_by(2) {
            pair.turn(price);
        }
        pair.check();
    }
}

#[test]
fn prices_rise_and_fall_without_an_end() {
    let mut pair = Pair::default();
    (0..5_000).for_each(|price| pair.turn(price));
    pair.check();
    (5_000..10_000).rev().for_each(|price| pair.turn(price));
    pair.check();
    // From the best on, and from the worst on.
    (7_000..10_000).rev().for_each(|price| pair.turn(price));
    pair.check();
    (0..6_999).for_each(|price| pair.turn(price));
    pair.check();
    pair.turn(6_999);
    assert!(pair.ladder.best().is_none() && pair.ladder.far.is_empty());
}

#[test]
fn the_better_price_has_the_greater_rank() {
    let rank = |side, price| Rank::of(side, Price(price));
    assert!(rank(Side::Buy, 2) > rank(Side::Buy, 1) && rank(Side::Sell, 1) > rank(Side::Sell, 2));
    for (side, price) in [(Side::Buy, 0), (Side::Sell, 0), (Side::Buy, 9), (Side::Sell, u32::MAX)] {
        assert_eq!(rank(side, price).price(side), Price(price));
    }
}

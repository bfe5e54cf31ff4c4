//! Which prices are valid (R2), found by looking at every band.

use matcher::tick::{Band, TickTable};
use protocol_spec::words::{OrderPrice, Price};

/// The highest limit price (R1).
pub const HIGHEST: i128 = OrderPrice::MAX_LIMIT.0 as i128;

/// R2: x is valid if x mod tick(x) = 0.
///
/// # Panics
/// If no band begins at 0, as the first one does.
#[must_use]
pub fn is_valid(table: &TickTable, price: Price) -> bool {
    let last = table.bands().iter().rfind(|band| band.from <= price.0);
    price.0.is_multiple_of(last.expect("the first band begins at 0").tick)
}

/// R2: the largest valid price that is at most `price`, or none.
#[must_use]
pub fn down(table: &TickTable, price: i128) -> Option<Price> {
    let best = bands(table)
        .filter(|&(from, ..)| from <= price)
        .map(|(from, end, tick)| {
            let highest = price.min(end - 1);
            highest - (highest - from) % tick
        })
        .max();
    in_range(best)
}

/// R2: the smallest valid price that is at least `price`, or none.
#[must_use]
pub fn up(table: &TickTable, price: i128) -> Option<Price> {
    let best = bands(table)
        .map(|(from, end, tick)| {
            let lowest = price.max(from) - from;
            (from + (lowest + tick - 1) / tick * tick, end)
        })
        .filter(|&(first, end)| first < end)
        .map(|(first, _)| first)
        .min();
    in_range(best)
}

/// R2: a result outside 1..1,999,999,900 means "none".
fn in_range(price: Option<i128>) -> Option<Price> {
    let price = price.filter(|price| (1..=HIGHEST).contains(price))?;
    Some(Price(u32::try_from(price).expect("a limit price has 31 bits")))
}

/// Every band: where it begins, where the next begins, its tick. Each begins at a multiple of its
/// own tick, so its prices can be counted from there.
fn bands(table: &TickTable) -> impl Iterator<Item = (i128, i128, i128)> {
    let list = table.bands();
    let end = |at: usize| list.get(at + 1).map_or(i128::MAX / 2, |next: &Band| next.from.into());
    list.iter().enumerate().map(move |(at, band)| (band.from.into(), end(at), band.tick.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_valid_prices_are_those_that_a_search_step_by_step_finds() {
        let bands = vec![Band { from: 0, tick: 3 }, Band { from: 30, tick: 10 }];
        let table = TickTable::new(bands).expect("a table");
        let valid = |price: &u32| is_valid(&table, Price(*price));
        for price in 0..100u32 {
            let lower = (1..=price).rev().find(valid).map(Price);
            let higher = (price.max(1)..200).find(valid).map(Price);
            assert_eq!(down(&table, price.into()), lower, "{price}");
            assert_eq!(up(&table, price.max(1).into()), higher, "{price}");
        }
        assert_eq!(up(&TickTable::uniform(1_000), HIGHEST), None);
        assert_eq!(down(&table, HIGHEST), Some(Price(1_999_999_900)));
    }
}

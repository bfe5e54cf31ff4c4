//! Which prices are valid, and the nearest that are (R2).

use alloc::vec;
use alloc::vec::Vec;
use core::fmt;

use protocol_spec::words::{OrderPrice, Price};

/// The highest limit price.
pub(crate) const MAX_LIMIT: u32 = OrderPrice::MAX_LIMIT.0 as u32;

/// From a price on, prices are multiples of a tick.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Band {
    /// The first price of the band.
    pub from: u32,
    /// The step between valid prices, at least 1.
    pub tick: u32,
}

/// The bands of a security, ascending, the first from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TickTable {
    bands: Vec<Band>,
}

/// Why bands are not a tick table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TickFault {
    /// The first band does not begin at 0, or there is none.
    Start,
    /// The band of this number, from 0, does not begin above the one before.
    Order(usize),
    /// The band of this number has a tick of 0 or beyond the highest price.
    Tick(usize),
    /// The band of this number begins at no multiple of its own tick and the one before.
    Boundary(usize),
    /// There are more than [`TickTable::MAX_BANDS`].
    Count,
}

impl TickTable {
    /// The most bands that a table may have.
    pub const MAX_BANDS: usize = 64;

    /// A table of these bands.
    ///
    /// # Errors
    /// If they are not one (R2).
    pub fn new(bands: Vec<Band>) -> Result<Self, TickFault> {
        if bands.first().is_none_or(|band| band.from != 0) {
            return Err(TickFault::Start);
        }
        if bands.len() > Self::MAX_BANDS {
            return Err(TickFault::Count);
        }
        for (at, band) in bands.iter().enumerate() {
            if band.tick == 0 || band.tick > MAX_LIMIT {
                return Err(TickFault::Tick(at));
            }
            let Some(below) = at.checked_sub(1).map(|below| bands[below]) else { continue };
            if band.from <= below.from {
                return Err(TickFault::Order(at));
            }
            if band.from % band.tick != 0 || band.from % below.tick != 0 {
                return Err(TickFault::Boundary(at));
            }
        }
        Ok(TickTable { bands })
    }

    /// A table with one tick for all prices.
    ///
    /// # Panics
    /// If the tick is 0 or above the highest price.
    #[must_use]
    pub fn uniform(tick: u32) -> Self {
        TickTable::new(vec![Band { from: 0, tick }]).expect("the caller names a tick")
    }

    /// The bands.
    #[must_use]
    pub fn bands(&self) -> &[Band] {
        &self.bands
    }

    /// Whether `price` is valid.
    #[must_use]
    #[inline]
    pub fn is_valid(&self, price: Price) -> bool {
        price.0.is_multiple_of(self.tick(price.0))
    }

    /// The highest valid price that is no higher than `price`, if that is a limit price.
    #[must_use]
    pub fn down(&self, price: u32) -> Option<Price> {
        let price = price.min(MAX_LIMIT);
        let down = price - price % self.tick(price);
        (down > 0).then_some(Price(down))
    }

    /// The lowest valid price that is no lower than `price`, if that is a limit price.
    #[must_use]
    pub fn up(&self, price: u32) -> Option<Price> {
        let up = price.checked_next_multiple_of(self.tick(price))?;
        (up > 0 && up <= MAX_LIMIT).then_some(Price(up))
    }

    #[inline]
    fn tick(&self, price: u32) -> u32 {
        let first = self.bands[0].tick;
        if self.bands.len() == 1 {
            return first;
        }
        self.bands.iter().rev().find(|band| band.from <= price).map_or(first, |band| band.tick)
    }
}

impl fmt::Display for TickFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TickFault::Start => write!(f, "the first band does not begin at price 0"),
            TickFault::Order(at) => write!(f, "band {at} does not begin above the one before"),
            TickFault::Tick(at) => write!(f, "band {at} has a tick of 0 or above every price"),
            TickFault::Boundary(at) => {
                write!(f, "band {at} begins at no multiple of the ticks on both sides")
            }
            TickFault::Count => write!(f, "there are more than {} bands", TickTable::MAX_BANDS),
        }
    }
}

impl core::error::Error for TickFault {}

#[cfg(test)]
mod tests {
    use super::*;

    fn two() -> TickTable {
        TickTable::new(vec![Band { from: 0, tick: 1 }, Band { from: 10_000, tick: 100 }])
            .expect("a table")
    }

    #[test]
    fn the_nearest_valid_prices_are_found_across_a_boundary() {
        let table = two();
        assert_eq!(table.down(10_099), Some(Price(10_000)));
        assert_eq!(table.down(9_999), Some(Price(9_999)));
        assert_eq!(table.up(10_001), Some(Price(10_100)));
        assert!(table.is_valid(Price(9_999)) && !table.is_valid(Price(10_050)));
    }

    #[test]
    fn no_price_is_found_beyond_the_limits() {
        assert_eq!(TickTable::uniform(100).down(99), None);
        assert_eq!(TickTable::uniform(1_000).up(MAX_LIMIT), None);
        assert_eq!(two().up(MAX_LIMIT), Some(Price(MAX_LIMIT)));
        assert_eq!(two().down(u32::MAX), Some(Price(MAX_LIMIT)));
    }

    #[test]
    fn bands_that_are_no_table_are_refused_with_the_reason() {
        let fault = |rows: &[(u32, u32)]| {
            let bands = rows.iter().map(|&(from, tick)| Band { from, tick }).collect();
            TickTable::new(bands).expect_err("no table")
        };
        assert_eq!(fault(&[]), TickFault::Start);
        assert_eq!(fault(&[(1, 1)]), TickFault::Start);
        assert_eq!(fault(&[(0, 0)]), TickFault::Tick(0));
        assert_eq!(fault(&[(0, 1), (0, 1)]), TickFault::Order(1));
        assert_eq!(fault(&[(0, 3), (10_000, 100)]), TickFault::Boundary(1));
        assert_eq!(fault(&[(0, 1), (10_050, 100)]), TickFault::Boundary(1));
    }
}

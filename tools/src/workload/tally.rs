//! What came of a flow, in numbers that two engines can compare.

/// All trades of a flow: how many, how much, and a number that says in which order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    /// Trades: one resting order with one incoming order, once.
    pub trades: u64,
    /// Shares traded.
    pub quantity: u64,
    /// Price in ticks times shares, over all trades; wraps.
    pub notional: u64,
    /// Over maker, taker, price and shares of each trade, in order.
    pub hash: u64,
}

impl Tally {
    /// Of no trade.
    pub const NONE: Tally =
        Tally { trades: 0, quantity: 0, notional: 0, hash: 0xcbf2_9ce4_8422_2325 };

    /// Counts a trade.
    #[inline]
    pub fn trade(&mut self, maker: u32, taker: u32, ticks: u32, shares: u32) {
        let [maker, taker, ticks, shares] = [maker, taker, ticks, shares].map(u64::from);
        self.trades += 1;
        self.quantity += shares;
        self.notional = self.notional.wrapping_add(ticks.wrapping_mul(shares));
        for value in [maker, taker, ticks, shares] {
            let mixed = (self.hash ^ value).wrapping_mul(0x0100_0000_01b3);
            self.hash = mixed ^ (mixed >> 29);
        }
    }
}

impl Default for Tally {
    fn default() -> Self {
        Tally::NONE
    }
}

/// What rests at the end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resting {
    /// Orders.
    pub orders: u64,
    /// Their shares.
    pub quantity: u64,
}

/// All that has to come of a flow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Its trades.
    pub tally: Tally,
    /// What rests at the end.
    pub resting: Resting,
}

/// Messages that a public feed would tell of a flow, by kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mix {
    /// Displayed orders, and new tips of reserve orders (ITCH A and F).
    pub adds: u64,
    /// Displayed orders taken away (D).
    pub deletes: u64,
    /// Displayed orders replaced (U).
    pub replaces: u64,
    /// Displayed orders made smaller by their owners (X).
    pub reductions: u64,
    /// Trades with displayed orders (E and C).
    pub executions: u64,
    /// Trades with hidden ones (P).
    pub hidden: u64,
}

impl Mix {
    /// All of them.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.adds + self.deletes + self.replaces + self.reductions + self.executions + self.hidden
    }

    /// What came after `earlier`.
    #[must_use]
    pub const fn since(&self, earlier: &Mix) -> Mix {
        Mix {
            adds: self.adds - earlier.adds,
            deletes: self.deletes - earlier.deletes,
            replaces: self.replaces - earlier.replaces,
            reductions: self.reductions - earlier.reductions,
            executions: self.executions - earlier.executions,
            hidden: self.hidden - earlier.hidden,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Folded with a pocket calculator's means: each step in wide arithmetic.
    fn fold(values: [u32; 4], start: u64) -> u64 {
        values.iter().fold(start, |hash, value| {
            let product = u128::from(hash ^ u64::from(*value)) * 0x0100_0000_01b3;
            let low = (product % (1 << 64)) as u64;
            low ^ (low / (1 << 29))
        })
    }

    #[test]
    fn two_trades_are_counted_and_folded_in_order() {
        let mut tally = Tally::NONE;
        tally.trade(1, 2, 10_000, 300);
        tally.trade(3, 2, 10_001, 50);
        assert_eq!((tally.trades, tally.quantity), (2, 350));
        assert_eq!(tally.notional, 3_000_000 + 500_050);
        let first = fold([1, 2, 10_000, 300], Tally::NONE.hash);
        assert_eq!(tally.hash, fold([3, 2, 10_001, 50], first));
    }

    #[test]
    fn the_order_of_trades_matters() {
        let of = |trades: [(u32, u32); 2]| {
            let mut tally = Tally::NONE;
            trades.into_iter().for_each(|(maker, taker)| tally.trade(maker, taker, 1, 1));
            tally.hash
        };
        assert_ne!(of([(1, 3), (2, 3)]), of([(2, 3), (1, 3)]));
    }

    #[test]
    fn the_notional_wraps() {
        let mut tally = Tally { notional: u64::MAX, ..Tally::NONE };
        tally.trade(1, 2, 2, 1);
        assert_eq!(tally.notional, 1);
    }
}

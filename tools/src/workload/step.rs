//! One command of a flow.

/// A command of a flow. Orders are numbered from 1, upwards in the order in which they come.
///
/// Prices are whole ticks, quantities shares. A flow of millions is kept in memory, so a step is
/// as small as it gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A new order.
    Enter {
        /// Its number.
        id: u32,
        /// Its limit.
        price: u32,
        /// Its shares.
        quantity: u32,
        /// Shares that a reserve order shows at a time; 0 if it is none.
        tip: u32,
        /// Its security, from 0.
        symbol: u16,
        /// Its side.
        side: Side,
        /// What it shows and how long it stays.
        style: Style,
    },
    /// An order in place of a live one, of the same security, side and style.
    Replace {
        /// The new order's number.
        id: u32,
        /// The number of the order that goes.
        original: u32,
        /// The new limit.
        price: u32,
        /// Shares in all, those that were executed before counted.
        quantity: u32,
        /// The security.
        symbol: u16,
        /// The side.
        side: Side,
        /// The original's style.
        style: Style,
    },
    /// Fewer shares for an order, which may be dead: then nothing happens.
    Cancel {
        /// The order.
        id: u32,
        /// Shares wanted in all; 0 takes the order away.
        wanted: u32,
    },
}

const _: () = assert!(size_of::<Step>() <= 24, "a flow of twenty million fits a small machine");

/// The side of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// It buys.
    Buy,
    /// It sells.
    Sell,
}

impl Side {
    /// The other one.
    #[must_use]
    pub const fn opposite(self) -> Self {
        match self {
            Side::Buy => Side::Sell,
            Side::Sell => Side::Buy,
        }
    }
}

/// What an order shows and how long it stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Everyone sees it.
    Shown,
    /// Nobody sees it.
    Hidden,
    /// What does not trade at once is gone.
    Immediate,
}

//! Numbers of what a view keeps.

use protocol_spec::words::{Locate, Price};

use super::words::{Side, Spot};

/// Where an order is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slot(pub(super) u32);

impl Slot {
    /// No order.
    pub(super) const NONE: Slot = Slot(u32::MAX);
}

/// One side of one security's book: its locate, and in the last bit its side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct LadderId(pub(super) u32);

impl LadderId {
    #[inline]
    pub(super) const fn new(locate: Locate, side: Side) -> Self {
        LadderId((locate.0 as u32) << 1 | side as u32)
    }

    #[inline]
    pub(super) const fn locate(self) -> Locate {
        Locate((self.0 >> 1) as u16)
    }

    #[inline]
    pub(super) const fn side(self) -> Side {
        if self.0 & 1 == 0 { Side::Buy } else { Side::Sell }
    }

    #[inline]
    pub(super) const fn at(self, price: Price) -> Spot {
        Spot { locate: self.locate(), side: self.side(), price }
    }
}

/// Where a queue is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct LevelId(pub(super) u32);

//! Where an entry belongs, and prices as a side sees them.

use protocol_spec::words::{Locate, Price};

/// No order, no entry, no level.
pub(super) const NIL: u32 = u32::MAX;

/// One side of one security, its displayed or its hidden entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LadderId(pub(super) u32);

impl LadderId {
    /// The ladder of a security's buys or sells, hidden or displayed.
    #[must_use]
    #[inline]
    pub const fn new(locate: Locate, buys: bool, hidden: bool) -> Self {
        LadderId((locate.0 as u32) << 2 | (hidden as u32) << 1 | !buys as u32)
    }

    #[inline]
    pub(super) const fn index(self) -> usize {
        self.0 as usize
    }

    /// The security.
    #[must_use]
    #[inline]
    pub const fn locate(self) -> Locate {
        Locate((self.0 >> 2) as u16)
    }

    /// Whether it holds buys.
    #[must_use]
    #[inline]
    pub const fn buys(self) -> bool {
        self.0 & 1 == 0
    }

    /// Whether it holds hidden entries.
    #[must_use]
    #[inline]
    pub const fn hidden(self) -> bool {
        self.0 & 2 != 0
    }

    /// The displayed entries of the same side, or the hidden ones.
    #[must_use]
    #[inline]
    pub(super) const fn twin(self) -> Self {
        LadderId(self.0 ^ 2)
    }

    /// A price as a key: the better for this side, the greater. Never 0.
    #[must_use]
    #[inline]
    pub const fn key(self, price: Price) -> Key {
        Key(if self.buys() { price.0 } else { price.0 ^ WORST })
    }

    /// The price of a key.
    #[must_use]
    #[inline]
    pub const fn price(self, key: Key) -> Price {
        Price(if self.buys() { key.0 } else { key.0 ^ WORST })
    }
}

/// What turns a sell's price into a key; above all prices, so that no key is 0.
const WORST: u32 = 0x7FFF_FFFF;

/// A price seen from one side: the better, the greater; 0 where there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key(pub(super) u32);

impl Key {
    /// Worse than every price.
    pub const NONE: Key = Key(0);
    /// Better than every price.
    pub const BEST: Key = Key(WORST);

    /// The key as a number, for whoever stores it.
    pub(crate) const fn number(self) -> u32 {
        self.0
    }

    /// The key of a number that was stored.
    pub(crate) const fn from_number(number: u32) -> Key {
        Key(number & WORST)
    }
}

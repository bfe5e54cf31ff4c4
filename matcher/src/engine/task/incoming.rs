//! An order on its way from acceptance to its end or its rest.

use protocol_spec::words::{OrderPrice, Price};

use crate::book::{EntryId, Order, Slot};
use crate::order::Tif;

/// An order that is in the pool and not in the books yet. All its leaves are in `open`.
///
/// ```text
/// accepted ─┬─> Contra ─────────────────────────────> canceled G
///           ├─> Trial ─┬─> Sweep ─> Refresh ─┬─> Settle ─> filled, canceled, or at rest
///           └──────────┴─────────────────────┘
/// ```
#[derive(Clone, Copy, Debug)]
pub(in crate::engine) struct Incoming {
    pub(in crate::engine) slot: Slot,
    /// The price as it was entered.
    pub(in crate::engine) price: OrderPrice,
    /// Whether that says market.
    pub(in crate::engine) market: bool,
    /// How far it may trade; `None` is not at all (R60).
    pub(in crate::engine) limit: Option<Price>,
    /// What comes next.
    pub(in crate::engine) stage: Stage,
    /// The last hidden entry that its sweep passed (R51).
    pub(in crate::engine) passed: EntryId,
}

/// What comes next for an incoming order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum Stage {
    /// It is post-only and would trade: all of it is canceled (R59).
    Contra,
    /// It has a minimum quantity: see whether it would be reached (R50).
    Trial,
    /// It trades (R46).
    Sweep,
    /// The tips that it used up are refreshed (R57).
    Refresh,
    /// It ends or rests (R48).
    Settle {
        /// Whether it swept.
        swept: bool,
    },
}

impl Incoming {
    /// Whether it is a market order (R60).
    #[inline]
    pub(in crate::engine) fn is_market(&self) -> bool {
        self.market
    }

    /// How long an order of time in force `tif` is said to live (R60).
    #[inline]
    pub(in crate::engine) fn told_tif(&self, tif: Tif) -> Tif {
        if self.is_market() { Tif::Ioc } else { tif }
    }

    /// The price the replies tell of an order (R59).
    #[inline]
    pub(in crate::engine) fn told_price(&self, order: &Order) -> OrderPrice {
        if self.is_market() { self.price } else { OrderPrice(u64::from(order.price.0)) }
    }
}

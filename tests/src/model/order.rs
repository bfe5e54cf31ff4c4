//! A live order (R4, R44).

use matcher::event::TipRef;
use matcher::order::{Display, Owner, Side, Strategy, Tif};
use protocol_spec::wire::ouch::{Capacity, Mpid};
use protocol_spec::words::{GroupId, OrderRef, Price, Time};

/// A live order, or one that is about to become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    /// Port, channel and number under which it is found.
    pub owner: Owner,
    /// Its reference for life (R5).
    pub order_ref: OrderRef,
    /// The place of its security in the list of securities.
    pub symbol: usize,
    /// Its firm.
    pub firm: Mpid,
    /// Its capacity, handed on by replaces.
    pub capacity: Capacity,
    /// The broker's grouping; 0 is none.
    pub group: GroupId,
    /// Its side.
    pub side: Side,
    /// Its limit; of no meaning for a market order, which never rests.
    pub price: Price,
    /// How long it may live.
    pub tif: Tif,
    /// What the public sees of it.
    pub display: Display,
    /// When a GTT order expires.
    pub deadline: Option<Time>,
    /// Minimum quantity as given; 0 is none.
    pub min_qty: u32,
    /// Size of a reserve order's tip as given; 0 is no reserve order.
    pub max_floor: u32,
    /// How much the sizes of tips vary; 0 is not at all.
    pub random_reserves: u32,
    /// Whether it never removes.
    pub post_only: bool,
    /// What becomes of self-matches when it comes in (R52).
    pub strategy: Strategy,
    /// Its self-match group (R52).
    pub party: [u8; 2],
    /// Shares liable (R4).
    pub total: u32,
    /// Shares executed, over the whole replace chain (R4).
    pub done: u32,
    /// Shares prevented by self-match, over the whole replace chain (R4).
    pub prev: u32,
    /// Open shares of its displayed entry (R44); 0 is none.
    pub shown: u32,
    /// Open shares of its hidden entry (R44); 0 is none.
    pub hidden: u32,
    /// The reference of its displayed entry (R5).
    pub tip_ref: OrderRef,
    /// Place of its displayed entry.
    pub shown_place: u64,
    /// Place of its hidden entry.
    pub hidden_place: u64,
    /// How often it was refreshed (R58).
    pub refreshes: u64,
}

impl Order {
    /// R4: L = total - done - prev.
    ///
    /// # Panics
    /// If more is gone than there was.
    #[must_use]
    pub fn leaves(&self) -> u32 {
        self.total.checked_sub(self.done + self.prev).expect("R4: no more is gone than there was")
    }

    /// Its minimum as it counts now: R50 and R51, m = min(MinQty, L).
    #[must_use]
    pub fn minimum(&self) -> u32 {
        self.min_qty.min(self.leaves())
    }

    /// R52: same firm and same group, on whatever port.
    #[must_use]
    pub fn is_same_party(&self, other: &Order) -> bool {
        self.firm == other.firm && self.party == other.party
    }

    /// The reference of its displayed entry, if it has one with shares.
    #[must_use]
    pub fn tip(&self) -> TipRef {
        if self.shown > 0 { TipRef::of(self.tip_ref) } else { TipRef::NONE }
    }

    /// Takes shares off one of its entries.
    ///
    /// # Panics
    /// If the entry has not so many.
    pub fn take(&mut self, displayed: bool, shares: u32) {
        let entry = if displayed { &mut self.shown } else { &mut self.hidden };
        *entry = entry.checked_sub(shares).expect("an entry gives no more than it has");
    }

    /// R63: takes shares off, from the remainder first, and says how many the public misses.
    pub fn shrink(&mut self, shares: u32) -> u32 {
        let from_hidden = shares.min(self.hidden);
        self.take(false, from_hidden);
        self.take(true, shares - from_hidden);
        shares - from_hidden
    }
}

//! The visible state, for tests and tools that look on: copies, in priority order.

use protocol_spec::words::{OrderRef, Price, Shares};

use crate::event::TipRef;
use crate::order::{Owner, Side};

/// An entry of a book (R44). A reserve order can have two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The order.
    pub owner: Owner,
    /// The order's reference.
    pub order_ref: OrderRef,
    /// The entry's own reference if it is displayed, [`TipRef::NONE`] if it is hidden.
    pub tip: TipRef,
    /// Its price.
    pub price: Price,
    /// Its open shares.
    pub shares: Shares,
    /// The order's side.
    pub side: Side,
    /// Shares liable for the whole chain of replaces (R4).
    pub total: Shares,
    /// Shares that the order has left, in all its entries.
    pub leaves: Shares,
}

//! A new order.

use protocol_spec::wire::ouch::{
    Capacity, ClOrdId, CrossType, Display, EnterOrder, Iso, Side, Symbol, Tags, TimeInForce,
};
use protocol_spec::words::{OrderPrice, Shares, UserRefNum};

/// A new order.
///
/// ```
/// use client::Order;
/// use protocol_spec::wire::ouch::{PostOnly, Symbol, Tags, TimeInForce};
/// use protocol_spec::words::{OrderPrice, Shares};
///
/// let order = Order {
///     time_in_force: TimeInForce::EXTENDED,
///     tags: Tags { post_only: Some(PostOnly::POST_ONLY), ..Tags::NONE },
///     ..Order::sell(Shares(300), Symbol::new("AAPL"), OrderPrice(1_875_000))
/// };
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    /// Side, with the kind of sale.
    pub side: Side,
    /// Shares, 1 to 999,999.
    pub quantity: Shares,
    /// The security.
    pub symbol: Symbol,
    /// Limit, or [`OrderPrice::MARKET_MAX`].
    pub price: OrderPrice,
    /// How long it may live.
    pub time_in_force: TimeInForce,
    /// How much the public may see.
    pub display: Display,
    /// For whom the broker acts.
    pub capacity: Capacity,
    /// Whether it is an intermarket sweep order.
    pub iso: Iso,
    /// The cross it is meant for.
    pub cross_type: CrossType,
    /// The broker's own text, returned as it is.
    pub cl_ord_id: ClOrdId,
    /// Everything that need not be said.
    pub tags: Tags,
}

impl Order {
    /// A visible day order of a customer in continuous trading.
    #[must_use]
    pub const fn new(side: Side, quantity: Shares, symbol: Symbol, price: OrderPrice) -> Self {
        Order {
            side,
            quantity,
            symbol,
            price,
            time_in_force: TimeInForce::DAY,
            display: Display::VISIBLE,
            capacity: Capacity::AGENCY,
            iso: Iso::NO,
            cross_type: CrossType::CONTINUOUS,
            cl_ord_id: ClOrdId::BLANK,
            tags: Tags::NONE,
        }
    }

    /// The same to buy.
    #[must_use]
    pub const fn buy(quantity: Shares, symbol: Symbol, price: OrderPrice) -> Self {
        Order::new(Side::BUY, quantity, symbol, price)
    }

    /// The same to sell what the seller has.
    #[must_use]
    pub const fn sell(quantity: Shares, symbol: Symbol, price: OrderPrice) -> Self {
        Order::new(Side::SELL, quantity, symbol, price)
    }

    pub(super) const fn message(&self, number: UserRefNum) -> EnterOrder {
        EnterOrder {
            user_ref_num: number,
            side: self.side,
            quantity: self.quantity,
            symbol: self.symbol,
            price: self.price,
            time_in_force: self.time_in_force,
            display: self.display,
            capacity: self.capacity,
            iso: self.iso,
            cross_type: self.cross_type,
            cl_ord_id: self.cl_ord_id,
        }
    }
}

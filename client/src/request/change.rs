//! Changes of one order.

use protocol_spec::wire::ouch::{
    CancelOrder, ClOrdId, Display, Iso, ModifyOrder, ReplaceOrder, Side, Tags, TimeInForce,
};
use protocol_spec::words::{OrderPrice, Shares, UserRefNum};

/// A new order in place of a live one, which loses its place.
///
/// The fields are taken anew, tags that are left out are those of the order replaced; but Shares
/// Located and Locate Broker have to be given again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Replacement {
    /// The order to be replaced.
    pub order: UserRefNum,
    /// Shares of the whole chain, executed ones included.
    pub quantity: Shares,
    /// Limit, or [`OrderPrice::MARKET_MAX`].
    pub price: OrderPrice,
    /// How long it may live.
    pub time_in_force: TimeInForce,
    /// How much the public may see.
    pub display: Display,
    /// Whether it is an intermarket sweep order.
    pub iso: Iso,
    /// The broker's own text, returned as it is.
    pub cl_ord_id: ClOrdId,
    /// Everything that need not be said.
    pub tags: Tags,
}

/// Less of an order, or nothing; it keeps its place.
///
/// There is no answer if the order is not live or is no larger than that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cancel {
    /// The order.
    pub order: UserRefNum,
    /// Shares wanted in all, executed ones included; 0 cancels the order.
    pub quantity: Shares,
    /// The channel.
    pub tags: Tags,
}

/// Another kind of sale, or less of it; the order keeps its place.
///
/// There is no answer if the order is not live, is a buy, or would stay as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Modify {
    /// The order.
    pub order: UserRefNum,
    /// The kind of sale.
    pub side: Side,
    /// Shares wanted in all, executed ones included.
    pub quantity: Shares,
    /// The channel, and where the shares were found.
    pub tags: Tags,
}

impl Replacement {
    /// A visible day order in place of `order`.
    #[must_use]
    pub const fn new(order: UserRefNum, quantity: Shares, price: OrderPrice) -> Self {
        Replacement {
            order,
            quantity,
            price,
            time_in_force: TimeInForce::DAY,
            display: Display::VISIBLE,
            iso: Iso::NO,
            cl_ord_id: ClOrdId::BLANK,
            tags: Tags::NONE,
        }
    }

    pub(super) const fn message(&self, number: UserRefNum) -> ReplaceOrder {
        ReplaceOrder {
            orig_user_ref_num: self.order,
            user_ref_num: number,
            quantity: self.quantity,
            price: self.price,
            time_in_force: self.time_in_force,
            display: self.display,
            iso: self.iso,
            cl_ord_id: self.cl_ord_id,
        }
    }
}

impl Cancel {
    /// Nothing more of `order`.
    #[must_use]
    pub const fn all(order: UserRefNum) -> Self {
        Cancel::down_to(order, Shares(0))
    }

    /// No more than `quantity` of `order`, executed shares included.
    #[must_use]
    pub const fn down_to(order: UserRefNum, quantity: Shares) -> Self {
        Cancel { order, quantity, tags: Tags::NONE }
    }

    pub(super) const fn message(&self) -> CancelOrder {
        CancelOrder { user_ref_num: self.order, quantity: self.quantity }
    }
}

impl Modify {
    /// `order` with this kind of sale and no more than `quantity`, executed shares included.
    #[must_use]
    pub const fn new(order: UserRefNum, side: Side, quantity: Shares) -> Self {
        Modify { order, side, quantity, tags: Tags::NONE }
    }

    pub(super) const fn message(&self) -> ModifyOrder {
        ModifyOrder { user_ref_num: self.order, side: self.side, quantity: self.quantity }
    }
}

//! The elements of an appendage.

use super::codes::{
    AiqStrategy, BboWeight, CustomerType, DiscretionPriceType, HandleInst, PostOnly, PriceType,
    SharesLocated, Side, TradeNow,
};
use super::element::{AppendageFault, Element, FaultKind, TagLayout, TagSet, put_element};
use crate::wire::field::Field;
use crate::wire::layout::FieldLayout;
use crate::wire::table::{field, tags};
use crate::wire::text::{Alpha, Mpid};
use crate::words::{GroupId, OrderPrice, OrderRef, Shares, SignedPrice, UserRefIdx};

tags! {
    1 8 secondary_order_ref: OrderRef, "SecondaryOrdRefNum",
        "Another reference of the order on the feed, that of a reserve order's displayed part";
    2 4 firm: Mpid, "Firm", "The firm; spaces mean the account's default";
    3 4 min_qty: Shares, "MinQty", "Least shares of an execution; 0 is none";
    4 1 customer_type: CustomerType, "CustomerType", "Whose customer the order is";
    5 4 max_floor: Shares, "MaxFloor", "Displayed part of a reserve order; 0 is none";
    6 1 price_type: PriceType, "PriceType", "What the price is tied to; L if absent";
    7 4 peg_offset: SignedPrice, "PegOffset", "Distance from the price it is tied to";
    9 8 discretion_price: OrderPrice, "DiscretionPrice",
        "Price up to which it may trade; 0 is none";
    10 1 discretion_price_type: DiscretionPriceType, "DiscretionPriceType",
        "What the discretionary price is tied to; L if absent";
    11 4 discretion_peg_offset: SignedPrice, "DiscretionPegOffset",
        "Distance from the price the discretionary price is tied to";
    12 1 post_only: PostOnly, "PostOnly", "Whether it may remove liquidity; N if absent";
    13 4 random_reserves: Shares, "RandomReserves",
        "Range by which the displayed part of a reserve order varies";
    14 4 route: Alpha<4>, "Route", "The routing strategy";
    15 4 expire_time: u32, "ExpireTime", "Seconds to live, 1 to 86,399 (GTT)";
    16 1 trade_now: TradeNow, "TradeNow", "Whether a midpoint order may trade at once";
    17 1 handle_inst: HandleInst, "HandleInst", "How it is handled in its cross";
    18 1 bbo_weight: BboWeight, "BBO Weight Indicator",
        "How it related to the best prices when accepted";
    22 4 display_quantity: Shares, "Display Quantity", "Displayed shares";
    23 8 display_price: OrderPrice, "Display Price", "Displayed price";
    24 2 group_id: GroupId, "Group ID", "The broker's own grouping; 0 is none";
    25 1 shares_located: SharesLocated, "Shares Located",
        "Whether borrowed shares were found for a short sale; N if absent";
    26 4 locate_broker: Mpid, "Locate Broker", "The broker that found them";
    27 1 side: Side, "Side", "The side, where a request may name one";
    28 1 user_ref_idx: UserRefIdx, "UserRefIdx", "The channel of the number; 0 if absent";
    29 1 aiq_strategy: AiqStrategy, "AIQ Strategy",
        "What becomes of orders that would trade with their own side; * if absent";
    30 2 aiq_group: Alpha<2>, "AIQ Group ID", "Group within the firm; ** is the port's default";
}

impl Tags {
    /// A tag as data, if there is such a tag.
    #[must_use]
    pub fn layout(tag: u8) -> Option<&'static TagLayout> {
        Tags::LAYOUTS.iter().find(|layout| layout.tag == tag)
    }

    /// Most bytes that an appendage can take: every element once, and its length.
    pub const MAX_LEN: usize = {
        let (mut len, mut i) = (2, 0);
        while i < Tags::LAYOUTS.len() {
            len += 2 + Tags::LAYOUTS[i].field.len;
            i += 1;
        }
        len
    };

    /// Writes an appendage with these elements, ascending by tag, and says how long it is.
    ///
    /// # Panics
    /// If `out` is too short; [`Tags::MAX_LEN`] bytes always suffice.
    #[inline]
    pub fn encode(&self, out: &mut [u8]) -> usize {
        let (length, elements) = out.split_first_chunk_mut().expect("room for the length");
        let room = elements.len();
        let used = room - self.put(elements).len();
        let count = u16::try_from(used).expect("all elements together are shorter");
        *length = count.to_be_bytes();
        2 + used
    }
}

//! What a broker may ask.

use super::appendage::Appendage;
use super::codes::{Capacity, CrossType, Display, Iso, Side, TimeInForce};
use super::tags::Tags;
use super::tail::{always, optional};
use crate::wire::error::{BadCode, DecodeError};
use crate::wire::field::Field;
use crate::wire::layout::{FieldLayout, Kind, Layout};
use crate::wire::table::{field, messages, record};
use crate::wire::text::{ClOrdId, Mpid, Symbol};
use crate::words::{OrderPrice, Shares, UserRefNum};

messages! {
    /// A message from a broker to the venue.
    enum Inbound;
    type at 0;
    appended;
    header {}

    EnterOrder = b'O', 45, "Enter Order",
        "Asks for a new order." {
        1 4 user_ref_num: UserRefNum, "UserRefNum", "The broker's number of this request";
        5 1 side: Side, "Side", "Side of the order";
        6 4 quantity: Shares, "Quantity", "Shares, 1 to 999,999";
        10 8 symbol: Symbol, "Symbol", "The security";
        18 8 price: OrderPrice, "Price", "Limit, or one of the two values that mean market";
        26 1 time_in_force: TimeInForce, "Time In Force", "How long the order may live";
        27 1 display: Display, "Display", "How much the public may see" except b"Z";
        28 1 capacity: Capacity, "Capacity", "For whom the broker acts";
        29 1 iso: Iso, "InterMarket Sweep Eligibility", "Whether it is an intermarket sweep order";
        30 1 cross_type: CrossType, "CrossType", "The cross it is meant for";
        31 14 cl_ord_id: ClOrdId, "ClOrdID", "The broker's own text, returned as it is";
    } + always(47, &[2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 15, 16, 17, 24, 25, 26, 28, 29, 30]);

    ReplaceOrder = b'U', 38, "Replace Order",
        "Asks for a new order in place of a live one." {
        1 4 orig_user_ref_num: UserRefNum, "OrigUserRefNum", "The order to be replaced";
        5 4 user_ref_num: UserRefNum, "UserRefNum", "The broker's number of the new order";
        9 4 quantity: Shares, "Quantity",
            "Shares liable for the whole chain, executed and prevented ones included";
        13 8 price: OrderPrice, "Price", "Limit, or one of the two values that mean market";
        21 1 time_in_force: TimeInForce, "Time In Force", "How long the order may live"
            except b"E";
        22 1 display: Display, "Display", "How much the public may see" except b"Z";
        23 1 iso: Iso, "InterMarket Sweep Eligibility", "Whether it is an intermarket sweep order";
        24 14 cl_ord_id: ClOrdId, "ClOrdID", "The broker's own text, returned as it is";
    } + always(40, &[3, 5, 6, 7, 9, 10, 11, 12, 13, 15, 16, 17, 25, 26, 27, 28, 29, 30]);

    CancelOrder = b'X', 9, "Cancel Order",
        "Asks that an order be made smaller, or canceled." {
        1 4 user_ref_num: UserRefNum, "UserRefNum", "The order";
        5 4 quantity: Shares, "Quantity",
            "Shares wanted in all, executed ones included; 0 cancels the order";
    } + optional(11, &[28]);

    ModifyOrder = b'M', 10, "Modify Order",
        "Asks that a sell order change its kind of sale, or be made smaller." {
        1 4 user_ref_num: UserRefNum, "UserRefNum", "The order";
        5 1 side: Side, "Side", "The new side; S, T and E may become each other" except b"B";
        6 4 quantity: Shares, "Quantity", "Shares wanted in all, executed ones included";
    } + optional(12, &[25, 26, 28]);

    MassCancel = b'C', 17, "Mass Cancel",
        "Asks that all of the port's orders that match be canceled." {
        1 4 user_ref_num: UserRefNum, "UserRefNum", "The broker's number of this request";
        5 4 firm: Mpid, "Firm", "Orders of this firm";
        9 8 symbol: Symbol, "Symbol", "Orders in this security; spaces mean all";
    } + always(19, &[24, 27, 28]);

    DisableOrderEntry = b'D', 9, "Disable Order Entry",
        "Asks that no more orders be taken for a firm." {
        1 4 user_ref_num: UserRefNum, "UserRefNum", "The broker's number of this request";
        5 4 firm: Mpid, "Firm", "The firm; spaces mean all of the port's";
    } + always(11, &[28]);

    EnableOrderEntry = b'E', 9, "Enable Order Entry",
        "Asks that orders be taken for a firm again." {
        1 4 user_ref_num: UserRefNum, "UserRefNum", "The broker's number of this request";
        5 4 firm: Mpid, "Firm", "The firm; spaces mean all of the port's";
    } + always(11, &[28]);

    AccountQuery = b'Q', 1, "Account Query",
        "Asks which number comes next." {
    } + optional(3, &[28]);
}

//! What the venue answers.

use super::appendage::Appendage;
use super::codes::{
    AiqCancelReason, AiqStrategy, BrokenReason, CancelReason, Capacity, CrossType, Display, Iso,
    LiquidityFlag, OrderState, RejectReason, RestateReason, Side, SystemEventCode, TimeInForce,
};
use super::tags::Tags;
use super::tail::{always, echo, usually};
use crate::wire::error::{BadCode, DecodeError};
use crate::wire::field::Field;
use crate::wire::layout::{AppendageRule, FieldLayout, Kind, Layout, Tail};
use crate::wire::table::{field, messages, record};
use crate::wire::text::{ClOrdId, Mpid, Symbol};
use crate::words::{MatchNo, OrderPrice, OrderRef, Shares, Timestamp, UserRefNum};

messages! {
    /// A message from the venue to a broker.
    enum Outbound;
    type at 0;
    appended;
    header {
        1 8 timestamp: Timestamp, "Timestamp", "Nanoseconds since midnight";
    }

    SystemEvent = b'S', 10, "System Event",
        "The day begins or ends." {
        9 1 event: SystemEventCode, "Event Code", "Which of the two";
    };

    OrderAccepted = b'A', 62, "Order Accepted",
        "The order was taken; fields may differ from those sent." {
        9 4 user_ref_num: UserRefNum, "UserRefNum", "The order";
        13 1 side: Side, "Side", "Side of the order";
        14 4 quantity: Shares, "Quantity", "Shares accepted";
        18 8 symbol: Symbol, "Symbol", "The security";
        26 8 price: OrderPrice, "Price", "Price accepted, equal to the one sent or better";
        34 1 time_in_force: TimeInForce, "Time In Force", "As sent or shorter";
        35 1 display: Display, "Display", "How much the public sees";
        36 8 order_ref: OrderRef, "Order Reference Number", "The venue's number of the order";
        44 1 capacity: Capacity, "Capacity", "For whom the broker acts";
        45 1 iso: Iso, "InterMarket Sweep Eligibility", "Whether it is an intermarket sweep order";
        46 1 cross_type: CrossType, "CrossType", "The cross it is meant for";
        47 1 state: OrderState, "Order State", "Whether the order lives";
        48 14 cl_ord_id: ClOrdId, "ClOrdID", "The broker's own text";
    } + always(64, &[
        2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 24, 25, 28, 29, 30,
    ]);

    OrderReplaced = b'U', 66, "Order Replaced",
        "The order was replaced; the old one is no more." {
        9 4 orig_user_ref_num: UserRefNum, "OrigUserRefNum", "The order that was replaced";
        13 4 user_ref_num: UserRefNum, "UserRefNum", "The order from now on";
        17 1 side: Side, "Side", "Side of the order";
        18 4 quantity: Shares, "Quantity", "Shares still open";
        22 8 symbol: Symbol, "Symbol", "The security";
        30 8 price: OrderPrice, "Price", "Price accepted, equal to the one sent or better";
        38 1 time_in_force: TimeInForce, "Time In Force", "As sent or shorter";
        39 1 display: Display, "Display", "How much the public sees";
        40 8 order_ref: OrderRef, "Order Reference Number", "The venue's number of the order";
        48 1 capacity: Capacity, "Capacity", "For whom the broker acts";
        49 1 iso: Iso, "InterMarket Sweep Eligibility", "Whether it is an intermarket sweep order";
        50 1 cross_type: CrossType, "CrossType", "The cross it is meant for";
        51 1 state: OrderState, "Order State", "Whether the order lives";
        52 14 cl_ord_id: ClOrdId, "ClOrdID", "The broker's own text";
    } + always(68, &[2, 3, 5, 6, 12, 15, 16, 17, 18, 28, 29, 30]);

    Canceled = b'C', 18, "Order Canceled",
        "Shares were taken off the order, maybe all." {
        9 4 user_ref_num: UserRefNum, "UserRefNum", "The order";
        13 4 quantity: Shares, "Quantity", "Shares taken off by this message";
        17 1 reason: CancelReason, "Cancel Order Reason", "Why";
    } + echo(20);

    AiqCanceled = b'D', 32, "AIQ Canceled",
        "Shares were taken off the order to keep it from trading with its own side." {
        9 4 user_ref_num: UserRefNum, "UserRefNum", "The order";
        13 4 decrement: Shares, "Decrement Shares", "Shares taken off by this message";
        17 1 reason: AiqCancelReason, "Cancel Order Reason", "Why";
        18 4 prevented: Shares, "Quantity Prevented from Trading",
            "Shares that would have been executed";
        22 8 price: OrderPrice, "Execution Price", "Price at which they would have been";
        30 1 liquidity: LiquidityFlag, "Liquidity Flag", "Flag that they would have had";
        31 1 strategy: AiqStrategy, "AIQ Strategy", "Strategy that was applied";
    } + echo(34);

    OrderExecuted = b'E', 34, "Order Executed",
        "Shares of the order were executed." {
        9 4 user_ref_num: UserRefNum, "UserRefNum", "The order";
        13 4 quantity: Shares, "Quantity", "Shares executed by this message";
        17 8 price: OrderPrice, "Price", "Price of the execution";
        25 1 liquidity: LiquidityFlag, "Liquidity Flag", "Part that the order played";
        26 8 match_no: MatchNo, "Match Number", "Number shared by both sides of the execution";
    } + usually(36, &[28]);

    BrokenTrade = b'B', 36, "Broken Trade",
        "An execution was broken, for good." {
        9 4 user_ref_num: UserRefNum, "UserRefNum", "The order";
        13 8 match_no: MatchNo, "Match Number", "Number of the execution";
        21 1 reason: BrokenReason, "Reason", "Why";
        22 14 cl_ord_id: ClOrdId, "ClOrdID", "The broker's own text";
    } + echo(38);

    Rejected = b'J', 29, "Rejected",
        "The request was refused; its number is used up." {
        9 4 user_ref_num: UserRefNum, "UserRefNum", "The request";
        13 2 reason: RejectReason, "Reason", "Why";
        15 14 cl_ord_id: ClOrdId, "ClOrdID", "The broker's own text";
    } + echo(31);

    CancelPending = b'P', 13, "Cancel Pending",
        "The order is held by a cross and will be canceled after it." {
        9 4 user_ref_num: UserRefNum, "UserRefNum", "The order";
    } + echo(15);

    CancelReject = b'I', 13, "Cancel Reject",
        "The order is held by a cross and cannot be made smaller." {
        9 4 user_ref_num: UserRefNum, "UserRefNum", "The order";
    } + echo(15);

    OrderPriorityUpdate = b'T', 30, "Order Priority Update",
        "The order got another place in the book." {
        9 4 user_ref_num: UserRefNum, "UserRefNum", "The order";
        13 8 price: OrderPrice, "Price", "Price from now on";
        21 1 display: Display, "Display", "How much the public sees from now on";
        22 8 order_ref: OrderRef, "Order Reference Number", "The venue's new number of the order";
    } + echo(32);

    OrderModified = b'M', 18, "Order Modified",
        "The order's kind of sale or size was changed." {
        9 4 user_ref_num: UserRefNum, "UserRefNum", "The order";
        13 1 side: Side, "Side", "Side from now on";
        14 4 quantity: Shares, "Quantity", "Shares still open";
    } + Tail::Appendage(AppendageRule::Echo { len: 20 }, &[25, 26, 28]);

    OrderRestated = b'R', 14, "Order Restated",
        "The venue changed how the order is displayed." {
        9 4 user_ref_num: UserRefNum, "UserRefNum", "The order";
        13 1 reason: RestateReason, "Reason", "What was changed";
    } + always(16, &[1, 22, 23, 28]);

    MassCancelResponse = b'X', 25, "Mass Cancel Response",
        "The mass cancel was taken; the orders' own messages follow." {
        9 4 user_ref_num: UserRefNum, "UserRefNum", "The request";
        13 4 firm: Mpid, "Firm", "As sent";
        17 8 symbol: Symbol, "Symbol", "As sent";
    } + always(27, &[24, 27, 28]);

    DisableOrderEntryResponse = b'G', 17, "Disable Order Entry Response",
        "No more orders are taken for the firm." {
        9 4 user_ref_num: UserRefNum, "UserRefNum", "The request";
        13 4 firm: Mpid, "Firm", "As sent";
    } + always(19, &[28]);

    EnableOrderEntryResponse = b'K', 17, "Enable Order Entry Response",
        "Orders are taken for the firm again." {
        9 4 user_ref_num: UserRefNum, "UserRefNum", "The request";
        13 4 firm: Mpid, "Firm", "As sent";
    } + always(19, &[28]);

    AccountQueryResponse = b'Q', 13, "Account Query Response",
        "Which number comes next." {
        9 4 next_user_ref_num: UserRefNum, "NextUserRefNum", "The lowest number still free";
    } + echo(15);
}

impl Outbound<'_> {
    /// The order or request that the message is about, if it is about one; of a replacement the new
    /// order.
    #[must_use]
    pub fn user_ref_num(&self) -> Option<UserRefNum> {
        Some(match self {
            Outbound::SystemEvent(_) | Outbound::AccountQueryResponse(_) => return None,
            Outbound::OrderAccepted(m) => m.user_ref_num(),
            Outbound::OrderReplaced(m) => m.user_ref_num(),
            Outbound::Canceled(m) => m.user_ref_num(),
            Outbound::AiqCanceled(m) => m.user_ref_num(),
            Outbound::OrderExecuted(m) => m.user_ref_num(),
            Outbound::BrokenTrade(m) => m.user_ref_num(),
            Outbound::Rejected(m) => m.user_ref_num(),
            Outbound::CancelPending(m) => m.user_ref_num(),
            Outbound::CancelReject(m) => m.user_ref_num(),
            Outbound::OrderPriorityUpdate(m) => m.user_ref_num(),
            Outbound::OrderModified(m) => m.user_ref_num(),
            Outbound::OrderRestated(m) => m.user_ref_num(),
            Outbound::MassCancelResponse(m) => m.user_ref_num(),
            Outbound::DisableOrderEntryResponse(m) => m.user_ref_num(),
            Outbound::EnableOrderEntryResponse(m) => m.user_ref_num(),
        })
    }
}

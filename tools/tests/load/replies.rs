//! What a venue answers, as bytes.

use protocol_spec::wire::ouch::{
    AccountQueryResponse, CancelReason, Canceled, EnterOrder, LiquidityFlag, OrderAccepted,
    OrderExecuted, OrderReplaced, OrderState, RejectReason, Rejected, ReplaceOrder,
};
use protocol_spec::words::{Shares, UserRefNum};

pub(crate) fn query(next_user_ref_num: UserRefNum) -> Vec<u8> {
    AccountQueryResponse { next_user_ref_num, ..AccountQueryResponse::BLANK }.to_bytes().to_vec()
}

pub(crate) fn rejected(user_ref_num: UserRefNum) -> Vec<u8> {
    let reason = RejectReason::HALTED;
    Rejected { user_ref_num, reason, ..Rejected::BLANK }.to_bytes().to_vec()
}

pub(crate) fn accepted(order: &EnterOrder) -> Vec<u8> {
    let accepted = OrderAccepted {
        user_ref_num: order.user_ref_num,
        side: order.side,
        quantity: order.quantity,
        symbol: order.symbol,
        price: order.price,
        time_in_force: order.time_in_force,
        state: OrderState::LIVE,
        ..OrderAccepted::BLANK
    };
    [&accepted.to_bytes()[..], &[0, 0]].concat()
}

pub(crate) fn canceled(user_ref_num: UserRefNum, shares: u32, reason: &[u8; 1]) -> Vec<u8> {
    let (quantity, reason) = (Shares(shares), CancelReason(*reason));
    Canceled { user_ref_num, quantity, reason, ..Canceled::BLANK }.to_bytes().to_vec()
}

pub(crate) fn executed(user_ref_num: UserRefNum, shares: u32, flag: &[u8; 1]) -> Vec<u8> {
    let (quantity, liquidity) = (Shares(shares), LiquidityFlag(*flag));
    let executed = OrderExecuted { user_ref_num, quantity, liquidity, ..OrderExecuted::BLANK };
    [&executed.to_bytes()[..], &[0, 0]].concat()
}

pub(crate) fn replaced(asked: &ReplaceOrder, shares: u32) -> Vec<u8> {
    let replaced = OrderReplaced {
        orig_user_ref_num: asked.orig_user_ref_num,
        user_ref_num: asked.user_ref_num,
        quantity: Shares(shares),
        ..OrderReplaced::BLANK
    };
    [&replaced.to_bytes()[..], &[0, 0]].concat()
}

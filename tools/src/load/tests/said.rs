//! Answers of a venue, in short.

use protocol_spec::wire::ouch::{
    AccountQueryResponse, CancelReason, Canceled, LiquidityFlag, OrderAccepted, OrderExecuted,
    OrderReplaced, OrderState, RejectReason, Rejected,
};
use protocol_spec::words::{MatchNo, Shares, UserRefNum};

/// What the venue says.
pub(crate) enum Said {
    Accepted(u32, u32),
    Rejected(u32),
    Removed(u32, u32),
    Added(u32, u32),
    Canceled(u32, u32),
    Replaced(u32, u32, u32),
    Query,
}

impl Said {
    /// The message.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let executed = |number, shares, liquidity| OrderExecuted {
            user_ref_num: UserRefNum(number),
            quantity: Shares(shares),
            liquidity,
            match_no: MatchNo(1),
            ..OrderExecuted::BLANK
        };
        match *self {
            Said::Accepted(number, shares) => {
                let (user_ref_num, quantity) = (UserRefNum(number), Shares(shares));
                let state = OrderState::LIVE;
                let said = OrderAccepted { user_ref_num, quantity, state, ..OrderAccepted::BLANK };
                [&said.to_bytes()[..], &[0, 0]].concat()
            }
            Said::Rejected(number) => {
                let (user_ref_num, reason) = (UserRefNum(number), RejectReason::HALTED);
                Rejected { user_ref_num, reason, ..Rejected::BLANK }.to_bytes().to_vec()
            }
            Said::Removed(number, shares) => {
                executed(number, shares, LiquidityFlag::REMOVED).to_bytes().to_vec()
            }
            Said::Added(number, shares) => {
                executed(number, shares, LiquidityFlag::ADDED).to_bytes().to_vec()
            }
            Said::Canceled(number, shares) => {
                let (user_ref_num, quantity) = (UserRefNum(number), Shares(shares));
                let reason = CancelReason::USER;
                let said = Canceled { user_ref_num, quantity, reason, ..Canceled::BLANK };
                said.to_bytes().to_vec()
            }
            Said::Replaced(old, new, shares) => {
                let said = OrderReplaced {
                    orig_user_ref_num: UserRefNum(old),
                    user_ref_num: UserRefNum(new),
                    quantity: Shares(shares),
                    ..OrderReplaced::BLANK
                };
                [&said.to_bytes()[..], &[0, 0]].concat()
            }
            Said::Query => AccountQueryResponse::BLANK.to_bytes().to_vec(),
        }
    }
}

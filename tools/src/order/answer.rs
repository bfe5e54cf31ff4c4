//! Whether a reply is a request's own.

use client::{Reply, Request};
use protocol_spec::wire::ouch::{CancelReason, Outbound};
use protocol_spec::words::UserRefNum;

/// What a request's own answer says of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// It was taken.
    Taken,
    /// It was refused.
    Refused,
    /// A replacement was refused, and the order to be replaced canceled.
    Killed,
}

/// What `reply` says of the request sent under `number`, if it is the answer to that.
pub(super) fn to(request: &Request, number: UserRefNum, reply: &Reply<'_>) -> Option<Answer> {
    use Outbound as O;
    let (message, _) = reply.decode().ok()?;
    if reply.channel() != request.channel() {
        return None;
    }
    let canceled = |order: UserRefNum| {
        matches!(message, O::Canceled(canceled)
            if canceled.user_ref_num() == order && canceled.reason() == CancelReason::USER)
    };
    if let Request::Replace(replacement) = request
        && canceled(replacement.order)
    {
        return Some(Answer::Killed);
    }
    if reply.about() != Some(number) {
        return None;
    }
    match (request, message) {
        (Request::Enter(_), O::OrderAccepted(_))
        | (Request::Replace(_), O::OrderReplaced(_))
        | (Request::Cancel(_), O::CancelPending(_))
        | (Request::Modify(_), O::OrderModified(_))
        | (Request::MassCancel(_), O::MassCancelResponse(_))
        | (Request::Disable(_), O::DisableOrderEntryResponse(_))
        | (Request::Enable(_), O::EnableOrderEntryResponse(_)) => Some(Answer::Taken),
        (Request::Cancel(_) | Request::Modify(_), O::Canceled(_)) => {
            canceled(number).then_some(Answer::Taken)
        }
        (Request::Cancel(_), O::CancelReject(_)) | (_, O::Rejected(_)) => Some(Answer::Refused),
        _ => None,
    }
}

/// Why the venue may have passed over a request.
pub(super) const fn silence(request: &Request) -> &'static str {
    match request {
        Request::Cancel(_) => "there is no such live order, or it is no larger than that",
        Request::Modify(_) => {
            "there is no such live order, it is a buy, or it is no larger and of that kind"
        }
        Request::Replace(_) => "the order is not live, or the number was used before",
        _ => "the number was used before, or the venue is slow: --timeout waits longer",
    }
}

//! Nasdaq OUCH 5.0 (revision 1.04, tags 29 and 30 of 1.05): order entry.
//!
//! Type letters mean one thing from the broker and another from the venue, so a message is read by
//! its direction: [`Inbound`] goes to the venue, [`Outbound`] comes from it. After the fields that
//! are always there may come an [`Appendage`] of tagged elements, read apart: a venue must answer
//! a message by its number even if the appendage or a code is faulty.

mod appendage;
mod codes;
mod inbound;
mod outbound;
mod tags;

pub use appendage::{Appendage, AppendageFault, Element, Elements, FaultKind, TagLayout, TagSet};
pub use codes::*;
pub use inbound::{
    AccountQuery, CancelOrder, DisableOrderEntry, EnableOrderEntry, EnterOrder, Inbound,
    MassCancel, ModifyOrder, ReplaceOrder,
};
pub use outbound::{
    AccountQueryResponse, AiqCanceled, BrokenTrade, CancelPending, CancelReject, Canceled,
    DisableOrderEntryResponse, EnableOrderEntryResponse, MassCancelResponse, OrderAccepted,
    OrderExecuted, OrderModified, OrderPriorityUpdate, OrderReplaced, OrderRestated, Outbound,
    Rejected, SystemEvent,
};
pub use tags::Tags;

use super::layout::{AppendageRule, Tail};

/// Messages as bytes with a getter for each field.
pub mod view {
    pub use super::inbound::view as inbound;
    pub use super::outbound::view as outbound;
}

/// A broker's own text for an order.
pub type ClOrdId = super::text::Alpha<14>;

/// A tail that is always there; `len` is the document's length with an empty appendage.
const fn always(len: usize, tags: &'static [u8]) -> Tail {
    Tail::Appendage(AppendageRule::Always { len, may_be_missing: false }, tags)
}

/// A tail that one revision does not have.
const fn usually(len: usize, tags: &'static [u8]) -> Tail {
    Tail::Appendage(AppendageRule::Always { len, may_be_missing: true }, tags)
}

/// A tail that the sender may leave out.
const fn optional(len: usize, tags: &'static [u8]) -> Tail {
    Tail::Appendage(AppendageRule::Optional { len }, tags)
}

/// A tail that only returns the channel of a request.
const fn echo(len: usize) -> Tail {
    Tail::Appendage(AppendageRule::Echo { len }, &[28])
}

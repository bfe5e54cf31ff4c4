//! Nasdaq OUCH 5.0 (revision 1.04, tags 29 and 30 of 1.05): order entry.
//!
//! Type letters mean one thing from the broker and another from the venue, so a message is read by
//! its direction: [`Inbound`] goes to the venue, [`Outbound`] comes from it. After the fields that
//! are always there may come an [`Appendage`] of tagged elements, read apart: a venue must answer
//! a message by its number even if the appendage or a code is faulty.

mod appendage;
mod codes;
mod element;
mod inbound;
mod outbound;
mod tags;
mod tail;

pub use super::text::ClOrdId;
pub use appendage::Appendage;
pub use codes::*;
pub use element::{AppendageFault, Element, Elements, FaultKind, TagLayout, TagSet};
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

/// Messages as bytes with a getter for each field.
pub mod view {
    pub use super::inbound::view as inbound;
    pub use super::outbound::view as outbound;
}

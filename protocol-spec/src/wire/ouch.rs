//! Nasdaq OUCH 5.0 (revision 1.04, tags 29 and 30 of 1.05): order entry.
//!
//! Type letters mean one thing from the broker and another from the venue, so a message is read by
//! its direction: [`Inbound`] goes to the venue, [`Outbound`] comes from it. After the fields that
//! are always there may come an [`Appendage`] of tagged elements, read apart: a venue must answer
//! a message by its number even if the appendage or a code is faulty.
//!
//! ```
//! use protocol_spec::wire::DecodeError;
//! use protocol_spec::wire::ouch::{EnterOrder, Inbound, Mpid, Side, TagSet, Tags};
//! use protocol_spec::words::{OrderPrice, Shares, UserRefNum};
//!
//! let order = EnterOrder {
//!     user_ref_num: UserRefNum(7),
//!     side: Side(*b"?"),
//!     quantity: Shares(300),
//!     price: OrderPrice(1_875_000),
//!     ..EnterOrder::BLANK
//! };
//! let tags = Tags { firm: Some(Mpid::new("FRM1")), ..Tags::NONE };
//! let mut out = [0; EnterOrder::LEN + Tags::MAX_LEN];
//! let len = order.encode_with(&tags, &mut out);
//!
//! // Strict reading says what is wrong first, lenient reading still gives all the rest.
//! let strict = Inbound::decode(&out[..len]);
//! assert!(matches!(strict, Err(DecodeError::BadCode(bad)) if bad.offset == 5));
//! let (Inbound::EnterOrder(read), appendage) = Inbound::frame(&out[..len])? else { panic!() };
//! assert_eq!((read.user_ref_num(), read.price().to_string()), (UserRefNum(7), "187.5000".into()));
//! assert_eq!(appendage.read(TagSet::of(&[2, 28])), Ok(tags));
//! # Ok::<(), DecodeError>(())
//! ```

mod appendage;
mod codes;
mod element;
mod inbound;
mod outbound;
mod tags;
mod tail;

pub use super::text::{ClOrdId, Mpid, Symbol};
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

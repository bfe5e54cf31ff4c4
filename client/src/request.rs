//! What can be asked.

mod change;
mod order;
mod whole;

use protocol_spec::wire::layout::{Layout, Tail};
use protocol_spec::wire::ouch;
use protocol_spec::wire::ouch::{
    CancelOrder, DisableOrderEntry, EnableOrderEntry, EnterOrder, ModifyOrder, ReplaceOrder,
    TagSet, Tags,
};
use protocol_spec::words::{UserRefIdx, UserRefNum};

pub use change::{Cancel, Modify, Replacement};
pub use order::Order;
pub use whole::{Disable, Enable, MassCancel};

/// Anything that a broker asks, without the number of the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    /// A new order.
    Enter(Order),
    /// A new order in place of a live one.
    Replace(Replacement),
    /// Less of an order, or nothing.
    Cancel(Cancel),
    /// Another kind of sale, or less of it.
    Modify(Modify),
    /// No more of all orders that match.
    MassCancel(MassCancel),
    /// No more orders of a firm.
    Disable(Disable),
    /// Orders of a firm again.
    Enable(Enable),
}

impl Request {
    /// Most bytes that a request takes.
    pub const MAX_LEN: usize = EnterOrder::LEN + Tags::MAX_LEN;

    /// The tags.
    #[must_use]
    pub const fn tags(&self) -> &Tags {
        match self {
            Request::Enter(order) => &order.tags,
            Request::Replace(replacement) => &replacement.tags,
            Request::Cancel(cancel) => &cancel.tags,
            Request::Modify(modify) => &modify.tags,
            Request::MassCancel(cancel) => &cancel.tags,
            Request::Disable(disable) => &disable.tags,
            Request::Enable(enable) => &enable.tags,
        }
    }

    /// The channel that its number counts in.
    #[must_use]
    pub fn channel(&self) -> UserRefIdx {
        self.tags().user_ref_idx.unwrap_or_default()
    }

    /// The order that it names, where it has no number of its own.
    #[must_use]
    pub const fn order(&self) -> Option<UserRefNum> {
        match self {
            Request::Cancel(cancel) => Some(cancel.order),
            Request::Modify(modify) => Some(modify.order),
            _ => None,
        }
    }

    /// The message's row in the table of the protocol.
    #[must_use]
    pub const fn layout(&self) -> &'static Layout {
        match self {
            Request::Enter(_) => &EnterOrder::LAYOUT,
            Request::Replace(_) => &ReplaceOrder::LAYOUT,
            Request::Cancel(_) => &CancelOrder::LAYOUT,
            Request::Modify(_) => &ModifyOrder::LAYOUT,
            Request::MassCancel(_) => &ouch::MassCancel::LAYOUT,
            Request::Disable(_) => &DisableOrderEntry::LAYOUT,
            Request::Enable(_) => &EnableOrderEntry::LAYOUT,
        }
    }

    /// What the document calls a tag that the request has and its message may not have.
    #[must_use]
    pub fn misplaced_tag(&self) -> Option<&'static str> {
        let allowed = match self.layout().tail {
            Tail::Appendage(_, allowed) => TagSet::of(allowed),
            _ => TagSet::EMPTY,
        };
        let present = self.tags().present();
        let misplaced = |tag: u8| present.contains(tag) && !allowed.contains(tag);
        Tags::LAYOUTS.iter().find(|layout| misplaced(layout.tag)).map(|layout| layout.field.title)
    }

    /// Writes the message under `number`, which requests that name an order do without, and says
    /// how long it is.
    ///
    /// # Panics
    /// If there is a [misplaced tag](Request::misplaced_tag), or `out` is shorter than
    /// [`Request::MAX_LEN`].
    pub fn encode(&self, number: UserRefNum, out: &mut [u8]) -> usize {
        match self {
            Request::Enter(order) => order.message(number).encode_with(&order.tags, out),
            Request::Replace(replacement) => {
                replacement.message(number).encode_with(&replacement.tags, out)
            }
            Request::Cancel(cancel) => cancel.message().encode_with(&cancel.tags, out),
            Request::Modify(modify) => modify.message().encode_with(&modify.tags, out),
            Request::MassCancel(cancel) => cancel.message(number).encode_with(&cancel.tags, out),
            Request::Disable(disable) => disable.message(number).encode_with(&disable.tags, out),
            Request::Enable(enable) => enable.message(number).encode_with(&enable.tags, out),
        }
    }
}

/// Each kind of request is a request.
macro_rules! kinds {
    ($($variant:ident($kind:ident);)+) => { $(
        impl From<$kind> for Request {
            fn from(asked: $kind) -> Self {
                Request::$variant(asked)
            }
        }
    )+ };
}

kinds! {
    Enter(Order);
    Replace(Replacement);
    Cancel(Cancel);
    Modify(Modify);
    MassCancel(MassCancel);
    Disable(Disable);
    Enable(Enable);
}

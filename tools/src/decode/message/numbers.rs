//! The numbers of orders in a message.

use protocol_spec::wire::itch;
use protocol_spec::wire::ouch::{self, Appendage, TagSet};
use protocol_spec::words::{OrderRef, UserRefNum};

use super::{Content, Message};

impl Message<'_> {
    /// The venue's order numbers in it: of an order that was there, and of one that begins.
    #[must_use]
    pub fn order_refs(&self) -> [Option<OrderRef>; 2] {
        match self.content {
            Content::Feed(message) => feed_order_refs(message),
            Content::Outbound(message, appendage) => answer_order_refs(message, appendage),
            _ => [None, None],
        }
    }

    /// The broker's numbers in it: of an order that was there, and of one that begins.
    #[must_use]
    pub fn user_refs(&self) -> [Option<UserRefNum>; 2] {
        match self.content {
            Content::Inbound(message, _) => inbound_user_refs(message),
            Content::Outbound(message, _) => outbound_user_refs(message),
            _ => [None, None],
        }
    }
}

fn feed_order_refs(message: itch::Message<'_>) -> [Option<OrderRef>; 2] {
    use itch::Message as M;
    match message {
        M::AddOrder(m) => [None, Some(m.order_ref())],
        M::AddOrderMpid(m) => [None, Some(m.order_ref())],
        M::OrderExecuted(m) => [Some(m.order_ref()), None],
        M::OrderExecutedWithPrice(m) => [Some(m.order_ref()), None],
        M::OrderCancel(m) => [Some(m.order_ref()), None],
        M::OrderDelete(m) => [Some(m.order_ref()), None],
        M::OrderReplace(m) => [Some(m.original_ref()), Some(m.new_ref())],
        M::Trade(m) => [Some(m.order_ref()).filter(|number| *number != OrderRef(0)), None],
        _ => [None, None],
    }
}

fn answer_order_refs(
    message: ouch::Outbound<'_>,
    appendage: Appendage<'_>,
) -> [Option<OrderRef>; 2] {
    use ouch::Outbound as O;
    match message {
        O::OrderAccepted(m) => [None, Some(m.order_ref())],
        O::OrderReplaced(m) => [None, Some(m.order_ref())],
        O::OrderPriorityUpdate(m) => [None, Some(m.order_ref())],
        O::OrderRestated(_) => {
            let tags = appendage.read(TagSet::ALL).ok();
            [None, tags.and_then(|tags| tags.secondary_order_ref)]
        }
        _ => [None, None],
    }
}

fn inbound_user_refs(message: ouch::Inbound<'_>) -> [Option<UserRefNum>; 2] {
    use ouch::Inbound as I;
    match message {
        I::EnterOrder(m) => [None, Some(m.user_ref_num())],
        I::ReplaceOrder(m) => [Some(m.orig_user_ref_num()), Some(m.user_ref_num())],
        I::CancelOrder(m) => [Some(m.user_ref_num()), None],
        I::ModifyOrder(m) => [Some(m.user_ref_num()), None],
        I::MassCancel(m) => [Some(m.user_ref_num()), None],
        I::DisableOrderEntry(m) => [Some(m.user_ref_num()), None],
        I::EnableOrderEntry(m) => [Some(m.user_ref_num()), None],
        I::AccountQuery(_) => [None, None],
    }
}

fn outbound_user_refs(message: ouch::Outbound<'_>) -> [Option<UserRefNum>; 2] {
    match message {
        ouch::Outbound::OrderReplaced(replaced) => {
            [Some(replaced.orig_user_ref_num()), Some(replaced.user_ref_num())]
        }
        message => [message.user_ref_num(), None],
    }
}

//! The open orders of a port, kept from its replies alone.

use std::collections::BTreeMap;

use client::Reply;
use protocol_spec::wire::Symbol;
use protocol_spec::wire::ouch::{
    CancelReason, Display, OrderState, Outbound, PostOnly, Side, TagSet, Tags, TimeInForce,
};
use protocol_spec::words::{OrderPrice, OrderRef, Shares, Timestamp, UserRefIdx, UserRefNum};

/// What an order is known by: its channel, and its number in that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct OrderName {
    /// The channel.
    pub channel: UserRefIdx,
    /// The number.
    pub number: UserRefNum,
}

/// An order as the replies about it tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Order {
    /// The side, with the kind of sale.
    pub side: Side,
    /// The security.
    pub symbol: Symbol,
    /// The limit, as it was accepted.
    pub price: OrderPrice,
    /// How long it may live.
    pub time_in_force: TimeInForce,
    /// When its time is over, if that was said.
    pub deadline: Option<Timestamp>,
    /// How much the public may see.
    pub display: Display,
    /// Most shares that are displayed at a time; 0 if it is no reserve order.
    pub floor: Shares,
    /// What is displayed of a reserve order, as far as the replies tell.
    pub tip: Shares,
    /// Least shares of an execution.
    pub least: Shares,
    /// Whether it only adds to the book.
    pub post_only: bool,
    /// The venue's number of it.
    pub order_ref: OrderRef,
    /// Shares that may still be executed.
    pub left: Shares,
    /// Shares executed, over the whole chain of replacements.
    pub done: Shares,
    /// Shares kept from trading with their own side, over the whole chain.
    pub prevented: Shares,
}

/// The open orders.
#[derive(Clone, Debug, Default)]
pub(super) struct Orders {
    open: BTreeMap<OrderName, Order>,
}

impl Order {
    /// The shares it stands for in all: those left, executed and prevented.
    pub(super) const fn total(&self) -> Shares {
        Shares(self.left.0.saturating_add(self.done.0).saturating_add(self.prevented.0))
    }

    fn execute(&mut self, shares: Shares) {
        let taken = self.left.0.min(shares.0);
        self.left.0 -= taken;
        self.done.0 = self.done.0.saturating_add(taken);
        self.tip.0 = self.tip.0.saturating_sub(shares.0);
    }

    fn prevent(&mut self, shares: Shares) {
        let taken = self.left.0.min(shares.0);
        self.left.0 -= taken;
        self.prevented.0 = self.prevented.0.saturating_add(taken);
        self.tip.0 = self.tip.0.saturating_sub(shares.0);
    }

    /// Shares go from the hidden part first.
    fn shrink_to(&mut self, left: Shares) {
        self.left = left;
        self.tip = self.tip.min(left);
    }

    /// What the tags say, where they do: a replacement keeps the rest of its original.
    fn take_tags(&mut self, time: Timestamp, tags: &Tags) {
        self.floor = tags.max_floor.unwrap_or(self.floor);
        self.least = tags.min_qty.unwrap_or(self.least);
        self.post_only = tags.post_only.map_or(self.post_only, |told| told == PostOnly::POST_ONLY);
        self.tip = self.floor.min(self.left);
        if self.time_in_force != TimeInForce::TILL_TIME {
            self.deadline = None;
        } else if let Some(seconds) = tags.expire_time {
            let nanos = u64::from(seconds) * 1_000_000_000;
            self.deadline = Some(Timestamp(time.0.saturating_add(nanos)));
        }
    }
}

impl Orders {
    /// The open orders, by channel and number.
    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = (OrderName, &Order)> {
        self.open.iter().map(|(name, order)| (*name, order))
    }

    /// Takes a reply in. The order that it is about as it was left by it, if that is known: one
    /// that is not open any more has nothing left.
    pub(super) fn take(&mut self, reply: &Reply<'_>) -> Option<Order> {
        let (message, appendage) = reply.decode().ok()?;
        let tags = appendage.read(TagSet::ALL).unwrap_or(Tags::NONE);
        let channel = tags.user_ref_idx.unwrap_or_default();
        let number = message.user_ref_num()?;
        let name = OrderName { channel, number };
        match message {
            Outbound::OrderAccepted(_) | Outbound::OrderReplaced(_) => {
                let order = self.begin(channel, &message, &tags)?;
                self.open.insert(name, order);
            }
            _ => change(self.open.get_mut(&name)?, &message, &tags),
        }
        let order = self.open.get(&name)?.clone();
        if order.left == Shares(0) {
            self.open.remove(&name);
        }
        Some(order)
    }

    /// The order that an acceptance or a replacement makes; the one replaced is no more.
    fn begin(&mut self, channel: UserRefIdx, message: &Outbound<'_>, tags: &Tags) -> Option<Order> {
        let (order, time, state) = match message {
            Outbound::OrderAccepted(m) => {
                let order = Order {
                    side: m.side(),
                    symbol: m.symbol(),
                    price: m.price(),
                    time_in_force: m.time_in_force(),
                    deadline: None,
                    display: m.display(),
                    floor: Shares(0),
                    tip: Shares(0),
                    least: Shares(0),
                    post_only: false,
                    order_ref: m.order_ref(),
                    left: m.quantity(),
                    done: Shares(0),
                    prevented: Shares(0),
                };
                (order, m.timestamp(), m.state())
            }
            Outbound::OrderReplaced(m) => {
                let orig = OrderName { channel, number: m.orig_user_ref_num() };
                let orig = self.open.remove(&orig);
                let order = Order {
                    side: m.side(),
                    symbol: m.symbol(),
                    price: m.price(),
                    time_in_force: m.time_in_force(),
                    deadline: orig.as_ref().and_then(|orig| orig.deadline),
                    display: m.display(),
                    floor: orig.as_ref().map_or(Shares(0), |orig| orig.floor),
                    tip: Shares(0),
                    least: orig.as_ref().map_or(Shares(0), |orig| orig.least),
                    post_only: orig.as_ref().is_some_and(|orig| orig.post_only),
                    order_ref: m.order_ref(),
                    left: m.quantity(),
                    done: orig.as_ref().map_or(Shares(0), |orig| orig.done),
                    prevented: orig.as_ref().map_or(Shares(0), |orig| orig.prevented),
                };
                (order, m.timestamp(), m.state())
            }
            _ => return None,
        };
        let mut order = order;
        order.take_tags(time, tags);
        if state == OrderState::DEAD {
            order.shrink_to(Shares(0));
        }
        Some(order)
    }
}

/// What a reply changes of the order that it is about.
fn change(order: &mut Order, message: &Outbound<'_>, tags: &Tags) {
    match message {
        Outbound::OrderExecuted(m) => order.execute(m.quantity()),
        Outbound::Canceled(m) if m.reason() == CancelReason::SELF_MATCH => {
            order.prevent(m.quantity());
        }
        Outbound::Canceled(m) => {
            order.shrink_to(Shares(order.left.0.saturating_sub(m.quantity().0)));
        }
        Outbound::AiqCanceled(m) => order.prevent(m.decrement()),
        Outbound::OrderModified(m) => {
            order.side = m.side();
            order.shrink_to(m.quantity());
        }
        Outbound::OrderRestated(_) => {
            order.tip = tags.display_quantity.unwrap_or(order.tip);
            order.price = tags.display_price.unwrap_or(order.price);
        }
        Outbound::OrderPriorityUpdate(m) => {
            order.price = m.price();
            order.display = m.display();
            order.order_ref = m.order_ref();
        }
        // Requests that were refused, and trades that are broken, leave orders as they are.
        _ => {}
    }
}

#[cfg(test)]
mod tests;

//! Orders are made smaller, or change their kind of sale (R62 to R64).

use protocol_spec::wire::ouch::CancelReason;
use protocol_spec::words::Shares;

use super::admit::sale;
use super::market::Market;
use crate::accounts::Accounts;
use crate::book::{EntryId, Flags, Slot};
use crate::command::{Cancel, Modify};
use crate::event::{Event, Events, Shown};
use crate::order::Side;

impl<A: Accounts> Market<A> {
    /// OUCH `X`.
    #[inline]
    pub(super) fn cancel(&mut self, cancel: &Cancel, events: &mut Events) {
        let Some(at) = self.ports.find(cancel.owner.port) else { return };
        let now = self.now;
        self.ports[at].charge(now);
        let Some(slot) = self.find(cancel.owner) else { return };
        if cancel.quantity.0 == 0 {
            return self.cancel_whole(slot, CancelReason::USER, events);
        }
        let Some(off) = self.off(slot, cancel.quantity) else { return };
        let order = self.books.orders[slot];
        if off == self.books.orders.leaves(slot) {
            return self.cancel_whole(slot, CancelReason::USER, events);
        }
        let shown = self.shrink(slot, off);
        events.push(Event::Reduced {
            owner: order.owner(),
            order_ref: order.order_ref,
            shares: off,
            shown,
            locate: order.locate,
        });
    }

    /// OUCH `M`.
    pub(super) fn modify(&mut self, modify: &Modify, events: &mut Events) {
        let Some(at) = self.ports.find(modify.owner.port) else { return };
        let now = self.now;
        self.ports[at].charge(now);
        let Some(slot) = self.find(modify.owner) else { return };
        let side = self.books.orders[slot].side;
        if modify.side == Side::Buy || side == Side::Buy {
            return;
        }
        let off = self.off(slot, modify.quantity);
        let turns = modify.side != side;
        if turns && sale(&self.ports[at].settings, modify.side, modify.located).is_some() {
            return;
        }
        if !turns && off.is_none() {
            return;
        }
        let order = self.books.orders[slot];
        if off == Some(self.books.orders.leaves(slot)) {
            return self.cancel_whole(slot, CancelReason::USER, events);
        }
        self.books.orders[slot].side = modify.side;
        let shown = off.map_or(Shown::Same, |off| self.shrink(slot, off));
        events.push(Event::Modified {
            owner: order.owner(),
            order_ref: order.order_ref,
            side: modify.side,
            leaves: self.books.orders.leaves(slot),
            shown,
            locate: order.locate,
        });
    }

    /// Shares that an order loses if its total becomes `quantity`; `None` if that is no less.
    fn off(&self, slot: Slot, quantity: Shares) -> Option<Shares> {
        let (total, leaves) = (self.books.orders[slot].total, self.books.orders.leaves(slot));
        let used = Shares(total.0 - leaves.0);
        (quantity < total).then(|| Shares(total.0 - quantity.max(used).0))
    }

    /// Takes shares off an order that keeps some, the hidden part of a reserve order first (R63).
    fn shrink(&mut self, slot: Slot, off: Shares) -> Shown {
        let orders = &mut self.books.orders;
        orders[slot].total.0 -= off.0;
        let order = orders[slot];
        self.watch.release(Self::reserve(&order, off));
        let remaining = orders.remainder(slot);
        let tip_ref = orders.tip_ref(slot);
        let hidden = off.min(remaining);
        let shown = Shares(off.0 - hidden.0);
        if hidden.0 > 0 {
            let remainder = EntryId::remainder(slot);
            if hidden == remaining {
                self.books.leave(remainder);
                self.books.orders.special_mut(slot).remainder = Shares(0);
            } else {
                self.books.reduce(remainder, hidden);
            }
        }
        if shown.0 > 0 {
            self.books.reduce(EntryId::main(slot), shown);
        }
        if shown.0 > 0 && order.flags.has(Flags::SHOWN) {
            Shown::Less(tip_ref, shown)
        } else {
            Shown::Same
        }
    }
}

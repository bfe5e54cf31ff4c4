//! Many orders, by ascending reference.

use alloc::vec::Vec;

use protocol_spec::wire::ouch::{CancelReason, Mpid};
use protocol_spec::words::{GroupId, Locate, OrderRef, PortId};

use crate::book::{Order, Orders, Slot};
use crate::order::{Side, Tif};

/// Which orders are meant: those that match all that is given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::engine) struct Filter {
    pub(in crate::engine) firm: Option<Mpid>,
    pub(in crate::engine) locate: Option<Locate>,
    pub(in crate::engine) group: Option<GroupId>,
    pub(in crate::engine) side: Option<Side>,
    pub(in crate::engine) tif: Option<Tif>,
}

impl Filter {
    pub(in crate::engine) fn matches(&self, order: &Order, firm: Mpid) -> bool {
        self.firm.is_none_or(|wanted| wanted == firm)
            && self.locate.is_none_or(|locate| locate == order.locate)
            && self.group.is_none_or(|group| group == order.group)
            && self.side.is_none_or(|side| side == order.side)
            && self.tif.is_none_or(|tif| tif == order.tif)
    }
}

/// A walk through orders by ascending reference: the public ones of all ports, then the private.
#[derive(Clone, Debug)]
pub(in crate::engine) struct Walk {
    pub(in crate::engine) filter: Filter,
    pub(in crate::engine) reason: CancelReason,
    /// Of this port alone.
    pub(in crate::engine) port: Option<PortId>,
    /// Which of the ports' lists: 0 public, 1 private, 2 none any more.
    pub(in crate::engine) list: usize,
    /// The next order of each port that has one, a heap with the least reference on top.
    pub(in crate::engine) heads: Vec<(OrderRef, Slot)>,
}

impl Walk {
    /// A walk through the orders of one port or of all.
    pub(in crate::engine) fn new(
        port: Option<PortId>,
        filter: Filter,
        reason: CancelReason,
    ) -> Self {
        Walk { filter, reason, port, list: 0, heads: Vec::new() }
    }

    /// The next order, which is then behind.
    pub(in crate::engine) fn next(&mut self, orders: &Orders) -> Option<Slot> {
        let &(_, slot) = self.heads.first()?;
        match orders[slot].port_next {
            Slot::NONE => {
                self.heads.swap_remove(0);
            }
            next => self.heads[0] = (orders[next].order_ref, next),
        }
        self.sink(0);
        Some(slot)
    }

    /// Puts the next orders of all ports in heap order.
    pub(in crate::engine) fn order_heads(&mut self) {
        for at in (0..self.heads.len() / 2).rev() {
            self.sink(at);
        }
    }

    fn sink(&mut self, mut at: usize) {
        loop {
            let children = [2 * at + 1, 2 * at + 2].into_iter().filter(|&at| at < self.heads.len());
            let Some(child) = children.min_by_key(|&child| self.heads[child].0) else { return };
            if self.heads[at].0 <= self.heads[child].0 {
                return;
            }
            self.heads.swap(at, child);
            at = child;
        }
    }
}

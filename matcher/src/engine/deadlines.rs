//! What is due when (R9).

use alloc::vec::Vec;

use protocol_spec::words::{OrderRef, PortId, Time};

use crate::book::{Orders, Slot};

/// Children of a node of the heap.
const ARITY: usize = 4;

/// An order with a deadline.
#[derive(Clone, Copy, Debug)]
struct Timed {
    deadline: Time,
    order_ref: OrderRef,
    slot: Slot,
}

impl Timed {
    fn before(&self, other: &Timed) -> bool {
        (self.deadline, self.order_ref) < (other.deadline, other.order_ref)
    }
}

/// Something whose time has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Due {
    Order(Slot),
    Port(PortId),
}

/// The deadlines of orders and ports.
#[derive(Debug)]
pub(super) struct Deadlines {
    /// A heap; each order knows its place in it, so that it can leave from anywhere.
    orders: Vec<Timed>,
    /// Latest first.
    ports: Vec<(Time, PortId)>,
    /// The earliest of all.
    next: Option<Time>,
}

impl Deadlines {
    /// Room for so many.
    pub(super) fn new(orders: u32, ports: u32) -> Self {
        Deadlines {
            orders: Vec::with_capacity(orders as usize),
            ports: Vec::with_capacity(ports as usize),
            next: None,
        }
    }

    /// The earliest deadline.
    #[inline]
    pub(super) fn next(&self) -> Option<Time> {
        self.next
    }

    /// Whether something is due at `now`.
    #[inline]
    pub(super) fn is_due(&self, now: Time) -> bool {
        self.next.is_some_and(|next| next <= now)
    }

    /// What is due first at `now`: by deadline, orders before ports, by reference and number.
    pub(super) fn due(&self, now: Time) -> Option<Due> {
        let order = self.orders.first().filter(|order| order.deadline <= now);
        let port = self.ports.last().filter(|(deadline, _)| *deadline <= now);
        match (order, port) {
            (Some(order), Some((deadline, port))) if order.deadline > *deadline => {
                Some(Due::Port(*port))
            }
            (Some(order), _) => Some(Due::Order(order.slot)),
            (None, port) => port.map(|(_, port)| Due::Port(*port)),
        }
    }

    /// An order has a deadline: that of its terms.
    pub(super) fn add(&mut self, orders: &mut Orders, slot: Slot) {
        let deadline = orders.special(slot).deadline;
        let timed = Timed { deadline, order_ref: orders[slot].order_ref, slot };
        self.orders.push(timed);
        self.rise(orders, self.orders.len() - 1);
        self.look();
    }

    /// An order with a deadline is gone.
    pub(super) fn remove(&mut self, orders: &mut Orders, slot: Slot) {
        let at = orders.special(slot).due_at as usize;
        assert!(self.orders[at].slot == slot, "an order knows its place");
        self.orders.swap_remove(at);
        if at < self.orders.len() {
            self.rise(orders, at);
            self.sink(orders, at);
        }
        self.look();
    }

    /// A port has a deadline, and had none.
    pub(super) fn add_port(&mut self, deadline: Time, port: PortId) {
        let at = self.ports.partition_point(|&each| each > (deadline, port));
        self.ports.insert(at, (deadline, port));
        self.look();
    }

    /// A port's deadline is over or lifted.
    pub(super) fn remove_port(&mut self, deadline: Time, port: PortId) {
        let at = self.ports.partition_point(|&each| each > (deadline, port));
        assert!(self.ports.get(at) == Some(&(deadline, port)), "a port's deadline is in the list");
        self.ports.remove(at);
        self.look();
    }

    fn look(&mut self) {
        let order = self.orders.first().map(|order| order.deadline);
        let port = self.ports.last().map(|&(deadline, _)| deadline);
        self.next = order.into_iter().chain(port).min();
    }

    fn rise(&mut self, orders: &mut Orders, mut at: usize) {
        let timed = self.orders[at];
        while at > 0 {
            let parent = (at - 1) / ARITY;
            if !timed.before(&self.orders[parent]) {
                break;
            }
            self.put(orders, at, self.orders[parent]);
            at = parent;
        }
        self.put(orders, at, timed);
    }

    fn sink(&mut self, orders: &mut Orders, mut at: usize) {
        let timed = self.orders[at];
        loop {
            let first = at * ARITY + 1;
            let children = first.min(self.orders.len())..(first + ARITY).min(self.orders.len());
            let least = children.reduce(|least, child| {
                if self.orders[child].before(&self.orders[least]) { child } else { least }
            });
            let Some(child) = least.filter(|&child| self.orders[child].before(&timed)) else {
                break;
            };
            self.put(orders, at, self.orders[child]);
            at = child;
        }
        self.put(orders, at, timed);
    }

    fn put(&mut self, orders: &mut Orders, at: usize, timed: Timed) {
        self.orders[at] = timed;
        orders.special_mut(timed.slot).due_at = at as u32;
    }
}

#[cfg(test)]
mod tests;

//! Many orders are canceled at once (R21, R37, R69, R71), by ascending reference.

use core::mem;

use super::market::Market;
use super::port::Port;
use super::task::{Task, Walk};
use crate::accounts::Accounts;
use crate::book::Slot;
use crate::event::Events;

impl<A: Accounts> Market<A> {
    /// Cancels what a walk finds, until it is over or the step is full.
    pub(super) fn walk(&mut self, mut walk: Walk, events: &mut Events) {
        loop {
            if events.is_full() {
                self.tasks.push(Task::Walk(walk));
                return;
            }
            let Some(slot) = walk.next(&self.books.orders) else {
                if walk.list == 2 {
                    self.heads = walk.heads;
                    return;
                }
                if walk.port.is_none() && !events.may_visit(self.ports.len() as u32) {
                    self.tasks.push(Task::Walk(walk));
                    return;
                }
                self.begin_list(&mut walk, events);
                continue;
            };
            events.visit(1);
            let order = &self.books.orders[slot];
            if walk.filter.matches(order, self.firm(order)) {
                self.cancel_whole(slot, walk.reason, events);
            }
        }
    }

    /// Finds the first orders of the ports' next list.
    fn begin_list(&mut self, walk: &mut Walk, events: &mut Events) {
        let list = walk.list;
        if list == 0 {
            walk.heads = mem::take(&mut self.heads);
        }
        let first = |port: &Port| {
            let slot = port.lists[list].first;
            (slot != Slot::NONE).then(|| (self.books.orders[slot].order_ref, slot))
        };
        match walk.port {
            Some(port) => {
                let at = self.ports.find(port).expect("a walk is of a port that exists");
                walk.heads.extend(first(&self.ports[at]));
            }
            None => {
                events.visit(self.ports.len() as u32);
                walk.heads.extend(self.ports.iter().filter_map(first));
            }
        }
        walk.order_heads();
        walk.list += 1;
    }
}

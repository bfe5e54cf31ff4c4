//! The orders at one price.

use std::collections::VecDeque;

/// A price level: who is in it, in order. What they have open stands with the orders.
#[derive(Clone, Debug, Default)]
pub(super) struct Level {
    /// Displayed orders and the tips of reserve orders.
    pub(super) shown: VecDeque<u32>,
    /// Hidden orders and the remainders of reserve orders: they come after all displayed ones.
    pub(super) hidden: VecDeque<u32>,
}

impl Level {
    pub(super) fn is_empty(&self) -> bool {
        self.shown.is_empty() && self.hidden.is_empty()
    }

    /// The order that trades next, and whether it is by a displayed entry.
    pub(super) fn first(&self) -> Option<(u32, bool)> {
        let shown = self.shown.front().map(|id| (*id, true));
        shown.or_else(|| self.hidden.front().map(|id| (*id, false)))
    }

    /// Takes the first entry away, which is used up.
    pub(super) fn pop(&mut self, is_shown: bool) {
        match is_shown {
            true => self.shown.pop_front(),
            false => self.hidden.pop_front(),
        };
    }

    /// Takes an order's displayed entry away.
    pub(super) fn remove_shown(&mut self, id: u32) {
        remove(&mut self.shown, id);
    }

    /// Takes an order's hidden entry away.
    pub(super) fn remove_hidden(&mut self, id: u32) {
        remove(&mut self.hidden, id);
    }
}

fn remove(queue: &mut VecDeque<u32>, id: u32) {
    let at = queue.iter().position(|other| *other == id).expect("an order with shares is queued");
    queue.remove(at).expect("it was found there");
}

//! Reserve orders get new tips (R57, R58).

use protocol_spec::words::{OrderRef, Shares};

use super::market::Market;
use crate::accounts::Accounts;
use crate::book::{EntryId, Flags, LadderId, Slot, Special};
use crate::event::{Event, Events};
use crate::mix::mix;

/// The size of a tip (R58): `n` counts the order's refreshes from 1.
fn size(special: &Special, order_ref: OrderRef, seed: u64, lot: Shares) -> Shares {
    let (floor, range) = (special.max_floor.0, special.random_reserves.0);
    if range == 0 {
        return Shares(floor);
    }
    let k = u64::from(range / lot.0);
    let h = mix(mix(mix(seed) ^ order_ref.0) ^ u64::from(special.refreshes));
    let lots = (h % (2 * k + 1)) as u32;
    Shares(floor - range + lot.0 * lots)
}

impl<A: Accounts> Market<A> {
    /// Gives every order that waits a new tip, until none waits or the step is full. Whether none
    /// waits.
    #[inline]
    pub(super) fn refresh(&mut self, events: &mut Events) -> bool {
        while self.refreshing.first != Slot::NONE {
            if events.is_full() {
                return false;
            }
            let slot = self.refreshing.pop(&mut self.books.orders).expect("one waits");
            events.visit(1);
            if self.books.orders[slot].flags.has(Flags::DEAD) {
                self.books.orders.remove(slot);
            } else {
                self.refresh_one(slot, events);
            }
        }
        true
    }

    fn refresh_one(&mut self, slot: Slot, events: &mut Events) {
        let tip_ref = self.counts.next_ref(true);
        let orders = &mut self.books.orders;
        orders.special_mut(slot).refreshes += 1;
        let (order, special) = (orders[slot], *orders.special(slot));
        let lot = self.securities[order.locate].settings().lot;
        let remaining = special.remainder;
        let tip = size(&special, order.order_ref, self.day.seed, lot).min(remaining);
        if tip == remaining {
            self.books.leave(EntryId::remainder(slot));
            self.books.orders.special_mut(slot).remainder = Shares(0);
        } else {
            self.books.reduce(EntryId::remainder(slot), tip);
        }
        self.books.orders[slot].open = tip;
        self.books.orders.special_mut(slot).tip_ref = tip_ref;
        let ladder = LadderId::new(order.locate, order.buys(), false);
        self.books.join(EntryId::main(slot), ladder, order.price);
        events.push(Event::Refreshed {
            owner: order.owner(),
            order_ref: order.order_ref,
            tip: tip_ref,
            shares: tip,
            price: order.price,
            side: order.side,
            display: order.display,
            firm: self.firm(&order),
            locate: order.locate,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sizes_of_the_rule_book_come_out() {
        let range =
            Special { max_floor: Shares(300), random_reserves: Shares(200), ..Special::NONE };
        let sizes = [1, 2, 3]
            .map(|refreshes| size(&Special { refreshes, ..range }, OrderRef(7), 42, Shares(100)).0);
        assert_eq!(sizes, [100, 300, 500]);
    }
}

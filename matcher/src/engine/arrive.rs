//! What becomes of an order that was accepted.

use protocol_spec::wire::ouch::CancelReason;
use protocol_spec::words::Shares;

use super::market::Market;
use super::sweep::TRIAL_VISITS;
use super::task::{Incoming, Stage, Task};
use crate::accounts::Accounts;
use crate::book::{EntryId, Flags, Key, LadderId, Slot};
use crate::event::{Event, Events, TipRef};
use crate::order::Tif;
use crate::phase::Mode;
use crate::settings::PostOnlyRule;

impl<A: Accounts> Market<A> {
    /// Whether what is left of an order rests.
    #[inline(always)]
    pub(super) fn may_rest(&self, incoming: &Incoming) -> bool {
        self.books.orders[incoming.slot].tif != Tif::Ioc && !incoming.is_market()
    }

    /// Sets the stage for an order that passed all checks, and slides its price if it has to.
    #[inline(always)]
    pub(super) fn stage(&mut self, incoming: &mut Incoming, post_only: PostOnlyRule) {
        let order = &self.books.orders[incoming.slot];
        let mode = self.securities[order.locate].mode;
        incoming.stage = match mode {
            Mode::Match if order.post_only => self.slide(incoming.slot, post_only),
            Mode::Match if order.flags.has(Flags::MIN_QTY) => Stage::Trial,
            Mode::Match => Stage::Sweep,
            _ => Stage::Settle { swept: false },
        };
    }

    /// What becomes of a post-only order (R59).
    fn slide(&mut self, slot: Slot, rule: PostOnlyRule) -> Stage {
        let order = &mut self.books.orders[slot];
        let (buys, locate, price) = (order.buys(), order.locate, order.price);
        let contra = order.opposite(false);
        let best = self.books.best(contra);
        if best < contra.key(price) {
            return Stage::Settle { swept: false };
        }
        let best = contra.price(best).0;
        let ticks = &self.securities[locate].settings().ticks;
        let short = if buys { ticks.down(best - 1) } else { ticks.up(best + 1) };
        match (rule, short) {
            (PostOnlyRule::Slide, Some(price)) => {
                self.books.orders[slot].price = price;
                Stage::Settle { swept: false }
            }
            _ => Stage::Contra,
        }
    }

    /// Gives an order that is accepted its reference (R5).
    #[inline(always)]
    pub(super) fn number(&mut self, incoming: &Incoming) {
        let public =
            self.books.orders[incoming.slot].flags.has(Flags::SHOWN) && self.may_rest(incoming);
        let order_ref = self.counts.next_ref(public);
        self.books.orders[incoming.slot].order_ref = order_ref;
    }

    /// Goes on with an incoming order until it is done or the step is full.
    #[inline(always)]
    pub(super) fn arrive(&mut self, mut incoming: Incoming, events: &mut Events) {
        // Most orders meet nobody: they go straight to their place.
        if incoming.stage == Stage::Sweep && !self.meets(&incoming) && !events.is_full() {
            return self.settle(&incoming, true, events);
        }
        self.arrive_slowly(&mut incoming, events);
    }

    #[inline(never)]
    fn arrive_slowly(&mut self, incoming: &mut Incoming, events: &mut Events) {
        loop {
            if events.is_full() {
                self.tasks.push(Task::Incoming(*incoming));
                return;
            }
            incoming.stage = match incoming.stage {
                Stage::Contra => {
                    let reason = CancelReason::POST_ONLY_CONTRA;
                    return self.cancel_incoming(incoming.slot, reason, events);
                }
                Stage::Trial => {
                    if !events.may_visit(TRIAL_VISITS) {
                        self.tasks.push(Task::Incoming(*incoming));
                        return;
                    }
                    if self.trial(incoming, events) {
                        Stage::Sweep
                    } else {
                        Stage::Settle { swept: false }
                    }
                }
                Stage::Sweep => {
                    if !self.sweep(incoming, events) {
                        continue;
                    }
                    Stage::Refresh
                }
                Stage::Refresh => {
                    if !self.refresh(events) {
                        continue;
                    }
                    Stage::Settle { swept: true }
                }
                Stage::Settle { swept } => return self.settle(incoming, swept, events),
            }
        }
    }

    /// The end or the rest of what is left (R48).
    #[inline(always)]
    fn settle(&mut self, incoming: &Incoming, swept: bool, events: &mut Events) {
        let slot = incoming.slot;
        let order = &self.books.orders[slot];
        if order.open.0 == 0 {
            return self.books.orders.remove(slot);
        }
        if self.may_rest(incoming) {
            return self.rest(slot, events);
        }
        let collared = incoming.is_market()
            && swept
            && incoming.limit.is_some()
            && self.books.best(order.opposite(false)) != Key::NONE;
        let reason = if collared { CancelReason::COLLARS } else { CancelReason::IMMEDIATE };
        self.cancel_incoming(slot, reason, events);
    }

    /// Cancels what is left of an order that is not in the books.
    fn cancel_incoming(&mut self, slot: Slot, reason: CancelReason, events: &mut Events) {
        let order = &self.books.orders[slot];
        self.watch.release(Self::reserve(order, order.open));
        events.push(Event::Canceled {
            owner: order.owner(),
            order_ref: order.order_ref,
            shares: order.open,
            reason,
            tip: TipRef::NONE,
            locate: order.locate,
        });
        self.books.orders.remove(slot);
    }

    /// What is left takes its places in the book.
    #[inline(always)]
    fn rest(&mut self, slot: Slot, events: &mut Events) {
        let order = &self.books.orders[slot];
        let (locate, buys, price) = (order.locate, order.buys(), order.price);
        let shown = order.flags.has(Flags::SHOWN);
        if order.flags.has(Flags::RESERVE) {
            self.split(slot);
        }
        self.index(slot);
        self.books.join(EntryId::main(slot), LadderId::new(locate, buys, !shown), price);
        let remainder = self.books.orders.remainder(slot);
        if remainder.0 > 0 {
            self.books.join(EntryId::remainder(slot), LadderId::new(locate, buys, true), price);
        }
        let order = &self.books.orders[slot];
        let (displayed, hidden) =
            if shown { (order.open, remainder) } else { (Shares(0), order.open) };
        events.push(Event::Rested {
            owner: order.owner(),
            order_ref: order.order_ref,
            displayed,
            hidden,
            price,
            side: order.side,
            display: order.display,
            firm: self.firm(order),
            locate,
        });
    }

    /// Tip and remainder of a reserve order (R45).
    fn split(&mut self, slot: Slot) {
        let open = self.books.orders[slot].open;
        let order_ref = self.books.orders[slot].order_ref;
        let special = self.books.orders.special_mut(slot);
        let tip = open.min(special.max_floor);
        special.tip_ref = order_ref;
        special.remainder = Shares(open.0 - tip.0);
        self.books.orders[slot].open = tip;
    }
}

//! The orders of one connection, and what has become of each.

use std::collections::VecDeque;

use protocol_spec::wire::ouch::{LiquidityFlag, OrderState, Outbound, view::outbound};
use protocol_spec::words::{Moment, Shares, UserRefNum};

use super::counts::Counts;
use super::figures::{Figures, Wait};

/// The requests of one connection from the first number on, until each has come to its end.
///
/// ```text
/// enter ─▶ Entering ─A─▶ Resting ─cancel─▶ Canceling ─C, E─▶ Done
///             │  │          │ ▲
///             J  A (cross)  │ └──────────J────────────┐
///             ▼  ▼          └─replace─▶ Replacing ────┤
///          Done  Crossing ─E, C─▶ Done      │U, C, E  │
///                                           ▼         │
///          replace ─▶ Replacement ─U─▶ Resting, the original Done
/// ```
///
/// Numbers stand in a queue, those that are done leave it at the front; so it stays short as long
/// as the oldest orders are canceled and replaced first.
#[derive(Clone, Debug)]
pub struct Orders {
    /// Number of the first order; those below are not ours.
    first: u32,
    /// Number of the front of the queue.
    front: u32,
    queue: VecDeque<Order>,
    /// No order below this number is at rest, known and free.
    oldest: u32,
    resting: u32,
    in_flight: u32,
    /// What was sent, and what came of it.
    pub counts: Counts,
}

#[derive(Clone, Copy, Debug)]
struct Order {
    /// When it, or the last change of it, was asked for.
    asked: Moment,
    /// Shares of the whole chain of replaces.
    total: u32,
    leaves: u32,
    /// The other order of a replace.
    link: u32,
    is_buy: bool,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Entering { to_rest: bool },
    Resting,
    Crossing { traded: bool },
    Canceling,
    Replacing,
    Replacement,
    Done,
}

/// An order at rest that may be canceled or replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Free {
    pub(super) number: UserRefNum,
    pub(super) total: u32,
    pub(super) is_buy: bool,
}

impl Orders {
    /// None yet; the first will have the number `first`.
    #[must_use]
    pub fn new(first: UserRefNum) -> Self {
        Orders {
            first: first.0,
            front: first.0,
            queue: VecDeque::with_capacity(4_096),
            oldest: first.0,
            resting: 0,
            in_flight: 0,
            counts: Counts::default(),
        }
    }

    /// Requests that wait for their answer.
    #[must_use]
    pub const fn in_flight(&self) -> u32 {
        self.in_flight
    }

    /// Orders that are at rest or may come to be.
    #[must_use]
    pub const fn resting(&self) -> u32 {
        self.resting
    }

    /// Whether nothing more is to come, unless others trade with what rests.
    #[must_use]
    pub const fn is_quiet(&self) -> bool {
        self.in_flight == 0 && self.counts.unfinished == 0
    }

    /// Numbers that are kept.
    #[must_use]
    pub fn kept(&self) -> usize {
        self.queue.len()
    }

    /// The number of the next order, `None` if all are used up.
    pub(super) fn next(&self) -> Option<UserRefNum> {
        let count = u32::try_from(self.queue.len()).ok()?;
        self.front.checked_add(count).filter(|next| *next < u32::MAX).map(UserRefNum)
    }

    /// The oldest order that is known to rest and has nothing asked of it.
    pub(super) fn oldest(&mut self) -> Option<Free> {
        loop {
            let at = (self.oldest.max(self.front) - self.front) as usize;
            let order = self.queue.get(at)?;
            let number = self.front + at as u32;
            match order.state {
                State::Resting => {
                    let (total, is_buy) = (order.total, order.is_buy);
                    return Some(Free { number: UserRefNum(number), total, is_buy });
                }
                // Answers come in the order of requests: all behind it are unknown as well.
                State::Entering { to_rest: true } | State::Replacement => return None,
                _ => self.oldest = number + 1,
            }
        }
    }

    /// An order was sent.
    pub(super) fn entered(&mut self, asked: Moment, shares: u32, is_buy: bool, to_rest: bool) {
        self.counts.enters += 1;
        self.resting += u32::from(to_rest);
        let state = State::Entering { to_rest };
        self.push(Order { asked, total: shares, leaves: shares, link: 0, is_buy, state });
    }

    /// A cancel of an order that is free was sent.
    pub(super) fn cancel_sent(&mut self, asked: Moment, of: Free) {
        self.counts.cancels += 1;
        self.in_flight += 1;
        let order = self.at(of.number.0);
        (order.asked, order.state) = (asked, State::Canceling);
    }

    /// A replace of an order that is free was sent, for the same number of shares.
    pub(super) fn replace_sent(&mut self, asked: Moment, of: Free) {
        self.counts.replaces += 1;
        let new = self.next().expect("the caller took a number").0;
        let order = self.at(of.number.0);
        (order.link, order.state) = (new, State::Replacing);
        let order = *order;
        self.push(Order { asked, link: of.number.0, state: State::Replacement, ..order });
    }

    /// The venue said something.
    #[inline]
    pub fn hear(&mut self, at: Moment, message: Outbound<'_>, figures: &mut Figures) {
        match message {
            Outbound::OrderAccepted(said) => self.accepted(at, said, figures),
            Outbound::OrderExecuted(said) => self.executed(at, said, figures),
            Outbound::Canceled(said) => {
                self.taken_off(at, said.user_ref_num(), said.quantity(), figures);
            }
            Outbound::AiqCanceled(said) => {
                self.taken_off(at, said.user_ref_num(), said.decrement(), figures);
            }
            Outbound::OrderReplaced(said) => self.replaced(at, said, figures),
            Outbound::Rejected(said) => self.rejected(said),
            // Nothing of what is asked for here is answered by these.
            _ => {}
        }
    }

    fn accepted(&mut self, at: Moment, said: outbound::OrderAccepted<'_>, figures: &mut Figures) {
        let Some(order) = self.find(said.user_ref_num()) else { return };
        let (number, asked, is_whole) =
            (said.user_ref_num().0, order.asked, said.quantity().0 == order.total);
        let State::Entering { to_rest } = order.state else {
            return self.counts.misplace(|| format!("Accepted of order {number} once more"));
        };
        order.state = if to_rest { State::Resting } else { State::Crossing { traded: false } };
        self.counts.accepted += 1;
        self.counts.unfinished += u64::from(!to_rest);
        self.in_flight -= 1;
        figures.add(Wait::Accepted, asked, at);
        if said.state() == OrderState::LIVE {
            figures.accepted_as(said.order_ref(), asked);
        }
        if !is_whole {
            self.counts.misplace(|| format!("Accepted of order {number} with other shares"));
        }
        if said.state() == OrderState::DEAD {
            self.end(number);
        }
    }

    fn rejected(&mut self, said: outbound::Rejected<'_>) {
        let number = said.user_ref_num();
        let Some(order) = self.find(number) else { return };
        let original = order.link;
        match order.state {
            State::Entering { to_rest } => {
                order.state = State::Done;
                self.counts.rejected += 1;
                self.resting -= u32::from(to_rest);
            }
            State::Replacement => {
                order.state = State::Done;
                self.counts.refused += 1;
                self.at(original).state = State::Resting;
                self.oldest = self.oldest.min(original);
            }
            _ => return self.counts.misplace(|| format!("Rejected of order {number} after all")),
        }
        self.counts.reject(said.reason());
        self.in_flight -= 1;
        self.clear_front();
    }

    fn executed(&mut self, at: Moment, said: outbound::OrderExecuted<'_>, figures: &mut Figures) {
        let (number, Shares(shares)) = (said.user_ref_num(), said.quantity());
        let Some(order) = self.find(number) else { return };
        if let State::Crossing { traded: traded @ false } = &mut order.state {
            *traded = true;
            figures.add(Wait::Executed, order.asked, at);
        }
        if said.liquidity() == LiquidityFlag::REMOVED {
            self.counts.trades += 1;
            self.counts.removed += u64::from(shares);
        } else {
            self.counts.added += u64::from(shares);
        }
        if self.take(number, shares, "Executed") {
            // What is executed before it can be canceled or replaced is answered by that.
            if matches!(self.at(number.0).state, State::Canceling | State::Replacing) {
                self.counts.overtaken += 1;
            }
            self.end(number.0);
        }
    }

    fn taken_off(&mut self, at: Moment, number: UserRefNum, shares: Shares, figures: &mut Figures) {
        if self.find(number).is_none() || !self.take(number, shares.0, "Canceled") {
            return;
        }
        let order = *self.at(number.0);
        match order.state {
            State::Canceling => {
                self.counts.canceled += 1;
                figures.add(Wait::Canceled, order.asked, at);
            }
            State::Replacing => self.counts.killed += 1,
            State::Resting => self.counts.dropped += 1,
            _ => {}
        }
        self.end(number.0);
    }

    fn replaced(&mut self, at: Moment, said: outbound::OrderReplaced<'_>, figures: &mut Figures) {
        let (original, number) = (said.orig_user_ref_num().0, said.user_ref_num().0);
        let Some(new) = self.find(said.user_ref_num()).copied() else { return };
        if new.state != State::Replacement || new.link != original {
            return self.counts.misplace(|| format!("Replaced of order {original} by {number}"));
        }
        let old = self.at(original);
        let leaves = old.leaves;
        old.state = State::Done;
        let order = self.at(number);
        (order.state, order.leaves) = (State::Resting, leaves);
        self.counts.replaced += 1;
        self.in_flight -= 1;
        figures.add(Wait::Replaced, new.asked, at);
        if said.quantity().0 != leaves {
            self.counts.misplace(|| format!("Replaced by order {number} with other shares"));
        }
        self.clear_front();
    }

    /// Takes shares off an order, and says whether none is left.
    fn take(&mut self, number: UserRefNum, shares: u32, what: &str) -> bool {
        let order = self.at(number.0);
        let lives =
            !matches!(order.state, State::Done | State::Entering { .. } | State::Replacement);
        match order.leaves.checked_sub(shares).filter(|_| lives) {
            Some(leaves) => {
                order.leaves = leaves;
                leaves == 0
            }
            None => {
                let leaves = if lives { order.leaves } else { 0 };
                self.counts.misplace(|| {
                    format!("{what} of {shares} shares of order {number}, which has {leaves}")
                });
                false
            }
        }
    }

    /// An order that lived has no shares left.
    fn end(&mut self, number: u32) {
        let order = self.at(number);
        let (state, link) = (order.state, order.link);
        order.state = State::Done;
        match state {
            State::Crossing { .. } => self.counts.unfinished -= 1,
            State::Resting => self.resting -= 1,
            State::Canceling => {
                self.resting -= 1;
                self.in_flight -= 1;
            }
            State::Replacing => {
                self.resting -= 1;
                self.in_flight -= 1;
                self.at(link).state = State::Done;
            }
            State::Entering { .. } | State::Replacement | State::Done => {
                unreachable!("it did not live")
            }
        }
        self.clear_front();
    }

    fn push(&mut self, order: Order) {
        self.queue.push_back(order);
        self.in_flight += 1;
    }

    fn clear_front(&mut self) {
        while self.queue.front().is_some_and(|order| order.state == State::Done) {
            self.queue.pop_front();
            self.front += 1;
        }
    }

    /// An order of a message; one that is not there makes the message count.
    #[inline]
    fn find(&mut self, number: UserRefNum) -> Option<&mut Order> {
        let at = number.0.checked_sub(self.front).map(|at| at as usize);
        if let Some(at) = at.filter(|at| *at < self.queue.len()) {
            return Some(&mut self.queue[at]);
        }
        if number.0 < self.first {
            self.counts.earlier += 1;
        } else if at.is_none() {
            self.counts.misplace(|| format!("a message about order {number}, which is done"));
        } else {
            self.counts.misplace(|| format!("a message about order {number}, which was not sent"));
        }
        None
    }

    /// An order that is known to be kept.
    fn at(&mut self, number: u32) -> &mut Order {
        &mut self.queue[(number - self.front) as usize]
    }
}

#[cfg(test)]
mod tests;

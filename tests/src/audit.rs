//! What events alone say of the orders: whoever reads them must come to the same shares as the
//! venue has, find every number dense, and never miss a displayed entry.

use std::collections::BTreeMap;

use matcher::command::Command;
use matcher::event::{Event, Shown, TipRef};
use matcher::order::Owner;
use matcher::sequence::Sequenced;
use matcher::view::Entry;
use protocol_spec::words::{MatchNo, OrderRef, Shares, UserRefNum};

/// The bit that marks private references (R5).
const PRIVATE: u64 = 1 << 55;

/// An order as events tell of it.
#[derive(Clone, Copy, Debug)]
struct Known {
    order_ref: OrderRef,
    leaves: u32,
}

/// A reader of events that believes nothing else.
#[derive(Debug, Default)]
pub struct Audit {
    orders: BTreeMap<Owner, Known>,
    /// Displayed entries, as the feed would show them.
    tips: BTreeMap<OrderRef, u32>,
    last_public: u64,
    last_private: u64,
    last_match: u64,
    /// Shares crossed since the last cross print.
    crossed: u64,
}

/// What is wrong with an event.
type Wrong = Result<(), &'static str>;

fn ensure(is_right: bool, wrong: &'static str) -> Wrong {
    if is_right { Ok(()) } else { Err(wrong) }
}

impl Audit {
    /// Reads the events of a command.
    ///
    /// # Errors
    /// What they cannot mean.
    pub fn read(&mut self, command: &Sequenced<Command>, events: &[Event]) -> Result<(), String> {
        for event in events {
            self.read_one(&command.command, event)
                .map_err(|wrong| format!("{wrong}: {event:?}"))?;
        }
        Ok(())
    }

    fn read_one(&mut self, command: &Command, event: &Event) -> Wrong {
        match *event {
            Event::Accepted { owner, order_ref, .. } => {
                let Command::Enter(enter) = command else { return Err("only O is accepted") };
                self.begin(owner, order_ref, enter.quantity.0)
            }
            Event::Replaced { owner, orig, order_ref, old_tip, leaves, .. } => {
                let orig = Owner { user_ref: orig, ..owner };
                self.orders.remove(&orig).ok_or("the original is known")?;
                self.hide(old_tip)?;
                self.begin(owner, order_ref, leaves.0)
            }
            Event::Executed {
                taker, maker, tip, match_no, shares, taker_ref, maker_ref, ..
            } => {
                self.next_match(match_no)?;
                ensure(self.has(taker, taker_ref) && self.has(maker, maker_ref), "R5: refs")?;
                self.take_tip(tip, shares)?;
                self.take(taker, shares)?;
                self.take(maker, shares)
            }
            Event::Crossed { buyer, seller, buy_tip, sell_tip, match_no, shares, .. } => {
                self.next_match(match_no)?;
                self.crossed += u64::from(shares.0);
                self.take_tip(buy_tip, shares)?;
                self.take_tip(sell_tip, shares)?;
                self.take(buyer, shares)?;
                self.take(seller, shares)
            }
            Event::CrossPrint { match_no, volume, .. } => {
                self.next_match(match_no)?;
                let crossed = std::mem::take(&mut self.crossed);
                ensure(crossed == volume.0, "R27: the print has the shares of the pairs")
            }
            Event::Prevented { taker, maker, taker_less, maker_less, shown, .. } => {
                self.show(shown)?;
                self.take(taker, taker_less)?;
                self.take(maker, maker_less)
            }
            _ => self.read_change(event),
        }
    }

    fn read_change(&mut self, event: &Event) -> Wrong {
        match *event {
            Event::Rested { owner, order_ref, displayed, hidden, .. } => {
                let leaves = self.orders.get(&owner).map(|known| known.leaves);
                ensure(leaves == Some(displayed.0 + hidden.0), "R44: all of it rests")?;
                ensure(self.has(owner, order_ref), "R5: refs")?;
                if displayed.0 > 0 {
                    self.tips.insert(order_ref, displayed.0);
                }
                Ok(())
            }
            Event::Refreshed { owner, order_ref, tip, shares, .. } => {
                ensure(self.has(owner, order_ref), "R5: refs")?;
                self.next_ref(tip)?;
                self.tips.insert(tip, shares.0);
                Ok(())
            }
            Event::Canceled { owner, order_ref, shares, tip, .. } => {
                ensure(self.has(owner, order_ref), "R5: refs")?;
                let known = self.orders.remove(&owner).ok_or("a canceled order is known")?;
                ensure(known.leaves == shares.0, "W13: all that is left is canceled")?;
                self.hide(tip)
            }
            Event::Reduced { owner, shares, shown, .. } => {
                self.show(shown)?;
                self.take(owner, shares)?;
                ensure(self.orders.contains_key(&owner), "W14: some of it is left")
            }
            Event::Modified { owner, leaves, shown, .. } => {
                self.show(shown)?;
                let known = self.orders.get_mut(&owner).ok_or("a modified order is known")?;
                ensure(leaves.0 > 0 && leaves.0 <= known.leaves, "R64: nothing is added")?;
                known.leaves = leaves.0;
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn has(&self, owner: Owner, order_ref: OrderRef) -> bool {
        self.orders.get(&owner).is_some_and(|known| known.order_ref == order_ref)
    }

    fn begin(&mut self, owner: Owner, order_ref: OrderRef, leaves: u32) -> Wrong {
        self.next_ref(order_ref)?;
        ensure(owner.user_ref > UserRefNum(0) && leaves > 0, "R30: a number and shares")?;
        let before = self.orders.insert(owner, Known { order_ref, leaves });
        ensure(before.is_none(), "R28: no number is used twice")
    }

    /// R5: both kinds of reference are dense.
    fn next_ref(&mut self, order_ref: OrderRef) -> Wrong {
        let is_private = order_ref.0 & PRIVATE != 0;
        let last = if is_private { &mut self.last_private } else { &mut self.last_public };
        *last += 1;
        ensure(order_ref.0 & !PRIVATE == *last, "R5: references are dense")
    }

    /// R6: the numbers of executions are dense.
    fn next_match(&mut self, match_no: MatchNo) -> Wrong {
        self.last_match += 1;
        ensure(match_no.0 == self.last_match, "R6: match numbers are dense")
    }

    /// An order loses shares; one without shares is dead.
    fn take(&mut self, owner: Owner, shares: Shares) -> Wrong {
        let known = self.orders.get_mut(&owner).ok_or("the order is known")?;
        known.leaves = known.leaves.checked_sub(shares.0).ok_or("R4: it has so many shares")?;
        if known.leaves == 0 {
            self.orders.remove(&owner);
        }
        Ok(())
    }

    /// A displayed entry, if it is one, loses shares.
    fn take_tip(&mut self, tip: TipRef, shares: Shares) -> Wrong {
        let Some(order_ref) = tip.get() else { return Ok(()) };
        let open = self.tips.get_mut(&order_ref).ok_or("the displayed entry is known")?;
        *open = open.checked_sub(shares.0).ok_or("the displayed entry has so many shares")?;
        if *open == 0 {
            self.tips.remove(&order_ref);
        }
        Ok(())
    }

    /// A displayed entry, if it is one, goes away with shares.
    fn hide(&mut self, tip: TipRef) -> Wrong {
        let Some(order_ref) = tip.get() else { return Ok(()) };
        self.tips.remove(&order_ref).map(|_| ()).ok_or("the displayed entry is known")
    }

    fn show(&mut self, shown: Shown) -> Wrong {
        match shown {
            Shown::Same => Ok(()),
            Shown::Gone(order_ref) => self.hide(TipRef::of(order_ref)),
            Shown::Less(order_ref, shares) => {
                self.take_tip(TipRef::of(order_ref), shares)?;
                ensure(self.tips.contains_key(&order_ref), "ITCH X leaves some shares")
            }
        }
    }

    /// Compares what the events came to with all entries of all books.
    ///
    /// # Errors
    /// The first difference.
    pub fn compare(&self, entries: &[Entry]) -> Result<(), String> {
        let mut open: BTreeMap<Owner, u32> = BTreeMap::new();
        let mut displayed = 0;
        for entry in entries {
            *open.entry(entry.owner).or_default() += entry.shares.0;
            let known = self.orders.get(&entry.owner).copied();
            let leaves = known.map(|known| known.leaves);
            if leaves != Some(entry.leaves.0) || !self.has(entry.owner, entry.order_ref) {
                return Err(format!("{entry:?} is {known:?} by the events"));
            }
            if let Some(tip) = entry.tip.get() {
                displayed += 1;
                if self.tips.get(&tip) != Some(&entry.shares.0) {
                    return Err(format!("{entry:?} is shown as {:?}", self.tips.get(&tip)));
                }
            }
        }
        let differs = open.iter().find(|(owner, open)| self.orders[owner].leaves != **open);
        if let Some((owner, open)) = differs {
            return Err(format!("{owner:?} has {open} shares in entries, leaves are others"));
        }
        if displayed != self.tips.len() || open.len() != self.orders.len() {
            let (tips, orders) = (self.tips.len(), self.orders.len());
            return Err(format!("the events know {tips} displayed entries, {orders} orders"));
        }
        Ok(())
    }
}

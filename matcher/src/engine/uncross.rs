//! The books of a security are crossed at one price (R26, R27).

use protocol_spec::words::{Price, Shares, Volume};

use super::market::Market;
use super::sweep::Reach;
use super::task::{Candidate, CrossStage as Stage, Task, Uncross};
use crate::accounts::Accounts;
use crate::book::{EntryId, Flags, Key};
use crate::event::{Event, Events, TipRef};

/// Most levels or entries that one turn looks at: displayed and hidden ones of both sides.
const LOOKED_AT: u32 = 4;

impl<A: Accounts> Market<A> {
    /// Goes on with an uncross until it is over or the step is full.
    pub(super) fn uncross(&mut self, mut uncross: Uncross, events: &mut Events) {
        loop {
            if events.is_full() {
                self.tasks.push(Task::Uncross(uncross));
                return;
            }
            uncross.stage = match uncross.stage {
                Stage::Supply { at, sells } => {
                    events.visit(LOOKED_AT);
                    self.supply(uncross, at, sells)
                }
                Stage::Search { at, buys, sells, best } => {
                    events.visit(LOOKED_AT);
                    self.search(uncross, at, (buys, sells), best)
                }
                Stage::Pairs { price, volume, left, passed } => {
                    events.visit(LOOKED_AT);
                    self.pair(uncross, (price, volume, left), passed, events)
                }
                Stage::Print { price, volume } => {
                    events.push(Event::CrossPrint {
                        match_no: self.counts.next_match(),
                        volume: Volume(volume),
                        price,
                        locate: uncross.locate,
                        kind: uncross.kind,
                    });
                    Stage::Refresh
                }
                Stage::Refresh => {
                    if self.refresh(events) {
                        return;
                    }
                    Stage::Refresh
                }
            };
        }
    }

    /// The best price below `key` on a side, and what may be crossed there.
    fn next_price(&self, uncross: Uncross, buys: bool, key: Key) -> Option<(Key, u64)> {
        let ladders = [false, true].map(|hidden| uncross.ladder(buys, hidden));
        let levels = ladders.map(|ladder| self.books.level_below(ladder, key));
        let best = levels.iter().flatten().map(|(key, _)| *key).max()?;
        let here = levels.iter().flatten().filter(|(key, _)| *key == best);
        Some((best, here.map(|(_, level)| level.shares).sum()))
    }

    /// The highest price of a sell below `price`, and what may be crossed there.
    fn next_sell_down(&self, uncross: Uncross, price: u32) -> Option<(u32, u64)> {
        let ladders = [false, true].map(|hidden| uncross.ladder(false, hidden));
        let levels = ladders.map(|ladder| {
            let (key, level) = self.books.level_above(ladder, ladder.key(Price(price)))?;
            Some((ladder.price(key).0, level.shares))
        });
        let highest = levels.iter().flatten().map(|(price, _)| *price).max()?;
        let here = levels.iter().flatten().filter(|(price, _)| *price == highest);
        Some((highest, here.map(|(_, shares)| shares).sum()))
    }

    /// Counts one more price of the sells, up to the best buy.
    fn supply(&self, uncross: Uncross, at: Key, sells: u64) -> Stage {
        let asks = uncross.ladder(false, false);
        let bids = uncross.ladder(true, false);
        let highest = self.books.best(bids).max(self.books.best(uncross.ladder(true, true)));
        let highest = bids.price(highest);
        match self.next_price(uncross, false, at) {
            Some((key, shares)) if asks.price(key) <= highest => {
                Stage::Supply { at: key, sells: sells + shares }
            }
            _ => Stage::Search { at: highest.0 + 1, buys: 0, sells, best: None },
        }
    }

    /// Looks at one more candidate, the next below `at`.
    fn search(
        &self,
        uncross: Uncross,
        at: u32,
        (mut buys, mut sells): (u64, u64),
        best: Option<Candidate>,
    ) -> Stage {
        let bids = uncross.ladder(true, false);
        let buy = self.next_price(uncross, true, bids.key(Price(at)));
        let buy = buy.map(|(key, shares)| (bids.price(key).0, shares));
        let sell = self.next_sell_down(uncross, at);
        let security = &self.securities[uncross.locate];
        let reference = security.reference;
        let own = (reference.0 < at && security.is_valid(reference)).then_some((reference.0, 1));
        let next = [buy, sell, own].into_iter().flatten().map(|(price, _)| price).max();
        // Nothing is sold below the last sell: no lower price can cross.
        let Some(price) = next.filter(|_| sells > 0) else {
            return chosen(best);
        };
        let at_price = |found: Option<(u32, u64)>| {
            found.filter(|(at, _)| *at == price).map_or(0, |(_, shares)| shares)
        };
        buys += at_price(buy);
        let candidate = Candidate { price, buys, sells };
        let counts = at_price(buy) + at_price(sell) + at_price(own) > 0;
        let better = best.is_none_or(|best| candidate.beats(&best, reference));
        let best = if counts && better { Some(candidate) } else { best };
        sells -= at_price(sell);
        Stage::Search { at: price, buys, sells, best }
    }

    /// Trades the first buy with the first sell.
    fn pair(
        &mut self,
        uncross: Uncross,
        (price, volume, left): (Price, u64, u64),
        mut passed: [EntryId; 2],
        events: &mut Events,
    ) -> Stage {
        if left == 0 {
            return Stage::Print { price, volume };
        }
        let mut heads = [EntryId::NONE; 2];
        for (buys, at) in [(true, 0), (false, 1)] {
            let shown = uncross.ladder(buys, false);
            let reach =
                Reach { shown, hidden: uncross.ladder(buys, true), limit: shown.key(price) };
            let head = self.next_entry(&reach, passed[at]).expect("the volume is there");
            if self.books.orders[head.slot()].flags.has(Flags::MIN_QTY) {
                passed[at] = head;
                return Stage::Pairs { price, volume, left, passed };
            }
            heads[at] = head;
        }
        let open = heads.map(|head| self.books.orders.open(head));
        let most = Shares(u32::try_from(left).unwrap_or(u32::MAX));
        let shares = open[0].min(open[1]).min(most);
        let [buyer, seller] = heads.map(|head| self.books.orders[head.slot()]);
        let match_no = self.counts.next_match();
        events.push(Event::Crossed {
            buyer: buyer.owner(),
            seller: seller.owner(),
            buy_tip: self.tip(heads[0]),
            sell_tip: self.tip(heads[1]),
            match_no,
            price,
            shares,
            locate: uncross.locate,
            flag: uncross.flag(),
        });
        self.securities[uncross.locate].traded(price);
        for (at, order) in [buyer, seller].iter().enumerate() {
            self.watch.consume(Self::reserve(order, shares), price, match_no);
            self.take(heads[at], shares, open[at]);
        }
        Stage::Pairs { price, volume, left: left - u64::from(shares.0), passed }
    }

    /// The reference of a displayed entry.
    fn tip(&self, entry: EntryId) -> TipRef {
        let shown = self.books.orders[entry.slot()].flags.has(Flags::SHOWN);
        if shown && !entry.is_remainder() {
            TipRef::of(self.books.orders.tip_ref(entry.slot()))
        } else {
            TipRef::NONE
        }
    }
}

/// Where the search leads.
fn chosen(best: Option<Candidate>) -> Stage {
    match best {
        Some(best) if best.volume() > 0 => Stage::Pairs {
            price: Price(best.price),
            volume: best.volume(),
            left: best.volume(),
            passed: [EntryId::NONE; 2],
        },
        _ => Stage::Print { price: Price(0), volume: 0 },
    }
}

//! All of a book trades at one price (R26, R27).

use matcher::event::{Event, TipRef};
use protocol_spec::wire::{itch, ouch};
use protocol_spec::words::{OrderRef, Price, Shares, Volume};

use super::book::{self, Line};
use super::state::Model;
use super::ticks;

/// What a book would do at a price.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    price: u32,
    buys: u128,
    sells: u128,
}

impl Candidate {
    fn volume(&self) -> u128 {
        self.buys.min(self.sells)
    }

    fn imbalance(&self) -> u128 {
        self.buys.abs_diff(self.sells)
    }
}

/// Keeps those for which `key` is smallest, and says whether any was dropped.
fn keep_smallest<K: Ord>(all: &mut Vec<Candidate>, key: impl Fn(&Candidate) -> K) -> bool {
    let before = all.len();
    if let Some(best) = all.iter().map(&key).min() {
        all.retain(|candidate| key(candidate) == best);
    }
    all.len() < before
}

impl Model {
    /// R26: the entries of a side that take part.
    fn eligible(&self, symbol: usize, buys: bool) -> Vec<Line> {
        let mut lines = book::lines(&self.orders, symbol, buys);
        lines.retain(|line| self.orders[line.at].min_qty == 0);
        lines
    }

    /// R26: the price of the uncross, and the shares that trade there.
    fn uncross_price(&mut self, symbol: usize) -> Option<(u32, u128)> {
        let (buys, sells) = (self.eligible(symbol, true), self.eligible(symbol, false));
        let reference = self.reference_of(symbol);
        let mut prices: Vec<u32> = buys.iter().chain(&sells).map(|line| line.price).collect();
        if ticks::is_valid(&self.securities[symbol].settings.ticks, reference) {
            prices.push(reference.0);
        }
        prices.sort();
        prices.dedup();
        let sum = |lines: &[Line], takes: &dyn Fn(u32) -> bool| -> u128 {
            lines.iter().filter(|line| takes(line.price)).map(|line| u128::from(line.shares)).sum()
        };
        let mut all: Vec<Candidate> = prices
            .into_iter()
            .map(|price| Candidate {
                price,
                buys: sum(&buys, &|limit| limit >= price),
                sells: sum(&sells, &|limit| limit <= price),
            })
            .collect();
        keep_smallest(&mut all, |candidate| std::cmp::Reverse(candidate.volume()));
        if all.first().is_none_or(|candidate| candidate.volume() == 0) {
            self.hit("R26 nothing");
            return None;
        }
        if all.len() == 1 {
            self.hit("R26 step 1");
        }
        let mut decided = all.len() == 1;
        if keep_smallest(&mut all, Candidate::imbalance) && all.len() == 1 {
            self.hit("R26 step 2");
            decided = true;
        }
        let distance = |candidate: &Candidate| candidate.price.abs_diff(reference.0);
        if keep_smallest(&mut all, distance) && all.len() == 1 {
            self.hit("R26 step 3");
            decided = true;
        }
        let takes_higher = all.iter().all(|candidate| candidate.buys > candidate.sells);
        if !decided {
            self.hit(if takes_higher { "R26 step 4 higher" } else { "R26 step 4 lower" });
        }
        let chosen = if takes_higher { all.last() } else { all.first() };
        chosen.map(|candidate| (candidate.price, candidate.volume()))
    }

    /// R26, R27. The flag is that of both sides of every pair.
    pub(crate) fn uncross(&mut self, symbol: usize, kind: itch::CrossType) {
        let flag = match kind {
            itch::CrossType::OPENING => ouch::LiquidityFlag::OPENING_CROSS,
            _ => ouch::LiquidityFlag::HALT_OR_IPO_CROSS,
        };
        if self.orders.iter().any(|order| order.symbol == symbol && order.min_qty > 0) {
            self.hit("R26 MinQty left out");
        }
        let (price, volume) = self.uncross_price(symbol).unwrap_or((0, 0));
        let mut buys = self.eligible(symbol, true);
        let mut sells = self.eligible(symbol, false);
        buys.retain(|line| line.price >= price);
        sells.retain(|line| line.price <= price);
        let (mut left, mut emptied) = (volume, Vec::new());
        while left > 0 {
            let open = u128::from(buys[0].shares.min(sells[0].shares));
            let shares = u32::try_from(open.min(left)).expect("an entry has at most 999,999");
            left -= u128::from(shares);
            self.cross_pair(symbol, (&buys[0], &sells[0]), (Price(price), shares), flag);
            for side in [&mut buys, &mut sells] {
                self.take_crossed(&mut side[0], shares, &mut emptied);
                side.retain(|line| line.shares > 0);
            }
        }
        let match_no = self.next_match();
        let volume = Volume(u64::try_from(volume).expect("shares of a book fit 64 bits"));
        let locate = self.locate(symbol);
        self.hit(format!("R27 {kind}"));
        self.emit(Event::CrossPrint { match_no, volume, price: Price(price), locate, kind });
        self.orders.retain(|order| order.leaves() > 0);
        self.refresh(&emptied);
    }

    /// Takes a pair's shares off one of its entries. Tips that reach 0 are noted.
    fn take_crossed(&mut self, line: &mut Line, shares: u32, emptied: &mut Vec<OrderRef>) {
        let order = &mut self.orders[line.at];
        order.done += shares;
        order.take(line.displayed, shares);
        line.shares -= shares;
        if line.displayed && line.shares == 0 {
            emptied.push(order.order_ref);
        }
    }

    /// W16.
    fn cross_pair(
        &mut self,
        symbol: usize,
        (buy, sell): (&Line, &Line),
        (price, shares): (Price, u32),
        flag: ouch::LiquidityFlag,
    ) {
        let match_no = self.next_match();
        self.securities[symbol].last_price = Some(price);
        let (buyer, seller) = (self.orders[buy.at], self.orders[sell.at]);
        let tip = |displayed, tip| if displayed { tip } else { TipRef::NONE };
        self.hit(format!("R56 {flag}"));
        self.emit(Event::Crossed {
            buyer: buyer.owner,
            seller: seller.owner,
            buy_tip: tip(buy.displayed, buyer.tip()),
            sell_tip: tip(sell.displayed, seller.tip()),
            match_no,
            price,
            shares: Shares(shares),
            locate: self.locate(symbol),
            flag,
        });
    }
}

//! An incoming order meets the opposite side of the book (R46 to R55).

use matcher::event::{Event, Shown, TipRef};
use matcher::order::Strategy;
use protocol_spec::wire::ouch::LiquidityFlag;
use protocol_spec::words::{OrderRef, Price, Shares};

use super::book;
use super::order::Order;
use super::state::Model;

/// What an incoming and a resting order did to each other.
#[derive(Clone, Copy, Debug)]
struct Meeting {
    /// The resting order as it was before.
    maker: Order,
    /// Whether its displayed entry was met.
    displayed: bool,
    /// Shares that traded or would have.
    shares: u32,
    /// The strategy that kept them from trading; `None` if they traded.
    prevented: Option<Strategy>,
    /// The incoming order's leaves before.
    incoming: u32,
}

/// What a walk over the book met, in order.
#[derive(Debug, Default)]
struct Walk {
    meetings: Vec<Meeting>,
    /// Entries passed because they were empty by then (R46, step 1).
    empty: usize,
    /// Entries passed because of their minimum (R51).
    below_minimum: usize,
    /// Whether there was more to visit than was allowed (R50).
    is_cut: bool,
}

impl Walk {
    /// Shares executed.
    fn executed(&self) -> u32 {
        let trades = self.meetings.iter().filter(|meeting| meeting.prevented.is_none());
        trades.map(|meeting| meeting.shares).sum()
    }
}

/// R46: walks the opposite entries within `limit`, at most `visits` of them. Changes the orders,
/// of which some may be left with no shares, and the incoming one.
fn walk(orders: &mut [Order], incoming: &mut Order, limit: Price, visits: usize) -> Walk {
    let is_buy = incoming.side.is_buy();
    let mut walk = Walk::default();
    let is_within = |price| if is_buy { price <= limit.0 } else { price >= limit.0 };
    for (visit, line) in book::lines(orders, incoming.symbol, !is_buy).into_iter().enumerate() {
        let left = incoming.leaves();
        if left == 0 || !is_within(line.price) {
            break;
        }
        if visit == visits {
            walk.is_cut = true;
            break;
        }
        let maker = &mut orders[line.at];
        let open = if line.displayed { maker.shown } else { maker.hidden };
        if open == 0 {
            walk.empty += 1;
            continue; // step 1; a dead order has no open shares either
        }
        if maker.minimum() > left {
            walk.below_minimum += 1;
            continue; // step 2
        }
        let shares = left.min(open);
        let is_own = maker.is_same_party(incoming) && incoming.strategy != Strategy::Trade;
        let prevented = is_own.then_some(incoming.strategy);
        let (maker_before, displayed) = (*maker, line.displayed);
        let meeting = Meeting { maker: maker_before, displayed, shares, prevented, incoming: left };
        walk.meetings.push(meeting);
        match prevented {
            None | Some(Strategy::Trade) => {
                maker.done += shares;
                maker.take(displayed, shares);
                incoming.done += shares;
            }
            Some(Strategy::Decrement | Strategy::DecrementQuietly) => {
                maker.prev += shares;
                maker.take(displayed, shares);
                incoming.prev += shares;
            }
            Some(Strategy::CancelOldest) => {
                maker.total = maker.done + maker.prev;
                (maker.shown, maker.hidden) = (0, 0);
            }
            Some(Strategy::CancelNewest) => {
                incoming.total = incoming.done + incoming.prev;
                break;
            }
        }
    }
    walk
}

impl Model {
    /// Most entries that a trial visits (R50).
    pub const TRIAL: usize = 4_096;

    /// R50: whether the order would get its minimum now.
    fn is_minimum_met(&mut self, incoming: &Order, limit: Price) -> bool {
        let (mut orders, mut order) = (self.orders.clone(), *incoming);
        let trial = walk(&mut orders, &mut order, limit, Self::TRIAL);
        let is_met = trial.executed() >= incoming.minimum();
        self.hit(if is_met { "R50 met" } else { "R50 not met" });
        if trial.is_cut {
            self.hit(if is_met { "R50 met before 4,096" } else { "R50 not met in 4,096" });
        }
        if trial.meetings.iter().any(|meeting| meeting.prevented.is_some()) {
            self.hit(if is_met { "R50 met beside own" } else { "R50 not met for own" });
        }
        is_met
    }

    /// R46 and the refreshes after it: the order trades within its limit. Returns whether the sweep
    /// ran (R50).
    pub(crate) fn sweep(&mut self, incoming: &mut Order, limit: Price) -> bool {
        if incoming.minimum() > 0 && !self.is_minimum_met(incoming, limit) {
            return false;
        }
        let mut orders = std::mem::take(&mut self.orders);
        let swept = walk(&mut orders, incoming, limit, usize::MAX);
        self.orders = orders;
        if swept.below_minimum > 0 {
            self.hit("R51 passed");
        }
        if swept.empty > 0 {
            self.hit("R46 passed, empty");
        }
        if swept.meetings.len() > 2 {
            self.hit("R46 three and more");
        }
        for meeting in &swept.meetings {
            match meeting.prevented {
                None => self.tell_executed(incoming, meeting),
                Some(strategy) => self.tell_prevented(incoming, meeting, strategy),
            }
        }
        // R57: in the order in which the tips reached 0.
        let tips = swept.meetings.iter().filter(|meeting| meeting.displayed);
        let emptied: Vec<OrderRef> = tips
            .filter(|meeting| meeting.shares == meeting.maker.shown)
            .map(|meeting| meeting.maker.order_ref)
            .collect();
        self.orders.retain(|order| order.leaves() > 0);
        self.refresh(&emptied);
        true
    }

    /// W3, W4.
    fn tell_executed(&mut self, incoming: &Order, meeting: &Meeting) {
        let maker = &meeting.maker;
        let flag = flag(meeting);
        self.hit(format!("R56 {flag}"));
        self.securities[maker.symbol].last_price = Some(maker.price);
        let match_no = self.next_match();
        self.emit(Event::Executed {
            taker: incoming.owner,
            maker: maker.owner,
            taker_ref: incoming.order_ref,
            maker_ref: maker.order_ref,
            tip: if meeting.displayed { maker.tip() } else { TipRef::NONE },
            match_no,
            price: maker.price,
            shares: Shares(meeting.shares),
            locate: self.locate(maker.symbol),
            flag,
        });
    }

    /// W5 to W7, R54, R55.
    fn tell_prevented(&mut self, incoming: &Order, meeting: &Meeting, strategy: Strategy) {
        let maker = &meeting.maker;
        let flag = flag(meeting);
        self.hit(format!("R54 {} {flag}", strategy.code()));
        let prevented = meeting.shares;
        let (taker_less, maker_less) = match strategy {
            Strategy::CancelOldest => (0, maker.leaves()),
            Strategy::CancelNewest => (meeting.incoming, 0),
            _ => (prevented, prevented),
        };
        let shown = match strategy {
            Strategy::CancelOldest if maker.shown > 0 => Shown::Gone(maker.tip_ref),
            Strategy::CancelOldest | Strategy::CancelNewest => Shown::Same,
            _ if !meeting.displayed => Shown::Same,
            _ if maker.shown == prevented => Shown::Gone(maker.tip_ref),
            _ => Shown::Less(maker.tip_ref, Shares(prevented)),
        };
        self.emit(Event::Prevented {
            taker: incoming.owner,
            maker: maker.owner,
            strategy,
            price: maker.price,
            prevented: Shares(prevented),
            taker_less: Shares(taker_less),
            maker_less: Shares(maker_less),
            shown,
            locate: self.locate(maker.symbol),
            flag,
        });
    }

    /// R57: gives those of the orders that still live and have no tip a new one.
    pub(crate) fn refresh(&mut self, emptied: &[OrderRef]) {
        let mut count = 0;
        for order_ref in emptied {
            // A dead order is not refreshed, nor one that kept its tip because no share was taken.
            let is_due = |order: &Order| {
                order.order_ref == *order_ref && order.shown == 0 && order.hidden > 0
            };
            let Some(at) = self.orders.iter().position(is_due) else { continue };
            count += 1;
            if count == 2 {
                self.hit("R57 several");
            }
            let tip = self.next_ref(true);
            let place = self.next_place();
            let mut order = self.orders[at];
            order.refreshes += 1;
            let shares = order.hidden.min(self.tip_size(&order));
            order.hidden -= shares;
            order.shown = shares;
            order.tip_ref = tip;
            order.shown_place = place;
            self.orders[at] = order;
            self.hit(if order.random_reserves > 0 { "R57 random" } else { "R57 fixed" });
            if order.refreshes > 1 {
                self.hit("R58 second refresh");
            }
            if shares != order.max_floor {
                self.hit(if order.hidden > 0 { "R58 other size" } else { "R57 last tip" });
            }
            self.emit(Event::Refreshed {
                owner: order.owner,
                order_ref: order.order_ref,
                tip,
                shares: Shares(shares),
                price: order.price,
                side: order.side,
                display: order.display,
                firm: order.firm,
                locate: self.locate(order.symbol),
            });
        }
    }

    /// R58: the size of the tip that the order's latest refresh makes.
    fn tip_size(&self, order: &Order) -> u32 {
        if order.random_reserves == 0 {
            return order.max_floor;
        }
        let lot = u64::from(self.securities[order.symbol].settings.lot.0);
        let seed = self.day.as_ref().expect("orders live on an open day").seed;
        let (floor, random) = (u64::from(order.max_floor), u64::from(order.random_reserves));
        let h = mix(mix(mix(seed) ^ order.order_ref.0) ^ order.refreshes);
        let size = floor - random + lot * (h % (2 * (random / lot) + 1));
        u32::try_from(size).expect("a tip is at most twice MaxFloor")
    }
}

/// R56: the resting side's flag.
fn flag(meeting: &Meeting) -> LiquidityFlag {
    match (meeting.displayed, meeting.maker.display.is_shown()) {
        (true, _) => LiquidityFlag::ADDED,
        (false, false) => LiquidityFlag::HIDDEN_ADDED,
        (false, true) => LiquidityFlag::RESERVE_ADDED,
    }
}

/// R58.
fn mix(x: u64) -> u64 {
    let z = x.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let z = (z ^ z >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ z >> 31
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mix_gives_the_vectors_of_the_rule_book() {
        assert_eq!(mix(0), 0xE220_A839_7B1D_CDAF);
        let h = |n| mix(mix(mix(42) ^ 7) ^ n);
        assert_eq!(
            [h(1), h(2), h(3)],
            [0x383D_3086_26EF_A9F0, 0x3DA8_0056_E267_A8E6, 0xF55E_4254_D465_5539]
        );
    }
}

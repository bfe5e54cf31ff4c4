//! The checks of a new order from K15 on (R41).

use matcher::admission::Check;
use matcher::command::Switchable;
use matcher::order::{Side, Tif};
use matcher::phase::{Mode, Phase};
use matcher::settings::{Instrument, Port};
use protocol_spec::wire::ouch::{Mpid, RejectReason};
use protocol_spec::words::{OrderPrice, PortId, Price, Shares};

use super::order::Order;
use super::state::Model;
use super::ticks;

/// The first check that fails, and what a reject says of it.
pub type Failure = (Check, RejectReason);

/// What is asked for: the order as it would be, and what is not kept in it.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// The order, with its effective values. Its TIF is as given, also at a market price.
    pub order: Order,
    /// The price as given.
    pub price: OrderPrice,
    /// Tag 25.
    pub located: bool,
    /// The order it is to replace.
    pub original: Option<Order>,
    /// Whether tag 27 was given.
    pub gives_side: bool,
    /// Whether tag 15 was given.
    pub gives_expiry: bool,
}

impl Wanted {
    fn is_market(&self) -> bool {
        self.price.is_market()
    }

    fn is_ioc(&self) -> bool {
        self.order.tif == Tif::Ioc
    }

    /// Its limit, if it has one.
    fn limit(&self) -> Option<i128> {
        (!self.is_market()).then_some(self.price.0.into())
    }
}

/// R41, column U: whether a Replace that fails this check is refused and its original untouched.
#[must_use]
pub fn spares_original(check: Check) -> bool {
    use Check::{K0, K1, K16, K19, K20, K21, K30, K31};
    matches!(check, K0 | K1 | K16 | K19 | K20 | K21 | K30 | K31)
}

/// The failure, if it is one.
fn fails(is_wrong: bool, check: Check, reason: RejectReason) -> Option<Failure> {
    is_wrong.then_some((check, reason))
}

impl Model {
    /// K16.
    pub(crate) fn check_switches(&self, port: PortId, firm: Mpid) -> Option<Failure> {
        let by_operator =
            [Switchable::Port(port), Switchable::Firm(firm), Switchable::FirmOnPort(port, firm)];
        let is_stopped = self.stopped.iter().any(|flag| by_operator.contains(flag))
            || self.disabled.contains(&(port, firm));
        fails(is_stopped, Check::K16, RejectReason::FIRM_NOT_AUTHORIZED)
    }

    /// K19 to K31, as far as they are for the message.
    pub(crate) fn check(&mut self, wanted: &Wanted) -> Option<Failure> {
        let failure = self.first_failure(wanted);
        if wanted.original.is_some()
            && let Some((check @ (Check::K28 | Check::K29), reason)) = failure
        {
            self.hit(format!("{check} U {:04X}", reason.number()));
        }
        if let Some((Check::K30, _)) = failure {
            let port = &self.ports[&wanted.order.owner.port].settings;
            let limit = self.reached_limit(wanted, port);
            self.hit(limit.expect("K30 fails for a limit"));
        }
        failure
    }

    fn first_failure(&self, wanted: &Wanted) -> Option<Failure> {
        let port = &self.ports[&wanted.order.owner.port].settings;
        let instrument = &self.securities[wanted.order.symbol].settings;
        self.check_phase(wanted, port)
            .or_else(|| check_sale(wanted.order.side, wanted.located, port))
            .or_else(|| check_replace(wanted))
            .or_else(|| check_options(wanted))
            .or_else(|| check_lots(wanted, instrument))
            .or_else(|| self.check_prices(wanted, port, instrument))
            .or_else(|| {
                let may_rest = !wanted.is_market() && !wanted.is_ioc();
                let is_full = may_rest && self.reached_limit(wanted, port).is_some();
                fails(is_full, Check::K30, RejectReason::OTHER)
            })
    }

    /// K19 to K21.
    fn check_phase(&self, wanted: &Wanted, port: &Port) -> Option<Failure> {
        let early = Some(RejectReason::PRE_MARKET_NOT_ALLOWED);
        let late = Some(RejectReason::POST_MARKET_NOT_ALLOWED);
        // R25, row by row.
        let refusal = match (wanted.order.tif, self.phase) {
            (_, Phase::Closed | Phase::Ended) => Some(RejectReason::DESTINATION_CLOSED),
            (Tif::Day, Phase::Early) | (Tif::Ioc, Phase::PreOpen) => early,
            (Tif::Day, Phase::Late) => late,
            (Tif::AfterHours, Phase::Early | Phase::PreOpen | Phase::Open) => late,
            _ => None,
        };
        if let Some(reason) = refusal {
            return Some((Check::K19, reason));
        }
        let no_market = wanted.is_market() && (self.phase != Phase::Open || !port.market);
        let mode = self.mode(wanted.order.symbol);
        let is_shut =
            mode == Mode::Stop || mode == Mode::Collect && (wanted.is_ioc() || wanted.is_market());
        fails(no_market, Check::K20, RejectReason::MARKET_ORDER_NOT_ALLOWED).or(fails(
            is_shut,
            Check::K21,
            RejectReason::HALTED,
        ))
    }

    /// K26 to K29.
    fn check_prices(
        &self,
        wanted: &Wanted,
        port: &Port,
        instrument: &Instrument,
    ) -> Option<Failure> {
        let limit = wanted.limit();
        let is_off =
            wanted.limit().is_some() && !ticks::is_valid(&instrument.ticks, wanted.order.price);
        let reference = self.reference_of(wanted.order.symbol);
        let is_buy = wanted.order.side.is_buy();
        let beyond = |bps| limit.is_some_and(|limit| is_beyond(limit, reference, bps, is_buy));
        let notional = self.notional(wanted, instrument);
        let above = |most: u64| most > 0 && notional() > u128::from(most);
        let too_many = |most: Option<Shares>| most.is_some_and(|most| wanted.order.total > most.0);
        fails(is_off, Check::K26, RejectReason::INVALID_PRICE)
            .or_else(|| {
                fails(beyond(instrument.fat_finger_bps), Check::K27, RejectReason::FAT_FINGER)
            })
            .or_else(|| {
                let is_wrong = too_many(instrument.max_quantity);
                fails(is_wrong, Check::K28, RejectReason::SHARES_EXCEED_THRESHOLD)
            })
            .or_else(|| {
                let is_wrong = above(instrument.max_notional);
                fails(is_wrong, Check::K28, RejectReason::EXCEEDS_MAX_NOTIONAL)
            })
            .or_else(|| {
                fails(beyond(port.fat_finger_bps), Check::K29, RejectReason::RISK_FAT_FINGER)
            })
            .or_else(|| fails(too_many(port.max_quantity), Check::K29, RejectReason::MAX_QUANTITY))
            .or_else(|| {
                fails(above(port.max_notional), Check::K29, RejectReason::SINGLE_ORDER_NOTIONAL)
            })
    }

    /// Price x Quantity, of a Replace x leaves; of a market order with its limit of R60, or REF if
    /// that is "none" or there is no collar.
    fn notional(&self, wanted: &Wanted, instrument: &Instrument) -> impl Fn() -> u128 {
        let symbol = wanted.order.symbol;
        let of_market = || match self.collar(symbol, wanted.order.side) {
            Some(limit) if instrument.collar_bps > 0 => limit,
            _ => self.reference_of(symbol),
        };
        let price = match wanted.limit() {
            Some(limit) => u128::try_from(limit).expect("a price is not negative"),
            None => of_market().0.into(),
        };
        let order = wanted.order;
        // Leaves are looked at only here, after K23 has made sure that there are some.
        move || price * u128::from(order.leaves())
    }

    /// K30, R79, for an order that may rest: the first limit that is reached.
    fn reached_limit(&self, wanted: &Wanted, port: &Port) -> Option<&'static str> {
        let limits = &self.day.as_ref().expect("orders come on an open day").limits;
        let order = &wanted.order;
        let reached = |count: usize, limit: u32| count as u64 >= u64::from(limit);
        let of_port = self.orders.iter().filter(|live| live.owner.port == order.owner.port);
        let with_minimum = self.orders.iter().filter(|live| {
            let is_side = live.side.is_buy() == order.side.is_buy();
            live.symbol == order.symbol && is_side && live.min_qty > 0
        });
        let adds_minimum =
            order.min_qty > 0 && wanted.original.is_none_or(|original| original.min_qty == 0);
        let is_new = wanted.original.is_none();
        let all = [
            ("R79 live orders", is_new && reached(self.orders.len(), limits.live_orders)),
            ("R79 max_live", is_new && reached(of_port.count(), port.max_live)),
            ("R79 levels", reached(self.levels(), limits.levels)),
            ("R79 MinQty", adds_minimum && reached(with_minimum.count(), limits.min_qty_orders)),
        ];
        let name = all.into_iter().find(|(_, is_reached)| *is_reached).map(|(name, _)| name)?;
        Some(match name {
            "R79 levels" if !is_new => "R79 levels of a Replace",
            "R79 MinQty" if !is_new => "R79 MinQty of a Replace",
            name => name,
        })
    }

    /// Price levels in use: (symbol, side, price) with at least one entry (R79).
    pub(crate) fn levels(&self) -> usize {
        let orders = self.orders.iter();
        let mut all: Vec<(usize, bool, Price)> =
            orders.map(|order| (order.symbol, order.side.is_buy(), order.price)).collect();
        all.sort();
        all.dedup();
        all.len()
    }

    /// The limit of a market order (R60); `None` if there is no such price.
    pub(crate) fn collar(&self, symbol: usize, side: Side) -> Option<Price> {
        let instrument = &self.securities[symbol].settings;
        let reference = i128::from(self.reference_of(symbol).0);
        let bps = i128::from(instrument.collar_bps);
        match (bps, side.is_buy()) {
            (0, true) => Some(Price(1_999_999_900)),
            (0, false) => Some(Price(1)),
            (_, true) => {
                let floor = reference * (10_000 + bps) / 10_000;
                ticks::down(&instrument.ticks, floor.min(ticks::HIGHEST))
            }
            (_, false) => {
                let ceiling = (reference * (10_000 - bps) + 9_999) / 10_000;
                ticks::up(&instrument.ticks, ceiling.max(1))
            }
        }
    }
}

/// K27: whether a limit lies more than `bps` beyond the reference.
fn is_beyond(limit: i128, reference: Price, bps: u16, is_buy: bool) -> bool {
    let (reference, bps) = (i128::from(reference.0), i128::from(bps));
    let is_outside = match is_buy {
        true => limit * 10_000 > reference * (10_000 + bps),
        false => limit * 10_000 < reference * (10_000 - bps),
    };
    bps > 0 && is_outside
}

/// K22.
pub(crate) fn check_sale(side: Side, located: bool, port: &Port) -> Option<Failure> {
    let is_short = side == Side::Short;
    let is_exempt = side == Side::ShortExempt;
    let not_found = is_short && port.locate_required && !located;
    let exempt = RejectReason::SHORT_SELL_EXEMPT_NOT_ALLOWED;
    fails(is_short && !port.short.short, Check::K22, RejectReason::SHORT_SELL_NOT_ALLOWED)
        .or(fails(is_exempt && !port.short.exempt, Check::K22, exempt))
        .or(fails(not_found, Check::K22, RejectReason::RISK_LOCATE_REQUIRED))
}

/// K23. Its reason is not shown.
fn check_replace(wanted: &Wanted) -> Option<Failure> {
    let original = wanted.original?;
    let is_sale_of_buy = wanted.gives_side && original.side.is_buy();
    let has_no_deadline =
        wanted.order.tif == Tif::Gtt && !wanted.gives_expiry && original.tif != Tif::Gtt;
    let is_done = wanted.order.total <= original.done + original.prev;
    fails(is_sale_of_buy || has_no_deadline || is_done, Check::K23, RejectReason::OTHER)
}

/// K24.
fn check_options(wanted: &Wanted) -> Option<Failure> {
    let order = &wanted.order;
    let (is_ioc, is_market) = (wanted.is_ioc(), wanted.is_market());
    let bad_floor = order.max_floor > 0
        && (!order.display.is_shown() || is_ioc || is_market || order.max_floor > order.total);
    let bad_random = order.random_reserves > 0
        && (order.max_floor == 0 || order.random_reserves >= order.max_floor);
    let bad_minimum = order.min_qty > order.total
        || order.min_qty > 0 && !is_ioc && !is_market && order.display.is_shown();
    let hidden = order.post_only && !order.display.is_shown();
    fails(hidden, Check::K24a, RejectReason::INVALID_DISPLAY)
        .or(fails(order.post_only && is_ioc, Check::K24b, RejectReason::OTHER))
        .or(fails(order.post_only && is_market, Check::K24b, RejectReason::INVALID_PRICE))
        .or(fails(bad_floor || bad_random, Check::K24c, RejectReason::INVALID_MAX_FLOOR))
        .or(fails(bad_minimum, Check::K24d, RejectReason::INVALID_MIN_QUANTITY))
}

/// K25: whole lots. Only the quantity itself may be odd where the security allows it.
fn check_lots(wanted: &Wanted, instrument: &Instrument) -> Option<Failure> {
    let order = &wanted.order;
    let is_odd = |shares: u32| !shares.is_multiple_of(instrument.lot.0);
    let odd_reserve = is_odd(order.max_floor) || is_odd(order.random_reserves);
    let odd_minimum = is_odd(order.min_qty) && order.min_qty != order.total;
    fails(
        instrument.round_lots_only && is_odd(order.total),
        Check::K25a,
        RejectReason::INVALID_QUANTITY,
    )
    .or(fails(odd_reserve, Check::K25b, RejectReason::INVALID_MAX_FLOOR))
    .or(fails(odd_minimum, Check::K25c, RejectReason::INVALID_MIN_QUANTITY))
}

//! An order enters, or takes the place of another (R5, R48, R59, R60, R65).

use matcher::admission::Check;
use matcher::command::{Enter, Options, Replace};
use matcher::event::{Event, TipRef};
use matcher::order::{Owner, Strategy, Tif};
use matcher::phase::Mode;
use matcher::settings::{Port, PostOnlyRule};
use protocol_spec::wire::ouch::{CancelReason, RejectReason};
use protocol_spec::words::{OrderPrice, OrderRef, Price, Shares, Time, UserRefNum};

use super::admission::{Failure, Wanted, spares_original};
use super::book;
use super::order::Order;
use super::state::Model;
use super::ticks;

/// The limit as a price of the book; a market order has none, and never rests.
fn limit_of(price: OrderPrice) -> Price {
    if price.is_market() {
        return Price(0);
    }
    Price(u32::try_from(price.0).expect("a limit price has 31 bits"))
}

impl Model {
    /// R25: when an order with tag 15 expires.
    fn deadline(&self, seconds: u32) -> Time {
        Time(self.now.0 + u64::from(seconds) * 1_000_000_000)
    }

    /// OUCH O.
    pub(crate) fn enter(&mut self, enter: &Enter) {
        let owner = enter.owner;
        let Some(is_empty) = self.charge(owner.port) else { return };
        if self.is_old(owner) {
            return;
        }
        self.consume(owner);
        let outcome = match is_empty {
            true => Err((Check::K0, RejectReason::RISK_PORT_RATE)),
            false => self.admit(enter),
        };
        match outcome {
            Ok(wanted) => self.accept(&wanted),
            Err((check, reason)) => {
                self.hit(format!("{check} J {:04X}", reason.number()));
                self.reject(owner, reason);
            }
        }
    }

    /// K15 to K31 of a new order.
    fn admit(&mut self, enter: &Enter) -> Result<Wanted, Failure> {
        let port = self.ports[&enter.owner.port].settings.clone();
        let options = &enter.options;
        let firm = if options.firm.is_blank() { port.firms[0] } else { options.firm };
        if !port.firms.contains(&firm) {
            return Err((Check::K15, RejectReason::FIRM_NOT_AUTHORIZED));
        }
        if let Some(failure) = self.check_switches(enter.owner.port, firm) {
            return Err(failure);
        }
        let Some(symbol) = self.find_symbol(enter.symbol) else {
            return Err((Check::K17, RejectReason::INVALID_SYMBOL));
        };
        if self.securities[symbol].settings.test && !port.test {
            return Err((Check::K18, RejectReason::TEST));
        }
        let deadline = (enter.tif == Tif::Gtt).then(|| self.deadline(options.expire_time));
        let (strategy, party) = resolve(options, &port);
        let order = Order {
            owner: enter.owner,
            order_ref: OrderRef(0),
            symbol,
            firm,
            capacity: enter.capacity,
            group: options.group,
            side: enter.side,
            price: limit_of(enter.price),
            tif: enter.tif,
            display: enter.display,
            deadline,
            min_qty: options.min_qty.0,
            max_floor: options.max_floor.0,
            random_reserves: options.random_reserves.0,
            post_only: options.post_only,
            strategy,
            party,
            total: enter.quantity.0,
            done: 0,
            prev: 0,
            shown: 0,
            hidden: 0,
            tip_ref: OrderRef(0),
            shown_place: 0,
            hidden_place: 0,
            refreshes: 0,
        };
        let wanted = Wanted {
            order,
            price: enter.price,
            located: options.located,
            original: None,
            gives_side: false,
            gives_expiry: options.given.contains(15),
        };
        self.check(&wanted).map_or(Ok(wanted), Err)
    }

    /// R29: where the original is, if the Replace is not to be ignored.
    pub(crate) fn replaceable(&mut self, owner: Owner, orig: UserRefNum) -> Option<usize> {
        let Some(at) = self.find_order(Owner { user_ref: orig, ..owner }) else {
            self.hit("R65 1 not live");
            return None;
        };
        if self.is_old(owner) {
            self.hit("R65 1 old number");
            return None;
        }
        Some(at)
    }

    /// R65, outcomes 2 and 3.
    pub(crate) fn refuse_replace(
        &mut self,
        at: usize,
        owner: Owner,
        check: Check,
        reason: RejectReason,
    ) {
        if spares_original(check) {
            self.hit("R65 3");
            self.hit(format!("{check} U J {:04X}", reason.number()));
            self.consume(owner);
            self.reject(owner, reason);
        } else {
            self.hit("R65 2");
            self.hit(format!("{check} U C"));
            self.cancel_whole(at, CancelReason::USER);
        }
    }

    /// OUCH U.
    pub(crate) fn replace(&mut self, replace: &Replace) {
        let owner = replace.owner;
        let Some(is_empty) = self.charge(owner.port) else { return };
        let Some(at) = self.replaceable(owner, replace.orig) else { return };
        if is_empty {
            self.refuse_replace(at, owner, Check::K0, RejectReason::RISK_PORT_RATE);
            return;
        }
        let original = self.orders[at];
        let wanted = self.effective(&original, replace);
        let stopped = self.check_switches(owner.port, original.firm);
        let failure = stopped.or_else(|| self.check(&wanted));
        if let Some((check, reason)) = failure {
            self.refuse_replace(at, owner, check, reason);
            return;
        }
        self.hit("R65 4");
        if original.refreshes > 0 && wanted.order.max_floor > 0 {
            self.hit("R65 of a refreshed reserve order");
        }
        if original.done > 0 || original.prev > 0 {
            self.hit("R67");
        }
        let (from, to) = (original.display.code(), wanted.order.display.code());
        self.hit(format!("R75 {from} to {to}"));
        self.consume(owner);
        self.orders.remove(at);
        self.accept(&wanted);
    }

    /// R41, R65: explicit fields, tags given, otherwise the original's values.
    fn effective(&self, original: &Order, replace: &Replace) -> Wanted {
        let options = &replace.options;
        let gives = |tag| options.given.contains(tag);
        let (strategy, party) = resolve(options, &self.ports[&replace.owner.port].settings);
        let deadline = match (replace.tif, gives(15)) {
            (Tif::Gtt, true) => Some(self.deadline(options.expire_time)),
            (Tif::Gtt, false) => original.deadline,
            _ => None,
        };
        let pick = |tag, given: Shares, kept: u32| if gives(tag) { given.0 } else { kept };
        let order = Order {
            owner: replace.owner,
            side: options.side.filter(|_| gives(27)).unwrap_or(original.side),
            price: limit_of(replace.price),
            tif: replace.tif,
            display: replace.display,
            deadline,
            min_qty: pick(3, options.min_qty, original.min_qty),
            max_floor: pick(5, options.max_floor, original.max_floor),
            random_reserves: pick(13, options.random_reserves, original.random_reserves),
            post_only: if gives(12) { options.post_only } else { original.post_only },
            strategy: if gives(29) { strategy } else { original.strategy },
            party: if gives(30) { party } else { original.party },
            total: replace.quantity.0,
            shown: 0,
            hidden: 0,
            refreshes: 0,
            ..*original
        };
        Wanted {
            order,
            price: replace.price,
            located: options.located,
            original: Some(*original),
            gives_side: gives(27),
            gives_expiry: gives(15),
        }
    }

    /// The order is taken: told, swept, and what is left rests or is canceled.
    fn accept(&mut self, wanted: &Wanted) {
        let mut order = wanted.order;
        let is_market = wanted.price.is_market();
        if is_market {
            order.tif = Tif::Ioc; // R60
        }
        // R5: both references are taken before the sweep, and are the same number at first.
        order.order_ref = self.next_ref(order.display.is_shown() && order.tif != Tif::Ioc);
        order.tip_ref = order.order_ref;
        if self.mode(order.symbol) != Mode::Match {
            self.tell_accepted(wanted, &order);
            self.hit("R25 queued");
            self.rest(order);
        } else if order.post_only {
            self.accept_post_only(wanted, order);
        } else if is_market {
            self.tell_accepted(wanted, &order);
            self.run_market(order);
        } else {
            self.tell_accepted(wanted, &order);
            let limit = order.price;
            self.sweep(&mut order, limit);
            match (order.leaves(), order.tif) {
                (0, _) => {}
                (_, Tif::Ioc) => self.cancel_incoming(&order, CancelReason::IMMEDIATE),
                _ => self.rest(order),
            }
        }
    }

    /// W1, W11. The order's price may have slid.
    fn tell_accepted(&mut self, wanted: &Wanted, order: &Order) {
        let (owner, order_ref, tif) = (order.owner, order.order_ref, order.tif);
        let locate = self.locate(order.symbol);
        let is_market = wanted.price.is_market();
        let price = if is_market { wanted.price } else { OrderPrice(order.price.0.into()) };
        let Some(original) = wanted.original else {
            self.emit(Event::Accepted { owner, order_ref, price, tif, locate });
            return;
        };
        self.emit(Event::Replaced {
            owner,
            orig: original.owner.user_ref,
            order_ref,
            old_tip: original.tip(),
            price,
            leaves: Shares(order.leaves()),
            symbol: self.securities[order.symbol].settings.symbol,
            locate,
            side: order.side,
            tif,
            capacity: order.capacity,
            same_display: original.display.is_shown() && order.display == original.display,
        });
    }

    /// R59, in mode Match.
    fn accept_post_only(&mut self, wanted: &Wanted, mut order: Order) {
        let is_buy = order.side.is_buy();
        let best = book::best_displayed(&self.orders, order.symbol, !is_buy);
        let limit = order.price.0;
        let Some(best) = best.filter(|&c| if is_buy { limit >= c } else { limit <= c }) else {
            self.tell_accepted(wanted, &order);
            self.hit("R59 rests");
            self.rest(order);
            return;
        };
        let ticks = &self.securities[order.symbol].settings.ticks;
        let best = i128::from(best);
        let slid = if is_buy { ticks::down(ticks, best - 1) } else { ticks::up(ticks, best + 1) };
        match (self.ports[&order.owner.port].settings.post_only, slid) {
            (PostOnlyRule::Slide, Some(price)) => {
                order.price = price;
                self.tell_accepted(wanted, &order);
                self.hit("R59 slides");
                self.rest(order);
            }
            (rule, _) => {
                self.tell_accepted(wanted, &order);
                let is_none = rule == PostOnlyRule::Slide;
                self.hit(if is_none { "R59 nowhere to slide" } else { "R59 cancels" });
                self.cancel_incoming(&order, CancelReason::POST_ONLY_CONTRA);
            }
        }
    }

    /// R60.
    fn run_market(&mut self, mut order: Order) {
        let limit = self.collar(order.symbol, order.side);
        let has_swept = match limit {
            Some(limit) => self.sweep(&mut order, limit),
            None => {
                self.hit("R60 no limit");
                false
            }
        };
        if order.leaves() == 0 {
            return;
        }
        let best = book::best_displayed(&self.orders, order.symbol, !order.side.is_buy());
        if has_swept && best.is_some() {
            self.hit("R60 K");
            self.cancel_incoming(&order, CancelReason::COLLARS);
        } else {
            self.hit("R60 I");
            self.cancel_incoming(&order, CancelReason::IMMEDIATE);
        }
    }

    /// W13 of an order that never rested.
    fn cancel_incoming(&mut self, order: &Order, reason: CancelReason) {
        self.hit(format!("canceled {reason}"));
        self.emit(Event::Canceled {
            owner: order.owner,
            order_ref: order.order_ref,
            shares: Shares(order.leaves()),
            reason,
            tip: TipRef::NONE,
            locate: self.locate(order.symbol),
        });
    }

    /// R44, R45: what is left of the order becomes one or two entries, each at the last place.
    fn rest(&mut self, mut order: Order) {
        let leaves = order.leaves();
        order.shown = match (order.display.is_shown(), order.max_floor) {
            (false, _) => 0,
            (true, 0) => leaves,
            (true, floor) => leaves.min(floor),
        };
        order.hidden = leaves - order.shown;
        order.shown_place = self.next_place();
        order.hidden_place = self.next_place();
        self.orders.push(order);
        self.emit(Event::Rested {
            owner: order.owner,
            order_ref: order.order_ref,
            displayed: Shares(order.shown),
            hidden: Shares(order.hidden),
            price: order.price,
            side: order.side,
            display: order.display,
            firm: order.firm,
            locate: self.locate(order.symbol),
        });
    }
}

/// R52: strategy and group, where none is named the port's.
fn resolve(options: &Options, port: &Port) -> (Strategy, [u8; 2]) {
    let is_default = options.aiq_group == Options::DEFAULT_GROUP;
    let party = if is_default { port.aiq_group } else { options.aiq_group };
    (options.aiq_strategy.unwrap_or(port.aiq), party)
}

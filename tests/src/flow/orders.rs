//! Orders and replacements.

use matcher::command::{Command, Enter, Options, Replace};
use matcher::order::{Display, Owner, Side, Strategy, Tif};
use matcher::phase::Phase;
use protocol_spec::wire::ouch::{Capacity, ClOrdId, Mpid};
use protocol_spec::words::{GroupId, OrderPrice, Shares, UserRefIdx};

use super::maker::Maker;
use super::scene::{FIRMS, GROUPS, SYMBOLS, center, symbol};
use crate::model::order::Order;

/// Strategies as an order may name them; `None` is the port's.
const STRATEGIES: [Option<Strategy>; 6] = [
    None,
    Some(Strategy::Trade),
    Some(Strategy::DecrementQuietly),
    Some(Strategy::Decrement),
    Some(Strategy::CancelOldest),
    Some(Strategy::CancelNewest),
];

impl Maker {
    /// A security's place in the list: mostly one that there is, and mostly the first.
    fn any_symbol(&mut self) -> usize {
        if self.prng.once_in(300) {
            return SYMBOLS;
        }
        let count = self.model.securities.len().max(1);
        let at = self.prng.place(count);
        let number = self.model.securities.get(if self.prng.chance(40) { 0 } else { at });
        let number = number.map(|security| security.settings.symbol);
        (0..SYMBOLS).find(|&at| Some(symbol(at)) == number).unwrap_or(0)
    }

    /// A limit: within a few ticks of where the security trades, so that orders meet.
    fn limit(&mut self, number: usize, side: Side) -> OrderPrice {
        let center = u64::from(center(number));
        let found = self.model.find_symbol(symbol(number));
        let bands = found
            .map_or(Vec::new(), |at| self.model.securities[at].settings.ticks.bands().to_vec());
        let tick_at = |price: u64| {
            let band = bands.iter().rfind(|band| u64::from(band.from) <= price);
            band.map_or(100, |band| u64::from(band.tick))
        };
        let mut price = center;
        // Buyers bid a little lower than sellers ask, else nothing would rest.
        let lean = if side.is_buy() { 0 } else { 1 };
        let (up, down) = (self.prng.below(4) + lean, self.prng.below(4) + 1 - lean);
        for _ in 0..down {
            let tick = tick_at(price.saturating_sub(1));
            price = (price.saturating_sub(1) / tick * tick).max(tick);
        }
        for _ in 0..up {
            let tick = tick_at(price);
            price = (price / tick + 1) * tick;
        }
        let wild = match self.prng.below(200) {
            0 => 1,
            1 => OrderPrice::MAX_LIMIT.0,
            2 => center / 2,
            3 => center * 3 / 2,
            4..8 => price + 1,
            _ => price,
        };
        OrderPrice(wild.clamp(1, OrderPrice::MAX_LIMIT.0))
    }

    fn lot(&self, number: usize) -> u32 {
        let found = self.model.find_symbol(symbol(number));
        found.map_or(100, |at| self.model.securities[at].settings.lot.0)
    }

    /// Shares: a few lots, now and then odd or very many.
    fn shares(&mut self, number: usize) -> u32 {
        let lot = self.lot(number);
        match self.prng.below(100) {
            0 => 999_999,
            1..12 => self.prng.between(1, 300),
            12..30 => lot * self.prng.between(5, 40).min(999_999 / lot),
            _ => lot * self.prng.between(1, 6).min(999_999 / lot),
        }
    }

    fn side(&mut self) -> Side {
        let sides = [(50, Side::Buy), (35, Side::Sell), (8, Side::Short), (7, Side::ShortExempt)];
        self.prng.weighted(&sides)
    }

    /// A TIF: mostly one that the phase takes.
    fn tif(&mut self) -> Tif {
        let day = match self.model.phase {
            Phase::PreOpen | Phase::Open => 40,
            _ => 2,
        };
        let ioc = if self.model.phase == Phase::PreOpen { 2 } else { 18 };
        let late = if self.model.phase == Phase::Late { 20 } else { 1 };
        let tifs = [
            (day, Tif::Day),
            (ioc, Tif::Ioc),
            (15, Tif::Gtx),
            (12, Tif::Gtt),
            (late, Tif::AfterHours),
        ];
        self.prng.weighted(&tifs)
    }

    fn display(&mut self) -> Display {
        let displays = [(60, Display::Visible), (25, Display::Hidden), (15, Display::Attributed)];
        self.prng.weighted(&displays)
    }

    /// How long a GTT order lives: mostly so short that it expires within the day.
    fn expire_time(&mut self) -> u32 {
        self.prng.weighted(&[(4, 1), (4, 2), (2, 5), (1, 60), (1, 86_399)])
    }

    /// Options that both kinds of message have. Mostly they fit the order.
    fn options(
        &mut self,
        (quantity, lot): (u32, u32),
        tif: Tif,
        display: Display,
        is_market: bool,
    ) -> Options {
        let mut options = Options::NONE;
        let give = |options: &mut Options, tag| options.given = options.given.with(tag);
        let prng = &mut self.prng;
        // Parts of a quantity must be whole lots: mostly they are.
        let whole = !prng.once_in(12);
        let lots = |shares: u32| if whole { (shares / lot).max(1) * lot } else { shares };
        let may_rest = tif != Tif::Ioc && !is_market;
        let is_shown = display.is_shown();
        let fits_minimum = !may_rest || !is_shown;
        if prng.chance(if fits_minimum { 30 } else { 1 }) {
            let most = if prng.once_in(30) { quantity + 100 } else { quantity };
            let min = prng.weighted(&[(2, quantity), (1, lots(quantity / 2)), (1, most)]);
            options.min_qty = Shares(prng.weighted(&[(6, min), (1, 0)]));
            give(&mut options, 3);
        }
        if prng.chance(if may_rest && is_shown { 22 } else { 1 }) {
            let floor = prng.weighted(&[
                (4, lots(quantity / 4)),
                (3, lots(quantity / 5)),
                (4, lots(quantity / 2)),
                (1, lots(1)),
                (1, quantity),
                (1, 0),
            ]);
            options.max_floor = Shares(if prng.once_in(40) { quantity + 1 } else { floor });
            give(&mut options, 5);
            if prng.chance(65) {
                let less = if whole { floor.saturating_sub(lot) } else { floor.saturating_sub(1) };
                let random = prng.weighted(&[(9, less), (1, floor)]);
                options.random_reserves = Shares(random);
                give(&mut options, 13);
            }
        } else if prng.once_in(150) {
            options.random_reserves = Shares(100);
            give(&mut options, 13);
        }
        if prng.chance(if may_rest && is_shown { 15 } else { 1 }) {
            options.post_only = prng.chance(90);
            give(&mut options, 12);
        }
        if prng.chance(50) {
            options.located = prng.chance(85);
            give(&mut options, 25);
        }
        if prng.chance(45) {
            options.aiq_strategy = prng.pick(&STRATEGIES);
            give(&mut options, 29);
        }
        if prng.chance(20) {
            options.aiq_group = prng.pick(&[GROUPS[0], GROUPS[1], Options::DEFAULT_GROUP]);
            give(&mut options, 30);
        }
        options
    }

    /// OUCH O.
    pub fn enter(&mut self) {
        let number = self.any_symbol();
        self.enter_for(number);
    }

    /// OUCH O for one security.
    pub fn enter_for(&mut self, number: usize) {
        let (port, idx) = (self.any_port(), self.any_idx());
        let owner = self.next_number(port, idx);
        let side = self.side();
        let tif = self.tif();
        let wants_market = if self.model.phase == Phase::Open { 10 } else { 1 };
        let price = match self.prng.chance(wants_market) {
            true => self.prng.pick(&[OrderPrice::MARKET_200000, OrderPrice::MARKET_MAX]),
            false => self.limit(number, side),
        };
        let quantity = self.shares(number);
        let display = self.display();
        let mut options =
            self.options((quantity, self.lot(number)), tif, display, price.is_market());
        if tif == Tif::Gtt {
            options.expire_time = self.expire_time();
            options.given = options.given.with(15);
        }
        if self.prng.chance(30) {
            let firms = self.model.ports.get(&port).map(|line| line.settings.firms.clone());
            options.firm = self.prng.pick(&firms.unwrap_or(vec![FIRMS[0]]));
            if self.prng.once_in(40) {
                options.firm = self.prng.pick(&[FIRMS[0], FIRMS[1], FIRMS[2], Mpid::BLANK]);
            }
            options.given = options.given.with(2);
        }
        if self.prng.chance(30) {
            options.group = GroupId(self.prng.pick(&[0, 1, 7]));
            options.given = options.given.with(24);
        }
        let capacities =
            [Capacity::AGENCY, Capacity::PRINCIPAL, Capacity::RISKLESS, Capacity::OTHER];
        let capacity = self.prng.pick(&capacities);
        self.push(Command::Enter(Enter {
            owner,
            symbol: symbol(number),
            price,
            quantity: Shares(quantity),
            side,
            tif,
            display,
            capacity,
            cl_ord_id: ClOrdId::new("ENTERED"),
            options,
        }));
    }

    /// OUCH U.
    pub fn replace(&mut self) {
        let orig = self.any_order();
        let owner = self.next_number(orig.port, orig.idx);
        let found = self.model.find_order(orig).map(|at| self.model.orders[at]);
        let command = match found {
            Some(order) => self.replace_of(owner, &order),
            None => Replace {
                owner,
                orig: orig.user_ref,
                quantity: Shares(100),
                price: OrderPrice(100_000),
                tif: Tif::Day,
                display: Display::Visible,
                cl_ord_id: ClOrdId::BLANK,
                options: Options::NONE,
            },
        };
        self.push(Command::Replace(command));
    }

    /// A Replace of a live order: much of it as it was.
    fn replace_of(&mut self, owner: Owner, order: &Order) -> Replace {
        let security = &self.model.securities[order.symbol].settings;
        let number = (0..SYMBOLS).find(|&at| symbol(at) == security.symbol).unwrap_or(0);
        let price = match self.prng.below(20) {
            0 => OrderPrice::MARKET_MAX,
            1..9 => OrderPrice(order.price.0.into()),
            _ => self.limit(number, order.side),
        };
        let tif = match order.tif {
            Tif::AfterHours => Tif::Gtx,
            kept if self.prng.chance(75) => kept,
            _ => self.prng.pick(&[Tif::Day, Tif::Ioc, Tif::Gtx, Tif::Gtt]),
        };
        let display = if self.prng.chance(75) { order.display } else { self.display() };
        let quantity = match self.prng.below(10) {
            0 => (order.done + order.prev).max(1),
            1..4 => order.total,
            4..7 => order.done + order.prev + self.shares(number),
            _ => self.shares(number),
        }
        .min(999_999);
        let mut options =
            self.options((quantity, self.lot(number)), tif, display, price.is_market());
        let wants_expiry = if order.tif == Tif::Gtt { 50 } else { 90 };
        if tif == Tif::Gtt && self.prng.chance(wants_expiry) {
            options.expire_time = self.expire_time();
            options.given = options.given.with(15);
        }
        let new_side =
            if order.side.is_buy() { self.prng.once_in(40) } else { self.prng.chance(25) };
        if new_side {
            options.side = Some(self.prng.pick(&[Side::Sell, Side::Short, Side::ShortExempt]));
            options.given = options.given.with(27);
        }
        if self.prng.chance(25) {
            self.clear_misfits(&mut options, tif, display);
        }
        let orig = order.owner.user_ref;
        let cl_ord_id = ClOrdId::new("REPLACED");
        Replace { owner, orig, quantity: Shares(quantity), price, tif, display, cl_ord_id, options }
    }

    /// A reserve order of random tips is traded against, mostly replaced, and traded against again
    /// (R57, R58).
    pub fn iceberg(&mut self) {
        let number = self.any_symbol();
        let Some(at) = self.model.find_symbol(symbol(number)) else { return };
        let lot = self.model.securities[at].settings.lot.0;
        let port = self.any_port();
        let mut last = self.next_number(port, UserRefIdx(0));
        let price = self.limit(number, Side::Sell);
        let plain = Enter {
            owner: last,
            symbol: symbol(number),
            price,
            quantity: Shares(60 * lot),
            side: Side::Sell,
            tif: Tif::Gtx,
            display: Display::Visible,
            capacity: Capacity::AGENCY,
            cl_ord_id: ClOrdId::new("ICEBERG"),
            options: Options::NONE,
        };
        let mut enter = plain;
        enter.options.max_floor = Shares(self.prng.between(2, 5) * lot);
        enter.options.random_reserves =
            Shares(enter.options.max_floor.0 - self.prng.between(1, lot));
        enter.options.given = enter.options.given.with(5).with(13);
        self.push(Command::Enter(enter));
        for _ in 0..self.prng.between(1, 6) {
            let port = self.any_port();
            if self.prng.chance(30) {
                let owner = self.next_number(last.port, last.idx);
                let quantity = Shares(self.prng.between(40, 70) * lot);
                let (tif, display, orig) = (Tif::Gtx, Display::Attributed, last.user_ref);
                let cl_ord_id = ClOrdId::new("ICEBERG");
                let options = Options::NONE;
                let wanted =
                    Replace { owner, orig, quantity, price, tif, display, cl_ord_id, options };
                self.push(Command::Replace(wanted));
                last = owner;
            }
            let owner = self.next_number(port, UserRefIdx(0));
            let quantity = Shares(self.prng.between(2, 9) * lot);
            let (side, tif) = (Side::Buy, Tif::Ioc);
            self.push(Command::Enter(Enter { owner, quantity, side, tif, ..plain }));
        }
    }

    /// Gives the tags anew that an inherited value would make unfit.
    fn clear_misfits(&mut self, options: &mut Options, tif: Tif, display: Display) {
        let mut none = |tag| options.given = options.given.with(tag);
        if tif == Tif::Ioc || !display.is_shown() {
            for tag in [5, 12, 13] {
                none(tag);
            }
            (options.max_floor, options.random_reserves) = (Shares(0), Shares(0));
            options.post_only = false;
        } else {
            options.given = options.given.with(3);
            options.min_qty = Shares(0);
        }
    }
}

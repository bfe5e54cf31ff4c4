//! What the operator and the sessions do.

use matcher::command::{
    BreakTrade, Command, DownCause, Enter, OperatorCancel, Options, Party, SetState, Switchable,
};
use matcher::order::{Display, Owner, Side, Tif};
use matcher::phase::Overlay;
use matcher::tick::TickTable;
use protocol_spec::wire::ouch::{BrokenReason, Capacity, ClOrdId, Mpid, Symbol};
use protocol_spec::words::{MatchNo, OrderPrice, Price, Shares, UserRefIdx};

use super::maker::Maker;
use super::scene::{FIRMS, PORTS, SYMBOLS, instrument, port, symbol, ticks, valid_near};

impl Maker {
    /// Lists a security, or changes how it is traded: its tick table, or anything.
    pub fn set_instrument(&mut self) {
        let number = self.prng.place(SYMBOLS);
        let found = self.model.find_symbol(symbol(number));
        let mut wanted = instrument(&mut self.prng, number);
        if let Some(at) = found
            && self.prng.chance(60)
        {
            let changed = wanted;
            wanted = self.model.securities[at].settings.clone();
            match self.prng.below(4) {
                0 => {
                    wanted.ticks = ticks(&mut self.prng, number);
                    wanted.reference_price = valid_near(&wanted.ticks, wanted.reference_price.0);
                }
                1 => wanted.collar_bps = changed.collar_bps,
                2 => wanted.lot = changed.lot,
                _ => {}
            }
        }
        match self.prng.below(60) {
            0 => wanted.symbol = self.prng.pick(&[Symbol::BLANK, Symbol::new(" ABC")]),
            1 => wanted.lot = Shares(self.prng.pick(&[0, 1_000_000])),
            2 => wanted.reference_price = Price(self.prng.pick(&[0, 7, 2_000_000_000])),
            3 => wanted.collar_bps = 10_001,
            4 => wanted.fat_finger_bps = 10_001,
            _ => {}
        }
        self.push(Command::SetInstrument(Box::new(wanted)));
    }

    /// Makes a port, or changes what it may do.
    pub fn set_port(&mut self) {
        let numbers: Vec<u16> = (1..=PORTS).collect();
        let number = self.prng.pick(&numbers);
        let mut wanted = port(&mut self.prng, number);
        match self.prng.below(40) {
            0 => wanted.firms.clear(),
            1 => wanted.firms.push(wanted.firms[0]),
            2 => wanted.firms.push(Mpid::BLANK),
            3 => wanted.aiq_group = *b"\x07A",
            4 => wanted.fat_finger_bps = 10_001,
            _ => {}
        }
        self.push(Command::SetPort(Box::new(wanted)));
    }

    /// Puts an overlay on one security or on all; mostly it is soon taken off.
    pub fn set_state(&mut self) {
        let held: Vec<Symbol> = self
            .model
            .securities
            .iter()
            .filter(|security| security.overlay != Overlay::None)
            .map(|security| security.settings.symbol)
            .collect();
        let reason = self.prng.weighted(&[(3, *b"    "), (1, *b"LUDP"), (1, *b"T12 ")]);
        let set = if !held.is_empty() && self.prng.chance(70) {
            let symbol = Some(self.prng.pick(&held));
            SetState { symbol, overlay: Overlay::None, reason }
        } else {
            let all = [
                (3, Overlay::Paused),
                (2, Overlay::QuoteOnly),
                (2, Overlay::Halted),
                (1, Overlay::None),
            ];
            let overlay = self.prng.weighted(&all);
            let named = symbol(self.prng.place(SYMBOLS));
            let unknown = symbol(SYMBOLS);
            let whom = [(20, Some(named)), (4, None), (1, Some(unknown))];
            SetState { symbol: self.prng.weighted(&whom), overlay, reason }
        };
        self.push(Command::SetState(set));
    }

    /// A security is paused, gets orders, and is released: they trade at one price (R26).
    pub fn auction(&mut self) {
        let number = self.prng.place(SYMBOLS);
        let overlay = self.prng.pick(&[Overlay::Paused, Overlay::QuoteOnly]);
        self.hold(number, overlay);
        for _ in 0..self.prng.between(2, 14) {
            self.wait();
            self.enter_for(number);
        }
        self.hold(number, Overlay::None);
    }

    fn hold(&mut self, number: usize, overlay: Overlay) {
        let symbol = Some(symbol(number));
        self.push(Command::SetState(SetState { symbol, overlay, reason: *b"    " }));
    }

    /// An uncross between two prices at the same distance of a reference that is not valid any
    /// more, which is what the last step of R26 is for.
    pub fn tie(&mut self) {
        let number = self.prng.place(SYMBOLS);
        let found = self.model.find_symbol(symbol(number));
        let Some(at) = found.filter(|&at| self.model.securities[at].last_price.is_some()) else {
            return;
        };
        let last = self.model.reference_of(at).0;
        let fits = |tick: &u32| last.is_multiple_of(*tick) && !last.is_multiple_of(2 * tick);
        let Some(tick) = [10, 20, 50, 100, 200].into_iter().find(fits) else { return };
        let before = self.model.securities[at].settings.clone();
        let mut coarse = before.clone();
        coarse.ticks = TickTable::uniform(2 * tick);
        coarse.reference_price = Price(2 * tick);
        self.push(Command::SetInstrument(Box::new(coarse)));
        self.hold(number, Overlay::Paused);
        for _ in 0..self.prng.between(2, 5) {
            let is_buy = self.prng.chance(50);
            let is_inside = self.prng.chance(80);
            let price = if is_buy == is_inside { last + tick } else { last - tick };
            self.enter_at(number, is_buy, price);
        }
        self.hold(number, Overlay::None);
        if self.prng.chance(80) {
            self.push(Command::SetInstrument(Box::new(before)));
        }
    }

    /// A plain order of one or two lots.
    fn enter_at(&mut self, number: usize, is_buy: bool, price: u32) {
        let port = self.any_port();
        let owner = self.next_number(port, UserRefIdx(0));
        let found = self.model.find_symbol(symbol(number));
        let lot = found.map_or(1, |at| self.model.securities[at].settings.lot.0);
        let quantity = Shares(lot * self.prng.between(1, 2));
        self.push(Command::Enter(Enter {
            owner,
            symbol: symbol(number),
            price: OrderPrice(u64::from(price).clamp(1, OrderPrice::MAX_LIMIT.0)),
            quantity,
            side: if is_buy { Side::Buy } else { Side::Sell },
            tif: Tif::Gtx,
            display: Display::Visible,
            capacity: Capacity::AGENCY,
            cl_ord_id: ClOrdId::new("TIE"),
            options: Options::NONE,
        }));
    }

    /// A connection takes a port.
    pub fn port_up(&mut self) {
        let port = self.any_port();
        self.last_conn += 1;
        let conn = self.last_conn;
        self.push(Command::PortUp { port, conn });
    }

    /// A connection ends: mostly the port's own.
    pub fn port_down(&mut self) {
        let up: Vec<_> = self
            .model
            .ports
            .iter()
            .filter_map(|(number, line)| Some((*number, line.conn?)))
            .collect();
        let (port, conn) = match up.is_empty() || self.prng.chance(10) {
            true => (self.any_port(), self.prng.below(self.last_conn + 2)),
            false => self.prng.pick(&up),
        };
        let cause = self.prng.weighted(&[(3, DownCause::Disconnect), (1, DownCause::Crash)]);
        self.push(Command::PortDown { port, conn, cause });
    }

    /// The process ended and starts again: every connection is down at once (R36), and some come
    /// back.
    pub fn restart(&mut self) {
        let up: Vec<_> = self
            .model
            .ports
            .iter()
            .filter_map(|(number, line)| Some((*number, line.conn?)))
            .collect();
        for &(port, conn) in &up {
            self.push(Command::PortDown { port, conn, cause: DownCause::Crash });
        }
        for (port, _) in up {
            if self.prng.chance(60) {
                self.wait();
                self.last_conn += 1;
                self.push(Command::PortUp { port, conn: self.last_conn });
            }
        }
    }

    /// The operator cancels orders.
    pub fn operator_cancel(&mut self) {
        let port = self.any_port();
        let firm = self.prng.pick(&FIRMS);
        let named = symbol(self.prng.place(SYMBOLS));
        let named = if self.prng.once_in(15) { symbol(SYMBOLS) } else { named };
        let side = self.prng.pick(Side::ALL);
        let mut maybe = |percent| self.prng.chance(percent);
        let cancel = OperatorCancel {
            port: maybe(60).then_some(port),
            firm: maybe(30).then_some(firm),
            symbol: maybe(50).then_some(named),
            side: maybe(40).then_some(side),
        };
        self.push(Command::OperatorCancel(cancel));
    }

    /// The operator stops somebody, or mostly allows what is stopped.
    pub fn operator_switch(&mut self) {
        if let Some(&whom) = self.model.stopped.first()
            && self.prng.chance(75)
        {
            self.push(Command::OperatorSwitch { whom, off: false });
            return;
        }
        let port = self.any_port();
        let own = self.model.ports.get(&port).map(|line| line.settings.firms[0]);
        let any = self.prng.pick(&FIRMS);
        let firm = own.filter(|_| self.prng.chance(80)).unwrap_or(any);
        let whom = self.prng.pick(&[
            Switchable::Port(port),
            Switchable::Firm(firm),
            Switchable::FirmOnPort(port, firm),
        ]);
        let off = self.prng.chance(70);
        self.push(Command::OperatorSwitch { whom, off });
    }

    /// The operator breaks a trade: a late one, or any number.
    pub fn break_trade(&mut self) {
        let nobody = Owner::default();
        let last = self.model.last_match;
        let (mut match_no, mut named, mut sides) = (MatchNo(0), symbol(0), [nobody; 2]);
        if !self.trades.is_empty() && self.prng.chance(70) {
            let trade = self.prng.pick(&self.trades.clone());
            match_no = trade.match_no;
            named = self.model.securities[trade.symbol].settings.symbol;
            sides = trade.sides;
        } else if !self.prng.once_in(4) {
            match_no = MatchNo(self.prng.below(last + 3));
        }
        if self.prng.once_in(20) {
            named = symbol(SYMBOLS);
        }
        if let Some(&broken) = self.model.broken.first()
            && self.prng.chance(10)
        {
            match_no = broken;
        }
        let party = |owner| Party { owner, cl_ord_id: ClOrdId::new("BROKEN") };
        let reasons = [
            BrokenReason::ERRONEOUS,
            BrokenReason::CONSENT,
            BrokenReason::SUPERVISORY,
            BrokenReason::EXTERNAL,
        ];
        let reason = self.prng.pick(&reasons);
        self.push(Command::BreakTrade(BreakTrade {
            match_no,
            symbol: named,
            reason,
            buyer: party(sides[0]),
            seller: party(sides[1]),
        }));
    }
}

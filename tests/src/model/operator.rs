//! Configuration, switches, broken trades (R15, R17, R35, R39, R78, R79).

use std::collections::BTreeMap;

use matcher::command::{BreakTrade, Switchable};
use matcher::event::Event;
use matcher::phase::Phase;
use matcher::refusal::Refusal;
use matcher::settings::{Instrument, Limits, Port};
use protocol_spec::wire::ouch::{Mpid, SystemEventCode};
use protocol_spec::words::OrderPrice;

use super::state::{Model, PortState, Security};
use super::ticks;

/// K4: printable ASCII, left-justified, not blank.
fn is_name(bytes: &[u8]) -> bool {
    let is_printable = bytes.iter().all(|byte| (b' '..=b'~').contains(byte));
    // Left-justified: once there is a space, nothing but spaces follows.
    let used = bytes.iter().take_while(|byte| **byte != b' ').count();
    is_printable && used > 0 && bytes[used..].iter().all(|byte| *byte == b' ')
}

impl Model {
    fn limits(&self) -> &Limits {
        &self.day.as_ref().expect("the operator's commands come on an open day").limits
    }

    /// R17.
    pub(crate) fn set_instrument(&mut self, wanted: &Instrument) {
        let reference = wanted.reference_price;
        let is_limit = (1..=OrderPrice::MAX_LIMIT.0).contains(&u64::from(reference.0));
        let known = self.find_symbol(wanted.symbol);
        let is_full = self.securities.len() as u64 >= u64::from(self.limits().symbols);
        if !is_name(&wanted.symbol.0) {
            self.refuse(Refusal::BadSymbol);
        } else if !(1..=999_999).contains(&wanted.lot.0) {
            self.refuse(Refusal::BadLot);
        } else if !is_limit || !ticks::is_valid(&wanted.ticks, reference) {
            self.refuse(Refusal::BadReference);
        } else if wanted.collar_bps > 10_000 || wanted.fat_finger_bps > 10_000 {
            self.refuse(Refusal::BadBps);
        } else if let Some(symbol) = known {
            self.change_instrument(symbol, wanted);
        } else if is_full {
            self.refuse(Refusal::SymbolLimit);
        } else {
            self.securities.push(Security {
                settings: wanted.clone(),
                overlay: wanted.initial_state,
                reason: *b"    ",
                last_price: None,
            });
            let symbol = self.securities.len() - 1;
            let (locate, state) = (self.locate(symbol), self.trading_state(symbol));
            self.hit("R17 new");
            self.emit(Event::Directory { locate, new: Some(state) });
        }
    }

    /// R17, of a known symbol: R again if one of its fields changed.
    fn change_instrument(&mut self, symbol: usize, wanted: &Instrument) {
        let old = &self.securities[symbol].settings;
        let has_other_reference = old.reference_price != wanted.reference_price;
        let told = |of: &Instrument| (of.lot, of.round_lots_only, of.test);
        let is_news = told(old) != told(wanted);
        let has_other_ticks = old.ticks != wanted.ticks;
        self.securities[symbol].settings = wanted.clone();
        if has_other_ticks && self.orders.iter().any(|order| order.symbol == symbol) {
            self.hit("R17 ticks under live orders");
        }
        if has_other_reference {
            let has_traded = self.securities[symbol].last_price.is_some();
            self.hit(if has_traded { "R12 kept" } else { "R12 changed" });
        }
        self.hit(if is_news { "R17 told" } else { "R17 not told" });
        if is_news {
            self.emit(Event::Directory { locate: self.locate(symbol), new: None });
        }
    }

    /// R15, R21 step 1, R35.
    pub(crate) fn set_port(&mut self, wanted: &Port) {
        let firms = &wanted.firms;
        let is_twice = |firm: &Mpid| firms.iter().filter(|other| *other == firm).count() > 1;
        let bad_firm = firms.iter().any(|firm| !is_name(&firm.0) || is_twice(firm));
        let is_full = self.ports.len() as u64 >= u64::from(self.limits().ports);
        if firms.is_empty() || bad_firm {
            self.refuse(Refusal::BadFirms);
        } else if !wanted.aiq_group.iter().all(|byte| (b' '..=b'~').contains(byte)) {
            self.refuse(Refusal::BadGroup);
        } else if wanted.fat_finger_bps > 10_000 {
            self.refuse(Refusal::BadBps);
        } else if let Some(line) = self.ports.get_mut(&wanted.number) {
            line.settings = wanted.clone();
            line.level = full(wanted);
            line.charged = self.now;
            self.hit("R15 port changed");
        } else if is_full {
            self.refuse(Refusal::PortLimit);
        } else {
            let line = PortState {
                settings: wanted.clone(),
                conn: None,
                deadline: None,
                level: full(wanted),
                charged: self.now,
                last: BTreeMap::new(),
            };
            self.ports.insert(wanted.number, line);
            let is_late = !matches!(self.phase, Phase::Closed | Phase::Ended);
            self.hit(match self.phase {
                Phase::Closed => "R15 port made",
                Phase::Ended => "R21 port made in Ended",
                _ => "R21 port made later",
            });
            if is_late {
                let code = SystemEventCode::START_OF_DAY;
                self.emit(Event::PortSystem { port: wanted.number, code });
            }
        }
    }

    /// R39.
    pub(crate) fn operator_switch(&mut self, whom: Switchable, off: bool) {
        let (port, firm) = match whom {
            Switchable::Port(port) => (Some(port), None),
            Switchable::Firm(_) => (None, None),
            Switchable::FirmOnPort(port, firm) => (Some(port), Some((port, firm))),
        };
        if port.is_some_and(|port| !self.ports.contains_key(&port)) {
            self.refuse(Refusal::UnknownPort);
        } else if firm.is_some_and(|(port, firm)| !self.has_firm(port, firm)) {
            self.refuse(Refusal::UnknownFirm);
        } else {
            self.stopped.retain(|flag| *flag != whom);
            if off {
                self.stopped.push(whom);
            }
            self.hit(if off { "R39 off" } else { "R39 on" });
        }
    }

    /// R78.
    pub(crate) fn break_trade(&mut self, wanted: &BreakTrade) {
        let is_full = self.broken.len() as u64 >= u64::from(self.limits().broken_trades);
        let Some(symbol) = self.find_symbol(wanted.symbol) else {
            self.refuse(Refusal::UnknownSymbol);
            return;
        };
        if wanted.match_no.0 == 0 || wanted.match_no.0 > self.last_match {
            self.refuse(Refusal::UnknownTrade);
        } else if self.broken.contains(&wanted.match_no) {
            self.refuse(Refusal::AlreadyBroken);
        } else if is_full {
            self.refuse(Refusal::BreakLimit);
        } else {
            self.broken.push(wanted.match_no);
            self.hit("R78");
            self.emit(Event::Broken { locate: self.locate(symbol) });
        }
    }
}

/// R35: a full bucket.
fn full(port: &Port) -> u128 {
    u128::from(port.burst) * 1_000_000_000
}

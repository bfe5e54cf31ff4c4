//! The phases of the day and the states of securities (R16, R18 to R23).

use matcher::command::SetState;
use matcher::engine::Engine;
use matcher::event::Event;
use matcher::order::Tif;
use matcher::phase::{Mode, Phase};
use matcher::refusal::Refusal;
use matcher::settings::{Day, Limits};
use protocol_spec::wire::{itch, ouch};

use super::state::Model;

impl Model {
    /// R16.
    pub(crate) fn open_day(&mut self, day: &Day) {
        let Limits { symbols, ports, live_orders, levels, min_qty_orders, broken_trades } =
            day.limits;
        let all = [symbols, ports, live_orders, levels, min_qty_orders, broken_trades];
        let is_too_much = symbols > Limits::MAX_SYMBOLS
            || ports > Limits::MAX_PORTS
            || all.iter().any(|&limit| limit > Limits::MAX_POOL);
        if day.rules_version != Engine::RULES_VERSION {
            self.refuse(Refusal::RulesVersion);
        } else if all.contains(&0) || is_too_much || day.carried.len() > 2_048 {
            self.refuse(Refusal::BadLimits);
        } else {
            self.day = Some(day.clone());
            self.emit(Event::System(itch::SystemEventCode::START_OF_MESSAGES));
        }
    }

    /// W22: one event for the feed, then one per port.
    fn tell_system(&mut self, feed: itch::SystemEventCode, code: ouch::SystemEventCode) {
        self.emit(Event::System(feed));
        let ports: Vec<_> = self.ports.keys().copied().collect();
        for port in ports {
            self.emit(Event::PortSystem { port, code });
        }
    }

    /// R18.
    pub(crate) fn set_phase(&mut self, to: Phase) {
        if to <= self.phase {
            self.refuse(Refusal::PhaseBackward);
        } else {
            self.enter_phase(to);
        }
    }

    /// R21, step by step.
    fn enter_phase(&mut self, to: Phase) {
        let from = self.phase;
        self.hit(format!("R21 {from:?} {to:?}"));
        let symbols = 0..self.securities.len();
        let before: Vec<_> =
            symbols.clone().map(|symbol| (self.mode(symbol), self.trading_state(symbol))).collect();
        self.phase = to;
        if from == Phase::Closed && to != Phase::Ended {
            self.has_started = true;
            self.tell_system(
                itch::SystemEventCode::START_OF_SYSTEM_HOURS,
                ouch::SystemEventCode::START_OF_DAY,
            );
        }
        if from == Phase::Open {
            self.emit(Event::System(itch::SystemEventCode::END_OF_MARKET_HOURS));
        }
        if to == Phase::Open {
            self.emit(Event::System(itch::SystemEventCode::START_OF_MARKET_HOURS));
        }
        if matches!(to, Phase::Late | Phase::Ended) {
            self.cancel_all(ouch::CancelReason::CLOSED, |order| order.tif == Tif::Day);
        }
        if to == Phase::Ended {
            self.cancel_all(ouch::CancelReason::TIMEOUT, |_| true);
            if self.has_started {
                self.tell_system(
                    itch::SystemEventCode::END_OF_SYSTEM_HOURS,
                    ouch::SystemEventCode::END_OF_DAY,
                );
            }
            return;
        }
        for (symbol, (mode, state)) in symbols.zip(before) {
            self.uncross_if_freed(symbol, mode, itch::CrossType::OPENING);
            if self.trading_state(symbol) != state {
                self.tell_state(symbol, *b"    ");
            }
        }
    }

    /// R21 step 5, R22: an uncross if the mode went from Collect or Stop to Match.
    fn uncross_if_freed(&mut self, symbol: usize, before: Mode, kind: itch::CrossType) {
        let was_held = matches!(before, Mode::Collect | Mode::Stop);
        if was_held && self.mode(symbol) == Mode::Match {
            self.hit(format!("uncross after {before:?}"));
            self.uncross(symbol, kind);
        }
    }

    /// W24.
    fn tell_state(&mut self, symbol: usize, reason: [u8; 4]) {
        let (locate, state) = (self.locate(symbol), self.trading_state(symbol));
        self.emit(Event::StateChanged { locate, state, reason });
    }

    /// R19, R22.
    pub(crate) fn set_state(&mut self, set: &SetState) {
        if self.phase == Phase::Ended {
            self.refuse(Refusal::PhaseEnded);
            return;
        }
        let symbols = match set.symbol.map(|symbol| self.find_symbol(symbol)) {
            Some(None) => {
                self.refuse(Refusal::UnknownSymbol);
                return;
            }
            Some(Some(symbol)) => symbol..symbol + 1,
            None => 0..self.securities.len(),
        };
        for symbol in symbols {
            let (mode, state) = (self.mode(symbol), self.trading_state(symbol));
            let security = &mut self.securities[symbol];
            let has_other_reason = security.reason != set.reason;
            security.overlay = set.overlay;
            security.reason = set.reason;
            self.hit(format!("R19 {:?} {:?}", self.phase, set.overlay));
            self.uncross_if_freed(symbol, mode, itch::CrossType::HALT);
            if self.trading_state(symbol) != state || has_other_reason {
                self.tell_state(symbol, set.reason);
            } else {
                self.hit("R22 nothing new");
            }
        }
    }

    /// R23.
    pub(crate) fn end_of_day(&mut self) {
        if self.phase != Phase::Ended {
            self.enter_phase(Phase::Ended);
        }
        self.emit(Event::System(itch::SystemEventCode::END_OF_MESSAGES));
        self.is_over = true;
    }
}

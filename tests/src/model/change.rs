//! An order is canceled, or made smaller (R62 to R71).

use matcher::command::{Cancel, MassCancel, Modify, OperatorCancel, Switch, Switchable};
use matcher::event::{Event, Shown};
use matcher::order::Side;
use matcher::refusal::Refusal;
use protocol_spec::wire::ouch::{CancelReason, Mpid, RejectReason};
use protocol_spec::words::{PortId, Shares};

use super::admission::check_sale;
use super::state::Model;

impl Model {
    /// R62, from a quantity below the order's total on: the new total, and how many shares the
    /// order and its displayed entry lose by it.
    fn shrink(&mut self, at: usize, quantity: u32) -> (u32, Shown) {
        let order = &mut self.orders[at];
        let before = order.leaves();
        order.total = quantity.max(order.done + order.prev);
        let less = before - order.leaves();
        let unseen = order.shrink(less);
        let shown = match unseen {
            0 => Shown::Same,
            _ => Shown::Less(order.tip_ref, Shares(unseen)),
        };
        let is_reserve = order.max_floor > 0;
        if is_reserve {
            self.hit(if unseen > 0 { "R63 tip too" } else { "R63 remainder alone" });
        }
        (less, shown)
    }

    /// R62.
    pub(crate) fn cancel(&mut self, cancel: &Cancel) {
        if self.charge(cancel.owner.port).is_none() {
            return;
        }
        let Some(at) = self.find_order(cancel.owner) else {
            self.hit("R29 X not live");
            return;
        };
        let order = self.orders[at];
        if cancel.quantity.0 >= order.total {
            self.hit("R62 not smaller");
        } else if cancel.quantity.0 <= order.done + order.prev {
            self.hit("R62 whole");
            self.cancel_whole(at, CancelReason::USER);
        } else {
            self.hit("R62 part");
            let (less, shown) = self.shrink(at, cancel.quantity.0);
            self.emit(Event::Reduced {
                owner: order.owner,
                order_ref: order.order_ref,
                shares: Shares(less),
                shown,
                locate: self.locate(order.symbol),
            });
        }
    }

    /// R64.
    pub(crate) fn modify(&mut self, modify: &Modify) {
        if self.charge(modify.owner.port).is_none() {
            return;
        }
        let Some(at) = self.find_order(modify.owner) else {
            self.hit("R29 M not live");
            return;
        };
        let order = self.orders[at];
        let is_other = modify.side != order.side;
        let is_smaller = modify.quantity.0 < order.total;
        let port = &self.ports[&modify.owner.port].settings;
        let is_forbidden = is_other && check_sale(modify.side, modify.located, port).is_some();
        if modify.side == Side::Buy || order.side == Side::Buy {
            self.hit("R64 of a buy");
        } else if is_forbidden {
            self.hit("R64 K22");
        } else if !is_other && !is_smaller {
            self.hit("R64 not smaller");
        } else if is_smaller && modify.quantity.0 <= order.done + order.prev {
            self.hit("R64 whole");
            self.cancel_whole(at, CancelReason::USER);
        } else {
            self.hit(match (is_other, is_smaller) {
                (true, true) => "R64 side and part",
                (true, false) => "R64 side",
                (false, _) => "R64 part",
            });
            self.orders[at].side = modify.side;
            let shown = match is_smaller {
                true => self.shrink(at, modify.quantity.0).1,
                false => Shown::Same,
            };
            self.emit(Event::Modified {
                owner: order.owner,
                order_ref: order.order_ref,
                side: modify.side,
                leaves: Shares(self.orders[at].leaves()),
                shown,
                locate: self.locate(order.symbol),
            });
        }
    }

    /// R69, R70.
    pub(crate) fn mass_cancel(&mut self, mass: &MassCancel) {
        let owner = mass.owner;
        if self.charge(owner.port).is_none() || self.is_old(owner) {
            return;
        }
        self.consume(owner);
        if !mass.firm.is_blank() && !self.has_firm(owner.port, mass.firm) {
            self.hit("R70 firm");
            self.reject(owner, RejectReason::FIRM_NOT_AUTHORIZED);
            return;
        }
        let symbol = self.find_symbol(mass.symbol);
        if !mass.symbol.is_blank() && symbol.is_none() {
            self.hit("R70 symbol");
            self.reject(owner, RejectReason::INVALID_SYMBOL);
            return;
        }
        self.emit(Event::MassAck { owner });
        let told = self.events.len();
        self.cancel_all(CancelReason::USER, |order| {
            order.owner.port == owner.port
                && (mass.firm.is_blank() || order.firm == mass.firm)
                && (mass.symbol.is_blank() || Some(order.symbol) == symbol)
                && mass.group.is_none_or(|group| order.group == group)
                && mass.side.is_none_or(|side| order.side == side)
        });
        self.hit(match self.events.len() - told {
            0 => "R69 none",
            1 => "R69 one",
            _ => "R69 several",
        });
    }

    /// R71.
    pub(crate) fn operator_cancel(&mut self, cancel: &OperatorCancel) {
        if cancel.port.is_some_and(|port| !self.ports.contains_key(&port)) {
            self.refuse(Refusal::UnknownPort);
            return;
        }
        let symbol = cancel.symbol.map(|symbol| self.find_symbol(symbol));
        if symbol == Some(None) {
            self.refuse(Refusal::UnknownSymbol);
            return;
        }
        self.hit("R71");
        self.cancel_all(CancelReason::SUPERVISORY, |order| {
            cancel.port.is_none_or(|port| order.owner.port == port)
                && cancel.firm.is_none_or(|firm| order.firm == firm)
                && symbol.is_none_or(|symbol| Some(order.symbol) == symbol)
                && cancel.side.is_none_or(|side| order.side == side)
        });
    }

    pub(crate) fn has_firm(&self, port: PortId, firm: Mpid) -> bool {
        self.ports.get(&port).is_some_and(|line| line.settings.firms.contains(&firm))
    }

    /// R38.
    pub(crate) fn switch(&mut self, switch: &Switch, disable: bool) {
        let owner = switch.owner;
        if self.charge(owner.port).is_none() || self.is_old(owner) {
            return;
        }
        self.consume(owner);
        let port = owner.port;
        let firms = match switch.firm.is_blank() {
            true => self.ports[&port].settings.firms.clone(),
            false => vec![switch.firm],
        };
        let is_foreign = !firms.iter().all(|&firm| self.has_firm(port, firm));
        let is_stopped = self.stopped.iter().any(|flag| match *flag {
            Switchable::Port(number) => number == port,
            Switchable::Firm(firm) => firms.contains(&firm),
            Switchable::FirmOnPort(number, firm) => number == port && firms.contains(&firm),
        });
        if is_foreign || !disable && is_stopped {
            self.hit(if is_foreign { "R38 firm" } else { "R38 E under the operator's flag" });
            self.reject(owner, RejectReason::FIRM_NOT_AUTHORIZED);
            return;
        }
        self.disabled.retain(|&(number, firm)| number != port || !firms.contains(&firm));
        if disable {
            self.disabled.extend(firms.iter().map(|&firm| (port, firm)));
        }
        self.hit(if disable { "R38 D" } else { "R38 E" });
        self.emit(Event::SwitchAck { owner });
    }
}

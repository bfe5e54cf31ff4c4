//! What brokers send beside orders and replacements.

use matcher::admission::Check;
use matcher::command::{Cancel, Command, MassCancel, Modify, Refused, Request, Switch};
use matcher::order::Side;
use protocol_spec::wire::ouch::{ClOrdId, Mpid, RejectReason, Symbol};
use protocol_spec::words::{GroupId, PortId, Shares};

use super::maker::Maker;
use super::scene::{FIRMS, SYMBOLS, symbol};

/// What a message can be refused for by its form, and whether that can be said of a Replace.
const FORMS: &[(Check, RejectReason, bool)] = &[
    (Check::K1, RejectReason::OTHER, true),
    (Check::K2, RejectReason::INVALID_SIDE, true),
    (Check::K3, RejectReason::INVALID_QUANTITY, true),
    (Check::K4, RejectReason::INVALID_SYMBOL, false),
    (Check::K5, RejectReason::INVALID_PRICE, true),
    (Check::K6, RejectReason::OTHER, true),
    (Check::K7, RejectReason::INVALID_DISPLAY, true),
    (Check::K8, RejectReason::OTHER, false),
    (Check::K9, RejectReason::ISO_NOT_ALLOWED, true),
    (Check::K10, RejectReason::INVALID_CROSS_ORDER, true),
    (Check::K11, RejectReason::INVALID_PEG_TYPE, true),
    (Check::K11, RejectReason::PEGGING_NOT_ALLOWED, true),
    (Check::K12, RejectReason::ROUTING_NOT_ALLOWED, true),
    (Check::K13, RejectReason([0, 0x40]), true),
    (Check::K14, RejectReason::OTHER, true),
];

impl Maker {
    /// A new total for an order: all, part, nothing, or no less than it is.
    fn new_total(&mut self, total: u32, gone: u32) -> u32 {
        match self.prng.below(10) {
            0 if self.prng.chance(50) => 0,
            1 => total,
            2 => total.saturating_add(self.prng.between(1, 100)).min(999_999),
            3 if self.prng.chance(50) => gone,
            _ => self.prng.between(gone.min(total), total),
        }
    }

    /// OUCH X.
    pub fn cancel(&mut self) {
        let owner = self.any_order();
        let found = self.model.find_order(owner).map(|at| self.model.orders[at]);
        let quantity = match found {
            Some(_) if self.prng.chance(15) => 0,
            Some(order) => self.new_total(order.total, order.done + order.prev),
            None => self.prng.between(0, 300),
        };
        self.push(Command::Cancel(Cancel { owner, quantity: Shares(quantity) }));
    }

    /// OUCH M.
    pub fn modify(&mut self) {
        let sells: Vec<_> =
            self.model.orders.iter().filter(|order| !order.side.is_buy()).copied().collect();
        let (owner, total, gone) = match sells.is_empty() || self.prng.chance(10) {
            true => (self.any_order(), 100, 0),
            false => {
                let order = self.prng.pick(&sells);
                (order.owner, order.total, order.done + order.prev)
            }
        };
        let sides = [(6, Side::Sell), (5, Side::Short), (5, Side::ShortExempt), (1, Side::Buy)];
        let side = self.prng.weighted(&sides);
        let quantity = Shares(self.new_total(total, gone));
        let located = self.prng.chance(50);
        self.push(Command::Modify(Modify { owner, side, quantity, located }));
    }

    /// A firm as a filter or a switch names it: mostly none or one of the port's.
    fn any_firm(&mut self, port: PortId) -> Mpid {
        let firms = self.model.ports.get(&port).map(|line| line.settings.firms.clone());
        let own = self.prng.pick(&firms.unwrap_or(FIRMS.to_vec()));
        let any = self.prng.pick(&FIRMS);
        self.prng.weighted(&[(4, Mpid::BLANK), (5, own), (2, any)])
    }

    /// OUCH C.
    pub fn mass_cancel(&mut self) {
        let (port, idx) = (self.any_port(), self.any_idx());
        let owner = self.next_number(port, idx);
        let firm = self.any_firm(port);
        let named = symbol(self.prng.place(SYMBOLS + 1));
        let symbol = self.prng.weighted(&[(1, Symbol::BLANK), (1, named)]);
        let groups = [(4, None), (1, Some(GroupId(0))), (1, Some(GroupId(7)))];
        let group = self.prng.weighted(&groups);
        let side = self.prng.pick(Side::ALL);
        let side = self.prng.weighted(&[(3, None), (2, Some(side))]);
        self.push(Command::MassCancel(MassCancel { owner, firm, symbol, group, side }));
    }

    /// OUCH D and E. What is stopped is mostly allowed again soon.
    pub fn switch(&mut self) {
        let (mut port, idx) = (self.any_port(), self.any_idx());
        let disabled = self.model.disabled.first().copied();
        let disable = disabled.is_none() && self.prng.chance(50);
        let mut firm = self.any_firm(port);
        if let Some((of, which)) = disabled
            && self.prng.chance(80)
        {
            (port, firm) = (of, if self.prng.chance(50) { which } else { Mpid::BLANK });
        }
        let owner = self.next_number(port, idx);
        let switch = Switch { owner, firm };
        self.push(if disable { Command::Disable(switch) } else { Command::Enable(switch) });
    }

    /// OUCH Q.
    pub fn query(&mut self) {
        let (port, idx) = (self.any_port(), self.any_idx());
        self.push(Command::AccountQuery { port, idx });
    }

    /// A message that is refused for its form.
    pub fn refused(&mut self) {
        let kind = self.prng.below(10);
        let of_replace = (4..8).contains(&kind);
        let forms: Vec<_> = FORMS.iter().filter(|form| form.2 || !of_replace).collect();
        let (check, reason, _) = *self.prng.pick(&forms);
        let orig = self.any_order();
        let request = match kind {
            0..4 => Request::Enter,
            4..8 => Request::Replace { orig: orig.user_ref },
            8 => Request::Action,
            _ => Request::Void,
        };
        let (port, idx) = match of_replace {
            true => (orig.port, orig.idx),
            false => (self.any_port(), self.any_idx()),
        };
        let owner = self.next_number(port, idx);
        let (check, reason) = match request {
            Request::Action | Request::Void => (Check::K1, RejectReason::OTHER),
            _ => (check, reason),
        };
        let cl_ord_id = ClOrdId::new("REFUSED");
        self.push(Command::Refused(Refused { owner, request, check, reason, cl_ord_id }));
    }
}

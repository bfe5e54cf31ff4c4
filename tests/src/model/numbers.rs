//! Channels, their numbers, the throttle (R28 to R35).

use matcher::admission::Check;
use matcher::command::{Refused, Request};
use matcher::event::Event;
use matcher::order::Owner;
use protocol_spec::wire::ouch::RejectReason;
use protocol_spec::words::{PortId, UserRefIdx, UserRefNum};

use super::state::Model;

/// A second's worth of rate 1, and what one message costs (R35).
const MESSAGE: u128 = 1_000_000_000;

impl Model {
    /// R35: charges the bucket of the port, and says whether it was empty; `None` if there is no
    /// such port.
    pub(crate) fn charge(&mut self, number: PortId) -> Option<bool> {
        let now = self.now;
        let line = self.ports.get_mut(&number)?;
        let (rate, burst) = (u128::from(line.settings.rate), u128::from(line.settings.burst));
        let waited = u128::from(now.0 - line.charged.0);
        line.charged = now;
        line.level = (burst * MESSAGE).min(line.level + waited * rate);
        if rate == 0 || burst == 0 {
            return Some(false);
        }
        if line.level >= MESSAGE {
            line.level -= MESSAGE;
            return Some(false);
        }
        self.hit("R35 empty");
        Some(true)
    }

    /// The last number that a channel took (R28).
    pub(crate) fn last(&self, port: PortId, idx: UserRefIdx) -> u32 {
        self.ports.get(&port).and_then(|line| line.last.get(&idx)).copied().unwrap_or(0)
    }

    /// R29: whether the number was used up before.
    pub(crate) fn is_old(&mut self, owner: Owner) -> bool {
        let is_old = owner.user_ref.0 <= self.last(owner.port, owner.idx);
        if is_old {
            self.hit(if owner.user_ref.0 == 0 { "R30 number 0" } else { "R29 old number" });
        }
        is_old
    }

    /// R29: last := n.
    pub(crate) fn consume(&mut self, owner: Owner) {
        let last = self.last(owner.port, owner.idx);
        self.hit(match owner.user_ref.0 {
            u32::MAX => "R30 last number there is",
            n if n >= 4_000_000_000 && last < 4_000_000_000 => "R30 jump",
            _ => "R29 consumed",
        });
        let line = self.ports.get_mut(&owner.port).expect("only ports that are known take numbers");
        line.last.insert(owner.idx, owner.user_ref.0);
    }

    /// R31.
    pub(crate) fn account_query(&mut self, port: PortId, idx: UserRefIdx) {
        if self.charge(port).is_none() {
            return;
        }
        let user_ref = UserRefNum(self.last(port, idx).saturating_add(1));
        self.hit("R31");
        self.emit(Event::QueryAck { owner: Owner { port, idx, user_ref } });
    }

    /// R32, R33.
    pub(crate) fn refused(&mut self, refused: &Refused) {
        let owner = refused.owner;
        let Some(is_empty) = self.charge(owner.port) else { return };
        match refused.request {
            Request::Enter if self.is_old(owner) => {}
            Request::Enter => {
                self.consume(owner);
                let reason = if is_empty { RejectReason::RISK_PORT_RATE } else { refused.reason };
                let check = if is_empty { Check::K0 } else { refused.check };
                self.hit(format!("{check} J {:04X}", reason.number()));
                self.reject(owner, reason);
            }
            Request::Replace { orig } => {
                let Some(at) = self.replaceable(owner, orig) else { return };
                if is_empty {
                    self.refuse_replace(at, owner, Check::K0, RejectReason::RISK_PORT_RATE);
                } else {
                    self.refuse_replace(at, owner, refused.check, refused.reason);
                }
            }
            Request::Action if self.is_old(owner) => {}
            Request::Action => {
                self.consume(owner);
                self.hit("R33 J");
                self.reject(owner, refused.reason);
            }
            Request::Void => self.hit("R33 ignored"),
        }
    }
}

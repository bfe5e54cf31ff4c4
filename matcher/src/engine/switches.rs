//! Who may not enter orders (R38, R39).

use alloc::vec::Vec;

use protocol_spec::wire::ouch::Mpid;
use protocol_spec::words::PortId;

use crate::command::Switchable;

/// The flags that are set. Almost always none is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Switches {
    /// The operator's, ascending.
    pub(super) operator: Vec<Switchable>,
    /// The brokers' own, ascending.
    pub(super) broker: Vec<(PortId, Mpid)>,
}

impl Switches {
    /// Whether a firm may not enter orders on a port (K16).
    #[inline]
    pub(super) fn block(&self, port: PortId, firm: Mpid) -> bool {
        !(self.operator.is_empty() && self.broker.is_empty())
            && (self.operator_blocks(port, firm)
                || self.broker.binary_search(&(port, firm)).is_ok())
    }

    /// Whether the operator has stopped a port, a firm, or the firm on the port.
    pub(super) fn operator_blocks(&self, port: PortId, firm: Mpid) -> bool {
        let whom =
            [Switchable::Port(port), Switchable::Firm(firm), Switchable::FirmOnPort(port, firm)];
        whom.iter().any(|each| self.operator.binary_search(each).is_ok())
    }

    /// Sets or clears a flag of the operator.
    pub(super) fn set_operator(&mut self, whom: Switchable, off: bool) {
        set(&mut self.operator, whom, off);
    }

    /// Sets or clears a flag of a broker.
    pub(super) fn set_broker(&mut self, port: PortId, firm: Mpid, off: bool) {
        set(&mut self.broker, (port, firm), off);
    }
}

/// Puts `flag` into an ascending list, or takes it out.
fn set<T: Ord>(list: &mut Vec<T>, flag: T, on: bool) {
    match (list.binary_search(&flag), on) {
        (Err(at), true) => list.insert(at, flag),
        (Ok(at), false) => {
            list.remove(at);
        }
        _ => {}
    }
}

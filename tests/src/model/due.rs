//! What happens by time alone (R9), and disconnects (R36, R37).

use matcher::command::DownCause;
use protocol_spec::wire::ouch::CancelReason;
use protocol_spec::words::{OrderRef, PortId, Time};

use super::state::Model;

/// A due thing. The order of the variants is that of R9 at equal deadlines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    /// A GTT order expires.
    Order(OrderRef),
    /// The orders of a disconnected port are canceled.
    Port(PortId),
}

impl Model {
    /// All deadlines, the earliest first; at equal ones orders by reference, then ports by number.
    fn deadlines(&self) -> Vec<(Time, Due)> {
        let orders = self.orders.iter();
        let orders =
            orders.filter_map(|order| Some((order.deadline?, Due::Order(order.order_ref))));
        let ports = self.ports.iter();
        let ports = ports.filter_map(|(number, line)| Some((line.deadline?, Due::Port(*number))));
        let mut all: Vec<(Time, Due)> = orders.chain(ports).collect();
        all.sort();
        all
    }

    /// The earliest deadline.
    pub(crate) fn earliest_deadline(&self) -> Option<Time> {
        self.deadlines().first().map(|(time, _)| *time)
    }

    /// R9: executes everything due at or before now.
    pub(crate) fn execute_due(&mut self) {
        let mut all = self.deadlines();
        all.retain(|(time, _)| *time <= self.now);
        for pair in all.windows(2).filter(|pair| pair[0].0 == pair[1].0) {
            self.hit(match (pair[0].1, pair[1].1) {
                (Due::Order(_), Due::Order(_)) => "R9 orders at one instant",
                (Due::Port(_), _) => "R9 ports at one instant",
                (Due::Order(_), Due::Port(_)) => "R9 order and port at one instant",
            });
        }
        for (time, due) in all {
            let when = if time == self.now { "at the instant" } else { "later" };
            match due {
                Due::Order(order_ref) => {
                    // A port's deadline may have taken the order before its own came.
                    let at = self.orders.iter().position(|order| order.order_ref == order_ref);
                    if let Some(at) = at {
                        self.hit(format!("R68 expired {when}"));
                        self.cancel_whole(at, CancelReason::TIMEOUT);
                    }
                }
                Due::Port(number) => {
                    self.hit(format!("R37 due {when}"));
                    self.disconnect(number);
                }
            }
        }
    }

    /// R37: all live orders of the port are canceled.
    fn disconnect(&mut self, number: PortId) {
        self.cancel_all(CancelReason::SYSTEM, |order| order.owner.port == number);
        if let Some(line) = self.ports.get_mut(&number) {
            line.deadline = None;
        }
    }

    /// R36.
    pub(crate) fn port_up(&mut self, number: PortId, conn: u64) {
        let Some(line) = self.ports.get_mut(&number) else { return };
        line.conn = Some(conn);
        let had_deadline = line.deadline.take().is_some();
        self.hit(if had_deadline { "R36 up in time" } else { "R36 up" });
    }

    /// R36, R37.
    pub(crate) fn port_down(&mut self, number: PortId, conn: u64, cause: DownCause) {
        let now = self.now;
        let Some(line) = self.ports.get_mut(&number) else { return };
        if line.conn != Some(conn) {
            self.hit("R36 down of another connection");
            return;
        }
        line.conn = None;
        if !line.settings.cancel_on_disconnect {
            self.hit("R37 not wanted");
            return;
        }
        let grace = match cause {
            DownCause::Disconnect => line.settings.cod_grace,
            DownCause::Crash => line.settings.crash_grace,
        };
        line.deadline = Some(Time(now.0.saturating_add(grace)));
        self.hit(format!("R37 {cause:?}"));
        if grace == 0 {
            self.hit("R37 at once");
            self.disconnect(number);
        }
    }
}

//! Every command, sent to where it is executed (R14).

use matcher::command::Command;
use matcher::event::{Event, TipRef};
use matcher::refusal::Refusal;
use matcher::sequence::Sequenced;
use matcher::view::Entry;
use protocol_spec::words::{Locate, PortId, Price, Shares, Time, UserRefIdx, UserRefNum};

use super::book;
use super::state::Model;
use crate::venue::Venue;

/// Whether a command is the operator's, and so is answered when there is no day.
fn is_operators(command: &Command) -> bool {
    use Command as C;
    match command {
        C::OpenDay(_) | C::SetInstrument(_) | C::SetPort(_) | C::SetPhase(_) | C::SetState(_) => {
            true
        }
        C::OperatorCancel(_) | C::OperatorSwitch { .. } | C::BreakTrade(_) | C::EndOfDay => true,
        C::Enter(_) | C::Replace(_) | C::Cancel(_) | C::Modify(_) | C::MassCancel(_) => false,
        C::Disable(_) | C::Enable(_) | C::AccountQuery { .. } | C::Refused(_) => false,
        C::PortUp { .. } | C::PortDown { .. } | C::Tick => false,
    }
}

impl Model {
    /// A command when no day is open.
    fn run_outside(&mut self, command: &Command) {
        match command {
            Command::OpenDay(day) if !self.is_over => self.open_day(day),
            other if is_operators(other) => {
                self.refuse(match self.is_over {
                    true => Refusal::DayEnded,
                    false => Refusal::DayNotOpen,
                });
            }
            _ => self.hit("R23 no day"),
        }
    }

    /// A command of an open day, due things done.
    fn run(&mut self, command: &Command) {
        match command {
            Command::OpenDay(_) => self.refuse(Refusal::DayOpen),
            Command::SetInstrument(instrument) => self.set_instrument(instrument),
            Command::SetPort(port) => self.set_port(port),
            Command::SetPhase(to) => self.set_phase(*to),
            Command::SetState(set) => self.set_state(set),
            Command::Enter(enter) => self.enter(enter),
            Command::Replace(replace) => self.replace(replace),
            Command::Cancel(cancel) => self.cancel(cancel),
            Command::Modify(modify) => self.modify(modify),
            Command::MassCancel(mass) => self.mass_cancel(mass),
            Command::Disable(switch) => self.switch(switch, true),
            Command::Enable(switch) => self.switch(switch, false),
            Command::AccountQuery { port, idx } => self.account_query(*port, *idx),
            Command::Refused(refused) => self.refused(refused),
            Command::PortUp { port, conn } => self.port_up(*port, *conn),
            Command::PortDown { port, conn, cause } => self.port_down(*port, *conn, *cause),
            Command::Tick => self.hit("R10"),
            Command::OperatorCancel(cancel) => self.operator_cancel(cancel),
            Command::OperatorSwitch { whom, off } => self.operator_switch(*whom, *off),
            Command::BreakTrade(wanted) => self.break_trade(wanted),
            Command::EndOfDay => self.end_of_day(),
        }
    }
}

impl Venue for Model {
    fn execute(&mut self, command: &Sequenced<Command>) -> Vec<Event> {
        assert!(command.time >= self.now, "R7: times never go back");
        self.now = command.time;
        if self.day.is_some() && !self.is_over {
            self.execute_due();
            self.run(&command.command);
        } else {
            self.run_outside(&command.command);
        }
        std::mem::take(&mut self.events)
    }

    fn entries(&self, locate: Locate, buys: bool) -> Vec<Entry> {
        let Some(symbol) = usize::from(locate.0).checked_sub(1) else { return Vec::new() };
        let entry = |line: book::Line| {
            let order = &self.orders[line.at];
            Entry {
                owner: order.owner,
                order_ref: order.order_ref,
                tip: if line.displayed { order.tip() } else { TipRef::NONE },
                price: order.price,
                shares: Shares(line.shares),
                side: order.side,
                total: Shares(order.total),
                leaves: Shares(order.leaves()),
            }
        };
        book::lines(&self.orders, symbol, buys).into_iter().map(entry).collect()
    }

    fn last_number(&self, port: PortId, idx: UserRefIdx) -> UserRefNum {
        UserRefNum(self.last(port, idx))
    }

    fn reference(&self, locate: Locate) -> Option<Price> {
        let symbol = usize::from(locate.0).checked_sub(1)?;
        (symbol < self.securities.len()).then(|| self.reference_of(symbol))
    }

    fn next_due(&self) -> Option<Time> {
        if self.day.is_none() || self.is_over { None } else { self.earliest_deadline() }
    }
}

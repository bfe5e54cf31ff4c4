//! What the operator and the sessions ask, and brokers' requests that are no orders.

use alloc::vec::Vec;

use protocol_spec::wire::itch;
use protocol_spec::wire::ouch::{CancelReason, Mpid, RejectReason, SystemEventCode};
use protocol_spec::words::{PortId, Time, UserRefNum};

use super::market::{Market, reject};
use super::port::{Port, PortAt};
use super::security::Security;
use super::task::{Filter, Task, Walk};
use crate::accounts::{Account, Accounts};
use crate::command::{
    BreakTrade, Command, DownCause, MassCancel, OperatorCancel, Switch, Switchable,
};
use crate::event::{Event, Events};
use crate::order::Owner;
use crate::phase::Phase;
use crate::refusal::Refusal;
use crate::settings;

impl<A: Accounts> Market<A> {
    /// Executes a command that is not of an order.
    pub(super) fn start_rare(&mut self, command: &Command, events: &mut Events) {
        let outcome = match command {
            Command::SetInstrument(settings) => self.set_instrument(settings, events),
            Command::SetPort(settings) => self.set_port(settings, events),
            Command::SetPhase(to) => self.set_phase(*to),
            Command::SetState(command) => self.set_state(command),
            Command::OperatorCancel(command) => self.operator_cancel(command),
            Command::OperatorSwitch { whom, off } => self.operator_switch(*whom, *off),
            Command::BreakTrade(command) => self.break_trade(command, events),
            Command::OpenDay(_) => Err(Refusal::DayOpen),
            Command::EndOfDay => {
                self.tasks.push(Task::EndDay);
                if self.phase == Phase::Ended { Ok(()) } else { self.set_phase(Phase::Ended) }
            }
            command => {
                self.start_broker(command, events);
                Ok(())
            }
        };
        if let Err(refusal) = outcome {
            events.push(Event::Refused(refusal));
        }
    }

    /// Executes what brokers and their sessions ask beside orders.
    fn start_broker(&mut self, command: &Command, events: &mut Events) {
        match command {
            Command::MassCancel(command) => self.mass_cancel(command, events),
            Command::Disable(command) => self.switch(command, true, events),
            Command::Enable(command) => self.switch(command, false, events),
            Command::Refused(command) => self.refused(command, events),
            Command::AccountQuery { port, idx } => {
                let Some(at) = self.ports.find(*port) else { return };
                let now = self.now;
                self.ports[at].charge(now);
                let last = self.ports[at].last[usize::from(idx.0)];
                let user_ref = UserRefNum(last.0.saturating_add(1));
                events.push(Event::QueryAck { owner: Owner { port: *port, idx: *idx, user_ref } });
            }
            Command::PortUp { port, conn } => self.port_up(*port, *conn),
            Command::PortDown { port, conn, cause } => self.port_down(*port, *conn, *cause),
            _ => {}
        }
    }

    /// R17.
    fn set_instrument(
        &mut self,
        settings: &settings::Instrument,
        events: &mut Events,
    ) -> Result<(), Refusal> {
        settings.check()?;
        if let Some(locate) = self.securities.find(settings.symbol) {
            let security = &mut self.securities[locate];
            let told = |settings: &settings::Instrument| {
                (settings.lot, settings.round_lots_only, settings.test)
            };
            let changed = told(settings) != told(security.settings());
            security.set(settings.clone());
            if changed {
                events.push(Event::Directory { locate, new: None });
            }
            return Ok(());
        }
        if u32::from(self.securities.len()) >= self.day.limits.symbols {
            return Err(Refusal::SymbolLimit);
        }
        let security = Security::new(settings.clone(), self.phase);
        let state = security.told;
        let locate = self.securities.add(security);
        events.push(Event::Directory { locate, new: Some(state) });
        Ok(())
    }

    /// The account of a firm on a port.
    fn account(&mut self, port: PortId, firm: Mpid) -> Account {
        let known = self.accounts.iter().position(|&each| each == (port, firm));
        let account = Account(known.unwrap_or(self.accounts.len()) as u32);
        if known.is_none() {
            self.accounts.push((port, firm));
            self.watch.open(account, port, firm);
        }
        account
    }

    fn set_port(&mut self, settings: &settings::Port, events: &mut Events) -> Result<(), Refusal> {
        settings.check()?;
        let number = settings.number;
        let known = self.ports.find(number);
        if known.is_none() && self.ports.len() >= self.day.limits.ports as usize {
            return Err(Refusal::PortLimit);
        }
        let accounts: Vec<_> =
            settings.firms.iter().map(|&firm| self.account(number, firm)).collect();
        if let Some(at) = known {
            self.ports[at].set(settings.clone(), accounts, self.now);
            return Ok(());
        }
        self.ports.add(Port::new(settings.clone(), accounts, self.now));
        if self.started && self.phase != Phase::Ended {
            let code = SystemEventCode::START_OF_DAY;
            events.push(Event::PortSystem { port: number, code });
        }
        Ok(())
    }

    /// The port of a request that is not an order, if its number is one that the channel still
    /// takes; it takes it (R29).
    fn take_number(&mut self, owner: Owner) -> Option<PortAt> {
        let at = self.ports.find(owner.port)?;
        let port = &mut self.ports[at];
        port.charge(self.now);
        if !port.takes(owner.idx, owner.user_ref) {
            return None;
        }
        port.consume(owner);
        Some(at)
    }

    /// R69.
    fn mass_cancel(&mut self, command: &MassCancel, events: &mut Events) {
        let owner = command.owner;
        let Some(at) = self.take_number(owner) else { return };
        let port = &self.ports[at];
        if port.firm(command.firm).is_none() {
            return reject(events, owner, RejectReason::FIRM_NOT_AUTHORIZED);
        }
        let any = command.symbol.is_blank();
        let locate = self.securities.find(command.symbol).filter(|_| !any);
        if locate.is_none() && !any {
            return reject(events, owner, RejectReason::INVALID_SYMBOL);
        }
        let firm = (command.firm != Mpid::BLANK).then_some(command.firm);
        let filter = Filter { firm, locate, group: command.group, side: command.side, tif: None };
        events.push(Event::MassAck { owner });
        self.tasks.push(Task::Walk(Walk::new(Some(owner.port), filter, CancelReason::USER)));
    }

    /// R38.
    fn switch(&mut self, command: &Switch, off: bool, events: &mut Events) {
        let owner = command.owner;
        let Some(at) = self.take_number(owner) else { return };
        let port = &self.ports[at];
        let firms = &port.settings.firms;
        let concerned = match (command.firm, port.firm(command.firm)) {
            (Mpid::BLANK, _) => &firms[..],
            (_, Some(firm)) => &firms[firm..=firm],
            (_, None) => &[],
        };
        let stopped = |&firm: &Mpid| self.switches.operator_blocks(owner.port, firm);
        if concerned.is_empty() || (!off && concerned.iter().any(stopped)) {
            return reject(events, owner, RejectReason::FIRM_NOT_AUTHORIZED);
        }
        for &firm in concerned {
            self.switches.set_broker(owner.port, firm, off);
        }
        events.push(Event::SwitchAck { owner });
    }

    /// R36: a connection took the port.
    fn port_up(&mut self, number: PortId, conn: u64) {
        let Some(at) = self.ports.find(number) else { return };
        let port = &mut self.ports[at];
        port.conn = Some(conn);
        if let Some(deadline) = port.deadline.take() {
            self.deadlines.remove_port(deadline, number);
        }
    }

    /// R36, R37: a connection ended.
    fn port_down(&mut self, number: PortId, conn: u64, cause: DownCause) {
        let Some(at) = self.ports.find(number) else { return };
        let port = &mut self.ports[at];
        if port.conn != Some(conn) {
            return;
        }
        port.conn = None;
        if !port.settings.cancel_on_disconnect || port.deadline.is_some() {
            return;
        }
        let grace = match cause {
            DownCause::Disconnect => port.settings.cod_grace,
            DownCause::Crash => port.settings.crash_grace,
        };
        let deadline = Time(self.now.0.saturating_add(grace));
        port.deadline = Some(deadline);
        self.deadlines.add_port(deadline, number);
        if grace == 0 {
            self.tasks.push(Task::Due);
        }
    }

    /// R71.
    fn operator_cancel(&mut self, command: &OperatorCancel) -> Result<(), Refusal> {
        if let Some(port) = command.port {
            self.ports.find(port).ok_or(Refusal::UnknownPort)?;
        }
        let locate = match command.symbol {
            None => None,
            Some(symbol) => Some(self.securities.find(symbol).ok_or(Refusal::UnknownSymbol)?),
        };
        let (firm, side) = (command.firm, command.side);
        let filter = Filter { firm, locate, group: None, side, tif: None };
        self.tasks.push(Task::Walk(Walk::new(command.port, filter, CancelReason::SUPERVISORY)));
        Ok(())
    }

    /// R39.
    fn operator_switch(&mut self, whom: Switchable, off: bool) -> Result<(), Refusal> {
        match whom {
            Switchable::Firm(_) => {}
            Switchable::Port(port) => {
                self.ports.find(port).ok_or(Refusal::UnknownPort)?;
            }
            Switchable::FirmOnPort(port, firm) => {
                let at = self.ports.find(port).ok_or(Refusal::UnknownPort)?;
                let known = self.ports[at].settings.firms.contains(&firm);
                known.then_some(()).ok_or(Refusal::UnknownFirm)?;
            }
        }
        self.switches.set_operator(whom, off);
        Ok(())
    }

    /// R78.
    fn break_trade(&mut self, command: &BreakTrade, events: &mut Events) -> Result<(), Refusal> {
        let locate = self.securities.find(command.symbol).ok_or(Refusal::UnknownSymbol)?;
        let number = command.match_no;
        if number.0 == 0 || number.0 > self.counts.matches {
            return Err(Refusal::UnknownTrade);
        }
        let Err(at) = self.broken.binary_search(&number) else {
            return Err(Refusal::AlreadyBroken);
        };
        if self.broken.len() >= self.day.limits.broken_trades as usize {
            return Err(Refusal::BreakLimit);
        }
        self.broken.insert(at, number);
        self.watch.reverse(command, true);
        self.watch.reverse(command, false);
        events.push(Event::Broken { locate });
        Ok(())
    }

    /// The first event of the day (R16).
    pub(super) fn greet(events: &mut Events) {
        events.push(Event::System(itch::SystemEventCode::START_OF_MESSAGES));
    }
}

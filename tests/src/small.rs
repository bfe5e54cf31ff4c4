//! A small venue in market hours, for what a few commands show.

use matcher::command::{BreakTrade, Command, Enter, Options, Party, SetState};
use matcher::engine::Engine;
use matcher::event::Event;
use matcher::order::{Display, Owner, Side, Tif};
use matcher::phase::{Overlay, Phase};
use matcher::sequence::{Sequenced, Sequencer};
use matcher::settings::{Day, Instrument, Limits, Port};
use protocol_spec::wire::ouch::{BrokenReason, Capacity, ClOrdId, Mpid, Symbol};
use protocol_spec::words::{
    MatchNo, OrderPrice, PortId, Price, Shares, Time, UserRefIdx, UserRefNum,
};

use crate::steps::{Limits as StepLimits, execute_in};

/// Limits of a day whose state has few bytes.
pub const SMALL: Limits = Limits {
    symbols: 2,
    ports: 3,
    live_orders: 16,
    levels: 16,
    min_qty_orders: 4,
    broken_trades: 4,
};

/// When the day begins.
const MIDNIGHT: Time = Time(1_700_000_000_000_000_000);

/// The first security: a tick of a cent around 10.00, lots of one share.
#[must_use]
pub fn symbol() -> Symbol {
    Symbol::new("ABC")
}

/// A plain order in the first security.
#[must_use]
pub fn order(port: u16, number: u32, side: Side, shares: u32, price: u64) -> Enter {
    let (port, idx) = (PortId(port), UserRefIdx(0));
    Enter {
        owner: Owner { port, idx, user_ref: UserRefNum(number) },
        symbol: symbol(),
        price: OrderPrice(price),
        quantity: Shares(shares),
        side,
        tif: Tif::Day,
        display: Display::Visible,
        capacity: Capacity::AGENCY,
        cl_ord_id: ClOrdId::BLANK,
        options: Options::NONE,
    }
}

/// An engine and what stamps its commands, a millisecond apart.
#[derive(Debug)]
pub struct Small {
    /// The engine.
    pub engine: Engine,
    sequencer: Sequencer,
    clock: Time,
    commands: Vec<Sequenced<Command>>,
}

impl Small {
    /// Market hours with two securities and three ports, the last of which has a bucket.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        let sequencer = Sequencer::new(MIDNIGHT);
        let mut small =
            Small { engine: Engine::new(), sequencer, clock: MIDNIGHT, commands: Vec::new() };
        small.run(Command::OpenDay(Box::new(Day {
            session: *b"2023111400",
            midnight: MIDNIGHT,
            seed: 7,
            limits,
            rules_version: Engine::RULES_VERSION,
            carried: Vec::new(),
        })));
        for name in [symbol(), Symbol::new("XYZ")] {
            let mut instrument = Instrument::new(name, Price(100_000));
            instrument.lot = Shares(1);
            small.run(Command::SetInstrument(Box::new(instrument)));
        }
        for (number, firm) in [(1, "FRMA"), (2, "FRMB"), (3, "FRMC")] {
            let mut port = Port::new(PortId(number), vec![Mpid::new(firm)]);
            port.cancel_on_disconnect = number == 1;
            (port.rate, port.burst) = if number == 3 { (1, 1_000) } else { (0, 0) };
            small.run(Command::SetPort(Box::new(port)));
        }
        small.run(Command::SetPhase(Phase::Open));
        small
    }

    /// The next command.
    ///
    /// # Panics
    /// If the day is over.
    pub fn stamp(&mut self, command: Command) -> Sequenced<Command> {
        self.clock.0 += 1_000_000;
        let command = self.sequencer.stamp(self.clock, command).expect("within the day");
        self.commands.push(command.clone());
        command
    }

    /// Every command that was stamped.
    #[must_use]
    pub fn commands(&self) -> &[Sequenced<Command>] {
        &self.commands
    }

    /// Executes the next command.
    pub fn run(&mut self, command: Command) -> Vec<Event> {
        let command = self.stamp(command);
        execute_in(&mut self.engine, &command, StepLimits::FULL)
    }

    /// Puts an overlay on the first security.
    #[must_use]
    pub fn overlay(overlay: Overlay) -> Command {
        Command::SetState(SetState { symbol: Some(symbol()), overlay, reason: *b"    " })
    }

    /// Breaks a trade in the first security, whoever made it.
    #[must_use]
    pub fn break_trade(number: u64) -> Command {
        let party = Party { owner: Owner::default(), cl_ord_id: ClOrdId::BLANK };
        let match_no = MatchNo(number);
        let (symbol, reason) = (symbol(), BrokenReason::CONSENT);
        Command::BreakTrade(BreakTrade { match_no, symbol, reason, buyer: party, seller: party })
    }
}

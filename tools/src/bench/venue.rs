//! The whole engine: admission, books, every event told and read.

use std::collections::BTreeSet;

use appliance::hint::Hint;
use matcher::ahead::GROUP;
use matcher::command::{Cancel, Command, Enter, Options, Replace};
use matcher::engine::{Engine, Step as Done};
use matcher::event::{Event, Events};
use matcher::order::{Display, Owner, Side as OrderSide, Tif};
use matcher::phase::Phase;
use matcher::sequence::{Sequenced, Sequencer};
use matcher::settings::{Day, Instrument, Limits, Port};
use protocol_spec::wire::ouch::{Capacity, ClOrdId, Mpid, Symbol, TagSet};
use protocol_spec::words::{
    Locate, OrderPrice, PortId, Price, Shares, Time, UserRefIdx, UserRefNum,
};

use super::subject::Subject;
use crate::workload::{Flow, Resting, Side, Step, Style, Tally};

/// Ports that orders come by, each of a firm of its own. Order n comes by port n modulo this, so
/// that a cancel finds the port without a table.
const PORTS: u32 = 8;
/// A tick: a cent.
const TICK: u32 = 100;
/// The tag of a reserve order's tip.
const MAX_FLOOR: u8 = 5;
/// More than a flow needs, so that no limit is ever reached.
const ROOM: u32 = 1_024;
/// The midnight of the day, and how much later each command comes.
const MIDNIGHT: Time = Time(1_700_000_000_000_000_000);
const APART: u64 = 1_000;

/// The whole engine.
#[derive(Debug)]
pub struct Venue {
    engine: Engine,
    events: Events,
    sequencer: Sequencer,
    now: Time,
    symbols: Vec<Symbol>,
    read: Read,
}

/// What the reader of the events made of them.
#[derive(Clone, Copy, Debug, Default)]
struct Read {
    events: u64,
    /// Rejected by a rule, which no command of a flow should be.
    refused: u64,
    /// A sum over what is in them, so that they have to be read.
    sum: u64,
}

impl Subject for Venue {
    type Command = Sequenced<Command>;

    fn open(flow: &Flow) -> Self {
        let mut venue = Venue::closed(flow);
        let opening = venue.opening(flow);
        venue.run(&opening, &mut Tally::default());
        venue
    }

    fn prepare(&mut self, steps: &[Step], batch: &mut Vec<Sequenced<Command>>) {
        for step in steps {
            let command = self.command(step);
            batch.push(self.stamp(command));
        }
    }

    fn run(&mut self, batch: &[Sequenced<Command>], tally: &mut Tally) {
        let Venue { engine, events, .. } = self;
        let mut read = self.read;
        for group in batch.chunks(GROUP) {
            engine.fetch_ahead(group, &Hint);
            for command in group {
                loop {
                    let done = engine.apply(command, events);
                    for event in events.as_slice() {
                        read.event(event, tally);
                    }
                    if done == Done::Done {
                        break;
                    }
                }
            }
        }
        self.read = read;
    }

    fn resting(&self) -> Option<Resting> {
        let mut resting = Resting::default();
        for at in 0..self.symbols.len() {
            let locate = locate(at);
            for buys in [true, false] {
                let entries = self.engine.entries(locate, buys);
                // A reserve order has two.
                let orders: BTreeSet<_> = entries.iter().map(|entry| entry.order_ref).collect();
                resting.orders += orders.len() as u64;
                resting.quantity +=
                    entries.iter().map(|entry| u64::from(entry.shares.0)).sum::<u64>();
            }
        }
        Some(resting)
    }

    fn events(&self) -> Option<u64> {
        Some(self.read.events)
    }

    fn refused(&self) -> u64 {
        self.read.refused
    }
}

impl Venue {
    /// A venue whose day is not open yet.
    pub(super) fn closed(flow: &Flow) -> Self {
        Venue {
            engine: Engine::new(),
            events: Events::new(),
            sequencer: Sequencer::new(MIDNIGHT),
            now: MIDNIGHT,
            symbols: (0..flow.symbols).map(symbol).collect(),
            read: Read::default(),
        }
    }

    /// The commands that open its day for a flow.
    pub(super) fn opening(&mut self, flow: &Flow) -> Vec<Sequenced<Command>> {
        let opening = opening(flow, &self.symbols);
        opening.into_iter().map(|command| self.stamp(command)).collect()
    }

    /// Executes a command and tells each event of it.
    pub(super) fn each_event(
        &mut self,
        command: &Sequenced<Command>,
        mut tell: impl FnMut(&Event),
    ) {
        loop {
            let done = self.engine.apply(command, &mut self.events);
            self.events.as_slice().iter().for_each(&mut tell);
            if done == Done::Done {
                return;
            }
        }
    }

    fn stamp(&mut self, command: Command) -> Sequenced<Command> {
        self.now = Time(self.now.0 + APART);
        self.sequencer.stamp(self.now, command).expect("a flow is shorter than a day")
    }

    fn command(&self, step: &Step) -> Command {
        match *step {
            Step::Enter { id, price, quantity, tip, symbol, side, style } => {
                Command::Enter(Enter {
                    owner: owner(id),
                    symbol: self.symbols[usize::from(symbol)],
                    price: OrderPrice(u64::from(price * TICK)),
                    quantity: Shares(quantity),
                    side: match side {
                        Side::Buy => OrderSide::Buy,
                        Side::Sell => OrderSide::Sell,
                    },
                    tif: tif(style),
                    display: display(style),
                    capacity: Capacity::AGENCY,
                    cl_ord_id: ClOrdId::BLANK,
                    options: options(tip),
                })
            }
            Step::Replace { id, original, price, quantity, style, .. } => {
                Command::Replace(Replace {
                    owner: owner(id),
                    orig: owner(original).user_ref,
                    quantity: Shares(quantity),
                    price: OrderPrice(u64::from(price * TICK)),
                    tif: tif(style),
                    display: display(style),
                    cl_ord_id: ClOrdId::BLANK,
                    options: Options::NONE,
                })
            }
            Step::Cancel { id, wanted } => {
                Command::Cancel(Cancel { owner: owner(id), quantity: Shares(wanted) })
            }
        }
    }
}

impl Read {
    #[inline(always)]
    fn event(&mut self, event: &Event, tally: &mut Tally) {
        self.events += 1;
        let read = match event {
            Event::Executed { taker, maker, price, shares, match_no, .. } => {
                tally.trade(number(maker), number(taker), price.0 / TICK, shares.0);
                match_no.0
            }
            Event::Accepted { order_ref, .. }
            | Event::Rested { order_ref, .. }
            | Event::Replaced { order_ref, .. }
            | Event::Canceled { order_ref, .. }
            | Event::Reduced { order_ref, .. } => order_ref.0,
            Event::Refreshed { tip, .. } => tip.0,
            Event::Rejected { .. } | Event::Refused(_) => {
                self.refused += 1;
                0
            }
            _ => 1,
        };
        self.sum = self.sum.wrapping_add(read);
    }
}

/// The commands that open the day for a flow.
fn opening(flow: &Flow, symbols: &[Symbol]) -> Vec<Command> {
    let limits = Limits {
        symbols: flow.symbols,
        ports: PORTS,
        live_orders: flow.peaks.orders + ROOM,
        levels: flow.peaks.levels + ROOM,
        min_qty_orders: 1,
        broken_trades: 1,
    };
    let day = Day {
        session: *b"2026112001",
        midnight: MIDNIGHT,
        seed: 1,
        limits,
        rules_version: Engine::RULES_VERSION,
        carried: Vec::new(),
    };
    let mut all = vec![Command::OpenDay(Box::new(day))];
    all.extend(symbols.iter().map(|symbol| {
        let mut instrument = Instrument::new(*symbol, Price(10_000 * TICK));
        instrument.collar_bps = 0;
        Command::SetInstrument(Box::new(instrument))
    }));
    all.extend((0..PORTS).map(|at| {
        let firm = Mpid::new(&format!("FRM{at}"));
        let mut port = Port::new(PortId(at as u16), vec![firm]);
        port.max_live = flow.peaks.orders + ROOM;
        Command::SetPort(Box::new(port))
    }));
    all.push(Command::SetPhase(Phase::Open));
    all
}

/// Names of four letters and more: AAAA, BAAA, ...
fn symbol(at: u32) -> Symbol {
    let letter = |shift: u32| char::from(b'A' + (at / 26_u32.pow(shift) % 26) as u8);
    let name: String = (0..4).map(letter).collect();
    Symbol::new(&name)
}

/// The number that the engine gives the security.
fn locate(at: usize) -> Locate {
    Locate(u16::try_from(at + 1).expect("securities are numbered with 16 bits"))
}

/// Each port counts its orders from 1, as brokers do.
fn owner(id: u32) -> Owner {
    Owner {
        port: PortId((id % PORTS) as u16),
        idx: UserRefIdx(0),
        user_ref: UserRefNum(id / PORTS + 1),
    }
}

/// The number in the flow of an order.
#[inline]
fn number(owner: &Owner) -> u32 {
    (owner.user_ref.0 - 1) * PORTS + u32::from(owner.port.0)
}

const fn tif(style: Style) -> Tif {
    match style {
        Style::Shown | Style::Hidden => Tif::Day,
        Style::Immediate => Tif::Ioc,
    }
}

const fn display(style: Style) -> Display {
    match style {
        Style::Shown | Style::Immediate => Display::Visible,
        Style::Hidden => Display::Hidden,
    }
}

fn options(tip: u32) -> Options {
    if tip == 0 {
        return Options::NONE;
    }
    let given = TagSet::EMPTY.with(MAX_FLOOR);
    Options { given, max_floor: Shares(tip), ..Options::NONE }
}

#[cfg(test)]
mod tests;

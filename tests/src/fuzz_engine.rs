//! What must hold for an engine, whatever comes: bytes become a day with small limits.
//!
//! The first bytes are the opening. Then come records: a step in time, a kind, and what the kind
//! takes; one kind is the bytes of a broker's message, as they are. Bytes that are missing are 0.
#![expect(
    clippy::missing_panics_doc,
    reason = "a body panics whenever what it checks does not hold"
)]

use matcher::command::{
    BreakTrade, Cancel, Command, DownCause, Enter, MassCancel, Modify, OperatorCancel, Options,
    Party, Replace, SetState, Switch, Switchable,
};
use matcher::engine::Engine;
use matcher::event::Event;
use matcher::form;
use matcher::order::{Display, Owner, Side, Strategy, Tif};
use matcher::phase::{Overlay, Phase};
use matcher::sequence::Sequencer;
use matcher::settings::{Day, Instrument, Limits, Port, PostOnlyRule};
use protocol_spec::wire::itch::TradingState;
use protocol_spec::wire::ouch::{BrokenReason, Capacity, ClOrdId, Mpid, Symbol};
use protocol_spec::words::{
    GroupId, Locate, MatchNo, OrderPrice, PortId, Price, Shares, Time, UserRefIdx, UserRefNum,
};

use crate::audit::Audit;
use crate::flow::prng::Prng;
use crate::steps::{Limits as StepLimits, execute, reloaded};

const MIDNIGHT: Time = Time(1_700_000_000_000_000_000);
const SYMBOLS: [Symbol; 3] = [Symbol::new("ABC"), Symbol::new("XYZ"), Symbol::new("NONE")];
const FIRMS: [Mpid; 2] = [Mpid::new("FRMA"), Mpid::new("FRMB")];
const TRADED: [Symbol; 8] = {
    let [first, second, unknown] = SYMBOLS;
    [first, first, first, first, first, second, second, unknown]
};
const DISPLAYS: [Display; 5] =
    [Display::Visible, Display::Visible, Display::Visible, Display::Hidden, Display::Attributed];
/// Mostly none, else nothing would trade.
const OVERLAYS: [Overlay; 8] = [
    Overlay::None,
    Overlay::None,
    Overlay::None,
    Overlay::None,
    Overlay::None,
    Overlay::Halted,
    Overlay::Paused,
    Overlay::QuoteOnly,
];
const STRATEGIES: [Option<Strategy>; 4] =
    [None, Some(Strategy::Decrement), Some(Strategy::CancelOldest), Some(Strategy::CancelNewest)];

/// What is left of the bytes.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn next(&mut self) -> u8 {
        let (first, rest) = self.0.split_first().unwrap_or((&0, &[]));
        self.0 = rest;
        *first
    }

    fn take(&mut self, count: usize) -> &'a [u8] {
        let (head, rest) = self.0.split_at(count.min(self.0.len()));
        self.0 = rest;
        head
    }

    /// One of a list.
    fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        list[usize::from(self.next()) % list.len()]
    }

    /// A port, mostly one that there is.
    fn port(&mut self) -> PortId {
        let byte = self.next();
        PortId(if byte == 0xff { 9 } else { u16::from(byte % 3) + 1 })
    }
}

/// A list of commands from any bytes: nothing panics, events and books agree, nothing displayed is
/// crossed, nothing is overdue, and the end of it can be saved and loaded.
pub fn engine(data: &[u8]) {
    let mut bytes = Bytes(data);
    let mut run = Run::open(&mut bytes);
    while !bytes.0.is_empty() {
        let step = u64::from(bytes.next());
        run.clock.0 += if step < 128 { step } else { (step - 127) * 50_000_000 };
        if let Some(command) = run.command(&mut bytes) {
            run.execute(command);
        }
    }
    let engine = reloaded(&run.engine);
    assert_eq!(engine.last_command(), run.engine.last_command());
}

/// A day in the making.
struct Run {
    engine: Engine,
    sequencer: Sequencer,
    clock: Time,
    /// What steps may do.
    prng: Prng,
    audit: Audit,
    /// What the feed was told that each security does.
    told: Vec<TradingState>,
}

impl Run {
    fn open(bytes: &mut Bytes<'_>) -> Run {
        let small = |byte: u8, least: u32| least + u32::from(byte % 32);
        let limits = Limits {
            symbols: 2,
            ports: 3,
            live_orders: small(bytes.next(), 4),
            levels: small(bytes.next(), 4),
            min_qty_orders: small(bytes.next() % 4, 1),
            broken_trades: 2,
        };
        let mut run = Run {
            engine: Engine::new(),
            sequencer: Sequencer::new(MIDNIGHT),
            clock: MIDNIGHT,
            prng: Prng::new(bytes.next().into()),
            audit: Audit::default(),
            told: Vec::new(),
        };
        run.execute(Command::OpenDay(Box::new(Day {
            session: *b"2023111400",
            midnight: MIDNIGHT,
            seed: bytes.next().into(),
            limits,
            rules_version: Engine::RULES_VERSION,
            carried: Vec::new(),
        })));
        for number in 0..2 {
            run.execute(instrument(number, bytes));
        }
        for number in 1..=3 {
            run.execute(port(PortId(number), bytes));
            run.execute(Command::PortUp { port: PortId(number), conn: 1 });
        }
        let phases = [Phase::Open, Phase::Open, Phase::PreOpen, Phase::Early];
        run.execute(Command::SetPhase(bytes.pick(&phases)));
        run
    }

    /// The command of the next record; none if a message cannot be framed.
    fn command(&self, bytes: &mut Bytes<'_>) -> Option<Command> {
        let kind = bytes.next();
        let port = bytes.port();
        Some(match kind {
            0..=39 => {
                let len = usize::from(bytes.next() % 128);
                return form::command(port, bytes.take(len)).ok();
            }
            40..=129 => self.enter(port, bytes),
            130..=159 => self.replace(port, bytes),
            160..=179 => {
                let quantity = Shares(u32::from(bytes.next()) * 25);
                Command::Cancel(Cancel { owner: self.earlier(port, bytes), quantity })
            }
            180..=189 => Command::Modify(Modify {
                owner: self.earlier(port, bytes),
                side: bytes.pick(Side::ALL),
                quantity: Shares(u32::from(bytes.next()) * 25),
                located: kind.is_multiple_of(2),
            }),
            190..=194 => Command::MassCancel(MassCancel {
                owner: self.number(port, 1),
                firm: bytes.pick(&[Mpid::BLANK, FIRMS[0], FIRMS[1]]),
                symbol: bytes.pick(&[Symbol::BLANK, SYMBOLS[0], SYMBOLS[2]]),
                group: bytes.pick(&[None, Some(GroupId(0)), Some(GroupId(7))]),
                side: bytes.pick(&[None, Some(Side::Buy), Some(Side::Short)]),
            }),
            195..=199 => {
                let firm = bytes.pick(&[Mpid::BLANK, FIRMS[0], FIRMS[1]]);
                let switch = Switch { owner: self.number(port, 1), firm };
                if kind == 195 && firm == FIRMS[1] {
                    Command::Disable(switch)
                } else {
                    Command::Enable(switch)
                }
            }
            kind => operators(kind, port, bytes),
        })
    }

    /// A number of the port's first channel, so far beyond the last.
    fn number(&self, port: PortId, beyond: u32) -> Owner {
        let idx = UserRefIdx(0);
        let last = self.engine.last_number(port, idx).0;
        Owner { port, idx, user_ref: UserRefNum(last.saturating_add(beyond)) }
    }

    /// A number that the port's first channel took.
    fn earlier(&self, port: PortId, bytes: &mut Bytes<'_>) -> Owner {
        let mut owner = self.number(port, 0);
        owner.user_ref.0 = owner.user_ref.0.saturating_sub(u32::from(bytes.next() % 16));
        owner
    }

    fn enter(&self, port: PortId, bytes: &mut Bytes<'_>) -> Command {
        let tif = bytes.pick(&[Tif::Gtx, Tif::Day, Tif::Gtx, Tif::Ioc, Tif::Gtt, Tif::AfterHours]);
        let mut enter = Enter {
            owner: self.number(port, 1),
            symbol: bytes.pick(&TRADED),
            price: price(bytes),
            quantity: Shares((u32::from(bytes.next() % 16) + 1) * 50),
            side: bytes.pick(&[Side::Buy, Side::Buy, Side::Sell, Side::Short]),
            tif,
            display: bytes.pick(&DISPLAYS),
            capacity: Capacity::AGENCY,
            cl_ord_id: ClOrdId::BLANK,
            options: options(tif, bytes),
        };
        if tif == Tif::Gtt && enter.options.expire_time == 0 {
            enter.options.expire_time = 1;
            enter.options.given = enter.options.given.with(15);
        }
        Command::Enter(enter)
    }

    fn replace(&self, port: PortId, bytes: &mut Bytes<'_>) -> Command {
        let tif = bytes.pick(&[Tif::Day, Tif::Ioc, Tif::Gtx, Tif::Gtt]);
        Command::Replace(Replace {
            owner: self.number(port, 1),
            orig: self.earlier(port, bytes).user_ref,
            quantity: Shares((u32::from(bytes.next() % 16) + 1) * 50),
            price: price(bytes),
            tif,
            display: bytes.pick(&DISPLAYS),
            cl_ord_id: ClOrdId::BLANK,
            options: options(tif, bytes),
        })
    }

    /// Executes a command in steps of any size, and checks what must hold after it.
    fn execute(&mut self, command: Command) {
        let command = match self.sequencer.stamp(self.clock, command.clone()) {
            Ok(command) => command,
            Err(_) => self.sequencer.stamp_last(self.clock, command),
        };
        let prng = &mut self.prng;
        let limits = &mut || StepLimits::draw(prng);
        let events = execute(&mut self.engine, &command, limits, &mut |_| {});
        for event in &events {
            match *event {
                Event::Directory { new: Some(state), .. } => self.told.push(state),
                Event::StateChanged { locate, state, .. } => {
                    self.told[usize::from(locate.0) - 1] = state;
                }
                _ => {}
            }
        }
        let read = self.audit.read(&command, &events);
        read.unwrap_or_else(|wrong| panic!("{wrong} of {command:?}"));
        let overdue = self.engine.next_due().filter(|due| *due <= command.time);
        assert_eq!(overdue, None, "R9: it is due after {command:?}");
        let mut all = Vec::new();
        for (locate, state) in (1..).map(Locate).zip(&self.told) {
            let [buys, sells] = [true, false].map(|buys| self.engine.entries(locate, buys));
            let shown = [&buys, &sells].map(|side| {
                let entry = side.iter().find(|entry| entry.tip.get().is_some());
                entry.map(|entry| entry.price)
            });
            if let ([Some(bid), Some(ask)], TradingState::TRADING) = (shown, *state) {
                assert!(bid < ask, "R61: {bid} and {ask} after {command:?}");
            }
            all.extend(buys.into_iter().chain(sells));
        }
        self.audit.compare(&all).unwrap_or_else(|wrong| panic!("{wrong} after {command:?}"));
    }
}

/// A limit around 10.00, or a market price.
fn price(bytes: &mut Bytes<'_>) -> OrderPrice {
    match bytes.next() {
        0xff => OrderPrice::MARKET_MAX,
        0xfe => OrderPrice::MARKET_200000,
        0xfd => OrderPrice::MAX_LIMIT,
        0xfc => OrderPrice(1),
        byte => OrderPrice(99_600 + u64::from(byte % 8) * 100),
    }
}

/// Mostly no tag; else some that may fit.
fn options(tif: Tif, bytes: &mut Bytes<'_>) -> Options {
    let mut options = Options::NONE;
    let which = bytes.next() & bytes.next();
    let mut give = |tag| options.given = options.given.with(tag);
    if which & 1 != 0 {
        give(3);
        options.min_qty = Shares(u32::from(bytes.next() % 16) * 50);
    }
    if which & 2 != 0 {
        give(5);
        options.max_floor = Shares(u32::from(bytes.next() % 4) * 50);
    }
    if which & 4 != 0 {
        give(13);
        options.random_reserves = Shares(u32::from(bytes.next() % 3) * 50);
    }
    if which & 8 != 0 {
        give(12);
        options.post_only = true;
    }
    if which & 16 != 0 {
        give(29);
        options.aiq_strategy = bytes.pick(&STRATEGIES);
    }
    if which & 32 != 0 && tif == Tif::Gtt {
        give(15);
        options.expire_time = u32::from(bytes.next() % 8) + 1;
    }
    options
}

fn instrument(number: usize, bytes: &mut Bytes<'_>) -> Command {
    let mut instrument = Instrument::new(SYMBOLS[number], Price(100_000));
    instrument.lot = bytes.pick(&[Shares(1), Shares(50), Shares(100)]);
    instrument.collar_bps = bytes.pick(&[1_000, 20, 0]);
    instrument.initial_state = bytes.pick(&OVERLAYS);
    Command::SetInstrument(Box::new(instrument))
}

fn port(number: PortId, bytes: &mut Bytes<'_>) -> Command {
    let byte = bytes.next();
    let mut port = Port::new(number, vec![FIRMS[usize::from(byte & 1)]]);
    port.aiq = STRATEGIES[usize::from(byte >> 1 & 3)].unwrap_or(Strategy::Trade);
    port.post_only = PostOnlyRule::ALL[usize::from(byte >> 3 & 1)];
    port.cancel_on_disconnect = byte & 16 != 0;
    port.cod_grace = if byte & 32 != 0 { 60_000_000 } else { 0 };
    (port.rate, port.burst) = if byte & 64 != 0 { (2, 3) } else { (0, 0) };
    port.max_live = if byte & 128 != 0 { 3 } else { 1_000 };
    Command::SetPort(Box::new(port))
}

/// What the operator and the sessions do.
fn operators(kind: u8, number: PortId, bytes: &mut Bytes<'_>) -> Command {
    let symbol = bytes.pick(&SYMBOLS);
    match kind {
        200..=209 => {
            let overlay = bytes.pick(&OVERLAYS);
            let symbol = Some(symbol).filter(|_| kind != 200);
            Command::SetState(SetState { symbol, overlay, reason: *b"    " })
        }
        210..=211 => Command::SetPhase(if bytes.next() < 8 { Phase::Late } else { Phase::Open }),
        212 if bytes.next() < 8 => Command::SetPhase(bytes.pick(&Phase::ALL)),
        216..=220 => Command::OperatorCancel(OperatorCancel {
            port: bytes.pick(&[None, Some(number)]),
            firm: bytes.pick(&[None, Some(FIRMS[0])]),
            symbol: bytes.pick(&[None, Some(symbol)]),
            side: bytes.pick(&[None, Some(Side::Sell)]),
        }),
        221..=226 => {
            let firm = FIRMS[0];
            let whom = [
                Switchable::Port(number),
                Switchable::Firm(firm),
                Switchable::FirmOnPort(number, firm),
            ];
            Command::OperatorSwitch { whom: bytes.pick(&whom), off: kind < 222 }
        }
        227..=230 => {
            let party = Party { owner: Owner::default(), cl_ord_id: ClOrdId::BLANK };
            let match_no = MatchNo(bytes.next().into());
            let reason = BrokenReason::CONSENT;
            Command::BreakTrade(BreakTrade {
                match_no,
                symbol,
                reason,
                buyer: party,
                seller: party,
            })
        }
        231..=236 => Command::PortUp { port: number, conn: u64::from(bytes.next() % 4) },
        237..=244 => {
            let conn = u64::from(bytes.next() % 4);
            let cause = bytes.pick(&[DownCause::Disconnect, DownCause::Crash]);
            Command::PortDown { port: number, conn, cause }
        }
        245..=247 => port(number, bytes),
        248..=249 => instrument(usize::from(kind % 2), bytes),
        250 if bytes.next() < 8 => Command::EndOfDay,
        251 => Command::AccountQuery { port: number, idx: UserRefIdx(0) },
        _ => Command::Tick,
    }
}

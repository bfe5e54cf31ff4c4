//! Commands of the operator, read and written.

use matcher::command::{BreakTrade, Command, OperatorCancel, Party, SetState, Switchable};
use matcher::engine::Engine;
use matcher::phase::{Overlay, Phase};
use matcher::settings::{Day, Instrument, Limits, Port, PostOnlyRule, Short};
use matcher::tick::{Band, TickTable};
use protocol_spec::wire::ouch::{BrokenReason, ClOrdId, Mpid};
use protocol_spec::words::{PortId, Price, Time};

use super::names::Names;
use super::words::{
    Read, Words, alpha, code, filled, match_no, money, name_of, named, nanos, number, owner, price,
    shares, show_alpha, show_filled, show_money, show_nanos, show_owner, show_price, side,
    strategy,
};

const OVERLAYS: [(&str, Overlay); 4] = [
    ("none", Overlay::None),
    ("halted", Overlay::Halted),
    ("paused", Overlay::Paused),
    ("quoteonly", Overlay::QuoteOnly),
];
const SHORTS: [(&str, Short); 4] = [
    ("none", Short { short: false, exempt: false }),
    ("T", Short { short: true, exempt: false }),
    ("E", Short { short: false, exempt: true }),
    ("TE", Short { short: true, exempt: true }),
];
/// The midnight of every block, in nanoseconds since 1970.
pub const MIDNIGHT: Time = Time(1_700_000_000_000_000_000);

/// A day with limits that are small, so that a block costs little.
#[must_use]
pub fn usual_day() -> Day {
    let limits = Limits {
        symbols: 16,
        ports: 16,
        live_orders: 10_000,
        levels: 10_000,
        min_qty_orders: 1_024,
        broken_trades: 16,
    };
    let rules_version = Engine::RULES_VERSION;
    Day {
        session: *b"2025111801",
        midnight: MIDNIGHT,
        seed: 42,
        limits,
        rules_version,
        carried: Vec::new(),
    }
}

/// Reads a command of the operator, by its first word.
///
/// # Errors
/// If it is none.
pub fn read(words: &mut Words<'_>, names: &Names) -> Read<Option<Command>> {
    Ok(Some(match words.peek().unwrap_or_default() {
        "day" => Command::OpenDay(Box::new(day(words)?)),
        "list" => Command::SetInstrument(Box::new(instrument(words)?)),
        "port" => Command::SetPort(Box::new(port(words)?)),
        "phase" => {
            words.next_if_any();
            let name = |word: &str| Phase::ALL.into_iter().find(|at| format!("{at:?}") == word);
            Command::SetPhase(words.take("a phase", name)?)
        }
        "state" => Command::SetState(state(words)?),
        "tick" => words.next_if_any().map(|_| Command::Tick).ok_or("expected a command")?,
        "end" => words.next_if_any().map(|_| Command::EndOfDay).ok_or("expected a command")?,
        "operator" => operator(words)?,
        "break" => Command::BreakTrade(break_trade(words, names)?),
        _ => return Ok(None),
    }))
}

fn day(words: &mut Words<'_>) -> Read<Day> {
    words.next_if_any();
    let mut day = usual_day();
    while let Some(word) = words.next_if_any() {
        let limits = &mut day.limits;
        match word {
            "seed" => day.seed = words.take("a seed", number)?,
            "rules" => day.rules_version = words.take("a version", number)?,
            "symbols" => limits.symbols = words.take("a number", number)?,
            "ports" => limits.ports = words.take("a number", number)?,
            "live" => limits.live_orders = words.take("a number", number)?,
            "levels" => limits.levels = words.take("a number", number)?,
            "minimums" => limits.min_qty_orders = words.take("a number", number)?,
            "breaks" => limits.broken_trades = words.take("a number", number)?,
            _ => return Err(format!("`{word}` says nothing of a day")),
        }
    }
    Ok(day)
}

fn instrument(words: &mut Words<'_>) -> Read<Instrument> {
    words.next_if_any();
    let symbol = words.take("a security", alpha)?;
    let mut set = Instrument::new(symbol, Price(100_000));
    while let Some(word) = words.next_if_any() {
        match word {
            "ref" => set.reference_price = words.take("a price", price)?,
            "tick" => set.ticks = words.take("a tick table", ticks)?,
            "lot" => set.lot = words.take("shares", shares)?,
            "roundlots" => set.round_lots_only = true,
            "collar" => set.collar_bps = words.take("1/10,000", number)?,
            "fatfinger" => set.fat_finger_bps = words.take("1/10,000", number)?,
            "maxqty" => set.max_quantity = Some(words.take("shares", shares)?),
            "maxnotional" => set.max_notional = words.take("an amount", money)?,
            "test" => set.test = true,
            _ => match named(&OVERLAYS, word) {
                Some(overlay) => set.initial_state = overlay,
                None => return Err(format!("`{word}` says nothing of a security")),
            },
        }
    }
    Ok(set)
}

/// A tick, or a table `0:0.0001,1.00:0.01`.
fn ticks(word: &str) -> Option<TickTable> {
    let raw = |word: &str| price(word).map(|price| price.0);
    if let Some(tick) = raw(word) {
        return TickTable::new(vec![Band { from: 0, tick }]).ok();
    }
    let band = |row: &str| {
        let (from, tick) = row.split_once(':')?;
        Some(Band { from: raw(from)?, tick: raw(tick)? })
    };
    TickTable::new(word.split(',').map(band).collect::<Option<_>>()?).ok()
}

fn port(words: &mut Words<'_>) -> Read<Port> {
    words.next_if_any();
    let number_ = PortId(words.take("a port's number", number)?);
    let usual = Mpid::try_new(&format!("FRM{number_}")).unwrap_or(Mpid::BLANK);
    let mut set = Port::new(number_, vec![usual]);
    while let Some(word) = words.next_if_any() {
        match word {
            "firms" => set.firms = words.take("firms", firms)?,
            "test" => set.test = true,
            "shorts" => set.short = words.take("T, E, TE or none", |word| named(&SHORTS, word))?,
            "locates" => set.locate_required = true,
            "nomarket" => set.market = false,
            "slide" => set.post_only = PostOnlyRule::Slide,
            "aiq" => set.aiq = words.take("a strategy", strategy)?,
            "party" => set.aiq_group = words.take("two characters", filled)?,
            "fatfinger" => set.fat_finger_bps = words.take("1/10,000", number)?,
            "maxqty" => set.max_quantity = Some(words.take("shares", shares)?),
            "maxnotional" => set.max_notional = words.take("an amount", money)?,
            "rate" => set.rate = words.take("a number", number)?,
            "burst" => set.burst = words.take("a number", number)?,
            "cod" => set.cancel_on_disconnect = true,
            "grace" => set.cod_grace = words.take("a time", nanos)?,
            "crash" => set.crash_grace = words.take("a time", nanos)?,
            "maxlive" => set.max_live = words.take("a number", number)?,
            _ => return Err(format!("`{word}` says nothing of a port")),
        }
    }
    Ok(set)
}

/// Firms, with commas between them; `-` for none.
fn firms(word: &str) -> Option<Vec<Mpid>> {
    if word == "-" { Some(Vec::new()) } else { word.split(',').map(alpha).collect() }
}

fn state(words: &mut Words<'_>) -> Read<SetState> {
    words.next_if_any();
    let all = words.eat("all");
    let symbol = if all { None } else { Some(words.take("a security", alpha)?) };
    let overlay = words.take("an overlay", |word| named(&OVERLAYS, word))?;
    let reason = words.take_if(filled).unwrap_or(*b"    ");
    Ok(SetState { symbol, overlay, reason })
}

fn operator(words: &mut Words<'_>) -> Read<Command> {
    words.next_if_any();
    if words.eat("cancel") {
        let mut filter = OperatorCancel::default();
        while let Some(word) = words.next_if_any() {
            match word {
                "port" => filter.port = Some(PortId(words.take("a port's number", number)?)),
                "firm" => filter.firm = Some(words.take("a firm", alpha)?),
                "symbol" => filter.symbol = Some(words.take("a security", alpha)?),
                "side" => filter.side = Some(words.take("a side", side)?),
                _ => return Err(format!("`{word}` is no filter")),
            }
        }
        return Ok(Command::OperatorCancel(filter));
    }
    let off = words.eat("stop");
    if !off && !words.eat("allow") {
        return Err("expected `cancel`, `stop` or `allow`".to_owned());
    }
    let (mut port, mut firm) = (None, None);
    while let Some(word) = words.next_if_any() {
        match word {
            "port" => port = Some(PortId(words.take("a port's number", number)?)),
            "firm" => firm = Some(words.take("a firm", alpha)?),
            _ => return Err(format!("expected a port or a firm, found `{word}`")),
        }
    }
    let whom = match (port, firm) {
        (Some(port), Some(firm)) => Switchable::FirmOnPort(port, firm),
        (Some(port), None) => Switchable::Port(port),
        (None, Some(firm)) => Switchable::Firm(firm),
        (None, None) => return Err("expected a port or a firm, the line ends".to_owned()),
    };
    Ok(Command::OperatorSwitch { whom, off })
}

fn break_trade(words: &mut Words<'_>, names: &Names) -> Read<BreakTrade> {
    words.next_if_any();
    let match_no = words.take("a match number", match_no)?;
    let reason = BrokenReason(words.take("a reason", code)?);
    let buyer = Party { owner: words.take("the buyer", owner)?, cl_ord_id: ClOrdId::BLANK };
    let seller = Party { owner: words.take("the seller", owner)?, cl_ord_id: ClOrdId::BLANK };
    let symbol = words.take_if(alpha).unwrap_or(names.first_symbol());
    Ok(BreakTrade { match_no, symbol, reason, buyer, seller })
}

/// Writes an operator's command, if it is one.
#[must_use]
pub fn show(command: &Command, names: &Names) -> Option<String> {
    Some(match command {
        Command::OpenDay(day) => show_day(day),
        Command::SetInstrument(instrument) => show_instrument(instrument),
        Command::SetPort(port) => show_port(port),
        Command::SetPhase(phase) => format!("phase {phase:?}"),
        Command::SetState(SetState { symbol, overlay, reason }) => {
            let whom = symbol.map_or("all".to_owned(), show_alpha);
            let reason = if reason == b"    " { String::new() } else { show_reason(reason) };
            format!("state {whom} {}{reason}", name_of(&OVERLAYS, *overlay))
        }
        Command::Tick => "tick".to_owned(),
        Command::EndOfDay => "end".to_owned(),
        Command::OperatorCancel(filter) => show_filter(filter),
        Command::OperatorSwitch { whom, off } => {
            let verb = if *off { "stop" } else { "allow" };
            let whom = match whom {
                Switchable::Port(port) => format!("port {port}"),
                Switchable::Firm(firm) => format!("firm {}", show_alpha(*firm)),
                Switchable::FirmOnPort(port, firm) => {
                    format!("port {port} firm {}", show_alpha(*firm))
                }
            };
            format!("operator {verb} {whom}")
        }
        Command::BreakTrade(BreakTrade { match_no, symbol, reason, buyer, seller }) => {
            let (buyer, seller) = (show_owner(buyer.owner), show_owner(seller.owner));
            let is_first = *symbol == names.first_symbol();
            let symbol = if is_first { String::new() } else { format!(" {}", show_alpha(*symbol)) };
            format!("break M{match_no} {reason} {buyer} {seller}{symbol}")
        }
        _ => return None,
    })
}

fn show_reason(reason: &[u8; 4]) -> String {
    format!(" {}", show_filled(reason))
}

/// ` word value`, or nothing if the value is the usual one.
fn unless<T: Copy + PartialEq>(value: T, usual: T, show: impl FnOnce(T) -> String) -> String {
    if value == usual { String::new() } else { format!(" {}", show(value)) }
}

fn show_day(day: &Day) -> String {
    let (usual, limits) = (usual_day(), &day.limits);
    let mut text = "day".to_owned();
    text += &unless(day.seed, usual.seed, |seed| format!("seed {seed}"));
    text += &unless(day.rules_version, usual.rules_version, |rules| format!("rules {rules}"));
    for (name, value, usual) in [
        ("symbols", limits.symbols, usual.limits.symbols),
        ("ports", limits.ports, usual.limits.ports),
        ("live", limits.live_orders, usual.limits.live_orders),
        ("levels", limits.levels, usual.limits.levels),
        ("minimums", limits.min_qty_orders, usual.limits.min_qty_orders),
        ("breaks", limits.broken_trades, usual.limits.broken_trades),
    ] {
        text += &unless(value, usual, |value| format!("{name} {value}"));
    }
    text
}

fn show_instrument(set: &Instrument) -> String {
    let usual = Instrument::new(set.symbol, Price(100_000));
    let mut text = format!("list {}", show_alpha(set.symbol));
    text += &unless(set.reference_price, usual.reference_price, |price| {
        format!("ref {}", show_price(price))
    });
    text += &unless(&set.ticks, &usual.ticks, |ticks| {
        let show = |raw| show_price(Price(raw));
        let rows =
            ticks.bands().iter().map(|band| format!("{}:{}", show(band.from), show(band.tick)));
        format!("tick {}", rows.collect::<Vec<_>>().join(","))
    });
    text += &unless(set.lot, usual.lot, |lot| format!("lot {lot}"));
    text += &unless(set.round_lots_only, false, |_| "roundlots".to_owned());
    text += &unless(set.collar_bps, usual.collar_bps, |bps| format!("collar {bps}"));
    text += &unless(set.fat_finger_bps, 0, |bps| format!("fatfinger {bps}"));
    text += &set.max_quantity.map_or(String::new(), |most| format!(" maxqty {most}"));
    text += &unless(set.max_notional, 0, |most| format!("maxnotional {}", show_money(most)));
    text += &unless(set.test, false, |_| "test".to_owned());
    text + &unless(set.initial_state, Overlay::None, |state| name_of(&OVERLAYS, state).to_owned())
}

fn show_port(set: &Port) -> String {
    let usual = Port::new(set.number, Vec::new());
    let mut text = format!("port {}", set.number);
    let own = Mpid::try_new(&format!("FRM{}", set.number)).unwrap_or(Mpid::BLANK);
    text += &unless(set.firms.as_slice(), &[own], |firms| match firms {
        [] => "firms -".to_owned(),
        _ => {
            format!("firms {}", firms.iter().map(|f| show_alpha(*f)).collect::<Vec<_>>().join(","))
        }
    });
    text += &unless(set.test, false, |_| "test".to_owned());
    text += &unless(set.short, usual.short, |short| format!("shorts {}", name_of(&SHORTS, short)));
    text += &unless(set.locate_required, false, |_| "locates".to_owned());
    text += &unless(set.market, true, |_| "nomarket".to_owned());
    text += &unless(set.post_only, PostOnlyRule::Cancel, |_| "slide".to_owned());
    text += &unless(set.aiq, usual.aiq, |aiq| format!("aiq {}", aiq.code()));
    text += &unless(set.aiq_group, usual.aiq_group, |aiq| format!("party {}", show_filled(&aiq)));
    text += &unless(set.fat_finger_bps, 0, |bps| format!("fatfinger {bps}"));
    text += &set.max_quantity.map_or(String::new(), |most| format!(" maxqty {most}"));
    text += &unless(set.max_notional, 0, |most| format!("maxnotional {}", show_money(most)));
    text += &unless(set.rate, 0, |rate| format!("rate {rate}"));
    text += &unless(set.burst, 0, |burst| format!("burst {burst}"));
    text += &unless(set.cancel_on_disconnect, false, |_| "cod".to_owned());
    text += &unless(set.cod_grace, 0, |grace| format!("grace {}", show_nanos(grace)));
    text +=
        &unless(set.crash_grace, usual.crash_grace, |grace| format!("crash {}", show_nanos(grace)));
    text + &unless(set.max_live, usual.max_live, |most| format!("maxlive {most}"))
}

fn show_filter(filter: &OperatorCancel) -> String {
    let mut text = "operator cancel".to_owned();
    text += &filter.port.map_or(String::new(), |port| format!(" port {port}"));
    text += &filter.firm.map_or(String::new(), |firm| format!(" firm {}", show_alpha(firm)));
    let symbol = filter.symbol;
    text += &symbol.map_or(String::new(), |symbol| format!(" symbol {}", show_alpha(symbol)));
    text + &filter.side.map_or(String::new(), |side| format!(" side {}", side.code()))
}

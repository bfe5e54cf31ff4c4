//! Commands that no broker sent, in words.

use matcher::command::{
    BreakTrade, Command, DownCause, OperatorCancel, Party, SetState, Switchable,
};
use matcher::order::{Owner, Side};
use matcher::phase::{Overlay, Phase};
use matcher::settings::{Day, Instrument, Port, PostOnlyRule};
use protocol_spec::wire::ouch::{Mpid, Symbol};
use protocol_spec::wire::text::Alpha;
use protocol_spec::words::{PortId, Time};
use serde_json::{Map, Value, json};

use super::names::Names;
use crate::capture::CaptureTime;
use crate::decode::{Exact, Utc};

/// A part of a command.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub(super) name: &'static str,
    pub(super) value: Value,
    /// Whether it is as it is when nothing is said of it, so that a line leaves it out.
    pub(super) is_usual: bool,
}

/// The parts of a command that no broker sent.
pub(super) fn parts(command: &Command, names: &Names) -> Vec<Part> {
    match command {
        Command::OpenDay(day) => open_day(day),
        Command::SetInstrument(instrument) => set_instrument(instrument),
        Command::SetPort(port) => set_port(port),
        Command::SetPhase(phase) => vec![part("phase", phase_name(*phase))],
        Command::SetState(state) => set_state(state),
        Command::PortUp { port, conn } => {
            let mut parts = ported(*port, names);
            parts.push(part("connection", exact(*conn)));
            parts
        }
        Command::PortDown { port, conn, cause } => {
            let cause = match cause {
                DownCause::Disconnect => "disconnect",
                DownCause::Crash => "crash",
            };
            let mut parts = ported(*port, names);
            parts.extend([part("connection", exact(*conn)), part("cause", cause)]);
            parts
        }
        Command::OperatorCancel(cancel) => operator_cancel(cancel, names),
        Command::OperatorSwitch { whom, off } => {
            let mut parts = switch(whom, names);
            parts.push(part("off", *off));
            parts
        }
        Command::BreakTrade(trade) => break_trade(trade, names),
        _ => Vec::new(),
    }
}

fn part(name: &'static str, value: impl Into<Value>) -> Part {
    Part { name, value: value.into(), is_usual: false }
}

/// A part that is left out of a line where it has its usual value.
fn unless<V: Into<Value> + PartialEq>(name: &'static str, value: V, usual: &V) -> Part {
    Part { name, is_usual: value == *usual, value: value.into() }
}

fn text<const N: usize>(text: Alpha<N>) -> String {
    String::from_utf8_lossy(text.trimmed()).into_owned()
}

fn ported(port: PortId, names: &Names) -> Vec<Part> {
    let user = names.user(port).unwrap_or_default().to_owned();
    vec![part("port", port.0), unless("username", user, &String::new())]
}

fn open_day(day: &Day) -> Vec<Part> {
    let Day { session, midnight, seed, limits, rules_version, carried } = day;
    vec![
        part("session", String::from_utf8_lossy(session)),
        part("midnight", utc(*midnight)),
        part("seed", seed.to_string()),
        part("rules_version", *rules_version),
        part("symbols", limits.symbols),
        part("ports", limits.ports),
        part("live_orders", limits.live_orders),
        part("levels", limits.levels),
        part("min_qty_orders", limits.min_qty_orders),
        part("broken_trades", limits.broken_trades),
        unless("carried", carried.len(), &0),
    ]
}

/// Date and time in UTC.
pub(super) fn utc(time: Time) -> String {
    Utc(CaptureTime(time.0)).to_string()
}

fn set_instrument(instrument: &Instrument) -> Vec<Part> {
    let usual = Instrument::new(instrument.symbol, instrument.reference_price);
    let bands = instrument.ticks.bands().iter().map(|band| {
        let price = |raw| protocol_spec::words::Price(raw).to_string();
        format!("{}:{}", price(band.from), price(band.tick))
    });
    let quantity = instrument.max_quantity.map(|shares| shares.0);
    let usual_state = overlay_name(usual.initial_state);
    vec![
        part("reference_price", instrument.reference_price.to_string()),
        part("ticks", bands.collect::<Vec<_>>()),
        unless("lot", instrument.lot.0, &usual.lot.0),
        unless("round_lots_only", instrument.round_lots_only, &usual.round_lots_only),
        unless("collar_bps", instrument.collar_bps, &usual.collar_bps),
        unless("fat_finger_bps", instrument.fat_finger_bps, &usual.fat_finger_bps),
        unless("max_quantity", quantity, &None),
        unless("max_notional", instrument.max_notional, &usual.max_notional),
        unless("test", instrument.test, &usual.test),
        unless("state", overlay_name(instrument.initial_state), &usual_state),
    ]
}

fn set_port(port: &Port) -> Vec<Part> {
    let usual = Port::new(port.number, Vec::new());
    let firms: Vec<String> = port.firms.iter().map(|firm| text(*firm)).collect();
    let post_only = |rule| match rule {
        PostOnlyRule::Cancel => "cancel",
        PostOnlyRule::Slide => "slide",
    };
    let quantity = port.max_quantity.map(|shares| shares.0);
    let group = |group: [u8; 2]| String::from_utf8_lossy(&group).trim().to_owned();
    let letter = |strategy: matcher::order::Strategy| char::from(strategy as u8).to_string();
    vec![
        part("port", port.number.0),
        part("firms", firms),
        unless("test", port.test, &usual.test),
        unless("short", port.short.short, &usual.short.short),
        unless("short_exempt", port.short.exempt, &usual.short.exempt),
        unless("locate_required", port.locate_required, &usual.locate_required),
        unless("market", port.market, &usual.market),
        unless("post_only", post_only(port.post_only), &post_only(usual.post_only)),
        unless("aiq", letter(port.aiq), &letter(usual.aiq)),
        unless("aiq_group", group(port.aiq_group), &group(usual.aiq_group)),
        unless("fat_finger_bps", port.fat_finger_bps, &usual.fat_finger_bps),
        unless("max_quantity", quantity, &None),
        unless("max_notional", port.max_notional, &usual.max_notional),
        unless("rate", port.rate, &usual.rate),
        unless("burst", port.burst, &usual.burst),
        unless("cancel_on_disconnect", port.cancel_on_disconnect, &usual.cancel_on_disconnect),
        unless("cod_grace_ns", port.cod_grace, &usual.cod_grace),
        unless("crash_grace_ns", port.crash_grace, &usual.crash_grace),
        unless("max_live", port.max_live, &usual.max_live),
    ]
}

/// The name of a phase, as the operator writes it.
pub(super) const fn phase_name(phase: Phase) -> &'static str {
    match phase {
        Phase::Closed => "closed",
        Phase::Early => "early",
        Phase::PreOpen => "pre-open",
        Phase::Open => "open",
        Phase::Late => "late",
        Phase::Ended => "ended",
    }
}

const fn overlay_name(overlay: Overlay) -> &'static str {
    match overlay {
        Overlay::None => "none",
        Overlay::Halted => "halted",
        Overlay::Paused => "paused",
        Overlay::QuoteOnly => "quote-only",
    }
}

fn set_state(state: &SetState) -> Vec<Part> {
    let reason = String::from_utf8_lossy(&state.reason).trim_end().to_owned();
    vec![
        part("state", overlay_name(state.overlay)),
        unless("reason", reason, &String::new()),
        // With no security it is put over all of them.
        unless("all", state.symbol.is_none(), &false),
    ]
}

fn operator_cancel(cancel: &OperatorCancel, names: &Names) -> Vec<Part> {
    let OperatorCancel { port, firm, side, .. } = cancel;
    let mut parts = port.map_or_else(Vec::new, |port| ported(port, names));
    parts.extend(firm.map(firm_part));
    parts.extend(side.map(|side| part("side", side_name(side))));
    parts
}

fn firm_part(firm: Mpid) -> Part {
    part("firm", text(firm))
}

/// The name of a side.
pub(super) const fn side_name(side: Side) -> &'static str {
    match side {
        Side::Buy => "buy",
        Side::Sell => "sell",
        Side::Short => "short",
        Side::ShortExempt => "short-exempt",
    }
}

fn switch(whom: &Switchable, names: &Names) -> Vec<Part> {
    match *whom {
        Switchable::Port(port) => ported(port, names),
        Switchable::Firm(firm) => vec![firm_part(firm)],
        Switchable::FirmOnPort(port, firm) => {
            let mut parts = ported(port, names);
            parts.push(firm_part(firm));
            parts
        }
    }
}

fn break_trade(trade: &BreakTrade, names: &Names) -> Vec<Part> {
    let BreakTrade { match_no, reason, buyer, seller, .. } = trade;
    vec![
        part("match_no", exact(match_no.0)),
        part("reason", String::from_utf8_lossy(&reason.0)),
        part("buyer", party(buyer, names)),
        part("seller", party(seller, names)),
    ]
}

/// A number, as a string where readers of JSON might round it.
pub(super) fn exact(number: u64) -> Value {
    serde_json::to_value(Exact(number)).unwrap_or_else(|_| json!(number))
}

/// One side of a trade as an object.
pub(super) fn party(party: &Party, names: &Names) -> Value {
    let mut value = owner(party.owner, names);
    value.insert("cl_ord_id".to_owned(), json!(text(party.cl_ord_id)));
    Value::Object(value)
}

/// An order as an object.
pub(super) fn owner(owner: Owner, names: &Names) -> Map<String, Value> {
    let Owner { port, idx, user_ref } = owner;
    let mut value = Map::new();
    value.insert("port".to_owned(), json!(port.0));
    if let Some(user) = names.user(port) {
        value.insert("username".to_owned(), json!(user));
    }
    value.insert("user_ref_num".to_owned(), json!(user_ref.0));
    value.insert("user_ref_idx".to_owned(), json!(idx.0));
    value
}

/// An order as one word: `P1(1)#5`, and its channel if that is not 0.
pub(super) fn show_owner(owner: Owner, names: &Names) -> String {
    let Owner { port, idx, user_ref } = owner;
    let channel = if idx.0 > 0 { format!(".{idx}") } else { String::new() };
    format!("{}#{user_ref}{channel}", names.show(port))
}

/// A symbol as text.
pub(super) fn symbol(symbol: Symbol) -> String {
    text(symbol)
}

//! Securities, as the configuration lists them.

use matcher::phase::Overlay;
use matcher::settings::Instrument;
use matcher::tick::{Band, TickFault, TickTable};
use protocol_spec::wire::text::Symbol;
use protocol_spec::words::{OrderPrice, Price, Shares};
use serde::Deserialize;
use serde::de::Error;
use toml::Spanned;
use toml::de::{DeValue, ValueDeserializer};

use super::section::Section;
use super::units;

const SYMBOL: &str = "1 to 8 printable ASCII characters without spaces, such as \"AAPL\"";
const PRICE: &str = "a price in quotes, from \"0.0001\" to \"199999.99\" and of at most four \
                     decimals, such as \"231.40\"";
const TICK: &str = "a step between prices in quotes, of at most four decimals, such as \"0.01\"";
const BANDS: &str = "bands of prices, such as [{ from = \"0\", tick = \"0.0001\" }, \
                     { from = \"1\", tick = \"0.01\" }]";
/// The rule book's most shares of an order (R3).
pub(super) const MAX_SHARES: u32 = 999_999;
/// The whole in 1/10,000 (R15).
pub(super) const ALL_BPS: u16 = 10_000;

/// Reads a section `[[instrument]]`. What it leaves out is as in `base`, or as usual without one.
pub(super) fn read(section: &mut Section<'_, '_>, base: Option<&Instrument>) -> Option<Instrument> {
    let symbol = section.required("symbol", SYMBOL, |text: String| symbol(&text));
    let reference = match base {
        Some(base) if !section.has("reference_price") => Some(base.reference_price),
        _ => section.required("reference_price", PRICE, |text: String| price(&text)),
    };
    let ticks = ticks(section, base.map(|base| &base.ticks));
    let mut instrument = base.cloned().unwrap_or_else(|| {
        Instrument::new(symbol.unwrap_or(Symbol::BLANK), reference.unwrap_or_default())
    });
    let listed = reference.is_some();
    instrument.reference_price = reference.unwrap_or(instrument.reference_price);
    if let (Some(ticks), Some(reference)) = (ticks, reference) {
        if let Some(problem) = off_tick(&ticks, reference) {
            section.fault("reference_price", problem);
        }
        instrument.ticks = ticks;
    }
    instrument.lot = Shares(section.number("lot", instrument.lot.0, 1..=MAX_SHARES));
    instrument.round_lots_only = section.flag("round_lots_only", instrument.round_lots_only);
    let bps = 0..=ALL_BPS;
    instrument.collar_bps = section.number("collar_bps", instrument.collar_bps, bps.clone());
    instrument.fat_finger_bps = section.number("fat_finger_bps", instrument.fat_finger_bps, bps);
    instrument.max_quantity = shares(section, "max_quantity", instrument.max_quantity);
    instrument.max_notional = section.notional("max_notional", instrument.max_notional);
    instrument.test = section.flag("test", instrument.test);
    let states = [
        ("none", Overlay::None),
        ("halted", Overlay::Halted),
        ("paused", Overlay::Paused),
        ("quote-only", Overlay::QuoteOnly),
    ];
    instrument.initial_state = section.choice("state", instrument.initial_state, &states);
    if let (true, Err(refusal)) = (section.is_fine(), instrument.check()) {
        section.fault_of_all(refusal.to_string());
    }
    (symbol.is_some() && listed).then_some(instrument)
}

/// Reads the section `[instruments]`: symbols with their prices, everything else as usual.
pub(super) fn read_short(section: &mut Section<'_, '_>) -> Vec<Spanned<Instrument>> {
    let mut all = Vec::new();
    for (key, place, value) in section.rest() {
        let Some(symbol) = symbol(&key) else {
            section.fault_at(Some(place), &key, "", format!("the symbol must be {SYMBOL}"));
            continue;
        };
        if let DeValue::Table(parts) = value.get_ref() {
            let rest = parts.keys().next().map_or("", |part| part.get_ref());
            let problem =
                format!("a symbol with a dot is in quotes, as \"{key}.{rest}\" = \"10.00\"");
            section.fault_at(Some(place), &key, "", problem);
            continue;
        }
        let written = section.text(value.span());
        let text = String::deserialize(ValueDeserializer::from(value)).ok();
        let problem = match text.as_deref().and_then(price) {
            None => Some(format!("must be {PRICE}; more can be said in a section [[instrument]]")),
            Some(reference) => {
                let instrument = Instrument::new(symbol, reference);
                let problem = off_tick(&instrument.ticks, reference);
                all.push(Spanned::new(place.clone(), instrument));
                problem
            }
        };
        if let Some(problem) = problem {
            section.fault_at(Some(place), &key, written, problem);
        }
    }
    all
}

/// Most shares of an order, where 0 means that there is no limit.
pub(super) fn shares(
    section: &mut Section<'_, '_>,
    key: &'static str,
    default: Option<Shares>,
) -> Option<Shares> {
    let none = default.map_or(0, |shares| shares.0);
    let shares = section.number(key, none, 0..=MAX_SHARES);
    (shares > 0).then_some(Shares(shares))
}

fn symbol(text: &str) -> Option<Symbol> {
    let named = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
    Symbol::try_new(text).filter(|_| named)
}

fn price(text: &str) -> Option<Price> {
    let fixed = units::fixed4(text).filter(|fixed| (1..=OrderPrice::MAX_LIMIT.0).contains(fixed));
    fixed.and_then(|fixed| u32::try_from(fixed).ok()).map(Price)
}

/// Why a reference price is none in this table, if so.
fn off_tick(ticks: &TickTable, reference: Price) -> Option<String> {
    let near = [ticks.down(reference.0), ticks.up(reference.0)];
    let near: Vec<String> =
        near.into_iter().flatten().map(|price| format!("\"{price}\"")).collect();
    let problem = || format!("is between two ticks; near it are {}", near.join(" and "));
    (!ticks.is_valid(reference)).then(problem)
}

/// A band of a tick table as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenBand {
    from: String,
    tick: String,
}

/// The tick table, of one tick or of several; `None` if it is wrong.
fn ticks(section: &mut Section<'_, '_>, base: Option<&TickTable>) -> Option<TickTable> {
    let uniform = section.find("tick", TICK, |text: String| price(&text));
    let has_one = section.has("tick");
    let Some(value) = section.take("ticks") else {
        return match has_one {
            true => uniform.map(|tick| TickTable::uniform(tick.0)),
            false => Some(base.cloned().unwrap_or_else(|| TickTable::uniform(100))),
        };
    };
    if has_one {
        section.fault("ticks", "leave one out: there is a tick for all prices as well".to_owned());
        return None;
    }
    let table = Vec::deserialize(ValueDeserializer::from(value))
        .and_then(|rows| table(&rows).map_err(Error::custom));
    match table {
        Ok(table) => Some(table),
        Err(error) => {
            section.fault("ticks", format!("{}; must be {BANDS}", error.message()));
            None
        }
    }
}

/// The table that the rows make, or what is wrong with them.
fn table(rows: &[WrittenBand]) -> Result<TickTable, String> {
    let band = |row: &WrittenBand| {
        let from = units::fixed4(&row.from).filter(|from| *from <= OrderPrice::MAX_LIMIT.0);
        let from = from.and_then(|from| u32::try_from(from).ok());
        let from = from.ok_or_else(|| format!("\"{}\" is no price", row.from))?;
        let tick = price(&row.tick).ok_or_else(|| format!("\"{}\" is no tick", row.tick))?;
        Ok(Band { from, tick: tick.0 })
    };
    let bands = rows.iter().map(band).collect::<Result<Vec<Band>, String>>()?;
    TickTable::new(bands).map_err(|fault| {
        let from = |at: usize| format!("the band from \"{}\"", rows[at].from);
        match fault {
            TickFault::Order(at) => format!("{} does not begin above the one before", from(at)),
            TickFault::Tick(at) => format!("{} has no possible tick", from(at)),
            TickFault::Boundary(at) => {
                format!("{} begins at no multiple of its tick and the one before", from(at))
            }
            TickFault::Start | TickFault::Count => fault.to_string(),
        }
    })
}

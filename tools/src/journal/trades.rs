//! Every execution of a day.

use std::collections::{HashMap, HashSet};

use appliance::hint::Hint;
use matcher::command::Command;
use matcher::event::Event;
use matcher::order::Owner;
use matcher::sequence::Sequenced;
use protocol_spec::wire::ouch::{LiquidityFlag, Mpid, Symbol};
use protocol_spec::words::{CommandNo, MatchNo, PortId, Price, Shares, Time};
use recovery::journal::Body;
use recovery::replay::{Fold, Machine, replay_batch};
use serde_json::{Value, json};

use super::control;
use super::day::{Day, End};
use super::error::{Halt, JournalFailure};
use super::names::{Names, PortWord, Symbols};
use crate::decode::Output;

/// Which executions are shown, and how.
#[derive(Clone, Debug, Default)]
pub struct View {
    /// In one of these securities; in any if empty.
    pub symbols: Vec<Symbol>,
    /// With one of these ports on a side.
    pub ports: Vec<PortWord>,
    /// How.
    pub style: Style,
}

/// How executions are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Style {
    /// Lines for people.
    #[default]
    Text,
    /// Lines of RFC 4180 behind one of names.
    Csv,
    /// JSON objects.
    Json,
}

/// An execution.
#[derive(Clone, Copy, Debug)]
struct Trade {
    match_no: MatchNo,
    command: CommandNo,
    time: Time,
    symbol: Option<Symbol>,
    price: Price,
    shares: Shares,
    is_cross: bool,
    buyer: Side,
    seller: Side,
}

/// One side of it.
#[derive(Clone, Copy, Debug)]
struct Side {
    owner: Owner,
    firm: Mpid,
    flag: LiquidityFlag,
}

/// Shows the executions of a day.
///
/// # Errors
/// If the journal cannot be read.
pub fn trades(day: &Day<'_>, view: &View, output: &mut Output<'_>) -> Result<(), Halt> {
    let broken = broken(day)?;
    let mut machine = Machine::new(Ledger::default());
    let mut scratch = Vec::new();
    if view.style == Style::Csv {
        output.line().extend_from_slice(COLUMNS.join(",").as_bytes());
        output.line().push(b'\r');
        output.end_line()?;
    }
    let end = day.visit(|read| {
        replay_batch(&mut machine, &read.batch, &Hint, &mut scratch)
            .map_err(|fault| read.fault(fault))?;
        let Ledger { names, trades, .. } = &mut machine.folds;
        for trade in trades.drain(..) {
            if view.admits(&trade, names) {
                let row = Row { trade: &trade, names, broken: broken.contains(&trade.match_no) };
                row.write(output.line(), view.style);
                output.end_line()?;
            }
        }
        Ok(())
    })?;
    let names = &machine.folds.names;
    if let Some(word) = view.ports.iter().find(|word| !names.has(word)) {
        let what = format!("no port of the day is called \"{}\"", word.0);
        return Err(JournalFailure::Misuse(what).into());
    }
    output.flush()?;
    day.remark(&end);
    Ok(())
}

impl View {
    fn admits(&self, trade: &Trade, names: &Names) -> bool {
        let sides = [trade.buyer.owner.port, trade.seller.owner.port];
        let is = |port: PortId| self.ports.iter().any(|word| word.is(port, names));
        let symbol = |symbol: Symbol| self.symbols.contains(&symbol);
        (self.symbols.is_empty() || trade.symbol.is_some_and(symbol))
            && (self.ports.is_empty() || sides.into_iter().any(is))
    }
}

/// Trades that were broken. Most days have none, and nothing has to be executed to know it.
fn broken(day: &Day<'_>) -> Result<HashSet<MatchNo>, Halt> {
    let mut asked = false;
    let end = day.visit(|read| {
        for record in read.batch.records() {
            let record = record.map_err(|fault| read.fault(fault))?;
            let body = &record.body;
            asked |= matches!(body, Body::Control { command: Command::BreakTrade(_), .. });
        }
        if asked { Err(Halt::Enough) } else { Ok(()) }
    })?;
    let mut machine = Machine::new(Broken::default());
    if matches!(end, End::Enough) {
        let mut scratch = Vec::new();
        day.visit(|read| {
            replay_batch(&mut machine, &read.batch, &Hint, &mut scratch)
                .map_err(|fault| read.fault(fault))?;
            Ok(())
        })?;
    }
    Ok(machine.folds.0)
}

/// The numbers of broken trades.
#[derive(Debug, Default)]
struct Broken(HashSet<MatchNo>);

impl Fold for Broken {
    fn begin(&mut self, _: &Sequenced<Command>, _: &str) {}

    fn on(&mut self, command: &Sequenced<Command>, events: &[Event]) {
        if let Command::BreakTrade(trade) = &command.command
            && events.iter().any(|event| matches!(event, Event::Broken { .. }))
        {
            self.0.insert(trade.match_no);
        }
    }
}

/// Live orders, and the executions that were not taken yet.
#[derive(Debug, Default)]
struct Ledger {
    names: Names,
    symbols: Symbols,
    /// The firm that a port's orders are for where they name none.
    firms: HashMap<PortId, Mpid>,
    live: HashMap<Owner, Live>,
    trades: Vec<Trade>,
}

#[derive(Clone, Copy, Debug)]
struct Live {
    buys: bool,
    firm: Mpid,
    leaves: u32,
}

impl Ledger {
    fn begin_order(&mut self, owner: Owner, buys: bool, firm: Mpid, leaves: Shares) {
        self.live.insert(owner, Live { buys, firm, leaves: leaves.0 });
    }

    /// Takes shares off an order, which is forgotten when it has none left.
    fn lessen(&mut self, owner: Owner, shares: Shares) -> Option<Live> {
        let live = self.live.get_mut(&owner)?;
        live.leaves = live.leaves.saturating_sub(shares.0);
        let live = *live;
        if live.leaves == 0 {
            self.live.remove(&owner);
        }
        Some(live)
    }

    /// One side of an execution, and whether it buys.
    fn side(&mut self, owner: Owner, shares: Shares, flag: LiquidityFlag) -> (Side, bool) {
        let live = self.lessen(owner, shares);
        let firm = live.map_or(Mpid::BLANK, |live| live.firm);
        (Side { owner, firm, flag }, live.is_some_and(|live| live.buys))
    }

    fn accepted(&mut self, owner: Owner, command: &Command) {
        let Command::Enter(enter) = command else { return };
        let firm = match enter.options.firm {
            firm if firm.is_blank() => self.firms.get(&owner.port).copied(),
            firm => Some(firm),
        };
        let firm = firm.unwrap_or(Mpid::BLANK);
        self.begin_order(owner, enter.side.is_buy(), firm, enter.quantity);
    }
}

impl Fold for Ledger {
    fn begin(&mut self, command: &Sequenced<Command>, note: &str) {
        if let Command::SetPort(_) | Command::OpenDay(_) = &command.command {
            self.names.on(&command.command, note);
        }
    }

    fn on(&mut self, command: &Sequenced<Command>, events: &[Event]) {
        if let Command::SetPort(port) = &command.command
            && let Some(&first) = port.firms.first()
            && !matches!(events, [Event::Refused(_)])
        {
            self.firms.insert(port.number, first);
        }
        for event in events {
            match *event {
                Event::Directory { new: Some(_), .. } => {
                    if let Command::SetInstrument(instrument) = &command.command {
                        self.symbols.list(instrument.symbol);
                    }
                }
                Event::Accepted { owner, .. } => self.accepted(owner, &command.command),
                Event::Replaced { owner, orig, leaves, side, .. } => {
                    let original = self.live.remove(&Owner { user_ref: orig, ..owner });
                    let firm = original.map_or(Mpid::BLANK, |original| original.firm);
                    self.begin_order(owner, side.is_buy(), firm, leaves);
                }
                Event::Canceled { owner, .. } => {
                    self.live.remove(&owner);
                }
                Event::Reduced { owner, shares, .. } => {
                    self.lessen(owner, shares);
                }
                Event::Modified { owner, leaves, .. } => {
                    if let Some(live) = self.live.get_mut(&owner) {
                        live.leaves = leaves.0;
                    }
                }
                Event::Prevented { taker, maker, taker_less, maker_less, .. } => {
                    self.lessen(taker, taker_less);
                    self.lessen(maker, maker_less);
                }
                Event::Executed { .. } | Event::Crossed { .. } => self.executed(command, event),
                _ => {}
            }
        }
    }
}

impl Ledger {
    fn executed(&mut self, command: &Sequenced<Command>, event: &Event) {
        let (match_no, price, shares, locate, is_cross, buyer, seller) = match *event {
            Event::Executed { taker, maker, match_no, price, shares, locate, flag, .. } => {
                let (taker, buys) = self.side(taker, shares, LiquidityFlag::REMOVED);
                let (maker, _) = self.side(maker, shares, flag);
                let (buyer, seller) = if buys { (taker, maker) } else { (maker, taker) };
                (match_no, price, shares, locate, false, buyer, seller)
            }
            Event::Crossed { buyer, seller, match_no, price, shares, locate, flag, .. } => {
                let (buyer, _) = self.side(buyer, shares, flag);
                let (seller, _) = self.side(seller, shares, flag);
                (match_no, price, shares, locate, true, buyer, seller)
            }
            _ => return,
        };
        let symbol = self.symbols.of(locate);
        let (command, time) = (command.no, command.time);
        let trade =
            Trade { match_no, command, time, symbol, price, shares, is_cross, buyer, seller };
        self.trades.push(trade);
    }
}

/// The columns of the CSV, which are the keys of the JSON with the sides in front.
const COLUMNS: [&str; 21] = [
    "match_no",
    "command",
    "time",
    "utc",
    "symbol",
    "price",
    "shares",
    "kind",
    "broken",
    "buyer_port",
    "buyer_username",
    "buyer_firm",
    "buyer_user_ref_num",
    "buyer_user_ref_idx",
    "buyer_liquidity",
    "seller_port",
    "seller_username",
    "seller_firm",
    "seller_user_ref_num",
    "seller_user_ref_idx",
    "seller_liquidity",
];

/// An execution that is shown.
struct Row<'a> {
    trade: &'a Trade,
    names: &'a Names,
    broken: bool,
}

impl Row<'_> {
    fn write(&self, line: &mut Vec<u8>, style: Style) {
        match style {
            Style::Text => line.extend_from_slice(self.text().as_bytes()),
            Style::Csv => line.extend_from_slice(self.csv().as_bytes()),
            Style::Json => line.extend_from_slice(self.json().to_string().as_bytes()),
        }
    }

    fn time_of_day(&self) -> String {
        let midnight = self.names.midnight();
        midnight.map_or_else(String::new, |midnight| self.trade.time.since(midnight).to_string())
    }

    fn symbol(&self) -> String {
        self.trade.symbol.map_or_else(String::new, control::symbol)
    }

    fn kind(&self) -> &'static str {
        if self.trade.is_cross { "cross" } else { "continuous" }
    }

    fn text(&self) -> String {
        let Trade { match_no, command, price, shares, buyer, seller, .. } = self.trade;
        let side = |side: &Side| {
            let (owner, firm) = (control::show_owner(side.owner, self.names), firm(side.firm));
            format!("{owner} {firm} {}", flag(side.flag))
        };
        let (time, symbol, kind) = (self.time_of_day(), self.symbol(), self.kind());
        let broken = if self.broken { " broken" } else { "" };
        format!(
            "{time}  m{match_no:<9} {symbol:<8} {price:>12} {shares:>8}  buyer {:<22} seller \
             {:<22} {kind}{broken}  (command {command})",
            side(buyer),
            side(seller)
        )
    }

    fn csv(&self) -> String {
        let Trade { match_no, command, price, shares, buyer, seller, .. } = self.trade;
        let mut fields = vec![
            match_no.to_string(),
            command.to_string(),
            self.time_of_day(),
            control::utc(self.trade.time),
            self.symbol(),
            price.to_string(),
            shares.to_string(),
            self.kind().to_owned(),
            self.broken.to_string(),
        ];
        for side in [buyer, seller] {
            let Owner { port, idx, user_ref } = side.owner;
            fields.extend([
                port.to_string(),
                self.names.user(port).unwrap_or_default().to_owned(),
                firm(side.firm),
                user_ref.to_string(),
                idx.to_string(),
                flag(side.flag),
            ]);
        }
        let fields: Vec<String> = fields.iter().map(|field| quoted(field)).collect();
        fields.join(",") + "\r"
    }

    fn json(&self) -> Value {
        let Trade { match_no, command, price, shares, buyer, seller, .. } = self.trade;
        let side = |side: &Side| {
            let mut value = control::owner(side.owner, self.names);
            value.insert("firm".to_owned(), json!(firm(side.firm)));
            value.insert("liquidity".to_owned(), json!(flag(side.flag)));
            Value::Object(value)
        };
        json!({
            "match_no": control::exact(match_no.0),
            "command": control::exact(command.0),
            "time": self.time_of_day(),
            "utc": control::utc(self.trade.time),
            "symbol": self.symbol(),
            "price": price.to_string(),
            "shares": shares.0,
            "kind": self.kind(),
            "broken": self.broken,
            "buyer": side(buyer),
            "seller": side(seller),
        })
    }
}

fn firm(firm: Mpid) -> String {
    String::from_utf8_lossy(firm.trimmed()).into_owned()
}

fn flag(flag: LiquidityFlag) -> String {
    String::from_utf8_lossy(&flag.0).into_owned()
}

/// A field of a line of RFC 4180.
fn quoted(field: &str) -> String {
    if field.contains([',', '"', '\r', '\n']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_with_commas_and_quotes_are_quoted() {
        assert_eq!(quoted("P1"), "P1");
        assert_eq!(quoted("a,b"), "\"a,b\"");
        assert_eq!(quoted("say \"so\"\n"), "\"say \"\"so\"\"\n\"");
    }
}

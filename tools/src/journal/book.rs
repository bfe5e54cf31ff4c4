//! The book of a security.

use std::collections::HashSet;

use matcher::event::TipRef;
use matcher::view::Entry;
use protocol_spec::wire::ouch::Symbol;
use protocol_spec::words::{CommandNo, Locate, OrderRef, Price, Time};
use recovery::replay::Machine;
use serde_json::{Value, json};

use super::control;
use super::error::JournalFailure;
use super::names::Names;
use super::readers::Readers;
use crate::count::grouped;

/// The book of a security behind a command.
#[derive(Debug)]
pub struct Book {
    symbol: Symbol,
    command: CommandNo,
    time: Time,
    phase: &'static str,
    reference: Price,
    names: Names,
    /// Levels, best first.
    buys: Vec<Level>,
    sells: Vec<Level>,
}

/// Entries at a price, in the order in which they trade.
#[derive(Debug)]
struct Level {
    price: Price,
    entries: Vec<(Entry, Kind)>,
}

/// How much of an entry the public sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Shown,
    /// Of an order that nobody sees.
    Hidden,
    /// The part of a reserve order that is not shown yet.
    Reserve,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Kind::Shown => "shown",
            Kind::Hidden => "hidden",
            Kind::Reserve => "reserve",
        }
    }
}

/// Looks at the book of a security.
pub(super) fn look(machine: &Machine<Readers>, symbol: Symbol) -> Result<Book, JournalFailure> {
    let engine = &machine.engine;
    let at = engine.instruments().position(|instrument| instrument.symbol == symbol);
    let locate = at
        .and_then(|at| u16::try_from(at + 1).ok())
        .map(Locate)
        .ok_or_else(|| JournalFailure::Misuse(format!("{symbol} is not listed up to there")))?;
    Ok(Book {
        symbol,
        command: engine.last_command(),
        time: engine.time(),
        phase: engine.phase().map_or("", control::phase_name),
        reference: engine.reference(locate).unwrap_or_default(),
        names: machine.folds.names.clone(),
        buys: levels(&engine.entries(locate, true)),
        sells: levels(&engine.entries(locate, false)),
    })
}

fn levels(entries: &[Entry]) -> Vec<Level> {
    let shown = entries.iter().filter(|entry| entry.tip != TipRef::NONE);
    let shown: HashSet<OrderRef> = shown.map(|entry| entry.order_ref).collect();
    let kind = |entry: &Entry| match entry.tip {
        TipRef::NONE if shown.contains(&entry.order_ref) => Kind::Reserve,
        TipRef::NONE => Kind::Hidden,
        _ => Kind::Shown,
    };
    let mut levels: Vec<Level> = Vec::new();
    for entry in entries {
        let one = (*entry, kind(entry));
        match levels.last_mut() {
            Some(level) if level.price == entry.price => level.entries.push(one),
            _ => levels.push(Level { price: entry.price, entries: vec![one] }),
        }
    }
    levels
}

impl Level {
    fn shares(&self) -> u64 {
        self.entries.iter().map(|(entry, _)| u64::from(entry.shares.0)).sum()
    }
}

impl Book {
    fn time_of_day(&self) -> String {
        let midnight = self.names.midnight();
        midnight.map_or_else(String::new, |midnight| self.time.since(midnight).to_string())
    }

    /// For people: sells above buys, the best of both in the middle.
    pub(super) fn lines(&self) -> String {
        let Book { symbol, command, phase, reference, .. } = self;
        let time = self.time_of_day();
        let mut text = format!(
            "book {symbol} behind command {command} at {time}, phase {phase}, reference \
             {reference}\n"
        );
        for level in self.sells.iter().rev() {
            self.level(&mut text, "sell", level);
        }
        if self.sells.is_empty() {
            text.push_str("sell  nothing\n");
        }
        for level in &self.buys {
            self.level(&mut text, "buy ", level);
        }
        if self.buys.is_empty() {
            text.push_str("buy   nothing\n");
        }
        text.push('\n');
        text
    }

    fn level(&self, text: &mut String, side: &str, level: &Level) {
        let (price, shares) = (level.price.to_string(), grouped(level.shares()));
        text.push_str(&format!("{side}  {price:>12} {shares:>12}\n"));
        for (entry, kind) in &level.entries {
            let owner = control::show_owner(entry.owner, &self.names);
            let reference = entry.tip.get().unwrap_or(entry.order_ref);
            let shares = grouped(entry.shares.0.into());
            let mut line = format!("{:18} {shares:>12}  ref {reference}  {owner}", "");
            if entry.order_ref != reference {
                line.push_str(&format!("  of {}", entry.order_ref));
            }
            if *kind != Kind::Shown {
                line.push_str(&format!("  {}", kind.name()));
            }
            text.push_str(&line);
            text.push('\n');
        }
    }

    /// For programs.
    pub(super) fn json(&self) -> Value {
        let order = |(entry, kind): &(Entry, Kind)| {
            let mut value = control::owner(entry.owner, &self.names);
            let tip = entry.tip.get().map_or(Value::Null, |tip| control::exact(tip.0));
            value.insert("ref".to_owned(), control::exact(entry.order_ref.0));
            value.insert("tip_ref".to_owned(), tip);
            value.insert("side".to_owned(), json!(control::side_name(entry.side)));
            value.insert("shares".to_owned(), json!(entry.shares.0));
            value.insert("leaves".to_owned(), json!(entry.leaves.0));
            value.insert("kind".to_owned(), json!(kind.name()));
            Value::Object(value)
        };
        let level = |level: &Level| {
            let orders: Vec<Value> = level.entries.iter().map(order).collect();
            json!({
                "price": level.price.to_string(),
                "shares": level.shares(),
                "orders": orders,
            })
        };
        let levels = |levels: &[Level]| levels.iter().map(level).collect::<Vec<_>>();
        json!({
            "symbol": control::symbol(self.symbol),
            "command": self.command.0,
            "time": self.time_of_day(),
            "phase": self.phase,
            "reference": self.reference.to_string(),
            "buys": levels(&self.buys),
            "sells": levels(&self.sells),
        })
    }
}

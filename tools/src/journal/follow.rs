//! Commands and events that are about certain orders or securities.

use std::collections::HashSet;
use std::str::FromStr;

use matcher::command::Command;
use matcher::event::Event;
use matcher::order::Owner;
use protocol_spec::wire::ouch::Symbol;
use protocol_spec::words::{OrderRef, PortId, UserRefIdx, UserRefNum};

use super::names::{Names, PortWord};
use super::parts::{About, owners_of, symbol_of};

/// An order as somebody names it: `PORT#NUMBER`, `PORT#NUMBER.CHANNEL`, or its reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrderWord {
    /// By its broker's number.
    Number(PortWord, UserRefIdx, UserRefNum),
    /// By its reference, or that of its displayed part.
    Ref(OrderRef),
}

impl FromStr for OrderWord {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "\"{text}\" is no order: write PORT#NUMBER, PORT#NUMBER.CHANNEL, or the reference \
                 that the venue gave it"
            )
        };
        let Some((port, number)) = text.split_once('#') else {
            return text
                .parse()
                .map(|number| OrderWord::Ref(OrderRef(number)))
                .map_err(|_| wrong());
        };
        let (number, channel) = number.split_once('.').unwrap_or((number, "0"));
        let (number, channel) = (number.parse(), channel.parse());
        match (port.is_empty(), number, channel) {
            (false, Ok(number), Ok(channel)) => {
                let port = PortWord(port.to_owned());
                Ok(OrderWord::Number(port, UserRefIdx(channel), UserRefNum(number)))
            }
            _ => Err(wrong()),
        }
    }
}

/// Follows orders through their replacements, and securities through their orders.
#[derive(Clone, Debug, Default)]
pub struct Follow {
    symbols: Vec<Symbol>,
    words: Vec<OrderWord>,
    /// Orders that are followed.
    orders: HashSet<Owner>,
    refs: HashSet<OrderRef>,
    /// Orders of the securities.
    traded: HashSet<Owner>,
    /// Whether the command under way names by itself what is followed.
    names_symbol: bool,
    names_order: bool,
}

impl Follow {
    /// Follows these; `None` if there is nothing to follow.
    #[must_use]
    pub fn new(symbols: &[Symbol], words: &[OrderWord]) -> Option<Self> {
        let nothing = symbols.is_empty() && words.is_empty();
        let refs = words.iter().filter_map(|word| match word {
            OrderWord::Ref(order_ref) => Some(*order_ref),
            OrderWord::Number(..) => None,
        });
        let (symbols, words, refs) = (symbols.to_vec(), words.to_vec(), refs.collect());
        (!nothing).then(|| Follow { symbols, words, refs, ..Follow::default() })
    }

    /// Which ports the words mean, as soon as a port gets a name.
    pub(super) fn name(&mut self, port: PortId, names: &Names) {
        for word in &self.words {
            if let OrderWord::Number(named, idx, user_ref) = word
                && named.is(port, names)
            {
                self.orders.insert(Owner { port, idx: *idx, user_ref: *user_ref });
            }
        }
    }

    /// A command begins: whether it is about what is followed by its own words.
    pub(super) fn begin(&mut self, command: &Command) -> bool {
        let owners = owners_of(command);
        let symbol = symbol_of(command);
        self.names_symbol = symbol.is_some_and(|symbol| self.symbols.contains(&symbol))
            || (symbol.is_none() && owners.iter().flatten().any(|o| self.traded.contains(o)));
        self.names_order = owners.iter().flatten().any(|owner| self.orders.contains(owner));
        self.wants(self.names_symbol, self.names_order)
    }

    fn wants(&self, symbol: bool, order: bool) -> bool {
        (self.symbols.is_empty() || symbol) && (self.words.is_empty() || order)
    }

    /// Whether an event of the command is about what is followed.
    pub(super) fn event(&mut self, event: &Event, about: &About, symbol: Option<Symbol>) -> bool {
        let is_traded = match symbol {
            Some(symbol) => self.symbols.contains(&symbol),
            None => self.names_symbol,
        };
        let owners = || about.owners.iter().flatten();
        let is_followed = owners().any(|owner| self.orders.contains(owner))
            || about.refs.iter().flatten().any(|order_ref| self.refs.contains(order_ref));
        if let Event::Accepted { owner, .. } | Event::Replaced { owner, .. } = event {
            if is_traded && !self.symbols.is_empty() {
                self.traded.insert(*owner);
            }
            if is_followed {
                self.orders.insert(*owner);
            }
        }
        // A reference is that of the order whose event has it alone: an execution has two.
        if is_followed && let ([Some(owner), None], [Some(_), _]) = (about.owners, about.refs) {
            self.orders.insert(owner);
        }
        self.wants(is_traded, is_followed)
    }
}

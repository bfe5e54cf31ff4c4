//! What a block has named so far: securities in order of their numbers, firms of ports.

use std::collections::BTreeMap;

use matcher::command::Command;
use protocol_spec::wire::ouch::{Mpid, Symbol};
use protocol_spec::words::{Locate, PortId};

/// The names that stand behind the defaults of the text.
#[derive(Clone, Debug, Default)]
pub struct Names {
    symbols: Vec<Symbol>,
    firms: BTreeMap<PortId, Mpid>,
}

impl Names {
    /// Learns from a command that has an effect.
    pub fn learn(&mut self, command: &Command) {
        match command {
            Command::SetInstrument(instrument) if !self.symbols.contains(&instrument.symbol) => {
                self.symbols.push(instrument.symbol);
            }
            Command::SetPort(port) => {
                let first = port.firms.first().copied();
                self.firms.insert(port.number, first.unwrap_or(Mpid::BLANK));
            }
            _ => {}
        }
    }

    /// The number of a security: a new one gets the next.
    ///
    /// # Panics
    /// If a block has more securities than there are numbers.
    #[must_use]
    pub fn locate(&self, symbol: Symbol) -> Locate {
        let known = self.symbols.iter().position(|each| *each == symbol);
        let at = known.unwrap_or(self.symbols.len()) + 1;
        Locate(u16::try_from(at).expect("a block has few securities"))
    }

    /// Whether this security was listed.
    #[must_use]
    pub fn knows(&self, symbol: Symbol) -> bool {
        self.symbols.contains(&symbol)
    }

    /// The security of a number.
    #[must_use]
    pub fn symbol(&self, locate: Locate) -> Option<Symbol> {
        self.symbols.get(usize::from(locate.0).checked_sub(1)?).copied()
    }

    /// The security that is meant where none is named: the first.
    #[must_use]
    pub fn first_symbol(&self) -> Symbol {
        self.symbols.first().copied().unwrap_or(Symbol::new("ABC"))
    }

    /// The firm that is meant where none is named: the port's first.
    #[must_use]
    pub fn firm(&self, port: PortId) -> Mpid {
        self.firms.get(&port).copied().unwrap_or(Mpid::BLANK)
    }
}

//! What is known of a security beside its book.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use protocol_spec::wire::itch::{
    HaltMarket, OperationalHaltAction, RegShoAction, StockDirectory, TradingActionReason,
    TradingState,
};
use protocol_spec::wire::ouch::Symbol;
use protocol_spec::words::{Locate, Price, Timestamp, Volume};

use super::words::{Fault, Trade};

/// A security of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Security {
    /// What was traded.
    pub tape: Tape,
    /// The latest word of the directory, its locate and name among it.
    pub directory: StockDirectory,
    /// Its trading state; none was told yet of one that was only listed.
    pub state: Option<TradingState>,
    /// Why it has this state.
    pub reason: TradingActionReason,
    /// The restriction of short sales, once it was told.
    pub short_sales: Option<RegShoAction>,
    /// The latest halt or resumption of one market alone, if there was one.
    pub halt: Option<(HaltMarket, OperationalHaltAction)>,
    /// How many executions were broken.
    pub broken: u64,
}

/// Executions that count: printable ones, those of orders that were not displayed, and crosses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(align(64))]
pub struct Tape {
    /// Their shares.
    pub volume: Volume,
    /// How many there were.
    pub trades: u64,
    /// The latest.
    pub last: Option<Print>,
    /// Their prices.
    pub range: Option<Range>,
}

const _: () = assert!(size_of::<Tape>() == 64, "a trade touches a line of memory");

/// An execution that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Print {
    /// Its time.
    pub time: Timestamp,
    /// Its shares.
    pub shares: Volume,
    /// Its price.
    pub price: Price,
}

/// Prices of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// The first.
    pub open: Price,
    /// The highest.
    pub high: Price,
    /// The lowest.
    pub low: Price,
}

impl Security {
    /// Its symbol.
    #[must_use]
    pub fn name(&self) -> Symbol {
        self.directory.stock
    }
}

impl Tape {
    /// A trade took place.
    #[inline]
    pub(super) fn trade(&mut self, trade: &Trade, time: Timestamp) {
        let Trade { price, shares, printable, .. } = *trade;
        if !printable || shares == Volume(0) {
            return;
        }
        // What a venue says may be wrong, but a sum is no reason to stop.
        self.volume = Volume(self.volume.0.saturating_add(shares.0));
        self.trades += 1;
        self.last = Some(Print { time, shares, price });
        self.range = Some(match self.range {
            None => Range { open: price, high: price, low: price },
            Some(Range { open, high, low }) => {
                Range { open, high: high.max(price), low: low.min(price) }
            }
        });
    }
}

/// All securities, by locate and by name.
#[derive(Clone, Debug, Default)]
pub(super) struct Securities {
    by_locate: Vec<Option<Security>>,
    by_name: BTreeMap<Symbol, Locate>,
}

impl Securities {
    /// Lists a security, or changes what the directory says of it.
    pub(super) fn list(&mut self, directory: StockDirectory) {
        let at = usize::from(directory.locate.0);
        if self.by_locate.len() <= at {
            self.by_locate.resize(at + 1, None);
        }
        match &mut self.by_locate[at] {
            Some(security) => {
                let before = security.name();
                security.directory = directory;
                if self.by_name.get(&before) == Some(&directory.locate) {
                    self.by_name.remove(&before);
                }
            }
            empty => {
                *empty = Some(Security {
                    tape: Tape::default(),
                    directory,
                    state: None,
                    reason: TradingActionReason::NOT_AVAILABLE,
                    short_sales: None,
                    halt: None,
                    broken: 0,
                });
            }
        }
        self.by_name.insert(directory.stock, directory.locate);
    }

    #[inline]
    pub(super) fn get(&self, locate: Locate) -> Option<&Security> {
        self.by_locate.get(usize::from(locate.0))?.as_ref()
    }

    #[inline]
    pub(super) fn get_mut(&mut self, locate: Locate) -> Result<&mut Security, Fault> {
        let security = self.by_locate.get_mut(usize::from(locate.0)).and_then(Option::as_mut);
        security.ok_or(Fault::UnknownSecurity(locate))
    }

    pub(super) fn find(&self, name: Symbol) -> Option<Locate> {
        self.by_name.get(&name).copied()
    }

    /// By ascending locate.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Security> {
        self.by_locate.iter().flatten()
    }

    pub(super) fn clear(&mut self) {
        self.by_locate.clear();
        self.by_name.clear();
    }
}

//! A trade of the day, found by its number in the journal: who bought, who sold, under which
//! ClOrdIDs. That is what breaking it takes (R78).
//!
//! The journal is executed twice: an execution names two orders, and what a broker called an order
//! stands in the command that made it, before.

use std::fmt;

use matcher::command::{BreakTrade, Command, Party};
use matcher::event::Event;
use matcher::order::Owner;
use matcher::sequence::Sequenced;
use protocol_spec::wire::ouch::{BrokenReason, ClOrdId, Symbol};
use protocol_spec::words::{CommandNo, Locate, MatchNo, Price, Shares, Time};
use recovery::journal::{Batch, RecordFault};
use recovery::replay::{Fold, Machine, replay_batch};

use crate::hint::Hint;
use crate::journal::{History, HistoryError, Place};
use crate::world::Disk;

/// An execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trade {
    /// Its number.
    pub match_no: MatchNo,
    /// The command that caused it.
    pub command: CommandNo,
    /// When.
    pub time: Time,
    /// The security.
    pub symbol: Symbol,
    /// The price.
    pub price: Price,
    /// How much.
    pub shares: Shares,
    /// Whether it is one of a cross.
    pub is_cross: bool,
    /// Who bought.
    pub buyer: Party,
    /// Who sold.
    pub seller: Party,
}

impl Trade {
    /// The command that breaks it.
    #[must_use]
    pub fn broken(&self, reason: BrokenReason) -> BreakTrade {
        let Trade { match_no, symbol, buyer, seller, .. } = *self;
        BreakTrade { match_no, symbol, reason, buyer, seller }
    }
}

/// Why there is no trade to be had.
#[derive(Debug)]
pub enum TradeError {
    /// The journal cannot be read.
    History(HistoryError),
    /// No execution of the day has this number.
    Unknown(MatchNo),
    /// The number is that of the print of a whole cross, whose pairs have numbers of their own.
    Print(MatchNo),
}

impl From<HistoryError> for TradeError {
    fn from(error: HistoryError) -> Self {
        TradeError::History(error)
    }
}

/// Finds the trade `match_no` in the journal at `place`, which may be written meanwhile if the
/// place is for [reading](crate::world::Use::Read).
///
/// # Errors
/// If there is none, or the journal cannot be read.
pub fn find(disk: &impl Disk, place: &Place, match_no: MatchNo) -> Result<Trade, TradeError> {
    let history = History::find(disk, place)?;
    let execution = match run(&history, Executions { match_no, symbols: Vec::new(), found: None })?
    {
        None => return Err(TradeError::Unknown(match_no)),
        Some(Found::Print) => return Err(TradeError::Print(match_no)),
        Some(Found::Execution(execution)) => execution,
    };
    let makers = Makers { owners: execution.owners, until: execution.command, made: [None; 2] };
    let Some([one, other]) = run(&history, makers)? else {
        unreachable!("who trades has entered an order: {execution:?}");
    };
    let (buyer, seller) = if one.buys { (one, other) } else { (other, one) };
    let Execution { command, time, symbol, price, shares, is_cross, .. } = execution;
    let (buyer, seller) = (buyer.party, seller.party);
    Ok(Trade { match_no, command, time, symbol, price, shares, is_cross, buyer, seller })
}

/// A reader of events that may have seen enough.
trait Search: Fold {
    type Found;

    /// What it was to find, as soon as it is known.
    fn found(&self) -> Option<Self::Found>;
}

/// Why no more of the journal is read.
enum Stop<T> {
    Found(T),
    Failed(HistoryError),
}

impl<T> From<HistoryError> for Stop<T> {
    fn from(error: HistoryError) -> Self {
        Stop::Failed(error)
    }
}

/// Executes the journal until the search has come to its end.
fn run<D: Disk, S: Search>(
    history: &History<'_, D>,
    search: S,
) -> Result<Option<S::Found>, HistoryError> {
    let mut machine = Machine::new(search);
    let mut scratch = Vec::new();
    let read = history.visit(|path, _, batch: &Batch<'_>| {
        let ran = replay_batch(&mut machine, batch, &Hint, &mut scratch);
        let failed = |fault: RecordFault| HistoryError::Record(path.to_owned(), fault);
        ran.map_err(|fault| Stop::Failed(failed(fault)))?;
        machine.folds.found().map_or(Ok(()), |found| Err(Stop::Found(found)))
    });
    match read {
        Ok(_) => Ok(None),
        Err(Stop::Found(found)) => Ok(Some(found)),
        Err(Stop::Failed(error)) => Err(error),
    }
}

/// Looks for an execution by its number.
struct Executions {
    match_no: MatchNo,
    /// By locate, from 1.
    symbols: Vec<Symbol>,
    found: Option<Found>,
}

#[derive(Clone, Copy, Debug)]
enum Found {
    Execution(Execution),
    Print,
}

/// An execution without what its parties called it.
#[derive(Clone, Copy, Debug)]
struct Execution {
    command: CommandNo,
    time: Time,
    symbol: Symbol,
    price: Price,
    shares: Shares,
    is_cross: bool,
    owners: [Owner; 2],
}

impl Executions {
    fn symbol(&self, locate: Locate) -> Symbol {
        self.symbols[usize::from(locate.0) - 1]
    }
}

impl Fold for Executions {
    fn begin(&mut self, _: &Sequenced<Command>, _: &str) {}

    #[inline]
    fn on(&mut self, command: &Sequenced<Command>, events: &[Event]) {
        for event in events {
            let (match_no, owners, price, shares, locate, is_cross) = match *event {
                Event::Executed { match_no, taker, maker, price, shares, locate, .. } => {
                    (match_no, [taker, maker], price, shares, locate, false)
                }
                Event::Crossed { match_no, buyer, seller, price, shares, locate, .. } => {
                    (match_no, [buyer, seller], price, shares, locate, true)
                }
                Event::CrossPrint { match_no, .. } => {
                    if match_no == self.match_no {
                        self.found = Some(Found::Print);
                    }
                    continue;
                }
                Event::Directory { new: Some(_), .. } => {
                    if let Command::SetInstrument(instrument) = &command.command {
                        self.symbols.push(instrument.symbol);
                    }
                    continue;
                }
                _ => continue,
            };
            if match_no == self.match_no {
                let (symbol, time, command) = (self.symbol(locate), command.time, command.no);
                let found = Execution { command, time, symbol, price, shares, is_cross, owners };
                self.found = Some(Found::Execution(found));
            }
        }
    }
}

impl Search for Executions {
    type Found = Found;

    fn found(&self) -> Option<Found> {
        self.found
    }
}

/// Looks for the commands that made two orders.
struct Makers {
    owners: [Owner; 2],
    /// The command in which they traded.
    until: CommandNo,
    made: [Option<Made>; 2],
}

/// An order as it was made.
#[derive(Clone, Copy, Debug)]
struct Made {
    party: Party,
    buys: bool,
}

impl Makers {
    #[inline]
    fn made(&mut self, owner: Owner, buys: bool, cl_ord_id: ClOrdId) {
        for (made, wanted) in self.made.iter_mut().zip(self.owners) {
            if wanted == owner {
                *made = Some(Made { party: Party { owner, cl_ord_id }, buys });
            }
        }
    }
}

impl Fold for Makers {
    fn begin(&mut self, _: &Sequenced<Command>, _: &str) {}

    #[inline]
    fn on(&mut self, command: &Sequenced<Command>, events: &[Event]) {
        if command.no > self.until {
            return;
        }
        for event in events {
            match (event, &command.command) {
                (Event::Accepted { owner, .. }, Command::Enter(enter)) => {
                    self.made(*owner, enter.side.is_buy(), enter.cl_ord_id);
                }
                (Event::Replaced { owner, side, .. }, Command::Replace(replace)) => {
                    self.made(*owner, side.is_buy(), replace.cl_ord_id);
                }
                _ => {}
            }
        }
    }
}

impl Search for Makers {
    type Found = [Made; 2];

    fn found(&self) -> Option<[Made; 2]> {
        let [Some(one), Some(other)] = self.made else { return None };
        Some([one, other])
    }
}

impl fmt::Display for TradeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TradeError::History(error) => error.fmt(f),
            TradeError::Unknown(number) => write!(f, "no trade of the day has number {number}"),
            TradeError::Print(number) => write!(
                f,
                "{number} is the print of a whole cross: its trades have numbers of their own"
            ),
        }
    }
}

impl std::error::Error for TradeError {}

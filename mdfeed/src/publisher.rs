//! Events as the messages that the public gets: the ITCH column of the rule book's table, W1 to
//! W24.

mod messages;

use alloc::vec::Vec;

use matcher::command::Command;
use matcher::event::{Event, Shown, TipRef};
use matcher::order::{Display, Side};
use matcher::sequence::Sequenced;
use matcher::settings::{Day, Instrument, Limits};
use matcher::stored::{LoadError, Sink, Source, Stored};
use protocol_spec::wire::itch::{
    AddOrder, AddOrderMpid, Authenticity, BrokenTrade, BuySell, CrossTrade, IssueClassification,
    IssueSubType, OrderCancel, OrderDelete, OrderExecuted, OrderExecutedWithPrice, OrderReplace,
    Printable, RegShoAction, RegShoRestriction, StockDirectory, StockTradingAction, SystemEvent,
    Trade, TradingActionReason, YesNo,
};
use protocol_spec::wire::ouch::{Mpid, Symbol};
use protocol_spec::words::{FeedNo, Locate, OrderRef, Price, Shares, Time, Timestamp};

pub use messages::Messages;

/// Tells the public what a command did.
///
/// Its state is a function of commands and events alone. The memory for all that a day can list is
/// taken when the day opens, or when the state is loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publisher {
    /// From which times of day count; there is none before the day is open.
    midnight: Option<Time>,
    /// Every security's name, by locate from 1.
    symbols: Vec<Symbol>,
    /// The displayed entry of an original whose new order may yet take its place (W12).
    leaving: Option<OrderRef>,
    /// The number of the next message.
    next: FeedNo,
}

impl Publisher {
    /// A publisher for a day that is not open yet.
    #[must_use]
    pub const fn new() -> Self {
        Publisher { midnight: None, symbols: Vec::new(), leaving: None, next: FeedNo(1) }
    }

    /// Looks at a command, once, before any of its events is told.
    ///
    /// # Panics
    /// If events of the command before are missing: a replaced order rests, trades or is gone.
    #[inline]
    pub fn begin(&mut self, command: &Sequenced<Command>) {
        assert!(self.leaving.is_none(), "events are missing before command {}", command.no);
    }

    /// Puts the messages that an event of `command` asks for in the place of what is in `out`.
    /// They have the numbers from [`Publisher::next_number`] on, as it was before.
    ///
    /// # Panics
    /// If the event cannot be one of this command, or the day is not open.
    #[inline]
    pub fn tell(&mut self, command: &Sequenced<Command>, event: &Event, out: &mut Messages) {
        out.clear();
        match *event {
            Event::Accepted { .. }
            | Event::Rejected { .. }
            | Event::MassAck { .. }
            | Event::SwitchAck { .. }
            | Event::QueryAck { .. }
            | Event::PortSystem { .. }
            | Event::Refused(_) => return,
            Event::Rested { displayed: Shares(0), .. } => {}
            Event::Rested { .. } => self.rested(command, event, out),
            Event::Executed { locate, .. } => {
                let header = self.header(command, locate);
                self.leave(header, out);
                self.executed(header, event, out);
            }
            Event::Canceled { tip, locate, .. } => {
                let header = self.header(command, locate);
                self.leave(header, out);
                header.delete(tip, out);
            }
            Event::Prevented { shown, locate, .. } => {
                let header = self.header(command, locate);
                self.leave(header, out);
                header.lessen(shown, out);
            }
            Event::Reduced { shown, locate, .. } | Event::Modified { shown, locate, .. } => {
                self.header(command, locate).lessen(shown, out);
            }
            Event::Replaced { old_tip, same_display: true, .. } => self.leaving = old_tip.get(),
            Event::Replaced { old_tip, locate, .. } => {
                self.header(command, locate).delete(old_tip, out);
            }
            _ => self.rare(command, event, out),
        }
        self.next = self.next.plus(out.count());
    }

    /// The number of the message that is told next.
    #[must_use]
    #[inline]
    pub fn next_number(&self) -> FeedNo {
        self.next
    }

    /// What every message of a command about this security begins with.
    #[inline]
    fn header(&self, command: &Sequenced<Command>, locate: Locate) -> Header {
        let midnight = self.midnight.expect("the public is told nothing before the day is open");
        Header { locate, timestamp: command.time.since(midnight) }
    }

    #[inline]
    fn symbol(&self, locate: Locate) -> Symbol {
        self.symbols[usize::from(locate.0) - 1]
    }

    /// The original of an order that did not take its place is gone (W11).
    #[inline]
    fn leave(&mut self, header: Header, out: &mut Messages) {
        if let Some(original) = self.leaving.take() {
            header.delete(TipRef::of(original), out);
        }
    }

    /// W9, W12.
    #[inline]
    fn rested(&mut self, command: &Sequenced<Command>, event: &Event, out: &mut Messages) {
        let Event::Rested { order_ref, displayed, price, side, display, firm, locate, .. } = *event
        else {
            unreachable!("the caller looked: {event:?}");
        };
        let header = self.header(command, locate);
        if let Some(original_ref) = self.leaving.take() {
            let Header { locate, timestamp } = header;
            out.add(&OrderReplace {
                locate,
                tracking: 0,
                timestamp,
                original_ref,
                new_ref: order_ref,
                shares: displayed,
                price,
            });
            return;
        }
        let stock = self.symbol(locate);
        let entry = Entry { order_ref, side, shares: displayed, stock, price, display, firm };
        header.add(entry, out);
    }

    /// W3, W4.
    #[inline]
    fn executed(&self, header: Header, event: &Event, out: &mut Messages) {
        let Event::Executed { tip, match_no, price, shares, .. } = *event else {
            unreachable!("the caller looked: {event:?}");
        };
        let Header { locate, timestamp } = header;
        if let Some(order_ref) = tip.get() {
            out.add(&OrderExecuted { locate, tracking: 0, timestamp, order_ref, shares, match_no });
        } else {
            out.add(&Trade {
                locate,
                tracking: 0,
                timestamp,
                order_ref: OrderRef(0),
                side: BuySell::BUY,
                shares,
                stock: self.symbol(locate),
                price,
                match_no,
            });
        }
    }

    /// Every other row.
    #[inline(never)]
    fn rare(&mut self, command: &Sequenced<Command>, event: &Event, out: &mut Messages) {
        match *event {
            Event::Refreshed { tip, shares, price, side, display, firm, locate, .. } => {
                let stock = self.symbol(locate);
                let entry = Entry { order_ref: tip, side, shares, stock, price, display, firm };
                self.header(command, locate).add(entry, out);
            }
            Event::Crossed { locate, .. } => crossed(self.header(command, locate), event, out),
            Event::CrossPrint { match_no, volume, price, locate, kind } => {
                let (stock, timestamp) =
                    (self.symbol(locate), self.header(command, locate).timestamp);
                out.add(&CrossTrade {
                    locate,
                    tracking: 0,
                    timestamp,
                    shares: volume,
                    stock,
                    price,
                    match_no,
                    cross_type: kind,
                });
            }
            Event::Broken { locate } => {
                let Command::BreakTrade(trade) = &command.command else {
                    unreachable!("BreakTrade breaks: {command:?}");
                };
                let timestamp = self.header(command, locate).timestamp;
                out.add(&BrokenTrade { locate, tracking: 0, timestamp, match_no: trade.match_no });
            }
            Event::System(event) => {
                if let Command::OpenDay(day) = &command.command {
                    self.open(day);
                }
                let Header { locate, timestamp } = self.header(command, Locate(0));
                out.add(&SystemEvent { locate, tracking: 0, timestamp, event });
            }
            Event::Directory { locate, new } => {
                let Command::SetInstrument(settings) = &command.command else {
                    unreachable!("SetInstrument lists: {command:?}");
                };
                let header = self.header(command, locate);
                header.list(settings, out);
                if let Some(state) = new {
                    self.name(locate, settings.symbol);
                    let (stock, reason) = (settings.symbol, TradingActionReason::NOT_AVAILABLE);
                    out.add(&StockTradingAction { state, reason, ..header.action(stock) });
                    out.add(&header.short_sales(stock));
                }
            }
            Event::StateChanged { locate, state, reason } => {
                let action = self.header(command, locate).action(self.symbol(locate));
                let reason = TradingActionReason(reason);
                out.add(&StockTradingAction { state, reason, ..action });
            }
            _ => unreachable!("{event:?} is told elsewhere or not at all"),
        }
    }

    /// The day is open, and it may list as many securities as its limits say (R79).
    fn open(&mut self, day: &Day) {
        assert!(self.midnight.is_none(), "a day is opened once");
        self.midnight = Some(day.midnight);
        self.symbols.reserve_exact(day.limits.symbols as usize);
    }

    /// A security was listed.
    fn name(&mut self, locate: Locate, symbol: Symbol) {
        self.symbols.push(symbol);
        assert!(usize::from(locate.0) == self.symbols.len(), "locates have no gap");
    }
}

impl Default for Publisher {
    fn default() -> Self {
        Publisher::new()
    }
}

impl Stored for Publisher {
    fn save(&self, out: &mut dyn Sink) {
        let Publisher { midnight, symbols, leaving, next } = self;
        midnight.save(out);
        symbols.save(out);
        leaving.save(out);
        next.0.save(out);
    }

    fn load(from: &mut dyn Source) -> Result<Self, LoadError> {
        let midnight: Option<Time> = Stored::load(from)?;
        let mut symbols: Vec<Symbol> = Stored::load(from)?;
        let leaving = Stored::load(from)?;
        let next = FeedNo(Stored::load(from)?);
        let room = (Limits::MAX_SYMBOLS as usize).checked_sub(symbols.len());
        let room = room.ok_or(LoadError::Impossible("more securities than locates"))?;
        if midnight.is_some() {
            symbols.reserve_exact(room);
        }
        let publisher = Publisher { midnight, symbols, leaving, next };
        let (is_new, is_open) = (publisher == Publisher::new(), midnight.is_some());
        if is_new || is_open && next > FeedNo(1) {
            Ok(publisher)
        } else {
            Err(LoadError::Impossible("a feed without its first message"))
        }
    }
}

/// The start of a message.
#[derive(Clone, Copy)]
struct Header {
    locate: Locate,
    timestamp: Timestamp,
}

/// A displayed entry that is new.
#[derive(Clone, Copy)]
struct Entry {
    order_ref: OrderRef,
    side: Side,
    shares: Shares,
    stock: Symbol,
    price: Price,
    display: Display,
    firm: Mpid,
}

impl Header {
    /// A, or F under the firm's name.
    #[inline(always)]
    fn add(self, entry: Entry, out: &mut Messages) {
        let Header { locate, timestamp } = self;
        let Entry { order_ref, side, shares, stock, price, display, firm } = entry;
        let (tracking, side) = (0, if side.is_buy() { BuySell::BUY } else { BuySell::SELL });
        if display == Display::Attributed {
            out.add(&AddOrderMpid {
                locate,
                tracking,
                timestamp,
                order_ref,
                side,
                shares,
                stock,
                price,
                attribution: firm,
            });
        } else {
            out.add(&AddOrder {
                locate,
                tracking,
                timestamp,
                order_ref,
                side,
                shares,
                stock,
                price,
            });
        }
    }

    /// D, if there is a displayed entry.
    #[inline(always)]
    fn delete(self, tip: TipRef, out: &mut Messages) {
        let Header { locate, timestamp } = self;
        if let Some(order_ref) = tip.get() {
            out.add(&OrderDelete { locate, tracking: 0, timestamp, order_ref });
        }
    }

    /// X or D, if a displayed entry lost shares.
    #[inline(always)]
    fn lessen(self, shown: Shown, out: &mut Messages) {
        let Header { locate, timestamp } = self;
        match shown {
            Shown::Same => {}
            Shown::Less(order_ref, shares) => {
                out.add(&OrderCancel { locate, tracking: 0, timestamp, order_ref, shares });
            }
            Shown::Gone(order_ref) => self.delete(TipRef::of(order_ref), out),
        }
    }

    /// R (R17).
    fn list(self, settings: &Instrument, out: &mut Messages) {
        let Header { locate, timestamp } = self;
        out.add(&StockDirectory {
            locate,
            timestamp,
            stock: settings.symbol,
            round_lot_size: settings.lot,
            round_lots_only: if settings.round_lots_only { YesNo::YES } else { YesNo::NO },
            classification: IssueClassification::COMMON,
            sub_type: IssueSubType::NOT_APPLICABLE,
            authenticity: if settings.test { Authenticity::TEST } else { Authenticity::LIVE },
            inverse: YesNo::NO,
            ..StockDirectory::BLANK
        });
    }

    /// H, the state still to be said.
    fn action(self, stock: Symbol) -> StockTradingAction {
        let Header { locate, timestamp } = self;
        StockTradingAction { locate, timestamp, stock, ..StockTradingAction::BLANK }
    }

    /// Y: short sales are not restricted.
    fn short_sales(self, stock: Symbol) -> RegShoRestriction {
        let Header { locate, timestamp } = self;
        RegShoRestriction { locate, tracking: 0, timestamp, stock, action: RegShoAction::NONE }
    }
}

/// W16.
fn crossed(header: Header, event: &Event, out: &mut Messages) {
    let Event::Crossed { buy_tip, sell_tip, match_no, price, shares, .. } = *event else {
        unreachable!("the caller looked: {event:?}");
    };
    let Header { locate, timestamp } = header;
    for order_ref in [buy_tip, sell_tip].into_iter().filter_map(TipRef::get) {
        out.add(&OrderExecutedWithPrice {
            locate,
            tracking: 0,
            timestamp,
            order_ref,
            shares,
            match_no,
            printable: Printable::NO,
            price,
        });
    }
}

#[cfg(test)]
mod tests;

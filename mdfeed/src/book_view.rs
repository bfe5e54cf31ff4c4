//! Books, trades and states of a venue, as the messages of its feed tell them.
//!
//! ```text
//! message ─ apply ─> Change     what it did, for whoever has to tell it on
//!                 └> Fault      it cannot be; nothing changed
//!
//! BookView ─ book ──────> best, levels, orders: what is displayed now
//!          ├ order ─────> one order by its reference
//!          ├ security ──> its listing, its state, what was traded
//!          └ digest ────> one number for all displayed orders
//! ```
//!
//! The feed may be any venue's: references need be neither dense nor rising, and messages may be
//! about orders that were never told of. Those are faults, and the view goes on.
//!
//! A message is taken by its type and its length. Codes in it that have no meaning here are kept
//! as they came, since venues add to them without notice; only a side that is none is a fault.

mod ahead;
mod book;
mod books;
mod digest;
mod hash;
mod ladder;
mod levels;
mod numbers;
mod orders;
mod refs;
mod security;
mod words;

use protocol_spec::wire::DecodeError;
use protocol_spec::wire::itch::{
    BreachedLevel, BuySell, Message, Printable, SystemEventCode, view,
};
use protocol_spec::wire::ouch::{Mpid, Symbol};
use protocol_spec::words::{Locate, OrderRef, Price, Shares, Timestamp, Volume};

pub use book::Book;
pub use digest::Digest;
pub use security::{Print, Range, Security, Tape};
pub use words::{Change, Fault, Level, Order, Side, Spot, Trade};

use books::{Books, New};
use numbers::LadderId;
use security::Securities;

/// What a receiver of a feed knows of the venue.
///
/// Its memory grows with the orders that are displayed at once, and is kept.
#[derive(Clone, Debug)]
pub struct BookView {
    books: Books,
    securities: Securities,
    stage: Option<SystemEventCode>,
    breached: Option<BreachedLevel>,
}

impl BookView {
    /// A view to which nothing was told.
    #[must_use]
    pub fn new() -> Self {
        BookView::with_room(0)
    }

    /// The same, with memory for so many orders at once. It grows beyond them, but then it stops
    /// now and then to do so.
    #[must_use]
    pub fn with_room(orders: usize) -> Self {
        BookView {
            books: Books::with_room(orders),
            securities: Securities::default(),
            stage: None,
            breached: None,
        }
    }

    /// Takes the next message.
    ///
    /// # Errors
    /// If it is none, or says what cannot be after what was told before. It has changed nothing.
    #[inline]
    pub fn apply(&mut self, message: &[u8]) -> Result<Change, Fault> {
        let (read, rest) = Message::split(message).map_err(Fault::Malformed)?;
        if !rest.is_empty() {
            return Err(Fault::Malformed(DecodeError::Trailing { extra: rest.len() }));
        }
        match read {
            Message::AddOrder(add) => {
                let order = (add.order_ref(), add.shares(), add.price());
                self.add(add.locate(), add.side(), order, None, add.timestamp())
            }
            Message::AddOrderMpid(add) => {
                let order = (add.order_ref(), add.shares(), add.price());
                let mpid = Some(add.attribution());
                self.add(add.locate(), add.side(), order, mpid, add.timestamp())
            }
            Message::OrderExecuted(executed) => self.executed(executed),
            Message::OrderExecutedWithPrice(executed) => self.executed_at(executed),
            Message::OrderCancel(cancel) => {
                let found = self.books.find(cancel.locate(), cancel.order_ref())?;
                self.books.lessen(found, cancel.shares()).map(Change::Book)
            }
            Message::OrderDelete(delete) => {
                let found = self.books.find(delete.locate(), delete.order_ref())?;
                Ok(Change::Book(self.books.remove(found)))
            }
            Message::OrderReplace(replace) => {
                let found = self.books.find(replace.locate(), replace.original_ref())?;
                let new = (replace.new_ref(), replace.shares(), replace.price());
                let (from, to) = self.books.replace(found, new, replace.timestamp())?;
                Ok(Change::Replaced { from, to })
            }
            Message::Trade(trade) => self.traded(trade),
            other => self.seldom(other),
        }
    }

    #[inline]
    fn add(
        &mut self,
        locate: Locate,
        side: BuySell,
        (order_ref, shares, price): (OrderRef, Shares, Price),
        mpid: Option<Mpid>,
        since: Timestamp,
    ) -> Result<Change, Fault> {
        let side = Side::of(side).ok_or(Fault::NoSide)?;
        let ladder = LadderId::new(locate, side);
        let new = New { order_ref, ladder, price, shares, mpid, since };
        self.books.add(new).map(Change::Book)
    }

    #[inline]
    fn executed(&mut self, executed: view::OrderExecuted<'_>) -> Result<Change, Fault> {
        let found = self.books.find(executed.locate(), executed.order_ref())?;
        let spot = self.books.lessen(found, executed.shares())?;
        let trade = Trade {
            price: spot.price,
            shares: Volume(executed.shares().0.into()),
            match_no: executed.match_no(),
            printable: true,
        };
        self.tape(spot.locate, &trade, executed.timestamp());
        Ok(Change::Executed(spot, trade))
    }

    fn executed_at(&mut self, executed: view::OrderExecutedWithPrice<'_>) -> Result<Change, Fault> {
        let found = self.books.find(executed.locate(), executed.order_ref())?;
        let spot = self.books.lessen(found, executed.shares())?;
        let trade = Trade {
            price: executed.price(),
            shares: Volume(executed.shares().0.into()),
            match_no: executed.match_no(),
            printable: executed.printable() != Printable::NO,
        };
        self.tape(spot.locate, &trade, executed.timestamp());
        Ok(Change::Executed(spot, trade))
    }

    /// An order was executed: its security is listed.
    #[inline]
    fn tape(&mut self, locate: Locate, trade: &Trade, time: Timestamp) {
        let security = self.securities.get_mut(locate).expect("who has orders was listed");
        security.tape.trade(trade, time);
    }

    fn traded(&mut self, told: view::Trade<'_>) -> Result<Change, Fault> {
        let security = self.securities.get_mut(told.locate())?;
        if told.shares() == Shares(0) {
            return Err(Fault::NoShares);
        }
        let trade = Trade {
            price: told.price(),
            shares: Volume(told.shares().0.into()),
            match_no: told.match_no(),
            printable: true,
        };
        security.tape.trade(&trade, told.timestamp());
        Ok(Change::Traded(told.locate(), trade))
    }

    /// Every message that is no order's.
    #[inline(never)]
    fn seldom(&mut self, message: Message<'_>) -> Result<Change, Fault> {
        match message {
            Message::SystemEvent(told) => {
                self.stage = Some(told.event());
                Ok(Change::Stage(told.event()))
            }
            Message::StockDirectory(told) => self.list(told),
            Message::StockTradingAction(told) => {
                let security = self.securities.get_mut(told.locate())?;
                (security.state, security.reason) = (Some(told.state()), told.reason());
                Ok(Change::Security(told.locate()))
            }
            Message::RegShoRestriction(told) => {
                self.securities.get_mut(told.locate())?.short_sales = Some(told.action());
                Ok(Change::Security(told.locate()))
            }
            Message::OperationalHalt(told) => {
                let security = self.securities.get_mut(told.locate())?;
                security.halt = Some((told.market(), told.action()));
                Ok(Change::Security(told.locate()))
            }
            Message::CrossTrade(told) => self.crossed(told),
            Message::BrokenTrade(told) => {
                self.securities.get_mut(told.locate())?.broken += 1;
                Ok(Change::Broken(told.locate(), told.match_no()))
            }
            Message::MwcbStatus(told) => {
                self.breached = Some(told.breached());
                Ok(Change::Notice(told.locate()))
            }
            Message::MwcbDeclineLevel(told) => Ok(Change::Notice(told.locate())),
            Message::MarketParticipantPosition(told) => Ok(Change::Notice(told.locate())),
            Message::IpoQuotingPeriodUpdate(told) => Ok(Change::Notice(told.locate())),
            Message::LuldAuctionCollar(told) => Ok(Change::Notice(told.locate())),
            Message::NetOrderImbalance(told) => Ok(Change::Notice(told.locate())),
            Message::RetailInterest(told) => Ok(Change::Notice(told.locate())),
            Message::DirectListing(told) => Ok(Change::Notice(told.locate())),
            _ => unreachable!("the caller takes messages of orders"),
        }
    }

    fn list(&mut self, told: view::StockDirectory<'_>) -> Result<Change, Fault> {
        let locate = told.locate();
        if locate == Locate(0) {
            return Err(Fault::UnknownSecurity(locate));
        }
        self.securities.list(told.values());
        self.books.list(locate);
        Ok(Change::Security(locate))
    }

    fn crossed(&mut self, told: view::CrossTrade<'_>) -> Result<Change, Fault> {
        let (price, shares, match_no) = (told.price(), told.shares(), told.match_no());
        let trade = Trade { price, shares, match_no, printable: true };
        self.securities.get_mut(told.locate())?.tape.trade(&trade, told.timestamp());
        Ok(Change::Traded(told.locate(), trade))
    }

    /// The stage of the day that was reached last.
    #[must_use]
    pub fn stage(&self) -> Option<SystemEventCode> {
        self.stage
    }

    /// The market wide circuit breaker that was reached last.
    #[must_use]
    pub fn breached(&self) -> Option<BreachedLevel> {
        self.breached
    }

    /// The securities that were listed, by ascending locate.
    pub fn securities(&self) -> impl Iterator<Item = &Security> {
        self.securities.iter()
    }

    /// The locate of a security with this symbol.
    #[must_use]
    pub fn find(&self, symbol: Symbol) -> Option<Locate> {
        self.securities.find(symbol)
    }

    /// A security, if it was listed.
    #[must_use]
    #[inline]
    pub fn security(&self, locate: Locate) -> Option<&Security> {
        self.securities.get(locate)
    }

    /// The book of a security; it is empty if there is none.
    #[must_use]
    #[inline]
    pub fn book(&self, locate: Locate) -> Book<'_> {
        Book::new(&self.books, locate)
    }

    /// The displayed order with this reference.
    #[must_use]
    pub fn order(&self, of: OrderRef) -> Option<Order> {
        self.books.order(of)
    }

    /// How many orders are displayed.
    #[must_use]
    pub fn live_orders(&self) -> usize {
        self.books.refs.count()
    }

    /// The [`Digest`] of all displayed orders.
    #[must_use]
    pub fn digest(&self) -> u64 {
        let mut digest = Digest::new();
        for security in self.securities() {
            let book = self.book(security.directory.locate);
            for order in Side::BOTH.into_iter().flat_map(|side| book.orders(side)) {
                digest.add(&order);
            }
        }
        digest.value()
    }

    /// Forgets everything but keeps most of the memory: another session begins.
    pub fn clear(&mut self) {
        self.books.clear();
        self.securities.clear();
        (self.stage, self.breached) = (None, None);
    }
}

impl Default for BookView {
    fn default() -> Self {
        BookView::new()
    }
}

#[cfg(test)]
mod tests;

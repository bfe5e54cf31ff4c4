//! What a receiver of a feed would trip over.

use std::collections::HashSet;
use std::fmt;

use mdfeed::book_view::{self, BookView, Change, Side, Spot, Trade};
use protocol_spec::wire::itch::view::SystemEvent;
use protocol_spec::wire::itch::{Message, TradingState};
use protocol_spec::wire::ouch::Symbol;
use protocol_spec::words::{Locate, MatchNo, OrderRef, Price, Timestamp};

use super::numbers::Numbers;

/// Follows a day from its first message, with all its books, and finds what cannot be.
#[derive(Debug, Default)]
pub struct Checker {
    view: BookView,
    /// Every order that was ever displayed.
    refs: Numbers,
    /// Every execution and print.
    matches: Numbers,
    /// An execution of which the other side may follow.
    half: Option<Half>,
    /// Securities that were found to be locked or crossed.
    crossed: HashSet<Locate>,
    time: Timestamp,
    /// Messages so far.
    messages: u64,
}

/// One side of a pair that was executed in a cross: both are told under one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Half {
    locate: Locate,
    side: Side,
    trade: Trade,
}

/// What is wrong with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It cannot be taken into the books.
    Book(book_view::Fault),
    /// It was told at a time of day before that of the message before it.
    Earlier {
        /// The time of the one before it.
        last: Timestamp,
        /// Its own.
        time: Timestamp,
    },
    /// An order of this reference was displayed before.
    RefAgain(OrderRef),
    /// An execution had this number before.
    MatchAgain(MatchNo),
    /// No execution that could be broken had this number.
    NoMatch(MatchNo),
    /// The best prices of a security that trades meet or cross.
    Crossed {
        /// The security.
        symbol: Symbol,
        /// The best price of the buys.
        bid: Price,
        /// The best price of the sells.
        offer: Price,
    },
}

impl Checker {
    /// Takes the next message, and tells what is wrong with it. A message that cannot be taken into
    /// the books leaves them as they were.
    ///
    /// # Panics
    /// Never: the view reads messages in the same way.
    pub fn check(&mut self, message: &[u8], mut tell: impl FnMut(Fault)) {
        self.messages += 1;
        let change = match self.view.apply(message) {
            Ok(change) => change,
            Err(fault) => return tell(Fault::Book(fault)),
        };
        let read = Message::split(message).expect("the view has read it").0;
        let (last, time) = (self.time, time_of(&read));
        if time < last {
            tell(Fault::Earlier { last, time });
        }
        self.time = time;
        if let Some(order_ref) = new_ref(&read)
            && !self.refs.insert(order_ref.0)
        {
            tell(Fault::RefAgain(order_ref));
        }
        if let Some(fault) = self.check_match(&change) {
            tell(fault);
        }
        if let Some(fault) = self.check_book(&change) {
            tell(fault);
        }
    }

    /// How many messages were taken.
    #[must_use]
    pub const fn messages(&self) -> u64 {
        self.messages
    }

    /// What the messages come to.
    #[must_use]
    pub const fn view(&self) -> &BookView {
        &self.view
    }

    /// The time of the last message.
    #[must_use]
    pub const fn time(&self) -> Timestamp {
        self.time
    }

    /// Whether the number of an execution is its own.
    fn check_match(&mut self, change: &Change) -> Option<Fault> {
        let (spot, trade) = match *change {
            Change::Executed(spot, trade) => (Some(spot), trade),
            Change::Traded(_, trade) => (None, trade),
            Change::Broken(_, number) => {
                let is_known = self.matches.contains(number.0);
                return (!is_known).then_some(Fault::NoMatch(number));
            }
            _ => return None,
        };
        let half = match spot {
            Some(Spot { locate, side, .. }) if !trade.printable => {
                Some(Half { locate, side, trade })
            }
            _ => None,
        };
        let is_other = matches!(
            (self.half.take(), half),
            (Some(one), Some(other)) if one.side != other.side
                && one == Half { side: one.side, ..other }
        );
        if is_other {
            return None;
        }
        self.half = half;
        let is_new = self.matches.insert(trade.match_no.0);
        (!is_new).then_some(Fault::MatchAgain(trade.match_no))
    }

    /// Whether the best prices of a security are apart, if it trades. It is told once that they are
    /// not, until they have been.
    fn check_book(&mut self, change: &Change) -> Option<Fault> {
        let locate = match *change {
            Change::Book(spot) | Change::Executed(spot, _) => spot.locate,
            Change::Replaced { to, .. } => to.locate,
            Change::Security(locate) => locate,
            _ => return None,
        };
        let fault = self.crossing(locate);
        let was_crossed = match fault {
            Some(_) => !self.crossed.insert(locate),
            None if self.crossed.is_empty() => false,
            None => self.crossed.remove(&locate),
        };
        fault.filter(|_| !was_crossed)
    }

    fn crossing(&self, locate: Locate) -> Option<Fault> {
        let security = self.view.security(locate)?;
        if security.state != Some(TradingState::TRADING) {
            return None;
        }
        let book = self.view.book(locate);
        let (bid, offer) = (book.best(Side::Buy)?.price, book.best(Side::Sell)?.price);
        (bid >= offer).then_some(Fault::Crossed { symbol: security.name(), bid, offer })
    }
}

/// When a message was told, by the fields that all of them begin with.
fn time_of(message: &Message<'_>) -> Timestamp {
    let head = message.bytes().first_chunk();
    SystemEvent(head.expect("no message is shorter than a system event")).timestamp()
}

/// The reference of an order that a message displays for the first time.
fn new_ref(message: &Message<'_>) -> Option<OrderRef> {
    match message {
        Message::AddOrder(add) => Some(add.order_ref()),
        Message::AddOrderMpid(add) => Some(add.order_ref()),
        Message::OrderReplace(replace) => Some(replace.new_ref()),
        _ => None,
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Book(fault) => fault.fmt(f),
            Fault::Earlier { last, time } => write!(f, "its time {time} is before {last}"),
            Fault::RefAgain(of) => write!(f, "order {of} was displayed before"),
            Fault::MatchAgain(number) => write!(f, "match number {number} was used before"),
            Fault::NoMatch(number) => write!(f, "it breaks match {number}, which never was"),
            Fault::Crossed { symbol, bid, offer } if bid == offer => {
                write!(f, "{symbol} trades and is locked at {bid}")
            }
            Fault::Crossed { symbol, bid, offer } => {
                write!(f, "{symbol} trades and is crossed: buys at {bid}, sells at {offer}")
            }
        }
    }
}

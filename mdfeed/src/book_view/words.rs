//! What a view says: of books, of messages taken, of messages that cannot be.

use core::fmt;

use protocol_spec::wire::DecodeError;
use protocol_spec::wire::itch::{BuySell, SystemEventCode};
use protocol_spec::wire::ouch::Mpid;
use protocol_spec::words::{Locate, MatchNo, OrderRef, Price, Shares, Timestamp, Volume};

/// Side of a book.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// Bids, the highest of which is the best.
    Buy,
    /// Offers, the lowest of which is the best.
    Sell,
}

impl Side {
    /// Both, buys first.
    pub const BOTH: [Side; 2] = [Side::Buy, Side::Sell];

    /// The side that a message says, if it says one.
    #[must_use]
    #[inline]
    pub fn of(code: BuySell) -> Option<Self> {
        match code {
            BuySell::BUY => Some(Side::Buy),
            BuySell::SELL => Some(Side::Sell),
            _ => None,
        }
    }
}

/// A price of one side of a book.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spot {
    /// The security.
    pub locate: Locate,
    /// The side.
    pub side: Side,
    /// The price.
    pub price: Price,
}

/// What stands at a price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level {
    /// The price.
    pub price: Price,
    /// Shares of all orders.
    pub shares: Volume,
    /// How many orders, at least one.
    pub orders: u32,
}

/// A displayed order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    /// Its reference.
    pub order_ref: OrderRef,
    /// Where it stands.
    pub spot: Spot,
    /// Its displayed shares.
    pub shares: Shares,
    /// Whose it is, where that is displayed.
    pub mpid: Option<Mpid>,
    /// When it came to its place: the time of its latest A, F or U.
    pub since: Timestamp,
}

/// An execution, or the print of a cross.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trade {
    /// The price.
    pub price: Price,
    /// The shares, 0 for a cross that could not take place.
    pub shares: Volume,
    /// Its number.
    pub match_no: MatchNo,
    /// Whether it counts in volume. What does not is part of a later print.
    pub printable: bool,
}

/// What a message did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// The day reached a stage.
    Stage(SystemEventCode),
    /// A security was listed, or its state changed.
    Security(Locate),
    /// Something was announced of which nothing is kept; the locate is 0 if of no security.
    Notice(Locate),
    /// An order came, lost shares or went.
    Book(Spot),
    /// An order went, and another came in its place.
    Replaced {
        /// Where the order was.
        from: Spot,
        /// Where the new one is.
        to: Spot,
    },
    /// An order was executed.
    Executed(Spot, Trade),
    /// Something traded that was not displayed, or a cross was printed.
    Traded(Locate, Trade),
    /// An execution of earlier was broken. Neither books nor volumes change.
    Broken(Locate, MatchNo),
}

/// Why a message was not taken. It has changed nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The bytes are no message.
    Malformed(DecodeError),
    /// An order that neither buys nor sells.
    NoSide,
    /// No security with this locate was listed.
    UnknownSecurity(Locate),
    /// No order with this reference is displayed.
    UnknownOrder(OrderRef),
    /// An order with this reference is displayed already.
    DuplicateOrder(OrderRef),
    /// The order is another security's than the message says.
    OtherSecurity(OrderRef),
    /// The order has fewer shares than it should lose.
    TooManyShares(OrderRef),
    /// An order or an execution of no shares.
    NoShares,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Malformed(error) => error.fmt(f),
            Fault::NoSide => f.write_str("an order that neither buys nor sells"),
            Fault::UnknownSecurity(locate) => write!(f, "no security was listed as {locate}"),
            Fault::UnknownOrder(of) => write!(f, "no order {of} is displayed"),
            Fault::DuplicateOrder(of) => write!(f, "order {of} is displayed already"),
            Fault::OtherSecurity(of) => write!(f, "order {of} is another security's"),
            Fault::TooManyShares(of) => write!(f, "order {of} has fewer shares"),
            Fault::NoShares => f.write_str("an order or an execution of no shares"),
        }
    }
}

impl core::error::Error for Fault {}

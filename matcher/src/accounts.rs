//! The hook through which money and positions are watched (R43).
//!
//! The engine calls it on every path on which an order takes, frees or uses up its owner's means.
//! [`Unwatched`] lets everything pass.

use alloc::vec::Vec;
use core::fmt::Debug;

use protocol_spec::wire::ouch::{Mpid, RejectReason};
use protocol_spec::words::{Locate, MatchNo, PortId, Price, Shares};

use crate::command::BreakTrade;
use crate::settings::Carried;
use crate::stored::{LoadError, Sink, Source, Stored};

/// An account: a function of port and firm.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Account(pub u32);

/// Shares at the price at which they are reserved (R43).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reserve {
    /// Whose means.
    pub account: Account,
    /// In which security.
    pub locate: Locate,
    /// Whether they are to buy.
    pub buys: bool,
    /// The accepted price; of a market order that of K28.
    pub price: Price,
    /// How many.
    pub shares: Shares,
}

/// What watches accounts. What it knows is part of the state.
pub trait Accounts: Clone + Debug + Stored {
    /// The day is opened, and this is what accounts bring along. Nothing was asked before.
    fn carry(&mut self, carried: &[Carried]);

    /// What accounts have now, for the opening of the next day.
    fn carried(&self) -> Vec<Carried>;

    /// A port and a firm came together for the first time: this is their account from now on.
    fn open(&mut self, account: Account, port: PortId, firm: Mpid);

    /// A new order asks to reserve, before any event.
    ///
    /// # Errors
    /// The reason of the reject (K31).
    fn admit(&mut self, new: Reserve) -> Result<(), RejectReason>;

    /// A replace asks to release the old reserve and to take the new one, as one step.
    ///
    /// # Errors
    /// The reason of the reject (K31).
    fn exchange(&mut self, old: Reserve, new: Reserve) -> Result<(), RejectReason>;

    /// Shares left an order without being executed.
    fn release(&mut self, reserve: Reserve);

    /// Shares were executed at `price`: what was reserved beyond it is free again. The number of
    /// the execution is what a broken trade will be named by.
    fn consume(&mut self, reserve: Reserve, price: Price, match_no: MatchNo);

    /// A trade is broken, one call a side: the reverse of [`Accounts::consume`] with its number.
    fn reverse(&mut self, trade: &BreakTrade, buys: bool);
}

/// No limits.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unwatched;

impl Accounts for Unwatched {
    fn carry(&mut self, _: &[Carried]) {}

    fn carried(&self) -> Vec<Carried> {
        Vec::new()
    }

    fn open(&mut self, _: Account, _: PortId, _: Mpid) {}

    #[inline]
    fn admit(&mut self, _: Reserve) -> Result<(), RejectReason> {
        Ok(())
    }

    #[inline]
    fn exchange(&mut self, _: Reserve, _: Reserve) -> Result<(), RejectReason> {
        Ok(())
    }

    #[inline]
    fn release(&mut self, _: Reserve) {}

    #[inline]
    fn consume(&mut self, _: Reserve, _: Price, _: MatchNo) {}

    #[inline]
    fn reverse(&mut self, _: &BreakTrade, _: bool) {}
}

impl Stored for Account {
    fn save(&self, out: &mut dyn Sink) {
        self.0.save(out);
    }

    fn load(from: &mut dyn Source) -> Result<Self, LoadError> {
        u32::load(from).map(Account)
    }
}

impl Stored for Unwatched {
    fn save(&self, _: &mut dyn Sink) {}

    fn load(_: &mut dyn Source) -> Result<Self, LoadError> {
        Ok(Unwatched)
    }
}

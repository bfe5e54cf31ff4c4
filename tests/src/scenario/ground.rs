//! What goes without saying in the events of a command.

use matcher::command::Command;
use matcher::event::Event;
use matcher::order::{Display, Owner, Side, Tif};
use protocol_spec::wire::ouch::{Capacity, Mpid, Symbol};
use protocol_spec::words::{Locate, OrderPrice, OrderRef, Price, Shares, UserRefNum};

use super::names::Names;

/// The order that a command brought, as its first event told it.
#[derive(Clone, Copy, Debug)]
struct Own {
    order_ref: OrderRef,
    price: OrderPrice,
    side: Option<Side>,
}

/// The command, the names of its block, and what its events have told so far.
#[derive(Clone, Debug)]
pub struct Ground<'a> {
    names: &'a Names,
    command: &'a Command,
    own: Option<Own>,
}

impl<'a> Ground<'a> {
    /// Before the first event of `command`.
    #[must_use]
    pub fn new(names: &'a Names, command: &'a Command) -> Self {
        Ground { names, command, own: None }
    }

    /// The names of the block.
    #[must_use]
    pub fn names(&self) -> &'a Names {
        self.names
    }

    /// An event was told: what follows may rest on it.
    pub fn tell(&mut self, event: &Event) {
        match *event {
            Event::Accepted { order_ref, price, .. } => {
                let side =
                    if let Command::Enter(enter) = self.command { Some(enter.side) } else { None };
                self.own = Some(Own { order_ref, price, side });
            }
            Event::Replaced { order_ref, price, side, .. } => {
                self.own = Some(Own { order_ref, price, side: Some(side) });
            }
            _ => {}
        }
    }

    /// Who asked.
    #[must_use]
    pub fn owner(&self) -> Owner {
        match self.command {
            Command::Enter(enter) => enter.owner,
            Command::Replace(replace) => replace.owner,
            Command::Cancel(cancel) => cancel.owner,
            Command::Modify(modify) => modify.owner,
            Command::MassCancel(mass) => mass.owner,
            Command::Disable(switch) | Command::Enable(switch) => switch.owner,
            Command::Refused(refused) => refused.owner,
            Command::AccountQuery { port, idx } => {
                Owner { port: *port, idx: *idx, user_ref: UserRefNum(0) }
            }
            _ => Owner::default(),
        }
    }

    /// The number of the order that is replaced.
    #[must_use]
    pub fn orig(&self) -> UserRefNum {
        if let Command::Replace(replace) = self.command { replace.orig } else { UserRefNum(0) }
    }

    /// The security that is meant where none is named: the command's, else the block's first.
    #[must_use]
    pub fn symbol(&self) -> Symbol {
        let named = match self.command {
            Command::SetInstrument(instrument) => return instrument.symbol,
            Command::Enter(enter) => Some(enter.symbol),
            Command::SetState(state) => state.symbol,
            Command::BreakTrade(trade) => Some(trade.symbol),
            Command::MassCancel(mass) => Some(mass.symbol),
            Command::OperatorCancel(filter) => filter.symbol,
            _ => None,
        };
        let known = named.filter(|symbol| self.names.knows(*symbol));
        known.unwrap_or(self.names.first_symbol())
    }

    /// Its number.
    #[must_use]
    pub fn locate(&self) -> Locate {
        self.names.locate(self.symbol())
    }

    /// The price of the command.
    #[must_use]
    pub fn price(&self) -> OrderPrice {
        match self.command {
            Command::Enter(enter) => enter.price,
            Command::Replace(replace) => replace.price,
            _ => OrderPrice(0),
        }
    }

    /// How long the command's order lives: no longer than the command at a market price.
    #[must_use]
    pub fn tif(&self) -> Tif {
        match self.command {
            _ if self.price().is_market() => Tif::Ioc,
            Command::Enter(enter) => enter.tif,
            Command::Replace(replace) => replace.tif,
            _ => Tif::Day,
        }
    }

    /// The display of the command's order.
    #[must_use]
    pub fn display(&self) -> Display {
        match self.command {
            Command::Enter(enter) => enter.display,
            Command::Replace(replace) => replace.display,
            _ => Display::Visible,
        }
    }

    /// The capacity of the command's order.
    #[must_use]
    pub fn capacity(&self) -> Capacity {
        Capacity::AGENCY
    }

    /// The firm of the command's order.
    #[must_use]
    pub fn firm(&self) -> Mpid {
        match self.command {
            Command::Enter(enter) if enter.options.firm != Mpid::BLANK => enter.options.firm,
            _ => self.names.firm(self.owner().port),
        }
    }

    /// The reference of the command's order; 0 before it was told.
    #[must_use]
    pub fn own_ref(&self) -> OrderRef {
        self.own.map_or(OrderRef(0), |own| own.order_ref)
    }

    /// The price at which the command's order would rest.
    #[must_use]
    pub fn own_price(&self) -> Price {
        let raw = self.own.map_or(0, |own| own.price.0);
        Price(u32::try_from(raw).unwrap_or(u32::MAX))
    }

    /// The side of the command's order.
    #[must_use]
    pub fn own_side(&self) -> Side {
        self.own.and_then(|own| own.side).unwrap_or(Side::Buy)
    }

    /// Displayed and hidden shares of the command's order if all of it rests.
    #[must_use]
    pub fn whole(&self) -> (Shares, Shares) {
        let Command::Enter(enter) = self.command else { return (Shares(0), Shares(0)) };
        let total = enter.quantity.0;
        let shown = match (enter.display, enter.options.max_floor.0) {
            (Display::Hidden, _) => 0,
            (_, 0) => total,
            (_, floor) => floor.min(total),
        };
        (Shares(shown), Shares(total - shown))
    }
}

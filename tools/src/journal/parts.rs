//! Which orders and which security a command or an event is about.

use matcher::command::{Command, Request};
use matcher::event::Event;
use matcher::order::Owner;
use protocol_spec::wire::ouch::Symbol;
use protocol_spec::words::{Locate, OrderRef, PortId, UserRefNum};

/// The orders that a command names itself.
#[must_use]
pub(super) fn owners_of(command: &Command) -> [Option<Owner>; 2] {
    let with =
        |owner: Owner, orig: UserRefNum| [Some(owner), Some(Owner { user_ref: orig, ..owner })];
    match command {
        Command::Enter(enter) => [Some(enter.owner), None],
        Command::Replace(replace) => with(replace.owner, replace.orig),
        Command::Cancel(cancel) => [Some(cancel.owner), None],
        Command::Modify(modify) => [Some(modify.owner), None],
        Command::MassCancel(mass) => [Some(mass.owner), None],
        Command::Disable(switch) | Command::Enable(switch) => [Some(switch.owner), None],
        Command::Refused(refused) => match refused.request {
            Request::Replace { orig } => with(refused.owner, orig),
            _ => [Some(refused.owner), None],
        },
        Command::BreakTrade(trade) => [Some(trade.buyer.owner), Some(trade.seller.owner)],
        _ => [None, None],
    }
}

/// The security that a command names itself.
#[must_use]
pub(super) fn symbol_of(command: &Command) -> Option<Symbol> {
    let symbol = match command {
        Command::SetInstrument(instrument) => Some(instrument.symbol),
        Command::SetState(state) => state.symbol,
        Command::Enter(enter) => Some(enter.symbol),
        Command::MassCancel(mass) => Some(mass.symbol),
        Command::OperatorCancel(cancel) => cancel.symbol,
        Command::BreakTrade(trade) => Some(trade.symbol),
        _ => None,
    };
    symbol.filter(|symbol| !symbol.is_blank())
}

/// The ports that a command that no broker sent is about.
#[must_use]
pub(super) fn ports_of(command: &Command) -> [Option<PortId>; 2] {
    use matcher::command::Switchable as S;
    match command {
        Command::SetPort(port) => [Some(port.number), None],
        Command::PortUp { port, .. } | Command::PortDown { port, .. } => [Some(*port), None],
        Command::OperatorCancel(cancel) => [cancel.port, None],
        Command::OperatorSwitch { whom: S::Port(port) | S::FirmOnPort(port, _), .. } => {
            [Some(*port), None]
        }
        Command::BreakTrade(trade) => [Some(trade.buyer.owner.port), Some(trade.seller.owner.port)],
        _ => [None, None],
    }
}

/// What an event is about.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct About {
    pub(super) owners: [Option<Owner>; 2],
    pub(super) refs: [Option<OrderRef>; 2],
    pub(super) locate: Option<Locate>,
}

impl About {
    fn one(owner: Owner, order_ref: OrderRef, locate: Locate) -> Self {
        let (owners, refs) = ([Some(owner), None], [Some(order_ref), None]);
        About { owners, refs, locate: Some(locate) }
    }

    fn two(one: Owner, other: Owner, locate: Locate) -> Self {
        let owners = [Some(one), Some(other)];
        About { owners, locate: Some(locate), ..About::default() }
    }

    fn request(owner: Owner) -> Self {
        About { owners: [Some(owner), None], ..About::default() }
    }

    fn security(locate: Locate) -> Self {
        About { locate: Some(locate), ..About::default() }
    }

    /// What an event is about.
    pub(super) fn of(event: &Event) -> Self {
        match *event {
            Event::Accepted { owner, order_ref, locate, .. }
            | Event::Rested { owner, order_ref, locate, .. }
            | Event::Canceled { owner, order_ref, locate, .. }
            | Event::Reduced { owner, order_ref, locate, .. }
            | Event::Modified { owner, order_ref, locate, .. } => {
                About::one(owner, order_ref, locate)
            }
            Event::Replaced { owner, orig, order_ref, locate, .. } => {
                let original = Owner { user_ref: orig, ..owner };
                let refs = [Some(order_ref), None];
                About { refs, ..About::two(owner, original, locate) }
            }
            Event::Refreshed { owner, order_ref, tip, locate, .. } => {
                About { refs: [Some(order_ref), Some(tip)], ..About::one(owner, tip, locate) }
            }
            Event::Executed { taker, maker, taker_ref, maker_ref, locate, .. } => {
                let refs = [Some(taker_ref), Some(maker_ref)];
                About { refs, ..About::two(taker, maker, locate) }
            }
            Event::Prevented { taker, maker, locate, .. } => About::two(taker, maker, locate),
            Event::Crossed { buyer, seller, locate, .. } => About::two(buyer, seller, locate),
            Event::Rejected { owner, .. }
            | Event::MassAck { owner }
            | Event::SwitchAck { owner } => About::request(owner),
            Event::CrossPrint { locate, .. }
            | Event::Broken { locate }
            | Event::Directory { locate, .. }
            | Event::StateChanged { locate, .. } => About::security(locate),
            // What it has is the next number, which is nobody's yet.
            Event::QueryAck { .. }
            | Event::System(_)
            | Event::PortSystem { .. }
            | Event::Refused(_) => About::default(),
        }
    }
}

//! Everything that can change the state of the exchange (R14).

use alloc::boxed::Box;

use protocol_spec::wire::ouch::{
    BrokenReason, Capacity, ClOrdId, CustomerType, Mpid, RejectReason, Symbol, TagSet, TradeNow,
};
use protocol_spec::words::{GroupId, MatchNo, OrderPrice, PortId, Shares, UserRefIdx, UserRefNum};

use crate::admission::Check;
use crate::order::{Display, Owner, Side, Strategy, Tif};
use crate::phase::{Overlay, Phase};
use crate::settings::{Day, Instrument, Port};

/// A command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Begins the day.
    OpenDay(Box<Day>),
    /// Lists a security, or changes how it is traded.
    SetInstrument(Box<Instrument>),
    /// Makes a broker's port, or changes what it may do.
    SetPort(Box<Port>),
    /// Moves the day on to a later phase.
    SetPhase(Phase),
    /// Halts, pauses or releases a security.
    SetState(SetState),
    /// OUCH `O`.
    Enter(Enter),
    /// OUCH `U`.
    Replace(Replace),
    /// OUCH `X`.
    Cancel(Cancel),
    /// OUCH `M`.
    Modify(Modify),
    /// OUCH `C`.
    MassCancel(MassCancel),
    /// OUCH `D`: no more orders for a firm.
    Disable(Switch),
    /// OUCH `E`: orders for a firm again.
    Enable(Switch),
    /// OUCH `Q`.
    AccountQuery {
        /// The port that asks.
        port: PortId,
        /// The channel it asks about.
        idx: UserRefIdx,
    },
    /// A message of a broker that was framed and cannot be represented (R32, R33).
    Refused(Refused),
    /// A connection took the port (R36).
    PortUp {
        /// The port.
        port: PortId,
        /// The connection, a number never used twice in a day.
        conn: u64,
    },
    /// A connection of the port ended (R36).
    PortDown {
        /// The port.
        port: PortId,
        /// The connection that ended; another one than the port's is ignored.
        conn: u64,
        /// How it ended.
        cause: DownCause,
    },
    /// Nothing but what is due (R10).
    Tick,
    /// The operator cancels orders (R71).
    OperatorCancel(OperatorCancel),
    /// The operator stops or allows order entry (R39).
    OperatorSwitch {
        /// Whose.
        whom: Switchable,
        /// `true` stops it.
        off: bool,
    },
    /// The operator breaks a trade (R78).
    BreakTrade(BreakTrade),
    /// Ends the day (R23).
    EndOfDay,
}

impl Command {
    /// Whether the operator gives it, and is told when a rule forbids it (R14).
    #[must_use]
    pub const fn is_operators(&self) -> bool {
        matches!(
            self,
            Command::OpenDay(_)
                | Command::SetInstrument(_)
                | Command::SetPort(_)
                | Command::SetPhase(_)
                | Command::SetState(_)
                | Command::OperatorCancel(_)
                | Command::OperatorSwitch { .. }
                | Command::BreakTrade(_)
                | Command::EndOfDay
        )
    }
}

/// How a connection ended (R36).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DownCause {
    /// It was lost, or the broker logged out.
    Disconnect,
    /// The process of the venue ended while it was up.
    Crash,
}

impl DownCause {
    /// Every cause.
    pub const ALL: [DownCause; 2] = [DownCause::Disconnect, DownCause::Crash];
}

/// Puts an overlay on one security or on all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetState {
    /// The security, `None` for all.
    pub symbol: Option<Symbol>,
    /// What it is to be.
    pub overlay: Overlay,
    /// Told on the feed, whatever it says.
    pub reason: [u8; 4],
}

/// What a broker may say of an order beyond the fixed part of the message.
///
/// `given` has the tags that came; a field whose tag did not come has its default here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// The tags that came, all that are echoed included.
    pub given: TagSet,
    /// Tag 2; blank is the port's first firm. Never on a Replace.
    pub firm: Mpid,
    /// Tag 3; 0 is none.
    pub min_qty: Shares,
    /// Tag 5; 0 is none.
    pub max_floor: Shares,
    /// Tag 13; 0 is none.
    pub random_reserves: Shares,
    /// Tag 15: seconds to live, 1..=86,399.
    pub expire_time: u32,
    /// Tag 26. Never has an effect.
    pub locate_broker: Mpid,
    /// Tag 24; 0 is none. Never on a Replace.
    pub group: GroupId,
    /// Tag 30; `**` is the port's default.
    pub aiq_group: [u8; 2],
    /// Tag 29; `None` is the port's default.
    pub aiq_strategy: Option<Strategy>,
    /// Tag 4. Never has an effect.
    pub customer_type: CustomerType,
    /// Tag 16. Never has an effect.
    pub trade_now: TradeNow,
    /// Tag 12.
    pub post_only: bool,
    /// Tag 25.
    pub located: bool,
    /// Tag 27, on a Replace alone: the new kind of sale, never [`Side::Buy`].
    pub side: Option<Side>,
}

impl Options {
    /// The group that means the port's default.
    pub const DEFAULT_GROUP: [u8; 2] = *b"**";

    /// No tag at all.
    pub const NONE: Options = Options {
        given: TagSet::EMPTY,
        firm: Mpid::BLANK,
        min_qty: Shares(0),
        max_floor: Shares(0),
        random_reserves: Shares(0),
        expire_time: 0,
        locate_broker: Mpid::BLANK,
        group: GroupId(0),
        aiq_group: Options::DEFAULT_GROUP,
        aiq_strategy: None,
        customer_type: CustomerType::PORT_DEFAULT,
        trade_now: TradeNow::PORT_DEFAULT,
        post_only: false,
        located: false,
        side: None,
    };
}

/// A new order, every value of which passes K1 to K14.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Enter {
    /// Port, channel and the number n of the request.
    pub owner: Owner,
    /// The security.
    pub symbol: Symbol,
    /// A limit of 1..=1,999,999,900 or one of the two market prices.
    pub price: OrderPrice,
    /// 1..=999,999.
    pub quantity: Shares,
    /// Side.
    pub side: Side,
    /// Time in force.
    pub tif: Tif,
    /// Display.
    pub display: Display,
    /// One of A P R O.
    pub capacity: Capacity,
    /// The broker's own text.
    pub cl_ord_id: ClOrdId,
    /// The tags.
    pub options: Options,
}

/// A new order in place of a live one, every value of which passes K1 to K14.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Replace {
    /// Port, channel and the number n of the new order.
    pub owner: Owner,
    /// The number of the order to be replaced, in the same channel.
    pub orig: UserRefNum,
    /// Shares liable for the whole chain, 1..=999,999.
    pub quantity: Shares,
    /// A limit of 1..=1,999,999,900 or one of the two market prices.
    pub price: OrderPrice,
    /// Time in force, never [`Tif::AfterHours`].
    pub tif: Tif,
    /// Display.
    pub display: Display,
    /// The broker's own text.
    pub cl_ord_id: ClOrdId,
    /// The tags. What was not given is the original's.
    pub options: Options,
}

/// A new total for an order (R62).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cancel {
    /// The order.
    pub owner: Owner,
    /// Shares wanted in all; 0 cancels the order.
    pub quantity: Shares,
}

/// Another kind of sale, or a new total, for an order (R64).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Modify {
    /// The order.
    pub owner: Owner,
    /// The new kind of sale.
    pub side: Side,
    /// Shares wanted in all.
    pub quantity: Shares,
    /// Tag 25.
    pub located: bool,
}

/// All orders of the port that match (R69).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MassCancel {
    /// Port, channel and the number n of the request.
    pub owner: Owner,
    /// Blank is any.
    pub firm: Mpid,
    /// Blank is any.
    pub symbol: Symbol,
    /// Tag 24: `None` is any, 0 those without a group.
    pub group: Option<GroupId>,
    /// Tag 27: `None` is any.
    pub side: Option<Side>,
}

/// No more orders, or orders again (R38).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Switch {
    /// Port, channel and the number n of the request.
    pub owner: Owner,
    /// Blank is all the port's firms.
    pub firm: Mpid,
}

/// A framed message that a rule refuses for its form (R32, R33).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Port, channel and the number of the request; the channel is 0 if the appendage is faulty.
    pub owner: Owner,
    /// What was asked.
    pub request: Request,
    /// The first check that fails; it also selects what becomes of a Replace's original.
    pub check: Check,
    /// What the reject says.
    pub reason: RejectReason,
    /// The broker's own text; spaces where the request has none.
    pub cl_ord_id: ClOrdId,
}

/// What a refused message asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    /// `O`.
    Enter,
    /// `U`.
    Replace {
        /// The order to be replaced.
        orig: UserRefNum,
    },
    /// `C`, `D` or `E`: told by a reject.
    Action,
    /// `X`, `M` or `Q`: ignored, but it is charged to the bucket.
    Void,
}

/// Orders that match all that is given are canceled by the operator (R71).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OperatorCancel {
    /// Of this port.
    pub port: Option<PortId>,
    /// Of this firm.
    pub firm: Option<Mpid>,
    /// In this security.
    pub symbol: Option<Symbol>,
    /// Of exactly this kind.
    pub side: Option<Side>,
}

/// Whom the operator stops or allows (R39).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Switchable {
    /// A port.
    Port(PortId),
    /// A firm on every port.
    Firm(Mpid),
    /// A firm on one port.
    FirmOnPort(PortId, Mpid),
}

/// A trade that is broken (R78).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BreakTrade {
    /// The number of the execution.
    pub match_no: MatchNo,
    /// The security.
    pub symbol: Symbol,
    /// Why.
    pub reason: BrokenReason,
    /// Who bought.
    pub buyer: Party,
    /// Who sold.
    pub seller: Party,
}

/// One side of a trade, as it was at the execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Party {
    /// The order.
    pub owner: Owner,
    /// The broker's own text of it.
    pub cl_ord_id: ClOrdId,
}

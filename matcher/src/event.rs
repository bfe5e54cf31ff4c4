//! What a command did, for whoever has to tell it (R73).
//!
//! An event holds what its command does not: readers get both, and never ask the engine back. A
//! security is named by its locate: who needs its symbol keeps that of each `SetInstrument` whose
//! [`Event::Directory`] is new, as who needs times of day keeps the midnight of `OpenDay`.

use alloc::boxed::Box;
use core::num::NonZeroU64;

use protocol_spec::wire::itch;
use protocol_spec::wire::ouch::{
    CancelReason, Capacity, LiquidityFlag, Mpid, RejectReason, Symbol, SystemEventCode,
};
use protocol_spec::words::{
    Locate, MatchNo, OrderPrice, OrderRef, PortId, Price, Shares, UserRefNum, Volume,
};

use crate::order::{Display, Owner, Side, Strategy, Tif};
use crate::refusal::Refusal;

/// The reference under which the public knows a displayed entry, if there is one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TipRef(Option<NonZeroU64>);

impl TipRef {
    /// No displayed entry.
    pub const NONE: TipRef = TipRef(None);

    /// The displayed entry `order_ref`.
    #[must_use]
    #[inline]
    pub const fn of(order_ref: OrderRef) -> Self {
        TipRef(NonZeroU64::new(order_ref.0))
    }

    /// The reference, if there is a displayed entry.
    #[must_use]
    #[inline]
    pub const fn get(self) -> Option<OrderRef> {
        match self.0 {
            Some(number) => Some(OrderRef(number.get())),
            None => None,
        }
    }
}

/// What becomes of an order's displayed entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shown {
    /// Nothing: there is none, or it is not touched.
    Same,
    /// It lost shares and is still there: ITCH X.
    Less(OrderRef, Shares),
    /// It is gone: ITCH D.
    Gone(OrderRef),
}

/// One row of the rule book's table of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(align(64))]
pub enum Event {
    /// W1. The order was accepted; what is not here is as in the command.
    Accepted {
        /// The order.
        owner: Owner,
        /// Its reference.
        order_ref: OrderRef,
        /// Its price, which a post-only order may have slid to.
        price: OrderPrice,
        /// How long it may live.
        tif: Tif,
        /// The security.
        locate: Locate,
    },
    /// W2. The request was refused.
    Rejected {
        /// The request.
        owner: Owner,
        /// Why.
        reason: RejectReason,
    },
    /// W3, W4. An incoming order traded with a resting one.
    Executed {
        /// The incoming order.
        taker: Owner,
        /// The resting order.
        maker: Owner,
        /// The incoming order's reference.
        taker_ref: OrderRef,
        /// The resting order's reference.
        maker_ref: OrderRef,
        /// The resting displayed entry; [`TipRef::NONE`] if what traded is hidden.
        tip: TipRef,
        /// The number of the execution.
        match_no: MatchNo,
        /// The price: the resting order's.
        price: Price,
        /// How much.
        shares: Shares,
        /// The security.
        locate: Locate,
        /// The resting side's flag; the incoming side's is always R.
        flag: LiquidityFlag,
    },
    /// W5, W6, W7. Two orders of one party were kept from trading (R54, R55).
    Prevented {
        /// The incoming order.
        taker: Owner,
        /// The resting order.
        maker: Owner,
        /// The strategy that decided.
        strategy: Strategy,
        /// The price at which they would have traded.
        price: Price,
        /// How much they would have traded.
        prevented: Shares,
        /// Shares that the incoming order lost.
        taker_less: Shares,
        /// Shares that the resting order lost.
        maker_less: Shares,
        /// What became of the resting order's displayed entry.
        shown: Shown,
        /// The security.
        locate: Locate,
        /// The resting side's flag, had they traded; the incoming side's is always R.
        flag: LiquidityFlag,
    },
    /// W8. A reserve order shows a new tip (R57).
    Refreshed {
        /// The order.
        owner: Owner,
        /// The order's reference.
        order_ref: OrderRef,
        /// The reference of its new tip.
        tip: OrderRef,
        /// Shares of the new tip.
        shares: Shares,
        /// Its price.
        price: Price,
        /// Its side.
        side: Side,
        /// Its display, visible or attributed.
        display: Display,
        /// Its firm.
        firm: Mpid,
        /// The security.
        locate: Locate,
    },
    /// W9, W10, W12. What is left of an incoming order rests.
    Rested {
        /// The order.
        owner: Owner,
        /// Its reference, which is also its displayed entry's.
        order_ref: OrderRef,
        /// Its displayed shares; 0 if it is hidden.
        displayed: Shares,
        /// Its hidden shares.
        hidden: Shares,
        /// Its price.
        price: Price,
        /// Its side.
        side: Side,
        /// Its display.
        display: Display,
        /// Its firm.
        firm: Mpid,
        /// The security.
        locate: Locate,
    },
    /// W11, W12. An order took the place of another; what is not here is as in the command.
    Replaced {
        /// The new order.
        owner: Owner,
        /// The number of the original, in the same channel.
        orig: UserRefNum,
        /// The new order's reference.
        order_ref: OrderRef,
        /// The original's displayed entry.
        old_tip: TipRef,
        /// The new order's price, which a post-only order may have slid to.
        price: OrderPrice,
        /// Shares that it brings.
        leaves: Shares,
        /// The security.
        symbol: Symbol,
        /// The security.
        locate: Locate,
        /// The new order's side.
        side: Side,
        /// How long it may live.
        tif: Tif,
        /// The original's capacity.
        capacity: Capacity,
        /// Whether both are displayed in the same way, so that ITCH U can tell it (W12).
        same_display: bool,
    },
    /// W13. The whole order is gone.
    Canceled {
        /// The order.
        owner: Owner,
        /// Its reference.
        order_ref: OrderRef,
        /// Shares that it had left.
        shares: Shares,
        /// Why.
        reason: CancelReason,
        /// Its displayed entry; [`TipRef::NONE`] if it had none.
        tip: TipRef,
        /// The security.
        locate: Locate,
    },
    /// W14. The order lost shares at its owner's wish.
    Reduced {
        /// The order.
        owner: Owner,
        /// Its reference.
        order_ref: OrderRef,
        /// Shares that it lost.
        shares: Shares,
        /// What became of its displayed entry.
        shown: Shown,
        /// The security.
        locate: Locate,
    },
    /// W15. The order changed its kind of sale, and may have lost shares.
    Modified {
        /// The order.
        owner: Owner,
        /// Its reference.
        order_ref: OrderRef,
        /// Its new side.
        side: Side,
        /// Shares that it has left.
        leaves: Shares,
        /// What became of its displayed entry.
        shown: Shown,
        /// The security.
        locate: Locate,
    },
    /// W16. Two resting orders traded in a cross.
    Crossed {
        /// The buy order.
        buyer: Owner,
        /// The sell order.
        seller: Owner,
        /// The buy order's displayed entry; [`TipRef::NONE`] if what traded is hidden.
        buy_tip: TipRef,
        /// The same of the sell order.
        sell_tip: TipRef,
        /// The number of the execution.
        match_no: MatchNo,
        /// The price of the cross.
        price: Price,
        /// How much.
        shares: Shares,
        /// The security.
        locate: Locate,
        /// Both sides' flag: O or H.
        flag: LiquidityFlag,
    },
    /// W17. A security was crossed; always one, also of no shares.
    CrossPrint {
        /// The number of the print.
        match_no: MatchNo,
        /// Shares in all.
        volume: Volume,
        /// The price; 0 if nothing traded.
        price: Price,
        /// The security.
        locate: Locate,
        /// O or H.
        kind: itch::CrossType,
    },
    /// W18. A mass cancel begins; its filters are in the command.
    MassAck {
        /// The request.
        owner: Owner,
    },
    /// W19. Order entry was stopped or allowed; what is not here is in the command.
    SwitchAck {
        /// The request.
        owner: Owner,
    },
    /// W20. The answer to an account query; `owner` has the next number that will be taken.
    QueryAck {
        /// Port, channel and number.
        owner: Owner,
    },
    /// W21. A trade is broken; what is not here is in the command.
    Broken {
        /// The security.
        locate: Locate,
    },
    /// W22. The feed passes a stage of the day.
    System(itch::SystemEventCode),
    /// W22. A port passes a stage of the day.
    PortSystem {
        /// The port.
        port: PortId,
        /// The stage.
        code: SystemEventCode,
    },
    /// W23. A security was listed, or what the feed says of it changed; the rest is in the command.
    Directory {
        /// The security.
        locate: Locate,
        /// The state in which it begins, if it is new.
        new: Option<itch::TradingState>,
    },
    /// W24. The feed's word on what a security does changed.
    StateChanged {
        /// The security.
        locate: Locate,
        /// What it does.
        state: itch::TradingState,
        /// The operator's reason; spaces when the phase caused it.
        reason: [u8; 4],
    },
    /// A rule forbids the operator's command: it had no effect, and nothing is told on the wire.
    Refused(Refusal),
}

const _: () = assert!(size_of::<Event>() == 64, "an event is a line of memory");

/// The events of a step, in a buffer that is used again and again.
#[derive(Debug)]
pub struct Events {
    /// As long as the limit; what is behind `len` is of earlier steps.
    list: Box<[Event]>,
    len: usize,
    visits: u32,
    visited: u32,
}

impl Events {
    /// Most events of a step (R72).
    pub const LIMIT: usize = 1_024;
    /// Most orders, entries and levels that a step visits (R72).
    pub const VISITS: u32 = 16_384;
    /// Most events of what is done in one go, without asking whether there is room.
    const UNIT: usize = 4;

    /// An empty buffer with the limits of the rule book.
    #[must_use]
    pub fn new() -> Self {
        Events::with_limits(Self::LIMIT, Self::VISITS)
    }

    /// An empty buffer with smaller limits: steps end sooner, and nothing else is different.
    ///
    /// # Panics
    /// If there is room for fewer than 4 events or no visit, or a limit is above the rule book's.
    #[must_use]
    pub fn with_limits(events: usize, visits: u32) -> Self {
        assert!((Self::UNIT..=Self::LIMIT).contains(&events), "a step has 4 to 1,024 events");
        assert!((1..=Self::VISITS).contains(&visits), "a step visits 1 to 16,384");
        let list = alloc::vec![Event::System(itch::SystemEventCode::START_OF_MESSAGES); events];
        Events { list: list.into(), len: 0, visits, visited: 0 }
    }

    /// The events of the step.
    #[must_use]
    #[inline]
    pub fn as_slice(&self) -> &[Event] {
        &self.list[..self.len]
    }

    /// Forgets the events, as every step does first.
    #[inline]
    pub(crate) fn clear(&mut self) {
        self.len = 0;
        self.visited = 0;
    }

    /// Adds what happened.
    #[inline]
    pub(crate) fn push(&mut self, event: Event) {
        self.list[self.len] = event;
        self.len += 1;
    }

    /// Counts what was looked at.
    #[inline]
    pub(crate) fn visit(&mut self, count: u32) {
        self.visited += count;
    }

    /// Whether the step may visit so many at once, as one that has just begun always may. If not it
    /// is full, whatever else it has room for: what could not be done is the first of the next.
    #[inline]
    pub(crate) fn may_visit(&mut self, count: u32) -> bool {
        let may = self.visited == 0 || self.visited + count <= self.visits;
        if !may {
            self.visited = self.visits;
        }
        may
    }

    /// Whether the step has to end before anything else is done.
    #[inline]
    pub(crate) fn is_full(&self) -> bool {
        self.len + Self::UNIT > self.list.len() || self.visited >= self.visits
    }
}

impl Default for Events {
    fn default() -> Self {
        Events::new()
    }
}

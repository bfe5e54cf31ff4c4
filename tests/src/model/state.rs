//! Everything the exchange knows, and small questions to it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use matcher::command::Switchable;
use matcher::event::Event;
use matcher::order::Owner;
use matcher::phase::{Mode, Overlay, Phase};
use matcher::refusal::Refusal;
use matcher::settings::{Day, Instrument, Port};
use protocol_spec::wire::itch::TradingState;
use protocol_spec::wire::ouch::{CancelReason, Mpid, RejectReason, Symbol};
use protocol_spec::words::{Locate, MatchNo, OrderRef, PortId, Price, Shares, Time, UserRefIdx};

use super::order::Order;

/// A security of the day.
#[derive(Clone, Debug)]
pub struct Security {
    /// How it is traded.
    pub settings: Instrument,
    /// What the operator put over it.
    pub overlay: Overlay,
    /// The reason that came with it.
    pub reason: [u8; 4],
    /// Price of the day's last execution.
    pub last_price: Option<Price>,
}

/// A port of the day.
#[derive(Clone, Debug)]
pub struct PortState {
    /// What it may do.
    pub settings: Port,
    /// Its connection.
    pub conn: Option<u64>,
    /// When its orders are to be canceled because it is disconnected (R37).
    pub deadline: Option<Time>,
    /// What is in its bucket (R35).
    pub level: u128,
    /// When the bucket was last charged or filled.
    pub charged: Time,
    /// The last number of each channel that took one (R28).
    pub last: BTreeMap<UserRefIdx, u32>,
}

/// How often each rule was met.
pub type Hits = BTreeMap<Cow<'static, str>, u64>;

/// The naive exchange.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// The day, once it is open.
    pub(crate) day: Option<Day>,
    /// Whether EndOfDay has come.
    pub(crate) is_over: bool,
    /// The phase.
    pub(crate) phase: Phase,
    /// Whether step 1 of R21 has happened.
    pub(crate) has_started: bool,
    /// The securities; locate is the place in this list plus 1.
    pub(crate) securities: Vec<Security>,
    /// The ports, ascending by number.
    pub(crate) ports: BTreeMap<PortId, PortState>,
    /// The live orders, in no order that means anything.
    pub(crate) orders: Vec<Order>,
    /// What the operator stopped.
    pub(crate) stopped: Vec<Switchable>,
    /// What brokers stopped.
    pub(crate) disabled: Vec<(PortId, Mpid)>,
    /// The numbers of broken trades.
    pub(crate) broken: Vec<MatchNo>,
    /// The last public reference, without its mark.
    pub(crate) last_public: u64,
    /// The last private reference, without its mark.
    pub(crate) last_private: u64,
    /// The last number of an execution or a cross print.
    pub(crate) last_match: u64,
    /// The last place that an entry took.
    pub(crate) last_place: u64,
    /// The time of the command.
    pub(crate) now: Time,
    /// What the command has done so far.
    pub(crate) events: Vec<Event>,
    /// How often each rule was met.
    pub(crate) hits: Hits,
}

impl Model {
    /// The bit that marks private references (R5).
    pub const PRIVATE: u64 = 1 << 55;

    /// An exchange whose day is not open yet.
    #[must_use]
    pub fn new() -> Self {
        Model::default()
    }

    /// How often each rule was met.
    #[must_use]
    pub fn hits(&self) -> &Hits {
        &self.hits
    }

    /// Counts that a rule was met.
    pub(crate) fn hit(&mut self, rule: impl Into<Cow<'static, str>>) {
        *self.hits.entry(rule.into()).or_default() += 1;
    }

    pub(crate) fn emit(&mut self, event: Event) {
        self.events.push(event);
    }

    pub(crate) fn refuse(&mut self, refusal: Refusal) {
        self.hit(format!("refusal {refusal:?}"));
        self.emit(Event::Refused(refusal));
    }

    pub(crate) fn reject(&mut self, owner: Owner, reason: RejectReason) {
        self.emit(Event::Rejected { owner, reason });
    }

    /// The locate of the security at this place of the list (R17).
    ///
    /// # Panics
    /// If it is beyond the last locate there can be.
    #[must_use]
    pub fn locate(&self, symbol: usize) -> Locate {
        Locate(u16::try_from(symbol + 1).expect("R79: at most 65,535 symbols"))
    }

    /// Where a security is in the list.
    #[must_use]
    pub fn find_symbol(&self, symbol: Symbol) -> Option<usize> {
        self.securities.iter().position(|security| security.settings.symbol == symbol)
    }

    /// Where a live order is in the list (R28).
    #[must_use]
    pub fn find_order(&self, owner: Owner) -> Option<usize> {
        self.orders.iter().position(|order| order.owner == owner)
    }

    /// REF (R12).
    #[must_use]
    pub fn reference_of(&self, symbol: usize) -> Price {
        let security = &self.securities[symbol];
        security.last_price.unwrap_or(security.settings.reference_price)
    }

    /// The mode of a security (R20).
    #[must_use]
    pub fn mode(&self, symbol: usize) -> Mode {
        if matches!(self.phase, Phase::Closed | Phase::Ended) {
            return Mode::Shut;
        }
        match self.securities[symbol].overlay {
            Overlay::Halted => Mode::Stop,
            Overlay::Paused | Overlay::QuoteOnly => Mode::Collect,
            Overlay::None if self.phase == Phase::PreOpen => Mode::Collect,
            Overlay::None => Mode::Match,
        }
    }

    /// The ITCH state of a security (R20).
    #[must_use]
    pub fn trading_state(&self, symbol: usize) -> TradingState {
        match self.securities[symbol].overlay {
            Overlay::Halted => TradingState::HALTED,
            Overlay::Paused => TradingState::PAUSED,
            Overlay::QuoteOnly => TradingState::QUOTATION_ONLY,
            Overlay::None if self.phase == Phase::PreOpen => TradingState::QUOTATION_ONLY,
            Overlay::None => TradingState::TRADING,
        }
    }

    /// The next number of an execution or a cross print (R6).
    pub(crate) fn next_match(&mut self) -> MatchNo {
        self.last_match += 1;
        MatchNo(self.last_match)
    }

    /// The next reference of a kind (R5).
    pub(crate) fn next_ref(&mut self, public: bool) -> OrderRef {
        let counter = if public { &mut self.last_public } else { &mut self.last_private };
        *counter += 1;
        OrderRef(*counter | if public { 0 } else { Self::PRIVATE })
    }

    /// The last place there is (R44).
    pub(crate) fn next_place(&mut self) -> u64 {
        self.last_place += 1;
        self.last_place
    }

    /// W13: cancels all that is left of the order at this place of the list.
    pub(crate) fn cancel_whole(&mut self, at: usize, reason: CancelReason) {
        let order = self.orders.remove(at);
        self.hit(format!("canceled {reason}"));
        self.emit(Event::Canceled {
            owner: order.owner,
            order_ref: order.order_ref,
            shares: Shares(order.leaves()),
            reason,
            tip: order.tip(),
            locate: self.locate(order.symbol),
        });
    }

    /// Cancels all orders that `which` says, by ascending reference.
    pub(crate) fn cancel_all(&mut self, reason: CancelReason, which: impl Fn(&Order) -> bool) {
        let orders = self.orders.iter().filter(|order| which(order));
        let mut refs: Vec<OrderRef> = orders.map(|order| order.order_ref).collect();
        refs.sort();
        for order_ref in refs {
            let at = self.orders.iter().position(|order| order.order_ref == order_ref);
            self.cancel_whole(at.expect("no cancel takes another order with it"), reason);
        }
    }
}

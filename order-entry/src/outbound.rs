//! Events as the messages that brokers get: the OUCH column of the rule book's table, W1 to W22.

mod echo;
mod replies;

use matcher::command::{BreakTrade, Command, Party};
use matcher::engine::Engine;
use matcher::event::Event;
use matcher::order::{Owner, Strategy};
use matcher::sequence::Sequenced;
use matcher::stored::{LoadError, Sink, Source, Stored};
use protocol_spec::wire::ouch::{
    AccountQueryResponse, AiqCancelReason, AiqCanceled, BrokenTrade, CancelReason, Canceled,
    ClOrdId, CrossType, DisableOrderEntryResponse, EnableOrderEntryResponse, Iso, LiquidityFlag,
    MassCancelResponse, OrderAccepted, OrderExecuted, OrderModified, OrderReplaced, OrderRestated,
    OrderState, RejectReason, Rejected, RestateReason, SystemEvent, TagSet, Tags,
};
use protocol_spec::words::{MatchNo, OrderPrice, Price, Shares, Time, Timestamp};

pub use replies::Replies;

/// Tells brokers what a command did.
///
/// Its state is the midnight from which times of day count: a function of the commands alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Teller {
    midnight: Option<Time>,
}

impl Teller {
    /// A teller for a day that is not open yet.
    #[must_use]
    pub const fn new() -> Self {
        Teller { midnight: None }
    }

    /// Looks at a command, once, before any of its events is told.
    #[inline]
    pub fn begin(&mut self, command: &Sequenced<Command>) {
        if let Command::OpenDay(day) = &command.command {
            // What the engine refuses opens nothing (R16).
            let opens = day.rules_version == Engine::RULES_VERSION && day.is_possible();
            if opens && self.midnight.is_none() {
                self.midnight = Some(day.midnight);
            }
        }
    }

    /// Puts the messages that an event of `command` asks for in the place of what is in `replies`.
    ///
    /// # Panics
    /// If the event cannot be one of this command, or the day is not open.
    #[inline]
    pub fn tell(&self, command: &Sequenced<Command>, event: &Event, replies: &mut Replies) {
        replies.clear();
        match *event {
            Event::Accepted { .. } => accepted(self.now(command), command, event, replies),
            Event::Executed { taker, maker, match_no, price, shares, flag, .. } => {
                let told = Execution { timestamp: self.now(command), shares, price, match_no };
                replies.always(taker, &told.with(taker, LiquidityFlag::REMOVED));
                replies.always(maker, &told.with(maker, flag));
            }
            Event::Crossed { buyer, seller, match_no, price, shares, flag, .. } => {
                let told = Execution { timestamp: self.now(command), shares, price, match_no };
                replies.always(buyer, &told.with(buyer, flag));
                replies.always(seller, &told.with(seller, flag));
            }
            Event::Canceled { owner, shares, reason, .. } => {
                replies.echo(owner, &canceled(self.now(command), owner, shares, reason));
            }
            Event::Reduced { owner, shares, .. } => {
                let reason = CancelReason::USER;
                replies.echo(owner, &canceled(self.now(command), owner, shares, reason));
            }
            Event::Replaced { .. } => replaced(self.now(command), command, event, replies),
            Event::Rested { .. }
            | Event::CrossPrint { .. }
            | Event::System(_)
            | Event::Directory { .. }
            | Event::StateChanged { .. }
            | Event::Refused(_) => {}
            _ => rare(self.now(command), command, event, replies),
        }
    }

    /// The time of day of a command.
    #[inline]
    fn now(&self, command: &Sequenced<Command>) -> Timestamp {
        let midnight = self.midnight.expect("brokers are told nothing before the day is open");
        command.time.since(midnight)
    }
}

impl Stored for Teller {
    fn save(&self, out: &mut dyn Sink) {
        self.midnight.save(out);
    }

    fn load(from: &mut dyn Source) -> Result<Self, LoadError> {
        Ok(Teller { midnight: Stored::load(from)? })
    }
}

/// W3, W4, W16: what both sides of an execution are told.
struct Execution {
    timestamp: Timestamp,
    shares: Shares,
    price: Price,
    match_no: MatchNo,
}

impl Execution {
    #[inline(always)]
    fn with(&self, owner: Owner, liquidity: LiquidityFlag) -> OrderExecuted {
        let Execution { timestamp, shares, price, match_no } = *self;
        OrderExecuted {
            timestamp,
            user_ref_num: owner.user_ref,
            quantity: shares,
            price: order_price(price),
            liquidity,
            match_no,
        }
    }
}

/// A price that was traded at, as orders write it.
#[inline(always)]
fn order_price(price: Price) -> OrderPrice {
    OrderPrice(u64::from(price.0))
}

/// W13, W14.
#[inline(always)]
fn canceled(
    timestamp: Timestamp,
    owner: Owner,
    quantity: Shares,
    reason: CancelReason,
) -> Canceled {
    Canceled { timestamp, user_ref_num: owner.user_ref, quantity, reason }
}

/// W1.
#[inline]
fn accepted(
    timestamp: Timestamp,
    command: &Sequenced<Command>,
    event: &Event,
    replies: &mut Replies,
) {
    let (Event::Accepted { owner, order_ref, price, tif, .. }, Command::Enter(enter)) =
        (event, &command.command)
    else {
        unreachable!("Enter is accepted: {event:?} of {command:?}");
    };
    let message = OrderAccepted {
        timestamp,
        user_ref_num: owner.user_ref,
        side: enter.side.code(),
        quantity: enter.quantity,
        symbol: enter.symbol,
        price: *price,
        time_in_force: tif.code(),
        display: enter.display.code(),
        order_ref: *order_ref,
        capacity: enter.capacity,
        iso: Iso::NO,
        cross_type: CrossType::CONTINUOUS,
        state: OrderState::LIVE,
        cl_ord_id: enter.cl_ord_id,
    };
    if enter.options.given == TagSet::EMPTY {
        replies.always(*owner, &message);
    } else {
        replies.tagged(owner.port, &message, &echo::of_enter(&enter.options, owner.idx));
    }
}

/// W11, W12.
#[inline]
fn replaced(
    timestamp: Timestamp,
    command: &Sequenced<Command>,
    event: &Event,
    replies: &mut Replies,
) {
    let (
        Event::Replaced {
            owner, orig, order_ref, price, leaves, symbol, side, tif, capacity, ..
        },
        Command::Replace(replace),
    ) = (event, &command.command)
    else {
        unreachable!("Replace replaces: {event:?} of {command:?}");
    };
    let message = OrderReplaced {
        timestamp,
        orig_user_ref_num: *orig,
        user_ref_num: owner.user_ref,
        side: side.code(),
        quantity: *leaves,
        symbol: *symbol,
        price: *price,
        time_in_force: tif.code(),
        display: replace.display.code(),
        order_ref: *order_ref,
        capacity: *capacity,
        iso: Iso::NO,
        cross_type: CrossType::CONTINUOUS,
        state: OrderState::LIVE,
        cl_ord_id: replace.cl_ord_id,
    };
    if replace.options.given == TagSet::EMPTY {
        replies.always(*owner, &message);
    } else {
        replies.tagged(owner.port, &message, &echo::of_replace(&replace.options, owner.idx));
    }
}

/// Every other row.
#[inline(never)]
fn rare(timestamp: Timestamp, command: &Sequenced<Command>, event: &Event, replies: &mut Replies) {
    match *event {
        Event::Rejected { owner, reason } => {
            let cl_ord_id = text_of(&command.command);
            replies.echo(owner, &rejected(timestamp, owner, reason, cl_ord_id));
        }
        Event::Prevented { .. } => prevented(timestamp, event, replies),
        Event::Refreshed { owner, tip, shares, price, .. } => {
            let reason = RestateReason::REFRESH;
            let message = OrderRestated { timestamp, user_ref_num: owner.user_ref, reason };
            let tags = Tags {
                secondary_order_ref: Some(tip),
                display_quantity: Some(shares),
                display_price: Some(order_price(price)),
                user_ref_idx: echo::channel(owner.idx),
                ..Tags::NONE
            };
            replies.tagged(owner.port, &message, &tags);
        }
        Event::Modified { owner, side, leaves, .. } => {
            let (user_ref_num, side) = (owner.user_ref, side.code());
            let message = OrderModified { timestamp, user_ref_num, side, quantity: leaves };
            replies.echo(owner, &message);
        }
        Event::MassAck { owner } => {
            let Command::MassCancel(mass) = &command.command else {
                unreachable!("MassCancel is acknowledged: {command:?}");
            };
            let user_ref_num = owner.user_ref;
            let (firm, symbol) = (mass.firm, mass.symbol);
            let message = MassCancelResponse { timestamp, user_ref_num, firm, symbol };
            let tags = Tags {
                group_id: mass.group,
                side: mass.side.map(|side| side.code()),
                user_ref_idx: echo::channel(owner.idx),
                ..Tags::NONE
            };
            replies.tagged(owner.port, &message, &tags);
        }
        Event::SwitchAck { owner } => switched(timestamp, owner, &command.command, replies),
        Event::QueryAck { owner } => {
            let next_user_ref_num = owner.user_ref;
            replies.echo(owner, &AccountQueryResponse { timestamp, next_user_ref_num });
        }
        Event::Broken { .. } => broken(timestamp, &command.command, replies),
        Event::PortSystem { port, code } => {
            replies.bare(port, &SystemEvent { timestamp, event: code });
        }
        _ => unreachable!("{event:?} is told elsewhere or not at all"),
    }
}

/// W2.
fn rejected(
    timestamp: Timestamp,
    owner: Owner,
    reason: RejectReason,
    cl_ord_id: ClOrdId,
) -> Rejected {
    Rejected { timestamp, user_ref_num: owner.user_ref, reason, cl_ord_id }
}

/// The broker's own text of a request; spaces where it has none (R40).
fn text_of(command: &Command) -> ClOrdId {
    match command {
        Command::Enter(enter) => enter.cl_ord_id,
        Command::Replace(replace) => replace.cl_ord_id,
        Command::Refused(refused) => refused.cl_ord_id,
        Command::MassCancel(_) | Command::Disable(_) | Command::Enable(_) => ClOrdId::BLANK,
        other => unreachable!("only brokers' requests are rejected: {other:?}"),
    }
}

/// W5, W6, W7 (R54, R55).
fn prevented(timestamp: Timestamp, event: &Event, replies: &mut Replies) {
    let Event::Prevented {
        taker,
        maker,
        strategy,
        price,
        prevented,
        taker_less,
        maker_less,
        flag,
        ..
    } = *event
    else {
        unreachable!("the caller looked: {event:?}");
    };
    let message = |owner: Owner, decrement, liquidity| AiqCanceled {
        timestamp,
        user_ref_num: owner.user_ref,
        decrement,
        reason: AiqCancelReason::SELF_MATCH,
        prevented,
        price: order_price(price),
        liquidity,
        strategy: strategy.code(),
    };
    let reason = CancelReason::SELF_MATCH;
    match strategy {
        Strategy::Trade => unreachable!("they trade: {event:?}"),
        Strategy::DecrementQuietly => {
            replies.echo(taker, &canceled(timestamp, taker, taker_less, reason));
            replies.echo(maker, &canceled(timestamp, maker, maker_less, reason));
        }
        Strategy::Decrement => {
            replies.echo(taker, &message(taker, taker_less, LiquidityFlag::REMOVED));
            replies.echo(maker, &message(maker, maker_less, flag));
        }
        Strategy::CancelOldest => replies.echo(maker, &message(maker, maker_less, flag)),
        Strategy::CancelNewest => {
            replies.echo(taker, &message(taker, taker_less, LiquidityFlag::REMOVED));
        }
    }
}

/// W19.
fn switched(timestamp: Timestamp, owner: Owner, command: &Command, replies: &mut Replies) {
    let user_ref_num = owner.user_ref;
    match command {
        Command::Disable(switch) => {
            let firm = switch.firm;
            replies.always(owner, &DisableOrderEntryResponse { timestamp, user_ref_num, firm });
        }
        Command::Enable(switch) => {
            let firm = switch.firm;
            replies.always(owner, &EnableOrderEntryResponse { timestamp, user_ref_num, firm });
        }
        other => unreachable!("Disable and Enable are acknowledged: {other:?}"),
    }
}

/// W21.
fn broken(timestamp: Timestamp, command: &Command, replies: &mut Replies) {
    let Command::BreakTrade(BreakTrade { match_no, reason, buyer, seller, .. }) = command else {
        unreachable!("BreakTrade breaks: {command:?}");
    };
    for Party { owner, cl_ord_id } in [buyer, seller] {
        let message = BrokenTrade {
            timestamp,
            user_ref_num: owner.user_ref,
            match_no: *match_no,
            reason: *reason,
            cl_ord_id: *cl_ord_id,
        };
        replies.echo(*owner, &message);
    }
}

#[cfg(test)]
mod tests;

//! A reply as a short line for people.
//!
//! ```text
//! 12:03:04.123456  #3 executed 100 AAPL @ 187.50, 50 left (match 17)
//! time              order, and what became of it
//! ```

use client::Reply;
use protocol_spec::wire::ouch::{
    CancelReason, Mpid, Outbound, RejectReason, SystemEventCode, TagSet, Tags,
};
use protocol_spec::words::{Shares, Timestamp, UserRefIdx, UserRefNum};

use super::orders::{Order, OrderName};
use super::plain;
use crate::count::plural;

/// Columns before what happened.
const INDENT: &str = "                 ";

/// What kind of news it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    /// Something was traded.
    Trade,
    /// Something was refused, or undone.
    Bad,
    /// Shares were taken off an order.
    Less,
    /// Anything else.
    Plain,
}

/// A short line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Brief {
    time: Option<Timestamp>,
    text: String,
    tone: Tone,
}

impl Brief {
    /// The line, without its end, maybe in colour.
    pub(super) fn line(&self, colour: bool) -> String {
        let time = match self.time {
            Some(time) => format!("{:<17}", plain::time(time)),
            None => INDENT.to_owned(),
        };
        let code = match self.tone {
            Tone::Trade => "32",
            Tone::Bad => "31",
            Tone::Less => "33",
            Tone::Plain => return format!("{time}{}", self.text),
        };
        if colour {
            format!("{time}\x1b[{code}m{}\x1b[0m", self.text)
        } else {
            format!("{time}{}", self.text)
        }
    }
}

/// The line of a reply; `after` is the order that it is about as it was left by it.
pub(super) fn brief(reply: &Reply<'_>, after: Option<&Order>) -> Brief {
    let (message, appendage) = match reply.decode() {
        Ok(decoded) => decoded,
        Err(error) => {
            let text = format!("a reply that cannot be read: {error}");
            return Brief { time: None, text, tone: Tone::Bad };
        }
    };
    let tags = appendage.read(TagSet::ALL).unwrap_or(Tags::NONE);
    let about = About { channel: tags.user_ref_idx.unwrap_or_default(), after };
    let (tone, text) = match &message {
        Outbound::OrderAccepted(_)
        | Outbound::OrderReplaced(_)
        | Outbound::OrderModified(_)
        | Outbound::OrderRestated(_)
        | Outbound::OrderPriorityUpdate(_) => (Tone::Plain, about.stands(&message, &tags)),
        Outbound::OrderExecuted(_) => (Tone::Trade, about.loses(&message)),
        Outbound::Canceled(_) | Outbound::AiqCanceled(_) => (Tone::Less, about.loses(&message)),
        Outbound::BrokenTrade(_)
        | Outbound::Rejected(_)
        | Outbound::CancelPending(_)
        | Outbound::CancelReject(_) => (Tone::Bad, about.is_refused(&message)),
        Outbound::SystemEvent(_)
        | Outbound::MassCancelResponse(_)
        | Outbound::DisableOrderEntryResponse(_)
        | Outbound::EnableOrderEntryResponse(_)
        | Outbound::AccountQueryResponse(_) => (Tone::Plain, about.whole(&message, &tags)),
    };
    Brief { time: Some(time_of(&message)), text, tone }
}

/// What a reply is about.
#[derive(Clone, Copy)]
struct About<'a> {
    channel: UserRefIdx,
    /// The order as it is now.
    after: Option<&'a Order>,
}

impl About<'_> {
    fn name(&self, number: UserRefNum) -> String {
        format!("#{}", plain::order_name(OrderName { channel: self.channel, number }))
    }

    /// Shares, of what, if that is known.
    fn shares(&self, shares: Shares) -> String {
        match self.after {
            Some(order) => format!("{shares} {}", order.symbol),
            None => plural(u64::from(shares.0), "share"),
        }
    }

    /// What is left, if that is known.
    fn left(&self) -> String {
        match self.after {
            Some(order) if order.left == Shares(0) => ", nothing left".to_owned(),
            Some(order) => format!(", {} left", order.left),
            None => String::new(),
        }
    }

    /// The order as it stands.
    fn terms(&self) -> String {
        let Some(order) = self.after else {
            return String::new();
        };
        let (side, price) = (plain::side(order.side), plain::price(order.price));
        let mut text = format!("{side} {} {} @ {price}", order.left, order.symbol);
        let tif = plain::time_in_force(order.time_in_force, order.deadline);
        let display = plain::display(order.display);
        let (floor, least) = (order.floor, order.least);
        for (is_said, words) in [
            (tif != "day", tif),
            (display != "visible", display),
            (floor > Shares(0), format!("{floor} shown")),
            (order.post_only, "post-only".to_owned()),
            (least > Shares(0), format!("min {least}")),
        ] {
            if is_said {
                text.push_str(", ");
                text.push_str(&words);
            }
        }
        text
    }

    /// An order is new, or other than it was.
    fn stands(&self, message: &Outbound<'_>, tags: &Tags) -> String {
        match message {
            Outbound::OrderAccepted(m) => {
                format!("{} accepted: {}", self.name(m.user_ref_num()), self.terms())
            }
            Outbound::OrderReplaced(m) => {
                let (new, old) = (self.name(m.user_ref_num()), self.name(m.orig_user_ref_num()));
                format!("{new} replaces {old}: {}", self.terms())
            }
            Outbound::OrderModified(m) => {
                let (side, left) = (plain::side(m.side()), self.shares(m.quantity()));
                format!("{} modified: {side}, {left} left", self.name(m.user_ref_num()))
            }
            Outbound::OrderRestated(m) => {
                let why = plain::meaning(m.reason().meaning(), &m.reason().0);
                let shown =
                    tags.display_quantity.map(|shown| format!("{} shown", self.shares(shown)));
                let price = tags.display_price.map(|price| format!(" @ {}", plain::price(price)));
                let (shown, price) = (shown.unwrap_or_default(), price.unwrap_or_default());
                let gap = if shown.is_empty() { "" } else { ": " };
                format!("{} {why}{gap}{shown}{price}", self.name(m.user_ref_num()))
            }
            Outbound::OrderPriorityUpdate(m) => {
                let price = plain::price(m.price());
                format!("{} has another place, @ {price}", self.name(m.user_ref_num()))
            }
            _ => String::new(),
        }
    }

    /// Shares went from an order.
    fn loses(&self, message: &Outbound<'_>) -> String {
        match message {
            Outbound::OrderExecuted(m) => format!(
                "{} executed {} @ {}{} (match {})",
                self.name(m.user_ref_num()),
                self.shares(m.quantity()),
                plain::price(m.price()),
                self.left(),
                m.match_no()
            ),
            Outbound::Canceled(m) => {
                let why = match m.reason() {
                    CancelReason::USER => String::new(),
                    reason => format!(": {}", plain::meaning(reason.meaning(), &reason.0)),
                };
                let (name, shares) = (self.name(m.user_ref_num()), self.shares(m.quantity()));
                format!("{name} canceled {shares}{}{why}", self.left())
            }
            Outbound::AiqCanceled(m) => format!(
                "{} canceled {}{}: {} would have traded with its own side @ {}",
                self.name(m.user_ref_num()),
                self.shares(m.decrement()),
                self.left(),
                m.prevented(),
                plain::price(m.price())
            ),
            _ => String::new(),
        }
    }

    /// Something was refused, or undone.
    fn is_refused(&self, message: &Outbound<'_>) -> String {
        match message {
            Outbound::Rejected(m) => {
                let reason = m.reason();
                let why = reason.meaning().unwrap_or("for a reason without a name");
                let hint = hint(reason).map(|hint| format!("; {hint}")).unwrap_or_default();
                let number = reason.number();
                format!("{} rejected, 0x{number:04X} {why}{hint}", self.name(m.user_ref_num()))
            }
            Outbound::BrokenTrade(m) => {
                let why = plain::meaning(m.reason().meaning(), &m.reason().0);
                let (name, match_no) = (self.name(m.user_ref_num()), m.match_no());
                format!("{name} the trade of match {match_no} was broken: {why}")
            }
            Outbound::CancelPending(m) => {
                format!("{} will be canceled after the cross", self.name(m.user_ref_num()))
            }
            Outbound::CancelReject(m) => {
                format!("{} is held by a cross: not canceled", self.name(m.user_ref_num()))
            }
            _ => String::new(),
        }
    }

    /// It is about no order.
    fn whole(&self, message: &Outbound<'_>, tags: &Tags) -> String {
        match message {
            Outbound::SystemEvent(m) => match m.event() {
                SystemEventCode::START_OF_DAY => "the day has begun".to_owned(),
                SystemEventCode::END_OF_DAY => {
                    "the day has ended; trades may still be broken".to_owned()
                }
                other => plain::meaning(other.meaning(), &other.0),
            },
            Outbound::MassCancelResponse(m) => {
                let mut which = vec!["all orders".to_owned()];
                which.extend((!m.firm().is_blank()).then(|| format!("of {}", m.firm())));
                which.extend((!m.symbol().is_blank()).then(|| format!("in {}", m.symbol())));
                which.extend(tags.side.map(|side| format!("to {}", plain::side(side))));
                which.extend(tags.group_id.map(|group| format!("of group {group}")));
                let name = self.name(m.user_ref_num());
                format!("{name} mass cancel taken: {}", which.join(" "))
            }
            Outbound::DisableOrderEntryResponse(m) => {
                format!("{} no more orders of {}", self.name(m.user_ref_num()), firm(m.firm()))
            }
            Outbound::EnableOrderEntryResponse(m) => {
                format!("{} orders of {} again", self.name(m.user_ref_num()), firm(m.firm()))
            }
            Outbound::AccountQueryResponse(m) => {
                format!("the next number is {}", self.name(m.next_user_ref_num()))
            }
            _ => String::new(),
        }
    }
}

/// Whose orders.
fn firm(firm: Mpid) -> String {
    if firm.is_blank() { "every firm of the port".to_owned() } else { firm.to_string() }
}

/// When the venue says that it happened.
fn time_of(message: &Outbound<'_>) -> Timestamp {
    match message {
        Outbound::SystemEvent(m) => m.timestamp(),
        Outbound::OrderAccepted(m) => m.timestamp(),
        Outbound::OrderReplaced(m) => m.timestamp(),
        Outbound::Canceled(m) => m.timestamp(),
        Outbound::AiqCanceled(m) => m.timestamp(),
        Outbound::OrderExecuted(m) => m.timestamp(),
        Outbound::BrokenTrade(m) => m.timestamp(),
        Outbound::Rejected(m) => m.timestamp(),
        Outbound::CancelPending(m) => m.timestamp(),
        Outbound::CancelReject(m) => m.timestamp(),
        Outbound::OrderPriorityUpdate(m) => m.timestamp(),
        Outbound::OrderModified(m) => m.timestamp(),
        Outbound::OrderRestated(m) => m.timestamp(),
        Outbound::MassCancelResponse(m) => m.timestamp(),
        Outbound::DisableOrderEntryResponse(m) => m.timestamp(),
        Outbound::EnableOrderEntryResponse(m) => m.timestamp(),
        Outbound::AccountQueryResponse(m) => m.timestamp(),
    }
}

/// What whoever asked may look at, where the reason alone does not say it.
const fn hint(reason: RejectReason) -> Option<&'static str> {
    Some(match reason {
        RejectReason::INVALID_SYMBOL => "not listed here; symbols go out in capitals",
        RejectReason::DESTINATION_CLOSED => "the market is closed",
        RejectReason::HALTED => "halted, or paused, or not yet open for an order that may not wait",
        RejectReason::PRE_MARKET_NOT_ALLOWED => "the market has not opened: --tif gtx may wait",
        RejectReason::POST_MARKET_NOT_ALLOWED => "market hours are over or have yet to be",
        RejectReason::FIRM_NOT_AUTHORIZED => {
            "not a firm of this port, or its order entry is disabled"
        }
        RejectReason::INVALID_PRICE => "0, too high, or between two ticks",
        RejectReason::INVALID_QUANTITY => "1 to 999,999, where it is asked for in round lots",
        RejectReason::FAT_FINGER | RejectReason::RISK_FAT_FINGER => {
            "the price is too far from the last one"
        }
        RejectReason::RISK_PORT_RATE => "more messages a second than the port may send",
        RejectReason::RISK_LOCATE_REQUIRED => "--located says that shares were found",
        RejectReason::OTHER => "a value or a tag is not allowed, or the venue is full",
        _ => return None,
    })
}

#[cfg(test)]
mod tests;

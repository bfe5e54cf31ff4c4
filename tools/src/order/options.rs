//! What may be said of an order beside what has to be said.

use clap::Args;
use client::{Order, Replacement};
use protocol_spec::wire::ouch::{
    AiqStrategy, Capacity, ClOrdId, CrossType, CustomerType, DiscretionPriceType, Display,
    HandleInst, Iso, Mpid, PostOnly, PriceType, SharesLocated, Side, Tags, TimeInForce, TradeNow,
};
use protocol_spec::wire::text::Alpha;
use protocol_spec::words::{GroupId, OrderPrice, Shares, SignedPrice, UserRefIdx, UserRefNum};

use super::values;

/// Headings of the help.
const NUMBERS: &str = "Numbers";
const ELSEWHERE: &str = "Instructions that this venue refuses";

/// The channel of a request that has no number of its own.
#[derive(Args, Clone, Copy, Debug, Default)]
pub struct Channel {
    /// The channel (UserRefIdx) that the number counts in; 0 if not given
    #[arg(long, value_name = "0..255", help_heading = NUMBERS, value_parser = values::channel)]
    pub(super) channel: Option<UserRefIdx>,
}

/// The number of a request.
#[derive(Args, Clone, Copy, Debug, Default)]
pub(super) struct Numbered {
    /// The number (UserRefNum) of this request; if not given the venue is asked for the next one
    #[arg(long, value_name = "N", help_heading = NUMBERS, value_parser = values::number)]
    pub(super) number: Option<UserRefNum>,

    #[command(flatten)]
    pub(super) channel: Channel,
}

/// What new orders and their replacements share.
#[derive(Args, Clone, Debug)]
pub(super) struct Shape {
    /// How long it may live: day, ioc, gtx, gtt (with --expire), after-hours
    #[arg(long, value_name = "TIF", default_value = "day",
        value_parser = values::time_in_force)]
    tif: TimeInForce,

    /// Seconds to live, with --tif gtt
    #[arg(long, value_name = "SECONDS", value_parser = values::seconds)]
    expire: Option<u32>,

    /// What the public sees: y visible, n hidden, a visible under the firm's name
    #[arg(long, value_name = "y|n|a", default_value = "y", value_parser = values::display)]
    display: Display,

    /// Displayed part of a reserve order (MaxFloor)
    #[arg(long, value_name = "SHARES", value_parser = values::shares)]
    floor: Option<Shares>,

    /// Range by which the displayed part varies (RandomReserves)
    #[arg(long, value_name = "SHARES", value_parser = values::shares)]
    random: Option<Shares>,

    /// Least shares of an execution (MinQty)
    #[arg(long, value_name = "SHARES", value_parser = values::shares)]
    min: Option<Shares>,

    /// Only add to the book, never take from it; `=n` takes that back in a replacement
    #[arg(long, value_name = "y|n", num_args = 0..=1, require_equals = true,
        default_missing_value = "y", value_parser = values::post_only)]
    post_only: Option<PostOnly>,

    /// Borrowed shares were found for a short sale; a replacement has to say so again
    #[arg(long, value_name = "y|n", num_args = 0..=1, require_equals = true,
        default_missing_value = "y", value_parser = values::located)]
    located: Option<SharesLocated>,

    /// Who lends them
    #[arg(long, value_name = "FIRM", value_parser = values::firm)]
    locate_broker: Option<Mpid>,

    /// What becomes of orders that would trade with their own side: off, D and Y decrement both,
    /// O cancels the oldest, W the newest
    #[arg(long, value_name = "STRATEGY", value_parser = values::aiq)]
    aiq: Option<AiqStrategy>,

    /// Group within the firm that is one side
    #[arg(long, value_name = "XX", value_parser = values::aiq_group)]
    aiq_group: Option<Alpha<2>>,

    /// Your own text, returned in replies
    #[arg(long, value_name = "TEXT", value_parser = values::cl_ord_id)]
    cl_ord_id: Option<ClOrdId>,

    /// Intermarket sweep
    #[arg(long, value_name = "y|n", num_args = 0..=1, require_equals = true, default_value = "n",
        default_missing_value = "y", help_heading = ELSEWHERE, value_parser = values::iso)]
    iso: Iso,

    /// What the price is tied to, by its code
    #[arg(long, value_name = "CODE", help_heading = ELSEWHERE, value_parser = values::price_type)]
    price_type: Option<PriceType>,

    /// Distance from that
    #[arg(long, value_name = "PRICE", allow_hyphen_values = true, help_heading = ELSEWHERE,
        value_parser = values::offset)]
    peg_offset: Option<SignedPrice>,

    /// Price up to which it may trade at discretion
    #[arg(long, value_name = "PRICE", help_heading = ELSEWHERE, value_parser = values::price)]
    discretion: Option<OrderPrice>,

    /// What that price is tied to, by its code
    #[arg(long, value_name = "CODE", help_heading = ELSEWHERE,
        value_parser = values::discretion_type)]
    discretion_type: Option<DiscretionPriceType>,

    /// Distance from that
    #[arg(long, value_name = "PRICE", allow_hyphen_values = true, help_heading = ELSEWHERE,
        value_parser = values::offset)]
    discretion_offset: Option<SignedPrice>,

    /// Whether a midpoint order may trade at once
    #[arg(long, value_name = "y|n|default", help_heading = ELSEWHERE,
        value_parser = values::trade_now)]
    trade_now: Option<TradeNow>,

    /// How it is handled in its cross, by its code
    #[arg(long, value_name = "CODE", help_heading = ELSEWHERE, value_parser = values::handle)]
    handle: Option<HandleInst>,
}

/// What only a new order can say.
#[derive(Args, Clone, Debug)]
pub(super) struct Entry {
    /// The firm; the port's first if not given
    #[arg(long, value_name = "FIRM", value_parser = values::firm)]
    firm: Option<Mpid>,

    /// Your own group of orders, for a mass cancel
    #[arg(long, value_name = "0..65535", value_parser = values::group)]
    group: Option<GroupId>,

    /// For whom you act: agency, principal, riskless, other
    #[arg(long, value_name = "a|p|r|o", default_value = "a", value_parser = values::capacity)]
    capacity: Capacity,

    /// Whose customer the order is: retail, not-retail, default
    #[arg(long, value_name = "WHOSE", value_parser = values::customer)]
    customer: Option<CustomerType>,

    /// The cross it is meant for: opening, closing, halt ..
    #[arg(long, value_name = "CROSS", default_value = "none", help_heading = ELSEWHERE,
        value_parser = values::cross_type)]
    cross: CrossType,
}

impl Channel {
    /// The tags of a request of this channel.
    pub(super) const fn tags(self) -> Tags {
        Tags { user_ref_idx: self.channel, ..Tags::NONE }
    }
}

impl Shape {
    /// The order with what was said of it.
    pub(super) fn order(&self, entry: &Entry, channel: Channel, order: Order) -> Order {
        Order {
            time_in_force: self.tif,
            display: self.display,
            iso: self.iso,
            cl_ord_id: self.cl_ord_id.unwrap_or(ClOrdId::BLANK),
            capacity: entry.capacity,
            cross_type: entry.cross,
            tags: Tags {
                firm: entry.firm,
                group_id: entry.group,
                customer_type: entry.customer,
                ..self.tags(channel)
            },
            ..order
        }
    }

    /// The replacement with what was said of it.
    pub(super) fn replacement(
        &self,
        side: Option<Side>,
        channel: Channel,
        replacement: Replacement,
    ) -> Replacement {
        Replacement {
            time_in_force: self.tif,
            display: self.display,
            iso: self.iso,
            cl_ord_id: self.cl_ord_id.unwrap_or(ClOrdId::BLANK),
            tags: Tags { side, ..self.tags(channel) },
            ..replacement
        }
    }

    fn tags(&self, channel: Channel) -> Tags {
        Tags {
            min_qty: self.min,
            max_floor: self.floor,
            price_type: self.price_type,
            peg_offset: self.peg_offset,
            discretion_price: self.discretion,
            discretion_price_type: self.discretion_type,
            discretion_peg_offset: self.discretion_offset,
            post_only: self.post_only,
            random_reserves: self.random,
            expire_time: self.expire,
            trade_now: self.trade_now,
            handle_inst: self.handle,
            shares_located: self.located,
            locate_broker: self.locate_broker,
            aiq_strategy: self.aiq,
            aiq_group: self.aiq_group,
            ..channel.tags()
        }
    }
}

//! What can be asked, in words.

use clap::{Args, Parser, Subcommand};
use client::{Cancel, Disable, Enable, MassCancel, Modify, Order, Replacement, Request};
use protocol_spec::wire::Symbol;
use protocol_spec::wire::ouch::{Mpid, SharesLocated, Side, Tags};
use protocol_spec::words::{GroupId, OrderPrice, Shares, UserRefIdx, UserRefNum};

use super::options::{Channel, Entry, Numbered, Shape};
use super::values;

/// The words of one request, as they stand in a line of a batch.
#[derive(Parser, Debug)]
#[command(no_binary_name = true, disable_help_subcommand = true)]
pub struct Words {
    /// The request.
    #[command(subcommand)]
    pub asked: Asked,
}

/// One request.
#[derive(Subcommand, Clone, Debug)]
pub enum Asked {
    /// Buy: 100 AAPL @ 187.50
    #[command(
        override_usage = "outcry order --port NAME buy SHARES SYMBOL @ PRICE|market [OPTIONS]"
    )]
    Buy(Box<Enter>),
    /// Sell what you have: 100 AAPL @ 187.50
    #[command(
        override_usage = "outcry order --port NAME sell SHARES SYMBOL @ PRICE|market [OPTIONS]"
    )]
    Sell(Box<Enter>),
    /// Sell short: 100 AAPL @ 187.50
    #[command(
        override_usage = "outcry order --port NAME short SHARES SYMBOL @ PRICE|market [OPTIONS]"
    )]
    Short(Box<Enter>),
    /// Sell short, exempt from the price test: 100 AAPL @ 187.50
    #[command(
        override_usage = "outcry order --port NAME exempt SHARES SYMBOL @ PRICE|market [OPTIONS]"
    )]
    Exempt(Box<Enter>),
    /// Put a new order in the place of a live one: 5 80 @ 187.40
    #[command(
        override_usage = "outcry order --port NAME replace N SHARES @ PRICE|market [OPTIONS]"
    )]
    Replace(Box<Replace>),
    /// Cancel an order, or make it smaller
    Cancel(CancelOne),
    /// Change the kind of a sale, or make it smaller
    Modify(ModifyOne),
    /// Cancel all orders of the port that match
    MassCancel(CancelMany),
    /// Let no more orders of a firm in
    Disable(Switch),
    /// Let orders of a firm in again
    Enable(Switch),
    /// Ask which number comes next
    Query(Channel),
}

/// A new order.
#[derive(Args, Clone, Debug)]
pub struct Enter {
    /// Shares, 1 to 999,999
    #[arg(value_name = "SHARES", value_parser = values::shares)]
    quantity: Shares,

    /// The security
    #[arg(value_name = "SYMBOL", value_parser = values::symbol)]
    symbol: Symbol,

    /// The word that stands before the price
    #[arg(value_name = "@", value_parser = values::at)]
    _at: values::At,

    /// The limit, with 4 decimals at most, or `market`
    #[arg(value_name = "PRICE", value_parser = values::price)]
    price: OrderPrice,

    #[command(flatten)]
    shape: Shape,

    #[command(flatten)]
    entry: Entry,

    #[command(flatten)]
    numbered: Numbered,
}

/// A new order in place of a live one.
#[derive(Args, Clone, Debug)]
pub struct Replace {
    /// Number of the order to be replaced
    #[arg(value_name = "N", value_parser = values::number)]
    order: UserRefNum,

    /// Shares of the whole chain, executed ones included
    #[arg(value_name = "SHARES", value_parser = values::shares)]
    quantity: Shares,

    /// The word that stands before the price
    #[arg(value_name = "@", value_parser = values::at)]
    _at: values::At,

    /// The limit, with 4 decimals at most, or `market`
    #[arg(value_name = "PRICE", value_parser = values::price)]
    price: OrderPrice,

    /// The kind of sale from now on: sell, short, exempt
    #[arg(long, value_name = "SIDE", value_parser = values::side)]
    side: Option<Side>,

    #[command(flatten)]
    shape: Shape,

    #[command(flatten)]
    numbered: Numbered,
}

/// Less of an order, or nothing.
#[derive(Args, Clone, Debug)]
pub struct CancelOne {
    /// Number of the order
    #[arg(value_name = "N", value_parser = values::number)]
    order: UserRefNum,

    /// Shares wanted in all, executed ones included
    #[arg(value_name = "SHARES", default_value = "0", value_parser = values::shares)]
    quantity: Shares,

    #[command(flatten)]
    channel: Channel,
}

/// Another kind of sale, or less of it.
#[derive(Args, Clone, Debug)]
pub struct ModifyOne {
    /// Number of the order
    #[arg(value_name = "N", value_parser = values::number)]
    order: UserRefNum,

    /// The kind of sale: sell, short, exempt
    #[arg(value_name = "SIDE", value_parser = values::side)]
    side: Side,

    /// Shares wanted in all, executed ones included
    #[arg(value_name = "SHARES", value_parser = values::shares)]
    quantity: Shares,

    /// Borrowed shares were found for a short sale
    #[arg(long, value_name = "y|n", num_args = 0..=1, require_equals = true,
        default_missing_value = "y", value_parser = values::located)]
    located: Option<SharesLocated>,

    /// Who lends them
    #[arg(long, value_name = "FIRM", value_parser = values::firm)]
    locate_broker: Option<Mpid>,

    #[command(flatten)]
    channel: Channel,
}

/// All orders that match everything that is said.
#[derive(Args, Clone, Debug)]
pub struct CancelMany {
    /// Orders of this firm
    #[arg(long, value_name = "FIRM", value_parser = values::firm)]
    firm: Option<Mpid>,

    /// Orders in this security
    #[arg(long, value_name = "SYMBOL", value_parser = values::symbol)]
    symbol: Option<Symbol>,

    /// Orders of this side: buy, sell, short, exempt
    #[arg(long, value_name = "SIDE", value_parser = values::side)]
    side: Option<Side>,

    /// Orders of this group; 0 is those of none
    #[arg(long, value_name = "0..65535", value_parser = values::group)]
    group: Option<GroupId>,

    #[command(flatten)]
    numbered: Numbered,
}

/// Whose orders.
#[derive(Args, Clone, Debug)]
pub struct Switch {
    /// The firm; all of the port's if not given
    #[arg(value_name = "FIRM", value_parser = values::firm)]
    firm: Option<Mpid>,

    #[command(flatten)]
    numbered: Numbered,
}

/// Which replies of the day.
#[derive(Args, Clone, Debug)]
pub struct Replies {
    /// From this one on
    #[arg(long, value_name = "N", default_value_t = 1,
        value_parser = clap::value_parser!(u64).range(1..))]
    pub from: u64,

    /// Go on with those that come
    #[arg(long)]
    pub follow: bool,
}

impl Asked {
    /// The request, or `None` if only the number is asked for.
    pub(super) fn request(&self) -> Option<Request> {
        Some(match self {
            Asked::Buy(enter) => enter.order(Side::BUY).into(),
            Asked::Sell(enter) => enter.order(Side::SELL).into(),
            Asked::Short(enter) => enter.order(Side::SELL_SHORT).into(),
            Asked::Exempt(enter) => enter.order(Side::SELL_SHORT_EXEMPT).into(),
            Asked::Replace(replace) => replace.replacement().into(),
            Asked::Cancel(cancel) => Cancel {
                tags: cancel.channel.tags(),
                ..Cancel::down_to(cancel.order, cancel.quantity)
            }
            .into(),
            Asked::Modify(modify) => modify.modify().into(),
            Asked::MassCancel(cancel) => cancel.mass_cancel().into(),
            Asked::Disable(Switch { firm, numbered }) => {
                let firm = firm.unwrap_or(Mpid::BLANK);
                Disable { firm, tags: numbered.channel.tags() }.into()
            }
            Asked::Enable(Switch { firm, numbered }) => {
                let firm = firm.unwrap_or(Mpid::BLANK);
                Enable { firm, tags: numbered.channel.tags() }.into()
            }
            Asked::Query(_) => return None,
        })
    }

    /// The number that it is to have.
    pub(super) const fn number(&self) -> Option<UserRefNum> {
        match self {
            Asked::Buy(enter) | Asked::Sell(enter) | Asked::Short(enter) | Asked::Exempt(enter) => {
                enter.numbered.number
            }
            Asked::Replace(replace) => replace.numbered.number,
            Asked::MassCancel(cancel) => cancel.numbered.number,
            Asked::Disable(switch) | Asked::Enable(switch) => switch.numbered.number,
            Asked::Cancel(_) | Asked::Modify(_) | Asked::Query(_) => None,
        }
    }

    /// The channel of a query.
    pub(super) fn queried(&self) -> UserRefIdx {
        match self {
            Asked::Query(channel) => channel.channel.unwrap_or_default(),
            _ => UserRefIdx::default(),
        }
    }
}

impl Enter {
    fn order(&self, side: Side) -> Order {
        let order = Order::new(side, self.quantity, self.symbol, self.price);
        self.shape.order(&self.entry, self.numbered.channel, order)
    }
}

impl Replace {
    fn replacement(&self) -> Replacement {
        let replacement = Replacement::new(self.order, self.quantity, self.price);
        self.shape.replacement(self.side, self.numbered.channel, replacement)
    }
}

impl ModifyOne {
    fn modify(&self) -> Modify {
        let tags = Tags {
            shares_located: self.located,
            locate_broker: self.locate_broker,
            ..self.channel.tags()
        };
        Modify { tags, ..Modify::new(self.order, self.side, self.quantity) }
    }
}

impl CancelMany {
    fn mass_cancel(&self) -> MassCancel {
        MassCancel {
            firm: self.firm.unwrap_or(Mpid::BLANK),
            symbol: self.symbol.unwrap_or(Symbol::BLANK),
            tags: Tags { side: self.side, group_id: self.group, ..self.numbered.channel.tags() },
        }
    }
}

/// What is wrong, in a line: what stands before the hints and the usage.
pub(super) fn first_words(error: &clap::Error) -> String {
    let text = error.render().to_string();
    let head = text.split("\n\n").next().unwrap_or_default();
    let words: Vec<&str> = head.trim_start_matches("error: ").split_whitespace().collect();
    words.join(" ")
}

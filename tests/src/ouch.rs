//! What a broker sends so that a command comes of it.

use matcher::command::{Cancel, Command, Enter, MassCancel, Modify, Options, Replace, Request};
use protocol_spec::wire::ouch::{
    AccountQuery, AiqStrategy, CancelOrder, Capacity, ClOrdId, CrossType, DisableOrderEntry,
    EnableOrderEntry, EnterOrder, Iso, ModifyOrder, Mpid, PostOnly, ReplaceOrder, SharesLocated,
    Side, Symbol, Tags,
};
use protocol_spec::wire::ouch::{Display, MassCancel as MassCancelMessage, TimeInForce};
use protocol_spec::wire::text::Alpha;
use protocol_spec::words::{OrderPrice, PortId, Shares, UserRefIdx, UserRefNum};

/// The port and the message of a broker that come to `command`; of a refused one, to a refusal of
/// such a message. `None` if no broker sends it.
#[must_use]
pub fn message(command: &Command) -> Option<(PortId, Vec<u8>)> {
    let mut out = [0; 512];
    let (port, len) = match command {
        Command::Enter(enter) => (enter.owner.port, enter_order(enter, &mut out)),
        Command::Replace(replace) => (replace.owner.port, replace_order(replace, &mut out)),
        Command::Cancel(Cancel { owner, quantity }) => {
            let cancel = CancelOrder { user_ref_num: owner.user_ref, quantity: *quantity };
            (owner.port, cancel.encode_with(&channel(owner.idx), &mut out))
        }
        Command::Modify(modify) => (modify.owner.port, modify_order(modify, &mut out)),
        Command::MassCancel(mass) => (mass.owner.port, mass_cancel(mass, &mut out)),
        Command::Disable(switch) => {
            let (owner, firm) = (switch.owner, switch.firm);
            let disable = DisableOrderEntry { user_ref_num: owner.user_ref, firm };
            (owner.port, disable.encode_with(&channel(owner.idx), &mut out))
        }
        Command::Enable(switch) => {
            let (owner, firm) = (switch.owner, switch.firm);
            let enable = EnableOrderEntry { user_ref_num: owner.user_ref, firm };
            (owner.port, enable.encode_with(&channel(owner.idx), &mut out))
        }
        Command::AccountQuery { port, idx } => {
            (*port, AccountQuery {}.encode_with(&channel(*idx), &mut out))
        }
        Command::Refused(refused) => {
            return Some((refused.owner.port, faulty(refused.owner.user_ref, refused.request)));
        }
        _ => return None,
    };
    Some((port, out[..len].to_vec()))
}

/// The command that comes of such a message: itself, but for its tag of the channel.
#[must_use]
pub fn told(command: &Command) -> Command {
    let mut told = command.clone();
    let (owner, options) = match &mut told {
        Command::Enter(Enter { owner, options, .. })
        | Command::Replace(Replace { owner, options, .. }) => (owner, options),
        _ => return told,
    };
    if owner.idx.0 > 0 {
        options.given = options.given.with(28);
    }
    told
}

fn channel(idx: UserRefIdx) -> Tags {
    Tags { user_ref_idx: (idx.0 > 0).then_some(idx), ..Tags::NONE }
}

fn enter_order(enter: &Enter, out: &mut [u8]) -> usize {
    let message = EnterOrder {
        user_ref_num: enter.owner.user_ref,
        side: enter.side.code(),
        quantity: enter.quantity,
        symbol: enter.symbol,
        price: enter.price,
        time_in_force: enter.tif.code(),
        display: enter.display.code(),
        capacity: enter.capacity,
        iso: Iso::NO,
        cross_type: CrossType::CONTINUOUS,
        cl_ord_id: enter.cl_ord_id,
    };
    message.encode_with(&tags(enter.owner.idx, &enter.options), out)
}

fn replace_order(replace: &Replace, out: &mut [u8]) -> usize {
    let message = ReplaceOrder {
        orig_user_ref_num: replace.orig,
        user_ref_num: replace.owner.user_ref,
        quantity: replace.quantity,
        price: replace.price,
        time_in_force: replace.tif.code(),
        display: replace.display.code(),
        iso: Iso::NO,
        cl_ord_id: replace.cl_ord_id,
    };
    message.encode_with(&tags(replace.owner.idx, &replace.options), out)
}

/// The tags that came, with their values.
fn tags(idx: UserRefIdx, options: &Options) -> Tags {
    let given = |tag| options.given.contains(tag);
    let strategy = options.aiq_strategy.map_or(AiqStrategy::PORT_DEFAULT, |one| one.code());
    let post_only = if options.post_only { PostOnly::POST_ONLY } else { PostOnly::NO };
    let located = if options.located { SharesLocated::YES } else { SharesLocated::NO };
    Tags {
        firm: given(2).then_some(options.firm),
        min_qty: given(3).then_some(options.min_qty),
        customer_type: given(4).then_some(options.customer_type),
        max_floor: given(5).then_some(options.max_floor),
        post_only: given(12).then_some(post_only),
        random_reserves: given(13).then_some(options.random_reserves),
        expire_time: given(15).then_some(options.expire_time),
        trade_now: given(16).then_some(options.trade_now),
        group_id: given(24).then_some(options.group),
        shares_located: given(25).then_some(located),
        locate_broker: given(26).then_some(options.locate_broker),
        side: options.side.map(|side| side.code()),
        aiq_strategy: given(29).then_some(strategy),
        aiq_group: given(30).then_some(Alpha(options.aiq_group)),
        ..channel(idx)
    }
}

fn modify_order(modify: &Modify, out: &mut [u8]) -> usize {
    let message = ModifyOrder {
        user_ref_num: modify.owner.user_ref,
        side: modify.side.code(),
        quantity: modify.quantity,
    };
    let located = modify.located.then_some(SharesLocated::YES);
    message.encode_with(&Tags { shares_located: located, ..channel(modify.owner.idx) }, out)
}

fn mass_cancel(mass: &MassCancel, out: &mut [u8]) -> usize {
    let message = MassCancelMessage {
        user_ref_num: mass.owner.user_ref,
        firm: mass.firm,
        symbol: mass.symbol,
    };
    let side = mass.side.map(|side| side.code());
    let tags = Tags { group_id: mass.group, side, ..channel(mass.owner.idx) };
    message.encode_with(&tags, out)
}

/// A message that is refused for its form: a side or an appendage that there is not.
fn faulty(user_ref_num: UserRefNum, request: Request) -> Vec<u8> {
    let no_side = Side(*b"?");
    let (mut out, tags) = ([0; 64], &Tags::NONE);
    let enter = EnterOrder {
        user_ref_num,
        side: no_side,
        quantity: Shares(100),
        symbol: Symbol::new("ABC"),
        price: OrderPrice(10_000),
        time_in_force: TimeInForce::DAY,
        display: Display::VISIBLE,
        capacity: Capacity::AGENCY,
        iso: Iso::NO,
        cross_type: CrossType::CONTINUOUS,
        cl_ord_id: ClOrdId::new("REFUSED"),
    };
    let len = match request {
        Request::Enter => enter.encode_with(tags, &mut out),
        Request::Replace { orig } => ReplaceOrder {
            orig_user_ref_num: orig,
            user_ref_num,
            quantity: Shares(0),
            price: OrderPrice(10_000),
            time_in_force: TimeInForce::DAY,
            display: Display::VISIBLE,
            iso: Iso::NO,
            cl_ord_id: ClOrdId::new("REFUSED"),
        }
        .encode_with(tags, &mut out),
        Request::Action => {
            let mass = MassCancelMessage { user_ref_num, firm: Mpid::BLANK, symbol: Symbol::BLANK };
            mass.encode_with(&Tags { side: Some(no_side), ..Tags::NONE }, &mut out)
        }
        Request::Void => {
            let modify = ModifyOrder { user_ref_num, side: no_side, quantity: Shares(1) };
            modify.encode_with(tags, &mut out)
        }
    };
    out[..len].to_vec()
}

//! Each message whose fixed part is there: the checks that it undergoes, and the command it is.

use protocol_spec::wire::layout::{Layout, Tail};
use protocol_spec::wire::ouch::view::inbound as view;
use protocol_spec::wire::ouch::{self, ClOrdId, SharesLocated, TagSet, Tags};
use protocol_spec::words::UserRefNum;

use super::checks::{self, Checked};
use crate::command::{
    Cancel, Command, Enter, MassCancel, Modify, Options, Replace, Request, Switch,
};
use crate::order::Owner;

/// A message whose fixed part is there.
pub(super) trait Framed: Copy {
    /// The message as data.
    const LAYOUT: &'static Layout;
    /// Tags that do not make the appendage faulty.
    const TAGS: TagSet = listed(Self::LAYOUT);

    /// The broker's number of the request, or of the order that it is about.
    fn number(self) -> UserRefNum;
    /// What was asked if it is refused, and the text that the refusal returns.
    fn refusal(self) -> (Request, ClOrdId);
    /// The command, if every check passes that follows on K1.
    fn command(self, owner: Owner, given: Given<'_>) -> Checked<Command>;
}

/// Tag of the routing strategy. No message may have it any more, but orders with it have a check
/// of their own.
const ROUTE: u8 = 14;

/// The tags that the document lists for a message.
const fn listed(layout: &Layout) -> TagSet {
    match layout.tail {
        Tail::Appendage(_, tags) => TagSet::of(tags),
        Tail::None | Tail::Payload(_) | Tail::Optional(_) => TagSet::EMPTY,
    }
}

/// The tags that came with a message.
#[derive(Clone, Copy)]
pub(super) struct Given<'a> {
    pub(super) set: TagSet,
    pub(super) tags: &'a Tags,
}

impl Given<'_> {
    /// No tag at all.
    pub(super) const NONE: Self = Given { set: TagSet::EMPTY, tags: &Tags::NONE };
}

impl Framed for view::EnterOrder<'_> {
    const LAYOUT: &'static Layout = &ouch::EnterOrder::LAYOUT;
    const TAGS: TagSet = listed(Self::LAYOUT).with(ROUTE);

    fn number(self) -> UserRefNum {
        self.user_ref_num()
    }

    fn refusal(self) -> (Request, ClOrdId) {
        (Request::Enter, self.cl_ord_id())
    }

    /// In the order of the table of checks: the first that fails decides.
    #[inline(always)]
    fn command(self, owner: Owner, given: Given<'_>) -> Checked<Command> {
        let side = checks::side(self.side())?;
        let quantity = checks::quantity(self.quantity())?;
        let symbol = checks::symbol(self.symbol())?;
        let price = checks::price(self.price())?;
        let tif = checks::tif_of_enter(self.time_in_force(), given.tags.expire_time)?;
        let display = checks::display(self.display())?;
        let capacity = checks::capacity(self.capacity())?;
        checks::iso(self.iso())?;
        checks::cross(self.cross_type())?;
        let options = options(given)?;
        let cl_ord_id = self.cl_ord_id();
        Ok(Command::Enter(Enter {
            owner,
            symbol,
            price,
            quantity,
            side,
            tif,
            display,
            capacity,
            cl_ord_id,
            options,
        }))
    }
}

impl Framed for view::ReplaceOrder<'_> {
    const LAYOUT: &'static Layout = &ouch::ReplaceOrder::LAYOUT;
    const TAGS: TagSet = listed(Self::LAYOUT).with(ROUTE);

    fn number(self) -> UserRefNum {
        self.user_ref_num()
    }

    fn refusal(self) -> (Request, ClOrdId) {
        (Request::Replace { orig: self.orig_user_ref_num() }, self.cl_ord_id())
    }

    #[inline(always)]
    fn command(self, owner: Owner, given: Given<'_>) -> Checked<Command> {
        let side = checks::kind_of_sale(given.tags.side)?;
        let quantity = checks::quantity(self.quantity())?;
        let price = checks::price(self.price())?;
        let tif = checks::tif_of_replace(self.time_in_force(), given.tags.expire_time)?;
        let display = checks::display(self.display())?;
        checks::iso(self.iso())?;
        let options = Options { side, ..options(given)? };
        let (orig, cl_ord_id) = (self.orig_user_ref_num(), self.cl_ord_id());
        Ok(Command::Replace(Replace {
            owner,
            orig,
            quantity,
            price,
            tif,
            display,
            cl_ord_id,
            options,
        }))
    }
}

impl Framed for view::CancelOrder<'_> {
    const LAYOUT: &'static Layout = &ouch::CancelOrder::LAYOUT;

    fn number(self) -> UserRefNum {
        self.user_ref_num()
    }

    fn refusal(self) -> (Request, ClOrdId) {
        (Request::Void, ClOrdId::BLANK)
    }

    #[inline(always)]
    fn command(self, owner: Owner, _: Given<'_>) -> Checked<Command> {
        Ok(Command::Cancel(Cancel { owner, quantity: self.quantity() }))
    }
}

impl Framed for view::ModifyOrder<'_> {
    const LAYOUT: &'static Layout = &ouch::ModifyOrder::LAYOUT;

    fn number(self) -> UserRefNum {
        self.user_ref_num()
    }

    fn refusal(self) -> (Request, ClOrdId) {
        (Request::Void, ClOrdId::BLANK)
    }

    #[inline(always)]
    fn command(self, owner: Owner, given: Given<'_>) -> Checked<Command> {
        let side = checks::side(self.side())?;
        let located = given.tags.shares_located == Some(SharesLocated::YES);
        Ok(Command::Modify(Modify { owner, side, quantity: self.quantity(), located }))
    }
}

impl Framed for view::MassCancel<'_> {
    const LAYOUT: &'static Layout = &ouch::MassCancel::LAYOUT;

    fn number(self) -> UserRefNum {
        self.user_ref_num()
    }

    fn refusal(self) -> (Request, ClOrdId) {
        (Request::Action, ClOrdId::BLANK)
    }

    #[inline(always)]
    fn command(self, owner: Owner, given: Given<'_>) -> Checked<Command> {
        let side = checks::filter(given.tags.side)?;
        let (firm, symbol, group) = (self.firm(), self.symbol(), given.tags.group_id);
        Ok(Command::MassCancel(MassCancel { owner, firm, symbol, group, side }))
    }
}

impl Framed for view::DisableOrderEntry<'_> {
    const LAYOUT: &'static Layout = &ouch::DisableOrderEntry::LAYOUT;

    fn number(self) -> UserRefNum {
        self.user_ref_num()
    }

    fn refusal(self) -> (Request, ClOrdId) {
        (Request::Action, ClOrdId::BLANK)
    }

    #[inline(always)]
    fn command(self, owner: Owner, _: Given<'_>) -> Checked<Command> {
        Ok(Command::Disable(Switch { owner, firm: self.firm() }))
    }
}

impl Framed for view::EnableOrderEntry<'_> {
    const LAYOUT: &'static Layout = &ouch::EnableOrderEntry::LAYOUT;

    fn number(self) -> UserRefNum {
        self.user_ref_num()
    }

    fn refusal(self) -> (Request, ClOrdId) {
        (Request::Action, ClOrdId::BLANK)
    }

    #[inline(always)]
    fn command(self, owner: Owner, _: Given<'_>) -> Checked<Command> {
        Ok(Command::Enable(Switch { owner, firm: self.firm() }))
    }
}

impl Framed for view::AccountQuery<'_> {
    const LAYOUT: &'static Layout = &ouch::AccountQuery::LAYOUT;

    fn number(self) -> UserRefNum {
        UserRefNum(0)
    }

    fn refusal(self) -> (Request, ClOrdId) {
        (Request::Void, ClOrdId::BLANK)
    }

    #[inline(always)]
    fn command(self, owner: Owner, _: Given<'_>) -> Checked<Command> {
        Ok(Command::AccountQuery { port: owner.port, idx: owner.idx })
    }
}

/// What the tags of an order say, by the second half of K10 and K11 to K14.
#[inline(always)]
fn options(Given { set, tags }: Given<'_>) -> Checked<Options> {
    checks::handling(tags.handle_inst)?;
    checks::pegging(tags)?;
    checks::route(tags.route)?;
    let aiq_strategy = checks::strategy(tags.aiq_strategy)?;
    let none = Options::NONE;
    Ok(Options {
        given: set,
        firm: tags.firm.unwrap_or(none.firm),
        min_qty: tags.min_qty.unwrap_or(none.min_qty),
        max_floor: tags.max_floor.unwrap_or(none.max_floor),
        random_reserves: tags.random_reserves.unwrap_or(none.random_reserves),
        expire_time: tags.expire_time.unwrap_or(none.expire_time),
        locate_broker: tags.locate_broker.unwrap_or(none.locate_broker),
        group: tags.group_id.unwrap_or(none.group),
        aiq_strategy,
        customer_type: checks::customer_type(tags.customer_type)?,
        trade_now: checks::trade_now(tags.trade_now)?,
        post_only: checks::post_only(tags.post_only)?,
        located: checks::located(tags.shares_located)?,
        aiq_group: checks::aiq_group(tags.aiq_group)?,
        side: none.side,
    })
}

//! Requests about all orders of a port.

use protocol_spec::wire::ouch::{self, DisableOrderEntry, EnableOrderEntry, Mpid, Symbol, Tags};
use protocol_spec::words::UserRefNum;

/// No more of all orders of the port that match everything said here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MassCancel {
    /// Orders of this firm; blank means any.
    pub firm: Mpid,
    /// Orders in this security; blank means any.
    pub symbol: Symbol,
    /// Group, side and channel.
    pub tags: Tags,
}

/// No more orders are to be taken for a firm. Those that are there stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Disable {
    /// The firm; blank means all of the port's.
    pub firm: Mpid,
    /// The channel.
    pub tags: Tags,
}

/// Orders are to be taken for a firm again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Enable {
    /// The firm; blank means all of the port's.
    pub firm: Mpid,
    /// The channel.
    pub tags: Tags,
}

impl MassCancel {
    /// Every order of the port.
    pub const ALL: Self = MassCancel { firm: Mpid::BLANK, symbol: Symbol::BLANK, tags: Tags::NONE };

    pub(super) const fn message(&self, number: UserRefNum) -> ouch::MassCancel {
        ouch::MassCancel { user_ref_num: number, firm: self.firm, symbol: self.symbol }
    }
}

impl Disable {
    /// Every firm of the port.
    pub const ALL: Self = Disable { firm: Mpid::BLANK, tags: Tags::NONE };

    pub(super) const fn message(&self, number: UserRefNum) -> DisableOrderEntry {
        DisableOrderEntry { user_ref_num: number, firm: self.firm }
    }
}

impl Enable {
    /// Every firm of the port.
    pub const ALL: Self = Enable { firm: Mpid::BLANK, tags: Tags::NONE };

    pub(super) const fn message(&self, number: UserRefNum) -> EnableOrderEntry {
        EnableOrderEntry { user_ref_num: number, firm: self.firm }
    }
}

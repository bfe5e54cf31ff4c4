//! What an order can be: the closed sets of values that the rules tell apart.

use protocol_spec::wire::ouch::{
    AiqStrategy, Display as DisplayCode, Side as SideCode, TimeInForce,
};
use protocol_spec::words::{PortId, Shares, UserRefIdx, UserRefNum};

/// Declares a closed set of values that are bytes of the order protocol.
macro_rules! letters {
    ($($(#[$meta:meta])* $name:ident as $code:ident {
        $($(#[$value_meta:meta])* $value:ident = $letter:literal,)+
    })+) => { $(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum $name { $($(#[$value_meta])* $value = $letter,)+ }

        impl $name {
            /// Every value, in the order of the rule book.
            pub const ALL: &'static [$name] = &[$($name::$value),+];

            /// The value that `code` stands for, if it stands for one.
            #[must_use]
            #[inline]
            pub const fn from_code(code: $code) -> Option<Self> {
                match code.0[0] {
                    $($letter => Some($name::$value),)+
                    _ => None,
                }
            }

            /// The value as the order protocol writes it.
            #[must_use]
            #[inline]
            pub const fn code(self) -> $code {
                $code([self as u8])
            }
        }
    )+ };
}

letters! {
    /// Side of an order, with the kind of sale.
    Side as SideCode {
        /// A buy.
        Buy = b'B',
        /// A sell.
        Sell = b'S',
        /// A short sale.
        Short = b'T',
        /// A short sale, exempt from a price test.
        ShortExempt = b'E',
    }

    /// How long an order may live (R25).
    Tif as TimeInForce {
        /// Until market hours end.
        Day = b'0',
        /// For the length of its command.
        Ioc = b'3',
        /// Until the day ends.
        Gtx = b'5',
        /// Until a deadline of its own.
        Gtt = b'6',
        /// Entered after market hours, until the day ends.
        AfterHours = b'E',
    }

    /// How much the public sees of an order.
    Display as DisplayCode {
        /// All, or the tip of a reserve order.
        Visible = b'Y',
        /// Nothing.
        Hidden = b'N',
        /// As visible, under the firm's name.
        Attributed = b'A',
    }

    /// What becomes of orders that would trade with their own party (R54).
    Strategy as AiqStrategy {
        /// They trade.
        Trade = b'N',
        /// Both lose the shares, told as plain cancels.
        DecrementQuietly = b'Y',
        /// Both lose the shares.
        Decrement = b'D',
        /// The resting order dies.
        CancelOldest = b'O',
        /// The incoming order dies.
        CancelNewest = b'W',
    }
}

impl Side {
    /// Whether it buys.
    #[must_use]
    #[inline]
    pub const fn is_buy(self) -> bool {
        matches!(self, Side::Buy)
    }
}

impl Display {
    /// Whether the public sees the order or its tip.
    #[must_use]
    #[inline]
    pub const fn is_shown(self) -> bool {
        !matches!(self, Display::Hidden)
    }
}

/// Whose order it is, and under which number: where replies about it go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Owner {
    /// The port.
    pub port: PortId,
    /// The channel of the port.
    pub idx: UserRefIdx,
    /// The number within the channel.
    pub user_ref: UserRefNum,
}

/// Most shares of an order (R3).
pub(crate) const MAX_QUANTITY: u32 = 999_999;

/// Whether an order may have so many shares (R3).
#[inline]
pub(crate) const fn is_quantity(shares: Shares) -> bool {
    shares.0 >= 1 && shares.0 <= MAX_QUANTITY
}

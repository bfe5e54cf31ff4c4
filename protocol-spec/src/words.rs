//! Numbers that must not be mistaken for one another, each a type of its own.

use core::fmt;
use core::ops::{Add, Sub};
use core::time::Duration;

/// Declares newtypes over an unsigned integer that print as the integer.
macro_rules! words {
    ($($(#[$meta:meta])* $name:ident($repr:ty);)+) => { $(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub $repr);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )+ };
}

words! {
    /// Number of a security, assigned anew each day from 1; 0 where no security is meant.
    Locate(u16);
    /// Number of an order on the feed and in the replies, never used twice in a day.
    OrderRef(u64);
    /// Number of an execution, shared by both sides, never used twice in a day.
    MatchNo(u64);
    /// A broker's own number of a request, rising all day within a channel.
    UserRefNum(u32);
    /// Channel of a broker's port that keeps a count of [`UserRefNum`] of its own.
    UserRefIdx(u8);
    /// A broker's own grouping of orders; 0 is no group.
    GroupId(u16);
    /// A quantity of one order or one execution.
    Shares(u32);
    /// A quantity summed over many orders, as crosses and imbalances report it.
    Volume(u64);
    /// Number of a message on the public feed, gapless from 1 each session.
    FeedNo(u64);
    /// Number of a command, gapless from 1 each session.
    CommandNo(u64);
    /// Number of a broker's port, as the configuration gives it.
    PortId(u16);
    /// Number of a message to a broker's port, gapless from 1 each session.
    PortNo(u64);
    /// Number of a sequenced packet of one SoupBinTCP stream, gapless from 1 each session.
    SequenceNo(u64);
}

impl FeedNo {
    /// The number `count` messages later.
    ///
    /// # Panics
    /// If it would pass the last number of the format.
    #[must_use]
    pub const fn plus(self, count: u64) -> Self {
        FeedNo(self.0.checked_add(count).expect("a feed ends before its numbers do"))
    }
}

impl CommandNo {
    /// The number of the command after this one.
    ///
    /// # Panics
    /// If it would pass the last number there is.
    #[must_use]
    pub const fn next(self) -> Self {
        CommandNo(self.0.checked_add(1).expect("a day ends before its numbers do"))
    }
}

impl PortNo {
    /// The number of the message after this one.
    ///
    /// # Panics
    /// If it would pass the last number there is.
    #[must_use]
    #[inline]
    pub const fn next(self) -> Self {
        PortNo(self.0.checked_add(1).expect("a day ends before its numbers do"))
    }
}

impl SequenceNo {
    /// The number of the packet after this one.
    ///
    /// # Panics
    /// If it would pass the last number of the format.
    #[must_use]
    pub const fn next(self) -> Self {
        self.checked_next().expect("a stream ends before its numbers do")
    }

    /// The number of the packet after this one, `None` if this is the last number of the format.
    #[must_use]
    pub const fn checked_next(self) -> Option<Self> {
        match self.0.checked_add(1) {
            Some(next) => Some(SequenceNo(next)),
            None => None,
        }
    }
}

/// A price as the feed writes it: 4 bytes, 4 implied decimals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Price(pub u32);

/// A price as orders write it: 8 bytes, 4 implied decimals, two values of which mean "market".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrderPrice(pub u64);

/// An offset from a price: 4 bytes, signed, 4 implied decimals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SignedPrice(pub i32);

/// A market-wide index level: 8 bytes, 8 implied decimals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Level(pub u64);

impl OrderPrice {
    /// The highest limit price, 199,999.9900.
    pub const MAX_LIMIT: OrderPrice = OrderPrice(1_999_999_900);
    /// A market order written as 200,000.0000.
    pub const MARKET_200000: OrderPrice = OrderPrice(2_000_000_000);
    /// A market order written as the largest integer of 31 bits.
    pub const MARKET_MAX: OrderPrice = OrderPrice(0x7FFF_FFFF);

    /// Whether the price is one of the two encodings of a market order.
    #[must_use]
    pub const fn is_market(self) -> bool {
        self.0 == Self::MARKET_200000.0 || self.0 == Self::MARKET_MAX.0
    }
}

/// Writes `raw` with the point before the last `decimals` digits.
pub(crate) fn write_fixed(f: &mut fmt::Formatter<'_>, raw: u64, decimals: u8) -> fmt::Result {
    let unit = 10u64.pow(u32::from(decimals));
    write!(f, "{}.{:0width$}", raw / unit, raw % unit, width = usize::from(decimals))
}

impl fmt::Display for Price {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_fixed(f, u64::from(self.0), 4)
    }
}

impl fmt::Display for OrderPrice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_market() { f.write_str("market") } else { write_fixed(f, self.0, 4) }
    }
}

impl fmt::Display for SignedPrice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 < 0 {
            f.write_str("-")?;
        }
        write_fixed(f, u64::from(self.0.unsigned_abs()), 4)
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_fixed(f, self.0, 8)
    }
}

/// Nanoseconds since the midnight that began the trading day; passes 24 hours without wrapping.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub u64);

/// Nanoseconds since 1970 began, UTC: what the sequencer stamps commands with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(pub u64);

impl Time {
    /// The time of day on the wire, of a day that began at `midnight`; later than a day is fine.
    ///
    /// # Panics
    /// If this is before that midnight: commands are never stamped so.
    #[must_use]
    pub const fn since(self, midnight: Time) -> Timestamp {
        Timestamp(self.0.checked_sub(midnight.0).expect("no command is before its day's midnight"))
    }
}

/// Whole seconds since the midnight that began the trading day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seconds(pub u32);

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seconds, nanos) = (self.0 / 1_000_000_000, self.0 % 1_000_000_000);
        let (minutes, hours) = (seconds / 60 % 60, seconds / 3600);
        write!(f, "{hours:02}:{minutes:02}:{:02}.{nanos:09}", seconds % 60)
    }
}

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}:{:02}", self.0 / 3600, self.0 / 60 % 60, self.0 % 60)
    }
}

/// A reading of a clock that never goes back, in nanoseconds from a start of the caller's choice.
///
/// Sessions are told the time with every call and answer with the next one they want to hear of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(pub u64);

impl Add<Duration> for Moment {
    type Output = Moment;

    /// The moment `wait` later, or the last one there is.
    fn add(self, wait: Duration) -> Moment {
        let nanos = u64::try_from(wait.as_nanos()).unwrap_or(u64::MAX);
        Moment(self.0.saturating_add(nanos))
    }
}

impl Sub for Moment {
    type Output = Duration;

    /// The time from `earlier` to this moment, zero if it is not earlier.
    fn sub(self, earlier: Moment) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_print_with_their_decimals() {
        assert_eq!(Price(1_875_000).to_string(), "187.5000");
        assert_eq!(Price(1).to_string(), "0.0001");
        assert_eq!(OrderPrice::MAX_LIMIT.to_string(), "199999.9900");
        assert_eq!(SignedPrice(-100).to_string(), "-0.0100");
        assert_eq!(SignedPrice(i32::MIN).to_string(), "-214748.3648");
        assert_eq!(Level(450_050_000_000).to_string(), "4500.50000000");
    }

    #[test]
    fn both_market_encodings_and_no_other_are_market_prices() {
        assert!(OrderPrice(2_000_000_000).is_market() && OrderPrice(2_147_483_647).is_market());
        for limit in [1, 1_999_999_900, 1_999_999_999, 2_000_000_001, 2_147_483_646, u64::MAX] {
            assert!(!OrderPrice(limit).is_market(), "{limit}");
        }
        assert_eq!(OrderPrice::MARKET_MAX.to_string(), "market");
    }

    #[test]
    fn times_print_beyond_midnight_without_wrapping() {
        assert_eq!(Timestamp(34_200_000_001_318).to_string(), "09:30:00.000001318");
        assert_eq!(Timestamp(90_000_000_000_000).to_string(), "25:00:00.000000000");
        assert_eq!(Seconds(34_201).to_string(), "09:30:01");
    }

    #[test]
    fn moments_add_and_subtract_without_overflow() {
        assert_eq!(Moment(5) + Duration::from_nanos(7), Moment(12));
        assert_eq!(Moment(u64::MAX) + Duration::MAX, Moment(u64::MAX));
        assert_eq!(Moment(3) - Moment(5), Duration::ZERO);
    }
}

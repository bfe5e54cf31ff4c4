//! Values as people write them.

use std::time::Duration;

use protocol_spec::wire::Symbol;
use protocol_spec::wire::ouch::{
    AiqStrategy, Capacity, ClOrdId, CrossType, CustomerType, DiscretionPriceType, Display,
    HandleInst, Iso, Mpid, PostOnly, PriceType, SharesLocated, Side, TimeInForce, TradeNow,
};
use protocol_spec::wire::text::Alpha;
use protocol_spec::words::{GroupId, OrderPrice, Shares, SignedPrice, UserRefIdx, UserRefNum};
use rust_decimal::Decimal;

/// Decimals of a price on the wire.
const DECIMALS: u32 = 4;

/// The word between a quantity and a price.
#[derive(Clone, Copy, Debug)]
pub(super) struct At;

pub(super) fn at(text: &str) -> Result<At, String> {
    if text == "@" { Ok(At) } else { Err("an @ stands before the price: 100 AAPL @ 187.50".into()) }
}

/// A limit, or `market`.
pub(super) fn price(text: &str) -> Result<OrderPrice, String> {
    if text.eq_ignore_ascii_case("market") {
        return Ok(OrderPrice::MARKET_MAX);
    }
    let price = u64::try_from(ten_thousandths(text)?)
        .map(OrderPrice)
        .map_err(|_| format!("{text} is no price: they are not negative, and smaller"))?;
    if price.is_market() {
        return Err(format!("{text} would mean a market order; say `market` for that"));
    }
    Ok(price)
}

/// A distance from a price.
pub(super) fn offset(text: &str) -> Result<SignedPrice, String> {
    let raw = ten_thousandths(text)?;
    i32::try_from(raw).map(SignedPrice).map_err(|_| format!("{text} is too far from any price"))
}

/// A decimal number in units of its fourth decimal, exactly.
fn ten_thousandths(text: &str) -> Result<i128, String> {
    let number = Decimal::from_str_exact(text)
        .map_err(|_| format!("{text} is no price: write it like 187.50"))?;
    let missing = DECIMALS
        .checked_sub(number.scale())
        .ok_or_else(|| format!("{text} has more than {DECIMALS} decimals"))?;
    Ok(number.mantissa() * 10_i128.pow(missing))
}

pub(super) fn shares(text: &str) -> Result<Shares, String> {
    text.parse().map(Shares).map_err(|_| format!("{text} is no number of shares"))
}

pub(super) fn number(text: &str) -> Result<UserRefNum, String> {
    text.parse().map(UserRefNum).map_err(|_| format!("{text} is no number of a request"))
}

pub(super) fn channel(text: &str) -> Result<UserRefIdx, String> {
    text.parse().map(UserRefIdx).map_err(|_| format!("{text} is no channel: there are 0 to 255"))
}

pub(super) fn group(text: &str) -> Result<GroupId, String> {
    text.parse().map(GroupId).map_err(|_| format!("{text} is no group: there are 0 to 65535"))
}

/// A symbol, in capital letters whatever was typed.
pub(super) fn symbol(text: &str) -> Result<Symbol, String> {
    name(text, "symbol", true)
}

/// A firm, in capital letters whatever was typed.
pub(super) fn firm(text: &str) -> Result<Mpid, String> {
    name(text, "firm", true)
}

pub(super) fn cl_ord_id(text: &str) -> Result<ClOrdId, String> {
    name(text, "text of an order", false)
}

pub(super) fn aiq_group(text: &str) -> Result<Alpha<2>, String> {
    name(text, "AIQ group", false)
}

fn name<const N: usize>(text: &str, what: &str, capital: bool) -> Result<Alpha<N>, String> {
    let text = if capital { text.to_ascii_uppercase() } else { text.to_owned() };
    let printable = text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());
    Alpha::try_new(&text)
        .filter(|alpha| printable && !alpha.is_blank())
        .ok_or_else(|| format!("\"{text}\" is no {what}: they have 1 to {N} ASCII characters"))
}

/// Declares how codes are written: by one of some names, or by the character that goes out, which
/// the venue may refuse.
macro_rules! codes {
    ($($parse:ident: $code:ident, $what:literal, [$($name:literal $variant:ident),* $(,)?];)+) => {
        $(
            pub(super) fn $parse(text: &str) -> Result<$code, String> {
                const NAMES: &[(&str, $code)] = &[$(($name, $code::$variant)),*];
                let named = NAMES.iter().find(|(name, _)| name.eq_ignore_ascii_case(text));
                match (named, text.as_bytes()) {
                    (Some((_, code)), _) => Ok(*code),
                    (None, [byte]) if byte.is_ascii_graphic() => Ok($code([*byte])),
                    _ => Err(unknown(text, $what, NAMES.iter().map(|(name, _)| *name))),
                }
            }
        )+

        /// The names of such codes, by the name of an option or of what reads it.
        pub(super) fn names(of: &str) -> &'static [&'static str] {
            let of = match of {
                "tif" => "time_in_force",
                "cross" => "cross_type",
                other => other,
            };
            match of {
                $(stringify!($parse) => &[$($name),*],)+
                _ => &[],
            }
        }
    };
}

codes! {
    time_in_force: TimeInForce, "time in force", [
        "day" DAY, "ioc" IMMEDIATE_OR_CANCEL, "gtx" EXTENDED, "gtt" TILL_TIME,
        "after-hours" AFTER_HOURS, "e" AFTER_HOURS,
    ];
    display: Display, "way to display", [
        "y" VISIBLE, "n" HIDDEN, "a" ATTRIBUTABLE, "z" CONFORMANT, "visible" VISIBLE,
        "hidden" HIDDEN, "attributable" ATTRIBUTABLE,
    ];
    capacity: Capacity, "capacity", [
        "a" AGENCY, "p" PRINCIPAL, "r" RISKLESS, "o" OTHER, "agency" AGENCY,
        "principal" PRINCIPAL, "riskless" RISKLESS, "other" OTHER,
    ];
    side: Side, "side", [
        "b" BUY, "s" SELL, "t" SELL_SHORT, "e" SELL_SHORT_EXEMPT, "buy" BUY, "sell" SELL,
        "short" SELL_SHORT, "exempt" SELL_SHORT_EXEMPT,
    ];
    iso: Iso, "answer", ["y" YES, "n" NO];
    cross_type: CrossType, "cross", [
        "none" CONTINUOUS, "opening" OPENING, "closing" CLOSING, "halt" HALT,
        "supplemental" SUPPLEMENTAL, "retail" RETAIL, "extended-life" EXTENDED_LIFE,
        "after-hours" AFTER_HOURS_CLOSE,
    ];
    post_only: PostOnly, "answer", ["p" POST_ONLY, "y" POST_ONLY, "n" NO];
    located: SharesLocated, "answer", ["y" YES, "n" NO];
    trade_now: TradeNow, "answer", ["y" YES, "n" NO, "default" PORT_DEFAULT];
    customer: CustomerType, "customer", [
        "r" RETAIL, "n" NOT_RETAIL, "retail" RETAIL, "not-retail" NOT_RETAIL,
        "default" PORT_DEFAULT,
    ];
    aiq: AiqStrategy, "AIQ strategy", ["default" PORT_DEFAULT, "off" DISABLED];
    price_type: PriceType, "price type", ["limit" LIMIT, "midpoint" MIDPOINT];
    discretion_type: DiscretionPriceType, "price type", ["limit" LIMIT];
    handle: HandleInst, "instruction", ["none" NONE];
}

fn unknown<'a>(text: &str, what: &str, names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.collect();
    format!("\"{text}\" is no {what}: there are {}, and any single character", names.join(", "))
}

/// Seconds to live.
pub(super) fn seconds(text: &str) -> Result<u32, String> {
    text.parse().map_err(|_| format!("{text} is no number of seconds"))
}

/// A time like 200ms, 2s or 1m.
///
/// # Errors
/// If it is not a whole number and a unit.
pub fn duration(text: &str) -> Result<Duration, String> {
    let split = text.find(|char: char| !char.is_ascii_digit()).unwrap_or(text.len());
    let (count, unit) = text.split_at(split);
    let millis = match unit {
        "ms" => Some(1),
        "s" => Some(1_000),
        "m" => Some(60_000),
        "h" => Some(3_600_000),
        _ => None,
    };
    let whole = || count.parse::<u64>().ok()?.checked_mul(millis?);
    whole()
        .map(Duration::from_millis)
        .ok_or_else(|| format!("{text} is no time: write it like 200ms, 2s or 1m"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_read_exactly_or_not_at_all() {
        let raw = |text| price(text).map(|price| price.0);
        assert_eq!(raw("187.50"), Ok(1_875_000));
        assert_eq!((raw("0.0001"), raw("187"), raw(".5")), (Ok(1), Ok(1_870_000), Ok(5_000)));
        assert_eq!((raw("0"), raw("199999.9900")), (Ok(0), Ok(1_999_999_900)));
        assert_eq!((raw("market"), raw("MARKET")), (Ok(0x7FFF_FFFF), Ok(0x7FFF_FFFF)));
        for (text, why) in [
            ("187.50001", "more than 4 decimals"),
            ("-1", "not negative"),
            ("200000", "would mean a market order"),
            ("214748.3647", "would mean a market order"),
            ("1e3", "no price"),
            ("", "no price"),
            ("$5", "no price"),
            ("999999999999999999999", "smaller"),
        ] {
            assert!(raw(text).expect_err(text).contains(why), "{text}: {:?}", raw(text));
        }
    }

    #[test]
    fn offsets_have_a_sign() {
        assert_eq!(offset("-0.01"), Ok(SignedPrice(-100)));
        assert_eq!(offset("0.01"), Ok(SignedPrice(100)));
        assert!(offset("300000").is_err());
    }

    #[test]
    fn codes_have_names_and_go_out_as_any_single_character() {
        assert_eq!(time_in_force("IOC"), Ok(TimeInForce::IMMEDIATE_OR_CANCEL));
        assert_eq!(time_in_force("3"), Ok(TimeInForce::IMMEDIATE_OR_CANCEL));
        assert_eq!(time_in_force("x"), Ok(TimeInForce(*b"x")));
        assert_eq!((display("n"), display("X")), (Ok(Display::HIDDEN), Ok(Display(*b"X"))));
        assert_eq!((aiq("d"), aiq("D")), (Ok(AiqStrategy(*b"d")), Ok(AiqStrategy(*b"D"))));
        let error = time_in_force("fok").expect_err("there is none");
        assert!(error.contains("day, ioc, gtx, gtt"), "{error}");
    }

    #[test]
    fn names_fit_or_are_refused() {
        assert_eq!(symbol("aapl"), Ok(Symbol::new("AAPL")));
        assert_eq!(cl_ord_id("my order"), Ok(Alpha::new("my order")));
        assert!(symbol("TOOLONGNAME").is_err() && symbol(" ").is_err() && firm("ÄB").is_err());
    }

    #[test]
    fn times_have_a_unit() {
        assert_eq!(duration("200ms"), Ok(Duration::from_millis(200)));
        assert_eq!(duration("1m"), Ok(Duration::from_secs(60)));
        for text in ["200", "ms", "-1s", "1.5s", "1d", "", "99999999999999999999s"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }
}

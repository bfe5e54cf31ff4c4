//! The words of a line: how values are written, and read back.

use matcher::event::TipRef;
use matcher::order::{Display, Owner, Side, Strategy, Tif};
use matcher::refusal::Refusal;
use protocol_spec::wire::ouch;
use protocol_spec::wire::text::Alpha;
use protocol_spec::words::{
    MatchNo, OrderPrice, OrderRef, PortId, Price, Shares, UserRefIdx, UserRefNum,
};

/// What a line should have had, and what stands there.
pub type Read<T> = Result<T, String>;

/// The words of a line that are still to be read.
#[derive(Clone, Debug)]
pub struct Words<'a> {
    words: Vec<&'a str>,
    at: usize,
}

impl<'a> Words<'a> {
    /// The words of `text`.
    #[must_use]
    pub fn of(text: &'a str) -> Self {
        Words { words: text.split_whitespace().collect(), at: 0 }
    }

    /// The next word, which stays.
    #[must_use]
    pub fn peek(&self) -> Option<&'a str> {
        self.words.get(self.at).copied()
    }

    /// The next word, if there is one.
    pub fn next_if_any(&mut self) -> Option<&'a str> {
        let word = self.peek()?;
        self.at += 1;
        Some(word)
    }

    /// Reads `word` if it is the next one.
    pub fn eat(&mut self, word: &str) -> bool {
        let found = self.peek() == Some(word);
        self.at += usize::from(found);
        found
    }

    /// The next word as a value.
    ///
    /// # Errors
    /// If there is none, or it is not `what`.
    pub fn take<T>(&mut self, what: &str, read: impl Fn(&str) -> Option<T>) -> Read<T> {
        let word = self.next_if_any().ok_or_else(|| format!("expected {what}, the line ends"))?;
        read(word).ok_or_else(|| format!("expected {what}, found `{word}`"))
    }

    /// The next word as a value, if it is one; otherwise it stays.
    pub fn take_if<T>(&mut self, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let value = self.peek().and_then(read)?;
        self.at += 1;
        Some(value)
    }

    /// Nothing is left.
    ///
    /// # Errors
    /// If something is.
    pub fn end(&self) -> Read<()> {
        self.peek().map_or(Ok(()), |word| Err(format!("expected nothing more, found `{word}`")))
    }
}

/// A number.
#[must_use]
pub fn number<T: std::str::FromStr>(word: &str) -> Option<T> {
    word.bytes().all(|byte| byte.is_ascii_digit()).then(|| word.parse().ok())?
}

/// Shares.
#[must_use]
pub fn shares(word: &str) -> Option<Shares> {
    number(word).map(Shares)
}

/// An amount of money in 1/10,000: `10.02`.
#[must_use]
pub fn money(word: &str) -> Option<u64> {
    let (whole, part) = word.split_once('.').unwrap_or((word, "0"));
    let missing = 4_usize.checked_sub(part.len())?;
    let part: u64 = number(part)?;
    let part = part * 10_u64.pow(u32::try_from(missing).ok()?);
    number::<u64>(whole)?.checked_mul(10_000)?.checked_add(part)
}

/// An amount as [`money`] reads it, with at least two decimals.
#[must_use]
pub fn show_money(amount: u64) -> String {
    let text = format!("{}.{:04}", amount / 10_000, amount % 10_000);
    let shortest = text.len() - 2;
    text[..text.trim_end_matches('0').len().max(shortest)].to_owned()
}

/// A price.
#[must_use]
pub fn price(word: &str) -> Option<Price> {
    money(word).and_then(|raw| u32::try_from(raw).ok()).map(Price)
}

/// A price as [`price`] reads it.
#[must_use]
pub fn show_price(price: Price) -> String {
    show_money(u64::from(price.0))
}

/// A limit, `market` or `market-max`, its other encoding.
#[must_use]
pub fn order_price(word: &str) -> Option<OrderPrice> {
    match word {
        "market" => Some(OrderPrice::MARKET_200000),
        "market-max" => Some(OrderPrice::MARKET_MAX),
        _ => money(word).map(OrderPrice),
    }
}

/// A price as [`order_price`] reads it.
#[must_use]
pub fn show_order_price(price: OrderPrice) -> String {
    match price {
        OrderPrice::MARKET_200000 => "market".to_owned(),
        OrderPrice::MARKET_MAX => "market-max".to_owned(),
        OrderPrice(raw) => show_money(raw),
    }
}

/// A length of time in nanoseconds: `60s`, `24h`, `7ns`, `60s-1ns`.
#[must_use]
pub fn nanos(word: &str) -> Option<u64> {
    if let Some((long, short)) = word.split_once('-') {
        return nanos(long)?.checked_sub(nanos(short)?);
    }
    if let Some((long, short)) = word.split_once('+') {
        return nanos(long)?.checked_add(nanos(short)?);
    }
    let digits = word.trim_end_matches(|end: char| end.is_ascii_alphabetic());
    let unit = match &word[digits.len()..] {
        "h" => 3_600_000_000_000,
        "s" => 1_000_000_000,
        "ms" => 1_000_000,
        "ns" => 1,
        _ => return None,
    };
    number::<u64>(digits)?.checked_mul(unit)
}

/// A length of time as [`nanos`] reads it.
#[must_use]
pub fn show_nanos(nanos: u64) -> String {
    match (nanos / 1_000_000_000, nanos % 1_000_000_000) {
        (seconds, 0) => format!("{seconds}s"),
        _ => format!("{nanos}ns"),
    }
}

/// A port and its channel: `p1`, or `p1:7`.
#[must_use]
pub fn port(word: &str) -> Option<(PortId, UserRefIdx)> {
    let rest = word.strip_prefix('p')?;
    let (port, idx) = rest.split_once(':').unwrap_or((rest, "0"));
    Some((PortId(number(port)?), UserRefIdx(number(idx)?)))
}

/// A port and its channel as [`port`] reads them.
#[must_use]
pub fn show_port(port: PortId, idx: UserRefIdx) -> String {
    if idx.0 == 0 { format!("p{port}") } else { format!("p{port}:{idx}") }
}

/// A port, its channel and a number: `p1#3`.
#[must_use]
pub fn owner(word: &str) -> Option<Owner> {
    let (left, user_ref) = word.split_once('#')?;
    let (port, idx) = port(left)?;
    Some(Owner { port, idx, user_ref: UserRefNum(number(user_ref)?) })
}

/// An owner as [`owner`] reads it.
#[must_use]
pub fn show_owner(owner: Owner) -> String {
    format!("{}#{}", show_port(owner.port, owner.idx), owner.user_ref)
}

/// A number with its `#`.
#[must_use]
pub fn user_ref(word: &str) -> Option<UserRefNum> {
    number(word.strip_prefix('#')?).map(UserRefNum)
}

/// What makes a reference private.
const PRIVATE: u64 = 1 << 55;

/// A reference: public `r1`, private `r1'`.
#[must_use]
pub fn order_ref(word: &str) -> Option<OrderRef> {
    let rest = word.strip_prefix('r')?;
    match rest.strip_suffix('\'') {
        Some(digits) => {
            number::<u64>(digits).filter(|low| *low < PRIVATE).map(|low| OrderRef(low | PRIVATE))
        }
        None => number(rest).map(OrderRef),
    }
}

/// A reference as [`order_ref`] reads it.
#[must_use]
pub fn show_ref(order_ref: OrderRef) -> String {
    match order_ref.0 {
        private if private >> 55 == 1 => format!("r{}'", private & !PRIVATE),
        public => format!("r{public}"),
    }
}

/// A displayed entry `r1`, or `-` for none.
#[must_use]
pub fn tip(word: &str) -> Option<TipRef> {
    if word == "-" { Some(TipRef::NONE) } else { order_ref(word).map(TipRef::of) }
}

/// A displayed entry as [`tip`] reads it.
#[must_use]
pub fn show_tip(tip: TipRef) -> String {
    tip.get().map_or("-".to_owned(), show_ref)
}

/// The displayed entry that an order has where nothing else is said: itself if it is public.
#[must_use]
pub fn usual_tip(order_ref: OrderRef) -> TipRef {
    if order_ref.0 >> 55 == 1 { TipRef::NONE } else { TipRef::of(order_ref) }
}

/// An order and its displayed entry: `r1`, `r1/r3`, `r1/-`.
#[must_use]
pub fn order(word: &str) -> Option<(OrderRef, TipRef)> {
    match word.split_once('/') {
        Some((left, right)) => Some((order_ref(left)?, tip(right)?)),
        None => order_ref(word).map(|order_ref| (order_ref, usual_tip(order_ref))),
    }
}

/// An order as [`order`] reads it.
#[must_use]
pub fn show_order(order_ref: OrderRef, tip: TipRef) -> String {
    if tip == usual_tip(order_ref) {
        return show_ref(order_ref);
    }
    format!("{}/{}", show_ref(order_ref), show_tip(tip))
}

/// A match number: `M1`.
#[must_use]
pub fn match_no(word: &str) -> Option<MatchNo> {
    number(word.strip_prefix('M')?).map(MatchNo)
}

/// Text of a fixed width; `_` stands for a space.
#[must_use]
pub fn alpha<const N: usize>(word: &str) -> Option<Alpha<N>> {
    Alpha::try_new(&word.replace('_', " "))
}

/// Text as [`alpha`] reads it.
#[must_use]
pub fn show_alpha<const N: usize>(alpha: Alpha<N>) -> String {
    let text = String::from_utf8_lossy(&alpha.0).into_owned();
    let text = text.trim_end();
    if text.is_empty() { "_".to_owned() } else { text.replace(' ', "_") }
}

/// Text that fills its width.
#[must_use]
pub fn filled<const N: usize>(word: &str) -> Option<[u8; N]> {
    word.replace('_', " ").as_bytes().try_into().ok()
}

/// Text as [`filled`] reads it.
#[must_use]
pub fn show_filled(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).replace(' ', "_")
}

/// A code of one character.
#[must_use]
pub fn code(word: &str) -> Option<[u8; 1]> {
    word.as_bytes().try_into().ok()
}

/// A reason of a reject: four hexadecimal digits.
#[must_use]
pub fn reject(word: &str) -> Option<ouch::RejectReason> {
    let is_code = word.len() == 4;
    let number = is_code.then(|| u16::from_str_radix(word, 16).ok())??;
    Some(ouch::RejectReason(number.to_be_bytes()))
}

/// A reason as [`reject`] reads it.
#[must_use]
pub fn show_reject(reason: ouch::RejectReason) -> String {
    format!("{:04X}", reason.number())
}

/// A side by its letter.
#[must_use]
pub fn side(word: &str) -> Option<Side> {
    Side::from_code(ouch::Side(code(word)?))
}

/// A strategy by its letter.
#[must_use]
pub fn strategy(word: &str) -> Option<Strategy> {
    Strategy::from_code(ouch::AiqStrategy(code(word)?))
}

/// Times in force by name.
pub const TIFS: [(&str, Tif); 5] = [
    ("day", Tif::Day),
    ("ioc", Tif::Ioc),
    ("gtx", Tif::Gtx),
    ("gtt", Tif::Gtt),
    ("after", Tif::AfterHours),
];

/// Displays by letter.
pub const DISPLAY_LETTERS: [(&str, Display); 3] =
    [("Y", Display::Visible), ("N", Display::Hidden), ("A", Display::Attributed)];

/// Every reason for which the operator is refused.
pub const REFUSALS: [Refusal; 21] = [
    Refusal::DayNotOpen,
    Refusal::DayOpen,
    Refusal::DayEnded,
    Refusal::BadLimits,
    Refusal::RulesVersion,
    Refusal::SymbolLimit,
    Refusal::PortLimit,
    Refusal::BreakLimit,
    Refusal::BadSymbol,
    Refusal::BadLot,
    Refusal::BadReference,
    Refusal::BadBps,
    Refusal::BadFirms,
    Refusal::BadGroup,
    Refusal::UnknownSymbol,
    Refusal::UnknownPort,
    Refusal::UnknownFirm,
    Refusal::PhaseBackward,
    Refusal::PhaseEnded,
    Refusal::UnknownTrade,
    Refusal::AlreadyBroken,
];

/// The value that `word` names in a table.
#[must_use]
pub fn named<T: Copy>(table: &[(&str, T)], word: &str) -> Option<T> {
    table.iter().find(|(name, _)| *name == word).map(|(_, value)| *value)
}

/// The name of a value in a table.
///
/// # Panics
/// If the table has no name for it.
#[must_use]
pub fn name_of<T: Copy + PartialEq>(table: &[(&'static str, T)], value: T) -> &'static str {
    let found = table.iter().find(|(_, each)| *each == value);
    found.map(|(name, _)| *name).expect("the table names every value")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_written_with_two_decimals_or_more() {
        for (raw, text) in [
            (0, "0.00"),
            (1, "0.0001"),
            (10, "0.001"),
            (100, "0.01"),
            (100_200, "10.02"),
            (100_050, "10.005"),
            (1_999_999_900, "199999.99"),
        ] {
            assert_eq!((show_money(raw).as_str(), money(text)), (text, Some(raw)));
        }
        for text in ["", "1.00001", "1,00", "-1", "1.", ".5", "+1"] {
            assert_eq!(money(text), None, "{text}");
        }
    }

    #[test]
    fn times_are_sums_of_units() {
        assert_eq!(nanos("60s-1ns"), Some(59_999_999_999));
        assert_eq!(nanos("1s+250ms"), Some(1_250_000_000));
        assert_eq!(nanos(&show_nanos(59_999_999_999)), Some(59_999_999_999));
        assert_eq!([nanos("5"), nanos("s"), nanos("5m"), nanos("1s-2s")], [None; 4]);
    }

    #[test]
    fn references_tell_public_from_private() {
        let private = OrderRef(PRIVATE | 7);
        assert_eq!((order_ref("r7'"), show_ref(private)), (Some(private), "r7'".to_owned()));
        assert_eq!(order("r7'"), Some((private, TipRef::NONE)));
        assert_eq!(order("r7/r9"), Some((OrderRef(7), TipRef::of(OrderRef(9)))));
        assert_eq!(show_order(OrderRef(7), TipRef::NONE), "r7/-");
        for raw in [0, 1, PRIVATE - 1, PRIVATE, 1 << 56, u64::MAX] {
            assert_eq!(order_ref(&show_ref(OrderRef(raw))), Some(OrderRef(raw)), "{raw}");
        }
        assert_eq!(order_ref("r36028797018963968'"), None);
    }
}

//! Values in short words.

use protocol_spec::wire::ouch::{Display, Side, TimeInForce};
use protocol_spec::words::{OrderPrice, Timestamp, UserRefIdx};

use super::orders::OrderName;

/// A price with two decimals, or those that it needs.
pub(super) fn price(price: OrderPrice) -> String {
    let text = price.to_string();
    match text.strip_suffix("00").filter(|short| short.contains('.')) {
        Some(short) => short.to_owned(),
        None => match text.strip_suffix('0') {
            Some(short) if text.contains('.') => short.to_owned(),
            _ => text,
        },
    }
}

/// A time of day to the microsecond.
pub(super) fn time(time: Timestamp) -> String {
    let text = time.to_string();
    text[..text.len() - 3].to_owned()
}

/// A time of day to the second.
fn second(time: Timestamp) -> String {
    let text = time.to_string();
    text[..text.len() - 10].to_owned()
}

/// An order: its number, and the channel where that is not 0.
pub(super) fn order_name(name: OrderName) -> String {
    if name.channel == UserRefIdx(0) {
        name.number.to_string()
    } else {
        format!("{} (channel {})", name.number, name.channel)
    }
}

/// A side, in the word that asks for it.
pub(super) fn side(side: Side) -> String {
    match side {
        Side::BUY => "buy".to_owned(),
        Side::SELL => "sell".to_owned(),
        Side::SELL_SHORT => "short".to_owned(),
        Side::SELL_SHORT_EXEMPT => "exempt".to_owned(),
        other => code(&other.0),
    }
}

/// A time in force, in the word that asks for it, and until when.
pub(super) fn time_in_force(time_in_force: TimeInForce, deadline: Option<Timestamp>) -> String {
    match (time_in_force, deadline) {
        (TimeInForce::DAY, _) => "day".to_owned(),
        (TimeInForce::IMMEDIATE_OR_CANCEL, _) => "ioc".to_owned(),
        (TimeInForce::EXTENDED, _) => "gtx".to_owned(),
        (TimeInForce::TILL_TIME, None) => "gtt".to_owned(),
        (TimeInForce::TILL_TIME, Some(deadline)) => format!("till {}", second(deadline)),
        (TimeInForce::AFTER_HOURS, _) => "after-hours".to_owned(),
        (other, _) => code(&other.0),
    }
}

/// What the public sees, in the word that asks for it.
pub(super) fn display(display: Display) -> String {
    match display {
        Display::VISIBLE => "visible".to_owned(),
        Display::HIDDEN => "hidden".to_owned(),
        Display::ATTRIBUTABLE => "attributable".to_owned(),
        Display::CONFORMANT => "conformant".to_owned(),
        other => code(&other.0),
    }
}

/// What a code says in words, or the code itself.
pub(super) fn meaning(meaning: Option<&str>, bytes: &[u8]) -> String {
    meaning.map_or_else(|| code(bytes), str::to_owned)
}

fn code(bytes: &[u8]) -> String {
    format!("code {}", bytes.escape_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_have_two_decimals_or_those_they_need() {
        let prices = [1_875_000, 1_875_050, 1_875_001, 1, 0, 10_000, 1_000_000];
        let words = ["187.50", "187.505", "187.5001", "0.0001", "0.00", "1.00", "100.00"];
        assert_eq!(prices.map(|raw| price(OrderPrice(raw))), words);
        assert_eq!(price(OrderPrice::MARKET_MAX), "market");
    }

    #[test]
    fn times_are_told_to_the_microsecond_or_the_second() {
        let noon = Timestamp(43_384_123_456_789);
        assert_eq!((time(noon), second(noon)), ("12:03:04.123456".into(), "12:03:04".into()));
        assert_eq!(time_in_force(TimeInForce::TILL_TIME, Some(noon)), "till 12:03:04");
    }

    #[test]
    fn codes_without_words_are_shown_as_they_are() {
        assert_eq!(side(Side(*b"x")), "code x");
        assert_eq!(meaning(None, b"\x01"), "code \\x01");
    }
}

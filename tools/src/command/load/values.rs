//! Times, prices and lists as they are typed.

use protocol_spec::wire::ouch::Symbol;
use protocol_spec::wire::text::Secret;

use crate::load::Flow;

/// Securities that venues for trying things out list.
const USUAL: [&str; 16] = [
    "AAPL", "MSFT", "NVDA", "AMZN", "GOOGL", "META", "TSLA", "AVGO", "COST", "NFLX", "AMD", "INTC",
    "CSCO", "QCOM", "ADBE", "PEP",
];

/// Securities of a load.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Symbols(pub Vec<Symbol>);

/// A price in units of 0.0001, with room for orders on both sides.
pub(super) fn parse_price(text: &str) -> Result<u64, String> {
    let (whole, cents) = text.split_once('.').unwrap_or((text, ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let whole: Option<u64> = whole.parse().ok().filter(|_| is_number(whole));
    let cents = Some(cents).filter(|text| is_number(text) && text.len() <= 2);
    let cents = cents.and_then(|text| format!("{text:0<2}").parse::<u64>().ok());
    let price = whole.zip(cents).and_then(|(whole, cents)| {
        whole.checked_mul(100)?.checked_add(cents)?.checked_mul(Flow::TICK)
    });
    price
        .filter(|price| (Flow::LOWEST..=1_000_000_000).contains(price))
        .ok_or_else(|| format!("\"{text}\" is no price from 0.11 to 100000 with whole cents"))
}

/// Securities by name, or a number of the usual ones.
pub(super) fn parse_symbols(text: &str) -> Result<Symbols, String> {
    if text == "demo" {
        return Ok(Symbols(USUAL.map(Symbol::new).to_vec()));
    }
    if let Ok(count) = text.parse::<usize>() {
        return match USUAL.get(..count) {
            Some(names @ [_, ..]) => {
                Ok(Symbols(names.iter().map(|name| Symbol::new(name)).collect()))
            }
            _ => Err(format!("{} securities are usual; name others", USUAL.len())),
        };
    }
    let symbol = |name: &str| {
        let name = name.trim().to_ascii_uppercase();
        let fits = Symbol::try_new(&name).filter(|symbol| !symbol.is_blank());
        let is_plain = name.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"');
        fits.filter(|_| is_plain).ok_or_else(|| format!("\"{name}\" is no symbol"))
    };
    text.split(',').map(symbol).collect::<Result<_, _>>().map(Symbols)
}

/// A password as a login carries it.
pub(super) fn parse_password(text: &str) -> Result<String, String> {
    let fits = Secret::<10>::try_new(text).is_some();
    match fits && !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        true => Ok(text.to_owned()),
        false => Err("a password has 1 to 10 letters, digits or signs".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_have_whole_cents_and_room_below() {
        let prices = ["100.00", "0.11", "12.5", "7"].map(parse_price);
        assert_eq!(prices, [1_000_000, 1_100, 125_000, 70_000].map(Ok));
        for text in ["0.10", "1.001", "x", "", ".", "-5", "1e3", "100001"] {
            assert!(parse_price(text).is_err(), "{text}");
        }
    }

    #[test]
    fn symbols_are_named_or_counted() {
        let names = |text| parse_symbols(text).map(|symbols| symbols.0);
        assert_eq!(names("2"), Ok(vec![Symbol::new("AAPL"), Symbol::new("MSFT")]));
        assert_eq!(names("zvzzt, zwzzt"), Ok(vec![Symbol::new("ZVZZT"), Symbol::new("ZWZZT")]));
        assert_eq!(names("demo").map(|names| names.len()), Ok(USUAL.len()));
        for text in ["0", "17", "", "A,,B", "TOOLONGER"] {
            assert!(parse_symbols(text).is_err(), "{text}");
        }
    }
}

//! A message as a line of text.
//!
//! ```text
//! 09:30:00.000001318  itch     #14757701    A AddOrder      META      locate=13 .. side=B(buy) ..
//! time                protocol number       type            security  fields
//! ```
//!
//! Written without the formatting machinery where it counts, and without memory of its own.

use std::io::Write;

use protocol_spec::wire::layout::{FieldLayout, Shape, Value};
use protocol_spec::words::Timestamp;

use super::clock::time_of_day;
use super::message::{Message, field_of, is_symbol};
use super::origin::{Number, Origin};
use super::protocol::Protocol;
use super::secret;
use super::symbols::Named;

const TIME_WIDTH: usize = 20;
const PROTOCOL_WIDTH: usize = 9;
const NUMBER_WIDTH: usize = 13;
pub(crate) const TYPE_WIDTH: usize = 28;
const SYMBOL_WIDTH: usize = 11;
/// Bytes of something undecodable that are shown.
const MOST_BYTES: usize = 64;

/// What stands at the end of each line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Endings {
    /// Sender and receiver.
    pub addresses: bool,
    /// The name of the input.
    pub inputs: bool,
}

/// Appends the line of a message, without its end.
pub(super) fn write_message(
    line: &mut Vec<u8>,
    origin: &Origin,
    message: &Message<'_>,
    named: Named,
    endings: Endings,
) {
    write_head(line, origin, message.timestamp(), message.protocol.name());
    write_content(line, message, named);
    finish(line, origin, endings);
}

/// Appends what a message is and says: type, security, fields.
pub(crate) fn write_content(line: &mut Vec<u8>, message: &Message<'_>, named: Named) {
    let start = line.len();
    line.push(message.letter().unwrap_or(b'-'));
    line.push(b' ');
    line.extend_from_slice(message.name().as_bytes());
    pad(line, start, TYPE_WIDTH);
    write_symbol(line, named);
    write_fields(line, message);
    write_tail(line, message);
    if let Some(fault) = &message.fault {
        put(line, format_args!(" !! {fault}"));
    }
}

/// Appends the line of something that is not a message, without its end.
pub(super) fn write_undecodable(
    line: &mut Vec<u8>,
    origin: &Origin,
    protocol: Option<Protocol>,
    bytes: &[u8],
    why: &str,
    endings: Endings,
) {
    write_head(line, origin, None, protocol.map_or("?", Protocol::name));
    secret::write_hex(line, protocol, &bytes[..bytes.len().min(MOST_BYTES)]);
    if bytes.len() > MOST_BYTES {
        put(line, format_args!(".. ({} bytes)", bytes.len()));
    }
    let gap = if bytes.is_empty() { "" } else { " " };
    put(line, format_args!("{gap}!! {why}"));
    finish(line, origin, endings);
}

fn write_head(line: &mut Vec<u8>, origin: &Origin, time: Option<Timestamp>, protocol: &str) {
    let start = line.len();
    match (time, origin.captured) {
        (Some(time), _) => push_time(line, time),
        (None, Some(captured)) => {
            push_time(line, time_of_day(captured));
            line.push(b'Z');
        }
        (None, None) => line.push(b'-'),
    }
    pad(line, start, TIME_WIDTH);
    let start = line.len();
    line.extend_from_slice(protocol.as_bytes());
    pad(line, start, PROTOCOL_WIDTH);
    let start = line.len();
    match origin.number {
        Number::None => line.push(b'-'),
        Number::Exact(number) => {
            line.push(b'#');
            push_number(line, number);
        }
        Number::Counted(number) => {
            line.push(b'+');
            push_number(line, number);
        }
    }
    pad(line, start, NUMBER_WIDTH);
}

/// Appends the column of the security.
pub(crate) fn write_symbol(line: &mut Vec<u8>, named: Named) {
    let start = line.len();
    match named {
        Named::Here(symbol) => push_text(line, &symbol.0),
        Named::Elsewhere(symbol) => {
            line.push(b'(');
            push_text(line, &symbol.0);
            line.push(b')');
        }
        Named::Unknown => line.push(b'-'),
    }
    pad(line, start, SYMBOL_WIDTH);
}

/// The fields, but for the time and the symbol, which have columns of their own.
fn write_fields(line: &mut Vec<u8>, message: &Message<'_>) {
    let bytes = message.bytes();
    let mut time_is_shown = message.timestamp().is_none();
    for field in message.layout().fields {
        if field.shape == Shape::Time && !time_is_shown {
            time_is_shown = true;
        } else if !is_symbol(field) {
            write_field(line, "", message.protocol, field, bytes);
        }
    }
    if let Some((fields, bytes)) = message.optional() {
        for field in fields {
            write_field(line, "", message.protocol, field, &bytes);
        }
    }
}

/// Elements of an appendage, or what a packet carries.
fn write_tail(line: &mut Vec<u8>, message: &Message<'_>) {
    for element in message.elements() {
        match field_of(&element) {
            Some(field) => write_field(line, "tag.", message.protocol, field, element.value),
            None => {
                put(line, format_args!(" tag.{}=0x", element.tag));
                secret::write_hex(line, Some(message.protocol), element.value);
            }
        }
    }
    if let Some((what, payload)) = message.payload() {
        put(line, format_args!(" {}=", what.to_ascii_lowercase().replace(' ', "_")));
        put(line, format_args!("\"{}\"", payload.escape_ascii()));
    }
}

fn write_field(
    line: &mut Vec<u8>,
    prefix: &str,
    protocol: Protocol,
    field: &FieldLayout,
    bytes: &[u8],
) {
    line.push(b' ');
    line.extend_from_slice(prefix.as_bytes());
    line.extend_from_slice(field.name.as_bytes());
    line.push(b'=');
    if secret::is_secret(protocol, field) {
        line.extend_from_slice(secret::MASK.as_bytes());
        return;
    }
    match field.value(bytes) {
        Value::Unsigned(number) => push_number(line, number),
        Value::Price(price) => push_price(line, u64::from(price.0)),
        Value::OrderPrice(price) if !price.is_market() => push_price(line, price.0),
        Value::Time(time) => push_time(line, time),
        Value::Text(text) => push_text(line, text),
        Value::Code(code, _) => {
            push_text(line, code);
            write_code_name(line, field, code);
        }
        value @ Value::NumericCode(..) => {
            put(line, format_args!("{value}"));
            write_code_name(line, field, field.bytes(bytes));
        }
        other => put(line, format_args!("{other}")),
    }
}

/// The name of a code in lower case: short, and one word.
fn write_code_name(line: &mut Vec<u8>, field: &FieldLayout, bytes: &[u8]) {
    if let Some(code) = field.codes().find(|code| code.bytes == bytes) {
        line.push(b'(');
        line.extend(code.name.bytes().map(|byte| byte.to_ascii_lowercase()));
        line.push(b')');
    }
}

fn finish(line: &mut Vec<u8>, origin: &Origin, endings: Endings) {
    while line.last() == Some(&b' ') {
        line.pop();
    }
    if let (true, Some(flow)) = (endings.addresses, origin.flow) {
        put(line, format_args!("  [{flow}]"));
    }
    if endings.inputs {
        put(line, format_args!("  [{}]", origin.file));
    }
}

fn put(line: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    line.write_fmt(text).expect("a vector takes everything");
}

/// Fills up with spaces to `width` from `start`, at least one.
pub(crate) fn pad(line: &mut Vec<u8>, start: usize, width: usize) {
    let end = (start + width).max(line.len() + 1);
    line.resize(end, b' ');
}

/// Text without its padding, as one word, so that none of it can be taken for another field; quotes
/// around nothing.
pub(crate) fn push_text(line: &mut Vec<u8>, text: &[u8]) {
    let text = text.trim_ascii();
    if text.is_empty() {
        line.extend_from_slice(b"''");
    } else if text.iter().all(|byte| byte.is_ascii_graphic() && *byte != b'\\') {
        line.extend_from_slice(text);
    } else {
        for byte in text {
            match byte {
                b' ' => line.extend_from_slice(b"\\x20"),
                _ => line.extend(byte.escape_ascii()),
            }
        }
    }
}

/// A number in decimal digits.
pub(crate) fn push_number(line: &mut Vec<u8>, number: u64) {
    push_digits(line, number, 1);
}

/// A price with four implied decimals.
fn push_price(line: &mut Vec<u8>, raw: u64) {
    push_number(line, raw / 10_000);
    line.push(b'.');
    push_digits(line, raw % 10_000, 4);
}

/// A time of day in nanoseconds.
pub(crate) fn push_time(line: &mut Vec<u8>, time: Timestamp) {
    let (seconds, nanos) = (time.0 / 1_000_000_000, time.0 % 1_000_000_000);
    push_digits(line, seconds / 3600, 2);
    line.push(b':');
    push_digits(line, seconds / 60 % 60, 2);
    line.push(b':');
    push_digits(line, seconds % 60, 2);
    line.push(b'.');
    push_digits(line, nanos, 9);
}

/// Decimal digits, at least `least` of them.
fn push_digits(line: &mut Vec<u8>, number: u64, least: usize) {
    let mut digits = [b'0'; 20];
    let mut at = digits.len();
    let mut rest = number;
    while rest > 0 {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    let at = at.min(digits.len() - least);
    line.extend_from_slice(&digits[at..]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol_spec::words::{OrderPrice, Price};

    fn written(write: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut line = Vec::new();
        write(&mut line);
        String::from_utf8(line).expect("only ASCII is written")
    }

    #[test]
    fn numbers_prices_and_times_are_written_as_their_types_print() {
        for number in [0, 1, 9, 10, 9_999, 10_000, 1_234_567, u64::from(u32::MAX), u64::MAX] {
            assert_eq!(written(|l| push_number(l, number)), number.to_string());
            let price = OrderPrice(number);
            assert_eq!(written(|l| push_price(l, number)), price.to_string(), "{number}");
            let time = Timestamp(number);
            assert_eq!(written(|l| push_time(l, time)), time.to_string());
        }
        assert_eq!(written(|l| push_price(l, 1_875_000)), Price(1_875_000).to_string());
    }

    #[test]
    fn text_is_one_word_whatever_it_holds() {
        assert_eq!(written(|l| push_text(l, b"AAPL    ")), "AAPL");
        assert_eq!(written(|l| push_text(l, b"   1")), "1");
        assert_eq!(written(|l| push_text(l, b"    ")), "''");
        assert_eq!(written(|l| push_text(l, b"\x1B[2J")), "\\x1b[2J");
        assert_eq!(written(|l| push_text(l, b"me side=S  ")), "me\\x20side=S");
        assert_eq!(written(|l| push_text(l, b"a\\x20b")), "a\\\\x20b");
    }
}

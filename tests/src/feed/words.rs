//! A message of the feed in short words: its type, its locate, its fields.
//!
//! ```text
//! A 1 r1 B 100 ABC@10.00      F 1 r1 B 100 ABC@10.00 FRM1     U 1 r1>r2 300@9.98
//! E 1 r1 100 M1               C 1 r1 100@10.01 M1 N           P 1 B 50 ABC@10.00 M1
//! X 1 r1 20                   D 1 r1                          Q 1 300 ABC@10.01 M3 O
//! S 0 Q                       H 1 ABC T _                     Y 1 ABC 0
//! R 1 ABC _ _ 100 N C Z P _ _ _ _ 0 N                         B 1 M1
//! ```
//!
//! The bytes are read here by the offsets of the document, typed in, and not by the table.

use protocol_spec::wire::itch::Message;

use crate::plain::{number, price, reference, text};

/// The length that the document gives a message of this type; only those that are ever sent.
fn length(kind: u8) -> usize {
    match kind {
        b'S' => 12,
        b'R' => 39,
        b'H' => 25,
        b'Y' => 20,
        b'A' => 36,
        b'F' => 40,
        b'E' => 31,
        b'C' => 36,
        b'X' => 23,
        b'D' => 19,
        b'U' => 35,
        b'P' => 44,
        b'Q' => 40,
        b'B' => 19,
        _ => panic!("the venue never sends \"{}\"", kind.escape_ascii()),
    }
}

/// The time of day in a message.
///
/// # Panics
/// If the message ends before it does.
#[must_use]
pub fn time_of(message: &[u8]) -> u64 {
    number(&message[5..11])
}

/// The message in short words.
///
/// # Panics
/// If the message is not one that the document allows.
#[must_use]
pub fn words(message: &[u8]) -> String {
    if let Err(error) = Message::decode(message) {
        panic!("{error}: {message:02x?}");
    }
    let kind = message[0];
    assert_eq!(message.len(), length(kind));
    assert_eq!(message[3..5], [0, 0], "R13: the tracking number");
    let locate = number(&message[1..3]);
    assert_eq!(locate == 0, kind == b'S', "R13: the locate");
    let words = match kind {
        b'S' | b'R' | b'H' | b'Y' => of_security(kind, message),
        b'P' | b'Q' | b'B' => of_trade(kind, message),
        _ => of_order(kind, message),
    };
    format!("{} {locate} {words}", char::from(kind))
}

fn of_security(kind: u8, message: &[u8]) -> String {
    let text = |from, len| text(&message[from..from + len]);
    match kind {
        b'S' => text(11, 1),
        b'H' => {
            assert_eq!(message[20], b' ', "reserved");
            format!("{} {} {}", text(11, 8), text(19, 1), text(21, 4))
        }
        b'Y' => format!("{} {}", text(11, 8), text(19, 1)),
        _ => {
            let listing = [text(11, 8), text(19, 1), text(20, 1)].join(" ");
            let lots = format!("{} {}", number(&message[21..25]), text(25, 1));
            let kinds = [text(26, 1), text(27, 2), text(29, 1)].join(" ");
            let flags = [text(30, 1), text(31, 1), text(32, 1), text(33, 1)].join(" ");
            let leverage = number(&message[34..38]);
            format!("{listing} {lots} {kinds} {flags} {leverage} {}", text(38, 1))
        }
    }
}

fn of_order(kind: u8, message: &[u8]) -> String {
    let number = |from, len| number(&message[from..from + len]);
    let order = reference(number(11, 8));
    let rest = match kind {
        b'A' | b'F' => {
            let (side, stock) = (text(&message[19..20]), text(&message[24..32]));
            let order = format!("{side} {} {stock}@{}", number(20, 4), price(number(32, 4)));
            if kind == b'F' { format!("{order} {}", text(&message[36..40])) } else { order }
        }
        b'E' => format!("{} M{}", number(19, 4), number(23, 8)),
        b'C' => {
            let at = price(number(32, 4));
            let printable = text(&message[31..32]);
            format!("{}@{at} M{} {printable}", number(19, 4), number(23, 8))
        }
        b'X' => number(19, 4).to_string(),
        b'D' => return order,
        _ => {
            let new = reference(number(19, 8));
            return format!("{order}>{new} {}@{}", number(27, 4), price(number(31, 4)));
        }
    };
    format!("{order} {rest}")
}

fn of_trade(kind: u8, message: &[u8]) -> String {
    let number = |from, len| number(&message[from..from + len]);
    match kind {
        b'P' => {
            assert_eq!(number(11, 8), 0, "W4: the order is not named");
            let (side, stock) = (text(&message[19..20]), text(&message[24..32]));
            let at = price(number(32, 4));
            format!("{side} {} {stock}@{at} M{}", number(20, 4), number(36, 8))
        }
        b'Q' => {
            let (stock, at) = (text(&message[19..27]), price(number(27, 4)));
            let kind = text(&message[39..40]);
            format!("{} {stock}@{at} M{} {kind}", number(11, 8), number(31, 8))
        }
        _ => format!("M{}", number(11, 8)),
    }
}

//! What brokers are told, in short words that a person compares with the rule book.
//!
//! ```text
//! p2#1 B 120 ABC@10.02 0 Y r3 A c1 3=100      A: side, quantity, symbol, price, TIF, display, ref,
//!                                             capacity, the order's own text, tags
//! p2#1>2 B 120 ABC@10.02 0 Y r3 A c2          U: the same
//! p2#1 E 100@10.01 R M1        p2#1 C 50 I        p2#1 D -100 100@10.00 R D
//! ```
//!
//! The bytes are read here by the offsets of the document, typed in, and not by the table.

use matcher::command::{Command, Request};
use matcher::engine::{Engine, Step};
use matcher::event::{Event, Events};
use matcher::sequence::Sequenced;
use matcher::view::Entry;
use order_entry::outbound::{Replies, Teller};
use protocol_spec::wire::ouch::{ClOrdId, Outbound};
use protocol_spec::words::{Locate, PortId, Price, Time, UserRefIdx, UserRefNum};

use crate::plain::{number, price, reference, text};
use crate::venue::Venue;

/// Tags whose values are numbers; those of all others are text.
const NUMBERS: &[u8] = &[3, 5, 7, 9, 11, 13, 15, 22, 23, 24, 28];

/// A message, read from its start.
struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn bytes(&mut self, len: usize) -> &'a [u8] {
        let (bytes, rest) = self.rest.split_at_checked(len).expect("the message is whole");
        self.rest = rest;
        bytes
    }

    fn number(&mut self, len: usize) -> u64 {
        number(self.bytes(len))
    }

    fn text(&mut self, len: usize) -> String {
        text(self.bytes(len))
    }

    fn price(&mut self) -> String {
        let raw = self.number(8);
        if raw == 2_000_000_000 { "market".to_owned() } else { price(raw) }
    }

    /// The rest of the message: nothing, or an appendage. `always` if it may not be nothing.
    fn appendage(&mut self, always: bool) -> String {
        if self.rest.is_empty() {
            assert!(!always, "an appendage that is always there");
            return String::new();
        }
        let length = self.number(2);
        assert_eq!(length, self.rest.len() as u64, "the length of the appendage");
        assert!(always || length > 0, "an empty appendage is left out where that is possible");
        let (mut all, mut last) = (String::new(), 0);
        while !self.rest.is_empty() {
            let size = usize::from(self.bytes(1)[0]);
            let tag = self.bytes(1)[0];
            assert!(tag > last, "tags ascend");
            last = tag;
            let value = self.bytes(size - 1);
            let value = match tag {
                1 => reference(number(value)),
                23 => price(number(value)),
                28 => {
                    assert!(value[0] > 0, "channel 0 is not named");
                    value[0].to_string()
                }
                tag if NUMBERS.contains(&tag) => number(value).to_string(),
                _ => text(value),
            };
            all.push_str(&format!(" {tag}={value}"));
        }
        all
    }
}

/// The time of day in a message.
///
/// # Panics
/// If the message ends before it does.
#[must_use]
pub fn time_of(message: &[u8]) -> u64 {
    number(&message[1..9])
}

/// The message in short words.
///
/// # Panics
/// If the message is not one that the document allows.
#[must_use]
pub fn words(port: PortId, message: &[u8]) -> String {
    if let Err(error) = Outbound::decode(message) {
        panic!("{error}: {message:02x?}");
    }
    let mut from = Reader { rest: &message[9..] };
    match message[0] {
        b'S' => {
            assert_eq!(message.len(), 10);
            format!("p{port} S {}", from.text(1))
        }
        b'Q' => {
            let next = from.number(4);
            format!("p{port} Q {next}{}", from.appendage(false))
        }
        b'U' => {
            let orig = from.number(4);
            let rest = order(&mut from);
            format!("p{port}#{orig}>{rest}")
        }
        b'A' => format!("p{port}#{}", order(&mut from)),
        kind => {
            let number = from.number(4);
            let rest = match kind {
                b'C' | b'D' | b'E' | b'R' => of_order(kind, &mut from),
                _ => of_request(kind, &mut from),
            };
            format!("p{port}#{number} {}{rest}", char::from(kind))
        }
    }
}

/// A and U from the order's number on; what never differs is asserted.
fn order(from: &mut Reader<'_>) -> String {
    let number = from.number(4);
    let (side, quantity, symbol) = (from.text(1), from.number(4), from.text(8));
    let (at, tif, display) = (from.price(), from.text(1), from.text(1));
    let (order_ref, capacity) = (reference(from.number(8)), from.text(1));
    assert_eq!(from.bytes(3), b"NNL", "ISO, cross type, state");
    let (text, tags) = (from.text(14), from.appendage(true));
    let order = format!("{side} {quantity} {symbol}@{at} {tif} {display} {order_ref} {capacity}");
    format!("{number} {order} {text}{tags}")
}

fn of_order(kind: u8, from: &mut Reader<'_>) -> String {
    let words = match kind {
        b'C' => format!(" {} {}", from.number(4), from.text(1)),
        b'D' => {
            let (less, reason, prevented) = (from.number(4), from.text(1), from.number(4));
            assert_eq!(reason, "Q");
            let (at, flag, strategy) = (from.price(), from.text(1), from.text(1));
            format!(" -{less} {prevented}@{at} {flag} {strategy}")
        }
        b'E' => {
            let (shares, at, flag) = (from.number(4), from.price(), from.text(1));
            format!(" {shares}@{at} {flag} M{}", from.number(8))
        }
        _ => format!(" {}", from.text(1)),
    };
    words + &from.appendage(matches!(kind, b'E' | b'R'))
}

fn of_request(kind: u8, from: &mut Reader<'_>) -> String {
    let words = match kind {
        b'J' => format!(" {:04X} {}", from.number(2), from.text(14)),
        b'B' => format!(" M{} {} {}", from.number(8), from.text(1), from.text(14)),
        b'M' => format!(" {} {}", from.text(1), from.number(4)),
        b'X' => format!(" {} {}", from.text(4), from.text(8)),
        b'G' | b'K' => format!(" {}", from.text(4)),
        _ => panic!("the venue never sends \"{}\"", kind.escape_ascii()),
    };
    words + &from.appendage(matches!(kind, b'X' | b'G' | b'K'))
}

/// An engine and what brokers are told of it, command by command.
#[derive(Debug)]
pub struct Told {
    engine: Engine,
    teller: Teller,
    midnight: Option<Time>,
    /// What each command made brokers be told.
    pub told: Vec<Vec<String>>,
}

impl Told {
    /// An engine whose day is not open yet.
    #[must_use]
    pub fn new() -> Self {
        Told { engine: Engine::new(), teller: Teller::new(), midnight: None, told: Vec::new() }
    }
}

impl Default for Told {
    fn default() -> Self {
        Told::new()
    }
}

/// Gives a request that may have a text of the broker's own the text `c` and its number.
fn name(command: &mut Command) {
    let (owner, text) = match command {
        Command::Enter(enter) => (enter.owner, &mut enter.cl_ord_id),
        Command::Replace(replace) => (replace.owner, &mut replace.cl_ord_id),
        Command::Refused(refused) if refused.request != Request::Action => {
            (refused.owner, &mut refused.cl_ord_id)
        }
        _ => return,
    };
    if *text == ClOrdId::BLANK {
        *text = ClOrdId::new(&format!("c{}", owner.user_ref));
    }
}

impl Venue for Told {
    fn execute(&mut self, command: &Sequenced<Command>) -> Vec<Event> {
        let mut command = command.clone();
        name(&mut command.command);
        if let Command::OpenDay(day) = &command.command {
            self.midnight = Some(day.midnight);
        }
        let (mut events, mut replies) = (Events::new(), Replies::new());
        let (mut all, mut told) = (Vec::new(), Vec::new());
        self.teller.begin(&command);
        loop {
            let step = self.engine.apply(&command, &mut events);
            for event in events.as_slice() {
                self.teller.tell(&command, event, &mut replies);
                for (port, message) in replies.iter() {
                    let midnight = self.midnight.expect("the day is open");
                    assert_eq!(time_of(message), command.time.0 - midnight.0, "R8");
                    told.push(words(port, message));
                }
            }
            all.extend_from_slice(events.as_slice());
            if step == Step::Done {
                self.told.push(told);
                return all;
            }
        }
    }

    fn entries(&self, locate: Locate, buys: bool) -> Vec<Entry> {
        self.engine.entries(locate, buys)
    }

    fn last_number(&self, port: PortId, idx: UserRefIdx) -> UserRefNum {
        self.engine.last_number(port, idx)
    }

    fn reference(&self, locate: Locate) -> Option<Price> {
        self.engine.reference(locate)
    }

    fn next_due(&self) -> Option<Time> {
        self.engine.next_due()
    }
}

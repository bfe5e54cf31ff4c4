//! Files made by hand, whole and broken.

use super::*;

/// A header for so many commands of two securities, which come to this.
fn header(commands: u64, outcome: Outcome) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    bytes.extend([128_u32, 24].iter().flat_map(|value| value.to_le_bytes()));
    bytes.extend(commands.to_le_bytes());
    bytes.extend([2_u32, 0].iter().flat_map(|value| value.to_le_bytes()));
    bytes.resize(72, 0);
    let Outcome { tally, resting } = outcome;
    let values = [
        tally.trades,
        tally.quantity,
        tally.notional,
        tally.hash,
        resting.orders,
        resting.quantity,
    ];
    bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    bytes.resize(128, 0);
    bytes
}

fn record(id: u64, price: u32, quantity: u32, symbol: u16, kind: u8, side: u8) -> Vec<u8> {
    let mut bytes = id.to_le_bytes().to_vec();
    bytes.extend(price.to_le_bytes());
    bytes.extend(quantity.to_le_bytes());
    bytes.extend(symbol.to_le_bytes());
    bytes.extend([kind, side, 0, 0, 0, 0]);
    bytes
}

/// A sale of 100 at 10, a buy of 30 of them, a cancel, and an order elsewhere.
fn records() -> Vec<u8> {
    [
        record(1, 10, 100, 0, 0, 1),
        record(2, 11, 30, 0, 2, 0),
        record(1, 0, 0, 0, 1, 1),
        record(3, 65_535, 999_999, 1, 0, 0),
    ]
    .concat()
}

fn outcome() -> Outcome {
    let mut tally = Tally::NONE;
    tally.trade(1, 2, 10, 30);
    Outcome { tally, resting: Resting { orders: 1, quantity: 999_999 } }
}

fn whole() -> Vec<u8> {
    [header(4, outcome()), records()].concat()
}

fn read_all(bytes: &[u8]) -> Result<Flow, Fault> {
    read_from(bytes, "it".to_owned(), None)
}

fn said(bytes: &[u8]) -> String {
    read_all(bytes).expect_err("the file is broken").to_string()
}

#[test]
fn a_whole_file_gives_its_commands() {
    let flow = read_all(&whole()).expect("the file is whole");
    assert_eq!((flow.symbols, flow.opening, flow.steps.len()), (2, 0, 4));
    assert_eq!(flow.expected, outcome());
    let (side, style) = (Side::Buy, Style::Shown);
    let entered = Step::Enter { id: 2, price: 11, quantity: 30, tip: 0, symbol: 0, side, style };
    assert_eq!(flow.steps[1], entered);
    assert_eq!(flow.steps[2], Step::Cancel { id: 1, wanted: 0 });
    assert_eq!(flow.last_id(), 3);
}

#[test]
fn the_first_commands_alone_can_be_read_and_come_to_something_else() {
    let flow = read_from(&whole()[..], "it".to_owned(), Some(2)).expect("the file is whole");
    assert_eq!(flow.steps.len(), 2);
    assert_eq!(flow.expected.resting, Resting { orders: 1, quantity: 70 });
}

#[test]
fn what_is_wrong_with_a_header_is_told() {
    let with = |at: usize, value: u8| {
        let mut bytes = whole();
        bytes[at] = value;
        said(&bytes)
    };
    assert!(with(7, b'2').contains("WLOB0001"));
    assert!(said(b"WLOB").contains("WLOB0001"));
    assert!(said(&[]).contains("WLOB0001"));
    assert_eq!(
        with(12, 32),
        "has a header of 128 and records of 32 bytes; version 1 has 128 and 24"
    );
    assert_eq!(with(24, 0), "has 4 commands for 0 securities: none or too many");
    assert_eq!(with(16, 0), "has 0 commands for 2 securities: none or too many");
    assert_eq!(with(22, 1), "has 281474976710660 commands for 2 securities: none or too many");
}

#[test]
fn files_that_are_too_short_or_too_long_are_told() {
    let mut bytes = whole();
    bytes.push(0);
    assert_eq!(said(&bytes), "goes on behind its 4 commands");
    bytes.truncate(bytes.len() - 2);
    assert_eq!(said(&bytes), "ends after 3 of 4 commands");
    bytes.truncate(128);
    assert_eq!(said(&bytes), "ends after 0 of 4 commands");
}

#[test]
fn a_record_with_a_value_that_cannot_be_is_told() {
    let with =
        |bytes: Vec<u8>| said(&[header(3, outcome()), record(1, 9, 9, 0, 0, 0), bytes].concat());
    let samples = [
        (record(2, 9, 9, 0, 3, 0), "command 1: kind cannot be 3"),
        (record(2, 9, 9, 0, 0, 2), "command 1: side cannot be 2"),
        (record(2, 9, 9, 2, 0, 0), "command 1: symbol cannot be 2"),
        (record(2, 0, 9, 0, 0, 0), "command 1: price cannot be 0"),
        (record(2, 65_536, 9, 0, 2, 0), "command 1: price cannot be 65536"),
        (record(2, 9, 0, 0, 0, 0), "command 1: qty cannot be 0"),
        (record(2, 9, 1_000_000, 0, 0, 0), "command 1: qty cannot be 1000000"),
        (record(1, 9, 9, 0, 0, 0), "command 1: order_id cannot be 1"),
        (record(2, 0, 0, 0, 1, 0), "command 1: order_id cannot be 2"),
        (record(0, 0, 0, 0, 1, 0), "command 1: order_id cannot be 0"),
        (record(1 << 32, 9, 9, 0, 0, 0), "command 1: order_id cannot be 4294967296"),
    ];
    for (bytes, text) in samples {
        assert_eq!(with(bytes), text);
    }
}

#[test]
fn a_header_that_expects_something_else_is_told() {
    let mut other = outcome();
    other.tally.hash ^= 1;
    let text = said(&[header(4, other), records()].concat());
    assert!(text.contains("its header says 1 trades of 30 shares"), "{text}");
    let fault = read_all(&[header(4, other), records()].concat()).expect_err("it is wrong");
    let Fault::Expectation(flaw) = fault else { panic!("{fault}") };
    assert_eq!((flaw.told, flaw.found), (other, outcome()));
}

#[test]
fn a_file_that_is_not_there_is_told_by_name() {
    let error = read(Path::new("no/such.wlob"), None).expect_err("there is none");
    assert!(error.to_string().starts_with("no/such.wlob: cannot be read: "), "{error}");
}

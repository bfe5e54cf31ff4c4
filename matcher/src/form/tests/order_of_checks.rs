//! Of two faults the one that stands first in the table of checks decides.

use protocol_spec::wire::ouch::{
    Capacity, CrossType, Display as DisplayCode, EnterOrder, Iso, ReplaceOrder, Side as SideCode,
    Symbol, TimeInForce,
};
use protocol_spec::words::{OrderPrice, Shares};

use super::{Element, ORDER, Outcome, REPLACEMENT, entered, replaced};
use crate::admission::Check;

/// Something wrong with a message: in its fixed part, in an element, or in both.
struct Wrong<T> {
    fault: (Check, u16),
    field: fn(&mut T),
    element: Option<Element<'static>>,
}

impl<T> Wrong<T> {
    const fn field(check: Check, reason: u16, field: fn(&mut T)) -> Self {
        Wrong { fault: (check, reason), field, element: None }
    }

    const fn tag(check: Check, reason: u16, tag: u8, value: &'static [u8]) -> Self {
        Wrong { fault: (check, reason), field: |_| {}, element: Some((tag, value)) }
    }
}

/// In the order of the table.
const ENTER: &[Wrong<EnterOrder>] = &[
    Wrong::tag(Check::K1, 0x000F, 1, &[0; 8]),
    Wrong::field(Check::K2, 0x0009, |order| order.side = SideCode(*b"Z")),
    Wrong::field(Check::K3, 0x0013, |order| order.quantity = Shares(0)),
    Wrong::field(Check::K4, 0x0017, |order| order.symbol = Symbol::BLANK),
    Wrong::field(Check::K5, 0x001D, |order| order.price = OrderPrice(0)),
    Wrong::field(Check::K6, 0x000F, |order| order.time_in_force = TimeInForce(*b"1")),
    Wrong::tag(Check::K6, 0x000F, 15, &[0; 4]),
    Wrong::field(Check::K7, 0x0003, |order| order.display = DisplayCode::CONFORMANT),
    Wrong::field(Check::K8, 0x000F, |order| order.capacity = Capacity(*b"X")),
    Wrong::field(Check::K9, 0x0008, |order| order.iso = Iso::YES),
    Wrong::field(Check::K10, 0x0014, |order| order.cross_type = CrossType::OPENING),
    Wrong::tag(Check::K10, 0x0014, 17, b"I"),
    Wrong::tag(Check::K11, 0x0005, 6, b"X"),
    Wrong::tag(Check::K11, 0x0011, 7, &[1; 4]),
    Wrong::tag(Check::K12, 0x0016, 14, b"SCAN"),
    Wrong::tag(Check::K13, 0x0040, 29, b"R"),
    Wrong::tag(Check::K14, 0x000F, 4, b"X"),
    Wrong::tag(Check::K14, 0x000F, 30, b"\0\0"),
];

/// In the order of the table.
const REPLACE: &[Wrong<ReplaceOrder>] = &[
    Wrong::tag(Check::K1, 0x000F, 24, &[0; 2]),
    Wrong::tag(Check::K2, 0x0009, 27, b"B"),
    Wrong::field(Check::K3, 0x0013, |order| order.quantity = Shares(1_000_000)),
    Wrong::field(Check::K5, 0x001D, |order| order.price = OrderPrice(u64::MAX)),
    Wrong::field(Check::K6, 0x000F, |order| order.time_in_force = TimeInForce::AFTER_HOURS),
    Wrong::tag(Check::K6, 0x000F, 15, &[0xFF; 4]),
    Wrong::field(Check::K7, 0x0003, |order| order.display = DisplayCode(*b" ")),
    Wrong::field(Check::K9, 0x0008, |order| order.iso = Iso(*b" ")),
    Wrong::tag(Check::K10, 0x0014, 17, b"X"),
    Wrong::tag(Check::K11, 0x0005, 6, b" "),
    Wrong::tag(Check::K11, 0x0011, 9, &[1; 8]),
    Wrong::tag(Check::K12, 0x0016, 14, b"    "),
    Wrong::tag(Check::K13, 0x0040, 29, b"y"),
    Wrong::tag(Check::K14, 0x000F, 12, b"X"),
    Wrong::tag(Check::K14, 0x000F, 25, b" "),
];

/// Puts every two faults into a message, their elements in either order.
fn assert_first_decides<T: Copy>(
    right: T,
    all: &[Wrong<T>],
    outcome: impl Fn(T, &[Element<'_>]) -> Outcome,
) {
    assert!(all.is_sorted_by_key(|wrong| wrong.fault.0));
    for (at, first) in all.iter().enumerate() {
        for second in &all[at..] {
            let mut message = right;
            (second.field)(&mut message);
            (first.field)(&mut message);
            let channel: Element<'_> = (28, &[9]);
            let mut given: Vec<Element<'_>> = first.element.into_iter().collect();
            given.extend(second.element.filter(|element| !given.contains(element)));
            given.push(channel);
            let expected = Some(first.fault);
            assert_eq!(outcome(message, &given), expected, "{:?}", second.fault);
            given.reverse();
            assert_eq!(outcome(message, &given), expected, "{:?}", second.fault);
        }
    }
}

#[test]
fn the_earlier_check_of_an_order_decides() {
    assert_first_decides(ORDER, ENTER, entered);
}

#[test]
fn the_earlier_check_of_a_replacement_decides() {
    assert_first_decides(REPLACEMENT, REPLACE, replaced);
}

#[test]
fn every_check_of_form_has_its_place() {
    let checks = |all: Vec<Check>| {
        let mut all = all;
        all.dedup();
        all
    };
    use Check::*;
    let enter = checks(ENTER.iter().map(|wrong| wrong.fault.0).collect());
    assert_eq!(enter, [K1, K2, K3, K4, K5, K6, K7, K8, K9, K10, K11, K12, K13, K14]);
    let replace = checks(REPLACE.iter().map(|wrong| wrong.fault.0).collect());
    assert_eq!(replace, [K1, K2, K3, K5, K6, K7, K9, K10, K11, K12, K13, K14]);
}

#[test]
fn all_but_the_appendage_kill_the_original_of_a_replacement() {
    for wrong in REPLACE {
        let (check, _) = wrong.fault;
        assert_eq!(check.kills_original(), check != Check::K1, "{check}");
    }
}

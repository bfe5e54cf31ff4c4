//! K10 to K14 where they look at tags, and what tags become.

use protocol_spec::wire::ouch::{
    CustomerType, EnterOrder, Mpid, ReplaceOrder, TagSet, TimeInForce, TradeNow,
};
use protocol_spec::words::{GroupId, Shares, UserRefIdx};

use super::{
    Element, ORDER, Outcome, REPLACEMENT, assert_bytes, command_of, entered, message, replaced,
};
use crate::admission::Check;
use crate::command::{Command, Options};
use crate::order::{Side, Strategy, Tif};

/// What becomes of an order and of a replacement with these tags: the same.
fn both(given: &[Element<'_>]) -> Outcome {
    let outcome = entered(ORDER, given);
    assert_eq!(replaced(REPLACEMENT, given), outcome, "{given:?}");
    outcome
}

/// Asserts of each value whether it passes.
fn assert_values(tag: u8, fault: (Check, u16), passes: &[&[u8]], fails: &[&[u8]]) {
    for value in passes {
        assert_eq!(both(&[(tag, value)]), None, "{tag} {value:?}");
    }
    for value in fails {
        assert_eq!(both(&[(tag, value)]), Some(fault), "{tag} {value:?}");
    }
}

#[test]
fn k10_no_instruction_for_a_cross() {
    assert_bytes(b" ", (Check::K10, 0x0014), |byte| both(&[(17, &[byte])]));
}

#[test]
fn k11_a_peg_is_told_apart_from_what_is_none() {
    for byte in 0..=u8::MAX {
        let expected = match byte {
            b'L' => None,
            b'P' | b'M' | b'R' | b'Q' | b'm' => Some((Check::K11, 0x0011)),
            _ => Some((Check::K11, 0x0005)),
        };
        assert_eq!(both(&[(6, &[byte])]), expected, "\"{}\"", byte.escape_ascii());
    }
}

#[test]
fn k11_neither_offsets_nor_discretion() {
    let fault = (Check::K11, 0x0011);
    let (one, minus, high) = (&[0, 0, 0, 1], &[0xFF; 4], &[1, 0, 0, 0]);
    assert_values(7, fault, &[&[0; 4]], &[one, minus, high]);
    assert_values(11, fault, &[&[0; 4]], &[one, minus, high]);
    assert_values(9, fault, &[&[0; 8]], &[&[0, 0, 0, 0, 0, 0, 0, 1], &[1, 0, 0, 0, 0, 0, 0, 0]]);
    assert_bytes(b"L", fault, |byte| both(&[(10, &[byte])]));
}

#[test]
fn k11_a_peg_that_is_none_decides_before_the_other_tags() {
    let others: [Element<'_>; 4] = [(7, &[1; 4]), (9, &[1; 8]), (10, b"P"), (11, &[1; 4])];
    for other in others {
        assert_eq!(both(&[other, (6, b"X")]), Some((Check::K11, 0x0005)));
        assert_eq!(both(&[other, (6, b"L")]), Some((Check::K11, 0x0011)));
        assert_eq!(both(&[other, (6, b"P")]), Some((Check::K11, 0x0011)));
    }
}

#[test]
fn k12_no_routes() {
    assert_values(14, (Check::K12, 0x0016), &[], &[b"    ", b"SCAN", &[0; 4]]);
}

#[test]
fn k13_strategies_of_the_firm_alone() {
    assert_bytes(b"*NYDOW", (Check::K13, 0x0040), |byte| both(&[(29, &[byte])]));
}

#[test]
fn k14_flags() {
    let fault = (Check::K14, 0x000F);
    assert_bytes(b"RN ", fault, |byte| entered(ORDER, &[(4, &[byte])]));
    let rows: [(u8, &[u8]); 3] = [(12, b"PN"), (16, b"N "), (25, b"YN")];
    for (tag, allowed) in rows {
        assert_bytes(allowed, fault, |byte| both(&[(tag, &[byte])]));
    }
}

#[test]
fn k14_a_group_is_two_printable_characters() {
    let fault = (Check::K14, 0x000F);
    let printable: Vec<u8> = (b' '..=b'~').collect();
    assert_bytes(&printable, fault, |byte| both(&[(30, &[byte, b'A'])]));
    assert_bytes(&printable, fault, |byte| both(&[(30, &[b'A', byte])]));
    assert_values(30, fault, &[b"**", b"  ", b"A1"], &[b"\0\0", b"\xFFA"]);
}

#[test]
fn firms_and_sizes_are_for_later_checks() {
    for tag in [3, 5, 13] {
        assert_values(tag, (Check::K14, 0x000F), &[&[0; 4], &[0xFF; 4]], &[]);
    }
    assert_values(26, (Check::K14, 0x000F), &[b"    ", &[0; 4]], &[]);
    for firm in [b"    ", b"FRM1", b"\0\xFF 1"] {
        assert_eq!(entered(ORDER, &[(2, firm)]), None);
    }
}

/// Every tag that orders and replacements both may have, each with a value of its own.
const COMMON: [Element<'_>; 17] = [
    (28, &[5]),
    (3, &[0, 0, 0, 50]),
    (5, &[0, 0, 0, 100]),
    (6, b"L"),
    (7, &[0; 4]),
    (9, &[0; 8]),
    (10, b"L"),
    (11, &[0; 4]),
    (12, b"P"),
    (13, &[0, 0, 0, 20]),
    (15, &[0, 0, 0x0E, 0x10]),
    (16, b"N"),
    (17, b" "),
    (25, b"Y"),
    (26, b"LOCB"),
    (29, b"O"),
    (30, b"G7"),
];

/// What they say.
const COMMON_OPTIONS: Options = Options {
    given: TagSet::of(&[3, 5, 6, 7, 9, 10, 11, 12, 13, 15, 16, 17, 25, 26, 28, 29, 30]),
    min_qty: Shares(50),
    max_floor: Shares(100),
    random_reserves: Shares(20),
    expire_time: 3600,
    locate_broker: Mpid::new("LOCB"),
    aiq_group: *b"G7",
    aiq_strategy: Some(Strategy::CancelOldest),
    trade_now: TradeNow::NO,
    post_only: true,
    located: true,
    ..Options::NONE
};

#[test]
fn an_order_has_what_its_tags_say() {
    let own: [Element<'_>; 3] = [(24, &[1, 2]), (4, b"R"), (2, b"FRM1")];
    let order = EnterOrder { time_in_force: TimeInForce::TILL_TIME, ..ORDER };
    let given = [&COMMON[..], &own].concat();
    let Command::Enter(enter) = command_of(&message(&order.to_bytes(), &given)) else {
        panic!("the order passes")
    };
    assert_eq!((enter.owner.idx, enter.tif), (UserRefIdx(5), Tif::Gtt));
    let options = Options {
        given: COMMON_OPTIONS.given.with(2).with(4).with(24),
        firm: Mpid::new("FRM1"),
        customer_type: CustomerType::RETAIL,
        group: GroupId(0x0102),
        ..COMMON_OPTIONS
    };
    assert_eq!(enter.options, options);
}

#[test]
fn a_replacement_has_what_its_tags_say() {
    let order = ReplaceOrder { time_in_force: TimeInForce::TILL_TIME, ..REPLACEMENT };
    let given = [&COMMON[..], &[(27, b"T")]].concat();
    let Command::Replace(replace) = command_of(&message(&order.to_bytes(), &given)) else {
        panic!("the replacement passes")
    };
    assert_eq!((replace.owner.idx, replace.tif), (UserRefIdx(5), Tif::Gtt));
    let given = COMMON_OPTIONS.given.with(27);
    assert_eq!(replace.options, Options { given, side: Some(Side::Short), ..COMMON_OPTIONS });
}

#[test]
fn a_tag_that_says_the_default_was_given_all_the_same() {
    let rows: [Element<'_>; 8] = [
        (2, b"    "),
        (3, &[0; 4]),
        (4, b" "),
        (12, b"N"),
        (16, b" "),
        (24, &[0; 2]),
        (29, b"*"),
        (30, b"**"),
    ];
    for (tag, value) in rows {
        let Command::Enter(enter) = command_of(&message(&ORDER.to_bytes(), &[(tag, value)])) else {
            panic!("the order passes")
        };
        assert_eq!(enter.options, Options { given: TagSet::of(&[tag]), ..Options::NONE });
    }
}

#[test]
fn strategies_are_named_and_the_default_of_the_port_is_left_to_it() {
    for strategy in Strategy::ALL {
        let given = [(29, &strategy.code().0[..])];
        let Command::Enter(enter) = command_of(&message(&ORDER.to_bytes(), &given)) else {
            panic!("the order passes")
        };
        assert_eq!(enter.options.aiq_strategy, Some(*strategy));
    }
}

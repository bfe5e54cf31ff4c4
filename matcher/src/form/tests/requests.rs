//! What each message becomes, field by field, and what is no message.

use protocol_spec::wire::ouch::{
    self, Capacity, ClOrdId, DisableOrderEntry, EnableOrderEntry, ModifyOrder, Mpid, RejectReason,
    Side as SideCode, Symbol,
};
use protocol_spec::words::{GroupId, OrderPrice, Shares, UserRefIdx, UserRefNum};

use super::{Element, ORDER, PORT, REPLACEMENT, command_of, message};
use crate::admission::Check;
use crate::command::{
    Cancel, Command, Enter, MassCancel, Modify, Options, Refused, Replace, Request, Switch,
};
use crate::form::{Unframed, command};
use crate::order::{Display, Owner, Side, Tif};

const CHANNEL: Element<'_> = (28, &[5]);

fn owner(idx: u8, number: u32) -> Owner {
    Owner { port: PORT, idx: UserRefIdx(idx), user_ref: UserRefNum(number) }
}

#[test]
fn an_order_without_tags() {
    let expected = Enter {
        owner: owner(0, 11),
        symbol: Symbol::new("ACME"),
        price: OrderPrice(1_875_000),
        quantity: Shares(300),
        side: Side::Buy,
        tif: Tif::Day,
        display: Display::Visible,
        capacity: Capacity::AGENCY,
        cl_ord_id: ClOrdId::new("order 11"),
        options: Options::NONE,
    };
    let found = command_of(&message(&ORDER.to_bytes(), &[]));
    assert_eq!(found, Command::Enter(expected));
}

#[test]
fn a_replacement_without_tags() {
    let expected = Replace {
        owner: owner(0, 12),
        orig: UserRefNum(11),
        quantity: Shares(200),
        price: OrderPrice(1_880_000),
        tif: Tif::Day,
        display: Display::Visible,
        cl_ord_id: ClOrdId::new("order 12"),
        options: Options::NONE,
    };
    let found = command_of(&message(&REPLACEMENT.to_bytes(), &[]));
    assert_eq!(found, Command::Replace(expected));
}

#[test]
fn a_cancel_of_any_quantity() {
    for quantity in [0, 1, 999_999, 1_000_000, u32::MAX].map(Shares) {
        let asked = ouch::CancelOrder { user_ref_num: UserRefNum(11), quantity }.to_bytes();
        let expected = |idx| Command::Cancel(Cancel { owner: owner(idx, 11), quantity });
        assert_eq!(command_of(&asked), expected(0));
        assert_eq!(command_of(&message(&asked, &[])), expected(0));
        assert_eq!(command_of(&message(&asked, &[CHANNEL])), expected(5));
    }
}

fn modify(side: u8, given: &[Element<'_>]) -> Command {
    let (user_ref_num, quantity) = (UserRefNum(11), Shares(40));
    let asked = ModifyOrder { user_ref_num, side: SideCode([side]), quantity };
    command_of(&message(&asked.to_bytes(), given))
}

#[test]
fn a_modify_of_any_side_and_no_other_byte() {
    for byte in 0..=u8::MAX {
        let found = modify(byte, &[CHANNEL]);
        let owner = owner(5, 11);
        let expected = match Side::from_code(SideCode([byte])) {
            Some(side) => {
                Command::Modify(Modify { owner, side, quantity: Shares(40), located: false })
            }
            None => Command::Refused(Refused {
                owner,
                request: Request::Void,
                check: Check::K2,
                reason: RejectReason::INVALID_SIDE,
                cl_ord_id: ClOrdId::BLANK,
            }),
        };
        assert_eq!(found, expected);
        assert_eq!(matches!(found, Command::Modify(_)), b"BSTE".contains(&byte));
    }
}

#[test]
fn a_modify_is_located_by_a_y_alone() {
    for byte in 0..=u8::MAX {
        let Command::Modify(modify) = modify(b'T', &[(25, &[byte]), (26, b"LOCB")]) else {
            panic!("located or not, it is a modify")
        };
        assert_eq!(modify.located, byte == b'Y');
    }
    let faulty = modify(b'Z', &[(25, b"Y"), (25, b"Y"), CHANNEL]);
    assert!(matches!(faulty, Command::Refused(refused) if refused.check == Check::K1));
}

const MASS_CANCEL: ouch::MassCancel = ouch::MassCancel {
    user_ref_num: UserRefNum(13),
    firm: Mpid::new("FRM1"),
    symbol: Symbol::new(" any 8"),
};

fn mass_cancel(given: &[Element<'_>]) -> Command {
    command_of(&message(&MASS_CANCEL.to_bytes(), given))
}

#[test]
fn a_mass_cancel_with_each_filter() {
    let all = MassCancel {
        owner: owner(0, 13),
        firm: Mpid::new("FRM1"),
        symbol: Symbol::new(" any 8"),
        group: None,
        side: None,
    };
    assert_eq!(mass_cancel(&[]), Command::MassCancel(all));
    for (value, group) in [([0, 0], 0), ([0, 1], 1), ([0xFF, 0xFE], 0xFFFE)] {
        let group = Some(GroupId(group));
        let expected = MassCancel { group, ..all };
        assert_eq!(mass_cancel(&[(24, &value)]), Command::MassCancel(expected));
    }
    for side in Side::ALL {
        let owner = owner(5, 13);
        let expected = MassCancel { owner, side: Some(*side), ..all };
        let given = [(27, &side.code().0[..]), CHANNEL];
        assert_eq!(mass_cancel(&given), Command::MassCancel(expected));
    }
}

#[test]
fn a_mass_cancel_of_a_side_that_is_none_is_told_in_its_channel() {
    for byte in (0..=u8::MAX).filter(|byte| !b"BSTE".contains(byte)) {
        let expected = Refused {
            owner: owner(5, 13),
            request: Request::Action,
            check: Check::K14,
            reason: RejectReason::OTHER,
            cl_ord_id: ClOrdId::BLANK,
        };
        assert_eq!(mass_cancel(&[(27, &[byte]), CHANNEL]), Command::Refused(expected));
    }
}

#[test]
fn the_switches_of_order_entry() {
    let user_ref_num = UserRefNum(u32::MAX);
    for (text, idx, given) in [("    ", 0, &[][..]), ("FRM1", 5, &[CHANNEL])] {
        let firm = Mpid::new(text);
        let switch = Switch { owner: owner(idx, u32::MAX), firm };
        let disable = DisableOrderEntry { user_ref_num, firm }.to_bytes();
        assert_eq!(command_of(&message(&disable, given)), Command::Disable(switch));
        let enable = EnableOrderEntry { user_ref_num, firm }.to_bytes();
        assert_eq!(command_of(&message(&enable, given)), Command::Enable(switch));
    }
}

#[test]
fn a_query_of_each_channel() {
    let expected = |idx| Command::AccountQuery { port: PORT, idx: UserRefIdx(idx) };
    assert_eq!(command_of(b"Q"), expected(0));
    assert_eq!(command_of(b"Q\0\0"), expected(0));
    for idx in 0..=u8::MAX {
        assert_eq!(command_of(&message(b"Q", &[(28, &[idx])])), expected(idx));
    }
}

/// Types and the bytes that are always there, an appendage's length included.
const TYPES: [(u8, usize); 8] =
    [(b'O', 47), (b'U', 40), (b'X', 9), (b'M', 10), (b'C', 19), (b'D', 11), (b'E', 11), (b'Q', 1)];

#[test]
fn a_message_that_is_cut_anywhere_in_its_fixed_part_is_not_framed() {
    for (kind, len) in TYPES {
        let mut bytes = vec![0; len];
        bytes[0] = kind;
        for have in 1..len {
            match command(PORT, &bytes[..have]) {
                Err(Unframed::Short { need, have: told }) => {
                    assert_eq!(told, have);
                    assert!(have < need && need <= len, "{need}");
                }
                other => panic!("{other:?}"),
            }
        }
        // Wrong as it may be in every field: a number can be read, so it is answered.
        command(PORT, &bytes).expect("all that is always there is there");
    }
    assert_eq!(command(PORT, b""), Err(Unframed::Short { need: 1, have: 0 }));
}

#[test]
fn types_of_no_message_of_a_broker_are_not_framed() {
    let unknown = (0..=u8::MAX).filter(|byte| TYPES.iter().all(|(kind, _)| kind != byte));
    for kind in unknown {
        let mut bytes = [0; 100];
        bytes[0] = kind;
        for have in [1, 47, 100] {
            let found = command(PORT, &bytes[..have]);
            assert_eq!(found, Err(Unframed::UnknownType(kind)));
        }
    }
}

#[test]
fn what_is_not_framed_says_why() {
    let told = |message: &[u8]| command(PORT, message).expect_err("no message").to_string();
    assert_eq!(told(b"Z"), "unknown message type \"Z\" (0x5A)");
    assert_eq!(told(b"X\0"), "truncated: 2 bytes where at least 9 are needed");
}

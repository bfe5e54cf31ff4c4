//! Messages as a broker writes them, and what they are taken for.

mod appendages;
mod fields;
mod order_of_checks;
mod requests;
mod tags;

use protocol_spec::wire::ouch::{
    Capacity, ClOrdId, CrossType, Display as DisplayCode, EnterOrder, Iso, ReplaceOrder,
    Side as SideCode, Symbol, TimeInForce,
};
use protocol_spec::words::{OrderPrice, PortId, Shares, UserRefIdx, UserRefNum};

use super::command;
use crate::admission::Check;
use crate::command::{Command, Request};

const PORT: PortId = PortId(7);

/// The check that a message fails and the number of its reason, `None` if it passes.
type Outcome = Option<(Check, u16)>;

/// An element of an appendage: tag and value.
type Element<'a> = (u8, &'a [u8]);

/// An order that passes.
const ORDER: EnterOrder = EnterOrder {
    user_ref_num: UserRefNum(11),
    side: SideCode::BUY,
    quantity: Shares(300),
    symbol: Symbol::new("ACME"),
    price: OrderPrice(1_875_000),
    time_in_force: TimeInForce::DAY,
    display: DisplayCode::VISIBLE,
    capacity: Capacity::AGENCY,
    iso: Iso::NO,
    cross_type: CrossType::CONTINUOUS,
    cl_ord_id: ClOrdId::new("order 11"),
};

/// A replacement that passes.
const REPLACEMENT: ReplaceOrder = ReplaceOrder {
    orig_user_ref_num: UserRefNum(11),
    user_ref_num: UserRefNum(12),
    quantity: Shares(200),
    price: OrderPrice(1_880_000),
    time_in_force: TimeInForce::DAY,
    display: DisplayCode::VISIBLE,
    iso: Iso::NO,
    cl_ord_id: ClOrdId::new("order 12"),
};

/// The elements one by one, without their length.
fn elements(elements: &[Element<'_>]) -> Vec<u8> {
    let element = |(tag, value): &Element<'_>| [&[1 + value.len() as u8, *tag], *value].concat();
    elements.iter().flat_map(element).collect()
}

/// A message: its fixed part, and an appendage.
fn message(fixed: &[u8], given: &[Element<'_>]) -> Vec<u8> {
    let elements = elements(given);
    [fixed, &(elements.len() as u16).to_be_bytes(), &elements].concat()
}

fn command_of(message: &[u8]) -> Command {
    command(PORT, message).expect("the message is framed")
}

/// What becomes of an order.
fn entered(order: EnterOrder, given: &[Element<'_>]) -> Outcome {
    match command_of(&message(&order.to_bytes(), given)) {
        Command::Enter(_) => None,
        Command::Refused(refused) => {
            assert_eq!(refused.request, Request::Enter);
            assert_eq!((refused.owner.port, refused.owner.user_ref), (PORT, order.user_ref_num));
            assert_eq!(refused.owner.idx, channel(refused.check, given));
            assert_eq!(refused.cl_ord_id, order.cl_ord_id);
            Some((refused.check, refused.reason.number()))
        }
        other => panic!("{other:?}"),
    }
}

/// What becomes of a replacement.
fn replaced(order: ReplaceOrder, given: &[Element<'_>]) -> Outcome {
    match command_of(&message(&order.to_bytes(), given)) {
        Command::Replace(_) => None,
        Command::Refused(refused) => {
            assert_eq!(refused.request, Request::Replace { orig: order.orig_user_ref_num });
            assert_eq!((refused.owner.port, refused.owner.user_ref), (PORT, order.user_ref_num));
            assert_eq!(refused.owner.idx, channel(refused.check, given));
            assert_eq!(refused.cl_ord_id, order.cl_ord_id);
            Some((refused.check, refused.reason.number()))
        }
        other => panic!("{other:?}"),
    }
}

/// The channel of a refused request.
fn channel(check: Check, given: &[Element<'_>]) -> UserRefIdx {
    match given.iter().find(|(tag, _)| *tag == 28) {
        Some((_, [idx])) if check != Check::K1 => UserRefIdx(*idx),
        _ => UserRefIdx(0),
    }
}

/// Asserts that of all 256 bytes exactly those in `allowed` pass, and the others fail `fault`.
fn assert_bytes(allowed: &[u8], fault: (Check, u16), outcome: impl Fn(u8) -> Outcome) {
    for byte in 0..=u8::MAX {
        let expected = (!allowed.contains(&byte)).then_some(fault);
        assert_eq!(outcome(byte), expected, "\"{}\"", byte.escape_ascii());
    }
}

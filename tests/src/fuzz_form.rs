//! What must hold for the checks of form, whatever a broker sends.
#![expect(
    clippy::missing_panics_doc,
    reason = "a body panics whenever what it checks does not hold"
)]

use matcher::admission::Check;
use matcher::command::{Command, Options, Refused, Request};
use matcher::form::{self, Unframed};
use matcher::order::{Owner, Side, Tif};
use protocol_spec::wire::DecodeError;
use protocol_spec::wire::ouch::{Inbound, TagSet, TradeNow};
use protocol_spec::words::{OrderPrice, PortId, Shares, UserRefIdx};

const PORT: PortId = PortId(7);

/// A message from a broker becomes a command that holds what commands promise, or the refusal of
/// something that is wrong with it.
pub fn form(data: &[u8]) {
    let command = match (form::command(PORT, data), Inbound::frame(data)) {
        (Ok(command), Ok(_)) => command,
        (Err(Unframed::UnknownType(kind)), Err(error)) => {
            return assert_eq!(error, DecodeError::UnknownType(kind));
        }
        (Err(Unframed::Short { need, have }), Err(error)) => {
            return assert_eq!(error, DecodeError::Truncated { need, have });
        }
        (command, framed) => panic!("{command:?} of {framed:?}"),
    };
    let is_right = Inbound::decode(data).is_ok();
    match command {
        Command::Enter(order) => {
            assert!(is_right, "what the document does not allow, the venue does not");
            assert_order(order.owner, order.price, order.quantity, &order.options);
            let symbol = order.symbol.0;
            assert!(symbol.trim_ascii_end().iter().all(u8::is_ascii_graphic), "{symbol:?}");
            assert!(!order.symbol.is_blank());
            assert!(b"APRO".contains(&order.capacity.0[0]));
            assert_eq!(order.tif == Tif::Gtt, order.options.expire_time > 0);
            assert_eq!(order.options.side, None);
        }
        Command::Replace(order) => {
            assert!(is_right, "what the document does not allow, the venue does not");
            assert_order(order.owner, order.price, order.quantity, &order.options);
            assert_ne!(order.tif, Tif::AfterHours);
            assert!(order.tif == Tif::Gtt || order.options.expire_time == 0);
            assert_ne!(order.options.side, Some(Side::Buy));
            assert!((order.options.firm.is_blank(), order.options.group.0) == (true, 0));
        }
        Command::Modify(modify) => assert_eq!(modify.owner.port, PORT),
        Command::Cancel(cancel) => assert_eq!((cancel.owner.port, is_right), (PORT, true)),
        Command::MassCancel(mass) => assert_eq!((mass.owner.port, is_right), (PORT, true)),
        Command::Disable(switch) | Command::Enable(switch) => {
            assert_eq!((switch.owner.port, is_right), (PORT, true));
        }
        Command::AccountQuery { port, .. } => assert_eq!((port, is_right), (PORT, true)),
        Command::Refused(refused) => assert_refused(&refused, data, is_right),
        other => panic!("no message of a broker: {other:?}"),
    }
}

fn assert_order(owner: Owner, price: OrderPrice, quantity: Shares, options: &Options) {
    assert_eq!(owner.port, PORT);
    assert!((1..=999_999).contains(&quantity.0), "{quantity}");
    assert!(price.is_market() || (1..=1_999_999_900).contains(&price.0), "{price}");
    assert!(options.expire_time <= 86_399);
    assert!(options.aiq_group.iter().all(|byte| matches!(byte, b' '..=b'~')));
    assert!(options.customer_type.meaning().is_some());
    assert!([TradeNow::NO, TradeNow::PORT_DEFAULT].contains(&options.trade_now));
    assert!(!options.given.contains(14));
    assert!(options.given.contains(28) || owner.idx == UserRefIdx(0));
    if options.given == TagSet::EMPTY {
        assert_eq!(*options, Options::NONE);
    }
}

/// The type, the check and the channel fit together; what the document allows is refused only
/// where the venue does not offer it.
fn assert_refused(refused: &Refused, data: &[u8], is_right: bool) {
    assert_eq!(refused.owner.port, PORT);
    assert!((Check::K1..=Check::K14).contains(&refused.check), "{refused:?}");
    assert!(refused.reason.meaning().is_some());
    if refused.check == Check::K1 {
        assert_eq!((refused.owner.idx, is_right), (UserRefIdx(0), false));
    }
    let types: &[u8] = match refused.request {
        Request::Enter => b"O",
        Request::Replace { .. } => b"U",
        Request::Action => b"CDE",
        Request::Void => b"XMQ",
    };
    assert!(types.contains(&data[0]), "{refused:?}");
    if is_right {
        let never = match refused.request {
            Request::Enter => [Check::K2, Check::K7, Check::K8, Check::K12],
            Request::Replace { .. } => [Check::K4, Check::K7, Check::K8, Check::K12],
            Request::Action | Request::Void => panic!("nothing is wrong: {refused:?}"),
        };
        assert!(!never.contains(&refused.check), "{refused:?}");
    }
}

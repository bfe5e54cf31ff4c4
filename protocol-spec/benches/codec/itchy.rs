//! The feed as the crate `itchy` reads it; texts come without their padding.

use itchy::{AddOrder, Body, CrossType, EventCode, MessageStream, Side};

use crate::itch::sum;

/// Reads every message of a BinaryFILE and consumes all fields.
pub(crate) fn read(file: &[u8]) -> u64 {
    let mut s = 0u64;
    for message in MessageStream::from_reader(file) {
        let m = message.expect("the mix is valid");
        sum!(&mut s, u64::from(m.stock_locate), u64::from(m.tracking_number), m.timestamp);
        consume(&m.body, &mut s);
    }
    s
}

#[inline(always)]
fn consume(body: &Body, s: &mut u64) {
    match body {
        Body::AddOrder(add) => consume_add(add, s),
        Body::DeleteOrder { reference } => sum!(s, *reference),
        Body::ReplaceOrder(replace) => {
            sum!(s, replace.old_reference, replace.new_reference);
            sum!(s, u64::from(replace.shares), u64::from(replace.price.raw()));
        }
        Body::OrderExecuted { reference, executed, match_number } => {
            sum!(s, *reference, u64::from(*executed), *match_number);
        }
        Body::OrderCancelled { reference, cancelled } => {
            sum!(s, *reference, u64::from(*cancelled));
        }
        rare => consume_rare(rare, s),
    }
}

#[inline(always)]
fn consume_add(add: &AddOrder, s: &mut u64) {
    sum!(s, add.reference, side(&add.side), u64::from(add.shares), text(&add.stock));
    sum!(s, u64::from(add.price.raw()));
    if let Some(mpid) = &add.mpid {
        let bytes = mpid.as_bytes().try_into().expect("four bytes");
        sum!(s, u64::from(u32::from_le_bytes(bytes)));
    }
}

fn consume_rare(body: &Body, s: &mut u64) {
    match body {
        Body::OrderExecutedWithPrice { reference, executed, match_number, printable, price } => {
            let printable = u64::from(if *printable { b'Y' } else { b'N' });
            sum!(s, *reference, u64::from(*executed), *match_number, printable);
            sum!(s, u64::from(price.raw()));
        }
        Body::NonCrossTrade(trade) => {
            sum!(s, trade.reference, side(&trade.side), u64::from(trade.shares));
            sum!(s, text(&trade.stock), u64::from(trade.price.raw()), trade.match_number);
        }
        Body::CrossTrade(cross) => {
            assert!(matches!(cross.cross_type, CrossType::Opening));
            sum!(s, cross.shares, text(&cross.stock), u64::from(cross.cross_price.raw()));
            sum!(s, cross.match_number, u64::from(b'O'));
        }
        Body::SystemEvent { event } => {
            assert!(matches!(event, EventCode::StartOfMessages));
            sum!(s, u64::from(b'O'));
        }
        other => panic!("the mix holds no {other:?}"),
    }
}

fn side(side: &Side) -> u64 {
    u64::from(if matches!(side, Side::Buy) { b'B' } else { b'S' })
}

fn text(text: &str) -> u64 {
    let mut bytes = [b' '; 8];
    bytes[..text.len()].copy_from_slice(text.as_bytes());
    u64::from_le_bytes(bytes)
}

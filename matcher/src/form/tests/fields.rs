//! K2 to K10: the fields that are always there.

use protocol_spec::wire::ouch::{
    Capacity, CrossType, Display as DisplayCode, EnterOrder, Iso, ReplaceOrder, Side as SideCode,
    TimeInForce,
};
use protocol_spec::wire::text::Alpha;
use protocol_spec::words::{OrderPrice, Shares, UserRefNum};

use super::{ORDER, Outcome, REPLACEMENT, assert_bytes, entered, replaced};
use crate::admission::Check;

#[test]
fn k2_a_side_is_one_of_four_and_a_replacement_cannot_become_a_buy() {
    let fault = (Check::K2, 0x0009);
    assert_bytes(b"BSTE", fault, |byte| {
        entered(EnterOrder { side: SideCode([byte]), ..ORDER }, &[])
    });
    assert_bytes(b"STE", fault, |byte| replaced(REPLACEMENT, &[(27, &[byte])]));
}

#[test]
fn k3_quantities_are_1_to_999_999() {
    let rows = [
        (0, false),
        (1, true),
        (100, true),
        (999_999, true),
        (1_000_000, false),
        (u32::MAX, false),
    ];
    for (quantity, passes) in rows {
        let expected = (!passes).then_some((Check::K3, 0x0013));
        let quantity = Shares(quantity);
        assert_eq!(entered(EnterOrder { quantity, ..ORDER }, &[]), expected, "{quantity}");
        let outcome = replaced(ReplaceOrder { quantity, ..REPLACEMENT }, &[]);
        assert_eq!(outcome, expected, "{quantity}");
    }
}

fn symbol(text: [u8; 8]) -> Outcome {
    entered(EnterOrder { symbol: Alpha(text), ..ORDER }, &[])
}

#[test]
fn k4_symbols_are_printable_and_begin_at_the_left() {
    for text in [b"A       ", b"ACME    ", b"ACME.A  ", b"ACMEACM ", b"ACMEACME", b"!~      "] {
        assert_eq!(symbol(*text), None, "{}", text.escape_ascii());
    }
    let wrong =
        [b"        ", b" ACME   ", b"AC ME   ", b"A      A", b"ACMEAC E", b"       A", b"  ACMEAC"];
    for text in wrong {
        assert_eq!(symbol(*text), Some((Check::K4, 0x0017)), "{}", text.escape_ascii());
    }
}

#[test]
fn k4_no_byte_of_a_symbol_may_be_unprintable() {
    let graphic: Vec<u8> = (b'!'..=b'~').collect();
    let printable: Vec<u8> = (b' '..=b'~').collect();
    for at in 0..8 {
        // A blank is right at the end alone.
        let allowed = if at == 7 { &printable } else { &graphic };
        assert_bytes(allowed, (Check::K4, 0x0017), |byte| {
            let mut text = *b"ACMEACME";
            text[at] = byte;
            symbol(text)
        });
    }
}

#[test]
fn k5_prices_are_limits_or_one_of_two_market_prices() {
    let rows = [
        (0, false),
        (1, true),
        (1_875_000, true),
        (1_999_999_900, true),
        (1_999_999_901, false),
        (1_999_999_999, false),
        (2_000_000_000, true),
        (2_000_000_001, false),
        (2_147_483_646, false),
        (2_147_483_647, true),
        (2_147_483_648, false),
        (u32::MAX.into(), false),
        (1 << 32 | 1, false),
        (1 << 32 | 2_000_000_000, false),
        (u64::MAX, false),
    ];
    for (price, passes) in rows {
        let expected = (!passes).then_some((Check::K5, 0x001D));
        let of = OrderPrice(price);
        assert_eq!(entered(EnterOrder { price: of, ..ORDER }, &[]), expected, "{price}");
        let outcome = replaced(ReplaceOrder { price: of, ..REPLACEMENT }, &[]);
        assert_eq!(outcome, expected, "{price}");
    }
}

fn entered_for(tif: u8, seconds: Option<u32>) -> Outcome {
    let order = EnterOrder { time_in_force: TimeInForce([tif]), ..ORDER };
    match seconds {
        None => entered(order, &[]),
        Some(seconds) => entered(order, &[(15, &seconds.to_be_bytes())]),
    }
}

fn replaced_for(tif: u8, seconds: Option<u32>) -> Outcome {
    let order = ReplaceOrder { time_in_force: TimeInForce([tif]), ..REPLACEMENT };
    match seconds {
        None => replaced(order, &[]),
        Some(seconds) => replaced(order, &[(15, &seconds.to_be_bytes())]),
    }
}

#[test]
fn k6_times_in_force_of_orders_and_of_replacements() {
    let fault = (Check::K6, 0x000F);
    assert_bytes(b"035E", fault, |byte| entered_for(byte, None));
    assert_bytes(b"0356", fault, |byte| replaced_for(byte, None));
    assert_bytes(b"6", fault, |byte| entered_for(byte, Some(60)));
    assert_bytes(b"6", fault, |byte| replaced_for(byte, Some(60)));
}

#[test]
fn k6_an_order_lives_for_1_to_86_399_seconds() {
    let rows = [
        (0, false),
        (1, true),
        (86_399, true),
        (86_400, false),
        (1 << 16, true),
        (u32::MAX, false),
    ];
    for (seconds, passes) in rows {
        let expected = (!passes).then_some((Check::K6, 0x000F));
        assert_eq!(entered_for(b'6', Some(seconds)), expected, "{seconds}");
        assert_eq!(replaced_for(b'6', Some(seconds)), expected, "{seconds}");
    }
}

#[test]
fn k7_displays() {
    let fault = (Check::K7, 0x0003);
    assert_bytes(b"YNA", fault, |byte| {
        entered(EnterOrder { display: DisplayCode([byte]), ..ORDER }, &[])
    });
    assert_bytes(b"YNA", fault, |byte| {
        replaced(ReplaceOrder { display: DisplayCode([byte]), ..REPLACEMENT }, &[])
    });
}

#[test]
fn k8_capacities() {
    assert_bytes(b"APRO", (Check::K8, 0x000F), |byte| {
        entered(EnterOrder { capacity: Capacity([byte]), ..ORDER }, &[])
    });
}

#[test]
fn k9_sweeps_of_several_markets_are_not_offered() {
    let fault = (Check::K9, 0x0008);
    assert_bytes(b"N", fault, |byte| entered(EnterOrder { iso: Iso([byte]), ..ORDER }, &[]));
    assert_bytes(b"N", fault, |byte| {
        replaced(ReplaceOrder { iso: Iso([byte]), ..REPLACEMENT }, &[])
    });
}

#[test]
fn k10_no_order_is_meant_for_a_cross() {
    assert_bytes(b"N", (Check::K10, 0x0014), |byte| {
        entered(EnterOrder { cross_type: CrossType([byte]), ..ORDER }, &[])
    });
}

#[test]
fn text_and_numbers_of_the_broker_are_not_looked_at() {
    for byte in 0..=u8::MAX {
        let cl_ord_id = Alpha([byte; 14]);
        let user_ref_num = UserRefNum(u32::from_be_bytes([byte; 4]));
        assert_eq!(entered(EnterOrder { cl_ord_id, user_ref_num, ..ORDER }, &[]), None);
        let orig_user_ref_num = user_ref_num;
        let order = ReplaceOrder { cl_ord_id, user_ref_num, orig_user_ref_num, ..REPLACEMENT };
        assert_eq!(replaced(order, &[]), None);
    }
}

//! Values for examples: what a field of that name and shape might hold on a real day.
//!
//! Neighbouring bytes differ where a real value lets them, so that a reader with a wrong width,
//! byte order or offset reads something else.

use protocol_spec::wire::layout::{FieldLayout, Layout, Shape};

/// The bytes of `field` in an example of `layout`, which is the `place`th of its protocol.
pub(super) fn bytes(layout: &Layout, field: &FieldLayout, place: usize) -> Vec<u8> {
    let number = |value: u64| value.to_be_bytes()[8 - field.len..].to_vec();
    match field.shape {
        Shape::Unsigned => number(unsigned(layout, field, place as u64)),
        Shape::Price | Shape::OrderPrice => number(price(field.name)),
        Shape::SignedPrice => signed_price(field.name).to_be_bytes().to_vec(),
        Shape::Level => number(level(field.name)),
        Shape::Time => number(time(field.name) + 1_000_007 * place as u64),
        Shape::Seconds => number(9 * 3600 + 45 * 60),
        Shape::Text => format!("{:<width$}", text(field.name), width = field.len).into_bytes(),
        Shape::Digits => format!("{:>width$}", digits(field.name), width = field.len).into_bytes(),
        Shape::Code | Shape::NumericCode => code(layout, field).to_vec(),
    }
}

fn unsigned(layout: &Layout, field: &FieldLayout, place: u64) -> u64 {
    let always_zero = match field.name {
        "locate" => layout.meaning.contains("locate is 0"),
        _ => field.meaning.starts_with("0 since"),
    };
    if always_zero {
        return 0;
    }
    match (field.name, field.len) {
        ("locate", _) => 0x0102,
        ("tracking", _) => 0x0304 + place,
        ("order_ref" | "original_ref", _) => 0x0100_0000_0002_D687 + 0x0101 * place,
        ("new_ref", _) => 0x0100_0000_0003_E5A9,
        ("secondary_order_ref", _) => 0x0100_0000_0004_F6B8,
        ("match_no", _) => 0x0100_0000_0000_9C41 + 0x0101 * place,
        ("orig_user_ref_num", _) => 0x0001_E20F,
        ("user_ref_num", _) => 0x0001_E210 + place,
        ("next_user_ref_num", _) => 0x0001_E2F4,
        ("number", _) => 0x0000_0001_0203_04B1,
        ("count", _) => 2,
        ("round_lot_size", _) => 100,
        ("etp_leverage", _) => 0,
        ("extension", _) => 1,
        ("expire_time", _) => 5_400,
        ("imbalance_shares", _) => 12_300,
        ("min_qty", _) => 100,
        ("random_reserves", _) => 200,
        (_, 8) => 1_234_500,
        (_, 4) => 300 + 100 * (place % 8),
        (_, 2) => 0x0203,
        _ => 5,
    }
}

fn price(name: &str) -> u64 {
    match name {
        "min_price" | "lower_price" | "lower_collar" => 1_781_300,
        "max_price" | "upper_price" | "upper_collar" => 1_968_800,
        "far_price" => 1_871_200,
        "near_price" => 1_876_400,
        "discretion_price" => 1_875_300,
        _ => 1_875_000,
    }
}

fn signed_price(name: &str) -> i32 {
    match name {
        "peg_offset" => -250,
        _ => 100,
    }
}

fn level(name: &str) -> u64 {
    match name {
        "level_1" => 418_512_345_678,
        "level_2" => 391_510_203_040,
        _ => 360_009_080_706,
    }
}

/// Nanoseconds since midnight: 09:30:00.123456789, or a little later.
fn time(name: &str) -> u64 {
    match name {
        "near_time" => 34_215_987_654_321,
        _ => 34_200_123_456_789,
    }
}

fn text(name: &str) -> &'static str {
    match name {
        "stock" | "symbol" => "AAPL",
        "mpid" | "attribution" => "MKRA",
        "firm" => "FRMA",
        "locate_broker" => "LOCA",
        "cl_ord_id" => "ORD-20251118-7",
        "session" => "2025111801",
        "username" => "BROKR1",
        "password" => "secret",
        "route" => "SCAN",
        _ => "G7",
    }
}

fn digits(name: &str) -> u64 {
    match name {
        "heartbeat_timeout" => 15_000,
        _ => 1_201,
    }
}

/// The first of the preferred codes that the field allows, otherwise its first one.
fn code(layout: &Layout, field: &FieldLayout) -> &'static [u8] {
    const PREFERRED: &[&str] = &[
        "NOT_APPLICABLE",
        "NORMAL",
        "COMMON",
        "START_OF_MARKET_HOURS",
        "TRADING",
        "USER",
        "INVALID_PRICE",
        "T1",
    ];
    let mut codes = field.codes();
    let said_no = field.type_name.starts_with("YesNo") || field.name == "ipo_flag";
    let preferred = |name: &str| match field.name {
        "luld_tier" => name == "TIER_1",
        "reason" if field.len == 4 => name == "NOT_AVAILABLE",
        "iso" => name == "NO",
        // Only sell orders are modified.
        "side" if layout.title.contains("Modif") => name == "SELL_SHORT",
        _ => (said_no && name == "NO") || PREFERRED.contains(&name),
    };
    codes
        .find(|code| preferred(code.name))
        .or_else(|| field.codes().next())
        .expect("a field of codes has at least one")
        .bytes
}

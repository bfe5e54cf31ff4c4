//! `outcry journal trades`, and one trade found again.

use appliance::journal::Place;
use appliance::linux::LinuxDisk;
use appliance::trades::{TradeError, find};
use appliance::world::Use;
use matcher::command::{BreakTrade, Command, Party, SetState};
use matcher::order::Owner;
use matcher::phase::Overlay;
use protocol_spec::wire::ouch::{BrokenReason, ClOrdId, Symbol};
use protocol_spec::words::{CommandNo, MatchNo, PortId, UserRefIdx, UserRefNum};
use serde_json::json;

use crate::kit::{Diary, SESSION, enter, journal, replace};

/// A trade of 60, a replaced order in another, a cross behind a pause, and the first one broken.
fn day() -> Diary {
    let mut diary = Diary::open();
    diary.one("09:30:00", 1, &enter(1, b'B', 100, "AAA", 100_000, &[]));
    diary.one("09:30:01", 2, &enter(1, b'S', 60, "AAA", 100_000, &[]));
    diary.one("09:30:02", 1, &replace(1, 2, 150, 99_900));
    diary.one("09:30:03", 2, &enter(2, b'S', 30, "AAA", 99_900, &[2, 28, 4]));
    let state = |overlay| {
        let symbol = Some(Symbol::new("BBB"));
        Command::SetState(SetState { symbol, overlay, reason: *b"NEWS" })
    };
    diary.operator("09:31:00", &state(Overlay::Paused), "");
    diary.one("09:31:01", 2, &enter(3, b'S', 10, "BBB", 100_000, &[]));
    diary.one("09:31:02", 1, &enter(3, b'B', 10, "BBB", 100_000, &[]));
    diary.operator("09:31:03", &state(Overlay::None), "");
    let party = |port, number| {
        let owner = Owner { port: PortId(port), idx: UserRefIdx(0), user_ref: UserRefNum(number) };
        Party { owner, cl_ord_id: ClOrdId::new("order1") }
    };
    let broken = BreakTrade {
        match_no: MatchNo(1),
        symbol: Symbol::new("AAA"),
        reason: BrokenReason::ERRONEOUS,
        buyer: party(1, 1),
        seller: party(2, 1),
    };
    diary.operator("09:40:00", &Command::BreakTrade(broken), "by alice (uid 7)");
    diary
}

#[test]
fn every_trade_has_both_sides() {
    let (_folder, data) = day().saved();
    let trades = journal(&["trades", "--json"], &data).objects();
    assert_eq!(trades.len(), 3);
    let first = json!({
        "match_no": 1, "command": 8, "time": "09:30:01.000000000",
        "utc": "2026-11-20T09:30:01.000000000Z", "symbol": "AAA", "price": "10.0000",
        "shares": 60, "kind": "continuous", "broken": true,
        "buyer": { "port": 1, "username": "P1", "user_ref_num": 1, "user_ref_idx": 0,
            "firm": "FRM1", "liquidity": "A" },
        "seller": { "port": 2, "username": "P2", "user_ref_num": 1, "user_ref_idx": 0,
            "firm": "FRM2", "liquidity": "R" },
    });
    assert_eq!(trades[0], first);
    let second = &trades[1];
    assert_eq!((&second["buyer"]["user_ref_num"], &second["broken"]), (&json!(2), &json!(false)));
    assert_eq!((&second["seller"]["user_ref_idx"], &second["shares"]), (&json!(4), &json!(30)));
    let cross = &trades[2];
    assert_eq!((&cross["kind"], &cross["symbol"]), (&json!("cross"), &json!("BBB")));
    assert_eq!((&cross["buyer"]["liquidity"], &cross["seller"]["port"]), (&json!("H"), &json!(2)));
    let lines = journal(&["trades"], &data).fine();
    let first = lines.lines().next().expect("there are lines");
    for word in ["m1 ", "AAA", "10.0000", "P1(1)#1 FRM1 A", "P2(2)#1 FRM2 R", "broken"] {
        assert!(first.contains(word), "no {word} in {first}");
    }
}

#[test]
fn comma_separated_values_have_a_line_of_names() {
    let (_folder, data) = day().saved();
    let out = journal(&["trades", "--csv"], &data).fine();
    assert!(out.lines().count() == 4 && out.split_inclusive('\n').all(|l| l.ends_with("\r\n")));
    let rows: Vec<Vec<&str>> = out.lines().map(|line| line.split(',').collect()).collect();
    assert!(rows.iter().all(|row| row.len() == rows[0].len()));
    assert_eq!((rows[0][0], rows[0][20]), ("match_no", "seller_liquidity"));
    assert_eq!(rows[1][..3], ["1", "8", "09:30:01.000000000"]);
    assert_eq!(rows[1][8..12], ["true", "1", "P1", "FRM1"]);
}

#[test]
fn trades_are_chosen_by_security_and_port() {
    let (_folder, data) = day().saved();
    let count =
        |args: &[&str]| journal(&[&["trades", "--json"], args].concat(), &data).objects().len();
    assert_eq!(count(&["--symbol", "AAA"]), 2);
    assert_eq!(count(&["--symbol", "AAA,BBB", "--port", "p1"]), 3);
    assert_eq!(count(&["--symbol", "CCC"]), 0);
    journal(&["trades", "--port", "P7"], &data).fails(2, &["no port of the day", "P7"]);
    journal(&["trades", "--csv", "--json"], &data).fails(2, &["--json"]);
}

#[test]
fn one_trade_is_found_with_what_its_brokers_called_the_orders() {
    let (_folder, data) = day().saved();
    let folder = data.join("journal").join(SESSION);
    let place = Place { folder, segment_bytes: 0, usage: Use::Read };
    let find = |number| find(&LinuxDisk, &place, MatchNo(number));
    let trade = find(2).expect("there is such a trade");
    assert_eq!((trade.command, trade.symbol), (CommandNo(10), Symbol::new("AAA")));
    assert_eq!((trade.price.0, trade.shares.0, trade.is_cross), (99_900, 30, false));
    let (buyer, seller) = (trade.buyer, trade.seller);
    assert_eq!((buyer.owner.user_ref.0, buyer.cl_ord_id), (2, ClOrdId::new("order2")));
    assert_eq!((seller.owner.port.0, seller.owner.idx.0), (2, 4));
    let broken = trade.broken(BrokenReason::ERRONEOUS);
    assert_eq!((broken.match_no, broken.buyer), (MatchNo(2), buyer));
    // A cross has a number for each pair and one for all of it.
    let pair = find(3).expect("there is such a trade");
    assert!(pair.is_cross && pair.buyer.owner.port == PortId(1));
    assert!(matches!(find(4), Err(TradeError::Print(MatchNo(4)))));
    for number in [0, 5, u64::MAX] {
        assert!(matches!(find(number), Err(TradeError::Unknown(_))), "{number}");
    }
}

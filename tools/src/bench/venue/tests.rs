//! Steps become the commands that brokers would send.

use super::*;

#[test]
fn the_port_and_its_number_say_which_order_it_is() {
    for id in [1, 7, 8, 9, 4_000_000_000] {
        assert_eq!(number(&owner(id)), id);
    }
    assert_eq!(owner(8).user_ref, UserRefNum(2));
    assert_eq!((owner(17).port, owner(17).user_ref), (PortId(1), UserRefNum(3)));
}

#[test]
fn symbols_differ_and_are_plain() {
    let all: BTreeSet<Symbol> = (0..65_535).map(symbol).collect();
    assert_eq!(all.len(), 65_535);
    assert_eq!(symbol(0), Symbol::new("AAAA"));
    assert_eq!(symbol(27), Symbol::new("BBAA"));
}

#[test]
fn styles_and_tips_become_time_display_and_tag() {
    assert_eq!((tif(Style::Immediate), display(Style::Immediate)), (Tif::Ioc, Display::Visible));
    assert_eq!((tif(Style::Hidden), display(Style::Hidden)), (Tif::Day, Display::Hidden));
    assert_eq!(options(0), Options::NONE);
    let reserve = options(100);
    assert!(reserve.given.contains(MAX_FLOOR) && reserve.max_floor == Shares(100));
}

#[test]
fn a_day_is_opened_with_the_limits_that_a_flow_needs() {
    let flow = crate::workload::Named::Hundred.flow(4_000, 1);
    let symbols: Vec<Symbol> = (0..flow.symbols).map(symbol).collect();
    let all = opening(&flow, &symbols);
    assert_eq!(all.len(), 1 + 100 + PORTS as usize + 1);
    let Some(Command::OpenDay(day)) = all.first() else { panic!("a day begins with its opening") };
    assert_eq!(day.limits.live_orders, flow.peaks.orders + ROOM);
    assert_eq!(all.last(), Some(&Command::SetPhase(Phase::Open)));
}

#[test]
fn executions_are_read_into_the_tally() {
    let event = Event::Executed {
        taker: owner(9),
        maker: owner(4),
        taker_ref: protocol_spec::words::OrderRef(2),
        maker_ref: protocol_spec::words::OrderRef(1),
        tip: matcher::event::TipRef::NONE,
        match_no: protocol_spec::words::MatchNo(1),
        price: Price(1_000_100),
        shares: Shares(30),
        locate: Locate(1),
        flag: protocol_spec::wire::ouch::LiquidityFlag([b'A']),
    };
    let (mut read, mut tally, mut expected) = (Read::default(), Tally::NONE, Tally::NONE);
    read.event(&event, &mut tally);
    expected.trade(4, 9, 10_001, 30);
    assert_eq!((tally, read.events, read.refused), (expected, 1, 0));
}

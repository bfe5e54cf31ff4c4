//! Messages byte by byte, and the state. Each row is checked where an engine can be asked.

use matcher::command::{BreakTrade, Party};
use matcher::engine::Engine;
use matcher::order::{Owner, Strategy, Tif};
use matcher::refusal::Refusal;
use protocol_spec::wire::itch::{CrossType, SystemEventCode, TradingState};
use protocol_spec::wire::ouch::{BrokenReason, CancelReason, Capacity, ClOrdId, LiquidityFlag};
use protocol_spec::words::{CommandNo, MatchNo, OrderPrice, UserRefNum, Volume};

use super::*;

const MIDNIGHT: Time = Time(1_000_000);
/// The time of day of everything but the opening.
const NOW: u64 = 0x0102_0304_0506;

fn sequenced(time: u64, command: Command) -> Sequenced<Command> {
    Sequenced { no: CommandNo(1), time: Time(MIDNIGHT.0 + time), command }
}

/// What an event of a command makes the public be told.
fn told(publisher: &mut Publisher, command: Command, event: Event) -> Vec<Vec<u8>> {
    let (command, mut out) = (sequenced(NOW, command), Messages::new());
    let before = publisher.next_number();
    publisher.tell(&command, &event, &mut out);
    let messages: Vec<_> = out.iter().map(<[u8]>::to_vec).collect();
    assert_eq!(publisher.next_number(), before.plus(messages.len() as u64));
    messages
}

fn listed(symbol: &str, lot: u32, switches: bool) -> Command {
    let mut instrument = Instrument::new(Symbol::new(symbol), Price(100));
    instrument.lot = Shares(lot);
    (instrument.round_lots_only, instrument.test) = (switches, switches);
    Command::SetInstrument(instrument.into())
}

/// A publisher of a day with the securities ABC and WXYZ.
fn open() -> Publisher {
    let mut publisher = Publisher::new();
    let (session, rules_version) = (*b"2026112001", Engine::RULES_VERSION);
    let limits = Limits::default();
    let day =
        Day { session, midnight: MIDNIGHT, seed: 1, limits, rules_version, carried: Vec::new() };
    let mut out = Messages::new();
    let event = Event::System(SystemEventCode::START_OF_MESSAGES);
    publisher.tell(&sequenced(7, Command::OpenDay(day.into())), &event, &mut out);
    assert!(out.iter().eq([b"S\0\0\0\0\0\0\0\0\0\x07O"]));
    for (locate, symbol) in [(1, "ABC"), (2, "WXYZ")] {
        let event = Event::Directory { locate: Locate(locate), new: Some(TradingState::TRADING) };
        assert_eq!(told(&mut publisher, listed(symbol, 100, false), event).len(), 3);
    }
    publisher
}

/// A message about WXYZ: its type, and what comes after the time.
fn message(kind: u8, rest: &[&[u8]]) -> Vec<u8> {
    [&[kind][..], b"\0\x02\0\0\x01\x02\x03\x04\x05\x06", &rest.concat()].concat()
}

fn executed(tip: TipRef) -> Event {
    Event::Executed {
        taker: Owner::default(),
        maker: Owner::default(),
        taker_ref: OrderRef(1),
        maker_ref: OrderRef(2),
        tip,
        match_no: MatchNo(0x0A0B),
        price: Price(0x0C0D),
        shares: Shares(0x0E0F),
        locate: Locate(2),
        flag: LiquidityFlag::ADDED,
    }
}

fn rested(side: Side, display: Display, displayed: u32) -> Event {
    Event::Rested {
        owner: Owner::default(),
        order_ref: OrderRef(0x1112_1314),
        displayed: Shares(displayed),
        hidden: Shares(9),
        price: Price(0x0C0D),
        side,
        display,
        firm: Mpid::new("FRM"),
        locate: Locate(2),
    }
}

fn refreshed(display: Display) -> Event {
    Event::Refreshed {
        owner: Owner::default(),
        order_ref: OrderRef(1),
        tip: OrderRef(0x1112_1314),
        shares: Shares(0x0E0F),
        price: Price(0x0C0D),
        side: Side::ShortExempt,
        display,
        firm: Mpid::new("FRM"),
        locate: Locate(2),
    }
}

fn prevented(shown: Shown) -> Event {
    Event::Prevented {
        taker: Owner::default(),
        maker: Owner::default(),
        strategy: Strategy::Decrement,
        price: Price(1),
        prevented: Shares(2),
        taker_less: Shares(3),
        maker_less: Shares(4),
        shown,
        locate: Locate(2),
        flag: LiquidityFlag::ADDED,
    }
}

fn reduced(shown: Shown) -> Event {
    let (owner, order_ref, shares) = (Owner::default(), OrderRef(1), Shares(2));
    Event::Reduced { owner, order_ref, shares, shown, locate: Locate(2) }
}

fn modified(shown: Shown) -> Event {
    let (owner, order_ref, leaves) = (Owner::default(), OrderRef(1), Shares(2));
    Event::Modified { owner, order_ref, side: Side::Short, leaves, shown, locate: Locate(2) }
}

fn canceled(tip: TipRef) -> Event {
    let (owner, order_ref, shares) = (Owner::default(), OrderRef(1), Shares(2));
    let reason = CancelReason::TIMEOUT;
    Event::Canceled { owner, order_ref, shares, reason, tip, locate: Locate(2) }
}

fn replaced(old_tip: TipRef, same_display: bool) -> Event {
    Event::Replaced {
        owner: Owner::default(),
        orig: UserRefNum(1),
        order_ref: OrderRef(0x1112_1314),
        old_tip,
        price: OrderPrice(1),
        leaves: Shares(2),
        symbol: Symbol::new("WXYZ"),
        locate: Locate(2),
        side: Side::Buy,
        tif: Tif::Day,
        capacity: Capacity::AGENCY,
        same_display,
    }
}

fn crossed(buy_tip: TipRef, sell_tip: TipRef) -> Event {
    Event::Crossed {
        buyer: Owner::default(),
        seller: Owner::default(),
        buy_tip,
        sell_tip,
        match_no: MatchNo(0x0A0B),
        price: Price(0x0C0D),
        shares: Shares(0x0E0F),
        locate: Locate(2),
        flag: LiquidityFlag::OPENING_CROSS,
    }
}

const TIP: OrderRef = OrderRef(0x2122_2324);
const TIP_BYTES: &[u8] = b"\0\0\0\0\x21\x22\x23\x24";

#[test]
fn what_becomes_of_displayed_orders_byte_by_byte() {
    let (reference, tip) = (b"\0\0\0\0\x11\x12\x13\x14", TipRef::of(TIP));
    let (number, price) = (b"\0\0\0\0\0\0\x0A\x0B", b"\0\0\x0C\x0D");
    let (shares, stock) = (b"\0\0\x0E\x0F", b"WXYZ    ");
    let added = |kind, side: &[u8], firm: &[u8]| {
        vec![message(kind, &[reference, side, shares, stock, price, firm])]
    };
    let with_price = |tip| message(b'C', &[tip, shares, number, b"N", price]);
    let other = b"\0\0\0\0\0\0\0\x05";
    let trade = message(b'P', &[&[0; 8], b"B", shares, stock, price, number]);
    let (delete, less) = (message(b'D', &[TIP_BYTES]), message(b'X', &[TIP_BYTES, shares]));
    let changes = [Shown::Same, Shown::Less(TIP, Shares(0x0E0F)), Shown::Gone(TIP)];
    let mut rows = vec![
        (rested(Side::Buy, Display::Visible, 0x0E0F), added(b'A', b"B", b"")),
        (rested(Side::Sell, Display::Visible, 0x0E0F), added(b'A', b"S", b"")),
        (rested(Side::Short, Display::Attributed, 0x0E0F), added(b'F', b"S", b"FRM ")),
        (rested(Side::Buy, Display::Hidden, 0), vec![]),
        (refreshed(Display::Visible), added(b'A', b"S", b"")),
        (refreshed(Display::Attributed), added(b'F', b"S", b"FRM ")),
        (executed(tip), vec![message(b'E', &[TIP_BYTES, shares, number])]),
        (executed(TipRef::NONE), vec![trade]),
        (canceled(tip), vec![delete.clone()]),
        (canceled(TipRef::NONE), vec![]),
        (replaced(tip, false), vec![delete.clone()]),
        (replaced(TipRef::NONE, false), vec![]),
        (crossed(tip, TipRef::of(OrderRef(5))), vec![with_price(TIP_BYTES), with_price(other)]),
        (crossed(TipRef::NONE, tip), vec![with_price(TIP_BYTES)]),
        (crossed(TipRef::NONE, TipRef::NONE), vec![]),
    ];
    for event in [prevented, reduced, modified] {
        let messages = [vec![], vec![less.clone()], vec![delete.clone()]];
        rows.extend(changes.into_iter().map(event).zip(messages));
    }
    for (event, expected) in rows {
        assert_eq!(told(&mut open(), Command::Tick, event), expected, "{event:?}");
    }
}

#[test]
fn what_is_said_of_securities_byte_by_byte() {
    let (locate, stock) = (Locate(2), b"WXYZ    ");
    let match_no = MatchNo(0x0A0B);
    let print = Event::CrossPrint {
        match_no,
        volume: Volume(0x01_0000_0000),
        price: Price(0x0C0D),
        locate,
        kind: CrossType::HALT,
    };
    let number = b"\0\0\0\0\0\0\x0A\x0B";
    let cross = message(b'Q', &[b"\0\0\0\x01\0\0\0\0", stock, b"\0\0\x0C\x0D", number, b"H"]);
    assert_eq!(told(&mut open(), Command::Tick, print), [cross]);

    let party = Party { owner: Owner::default(), cl_ord_id: ClOrdId::BLANK };
    let (symbol, reason) = (Symbol::new("WXYZ"), BrokenReason::CONSENT);
    let trade = BreakTrade { match_no, symbol, reason, buyer: party, seller: party };
    let broken = told(&mut open(), Command::BreakTrade(trade), Event::Broken { locate });
    assert_eq!(broken, [message(b'B', &[number])]);

    let state = TradingState::PAUSED;
    let changed = Event::StateChanged { locate, state, reason: *b"T1\xFF " };
    let action = message(b'H', &[stock, b"P", b" ", b"T1\xFF "]);
    assert_eq!(told(&mut open(), Command::Tick, changed), [action]);

    let known = told(&mut open(), listed("WXYZ", 7, true), Event::Directory { locate, new: None });
    let directory = [&stock[..], b"  ", b"\0\0\0\x07", b"Y", b"C", b"Z ", b"T", b"    "];
    let directory = message(b'R', &[&directory.concat(), b"\0\0\0\0", b"N"]);
    assert_eq!(known, [directory]);
}

#[test]
fn a_new_security_is_named_for_all_that_is_said_of_it_later() {
    let (mut publisher, locate) = (open(), Locate(3));
    let event = Event::Directory { locate, new: Some(TradingState::QUOTATION_ONLY) };
    let start = |kind: &[u8]| [kind, b"\0\x03\0\0\x01\x02\x03\x04\x05\x06NEW     "].concat();
    let got = told(&mut publisher, listed("NEW", 0x01_0203, false), event);
    let expected = [
        [&start(b"R")[..], b"  \0\x01\x02\x03NCZ P    \0\0\0\0N"].concat(),
        [&start(b"H")[..], b"Q     "].concat(),
        [&start(b"Y")[..], b"0"].concat(),
    ];
    assert_eq!(got, expected);
    let (state, reason) = (TradingState::TRADING, *b"    ");
    let event = Event::StateChanged { locate, state, reason };
    let got = told(&mut publisher, Command::Tick, event);
    assert_eq!(got, [[&start(b"H")[..], b"T     "].concat()]);
}

#[test]
fn an_original_that_its_new_order_does_not_replace_at_once_is_deleted() {
    let delete = message(b'D', &[TIP_BYTES]);
    let also = |event| told(&mut open(), Command::Tick, event);
    for event in [
        executed(TipRef::of(OrderRef(9))),
        executed(TipRef::NONE),
        prevented(Shown::Gone(OrderRef(9))),
        prevented(Shown::Same),
        canceled(TipRef::NONE),
    ] {
        let mut publisher = open();
        assert!(told(&mut publisher, Command::Tick, replaced(TipRef::of(TIP), true)).is_empty());
        let expected = [vec![delete.clone()], also(event)].concat();
        assert_eq!(told(&mut publisher, Command::Tick, event), expected, "{event:?}");
        // Once.
        assert_eq!(told(&mut publisher, Command::Tick, event), also(event));
    }
    let mut publisher = open();
    assert!(told(&mut publisher, Command::Tick, replaced(TipRef::of(TIP), true)).is_empty());
    let event = rested(Side::Buy, Display::Visible, 0x0E0F);
    let rest: &[&[u8]] = &[TIP_BYTES, b"\0\0\0\0\x11\x12\x13\x14\0\0\x0E\x0F\0\0\x0C\x0D"];
    assert_eq!(told(&mut publisher, Command::Tick, event), [message(b'U', rest)]);
    assert_eq!(told(&mut publisher, Command::Tick, event), also(event));
}

#[test]
fn what_is_refused_opens_and_says_nothing() {
    let mut publisher = Publisher::new();
    for command in [Command::Tick, listed("ABC", 100, false)] {
        let refused = Event::Refused(Refusal::DayNotOpen);
        assert!(told(&mut publisher, command, refused).is_empty());
    }
    assert_eq!(publisher, Publisher::new());
}

#[test]
#[should_panic(expected = "events are missing before command 1")]
fn an_order_that_was_replaced_has_to_come_to_something() {
    let mut publisher = open();
    told(&mut publisher, Command::Tick, replaced(TipRef::of(TIP), true));
    publisher.begin(&sequenced(NOW, Command::Tick));
}

#[test]
#[should_panic(expected = "before the day is open")]
fn the_public_is_told_nothing_before_the_day() {
    told(&mut Publisher::new(), Command::Tick, canceled(TipRef::of(TIP)));
}

#[test]
#[should_panic(expected = "SetInstrument lists")]
fn an_event_of_another_command_is_a_mistake() {
    told(&mut open(), Command::Tick, Event::Directory { locate: Locate(3), new: None });
}

fn saved(publisher: &Publisher) -> Vec<u8> {
    let mut bytes = Vec::new();
    publisher.save(&mut bytes);
    bytes
}

fn loaded(mut bytes: &[u8]) -> Result<Publisher, LoadError> {
    let publisher = Publisher::load(&mut bytes)?;
    assert!(bytes.is_empty(), "all bytes are read");
    Ok(publisher)
}

#[test]
fn a_publisher_can_be_saved_and_loaded() {
    let mut leaving = open();
    told(&mut leaving, Command::Tick, replaced(TipRef::of(TIP), true));
    for publisher in [Publisher::new(), open(), leaving] {
        let bytes = saved(&publisher);
        assert_eq!(loaded(&bytes), Ok(publisher));
        for len in 0..bytes.len() {
            assert_eq!(loaded(&bytes[..len]), Err(LoadError::Truncated), "{len} bytes");
        }
    }
}

#[test]
fn what_cannot_be_is_not_loaded() {
    let feed = Err(LoadError::Impossible("a feed without its first message"));
    let count = Err(LoadError::Impossible("more securities than locates"));
    let (midnight, symbol) = (Some(MIDNIGHT), Symbol::new("ABC"));
    let crowd = |count| vec![symbol; count];
    for (midnight, symbols, leaving, next, expected) in [
        (None, vec![], None, 0, &feed),
        (None, vec![], None, 2, &feed),
        (None, crowd(1), None, 1, &feed),
        (None, vec![], Some(TIP), 1, &feed),
        (midnight, vec![], None, 0, &feed),
        (midnight, vec![], None, 1, &feed),
        (midnight, crowd(65_536), None, 2, &count),
    ] {
        let publisher = Publisher { midnight, symbols, leaving, next: FeedNo(next) };
        assert_eq!(loaded(&saved(&publisher)), *expected);
    }
    let symbols = crowd(65_535);
    let most = Publisher { midnight, symbols, leaving: None, next: FeedNo(u64::MAX) };
    assert_eq!(loaded(&saved(&most)), Ok(most));
}

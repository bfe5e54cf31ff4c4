//! What the rows have in common. Each row, byte by byte, is checked where an engine can be asked.

use matcher::command::{Enter, Options, Refused, Request, Switch};
use matcher::event::TipRef;
use matcher::order::{Display, Side, Tif};
use matcher::settings::{Day, Limits};
use protocol_spec::wire::ouch::{Capacity, Mpid, Symbol, SystemEventCode};
use protocol_spec::wire::text::Alpha;
use protocol_spec::words::{CommandNo, Locate, OrderRef, PortId, UserRefIdx, UserRefNum};

use super::*;
use crate::outbox::Outbox;

const MIDNIGHT: Time = Time(1_000_000);

fn sequenced(time: u64, command: Command) -> Sequenced<Command> {
    Sequenced { no: CommandNo(1), time: Time(time), command }
}

fn day(midnight: u64, limits: Limits, rules_version: u32) -> Sequenced<Command> {
    let (session, midnight) = (*b"2026112001", Time(midnight));
    let day = Day { session, midnight, seed: 1, limits, rules_version, carried: Vec::new() };
    sequenced(midnight.0, Command::OpenDay(day.into()))
}

fn teller() -> Teller {
    let mut teller = Teller::new();
    teller.begin(&day(MIDNIGHT.0, Limits::default(), Engine::RULES_VERSION));
    teller
}

fn owner(idx: u8) -> Owner {
    Owner { port: PortId(3), idx: UserRefIdx(idx), user_ref: UserRefNum(0x0A0B_0C0D) }
}

fn told(teller: &Teller, command: Command, event: Event) -> Vec<(u16, Vec<u8>)> {
    // What was told before must not show.
    let mut replies = Replies::new();
    let code = SystemEventCode::END_OF_DAY;
    let before = Event::PortSystem { port: PortId(9), code };
    let command = sequenced(MIDNIGHT.0 + 5, command);
    teller.tell(&command, &before, &mut replies);
    teller.tell(&command, &event, &mut replies);
    replies.iter().map(|(port, bytes)| (port.0, bytes.to_vec())).collect()
}

fn canceled_event(idx: u8) -> Event {
    Event::Canceled {
        owner: owner(idx),
        order_ref: OrderRef(1),
        shares: Shares(0x0102_0304),
        reason: CancelReason::TIMEOUT,
        tip: TipRef::NONE,
        locate: Locate(1),
    }
}

#[test]
fn a_channel_is_named_if_it_is_not_0() {
    let fixed = b"C\0\0\0\0\0\0\0\x05\x0A\x0B\x0C\x0D\x01\x02\x03\x04T";
    let without = told(&teller(), Command::Tick, canceled_event(0));
    assert_eq!(without, [(3, fixed.to_vec())]);
    let with = told(&teller(), Command::Tick, canceled_event(200));
    assert_eq!(with, [(3, [&fixed[..], &[0, 3, 2, 28, 200]].concat())]);
}

#[test]
fn an_execution_is_told_to_both_with_an_appendage_in_any_case() {
    let event = Event::Executed {
        taker: owner(0),
        maker: Owner { port: PortId(4), ..owner(7) },
        taker_ref: OrderRef(1),
        maker_ref: OrderRef(2),
        tip: TipRef::NONE,
        match_no: MatchNo(0x11),
        price: Price(0x22),
        shares: Shares(0x33),
        locate: Locate(1),
        flag: LiquidityFlag::HIDDEN_ADDED,
    };
    let message = |flag: &[u8], appendage: &[u8]| {
        let fixed = b"E\0\0\0\0\0\0\0\x05\x0A\x0B\x0C\x0D\0\0\0\x33\0\0\0\0\0\0\0\x22";
        [&fixed[..], flag, b"\0\0\0\0\0\0\0\x11", appendage].concat()
    };
    let expected = [(3, message(b"R", &[0, 0])), (4, message(b"J", &[0, 3, 2, 28, 7]))];
    assert_eq!(told(&teller(), Command::Tick, event), expected);
}

#[test]
fn a_reject_returns_the_text_of_its_request() {
    let order = Enter {
        owner: owner(0),
        symbol: Symbol::new("ABC"),
        price: OrderPrice(1),
        quantity: Shares(1),
        side: Side::Buy,
        tif: Tif::Day,
        display: Display::Visible,
        capacity: Capacity::AGENCY,
        cl_ord_id: Alpha(*b" as received \xFF"),
        options: Options::NONE,
    };
    let refused = Refused {
        owner: owner(0),
        request: Request::Enter,
        check: matcher::admission::Check::K5,
        reason: RejectReason::INVALID_PRICE,
        cl_ord_id: Alpha(*b"refused\0      "),
    };
    let switch = Switch { owner: owner(0), firm: Mpid::BLANK };
    let requests = [
        (Command::Enter(order), order.cl_ord_id),
        (Command::Refused(refused), refused.cl_ord_id),
        (Command::Enable(switch), ClOrdId::BLANK),
    ];
    for (command, text) in requests {
        let reason = RejectReason::INVALID_PRICE;
        let got = told(&teller(), command, Event::Rejected { owner: owner(0), reason });
        let fixed = b"J\0\0\0\0\0\0\0\x05\x0A\x0B\x0C\x0D\0\x1D";
        assert_eq!(got, [(3, [&fixed[..], &text.0].concat())]);
    }
}

#[test]
fn times_count_from_the_midnight_of_the_opening_that_was_not_refused() {
    let mut teller = Teller::new();
    let impossible = Limits { ports: 0, ..Limits::default() };
    teller.begin(&day(10, impossible, Engine::RULES_VERSION));
    teller.begin(&day(20, Limits::default(), Engine::RULES_VERSION + 1));
    assert_eq!(teller, Teller::new());
    teller.begin(&day(MIDNIGHT.0, Limits::default(), Engine::RULES_VERSION));
    teller.begin(&day(40, Limits::default(), Engine::RULES_VERSION));
    assert_eq!(teller, self::teller());
    let (port, code) = (PortId(8), SystemEventCode::START_OF_DAY);
    let got = told(&teller, Command::Tick, Event::PortSystem { port, code });
    assert_eq!(got, [(8, b"S\0\0\0\0\0\0\0\x05S".to_vec())]);
}

#[test]
fn the_longest_message_there_can_be_fits() {
    assert_eq!(
        Replies::LONGEST,
        66 + 2 + Tags::LAYOUTS.iter().fold(0, |sum, tag| sum + 2 + tag.field.len)
    );
    const { assert!(Replies::LONGEST <= Outbox::LONGEST) };
}

#[test]
#[should_panic(expected = "Enter is accepted")]
fn an_event_of_another_command_is_a_mistake() {
    let (owner, order_ref, locate) = (owner(0), OrderRef(1), Locate(1));
    let (price, tif) = (OrderPrice(1), Tif::Day);
    told(&teller(), Command::Tick, Event::Accepted { owner, order_ref, price, tif, locate });
}

#[test]
#[should_panic(expected = "before the day is open")]
fn nobody_is_told_anything_before_the_day() {
    told(&Teller::new(), Command::Tick, canceled_event(0));
}

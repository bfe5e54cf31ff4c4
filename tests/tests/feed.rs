//! What the public is told: the ITCH column of the rule book's table, row by row and in its worked
//! examples, with the bytes read by the offsets of the document.

use matcher::command::{
    BreakTrade, Command, DownCause, MassCancel, OperatorCancel, Party, SetState, Switch,
};
use matcher::engine::Engine;
use matcher::order::Owner;
use matcher::phase::{Overlay, Phase};
use matcher::sequence::Sequencer;
use matcher::settings::{Day, Instrument, Limits, Port};
use matcher::tick::TickTable;
use protocol_spec::wire::ouch::{BrokenReason, ClOrdId, Mpid, Symbol};
use protocol_spec::words::{MatchNo, PortId, Price, Shares, Time, UserRefIdx, UserRefNum};
use tests::examples::{self, PUBLISHED};
use tests::feed::Published;
use tests::shorthand;
use tests::venue::Venue;

const MIDNIGHT: Time = Time(1_700_000_000_000_000_000);
const SECOND: u64 = 1_000_000_000;
const NOTHING: [&str; 0] = [];

#[test]
fn the_worked_examples_are_told_as_the_rule_book_says() {
    assert_eq!(PUBLISHED.len(), examples::ALL.len());
    for (example, (name, expected)) in examples::ALL.iter().zip(PUBLISHED) {
        assert_eq!(example.name, *name);
        let mut venue = Published::new();
        examples::run(example, &mut venue).unwrap_or_else(|wrong| panic!("{wrong}"));
        let told = &venue.told[venue.told.len() - example.steps.len()..];
        assert_eq!(told, *expected, "{name}");
    }
}

/// A venue with the securities OTHER and ABC, and the ports 1 and 2 of the firms FRM1 and FRM2.
/// The words of a command are about ABC, whose locate is 2.
struct Stage {
    venue: Published,
    sequencer: Sequencer,
    clock: Time,
}

impl Stage {
    /// A day that is open, and nothing else.
    fn empty() -> Self {
        let (venue, sequencer) = (Published::new(), Sequencer::new(MIDNIGHT));
        let mut stage = Stage { venue, sequencer, clock: MIDNIGHT };
        let limits = Limits { live_orders: 1_000, levels: 1_000, ..Limits::default() };
        let (session, rules_version) = (*b"2026112001", Engine::RULES_VERSION);
        let day = Day {
            session,
            midnight: MIDNIGHT,
            seed: 1,
            limits,
            rules_version,
            carried: Vec::new(),
        };
        assert_eq!(stage.run(Command::OpenDay(Box::new(day))), ["S 0 O"]);
        stage
    }

    fn new(phase: Phase) -> Self {
        let mut stage = Stage::empty();
        for symbol in [Symbol::new("OTHER"), shorthand::SYMBOL] {
            let instrument = Instrument::new(symbol, Price(100_000));
            stage.run(Command::SetInstrument(Box::new(instrument)));
        }
        for number in [1, 2] {
            let mut port = Port::new(PortId(number), vec![Mpid::new(&format!("FRM{number}"))]);
            port.cancel_on_disconnect = true;
            stage.nothing(Command::SetPort(Box::new(port)));
        }
        if phase > Phase::Closed {
            stage.run(Command::SetPhase(phase));
        }
        stage
    }

    /// What a command makes the public be told; each comes a second after the one before.
    fn run(&mut self, command: Command) -> Vec<String> {
        self.clock.0 += SECOND;
        let stamped = self.sequencer.stamp(self.clock, command).expect("the day is young");
        self.venue.execute(&stamped);
        self.venue.told.pop().expect("every command is written down")
    }

    fn nothing(&mut self, command: Command) {
        let name = format!("{command:?}");
        assert_eq!(self.run(command), NOTHING, "{name}");
    }

    /// The same for a command in short words.
    fn say(&mut self, text: &str) -> Vec<String> {
        self.run(shorthand::command(text))
    }

    fn overlay(&mut self, overlay: Overlay, reason: &[u8; 4]) -> Vec<String> {
        let (symbol, reason) = (Some(shorthand::SYMBOL), *reason);
        self.run(Command::SetState(SetState { symbol, overlay, reason }))
    }
}

fn owner(port: u16, number: u32) -> Owner {
    Owner { port: PortId(port), idx: UserRefIdx(0), user_ref: UserRefNum(number) }
}

#[test]
fn w1_w2_and_w18_to_w20_the_public_is_not_told_what_concerns_a_broker_alone() {
    let mut stage = Stage::new(Phase::Open);
    // Accepted, and gone before it rests (R74).
    assert_eq!(stage.say("O p1#1 B 100@10.00 ioc"), NOTHING);
    assert_eq!(stage.say("O p1#2 B 100@market"), NOTHING);
    assert_eq!(stage.say("O p1#3 B 100@10.001"), NOTHING);
    assert_eq!(stage.say("C p1#4"), NOTHING);
    assert_eq!(stage.say("Q p1"), NOTHING);
    let firm = Mpid::BLANK;
    stage.nothing(Command::Disable(Switch { owner: owner(1, 5), firm }));
    stage.nothing(Command::Enable(Switch { owner: owner(1, 6), firm }));
    stage.nothing(Command::PortUp { port: PortId(1), conn: 1 });
    stage.nothing(Command::Tick);
}

#[test]
fn w3_w4_an_execution_names_the_resting_order_if_it_is_displayed() {
    let mut stage = Stage::new(Phase::Open);
    stage.say("O p1#1 T 300@10.00");
    stage.say("O p1#2 S 100@10.00 hid");
    assert_eq!(stage.say("O p2#1 B 100@10.01 ioc"), ["E 2 r1 100 M1"]);
    // No D when it is executed to 0 (R74); the hidden order is told as a buy, whatever it is.
    let told = stage.say("O p2#2 B 250@10.01 ioc");
    assert_eq!(told, ["E 2 r1 200 M2", "P 2 B 50 ABC@10.00 M3"]);
    // A displayed order trades first with what rests, and the rest of it is told by its own.
    assert_eq!(stage.say("O p2#3 B 80@10.02"), ["P 2 B 50 ABC@10.00 M4", "A 2 r2 B 30 ABC@10.02"]);
    assert_eq!(stage.say("O p1#3 E 30@10.02"), ["E 2 r2 30 M5"]);
}

#[test]
fn w5_to_w7_what_is_prevented_lessens_what_is_displayed() {
    let mut stage = Stage::new(Phase::Open);
    stage.say("O p1#1 S 100@10.00");
    stage.say("O p1#2 S 100@10.00 hid");
    assert_eq!(stage.say("O p1#3 B 30@10.00 ioc aiq=W"), NOTHING);
    assert_eq!(stage.say("O p1#4 B 30@10.00 ioc aiq=Y"), ["X 2 r1 30"]);
    assert_eq!(stage.say("O p1#5 B 30@10.00 ioc aiq=D"), ["X 2 r1 30"]);
    assert_eq!(stage.say("O p1#6 B 60@10.00 ioc aiq=D"), ["D 2 r1"]);
    // 80 are left of the hidden order, and nobody hears of them.
    assert_eq!(stage.say("O p1#7 B 30@10.00 ioc aiq=Y"), NOTHING);
    assert_eq!(stage.say("O p1#8 B 30@10.00 ioc aiq=O"), NOTHING);
    stage.say("O p1#9 S 500@10.00 floor=100");
    assert_eq!(stage.say("O p1#10 B 10@10.00 ioc aiq=O"), ["D 2 r2"]);
}

#[test]
fn w8_a_new_tip_is_a_new_order() {
    let mut stage = Stage::new(Phase::Open);
    assert_eq!(stage.say("O p1#1 T 250@10.00 floor=100"), ["A 2 r1 S 100 ABC@10.00"]);
    assert_eq!(stage.say("O p1#2 B 250@9.00 floor=100 attr"), ["F 2 r2 B 100 ABC@9.00 FRM1"]);
    let told = stage.say("O p2#1 B 120@10.00 ioc");
    assert_eq!(told, ["E 2 r1 100 M1", "P 2 B 20 ABC@10.00 M2", "A 2 r3 S 100 ABC@10.00"]);
    assert_eq!(stage.say("O p2#2 B 99@10.00 ioc"), ["E 2 r3 99 M3"]);
    let told = stage.say("O p2#3 B 1@10.00 ioc");
    assert_eq!(told, ["E 2 r3 1 M4", "A 2 r4 S 30 ABC@10.00"]);
    let told = stage.say("O p2#4 S 100@9.00 ioc");
    assert_eq!(told, ["E 2 r2 100 M5", "F 2 r5 B 100 ABC@9.00 FRM1"]);
}

#[test]
fn w9_w10_an_order_rests_with_what_is_displayed_of_it() {
    let mut stage = Stage::new(Phase::Open);
    assert_eq!(stage.say("O p1#1 B 100@9.00"), ["A 2 r1 B 100 ABC@9.00"]);
    assert_eq!(stage.say("O p1#2 S 101@11.00"), ["A 2 r2 S 101 ABC@11.00"]);
    assert_eq!(stage.say("O p1#3 T 999999@11.00"), ["A 2 r3 S 999999 ABC@11.00"]);
    assert_eq!(stage.say("O p1#4 E 1@11.01"), ["A 2 r4 S 1 ABC@11.01"]);
    assert_eq!(stage.say("O p2#1 B 100@9.00 attr"), ["F 2 r5 B 100 ABC@9.00 FRM2"]);
    assert_eq!(stage.say("O p2#2 B 100@9.00 hid"), NOTHING);
    assert_eq!(stage.say("O p2#3 B 300@10.00 floor=100"), ["A 2 r6 B 100 ABC@10.00"]);
}

#[test]
fn w11_w12_a_replacement_is_told_by_what_becomes_of_it() {
    let mut stage = Stage::new(Phase::Open);
    stage.say("O p1#1 S 500@10.00");
    // Of the same display, to rest: U, also with another kind of sale or a reserve.
    assert_eq!(stage.say("U p1#1>2 400@10.01"), ["U 2 r1>r2 400@10.01"]);
    assert_eq!(stage.say("U p1#2>3 400@10.01 floor=100"), ["U 2 r2>r3 100@10.01"]);
    assert_eq!(stage.say("U p1#3>4 400@10.02"), ["U 2 r3>r4 100@10.02"]);
    // Between displays (R75).
    let told = stage.say("U p1#4>5 400@10.02 attr floor=0");
    assert_eq!(told, ["D 2 r4", "F 2 r5 S 400 ABC@10.02 FRM1"]);
    assert_eq!(stage.say("U p1#5>6 400@10.03 attr"), ["U 2 r5>r6 400@10.03"]);
    assert_eq!(stage.say("U p1#6>7 400@10.03"), ["D 2 r6", "A 2 r7 S 400 ABC@10.03"]);
    assert_eq!(stage.say("U p1#7>8 400@10.03 hid"), ["D 2 r7"]);
    assert_eq!(stage.say("U p1#8>9 400@10.04 hid"), NOTHING);
    assert_eq!(stage.say("U p1#9>10 400@10.04"), ["A 2 r8 S 400 ABC@10.04"]);
    // It trades, and rests.
    stage.say("O p2#1 B 100@10.00");
    let told = stage.say("U p1#10>11 400@10.00");
    assert_eq!(told, ["D 2 r8", "E 2 r9 100 M1", "A 2 r10 S 300 ABC@10.00"]);
    // It trades in full, or with what is hidden.
    stage.say("O p2#2 B 100@9.99 hid");
    stage.say("O p1#12 S 60@10.01");
    let told = stage.say("U p1#12>13 60@9.99");
    assert_eq!(told, ["D 2 r11", "P 2 B 60 ABC@9.99 M2"]);
    // It is prevented from trading.
    stage.say("O p1#14 B 10@9.00");
    let told = stage.say("U p1#14>15 20@10.00 aiq=D");
    assert_eq!(told, ["D 2 r13", "X 2 r10 20"]);
}

#[test]
fn w12_a_replacement_that_is_gone_at_once_takes_its_original_with_it() {
    let mut stage = Stage::new(Phase::Open);
    stage.say("O p2#1 B 100@10.00");
    // Post-only, which would trade; without an order to trade with; not allowed at all (R66).
    stage.say("O p1#1 S 100@10.05");
    assert_eq!(stage.say("U p1#1>2 100@10.00 post"), ["D 2 r2"]);
    stage.say("O p1#3 S 100@10.05");
    assert_eq!(stage.say("U p1#3>4 100@10.01 ioc"), ["D 2 r4"]);
    stage.say("O p1#5 S 100@10.05");
    assert_eq!(stage.say("U p1#5>6 100@10.001"), ["D 2 r5"]);
    // Refused: the original stays as it is.
    stage.say("O p1#7 S 100@10.05");
    stage.overlay(Overlay::Halted, b"T1  ");
    assert_eq!(stage.say("U p1#7>8 100@10.06"), NOTHING);
    assert_eq!(stage.say("X p1#7 0"), ["D 2 r6"]);
}

#[test]
fn w13_a_displayed_order_is_deleted_whatever_ended_it() {
    let mut stage = Stage::new(Phase::Open);
    for number in [1, 2] {
        stage.say(&format!("O p1#{number} B 300@9.00 floor=100"));
    }
    stage.say("O p1#3 B 300@9.00 hid");
    assert_eq!(stage.say("X p1#1 0"), ["D 2 r1"]);
    assert_eq!(stage.say("X p1#3 0"), NOTHING);
    let (firm, symbol) = (Mpid::BLANK, Symbol::BLANK);
    let mass = MassCancel { owner: owner(1, 4), firm, symbol, group: None, side: None };
    assert_eq!(stage.run(Command::MassCancel(mass)), ["D 2 r2"]);
    stage.say("O p1#5 B 100@9.00");
    assert_eq!(stage.run(Command::OperatorCancel(OperatorCancel::default())), ["D 2 r3"]);
    stage.say("O p1#6 B 100@9.00");
    stage.nothing(Command::PortUp { port: PortId(1), conn: 1 });
    let cause = DownCause::Disconnect;
    let down = Command::PortDown { port: PortId(1), conn: 1, cause };
    assert_eq!(stage.run(down), ["D 2 r4"]);
    stage.say("O p1#7 B 100@9.00 gtt=1");
    assert_eq!(stage.run(Command::Tick), ["D 2 r5"]);
    // What is due comes before the command itself (R9).
    stage.say("O p1#8 B 100@9.00 gtt=1");
    assert_eq!(stage.say("O p1#9 S 100@9.00"), ["D 2 r6", "A 2 r7 S 100 ABC@9.00"]);
    stage.say("O p1#10 S 100@9.01 gtt=3600");
    assert_eq!(stage.run(Command::SetPhase(Phase::Late)), ["S 0 M", "D 2 r7"]);
    assert_eq!(stage.run(Command::SetPhase(Phase::Ended)), ["D 2 r8", "S 0 E"]);
}

#[test]
fn w14_w15_shares_come_off_what_is_displayed_last() {
    let mut stage = Stage::new(Phase::Open);
    stage.say("O p1#1 S 500@10.00 floor=100");
    assert_eq!(stage.say("X p1#1 300"), NOTHING);
    assert_eq!(stage.say("X p1#1 80"), ["X 2 r1 20"]);
    assert_eq!(stage.say("M p1#1 T 80"), NOTHING);
    assert_eq!(stage.say("M p1#1 T 70"), ["X 2 r1 10"]);
    assert_eq!(stage.say("M p1#1 T 0"), ["D 2 r1"]);
    stage.say("O p1#2 S 500@10.00 hid");
    assert_eq!(stage.say("X p1#2 300"), NOTHING);
    assert_eq!(stage.say("M p1#2 E 200"), NOTHING);
    stage.say("O p1#3 S 500@10.00");
    assert_eq!(stage.say("M p1#3 T 400"), ["X 2 r2 100"]);
}

#[test]
fn w16_w17_a_cross_is_told_pair_by_pair_and_printed_once() {
    let mut stage = Stage::new(Phase::PreOpen);
    stage.say("O p1#1 T 100@10.00 hid");
    stage.say("O p1#2 S 200@10.00");
    stage.say("O p2#1 B 50@10.00 hid");
    stage.say("O p2#2 B 150@10.00");
    stage.say("O p2#3 B 60@10.00 hid");
    assert_eq!(
        stage.run(Command::SetPhase(Phase::Open)),
        [
            "S 0 Q",
            // OTHER has no orders.
            "Q 1 0 OTHER@0.00 M1 O",
            "H 1 OTHER T _",
            "C 2 r2 150@10.00 M2 N",
            "C 2 r1 150@10.00 M2 N",
            "C 2 r1 50@10.00 M3 N",
            // Both sides of M4 are hidden.
            "Q 2 260 ABC@10.00 M5 O",
            "H 2 ABC T _",
        ]
    );
    stage.overlay(Overlay::Paused, b"LUDP");
    assert_eq!(stage.overlay(Overlay::None, b"    "), ["Q 2 0 ABC@0.00 M6 H", "H 2 ABC T _"]);
}

#[test]
fn w21_a_break_names_the_trade_and_the_security() {
    let mut stage = Stage::new(Phase::Open);
    stage.say("O p1#1 S 100@10.00");
    stage.say("O p2#1 B 100@10.00");
    let party = |owner| Party { owner, cl_ord_id: ClOrdId::BLANK };
    let trade = BreakTrade {
        match_no: MatchNo(1),
        symbol: shorthand::SYMBOL,
        reason: BrokenReason::CONSENT,
        buyer: party(owner(2, 1)),
        seller: party(owner(1, 1)),
    };
    assert_eq!(stage.run(Command::BreakTrade(trade)), ["B 2 M1"]);
    // The second time, and of a trade that never was, it is refused.
    stage.nothing(Command::BreakTrade(trade));
    stage.nothing(Command::BreakTrade(BreakTrade { match_no: MatchNo(2), ..trade }));
    // Also when the day is over.
    assert_eq!(stage.say("O p1#2 S 10@10.00"), ["A 2 r3 S 10 ABC@10.00"]);
    assert_eq!(stage.say("O p2#2 B 10@10.00"), ["E 2 r3 10 M2"]);
    stage.run(Command::SetPhase(Phase::Ended));
    let late = BreakTrade { match_no: MatchNo(2), ..trade };
    assert_eq!(stage.run(Command::BreakTrade(late)), ["B 2 M2"]);
}

#[test]
fn w22_w24_the_day_passes_its_stages() {
    let mut stage = Stage::new(Phase::Closed);
    let mut to = |phase| stage.run(Command::SetPhase(phase));
    assert_eq!(to(Phase::Early), ["S 0 S"]);
    assert_eq!(to(Phase::PreOpen), ["H 1 OTHER Q _", "H 2 ABC Q _"]);
    let crosses = ["Q 1 0 OTHER@0.00 M1 O", "H 1 OTHER T _", "Q 2 0 ABC@0.00 M2 O", "H 2 ABC T _"];
    assert_eq!(to(Phase::Open), [&["S 0 Q"], &crosses[..]].concat());
    // No way back.
    assert_eq!(to(Phase::Early), NOTHING);
    assert_eq!(to(Phase::Late), ["S 0 M"]);
    assert_eq!(to(Phase::Ended), ["S 0 E"]);
    assert_eq!(stage.run(Command::EndOfDay), ["S 0 C"]);
    // Straight to the end.
    assert_eq!(Stage::new(Phase::Open).run(Command::EndOfDay), ["S 0 M", "S 0 E", "S 0 C"]);
    assert_eq!(Stage::new(Phase::Closed).run(Command::EndOfDay), ["S 0 C"]);
    let mut stage = Stage::new(Phase::PreOpen);
    assert_eq!(stage.run(Command::EndOfDay), ["S 0 E", "S 0 C"]);
}

#[test]
fn w23_a_security_is_listed_with_its_state_and_again_when_it_changes() {
    let mut stage = Stage::empty();
    let list = |stage: &mut Stage, change: fn(&mut Instrument), name: &str| {
        let mut instrument = Instrument::new(Symbol::new(name), Price(100_000));
        change(&mut instrument);
        stage.run(Command::SetInstrument(Box::new(instrument)))
    };
    assert_eq!(
        list(&mut stage, |_| {}, "ABC"),
        ["R 1 ABC _ _ 100 N C Z P _ _ _ _ 0 N", "H 1 ABC T _", "Y 1 ABC 0"]
    );
    let odd: fn(&mut Instrument) = |instrument| {
        (instrument.lot, instrument.round_lots_only) = (Shares(7), true);
        (instrument.test, instrument.initial_state) = (true, Overlay::Halted);
    };
    assert_eq!(
        list(&mut stage, odd, "EIGHTLET"),
        ["R 2 EIGHTLET _ _ 7 Y C Z T _ _ _ _ 0 N", "H 2 EIGHTLET H _", "Y 2 EIGHTLET 0"]
    );
    // The same again; what is not told; each of what is.
    assert_eq!(list(&mut stage, odd, "EIGHTLET"), NOTHING);
    let untold: fn(&mut Instrument) = |instrument| {
        (instrument.ticks, instrument.collar_bps) = (TickTable::uniform(50), 10);
        instrument.initial_state = Overlay::Halted;
    };
    assert_eq!(list(&mut stage, untold, "ABC"), NOTHING);
    let changes: [(fn(&mut Instrument), _); 3] = [
        (|instrument| instrument.lot = Shares(10), "10 N C Z P"),
        (|instrument| instrument.round_lots_only = true, "100 Y C Z P"),
        (|instrument| instrument.test = true, "100 N C Z T"),
    ];
    for (change, words) in changes {
        let told = list(&mut stage, change, "ABC");
        assert_eq!(told, [format!("R 1 ABC _ _ {words} _ _ _ _ 0 N")]);
    }
    // Later in the day.
    stage.run(Command::SetPhase(Phase::PreOpen));
    assert_eq!(list(&mut stage, |_| {}, "LATE")[1], "H 3 LATE Q _");
    let paused: fn(&mut Instrument) = |instrument| instrument.initial_state = Overlay::Paused;
    assert_eq!(list(&mut stage, paused, "PAUSED")[1], "H 4 PAUSED P _");
}

#[test]
fn w24_the_state_of_a_security_is_told_when_it_or_its_reason_changes() {
    let mut stage = Stage::new(Phase::Closed);
    assert_eq!(stage.overlay(Overlay::Halted, b"T1  "), ["H 2 ABC H T1"]);
    assert_eq!(stage.overlay(Overlay::Halted, b"T1  "), NOTHING);
    assert_eq!(stage.overlay(Overlay::Halted, b"T2  "), ["H 2 ABC H T2"]);
    assert_eq!(stage.overlay(Overlay::None, b"T3  "), ["H 2 ABC T T3"]);
    assert_eq!(stage.overlay(Overlay::None, b"    "), ["H 2 ABC T _"]);
    assert_eq!(stage.overlay(Overlay::Halted, b"T1  "), ["H 2 ABC H T1"]);
    // Its phase changes nothing for the one that is halted.
    assert_eq!(stage.run(Command::SetPhase(Phase::PreOpen)), ["S 0 S", "H 1 OTHER Q _"]);
    assert_eq!(stage.overlay(Overlay::QuoteOnly, b"T7\xFF "), ["H 2 ABC Q T7\\xff"]);
    let told = stage.run(Command::SetPhase(Phase::Open));
    assert_eq!(told, ["S 0 Q", "Q 1 0 OTHER@0.00 M1 O", "H 1 OTHER T _"]);
    assert_eq!(stage.overlay(Overlay::Paused, b"LUDP"), ["H 2 ABC P LUDP"]);
    // All at once.
    let (symbol, overlay, reason) = (None, Overlay::QuoteOnly, *b"M2  ");
    let all = Command::SetState(SetState { symbol, overlay, reason });
    assert_eq!(stage.run(all), ["H 1 OTHER Q M2", "H 2 ABC Q M2"]);
    assert_eq!(stage.run(Command::SetPhase(Phase::Ended)), ["S 0 M", "S 0 E"]);
    assert_eq!(stage.overlay(Overlay::None, b"    "), NOTHING);
}

//! What brokers are told: the OUCH column of the rule book's table, row by row and in its worked
//! examples, with the bytes read by the offsets of the document.

use matcher::admission::Check;
use matcher::command::{
    BreakTrade, Command, DownCause, MassCancel, OperatorCancel, Options, Party, Refused, Replace,
    Request, SetState, Switch, Switchable,
};
use matcher::engine::Engine;
use matcher::order::{Display, Owner, Side, Strategy, Tif};
use matcher::phase::{Overlay, Phase};
use matcher::sequence::Sequencer;
use matcher::settings::{Day, Instrument, Limits, Port};
use protocol_spec::wire::ouch::{
    BrokenReason, ClOrdId, CustomerType, Mpid, RejectReason, Symbol, TagSet, TradeNow,
};
use protocol_spec::wire::text::Alpha;
use protocol_spec::words::{
    GroupId, MatchNo, OrderPrice, PortId, Price, Shares, Time, UserRefIdx, UserRefNum,
};
use tests::examples::{self, TOLD};
use tests::replies::Told;
use tests::shorthand;
use tests::venue::Venue;

const MIDNIGHT: Time = Time(1_700_000_000_000_000_000);
const SECOND: u64 = 1_000_000_000;

#[test]
fn the_worked_examples_are_told_as_the_rule_book_says() {
    assert_eq!(TOLD.len(), examples::ALL.len());
    for (example, (name, expected)) in examples::ALL.iter().zip(TOLD) {
        assert_eq!(example.name, *name);
        let mut venue = Told::new();
        examples::run(example, &mut venue).unwrap_or_else(|wrong| panic!("{wrong}"));
        let told = &venue.told[venue.told.len() - example.steps.len()..];
        assert_eq!(told, *expected, "{name}");
    }
}

/// A venue with the security ABC and the ports 1 and 2, each of the firms FRM1 and FRM2.
struct Stage {
    venue: Told,
    sequencer: Sequencer,
    clock: Time,
}

impl Stage {
    fn new(phase: Phase) -> Self {
        let (venue, sequencer) = (Told::new(), Sequencer::new(MIDNIGHT));
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
        stage.nothing(Command::OpenDay(Box::new(day)));
        let instrument = Instrument::new(shorthand::SYMBOL, Price(100_000));
        stage.nothing(Command::SetInstrument(Box::new(instrument)));
        for number in [1, 2] {
            stage.nothing(port(number));
        }
        if phase > Phase::Closed {
            stage.run(Command::SetPhase(phase));
        }
        stage
    }

    /// What a command makes brokers be told; each comes a second after the one before.
    fn run(&mut self, command: Command) -> Vec<String> {
        self.clock.0 += SECOND;
        let stamped = self.sequencer.stamp(self.clock, command).expect("the day is young");
        self.venue.execute(&stamped);
        self.venue.told.pop().expect("every command is written down")
    }

    fn nothing(&mut self, command: Command) {
        assert_eq!(self.run(command), [""; 0]);
    }

    /// The same for a command in short words, in this channel.
    fn say(&mut self, idx: u8, text: &str) -> Vec<String> {
        let mut command = shorthand::command(text);
        match &mut command {
            Command::Enter(order) => order.owner.idx.0 = idx,
            Command::Replace(order) => order.owner.idx.0 = idx,
            Command::Cancel(cancel) => cancel.owner.idx.0 = idx,
            Command::Modify(modify) => modify.owner.idx.0 = idx,
            Command::MassCancel(mass) => mass.owner.idx.0 = idx,
            Command::Refused(refused) => refused.owner.idx.0 = idx,
            Command::AccountQuery { idx: of, .. } => of.0 = idx,
            _ => assert_eq!(idx, 0, "{text}"),
        }
        self.run(command)
    }
}

fn port(number: u16) -> Command {
    let firms = vec![Mpid::new("FRM1"), Mpid::new("FRM2")];
    let mut port = Port::new(PortId(number), firms);
    port.cancel_on_disconnect = true;
    Command::SetPort(Box::new(port))
}

fn owner(port: u16, idx: u8, number: u32) -> Owner {
    Owner { port: PortId(port), idx: UserRefIdx(idx), user_ref: UserRefNum(number) }
}

#[test]
fn w1_an_order_is_accepted_with_its_tags() {
    let mut stage = Stage::new(Phase::Open);
    // As it came, whatever has no effect; 26 is not returned.
    let listed = [2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 15, 16, 17, 24, 25, 26, 28, 29, 30];
    let Command::Enter(mut order) = shorthand::command("O p1#7 T 300@10.05 gtt=60") else {
        panic!("an order");
    };
    order.owner.idx.0 = 5;
    order.cl_ord_id = Alpha(*b" any \xFF bytes  ");
    order.options = Options {
        given: TagSet::of(&listed),
        firm: Mpid::new("FRM2"),
        max_floor: Shares(200),
        random_reserves: Shares(100),
        expire_time: 60,
        locate_broker: Mpid::new("LOCB"),
        group: GroupId(0xABCD),
        aiq_group: *b"g1",
        aiq_strategy: None,
        customer_type: CustomerType::RETAIL,
        trade_now: TradeNow::NO,
        post_only: true,
        located: true,
        ..Options::NONE
    };
    let tags = "2=FRM2 3=0 4=R 5=200 6=L 7=0 9=0 10=L 11=0 12=P 13=100 15=60 16=N 17=_ 24=43981 \
                25=Y 28=5 29=* 30=g1";
    let order_words = "p1#7 T 300 ABC@10.05 6 Y r1 A _any_\\xff_bytes";
    assert_eq!(stage.run(Command::Enter(order)), [format!("{order_words} {tags}")]);
    // The other values, and a channel 0 that is named but not returned.
    let given = TagSet::of(&[4, 12, 25, 28, 29, 30]);
    let aiq_strategy = Some(Strategy::CancelNewest);
    order.options = Options { given, aiq_strategy, ..Options::NONE };
    (order.owner, order.cl_ord_id) = (owner(1, 0, 9), ClOrdId::new("x"));
    (order.side, order.tif, order.display) = (Side::ShortExempt, Tif::Gtx, Display::Attributed);
    let told = stage.run(Command::Enter(order));
    assert_eq!(told, ["p1#9 E 300 ABC@10.05 5 A r2 A x 4=_ 12=N 25=N 29=W 30=**"]);
    // Another channel without any other tag.
    assert_eq!(stage.say(255, "O p1#1 B 1@1.00"), ["p1#1 B 1 ABC@1.00 0 Y r3 A c1 28=255"]);
}

#[test]
fn w2_what_is_rejected_has_its_reason_and_its_text() {
    let mut stage = Stage::new(Phase::Open);
    let refused = |request, owner, check, reason, text| {
        let cl_ord_id = ClOrdId::new(text);
        Command::Refused(Refused { owner, request, check, reason, cl_ord_id })
    };
    let switch = |number| Switch { owner: owner(1, 3, number), firm: Mpid::new("NONE") };
    let mass = MassCancel {
        owner: owner(1, 0, 20),
        firm: Mpid::BLANK,
        symbol: Symbol::new("XYZ"),
        group: None,
        side: None,
    };
    let (quantity, other) = (RejectReason::INVALID_QUANTITY, RejectReason::OTHER);
    let action = refused(Request::Action, owner(1, 0, 21), Check::K1, other, "");
    let enter = refused(Request::Enter, owner(1, 9, 1), Check::K3, quantity, "none");
    for (command, told) in [
        (enter, "p1#1 J 0013 none 28=9"),
        (Command::Disable(switch(1)), "p1#1 J 000C _ 28=3"),
        (Command::Enable(switch(2)), "p1#2 J 000C _ 28=3"),
        (Command::MassCancel(mass), "p1#20 J 0017 _"),
        (action, "p1#21 J 000F _"),
        (shorthand::command("O p1#30 B 100@10.001"), "p1#30 J 001D c30"),
    ] {
        assert_eq!(stage.run(command), [told]);
    }
    // A Replace is rejected under its new number (outcome 3).
    stage.say(4, "O p1#1 B 100@10.00");
    stage.nothing(Command::SetState(SetState {
        symbol: None,
        overlay: Overlay::Halted,
        reason: *b"    ",
    }));
    assert_eq!(stage.say(4, "U p1#1>2 100@10.00"), ["p1#2 J 0007 c2 28=4"]);
}

#[test]
fn w3_to_w8_each_side_is_told_under_its_own_channel() {
    let mut stage = Stage::new(Phase::Open);
    stage.say(7, "O p1#1 S 500@10.00 floor=100");
    let told = stage.say(0, "O p2#1 B 100@10.00 ioc");
    assert_eq!(
        told,
        [
            "p2#1 B 100 ABC@10.00 3 Y r1' A c1",
            "p2#1 E 100@10.00 R M1",
            "p1#1 E 100@10.00 A M1 28=7",
            "p1#1 R R 1=r2 22=100 23=10.00 28=7",
        ]
    );
    // The same port, and so the same party, on both sides.
    for (number, strategy, prevented) in [
        (2, "Y", &["p1#2 C 10 Q 28=8", "p1#1 C 10 Q 28=7"][..]),
        (3, "D", &["p1#3 D -10 10@10.00 R D 28=8", "p1#1 D -10 10@10.00 A D 28=7"]),
        (4, "W", &["p1#4 D -10 10@10.00 R W 28=8"]),
        (5, "O", &["p1#1 D -380 10@10.00 A O 28=7", "p1#5 C 10 I 28=8"]),
    ] {
        let text = format!("O p1#{number} B 10@10.00 ioc aiq={strategy}");
        let told = stage.say(8, &text);
        assert_eq!(told[1..], *prevented, "{strategy}");
    }
}

#[test]
fn w11_an_order_is_replaced_with_its_tags() {
    let mut stage = Stage::new(Phase::Open);
    stage.say(6, "O p1#1 S 500@10.05");
    let listed = [3, 5, 6, 7, 9, 10, 11, 12, 13, 15, 16, 17, 25, 26, 27, 28, 29, 30];
    let options = Options {
        given: TagSet::of(&listed),
        max_floor: Shares(100),
        expire_time: 3_600,
        aiq_group: *b"zz",
        aiq_strategy: Some(Strategy::Trade),
        trade_now: TradeNow::PORT_DEFAULT,
        located: true,
        side: Some(Side::Short),
        ..Options::NONE
    };
    let replace = Replace {
        owner: owner(1, 6, 2),
        orig: UserRefNum(1),
        quantity: Shares(400),
        price: OrderPrice(100_700),
        tif: Tif::Gtt,
        display: Display::Attributed,
        cl_ord_id: ClOrdId::new("new"),
        options,
    };
    let tags = "3=0 5=100 6=L 12=N 15=3600 16=_ 17=_ 28=6 29=N 30=zz";
    let told = stage.run(Command::Replace(replace));
    assert_eq!(told, [format!("p1#1>2 T 400 ABC@10.07 6 A r2 A new {tags}")]);
    assert_eq!(stage.say(6, "U p1#2>3 400@10.07"), ["p1#2>3 T 400 ABC@10.07 0 Y r3 A c3 28=6"]);
}

#[test]
fn w13_to_w15_what_an_order_loses_and_becomes_is_told() {
    let mut stage = Stage::new(Phase::Open);
    stage.say(1, "O p1#1 S 500@10.00");
    stage.say(0, "O p1#1 S 500@10.00");
    assert_eq!(stage.say(1, "X p1#1 400"), ["p1#1 C 100 U 28=1"]);
    assert_eq!(stage.say(1, "M p1#1 T 300"), ["p1#1 M T 300 28=1"]);
    assert_eq!(stage.say(0, "M p1#1 E 600"), ["p1#1 M E 500"]);
    assert_eq!(stage.say(0, "X p1#1 0"), ["p1#1 C 500 U"]);
    assert_eq!(stage.say(0, "X p1#1 0"), [""; 0]);
    let all = OperatorCancel::default();
    assert_eq!(stage.run(Command::OperatorCancel(all)), ["p1#1 C 300 S 28=1"]);
    stage.say(2, "O p2#1 B 100@10.00 gtt=5");
    stage.say(3, "O p2#1 B 100@9.00");
    stage.nothing(Command::PortUp { port: PortId(2), conn: 1 });
    let cause = DownCause::Disconnect;
    let down = Command::PortDown { port: PortId(2), conn: 1, cause };
    assert_eq!(stage.run(down), ["p2#1 C 100 Z 28=2", "p2#1 C 100 Z 28=3"]);
    stage.say(0, "O p2#2 B 100@9.00");
    stage.say(2, "O p2#2 B 100@10.00 gtt=1");
    assert_eq!(stage.run(Command::Tick), ["p2#2 C 100 T 28=2"]);
    assert_eq!(stage.run(Command::SetPhase(Phase::Late)), ["p2#2 C 100 E"]);
}

#[test]
fn w16_a_cross_is_told_to_the_buyer_and_then_to_the_seller() {
    let mut stage = Stage::new(Phase::PreOpen);
    stage.say(3, "O p1#1 S 100@10.00");
    stage.say(0, "O p2#1 B 100@10.00 hid");
    let told = stage.run(Command::SetPhase(Phase::Open));
    assert_eq!(told, ["p2#1 E 100@10.00 O M1", "p1#1 E 100@10.00 O M1 28=3"]);
}

#[test]
fn w18_to_w21_requests_that_are_no_orders_are_answered() {
    let mut stage = Stage::new(Phase::Open);
    let mass = MassCancel {
        owner: owner(1, 0, 1),
        firm: Mpid::new("FRM2"),
        symbol: shorthand::SYMBOL,
        group: Some(GroupId(0)),
        side: Some(Side::ShortExempt),
    };
    assert_eq!(stage.run(Command::MassCancel(mass)), ["p1#1 X FRM2 ABC 24=0 27=E"]);
    let (firm, symbol) = (Mpid::BLANK, Symbol::BLANK);
    let any = MassCancel { owner: owner(1, 5, 1), firm, symbol, group: None, side: None };
    assert_eq!(stage.run(Command::MassCancel(any)), ["p1#1 X _ _ 28=5"]);
    let switch = |idx, firm| Switch { owner: owner(2, idx, u32::from(idx) + 1), firm };
    let (one, all) = (Mpid::new("FRM1"), Mpid::BLANK);
    assert_eq!(stage.run(Command::Disable(switch(0, one))), ["p2#1 G FRM1"]);
    assert_eq!(stage.run(Command::Disable(switch(1, all))), ["p2#2 G _ 28=1"]);
    assert_eq!(stage.run(Command::Enable(switch(2, all))), ["p2#3 K _ 28=2"]);
    assert_eq!(stage.run(Command::Enable(switch(3, one))), ["p2#4 K FRM1 28=3"]);
    assert_eq!(stage.say(0, "Q p2"), ["p2 Q 2"]);
    assert_eq!(stage.say(3, "Q p2"), ["p2 Q 5 28=3"]);
    stage.nothing(Command::OperatorSwitch { whom: Switchable::Port(PortId(1)), off: true });
    stage.nothing(Command::OperatorSwitch { whom: Switchable::Port(PortId(1)), off: false });
    stage.say(8, "O p1#1 B 100@10.00");
    stage.say(0, "O p2#9 S 100@10.00");
    let party = |owner, text| Party { owner, cl_ord_id: ClOrdId::new(text) };
    let trade = BreakTrade {
        match_no: MatchNo(1),
        symbol: shorthand::SYMBOL,
        reason: BrokenReason::CONSENT,
        buyer: party(owner(1, 8, 1), "buy"),
        seller: party(owner(2, 0, 9), "sell"),
    };
    let told = stage.run(Command::BreakTrade(trade));
    assert_eq!(told, ["p1#1 B M1 C buy 28=8", "p2#9 B M1 C sell"]);
    // The second time is refused, which no broker is told.
    stage.nothing(Command::BreakTrade(trade));
}

#[test]
fn w22_every_port_is_told_the_start_and_the_end_of_the_day() {
    let mut stage = Stage::new(Phase::Closed);
    assert_eq!(stage.run(Command::SetPhase(Phase::Early)), ["p1 S S", "p2 S S"]);
    assert_eq!(stage.run(port(4)), ["p4 S S"]);
    assert_eq!(stage.run(port(3)), ["p3 S S"]);
    stage.nothing(port(3));
    assert_eq!(stage.run(Command::EndOfDay), ["p1 S E", "p2 S E", "p3 S E", "p4 S E"]);
}

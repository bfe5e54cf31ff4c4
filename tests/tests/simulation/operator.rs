//! What operators ask for: done once it is kept, on record with their names, and still so after
//! any crash.

use std::collections::BTreeMap;
use std::time::Duration;

use appliance::admin::{Answer, Request, Stage, Status, Wanted};
use appliance::calendar::Session;
use appliance::config::Durability;
use appliance::note;
use appliance::world::Disk;
use matcher::command::{BreakTrade, Command, Party};
use matcher::order::Owner;
use protocol_spec::wire::ouch::{BrokenReason, ClOrdId, Symbol};
use protocol_spec::words::{MatchNo, PortId, Shares, UserRefIdx, UserRefNum};
use tests::flow::prng::Prng;
use tests::world::broker::Order;
use tests::world::house::{Ended, House};
use tests::world::platter::Trouble;
use tests::world::setting::{NOON, three};
use tokio::sync::oneshot::{Receiver, error::TryRecvError};

use crate::crashes::{each, start};
use crate::flow;

fn house(seed: u64) -> House {
    let mut house = House::new(three(Durability::Disk), NOON, seed);
    house.open();
    house.connect_all();
    house.run(Duration::from_millis(100));
    assert!(house.is_settled());
    house
}

fn done(answer: Answer) -> (String, u64) {
    match answer {
        Answer::Done { session, command: Some(command), .. } => (session, command),
        other => panic!("it is done: {other:?}"),
    }
}

fn refused(answer: Answer) -> String {
    match answer {
        Answer::Refused { reason, text } => {
            assert!(!text.is_empty());
            reason
        }
        other => panic!("it is refused: {other:?}"),
    }
}

fn status(house: &mut House) -> Status {
    match house.operate(Request::Status) {
        Answer::Status(status) => *status,
        other => panic!("{other:?}"),
    }
}

/// What is set, as an operator writes it.
fn set(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

fn phase(phase: &str) -> Request {
    Request::Phase { phase: phase.to_owned() }
}

fn state(symbol: Option<&str>, state: &str) -> Request {
    let (symbol, state) = (symbol.map(str::to_owned), state.to_owned());
    Request::State { symbol, state, reason: "T1".to_owned() }
}

fn switch(port: Option<&str>, firm: Option<&str>, off: bool) -> Request {
    let [port, firm] = [port, firm].map(|name| name.map(str::to_owned));
    Request::Switch { port, firm, off }
}

/// What came of an order of the first broker: the type of the reply, and the reason of a reject.
fn ask(house: &mut House, at: usize, order: &Order) -> (u8, [u8; 2]) {
    let now = house.now();
    let asked = house.brokers[at].ask(now, |number| order.message(number));
    assert!(asked, "{:?}", house.brokers[at]);
    house.run(Duration::from_millis(50));
    let reply = house.brokers[at].replies().last().expect("there is one");
    (reply[0], [reply[13], reply[14]])
}

const BUY: fn() -> Order = || Order::day(b'B', 100, 99_000);

/// The command with this number in the journal of a session, and who gave it.
fn on_record(house: &House, (session, number): &(String, u64)) -> (Command, String) {
    let record = house.record(session);
    let at = usize::try_from(*number).expect("a small number") - 1;
    let everything = &record.machine.folds.1;
    let author = note::author(&everything.notes[at]).unwrap_or_default();
    (everything.commands[at].1.clone(), author.to_owned())
}

#[test]
fn every_request_is_a_command_on_record_with_who_asked() {
    let mut house = house(1);
    let requests = [
        state(Some("ABC"), "halted"),
        state(None, "none"),
        switch(Some("b2"), None, true),
        switch(None, Some("FRM1"), true),
        switch(Some("B2"), Some("FRM1"), true),
        Request::CancelAll { port: Some("B1".to_owned()), firm: None, symbol: None, side: None },
        Request::Instrument { symbol: "NEW".to_owned(), set: set(&[("reference_price", "5")]) },
        Request::Port {
            username: "B4".to_owned(),
            set: set(&[("password", "demo"), ("firm", "FRM2")]),
        },
        phase("late"),
        Request::Kick { port: "B3".to_owned() },
        Request::EndDay,
    ];
    for request in requests {
        let text = format!("{request:?}");
        let done = done(house.operate(request));
        let (command, by) = on_record(&house, &done);
        assert_eq!(by, "alice (uid 0)", "{text}: {command:?}");
        assert_eq!(done.0, "2026112001");
    }
}

#[test]
fn what_a_rule_forbids_is_refused_by_its_name_and_changes_nothing() {
    let mut house = house(2);
    done(house.operate(phase("late")));
    let before = house.venue.as_ref().expect("it runs").machine().engine.digest();
    let cases = [
        (phase("open"), "phase-backward"),
        (phase("noon"), "misuse"),
        (state(Some("XYZ"), "halted"), "unknown-symbol"),
        (state(Some("ABC"), "asleep"), "misuse"),
        (state(Some("TOOLONGNAME"), "halted"), "misuse"),
        (switch(Some("nobody"), None, true), "unknown-port"),
        (switch(None, None, true), "misuse"),
        (switch(Some("B1"), Some("FRM9"), true), "unknown-firm"),
        (Request::Kick { port: "B9".to_owned() }, "unknown-port"),
        (Request::OpenDay, "day-open"),
        (Request::Instrument { symbol: "NEW".to_owned(), set: set(&[]) }, "bad-settings"),
        (
            Request::Instrument { symbol: "ABC".to_owned(), set: set(&[("lot", "0")]) },
            "bad-settings",
        ),
        (Request::Port { username: "B4".to_owned(), set: set(&[("firm", "F")]) }, "bad-settings"),
        (
            Request::CancelAll { port: None, firm: None, symbol: None, side: Some("Q".to_owned()) },
            "misuse",
        ),
    ];
    for (request, word) in cases {
        let text = format!("{request:?}");
        assert_eq!(refused(house.operate(request)), word, "{text}");
    }
    let unknown = BreakTrade {
        match_no: MatchNo(7),
        symbol: Symbol::new("ABC"),
        reason: BrokenReason::ERRONEOUS,
        buyer: party(1, 1),
        seller: party(2, 1),
    };
    let mut answered = house.inquire(Wanted::Break { session: house.session(), trade: unknown });
    house.run(Duration::from_millis(50));
    assert_eq!(refused(answered.try_recv().expect("it is answered")), "unknown-trade");
    let now = house.now();
    house.brokers[2].log_out(now);
    house.run(Duration::from_millis(50));
    assert_eq!(refused(house.operate(Request::Kick { port: "B3".to_owned() })), "not-connected");
    let after = &house.venue.as_ref().expect("it runs").machine().engine;
    assert_eq!(after.states().count(), 1);
    assert_ne!(before, after.digest(), "commands have numbers, refused or not");
    house.check();
}

fn party(port: u16, number: u32) -> Party {
    let (port, idx) = (PortId(port), UserRefIdx(0));
    let owner = Owner { port, idx, user_ref: UserRefNum(number) };
    Party { owner, cl_ord_id: ClOrdId::BLANK }
}

#[test]
fn a_halt_keeps_orders_out_until_it_is_over() {
    let mut house = house(3);
    done(house.operate(state(Some("ABC"), "halted")));
    assert_eq!(ask(&mut house, 0, &BUY()), (b'J', [0, 7]));
    assert_eq!(status(&mut house).instruments.states[0].state, "halted");
    house.die(Trouble::PowerLoss);
    house.open();
    house.run(Duration::from_millis(100));
    flow::settle(&mut house);
    assert_eq!(ask(&mut house, 0, &BUY()), (b'J', [0, 7]), "a start changes nothing of it");
    assert_eq!(status(&mut house).instruments.states[0].reason, "T1");
    done(house.operate(state(None, "none")));
    assert_eq!(ask(&mut house, 0, &BUY()).0, b'A');
}

#[test]
fn who_is_stopped_is_told_so_and_who_is_allowed_again_trades() {
    let mut house = house(4);
    let switches = [(Some("B1"), None), (None, Some("FRM1")), (Some("B1"), Some("FRM1"))];
    for (port, firm) in switches {
        done(house.operate(switch(port, firm, true)));
        assert_eq!(ask(&mut house, 0, &BUY()), (b'J', [0, 0x0C]), "{port:?} {firm:?}");
        let ports = status(&mut house).ports;
        assert!(ports[0].stopped || !ports[0].stopped_firms.is_empty(), "{:?}", ports[0]);
        done(house.operate(switch(port, firm, false)));
        assert_eq!(ask(&mut house, 0, &BUY()).0, b'A');
    }
}

#[test]
fn who_is_kicked_is_told_why_and_may_come_back() {
    let mut house = house(5);
    done(house.operate(Request::Kick { port: "b1".to_owned() }));
    house.run(Duration::from_millis(200));
    assert!(!house.brokers[0].is_connected());
    let texts = format!("{:?}", house.brokers[0].texts);
    assert!(texts.contains("the operator ends this connection"), "{texts}");
    let ports = status(&mut house).ports;
    assert_eq!(ports.iter().map(|port| port.up).collect::<Vec<_>>(), [false, true, true]);
    flow::settle(&mut house);
}

#[test]
fn who_asks_behind_another_is_answered_as_soon() {
    let mut house = house(10);
    let kick = || Wanted::Request(Request::Kick { port: "B9".to_owned() });
    let mut answers = [0; 3].map(|_| house.inquire(kick()));
    house.run(Duration::from_millis(200));
    // A poll that nobody wakes takes a second.
    for answer in &mut answers {
        assert_eq!(refused(answer.try_recv().expect("it is answered")), "unknown-port");
    }
}

#[test]
fn nobody_is_at_a_port_of_a_day_that_has_ended() {
    let mut house = house(11);
    done(house.operate(Request::EndDay));
    house.run(Duration::from_secs(8));
    let status = status(&mut house);
    assert_eq!(status.stage, Stage::Waiting);
    assert!(status.ports.iter().all(|port| !port.up && port.peer.is_none()), "{status:?}");
    assert_eq!(house.meters.figures().ports_up, 0);
}

#[test]
fn the_next_day_begins_with_the_configuration() {
    let mut house = house(13);
    let added = set(&[("reference_price", "20")]);
    done(house.operate(Request::Instrument { symbol: "NEW".to_owned(), set: added }));
    let broker = set(&[("password", "demo"), ("firm", "FRM4")]);
    done(house.operate(Request::Port { username: "B4".to_owned(), set: broker }));
    let limit = set(&[("max_quantity", "10")]);
    done(house.operate(Request::Port { username: "B1".to_owned(), set: limit }));
    done(house.operate(state(Some("ABC"), "halted")));
    assert_eq!(status(&mut house).ports.len(), 4);
    done(house.operate(Request::EndDay));
    house.run(Duration::from_secs(8));
    done(house.operate(Request::OpenDay));
    house.run(Duration::from_secs(1));
    flow::settle(&mut house);
    let figures = house.meters.figures();
    assert_eq!((figures.ports, figures.instruments, figures.halted), (3, 1, 0));
    assert_eq!(ask(&mut house, 0, &BUY()).0, b'A', "without the limit");
    // A start finds nothing to change in that.
    let before = house.venue.as_ref().expect("it runs").machine().folds.configured.clone();
    house.stop();
    house.open();
    assert_eq!(before, house.venue.as_ref().expect("it runs").machine().folds.configured);
}

#[test]
fn a_limit_that_is_raised_counts_for_who_is_there() {
    let mut house = house(12);
    let limit = |rate: &str| Request::Port {
        username: "B1".to_owned(),
        set: set(&[("orders_per_second", rate), ("burst", rate)]),
    };
    done(house.operate(limit("1")));
    let now = house.now();
    house.brokers[0].log_out(now);
    house.run(Duration::from_millis(100));
    flow::settle(&mut house);
    done(house.operate(limit("1000")));
    for _ in 0..50 {
        assert!(ask_now(&mut house));
    }
    house.run(Duration::from_millis(200));
    assert!(house.brokers[0].is_live(), "{:?}", house.brokers[0].texts);
}

fn ask_now(house: &mut House) -> bool {
    let now = house.now();
    house.brokers[0].ask(now, |number| BUY().message(number))
}

#[test]
fn orders_that_the_operator_cancels_are_counted() {
    let mut house = house(6);
    for at in [0, 0, 1] {
        assert_eq!(ask(&mut house, at, &BUY()).0, b'A');
    }
    let of_b1 =
        Request::CancelAll { port: Some("B1".to_owned()), firm: None, symbol: None, side: None };
    match house.operate(of_b1) {
        Answer::Done { text, .. } => assert!(text.contains("2 orders canceled"), "{text}"),
        other => panic!("{other:?}"),
    }
    house.run(Duration::from_millis(50));
    let last = house.brokers[0].replies().last().expect("there is one");
    assert_eq!((last[0], *last.last().expect("it has bytes")), (b'C', b'S'));
}

#[test]
fn a_trade_is_broken_once_for_both_sides() {
    let mut house = house(7);
    assert_eq!(ask(&mut house, 0, &Order::day(b'B', 100, 100_000)).0, b'A');
    assert_eq!(ask(&mut house, 1, &Order::day(b'S', 100, 100_000)).0, b'E');
    let trade = BreakTrade {
        match_no: MatchNo(1),
        symbol: Symbol::new("ABC"),
        reason: BrokenReason::CONSENT,
        buyer: party(1, house.brokers[0].last),
        seller: party(2, house.brokers[1].last),
    };
    let mut answered = house.inquire(Wanted::Break { session: house.session(), trade });
    house.run(Duration::from_millis(50));
    done(answered.try_recv().expect("it is answered"));
    house.run(Duration::from_millis(50));
    for at in 0..2 {
        assert_eq!(house.brokers[at].replies().last().map(|reply| reply[0]), Some(b'B'));
    }
    let mut again = house.inquire(Wanted::Break { session: house.session(), trade });
    house.run(Duration::from_millis(50));
    assert_eq!(refused(again.try_recv().expect("it is answered")), "already-broken");
}

#[test]
fn what_was_changed_while_the_venue_ran_stays_until_the_day_ends() {
    let mut house = house(8);
    let price = set(&[("reference_price", "20"), ("lot", "10")]);
    done(house.operate(Request::Instrument { symbol: "NEW".to_owned(), set: price }));
    let lot = set(&[("lot", "50")]);
    done(house.operate(Request::Instrument { symbol: "ABC".to_owned(), set: lot }));
    let broker = set(&[("password", "demo"), ("firm", "FRM4")]);
    done(house.operate(Request::Port { username: "B4".to_owned(), set: broker }));
    let limit = set(&[("max_quantity", "10")]);
    done(house.operate(Request::Port { username: "B1".to_owned(), set: limit }));
    assert_eq!(ask(&mut house, 0, &BUY()), (b'J', [0, 0x31]));
    house.die(Trouble::Kill);
    house.open();
    house.run(Duration::from_millis(100));
    flow::settle(&mut house);
    house.check();
    assert_eq!(ask(&mut house, 0, &BUY()), (b'J', [0, 0x31]), "the configuration is as it was");
    let lots = |house: &House| {
        let engine = &house.venue.as_ref().expect("it runs").machine().engine;
        engine.instruments().map(|each| (each.symbol, each.lot.0)).collect::<BTreeMap<_, _>>()
    };
    assert_eq!(lots(&house), [(Symbol::new("ABC"), 50), (Symbol::new("NEW"), 10)].into());
    // Its password is in no journal: it is back when the configuration has it.
    let ports = status(&mut house).ports;
    assert_eq!((ports[3].username.as_str(), ports[3].configured), ("B4", false));
    // What the configuration changes counts from then on.
    house.stop();
    house.config.ports[0].settings.max_quantity = Some(Shares(1_000));
    house.open();
    house.run(Duration::from_millis(100));
    flow::settle(&mut house);
    assert_eq!(ask(&mut house, 0, &BUY()).0, b'A');
    assert_eq!(lots(&house)[&Symbol::new("ABC")], 50, "nothing was changed of that");
}

#[test]
fn a_day_that_is_ended_may_be_followed_by_another_of_its_date() {
    let mut house = house(9);
    let added = set(&[("reference_price", "20")]);
    done(house.operate(Request::Instrument { symbol: "NEW".to_owned(), set: added }));
    done(house.operate(Request::EndDay));
    assert_eq!(refused(house.operate(Request::OpenDay)), "day-open", "it is being ended");
    house.run(Duration::from_secs(8));
    assert_eq!(status(&mut house).stage, Stage::Waiting);
    for request in [phase("late"), state(None, "halted"), Request::EndDay] {
        assert_eq!(refused(house.operate(request)), "day-ended");
    }
    house.die(Trouble::PowerLoss);
    house.open();
    assert_eq!(status(&mut house).stage, Stage::Waiting, "a start does not open it again");
    let opened = done(house.operate(Request::OpenDay));
    assert_eq!(opened, ("2026112002".to_owned(), 1));
    assert_eq!(on_record(&house, &opened).1, "alice (uid 0)");
    flow::settle(&mut house);
    house.check();
    assert_eq!(status(&mut house).phase, "open");
}

/// What an operator may ask at any time.
fn any_request(prng: &mut Prng) -> Request {
    let user = ["B1", "B2", "B3"][prng.below(3) as usize];
    let port = Some(user.to_owned());
    match prng.below(12) {
        0 | 1 => state(Some("ABC"), ["halted", "paused", "none"][prng.below(3) as usize]),
        2 => state(None, "none"),
        3 => switch(Some(user), None, prng.chance(50)),
        4 => switch(None, Some("FRM1"), prng.chance(30)),
        5 => Request::CancelAll { port, firm: None, symbol: None, side: None },
        6 => Request::Kick { port: user.to_owned() },
        7 => {
            let limit = set(&[("max_quantity", "250")]);
            Request::Port { username: user.to_owned(), set: limit }
        }
        8 => {
            let set = set(&[("lot", "10"), ("collar_bps", "500")]);
            Request::Instrument { symbol: "ABC".to_owned(), set }
        }
        9 => {
            let set = set(&[("reference_price", "7")]);
            Request::Instrument { symbol: format!("N{}", prng.below(5)), set }
        }
        10 => Request::Status,
        _ => Request::EndDay,
    }
}

/// What was asked and how it was answered, as far as it was.
#[derive(Default)]
struct Log {
    open: Vec<Receiver<Answer>>,
    done: Vec<(String, u64)>,
}

impl Log {
    fn hear(&mut self) {
        let done = &mut self.done;
        self.open.retain_mut(|each| match each.try_recv() {
            Ok(Answer::Done { session, command: Some(command), .. }) => {
                done.push((session, command));
                false
            }
            Err(TryRecvError::Empty) => true,
            Ok(_) | Err(TryRecvError::Closed) => false,
        });
    }
}

/// Brokers and operators at work for so many rounds, or until the process dies.
fn work(house: &mut House, log: &mut Log, rounds: u64) -> Option<Ended> {
    for _ in 0..rounds {
        if house.prng.once_in(12) {
            let request = match status_is_waiting(house) && house.prng.once_in(3) {
                true => Request::OpenDay,
                false => any_request(&mut house.prng),
            };
            log.open.push(house.inquire(Wanted::Request(request)));
        }
        flow::act(house);
        let ended = house.turn();
        log.hear();
        if ended.is_some() {
            return ended;
        }
    }
    None
}

fn status_is_waiting(house: &House) -> bool {
    let venue = house.venue.as_ref().expect("it runs");
    venue.machine().engine.has_ended()
}

#[test]
fn what_was_answered_is_on_record_whenever_the_power_fails() {
    each(10, 20, |seed| {
        let mut house = House::new(three(Durability::Disk), NOON, seed);
        let mut log = Log::default();
        for _ in 0..4 {
            let count = house.prng.weighted(&[(1, 40), (4, 400)]);
            let count = house.prng.below(count);
            let trouble = house.prng.pick(&[Trouble::PowerLoss, Trouble::Kill]);
            house.disk.plan("", count, trouble);
            start(&mut house);
            house.check();
            if work(&mut house, &mut log, 400).is_none() {
                house.die(trouble);
            }
            house.disk.heal();
        }
        start(&mut house);
        house.check();
        let folders = house.disk.list(&house.folders.journal).expect("the disk is fine");
        let sessions = folders.iter().filter(|name| Session::parse(name).is_some());
        for session in sessions {
            let record = house.record(session);
            house.check_seen(session, &record);
        }
        for done in &log.done {
            let (command, by) = on_record(&house, done);
            assert_eq!(by, "alice (uid 0)", "{done:?}: {command:?}");
        }
    });
}

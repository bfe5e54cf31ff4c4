//! The hook through which accounts are watched (R43): every call that belongs to a command is made,
//! in the order of its events, with the right price, and no other.

use std::collections::BTreeMap;

use matcher::accounts::Account;
use matcher::command::Command;
use matcher::engine::{Engine, Step};
use matcher::event::{Event, Events};
use matcher::order::Side;
use matcher::refusal::Refusal;
use matcher::sequence::Sequenced;
use matcher::settings::{Carried, Day};
use matcher::view::Entry;
use protocol_spec::wire::ouch::{Mpid, Symbol};
use protocol_spec::wire::text::Alpha;
use protocol_spec::words::{CommandNo, Locate, PortId, Time, UserRefIdx, UserRefNum};
use tests::expected::Expected;
use tests::flow::prng::Prng;
use tests::flow::{directed, script};
use tests::ledger::{Call, Ledger};
use tests::seeds;
use tests::small::{SMALL, Small, order};
use tests::steps::{Limits, execute_in, reloaded};

/// Days from fixed seeds, and from fresh ones.
const DAYS: (u64, u64) = (40, 12);

/// The rows of R43, each with the least number of times that the days of the fixed seeds meet it.
const ROWS: &[(&str, u64)] = &[
    ("C E", 300),
    ("C G", 40),
    ("C I", 1_800),
    ("C K", 50),
    ("C S", 300),
    ("C T", 1_200),
    ("C U", 2_200),
    ("C U, a part", 1_000),
    ("C Z", 500),
    ("M, a part", 600),
    ("M, the side alone: nothing", 150),
    ("admit limit", 8_000),
    ("admit limit, slid", 40),
    ("admit market", 400),
    ("another reject: nothing", 10_000),
    ("cross, buy", 250),
    ("cross, buy, at a better price", 130),
    ("cross, sell", 220),
    ("cross, sell, at a better price", 150),
    ("exchange limit", 2_000),
    ("exchange market", 35),
    ("execution, in", 700),
    ("execution, in, at a better price", 800),
    ("execution, rest", 1_500),
    ("phase, state: nothing", 1_800),
    ("prevented CancelNewest", 70),
    ("prevented CancelOldest", 110),
    ("prevented Decrement", 160),
    ("prevented DecrementQuietly", 200),
    ("refresh: nothing", 100),
    ("rest: nothing", 8_000),
    ("trade break", 180),
];

/// Runs a day with watched accounts, every call checked, and returns how often each row was met.
fn watch(seed: u64, commands: &[Sequenced<Command>], refuses: u32) -> BTreeMap<String, u64> {
    let mut engine = Engine::watched(Ledger::refusing(refuses));
    let mut plain = Engine::new();
    let (mut expected, mut prng) = (Expected::default(), Prng::new(seed));
    for command in commands {
        let books = (refuses > 0).then(|| entries(&engine));
        let seen = engine.watch().calls().len();
        let events = execute_in(&mut engine, command, Limits::draw(&mut prng));
        let calls = &engine.watch().calls()[seen..];
        expected.read(command, &events, calls);
        match books {
            Some(books) => refused_leaves_all(&engine, command, &events, &books),
            // A hook that refuses nothing changes nothing.
            None => assert_eq!(execute_in(&mut plain, command, Limits::FULL), events),
        }
        reserved_is_what_rests(&engine, &expected);
        if prng.once_in(100) {
            engine = reloaded(&engine);
        }
    }
    assert_eq!(expected.live(), 0, "no order survives the day");
    expected.rows
}

/// All entries of all books.
fn entries(engine: &Engine<Ledger>) -> Vec<Entry> {
    let locates = (1..).map(Locate).take_while(|&locate| engine.reference(locate).is_some());
    locates
        .flat_map(|locate| [true, false].map(|buys| engine.entries(locate, buys)))
        .flatten()
        .collect()
}

/// What is reserved is the price of what rests, account by account; and what was bought was sold.
fn reserved_is_what_rests(engine: &Engine<Ledger>, expected: &Expected) {
    let mut sums: BTreeMap<Account, [i128; 2]> = BTreeMap::new();
    for entry in entries(engine) {
        let account = expected.account(entry.owner).expect("what rests was admitted");
        let sums = sums.entry(account).or_default();
        let value = i128::from(entry.price.0) * i128::from(entry.shares.0);
        sums[usize::from(!entry.side.is_buy())] += value;
    }
    let mut positions = 0;
    for (account, sheet) in engine.watch().sheets() {
        assert!(engine.watch().owner(*account).is_some(), "{account:?} was opened");
        let rests = sums.remove(account).unwrap_or_default();
        assert_eq!(sheet.reserved, rests, "{account:?}");
        positions += sheet.position;
    }
    assert!(sums.is_empty(), "accounts that reserved nothing: {sums:?}");
    assert_eq!(positions, 0, "every share that is bought is sold");
}

/// A refused order consumes its number and has no other effect (K31).
fn refused_leaves_all(
    engine: &Engine<Ledger>,
    command: &Sequenced<Command>,
    events: &[Event],
    books: &[Entry],
) {
    let by_gate = [Ledger::REFUSED, Ledger::REFUSED_REPLACE];
    let is_refusal =
        |event: &Event| matches!(event, Event::Rejected { reason, .. } if by_gate.contains(reason));
    let Some(at) = events.iter().position(is_refusal) else { return };
    let (owner, reason) = match &command.command {
        Command::Enter(enter) => (enter.owner, Ledger::REFUSED),
        Command::Replace(replace) => (replace.owner, Ledger::REFUSED_REPLACE),
        other => panic!("{other:?} is never refused by the gate"),
    };
    assert_eq!(events[at..], [Event::Rejected { owner, reason }], "a reject and nothing else");
    assert_eq!(engine.last_number(owner.port, owner.idx), owner.user_ref, "consumed");
    if at == 0 {
        // Nothing was due before: every order is where it was, an original among them.
        assert_eq!(entries(engine), books, "{command:?}");
    }
}

/// Adds up the rows of the days of the fixed seeds, and checks those of fresh ones.
fn rows_of_days(refuses: u32) -> BTreeMap<String, u64> {
    let mut rows: BTreeMap<String, u64> = BTreeMap::new();
    let mut days: Vec<_> = seeds::list(DAYS.0, DAYS.1)
        .into_iter()
        .map(|seed| (seed, script::make(seed, 1_200).commands))
        .collect();
    days.push((1, directed::edges(1).commands));
    for (seed, commands) in days {
        println!("the day of seed {seed}; once more: {}={seed}", seeds::SEED);
        for (row, count) in watch(seed, &commands, refuses) {
            *rows.entry(row).or_default() += count;
        }
    }
    println!("{rows:#?}");
    rows
}

fn assert_met(rows: &BTreeMap<String, u64>, least: &[(&str, u64)]) {
    if std::env::var_os(seeds::SEED).is_some() {
        return;
    }
    let count = |row: &str| rows.get(row).copied().unwrap_or(0);
    let seldom: Vec<_> = least.iter().filter(|(row, least)| count(row) < *least).collect();
    assert!(seldom.is_empty(), "met too seldom: {seldom:?} of {rows:#?}");
}

#[test]
fn every_path_of_an_order_is_told_to_its_account() {
    assert_met(&rows_of_days(0), ROWS);
}

#[test]
fn a_refusing_account_leaves_nothing_behind() {
    let rows = rows_of_days(3);
    assert_met(&rows, &[("admit refused", 1_000), ("exchange refused", 200)]);
}

#[test]
fn the_gate_is_asked_last_and_once() {
    let mut small = Small::new(SMALL);
    small.run(Command::Enter(order(1, 1, Side::Buy, 100, 99_901)));
    small.run(Command::Enter(order(1, 2, Side::Buy, 100, 99_900)));
    let mut engine = Engine::watched(Ledger::refusing(1));
    for command in small.commands() {
        execute_in(&mut engine, command, Limits::FULL);
    }
    // The first fails K26, which comes before.
    let [Call::Admit(reserve, false)] = engine.watch().calls() else { panic!("asked once") };
    assert_eq!((reserve.price.0, reserve.shares.0, reserve.buys), (99_900, 100, true));
    assert_eq!(engine.last_number(PortId(1), UserRefIdx(0)), UserRefNum(2));
}

#[test]
fn what_is_brought_along_from_the_day_before_comes_with_the_opening() {
    let carried = |count: i64| {
        (0..count).map(|at| Carried {
            user: Alpha::new("BRK1"),
            firm: Mpid::new("FRM1"),
            symbol: if at == 0 { Symbol::BLANK } else { Symbol::new("ABC") },
            amount: 7 - at * 1_000_000_000_000,
        })
    };
    let open = |count: usize| {
        let midnight = Time(1_700_000_000_000_000_000);
        let day = Day {
            session: *b"2023111401",
            midnight,
            seed: 1,
            limits: SMALL,
            rules_version: Engine::RULES_VERSION,
            carried: carried(count as i64).collect(),
        };
        let mut engine = Engine::watched(Ledger::default());
        let command = Command::OpenDay(Box::new(day));
        let mut events = Events::new();
        let opening = Sequenced { no: CommandNo(1), time: midnight, command };
        assert_eq!(engine.apply(&opening, &mut events), Step::Done);
        (engine, events.as_slice().to_vec())
    };
    for count in [0, 1, Day::MAX_CARRIED] {
        let (engine, events) = open(count);
        assert!(!matches!(events[0], Event::Refused(_)));
        let expected: Vec<_> = carried(count as i64).collect();
        assert_eq!(engine.carried(), expected);
        let mut state = Vec::new();
        engine.save(&mut state);
        let again = Engine::<Ledger>::load(&mut state.as_slice()).expect("it was saved");
        assert_eq!((again.carried(), again.digest()), (expected, engine.digest()));
    }
    let (_, events) = open(Day::MAX_CARRIED + 1);
    assert_eq!(events, [Event::Refused(Refusal::BadLimits)]);
}

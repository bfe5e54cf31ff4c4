//! The same commands make the same events and the same state, whatever happens between: steps that
//! end anywhere, and states that are saved and loaded anywhere. And the digest sees every change.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

use matcher::command::{Cancel, Command, Enter, MassCancel, OperatorCancel, Switch, Switchable};
use matcher::engine::Engine;
use matcher::event::Event;
use matcher::order::{Side, Tif};
use matcher::phase::{Overlay, Phase};
use matcher::sequence::Sequenced;
use matcher::settings::{self, Port};
use matcher::stored::LoadError;
use protocol_spec::wire::ouch::{Mpid, Symbol};
use protocol_spec::words::{OrderPrice, PortId, Shares};
use tests::flow::prng::Prng;
use tests::flow::{directed, script};
use tests::seeds::{self, FIXED};
use tests::small::{SMALL, Small, order};
use tests::steps::{Limits, execute, execute_in, reloaded, saved};

/// Days from fixed seeds, and from fresh ones.
const DAYS: (u64, u64) = (24, 8);

/// A day as an engine with full steps sees it.
struct Day {
    name: String,
    seed: u64,
    commands: Vec<Sequenced<Command>>,
    /// After how many commands the digest is compared once more.
    every: usize,
    events: Vec<Vec<Event>>,
    /// Of the commands after which it is compared.
    digests: BTreeMap<usize, u64>,
}

impl Day {
    fn new(name: &str, seed: u64, commands: Vec<Sequenced<Command>>, every: usize) -> Self {
        let mut day = Day {
            name: name.to_owned(),
            seed,
            commands,
            every,
            events: Vec::new(),
            digests: BTreeMap::new(),
        };
        let mut engine = Engine::new();
        for (at, command) in day.commands.iter().enumerate() {
            day.events.push(execute_in(&mut engine, command, Limits::FULL));
            if day.is_compared(at) {
                day.digests.insert(at, engine.digest());
            }
        }
        day
    }

    fn is_compared(&self, at: usize) -> bool {
        (at + 1).is_multiple_of(self.every) || at + 1 == self.commands.len()
    }

    /// The same day once more: events and digests must be the same after every command.
    fn again(&self, how: &str, mut execute: impl FnMut(&mut Engine, usize) -> Vec<Event>) {
        let mut engine = Engine::new();
        let mut at = 0;
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            while at < self.commands.len() {
                assert_eq!(execute(&mut engine, at), self.events[at], "events");
                if let Some(digest) = self.digests.get(&at) {
                    assert_eq!(engine.digest(), *digest, "digest");
                }
                at += 1;
            }
        }));
        if let Err(panic) = outcome {
            eprintln!("{}, {how}, at {:?}", self.name, self.commands.get(at));
            eprintln!("once more: {}={} cargo test -p tests", seeds::SEED, self.seed);
            resume_unwind(panic);
        }
    }
}

/// The random days, and those with a purpose.
fn each_day(mut check: impl FnMut(&Day)) {
    for seed in seeds::list(DAYS.0, DAYS.1) {
        let commands = script::make(seed, 1_200).commands;
        check(&Day::new(&format!("the day of seed {seed}"), seed, commands, 1));
    }
    for (name, made, every) in [
        ("the day of edges", directed::edges(1), 1),
        ("the day of a crowd", directed::crowd(1), 256),
        ("the day of masses", directed::masses(1), 256),
    ] {
        check(&Day::new(name, 1, made.commands, every));
    }
}

#[test]
fn two_engines_that_get_the_same_commands_are_the_same_after_each() {
    each_day(|day| {
        day.again("a second engine", |engine, at| {
            execute_in(engine, &day.commands[at], Limits::FULL)
        });
    });
}

#[test]
fn steps_may_end_anywhere() {
    let sizes = [(4, 1), (5, 3), (17, 50), (64, 4_096)];
    each_day(|day| {
        for (events, visits) in sizes {
            let limits = Limits { events, visits };
            day.again(&format!("steps of {events} events and {visits} visits"), |engine, at| {
                execute_in(engine, &day.commands[at], limits)
            });
        }
        let mut prng = Prng::new(day.seed ^ 0x57e9);
        day.again("steps of random sizes", |engine, at| {
            execute(engine, &day.commands[at], &mut || Limits::draw(&mut prng), &mut |_| {})
        });
    });
}

/// What a command is, so that it can be counted.
fn kind(command: &Command) -> &'static str {
    match command {
        Command::Enter(_) => "Enter",
        Command::Replace(_) => "Replace",
        Command::MassCancel(_) => "MassCancel",
        Command::OperatorCancel(_) => "OperatorCancel",
        Command::SetPhase(_) => "SetPhase",
        Command::SetState(_) => "SetState",
        Command::EndOfDay => "EndOfDay",
        Command::PortDown { .. } => "PortDown",
        Command::Tick => "Tick",
        _ => "another",
    }
}

/// States loaded in the middle of a command, by its kind: what the days of the fixed seeds must
/// come to at least.
const LOADED_WITHIN: &[(&str, u32)] = &[
    ("Enter", 1_000),
    ("Replace", 200),
    ("MassCancel", 80),
    ("OperatorCancel", 100),
    ("SetPhase", 200),
    ("SetState", 600),
    ("EndOfDay", 30),
    ("PortDown", 30),
    ("Tick", 12),
];

#[test]
fn a_state_can_be_saved_and_loaded_anywhere() {
    let mut within: BTreeMap<&str, u32> = BTreeMap::new();
    each_day(|day| {
        let mut prng = Prng::new(day.seed ^ 0x10ad);
        // Large states are seldom saved.
        let rare = if day.every == 1 { 1 } else { 8 };
        let mut loads = 0;
        day.again("states that are loaded", |engine, at| {
            let command = &day.commands[at];
            let mut sizes = Prng::new(prng.number());
            let mut reload = |engine: &mut Engine| {
                if prng.once_in(2 * rare) {
                    *engine = reloaded(engine);
                    *within.entry(kind(&command.command)).or_default() += 1;
                }
            };
            let events = execute(engine, command, &mut || Limits::draw(&mut sizes), &mut reload);
            if prng.once_in(20 * rare) {
                *engine = reloaded(engine);
                loads += 1;
            }
            events
        });
        assert!(loads > 0, "{}: no state was loaded", day.name);
    });
    println!("{within:#?}");
    let seldom = |(kind, least): &&(&str, u32)| within.get(kind).is_none_or(|count| count < least);
    let seldom: Vec<_> = LOADED_WITHIN.iter().filter(seldom).collect();
    assert!(is_repeated() || seldom.is_empty(), "loaded too seldom: {seldom:?} of {within:?}");
}

/// Whether one seed is repeated, which need not meet everything.
fn is_repeated() -> bool {
    std::env::var_os(seeds::SEED).is_some()
}

/// Whether an event says that the state is another than before.
fn tells_a_change(event: &Event) -> bool {
    !matches!(event, Event::Refused(_) | Event::QueryAck { .. })
}

#[test]
fn a_command_that_tells_a_change_changes_the_digest() {
    let (mut changes, mut none) = (0, 0);
    for seed in seeds::list(4, 2) {
        let mut prng = Prng::new(seed);
        let mut engine = Engine::new();
        for command in script::make(seed, 1_200).commands {
            if !prng.once_in(3) {
                execute_in(&mut engine, &command, Limits::FULL);
                continue;
            }
            // The same state, number and time, without the command.
            let mut idle = reloaded(&engine);
            let tick = Sequenced { command: Command::Tick, ..command.clone() };
            let due = execute_in(&mut idle, &tick, Limits::FULL);
            let events = execute_in(&mut engine, &command, Limits::FULL);
            let own = events.strip_prefix(&due[..]).expect("due things come first (R9)");
            if own.iter().any(tells_a_change) {
                changes += 1;
                assert_ne!(engine.digest(), idle.digest(), "seed {seed}: {command:?}");
            } else if !own.is_empty() && !matches!(command.command, Command::AccountQuery { .. }) {
                none += 1;
                assert_eq!(engine.digest(), idle.digest(), "seed {seed}: {command:?}");
            }
        }
    }
    println!("{changes} commands changed the state, {none} did not");
    assert!(is_repeated() || (changes >= 1_000 && none >= 20), "{changes} and {none}");
}

/// FNV-1a, which anybody can compute anew.
fn fnv(hash: u64, text: &str) -> u64 {
    text.bytes().fold(hash, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[test]
fn a_fixed_day_comes_to_the_events_and_the_digest_on_file() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/engine_digest.txt");
    let text = std::fs::read_to_string(&path).expect("the file is part of the tree");
    let on_file: Vec<&str> =
        text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).collect();
    let commands = script::make(FIXED, 6_000).commands;
    let (mut engine, mut count, mut hash) = (Engine::new(), 0, 0xcbf2_9ce4_8422_2325);
    for command in &commands {
        for event in execute_in(&mut engine, command, Limits::FULL) {
            count += 1;
            hash = fnv(hash, &format!("{event:?}\n"));
        }
    }
    let found = [
        format!("commands {}", commands.len()),
        format!("events {count}"),
        format!("text {hash:016x}"),
        format!("digest {:016x}", engine.digest()),
    ];
    assert_eq!(found[..], on_file[..], "the day comes to\n{}", found.join("\n"));
}

/// The digest after an order at rest and one more command.
fn digest_after(command: Command) -> u64 {
    let mut small = Small::new(SMALL);
    small.run(Command::Enter(order(1, 1, Side::Buy, 100, 99_900)));
    small.run(command);
    small.engine.digest()
}

#[test]
fn the_digest_sees_whatever_a_command_changes_and_nothing_else() {
    let idle = digest_after(Command::Tick);
    let enter = order(1, 2, Side::Buy, 100, 99_900);
    let owner = enter.owner;
    let unknown = Enter { symbol: Symbol::new("NONE"), ..enter };
    let cancel = |port, number, quantity| {
        let owner = order(port, number, Side::Buy, 1, 1).owner;
        Command::Cancel(Cancel { owner, quantity: Shares(quantity) })
    };
    let mut changes = vec![
        ("an order", Command::Enter(enter)),
        ("more shares", Command::Enter(Enter { quantity: Shares(101), ..enter })),
        ("another price", Command::Enter(Enter { price: OrderPrice(99_800), ..enter })),
        ("another port", Command::Enter(order(2, 2, Side::Buy, 100, 99_900))),
        ("a consumed number", Command::Enter(unknown)),
        ("a level of a bucket", cancel(3, 9, 0)),
        ("a part less", cancel(1, 1, 50)),
        ("an order less", cancel(1, 1, 0)),
        ("a connection", Command::PortUp { port: PortId(1), conn: 1 }),
        ("a flag", Command::OperatorSwitch { whom: Switchable::Port(PortId(2)), off: true }),
        ("a broker's flag", Command::Disable(Switch { owner, firm: Mpid::BLANK })),
        ("an overlay", Small::overlay(Overlay::Paused)),
        ("a phase", Command::SetPhase(Phase::Late)),
    ];
    let mut settings = Port::new(PortId(1), vec![Mpid::new("FRMA")]);
    settings.max_live = 7;
    changes.push(("a setting", Command::SetPort(Box::new(settings))));
    let mut seen = vec![("nothing", idle)];
    for (what, command) in changes {
        let digest = digest_after(command);
        let twin = seen.iter().find(|(_, other)| *other == digest);
        assert_eq!(twin, None, "{what} has the same digest");
        seen.push((what, digest));
    }
    let port = PortId(1);
    for command in [
        Command::AccountQuery { port, idx: owner.idx },
        Command::Enter(order(1, 1, Side::Buy, 100, 99_900)),
        Command::PortDown { port, conn: 9, cause: matcher::command::DownCause::Crash },
        Command::OperatorSwitch { whom: Switchable::Port(PortId(2)), off: false },
        cancel(1, 9, 0),
    ] {
        assert_eq!(digest_after(command.clone()), idle, "{command:?}");
    }
}

#[test]
fn the_digest_sees_who_comes_first_among_equals() {
    let mut small = Small::new(SMALL);
    let refs = [1, 2].map(|port| {
        let events = small.run(Command::Enter(order(port, 1, Side::Buy, 100, 99_900)));
        let [Event::Accepted { order_ref, .. }, _] = events[..] else { panic!("{events:?}") };
        order_ref
    });
    // The queue: references, each with whether it is a remainder.
    let queue = |refs: [u64; 2]| refs.map(|each| [&each.to_le_bytes()[..], &[0]].concat()).concat();
    let (before, after) = (queue([refs[0].0, refs[1].0]), queue([refs[1].0, refs[0].0]));
    let mut bytes = saved(&small.engine);
    let at: Vec<usize> = (0..bytes.len()).filter(|&at| bytes[at..].starts_with(&before)).collect();
    assert_eq!(at.len(), 1, "the queue is in the state once");
    bytes[at[0]..at[0] + after.len()].copy_from_slice(&after);
    let mut swapped: Engine = Engine::load(&mut &bytes[..]).expect("the other way round");
    assert_ne!(swapped.digest(), small.engine.digest());
    let sale = small.stamp(Command::Enter(order(3, 1, Side::Sell, 100, 99_900)));
    let makers = [&mut small.engine, &mut swapped].map(|engine| {
        let events = execute_in(engine, &sale, Limits::FULL);
        let Event::Executed { maker, .. } = events[1] else { panic!("{events:?}") };
        maker.port.0
    });
    assert_eq!(makers, [1, 2]);
}

#[test]
fn a_step_is_over_where_the_next_piece_of_work_is_too_large_for_it() {
    // Looking for the first orders of all ports is one piece. Here a step has visited so much when
    // it comes to the ports' second lists that only the next step can do it.
    const PORTS: u16 = 120;
    const ORDERS: u32 = 16_200;
    let limits = settings::Limits { ports: PORTS.into(), live_orders: ORDERS, ..SMALL };
    let mut small = Small::new(limits);
    for number in 4..=PORTS {
        let port = Port::new(PortId(number), vec![Mpid::new("FRMA")]);
        small.run(Command::SetPort(Box::new(port)));
    }
    for number in 1..=ORDERS {
        small.run(Command::Enter(order(1, number, Side::Buy, 1, 99_900)));
    }
    let side = Some(Side::Short);
    let cancel = OperatorCancel { side, ..OperatorCancel::default() };
    assert_eq!(small.run(Command::OperatorCancel(cancel)), []);
}

/// A state in the middle of things, and what it was.
type State = (String, Vec<u8>);

/// Small states with everything in them, between commands and in the middle of them.
fn small_states() -> Vec<State> {
    let mut small = Small::new(SMALL);
    let mut states = vec![("no day".to_owned(), saved(&Engine::new()))];
    let mut reserve = order(1, 1, Side::Sell, 300, 100_000);
    (reserve.options.max_floor, reserve.tif) = (Shares(100), Tif::Gtx);
    let mut hidden = order(2, 1, Side::Buy, 400, 99_900);
    (hidden.display, hidden.options.min_qty) = (matcher::order::Display::Hidden, Shares(200));
    let mut timed = order(2, 2, Side::Sell, 100, 100_100);
    (timed.tif, timed.options.expire_time) = (Tif::Gtt, 60);
    let mut minimum = order(3, 1, Side::Buy, 350, 100_200);
    (minimum.tif, minimum.options.min_qty) = (Tif::Ioc, Shares(100));
    let mass = MassCancel {
        owner: order(1, 9, Side::Buy, 1, 1).owner,
        firm: Mpid::BLANK,
        symbol: Symbol::BLANK,
        group: None,
        side: None,
    };
    let down = matcher::command::DownCause::Crash;
    let commands = [
        Command::PortUp { port: PortId(1), conn: 1 },
        Command::Enter(reserve),
        Command::Enter(hidden),
        Command::Enter(timed),
        Command::Enter(order(1, 2, Side::Sell, 100, 100_000)),
        Command::Enter(minimum),
        Small::break_trade(1),
        Small::overlay(Overlay::Paused),
        Command::Enter(order(3, 2, Side::Buy, 50, 100_100)),
        Command::Enter(order(3, 3, Side::Buy, 50, 100_000)),
        Small::overlay(Overlay::None),
        Command::PortDown { port: PortId(1), conn: 1, cause: down },
        Command::Disable(Switch { owner: order(2, 3, Side::Buy, 1, 1).owner, firm: Mpid::BLANK }),
        Command::OperatorSwitch { whom: Switchable::Firm(Mpid::new("FRMB")), off: true },
        Command::MassCancel(mass),
        Command::SetPhase(Phase::Late),
        Command::EndOfDay,
    ];
    for command in commands {
        let command = small.stamp(command);
        let what = format!("{:?}", command.command);
        let mut within = |engine: &mut Engine| {
            states.push((format!("in the middle of {what}"), saved(engine)));
        };
        execute(&mut small.engine, &command, &mut || Limits::LEAST, &mut within);
        states.push((format!("after {what}"), saved(&small.engine)));
    }
    states
}

/// Loads what may be damaged: no panic, and soon done.
fn load(what: &str, bytes: &[u8]) -> Result<Engine, LoadError> {
    let begin = Instant::now();
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let loaded: Result<Engine, LoadError> = Engine::load(&mut &bytes[..]);
        // What was loaded, whatever it is, is a state that has bytes.
        loaded.inspect(|engine| assert!(!saved(engine).is_empty()))
    }));
    assert!(begin.elapsed() < Duration::from_secs(20), "{what} takes {:?}", begin.elapsed());
    outcome.unwrap_or_else(|panic| {
        eprintln!("{what}");
        resume_unwind(panic)
    })
}

#[test]
fn a_state_that_ends_too_early_is_told_so_wherever_it_ends() {
    let states = small_states();
    assert!(states.len() > 40, "{} states", states.len());
    for (what, bytes) in states {
        assert!(load(&what, &bytes).is_ok(), "{what}");
        for end in 0..bytes.len() {
            let found = load(&format!("{what}, cut at {end}"), &bytes[..end]).err();
            assert_eq!(found, Some(LoadError::Truncated), "{what}, cut at {end}");
        }
    }
}

#[test]
fn a_state_with_a_damaged_byte_is_an_error_or_a_state() {
    let mut prng = Prng::new(FIXED);
    let (mut errors, mut states) = (0, 0);
    let mut damage = |what: &str, bytes: &mut [u8], at: usize, byte: u8| {
        let before = std::mem::replace(&mut bytes[at], byte);
        match load(&format!("{what}, byte {at} is {byte} and was {before}"), bytes) {
            Ok(_) => states += 1,
            Err(_) => errors += 1,
        }
        bytes[at] = before;
    };
    for (what, mut bytes) in small_states() {
        for at in 0..bytes.len() {
            let byte = bytes[at];
            for other in [byte ^ 1 << prng.below(8), byte.wrapping_add(1), 0xff, 0] {
                damage(&what, &mut bytes, at, other);
            }
        }
    }
    for seed in seeds::list(6, 3) {
        let mut prng = Prng::new(seed);
        let mut engine = Engine::new();
        for command in script::make(seed, 600).commands {
            execute_in(&mut engine, &command, Limits::FULL);
            if prng.once_in(8) {
                let mut bytes = saved(&engine);
                let at = prng.place(bytes.len());
                let byte = u8::try_from(prng.below(256)).expect("a byte");
                damage(&format!("seed {seed}, {:?}", command.no), &mut bytes, at, byte);
            }
        }
    }
    println!("{errors} errors, {states} states");
    assert!(errors > 1_000 && states > 1_000, "{errors} errors, {states} states");
}

#[test]
fn a_state_has_no_room_for_more_orders_on_their_way_than_its_limits() {
    let mut small = Small::new(SMALL);
    for number in 1..=SMALL.live_orders {
        small.run(Command::Enter(order(1, number, Side::Sell, 1, 100_000)));
    }
    let mut states = Vec::new();
    let mut taker = order(2, 1, Side::Buy, 2, 100_000);
    taker.tif = Tif::Ioc;
    let command = small.stamp(Command::Enter(taker));
    let mut within = |engine: &mut Engine| states.push(saved(engine));
    execute(&mut small.engine, &command, &mut || Limits::LEAST, &mut within);
    // The state ends with its tasks: one, an order on its way.
    let (bytes, mark) = (&states[0], [1, 0, 0, 0, 2]);
    let at = bytes.windows(mark.len()).rposition(|window| window == mark).expect("one task");
    let crowded = |count: u8| {
        let task = bytes[at + 4..].repeat(count.into());
        let bytes = [&bytes[..at], &[count, 0, 0, 0], &task[..]].concat();
        load("a state with several orders on their way", &bytes).err()
    };
    assert_eq!(crowded(1), None);
    assert!(matches!(crowded(20), Some(LoadError::Impossible(_))), "{:?}", crowded(20));
}

#[test]
fn a_state_of_something_else_is_told_so() {
    let bytes = saved(&Small::new(SMALL).engine);
    let with = |at: usize, byte: u8| {
        let mut bytes = bytes.clone();
        bytes[at] = byte;
        load("a state of something else", &bytes).err()
    };
    assert!((0..8).all(|at| with(at, 0) == Some(LoadError::NoState)));
    assert_eq!(with(8, 9), Some(LoadError::Version(9)));
    assert_eq!(with(12, 7), Some(LoadError::Version(7)));
    // The opening of the day: its limits say how much memory is taken.
    let (first, len) = (8 + 4 + 4 + 8 + 8 + 1, 10 + 8 + 8 + 6 * 4 + 4 + 8);
    for (at, byte) in bytes.iter().enumerate().skip(first).take(len) {
        let found = with(at, byte ^ 0x20);
        // A count that is too high may go beyond the end.
        let is_told = matches!(found, Some(LoadError::Impossible(_) | LoadError::Truncated));
        assert!(is_told, "byte {at}: {found:?}");
    }
}

//! The scenario tables on the engine; every one of them is a file of `scenarios/`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use matcher::command::Command;
use matcher::engine::{Engine, Step};
use matcher::event::{Event, Events};
use matcher::sequence::Sequenced;
use matcher::view::Entry;
use protocol_spec::words::{Locate, PortId, Price, Time, UserRefIdx, UserRefNum};
use tests::scenario::file::{self, Answer, Ask, Block, read, read_line, show_command};
use tests::scenario::ground::Ground;
use tests::scenario::run::run;
use tests::scenario::words::REFUSALS;
use tests::venue::Venue;

fn dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios")
}

fn blocks(file: &str) -> Vec<Block> {
    let path = dir().join(file);
    let text = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("cannot read {}: {error}", path.display()));
    read(file, &text).unwrap_or_else(|fault| panic!("{fault}"))
}

/// A test for each file, of its name: on the engine, as it is and in the smallest steps (R72), and
/// on the naive model.
macro_rules! files {
    ($($name:ident)+) => {
        const FILES: &[&str] = &[$(stringify!($name)),+];

        mod engine {
            $(
                #[test]
                fn $name() {
                    super::check(stringify!($name), super::Engine::new);
                }
            )+
        }

        mod engine_in_small_steps {
            $(
                #[test]
                fn $name() {
                    super::check(stringify!($name), super::SmallSteps::default);
                }
            )+
        }

        mod model {
            $(
                #[test]
                fn $name() {
                    super::check(stringify!($name), tests::model::Model::new);
                }
            )+
        }
    };
}

/// The engine with one event and one visit a step.
#[derive(Default)]
struct SmallSteps(Engine);

impl Venue for SmallSteps {
    fn execute(&mut self, command: &Sequenced<Command>) -> Vec<Event> {
        let (mut events, mut all) = (Events::with_limits(4, 1), Vec::new());
        loop {
            let step = self.0.apply(command, &mut events);
            assert!(events.as_slice().len() <= 1, "{command:?}: {events:?}");
            all.extend_from_slice(events.as_slice());
            if step == Step::Done {
                return all;
            }
        }
    }

    fn entries(&self, locate: Locate, buys: bool) -> Vec<Entry> {
        self.0.entries(locate, buys)
    }

    fn last_number(&self, port: PortId, idx: UserRefIdx) -> UserRefNum {
        self.0.last_number(port, idx)
    }

    fn reference(&self, locate: Locate) -> Option<Price> {
        self.0.reference(locate)
    }

    fn next_due(&self) -> Option<Time> {
        self.0.next_due()
    }
}

fn check<V: Venue>(name: &str, fresh: impl Fn() -> V) {
    let file = format!("{name}.txt");
    run(&file, &blocks(&file), fresh).unwrap_or_else(|report| panic!("{report}"));
}

files! {
    admission
    book
    break_trade
    change
    day
    examples
    expiry
    limits
    market
    mass_cancel
    numbers
    ports
    post_only
    reserve
    self_match
    throttle
    uncross
}

#[test]
fn every_file_of_scenarios_is_run() {
    let files = std::fs::read_dir(dir()).expect("the directory of scenarios is there");
    let mut found: Vec<String> = files
        .map(|file| file.expect("a directory can be read").path())
        .filter(|path| path.extension().is_some_and(|end| end == "txt"))
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect();
    found.sort();
    assert_eq!(found, FILES);
}

#[test]
fn every_block_cites_a_rule_and_no_title_is_there_twice() {
    let mut titles = BTreeSet::new();
    for (file, block) in FILES.iter().flat_map(|name| {
        let file = format!("{name}.txt");
        blocks(&file).into_iter().map(move |block| (file.clone(), block))
    }) {
        let place = format!("{file}:{}: {}", block.line, block.title);
        let (rules, what) = block.title.split_once(" - ").unwrap_or_else(|| panic!("{place}"));
        let is_rule = |word: &str| {
            let digits = word.trim_start_matches(['R', 'K', 'W', 'X']);
            digits.len() + 1 == word.len() && digits.starts_with(|c: char| c.is_ascii_digit())
        };
        assert!(rules.split(' ').all(is_rule), "{place}: `{rules}` are no rules");
        assert!(titles.insert(what.to_owned()), "{place}: the title is there twice");
        assert!(block.pieces.iter().any(|piece| !piece.steps.is_empty()), "{place}: is empty");
    }
}

fn all_steps() -> impl Iterator<Item = (String, file::Step)> {
    let files = FILES.iter().map(|name| format!("{name}.txt"));
    files.flat_map(|file| {
        let pieces = blocks(&file).into_iter().flat_map(|block| block.pieces);
        pieces.flat_map(move |piece| {
            let place = format!("{file}:{}", piece.line);
            piece.steps.into_iter().map(move |step| (place.clone(), step))
        })
    })
}

#[test]
fn what_is_printed_reads_as_the_same_commands_and_answers() {
    for (place, step) in all_steps() {
        let file::Step { asked, ask, right, names, .. } = &step;
        let asked = match ask {
            Ask::Command(command) => show_command(command, names),
            _ => asked.clone(),
        };
        let answer = right.show(ask, names);
        let text = format!("{asked} -> {}", answer.join(" | "));
        let again =
            read_line(&text, names).unwrap_or_else(|fault| panic!("{place}: {fault}\n{text}"));
        assert_eq!(again.right, *right, "{place}:\n{text}");
        if let (Ask::Command(left), Ask::Command(right)) = (ask, &again.ask) {
            assert_eq!(left, right, "{place}:\n{text}");
        }
    }
}

#[test]
fn every_event_and_every_reason_is_told_somewhere() {
    let mut told = BTreeSet::new();
    for (_, step) in all_steps() {
        let Answer::Events(events) = &step.right else { continue };
        told.extend(events.iter().map(|event| match event {
            Event::Rejected { reason, .. } => format!("J {:04X}", reason.number()),
            Event::Canceled { reason, .. } => format!("C {reason}"),
            Event::Executed { flag, .. } => format!("E {flag}"),
            Event::Crossed { flag, .. } => format!("pair {flag}"),
            Event::Prevented { strategy, .. } => format!("D {}", strategy.code()),
            Event::System(code) => format!("system {code}"),
            Event::Directory { new, .. } => format!("listed {}", new.is_some()),
            Event::StateChanged { state, .. } => format!("state {state}"),
            Event::Refused(refusal) => format!("refused {refusal:?}"),
            _ => {
                let name = format!("{event:?}");
                name.split_once(' ').map_or(name.clone(), |(name, _)| name.to_owned())
            }
        }));
    }
    // What the rule book says is sent: R42, R54, R56, R72 and the table of events.
    let reasons = "0002 0003 0004 0005 0006 0007 0008 0009 000C 000D 000F 0011 0013 0014 0016 0017 \
                   0018 001D 001E 001F 0026 0027 0029 002B 002C 002D 002E 002F 0030 0031 0040";
    let lists = [
        ("J ", reasons),
        ("C ", "E G I K S T U Z"),
        ("E ", "A J u"),
        ("pair ", "O H"),
        ("D ", "Y D O W"),
        ("system ", "O S Q M E C"),
        ("listed ", "true false"),
        ("state ", "H P Q T"),
        ("", "Accepted Refreshed Rested Replaced Reduced Modified CrossPrint MassAck SwitchAck"),
        ("", "QueryAck Broken PortSystem"),
    ];
    let listed = lists
        .iter()
        .flat_map(|(kind, all)| all.split_whitespace().map(move |one| format!("{kind}{one}")));
    let refusals = REFUSALS.iter().map(|refusal| format!("refused {refusal:?}"));
    let expected: BTreeSet<String> = listed.chain(refusals).collect();
    let missing: Vec<&String> = expected.difference(&told).collect();
    let unknown: Vec<&String> = told.difference(&expected).collect();
    assert!(missing.is_empty() && unknown.is_empty(), "missing {missing:?}, unknown {unknown:?}");
}

#[test]
fn a_fault_is_told_with_its_line_and_what_was_expected() {
    let fault = |lines: &str| {
        let text = format!("## R1 - a block\n{lines}");
        read("a.txt", &text).expect_err(lines).to_string()
    };
    for (lines, expected) in [
        ("p1#1 buy 100 10.00", "a.txt:2: expected `->` and what it causes"),
        ("\np1#1 buy 100 -> nothing", "a.txt:3: expected a price, the line ends"),
        ("p1#1 hold 100 10.00 -> nothing", "a.txt:2: `hold` is no request"),
        ("p1#1 buy ten 10.00 -> nothing", "a.txt:2: expected shares, found `ten`"),
        ("p1#1 buy 100 10.00 now -> nothing", "a.txt:2: `now` says nothing of an order"),
        ("p1 cancel #1 0 5 -> nothing", "a.txt:2: expected nothing more, found `5`"),
        (
            "tick -> A r1 | E 100 10.00 p1#1 s1 A M1",
            "a.txt:2: in `E 100 10.00 p1#1 s1 A M1`: expected the resting order, found `s1`",
        ),
        ("tick -> A r1 colour=red", "a.txt:2: in `A r1 colour=red`: the event has no `colour`"),
        ("tick -> nothing\nwith day live 3", "a.txt:3: a `with` stands before the first command"),
        (
            "with tick\ntick -> nothing",
            "a.txt:2: expected `with` a day, list, port, phase or nothing",
        ),
        ("at 5s tick -> nothing\nat 4s tick -> nothing", "a.txt:3: time goes back"),
        ("book -> B 100 10.00 p1#1 r1", "a.txt:2: expected `shares@price`, found `100`"),
    ] {
        assert_eq!(fault(lines), expected);
    }
    let untitled = read("a.txt", "# remark\ntick -> nothing").expect_err("it has no title");
    assert_eq!(untitled.to_string(), "a.txt:2: expected the title of a block: `## ...`");
}

#[test]
fn a_run_that_differs_tells_where_and_how_the_block_would_read() {
    let text = "# head\n\n## R46 - a block\nwith port 1 aiq W\np1#1 sell 100 10.00 -> rests r1\n\
        p2#1 buy 60 10.00 ioc -> A r1' | E 60 10.00 p1#1 r1 A M2\n# remark\nbook -> nothing\n\n\
        ## R48 - another\ntick -> nothing\n";
    let blocks = read("a.txt", text).expect("it is well formed");
    let report = run("a.txt", &blocks, tests::model::Model::new).expect_err("M1, not M2");
    let expected = "a.txt:3: R46 - a block\n  \
        a.txt:6: p2#1 buy 60 10.00 ioc\n    \
        right: A r1' | E 60 10.00 p1#1 r1 A M2\n    \
        got:   A r1' | E 60 10.00 p1#1 r1 A M1\n  \
        a.txt:8: book\n    \
        right: nothing\n    \
        got:   S 40@10.00 r1 p1#1 of 40/100\n  \
        as it would read:\n\n\
        ## R46 - a block\nwith port 1 aiq W\np1#1 sell 100 10.00 -> rests r1\n\
        p2#1 buy 60 10.00 ioc -> A r1' | E 60 10.00 p1#1 r1 A M1\n# remark\n\
        book -> S 40@10.00 r1 p1#1 of 40/100\n\n\n\n\
        a.txt: 1 of 2 blocks differ";
    assert_eq!(report, expected);
}

#[test]
fn the_ground_of_a_command_makes_its_events_short() {
    let text = "## R1 - a block\np1#1 buy 500 10.00 floor 100 -> A r1 | rest 100+400";
    let blocks = read("a.txt", text).expect("it is well formed");
    let step = &blocks[0].pieces[0].steps[0];
    assert_eq!(step.right.show(&step.ask, &step.names), ["rests r1"]);
    let Ask::Command(command) = &step.ask else { panic!("it is a command") };
    assert_eq!(Ground::new(&step.names, command).whole().0.0, 100);
}

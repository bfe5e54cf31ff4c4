//! What the folds of a venue make of commands and their notes.

use appliance::folds::{Folds, REMOVED};
use appliance::note;
use matcher::command::{Command, Enter, Options, Switchable};
use matcher::event::{Event, Events};
use matcher::order::{Side, Tif};
use matcher::phase::{Overlay, Phase};
use matcher::sequence::Sequencer;
use matcher::settings::{Day, Instrument, Port};
use protocol_spec::wire::ouch::{Mpid, Symbol};
use protocol_spec::wire::text::Alpha;
use protocol_spec::words::{PortId, Price, Time};
use recovery::replay::Machine;
use tests::small::{self, SMALL};

const MIDNIGHT: Time = Time(1_700_000_000_000_000_000);
const SECOND: u64 = 1_000_000_000;

/// A day in which commands are executed in steps as small as can be, or large ones.
struct Venue {
    machine: Machine<Folds>,
    sequencer: Sequencer,
}

impl Venue {
    fn new(events: Events) -> Self {
        let sequencer = Sequencer::new(MIDNIGHT);
        let mut venue = Venue { machine: Machine::with_events(Folds::new(), events), sequencer };
        let day = Day {
            session: *b"2023111401",
            midnight: MIDNIGHT,
            seed: 1,
            limits: SMALL,
            rules_version: matcher::engine::Engine::RULES_VERSION,
            carried: Vec::new(),
        };
        venue.run(1, Command::OpenDay(Box::new(day)), "");
        venue
    }

    /// Executes a command `seconds` after midnight; whether a rule refused it.
    fn run(&mut self, seconds: u64, command: Command, note: &str) -> bool {
        let time = Time(MIDNIGHT.0 + seconds * SECOND);
        let command = self.sequencer.stamp(time, command).expect("within the day");
        self.machine.run(&command, note);
        matches!(self.machine.events().last(), Some(Event::Refused(_)))
    }
}

fn port(number: u16) -> Command {
    Command::SetPort(Box::new(settings(number)))
}

fn settings(number: u16) -> Port {
    Port::new(PortId(number), vec![Mpid::new("FRM")])
}

fn instrument(lot: u32) -> Command {
    let instrument = Instrument {
        lot: protocol_spec::words::Shares(lot),
        ..Instrument::new(small::symbol(), Price(100_000))
    };
    Command::SetInstrument(Box::new(instrument))
}

fn steps() -> [Events; 2] {
    [Events::new(), Events::with_limits(4, 1)]
}

#[test]
fn a_port_that_a_rule_refuses_has_no_name_whatever_is_due_before_it() {
    for events in steps() {
        let mut venue = Venue::new(events);
        venue.run(1, instrument(1), "");
        for number in 1..=3 {
            assert!(!venue.run(1, port(number), &format!("USER{number}")));
        }
        venue.run(1, Command::SetPhase(Phase::Open), "");
        // Several orders are due when the port comes that is one too many.
        for number in 1..=6 {
            let plain = small::order(1, number, Side::Buy, 10, 90_000);
            let options = Options { expire_time: 5, ..Options::NONE };
            venue.run(2, Command::Enter(Enter { tif: Tif::Gtt, options, ..plain }), "");
        }
        assert!(venue.run(9, port(4), "USER4"), "there are three ports at most");
        let roster = &venue.machine.folds.roster;
        assert_eq!(roster.port(Alpha::new("USER4")), None);
        assert_eq!(roster.port(Alpha::new("user3")), Some(PortId(3)));
        assert_eq!(roster.free(), PortId(4));
        assert!(!venue.machine.folds.configured.ports.contains_key(&PortId(4)));
    }
}

#[test]
fn what_an_operator_sets_is_not_what_the_configuration_set() {
    let mut venue = Venue::new(Events::new());
    venue.run(7, instrument(1), "");
    venue.run(7, port(1), "USER1");
    venue.run(8, instrument(10), &note::by("alice (uid 0)", ""));
    let changed = Port { rate: 7, ..settings(1) };
    let note = note::by("alice (uid 0)", "USER1");
    venue.run(8, Command::SetPort(Box::new(changed.clone())), &note);
    venue.run(8, port(2), &note::by("alice (uid 0)", "USER2"));
    let Folds { roster, configured, .. } = &venue.machine.folds;
    assert_eq!(configured.opened, Time(MIDNIGHT.0 + SECOND));
    assert_eq!(configured.instruments[&small::symbol()].lot.0, 1);
    assert_eq!(configured.ports[&PortId(1)].rate, 0);
    assert_eq!(configured.ports.len(), 1);
    // Names are given by whoever makes the port.
    assert_eq!(roster.port(Alpha::new("USER2")), Some(PortId(2)));
    assert_eq!(venue.machine.engine.ports().next(), Some(&changed));
}

#[test]
fn a_port_is_removed_by_the_configuration_alone() {
    let mut venue = Venue::new(Events::new());
    venue.run(1, port(1), "USER1");
    let off = Command::OperatorSwitch { whom: Switchable::Port(PortId(1)), off: true };
    venue.run(2, off.clone(), &note::by("alice (uid 0)", ""));
    assert!(!venue.machine.folds.roster.is_removed(PortId(1)));
    venue.run(3, off, REMOVED);
    assert!(venue.machine.folds.roster.is_removed(PortId(1)));
}

#[test]
fn the_engine_says_whom_and_what_the_operator_holds() {
    let mut venue = Venue::new(Events::new());
    venue.run(1, instrument(1), "");
    venue.run(1, port(1), "USER1");
    let engine = &venue.machine.engine;
    assert_eq!((engine.stopped().count(), engine.states().count()), (0, 1));
    let state = matcher::command::SetState {
        symbol: Some(Symbol::new("ABC")),
        overlay: Overlay::Halted,
        reason: *b"T1  ",
    };
    venue.run(2, Command::SetState(state), "");
    let firm = Switchable::Firm(Mpid::new("FRM"));
    venue.run(2, Command::OperatorSwitch { whom: firm, off: true }, "");
    let engine = &venue.machine.engine;
    assert_eq!(engine.stopped().collect::<Vec<_>>(), [firm]);
    let states: Vec<_> = engine.states().collect();
    assert_eq!(states, [(Symbol::new("ABC"), Overlay::Halted, *b"T1  ")]);
}

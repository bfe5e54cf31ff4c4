//! What the largest day holds, and what it says when it is full (R79).

use matcher::accounts::Unwatched;
use matcher::command::{Command, DownCause};
use matcher::engine::{Engine, Step};
use matcher::event::{Event, Events};
use matcher::refusal::Refusal;
use matcher::sequence::Sequencer;
use matcher::settings::{Day, Instrument, Limits, Port};
use protocol_spec::wire::ouch::{Mpid, Symbol};
use protocol_spec::words::{Locate, PortId, Price, Time};

const MIDNIGHT: Time = Time(1_700_000_000_000_000_000);

/// An engine and what stamps its commands.
struct Venue {
    engine: Engine,
    sequencer: Sequencer,
    events: Events,
    /// Steps of the last command.
    steps: usize,
}

impl Venue {
    fn open(limits: Limits) -> Self {
        let sequencer = Sequencer::new(MIDNIGHT);
        let (engine, events) = (Engine::new(), Events::new());
        let mut venue = Venue { engine, sequencer, events, steps: 0 };
        let rules_version = Engine::RULES_VERSION;
        let day = Day {
            session: *b"2023111401",
            midnight: MIDNIGHT,
            seed: 1,
            limits,
            rules_version,
            carried: Vec::new(),
        };
        venue.say(0, Command::OpenDay(day.into()));
        venue
    }

    /// Executes a command so many seconds after midnight.
    fn say(&mut self, seconds: u64, command: Command) -> Vec<Event> {
        let time = Time(MIDNIGHT.0 + seconds * 1_000_000_000);
        let command = self.sequencer.stamp(time, command).expect("within the day");
        let mut all = Vec::new();
        for steps in 1.. {
            let step = self.engine.apply(&command, &mut self.events);
            all.extend_from_slice(self.events.as_slice());
            if step == Step::Done {
                self.steps = steps;
                break;
            }
        }
        all
    }
}

#[test]
fn a_day_holds_65_535_securities_and_refuses_the_next_by_its_reason() {
    let small = Limits { ports: 1, live_orders: 10, levels: 10, ..Limits::default() };
    let mut venue = Venue::open(small);
    let listed = |number: u32| {
        let symbol = Symbol::new(&format!("S{number}"));
        Command::SetInstrument(Instrument::new(symbol, Price(10_000)).into())
    };
    for number in 1..=u32::from(u16::MAX) {
        let events = venue.say(0, listed(number));
        let locate = Locate(u16::try_from(number).expect("16 bits"));
        let [Event::Directory { locate: given, new: Some(_) }] = events[..] else {
            panic!("{number}: {events:?}");
        };
        assert_eq!(given, locate);
    }
    assert_eq!(venue.say(0, listed(65_536)), [Event::Refused(Refusal::SymbolLimit)]);
    assert!(venue.say(0, listed(65_535)).is_empty(), "a known one may still be set");

    let mut bytes = Vec::new();
    venue.engine.save(&mut bytes);
    let loaded = Engine::<Unwatched>::load(&mut bytes.as_slice()).expect("what was saved");
    assert_eq!(loaded.digest(), venue.engine.digest());
}

#[test]
fn ten_thousand_ports_that_are_due_at_once_are_no_one_step() {
    let few =
        Limits { symbols: 1, live_orders: 10, levels: 10, ports: 16_384, ..Limits::default() };
    let mut venue = Venue::open(few);
    for number in 0..16_384 {
        let mut port = Port::new(PortId(number), vec![Mpid::new("FIRM")]);
        port.cancel_on_disconnect = true;
        let number = port.number;
        venue.say(0, Command::SetPort(port.into()));
        venue.say(0, Command::PortUp { port: number, conn: 1 });
        venue.say(1, Command::PortDown { port: number, conn: 1, cause: DownCause::Crash });
    }
    let due = Time(MIDNIGHT.0 + 31 * 1_000_000_000);
    assert_eq!(venue.engine.next_due(), Some(due));
    assert!(venue.say(31, Command::Tick).is_empty());
    assert_eq!(venue.engine.next_due(), None);
    assert!(venue.steps > 1, "16,384 visits fill a step");
}

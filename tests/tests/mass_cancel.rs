//! A mass cancel of more orders than any buffer holds: steps stay small, and nothing is lost.

use matcher::command::{Command, Enter, MassCancel, Options};
use matcher::engine::{Engine, Step};
use matcher::event::{Event, Events};
use matcher::order::{Display, Owner, Side, Tif};
use matcher::phase::Phase;
use matcher::sequence::{Sequenced, Sequencer};
use matcher::settings::{Day, Instrument, Limits, Port};
use protocol_spec::wire::ouch::{CancelReason, Capacity, ClOrdId, Mpid, Symbol};
use protocol_spec::words::{
    GroupId, Locate, OrderPrice, OrderRef, PortId, Price, Shares, Time, UserRefIdx, UserRefNum,
};

const ORDERS: u32 = 1_600_000;
/// Events that a ring between two stages of the venue holds.
const RING: usize = 4_096;
const _: () = assert!(Events::LIMIT < RING, "a step fits the ring, whatever the command");
const MIDNIGHT: Time = Time(1_700_000_000_000_000_000);

struct Venue {
    engine: Engine,
    sequencer: Sequencer,
    events: Events,
}

impl Venue {
    /// A venue in market hours with two ports, the first of which holds all the orders.
    fn new() -> Self {
        let sequencer = Sequencer::new(MIDNIGHT);
        let mut venue = Venue { engine: Engine::new(), sequencer, events: Events::new() };
        let limits = Limits { live_orders: ORDERS + 1, levels: 1_000, ..Limits::default() };
        venue.run(Command::OpenDay(Box::new(Day {
            session: *b"2023111401",
            midnight: MIDNIGHT,
            seed: 1,
            limits,
            rules_version: Engine::RULES_VERSION,
            carried: Vec::new(),
        })));
        let instrument = Instrument::new(Symbol::new("ABC"), Price(100_000));
        venue.run(Command::SetInstrument(Box::new(instrument)));
        let mut port = Port::new(PortId(1), vec![Mpid::new("FRM1")]);
        port.max_live = ORDERS;
        venue.run(Command::SetPort(Box::new(port)));
        venue.run(Command::SetPhase(Phase::Open));
        venue
    }

    fn stamp(&mut self, command: Command) -> Sequenced<Command> {
        self.sequencer.stamp(MIDNIGHT, command).expect("the day is young")
    }

    /// Executes a command of few events.
    fn run(&mut self, command: Command) {
        let command = self.stamp(command);
        assert_eq!(self.engine.apply(&command, &mut self.events), Step::Done, "{command:?}");
    }

    /// Executes a command step by step: how many steps it had, and each step's events to `seen`.
    fn steps(&mut self, command: Command, mut seen: impl FnMut(&[Event])) -> u32 {
        let command = self.stamp(command);
        let mut steps = 1;
        loop {
            let step = self.engine.apply(&command, &mut self.events);
            seen(self.events.as_slice());
            if step == Step::Done {
                return steps;
            }
            steps += 1;
        }
    }

    /// The orders of the book: every fourth hidden, so that refs of both kinds are among them, the
    /// last one of a group of its own.
    fn fill(&mut self) {
        for n in 1..=ORDERS {
            let display = if n.is_multiple_of(4) { Display::Hidden } else { Display::Visible };
            let group = GroupId(if n == ORDERS { 2 } else { 1 });
            self.run(Command::Enter(Enter {
                owner: owner(n),
                symbol: Symbol::new("ABC"),
                price: OrderPrice(u64::from(90_000 - n % 100 * 100)),
                quantity: Shares(100),
                side: Side::Buy,
                tif: Tif::Day,
                display,
                capacity: Capacity::AGENCY,
                cl_ord_id: ClOrdId::BLANK,
                options: Options { group, given: Options::NONE.given.with(24), ..Options::NONE },
            }));
        }
    }
}

fn owner(user_ref: u32) -> Owner {
    Owner { port: PortId(1), idx: UserRefIdx(0), user_ref: UserRefNum(user_ref) }
}

fn mass_cancel(user_ref: u32, group: Option<GroupId>) -> Command {
    let (firm, symbol) = (Mpid::BLANK, Symbol::BLANK);
    Command::MassCancel(MassCancel { owner: owner(user_ref), firm, symbol, group, side: None })
}

#[test]
fn one_and_a_half_million_orders_are_canceled_in_steps_that_fit_a_ring() {
    let mut venue = Venue::new();
    venue.fill();

    // One order among all the others: steps end by what they visit, and most of them are empty.
    let mut found = Vec::new();
    venue.steps(mass_cancel(ORDERS + 1, Some(GroupId(2))), |events| {
        found.extend_from_slice(events);
    });
    assert_eq!(found.first(), Some(&Event::MassAck { owner: owner(ORDERS + 1) }));
    assert!(matches!(found[1..], [Event::Canceled { owner: it, .. }] if it == owner(ORDERS)));

    let (mut count, mut last) = (0_u32, OrderRef(0));
    let steps = venue.steps(mass_cancel(ORDERS + 2, None), |events| {
        assert!(events.len() <= Events::LIMIT, "{} events in a step", events.len());
        for event in events {
            match *event {
                Event::MassAck { owner: it } => assert_eq!((it, count), (owner(ORDERS + 2), 0)),
                Event::Canceled { order_ref, shares, reason, .. } => {
                    assert!(order_ref > last, "{order_ref} comes after {last}");
                    assert_eq!((shares, reason), (Shares(100), CancelReason::USER));
                    (count, last) = (count + 1, order_ref);
                }
                ref other => panic!("{other:?}"),
            }
        }
    });
    assert_eq!(count, ORDERS - 1);
    assert!(steps as usize > count as usize / Events::LIMIT, "{steps} steps");
    assert_eq!(venue.engine.entries(Locate(1), true), []);
    assert_eq!(last, OrderRef(1 << 55 | u64::from(ORDERS / 4 - 1)), "private refs come last");
}

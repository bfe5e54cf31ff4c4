//! Requests under the whole rule book: the engine executes what several traders ask for.

use std::collections::VecDeque;

use matcher::command::Command;
use matcher::engine::{Engine, Step};
use matcher::event::{Event, Events};
use matcher::form;
use matcher::phase::Phase;
use matcher::sequence::Sequencer;
use matcher::settings::{Day, Instrument, Limits, Port};
use protocol_spec::wire::ouch::{Mpid, Outbound};
use protocol_spec::words::{Locate, Moment, PortId, Price, Time, UserRefNum};

use super::said::Said;
use super::{Figures, Flow, Trader, flow};
use crate::load::Counts;

const PORTS: u16 = 3;
const MIDNIGHT: Time = Time(1_700_000_000_000_000_000);

/// The engine, open for trading.
struct Venue {
    engine: Engine,
    events: Events,
    sequencer: Sequencer,
    now: Time,
}

impl Venue {
    fn open(flow: &Flow) -> Self {
        let mut venue = Venue {
            engine: Engine::new(),
            events: Events::new(),
            sequencer: Sequencer::new(MIDNIGHT),
            now: MIDNIGHT,
        };
        let limits = Limits { live_orders: 1_024, levels: 1_024, ..Limits::default() };
        venue.apply(Command::OpenDay(Box::new(Day {
            session: *b"2026112001",
            midnight: MIDNIGHT,
            seed: 1,
            limits,
            rules_version: Engine::RULES_VERSION,
            carried: Vec::new(),
        })));
        let price = Price(u32::try_from(flow.price).expect("it is low"));
        for symbol in &flow.symbols {
            venue.apply(Command::SetInstrument(Box::new(Instrument::new(*symbol, price))));
        }
        for port in 1..=PORTS {
            let firm = vec![Mpid::new("LOAD")];
            venue.apply(Command::SetPort(Box::new(Port::new(PortId(port), firm))));
        }
        venue.apply(Command::SetPhase(Phase::Open));
        venue
    }

    /// What the command has to be answered with, and by whom it is heard.
    fn apply(&mut self, command: Command) -> Vec<(PortId, Said)> {
        let shares = match &command {
            Command::Enter(order) => order.quantity.0,
            _ => 0,
        };
        self.now = Time(self.now.0 + 1_000);
        let command = self.sequencer.stamp(self.now, command).expect("the day is long enough");
        let mut said = Vec::new();
        loop {
            let step = self.engine.apply(&command, &mut self.events);
            for event in self.events.as_slice() {
                match *event {
                    Event::Accepted { owner, .. } => {
                        said.push((owner.port, Said::Accepted(owner.user_ref.0, shares)));
                    }
                    Event::Rejected { owner, reason } => panic!("{owner:?}: {reason:?}"),
                    Event::Executed { taker, maker, shares, .. } => {
                        said.push((taker.port, Said::Removed(taker.user_ref.0, shares.0)));
                        said.push((maker.port, Said::Added(maker.user_ref.0, shares.0)));
                    }
                    Event::Replaced { owner, orig, leaves, .. } => {
                        let number = owner.user_ref.0;
                        said.push((owner.port, Said::Replaced(orig.0, number, leaves.0)));
                    }
                    Event::Canceled { owner, shares, .. } => {
                        said.push((owner.port, Said::Canceled(owner.user_ref.0, shares.0)));
                    }
                    _ => {}
                }
            }
            if step == Step::Done {
                return said;
            }
        }
    }
}

/// So many requests of each of three traders, `window` of each on their way at a time.
fn trade(flow: &Flow, window: usize, requests: usize) -> Counts {
    let mut venue = Venue::open(flow);
    let mut traders: Vec<Trader> =
        (1..=u64::from(PORTS)).map(|seed| Trader::new(flow, seed, UserRefNum(1))).collect();
    let mut figures = Figures::default();
    let mut on_its_way: VecDeque<(PortId, Vec<u8>)> = VecDeque::new();
    let mut hear = |traders: &mut [Trader], venue: &mut Venue, port, bytes: &[u8]| {
        let command = form::command(port, bytes).expect("it is a request");
        for (to, said) in venue.apply(command) {
            let bytes = said.bytes();
            let (message, _) = Outbound::frame(&bytes).expect("it is a message");
            let trader = &mut traders[usize::from(to.0) - 1];
            trader.orders.hear(Moment(0), message, &mut figures);
        }
    };
    for _ in 0..requests {
        for port in 1..=PORTS {
            let mut message = [0; Trader::LONGEST];
            let trader = &mut traders[usize::from(port) - 1];
            let len = trader.ask(Moment(0), &mut message).expect("there are numbers enough");
            on_its_way.push_back((PortId(port), message[..len].to_vec()));
        }
        while on_its_way.len() > window * usize::from(PORTS) {
            let (port, bytes) = on_its_way.pop_front().expect("there is one");
            hear(&mut traders, &mut venue, port, &bytes);
        }
    }
    for (port, bytes) in on_its_way {
        hear(&mut traders, &mut venue, port, &bytes);
    }
    let mut counts = Counts::default();
    let mut resting = 0;
    for trader in &traders {
        assert!(trader.orders.is_quiet(), "{:?}", trader.orders.counts);
        counts.add(&trader.orders.counts);
        resting += trader.orders.resting() as usize;
    }
    let locates = (1..=flow.symbols.len() as u16).map(Locate);
    let entries = locates.flat_map(|locate| [true, false].map(|buys| (locate, buys)));
    let entries = entries.map(|(locate, buys)| venue.engine.entries(locate, buys).len());
    assert_eq!(entries.sum::<usize>(), resting, "what rests is what is thought to rest");
    counts
}

#[test]
fn the_rule_book_accepts_every_request_and_answers_agree_whatever_overtakes_what() {
    for mix in ["rest=45,cross=10,cancel=35,replace=10", "rest=40,cross=25,cancel=10,replace=25"] {
        for window in [1, 20] {
            let flow = flow(mix, 60);
            let counts = trade(&flow, window, 5_000);
            assert_eq!(counts.differences(true), [""; 0], "{mix}, {window}");
            assert_eq!((counts.sent(), counts.rejected), (15_000, 0), "{mix}, {window}");
            let hits = [counts.replaced, counts.trades, counts.canceled];
            assert!(hits.iter().all(|hits| *hits > 100), "{mix}, {window}: {counts:?}");
            assert!(window == 1 || counts.overtaken > 10, "{mix}, {window}: {counts:?}");
            assert_eq!((counts.killed, counts.dropped, counts.refused), (0, 0, 0));
        }
    }
}

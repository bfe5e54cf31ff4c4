//! The day in the making.

use matcher::command::Command;
use matcher::event::Event;
use matcher::order::Owner;
use matcher::sequence::{Sequenced, Sequencer};
use protocol_spec::words::{MatchNo, PortId, Time, UserRefIdx, UserRefNum};

use super::prng::Prng;
use super::scene::{MIDNIGHT, PORTS, SECOND};
use crate::model::Model;
use crate::model::order::Order;
use crate::model::state::Hits;
use crate::venue::Venue;

/// A day: what happens in it, and which rules it meets.
#[derive(Debug)]
pub struct Made {
    /// The commands.
    pub commands: Vec<Sequenced<Command>>,
    /// How often each rule was met.
    pub hits: Hits,
}

/// An execution, to be broken.
#[derive(Clone, Copy, Debug)]
pub struct Trade {
    /// Its number.
    pub match_no: MatchNo,
    /// The security's place in the list.
    pub symbol: usize,
    /// The two sides.
    pub sides: [Owner; 2],
}

/// A day in the making.
#[derive(Debug)]
pub struct Maker {
    /// What is left to chance.
    pub prng: Prng,
    /// What the day has come to.
    pub model: Model,
    /// The latest executions.
    pub trades: Vec<Trade>,
    /// The last number that a connection got.
    pub last_conn: u64,
    sequencer: Sequencer,
    clock: Time,
    commands: Vec<Sequenced<Command>>,
}

/// The row of the rule book's table of events.
fn row(event: &Event) -> &'static str {
    match event {
        Event::Accepted { .. } => "W1 Accepted",
        Event::Rejected { .. } => "W2 Rejected",
        Event::Executed { tip, .. } if tip.get().is_some() => "W3 Executed displayed",
        Event::Executed { .. } => "W4 Executed hidden",
        Event::Prevented { taker_less, maker_less, .. } => match (taker_less.0, maker_less.0) {
            (0, _) => "W6 Prevented O",
            (_, 0) => "W7 Prevented W",
            _ => "W5 Prevented Y, D",
        },
        Event::Refreshed { .. } => "W8 Refreshed",
        Event::Rested { displayed, .. } if displayed.0 > 0 => "W9 Rested displayed",
        Event::Rested { .. } => "W10 Rested hidden",
        Event::Replaced { same_display: true, .. } => "W12 Replaced, same display",
        Event::Replaced { .. } => "W11 Replaced",
        Event::Canceled { .. } => "W13 Canceled",
        Event::Reduced { .. } => "W14 Reduced",
        Event::Modified { .. } => "W15 Modified",
        Event::Crossed { .. } => "W16 Crossed",
        Event::CrossPrint { .. } => "W17 CrossPrint",
        Event::MassAck { .. } => "W18 MassAck",
        Event::SwitchAck { .. } => "W19 SwitchAck",
        Event::QueryAck { .. } => "W20 QueryAck",
        Event::Broken { .. } => "W21 Broken",
        Event::System(_) => "W22 System",
        Event::PortSystem { .. } => "W22 PortSystem",
        Event::Directory { new: Some(_), .. } => "W23 Directory, new",
        Event::Directory { .. } => "W23 Directory, known",
        Event::StateChanged { .. } => "W24 StateChanged",
        Event::Refused(_) => "Refused",
    }
}

impl Maker {
    /// An empty day.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Maker {
            prng: Prng::new(seed),
            model: Model::new(),
            trades: Vec::new(),
            last_conn: 0,
            sequencer: Sequencer::new(MIDNIGHT),
            clock: MIDNIGHT,
            commands: Vec::new(),
        }
    }

    /// How many commands there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.commands.len()
    }

    /// Whether there is no command yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.commands.is_empty()
    }

    /// The day as it is.
    #[must_use]
    pub fn finish(self) -> Made {
        Made { commands: self.commands, hits: self.model.hits().clone() }
    }

    /// Adds a command at the time of the clock, and has the model execute it.
    ///
    /// # Panics
    /// If the model comes into a state that cannot be.
    pub fn push(&mut self, command: Command) {
        let stamped = match self.sequencer.stamp(self.clock, command.clone()) {
            Ok(stamped) => stamped,
            Err(_) => self.sequencer.stamp_last(self.clock, command),
        };
        for event in self.model.execute(&stamped) {
            self.model.hit(row(&event));
            self.remember(&event);
        }
        self.commands.push(stamped);
        if let Err(wrong) = self.model.check_soundness() {
            panic!("{wrong} after {:?}", self.commands.last());
        }
    }

    fn remember(&mut self, event: &Event) {
        let (match_no, locate, sides) = match *event {
            Event::Executed { match_no, locate, taker, maker, .. } => {
                (match_no, locate, [taker, maker])
            }
            Event::Crossed { match_no, locate, buyer, seller, .. } => {
                (match_no, locate, [buyer, seller])
            }
            _ => return,
        };
        self.trades.push(Trade { match_no, symbol: usize::from(locate.0) - 1, sides });
        if self.trades.len() > 8 {
            self.trades.remove(0);
        }
    }

    /// Time goes on: mostly little, now and then to about the next deadline.
    pub fn wait(&mut self) {
        let now = self.clock.0;
        let due = self.model.next_due().filter(|due| due.0 > now && due.0 < now + 40 * SECOND);
        let next = match due {
            Some(due) if self.prng.chance(8) => {
                self.prng.weighted(&[(3, due.0), (1, due.0 - 1), (1, due.0 + 1)])
            }
            _ => {
                let most =
                    [(60, 1), (20, 1_000), (12, SECOND / 100), (6, SECOND / 2), (1, 3 * SECOND)];
                let most = self.prng.weighted(&most);
                now + self.prng.below(most)
            }
        };
        self.clock = Time(next.max(now));
    }

    /// Sets the clock to the next deadline, if there is one.
    pub fn wait_until_due(&mut self) {
        if let Some(due) = self.model.next_due() {
            self.clock = due.max(self.clock);
        }
    }

    /// Sets the clock, if it is not later already.
    pub fn wait_until(&mut self, time: Time) {
        self.clock = time.max(self.clock);
    }

    /// A port: mostly one that there is.
    pub fn any_port(&mut self) -> PortId {
        let known: Vec<PortId> = self.model.ports.keys().copied().collect();
        if known.is_empty() || self.prng.once_in(200) {
            return PortId(self.prng.pick(&[0, PORTS + 1, 999]));
        }
        self.prng.pick(&known)
    }

    /// A channel: mostly 0.
    pub fn any_idx(&mut self) -> UserRefIdx {
        UserRefIdx(self.prng.weighted(&[(8, 0), (2, 1), (1, 255)]))
    }

    /// A number for a new request of the channel: mostly the next.
    pub fn next_number(&mut self, port: PortId, idx: UserRefIdx) -> Owner {
        let last = self.model.last_number(port, idx).0;
        let kind = self.prng.below(1_000);
        let number = match kind {
            0..20 => last.saturating_sub(self.prng.between(0, 5)),
            20..25 => 0,
            25..100 => last.saturating_add(self.prng.between(2, 50)),
            100..102 => last.max(4_000_000_000),
            102 if idx.0 > 0 => u32::MAX,
            _ => last.saturating_add(1),
        };
        Owner { port, idx, user_ref: UserRefNum(number) }
    }

    /// A live order, if there is one.
    pub fn live_order(&mut self) -> Option<Order> {
        if self.model.orders.is_empty() {
            return None;
        }
        let at = self.prng.place(self.model.orders.len());
        Some(self.model.orders[at])
    }

    /// The number of an order: mostly of a live one, else of one that is dead or never was.
    pub fn any_order(&mut self) -> Owner {
        if let Some(order) = self.live_order()
            && self.prng.chance(88)
        {
            return order.owner;
        }
        let (port, idx) = (self.any_port(), self.any_idx());
        let last = self.model.last_number(port, idx).0;
        let number = match self.prng.chance(70) {
            true => last.saturating_sub(self.prng.between(0, 30)),
            false => last.saturating_add(1),
        };
        Owner { port, idx, user_ref: UserRefNum(number) }
    }
}

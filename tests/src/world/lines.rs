//! Lines of the feed on which every packet is remembered.

use std::cell::{Ref, RefCell};
use std::io;
use std::panic::resume_unwind;
use std::rc::Rc;

use appliance::world::{Clock, Lines};
use protocol_spec::wire::mold::Packet;
use protocol_spec::words::Moment;

use super::clock::SimClock;
use super::crash::Dead;
use super::platter::Trouble;

/// Everything that ever went on the lines; its copies are the same.
#[derive(Clone, Debug, Default)]
pub struct Air {
    shared: Rc<RefCell<State>>,
}

#[derive(Debug, Default)]
struct State {
    sent: Vec<Sent>,
    /// Processes so far.
    lives: u32,
    /// For each line, how many of the next packets it does not take.
    refusals: Vec<u32>,
    /// How many packets go before the one at which the process dies, and of what.
    planned: Option<(u64, Trouble)>,
}

/// A packet that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// When.
    pub at: Moment,
    /// By the how manieth process.
    pub life: u32,
    /// On which line.
    pub line: usize,
    /// Its bytes.
    pub packet: Vec<u8>,
}

/// A process's end of the lines.
#[derive(Debug)]
pub struct SimLines {
    air: Air,
    clock: SimClock,
    life: u32,
    count: usize,
}

impl Sent {
    /// The packet, read.
    ///
    /// # Panics
    /// If it is none.
    #[must_use]
    pub fn read(&self) -> Packet<'_> {
        let read = Packet::decode(&self.packet);
        read.unwrap_or_else(|error| panic!("{error}: {:02x?}", self.packet))
    }
}

impl Air {
    /// So many lines for a process that starts.
    #[must_use]
    pub fn lines(&self, clock: &SimClock, count: usize) -> SimLines {
        let mut state = self.shared.borrow_mut();
        state.lives += 1;
        state.refusals.resize(count, 0);
        SimLines { air: self.clone(), clock: clock.clone(), life: state.lives, count }
    }

    /// Everything that was sent so far.
    #[must_use]
    pub fn sent(&self) -> Ref<'_, [Sent]> {
        Ref::map(self.shared.borrow(), |state| state.sent.as_slice())
    }

    /// A line does not take the next `count` packets.
    pub fn refuse(&self, line: usize, count: u32) {
        self.shared.borrow_mut().refusals[line] = count;
    }

    /// After so many packets the process dies before it sends the next one.
    pub fn plan(&self, packets: u64, trouble: Trouble) {
        self.shared.borrow_mut().planned = Some((packets, trouble));
    }

    /// Nothing is planned any more.
    pub fn heal(&self) {
        self.shared.borrow_mut().planned = None;
    }
}

impl Lines for SimLines {
    fn count(&self) -> usize {
        self.count
    }

    fn send(&mut self, line: usize, packet: &[u8]) -> io::Result<()> {
        let mut state = self.air.shared.borrow_mut();
        match state.planned.take() {
            Some((0, trouble)) => {
                drop(state);
                resume_unwind(Box::new(Dead(trouble)))
            }
            planned => state.planned = planned.map(|(left, trouble)| (left - 1, trouble)),
        }
        let refusals = &mut state.refusals[line];
        if *refusals > 0 {
            *refusals -= 1;
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let (at, life) = (self.clock.now(), self.life);
        state.sent.push(Sent { at, life, line, packet: packet.to_vec() });
        Ok(())
    }
}

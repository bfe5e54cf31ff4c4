//! Requests in, and one after the other out.

use core::net::SocketAddr;

use alloc::vec::Vec;

use ipnet::IpNet;
use protocol_spec::wire::mold::{END_OF_SESSION, Request, SessionId};
use protocol_spec::words::{FeedNo, Moment};

use super::budget::Budget;
use super::counts::{Counts, Dropped};
use super::turns::{Asked, Pushed, Turns};

/// Who may ask, and how much.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Networks that may ask; nobody else may.
    pub allow: Vec<IpNet>,
    /// Most requests of one address that wait.
    pub per_source: usize,
    /// Most addresses that wait.
    pub sources: usize,
    /// Most answers a second.
    pub packets_per_second: u32,
}

/// Nobody may ask until somebody is allowed to.
impl Default for Rules {
    fn default() -> Self {
        Rules { allow: Vec::new(), per_source: 32, sources: 1024, packets_per_second: 20_000 }
    }
}

/// Requests that wait for their answer.
///
/// Memory is taken as addresses come, up to what the rules allow, and used again: nothing is taken
/// for a single request.
#[derive(Debug)]
pub struct Requests {
    allow: Vec<IpNet>,
    turns: Turns,
    budget: Budget,
    counts: Counts,
}

impl Requests {
    /// A server that nobody has asked yet.
    ///
    /// # Panics
    /// If the rules leave nobody room, or no answer in a second.
    #[must_use]
    pub fn new(now: Moment, rules: Rules) -> Self {
        let Rules { allow, per_source, sources, packets_per_second } = rules;
        Requests {
            allow,
            turns: Turns::new(sources, per_source),
            budget: Budget::new(now, packets_per_second),
            counts: Counts::default(),
        }
    }

    /// A datagram came, while this is the session and `next` the number of its next message.
    pub fn on_datagram(
        &mut self,
        from: SocketAddr,
        bytes: &[u8],
        session: SessionId,
        next: FeedNo,
    ) {
        self.counts.came += 1;
        match self.check(from, bytes, session, next) {
            Ok(Request { number, count, .. }) => {
                // The same address in both families is one.
                let address = from.ip().to_canonical();
                let asked = Asked { from, number, count };
                match self.turns.push(address, asked) {
                    Pushed::Free => {}
                    Pushed::Overtook => self.counts.drop(Dropped::Overtaken, 1),
                    Pushed::Crowded(count) => self.counts.drop(Dropped::Crowded, count),
                }
            }
            Err(why) => self.counts.drop(why, 1),
        }
    }

    /// Whether a datagram is a request that can be answered.
    fn check(
        &self,
        from: SocketAddr,
        bytes: &[u8],
        session: SessionId,
        next: FeedNo,
    ) -> Result<Request, Dropped> {
        let address = from.ip().to_canonical();
        if !self.allow.iter().any(|network| network.contains(&address)) {
            return Err(Dropped::NotAllowed);
        }
        let request = Request::from_datagram(bytes).map_err(|_| Dropped::Malformed)?;
        match request {
            _ if request.session != session => Err(Dropped::WrongSession),
            Request { number: FeedNo(0), .. } => Err(Dropped::BadNumber),
            Request { count: 0 | END_OF_SESSION, .. } => Err(Dropped::BadCount),
            Request { number, .. } if number >= next => Err(Dropped::Beyond),
            _ => Ok(request),
        }
    }

    /// The request whose turn it is, if there is budget for its answer. It is answered with one
    /// packet, and what became of that is said with [`Requests::on_answered`] or
    /// [`Requests::on_dropped`].
    pub fn poll(&mut self, now: Moment) -> Option<Asked> {
        if self.turns.is_empty() || !self.budget.take(now) {
            return None;
        }
        let asked = self.turns.pop()?;
        self.counts.asked += 1;
        Some(asked)
    }

    /// When to poll next: `None` if nothing waits, and past if something can be had at once.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Moment> {
        (!self.turns.is_empty()).then(|| self.budget.ready())
    }

    /// A request that was handed out was answered with so many messages.
    pub const fn on_answered(&mut self, messages: u16) {
        self.counts.answered += 1;
        self.counts.messages += messages as u64;
    }

    /// A request that was handed out was not answered.
    pub const fn on_dropped(&mut self, why: Dropped) {
        self.counts.drop(why, 1);
    }

    /// Another session begins: what waits asks for messages of the last one.
    pub fn on_session(&mut self) {
        let count = self.turns.clear();
        self.counts.drop(Dropped::WrongSession, count);
    }

    /// What became of all requests so far.
    #[must_use]
    pub const fn counts(&self) -> &Counts {
        &self.counts
    }
}

//! Requests that wait for an answer.

use alloc::vec::Vec;
use core::time::Duration;

use protocol_spec::session::mold::Gap;
use protocol_spec::words::{FeedNo, Moment};

use super::config::Config;
use super::held::Held;

/// The requests in flight, each with its own patience.
///
/// ```text
///          room in flight              not answered in time: twice the wait
///   hole ─────────────────▶ asked ◀──────────────────────────────────────┐
///                             ├──────────────────────────────────────────┘
///                             └─ all of it came, or an answer brought its first messages ─▶ gone
/// ```
///
/// An answer is one packet, so the rest of what was asked is asked for anew, at once.
#[derive(Debug)]
pub(super) struct Asks {
    asks: Vec<Ask>,
    config: Config,
    chance: u64,
}

#[derive(Clone, Copy, Debug)]
struct Ask {
    wanted: Gap,
    deadline: Moment,
    /// How often it was repeated.
    repeated: u32,
}

impl Asks {
    pub(super) fn new(config: &Config) -> Self {
        let asks = Vec::with_capacity(config.in_flight);
        Asks { asks, config: *config, chance: config.seed }
    }

    pub(super) fn clear(&mut self) {
        self.asks.clear();
    }

    /// An answer brought messages from `number` to before `after`.
    pub(super) fn on_answer(&mut self, number: FeedNo, after: FeedNo) {
        self.asks.retain(|ask| ask.wanted.first < number || ask.wanted.first >= after);
    }

    /// Forgets requests of which nothing is missing any more.
    pub(super) fn on_progress(&mut self, next: FeedNo, held: &Held) {
        self.asks.retain(|ask| still_missing(ask.wanted, next, held).is_some());
    }

    /// A request that was not answered in time, to be sent again.
    pub(super) fn repeat(&mut self, now: Moment, next: FeedNo, held: &Held) -> Option<Gap> {
        let late = self.asks.iter_mut().find(|ask| ask.deadline <= now)?;
        late.repeated = late.repeated.saturating_add(1);
        late.wanted =
            still_missing(late.wanted, next, held).expect("what has come is forgotten at once");
        let (wanted, repeated) = (late.wanted, late.repeated);
        late.deadline = now + wait(&self.config, &mut self.chance, repeated);
        Some(wanted)
    }

    /// The next request: the first messages before `until` that are missing and not asked for.
    pub(super) fn begin(
        &mut self,
        now: Moment,
        next: FeedNo,
        until: FeedNo,
        held: &Held,
    ) -> Option<Gap> {
        if self.asks.len() >= self.config.in_flight {
            return None;
        }
        let mut from = next;
        let hole = loop {
            let hole = held.hole(from, until)?;
            let covers = |ask: &&Ask| ask.wanted.first <= hole.first && hole.first < ask.wanted.end;
            match self.asks.iter().find(covers) {
                Some(ask) => from = ask.wanted.end,
                None => break hole,
            }
        };
        let behind = self.asks.iter().map(|ask| ask.wanted.first).filter(|at| *at > hole.first);
        let end = behind.min().map_or(hole.end, |at| at.min(hole.end));
        let count = (end.0 - hole.first.0).min(u64::from(self.config.chunk));
        let wanted = Gap { first: hole.first, end: hole.first.plus(count) };
        let deadline = now + wait(&self.config, &mut self.chance, 0);
        self.asks.push(Ask { wanted, deadline, repeated: 0 });
        Some(wanted)
    }

    /// When the next request is to be repeated.
    pub(super) fn poll_timeout(&self) -> Option<Moment> {
        self.asks.iter().map(|ask| ask.deadline).min()
    }
}

/// From the first message of a request that is still missing to its end.
fn still_missing(wanted: Gap, next: FeedNo, held: &Held) -> Option<Gap> {
    let first = held.first_missing(wanted.first.max(next));
    (first < wanted.end).then_some(Gap { first, end: wanted.end })
}

/// How long an answer is waited for: half of the time by its count for sure, the rest by chance.
fn wait(config: &Config, chance: &mut u64, repeated: u32) -> Duration {
    let doubled = config.first_wait.saturating_mul(1u32.checked_shl(repeated).unwrap_or(u32::MAX));
    let half = doubled.min(config.longest_wait) / 2;
    let nanos = u64::try_from(half.as_nanos()).unwrap_or(u64::MAX);
    half + Duration::from_nanos(draw(chance) % nanos.max(1))
}

/// The next number by chance: a counter of odd steps, stirred.
fn draw(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let stirred = (*state ^ *state >> 32).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    let stirred = (stirred ^ stirred >> 32).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    stirred ^ stirred >> 32
}

//! A cross of the books of a security, as far as it is.
//!
//! ```text
//! Supply ─> Search ─> Pairs ─> Print ─> Refresh
//! ```
//!
//! `Supply` adds up what is for sale up to the best buy. `Search` goes down from there through all
//! candidate prices and keeps the best; what is bought grows on the way and what is sold shrinks.

use protocol_spec::wire::itch::CrossType;
use protocol_spec::wire::ouch::LiquidityFlag;
use protocol_spec::words::{Locate, Price};

use crate::book::{EntryId, Key, LadderId};

/// An uncross, as far as it is.
#[derive(Clone, Copy, Debug)]
pub(in crate::engine) struct Uncross {
    pub(in crate::engine) locate: Locate,
    pub(in crate::engine) kind: CrossType,
    pub(in crate::engine) stage: CrossStage,
}

/// What comes next.
#[derive(Clone, Copy, Debug)]
pub(in crate::engine) enum CrossStage {
    /// Adding up the sells.
    Supply {
        /// The last level counted, as a key of the sells.
        at: Key,
        /// The sells up to there.
        sells: u64,
    },
    /// Going through the candidates.
    Search {
        /// The price of the last candidate; above all of them at first.
        at: u32,
        /// Buys at this price or higher.
        buys: u64,
        /// Sells at this price or lower, those at the price itself taken off.
        sells: u64,
        /// The best candidate so far.
        best: Option<Candidate>,
    },
    /// Trading at the price.
    Pairs {
        price: Price,
        /// What is to trade in all, and what is left of it.
        volume: u64,
        left: u64,
        /// The last hidden entries with a minimum quantity that were passed: buys, sells.
        passed: [EntryId; 2],
    },
    /// Telling price and volume.
    Print { price: Price, volume: u64 },
    /// New tips for reserve orders.
    Refresh,
}

/// A price at which the books could be crossed.
#[derive(Clone, Copy, Debug)]
pub(in crate::engine) struct Candidate {
    pub(in crate::engine) price: u32,
    pub(in crate::engine) buys: u64,
    pub(in crate::engine) sells: u64,
}

impl Candidate {
    pub(in crate::engine) fn volume(&self) -> u64 {
        self.buys.min(self.sells)
    }

    /// Whether this one is to be taken, and not `higher`, which has a higher price.
    pub(in crate::engine) fn beats(&self, higher: &Candidate, reference: Price) -> bool {
        let rank = |candidate: &Candidate| {
            let distance = candidate.price.abs_diff(reference.0);
            (candidate.volume(), candidate.buys.abs_diff(candidate.sells), distance)
        };
        let ((volume, imbalance, distance), other) = (rank(self), rank(higher));
        if volume != other.0 {
            return volume > other.0;
        }
        if (imbalance, distance) != (other.1, other.2) {
            return (imbalance, distance) < (other.1, other.2);
        }
        !(self.buys > self.sells && higher.buys > higher.sells)
    }
}

impl Uncross {
    pub(in crate::engine) fn new(locate: Locate, kind: CrossType) -> Self {
        Uncross { locate, kind, stage: CrossStage::Supply { at: Key::BEST, sells: 0 } }
    }

    /// The flag of both sides of an execution (R56).
    pub(in crate::engine) fn flag(self) -> LiquidityFlag {
        if self.kind == CrossType::OPENING {
            LiquidityFlag::OPENING_CROSS
        } else {
            LiquidityFlag::HALT_OR_IPO_CROSS
        }
    }

    pub(in crate::engine) fn ladder(self, buys: bool, hidden: bool) -> LadderId {
        LadderId::new(self.locate, buys, hidden)
    }
}

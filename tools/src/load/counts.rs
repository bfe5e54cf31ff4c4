//! What was asked, and what came of it.

use std::collections::BTreeMap;

use protocol_spec::wire::ouch::RejectReason;

use crate::count::{grouped, plural};

/// Requests sent and answers got, over all connections.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Orders sent.
    pub enters: u64,
    /// Cancels sent, each of an order known to be live.
    pub cancels: u64,
    /// Replaces sent, each of an order known to be live.
    pub replaces: u64,
    /// Orders accepted.
    pub accepted: u64,
    /// Orders rejected.
    pub rejected: u64,
    /// Cancels that were answered by the end of their order.
    pub canceled: u64,
    /// Replaces that were answered by the new order.
    pub replaced: u64,
    /// Replaces that were rejected.
    pub refused: u64,
    /// Cancels and replaces whose order was executed before they came.
    pub overtaken: u64,
    /// Replaces that killed their order.
    pub killed: u64,
    /// Orders at rest that the venue canceled on its own.
    pub dropped: u64,
    /// Crossing orders accepted whose end is not yet told.
    pub unfinished: u64,
    /// Executions of incoming orders.
    pub trades: u64,
    /// Shares executed of incoming orders.
    pub removed: u64,
    /// Shares executed of orders at rest.
    pub added: u64,
    /// Messages about orders of earlier runs.
    pub earlier: u64,
    /// Messages that have no place: answers given twice, to nothing, or of wrong quantity.
    pub unexpected: u64,
    /// The first of those.
    pub first_unexpected: Option<String>,
    /// Rejects by reason.
    pub reasons: BTreeMap<[u8; 2], u64>,
}

impl Counts {
    /// Requests sent.
    #[must_use]
    pub const fn sent(&self) -> u64 {
        self.enters + self.cancels + self.replaces
    }

    /// Requests answered, or known to need no answer any more.
    #[must_use]
    pub const fn answered(&self) -> u64 {
        let orders = self.accepted + self.rejected;
        orders + self.canceled + self.replaced + self.refused + self.overtaken + self.killed
    }

    /// Adds those of another connection.
    pub fn add(&mut self, other: &Counts) {
        let pairs = [
            (&mut self.enters, other.enters),
            (&mut self.cancels, other.cancels),
            (&mut self.replaces, other.replaces),
            (&mut self.accepted, other.accepted),
            (&mut self.rejected, other.rejected),
            (&mut self.canceled, other.canceled),
            (&mut self.replaced, other.replaced),
            (&mut self.refused, other.refused),
            (&mut self.overtaken, other.overtaken),
            (&mut self.killed, other.killed),
            (&mut self.dropped, other.dropped),
            (&mut self.unfinished, other.unfinished),
            (&mut self.trades, other.trades),
            (&mut self.removed, other.removed),
            (&mut self.added, other.added),
            (&mut self.earlier, other.earlier),
            (&mut self.unexpected, other.unexpected),
        ];
        for (sum, value) in pairs {
            *sum += value;
        }
        for (reason, count) in &other.reasons {
            *self.reasons.entry(*reason).or_default() += count;
        }
        if self.first_unexpected.is_none() {
            self.first_unexpected.clone_from(&other.first_unexpected);
        }
    }

    /// In what sent and answered do not agree, a sentence each. `alone` if nobody else trades at
    /// the venue: then both sides of every execution are known.
    #[must_use]
    pub fn differences(&self, alone: bool) -> Vec<String> {
        let mut all = Vec::new();
        let orders = self.accepted + self.rejected;
        if orders != self.enters {
            let (sent, answered) = (plural(self.enters, "order"), grouped(orders));
            all.push(format!("{sent} sent, {answered} accepted or rejected"));
        }
        let changes = self.cancels + self.replaces;
        let changed = self.answered() - orders;
        if changed != changes {
            let (sent, answered) = (grouped(changes), grouped(changed));
            all.push(format!("{sent} cancels and replaces sent, {answered} came to an end"));
        }
        if self.unfinished > 0 {
            let orders = plural(self.unfinished, "crossing order");
            all.push(format!("{orders} neither executed nor canceled to the end"));
        }
        if alone && self.removed != self.added {
            let (removed, added) = (grouped(self.removed), grouped(self.added));
            all.push(format!("{removed} shares executed incoming, {added} at rest"));
        }
        if let Some(first) = &self.first_unexpected {
            all.push(format!(
                "{} without a place, the first: {first}",
                plural(self.unexpected, "message")
            ));
        }
        all
    }

    /// Counts a reject.
    pub(super) fn reject(&mut self, reason: RejectReason) {
        *self.reasons.entry(reason.0).or_default() += 1;
    }

    /// Counts a message that has no place.
    pub(super) fn misplace(&mut self, what: impl FnOnce() -> String) {
        self.unexpected += 1;
        if self.first_unexpected.is_none() {
            self.first_unexpected = Some(what());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_agrees_has_no_differences() {
        let counts = Counts {
            enters: 10,
            accepted: 9,
            rejected: 1,
            cancels: 4,
            canceled: 3,
            replaces: 3,
            replaced: 1,
            killed: 1,
            overtaken: 2,
            removed: 5,
            added: 7,
            ..Counts::default()
        };
        assert_eq!((counts.sent(), counts.answered()), (17, 17));
        assert_eq!(counts.differences(false), [""; 0]);
        assert_eq!(counts.differences(true), ["5 shares executed incoming, 7 at rest"]);
    }

    #[test]
    fn every_difference_is_told_and_sums_keep_them() {
        let mut counts = Counts { enters: 1_000, accepted: 999, cancels: 2, ..Counts::default() };
        counts.unfinished = 1;
        counts.misplace(|| "one".to_owned());
        counts.misplace(|| "two".to_owned());
        let mut sum = Counts::default();
        sum.add(&counts);
        assert_eq!(sum, counts);
        let expected = [
            "1,000 orders sent, 999 accepted or rejected",
            "2 cancels and replaces sent, 0 came to an end",
            "1 crossing order neither executed nor canceled to the end",
            "2 messages without a place, the first: one",
        ];
        assert_eq!(sum.differences(true), expected);
    }
}

//! Packets a second.

use core::time::Duration;

use protocol_spec::words::Moment;

/// What a packet costs. So many nanoseconds are a second: a rate is what a nanosecond brings.
const COST: u64 = 1_000_000_000;

/// A bucket of packets that fills with time, to a hundredth of what a second brings.
#[derive(Clone, Copy, Debug)]
pub(super) struct Budget {
    /// Packets a second, which is what each nanosecond brings in parts of a packet.
    rate: u64,
    /// Most that the bucket holds.
    most: u64,
    /// What it holds, in parts of a packet.
    has: u64,
    /// Since when.
    at: Moment,
}

impl Budget {
    /// A full bucket.
    pub(super) fn new(now: Moment, packets_per_second: u32) -> Self {
        assert!(packets_per_second > 0, "a budget of nothing");
        let rate = u64::from(packets_per_second);
        let most = (rate / 100).max(1) * COST;
        Budget { rate, most, has: most, at: now }
    }

    /// Takes a packet out, if there is one.
    pub(super) fn take(&mut self, now: Moment) -> bool {
        let brings = (now - self.at).as_nanos().saturating_mul(self.rate.into());
        self.has = u64::try_from(brings)
            .map_or(self.most, |brings| self.has.saturating_add(brings).min(self.most));
        self.at = self.at.max(now);
        let left = self.has.checked_sub(COST);
        self.has = left.unwrap_or(self.has);
        left.is_some()
    }

    /// When the next packet can be taken out: it may be past.
    pub(super) fn ready(&self) -> Moment {
        let lacks = COST.saturating_sub(self.has);
        self.at + Duration::from_nanos(lacks.div_ceil(self.rate))
    }
}

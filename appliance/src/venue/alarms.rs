//! Which connections are to be looked at when time has passed.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use protocol_spec::words::Moment;

use crate::service::Asker;

/// Alarms of connections. One that was put off stays where it is and is found out when it rings.
#[derive(Debug, Default)]
pub(super) struct Alarms {
    heap: BinaryHeap<Reverse<(Moment, Asker)>>,
}

impl Alarms {
    /// A connection is to be looked at then.
    pub(super) fn set(&mut self, at: Moment, who: Asker) {
        self.heap.push(Reverse((at, who)));
    }

    /// When the next one rings.
    pub(super) fn next(&self) -> Option<Moment> {
        self.heap.peek().map(|Reverse((at, _))| *at)
    }

    /// One that rings now.
    pub(super) fn poll(&mut self, now: Moment) -> Option<(Moment, Asker)> {
        if self.next()? > now {
            return None;
        }
        self.heap.pop().map(|Reverse(alarm)| alarm)
    }
}

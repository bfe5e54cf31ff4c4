//! All TCP connections of a capture.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;

use super::assembly::{Half, Output, Reset, Sink};
use super::item::{EndReason, Flow, SkipReason};
use super::packet::Segment;
use super::sequence::Sequence;

/// How much reassembly may hold. What goes beyond gives up the oldest hole of its flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes held behind the holes of one flow.
    pub flow_bytes: usize,
    /// Pieces held behind the holes of one flow.
    pub flow_segments: usize,
    /// Bytes held for all flows together.
    pub all_bytes: usize,
    /// Connections followed at once; the one idle for longest is dropped for another. At least 1.
    pub connections: usize,
}

impl Default for Limits {
    /// Room for a window of a fast link per flow, and for every session of an exchange at once.
    fn default() -> Self {
        Self {
            flow_bytes: 4 * 1024 * 1024,
            flow_segments: 4_096,
            all_bytes: 64 * 1024 * 1024,
            connections: 4_096,
        }
    }
}

/// Follows every connection, within its limits.
///
/// Input: [`on_segment`](Self::on_segment), [`on_end`](Self::on_end); output:
/// [`poll_output`](Self::poll_output), to be drained before the next input.
#[derive(Debug)]
pub(super) struct Connections {
    limits: Limits,
    slots: HashMap<Ends, usize>,
    table: Vec<Connection>,
    /// When each connection of the table last had a segment; apart, for the search of the oldest.
    last_seen: Vec<u64>,
    segments: u64,
    held_bytes: usize,
    outputs: VecDeque<Output>,
    /// How many connections of the table the end of the capture has flushed.
    flushed: usize,
}

/// The two ends of a connection, whoever speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Ends {
    low: SocketAddr,
    high: SocketAddr,
}

#[derive(Debug)]
struct Connection {
    ends: Ends,
    /// The bytes from `low`, the bytes from `high`.
    halves: [Half; 2],
}

impl Connections {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            limits,
            slots: HashMap::new(),
            table: Vec::new(),
            last_seen: Vec::new(),
            segments: 0,
            held_bytes: 0,
            outputs: VecDeque::new(),
            flushed: 0,
        }
    }

    /// Takes in a segment.
    pub(super) fn on_segment(&mut self, segment: &Segment<'_>) {
        assert!(self.outputs.is_empty(), "outputs point into the segment before");
        let Some(slot) = self.slot(segment) else {
            return;
        };
        self.segments += 1;
        self.last_seen[slot] = self.segments;
        let connection = &mut self.table[slot];
        let held_before = connection.held_bytes();
        connection.on_segment(segment, &mut self.outputs);
        self.held_bytes = self.held_bytes - held_before + connection.held_bytes();
        self.keep_limits(slot, segment.flow);
    }

    /// The capture is over: flushes one more connection; whether there was one.
    pub(super) fn on_end(&mut self) -> bool {
        let Some(connection) = self.table.get_mut(self.flushed) else {
            return false;
        };
        self.flushed += 1;
        connection.for_each_half(&mut self.outputs, Half::flush);
        true
    }

    pub(super) fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// The place of a segment's connection; `None` for one that is not worth a place.
    fn slot(&mut self, segment: &Segment<'_>) -> Option<usize> {
        let ends = Ends::of(segment.flow);
        if let Some(slot) = self.slots.get(&ends) {
            return Some(*slot);
        }
        let opens = segment.syn || segment.fin || segment.cut > 0 || !segment.payload.is_empty();
        if !opens || segment.rst {
            return None;
        }
        let connection = Connection { ends, halves: [Half::Unseen, Half::Unseen] };
        let slot = if self.table.len() < self.limits.connections.max(1) {
            self.table.push(connection);
            self.last_seen.push(0);
            self.table.len() - 1
        } else {
            self.drop_oldest(connection)
        };
        self.slots.insert(ends, slot);
        Some(slot)
    }

    /// Puts a connection in the place of the one that was idle for longest.
    fn drop_oldest(&mut self, connection: Connection) -> usize {
        let (slot, _) = self
            .last_seen
            .iter()
            .enumerate()
            .min_by_key(|(_, seen)| **seen)
            .expect("the table is full, so it is not empty");
        let mut oldest = std::mem::replace(&mut self.table[slot], connection);
        self.held_bytes -= oldest.held_bytes();
        let forget = |half: &mut Half, sink: &mut Sink<'_>| half.close(EndReason::Forgotten, sink);
        oldest.for_each_half(&mut self.outputs, forget);
        self.slots.remove(&oldest.ends);
        slot
    }

    /// Gives up holes of the flow that has just grown, until it is within the limits.
    fn keep_limits(&mut self, slot: usize, flow: Flow) {
        let half = &mut self.table[slot].halves[Ends::side(flow)];
        let mut sink = Sink { flow, outputs: &mut self.outputs };
        loop {
            let (bytes, segments) = half.held();
            let within = bytes <= self.limits.flow_bytes
                && segments <= self.limits.flow_segments
                && self.held_bytes <= self.limits.all_bytes;
            if within || !half.give_up_hole(&mut sink) {
                return;
            }
            let (bytes_left, _) = half.held();
            self.held_bytes = self.held_bytes - bytes + bytes_left;
        }
    }
}

impl Connection {
    fn on_segment(&mut self, segment: &Segment<'_>, outputs: &mut VecDeque<Output>) {
        let was_reset = self.halves.iter().any(Half::is_reset);
        if segment.rst {
            self.on_reset(segment, outputs);
        } else {
            self.on_bytes(segment, outputs);
        }
        if !was_reset && self.halves.iter().any(Half::is_reset) {
            self.reset(outputs);
        }
    }

    fn on_reset(&mut self, segment: &Segment<'_>, outputs: &mut VecDeque<Output>) {
        if !self.halves.iter().any(Half::is_open) {
            return;
        }
        let side = Ends::side(segment.flow);
        // Nothing is known of the numbers of a side that has not spoken.
        let is_ours = !matches!(self.halves[side], Half::Unseen)
            || segment.acknowledgment.is_none_or(|n| self.halves[1 - side].may_be_acknowledged(n));
        match self.halves[side].on_reset(segment.sequence) {
            Reset::Now if is_ours => self.reset(outputs),
            Reset::Later => {
                let mut sink = Sink { flow: segment.flow, outputs };
                self.halves[side].settle(&mut sink);
            }
            Reset::Now | Reset::Stray => {
                outputs.push_back(Output::Skipped(SkipReason::StrayReset));
            }
        }
    }

    fn reset(&mut self, outputs: &mut VecDeque<Output>) {
        self.for_each_half(outputs, |half, sink| half.close(EndReason::Reset, sink));
    }

    fn on_bytes(&mut self, segment: &Segment<'_>, outputs: &mut VecDeque<Output>) {
        let side = Ends::side(segment.flow);
        if segment.syn && segment.acknowledgment.is_none() {
            self.on_opening(side, segment.sequence.plus(1), outputs);
        }
        let mut sink = Sink { flow: segment.flow, outputs };
        self.halves[side].on_segment(segment, &mut sink);
        if let Some(number) = segment.acknowledgment {
            let flow = Flow { from: segment.flow.to, to: segment.flow.from };
            let mut sink = Sink { flow, outputs: sink.outputs };
            self.halves[1 - side].on_acknowledgment(number, &mut sink);
        }
    }

    /// A SYN that asks for another connection ends both directions of the one before.
    fn on_opening(&mut self, side: usize, first: Sequence, outputs: &mut VecDeque<Output>) {
        if self.halves[side].is_other_stream(first) {
            self.for_each_half(outputs, |half, sink| {
                half.close(EndReason::Reused, sink);
                *half = Half::Unseen;
            });
        }
    }

    fn for_each_half(
        &mut self,
        outputs: &mut VecDeque<Output>,
        mut each: impl FnMut(&mut Half, &mut Sink<'_>),
    ) {
        let Ends { low, high } = self.ends;
        let flows = [Flow { from: low, to: high }, Flow { from: high, to: low }];
        for (half, flow) in self.halves.iter_mut().zip(flows) {
            each(half, &mut Sink { flow, outputs });
        }
    }

    fn held_bytes(&self) -> usize {
        self.halves.iter().map(|half| half.held().0).sum()
    }
}

impl Ends {
    fn of(flow: Flow) -> Self {
        Self { low: flow.from.min(flow.to), high: flow.from.max(flow.to) }
    }

    /// The half of a connection that a flow is.
    fn side(flow: Flow) -> usize {
        usize::from(flow.from > flow.to)
    }
}

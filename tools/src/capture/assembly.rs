//! One direction of a TCP connection, put back in order.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;

use super::item::{EndReason, Flow, SkipReason};
use super::packet::Segment;
use super::sequence::{Position, Sequence};

/// How near the end of a closed stream a segment is a straggler of it, not another connection
/// whose SYN was not captured.
const STRAGGLER: u32 = 16 * 1024 * 1024;

/// One direction of a TCP connection.
///
/// ```text
///            SYN, bytes or FIN            FIN reached, RST, another SYN
///   Unseen ---------------------> Open ----------------------------------> Closed
///                                  ^                                          |
///                                  +------------------------------------------+
///                                     another SYN, or bytes from far away
/// ```
#[derive(Debug)]
pub(super) enum Half {
    /// Nothing captured yet that tells where the stream begins.
    Unseen,
    /// The stream runs.
    Open(Assembly),
    /// The stream is over; what still arrives of it is a retransmission.
    Closed {
        /// Where it began, to know its SYN again.
        start: Sequence,
        /// Where it ended.
        end: Sequence,
        /// How it ended.
        why: EndReason,
    },
}

/// What a RST does to the direction that it came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reset {
    /// It is over.
    Now,
    /// It is over once the bytes before the RST are delivered or given up.
    Later,
    /// Nothing: the number is not one that the sender can have reached.
    Stray,
}

/// A running stream: all bytes before `next` have been delivered or given up.
#[derive(Debug)]
pub(super) struct Assembly {
    start: Sequence,
    /// Whether the stream began before its first bytes here.
    joined: bool,
    next: Position,
    /// The other side has received all bytes before this one.
    acknowledged: Position,
    /// Where the FIN stands, once captured.
    fin: Option<Position>,
    /// Where a RST stands, once captured, that bytes before it may still follow.
    reset: Option<Position>,
    /// Bytes behind a hole: no piece is empty, begins at or before `next`, or overlaps another.
    held: BTreeMap<Position, Vec<u8>>,
    held_bytes: usize,
}

/// What reassembly has to say about a flow.
#[derive(Debug)]
pub(super) enum Output {
    Bytes { flow: Flow, bytes: Bytes, joined: bool },
    Lost { flow: Flow, missing: u64 },
    End { flow: Flow, why: EndReason },
    Skipped(SkipReason),
}

/// Where delivered bytes lie.
#[derive(Debug)]
pub(super) enum Bytes {
    /// In the payload of the segment that was put in last.
    Current(Range<usize>),
    /// They had been held.
    Held(Vec<u8>),
}

/// Where the outputs of one flow go.
#[derive(Debug)]
pub(super) struct Sink<'a> {
    pub(super) flow: Flow,
    pub(super) outputs: &'a mut VecDeque<Output>,
}

impl Half {
    /// Takes in a segment of this direction that is no RST.
    pub(super) fn on_segment(&mut self, segment: &Segment<'_>, sink: &mut Sink<'_>) {
        // A SYN takes a number of its own, before those of the bytes.
        let first = segment.sequence.plus(u32::from(segment.syn));
        if segment.syn {
            self.on_syn(first, sink);
        } else if self.begins_at(first, segment) {
            *self = Half::Open(Assembly { joined: true, ..Assembly::new(first) });
        }
        match self {
            Half::Unseen => {}
            Half::Open(assembly) => {
                assembly.on_bytes(first, segment, sink);
                self.settle(sink);
            }
            Half::Closed { end, .. } => {
                let length = u32::try_from(segment.payload.len()).expect("an IP packet is short");
                if length > 0 && first.plus(length).is_after(*end) {
                    sink.skip(SkipReason::BehindEnd);
                }
            }
        }
    }

    /// Takes in the number of a RST of this direction.
    ///
    /// It is believed where the receiver expects it, or where this capture does, or where bytes
    /// of the sender are known to be. Anything else is a forgery or a straggler.
    pub(super) fn on_reset(&mut self, number: Sequence) -> Reset {
        match self {
            Half::Unseen => Reset::Now,
            Half::Open(assembly) => assembly.on_reset(number),
            Half::Closed { end, .. } if [*end, end.plus(1)].contains(&number) => Reset::Now,
            Half::Closed { .. } => Reset::Stray,
        }
    }

    /// Whether the other side can have received all bytes before this one, and none behind.
    pub(super) fn may_be_acknowledged(&self, number: Sequence) -> bool {
        match self {
            Half::Unseen => true,
            Half::Open(assembly) => {
                let position = assembly.next.near(number);
                let first = assembly.next.near(assembly.start);
                (first..=assembly.farthest()).contains(&position)
            }
            Half::Closed { end, .. } => [*end, end.plus(1)].contains(&number),
        }
    }

    /// Whether the stream runs.
    pub(super) fn is_open(&self) -> bool {
        matches!(self, Half::Open(_))
    }

    /// Whether a RST ended the stream.
    pub(super) fn is_reset(&self) -> bool {
        matches!(self, Half::Closed { why: EndReason::Reset, .. })
    }

    /// The other side has received all bytes before this one.
    pub(super) fn on_acknowledgment(&mut self, number: Sequence, sink: &mut Sink<'_>) {
        if let Half::Open(assembly) = self {
            assembly.on_acknowledgment(number);
            self.settle(sink);
        }
    }

    /// Whether a SYN in front of this byte is not the one that opened this stream.
    pub(super) fn is_other_stream(&self, first: Sequence) -> bool {
        match self {
            Half::Unseen => false,
            Half::Open(Assembly { start, .. }) | Half::Closed { start, .. } => *start != first,
        }
    }

    /// Ends the stream, delivering all that is held.
    pub(super) fn close(&mut self, why: EndReason, sink: &mut Sink<'_>) {
        if let Half::Open(assembly) = self {
            assembly.flush(sink);
            let (start, end) = (assembly.start, assembly.next.sequence());
            let closed = Half::Closed { start, end, why };
            *self = closed;
            sink.end(why);
        }
    }

    /// Delivers all that is held: the capture is at its end.
    pub(super) fn flush(&mut self, sink: &mut Sink<'_>) {
        if let Half::Open(assembly) = self {
            assembly.flush(sink);
            self.settle(sink);
        }
    }

    /// Gives up the first hole; whether there was one.
    pub(super) fn give_up_hole(&mut self, sink: &mut Sink<'_>) -> bool {
        let Half::Open(assembly) = self else {
            return false;
        };
        let gave_up = assembly.give_up_hole(sink);
        self.settle(sink);
        gave_up
    }

    /// How many bytes are held, in how many pieces.
    pub(super) fn held(&self) -> (usize, usize) {
        match self {
            Half::Open(assembly) => (assembly.held_bytes, assembly.held.len()),
            Half::Unseen | Half::Closed { .. } => (0, 0),
        }
    }

    fn on_syn(&mut self, first: Sequence, sink: &mut Sink<'_>) {
        let retransmitted = !matches!(self, Half::Unseen) && !self.is_other_stream(first);
        if !retransmitted {
            self.close(EndReason::Reused, sink);
            *self = Half::Open(Assembly::new(first));
        }
    }

    /// Whether a segment without SYN is the first one captured of a stream.
    ///
    /// A bare acknowledgment is not: it may be a keep-alive, one number below the next byte.
    fn begins_at(&self, first: Sequence, segment: &Segment<'_>) -> bool {
        let says_something = !segment.payload.is_empty() || segment.cut > 0 || segment.fin;
        says_something
            && match self {
                Half::Unseen => true,
                Half::Open(_) => false,
                Half::Closed { end, .. } => first.distance(*end) > STRAGGLER,
            }
    }

    /// Draws the conclusions: holes that will never be filled, and the FIN.
    pub(super) fn settle(&mut self, sink: &mut Sink<'_>) {
        let Half::Open(assembly) = self else {
            return;
        };
        while assembly.hole_is_acknowledged() {
            assembly.give_up_hole(sink);
        }
        if assembly.fin.is_some_and(|fin| fin <= assembly.next) {
            self.close(EndReason::Fin, sink);
        } else if assembly.reset == Some(assembly.next) {
            self.close(EndReason::Reset, sink);
        } else if assembly.reset.is_some_and(|reset| reset < assembly.next) {
            // The sender went on beyond it, so it was none of its own.
            assembly.reset = None;
            sink.skip(SkipReason::StrayReset);
        }
    }
}

impl Assembly {
    fn new(first: Sequence) -> Self {
        let next = Position::first(first);
        Self {
            start: first,
            joined: false,
            next,
            acknowledged: next,
            fin: None,
            reset: None,
            held: BTreeMap::new(),
            held_bytes: 0,
        }
    }

    /// Delivers what comes next and holds what lies behind a hole. Of bytes captured twice the
    /// first ones win, so a piece fills only what is neither delivered nor held.
    fn on_bytes(&mut self, first: Sequence, segment: &Segment<'_>, sink: &mut Sink<'_>) {
        let bytes = segment.payload;
        let begin = self.next.near(first);
        let end = begin.plus(bytes.len());
        let behind_cut = end.plus(segment.cut as usize);
        if segment.fin && behind_cut >= self.next {
            self.fin.get_or_insert(behind_cut);
        }
        let index = |position: Position| {
            usize::try_from(position.since(begin)).expect("inside a segment's payload")
        };
        let mut from = begin.max(self.next);
        while from < end {
            if let Some(covered) = self.held_beyond(from) {
                from = covered;
                continue;
            }
            let next_held = self.held.range(from..).next().map_or(end, |(start, _)| *start);
            let to = next_held.min(end);
            let range = index(from)..index(to);
            if from == self.next {
                sink.bytes(Bytes::Current(range), self.joined);
                self.next = to;
                self.release(sink);
                from = self.next;
            } else {
                self.held_bytes += range.len();
                self.held.insert(from, bytes[range].to_vec());
                from = to;
            }
        }
    }

    fn on_acknowledgment(&mut self, number: Sequence) {
        let acknowledged = self.next.near(number);
        if self.next.within_window(acknowledged) {
            self.acknowledged = self.acknowledged.max(acknowledged);
        }
    }

    fn on_reset(&mut self, number: Sequence) -> Reset {
        let position = self.next.near(number);
        if position == self.next || position == self.acknowledged.min(self.next) {
            Reset::Now
        } else if position > self.next && position <= self.farthest() {
            self.reset.get_or_insert(position);
            Reset::Later
        } else {
            Reset::Stray
        }
    }

    /// The last number that the sender is known to have reached.
    fn farthest(&self) -> Position {
        let held = self.held.last_key_value().map(|(start, piece)| start.plus(piece.len()));
        let behind_fin = self.fin.map(|fin| fin.plus(1));
        let known = [held, behind_fin, Some(self.acknowledged)].into_iter().flatten();
        known.fold(self.next, Position::max)
    }

    /// The end of the held piece that this byte lies in, if any.
    fn held_beyond(&self, position: Position) -> Option<Position> {
        let (start, piece) = self.held.range(..=position).next_back()?;
        Some(start.plus(piece.len())).filter(|end| *end > position)
    }

    /// Where the first hole ends: at held bytes, at the FIN or at a RST.
    fn end_of_hole(&self) -> Option<Position> {
        let held = self.held.first_key_value().map(|(start, _)| *start);
        let ends = [held, self.fin, self.reset].into_iter().flatten();
        ends.filter(|end| *end > self.next).min()
    }

    fn hole_is_acknowledged(&self) -> bool {
        self.end_of_hole().is_some_and(|end| self.acknowledged >= end)
    }

    fn give_up_hole(&mut self, sink: &mut Sink<'_>) -> bool {
        let Some(end) = self.end_of_hole() else {
            return false;
        };
        sink.lost(end.since(self.next));
        self.joined |= self.next == Position::first(self.start);
        self.next = end;
        self.release(sink);
        true
    }

    /// Delivers the held pieces that have become next.
    fn release(&mut self, sink: &mut Sink<'_>) {
        while let Some(piece) = self.held.remove(&self.next) {
            self.held_bytes -= piece.len();
            self.next = self.next.plus(piece.len());
            sink.bytes(Bytes::Held(piece), self.joined);
        }
    }

    fn flush(&mut self, sink: &mut Sink<'_>) {
        while self.give_up_hole(sink) {}
    }
}

impl Sink<'_> {
    fn bytes(&mut self, bytes: Bytes, joined: bool) {
        self.outputs.push_back(Output::Bytes { flow: self.flow, bytes, joined });
    }

    fn lost(&mut self, missing: u64) {
        self.outputs.push_back(Output::Lost { flow: self.flow, missing });
    }

    fn skip(&mut self, why: SkipReason) {
        self.outputs.push_back(Output::Skipped(why));
    }

    fn end(&mut self, why: EndReason) {
        self.outputs.push_back(Output::End { flow: self.flow, why });
    }
}

//! One direction of a TCP connection, cut into SoupBinTCP packets.

use protocol_spec::wire::ouch;
use protocol_spec::wire::soup::HEADER;

use super::aside::Why;
use super::error::Stop;
use super::origin::Origin;
use super::protocol::Protocol;
use super::sink::Sink;
use super::soup::SoupReader;
use crate::count::plural;

/// Cuts a stream into packets, wherever it was joined.
///
/// ```text
///   joined ───▶ Lost   ◀── bytes lost ────────────── Known, Astray
///   begun ────▶ Astray ◀── length 0, unknown type ── Known
///   Lost, Astray ── packet in order, at the start of captured bytes ──▶ Known
/// ```
///
/// Bytes passed over while it is lost are told as such: the sender may have sent nothing but
/// packets. Those passed over while it is astray are a failure.
///
/// Until it is known it tries only where a segment begins: writers mostly hand over whole packets,
/// and a packet found in the middle of others would be a guess.
#[derive(Debug)]
pub(super) struct StreamReader {
    soup: SoupReader,
    /// Whether what the packets carry may be anything, because the user said what the stream is.
    trusted: bool,
    step: Step,
    /// Bytes of a packet that is not whole yet.
    held: Vec<u8>,
    /// Packets found.
    packets: u64,
    /// Bytes that are in no packet.
    passed: u64,
    /// Bytes in no packet that was captured whole, for others beside them were not captured.
    partial: u64,
}

/// Whether it is known where packets begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// The next one begins where the last one ended.
    Known,
    /// What was before was not captured.
    Lost,
    /// What was before is no packet.
    Astray,
}

/// What stands at the start of some bytes.
enum Frame {
    /// A packet of so many bytes.
    Whole(usize),
    /// The start of a packet.
    Part,
    /// No packet.
    Nothing,
}

impl StreamReader {
    /// A stream that nothing is known of, but for what the user said, and whether it began before
    /// it was captured.
    #[must_use]
    pub(super) fn new(forced: Option<Protocol>, joined: bool) -> Self {
        StreamReader {
            soup: SoupReader::new(forced),
            trusted: forced == Some(Protocol::Soup),
            step: if joined { Step::Lost } else { Step::Astray },
            held: Vec::new(),
            packets: 0,
            passed: 0,
            partial: 0,
        }
    }

    /// Takes in the next bytes.
    ///
    /// # Errors
    /// When nothing more is to be decoded.
    pub(super) fn bytes(
        &mut self,
        sink: &mut Sink<'_>,
        origin: &mut Origin,
        bytes: &[u8],
    ) -> Result<(), Stop> {
        let segment = self.held.len();
        self.held.extend_from_slice(bytes);
        let mut at = 0;
        while at < self.held.len() {
            let rest = &self.held[at..];
            match frame(rest, self.step == Step::Known) {
                Frame::Part => break,
                Frame::Whole(length) if self.takes(&rest[..length]) => {
                    self.step = Step::Known;
                    self.packets += 1;
                    self.soup.packet(sink, origin, &rest[..length])?;
                    at += length;
                }
                Frame::Whole(_) | Frame::Nothing => {
                    self.fall_out_of_step(sink, origin);
                    let next = if at < segment { segment } else { self.held.len() };
                    self.pass(next - at);
                    at = next;
                }
            }
        }
        self.held.drain(..at);
        Ok(())
    }

    /// Bytes of the stream are missing.
    pub(super) fn lost(&mut self) {
        if self.step == Step::Known {
            self.step = Step::Lost;
        }
        self.pass(self.held.len());
        self.held.clear();
        self.step = Step::Lost;
        self.soup.lose_count();
    }

    /// The stream is over, or the capture is.
    pub(super) fn end(self, sink: &mut Sink<'_>, origin: &Origin) {
        let name = origin.flow.map_or_else(|| origin.to_string(), |flow| flow.to_string());
        let held = self.held.len() as u64;
        let all = self.passed + self.partial + held;
        let bytes = plural(all, "byte");
        if self.packets == 0 && !self.trusted {
            sink.pass_over_stream(Why::Foreign, origin, all);
        } else if self.packets == 0 {
            sink.tally.fail(origin, format!("{name} is not SoupBinTCP: {bytes}"), None);
        } else {
            sink.tally.aside.partial_bytes += self.partial;
            if self.passed > 0 {
                let bytes = plural(self.passed, "byte");
                let what = format!("bytes between SoupBinTCP packets: {bytes} of {name}");
                sink.tally.fail(origin, what, None);
            }
            if held > 0 {
                let bytes = plural(held, "byte");
                sink.tally.note(format!("{name} ends inside a packet, {bytes} of it are there"));
            }
        }
    }

    /// Passes over bytes that are in no packet.
    fn pass(&mut self, bytes: usize) {
        let count = if self.step == Step::Lost { &mut self.partial } else { &mut self.passed };
        *count += bytes as u64;
    }

    fn takes(&self, packet: &[u8]) -> bool {
        self.step == Step::Known || self.soup.would_take(packet, !self.trusted)
    }

    fn fall_out_of_step(&mut self, sink: &mut Sink<'_>, origin: &Origin) {
        if self.step == Step::Known {
            let name = origin.flow.map_or_else(|| origin.to_string(), |flow| flow.to_string());
            sink.tally.note(format!("{name} cannot be cut into packets any further at {origin}"));
            self.step = Step::Astray;
            self.soup.lose_count();
        }
    }
}

/// In step any length is believed; otherwise none that is longer than any message.
fn frame(bytes: &[u8], in_step: bool) -> Frame {
    let Some((&length, rest)) = bytes.split_first_chunk() else {
        return Frame::Part;
    };
    let length = usize::from(u16::from_be_bytes(length));
    let known = rest.first().is_none_or(|kind| Protocol::Soup.layout(*kind).is_some());
    if length == 0 || !known || (!in_step && length > longest()) {
        return Frame::Nothing;
    }
    if rest.len() < length { Frame::Part } else { Frame::Whole(2 + length) }
}

/// The longest length that a packet with a known message in it can have; logins are shorter.
fn longest() -> usize {
    let carried = Protocol::ALL.into_iter().filter(|protocol| !protocol.is_carrier());
    let message = carried.flat_map(Protocol::layouts).map(|layout| layout.len).max();
    HEADER + message.expect("the tables are not empty") + ouch::Tags::MAX_LEN
}

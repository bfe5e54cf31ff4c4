//! Network captures.

use std::collections::BTreeMap;
use std::io::Read;
use std::net::SocketAddr;

use super::datagram::DatagramReader;
use super::error::{DecodeFailure, Stop};
use super::origin::{Number, Origin, Place};
use super::protocol::Protocol;
use super::sink::Sink;
use super::stream::StreamReader;
use crate::capture::{Capture, CaptureError, CaptureTime, Flow, Item};

/// Decodes a capture.
///
/// # Errors
/// If it is none or cannot be read, or when nothing more is to be decoded. A capture that is cut
/// off or damaged is decoded up to there, and remarked on.
pub(super) fn decode_packets(
    reader: impl Read,
    file: &str,
    protocol: Option<Protocol>,
    ports: &[u16],
    sink: &mut Sink<'_>,
) -> Result<(), Stop> {
    let mut capture = Capture::open(reader).map_err(|error| DecodeFailure::NotThatFormat {
        file: file.to_owned(),
        why: error.to_string(),
    })?;
    let mut packets = Packets {
        protocol,
        ports,
        origin: Origin::of(file),
        datagrams: DatagramReader::new(protocol),
        streams: BTreeMap::new(),
    };
    packets.origin.place = Place::Current;
    loop {
        let outcome = match capture.next_item() {
            Ok(Some(item)) => packets.item(sink, &item),
            Ok(None) => break,
            Err(CaptureError::Read { at, source }) => {
                return Err(Stop::Failed(DecodeFailure::Read {
                    file: file.to_owned(),
                    offset: at.offset,
                    source,
                }));
            }
            Err(damage) => {
                packets.origin.forget();
                sink.tally.fail(&packets.origin, format!("capture: {damage}"), None);
                Ok(())
            }
        };
        sink.tally.set_record(capture.place());
        outcome?;
    }
    packets.end(sink);
    sink.tally.set_record(capture.place());
    Ok(())
}

struct Packets<'a> {
    protocol: Option<Protocol>,
    ports: &'a [u16],
    origin: Origin,
    datagrams: DatagramReader,
    streams: BTreeMap<Flow, (StreamReader, usize)>,
}

impl Packets<'_> {
    fn item(&mut self, sink: &mut Sink<'_>, item: &Item<'_>) -> Result<(), Stop> {
        match *item {
            Item::Datagram { time, from, to, payload } => {
                if self.is_wanted(from, to, Protocol::Mold) {
                    self.come_from(time, Flow { from, to });
                    self.datagrams.datagram(sink, &mut self.origin, payload)?;
                }
            }
            Item::Stream { time, flow, bytes } => {
                if self.is_wanted(flow.from, flow.to, Protocol::Soup) {
                    self.come_from(time, flow);
                    self.stream(sink, flow, bytes)?;
                }
            }
            Item::StreamLost { time, flow, missing } => {
                if self.is_wanted(flow.from, flow.to, Protocol::Soup) {
                    self.come_from(time, flow);
                    sink.tally.aside.holes += 1;
                    sink.tally.aside.lost_bytes += missing;
                    if let Some((stream, _)) = self.streams.get_mut(&flow) {
                        stream.lost();
                    }
                }
            }
            Item::StreamEnd { time, flow, .. } => {
                self.come_from(time, flow);
                if let Some((stream, _)) = self.streams.remove(&flow) {
                    stream.end(sink, &self.origin);
                }
            }
            Item::Skipped { why, .. } => sink.tally.skip(why),
        }
        Ok(())
    }

    fn stream(&mut self, sink: &mut Sink<'_>, flow: Flow, bytes: &[u8]) -> Result<(), Stop> {
        let protocol = self.protocol;
        let begin = || (StreamReader::new(protocol), sink.new_feed());
        let (stream, feed) = self.streams.entry(flow).or_insert_with(begin);
        self.origin.feed = *feed;
        self.origin.session = None;
        stream.bytes(sink, &mut self.origin, bytes)
    }

    /// Whether the ports are asked for, and what is carried there.
    fn is_wanted(&self, from: SocketAddr, to: SocketAddr, carrier: Protocol) -> bool {
        let of_carrier =
            self.protocol.is_none_or(|protocol| !protocol.is_carrier() || protocol == carrier);
        let mut ports = self.ports.iter();
        let of_ports = self.ports.is_empty() || ports.any(|p| [from.port(), to.port()].contains(p));
        of_carrier && of_ports
    }

    fn come_from(&mut self, time: CaptureTime, flow: Flow) {
        self.origin.captured = Some(time);
        self.origin.flow = Some(flow);
        self.origin.number = Number::None;
    }

    fn end(mut self, sink: &mut Sink<'_>) {
        for (flow, (stream, _)) in std::mem::take(&mut self.streams) {
            self.origin.flow = Some(flow);
            stream.end(sink, &self.origin);
        }
    }
}

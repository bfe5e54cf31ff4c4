//! Network captures.

use std::collections::BTreeMap;
use std::io::Read;
use std::net::SocketAddr;

use super::aside::Why;
use super::datagram::DatagramReader;
use super::error::{DecodeFailure, Stop};
use super::feeds::Feeds;
use super::name::InputName;
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
    file: &InputName,
    protocol: Option<Protocol>,
    ports: &[u16],
    sink: &mut Sink<'_>,
) -> Result<(), Stop> {
    let mut capture = Capture::open(reader).map_err(|error| DecodeFailure::NotThatFormat {
        file: file.clone(),
        why: error.to_string(),
    })?;
    let mut packets = Packets {
        protocol,
        ports,
        origin: Origin::of(file),
        datagrams: DatagramReader::new(protocol),
        streams: BTreeMap::new(),
        feeds: Feeds::default(),
        unasked: BTreeMap::new(),
    };
    packets.origin.place = Place::Current;
    let unread = loop {
        let outcome = match capture.next_item() {
            Ok(Some(item)) => packets.item(sink, &item),
            Ok(None) => break None,
            Err(CaptureError::Read { at, source }) => break Some((at.offset, source)),
            Err(damage) => {
                packets.damaged(sink, &damage);
                Ok(())
            }
        };
        sink.tally.set_record(capture.place());
        outcome?;
    };
    packets.end(sink);
    sink.tally.set_record(capture.place());
    match unread {
        None => Ok(()),
        Some((offset, source)) => {
            Err(DecodeFailure::Read { file: file.clone(), offset, source }.into())
        }
    }
}

struct Packets<'a> {
    protocol: Option<Protocol>,
    ports: &'a [u16],
    origin: Origin,
    datagrams: DatagramReader,
    streams: BTreeMap<Flow, StreamReader>,
    feeds: Feeds,
    /// Streams that are not looked at, why, and how long they are.
    unasked: BTreeMap<Flow, (Why, u64)>,
}

impl Packets<'_> {
    fn item(&mut self, sink: &mut Sink<'_>, item: &Item<'_>) -> Result<(), Stop> {
        match *item {
            Item::Datagram { time, from, to, payload } => {
                self.come_from(time, Flow { from, to });
                match self.why_unasked(from, to, Protocol::Mold) {
                    None => self.datagrams.datagram(sink, &mut self.origin, payload)?,
                    Some(why) => sink.pass_over_datagram(why, &self.origin, payload.len()),
                }
            }
            Item::Stream { time, flow, bytes, joined } => {
                self.come_from(time, flow);
                match self.why_unasked(flow.from, flow.to, Protocol::Soup) {
                    None => self.stream(sink, flow, bytes, joined)?,
                    Some(why) => {
                        let (_, length) = self.unasked.entry(flow).or_insert((why, 0));
                        *length += bytes.len() as u64;
                    }
                }
            }
            Item::StreamLost { time, flow, missing } => {
                if self.why_unasked(flow.from, flow.to, Protocol::Soup).is_none() {
                    self.come_from(time, flow);
                    sink.tally.aside.holes += 1;
                    sink.tally.aside.lost_bytes += missing;
                    if let Some(stream) = self.streams.get_mut(&flow) {
                        stream.lost();
                    }
                }
            }
            Item::StreamEnd { time, flow, why } => {
                self.come_from(time, flow);
                self.feeds.end(flow, why);
                if let Some(stream) = self.streams.remove(&flow) {
                    stream.end(sink, &self.origin);
                }
                if let Some((why, bytes)) = self.unasked.remove(&flow) {
                    sink.pass_over_stream(why, &self.origin, bytes);
                }
            }
            Item::Skipped { why, .. } => sink.tally.aside.packet(why),
        }
        Ok(())
    }

    fn stream(
        &mut self,
        sink: &mut Sink<'_>,
        flow: Flow,
        bytes: &[u8],
        joined: bool,
    ) -> Result<(), Stop> {
        let begins = !self.streams.contains_key(&flow);
        self.origin.feed = self.feeds.of(flow, begins, || sink.new_feed());
        let begin = || StreamReader::new(self.protocol, joined);
        let stream = self.streams.entry(flow).or_insert_with(begin);
        self.origin.session = None;
        stream.bytes(sink, &mut self.origin, bytes)?;
        self.feeds.set(flow, self.origin.feed);
        Ok(())
    }

    /// Why the traffic is not looked at: it has other ports, or is carried by something else.
    fn why_unasked(&self, from: SocketAddr, to: SocketAddr, carrier: Protocol) -> Option<Why> {
        let left_out = self.protocol.filter(|protocol| !protocol.travels_on(carrier));
        let mut ports = self.ports.iter();
        let of_ports = self.ports.is_empty() || ports.any(|p| [from.port(), to.port()].contains(p));
        if of_ports { left_out.map(Why::Carrier) } else { Some(Why::Port) }
    }

    fn damaged(&mut self, sink: &mut Sink<'_>, damage: &CaptureError) {
        self.origin.forget();
        let place = std::mem::replace(&mut self.origin.place, Place::Record(damage.place()));
        sink.tally.fail(&self.origin, format!("capture: {damage}"), None);
        self.origin.place = place;
    }

    fn come_from(&mut self, time: CaptureTime, flow: Flow) {
        self.origin.captured = Some(time);
        self.origin.flow = Some(flow);
        self.origin.number = Number::None;
    }

    fn end(mut self, sink: &mut Sink<'_>) {
        for (flow, stream) in std::mem::take(&mut self.streams) {
            self.origin.flow = Some(flow);
            stream.end(sink, &self.origin);
        }
        for (flow, (why, bytes)) in std::mem::take(&mut self.unasked) {
            self.origin.flow = Some(flow);
            sink.pass_over_stream(why, &self.origin, bytes);
        }
    }
}

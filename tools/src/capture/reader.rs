//! The way through a capture file.

use std::io::Read;
use std::net::SocketAddr;
use std::ops::Range;

use super::assembly::{Bytes, Output};
use super::connections::{Connections, Limits};
use super::error::{CaptureError, Place};
use super::item::{CaptureTime, Item, SkipReason};
use super::packet::{self, Packet};
use super::record::Record;
use super::records::Records;

/// Reads a pcap or pcapng file as a stream of [`Item`]s, in constant memory.
///
/// Reads ahead by at most a buffer of a quarter megabyte (or one record, if longer): a caller
/// that shows progress counts the bytes that its reader gives.
pub struct Capture<R> {
    records: Records<R>,
    connections: Connections,
    /// Capture time of the record read last.
    time: CaptureTime,
    /// Where the payload of that record lies in it.
    payload: Range<usize>,
    /// Bytes that were held and have just been handed out.
    released: Vec<u8>,
    phase: Phase,
}

/// Everything held is delivered before the end, or an error, is told.
enum Phase {
    Reading,
    Flushing(Option<CaptureError>),
    Over,
}

impl<R: Read> Capture<R> {
    /// Begins a capture file, with the default limits to reassembly.
    ///
    /// # Errors
    /// If the reader fails, or the file is neither pcap nor pcapng.
    pub fn open(reader: R) -> Result<Self, CaptureError> {
        Self::open_with(reader, Limits::default())
    }

    /// Begins a capture file.
    ///
    /// # Errors
    /// If the reader fails, or the file is neither pcap nor pcapng.
    pub fn open_with(reader: R, limits: Limits) -> Result<Self, CaptureError> {
        Ok(Self {
            records: Records::open(reader)?,
            connections: Connections::new(limits),
            time: CaptureTime::default(),
            payload: 0..0,
            released: Vec::new(),
            phase: Phase::Reading,
        })
    }

    /// The next item, `None` at the end of the capture.
    ///
    /// # Errors
    /// If the reader fails or the file is damaged or cut off: once, after everything before it
    /// has been delivered. After an error the capture is at its end.
    pub fn next_item(&mut self) -> Result<Option<Item<'_>>, CaptureError> {
        loop {
            if let Some(output) = self.connections.poll_output() {
                return Ok(Some(self.show(output)));
            }
            match &mut self.phase {
                Phase::Reading => match self.records.advance() {
                    Ok(Some(record)) => {
                        if let Some(own) = self.take_in(&record) {
                            return Ok(Some(self.show_own(own)));
                        }
                    }
                    Ok(None) => self.phase = Phase::Flushing(None),
                    Err(error) => self.phase = Phase::Flushing(Some(error)),
                },
                Phase::Flushing(error) => {
                    if !self.connections.on_end() {
                        let error = error.take();
                        self.phase = Phase::Over;
                        return error.map_or(Ok(None), Err);
                    }
                }
                Phase::Over => return Ok(None),
            }
        }
    }

    /// Where the record stands that brought about the last item.
    pub fn place(&self) -> Place {
        self.records.place()
    }

    /// Reads a record; a segment goes on to its connection, anything else is an item of its own.
    fn take_in(&mut self, record: &Record) -> Option<Own> {
        self.time = record.time;
        let bytes = self.records.current();
        match packet::read(record.link, &bytes[record.data.clone()], record.cut) {
            Err(why) => Some(Own::Skipped(why)),
            Ok(Packet::Datagram { from, to, payload }) => {
                self.payload = range_of(payload, bytes);
                Some(Own::Datagram { from, to })
            }
            Ok(Packet::Segment(segment)) => {
                self.payload = range_of(segment.payload, bytes);
                self.connections.on_segment(&segment);
                None
            }
        }
    }

    fn show_own(&self, own: Own) -> Item<'_> {
        let time = self.time;
        match own {
            Own::Skipped(why) => Item::Skipped { time, why },
            Own::Datagram { from, to } => {
                let payload = &self.records.current()[self.payload.clone()];
                Item::Datagram { time, from, to, payload }
            }
        }
    }

    fn show(&mut self, output: Output) -> Item<'_> {
        let time = self.time;
        match output {
            Output::Lost { flow, missing } => Item::StreamLost { time, flow, missing },
            Output::Skipped(why) => Item::Skipped { time, why },
            Output::End { flow, why } => Item::StreamEnd { time, flow, why },
            Output::Bytes { flow, bytes: Bytes::Current(range), joined } => {
                let bytes = &self.records.current()[self.payload.clone()][range];
                Item::Stream { time, flow, bytes, joined }
            }
            Output::Bytes { flow, bytes: Bytes::Held(bytes), joined } => {
                self.released = bytes;
                Item::Stream { time, flow, bytes: &self.released, joined }
            }
        }
    }
}

/// An item without its bytes: those are borrowed only when it is handed out.
#[derive(Clone, Copy)]
enum Own {
    Datagram { from: SocketAddr, to: SocketAddr },
    Skipped(SkipReason),
}

/// Where a part of a slice lies in it.
fn range_of(part: &[u8], whole: &[u8]) -> Range<usize> {
    let start = part.first().and_then(|first| whole.element_offset(first)).unwrap_or(0);
    start..start + part.len()
}

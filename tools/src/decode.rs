//! Messages of every protocol out of files, captures and text, shown one a line.
//!
//! ```text
//! input ─┬─▶ hex ─────┬─▶ carried ─┬────────────────────┬─▶ sink ─┬─▶ text, json ──▶ output
//!        ├─▶ records ─┘            ├─▶ datagram ────────┤         │   symbols, selection
//!        └─▶ packets ──────────────┴─▶ stream ─▶ soup ──┘         └─▶ tally, lines ──▶ summary
//! ```
//!
//! Every name, offset, code and value shown comes from the tables of `protocol-spec`.

mod aside;
mod candidates;
mod carried;
mod clock;
mod datagram;
mod digits;
mod error;
mod feeds;
mod hex;
mod input;
mod json;
mod lines;
mod message;
mod name;
mod nearest;
mod origin;
mod output;
mod packets;
mod progress;
mod protocol;
mod records;
mod secret;
mod selection;
mod sink;
mod soup;
mod stream;
mod summary;
mod symbols;
mod tally;
mod text;
mod types;

pub use clock::{Utc, parse_time};
pub use error::{Compression, DecodeFailure, Stop};
pub use input::{Format, Input};
pub(crate) use json::{Exact, put_message};
pub use message::Message;
pub use name::InputName;
pub(crate) use nearest::nearest;
pub use origin::{Number, Origin, Place};
pub use output::{Output, stop};
pub use progress::Progress;
pub use protocol::Protocol;
pub(crate) use records::{Next, RecordReader};
pub use selection::{Orders, Selection};
pub use sink::{Sink, Style, View};
pub use summary::write_summary;
pub use symbols::Named;
pub use tally::Tally;
pub use text::Endings;
pub(crate) use text::{
    TYPE_WIDTH, pad, push_number, push_text, push_time, write_content, write_symbol,
};
pub use types::{TypeName, TypeSet};

use std::io::Read;

use crate::capture::is_capture;
use input::Source;

/// How inputs are read.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The format, if it is not to be found out.
    pub format: Option<Format>,
    /// What the bytes are, if it is not to be found out.
    pub protocol: Option<Protocol>,
    /// Ports of captures that are looked at; all if empty.
    pub ports: Vec<u16>,
    /// Where it is shown how far that went.
    pub progress: Progress,
}

/// Opens a BinaryFILE, to be read message by message.
///
/// # Errors
/// If it cannot be read, there is nothing in it, or it is a compressed file or a capture.
pub(crate) fn open_records(
    input: &Input,
    progress: Progress,
) -> Result<RecordReader<Box<dyn Read>>, DecodeFailure> {
    let Source { name, head, reader } = Source::open(input, &progress)?;
    if is_capture(&head) {
        let why = "it is a capture, not a BinaryFILE".to_owned();
        return Err(DecodeFailure::NotThatFormat { file: name, why });
    }
    Ok(RecordReader::new(reader, &name))
}

impl Reading {
    /// Decodes one input.
    ///
    /// # Errors
    /// If it cannot be read, or when nothing more is to be decoded.
    pub fn decode(&self, input: &Input, sink: &mut Sink<'_>) -> Result<(), Stop> {
        let source = Source::open(input, &self.progress)?;
        let format = match (self.format, input) {
            (Some(format), _) => format,
            (None, Input::Text(..)) => Format::Hex,
            (None, _) => source.format(self.protocol)?,
        };
        let (file, reader) = (source.name, source.reader);
        if !self.ports.is_empty() && format != Format::Pcap {
            return Err(DecodeFailure::NoPorts { file }.into());
        }
        match format {
            Format::Hex => hex::decode_hex(reader, &file, self.protocol, sink)?,
            Format::BinaryFile => {
                let protocol = self.protocol.unwrap_or(Protocol::Itch);
                records::decode_records(reader, &file, protocol, sink)?;
            }
            Format::Pcap => {
                packets::decode_packets(reader, &file, self.protocol, &self.ports, sink)?;
            }
        }
        sink.flush()
    }
}

//! Hex text, a message or packet a line.

use std::io::{BufRead, BufReader, Read};

use super::carried::Carried;
use super::digits::{is_comment, parse_line, without_mark};
use super::error::{DecodeFailure, Stop};
use super::name::InputName;
use super::origin::{Origin, Place};
use super::protocol::Protocol;
use super::sink::Sink;

/// The longest packet there is, written with some air.
const LONGEST_LINE: usize = 512 * 1024;

/// Decodes a text. Lines that are blank or begin with `#` are passed over.
///
/// # Errors
/// If it cannot be read, or when nothing more is to be decoded.
pub(super) fn decode_hex(
    reader: impl Read,
    file: &InputName,
    protocol: Option<Protocol>,
    sink: &mut Sink<'_>,
) -> Result<(), Stop> {
    let mut lines =
        Lines { reader: BufReader::new(reader), line: Vec::new(), number: 0, offset: 0 };
    let mut origin = Origin::of(file);
    let mut carried = Carried::new(protocol);
    let mut bytes = Vec::new();
    while lines.advance(file)? {
        origin.forget();
        origin.place = Place::Line(lines.number);
        match lines.parse(&mut bytes) {
            Ok(()) if bytes.is_empty() => {}
            Ok(()) => carried.message(sink, &mut origin, protocol, &bytes)?,
            Err(what) => sink.undecodable(&origin, None, &[], &what, None)?,
        }
        if lines.reader.buffer().is_empty() {
            sink.flush()?;
        }
    }
    Ok(())
}

/// The lines of a text, one at a time, none of them held beyond the longest that can be meant.
struct Lines<R> {
    reader: BufReader<R>,
    /// The line, cut off where it is too long.
    line: Vec<u8>,
    /// Its number, from 1.
    number: u64,
    /// Bytes read.
    offset: u64,
}

impl<R: Read> Lines<R> {
    /// Goes to the next line; whether there is one.
    fn advance(&mut self, file: &InputName) -> Result<bool, DecodeFailure> {
        let offset = self.offset;
        let read = self.read();
        read.map_err(|source| DecodeFailure::Read { file: file.clone(), offset, source })
    }

    fn read(&mut self) -> std::io::Result<bool> {
        self.line.clear();
        self.number += 1;
        let limit = LONGEST_LINE as u64;
        let mut count = self.reader.by_ref().take(limit).read_until(b'\n', &mut self.line)?;
        if self.is_cut() {
            count += self.reader.skip_until(b'\n')?;
        }
        self.offset += count as u64;
        Ok(count > 0)
    }

    /// Whether there was more of the line than is held.
    fn is_cut(&self) -> bool {
        self.line.len() == LONGEST_LINE && !self.line.ends_with(b"\n")
    }

    fn parse(&self, bytes: &mut Vec<u8>) -> Result<(), String> {
        let line = if self.number == 1 { without_mark(&self.line) } else { &self.line };
        if self.is_cut() && !is_comment(line) {
            return Err("line longer than any packet".to_owned());
        }
        parse_line(line, bytes)
    }
}

//! BinaryFILE, as a stream.

use std::io::{ErrorKind, Read};

use protocol_spec::wire::binary_file::{self, Ending, RECORD_HEADER, Record};

use super::carried::Carried;
use super::error::{DecodeFailure, Stop};
use super::name::InputName;
use super::origin::{Number, Origin, Place};
use super::protocol::Protocol;
use super::sink::Sink;
use crate::count::plural;

/// Read at once; longer than any record.
const CHUNK: usize = 512 * 1024;

/// Decodes a file, in constant memory, and remarks on how it ends.
///
/// # Errors
/// If it cannot be read, or when nothing more is to be decoded.
pub(super) fn decode_records(
    reader: impl Read,
    file: &InputName,
    protocol: Protocol,
    sink: &mut Sink<'_>,
) -> Result<(), Stop> {
    let mut window = Window { reader, buffer: vec![0; CHUNK], begin: 0, end: 0 };
    let mut origin = Origin::of(file);
    origin.feed = sink.new_feed();
    let mut carried = Carried::new(Some(protocol));
    let (mut offset, mut count) = (0, 0);
    let ending = loop {
        let held = &window.buffer[window.begin..window.end];
        match binary_file::split(held) {
            Record::Message(message, _) => {
                count += 1;
                origin.place = Place::Offset(offset);
                origin.number = Number::Counted(count);
                if protocol.is_carrier() {
                    carried.message(sink, &mut origin, Some(protocol), message)?;
                } else {
                    sink.message(&origin, protocol, message)?;
                }
                let length = RECORD_HEADER + message.len();
                window.begin += length;
                offset += length as u64;
            }
            Record::End(_) => {
                window.begin += RECORD_HEADER;
                break match rest(&mut window, file, offset)? {
                    0 => Ending::Marked,
                    extra => Ending::Trailing(extra),
                };
            }
            Record::Short(missing) => {
                let nothing = held.is_empty();
                sink.flush()?;
                if !window.fill(file, offset)? {
                    break if nothing { Ending::Unmarked } else { Ending::Cut(missing) };
                }
            }
        }
    };
    tell_ending(sink, &mut origin, offset, ending);
    Ok(())
}

fn tell_ending(sink: &mut Sink<'_>, origin: &mut Origin, offset: u64, ending: Ending) {
    let file = origin.file.clone();
    origin.place = Place::Offset(offset);
    match ending {
        Ending::Marked => sink.tally.note(format!("{file} ends with the end mark, as it should")),
        Ending::Unmarked => sink.tally.note(format!(
            "{file} ends after a whole message, without the end mark: cut off, or still written"
        )),
        Ending::Cut(missing) => {
            let missing = plural(missing as u64, "byte");
            sink.tally.fail(origin, format!("BinaryFILE cut off, {missing} too early"), None);
        }
        Ending::Trailing(extra) => {
            let extra = plural(extra as u64, "byte");
            sink.tally.fail(
                origin,
                format!("BinaryFILE goes on after its end mark: {extra}"),
                None,
            );
        }
    }
}

/// A buffer that moves over a reader.
struct Window<R> {
    reader: R,
    buffer: Vec<u8>,
    begin: usize,
    end: usize,
}

impl<R: Read> Window<R> {
    /// Reads more; whether there was more.
    fn fill(&mut self, file: &InputName, offset: u64) -> Result<bool, DecodeFailure> {
        self.buffer.copy_within(self.begin..self.end, 0);
        self.end -= self.begin;
        self.begin = 0;
        loop {
            match self.reader.read(&mut self.buffer[self.end..]) {
                Ok(count) => {
                    self.end += count;
                    return Ok(count > 0);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(source) => {
                    return Err(DecodeFailure::Read { file: file.clone(), offset, source });
                }
            }
        }
    }
}

/// How many bytes are left, up to the end.
fn rest<R: Read>(
    window: &mut Window<R>,
    file: &InputName,
    offset: u64,
) -> Result<usize, DecodeFailure> {
    let mut count = 0;
    loop {
        count += window.end - window.begin;
        window.begin = window.end;
        if !window.fill(file, offset)? {
            return Ok(count);
        }
    }
}

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

/// The records of a BinaryFILE that is read in constant memory.
pub(crate) struct RecordReader<R> {
    file: InputName,
    window: Window<R>,
    /// Where the next record begins.
    offset: u64,
}

/// What comes next in a BinaryFILE.
pub(crate) enum Next<'a> {
    /// A message, whose record begins at this byte.
    Message(u64, &'a [u8]),
    /// Nothing more.
    End(Ending),
}

impl<R: Read> RecordReader<R> {
    /// Reads the file of this name.
    pub(crate) fn new(reader: R, file: &InputName) -> Self {
        let window = Window { reader, buffer: vec![0; CHUNK], begin: 0, end: 0 };
        RecordReader { file: file.clone(), window, offset: 0 }
    }

    /// Whether something has to be read, which may take long, before there is a message.
    pub(crate) fn must_read(&self) -> bool {
        matches!(binary_file::split(self.window.held()), Record::Short(_))
    }

    /// How many bytes the records before the next one take.
    pub(crate) const fn offset(&self) -> u64 {
        self.offset
    }

    /// The next record.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub(crate) fn next(&mut self) -> Result<Next<'_>, DecodeFailure> {
        while let Record::Short(missing) = binary_file::split(self.window.held()) {
            let nothing = self.window.held().is_empty();
            if !self.window.fill(&self.file, self.offset)? {
                let ending = if nothing { Ending::Unmarked } else { Ending::Cut(missing) };
                return Ok(Next::End(ending));
            }
        }
        let begin = self.window.begin;
        let Record::Message(message, _) = binary_file::split(self.window.held()) else {
            self.window.begin += RECORD_HEADER;
            return Ok(Next::End(match rest(&mut self.window, &self.file, self.offset)? {
                0 => Ending::Marked,
                extra => Ending::Trailing(extra),
            }));
        };
        let (at, length) = (self.offset, RECORD_HEADER + message.len());
        self.offset += length as u64;
        self.window.begin += length;
        Ok(Next::Message(at, &self.window.buffer[begin + RECORD_HEADER..begin + length]))
    }
}

/// Decodes a file and remarks on how it ends.
///
/// # Errors
/// If it cannot be read, or when nothing more is to be decoded.
pub(super) fn decode_records(
    reader: impl Read,
    file: &InputName,
    protocol: Protocol,
    sink: &mut Sink<'_>,
) -> Result<(), Stop> {
    let mut reader = RecordReader::new(reader, file);
    let mut origin = Origin::of(file);
    origin.feed = sink.new_feed();
    let mut carried = Carried::new(Some(protocol));
    let mut count = 0;
    let ending = loop {
        if reader.must_read() {
            sink.flush()?;
        }
        match reader.next()? {
            Next::Message(offset, message) => {
                count += 1;
                origin.place = Place::Offset(offset);
                origin.number = Number::Counted(count);
                if protocol.is_carrier() {
                    carried.message(sink, &mut origin, Some(protocol), message)?;
                } else {
                    sink.message(&origin, protocol, message)?;
                }
            }
            Next::End(ending) => break ending,
        }
    };
    tell_ending(sink, &mut origin, reader.offset(), ending);
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
    fn held(&self) -> &[u8] {
        &self.buffer[self.begin..self.end]
    }

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

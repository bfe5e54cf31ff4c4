//! BinaryFILE: messages in a file, as the tools of the field exchange them.
//!
//! ```text
//! file   := record* end?
//! record := length:u16 message
//! end    := 0:u16                a file without it was cut off, or is still being written
//! ```

use super::field::Field;
use super::layout::{FieldLayout, Kind, Layout, Tail};
use super::table::{field, record};

/// Bytes before the message in a record.
pub const RECORD_HEADER: usize = 2;
/// The mark that nothing more follows.
pub const END: [u8; 2] = [0, 0];

const NO_KIND: Option<Kind> = None;

record! { @values RecordHeader, 0, NO_KIND, 2, "Record",
    "One message after its length, or the mark that nothing more follows.",
    Tail::Payload("The message"), {
        0 2 length: u16, "Message Length",
            "Bytes of the message, these two not counted; 0 marks the end";
    }
}

/// The parts of the format as data.
pub const LAYOUTS: &[&Layout] = &[&RecordHeader::LAYOUT];

/// What stands at the start of some bytes of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Record<'a> {
    /// A message, and the bytes after it.
    Message(&'a [u8], &'a [u8]),
    /// The end mark, and the bytes after it: none in a proper file.
    End(&'a [u8]),
    /// The start of a record that goes on for so many bytes more.
    Short(usize),
}

/// Reads the record at the start of `bytes`.
#[inline]
#[must_use]
pub fn split(bytes: &[u8]) -> Record<'_> {
    let Some((&length, rest)) = bytes.split_first_chunk() else {
        return Record::Short(RECORD_HEADER - bytes.len());
    };
    let length = usize::from(u16::from_be_bytes(length));
    match rest.split_at_checked(length) {
        _ if length == 0 => Record::End(rest),
        Some((message, rest)) => Record::Message(message, rest),
        None => Record::Short(length - rest.len()),
    }
}

/// The length field of a record, to be written before the message.
///
/// # Panics
/// If the message is empty, which would be an end mark, or longer than the field can tell.
#[must_use]
pub fn header(message: &[u8]) -> [u8; RECORD_HEADER] {
    assert!(!message.is_empty(), "a record holds a message");
    u16::try_from(message.len()).expect("a message fits its length field").to_be_bytes()
}

/// The messages of a file that is in memory as a whole.
#[derive(Clone, Debug)]
pub struct Records<'a> {
    rest: &'a [u8],
    ending: Option<Ending>,
}

/// How a file ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// With the end mark, and nothing after it.
    Marked,
    /// After a whole record, without the mark.
    Unmarked,
    /// Inside a record, so many bytes too early.
    Cut(usize),
    /// With so many bytes after the end mark.
    Trailing(usize),
}

impl<'a> Records<'a> {
    /// The records of a whole file.
    #[must_use]
    pub const fn new(file: &'a [u8]) -> Self {
        Records { rest: file, ending: None }
    }

    /// How the file ends, known once all messages were taken.
    #[must_use]
    pub const fn ending(&self) -> Option<Ending> {
        self.ending
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = &'a [u8];

    #[inline]
    fn next(&mut self) -> Option<&'a [u8]> {
        if self.ending.is_some() {
            return None;
        }
        self.ending = Some(match split(self.rest) {
            Record::Message(message, rest) => {
                self.rest = rest;
                return Some(message);
            }
            Record::End([]) => Ending::Marked,
            Record::End(rest) => Ending::Trailing(rest.len()),
            Record::Short(_) if self.rest.is_empty() => Ending::Unmarked,
            Record::Short(missing) => Ending::Cut(missing),
        });
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    fn read(file: &[u8]) -> (Vec<&[u8]>, Option<Ending>) {
        let mut records = Records::new(file);
        let messages = records.by_ref().collect();
        (messages, records.ending())
    }

    #[test]
    fn every_ending_of_a_file_is_told() {
        let file = b"\x00\x03abc\x00\x01d\x00\x00";
        let both: Vec<&[u8]> = [b"abc".as_slice(), b"d"].to_vec();
        assert_eq!(read(file), (both.clone(), Some(Ending::Marked)));
        assert_eq!(read(&file[..8]), (both, Some(Ending::Unmarked)));
        assert_eq!(read(&file[..7]), ([b"abc".as_slice()].to_vec(), Some(Ending::Cut(1))));
        assert_eq!(read(&file[..6]).1, Some(Ending::Cut(1)));
        assert_eq!(read(b"\x00\x00xy"), (Vec::new(), Some(Ending::Trailing(2))));
        assert_eq!(read(b""), (Vec::new(), Some(Ending::Unmarked)));
    }

    #[test]
    fn a_written_header_reads_back() {
        assert_eq!(header(b"abc"), [0, 3]);
        assert_eq!(header(&[7; 0xFFFF]), [0xFF, 0xFF]);
    }
}

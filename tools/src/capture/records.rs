//! The records of a capture file, whatever its format.

use std::io::Read;

use super::classic::Classic;
use super::error::{CaptureError, Damage, Place};
use super::pcapng::Section;
use super::record::Record;
use super::window::Window;

/// The longest record accepted: far above every snapshot length in use, small enough to hold.
pub(super) const LONGEST: usize = 16 * 1024 * 1024;

/// Walks a file record by record.
pub(super) struct Records<R> {
    window: Window<R>,
    format: Format,
    /// Length of the record handed out last, which the next step consumes.
    current: usize,
    number: u64,
    /// Where that record stands.
    place: Place,
}

enum Format {
    Classic(Classic),
    Blocks(Section),
}

/// Whether a file that begins like this is a capture.
#[must_use]
pub fn is_capture(head: &[u8]) -> bool {
    Section::is_magic(head) || Classic::is_magic(head)
}

impl<R: Read> Records<R> {
    /// Looks at the magic number, and reads the file header of a classic file.
    pub(super) fn open(reader: R) -> Result<Self, CaptureError> {
        let mut window = Window::new(reader);
        let at = Place { offset: 0, record: 0 };
        let head = window
            .fill(Classic::FILE_HEADER)
            .map_err(|source| CaptureError::Read { at, source })?;
        let format = if Section::is_magic(head) {
            Format::Blocks(Section::default())
        } else if Classic::is_magic(head) {
            let found = head.len();
            let Some(header) = head.get(..Classic::FILE_HEADER) else {
                return Err(CaptureError::CutOff { at, expected: Classic::FILE_HEADER, found });
            };
            let classic =
                Classic::read(header).map_err(|what| CaptureError::Damaged { at, what })?;
            Format::Classic(classic)
        } else {
            let found = head[..head.len().min(4)].to_vec();
            return Err(CaptureError::NotACapture { found });
        };
        // The header of a classic file is record 0; a section header is a block like any other.
        let (current, number) = match format {
            Format::Classic(_) => (Classic::FILE_HEADER, 1),
            Format::Blocks(_) => (0, 0),
        };
        Ok(Self { window, format, current, number, place: at })
    }

    /// The next captured packet, past blocks that hold none.
    pub(super) fn advance(&mut self) -> Result<Option<Record>, CaptureError> {
        loop {
            self.window.consume(self.current);
            self.current = 0;
            let at = Place { offset: self.window.offset(), record: self.number };
            let Some(length) = self.measure(at)? else {
                return Ok(None);
            };
            self.current = length;
            self.number += 1;
            let whole = &self.window.available()[..length];
            let record = match &mut self.format {
                Format::Classic(classic) => classic.record(whole).map(Some),
                Format::Blocks(section) => section.block(whole),
            };
            if let Some(record) = record.map_err(|what| CaptureError::Damaged { at, what })? {
                self.place = at;
                return Ok(Some(record));
            }
        }
    }

    /// The bytes of the record handed out last.
    pub(super) fn current(&self) -> &[u8] {
        &self.window.available()[..self.current]
    }

    /// Where the record handed out last stands in the file.
    pub(super) fn place(&self) -> Place {
        self.place
    }

    /// The length of the record at the current offset, all of it in the window; `None` at the end.
    fn measure(&mut self, at: Place) -> Result<Option<usize>, CaptureError> {
        let head_length = match self.format {
            Format::Classic(_) => Classic::RECORD_HEADER,
            Format::Blocks(_) => Section::BLOCK_HEADER,
        };
        let read = |source| CaptureError::Read { at, source };
        let head = self.window.fill(head_length).map_err(read)?;
        let found = head.len();
        if found == 0 {
            return Ok(None);
        }
        let Some(head) = head.get(..head_length) else {
            return Err(CaptureError::CutOff { at, expected: head_length, found });
        };
        let length = match &self.format {
            Format::Classic(classic) => classic.record_length(head),
            Format::Blocks(section) => section.block_length(head),
        };
        let expected =
            length.and_then(within_limit).map_err(|what| CaptureError::Damaged { at, what })?;
        let found = self.window.fill(expected).map_err(read)?.len();
        if found < expected {
            return Err(CaptureError::CutOff { at, expected, found });
        }
        Ok(Some(expected))
    }
}

fn within_limit(length: u64) -> Result<usize, Damage> {
    usize::try_from(length)
        .ok()
        .filter(|length| *length <= LONGEST)
        .ok_or(Damage::TooLong { found: length, limit: LONGEST as u64 })
}

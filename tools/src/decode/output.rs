//! Lines on their way out.

use std::io::{self, ErrorKind, Write};

use super::error::{DecodeFailure, Stop};

/// Written at once.
const CHUNK: usize = 64 * 1024;

/// Collects lines and writes many at once.
pub struct Output<'a> {
    buffer: Vec<u8>,
    writer: &'a mut dyn Write,
    /// Whether a person reads along, who is not to wait for a chunk to fill.
    each_line: bool,
}

impl<'a> Output<'a> {
    /// Writes to `writer`, each line at once if `each_line`.
    pub fn new(writer: &'a mut dyn Write, each_line: bool) -> Self {
        Output { buffer: Vec::with_capacity(2 * CHUNK), writer, each_line }
    }

    /// Where the next line is appended.
    pub fn line(&mut self) -> &mut Vec<u8> {
        &mut self.buffer
    }

    /// Ends the line.
    ///
    /// # Errors
    /// If the lines cannot be written, or nobody reads them.
    pub fn end_line(&mut self) -> Result<(), Stop> {
        self.buffer.push(b'\n');
        if self.each_line || self.buffer.len() >= CHUNK {
            self.flush()?;
        }
        Ok(())
    }

    /// Writes what was collected.
    ///
    /// # Errors
    /// If it cannot be written, or nobody reads it.
    pub fn flush(&mut self) -> Result<(), Stop> {
        let written = self.writer.write_all(&self.buffer).and_then(|()| self.writer.flush());
        self.buffer.clear();
        written.map_err(stop)
    }
}

/// Why a failed write ends the work: a reader who has seen enough is no failure.
#[must_use]
pub fn stop(error: io::Error) -> Stop {
    if error.kind() == ErrorKind::BrokenPipe {
        Stop::Unread
    } else {
        Stop::Failed(DecodeFailure::Write(error))
    }
}

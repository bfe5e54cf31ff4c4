//! Lines from somebody who may be slow, or send none.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::time::{Instant, timeout_at};

/// Reads lines of bounded length in bounded time.
#[derive(Debug)]
pub(super) struct Lines<R> {
    reader: BufReader<R>,
    /// Bytes that a line may have.
    most: usize,
}

/// What comes of reading a line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// A line, without its end.
    Line(Vec<u8>),
    /// A line that is longer than it may be; it was read to its end and is not kept.
    TooLong,
    /// A line whose end did not come in time.
    TooSlow,
    /// Nobody says anything any more.
    Nothing,
}

impl<R: AsyncRead + Unpin> Lines<R> {
    pub(super) fn new(from: R, most: usize) -> Self {
        Lines { reader: BufReader::new(from), most }
    }

    /// The next line: it may begin within `idle`, and takes `whole` from there on.
    pub(super) async fn next(&mut self, idle: Duration, whole: Duration) -> io::Result<Heard> {
        let mut line = Vec::new();
        let mut is_long = false;
        let mut until = Instant::now() + idle;
        let mut has_begun = false;
        loop {
            let Ok(filled) = timeout_at(until, self.reader.fill_buf()).await else {
                return Ok(match (has_begun, is_long) {
                    (false, _) => Heard::Nothing,
                    (true, false) => Heard::TooSlow,
                    (true, true) => Heard::TooLong,
                });
            };
            let bytes = filled?;
            if bytes.is_empty() {
                return Ok(match is_long {
                    true => Heard::TooLong,
                    false if line.is_empty() => Heard::Nothing,
                    // What is not ended may not be all that was meant.
                    false => Heard::TooSlow,
                });
            }
            if !has_begun {
                has_begun = true;
                until = Instant::now() + whole;
            }
            let end = bytes.iter().position(|byte| *byte == b'\n');
            let part = end.unwrap_or(bytes.len());
            is_long |= line.len() + part > self.most;
            if !is_long {
                line.extend_from_slice(&bytes[..part]);
            }
            self.reader.consume(part + usize::from(end.is_some()));
            if end.is_some() {
                return Ok(if is_long { Heard::TooLong } else { Heard::Line(line) });
            }
        }
    }
}

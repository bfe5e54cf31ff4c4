//! Requests in lines.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Duration;

use clap::Parser;

use super::error::OrderError;
use super::grammar::{Asked, Words, first_words};

/// A request, and where it stands.
#[derive(Debug)]
pub struct Entry {
    /// The line, from 1.
    pub line: u64,
    /// The request.
    pub asked: Asked,
}

/// Requests in lines: of a file, which is read to its end before anything is sent, or of a stream,
/// of which each line is sent as it comes.
pub struct Batch {
    /// What it is called.
    pub name: String,
    lines: Lines,
}

enum Lines {
    Read(std::vec::IntoIter<Entry>),
    Coming {
        lines: Receiver<io::Result<String>>,
        /// How many came.
        count: u64,
    },
}

/// What a look at a batch comes to.
#[derive(Debug)]
pub enum Next {
    /// The next request.
    Entry(Entry),
    /// There is none yet.
    NotYet,
    /// There is none any more.
    End,
}

impl Batch {
    /// Opens a file, or the standard input if the path is `-`.
    ///
    /// # Errors
    /// If the file cannot be read, or one of its lines is no request.
    pub fn open(path: &Path) -> Result<Self, OrderError> {
        if path.as_os_str() == "-" {
            let name = "standard input".to_owned();
            return Ok(Batch { name, lines: Lines::Coming { lines: coming(), count: 0 } });
        }
        let name = path.display().to_string();
        let cannot = |cause| OrderError::Read { batch: name.clone(), cause };
        let file = File::open(path).map_err(cannot)?;
        let mut entries = Vec::new();
        for (line, text) in (1..).zip(BufReader::new(file).lines()) {
            entries.extend(entry(&name, line, &text.map_err(cannot)?)?);
        }
        Ok(Batch { name, lines: Lines::Read(entries.into_iter()) })
    }

    /// The next request, if it comes within `wait`.
    ///
    /// # Errors
    /// If a line that came is no request.
    pub fn next(&mut self, wait: Duration) -> Result<Next, OrderError> {
        let (lines, count) = match &mut self.lines {
            Lines::Read(entries) => return Ok(entries.next().map_or(Next::End, Next::Entry)),
            Lines::Coming { lines, count } => (lines, count),
        };
        match lines.recv_timeout(wait) {
            Ok(Ok(text)) => {
                *count += 1;
                Ok(entry(&self.name, *count, &text)?.map_or(Next::NotYet, Next::Entry))
            }
            Ok(Err(cause)) => Err(OrderError::Read { batch: self.name.clone(), cause }),
            Err(RecvTimeoutError::Timeout) => Ok(Next::NotYet),
            Err(RecvTimeoutError::Disconnected) => Ok(Next::End),
        }
    }
}

/// The lines of the standard input, read by a thread of their own: whoever waits for a line has a
/// connection to look after meanwhile.
fn coming() -> Receiver<io::Result<String>> {
    let (sender, receiver) = sync_channel(1);
    thread::spawn(move || {
        for line in io::stdin().lock().lines() {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    receiver
}

/// The request in a line, `None` if that is blank or a comment.
fn entry(name: &str, line: u64, text: &str) -> Result<Option<Entry>, OrderError> {
    let wrong = |what| OrderError::Line { batch: name.to_owned(), line, what };
    let words = shlex::split(text).ok_or_else(|| wrong("a quote is not closed".to_owned()))?;
    if words.is_empty() {
        return Ok(None);
    }
    let Words { asked } =
        Words::try_parse_from(words).map_err(|error| wrong(first_words(&error)))?;
    Ok(Some(Entry { line, asked }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<u64>, String> {
        let lines = (1..).zip(text.lines());
        let entries = lines.filter_map(|(line, text)| entry("day.txt", line, text).transpose());
        let numbers: Result<Vec<u64>, OrderError> =
            entries.map(|entry| entry.map(|entry| entry.line)).collect();
        numbers.map_err(|error| error.to_string())
    }

    #[test]
    fn blank_lines_and_comments_are_passed_over() {
        let text = "# a day\n\nbuy 100 AAPL @ 187.50 # cheap\n  \ncancel 1\n";
        assert_eq!(read(text), Ok(vec![3, 5]));
    }

    #[test]
    fn a_bad_line_is_named_with_what_is_wrong() {
        for (line, what) in [
            ("buy 100 AAPL 187.50", "an @ stands before the price"),
            ("buy 100 AAPL @", "required arguments were not provided: <PRICE>"),
            ("buy 100 AAPL @ 187.505051", "more than 4 decimals"),
            ("bye", "unrecognized subcommand 'bye'"),
            ("cancel one", "one is no number of a request"),
            ("cancel 1 --firm FRM1", "unexpected argument '--firm'"),
            ("cancel \"1", "a quote is not closed"),
        ] {
            let error = read(&format!("cancel 1\n{line}\n")).expect_err("the line is wrong");
            assert!(error.starts_with("day.txt: line 2: "), "{error}");
            assert!(error.contains(what) && error.lines().count() == 1, "{error}");
        }
    }
}

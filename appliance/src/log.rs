//! The log of the process, on standard error.
//!
//! A log that nobody takes must not stop the venue, nor end it: lines go through a bounded queue to
//! a thread that writes them. What does not fit the queue is counted and told later.

use std::io::{self, IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, bounded};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::fmt::MakeWriter;

use crate::config::{Log, LogFormat, LogLevel};

/// Lines that wait to be written at most.
const LINES: usize = 4096;
/// How long the end of the process waits for lines that are not written yet.
const PATIENCE: Duration = Duration::from_secs(1);

/// The log is written until this is dropped: what was told before is waited for, for a while.
#[derive(Debug)]
pub struct Written {
    end: Sender<Said>,
    ended: Receiver<()>,
}

/// What the writing thread is told.
#[derive(Debug)]
enum Said {
    Line(Vec<u8>),
    End,
}

/// Sends what is told from now on to standard error. Once a process.
///
/// # Errors
/// If the system has no thread for it.
pub fn start(log: &Log) -> io::Result<Written> {
    let (said, heard) = bounded(LINES);
    let (end, ended) = bounded(1);
    let lost = Arc::new(AtomicU64::new(0));
    let queue = Queue { said: said.clone(), lost: Arc::clone(&lost) };
    let writer = move || {
        write(&heard, &lost);
        // Who does not wait for it any more does not need to know.
        end.send(()).unwrap_or_default();
    };
    thread::Builder::new().name("log".to_owned()).spawn(writer)?;
    let level = match log.level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
    };
    let lines = tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(queue)
        .with_ansi(io::stderr().is_terminal())
        .log_internal_errors(false)
        .with_target(false);
    match log.format {
        LogFormat::Human => lines.init(),
        LogFormat::Json => lines.json().init(),
    }
    Ok(Written { end: said, ended })
}

/// Writes lines as long as there are any. One that cannot be written is lost: there is no other
/// place to say it.
fn write(heard: &Receiver<Said>, lost: &AtomicU64) {
    while let Ok(Said::Line(line)) = heard.recv() {
        let missing = lost.swap(0, Ordering::Relaxed);
        let mut err = io::stderr().lock();
        if missing > 0 {
            let told = writeln!(err, "{missing} lines of the log were lost: nobody took them");
            told.unwrap_or_default();
        }
        err.write_all(&line).unwrap_or_default();
    }
}

impl Drop for Written {
    fn drop(&mut self) {
        // A queue that is full is one that nobody takes lines from.
        if self.end.send_timeout(Said::End, PATIENCE).is_ok() {
            self.ended.recv_timeout(PATIENCE).unwrap_or_default();
        }
    }
}

/// Takes lines, without ever waiting.
struct Queue {
    said: Sender<Said>,
    lost: Arc<AtomicU64>,
}

/// A line that is being made; it goes on its way when it is whole.
struct Line<'a> {
    queue: &'a Queue,
    bytes: Vec<u8>,
}

impl<'a> MakeWriter<'a> for Queue {
    type Writer = Line<'a>;

    fn make_writer(&'a self) -> Line<'a> {
        Line { queue: self, bytes: Vec::with_capacity(128) }
    }
}

impl Write for Line<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Line<'_> {
    fn drop(&mut self) {
        let line = std::mem::take(&mut self.bytes);
        if self.queue.said.try_send(Said::Line(line)).is_err() {
            self.queue.lost.fetch_add(1, Ordering::Relaxed);
        }
    }
}

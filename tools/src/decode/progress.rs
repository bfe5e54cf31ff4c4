//! How far a long input was read, on the terminal.

use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::os::fd::AsFd;
use std::os::unix::fs::FileTypeExt;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Shorter inputs are read before a bar could be looked at.
const WORTH_A_BAR: u64 = 16 * 1024 * 1024;

/// Shows bars, or none.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    shown: bool,
}

impl Progress {
    /// Bars on standard error if `shown`.
    #[must_use]
    pub const fn new(shown: bool) -> Self {
        Progress { shown }
    }

    /// Bars where they reach a person and disturb nothing, beside much output or little.
    ///
    /// A pipe may lead to a pager, which owns the terminal that the bar would be drawn on.
    #[must_use]
    pub fn beside(much: bool) -> Self {
        let stdout = io::stdout();
        let is_pipe = || {
            let file = stdout.as_fd().try_clone_to_owned().map(File::from);
            let about = file.and_then(|file| file.metadata());
            about.is_ok_and(|about| about.file_type().is_fifo())
        };
        let shown = io::stderr().is_terminal() && !(much && stdout.is_terminal()) && !is_pipe();
        Progress { shown }
    }

    /// Begins an input of so many bytes, if that is known.
    #[must_use]
    pub fn begin(self, size: Option<u64>) -> ProgressBar {
        const BAR: &str = "{bytes} of {total_bytes} [{wide_bar}] {bytes_per_sec}, {eta} left";
        const COUNT: &str = "{spinner} {bytes} {bytes_per_sec}";
        let long = size.is_none_or(|size| size >= WORTH_A_BAR);
        if !self.shown || !long {
            return ProgressBar::hidden();
        }
        let bar = ProgressBar::with_draw_target(size, ProgressDrawTarget::stderr_with_hz(10));
        let template = if size.is_some() { BAR } else { COUNT };
        let style = ProgressStyle::with_template(template);
        bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
    }
}

/// A reader that moves a bar; the bar goes away with it.
pub(super) struct Counted<R> {
    reader: R,
    bar: ProgressBar,
}

impl<R> Counted<R> {
    /// Moves `bar` by what is read.
    pub(super) const fn new(reader: R, bar: ProgressBar) -> Self {
        Counted { reader, bar }
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        self.bar.inc(count as u64);
        Ok(count)
    }
}

impl<R> Drop for Counted<R> {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

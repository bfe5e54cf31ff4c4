//! Colours, where somebody sees them.

use std::env;
use std::fmt;
use std::io::{self, IsTerminal};

/// Whether there are colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paint {
    /// None: a file, a pipe, or somebody who does not want any.
    Plain,
    /// The colours of a terminal.
    Colours,
}

impl Paint {
    /// As standard output wants it.
    #[must_use]
    pub fn of_output() -> Self {
        let is_unwanted = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        if io::stdout().is_terminal() && !is_unwanted { Paint::Colours } else { Paint::Plain }
    }

    /// A title.
    pub(super) fn title(self, text: impl fmt::Display) -> String {
        self.with("1", text)
    }

    /// What is as it should be.
    pub(super) fn good(self, text: impl fmt::Display) -> String {
        self.with("32", text)
    }

    /// What wants to be looked at.
    pub(super) fn odd(self, text: impl fmt::Display) -> String {
        self.with("33", text)
    }

    /// What is less important.
    pub(super) fn faint(self, text: impl fmt::Display) -> String {
        self.with("2", text)
    }

    fn with(self, code: &str, text: impl fmt::Display) -> String {
        match self {
            Paint::Plain => text.to_string(),
            Paint::Colours => format!("\x1b[{code}m{text}\x1b[0m"),
        }
    }
}

//! Remarks to whoever runs the command.

use std::fmt;
use std::io::{self, Write};

/// Writes a line on standard error.
///
/// That it cannot be written is nobody's fault and changes nothing: there is no other place left
/// to say it, and what the command does and how it exits does not depend on who listens.
pub fn say(line: fmt::Arguments<'_>) {
    let mut err = io::stderr().lock();
    writeln!(err, "{line}").unwrap_or_default();
}

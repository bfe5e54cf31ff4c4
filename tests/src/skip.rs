//! Tests that cannot run here say so.

use std::io::Write;

/// Says why a test is skipped, past the capture of the test runner, which shows nothing of tests
/// that pass.
///
/// # Panics
/// If standard error cannot be written.
pub fn skipped(why: &str) {
    let test = std::thread::current().name().unwrap_or("a test").to_owned();
    writeln!(std::io::stderr(), "skipped: {test}: {why}").expect("standard error can be written");
}

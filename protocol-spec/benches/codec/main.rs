//! Nanoseconds per message for reading and writing, beside a loop written by hand for the purpose.
//!
//! `cargo bench -p protocol-spec` runs everything; `-- --quick` a fraction of it, `-- --check`
//! fails where a bound of `LIMITS` is passed. Variants run in turns, many rounds, and the best
//! round of each counts, so that what else the machine does hits all of them alike.

#![allow(clippy::disallowed_types, reason = "a bench reads the clock and divides")]

mod hand;
mod itch;
mod itchy;
mod measure;
mod ouch;
mod random;
mod session;

use std::process::ExitCode;

use measure::Group;

fn main() -> ExitCode {
    let has = |flag: &str| std::env::args().any(|argument| argument == flag);
    let rounds = if has("--quick") { 5 } else { 400 };
    let groups: Vec<Group> =
        [itch::groups(), ouch::groups(), session::groups()].into_iter().flatten().collect();
    let mut failed = false;
    for group in groups {
        failed |= !group.run(rounds);
    }
    if failed && has("--check") { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

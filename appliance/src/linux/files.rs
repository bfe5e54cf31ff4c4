//! How many files the process may have open.

use std::io;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Files of the venue's own: journal, replies, feed, locks, and what watches over the connections.
const OWN: u64 = 48;

/// Takes as many files as the system is willing to give, and says for how many connections that
/// leaves room.
///
/// # Errors
/// If the system gives no more than the process has.
pub fn room_for_connections() -> io::Result<usize> {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current != maximum {
        setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum })?;
    }
    let room = maximum.unwrap_or(u64::MAX).saturating_sub(OWN);
    Ok(usize::try_from(room).unwrap_or(usize::MAX))
}

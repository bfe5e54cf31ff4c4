//! Which core a thread runs on.

use std::io;
use std::thread;

use rustix::process::setpriority_process;
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// How far a thread steps back: it still gets a tenth of a core that somebody wants all of.
const BACK: i32 = 10;

/// Cores that this process may use.
#[must_use]
pub fn cores() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

/// Keeps the calling thread on all cores that it may use but one.
///
/// # Errors
/// If there would be none.
pub fn keep_off(core: usize) -> io::Result<()> {
    let mut set = sched_getaffinity(None)?;
    if core < CpuSet::MAX_CPU {
        set.unset(core);
    }
    Ok(sched_setaffinity(None, &set)?)
}

/// Keeps the calling thread on one core.
///
/// # Errors
/// If there is no such core, or it may not be used.
pub fn pin(core: usize) -> io::Result<()> {
    if core >= CpuSet::MAX_CPU {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let mut set = CpuSet::new();
    set.set(core);
    Ok(sched_setaffinity(None, &set)?)
}

/// Lets every other thread have a core first: the calling one gets what nobody else wants.
///
/// # Errors
/// If the system refuses.
pub fn stand_back() -> io::Result<()> {
    let parameters = libc::sched_param { sched_priority: 0 };
    // SAFETY: the call reads the struct that it is given, which lives until it returns, and
    // touches no other memory of the process; 0 is the calling thread.
    #[expect(unsafe_code, reason = "no library at hand has this call")]
    let done = unsafe { libc::sched_setscheduler(0, libc::SCHED_IDLE, &parameters) };
    if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Lets other threads have a core first, as soon as they want it: without this, one that wakes up
/// waits until the calling thread has had its slice, some milliseconds.
///
/// # Errors
/// If the system refuses.
pub fn step_back() -> io::Result<()> {
    // On Linux this is of the calling thread alone.
    Ok(setpriority_process(None, BACK)?)
}

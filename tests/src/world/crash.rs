//! How a process ends without its own doing.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use super::platter::Trouble;

/// What unwinds a process that is dead: no code of its own runs any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dead(pub Trouble);

/// Lets a process work until it is done or dead. Any other panic is a defect and goes on.
///
/// # Errors
/// If it is dead.
pub fn alive<T>(work: impl FnOnce() -> T) -> Result<T, Dead> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| match panic.downcast::<Dead>() {
        Ok(dead) => *dead,
        Err(panic) => resume_unwind(panic),
    })
}

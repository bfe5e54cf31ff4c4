//! How many files the process may have open, and the processes that it starts.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::error::LoadError;

/// Makes room for so many open files.
///
/// # Errors
/// If the system does not allow so many.
pub fn make_room(needed: u64) -> Result<(), LoadError> {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current.is_none_or(|current| current >= needed) {
        return Ok(());
    }
    // Who may raise the limit itself has all of it.
    let maximum = maximum.map(|maximum| maximum.max(needed));
    let raised = setrlimit(Resource::Nofile, Rlimit { current: Some(needed), maximum });
    raised.map_err(|_| {
        let allowed = getrlimit(Resource::Nofile).maximum.unwrap_or(u64::MAX);
        LoadError::Files { needed, allowed }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_made_as_far_as_the_system_allows() {
        make_room(1).expect("a process may have one file open");
        let error = make_room(u64::MAX - 1).expect_err("nobody has so many").to_string();
        assert!(error.contains("the system allows"), "{error}");
    }
}

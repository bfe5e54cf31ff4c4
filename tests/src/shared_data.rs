//! Captured exchange data, which is too large and not ours to be kept in the repository.

use std::path::{Path, PathBuf};

use crate::skip::skipped;

/// Names the directory of the data.
const DIRECTORY: &str = "OUTCRY_SHARED_DATA";

/// A file of the data, or `None` where this machine does not have it, which is then told.
///
/// The directory is the one that the environment names, otherwise `shared/data` beside the
/// workspace.
///
/// # Panics
/// If the environment names a directory that does not have the file: then it was expected.
#[must_use]
pub fn file(name: &str) -> Option<Vec<u8>> {
    let named = std::env::var_os(DIRECTORY).map(PathBuf::from);
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    let path = named.clone().unwrap_or_else(beside).join(name);
    match std::fs::read(&path) {
        Ok(bytes) => Some(bytes),
        Err(error) => {
            assert!(named.is_none(), "{}: {error}", path.display());
            skipped(&format!("{}: {error}", path.display()));
            None
        }
    }
}

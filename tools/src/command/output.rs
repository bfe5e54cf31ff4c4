//! Where a command's result goes.

use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::Path;

use super::Failure;

/// Writes `bytes` to standard output. A reader that hangs up has read enough: no failure.
///
/// # Errors
/// If standard output takes no more for any other reason.
pub fn print(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(cause) if cause.kind() != ErrorKind::BrokenPipe => {
            Err(Failure::Io { doing: "write to standard output".to_owned(), cause })
        }
        _ => Ok(()),
    }
}

/// Writes `bytes` into the file `name` in `directory`, which is made if it is not there.
///
/// # Errors
/// If the directory cannot be made or the file cannot be written.
pub fn write(directory: &Path, name: &str, bytes: &[u8]) -> Result<(), Failure> {
    let path = directory.join(name);
    let failure = |verb: &str, path: &Path, cause| Failure::Io {
        doing: format!("{verb} {}", path.display()),
        cause,
    };
    fs::create_dir_all(directory).map_err(|cause| failure("make", directory, cause))?;
    fs::write(&path, bytes).map_err(|cause| failure("write", &path, cause))
}

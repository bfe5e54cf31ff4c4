//! One process a folder.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::process;

use rustix::fs::{FlockOperation, flock};

/// A folder that is this process's alone, until this is dropped or the process ends.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

/// Why a folder could not be taken.
#[derive(Debug)]
pub enum LockError {
    /// Another process has it.
    Taken {
        /// The folder.
        folder: PathBuf,
        /// The process, if it said so.
        by: String,
    },
    /// It cannot be written.
    Unwritable {
        /// The file that cannot be made or written.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
}

impl Lock {
    /// Takes `folder`, which is made if it is not there.
    ///
    /// # Errors
    /// If it is taken or cannot be written.
    pub fn take(folder: &Path) -> Result<Self, LockError> {
        let unwritable = |path: &Path, error| LockError::Unwritable { path: path.into(), error };
        fs::create_dir_all(folder).map_err(|error| unwritable(folder, error))?;
        let path = folder.join("lock");
        let open =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
        let mut file = open.map_err(|error| unwritable(&path, error))?;
        if flock(&file, FlockOperation::NonBlockingLockExclusive).is_err() {
            let mut by = String::new();
            file.read_to_string(&mut by).map_err(|error| unwritable(&path, error))?;
            return Err(LockError::Taken { folder: folder.into(), by: by.trim().to_owned() });
        }
        let written = file
            .set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| writeln!(file, "{}", process::id()));
        written.map_err(|error| unwritable(&path, error))?;
        Ok(Lock { _file: file })
    }
}

impl fmt::Display for LockError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LockError::Taken { folder, by } => {
                let folder = folder.display();
                write!(f, "{folder} is in use by process {by}: stop it, or take another --data")
            }
            LockError::Unwritable { path, error } => {
                write!(f, "{} cannot be written: {error}", path.display())
            }
        }
    }
}

impl std::error::Error for LockError {}

//! Why a file is no checkpoint to go on from.

use core::fmt;

use matcher::stored::LoadError;
use protocol_spec::words::CommandNo;

/// Why a file is no checkpoint to go on from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckpointFault {
    /// It does not begin as a checkpoint does.
    NoCheckpoint,
    /// It is of another format.
    Format(u32),
    /// It has so many bytes, and should have more or fewer.
    Length(u64),
    /// Its bytes are not those that were written.
    Checksum {
        /// What stands at its end.
        says: u32,
        /// What the bytes give.
        is: u32,
    },
    /// The part of the engine is none.
    Engine(LoadError),
    /// The part of the folds is none.
    Folds(LoadError),
    /// So many bytes of a part were not asked for.
    Rest(u64),
    /// The engine is not the one that was saved.
    Digest {
        /// The digest that was noted.
        says: u64,
        /// That of the engine.
        is: u64,
    },
    /// This is the engine's last command, and not that of the batch.
    Command(CommandNo),
}

impl fmt::Display for CheckpointFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CheckpointFault::NoCheckpoint => write!(f, "it does not begin as a checkpoint does"),
            CheckpointFault::Format(format) => write!(f, "it is of format {format}"),
            CheckpointFault::Length(bytes) => write!(f, "it has {bytes} bytes, not as it should"),
            CheckpointFault::Checksum { says, is } => {
                write!(f, "it says checksum {says:08x}, its bytes give {is:08x}")
            }
            CheckpointFault::Engine(error) => write!(f, "its engine cannot be loaded: {error}"),
            CheckpointFault::Folds(error) => write!(f, "its folds cannot be loaded: {error}"),
            CheckpointFault::Rest(bytes) => write!(f, "{bytes} bytes of it are left over"),
            CheckpointFault::Digest { says, is } => {
                write!(f, "its engine has digest {is:016x}, and was saved with {says:016x}")
            }
            CheckpointFault::Command(command) => {
                write!(f, "its engine ends with command {command}, its batch does not")
            }
        }
    }
}

impl core::error::Error for CheckpointFault {}

//! Why decoding cannot begin, or not go on.

use std::{error, fmt, io};

use super::name::InputName;

/// Why decoding cannot begin, or not go on.
#[derive(Debug)]
pub enum DecodeFailure {
    /// A file cannot be opened.
    Open {
        /// Its name.
        file: InputName,
        /// What the system says.
        source: io::Error,
    },
    /// A file cannot be read any further.
    Read {
        /// Its name.
        file: InputName,
        /// How many bytes were read.
        offset: u64,
        /// What the system says.
        source: io::Error,
    },
    /// The name is that of a directory.
    Directory {
        /// Its name.
        file: InputName,
    },
    /// There is nothing in it.
    Empty {
        /// Its name.
        file: InputName,
    },
    /// It is compressed.
    Compressed {
        /// Its name.
        file: InputName,
        /// By what, and how that is undone.
        with: Compression,
    },
    /// It is none of the known formats.
    Unrecognised {
        /// Its name.
        file: InputName,
        /// Its first bytes.
        found: Vec<u8>,
        /// What keeps it from being hex text.
        not_hex: String,
        /// What is wrong with it as a BinaryFILE, the format that has no mark of its own.
        why: String,
    },
    /// It is not the format that was asked for.
    NotThatFormat {
        /// Its name.
        file: InputName,
        /// What is wrong.
        why: String,
    },
    /// Ports are asked for where there are none.
    NoPorts {
        /// Its name.
        file: InputName,
    },
    /// No file is named, and standard input is a terminal.
    NothingNamed,
    /// The output cannot be written.
    Write(io::Error),
}

/// A compression format that is told by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Compression {
    /// Its name.
    pub name: &'static str,
    /// The first bytes of its files.
    pub magic: &'static [u8],
    /// The command that writes the contents to standard output.
    pub command: &'static str,
}

impl Compression {
    /// The formats in which captures and data files are shipped.
    pub const ALL: [Compression; 4] = [
        Compression { name: "gzip", magic: b"\x1F\x8B", command: "gzip -dc" },
        Compression { name: "zstd", magic: b"\x28\xB5\x2F\xFD", command: "zstd -dc" },
        Compression { name: "xz", magic: b"\xFD7zXZ", command: "xz -dc" },
        Compression { name: "zip", magic: b"PK\x03\x04", command: "unzip -p" },
    ];
}

impl DecodeFailure {
    /// Whether the user asked for something that makes no sense.
    #[must_use]
    pub const fn is_misuse(&self) -> bool {
        matches!(self, DecodeFailure::NothingNamed | DecodeFailure::NoPorts { .. })
    }

    /// Whether only this input is lost, and others may be decoded.
    #[must_use]
    pub const fn is_of_one_input(&self) -> bool {
        !matches!(self, DecodeFailure::NothingNamed | DecodeFailure::Write(_))
    }
}

impl fmt::Display for DecodeFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DecodeFailure::Open { file, source } => write!(f, "cannot open {file}: {source}"),
            DecodeFailure::Read { file, offset, source } => {
                write!(f, "cannot read {file} at offset {offset}: {source}")
            }
            DecodeFailure::Directory { file } => {
                write!(f, "{file} is a directory: name the files in it")
            }
            DecodeFailure::Empty { file } => {
                write!(f, "{file} is empty: there is nothing to decode")
            }
            DecodeFailure::Compressed { file, with } => write!(
                f,
                "{file} is compressed with {}: decompress it first: {} FILE | outcry decode -",
                with.name, with.command
            ),
            DecodeFailure::Unrecognised { file, found, not_hex, why } => {
                write!(f, "{file} is not recognised: it begins with")?;
                for byte in found {
                    write!(f, " {byte:02X}")?;
                }
                write!(
                    f,
                    "\n  pcap, pcapng: no, they begin with a mark of their own\
                     \n  hex text: no, {not_hex} is no digit, space, `:`, `0x` or `#` comment\
                     \n  BinaryFILE: no, {why}\
                     \n  Say what it is with --format hex|binary-file|pcap, and --as"
                )
            }
            DecodeFailure::NoPorts { file } => {
                write!(
                    f,
                    "{file} is no capture, so nothing in it has a port: --port is for captures"
                )
            }
            DecodeFailure::NothingNamed => {
                f.write_str("nothing to decode: name a file, give --hex TEXT, or pipe something in")
            }
            DecodeFailure::NotThatFormat { file, why } => write!(f, "{file}: {why}"),
            DecodeFailure::Write(source) => write!(f, "cannot write the output: {source}"),
        }
    }
}

impl error::Error for DecodeFailure {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            DecodeFailure::Open { source, .. }
            | DecodeFailure::Read { source, .. }
            | DecodeFailure::Write(source) => Some(source),
            _ => None,
        }
    }
}

/// Why nothing more is to be decoded.
#[derive(Debug)]
pub enum Stop {
    /// As many messages were shown as were asked for.
    Enough,
    /// Nobody reads the output any more.
    Unread,
    /// It cannot go on.
    Failed(DecodeFailure),
}

impl From<DecodeFailure> for Stop {
    fn from(failure: DecodeFailure) -> Self {
        Stop::Failed(failure)
    }
}

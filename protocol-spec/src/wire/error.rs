//! What can be wrong with bytes that claim to be a message.

use core::fmt;

/// Why bytes are not the message they claim to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// The bytes end before the message does.
    Truncated {
        /// Bytes the message needs at least.
        need: usize,
        /// Bytes there are.
        have: usize,
    },
    /// No message of this protocol and direction has this type.
    UnknownType(u8),
    /// A field holds a value that the protocol does not give a meaning to.
    BadCode(BadCode),
    /// Bytes follow after the end of the message.
    Trailing {
        /// How many.
        extra: usize,
    },
}

impl DecodeError {
    /// The error of a message that has not the length it should have.
    #[cold]
    pub(crate) fn length(need: usize, have: usize) -> Self {
        match have.checked_sub(need) {
            Some(extra) => DecodeError::Trailing { extra },
            None => DecodeError::Truncated { need, have },
        }
    }
}

/// A value that the protocol does not give a meaning to, and where it stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct BadCode {
    /// Offset of the field in the message.
    pub offset: usize,
    value: [u8; Self::MAX_LEN],
    len: u8,
}

impl BadCode {
    /// The longest values that can be bad are numbers of twenty digits.
    const MAX_LEN: usize = 20;

    /// A bad value at `offset`.
    #[cold]
    #[must_use]
    pub(crate) fn new(offset: usize, bytes: &[u8]) -> Self {
        let len = bytes.len().min(Self::MAX_LEN);
        let mut value = [0; Self::MAX_LEN];
        value[..len].copy_from_slice(&bytes[..len]);
        BadCode { offset, value, len: len as u8 }
    }

    /// The bytes that were found there.
    #[must_use]
    pub fn value(&self) -> &[u8] {
        &self.value[..usize::from(self.len)]
    }
}

impl fmt::Debug for BadCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BadCode({self})")
    }
}

impl fmt::Display for BadCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\" at offset {}", self.value().escape_ascii(), self.offset)
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DecodeError::Truncated { need, have } => {
                write!(f, "truncated: {have} bytes where at least {need} are needed")
            }
            DecodeError::UnknownType(kind) => {
                write!(f, "unknown message type \"{}\" (0x{kind:02X})", kind.escape_ascii())
            }
            DecodeError::BadCode(bad) => write!(f, "bad code {bad}"),
            DecodeError::Trailing { extra } => write!(f, "{extra} trailing bytes"),
        }
    }
}

impl core::error::Error for DecodeError {}

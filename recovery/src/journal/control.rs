//! Commands that no broker sends, as bytes.

use core::fmt;

use matcher::command::Command;
use matcher::stored::{LoadError, Sink, Stored};

/// Most bytes of a note.
pub const MAX_NOTE: usize = u8::MAX as usize;

/// Why bytes are no control record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ControlFault {
    /// No control record has this type.
    UnknownType(u8),
    /// There is no end of the note, or it is no text.
    Note,
    /// The parts of the command are not what they should be.
    Parts(LoadError),
    /// There are so many bytes behind the command.
    Trailing(usize),
}

impl fmt::Display for ControlFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ControlFault::UnknownType(kind) => write!(f, "no control record has the type {kind}"),
            ControlFault::Note => write!(f, "the note of a control record is no text"),
            ControlFault::Parts(fault) => write!(f, "a control record: {fault}"),
            ControlFault::Trailing(extra) => {
                write!(f, "a control record has {extra} bytes too many")
            }
        }
    }
}

impl core::error::Error for ControlFault {}

/// The table of control records: number of the type, command, and its parts in their order.
macro_rules! controls {
    ($($kind:literal $command:ident { $($part:tt: $name:ident),* };)+) => {
        /// The type of a command, `None` if it is a broker's.
        fn kind(command: &Command) -> Option<u8> {
            match command {
                $(Command::$command { .. } => Some($kind),)+
                _ => None,
            }
        }

        /// Writes the parts of a command.
        fn save_parts(command: &Command, out: &mut dyn Sink) {
            match command {
                $(Command::$command { $($part: $name),* } => { $($name.save(out);)* })+
                _ => {}
            }
        }

        /// Reads the parts of a command of this type.
        fn load_parts(kind: u8, from: &mut &[u8]) -> Result<Command, ControlFault> {
            match kind {
                $($kind => {
                    $(let $name = Stored::load(from).map_err(ControlFault::Parts)?;)*
                    Ok(Command::$command { $($part: $name),* })
                })+
                _ => Err(ControlFault::UnknownType(kind)),
            }
        }
    };
}

controls! {
    1 OpenDay { 0: day };
    2 SetInstrument { 0: instrument };
    3 SetPort { 0: port };
    4 SetPhase { 0: phase };
    5 SetState { 0: state };
    6 PortUp { port: port, conn: conn };
    7 PortDown { port: port, conn: conn, cause: cause };
    8 Tick {};
    9 OperatorCancel { 0: filter };
    10 OperatorSwitch { whom: whom, off: off };
    11 BreakTrade { 0: trade };
    12 EndOfDay {};
}

/// Writes a control record.
///
/// # Panics
/// If the command is a broker's, which is kept as it came, or the note is too long.
pub(super) fn save(command: &Command, note: &str, out: &mut dyn Sink) {
    let kind = kind(command).expect("a broker's message is kept as it came");
    let len = u8::try_from(note.len()).expect("a note is at most 255 bytes long");
    out.put(&[kind, len]);
    out.put(note.as_bytes());
    save_parts(command, out);
}

/// Reads a control record.
#[cold]
pub(super) fn load(payload: &[u8]) -> Result<(Command, &str), ControlFault> {
    let (&[kind, len], rest) = payload.split_first_chunk().ok_or(ControlFault::Note)?;
    let (note, mut parts) = rest.split_at_checked(len.into()).ok_or(ControlFault::Note)?;
    let note = core::str::from_utf8(note).map_err(|_| ControlFault::Note)?;
    let command = load_parts(kind, &mut parts)?;
    match parts.len() {
        0 => Ok((command, note)),
        extra => Err(ControlFault::Trailing(extra)),
    }
}

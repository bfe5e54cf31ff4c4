//! What is told as lines that programs compare.
//!
//! ```text
//! R command port number hex      a reply
//! F command number hex           a message of the feed
//! O command words                a refusal to the operator
//! E commands engine told         the end: how many commands, and the digests
//! ```

use protocol_spec::wire::ouch::Symbol;
use protocol_spec::words::{CommandNo, PortId};

use super::line::write_message;
use super::names::Names;
use super::told::{Item, To};
use crate::decode::Protocol;

/// A thing that was told, apart from those that were told with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The command that caused it.
    pub command: CommandNo,
    /// Whom it was told.
    pub lane: Lane,
    /// Its number there.
    pub number: u64,
    /// The message, or words.
    pub bytes: Vec<u8>,
    /// The security it is about, if that is known.
    pub symbol: Option<Symbol>,
}

/// Whom something is told; each counts for itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lane {
    /// A broker.
    Port(PortId),
    /// The public.
    Feed,
    /// The operator.
    Operator,
}

impl Piece {
    /// Takes what was told out of its buffer. Refusals are numbered by their commands.
    #[must_use]
    pub fn of(item: &Item, bytes: &[u8]) -> Self {
        let Item { command, symbol, .. } = *item;
        let (lane, number, bytes) = match item.to {
            To::Port(port, number) => (Lane::Port(port), number.0, bytes.to_vec()),
            To::Feed(number) => (Lane::Feed, number.0, bytes.to_vec()),
            To::Operator(refusal) => (Lane::Operator, command.0, refusal.to_string().into()),
        };
        Piece { command, lane, number, bytes, symbol }
    }

    /// Appends the line of what was told, without its end.
    pub fn write(line: &mut Vec<u8>, item: &Item, bytes: &[u8]) {
        let command = item.command;
        let head = match item.to {
            To::Port(port, number) => format!("R {command} {port} {number} "),
            To::Feed(number) => format!("F {command} {number} "),
            To::Operator(refusal) => format!("O {command} {refusal}"),
        };
        line.extend_from_slice(head.as_bytes());
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        for byte in bytes {
            line.push(DIGITS[usize::from(byte >> 4)]);
            line.push(DIGITS[usize::from(byte & 15)]);
        }
    }

    /// What a line says, if it is one.
    #[must_use]
    pub fn parse(line: &str) -> Option<Self> {
        let (kind, rest) = line.split_once(' ')?;
        let (command, rest) = rest.split_once(' ')?;
        let command = CommandNo(command.parse().ok()?);
        let (lane, number, bytes) = match kind {
            "R" => {
                let (port, rest) = rest.split_once(' ')?;
                let (number, hex) = rest.split_once(' ')?;
                (Lane::Port(PortId(port.parse().ok()?)), number.parse().ok()?, of_hex(hex)?)
            }
            "F" => {
                let (number, hex) = rest.split_once(' ')?;
                (Lane::Feed, number.parse().ok()?, of_hex(hex)?)
            }
            "O" => (Lane::Operator, command.0, rest.as_bytes().to_vec()),
            _ => return None,
        };
        Some(Piece { command, lane, number, bytes, symbol: None })
    }

    /// The same without the time that stands in it.
    #[must_use]
    pub fn untimed(&self) -> Vec<u8> {
        let mut bytes = self.bytes.clone();
        let time = match self.lane {
            Lane::Port(_) => 1..9,
            Lane::Feed => 5..11,
            Lane::Operator => 0..0,
        };
        if let Some(time) = bytes.get_mut(time) {
            time.fill(0);
        }
        bytes
    }

    /// In words.
    #[must_use]
    pub fn show(&self, names: &Names) -> String {
        let mut line = Vec::new();
        let (command, number) = (self.command, self.number);
        match self.lane {
            Lane::Port(port) => {
                let port = names.show(port);
                line.extend_from_slice(format!("told {port} #{number}  ").as_bytes());
                write_message(&mut line, Protocol::OuchOut, &self.bytes, self.symbol);
            }
            Lane::Feed => {
                line.extend_from_slice(format!("feed #{number}  ").as_bytes());
                write_message(&mut line, Protocol::Itch, &self.bytes, self.symbol);
            }
            Lane::Operator => {
                line.extend_from_slice(b"refused: ");
                line.extend_from_slice(&self.bytes);
            }
        }
        let line = String::from_utf8_lossy(&line);
        format!("{}  (command {command})", line.trim_end())
    }
}

impl Lane {
    /// In words.
    #[must_use]
    pub fn show(self, names: &Names) -> String {
        match self {
            Lane::Port(port) => format!("port {}", names.show(port)),
            Lane::Feed => "the feed".to_owned(),
            Lane::Operator => "the operator".to_owned(),
        }
    }
}

fn of_hex(hex: &str) -> Option<Vec<u8>> {
    let digits = hex.as_bytes();
    let pairs = digits.len().is_multiple_of(2).then(|| digits.chunks(2))?;
    let byte = |pair: &[u8]| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok();
    pairs.map(byte).collect()
}

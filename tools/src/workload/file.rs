//! Flows in `.wlob` files: a header of 128 bytes, records of 24, little endian.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};
use std::{error, fmt};

use super::flow::{Flaw, Flow};
use super::step::{Side, Step, Style};
use super::tally::{Outcome, Resting, Tally};

const MAGIC: [u8; 8] = *b"WLOB0001";
const HEADER: usize = 128;
const RECORD: usize = 24;
/// The highest price in ticks.
const MAX_PRICE: u32 = 65_535;
/// The most shares of an order that the venue takes.
const MAX_QUANTITY: u32 = 999_999;

/// A file that is no flow.
#[derive(Debug)]
pub struct FileError {
    /// The file.
    pub file: PathBuf,
    /// What is wrong with it.
    pub fault: Fault,
}

/// What is wrong with a file. Records are counted from 0.
#[derive(Debug)]
pub enum Fault {
    /// It cannot be read.
    Io(io::Error),
    /// It does not begin with `WLOB0001`.
    Magic,
    /// Its header or its records have another length than version 1 gives them.
    Lengths {
        /// Bytes of the header.
        header: u32,
        /// Bytes of a record.
        record: u32,
    },
    /// It has no commands or more than there are numbers for, or no securities or more than 65,535.
    Size {
        /// Commands.
        commands: u64,
        /// Securities.
        symbols: u32,
    },
    /// It ends before its last record, or goes on behind it.
    Length {
        /// Records that it should have.
        commands: u64,
        /// Whole records that it has; one more than it should if it goes on.
        found: u64,
    },
    /// A record has a value that the format does not have.
    Record {
        /// Its number.
        number: u64,
        /// The field.
        field: &'static str,
        /// The value.
        value: u64,
    },
    /// What the header expects is not what the commands come to.
    Expectation(Box<Flaw>),
}

/// Reads a flow, at most `commands` of its commands.
///
/// # Errors
/// If the file cannot be read, or is no flow, or its header does not fit its commands.
pub fn read(path: &Path, commands: Option<u64>) -> Result<Flow, FileError> {
    let error = |fault| FileError { file: path.to_owned(), fault };
    let file = File::open(path).map_err(|cause| error(Fault::Io(cause)))?;
    let name = path.file_stem().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    read_from(BufReader::with_capacity(1 << 20, file), name, commands).map_err(error)
}

/// The same of anything that gives bytes.
///
/// # Errors
/// As [`read`].
pub fn read_from(mut input: impl Read, name: String, commands: Option<u64>) -> Result<Flow, Fault> {
    let header = Header::read(&mut input)?;
    let wanted = commands.map_or(header.commands, |most| most.min(header.commands));
    let mut steps = Vec::with_capacity(usize::try_from(wanted).unwrap_or(0).min(1 << 20));
    let mut last = 0;
    for number in 0..wanted {
        let mut record = [0; RECORD];
        if !fill(&mut input, &mut record)? {
            return Err(Fault::Length { commands: header.commands, found: number });
        }
        steps.push(step(number, &record, header.symbols, &mut last)?);
    }
    let is_whole = wanted == header.commands;
    if is_whole && input.read(&mut [0]).map_err(Fault::Io)? > 0 {
        return Err(Fault::Length { commands: header.commands, found: wanted + 1 });
    }
    let flow = Flow::new(name, header.symbols, 0, steps);
    if is_whole {
        flow.confirm(header.expected).map_err(|flaw| Fault::Expectation(Box::new(flaw)))?;
    }
    Ok(flow)
}

struct Header {
    commands: u64,
    symbols: u32,
    expected: Outcome,
}

impl Header {
    fn read(input: &mut impl Read) -> Result<Self, Fault> {
        let mut bytes = [0; HEADER];
        if !fill(input, &mut bytes)? || bytes[..8] != MAGIC {
            return Err(Fault::Magic);
        }
        let short = |at: usize| u32::from_le_bytes(part(&bytes, at));
        let long = |at: usize| u64::from_le_bytes(part(&bytes, at));
        let (header, record) = (short(8), short(12));
        if (header, record) != (HEADER as u32, RECORD as u32) {
            return Err(Fault::Lengths { header, record });
        }
        let (commands, symbols) = (long(16), short(24));
        let has_numbers = (1..=u64::from(u32::MAX)).contains(&commands);
        if !has_numbers || !(1..=u32::from(u16::MAX)).contains(&symbols) {
            return Err(Fault::Size { commands, symbols });
        }
        let tally =
            Tally { trades: long(72), quantity: long(80), notional: long(88), hash: long(96) };
        let resting = Resting { orders: long(104), quantity: long(112) };
        Ok(Header { commands, symbols, expected: Outcome { tally, resting } })
    }
}

/// The command of a record; `last` is the highest number of an order so far.
fn step(number: u64, record: &[u8; RECORD], symbols: u32, last: &mut u32) -> Result<Step, Fault> {
    let fault = |field, value| Fault::Record { number, field, value };
    let long_id = u64::from_le_bytes(part(record, 0));
    let [price, quantity] = [8, 12].map(|at| u32::from_le_bytes(part(record, at)));
    let symbol = u16::from_le_bytes(part(record, 16));
    let [kind, side_code] = [record[18], record[19]];
    let Ok(id) = u32::try_from(long_id) else {
        return Err(fault("order_id", long_id));
    };
    if u32::from(symbol) >= symbols {
        return Err(fault("symbol", u64::from(symbol)));
    }
    let side = match side_code {
        0 => Side::Buy,
        1 => Side::Sell,
        _ => return Err(fault("side", u64::from(side_code))),
    };
    match kind {
        0 | 2 => {
            if id <= *last {
                return Err(fault("order_id", long_id));
            }
            if !(1..=MAX_PRICE).contains(&price) {
                return Err(fault("price", u64::from(price)));
            }
            if !(1..=MAX_QUANTITY).contains(&quantity) {
                return Err(fault("qty", u64::from(quantity)));
            }
            *last = id;
            Ok(Step::Enter { id, price, quantity, tip: 0, symbol, side, style: Style::Shown })
        }
        1 if (1..=*last).contains(&id) => Ok(Step::Cancel { id, wanted: 0 }),
        1 => Err(fault("order_id", long_id)),
        _ => Err(fault("kind", u64::from(kind))),
    }
}

fn part<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    bytes[at..at + N].try_into().expect("the fields lie within header and record")
}

/// Fills `buffer`, unless the input ends before.
fn fill(input: &mut impl Read, buffer: &mut [u8]) -> Result<bool, Fault> {
    match input.read_exact(buffer) {
        Ok(()) => Ok(true),
        Err(cause) if cause.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(cause) => Err(Fault::Io(cause)),
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.file.display(), self.fault)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Io(cause) => write!(f, "cannot be read: {cause}"),
            Fault::Magic => write!(f, "is no workload: it does not begin with a WLOB0001 header"),
            Fault::Lengths { header, record } => write!(
                f,
                "has a header of {header} and records of {record} bytes; version 1 has {HEADER} \
                 and {RECORD}"
            ),
            Fault::Size { commands, symbols } => {
                write!(f, "has {commands} commands for {symbols} securities: none or too many")
            }
            Fault::Length { commands, found } if found > commands => {
                write!(f, "goes on behind its {commands} commands")
            }
            Fault::Length { commands, found } => {
                write!(f, "ends after {found} of {commands} commands")
            }
            Fault::Record { number, field, value } => {
                write!(f, "command {number}: {field} cannot be {value}")
            }
            Fault::Expectation(flaw) => flaw.fmt(f),
        }
    }
}

impl error::Error for FileError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match &self.fault {
            Fault::Io(cause) => Some(cause),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;

//! Where bytes come from, and which format they have.

use std::fs::{self, File};
use std::io::{self, Cursor, ErrorKind, Read};
use std::path::PathBuf;

use clap::ValueEnum;
use protocol_spec::wire::binary_file::{self, Record};

use super::candidates::check;
use super::digits::first_stray;
use super::error::{Compression, DecodeFailure};
use super::message::Message;
use super::name::InputName;
use super::progress::{Counted, Progress};
use super::protocol::Protocol;
use crate::capture::is_capture;

/// The formats of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Text in hexadecimal digits, a message or packet a line
    Hex,
    /// BinaryFILE: messages, each behind its length in 2 bytes
    BinaryFile,
    /// A network capture, pcap or pcapng
    Pcap,
}

/// What is to be decoded.
#[derive(Clone, Debug)]
pub enum Input {
    /// Standard input.
    Stdin,
    /// A file.
    File(PathBuf),
    /// Hex text of the command line, and its place among several.
    Text(String, Option<usize>),
}

impl Input {
    fn name(&self) -> InputName {
        match self {
            Input::Stdin => InputName::new("standard input"),
            Input::File(path) => InputName::new(&path.to_string_lossy()),
            Input::Text(_, None) => InputName::new("--hex"),
            Input::Text(_, Some(position)) => InputName::new(&format!("--hex {position}")),
        }
    }
}

/// An open input.
pub(super) struct Source {
    /// Its name in messages.
    pub name: InputName,
    /// Its first bytes, which `reader` gives once more.
    pub head: Vec<u8>,
    /// All of it.
    pub reader: Box<dyn Read>,
}

/// Read ahead to tell the format: enough for a few records of any.
const HEAD: usize = 4096;
/// Where little comes at a time, told by so much.
const LITTLE: usize = 64;

impl Source {
    /// Opens an input and reads its first bytes.
    ///
    /// # Errors
    /// If there is none, or nothing in it, or it is compressed.
    pub(super) fn open(input: &Input, progress: &Progress) -> Result<Self, DecodeFailure> {
        let name = input.name();
        let (size, reader) = match input {
            Input::Stdin => (None, Box::new(io::stdin()) as _),
            Input::Text(text, _) => {
                let reader = Box::new(Cursor::new(text.clone().into_bytes())) as Box<dyn Read>;
                (Some(text.len() as u64), reader)
            }
            Input::File(path) => {
                let file = name.clone();
                let opened = open_file(path);
                let (size, reader) = opened.map_err(|source| match source.kind() {
                    ErrorKind::IsADirectory => DecodeFailure::Directory { file: file.clone() },
                    _ => DecodeFailure::Open { file: file.clone(), source },
                })?;
                (size, Box::new(reader) as Box<dyn Read>)
            }
        };
        let mut reader = Counted::new(reader, progress.begin(size));
        let head = read_head(&mut reader).map_err(|source| DecodeFailure::Read {
            file: name.clone(),
            offset: 0,
            source,
        })?;
        if head.is_empty() {
            return Err(DecodeFailure::Empty { file: name });
        }
        let known = Compression::ALL.into_iter();
        if let Some(with) = known.clone().find(|with| head.starts_with(with.magic)) {
            return Err(DecodeFailure::Compressed { file: name, with });
        }
        Ok(Source { name, reader: Box::new(Cursor::new(head.clone()).chain(reader)), head })
    }

    /// The format, by what stands at the start.
    ///
    /// # Errors
    /// If it is none of the known ones; BinaryFILE is known by a record that fits `protocol`.
    pub(super) fn format(&self, protocol: Option<Protocol>) -> Result<Format, DecodeFailure> {
        if is_capture(&self.head) {
            return Ok(Format::Pcap);
        }
        let Some(stray) = first_stray(&self.head) else {
            return Ok(Format::Hex);
        };
        match check_binary_file(&self.head, protocol) {
            Ok(()) => Ok(Format::BinaryFile),
            Err(why) => Err(DecodeFailure::Unrecognised {
                file: self.name.clone(),
                found: self.head[..self.head.len().min(8)].to_vec(),
                not_hex: stray.to_string(),
                why,
            }),
        }
    }
}

fn open_file(path: &PathBuf) -> io::Result<(Option<u64>, File)> {
    let about = fs::metadata(path)?;
    if about.is_dir() {
        return Err(ErrorKind::IsADirectory.into());
    }
    let size = about.is_file().then_some(about.len());
    Ok((size, File::open(path)?))
}

fn read_head(reader: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut head = vec![0; HEAD];
    let mut have = 0;
    while have < LITTLE {
        match reader.read(&mut head[have..]) {
            Ok(0) => break,
            Ok(count) => have += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    head.truncate(have);
    Ok(head)
}

/// Whether the first record is one of the protocol; of any, if none is given, so that a file with
/// a bad message in front is still told by the next one.
fn check_binary_file(head: &[u8], protocol: Option<Protocol>) -> Result<(), String> {
    let wanted = protocol.unwrap_or(Protocol::Itch);
    match binary_file::split(head) {
        Record::End([]) => Ok(()),
        Record::End(rest) => Err(format!("it begins with the end mark, {} follow", rest.len())),
        Record::Short(missing) => {
            let kind = head.get(binary_file::RECORD_HEADER);
            let known = kind.is_none_or(|kind| wanted.layout(*kind).is_some());
            if known && head.len() + missing <= HEAD {
                return Ok(());
            }
            Err("the length at its start goes beyond any message".to_owned())
        }
        Record::Message(message, _) => {
            let Err(error) = Message::read(wanted, message) else {
                return Ok(());
            };
            let mut others = Protocol::ALL.into_iter().filter(|_| protocol.is_none());
            Err(match others.find(|other| check(*other, message).is_ok()) {
                Some(other) => {
                    format!("its first record is no {wanted} message but fits --as {other}")
                }
                None => format!("its first record is no {wanted} message: {error}"),
            })
        }
    }
}

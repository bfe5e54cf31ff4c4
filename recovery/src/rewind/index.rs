//! Where the blocks of the feed's file begin, as bytes of a file beside it.

use core::fmt;

use alloc::vec::Vec;
use binrw::io::Cursor;
use binrw::{BinRead, BinWrite, binrw};
use protocol_spec::wire::mold::SessionId;
use protocol_spec::wire::text::Alpha;
use protocol_spec::words::FeedNo;

use super::block::{BLOCK, Place, link};
use crate::journal::Checksum;

/// Bytes of the head.
pub const HEAD: usize = 32;
/// Bytes of an entry.
pub const ENTRY: usize = 32;
/// Bytes of the checksum, the last of head and entry.
const SUM: usize = 4;
/// The format that is written and read here.
const FORMAT: u32 = 1;

#[binrw]
#[brw(little, magic = b"OUTCRYRX")]
struct Head {
    format: u32,
    #[brw(pad_after = 2)]
    session: [u8; 10],
    block: u32,
}

/// A complete block of the feed's file.
#[binrw]
#[brw(little)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The number of its first message.
    #[br(map = FeedNo)]
    #[bw(map = |first| first.0)]
    pub first: FeedNo,
    /// Where it begins.
    pub offset: u64,
    /// Its length in bytes.
    pub len: u32,
    /// Its checksum.
    pub sum: u32,
    /// The chain over the checksums of all blocks up to this one.
    pub chain: u32,
}

impl Entry {
    /// Where it is.
    #[must_use]
    pub const fn place(&self) -> Place {
        Place { offset: self.offset, len: self.len as usize }
    }

    /// Where it ends.
    #[must_use]
    pub const fn end(&self) -> u64 {
        self.offset.saturating_add(self.len as u64)
    }

    /// It as the bytes of the file.
    ///
    /// # Panics
    /// Never: there is room for it.
    #[must_use]
    pub fn to_bytes(&self, checksum: Checksum) -> [u8; ENTRY] {
        let mut bytes = [0; ENTRY];
        self.write_le(&mut Cursor::new(&mut bytes[..])).expect("an entry has room for it");
        sealed(bytes, checksum)
    }

    /// Whether it can be the one after `last`, or the first if there is none.
    fn follows(&self, last: Option<&Entry>, checksum: Checksum) -> bool {
        let (numbers, offset, chain) = match last {
            None => (self.first == FeedNo(1), 0, 0),
            Some(last) => (self.first > last.first, last.end(), last.chain),
        };
        numbers
            && self.offset == offset
            && self.offset.checked_add(self.len.into()).is_some()
            && (1..=BLOCK).contains(&(self.len as usize))
            && self.chain == link(chain, self.sum, checksum)
    }
}

/// Why a file is no index of the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IndexFault {
    /// It does not begin as an index does.
    NoIndex,
    /// It is of another format.
    Format(u32),
    /// It is of another day.
    Session(SessionId),
    /// It is of blocks of another length.
    Block(u32),
}

/// The first bytes of the index of a session.
///
/// # Panics
/// Never: there is room for them.
#[must_use]
pub fn head(session: SessionId, checksum: Checksum) -> [u8; HEAD] {
    let head = Head { format: FORMAT, session: session.0, block: BLOCK as u32 };
    let mut bytes = [0; HEAD];
    head.write_le(&mut Cursor::new(&mut bytes[..])).expect("a head has room for it");
    sealed(bytes, checksum)
}

/// The entries of a session's index, up to the first that is not whole or does not follow on the
/// one before. Nothing says yet that the blocks are in the file.
///
/// # Errors
/// If the file does not begin with the head of such an index.
pub fn read(
    bytes: &[u8],
    session: SessionId,
    checksum: Checksum,
) -> Result<Vec<Entry>, IndexFault> {
    let (head, rest) = bytes.split_first_chunk::<HEAD>().ok_or(IndexFault::NoIndex)?;
    let fields = opened(head, checksum).ok_or(IndexFault::NoIndex)?;
    let head = Head::read_le(&mut Cursor::new(fields)).map_err(|_| IndexFault::NoIndex)?;
    // Of another format nothing else is known.
    if head.format != FORMAT {
        return Err(IndexFault::Format(head.format));
    }
    if head.session != session.0 {
        return Err(IndexFault::Session(Alpha(head.session)));
    }
    if head.block != BLOCK as u32 {
        return Err(IndexFault::Block(head.block));
    }
    let mut entries: Vec<Entry> = Vec::new();
    for bytes in rest.as_chunks::<ENTRY>().0 {
        let entry = opened(bytes, checksum)
            .and_then(|fields| Entry::read_le(&mut Cursor::new(fields)).ok())
            .filter(|entry| entry.follows(entries.last(), checksum));
        let Some(entry) = entry else { break };
        entries.push(entry);
    }
    Ok(entries)
}

/// The bytes with their checksum at the end.
fn sealed(mut bytes: [u8; ENTRY], checksum: Checksum) -> [u8; ENTRY] {
    let (fields, sum) = bytes.split_at_mut(ENTRY - SUM);
    sum.copy_from_slice(&checksum(0, fields).to_le_bytes());
    bytes
}

/// What is before the checksum, if that is right.
fn opened(bytes: &[u8; ENTRY], checksum: Checksum) -> Option<&[u8]> {
    let (fields, sum) = bytes.split_at(ENTRY - SUM);
    (sum == checksum(0, fields).to_le_bytes()).then_some(fields)
}

/// Head and entry are of one length, so that entries stand at multiples of it.
const _: () = assert!(HEAD == ENTRY);

impl fmt::Display for IndexFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            IndexFault::NoIndex => write!(f, "it does not begin as an index does"),
            IndexFault::Format(format) => write!(f, "it is of format {format}"),
            IndexFault::Session(session) => {
                write!(f, "it is of the day {}", session.trimmed().escape_ascii())
            }
            IndexFault::Block(bytes) => write!(f, "it is of blocks of {bytes} bytes"),
        }
    }
}

impl core::error::Error for IndexFault {}

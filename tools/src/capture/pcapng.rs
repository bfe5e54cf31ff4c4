//! The pcapng format: sections of blocks.

use pcap_parser::Block;
use pcap_parser::pcapng::{BOM_MAGIC, InterfaceDescriptionBlock, parse_block_be, parse_block_le};
use pcap_parser::traits::PcapNGPacketBlock;

use super::error::Damage;
use super::item::{CaptureTime, LinkType};
use super::record::Record;

/// More interfaces than any machine has; each costs memory as long as its section lasts.
const MOST_INTERFACES: usize = 65_536;

/// What the blocks of one section so far say about its packets.
#[derive(Default)]
pub(super) struct Section {
    big_endian: bool,
    interfaces: Vec<Interface>,
    /// Time of the packet before: a simple packet block has no time of its own.
    last: CaptureTime,
}

struct Interface {
    link: LinkType,
    snapshot_length: u32,
    clock: Clock,
}

/// How the timestamps of an interface count.
struct Clock {
    unit: Unit,
    /// Seconds to add.
    offset: i64,
}

/// One tick of a timestamp, in nanoseconds.
enum Unit {
    Nanoseconds(u64),
    /// So many ticks make a nanosecond.
    PartOfNanosecond(u64),
    /// A second has two to this power ticks.
    PowerOfTwo(u8),
}

impl Section {
    /// Type, length, and what follows them: the byte-order mark in a section header.
    pub(super) const BLOCK_HEADER: usize = 12;

    const SECTION_HEADER: [u8; 4] = [0x0a, 0x0d, 0x0d, 0x0a];
    /// The packet block that the enhanced one replaced; old files still have it.
    const OBSOLETE_PACKET: u32 = 2;
    /// Where the packet begins in an enhanced (and obsolete) packet block.
    const PACKET: usize = 28;
    /// Where the packet begins in a simple packet block.
    const SIMPLE_PACKET: usize = 12;

    /// Whether a file begins like this. The type of a section header is the same in both orders.
    pub(super) fn is_magic(head: &[u8]) -> bool {
        head.starts_with(&Self::SECTION_HEADER)
    }

    /// The length of a block, from its header.
    pub(super) fn block_length(&self, head: &[u8]) -> Result<u64, Damage> {
        let mut big_endian = self.big_endian;
        if Self::is_magic(head) {
            let mark = word(head, 8, false);
            big_endian = mark == BOM_MAGIC.swap_bytes();
            if mark != BOM_MAGIC && !big_endian {
                return Err(Damage::ByteOrder { found: mark });
            }
        }
        let length = word(head, 4, big_endian);
        let least = Self::BLOCK_HEADER as u32;
        if length < least || !length.is_multiple_of(4) {
            return Err(Damage::BlockLength { found: length, least });
        }
        Ok(u64::from(length))
    }

    /// Takes in a whole block, which may hold a packet.
    pub(super) fn block(&mut self, whole: &[u8]) -> Result<Option<Record>, Damage> {
        let length = whole.len();
        let parse = if self.big_endian { parse_block_be } else { parse_block_le };
        let (_, block) = parse(whole).map_err(|_| Damage::Fields { length })?;
        if let Block::SectionHeader(header) = &block {
            self.big_endian = header.big_endian();
            self.interfaces.clear();
        }
        let (leading, trailing) =
            (word(whole, 4, self.big_endian), word(whole, length - 4, self.big_endian));
        if leading != trailing {
            return Err(Damage::LengthsDiffer { leading, trailing });
        }
        match block {
            Block::InterfaceDescription(description) => self.describe(&description).map(|()| None),
            Block::EnhancedPacket(packet) => {
                let ticks = ticks(packet.ts_high, packet.ts_low);
                let captured = packet.packet_data().len();
                self.packet(packet.if_id, ticks, captured, packet.origlen).map(Some)
            }
            Block::SimplePacket(packet) => {
                self.simple_packet(packet.packet_data().len(), packet.origlen).map(Some)
            }
            Block::Unknown(_) if word(whole, 0, self.big_endian) == Self::OBSOLETE_PACKET => {
                self.obsolete_packet(whole).map(Some)
            }
            _ => Ok(None),
        }
    }

    fn describe(&mut self, description: &InterfaceDescriptionBlock<'_>) -> Result<(), Damage> {
        if self.interfaces.len() == MOST_INTERFACES {
            return Err(Damage::TooManyInterfaces { limit: MOST_INTERFACES });
        }
        // The parser reads the offset as little-endian in sections of either byte order.
        let offset = if self.big_endian {
            description.if_tsoffset.swap_bytes()
        } else {
            description.if_tsoffset
        };
        self.interfaces.push(Interface {
            // A link type is 16 bits wide in the block; the parser widens it.
            link: LinkType(u16::try_from(description.linktype.0).unwrap_or(u16::MAX)),
            snapshot_length: description.snaplen,
            clock: Clock { unit: Unit::from_resolution(description.if_tsresol), offset },
        });
        Ok(())
    }

    fn packet(
        &mut self,
        interface: u32,
        ticks: u64,
        captured: usize,
        original: u32,
    ) -> Result<Record, Damage> {
        let described = self.interface(interface)?;
        let (link, time) = (described.link, described.clock.time(ticks));
        self.last = time;
        let data = Self::PACKET..Self::PACKET + captured;
        Ok(Record { time, link, data, cut: bytes_cut(captured, original) })
    }

    fn simple_packet(&self, padded: usize, original: u32) -> Result<Record, Damage> {
        let interface = self.interface(0)?;
        // What was captured is not written down: the padding shows only by the snapshot length.
        let captured = match interface.snapshot_length {
            0 => padded,
            limit => padded.min(limit as usize),
        };
        Ok(Record {
            time: self.last,
            link: interface.link,
            data: Self::SIMPLE_PACKET..Self::SIMPLE_PACKET + captured,
            cut: bytes_cut(captured, original),
        })
    }

    fn obsolete_packet(&mut self, whole: &[u8]) -> Result<Record, Damage> {
        let length = whole.len();
        if length < Self::PACKET + 4 {
            return Err(Damage::Fields { length });
        }
        let field = |offset| word(whole, offset, self.big_endian);
        // Half a word each: the interface, then a count of drops.
        let interface = if self.big_endian { field(8) >> 16 } else { field(8) & 0xffff };
        let (ticks, captured, original) = (ticks(field(12), field(16)), field(20), field(24));
        let captured = captured as usize;
        if captured > length - 4 - Self::PACKET {
            return Err(Damage::Fields { length });
        }
        self.packet(interface, ticks, captured, original)
    }

    fn interface(&self, number: u32) -> Result<&Interface, Damage> {
        let described = self.interfaces.len();
        self.interfaces
            .get(number as usize)
            .ok_or(Damage::UnknownInterface { found: number, described })
    }
}

impl Clock {
    /// Nanoseconds since the epoch, clamped to what [`CaptureTime`] can hold.
    fn time(&self, ticks: u64) -> CaptureTime {
        const SECOND: i128 = 1_000_000_000;
        let ticks = i128::from(ticks);
        let nanoseconds = match self.unit {
            Unit::Nanoseconds(each) => ticks * i128::from(each),
            Unit::PartOfNanosecond(parts) => ticks / i128::from(parts),
            Unit::PowerOfTwo(power) => (ticks * SECOND) >> power,
        };
        let time = nanoseconds + i128::from(self.offset) * SECOND;
        CaptureTime(u64::try_from(time.max(0)).unwrap_or(u64::MAX))
    }
}

impl Unit {
    /// From `if_tsresol`: the top bit chooses the base, 10 or 2, the others the power.
    ///
    /// The parser's own conversion knows no power of two.
    fn from_resolution(resolution: u8) -> Self {
        let power = resolution & 0x7f;
        if resolution & 0x80 != 0 {
            return Unit::PowerOfTwo(power);
        }
        match 9_u32.checked_sub(u32::from(power)) {
            Some(missing) => Unit::Nanoseconds(10_u64.pow(missing)),
            // Beyond 64 bits of parts a timestamp cannot reach a nanosecond at all.
            None => {
                Unit::PartOfNanosecond(10_u64.checked_pow(u32::from(power) - 9).unwrap_or(u64::MAX))
            }
        }
    }
}

fn ticks(high: u32, low: u32) -> u64 {
    u64::from(high) << 32 | u64::from(low)
}

fn bytes_cut(captured: usize, original: u32) -> u32 {
    original.saturating_sub(u32::try_from(captured).unwrap_or(u32::MAX))
}

/// The 32-bit word at an offset that the caller has checked to be there.
fn word(bytes: &[u8], offset: usize, big_endian: bool) -> u32 {
    let word =
        bytes[offset..].first_chunk().expect("blocks are whole before their fields are read");
    if big_endian { u32::from_be_bytes(*word) } else { u32::from_le_bytes(*word) }
}

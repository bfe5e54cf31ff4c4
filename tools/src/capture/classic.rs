//! The classic pcap format: a file header, then packets.

use pcap_parser::{parse_pcap_frame, parse_pcap_frame_be, parse_pcap_header};

use super::error::Damage;
use super::item::{CaptureTime, LinkType};
use super::record::Record;

/// What the file header says about all its records.
pub(super) struct Classic {
    big_endian: bool,
    link: LinkType,
    /// Nanoseconds in one unit of the fraction of a second.
    unit: u64,
}

impl Classic {
    pub(super) const FILE_HEADER: usize = 24;
    pub(super) const RECORD_HEADER: usize = 16;

    /// Whether a file begins like this: microseconds or nanoseconds, in either byte order.
    pub(super) fn is_magic(head: &[u8]) -> bool {
        const MAGICS: [u32; 2] = [0xa1b2_c3d4, 0xa1b2_3c4d];
        head.first_chunk().is_some_and(|magic| {
            MAGICS.contains(&u32::from_le_bytes(*magic))
                || MAGICS.contains(&u32::from_be_bytes(*magic))
        })
    }

    /// Reads the file header.
    pub(super) fn read(header: &[u8]) -> Result<Self, Damage> {
        let (_, header) =
            parse_pcap_header(header).map_err(|_| Damage::Fields { length: header.len() })?;
        // The upper half may tell the length of a frame check sequence, which IP lengths exclude.
        let [low, high, ..] = header.network.0.to_le_bytes();
        Ok(Self {
            big_endian: header.is_bigendian(),
            link: LinkType(u16::from_le_bytes([low, high])),
            unit: if header.is_nanosecond_precision() { 1 } else { 1_000 },
        })
    }

    /// The length of a record, from its header.
    pub(super) fn record_length(&self, head: &[u8]) -> Result<u64, Damage> {
        let fields = Damage::Fields { length: head.len() };
        let captured = head.get(8..).and_then(|rest| rest.first_chunk()).ok_or(fields)?;
        let captured = if self.big_endian {
            u32::from_be_bytes(*captured)
        } else {
            u32::from_le_bytes(*captured)
        };
        Ok(Self::RECORD_HEADER as u64 + u64::from(captured))
    }

    /// Reads a whole record.
    pub(super) fn record(&self, whole: &[u8]) -> Result<Record, Damage> {
        let parse = if self.big_endian { parse_pcap_frame_be } else { parse_pcap_frame };
        let (_, packet) = parse(whole).map_err(|_| Damage::Fields { length: whole.len() })?;
        let seconds = u64::from(packet.ts_sec) * 1_000_000_000;
        Ok(Record {
            time: CaptureTime(seconds + u64::from(packet.ts_usec) * self.unit),
            link: self.link,
            data: Self::RECORD_HEADER..Self::RECORD_HEADER + packet.data.len(),
            cut: packet.origlen.saturating_sub(packet.caplen),
        })
    }
}

//! A classic pcap file being written.

use std::error::Error;
use std::io::{self, ErrorKind, Write};
use std::net::{Ipv4Addr, SocketAddrV4};

use etherparse::{IpHeaders, PacketBuilder, PacketBuilderStep, TcpHeader};

use super::super::item::CaptureTime;

const TIME_TO_LIVE: u8 = 64;

/// Writes a classic pcap file: little-endian, nanoseconds, Ethernet. Lengths and checksums of the
/// frames it builds are right.
#[derive(Debug)]
pub struct PcapWriter<W> {
    out: W,
    /// The frame being built; kept for its memory.
    frame: Vec<u8>,
}

impl<W: Write> PcapWriter<W> {
    /// Begins a file with its header.
    ///
    /// # Errors
    /// If the writer below fails.
    pub fn new(mut out: W) -> io::Result<Self> {
        const MAGIC: u32 = 0xa1b2_3c4d;
        const VERSION_2_4: u32 = 0x0004_0002;
        const TIME_ZONE: u32 = 0;
        const ACCURACY: u32 = 0;
        const SNAPSHOT_LENGTH: u32 = 262_144;
        const ETHERNET: u32 = 1;
        for field in [MAGIC, VERSION_2_4, TIME_ZONE, ACCURACY, SNAPSHOT_LENGTH, ETHERNET] {
            out.write_all(&field.to_le_bytes())?;
        }
        Ok(Self { out, frame: Vec::new() })
    }

    /// Writes a UDP datagram, unfragmented however long.
    ///
    /// # Errors
    /// If the payload is too long for IPv4, the time for the format, or the writer below fails.
    pub fn udp(
        &mut self,
        time: CaptureTime,
        from: SocketAddrV4,
        to: SocketAddrV4,
        payload: &[u8],
    ) -> io::Result<()> {
        self.frame.clear();
        ipv4(*from.ip(), *to.ip())
            .udp(from.port(), to.port())
            .write_to_vec(&mut self.frame, payload)
            .map_err(invalid)?;
        self.write_frame(time)
    }

    /// Writes a TCP segment; the ports are those of the header.
    ///
    /// # Errors
    /// If the payload is too long for IPv4, the time for the format, or the writer below fails.
    pub fn tcp(
        &mut self,
        time: CaptureTime,
        from: Ipv4Addr,
        to: Ipv4Addr,
        header: TcpHeader,
        payload: &[u8],
    ) -> io::Result<()> {
        self.frame.clear();
        ipv4(from, to)
            .tcp_header(header)
            .write_to_vec(&mut self.frame, payload)
            .map_err(invalid)?;
        self.write_frame(time)
    }

    /// Gives the writer below back; everything has been written to it.
    pub fn into_inner(self) -> W {
        self.out
    }

    /// What was written to, for a look at it.
    pub fn get_ref(&self) -> &W {
        &self.out
    }

    fn write_frame(&mut self, time: CaptureTime) -> io::Result<()> {
        const SECOND: u64 = 1_000_000_000;
        let seconds = u32::try_from(time.0 / SECOND).map_err(invalid)?;
        let nanoseconds = u32::try_from(time.0 % SECOND).map_err(invalid)?;
        let length = u32::try_from(self.frame.len()).map_err(invalid)?;
        for field in [seconds, nanoseconds, length, length] {
            self.out.write_all(&field.to_le_bytes())?;
        }
        self.out.write_all(&self.frame)
    }
}

fn ipv4(from: Ipv4Addr, to: Ipv4Addr) -> PacketBuilderStep<IpHeaders> {
    PacketBuilder::ethernet2(hardware_address(from), hardware_address(to)).ipv4(
        from.octets(),
        to.octets(),
        TIME_TO_LIVE,
    )
}

/// The Ethernet address that RFC 1112 gives a group; for a host, one made from its address.
fn hardware_address(ip: Ipv4Addr) -> [u8; 6] {
    let [a, b, c, d] = ip.octets();
    if ip.is_multicast() {
        [0x01, 0x00, 0x5e, b & 0x7f, c, d]
    } else {
        // Locally administered, so it cannot be a real card's.
        [0x02, 0x00, a, b, c, d]
    }
}

fn invalid(error: impl Error + Send + Sync + 'static) -> io::Error {
    io::Error::new(ErrorKind::InvalidInput, error)
}

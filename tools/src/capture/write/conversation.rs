//! A TCP connection being written.

use std::io::{self, Write};
use std::net::SocketAddrV4;

use etherparse::TcpHeader;

use super::super::item::CaptureTime;
use super::PcapWriter;

/// Payload bytes of a full segment on Ethernet.
pub const FULL_SEGMENT: usize = 1_460;
const WINDOW: u16 = 65_535;

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The one that opened the connection.
    Client,
    /// The one that was listening.
    Server,
}

/// One TCP connection with right sequence and acknowledgment numbers.
///
/// Every segment of payload is acknowledged at once by the other side.
#[derive(Debug, Clone)]
pub struct TcpConversation {
    client: End,
    server: End,
}

#[derive(Debug, Clone, Copy)]
struct End {
    address: SocketAddrV4,
    /// Sequence number of the next byte.
    next: u32,
}

#[derive(Debug, Clone, Copy)]
enum Flag {
    Syn,
    Fin,
    Rst,
    Payload,
    Nothing,
}

impl TcpConversation {
    /// A connection that is not open yet, its first sequence numbers 1,000 and 5,000.
    pub fn new(client: SocketAddrV4, server: SocketAddrV4) -> Self {
        Self::with_sequences(client, 1_000, server, 5_000)
    }

    /// A connection that is not open yet, with the numbers its SYNs will have.
    pub fn with_sequences(
        client: SocketAddrV4,
        client_sequence: u32,
        server: SocketAddrV4,
        server_sequence: u32,
    ) -> Self {
        Self {
            client: End { address: client, next: client_sequence },
            server: End { address: server, next: server_sequence },
        }
    }

    /// Writes the handshake: SYN, SYN and ACK, ACK.
    ///
    /// # Errors
    /// As [`PcapWriter::tcp`].
    pub fn open<W: Write>(
        &mut self,
        writer: &mut PcapWriter<W>,
        time: CaptureTime,
    ) -> io::Result<()> {
        self.segment(writer, time, Side::Client, Flag::Syn, &[])?;
        self.segment(writer, time, Side::Server, Flag::Syn, &[])?;
        self.segment(writer, time, Side::Client, Flag::Nothing, &[])
    }

    /// Writes bytes in as many segments as they need, and their acknowledgments.
    ///
    /// # Errors
    /// As [`PcapWriter::tcp`].
    pub fn send<W: Write>(
        &mut self,
        writer: &mut PcapWriter<W>,
        time: CaptureTime,
        from: Side,
        bytes: &[u8],
    ) -> io::Result<()> {
        for part in bytes.chunks(FULL_SEGMENT) {
            self.segment(writer, time, from, Flag::Payload, part)?;
            self.segment(writer, time, from.other(), Flag::Nothing, &[])?;
        }
        Ok(())
    }

    /// Bytes that were sent and received but not captured: nothing is written.
    pub fn lose(&mut self, from: Side, count: u32) {
        let end = self.end_mut(from);
        end.next = end.next.wrapping_add(count);
    }

    /// Writes the regular end: a FIN of the client, then one of the server, both acknowledged.
    ///
    /// # Errors
    /// As [`PcapWriter::tcp`].
    pub fn close<W: Write>(
        &mut self,
        writer: &mut PcapWriter<W>,
        time: CaptureTime,
    ) -> io::Result<()> {
        self.segment(writer, time, Side::Client, Flag::Fin, &[])?;
        self.segment(writer, time, Side::Server, Flag::Fin, &[])?;
        self.segment(writer, time, Side::Client, Flag::Nothing, &[])
    }

    /// Writes a RST of one side.
    ///
    /// # Errors
    /// As [`PcapWriter::tcp`].
    pub fn reset<W: Write>(
        &mut self,
        writer: &mut PcapWriter<W>,
        time: CaptureTime,
        from: Side,
    ) -> io::Result<()> {
        self.segment(writer, time, from, Flag::Rst, &[])
    }

    fn segment<W: Write>(
        &mut self,
        writer: &mut PcapWriter<W>,
        time: CaptureTime,
        from: Side,
        flag: Flag,
        payload: &[u8],
    ) -> io::Result<()> {
        let (sender, receiver) = match from {
            Side::Client => (self.client, self.server),
            Side::Server => (self.server, self.client),
        };
        let mut header =
            TcpHeader::new(sender.address.port(), receiver.address.port(), sender.next, WINDOW);
        // Only the first SYN has nothing to acknowledge.
        if !matches!((from, flag), (Side::Client, Flag::Syn)) {
            header.ack = true;
            header.acknowledgment_number = receiver.next;
        }
        header.syn = matches!(flag, Flag::Syn);
        header.fin = matches!(flag, Flag::Fin);
        header.rst = matches!(flag, Flag::Rst);
        header.psh = matches!(flag, Flag::Payload);
        let (source, destination) = (*sender.address.ip(), *receiver.address.ip());
        writer.tcp(time, source, destination, header, payload)?;
        // SYN and FIN take a number each, as bytes do.
        let bytes = u32::try_from(payload.len()).expect("an IPv4 packet is below 64 KiB");
        let numbers = bytes + u32::from(matches!(flag, Flag::Syn | Flag::Fin));
        let end = self.end_mut(from);
        end.next = end.next.wrapping_add(numbers);
        Ok(())
    }

    fn end_mut(&mut self, side: Side) -> &mut End {
        match side {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        }
    }
}

impl Side {
    /// The one that listens to this one.
    pub fn other(self) -> Self {
        match self {
            Side::Client => Side::Server,
            Side::Server => Side::Client,
        }
    }
}

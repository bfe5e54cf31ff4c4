//! What a capture is read as.

use std::fmt;
use std::net::SocketAddr;

/// One thing found in a capture. Payloads borrow from the reader until its next call.
///
/// `time` is the capture time of the record that brought the item about: a segment that was held
/// until a hole before it closed carries the time of the segment that closed it, which is when an
/// application could have read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Item<'a> {
    /// A whole UDP datagram.
    Datagram {
        /// When it was captured.
        time: CaptureTime,
        /// The sender.
        from: SocketAddr,
        /// The receiver, often a multicast group.
        to: SocketAddr,
        /// What follows the UDP header.
        payload: &'a [u8],
    },
    /// The next bytes, in order, of one direction of a TCP connection.
    Stream {
        /// When an application could have read them.
        time: CaptureTime,
        /// Whose bytes.
        flow: Flow,
        /// Never empty.
        bytes: &'a [u8],
        /// Whether the stream's own first bytes were not captured.
        joined: bool,
    },
    /// Bytes of a direction were never captured; the stream goes on behind them. Only said once
    /// bytes or a FIN behind the hole have been captured.
    StreamLost {
        /// When the hole was given up.
        time: CaptureTime,
        /// Whose bytes.
        flow: Flow,
        /// How many bytes.
        missing: u64,
    },
    /// A direction is over: what the same flow says next is another stream.
    StreamEnd {
        /// When it ended.
        time: CaptureTime,
        /// Which direction.
        flow: Flow,
        /// How it ended.
        why: EndReason,
    },
    /// A record that gives neither a datagram nor a segment, or a segment that is not believed.
    Skipped {
        /// When it was captured.
        time: CaptureTime,
        /// What it was, for the caller to count.
        why: SkipReason,
    },
}

/// Nanoseconds since the Unix epoch, as captured.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CaptureTime(pub u64);

/// One direction of a TCP connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Flow {
    /// The sender of the bytes.
    pub from: SocketAddr,
    /// Their receiver.
    pub to: SocketAddr,
}

impl fmt::Display for Flow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} > {}", self.from, self.to)
    }
}

/// How one direction of a TCP connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EndReason {
    /// A FIN, with all bytes before it delivered or given up.
    Fin,
    /// A RST of either side.
    Reset,
    /// A SYN opened another connection between the same ports.
    Reused,
    /// The connection was idle for longest when too many were open.
    Forgotten,
}

/// Why a record gave nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SkipReason {
    /// A link type this reader does not know.
    LinkType(LinkType),
    /// A frame of another protocol than IP: its EtherType (or 802.3 length, or address family).
    NotIp(u32),
    /// A fragment of an IP packet.
    Fragment,
    /// An IP packet of another protocol than UDP or TCP: its protocol number.
    NotUdpOrTcp(u8),
    /// The capture cut the packet before its headers or its datagram were complete.
    CutShort,
    /// A header of this layer contradicts itself or the length of the frame.
    Malformed(Layer),
    /// A RST with a number that its connection has not reached: forged, or left from another one.
    StrayReset,
    /// A TCP segment with bytes behind the end of their stream.
    BehindEnd,
}

impl fmt::Display for SkipReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SkipReason::LinkType(LinkType(number)) => write!(f, "unsupported link type {number}"),
            SkipReason::NotIp(protocol) => write!(f, "not IP: protocol {protocol:#06x}"),
            SkipReason::Fragment => write!(f, "IP fragment"),
            SkipReason::NotUdpOrTcp(number) => {
                write!(f, "neither UDP nor TCP: IP protocol {number}")
            }
            SkipReason::CutShort => write!(f, "cut short by the capture"),
            SkipReason::Malformed(layer) => write!(f, "malformed {layer} header"),
            SkipReason::StrayReset => write!(f, "RST that does not belong to its connection"),
            SkipReason::BehindEnd => write!(f, "TCP bytes behind the end of their stream"),
        }
    }
}

/// A link type as the registry of tcpdump.org numbers them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LinkType(pub u16);

/// Where a header stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// Ethernet, VLAN tag, cooked or loopback header.
    Link,
    /// IPv4 or IPv6, with extension headers.
    Ip,
    /// UDP.
    Udp,
    /// TCP.
    Tcp,
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Layer::Link => "link",
            Layer::Ip => "IP",
            Layer::Udp => "UDP",
            Layer::Tcp => "TCP",
        })
    }
}

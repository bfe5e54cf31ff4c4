//! What is passed over.

use super::count::plural;
use crate::capture::SkipReason;

/// What is no message of a known protocol, or was not asked for, and no failure either.
#[derive(Debug, Default)]
pub struct Aside {
    /// Datagrams and streams, by the reason.
    traffic: [Traffic; Why::ALL.len()],
    /// Holes in TCP streams.
    pub holes: u64,
    /// Bytes missing there.
    pub lost_bytes: u64,
    /// Captured packets that are neither UDP nor TCP, or not whole.
    skipped: Vec<(SkipReason, u64)>,
}

/// Why datagrams and streams are passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// They are of other protocols.
    Foreign,
    /// They have none of the ports that were asked for.
    Port,
    /// They cannot be of the protocol that was named.
    Carrier,
}

/// How much was passed over for one reason.
#[derive(Clone, Copy, Debug, Default)]
struct Traffic {
    datagrams: u64,
    /// Directions of TCP connections.
    streams: u64,
    /// Bytes in them.
    stream_bytes: u64,
}

impl Why {
    const ALL: [Why; 3] = [Why::Foreign, Why::Port, Why::Carrier];

    /// What is said of such datagrams.
    pub(super) const fn of_datagrams(self) -> &'static str {
        match self {
            Why::Foreign => "of other protocols on UDP",
            Why::Port => "on other ports",
            Why::Carrier => "left out by --as soup",
        }
    }

    /// What is said of such streams.
    pub(super) const fn of_streams(self) -> &'static str {
        match self {
            Why::Foreign => "of other protocols on TCP",
            Why::Port => "on other ports",
            Why::Carrier => "left out by --as mold",
        }
    }
}

impl Aside {
    /// Counts a datagram.
    pub fn datagram(&mut self, why: Why) {
        self.traffic[why as usize].datagrams += 1;
    }

    /// Counts a stream of so many bytes.
    pub fn stream(&mut self, why: Why, bytes: u64) {
        let traffic = &mut self.traffic[why as usize];
        traffic.streams += 1;
        traffic.stream_bytes += bytes;
    }

    /// Counts a packet that is neither a datagram nor a segment.
    pub fn packet(&mut self, why: SkipReason) {
        match self.skipped.iter_mut().find(|(known, _)| *known == why) {
            Some((_, count)) => *count += 1,
            None => self.skipped.push((why, 1)),
        }
    }

    /// A line on each kind of thing that was passed over.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for why in Why::ALL {
            let traffic = &self.traffic[why as usize];
            if traffic.streams > 0 {
                let streams = plural(traffic.streams, "stream");
                let bytes = plural(traffic.stream_bytes, "byte");
                lines.push(format!("{streams} {}, {bytes}", why.of_streams()));
            }
            if traffic.datagrams > 0 {
                let datagrams = plural(traffic.datagrams, "datagram");
                lines.push(format!("{datagrams} {}", why.of_datagrams()));
            }
        }
        let skipped = self.skipped.iter();
        lines.extend(skipped.map(|(why, count)| format!("{}, {why}", plural(*count, "packet"))));
        lines
    }
}

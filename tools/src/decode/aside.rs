//! What is passed over.

use std::collections::BTreeMap;

use super::protocol::Protocol;
use crate::capture::SkipReason;
use crate::count::plural;

/// Reasons to skip packets that are kept apart: a hostile capture has one for every packet.
const MOST_REASONS: usize = 100;

/// What is no message of a known protocol, or was not asked for, and no failure either.
#[derive(Debug, Default)]
pub struct Aside {
    /// Datagrams and streams, by the reason.
    traffic: BTreeMap<Why, Traffic>,
    /// Holes in TCP streams.
    pub holes: u64,
    /// Bytes missing there.
    pub lost_bytes: u64,
    /// Bytes beside those, or before the first whole packet of a stream that was joined: parts of
    /// packets, and packets that were not found.
    pub partial_bytes: u64,
    /// Messages about securities that no message named, where securities were asked for.
    pub unnamed: u64,
    /// Captured packets that are neither UDP nor TCP, or not whole.
    skipped: Vec<(SkipReason, u64)>,
    /// Such packets of reasons that are not kept apart.
    other_skipped: u64,
}

/// Why datagrams and streams are passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// They are of other protocols.
    Foreign,
    /// They have none of the ports that were asked for.
    Port,
    /// The protocol that was named does not travel on them.
    Carrier(Protocol),
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
    /// What is said of such datagrams.
    pub(super) fn of_datagrams(self) -> String {
        self.over("UDP")
    }

    /// What is said of such streams.
    pub(super) fn of_streams(self) -> String {
        self.over("TCP")
    }

    fn over(self, transport: &str) -> String {
        match self {
            Why::Foreign => format!("of other protocols on {transport}"),
            Why::Port => "on other ports".to_owned(),
            Why::Carrier(protocol) => format!("left out by --as {protocol}"),
        }
    }
}

impl Aside {
    /// Counts a datagram.
    pub fn datagram(&mut self, why: Why) {
        self.traffic.entry(why).or_default().datagrams += 1;
    }

    /// Counts a stream of so many bytes.
    pub fn stream(&mut self, why: Why, bytes: u64) {
        let traffic = self.traffic.entry(why).or_default();
        traffic.streams += 1;
        traffic.stream_bytes += bytes;
    }

    /// Counts a packet that is neither a datagram nor a segment.
    pub fn packet(&mut self, why: SkipReason) {
        if let Some((_, count)) = self.skipped.iter_mut().find(|(known, _)| *known == why) {
            *count += 1;
        } else if self.skipped.len() < MOST_REASONS {
            self.skipped.push((why, 1));
        } else {
            self.other_skipped += 1;
        }
    }

    /// A line on each kind of thing that was passed over.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for (why, traffic) in &self.traffic {
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
        if self.other_skipped > 0 {
            lines.push(format!("{}, other reasons", plural(self.other_skipped, "packet")));
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_of_many_reasons_are_counted_and_not_all_told_of() {
        let mut aside = Aside::default();
        for protocol in (0..150).chain(0..10) {
            aside.packet(SkipReason::NotIp(protocol));
        }
        let lines = aside.lines();
        assert_eq!(lines.len(), MOST_REASONS + 1);
        assert_eq!(lines[9], "2 packets, not IP: protocol 0x0009");
        assert_eq!(lines[MOST_REASONS], "50 packets, other reasons");
    }
}

//! What is passed over.

use crate::capture::SkipReason;
use crate::count::plural;

/// Reasons to skip packets that are kept apart: a hostile capture has one for every packet.
const MOST_REASONS: usize = 100;

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
    /// Such packets of reasons that are not kept apart.
    other_skipped: u64,
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

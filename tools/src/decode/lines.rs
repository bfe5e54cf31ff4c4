//! What is missing from the MoldUDP64 lines of a capture.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::net::SocketAddr;

use protocol_spec::wire::mold::{Body, Packet, SessionId};

/// Lines kept apart: a hostile capture has one for every packet.
const MOST_LINES: usize = 100;
/// Missing ranges that a line keeps: a hostile one misses something before every packet.
const MOST_RANGES: usize = 16_384;

/// The lines seen: a session as it was sent to one address.
#[derive(Debug, Default)]
pub struct Lines {
    lines: BTreeMap<(SessionId, Option<SocketAddr>), Line>,
    /// Packets of lines that are not kept apart.
    pub other_packets: u64,
}

/// What came of one line.
#[derive(Debug, Default)]
pub struct Line {
    /// Lowest number of a message seen.
    first: Option<u64>,
    /// Lowest number that a packet had; nothing is said of messages below.
    low: u64,
    /// The number after the highest one seen or announced.
    next: u64,
    /// Messages before `next` that never came: first of each range, and the one after its last.
    missing: BTreeMap<u64, u64>,
    /// Such ranges that were not kept. Messages of theirs that come late count as duplicates.
    pub other_ranges: u64,
    /// Messages in those.
    pub other_missing: u64,
    /// Packets of any kind.
    pub packets: u64,
    /// Messages, those that came twice included.
    pub messages: u64,
    /// Messages that came before.
    pub duplicates: u64,
    /// Messages that came after others with higher numbers.
    pub reordered: u64,
    /// Whether the sender said that the session is over.
    pub ended: bool,
}

impl Lines {
    /// Takes in a packet that was sent to `to`.
    pub fn on_packet(&mut self, to: Option<SocketAddr>, packet: &Packet<'_>) {
        let full = self.lines.len() >= MOST_LINES;
        match self.lines.entry((packet.session, to)) {
            Entry::Vacant(_) if full => self.other_packets += 1,
            entry => entry.or_default().on_packet(packet),
        }
    }

    /// The lines that are kept, by session and address.
    pub fn iter(&self) -> impl Iterator<Item = (SessionId, Option<SocketAddr>, &Line)> {
        self.lines.iter().map(|((session, to), line)| (*session, *to, line))
    }
}

impl Line {
    /// The ranges of messages that never came and are kept, as first and last.
    pub fn missing(&self) -> impl Iterator<Item = (u64, u64)> {
        self.missing.iter().map(|(first, end)| (*first, *end - 1))
    }

    /// First and last number seen, if there was any message.
    #[must_use]
    pub fn range(&self) -> Option<(u64, u64)> {
        self.first.map(|first| (first, self.next.saturating_sub(1)))
    }

    fn on_packet(&mut self, packet: &Packet<'_>) {
        self.packets += 1;
        self.ended |= packet.body == Body::EndOfSession;
        let number = packet.number.0;
        let count = match packet.body {
            Body::Messages(blocks) => blocks.len() as u64,
            Body::Heartbeat | Body::EndOfSession => 0,
        };
        let end = number.saturating_add(count);
        if self.packets == 1 {
            self.low = number;
            self.next = number;
        }
        if count > 0 {
            self.messages += count;
            self.first = Some(self.first.map_or(number, |first| first.min(number)));
            self.on_earlier(number, end);
            self.on_old(number.max(self.low), end.min(self.next));
            self.low = self.low.min(number);
        }
        if number > self.next {
            self.miss(self.next, number);
        }
        self.next = self.next.max(end);
    }

    fn miss(&mut self, first: u64, end: u64) {
        if self.missing.len() < MOST_RANGES {
            self.missing.insert(first, end);
        } else {
            self.other_ranges += 1;
            self.other_missing = self.other_missing.saturating_add(end - first);
        }
    }

    /// Messages below all seen so far come late, and those between may be missing.
    fn on_earlier(&mut self, begin: u64, end: u64) {
        if begin < self.low {
            self.reordered += end.min(self.low) - begin;
            if end < self.low {
                self.miss(end, self.low);
            }
        }
    }

    /// Messages from `low` to `next`: those that were missing come late, the others come again.
    fn on_old(&mut self, begin: u64, end: u64) {
        if begin >= end {
            return;
        }
        let before_all = self.missing.range(..begin).next_back().map(|(first, _)| *first);
        let from = before_all.unwrap_or(begin);
        let touched: Vec<(u64, u64)> = self
            .missing
            .range(from..end)
            .map(|(first, after)| (*first, *after))
            .filter(|(_, after)| *after > begin)
            .collect();
        let mut late = 0;
        for (first, after) in touched {
            self.missing.remove(&first);
            if first < begin {
                self.miss(first, begin);
            }
            if end < after {
                self.miss(end, after);
            }
            late += end.min(after) - begin.max(first);
        }
        self.reordered += late;
        self.duplicates += end - begin - late;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol_spec::wire::mold::Header;
    use protocol_spec::wire::text::Alpha;
    use protocol_spec::words::FeedNo;

    /// A line after packets of so many messages from so many on; 0 is a heartbeat.
    fn line(packets: &[(u64, u16)]) -> Line {
        let mut line = Line::default();
        for (number, count) in packets {
            let header =
                Header { session: Alpha::new("S"), number: FeedNo(*number), count: *count };
            let mut bytes = header.to_bytes().to_vec();
            bytes.resize(bytes.len() + 2 * usize::from(*count), 0);
            line.on_packet(&Packet::decode(&bytes).expect("blocks of no bytes"));
        }
        line
    }

    fn missing(line: &Line) -> Vec<(u64, u64)> {
        line.missing().collect()
    }

    #[test]
    fn a_line_without_loss_misses_nothing() {
        let line = line(&[(5, 3), (8, 1), (9, 0)]);
        assert_eq!((line.range(), missing(&line)), (Some((5, 8)), vec![]));
        assert_eq!((line.messages, line.duplicates, line.reordered), (4, 0, 0));
    }

    #[test]
    fn a_heartbeat_reveals_that_the_last_messages_are_missing() {
        assert_eq!(missing(&line(&[(1, 2), (6, 0)])), [(3, 5)]);
    }

    #[test]
    fn many_ranges_are_counted_and_not_all_kept() {
        let packets: Vec<(u64, u16)> = (0..MOST_RANGES as u64 + 3).map(|n| (3 * n, 1)).collect();
        let line = line(&packets);
        assert_eq!(line.missing().count(), MOST_RANGES);
        assert_eq!((line.other_ranges, line.other_missing), (2, 4));
    }

    #[test]
    fn many_lines_are_counted_and_not_all_kept() {
        let mut lines = Lines::default();
        for number in 0..MOST_LINES as u64 + 7 {
            let session = Alpha::new(&number.to_string());
            let header = Header { session, number: FeedNo(1), count: 0 };
            lines.on_packet(None, &Packet::decode(&header.to_bytes()).expect("a heartbeat"));
        }
        assert_eq!((lines.iter().count(), lines.other_packets), (MOST_LINES, 7));
    }

    #[test]
    fn late_messages_fill_holes_and_others_are_duplicates() {
        let line = line(&[(1, 2), (11, 2), (5, 2), (2, 4), (20, 1)]);
        assert_eq!(missing(&line), [(7, 10), (13, 19)]);
        assert_eq!((line.duplicates, line.reordered), (2, 4));
    }

    #[test]
    fn messages_before_the_first_ones_seen_come_late() {
        let line = line(&[(10, 1), (4, 2), (4, 1)]);
        assert_eq!((line.range(), missing(&line)), (Some((4, 10)), vec![(6, 9)]));
        assert_eq!((line.duplicates, line.reordered), (1, 2));
    }
}
